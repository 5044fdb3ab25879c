//! Photographs of objects, and the files they are made of. Written by: intake.
//!
//! A file is written before the row that names it, and removed after it; [`loose`] says how neither order leaves a
//! row without its file.

pub mod loose;

use domain::codes::{PictureFormat, ViewKind};
use domain::ids::{AccountId, AlertId, CaseId, ObjectId, PhotoId};
use domain::photo::{ContentHash, PerceptualHash};
use domain::text::Line;
use domain::{CivilDate, Timestamp};
use sqlx::{FromRow, QueryBuilder};

use crate::{Error, Tx, expect_one, on_tx};

/// A photograph as stored. It never changes but for its place in the order and its removal.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct PhotoRow {
    /// Its identifier.
    pub id: PhotoId,
    /// The case.
    pub case_id: CaseId,
    /// The object it shows.
    pub object_id: ObjectId,
    /// Its place among the object's photographs; the first stands for it.
    pub ordinal: i64,
    /// Which view it is.
    pub view: ViewKind,
    /// What it shows, in words, for those who do not see it.
    pub shows: Line,
    /// Whether a scale is in the picture.
    pub scale: bool,
    /// Whether it shows another object that looks like the one that was lost.
    pub look_alike: bool,
    /// The day it was taken, as far as known.
    pub taken_on: Option<CivilDate>,
    /// Who holds the rights, and what may be done with it.
    pub rights: Option<Line>,
    /// Whom to name beside it.
    pub credit: Option<Line>,
    /// What the original is.
    pub format: PictureFormat,
    /// The original: evidence, for the desk and whoever sent it in.
    pub original: ContentHash,
    /// The original's size.
    pub size_bytes: i64,
    /// The original's width, turned upright.
    pub width: i64,
    /// The original's height, turned upright.
    pub height: i64,
    /// The copy for pages.
    pub page: ContentHash,
    /// Its width.
    pub page_width: i64,
    /// Its height.
    pub page_height: i64,
    /// The small copy.
    pub preview: ContentHash,
    /// Its width.
    pub preview_width: i64,
    /// Its height.
    pub preview_height: i64,
    /// What it looks like, as [`PerceptualHash::to_stored`] has it.
    pub looks: i64,
    /// Who added it.
    pub added_by: AccountId,
    /// When.
    pub added_at: Timestamp,
    /// When it was taken back. Only what an alert version was frozen with stays as a row.
    pub removed_at: Option<Timestamp>,
}

impl PhotoRow {
    /// What it looks like.
    pub fn looks(&self) -> PerceptualHash {
        PerceptualHash::from_stored(self.looks)
    }
}

const COLUMNS: &str =
    "id, case_id, object_id, ordinal, view, shows, scale, look_alike, taken_on, rights, credit, format, original,
     size_bytes, width, height, page, page_width, page_height, preview, preview_width, preview_height, looks, added_by,
     added_at, removed_at";

/// The case of an object.
pub async fn case_of(tx: &mut Tx, object_id: ObjectId) -> Result<Option<CaseId>, Error> {
    Ok(on_tx!(tx, c => sqlx::query_scalar("SELECT case_id FROM objects WHERE id = $1")
        .bind(object_id).fetch_optional(c).await)?)
}

/// Stores a photograph. Its files must lie there already; they are not loose any more.
pub async fn insert(tx: &mut Tx, photo: &PhotoRow) -> Result<(), Error> {
    let rows = on_tx!(tx, c => sqlx::query(
        "INSERT INTO photos (id, case_id, object_id, ordinal, view, shows, scale, look_alike, taken_on, rights, credit,
             format, original, size_bytes, width, height, page, page_width, page_height, preview, preview_width,
             preview_height, looks, added_by, added_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23,
             $24, $25)",
    )
    .bind(photo.id)
    .bind(photo.case_id)
    .bind(photo.object_id)
    .bind(photo.ordinal)
    .bind(photo.view)
    .bind(&photo.shows)
    .bind(photo.scale)
    .bind(photo.look_alike)
    .bind(photo.taken_on)
    .bind(&photo.rights)
    .bind(&photo.credit)
    .bind(photo.format)
    .bind(photo.original)
    .bind(photo.size_bytes)
    .bind(photo.width)
    .bind(photo.height)
    .bind(photo.page)
    .bind(photo.page_width)
    .bind(photo.page_height)
    .bind(photo.preview)
    .bind(photo.preview_width)
    .bind(photo.preview_height)
    .bind(photo.looks)
    .bind(photo.added_by)
    .bind(photo.added_at)
    .execute(c)
    .await
    .map(|done| done.rows_affected()))?;
    expect_one(rows)?;
    if photo.looks().is_telling() {
        on_tx!(tx, c => {
            let mut sql = QueryBuilder::new("INSERT INTO photo_bands (band, photo_id) ");
            sql.push_values(photo.looks().bands(), |mut row, band| {
                row.push_bind(band).push_bind(photo.id);
            });
            sql.build().execute(c).await.map(drop)
        })?;
    }
    Ok(())
}

/// One photograph, also one that was taken back.
pub async fn find(tx: &mut Tx, id: PhotoId) -> Result<Option<PhotoRow>, Error> {
    Ok(on_tx!(tx, c => {
        let mut sql = QueryBuilder::new("SELECT ");
        sql.push(COLUMNS).push(" FROM photos WHERE id = ").push_bind(id);
        sql.build_query_as().fetch_optional(c).await
    })?)
}

/// The photographs of an object, in their order.
pub async fn of_object(tx: &mut Tx, object_id: ObjectId) -> Result<Vec<PhotoRow>, Error> {
    Ok(on_tx!(tx, c => {
        let mut sql = QueryBuilder::new("SELECT ");
        sql.push(COLUMNS).push(" FROM photos WHERE object_id = ").push_bind(object_id);
        sql.push(" AND removed_at IS NULL ORDER BY ordinal, id");
        sql.build_query_as().fetch_all(c).await
    })?)
}

/// The photographs of a case, object by object in the order of the report.
pub async fn of_case(tx: &mut Tx, case_id: CaseId) -> Result<Vec<PhotoRow>, Error> {
    Ok(on_tx!(tx, c => {
        let mut sql = QueryBuilder::new("SELECT ");
        sql.push(COLUMNS).push(" FROM photos WHERE case_id = ").push_bind(case_id);
        sql.push(
            " AND removed_at IS NULL
             ORDER BY (SELECT objects.ordinal FROM objects WHERE objects.id = photos.object_id), ordinal, id",
        );
        sql.build_query_as().fetch_all(c).await
    })?)
}

/// Gives a photograph its place among those of its object.
pub async fn set_ordinal(tx: &mut Tx, id: PhotoId, ordinal: i64) -> Result<(), Error> {
    let rows = on_tx!(tx, c => sqlx::query("UPDATE photos SET ordinal = $2 WHERE id = $1 AND removed_at IS NULL")
        .bind(id).bind(ordinal).execute(c).await.map(|done| done.rows_affected()))?;
    expect_one(rows)
}

/// What became of a photograph that was taken back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Removed {
    /// An alert version was frozen with it: it is shown no more, and kept as what partners were told.
    Kept,
    /// It is gone, and its files are loose.
    Deleted,
}

/// Takes a photograph back.
pub async fn remove(tx: &mut Tx, photo: &PhotoRow, now: Timestamp) -> Result<Removed, Error> {
    let frozen: Option<AlertId> = on_tx!(tx, c =>
        sqlx::query_scalar("SELECT alert_id FROM alert_photos WHERE photo_id = $1 LIMIT 1")
            .bind(photo.id).fetch_optional(c).await)?;
    on_tx!(tx, c => sqlx::query("DELETE FROM photo_bands WHERE photo_id = $1")
        .bind(photo.id).execute(c).await.map(drop))?;
    if frozen.is_some() {
        let rows = on_tx!(tx, c =>
            sqlx::query("UPDATE photos SET removed_at = $2 WHERE id = $1 AND removed_at IS NULL")
                .bind(photo.id).bind(now).execute(c).await.map(|done| done.rows_affected()))?;
        expect_one(rows)?;
        return Ok(Removed::Kept);
    }
    let rows = on_tx!(tx, c => sqlx::query("DELETE FROM photos WHERE id = $1")
        .bind(photo.id).execute(c).await.map(|done| done.rows_affected()))?;
    expect_one(rows)?;
    loose::add(tx, &loose::files_of(photo), now).await?;
    Ok(Removed::Deleted)
}

/// Freezes an alert version with the photographs of its case as they are now; says how many.
pub async fn freeze(tx: &mut Tx, alert_id: AlertId, case_id: CaseId) -> Result<u64, Error> {
    Ok(on_tx!(tx, c => sqlx::query(
        "INSERT INTO alert_photos (alert_id, photo_id)
         SELECT $1, id FROM photos WHERE case_id = $2 AND removed_at IS NULL",
    )
    .bind(alert_id)
    .bind(case_id)
    .execute(c)
    .await
    .map(|done| done.rows_affected()))?)
}

/// The photographs an alert version was frozen with, object by object in the order of the report.
pub async fn of_alert(tx: &mut Tx, alert_id: AlertId) -> Result<Vec<PhotoRow>, Error> {
    Ok(on_tx!(tx, c => {
        let mut sql = QueryBuilder::new("SELECT ");
        sql.push(COLUMNS)
            .push(" FROM photos WHERE id IN (SELECT photo_id FROM alert_photos WHERE alert_id = ")
            .push_bind(alert_id)
            .push(
                ") ORDER BY (SELECT objects.ordinal FROM objects WHERE objects.id = photos.object_id), ordinal, id",
            );
        sql.build_query_as().fetch_all(c).await
    })?)
}

/// The numbers of the objects that the photographs of an alert version show, one for each photograph.
pub async fn objects_shown(tx: &mut Tx, alert_id: AlertId) -> Result<Vec<i64>, Error> {
    Ok(object_numbers(tx, alert_id).await?.into_iter().map(|(_, number)| number).collect())
}

/// Which object each of these photographs shows, by the object's number within the report.
pub async fn object_numbers(tx: &mut Tx, alert_id: AlertId) -> Result<Vec<(PhotoId, i64)>, Error> {
    Ok(on_tx!(tx, c => sqlx::query_as(
        "SELECT p.id, o.ordinal
         FROM alert_photos a JOIN photos p ON p.id = a.photo_id JOIN objects o ON o.id = p.object_id
         WHERE a.alert_id = $1 ORDER BY o.ordinal, p.id",
    )
    .bind(alert_id)
    .fetch_all(c)
    .await)?)
}
