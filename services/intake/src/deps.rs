//! What the operations work with.

use std::time::Duration;

use bus::Bell;
use domain::Clock;
use store::Db;

use crate::photos::Photos;

/// The service's dependencies; cheap to clone.
#[derive(Clone, Debug)]
pub struct Deps {
    /// The database.
    pub db: Db,
    /// The time.
    pub clock: Clock,
    /// Rung when a fact waits for the relay.
    pub bell: Bell,
    /// How long whoever made an account counts as one person with it where two are asked for.
    pub change_wait: Duration,
    /// How long after the end of a case the persons in it are kept; for ever if it is not set.
    pub persons_kept: Option<Duration>,
    /// Where photographs are looked at and kept.
    pub photos: Photos,
    /// Prints Object ID sheets.
    #[cfg(feature = "pdf")]
    pub printer: paper::Printer,
}
