//! What is printed of who was told, and the pack for a meeting.
//!
//! Each is gathered once, as values ([`Evidence`](crate::evidence::Evidence), [`Pack`](pack::Pack)), and shown twice: as
//! a page and, in a build with the feature `pdf`, on paper in six languages.

#[cfg(feature = "pdf")]
mod evidence_paper;
pub mod pack;
#[cfg(feature = "pdf")]
mod pack_paper;
#[cfg(feature = "pdf")]
mod reasons;
#[cfg(feature = "pdf")]
mod words;

#[cfg(feature = "pdf")]
pub use evidence_paper::print_evidence;
#[cfg(feature = "pdf")]
pub use pack_paper::print_pack;
#[cfg(feature = "pdf")]
pub use paper::{LANGUAGES, Printer, PrintingError, Words};
#[cfg(feature = "pdf")]
pub use words::words;
