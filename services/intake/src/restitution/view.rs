//! What a restitution looks like.

use domain::codes::{AlertKind, AlertState, DocumentFormat, LegalInstrument, PartyRole, Route, TimeLimit, WayStep};
use domain::ids::{AlertId, CaseId, ObjectId, RestitutionId};
use domain::photo::ContentHash;
use domain::sighting::{NeedToKnow, Reader};
use domain::text::{Line, Prose};
use domain::{CivilDate, Country, Timestamp};
use serde::Serialize;
use store::alerts::AlertRow;
use store::restitutions::{self, ClockRow, DocumentRow, PartyRow, RestitutionRow, WayStepRow};
use store::{Tx, alerts};
use utoipa::ToSchema;

/// Said beside every date that a time limit gives.
pub(super) const NO_ADVICE: &str = "A reminder computed from confirmed facts, not legal advice: ask whether the \
                                    instrument applies, and read its text.";

/// The way back of an object by one route.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct RestitutionView {
    /// Its identifier.
    #[schema(value_type = String)]
    pub id: RestitutionId,
    /// The case.
    #[schema(value_type = String)]
    pub case_id: CaseId,
    /// The object.
    #[schema(value_type = String)]
    pub object_id: ObjectId,
    /// By which route.
    #[schema(value_type = String, example = "icprcp")]
    pub route: Route,
    /// What the claim relies on.
    #[schema(value_type = Vec<String>)]
    pub instruments: Vec<LegalInstrument>,
    /// When it was opened.
    #[schema(value_type = String, format = DateTime)]
    pub opened_at: Timestamp,
    /// The step that ended it.
    #[schema(value_type = Option<String>, example = "returned")]
    pub ended_by: Option<WayStep>,
    /// When it ended.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub ended_at: Option<Timestamp>,
    /// Who has a part in it; who they are is for those who need to know.
    pub parties: Vec<PartyView>,
    /// Its documents.
    pub documents: Vec<DocumentView>,
    /// What happened, in the order it was recorded.
    pub steps: Vec<WayStepView>,
    /// The time limits that confirmed steps have started.
    pub clocks: Vec<ClockView>,
}

/// Somebody with a part in it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PartyView {
    /// Its number.
    pub number: i64,
    /// In which part.
    #[schema(value_type = String, example = "requesting_state")]
    pub role: PartyRole,
    /// Who; left out for those who need not know.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub name: Option<Line>,
    /// Where.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, example = "BF")]
    pub country: Option<Country>,
    /// How it is reached.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub contact: Option<Line>,
    /// When they were erased.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub erased_at: Option<Timestamp>,
}

/// A document by its fingerprint, with its file if that lies here.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct DocumentView {
    /// Its number.
    pub number: i64,
    /// What it is.
    #[schema(value_type = String)]
    pub title: Line,
    /// SHA-256 of the file.
    #[schema(value_type = String)]
    pub sha256: ContentHash,
    /// Where the paper, or the file that is not here, is kept.
    #[schema(value_type = String)]
    pub kept: Line,
    /// When it was recorded.
    #[schema(value_type = String, format = DateTime)]
    pub added_at: Timestamp,
    /// What the file is, if it lies here.
    #[schema(value_type = Option<String>, example = "application/pdf")]
    pub format: Option<DocumentFormat>,
    /// Its size.
    pub size_bytes: Option<i64>,
    /// When it was erased; the fingerprint stays.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub erased_at: Option<Timestamp>,
}

/// Something that happened on the way.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct WayStepView {
    /// What.
    #[schema(value_type = String, example = "form_transmitted")]
    pub step: WayStep,
    /// When.
    #[schema(value_type = String, format = Date)]
    pub happened_on: CivilDate,
    /// Whether it is confirmed on evidence.
    pub confirmed: bool,
    /// The document that shows it.
    pub document: Option<i64>,
    /// On what it rests.
    #[schema(value_type = Option<String>)]
    pub note: Option<Prose>,
    /// When it was recorded.
    #[schema(value_type = String, format = DateTime)]
    pub recorded_at: Timestamp,
    /// The alert versions by which partners were told before the next step.
    pub told: Vec<ToldView>,
}

/// An alert version that told partners of a step.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ToldView {
    /// Its identifier.
    #[schema(value_type = String)]
    pub alert_id: AlertId,
    /// Its number.
    pub version: i64,
    /// What it says.
    #[schema(value_type = String, example = "restitution")]
    pub kind: AlertKind,
}

/// A time limit.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ClockView {
    /// The restitution.
    #[schema(value_type = String)]
    pub restitution_id: RestitutionId,
    /// The case.
    #[schema(value_type = String)]
    pub case_id: CaseId,
    /// The object.
    #[schema(value_type = String)]
    pub object_id: ObjectId,
    /// Which limit.
    #[schema(value_type = String, example = "icprcp_reply")]
    pub limit: TimeLimit,
    /// The instrument it stands in.
    #[schema(value_type = String, example = "icprcp")]
    pub instrument: LegalInstrument,
    /// Where it is written, and what is written there, in brief.
    pub text: String,
    /// What this date is not.
    pub caution: String,
    /// The day that started it.
    #[schema(value_type = String, format = Date)]
    pub started_on: CivilDate,
    /// Its last day.
    #[schema(value_type = String, format = Date)]
    pub due_on: CivilDate,
    /// `running`, `past` or `stopped`.
    #[schema(example = "running")]
    pub standing: String,
    /// What stopped it.
    #[schema(value_type = Option<String>)]
    pub stopped_by: Option<WayStep>,
    /// When.
    #[schema(value_type = Option<String>, format = Date)]
    pub stopped_on: Option<CivilDate>,
    /// The day of the last reminder that was given.
    #[schema(value_type = Option<String>, format = Date)]
    pub warned_on: Option<CivilDate>,
    /// The day of the next one.
    #[schema(value_type = Option<String>, format = Date)]
    pub next_warning_on: Option<CivilDate>,
}

impl ClockView {
    /// As it stands on a day.
    pub(crate) fn new(row: &ClockRow, today: CivilDate) -> Self {
        let standing = match row.stopped_on {
            Some(_) => "stopped",
            None if row.due_on < today => "past",
            None => "running",
        };
        Self {
            restitution_id: row.restitution_id,
            case_id: row.case_id,
            object_id: row.object_id,
            limit: row.time_limit,
            instrument: row.time_limit.instrument(),
            text: row.time_limit.text().to_owned(),
            caution: NO_ADVICE.to_owned(),
            started_on: row.started_on,
            due_on: row.due_on,
            standing: standing.to_owned(),
            stopped_by: row.stopped_by,
            stopped_on: row.stopped_on,
            warned_on: row.warned_on,
            next_warning_on: row.next_warning_on,
        }
    }

    /// How it looks. The word always stands beside it.
    pub(crate) fn tone(&self) -> &'static str {
        match self.standing.as_str() {
            "past" => "bad",
            "running" if self.warned_on.is_some() => "warn",
            _ => "plain",
        }
    }
}

impl PartyView {
    fn new(row: &PartyRow, need: Option<&NeedToKnow>) -> Self {
        let party = need.map(|need| row.party.shown_to(need));
        Self {
            number: row.number,
            role: row.role,
            name: party.map(|party| party.name.clone()),
            country: party.and_then(|party| party.country),
            contact: party.and_then(|party| party.contact.clone()),
            erased_at: row.erased_at,
        }
    }
}

impl From<DocumentRow> for DocumentView {
    fn from(row: DocumentRow) -> Self {
        Self {
            number: row.number,
            title: row.title,
            sha256: row.sha256,
            kept: row.kept,
            added_at: row.added_at,
            format: row.format,
            size_bytes: row.size_bytes,
            erased_at: row.erased_at,
        }
    }
}

fn step_views(rows: Vec<WayStepRow>, versions: &[AlertRow]) -> Vec<WayStepView> {
    let released = |row: &&AlertRow| row.state == AlertState::Released && row.kind != AlertKind::Exercise;
    let times: Vec<_> = rows.iter().map(|row| row.recorded_at).collect();
    let views = rows.into_iter().enumerate().map(|(n, row)| {
        let until = times.get(n + 1);
        let told = versions.iter().filter(released).filter(|version| {
            let after = |at: Timestamp| at >= row.recorded_at && until.is_none_or(|until| at < *until);
            version.released_at.is_some_and(after)
        });
        WayStepView {
            told: told.map(|one| ToldView { alert_id: one.id, version: one.version, kind: one.kind }).collect(),
            step: row.step,
            happened_on: row.happened_on,
            confirmed: row.confirmed,
            document: row.document,
            note: row.note,
            recorded_at: row.recorded_at,
        }
    });
    views.collect()
}

impl RestitutionView {
    /// As far as this reader needs to know.
    pub(crate) async fn read(
        tx: &mut Tx,
        row: RestitutionRow,
        reader: Reader<'_>,
        today: CivilDate,
    ) -> Result<Self, store::Error> {
        let need = NeedToKnow::of(reader, None);
        let parties = restitutions::parties(tx, row.id).await?;
        let documents = restitutions::documents(tx, row.id).await?;
        let steps = restitutions::steps(tx, row.id).await?;
        let clocks = restitutions::clocks_of(tx, row.id).await?;
        let versions = alerts::of_case(tx, row.case_id).await?;
        Ok(Self {
            id: row.id,
            case_id: row.case_id,
            object_id: row.object_id,
            route: row.route,
            instruments: row.instruments.0,
            opened_at: row.opened_at,
            ended_by: row.ended_by,
            ended_at: row.ended_at,
            parties: parties.iter().map(|party| PartyView::new(party, need.as_ref())).collect(),
            documents: documents.into_iter().map(DocumentView::from).collect(),
            steps: step_views(steps, &versions),
            clocks: clocks.iter().map(|clock| ClockView::new(clock, today)).collect(),
        })
    }
}
