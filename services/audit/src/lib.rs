//! The ledger, and who was told.
//!
//! Owns: the append-only ledger of every fact of every service, its signed roots, what witnesses signed, the evidence
//! and the reports drawn from the tables of the others. Promises: each recorded fact is entered exactly once, by one
//! writer at a time; an entry once signed for cannot be changed, cut off, put back in an older form or told otherwise
//! to somebody else without it showing against any checkpoint kept elsewhere; who was told and who was not is answered
//! with every reason, every attempt and the server's own words. Must not: decide who is told, hold a name in an entry's
//! line.
//!
//! | Part | Does |
//! |---|---|
//! | [`Writer`] | makes this process the one that appends, or refuses |
//! | [`OnEveryEvent`] | enters facts as they come, signs a root for each batch |
//! | [`merkle`] | RFC 6962 hashing and proofs, pure |
//! | [`Note`], [`VerifierKey`] | checkpoints that others can keep and check |
//! | [`layout`] | the ledger as files, for the server, mirrors and exports |
//! | [`witness`] | others who follow the ledger and sign what they see |
//! | [`evidence`] | what is known about one notification or case, with proofs |
//! | [`verify`] | recomputes everything and says in words what is wrong |

mod api;
mod chores;
mod client;
mod config;
mod copy;
mod entry;
pub mod evidence;
mod export;
mod key;
pub mod layout;
mod ledger;
pub mod merkle;
mod note;
mod notified;
mod pages;
mod papers;
mod reconcile;
mod routes;
mod run;
pub mod verify;
pub mod witness;

pub use api::{ProofView, openapi};
pub use client::{Http, HttpError};
pub use config::Config;
pub use copy::{CopyError, export_ledger, mirror};
pub use entry::{Line, LineRead, SALT_BYTES, body, commitment};
pub use key::{KeyError, LedgerKey, LedgerKeys};
pub use ledger::{
    AppendError, ConsistencyProof, Damaged, InclusionProof, LEASE, OnEveryEvent, ProveError, ProvenEntry, RENEW, WATCH,
    Writer, append, prove_case, prove_consistency, prove_inclusion,
};
pub use note::{Checkpoint, NamedKey, Note, NoteError, Origin, Signature, VerifierKey};
pub use notified::{
    Attempt, NotNotified, NotNotifiedView, Notified, NotifiedView, VersionView, not_notified, notified,
};
pub use papers::pack::{Figure, Gaps, Pack, PackAlert, PackClock, PackRequest, Unit, Value, pack};
#[cfg(feature = "pdf")]
pub use papers::{LANGUAGES, Printer, PrintingError, Words, print_evidence, print_pack, words};
pub use reconcile::reconcile;
pub use routes::routes;
pub use run::run;
pub use verify::{Verification, verify_ledger};
pub use witness::{Cosigner, LATE, WitnessConfig, standing};

use std::path::PathBuf;

use bus::Bell;
use domain::Clock;
use store::Db;

/// The service's dependencies; cheap to clone.
#[derive(Clone, Debug)]
pub struct Deps {
    /// The database.
    pub db: Db,
    /// The time.
    pub clock: Clock,
    /// Prints evidence.
    #[cfg(feature = "pdf")]
    pub printer: Printer,
    /// Rung when a fact of this service was recorded: that somebody looked.
    pub bell: Bell,
    /// The claim to be the one that appends, and what signs the roots.
    pub writer: Writer,
    /// The witnesses that are asked, with their addresses.
    pub witnesses: Vec<(Cosigner, String)>,
    /// The log of the mail server, if tries are compared with it.
    pub mail_log: Option<PathBuf>,
    /// How many days it is kept who looked and who signed in.
    pub access_days: u32,
}

/// The bytes of lower-case hexadecimal; none if it is not that, or not as long.
pub(crate) fn unhex<const N: usize>(text: &str) -> Option<[u8; N]> {
    let lower = |byte: &u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
    if text.len() != 2 * N || !text.as_bytes().iter().all(lower) {
        return None;
    }
    let mut bytes = [0; N];
    hex::decode_to_slice(text, &mut bytes).ok()?;
    Some(bytes)
}
