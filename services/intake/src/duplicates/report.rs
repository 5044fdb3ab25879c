//! A report as it is compared, and what it is found by.

use std::collections::BTreeSet;

use domain::case::PoliceReference;
use domain::codes::{CaseState, ObjectType};
use domain::ids::{CaseId, InstitutionId, PhotoId};
use domain::object::Measurement;
use domain::photo::PerceptualHash;
use domain::text::Line;
use domain::words::words;
use domain::{CivilDate, Country};
use sha2::{Digest, Sha256};
use store::cases::{self, CaseRow};
use store::{Tx, photos};

/// A loss that may have happened within more days than these says nothing by its dates.
pub(super) const LONGEST_LOSS_DAYS: i32 = 366;

/// A report as it is compared with another one.
#[derive(Clone, Debug)]
pub struct Report {
    /// Its case.
    pub case_id: CaseId,
    /// Who reports.
    pub institution_id: InstitutionId,
    /// The country of the loss.
    pub country: Country,
    /// Lost not before this day.
    pub earliest: CivilDate,
    /// Lost not after this day.
    pub latest: CivilDate,
    /// Who held the objects.
    pub holder: Line,
    /// Town, building, room.
    pub place: Line,
    /// The police's own number.
    pub police_reference: Option<Line>,
    /// The objects.
    pub objects: Vec<ReportedObject>,
}

/// An object of a report.
#[derive(Clone, Debug)]
pub struct ReportedObject {
    /// Its place in the report.
    pub ordinal: i64,
    /// Type, level 1.
    pub object_type: ObjectType,
    /// Its title.
    pub title: Line,
    /// Its maker.
    pub maker: Option<Line>,
    /// Its inventory number.
    pub inventory_number: Option<Line>,
    /// Its measurements.
    pub measurements: Vec<Measurement>,
    /// What its photographs look like; those of look-alikes are left out.
    pub photos: Vec<(PhotoId, PerceptualHash)>,
}

/// A text as it is compared: without accents, capitals, signs and spaces. Nothing if nothing is left of it.
pub(super) fn folded(text: &Line) -> Option<String> {
    Some(words(text.as_str()).concat()).filter(|folded| !folded.is_empty())
}

impl Report {
    /// Reads a case as it is compared; nothing if it has no circumstances, or is none that may be a duplicate.
    pub(super) async fn read(tx: &mut Tx, case: &CaseRow) -> Result<Option<Self>, store::Error> {
        let out = [CaseState::Draft, CaseState::Rejected, CaseState::Withdrawn, CaseState::Merged];
        if out.contains(&case.state) {
            return Ok(None);
        }
        let Some(circumstances) = cases::circumstances(tx, case.id).await? else { return Ok(None) };
        let pictures = photos::of_case(tx, case.id).await?;
        let objects = cases::objects(tx, case.id).await?.into_iter().map(|row| {
            let of_it = pictures.iter().filter(|photo| photo.object_id == row.id && !photo.look_alike);
            ReportedObject {
                ordinal: row.ordinal,
                object_type: row.object_type,
                title: row.title,
                maker: row.description.0.maker,
                inventory_number: row.description.0.inventory_number,
                measurements: row.description.0.measurements,
                photos: of_it.map(|photo| (photo.id, photo.looks())).collect(),
            }
        });
        Ok(Some(Self {
            case_id: case.id,
            institution_id: case.institution_id,
            country: case.country,
            earliest: case.lost_earliest,
            latest: case.lost_latest,
            holder: circumstances.holder,
            place: circumstances.place,
            police_reference: match circumstances.police_reference {
                PoliceReference::Known(reference) => Some(reference),
                PoliceReference::NotYet => None,
            },
            objects: objects.collect(),
        }))
    }

    /// What it is found by. Two reports that share evidence other than photographs share a key; sharing one proves
    /// nothing yet. Digests, because some of it is class B.
    pub fn keys(&self) -> Vec<String> {
        let mut keys = BTreeSet::new();
        let mut add = |parts: &[&str]| {
            let digest = Sha256::digest(parts.join("\0"));
            keys.insert(hex::encode(&digest[..16]));
        };
        let country = self.country.as_str();
        let holder = folded(&self.holder);
        if let Some(reference) = self.police_reference.as_ref().and_then(folded) {
            add(&["police", country, &reference]);
        }
        let institution = self.institution_id.to_string();
        for object in &self.objects {
            let object_type = object.object_type.as_str();
            if let Some(number) = object.inventory_number.as_ref().and_then(folded) {
                add(&["institution", &institution, &number]);
                if let Some(holder) = &holder {
                    add(&["holder", holder, &number]);
                }
            }
            // Without a measurement nothing is compared by them.
            if !object.measurements.is_empty() {
                if let Some(maker) = object.maker.as_ref().and_then(folded) {
                    add(&["maker", object_type, &maker]);
                }
                if let Some(title) = folded(&object.title) {
                    add(&["title", object_type, &title]);
                }
            }
        }
        for month in self.months() {
            for what in [folded(&self.place), holder.clone()].into_iter().flatten() {
                add(&["loss", country, &what, &month]);
            }
        }
        keys.into_iter().collect()
    }

    /// The months in which it may have happened; none if that is no answer. By month, so that a town where much is
    /// lost does not lead from each of its cases to every other one.
    fn months(&self) -> Vec<String> {
        let (earliest, latest) = (self.earliest.to_jiff(), self.latest.to_jiff());
        if (latest - earliest).get_days() > LONGEST_LOSS_DAYS {
            return Vec::new();
        }
        let month = |date: CivilDate| date.to_string()[..7].to_owned();
        let days = std::iter::successors(Some(earliest), |day| day.tomorrow().ok()).take_while(|day| *day <= latest);
        let mut months: Vec<_> = days.map(|day| month(CivilDate::new(day))).collect();
        months.dedup();
        months
    }
}
