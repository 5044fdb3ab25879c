//! Everything there is to show of who was told of a case and who was not.

use std::collections::{BTreeMap, BTreeSet};

use domain::codes::{Certainty, EvidenceKind};
use domain::delivery::DeliveryState;
use domain::ids::{AccountId, CaseId, PartnerId};
use domain::text::{Line, Prose};
use domain::{Clock, Timestamp};
use store::cases::{CaseRow, verifications};
use store::ledger::CheckpointRow;
use store::reports::CaseEntryRow;
use store::{Tx, cases, identity, ledger, reports};

use crate::notified::{NotNotified, Notified, VersionView, not_notified, notified};
use crate::{InclusionProof, ProveError, prove_inclusion};

/// The facts whose place in the ledger is proved on the paper itself: what was said, and to whom.
const PROVED: [&str; 2] = ["alert.released.v1", "plan.frozen.v1"];

/// The evidence of one case.
#[derive(Clone, Debug)]
pub struct CaseEvidence {
    /// The case.
    pub case: CaseRow,
    /// Each time the desk established how sure it is, and on what.
    pub verifications: Vec<Verified>,
    /// The released alert versions, the first first.
    pub versions: Vec<VersionEvidence>,
    /// The case's entries in the ledger.
    pub entries: Vec<CaseEntryRow>,
    /// Proofs of the entries that decided something.
    pub proofs: Vec<Proven>,
    /// The newest signed root.
    pub checkpoint: Option<CheckpointRow>,
    /// When it was gathered.
    pub as_of: Timestamp,
}

/// One verification.
#[derive(Clone, Debug)]
pub struct Verified {
    /// How sure.
    pub certainty: Certainty,
    /// On what.
    pub evidence: EvidenceKind,
    /// The officer's note.
    pub note: Option<Prose>,
    /// Who.
    pub by: String,
    /// When.
    pub at: Timestamp,
}

/// One alert version with everybody it was told to, and everybody it was not.
#[derive(Clone, Debug)]
pub struct VersionEvidence {
    /// Its head.
    pub head: VersionView,
    /// Who drafted it.
    pub drafted_by: String,
    /// When.
    pub drafted_at: Timestamp,
    /// Who released it.
    pub released_by: String,
    /// One line for each address.
    pub told: Vec<Notified>,
    /// One line for each partner that was left out.
    pub not_told: Vec<NotNotified>,
    /// Whether it reached those who had heard an earlier version; none for the first.
    pub follow_up: Option<FollowUp>,
}

/// Whether a later version reached the same people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FollowUp {
    /// Partners whose mail server had accepted an earlier version.
    pub heard: usize,
    /// Of them: told this version.
    pub again: usize,
    /// Of them: this version was accepted, too.
    pub accepted: usize,
    /// The others, by name.
    pub missed: Vec<Line>,
}

/// An entry with its proof.
#[derive(Clone, Debug)]
pub struct Proven {
    /// The kind of fact.
    pub kind: String,
    /// The proof.
    pub proof: InclusionProof,
}

/// Gathers it; none if there is no such case.
pub async fn case_evidence(tx: &mut Tx, clock: &Clock, id: CaseId) -> Result<Option<CaseEvidence>, ProveError> {
    let Some(case) = cases::find(tx, id).await? else { return Ok(None) };
    let (Some(told), Some(not_told)) = (notified(tx, id).await?, not_notified(tx, id).await?) else {
        return Ok(None);
    };
    let mut names = Names::default();
    let mut seen = Vec::new();
    for row in verifications(tx, id).await? {
        let by = names.of(tx, row.verified_by).await?;
        let (certainty, evidence) = (row.certainty, row.evidence);
        seen.push(Verified { certainty, evidence, note: row.note, by, at: row.verified_at });
    }
    let mut drafts = BTreeMap::new();
    for row in reports::versions(tx, id).await? {
        let drafted_by = names.of(tx, row.drafted_by).await?;
        let released_by = match row.released_by {
            Some(by) => names.of(tx, by).await?,
            None => String::new(),
        };
        drafts.insert(row.version, (drafted_by, row.drafted_at, released_by));
    }
    let entries = reports::entries(tx, id).await?;
    let mut proofs = Vec::new();
    for entry in entries.iter().filter(|entry| PROVED.contains(&entry.kind.as_str())) {
        if let Some(proof) = prove_inclusion(tx, entry.event_id).await? {
            proofs.push(Proven { kind: entry.kind.clone(), proof });
        }
    }
    let checkpoint = ledger::latest_checkpoint(tx).await?;
    let versions = versions(told.versions, told.notified, not_told.not_notified, &mut drafts);
    Ok(Some(CaseEvidence { case, verifications: seen, versions, entries, proofs, checkpoint, as_of: clock.now() }))
}

fn versions(
    heads: Vec<VersionView>,
    told: Vec<Notified>,
    not_told: Vec<NotNotified>,
    drafts: &mut BTreeMap<i64, (String, Timestamp, String)>,
) -> Vec<VersionEvidence> {
    let mut lines: BTreeMap<i64, Vec<Notified>> = BTreeMap::new();
    for line in told {
        lines.entry(line.version).or_default().push(line);
    }
    let mut reasons: BTreeMap<i64, Vec<NotNotified>> = BTreeMap::new();
    for line in not_told {
        reasons.entry(line.version).or_default().push(line);
    }
    let mut heads = heads;
    heads.sort_by_key(|head| head.version);
    // Partner and name of everybody whose server took an earlier version.
    let mut heard: BTreeMap<PartnerId, Line> = BTreeMap::new();
    let mut all = Vec::with_capacity(heads.len());
    for (place, head) in heads.into_iter().enumerate() {
        let told = lines.remove(&head.version).unwrap_or_default();
        let follow_up = (place > 0).then(|| follow_up(&heard, &told));
        heard.extend(accepted(&told).map(|line| (line.partner_id, line.partner.clone())));
        let (drafted_by, drafted_at, released_by) =
            drafts.remove(&head.version).unwrap_or_else(|| (String::new(), head.released_at, String::new()));
        let not_told = reasons.remove(&head.version).unwrap_or_default();
        all.push(VersionEvidence { head, drafted_by, drafted_at, released_by, told, not_told, follow_up });
    }
    all
}

fn accepted(told: &[Notified]) -> impl Iterator<Item = &Notified> {
    told.iter().filter(|line| line.outcome == DeliveryState::Accepted)
}

fn follow_up(heard: &BTreeMap<PartnerId, Line>, told: &[Notified]) -> FollowUp {
    let again: BTreeSet<PartnerId> = told.iter().map(|line| line.partner_id).collect();
    let reached: BTreeSet<PartnerId> = accepted(told).map(|line| line.partner_id).collect();
    let missed = heard.iter().filter(|(id, _)| !reached.contains(id)).map(|(_, name)| name.clone());
    FollowUp {
        heard: heard.len(),
        again: heard.keys().filter(|id| again.contains(id)).count(),
        accepted: heard.keys().filter(|id| reached.contains(id)).count(),
        missed: missed.collect(),
    }
}

/// Officers by their names, each looked up once.
#[derive(Default)]
struct Names(BTreeMap<AccountId, String>);

impl Names {
    async fn of(&mut self, tx: &mut Tx, id: AccountId) -> Result<String, store::Error> {
        if let Some(name) = self.0.get(&id) {
            return Ok(name.clone());
        }
        let found = identity::account(tx, id).await?;
        // An account that is gone is still the one that acted.
        let name = found.map_or_else(|| id.to_string(), |account| account.name.to_string());
        self.0.insert(id, name.clone());
        Ok(name)
    }
}
