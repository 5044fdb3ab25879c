//! What the operations work with.

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
    /// Where photographs are looked at and kept.
    pub photos: Photos,
    /// Prints Object ID sheets.
    #[cfg(feature = "pdf")]
    pub printer: paper::Printer,
}
