//! What happens to a case. Source: intake.

use domain::case::CaseReference;
use domain::codes;
use domain::ids::{AccountId, CaseId, InstitutionId, ObjectId, UploadId};
use domain::text::Line;
use domain::{Label, Timestamp};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// An institution's report was recorded as a case.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct CaseRegisteredV1 {
    /// The case.
    pub case_id: CaseId,
    /// Its reference.
    pub reference: CaseReference,
    /// The kind of event.
    pub event: codes::Event,
    /// The handling label of the full case data.
    pub label: Label,
    /// How many objects it has.
    pub objects: i64,
    /// Who reports.
    pub institution_id: InstitutionId,
    /// Through which account.
    pub registered_by: AccountId,
}

/// An officer established how sure the desk is, and on what.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct CaseVerifiedV1 {
    /// The case.
    pub case_id: CaseId,
    /// How sure.
    pub certainty: codes::Certainty,
    /// On what.
    pub evidence: codes::EvidenceKind,
    /// By whom.
    pub verified_by: AccountId,
}

/// A report was corrected before it was verified.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct CaseEditedV1 {
    /// The case.
    pub case_id: CaseId,
    /// How many objects it has now.
    pub objects: i64,
    /// By whom.
    pub edited_by: AccountId,
}

/// A case took a step: into triage, to sleep, to its end, or back.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct CaseMovedV1 {
    /// The case.
    pub case_id: CaseId,
    /// The step.
    pub step: codes::CaseStep,
    /// Where it stood.
    pub from: codes::CaseState,
    /// Where it stands.
    pub to: codes::CaseState,
    /// By whom.
    pub moved_by: AccountId,
}

/// An officer set, changed or lifted the embargo of a case: until it ends no version but a cancel is told.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct CaseEmbargoedV1 {
    /// The case.
    pub case_id: CaseId,
    /// Until when; none: it is lifted.
    pub until: Option<Timestamp>,
    /// By whom.
    pub set_by: AccountId,
}

/// An officer changed where one object stands.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ObjectStatusChangedV1 {
    /// The object.
    pub object_id: ObjectId,
    /// Its case.
    pub case_id: CaseId,
    /// Where it stands.
    pub status: codes::ObjectStatus,
    /// By whom.
    pub set_by: AccountId,
}

/// Objects joined a case after it was registered.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ObjectsAddedV1 {
    /// The case.
    pub case_id: CaseId,
    /// The upload they came in.
    pub import_id: UploadId,
    /// How many.
    pub objects: i64,
    /// By whom.
    pub added_by: AccountId,
}

super::event!(CaseEditedV1, "case.edited.v1", case_id, case_id);
super::event!(ObjectsAddedV1, "case.objects_added.v1", case_id, case_id);
/// A person looked at a case, or took a copy of what is known about it. Source: whichever service showed it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct CaseReadV1 {
    /// The case.
    pub case_id: CaseId,
    /// Who.
    pub read_by: AccountId,
    /// What was looked at or copied.
    pub what: codes::Reading,
    /// What for, in the reader's words; always there for a copy that leaves the system.
    pub reason: Option<Line>,
}

/// Who reported was erased from a case. What was recorded about the case stays.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ReporterErasedV1 {
    /// The case.
    pub case_id: CaseId,
    /// By whom; nobody if the time of keeping ended by itself.
    pub erased_by: Option<AccountId>,
    /// On which ground.
    pub ground: codes::ErasureGround,
}

super::event!(CaseReadV1, "case.read.v1", case_id, case_id);
super::event!(ReporterErasedV1, "reporter.erased.v1", case_id, case_id);
super::event!(CaseRegisteredV1, "case.registered.v1", case_id, case_id);
super::event!(CaseEmbargoedV1, "case.embargoed.v1", case_id, case_id);
super::event!(CaseMovedV1, "case.moved.v1", case_id, case_id);
super::event!(ObjectStatusChangedV1, "object.status_changed.v1", object_id, case_id);
super::event!(CaseVerifiedV1, "case.verified.v1", case_id, case_id);
