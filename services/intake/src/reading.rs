//! Who looked at a case or took a copy of it, and when: part of the record (Directive (EU) 2016/680, article 25).

use contracts::Service;
use contracts::events::CaseReadV1;
use domain::codes::Reading;
use domain::ids::CaseId;
use web::Principal;

use crate::Deps;

/// Records it, before anything is shown.
pub(crate) async fn note_reading(
    deps: &Deps,
    who: &Principal,
    case_id: CaseId,
    what: Reading,
) -> Result<(), store::Error> {
    let reading = CaseReadV1 { case_id, read_by: who.account_id, what, reason: None };
    store::readings::record(&deps.db, Service::Intake, &deps.clock, &reading).await?;
    deps.bell.ring();
    Ok(())
}
