//! What the operations work with.

use bus::Bell;
use domain::Clock;
use store::Db;

use crate::Config;
use crate::password::{PasswordError, Passwords};

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
    pub config: Config,
    /// Whether browsers may send the session cookie over HTTPS only: the site is reached by HTTPS.
    pub secure_cookies: bool,
    /// Hashes passwords.
    pub passwords: Passwords,
}

impl Deps {
    /// Takes the time of one password hash.
    pub fn new(db: Db, clock: Clock, bell: Bell, config: Config, secure_cookies: bool) -> Result<Self, PasswordError> {
        Ok(Self { db, clock, bell, config, secure_cookies, passwords: Passwords::new()? })
    }
}
