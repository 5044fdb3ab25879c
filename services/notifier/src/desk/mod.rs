//! What an officer has done about a delivery that did not simply go well: send it once more ([`resend`]), write to the
//! addresses of its plan whose turn has not come ([`second_contacts`]). Neither opens a gate: what the last gate would
//! take out is refused here, by name, and the sender's gate looks again before the wire. What is asked for twice is done
//! once: each step is kept with the number of tries that the officer saw.

mod resend;
mod second_contacts;

use domain::FieldErrors;
use sha2::{Digest, Sha256};
use web::Problem;

pub(crate) use self::resend::mail_of;
pub use self::resend::{Resend, resend};
pub(crate) use self::second_contacts::{Candidate, candidates, writable};
pub use self::second_contacts::{UseSecondContacts, use_second_contacts};
use crate::sender::Removal;

/// Whether this request did it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Done {
    /// It did.
    Now,
    /// The same was done before.
    Before,
}

/// Why a delivery is left as it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{code}")]
pub struct Refused {
    /// A stable name for programs.
    pub code: &'static str,
    /// In words, for the officer.
    pub why: &'static str,
}

impl From<Removal> for Refused {
    fn from(removal: Removal) -> Self {
        Self { code: removal.code, why: removal.reason }
    }
}

/// Why nothing was done.
#[derive(Debug, thiserror::Error)]
pub enum DeskError {
    /// Some fields break a rule.
    #[error("read the request")]
    Invalid(FieldErrors),
    /// There is no such delivery.
    #[error("find the delivery")]
    NoDelivery,
    /// It was tried since the officer saw it.
    #[error("do it to a delivery that is not as it was seen")]
    Changed,
    /// It must not be done.
    #[error("do what must not be done")]
    Refused(#[source] Refused),
    /// The database did not do it.
    #[error(transparent)]
    Store(#[from] store::Error),
}

impl From<Refused> for DeskError {
    fn from(refused: Refused) -> Self {
        Self::Refused(refused)
    }
}

impl From<DeskError> for Problem {
    fn from(error: DeskError) -> Self {
        match error {
            DeskError::Invalid(errors) => errors.into(),
            DeskError::NoDelivery => Self::not_found("delivery"),
            DeskError::Changed => Self::conflict(
                "changed-meanwhile",
                "It was tried since you saw it, or somebody decided about it. Look at it again.",
            ),
            DeskError::Refused(refused) => Self::conflict(refused.code, format!("Nothing is sent: {}.", refused.why)),
            DeskError::Store(error) => error.into(),
        }
    }
}

/// What stands for a reason outside of our tables.
fn digest(reason: &str) -> String {
    hex::encode(Sha256::digest(reason.as_bytes()))
}
