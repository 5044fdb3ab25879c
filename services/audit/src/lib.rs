//! The ledger, and who was told.
//!
//! Owns: the append-only ledger of every fact of every service, its signed roots, and the reports drawn from the
//! tables of the others. Promises: each recorded fact is entered exactly once; an entry once signed for cannot be
//! changed, cut off or put back in an older form without it showing against any checkpoint kept elsewhere; who was
//! told and who was not is answered with every reason, every attempt and the server's own words. Must not: record
//! facts of its own (the ledger would never end), decide anything, hold a name in an entry's line.
//!
//! | Part | Does |
//! |---|---|
//! | [`OnEveryEvent`] | enters facts as they come, signs a root for each batch |
//! | [`merkle`] | RFC 6962 hashing and proofs, pure |
//! | [`Note`], [`VerifierKey`] | checkpoints that others can keep and check |
//! | [`verify`] | recomputes everything and says in words what is wrong |

mod api;
mod config;
mod entry;
mod export;
mod key;
mod ledger;
pub mod merkle;
mod note;
mod notified;
mod pages;
mod papers;
mod routes;
pub mod verify;

pub use api::{ProofView, openapi};
pub use config::Config;
pub use entry::{Line, SALT_BYTES, body, commitment};
pub use key::{KeyError, LedgerKey};
pub use ledger::{AppendError, Damaged, InclusionProof, OnEveryEvent, ProveError, append, prove_inclusion};
pub use note::{Checkpoint, Note, NoteError, Origin, Signature, VerifierKey};
pub use notified::{
    Attempt, NotNotified, NotNotifiedView, Notified, NotifiedView, VersionView, not_notified, notified,
};
pub use papers::pack::{Figure, Gaps, Pack, PackAlert, PackRequest, Unit, Value, pack};
pub use papers::{CaseEvidence, FollowUp, Proven, Verified, VersionEvidence, case_evidence};
#[cfg(feature = "pdf")]
pub use papers::{LANGUAGES, Printer, PrintingError, Words, print_case, print_pack, words};
pub use routes::routes;
pub use verify::{Verification, verify_ledger};

use std::sync::Arc;

use bus::Bus;
use domain::Clock;
use store::Db;
use tokio_util::sync::CancellationToken;

/// The service's dependencies; cheap to clone.
#[derive(Clone, Debug)]
pub struct Deps {
    /// The database.
    pub db: Db,
    /// The time.
    pub clock: Clock,
    /// Signs the roots.
    pub key: LedgerKey,
    /// Prints evidence.
    #[cfg(feature = "pdf")]
    pub printer: Printer,
}

/// Runs the service until `stop`. It records no facts, so it has no relay.
pub async fn run(deps: Deps, bus: Bus, stop: CancellationToken) {
    let consumer = Arc::new(OnEveryEvent { key: deps.key, clock: deps.clock.clone() });
    bus::consume(&bus, &deps.db, &deps.clock, consumer, stop).await;
}

/// Lower-case hexadecimal.
pub(crate) fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}
