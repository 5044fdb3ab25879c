//! The institution of a case, or the desk for somebody who called, reports a sighting.

use contracts::Service;
use contracts::events::ObjectSightedV1;
use domain::codes::{Role, SightingOrigin, SightingState};
use domain::ids::{CaseId, ObjectId, SightingId};
use domain::sighting::{Restricted, Seen};
use domain::{CivilDate, FieldErrors};
use serde::{Deserialize, Serialize};
use store::answers::SightingPhotoRow;
use store::sightings::{self, SightingRow};
use store::{cases, outbox};
use utoipa::ToSchema;
use web::{Principal, Problem};

use super::photo::{PhotoError, keep};
use crate::Deps;
use crate::access::sight;

/// A sighting as typed.
#[derive(Clone, Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct ReportSighting {
    /// The object, if it is known.
    #[schema(example = "object_0193588f2a7c7d1e9f00112233445566")]
    pub object_id: Option<String>,
    /// What was seen, and what became of it.
    #[schema(example = "Shown to a visitor in the back room; EUR 4,000 were asked.")]
    pub what: Option<String>,
    /// Where: town, shop, lot number, address of a page.
    #[schema(example = "Brussels, gallery at the Sablon")]
    pub place: Option<String>,
    /// The country of that place.
    #[schema(example = "BE")]
    pub country: Option<String>,
    /// The kind of place, such as `dealer` or `online`.
    #[schema(example = "dealer")]
    pub venue: Option<String>,
    /// The day.
    #[schema(example = "2026-11-20")]
    pub seen_on: Option<String>,
    /// The time of day, in words.
    #[schema(example = "in the afternoon")]
    pub time: Option<String>,
    /// Who saw it, or how it is known.
    #[schema(example = "A colleague on holiday")]
    pub source: Option<String>,
}

/// A sighting that is reported.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// The object, if it is known.
    pub object_id: Option<ObjectId>,
    /// What was seen.
    pub seen: Seen,
}

/// Why a sighting was not recorded.
#[derive(Debug, thiserror::Error)]
pub enum ReportError {
    /// Some fields break a rule.
    #[error("read the sighting")]
    Invalid(FieldErrors),
    /// There is no such case, or none the caller may see.
    #[error("find the case")]
    NoCase,
    /// The object is none of the case.
    #[error("find the object in the case")]
    NoObject,
    /// Its photograph was not kept.
    #[error(transparent)]
    Photo(#[from] PhotoError),
    /// The database did not do it.
    #[error(transparent)]
    Store(#[from] store::Error),
}

impl ReportSighting {
    /// Parses what was typed; `today` is the calendar date in UTC.
    pub fn parse(&self, today: CivilDate) -> Result<Report, FieldErrors> {
        let mut e = FieldErrors::new();
        let object_id = e.optional("/object_id", self.object_id.as_deref());
        let what = e.required("/what", self.what.as_deref());
        let place = e.required("/place", self.place.as_deref());
        let country = e.optional("/country", self.country.as_deref());
        let venue = e.optional("/venue", self.venue.as_deref());
        let seen_on: Option<CivilDate> = e.required("/seen_on", self.seen_on.as_deref());
        let time = e.optional("/time", self.time.as_deref());
        let source = e.required("/source", self.source.as_deref());
        // Where the sun rises first, tomorrow has begun.
        let tomorrow = CivilDate::new(today.to_jiff().tomorrow().unwrap_or(today.to_jiff()));
        if seen_on.is_some_and(|day| day > tomorrow) {
            e.push("/seen_on", "must not be in the future");
        }
        let report = (|| {
            let seen = Seen { place: place?, country, seen_on: seen_on?, time, venue, what: what?, source: source? };
            Some(Report { object_id, seen })
        })();
        e.into_result(report)
    }
}

/// Records a sighting, with its photograph if there is one. The same one once more by the same person (a double click) is
/// recorded once.
pub async fn report_sighting(
    deps: &Deps,
    by: &Principal,
    case_id: CaseId,
    report: Report,
    photo: Option<SightingPhotoRow>,
) -> Result<SightingRow, ReportError> {
    let mut tx = deps.db.begin().await?;
    let case = cases::lock(&mut tx, case_id).await?.ok_or(ReportError::NoCase)?;
    sight(by, case.institution_id).ok_or(ReportError::NoCase)?;
    let Report { object_id, seen } = report;
    if let Some(object) = object_id
        && cases::case_of_object(&mut tx, object).await? != Some(case_id)
    {
        return Err(ReportError::NoObject);
    }
    let seen = Restricted::new(seen);
    let earlier = sightings::of_case(&mut tx, case_id).await?;
    let same = |row: &SightingRow| {
        row.reported_by == Some(by.account_id)
            && row.seen == seen
            && (row.object_id == object_id || object_id.is_none())
    };
    let known = earlier.into_iter().find(same);
    let is_known = known.is_some();
    let row = known.unwrap_or_else(|| SightingRow {
        id: SightingId::generate(&deps.clock),
        case_id,
        object_id,
        origin: if by.role == Role::Officer { SightingOrigin::Desk } else { SightingOrigin::Institution },
        partner_id: None,
        notification_id: None,
        reported_by: Some(by.account_id),
        seen: seen.clone(),
        state: SightingState::Open,
        reported_at: deps.clock.now(),
        note: None,
        decided_by: None,
        decided_at: None,
        erased_at: None,
        has_photo: false,
    });
    if !is_known {
        sightings::insert(&mut tx, &row).await?;
        let event = ObjectSightedV1 { sighting_id: row.id, case_id, object_id, origin: row.origin };
        outbox::record(&mut tx, Service::Intake, &deps.clock, &event).await?;
    }
    if let Some(photo) = &photo {
        keep(deps, &mut tx, by, &row, photo).await?;
    }
    let row = sightings::find(&mut tx, row.id).await?.ok_or(ReportError::NoCase)?;
    tx.commit().await?;
    deps.bell.ring();
    tracing::info!(case.id = %case_id, sighting.id = %row.id, "recorded a sighting");
    Ok(row)
}

impl From<ReportError> for Problem {
    fn from(error: ReportError) -> Self {
        match error {
            ReportError::Invalid(errors) => errors.into(),
            ReportError::NoCase => Self::not_found("case"),
            ReportError::NoObject => {
                let mut errors = FieldErrors::new();
                errors.push("/object_id", "must be an object of this case");
                errors.into()
            }
            ReportError::Photo(error) => error.into(),
            ReportError::Store(error) => error.into(),
        }
    }
}
