//! An officer finds that two cases are about one event: one becomes part of the other.
//!
//! [`refusal`] decides and is pure; [`merge_cases`] records. What the second report adds is drafted as an update
//! afterwards, by the same operations an officer would use: a merge that stands without its draft loses nothing,
//! since the page offers the draft again, and a draft is never released by itself.

use contracts::Service;
use contracts::events::CaseMergedV1;
use domain::codes::{AlertKind, AlertState, CaseState, DuplicateState, EvidenceKind, Reach};
use domain::ids::{AccountId, AlertId, CaseId, DuplicateId};
use store::alerts::AlertRow;
use store::cases::{CaseRow, VerificationRow};
use store::duplicates::{self, DuplicateRow, MergeRow};
use store::{Tx, alerts, cases, embargoes, outbox};
use web::Problem;

use super::changes::{Additions, additions};
use crate::Deps;
use crate::draft::{DraftRequest, draft_alert};
use crate::verify::{Verification, verify_case};

/// Which of two cases becomes part of the other one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// The one that was registered earlier.
    Earlier,
    /// The one that was registered later.
    Later,
}

/// What was done.
#[derive(Clone, Debug)]
pub struct Merged {
    /// The case that became part of the other one.
    pub case_id: CaseId,
    /// That other one.
    pub into_id: CaseId,
    /// What was done about what the second report adds.
    pub after: AfterMerge,
}

/// What was done about what the second report adds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AfterMerge {
    /// It adds nothing, or partners were told nothing yet: nobody need hear of it.
    Nothing,
    /// An update was drafted.
    Drafted(AlertId),
    /// An update could not be drafted, and why.
    NotDrafted(String),
}

/// Why cases were not merged.
#[derive(Debug, thiserror::Error)]
pub enum MergeError {
    /// There is no such proposal.
    #[error("find the proposal")]
    NoDuplicate,
    /// An officer decided otherwise.
    #[error("merge cases whose proposal was dismissed")]
    Dismissed,
    /// The cases do not allow it.
    #[error("merge the cases: {0}")]
    Refused(Refusal),
    /// The database did not do it.
    #[error(transparent)]
    Store(#[from] store::Error),
}

/// Why two cases cannot be merged this way round.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// One of them is part of another case.
    #[error("one of the cases is part of another one already")]
    PartAlready,
    /// Other cases are part of the one that would become part.
    #[error("other cases are part of this one; un-merge them first, or merge the other way round")]
    HasParts,
    /// Partners were told of it.
    #[error("partners were told of this case; merge the other way round, or cancel its alert first")]
    PartnersTold,
    /// It may travel less far than the case that would remain.
    #[error("this case has the stricter handling label; merge the other way round, or first restrict the other case")]
    StricterLabel,
    /// Nobody may be told of it for now.
    #[error("nothing is to be told of this case for now: it is suspended, or an embargo holds")]
    Silent,
    /// It has an open draft.
    #[error("a draft of this case is open; discard it first")]
    DraftOpen,
    /// The case stands where nothing can become part of it.
    #[error("the case that would remain is closed, rejected or withdrawn")]
    Ended,
}

impl Refusal {
    /// A stable code for programs.
    pub fn code(self) -> &'static str {
        match self {
            Self::PartAlready => "part-already",
            Self::HasParts => "has-parts",
            Self::PartnersTold => "partners-told",
            Self::StricterLabel => "stricter-label",
            Self::Silent => "case-silent",
            Self::DraftOpen => "draft-open",
            Self::Ended => "ended",
        }
    }
}

/// Whether a case with these versions may become part of another one.
pub fn refusal(part: CaseState, remaining: CaseState, has_parts: bool, versions: &[AlertRow]) -> Option<Refusal> {
    if part == CaseState::Merged || remaining == CaseState::Merged {
        return Some(Refusal::PartAlready);
    }
    if matches!(remaining, CaseState::Closed | CaseState::Rejected | CaseState::Withdrawn | CaseState::Draft) {
        return Some(Refusal::Ended);
    }
    if has_parts {
        return Some(Refusal::HasParts);
    }
    if versions.iter().any(|version| version.state.is_open()) {
        return Some(Refusal::DraftOpen);
    }
    // Whoever heard the alarm must hear its end: a case that fell silent inside another one would never tell them.
    let last = versions.iter().rfind(|version| version.state == AlertState::Released);
    last.filter(|version| version.kind != AlertKind::Cancel).map(|_| Refusal::PartnersTold)
}

/// What is needed to say what the second report adds.
struct Second {
    additions: Additions,
    evidence: Option<EvidenceKind>,
    reach: Option<Reach>,
}

/// Makes one case of a proposal part of the other one, and drafts an update if partners must hear more.
pub async fn merge_cases(deps: &Deps, by: AccountId, id: DuplicateId, part: Part) -> Result<Merged, MergeError> {
    let mut tx = deps.db.begin().await?;
    duplicates::hold(&mut tx).await?;
    let row = duplicates::find(&mut tx, id).await?.ok_or(MergeError::NoDuplicate)?;
    let (case_id, into_id) = match part {
        Part::Earlier => (row.earlier_id, row.later_id),
        Part::Later => (row.later_id, row.earlier_id),
    };
    match row.state {
        DuplicateState::Proposed => {}
        DuplicateState::Dismissed => return Err(MergeError::Dismissed),
        DuplicateState::Merged => return repeated(&mut tx, &row, case_id, into_id).await,
    }
    let (case, into) = lock_both(&mut tx, case_id, into_id).await?;
    let parts = duplicates::merged_into(&mut tx, case_id).await?;
    let versions = alerts::of_case(&mut tx, case_id).await?;
    if let Some(refusal) = refusal(case.state, into.state, !parts.is_empty(), &versions) {
        return Err(MergeError::Refused(refusal));
    }
    // The update of the other case would tell of it.
    let embargo = embargoes::find(&mut tx, case_id).await?.is_some_and(|row| row.until_at > deps.clock.now());
    if embargo || case.state == CaseState::Suspended {
        return Err(MergeError::Refused(Refusal::Silent));
    }
    // What was reported under the stricter label would leave with the updates of the other case.
    if case.label > into.label {
        return Err(MergeError::Refused(Refusal::StricterLabel));
    }
    let second = second(&mut tx, &case, &into).await?;
    let now = deps.clock.now();
    let merge =
        MergeRow { case_id, into_id, duplicate_id: id, state_before: case.state, merged_by: by, merged_at: now };
    duplicates::insert_merge(&mut tx, &merge).await?;
    cases::set_state(&mut tx, case_id, CaseState::Merged, now).await?;
    let (from, to) = (DuplicateState::Proposed, DuplicateState::Merged);
    if !duplicates::decide(&mut tx, id, from, to, by, now).await? {
        return Err(MergeError::Dismissed);
    }
    let event = CaseMergedV1 { case_id, into_id, duplicate_id: id, merged_by: by };
    outbox::record(&mut tx, Service::Intake, &deps.clock, &event).await?;
    tx.commit().await?;
    deps.bell.ring();
    tracing::info!(case.id = %case_id, into.id = %into_id, duplicate.id = %id, "merged a case");
    let after = tell(deps, by, &case, into_id, second).await?;
    Ok(Merged { case_id, into_id, after })
}

/// The same merge asked for again is done; the other way round it is not.
async fn repeated(tx: &mut Tx, row: &DuplicateRow, case_id: CaseId, into_id: CaseId) -> Result<Merged, MergeError> {
    match duplicates::merge_of(tx, case_id).await? {
        Some(merge) if merge.duplicate_id == row.id => Ok(Merged { case_id, into_id, after: AfterMerge::Nothing }),
        _ => Err(MergeError::Refused(Refusal::PartAlready)),
    }
}

/// Both cases, held; always in the same order, so that two merges cannot wait for each other.
async fn lock_both(tx: &mut Tx, case_id: CaseId, into_id: CaseId) -> Result<(CaseRow, CaseRow), MergeError> {
    for id in [case_id.min(into_id), case_id.max(into_id)] {
        cases::lock(tx, id).await?;
    }
    let case = cases::find(tx, case_id).await?.ok_or(MergeError::NoDuplicate)?;
    let into = cases::find(tx, into_id).await?.ok_or(MergeError::NoDuplicate)?;
    Ok((case, into))
}

async fn second(tx: &mut Tx, case: &CaseRow, into: &CaseRow) -> Result<Second, store::Error> {
    let describe = |rows: Vec<cases::ObjectRow>| rows.into_iter().map(|row| row.description.0).collect::<Vec<_>>();
    let known = describe(cases::objects(tx, into.id).await?);
    let theirs = describe(cases::objects(tx, case.id).await?);
    let certain = cases::verifications(tx, into.id).await?.pop();
    let second: Option<VerificationRow> = cases::verifications(tx, case.id).await?.pop();
    let released = alerts::of_case(tx, into.id).await?.into_iter().rfind(|row| row.state == AlertState::Released);
    let additions =
        additions(&known, &theirs, certain.map(|row| row.certainty), second.as_ref().map(|row| row.certainty));
    Ok(Second {
        additions,
        evidence: second.map(|row| row.evidence),
        // After a cancel there is nothing to update.
        reach: released.filter(|row| row.kind != AlertKind::Cancel).map(|row| row.reach),
    })
}

/// Takes over how sure the desk was of the second report, and drafts an update if partners were told and must hear
/// more.
async fn tell(
    deps: &Deps,
    by: AccountId,
    case: &CaseRow,
    into_id: CaseId,
    second: Second,
) -> Result<AfterMerge, MergeError> {
    if let Some((certainty, evidence)) = second.additions.certainty.zip(second.evidence) {
        let note = format!("Taken over from {} with the merge.", case.reference).parse().ok();
        if let Err(error) = verify_case(deps, by, into_id, Verification { certainty, evidence, note }).await {
            return Ok(AfterMerge::NotDrafted(words(&error.into())));
        }
    }
    let Some((reach, message)) = second.reach.zip(second.additions.message()) else { return Ok(AfterMerge::Nothing) };
    let request = DraftRequest { kind: AlertKind::Update, reach, message: Some(message), named: Vec::new() };
    Ok(match draft_alert(deps, by, into_id, request).await {
        Ok(alert) => AfterMerge::Drafted(alert.id),
        Err(error) => AfterMerge::NotDrafted(words(&error.into())),
    })
}

fn words(problem: &Problem) -> String {
    problem.detail.clone().unwrap_or_else(|| problem.title.to_owned())
}

impl From<MergeError> for Problem {
    fn from(error: MergeError) -> Self {
        match error {
            MergeError::NoDuplicate => Self::not_found("proposal"),
            MergeError::Dismissed => {
                Self::conflict("dismissed", "An officer found that the cases are about different events.")
            }
            MergeError::Refused(refusal) => {
                let text = refusal.to_string();
                let mut letters = text.chars();
                let first = letters.next().map(|first| first.to_uppercase().to_string()).unwrap_or_default();
                Self::conflict(refusal.code(), format!("{first}{}.", letters.as_str()))
            }
            MergeError::Store(error) => error.into(),
        }
    }
}
