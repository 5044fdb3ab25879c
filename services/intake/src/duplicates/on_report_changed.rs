//! A report was recorded or changed: look for others that may be about the same event.

use bus::{Bell, Consumer, HandleError};
use contracts::events::{
    CaseEditedV1, CaseRegisteredV1, CaseUnmergedV1, DuplicateProposedV1, ObjectsAddedV1, PhotoAddedV1,
};
use contracts::{Envelope, Event, Service};
use domain::Clock;
use domain::codes::DuplicateState;
use domain::duplicate::Evidence;
use domain::ids::{CaseId, DuplicateId};
use store::cases::CaseRow;
use store::duplicates::{self, DuplicateRow};
use store::{Tx, cases, outbox};

use super::propose::propose;
use super::report::Report;

/// The most candidates that are compared for one fact, of each kind of index; those that share most come first.
const CANDIDATES: i64 = 100;

/// Proposes duplicates.
#[derive(Clone, Debug)]
pub struct OnReportChanged {
    clock: Clock,
    relay: Bell,
}

impl OnReportChanged {
    /// `relay` is rung when something was proposed.
    pub fn new(clock: Clock, relay: Bell) -> Self {
        Self { clock, relay }
    }
}

impl Consumer for OnReportChanged {
    const NAME: &'static str = "intake.duplicates";
    const KEYS: &'static [&'static str] =
        &[CaseRegisteredV1::KIND, CaseEditedV1::KIND, ObjectsAddedV1::KIND, PhotoAddedV1::KIND, CaseUnmergedV1::KIND];

    async fn handle(&self, tx: &mut Tx, messages: &[Envelope]) -> Result<(), HandleError> {
        for message in messages {
            self.look(tx, case_of(message)?).await?;
        }
        Ok(())
    }

    fn committed(&self) {
        self.relay.ring();
    }
}

/// The message is a bell: what is compared is what the tables hold now.
fn case_of(message: &Envelope) -> Result<CaseId, HandleError> {
    Ok(match message.kind() {
        CaseRegisteredV1::KIND => message.open::<CaseRegisteredV1>()?.case_id,
        CaseEditedV1::KIND => message.open::<CaseEditedV1>()?.case_id,
        ObjectsAddedV1::KIND => message.open::<ObjectsAddedV1>()?.case_id,
        PhotoAddedV1::KIND => message.open::<PhotoAddedV1>()?.case_id,
        CaseUnmergedV1::KIND => message.open::<CaseUnmergedV1>()?.case_id,
        other => return Err(HandleError::Poison(format!("{other} says nothing about a report").into())),
    })
}

impl OnReportChanged {
    async fn look(&self, tx: &mut Tx, case_id: CaseId) -> Result<(), HandleError> {
        duplicates::hold(tx).await?;
        let case = cases::find(tx, case_id).await?;
        let case = case.ok_or_else(|| HandleError::Poison("no such case was registered".into()))?;
        let Some(report) = Report::read(tx, &case).await? else {
            duplicates::set_keys(tx, case_id, &[]).await?;
            return Ok(());
        };
        duplicates::set_keys(tx, case_id, &report.keys()).await?;
        let mut candidates = duplicates::sharing_keys(tx, case_id, CANDIDATES).await?;
        candidates.extend(duplicates::sharing_looks(tx, case_id, CANDIDATES).await?);
        candidates.sort();
        candidates.dedup();
        for id in candidates {
            let Some(other) = cases::find(tx, id).await? else { continue };
            let Some(other_report) = Report::read(tx, &other).await? else { continue };
            let first = (case.registered_at, case.id) < (other.registered_at, other.id);
            let ((earlier, ours), (later, theirs)) = if first {
                ((&case, &report), (&other, &other_report))
            } else {
                ((&other, &other_report), (&case, &report))
            };
            if let Some(proposal) = propose(ours, theirs) {
                self.record(tx, earlier, later, proposal.evidence).await?;
            }
        }
        Ok(())
    }

    async fn record(
        &self,
        tx: &mut Tx,
        earlier: &CaseRow,
        later: &CaseRow,
        evidence: Vec<Evidence>,
    ) -> Result<(), store::Error> {
        let id = match duplicates::between(tx, earlier.id, later.id).await? {
            Some(known) => {
                if !says_more(&known, &evidence) {
                    return Ok(());
                }
                duplicates::propose_again(tx, known.id, &evidence).await?;
                if known.state == DuplicateState::Proposed {
                    return Ok(());
                }
                known.id
            }
            None => {
                let row = DuplicateRow {
                    id: DuplicateId::generate(&self.clock),
                    earlier_id: earlier.id,
                    later_id: later.id,
                    state: DuplicateState::Proposed,
                    evidence: evidence.clone().into(),
                    proposed_at: self.clock.now(),
                    decided_by: None,
                    decided_at: None,
                };
                if !duplicates::insert(tx, &row).await? {
                    return Ok(());
                }
                row.id
            }
        };
        let event = DuplicateProposedV1 {
            duplicate_id: id,
            case_id: later.id,
            earlier_id: earlier.id,
            evidence: kinds(&evidence).into_iter().map(str::to_owned).collect(),
        };
        outbox::record(tx, Service::Intake, &self.clock, &event).await?;
        tracing::info!(case.id = %later.id, duplicate.id = %id, earlier.id = %earlier.id, "proposed a duplicate");
        Ok(())
    }
}

/// Whether a pair that is known must be looked at again. An open proposal follows the evidence; one that an officer
/// dismissed comes back only with a kind of evidence that was not weighed then; a merge stands.
fn says_more(known: &DuplicateRow, evidence: &[Evidence]) -> bool {
    match known.state {
        DuplicateState::Proposed => known.evidence.0 != evidence,
        DuplicateState::Dismissed => {
            let weighed = kinds(&known.evidence.0);
            kinds(evidence).iter().any(|kind| !weighed.contains(kind))
        }
        DuplicateState::Merged => false,
    }
}

fn kinds(evidence: &[Evidence]) -> Vec<&'static str> {
    let mut kinds: Vec<_> = evidence.iter().map(Evidence::kind).collect();
    kinds.dedup();
    kinds
}
