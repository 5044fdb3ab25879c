//! What a sighting looks like: whole for those who need to know, and a notice for everybody else.

use domain::codes::{SightingOrigin, SightingState, Venue};
use domain::ids::{AccountId, CaseId, ObjectId, PartnerId, SightingId};
use domain::sighting::{NeedToKnow, Reader};
use domain::text::{Line, Prose};
use domain::{CivilDate, Country, Timestamp};
use serde::Serialize;
use store::sightings::SightingRow;
use utoipa::ToSchema;

/// A sighting, for somebody who needs to know.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct SightingView {
    /// Its identifier.
    #[schema(value_type = String)]
    pub id: SightingId,
    /// The case.
    #[schema(value_type = String)]
    pub case_id: CaseId,
    /// The object, if it is known.
    #[schema(value_type = Option<String>)]
    pub object_id: Option<ObjectId>,
    /// From where it came in.
    #[schema(value_type = String, example = "partner")]
    pub origin: SightingOrigin,
    /// The partner that sent it; only for the desk.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub partner_id: Option<PartnerId>,
    /// What became of it.
    #[schema(value_type = String, example = "open")]
    pub state: SightingState,
    /// When it was reported.
    #[schema(value_type = String, format = DateTime)]
    pub reported_at: Timestamp,
    /// What was seen, and what became of it.
    #[schema(value_type = String)]
    pub what: Prose,
    /// Where.
    #[schema(value_type = String)]
    pub place: Line,
    /// The country of that place.
    #[schema(value_type = Option<String>, example = "BE")]
    pub country: Option<Country>,
    /// The kind of place.
    #[schema(value_type = Option<String>, example = "dealer")]
    pub venue: Option<Venue>,
    /// The day.
    #[schema(value_type = String, format = Date)]
    pub seen_on: CivilDate,
    /// The time of day, in words.
    #[schema(value_type = Option<String>)]
    pub time: Option<Line>,
    /// Who saw it, or how it is known.
    #[schema(value_type = String)]
    pub source: Line,
    /// Whether a photograph came with it.
    pub has_photo: bool,
    /// When the person who told it was erased from it.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub erased_at: Option<Timestamp>,
    /// When it was decided.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub decided_at: Option<Timestamp>,
    /// On what the decision rests; only for the desk.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub note: Option<Prose>,
    /// Who decided; only for the desk.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub decided_by: Option<AccountId>,
}

/// That there is a sighting, for those who need not know more.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct SightingNotice {
    /// Its identifier.
    #[schema(value_type = String)]
    pub id: SightingId,
    /// The object, if it is known.
    #[schema(value_type = Option<String>)]
    pub object_id: Option<ObjectId>,
    /// From where it came in.
    #[schema(value_type = String, example = "partner")]
    pub origin: SightingOrigin,
    /// What became of it.
    #[schema(value_type = String, example = "open")]
    pub state: SightingState,
    /// When it was reported.
    #[schema(value_type = String, format = DateTime)]
    pub reported_at: Timestamp,
    /// When it was decided.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub decided_at: Option<Timestamp>,
    /// When the person who told it was erased from it.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub erased_at: Option<Timestamp>,
}

/// The sightings of a case, oldest first.
#[derive(Clone, Debug, Default, Serialize, ToSchema)]
pub struct SightingsView {
    /// Those the caller needs to know of.
    pub sightings: Vec<SightingView>,
    /// The rest: that they are there.
    pub notices: Vec<SightingNotice>,
}

impl SightingView {
    /// For somebody who needs to know; with the desk's own work for the desk.
    pub(crate) fn new(row: &SightingRow, need: &NeedToKnow, desk: bool) -> Self {
        let seen = row.seen.shown_to(need);
        Self {
            id: row.id,
            case_id: row.case_id,
            object_id: row.object_id,
            origin: row.origin,
            partner_id: row.partner_id.filter(|_| desk),
            state: row.state,
            reported_at: row.reported_at,
            what: seen.what.clone(),
            place: seen.place.clone(),
            country: seen.country,
            venue: seen.venue,
            seen_on: seen.seen_on,
            time: seen.time.clone(),
            source: seen.source.clone(),
            has_photo: row.has_photo,
            erased_at: row.erased_at,
            decided_at: row.decided_at,
            note: row.note.clone().filter(|_| desk),
            decided_by: row.decided_by.filter(|_| desk),
        }
    }
}

impl SightingNotice {
    /// For anybody who sees the case.
    pub(crate) fn new(row: &SightingRow) -> Self {
        Self {
            id: row.id,
            object_id: row.object_id,
            origin: row.origin,
            state: row.state,
            reported_at: row.reported_at,
            decided_at: row.decided_at,
            erased_at: row.erased_at,
        }
    }
}

impl SightingsView {
    /// As far as this reader needs to know.
    pub(crate) fn of(rows: &[SightingRow], reader: Reader<'_>) -> Self {
        let desk = matches!(reader, Reader::Desk);
        let mut view = Self::default();
        for row in rows {
            // The institution and the desk need to know of each wherever it was; nobody else is let in here.
            match NeedToKnow::of(reader, None) {
                Some(need) => view.sightings.push(SightingView::new(row, &need, desk)),
                None => view.notices.push(SightingNotice::new(row)),
            }
        }
        view
    }
}
