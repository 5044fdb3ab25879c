//! What is shown and printed of who was told: the evidence of one case, and the pack for a meeting.
//!
//! Each is gathered once, as values ([`CaseEvidence`], [`Pack`]), and shown twice: as a page and, in a build with the
//! feature `pdf`, on paper in six languages.

mod case;
#[cfg(feature = "pdf")]
mod case_paper;
pub mod pack;
#[cfg(feature = "pdf")]
mod pack_paper;
#[cfg(feature = "pdf")]
mod words;

pub use case::{CaseEvidence, FollowUp, Proven, Verified, VersionEvidence, case_evidence};
#[cfg(feature = "pdf")]
pub use case_paper::print_case;
#[cfg(feature = "pdf")]
pub use pack_paper::print_pack;
#[cfg(feature = "pdf")]
pub use paper::{LANGUAGES, Printer, PrintingError, Words};
#[cfg(feature = "pdf")]
pub use words::words;
