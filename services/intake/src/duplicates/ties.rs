//! What a case has to do with others: what it is part of, what is part of it, what may be about the same event.

use domain::case::CaseReference;
use domain::codes::{DuplicateState, Role};
use domain::ids::{CaseId, DuplicateId};
use domain::text::Line;
use store::{Tx, cases, duplicates, identity};
use web::Principal;

use crate::Deps;

/// Another report of the same event.
pub(crate) struct OtherReport {
    pub id: CaseId,
    pub reference: CaseReference,
    pub title: Line,
    /// Who reported it.
    pub institution: Option<Line>,
    pub duplicate_id: DuplicateId,
}

/// What a case has to do with others. Nothing for an institution: another one's report is not its own.
#[derive(Default)]
pub(crate) struct Ties {
    /// The case it is part of.
    pub part_of: Option<OtherReport>,
    /// The cases that are part of it.
    pub parts: Vec<OtherReport>,
    /// How many proposals wait for an officer.
    pub open: Vec<DuplicateId>,
}

/// What a case has to do with others.
pub(crate) async fn ties(deps: &Deps, principal: &Principal, id: CaseId) -> Result<Ties, store::Error> {
    if principal.role == Role::Reporter {
        return Ok(Ties::default());
    }
    let mut tx = deps.db.read().await?;
    let mut ties = Ties::default();
    if let Some(merge) = duplicates::merge_of(&mut tx, id).await? {
        ties.part_of = other(&mut tx, merge.into_id, merge.duplicate_id).await?;
    }
    for merge in duplicates::merged_into(&mut tx, id).await? {
        ties.parts.extend(other(&mut tx, merge.case_id, merge.duplicate_id).await?);
    }
    let proposals = duplicates::of_case(&mut tx, id).await?.into_iter();
    ties.open = proposals.filter(|row| row.state == DuplicateState::Proposed).map(|row| row.id).collect();
    tx.commit().await?;
    Ok(ties)
}

async fn other(tx: &mut Tx, id: CaseId, duplicate_id: DuplicateId) -> Result<Option<OtherReport>, store::Error> {
    let Some(case) = cases::find(tx, id).await? else { return Ok(None) };
    let institution = identity::institution_name(tx, case.institution_id).await?;
    Ok(Some(OtherReport { id, reference: case.reference, title: case.title, institution, duplicate_id }))
}
