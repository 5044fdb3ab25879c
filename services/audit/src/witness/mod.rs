//! Witnesses: others who follow the ledger and sign what they see (C2SP tlog-witness, tlog-cosignature).
//!
//! A log alone cannot show that it tells everybody the same. A witness remembers the last root it signed and signs a
//! later one only with a proof that the first is its beginning; a ledger that was rewound, rewritten or forked for one
//! reader gets no signature from it, and that refusal is the alarm.
//!
//! | Part | Does |
//! |---|---|
//! | [`Cosigner`], [`cosigned`] | checks a cosignature |
//! | [`Witness`] | is a witness: decides, keeps its state in a file |
//! | `ask` | asks the configured witnesses, keeps and judges what they answer |

mod ask;
mod cosign;
mod request;
mod serve;

pub use ask::{LATE, WitnessConfig, ask_all, standing};
pub use cosign::{Cosigner, WitnessKey, cosigned};
pub use request::{AddCheckpoint, BadRequest};
pub use serve::{Answer, StateError, Witness, router};
