//! An officer takes a merge back: the case stands for itself again.

use contracts::Service;
use contracts::events::CaseUnmergedV1;
use domain::codes::DuplicateState;
use domain::ids::{AccountId, CaseId};
use store::duplicates::{self, MergeRow};
use store::{cases, outbox};
use web::Problem;

use crate::Deps;

/// Why a merge was not taken back.
#[derive(Debug, thiserror::Error)]
pub enum UnmergeError {
    /// There is no such case.
    #[error("find the case")]
    NoCase,
    /// The case is part of no other one.
    #[error("un-merge a case that is part of no other one")]
    NotMerged,
    /// The database did not do it.
    #[error(transparent)]
    Store(#[from] store::Error),
}

/// Un-merges a case: it stands where it stood, and the proposal is dismissed. What partners were told meanwhile stays
/// told; if it was too much, an update of the other case says so.
pub async fn unmerge_case(deps: &Deps, by: AccountId, case_id: CaseId) -> Result<MergeRow, UnmergeError> {
    let mut tx = deps.db.begin().await?;
    duplicates::hold(&mut tx).await?;
    cases::lock(&mut tx, case_id).await?.ok_or(UnmergeError::NoCase)?;
    let merge = duplicates::merge_of(&mut tx, case_id).await?.ok_or(UnmergeError::NotMerged)?;
    let now = deps.clock.now();
    duplicates::delete_merge(&mut tx, case_id).await?;
    cases::set_state(&mut tx, case_id, merge.state_before, now).await?;
    let (from, to) = (DuplicateState::Merged, DuplicateState::Dismissed);
    if !duplicates::decide(&mut tx, merge.duplicate_id, from, to, by, now).await? {
        return Err(UnmergeError::NotMerged);
    }
    let event = CaseUnmergedV1 { case_id, from_id: merge.into_id, duplicate_id: merge.duplicate_id, unmerged_by: by };
    outbox::record(&mut tx, Service::Intake, &deps.clock, &event).await?;
    tx.commit().await?;
    deps.bell.ring();
    tracing::info!(case.id = %case_id, from.id = %merge.into_id, "un-merged a case");
    Ok(merge)
}

impl From<UnmergeError> for Problem {
    fn from(error: UnmergeError) -> Self {
        match error {
            UnmergeError::NoCase => Self::not_found("case"),
            UnmergeError::NotMerged => Self::conflict("not-merged", "The case is part of no other one."),
            UnmergeError::Store(error) => error.into(),
        }
    }
}
