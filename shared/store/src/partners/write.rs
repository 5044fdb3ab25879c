//! A change of the directory: one revision more.

use domain::Timestamp;
use domain::codes::RevisionSource;
use domain::ids::{AccountId, PartnerId};
use domain::partner::{Contact, Partner};
use domain::text::Line;
use sqlx::QueryBuilder;
use sqlx::types::Json;

use crate::{Error, Tx, expect_rows, on_tx};

/// Rows written by one statement: ten columns each stay below the engines' limits on parameters.
const CHUNK: usize = 500;

/// Who makes a revision, and why.
#[derive(Clone, Debug)]
pub struct Why {
    /// Who; none for the command line of the machine and for a partner's own answer.
    pub by: Option<AccountId>,
    /// By what.
    pub source: RevisionSource,
    /// Why, in a person's words.
    pub reason: Line,
}

/// Makes the next revision and gives it.
pub async fn next_revision(tx: &mut Tx, why: &Why, now: Timestamp) -> Result<i64, Error> {
    let revision = on_tx!(tx, c => sqlx::query_scalar(
        "UPDATE directory SET revision = revision + 1, changed_at = $1 WHERE id = 1 RETURNING revision",
    ).bind(now).fetch_one(c).await)?;
    on_tx!(tx, c => sqlx::query(
        "INSERT INTO directory_revisions (revision, changed_at, changed_by, source, reason)
         VALUES ($1, $2, $3, $4, $5)",
    )
    .bind(revision)
    .bind(now)
    .bind(why.by)
    .bind(why.source)
    .bind(why.reason.clone())
    .execute(c)
    .await
    .map(drop))?;
    Ok(revision)
}

/// Writes partners as they are from this revision on, each with exactly its contacts.
pub async fn put(tx: &mut Tx, partners: &[Partner], revision: i64, now: Timestamp) -> Result<(), Error> {
    for chunk in partners.chunks(CHUNK) {
        put_rows(tx, chunk, revision, now).await?;
        put_revisions(tx, chunk, revision).await?;
        // A delivery keeps the address it was frozen with, so a contact may go.
        on_tx!(tx, c => {
            let mut sql = QueryBuilder::new("DELETE FROM partner_contacts WHERE partner_id IN (");
            let mut list = sql.separated(", ");
            for partner in chunk {
                list.push_bind(partner.id);
            }
            sql.push(")");
            sql.build().execute(c).await.map(drop)
        })?;
        let contacts: Vec<_> = chunk.iter().flat_map(|p| p.contacts.iter().map(move |c| (p.id, c))).collect();
        for part in contacts.chunks(CHUNK) {
            put_contacts(tx, part).await?;
        }
    }
    Ok(())
}

async fn put_rows(tx: &mut Tx, chunk: &[Partner], revision: i64, now: Timestamp) -> Result<(), Error> {
    let rows = on_tx!(tx, c => {
        let mut sql = QueryBuilder::new(
            "INSERT INTO partners (id, name, kind, clearance, active, record, revision, created_at, updated_at) ",
        );
        sql.push_values(chunk, |mut row, partner| {
            row.push_bind(partner.id)
                .push_bind(partner.name.clone())
                .push_bind(partner.kind)
                .push_bind(partner.clearance)
                .push_bind(partner.active)
                .push_bind(Json(partner.clone()))
                .push_bind(revision)
                .push_bind(now)
                .push_bind(now);
        });
        sql.push(
            " ON CONFLICT (id) DO UPDATE SET
                 name = excluded.name, kind = excluded.kind, clearance = excluded.clearance,
                 active = excluded.active, record = excluded.record, revision = excluded.revision,
                 updated_at = excluded.updated_at",
        );
        sql.build().execute(c).await.map(|done| done.rows_affected())
    })?;
    expect_rows(chunk.len(), rows)
}

async fn put_revisions(tx: &mut Tx, chunk: &[Partner], revision: i64) -> Result<(), Error> {
    let rows = on_tx!(tx, c => {
        let mut sql = QueryBuilder::new("INSERT INTO partner_revisions (partner_id, revision, record) ");
        sql.push_values(chunk, |mut row, partner| {
            row.push_bind(partner.id).push_bind(revision).push_bind(Json(partner.clone()));
        });
        sql.build().execute(c).await.map(|done| done.rows_affected())
    })?;
    expect_rows(chunk.len(), rows)
}

async fn put_contacts(tx: &mut Tx, part: &[(PartnerId, &Contact)]) -> Result<(), Error> {
    let rows = on_tx!(tx, c => {
        let mut sql = QueryBuilder::new(
            "INSERT INTO partner_contacts (id, partner_id, address, person, clearance, verified_at) ",
        );
        sql.push_values(part, |mut row, (partner_id, contact)| {
            row.push_bind(contact.id)
                .push_bind(*partner_id)
                .push_bind(contact.address.clone())
                .push_bind(contact.person.clone())
                .push_bind(contact.clearance)
                .push_bind(contact.verified_at);
        });
        sql.build().execute(c).await.map(|done| done.rows_affected())
    })?;
    expect_rows(part.len(), rows)
}
