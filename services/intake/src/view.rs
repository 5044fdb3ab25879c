//! What a case looks like in an answer. Typed, so that a field leaves only where somebody wrote it here.

use domain::case::{CaseReference, Circumstances, LossInterval, PoliceReference, Reporter};
use domain::codes::{
    AlertKind, AlertState, CaseState, CaseStep, Certainty, Event, EvidenceKind, LossMethod, ObjectStatus, Premises,
    Reach, SightingState, Urgency,
};
use domain::ids::{AccountId, AlertId, CaseId, InstitutionId, ObjectId, VerificationId};
use domain::object::ObjectDescription;
use domain::scope::Subdivision;
use domain::text::{Line, Prose};
use domain::{CivilDate, Country, Label, Language, Timestamp};
use serde::Serialize;
use store::alerts::AlertRow;
use store::answers::Tally;
use store::cases::{CaseRow, ObjectRow, StatusRow, StepRow, VerificationRow};
use store::embargoes::EmbargoRow;
use store::sightings::SightingRow;
use utoipa::ToSchema;

use crate::changes::ChangeView;
use crate::completeness::Completeness;
use crate::release::needs_second_officer;
use crate::submit::{RawLoss, RawReporter, RawTypology};

/// A case, as far as the caller may see it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct CaseView {
    /// Its identifier.
    #[schema(value_type = String)]
    pub id: CaseId,
    /// What people quote.
    #[schema(value_type = String, example = "TOC-2026-000123")]
    pub reference: CaseReference,
    /// Where it stands.
    #[schema(value_type = String, example = "submitted")]
    pub state: CaseState,
    /// The institution that reports.
    #[schema(value_type = String)]
    pub institution_id: InstitutionId,
    /// The account that sent the report in.
    #[schema(value_type = String)]
    pub registered_by: AccountId,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    pub registered_at: Timestamp,
    /// When anything about it last changed.
    #[schema(value_type = String, format = DateTime)]
    pub updated_at: Timestamp,
    /// The kind of event.
    #[schema(value_type = String, example = "theft")]
    pub event: Event,
    /// A short title.
    #[schema(value_type = String)]
    pub title: Line,
    /// The language of the report.
    #[schema(value_type = String, example = "fr")]
    pub language: Language,
    /// Handling label of the full case data.
    #[schema(value_type = String, example = "TLP:AMBER+STRICT")]
    pub label: Label,
    /// The country of the loss.
    #[schema(value_type = String, example = "BF")]
    pub country: Country,
    /// When it was lost.
    #[schema(value_type = RawLoss)]
    pub loss: LossInterval,
    /// What to look for, where no list of objects exists.
    #[schema(value_type = Option<RawTypology>)]
    pub typology: Option<domain::details::Typology>,
    /// Holder, place, method, police reference.
    pub circumstances: CircumstancesView,
    /// Who reported; left out for those who may not see it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<RawReporter>)]
    pub reporter: Option<Reporter>,
    /// The objects, in the order of the report.
    pub objects: Vec<ObjectView>,
    /// The verifications, oldest first.
    pub verifications: Vec<VerificationView>,
    /// The steps of its life besides verifying and alerting, oldest first.
    pub steps: Vec<StepView>,
    /// The alert versions, oldest first; drafts only for those who may see them.
    pub alerts: Vec<AlertView>,
    /// How partners answered.
    pub answers: AnswersView,
    /// How many sightings there are; what was seen is asked for by itself.
    pub sightings: SightingCounts,
    /// Until when nobody is told anything new.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub embargo: Option<EmbargoView>,
    /// How complete the report is, what it lacks, and why that matters. Decides nothing.
    pub completeness: Completeness,
}

/// How partners answered, in notifications: one alert version for one partner.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, ToSchema)]
pub struct AnswersView {
    /// Planned.
    pub told: i64,
    /// Acknowledged by any answer.
    pub acknowledged: i64,
    /// Acknowledged, as a share of those that are told, from 0 to 1; null while nobody is.
    #[schema(example = 0.75)]
    pub ratio: Option<f64>,
    /// Whose partner takes charge.
    pub taking_charge: i64,
    /// Whose partner reported a sighting.
    pub information: i64,
    /// Whose partner says that it is not theirs.
    pub not_ours: i64,
}

/// How many sightings there are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, ToSchema)]
pub struct SightingCounts {
    /// Nobody has looked at.
    pub open: usize,
    /// Accepted.
    pub accepted: usize,
    /// Dismissed.
    pub dismissed: usize,
}

impl From<Tally> for AnswersView {
    #[expect(clippy::cast_precision_loss, reason = "a case has far fewer than 2^52 notifications")]
    fn from(tally: Tally) -> Self {
        Self {
            told: tally.told,
            acknowledged: tally.acknowledged,
            ratio: (tally.told > 0).then(|| tally.acknowledged as f64 / tally.told as f64),
            taking_charge: tally.taking_charge,
            information: tally.information,
            not_ours: tally.not_ours,
        }
    }
}

impl SightingCounts {
    /// Of these.
    pub(crate) fn of(rows: &[SightingRow]) -> Self {
        let count = |state| rows.iter().filter(|row| row.state == state).count();
        Self {
            open: count(SightingState::Open),
            accepted: count(SightingState::Accepted),
            dismissed: count(SightingState::Dismissed),
        }
    }
}

/// An embargo: until it ends, no version but a cancel is told.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct EmbargoView {
    /// Until when.
    #[schema(value_type = String, format = DateTime)]
    pub until: Timestamp,
    /// When it was set.
    #[schema(value_type = String, format = DateTime)]
    pub set_at: Timestamp,
    /// Why; only for the desk.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub reason: Option<Prose>,
    /// By whom; only for the desk.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub set_by: Option<AccountId>,
}

/// Holder, place, method, police reference.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct CircumstancesView {
    /// Who held the object.
    #[schema(value_type = String)]
    pub holder: Line,
    /// The kind of place.
    #[schema(value_type = String, example = "museum")]
    pub premises: Premises,
    /// The subdivision of the country.
    #[schema(value_type = Option<String>)]
    pub subdivision: Option<Subdivision>,
    /// Town, building, room.
    #[schema(value_type = String)]
    pub place: Line,
    /// How it was lost.
    #[schema(value_type = String, example = "burglary")]
    pub method: LossMethod,
    /// The police's own number; null: not yet.
    #[schema(value_type = Option<String>)]
    pub police_reference: Option<Line>,
    /// The authority that was informed.
    #[schema(value_type = Option<String>)]
    pub authority_informed: Option<Line>,
    /// When it was informed.
    #[schema(value_type = Option<String>)]
    pub authority_informed_on: Option<CivilDate>,
    /// What happened, in the reporter's words.
    #[schema(value_type = Option<String>)]
    pub narrative: Option<Prose>,
    /// What this kind of event has of its own: the name of the kind, or an object with that name as its only key.
    #[schema(value_type = serde_json::Value)]
    pub details: domain::details::Details,
}

/// One object.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ObjectView {
    /// Its identifier.
    #[schema(value_type = String)]
    pub id: ObjectId,
    /// Its place in the report, from 1.
    pub ordinal: i64,
    /// Where it stands.
    #[schema(value_type = String, example = "missing")]
    pub status: ObjectStatus,
    /// The statuses it took after its report, oldest first.
    pub history: Vec<StatusView>,
    /// Its Object ID description.
    #[schema(value_type = Object)]
    pub description: ObjectDescription,
}

/// A status that an object took.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct StatusView {
    /// The status.
    #[schema(value_type = String, example = "located")]
    pub status: ObjectStatus,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    pub set_at: Timestamp,
    /// On what it rests; only for the desk.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub note: Option<Prose>,
    /// By whom; only for the desk.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub set_by: Option<AccountId>,
}

/// A step in the life of a case.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct StepView {
    /// The step.
    #[schema(value_type = String, example = "rest")]
    pub step: CaseStep,
    /// Where the case stood then.
    #[schema(value_type = String, example = "dormant")]
    pub to: CaseState,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    pub taken_at: Timestamp,
    /// The day on which somebody looks again.
    #[schema(value_type = Option<String>)]
    pub review_on: Option<CivilDate>,
    /// Why; only for the desk.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub reason: Option<Prose>,
    /// By whom; only for the desk.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub taken_by: Option<AccountId>,
}

/// One verification.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct VerificationView {
    /// Its identifier.
    #[schema(value_type = String)]
    pub id: VerificationId,
    /// How sure the desk was.
    #[schema(value_type = String, example = "likely")]
    pub certainty: Certainty,
    /// On what.
    #[schema(value_type = String, example = "inventory_extract")]
    pub evidence: EvidenceKind,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    pub verified_at: Timestamp,
    /// The desk's note; only for the desk.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub note: Option<Prose>,
    /// By whom; only for the desk.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub verified_by: Option<AccountId>,
}

/// One alert version.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct AlertView {
    /// Its identifier.
    #[schema(value_type = String)]
    pub id: AlertId,
    /// Its number within the case.
    pub version: i64,
    /// What it says.
    #[schema(value_type = String, example = "alert")]
    pub kind: AlertKind,
    /// Where it stands.
    #[schema(value_type = String, example = "draft")]
    pub state: AlertState,
    /// How far it may go.
    #[schema(value_type = String, example = "all")]
    pub reach: Reach,
    /// Handling label of the full share.
    #[schema(value_type = String, example = "TLP:AMBER+STRICT")]
    pub label: Label,
    /// How sure the desk was.
    #[schema(value_type = String, example = "likely")]
    pub certainty: Certainty,
    /// How soon partners must act.
    #[schema(value_type = String, example = "immediate")]
    pub urgency: Urgency,
    /// The desk's words to all recipients.
    #[schema(value_type = Option<String>)]
    pub message: Option<Prose>,
    /// Whether another officer than the drafter must release it.
    pub needs_second_officer: bool,
    /// When it was drafted.
    #[schema(value_type = String, format = DateTime)]
    pub drafted_at: Timestamp,
    /// When it was released.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub released_at: Option<Timestamp>,
    /// The moment before which nobody is told, if the word was given for later.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub not_before: Option<Timestamp>,
    /// Of an update, where the case or its draft is shown: what it changes against the last version that told the whole
    /// case. A partner's mail names what changed for that partner.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub changes: Vec<ChangeView>,
    /// Who drafted it; only for the desk.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub drafted_by: Option<AccountId>,
    /// Who released it; only for the desk.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub released_by: Option<AccountId>,
}

impl From<Circumstances> for CircumstancesView {
    fn from(from: Circumstances) -> Self {
        Self {
            holder: from.holder,
            premises: from.premises,
            subdivision: from.subdivision,
            place: from.place,
            method: from.method,
            police_reference: match from.police_reference {
                PoliceReference::NotYet => None,
                PoliceReference::Known(reference) => Some(reference),
            },
            authority_informed: from.authority_informed,
            authority_informed_on: from.authority_informed_on,
            narrative: from.narrative,
            details: from.details,
        }
    }
}

impl ObjectView {
    pub(crate) fn new(row: ObjectRow, history: Vec<StatusView>) -> Self {
        Self { id: row.id, ordinal: row.ordinal, status: row.status, history, description: row.description.0 }
    }
}

impl StatusView {
    /// With the desk's note and name.
    pub(crate) fn for_desk(row: StatusRow) -> Self {
        Self { note: row.note.clone(), set_by: Some(row.set_by), ..Self::for_reporter(&row) }
    }

    /// Without.
    pub(crate) fn for_reporter(row: &StatusRow) -> Self {
        Self { status: row.status, set_at: row.set_at, note: None, set_by: None }
    }
}

impl StepView {
    /// With the desk's reason and name.
    pub(crate) fn for_desk(row: StepRow) -> Self {
        Self { reason: row.reason.clone(), taken_by: Some(row.taken_by), ..Self::for_reporter(&row) }
    }

    /// Without.
    pub(crate) fn for_reporter(row: &StepRow) -> Self {
        Self {
            step: row.step,
            to: row.to_state,
            taken_at: row.taken_at,
            review_on: row.review_on,
            reason: None,
            taken_by: None,
        }
    }
}

impl EmbargoView {
    /// With the desk's reason and name.
    pub(crate) fn for_desk(row: EmbargoRow) -> Self {
        Self { reason: Some(row.reason.clone()), set_by: Some(row.set_by), ..Self::for_reporter(&row) }
    }

    /// Without.
    pub(crate) fn for_reporter(row: &EmbargoRow) -> Self {
        Self { until: row.until_at, set_at: row.set_at, reason: None, set_by: None }
    }
}

impl VerificationView {
    /// With the desk's note and name.
    pub(crate) fn for_desk(row: VerificationRow) -> Self {
        Self { note: row.note.clone(), verified_by: Some(row.verified_by), ..Self::for_reporter(row) }
    }

    /// Without.
    pub(crate) fn for_reporter(row: VerificationRow) -> Self {
        Self {
            id: row.id,
            certainty: row.certainty,
            evidence: row.evidence,
            verified_at: row.verified_at,
            note: None,
            verified_by: None,
        }
    }
}

impl AlertView {
    /// With the names of the desk.
    pub(crate) fn for_desk(row: AlertRow) -> Self {
        Self { drafted_by: Some(row.drafted_by), released_by: row.released_by, ..Self::for_reporter(row) }
    }

    /// Without.
    pub(crate) fn for_reporter(row: AlertRow) -> Self {
        Self {
            id: row.id,
            version: row.version,
            kind: row.kind,
            state: row.state,
            reach: row.reach,
            label: row.label,
            certainty: row.facts.certainty,
            urgency: row.facts.urgency,
            message: row.content.0.message,
            needs_second_officer: needs_second_officer(row.kind, row.reach),
            drafted_at: row.drafted_at,
            released_at: row.released_at,
            not_before: row.not_before,
            changes: Vec::new(),
            drafted_by: None,
            released_by: None,
        }
    }
}

/// The parts of a case that were read.
pub(crate) struct Parts {
    pub circumstances: Circumstances,
    pub reporter: Option<Reporter>,
    pub objects: Vec<ObjectView>,
    pub verifications: Vec<VerificationView>,
    pub steps: Vec<StepView>,
    pub alerts: Vec<AlertView>,
    pub answers: AnswersView,
    pub sightings: SightingCounts,
    pub embargo: Option<EmbargoView>,
}

impl CaseView {
    pub(crate) fn new(row: CaseRow, parts: Parts) -> Self {
        let domain::case::CaseFacts { loss, typology, .. } = row.facts();
        Self {
            id: row.id,
            reference: row.reference,
            state: row.state,
            institution_id: row.institution_id,
            registered_by: row.registered_by,
            registered_at: row.registered_at,
            updated_at: row.updated_at,
            event: row.event,
            title: row.title,
            language: row.language,
            label: row.label,
            country: row.country,
            loss,
            typology,
            circumstances: parts.circumstances.into(),
            reporter: parts.reporter,
            objects: parts.objects,
            verifications: parts.verifications,
            steps: parts.steps,
            alerts: parts.alerts,
            answers: parts.answers,
            sightings: parts.sightings,
            embargo: parts.embargo,
            completeness: Completeness::default(),
        }
    }
}
