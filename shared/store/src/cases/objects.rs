//! The objects of a case.

use domain::codes::{ObjectStatus, ObjectType};
use domain::ids::{CaseId, ObjectId};
use domain::object::ObjectDescription;
use domain::text::Line;
use sqlx::types::Json;
use sqlx::{FromRow, QueryBuilder};

use crate::{Error, Tx, expect_one, on_tx};

/// An object as stored.
#[derive(Clone, Debug, FromRow)]
pub struct ObjectRow {
    /// Its identifier.
    pub id: ObjectId,
    /// Its place in the report, from 1.
    pub ordinal: i64,
    /// Type, level 1.
    #[sqlx(rename = "type")]
    pub object_type: ObjectType,
    /// Its title.
    pub title: Line,
    /// Where it stands.
    pub status: ObjectStatus,
    /// Its Object ID description (class A).
    pub description: Json<ObjectDescription>,
}

/// Stores the objects of a new case, in the order given.
pub async fn insert_objects(
    tx: &mut Tx,
    case_id: CaseId,
    objects: &[(ObjectId, ObjectDescription)],
    status: ObjectStatus,
) -> Result<(), Error> {
    append_objects(tx, case_id, 0, objects, status).await
}

/// Stores more objects of a case, in the order given, behind the `last` ordinal it has. The caller holds the case.
pub async fn append_objects(
    tx: &mut Tx,
    case_id: CaseId,
    last: i64,
    objects: &[(ObjectId, ObjectDescription)],
    status: ObjectStatus,
) -> Result<(), Error> {
    let mut ordinal = last;
    // Seven parameters a row; SQLite takes 32,766 in one statement, PostgreSQL 65,535.
    for chunk in objects.chunks(500) {
        let first = ordinal;
        let rows = on_tx!(tx, c => {
            ordinal = first;
            let mut sql =
                QueryBuilder::new("INSERT INTO objects (id, case_id, ordinal, type, title, status, description) ");
            sql.push_values(chunk, |mut row, (id, object)| {
                ordinal += 1;
                row.push_bind(*id)
                    .push_bind(case_id)
                    .push_bind(ordinal)
                    .push_bind(object.object_type)
                    .push_bind(&object.title)
                    .push_bind(status)
                    .push_bind(Json(object));
            });
            sql.build().execute(c).await.map(|done| done.rows_affected())
        })?;
        let expected = u64::try_from(chunk.len()).unwrap_or(u64::MAX);
        if rows != expected {
            return Err(Error::RowsAffected { expected, actual: rows });
        }
    }
    Ok(())
}

/// The objects of a case, in the order of the report.
pub async fn objects(tx: &mut Tx, case_id: CaseId) -> Result<Vec<ObjectRow>, Error> {
    Ok(on_tx!(tx, c => sqlx::query_as(
        "SELECT id, ordinal, type, title, status, description FROM objects WHERE case_id = $1 ORDER BY ordinal",
    )
    .bind(case_id)
    .fetch_all(c)
    .await)?)
}

/// Removes the objects of a case behind an ordinal, because a correction left them out.
pub async fn remove_objects_after(tx: &mut Tx, case_id: CaseId, ordinal: i64) -> Result<(), Error> {
    on_tx!(tx, c => sqlx::query("DELETE FROM objects WHERE case_id = $1 AND ordinal > $2")
        .bind(case_id).bind(ordinal).execute(c).await.map(drop))?;
    Ok(())
}

/// The ordinal of the last object of a case; 0 if it has none. Ordinals count without gaps, so it is their number too.
pub async fn last_ordinal(tx: &mut Tx, case_id: CaseId) -> Result<i64, Error> {
    Ok(on_tx!(tx, c => sqlx::query_scalar("SELECT COALESCE(MAX(ordinal), 0) FROM objects WHERE case_id = $1")
        .bind(case_id).fetch_one(c).await)?)
}

/// Replaces an object's description.
pub async fn set_description(tx: &mut Tx, id: ObjectId, object: &ObjectDescription) -> Result<(), Error> {
    let rows = on_tx!(tx, c => sqlx::query("UPDATE objects SET type = $2, title = $3, description = $4 WHERE id = $1")
        .bind(id)
        .bind(object.object_type)
        .bind(&object.title)
        .bind(Json(object))
        .execute(c)
        .await
        .map(|done| done.rows_affected()))?;
    expect_one(rows)
}
