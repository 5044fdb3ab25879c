//! Passwords: the rule for a new one, hashing and checking with Argon2id (RFC 9106).

use std::str::FromStr;
use std::sync::Arc;
use std::thread::available_parallelism;
use std::time::Duration;

use argon2::Argon2;
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{self, PasswordHasher as _, PasswordVerifier as _};
use secrecy::{ExposeSecret as _, SecretString};
use tokio::sync::Semaphore;

/// How long a hash waits for its turn. A flood of sign-ins ends here instead of in memory: each hash takes 19 MiB.
const LONGEST_QUEUE: Duration = Duration::from_secs(10);

/// A password that may be set: 12 to 256 characters, of at least 5 different ones. No rule on their kinds: such rules
/// make passwords worse (ASVS 5.0 6.2.5).
#[derive(Clone, Debug)]
pub struct NewPassword(SecretString);

/// Why a password may not be set.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WeakPassword {
    /// Too short.
    #[error("must have at least 12 characters")]
    Short,
    /// Too long.
    #[error("must have at most 256 characters")]
    Long,
    /// `aaaaaaaaaaaa` and the like.
    #[error("must have at least 5 different characters")]
    Monotonous,
}

impl FromStr for NewPassword {
    type Err = WeakPassword;
    fn from_str(text: &str) -> Result<Self, WeakPassword> {
        let characters: Vec<char> = text.chars().collect();
        match characters.len() {
            0..12 => return Err(WeakPassword::Short),
            12..=256 => {}
            _ => return Err(WeakPassword::Long),
        }
        if characters.into_iter().collect::<std::collections::HashSet<_>>().len() < 5 {
            return Err(WeakPassword::Monotonous);
        }
        Ok(Self(SecretString::from(text)))
    }
}

/// Why a password could not be hashed or checked.
#[derive(Debug, thiserror::Error)]
pub enum PasswordError {
    /// Too many others are waiting.
    #[error("check a password while too many others wait")]
    Busy,
    /// The system gave no random salt, or a stored hash is not one.
    #[error("hash a password")]
    Hash(#[source] password_hash::Error),
    /// A stored hash is not in PHC form.
    #[error("read a stored password hash")]
    Stored(#[source] password_hash::phc::Error),
    /// The hashing thread ended early.
    #[error("finish hashing a password")]
    Thread(#[source] tokio::task::JoinError),
}

/// Hashes and checks, as many at a time as there are processors.
#[derive(Clone, Debug)]
pub struct Passwords {
    slots: Arc<Semaphore>,
    /// Checked in place of the hash of an account that is not there, so that the answer takes as long.
    decoy: Arc<str>,
}

impl Passwords {
    /// Takes the time of one hash.
    pub fn new() -> Result<Self, PasswordError> {
        let slots = available_parallelism().map_or(2, usize::from);
        let decoy = hash(web::token::generate().0.as_bytes())?;
        Ok(Self { slots: Arc::new(Semaphore::new(slots)), decoy: decoy.into() })
    }

    /// The hash of a new password in PHC form, with a salt of its own.
    pub(crate) async fn hash(&self, password: NewPassword) -> Result<String, PasswordError> {
        self.run(move || hash(password.0.expose_secret().as_bytes())).await
    }

    /// Whether `password` is the one of `stored`; with no stored hash the answer is no, after the same work.
    pub(crate) async fn verify(&self, stored: Option<&str>, password: SecretString) -> Result<bool, PasswordError> {
        let known = stored.is_some();
        let phc = stored.unwrap_or(&self.decoy).to_owned();
        self.run(move || {
            let phc = PasswordHash::new(&phc).map_err(PasswordError::Stored)?;
            match Argon2::default().verify_password(password.expose_secret().as_bytes(), &phc) {
                Ok(()) => Ok(known),
                Err(password_hash::Error::PasswordInvalid) => Ok(false),
                Err(error) => Err(PasswordError::Hash(error)),
            }
        })
        .await
    }

    async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> Result<T, PasswordError> + Send + 'static,
    ) -> Result<T, PasswordError> {
        let turn = tokio::time::timeout(LONGEST_QUEUE, Arc::clone(&self.slots).acquire_owned()).await;
        let slot = turn.map_err(|_| PasswordError::Busy)?.expect("the semaphore is never closed");
        // The slot goes with the work: a caller who hangs up cannot start more hashes than there are slots.
        let work = move || {
            let result = work();
            drop(slot);
            result
        };
        tokio::task::spawn_blocking(work).await.map_err(PasswordError::Thread)?
    }
}

fn hash(password: &[u8]) -> Result<String, PasswordError> {
    Ok(Argon2::default().hash_password(password).map_err(PasswordError::Hash)?.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn only_the_same_password_matches_its_hash() {
        let passwords = Passwords::new().unwrap();
        let stored = passwords.hash("correct horse battery".parse().unwrap()).await.unwrap();
        assert!(stored.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{stored}");
        assert!(passwords.verify(Some(&stored), "correct horse battery".into()).await.unwrap());
        assert!(!passwords.verify(Some(&stored), "Correct horse battery".into()).await.unwrap());
        assert_ne!(stored, passwords.hash("correct horse battery".parse().unwrap()).await.unwrap(), "own salt");
    }

    #[tokio::test]
    async fn no_account_is_a_no_and_a_broken_hash_is_an_error() {
        let passwords = Passwords::new().unwrap();
        assert!(!passwords.verify(None, "correct horse battery".into()).await.unwrap());
        let broken = passwords.verify(Some("plain"), "plain".into()).await;
        assert!(matches!(broken, Err(PasswordError::Stored(_))), "{broken:?}");
    }

    #[test]
    fn weak_passwords_are_refused() {
        let error = |text: &str| text.parse::<NewPassword>().err();
        assert_eq!(error("short"), Some(WeakPassword::Short));
        assert_eq!(error("abababababababab"), Some(WeakPassword::Monotonous));
        assert_eq!(error(&"abcdefgh".repeat(33)), Some(WeakPassword::Long));
        assert_eq!(error("пароль музея"), None, "characters, not bytes");
    }
}
