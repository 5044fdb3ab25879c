//! What the operations work with.

use std::sync::Arc;

use bus::Bell;
use domain::Clock;
use store::Db;

use crate::Config;
use crate::routers::Routers;

/// The service's dependencies; cheap to clone.
#[derive(Clone, Debug)]
pub struct Deps {
    /// The database.
    pub db: Db,
    /// The time.
    pub clock: Clock,
    /// Rung when a fact waits for the relay.
    pub bell: Bell,
    /// Settings.
    pub config: Arc<Config>,
    /// The directory and the rules of now, ready to be asked.
    pub routers: Routers,
}
