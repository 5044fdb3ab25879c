//! Evidence: everything that is known about a case, one notification or one delivery, with the proof that it was in
//! the ledger. One shape for JSON, for pages and for what is printed.
//!
//! The tables say it in words; `entries` carry the proof: the recorded facts, each with its salt and its path to one
//! signed root. `tocsin ledger verify --proof FILE` and `verify.py` check it without us.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use domain::case::CaseReference;
use domain::codes::{Certainty, Event, EvidenceKind};
use domain::delivery::DeliveryState;
use domain::ids::{AccountId, AlertId, CaseId, DeliveryId, NotificationId};
use domain::text::Line;
use domain::{Country, Label, Timestamp};
use serde::Serialize;
use serde_json::Value;
use store::ledger::EntryAndContent;
use store::{Tx, cases, deliveries, identity, reports};
use utoipa::ToSchema;

use crate::ledger::counted;
use crate::notified::{NotNotified, Notified, VersionView, not_notified, notified};
use crate::{Deps, ProveError, ProvenEntry, hex, layout, prove_case};

/// What the evidence is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum About {
    /// A whole case.
    Case(CaseId),
    /// One alert version for one partner.
    Notification(NotificationId),
    /// The sending of one notification to one address.
    Delivery(DeliveryId),
}

/// Everything that is known, with its proof.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Evidence {
    /// Always `tocsin evidence v1`.
    pub format: &'static str,
    /// When it was put together.
    #[schema(value_type = String, format = DateTime)]
    pub made_at: Timestamp,
    /// The case.
    pub case: CaseFacts,
    /// The released versions, newest first, with who drafted and released them.
    pub versions: Vec<VersionEvidence>,
    /// One line for each alert version and address.
    pub notified: Vec<Notified>,
    /// Who was not told, and why. Empty unless it is about a whole case.
    pub not_notified: Vec<NotNotified>,
    /// What the entries are proven against.
    pub ledger: LedgerFacts,
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
    /// Who.
    pub by: String,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
}

/// A released version: who answers for it, and whether it reached those who were told before.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct VersionEvidence {
    /// The version and its plan.
    pub version: VersionView,
    /// The alert version's identifier.
    #[schema(value_type = String)]
    pub alert_id: AlertId,
    /// Who drafted it.
    pub drafted_by: String,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    pub drafted_at: Timestamp,
    /// Who released it.
    pub released_by: String,
    /// How many addresses an earlier version had reached.
    pub told_before: usize,
    /// How many of them this version reached too.
    pub told_again: usize,
    /// The partners that an earlier version reached and this one did not, or has not yet.
    pub missed: Vec<String>,
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
    /// The signed root (C2SP tlog-checkpoint), with what witnesses signed below it.
    pub checkpoint: String,
}

/// A recorded fact in the ledger.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct EntryEvidence {
    /// Its place, from 0.
    pub position: u64,
    /// Its kind.
    pub kind: String,
    /// When it happened.
    #[schema(value_type = String, format = DateTime)]
    pub occurred_at: Timestamp,
    /// The text whose RFC 6962 leaf hash is in the tree.
    pub line: String,
    /// The salt, in hexadecimal; none if it was erased.
    pub salt: Option<String>,
    /// What the line commits to: SHA-256 over the salt and these bytes; none if it was erased.
    pub body: Option<String>,
    /// The sibling hashes from the leaf to the root (RFC 6962, 2.1.1), in hexadecimal.
    pub path: Vec<String>,
}

/// What narrows a case down to one notification or delivery.
#[derive(Clone, Copy, Debug)]
struct Narrow {
    alert: AlertId,
    notification: NotificationId,
    delivery: Option<DeliveryId>,
}

impl Narrow {
    fn line(&self, line: &Notified) -> bool {
        line.notification_id == self.notification && self.delivery.is_none_or(|id| line.delivery_id == Some(id))
    }

    /// Whether a recorded fact speaks of it: its own tries and answers, its plan and release, and how the case was
    /// verified. An erased content cannot be told apart and stays out.
    fn fact(&self, row: &EntryAndContent) -> bool {
        let Some(body) = row.content.as_ref().and_then(|(_, body)| serde_json::from_str::<Value>(body).ok()) else {
            return false;
        };
        let says = |name: &str, id: String| body["data"][name].as_str() == Some(id.as_str());
        match row.entry.kind.as_str() {
            "alert.released.v1" | "plan.frozen.v1" => says("alert_id", self.alert.to_string()),
            "case.verified.v1" => true,
            "case.read.v1" => false,
            _ => match self.delivery {
                Some(id) => says("delivery_id", id.to_string()),
                None => says("notification_id", self.notification.to_string()),
            },
        }
    }
}

/// Puts the evidence together; none if there is no such thing, or no checkpoint to prove it against yet.
pub async fn evidence(deps: &Deps, about: About) -> Result<Option<Evidence>, ProveError> {
    let mut tx = deps.db.read().await?;
    let Some((case_id, narrow)) = find(&mut tx, about).await? else { return Ok(None) };
    let Some(case) = cases::find(&mut tx, case_id).await? else { return Ok(None) };
    let Some(told) = notified(&mut tx, case_id).await? else { return Ok(None) };
    let wanted = |row: &EntryAndContent| narrow.is_none_or(|narrow| narrow.fact(row));
    let Some((checkpoint, proven)) = prove_case(&mut tx, case_id, wanted).await? else { return Ok(None) };
    let not_told = match narrow {
        None => not_notified(&mut tx, case_id).await?.map_or_else(Vec::new, |view| view.not_notified),
        Some(_) => Vec::new(),
    };
    let mut names = Names::default();
    let versions = versions(&mut tx, &mut names, case_id, &told.notified, narrow).await?;
    let mut verifications = Vec::new();
    for row in cases::verifications(&mut tx, case_id).await? {
        let by = names.of(&mut tx, row.verified_by).await?;
        let (certainty, evidence, at) = (row.certainty, row.evidence, row.verified_at);
        verifications.push(VerificationFacts { certainty, evidence, by, at });
    }
    let note = layout::with_cosignatures(&mut tx, checkpoint.size, checkpoint.note).await?;
    tx.commit().await?;
    Ok(Some(Evidence {
        format: "tocsin evidence v1",
        made_at: deps.clock.now(),
        case: CaseFacts {
            id: case_id,
            reference: case.reference,
            title: case.title,
            event: case.event,
            country: case.country,
            label: case.label,
            registered_at: case.registered_at,
            verifications,
        },
        versions,
        notified: told.notified.into_iter().filter(|line| narrow.is_none_or(|narrow| narrow.line(line))).collect(),
        not_notified: not_told,
        ledger: LedgerFacts {
            origin: deps.writer.keys.origin().to_string(),
            keys: deps.writer.keys.verifiers().iter().map(ToString::to_string).collect(),
            witness_keys: deps.witnesses.iter().map(|(by, _)| by.to_string()).collect(),
            size: counted(checkpoint.size),
            root: hex(&checkpoint.root),
            checkpoint: note,
        },
        entries: proven.into_iter().map(EntryEvidence::from).collect(),
    }))
}

async fn find(tx: &mut Tx, about: About) -> Result<Option<(CaseId, Option<Narrow>)>, store::Error> {
    Ok(match about {
        About::Case(id) => Some((id, None)),
        About::Notification(notification) => reports::notification(tx, notification)
            .await?
            .map(|(case, alert)| (case, Some(Narrow { alert, notification, delivery: None }))),
        About::Delivery(id) => deliveries::find(tx, id).await?.map(|row| {
            let narrow = Narrow { alert: row.alert_id, notification: row.notification_id, delivery: Some(id) };
            (row.case_id, Some(narrow))
        }),
    })
}

impl From<ProvenEntry> for EntryEvidence {
    fn from(proven: ProvenEntry) -> Self {
        let EntryAndContent { entry, content } = proven.row;
        let line = crate::Line::from(&entry).text();
        let (salt, body) = content.unzip();
        Self {
            position: counted(entry.position),
            line,
            kind: entry.kind,
            occurred_at: entry.occurred_at,
            salt: salt.map(|salt| hex(&salt)),
            body,
            path: proven.path.iter().map(|hash| hex(hash)).collect(),
        }
    }
}

/// The names of officers, each looked up once.
#[derive(Default)]
struct Names(HashMap<AccountId, String>);

impl Names {
    async fn of(&mut self, tx: &mut Tx, id: AccountId) -> Result<String, store::Error> {
        if let Some(name) = self.0.get(&id) {
            return Ok(name.clone());
        }
        let account = identity::account(tx, id).await?;
        let name = account.map_or_else(|| format!("{id} (account gone)"), |account| account.name.to_string());
        self.0.insert(id, name.clone());
        Ok(name)
    }
}

async fn versions(
    tx: &mut Tx,
    names: &mut Names,
    case_id: CaseId,
    told: &[Notified],
    narrow: Option<Narrow>,
) -> Result<Vec<VersionEvidence>, store::Error> {
    let rows = reports::versions(tx, case_id).await?;
    // Later versions too: what became of the news is part of the evidence about it.
    let first = narrow.and_then(|narrow| rows.iter().find(|row| row.alert_id == narrow.alert)).map(|row| row.version);
    let mut versions = Vec::new();
    for row in rows.into_iter().filter(|row| first.is_none_or(|first| row.version >= first)) {
        let (told_before, told_again, missed) = reach(told, row.version, narrow);
        versions.push(VersionEvidence {
            alert_id: row.alert_id,
            drafted_by: names.of(tx, row.drafted_by).await?,
            drafted_at: row.drafted_at,
            released_by: match row.released_by {
                Some(by) => names.of(tx, by).await?,
                None => String::new(),
            },
            told_before,
            told_again,
            missed,
            version: row.into(),
        });
    }
    Ok(versions)
}

/// How many addresses earlier versions reached, how many of them this one reached too, and which partners it missed.
fn reach(told: &[Notified], version: i64, narrow: Option<Narrow>) -> (usize, usize, Vec<String>) {
    let partner = narrow.and_then(|narrow| told.iter().find(|line| narrow.line(line)).map(|line| line.partner_id));
    let reached = |line: &&Notified| {
        line.outcome == DeliveryState::Accepted && partner.is_none_or(|partner| partner == line.partner_id)
    };
    let place = |line: &Notified| (line.partner_id, line.address.to_string());
    let before: BTreeMap<_, _> = told
        .iter()
        .filter(|line| line.version < version)
        .filter(reached)
        .map(|line| (place(line), line.partner.to_string()))
        .collect();
    let now: BTreeSet<_> = told.iter().filter(|line| line.version == version).filter(reached).map(place).collect();
    let missed: BTreeSet<String> =
        before.iter().filter(|(place, _)| !now.contains(place)).map(|(_, name)| name.clone()).collect();
    let again = before.keys().filter(|place| now.contains(place)).count();
    (before.len(), again, missed.into_iter().collect())
}
