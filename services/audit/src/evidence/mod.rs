//! Evidence: everything that is known about a case, one notification or one delivery, with the proof that it was in
//! the ledger. One shape for JSON and CSV, for pages and for what is printed.
//!
//! The tables say it in words; `entries` carry the proof: the recorded facts, each with its salt and its path to one
//! signed root. `tocsin ledger verify --proof FILE` and `verify.py` check it without us. Who looked at the case is no
//! part of it: those records serve to see whether looking was lawful, and nothing else.

mod names;
mod scope;
mod versions;

pub use scope::About;
pub use versions::{FollowUp, VersionEvidence};

use domain::case::CaseReference;
use domain::codes::{Certainty, Event, EvidenceKind};
use domain::ids::{CaseId, EventId};
use domain::text::{Line, Prose};
use domain::{CivilDate, Country, Label, Timestamp};
use serde::Serialize;
use store::ledger::EntryAndContent;
use store::{Tx, cases};
use utoipa::ToSchema;

use self::names::Names;
use self::scope::Scope;
use crate::ledger::counted;
use crate::merkle::leaf_hash;
use crate::notified::{not_notified, notified};
use crate::{Deps, ProveError, ProvenEntry, layout, prove_case};

/// Everything that is known, with its proof.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Evidence {
    /// Always `tocsin evidence v1`.
    pub format: &'static str,
    /// What it is about: the identifier of a case, a notification or a delivery.
    #[schema(example = "case_0193588f2a7c7d1e9f00112233445566")]
    pub about: String,
    /// When it was put together.
    #[schema(value_type = String, format = DateTime)]
    pub made_at: Timestamp,
    /// The case.
    pub case: CaseFacts,
    /// The released versions, the first first: who answers for them, who was told, who was not. About one notification:
    /// from its version on, and of all partners its own.
    pub versions: Vec<VersionEvidence>,
    /// What the entries are proven against; none while nothing is in the ledger.
    pub ledger: Option<LedgerFacts>,
    /// The recorded facts, in the ledger's order.
    pub entries: Vec<EntryEvidence>,
}

/// The case that it is about: class A, and on what the desk relied.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct CaseFacts {
    /// Its identifier.
    #[schema(value_type = String)]
    pub id: CaseId,
    /// What people quote.
    #[schema(value_type = String, example = "TOC-2026-000123")]
    pub reference: CaseReference,
    /// Its title.
    #[schema(value_type = String)]
    pub title: Line,
    /// The kind of event.
    #[schema(value_type = String, example = "theft")]
    pub event: Event,
    /// The country of the loss.
    #[schema(value_type = String, example = "BF")]
    pub country: Country,
    /// The first day on which it can have been lost.
    #[schema(value_type = String, example = "2026-01-10")]
    pub lost_earliest: CivilDate,
    /// The last one.
    #[schema(value_type = String, example = "2026-01-11")]
    pub lost_latest: CivilDate,
    /// The label of the full case data.
    #[schema(value_type = String, example = "TLP:AMBER")]
    pub label: Label,
    /// When it was registered.
    #[schema(value_type = String, format = DateTime)]
    pub registered_at: Timestamp,
    /// Each time the desk established how sure it is.
    pub verifications: Vec<VerificationFacts>,
}

/// Who established how sure the desk is, and on what.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct VerificationFacts {
    /// How sure.
    #[schema(value_type = String, example = "likely")]
    pub certainty: Certainty,
    /// On what.
    #[schema(value_type = String, example = "police_report")]
    pub evidence: EvidenceKind,
    /// The officer's note.
    #[schema(value_type = Option<String>)]
    pub note: Option<Prose>,
    /// Who.
    pub by: String,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
}

/// What the entries are proven against.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct LedgerFacts {
    /// The ledger's name.
    pub origin: String,
    /// The verifier keys, the newest first.
    pub keys: Vec<String>,
    /// The verifier keys of the witnesses.
    pub witness_keys: Vec<String>,
    /// How many entries the checkpoint speaks of.
    pub size: u64,
    /// Their root, in hexadecimal.
    pub root: String,
    /// When it was signed.
    #[schema(value_type = String, format = DateTime)]
    pub signed_at: Timestamp,
    /// The signed root (C2SP tlog-checkpoint), with what witnesses signed below it.
    pub checkpoint: String,
}

/// A recorded fact in the ledger.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct EntryEvidence {
    /// Its place, from 0.
    pub position: u64,
    /// The fact.
    #[schema(value_type = String)]
    pub event_id: EventId,
    /// Its kind.
    pub kind: String,
    /// When it happened.
    #[schema(value_type = String, format = DateTime)]
    pub occurred_at: Timestamp,
    /// The text whose RFC 6962 leaf hash is in the tree.
    pub line: String,
    /// That hash, in hexadecimal.
    pub leaf: String,
    /// The salt, in hexadecimal; none if it was erased.
    pub salt: Option<String>,
    /// What the line commits to: SHA-256 over the salt and these bytes; none if it was erased.
    pub body: Option<String>,
    /// The sibling hashes from the leaf to the root (RFC 6962, 2.1.1), in hexadecimal.
    pub path: Vec<String>,
}

impl Evidence {
    /// The facts that decided something; thousands of tries would bury them.
    pub fn decisions(&self) -> impl Iterator<Item = &EntryEvidence> {
        self.entries.iter().filter(|entry| !entry.kind.starts_with("delivery."))
    }

    /// The facts that tell of tries.
    pub fn tries(&self) -> impl Iterator<Item = &EntryEvidence> {
        self.entries.iter().filter(|entry| entry.kind.starts_with("delivery."))
    }
}

/// Puts the evidence together; none if there is no such thing.
pub async fn evidence(deps: &Deps, about: About) -> Result<Option<Evidence>, ProveError> {
    let mut tx = deps.db.read().await?;
    let Some(scope) = Scope::find(&mut tx, about).await? else { return Ok(None) };
    let case_id = scope.case_id;
    let Some(case) = cases::find(&mut tx, case_id).await? else { return Ok(None) };
    let (Some(told), Some(not_told)) = (notified(&mut tx, case_id).await?, not_notified(&mut tx, case_id).await?)
    else {
        return Ok(None);
    };
    let mut names = Names::default();
    let versions = versions::gather(&mut tx, &mut names, &scope, told.notified, not_told.not_notified).await?;
    let verifications = verifications(&mut tx, &mut names, case_id).await?;
    let subjects = scope.subjects(&versions);
    let proven = prove_case(&mut tx, case_id, |row| subjects.include(row)).await?;
    let (ledger, entries) = match proven {
        None => (None, Vec::new()),
        Some((checkpoint, entries)) => {
            let note = layout::with_cosignatures(&mut tx, checkpoint.size, checkpoint.note).await?;
            let facts = LedgerFacts {
                origin: deps.writer.keys.origin().to_string(),
                keys: deps.writer.keys.verifiers().iter().map(ToString::to_string).collect(),
                witness_keys: deps.witnesses.iter().map(|(by, _)| by.to_string()).collect(),
                size: counted(checkpoint.size),
                root: hex::encode(&checkpoint.root),
                signed_at: checkpoint.signed_at,
                checkpoint: note,
            };
            (Some(facts), entries.into_iter().map(EntryEvidence::from).collect())
        }
    };
    tx.commit().await?;
    Ok(Some(Evidence {
        format: "tocsin evidence v1",
        about: about.to_string(),
        made_at: deps.clock.now(),
        case: CaseFacts {
            id: case_id,
            reference: case.reference,
            title: case.title,
            event: case.event,
            country: case.country,
            lost_earliest: case.lost_earliest,
            lost_latest: case.lost_latest,
            label: case.label,
            registered_at: case.registered_at,
            verifications,
        },
        versions,
        ledger,
        entries,
    }))
}

async fn verifications(tx: &mut Tx, names: &mut Names, id: CaseId) -> Result<Vec<VerificationFacts>, store::Error> {
    let mut facts = Vec::new();
    for row in cases::verifications(tx, id).await? {
        let by = names.of(tx, row.verified_by).await?;
        let (certainty, evidence, note, at) = (row.certainty, row.evidence, row.note, row.verified_at);
        facts.push(VerificationFacts { certainty, evidence, note, by, at });
    }
    Ok(facts)
}

impl From<ProvenEntry> for EntryEvidence {
    fn from(proven: ProvenEntry) -> Self {
        let EntryAndContent { entry, content } = proven.row;
        let line = crate::Line::from(&entry).text();
        let (salt, body) = content.unzip();
        Self {
            position: counted(entry.position),
            event_id: entry.event_id,
            leaf: hex::encode(leaf_hash(line.as_bytes())),
            line,
            kind: entry.kind,
            occurred_at: entry.occurred_at,
            salt: salt.map(hex::encode),
            body,
            path: proven.path.iter().map(hex::encode).collect(),
        }
    }
}
