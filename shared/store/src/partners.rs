//! The partner directory. Written by: routing.

use std::collections::HashMap;

use domain::codes::PartnerKind;
use domain::ids::{ContactId, PartnerId};
use domain::partner::{Contact, Directory, Mandate, Partner};
use domain::text::Line;
use domain::{Label, Language, Mailbox, Timestamp};
use sqlx::types::Json;
use sqlx::{FromRow, QueryBuilder};

use crate::{Error, Tx, on_tx};

/// Rows written by one statement: ten columns each stay below the engines' limits on parameters.
const CHUNK: usize = 500;

#[derive(FromRow)]
struct PartnerRow {
    id: PartnerId,
    name: Line,
    kind: PartnerKind,
    languages: Json<Vec<Language>>,
    mandate: Json<Mandate>,
    clearance: Label,
    active: bool,
}

#[derive(FromRow)]
struct ContactRow {
    id: ContactId,
    partner_id: PartnerId,
    address: Mailbox,
    person: Option<Line>,
    clearance: Label,
}

impl PartnerRow {
    fn with(self, mut contacts: Vec<Contact>) -> Partner {
        contacts.sort_by(|a, b| a.address.cmp(&b.address));
        Partner {
            id: self.id,
            name: self.name,
            kind: self.kind,
            languages: self.languages.0,
            mandate: self.mandate.0,
            clearance: self.clearance,
            active: self.active,
            contacts,
        }
    }
}

impl ContactRow {
    fn into_contact(self) -> Contact {
        Contact { id: self.id, address: self.address, person: self.person, clearance: self.clearance }
    }
}

/// Every partner with its contacts, by name. Several statements: in a transaction that may write, [`hold`] or [`lock`]
/// first.
pub async fn directory(tx: &mut Tx) -> Result<Directory, Error> {
    let revision = revision(tx).await?;
    let rows: Vec<PartnerRow> = on_tx!(tx, c => sqlx::query_as(
        "SELECT id, name, kind, languages, mandate, clearance, active FROM partners",
    ).fetch_all(c).await)?;
    let contacts: Vec<ContactRow> = on_tx!(tx, c => sqlx::query_as(
        "SELECT id, partner_id, address, person, clearance FROM partner_contacts",
    ).fetch_all(c).await)?;
    let mut by_partner: HashMap<PartnerId, Vec<Contact>> = HashMap::new();
    for row in contacts {
        by_partner.entry(row.partner_id).or_default().push(row.into_contact());
    }
    let mut partners: Vec<Partner> = rows
        .into_iter()
        .map(|row| {
            let contacts = by_partner.remove(&row.id).unwrap_or_default();
            row.with(contacts)
        })
        .collect();
    // Here and not in SQL: the engines' collations differ, and a plan's order must not.
    partners.sort_by(|a, b| (&a.name, a.id).cmp(&(&b.name, b.id)));
    Ok(Directory { revision, partners })
}

/// One partner with its contacts.
pub async fn find(tx: &mut Tx, id: PartnerId) -> Result<Option<Partner>, Error> {
    let row: Option<PartnerRow> = on_tx!(tx, c => sqlx::query_as(
        "SELECT id, name, kind, languages, mandate, clearance, active FROM partners WHERE id = $1",
    ).bind(id).fetch_optional(c).await)?;
    let Some(row) = row else { return Ok(None) };
    let contacts: Vec<ContactRow> = on_tx!(tx, c => sqlx::query_as(
        "SELECT id, partner_id, address, person, clearance FROM partner_contacts WHERE partner_id = $1",
    ).bind(id).fetch_all(c).await)?;
    Ok(Some(row.with(contacts.into_iter().map(ContactRow::into_contact).collect())))
}

/// The directory's revision.
pub async fn revision(tx: &mut Tx) -> Result<i64, Error> {
    Ok(on_tx!(tx, c => sqlx::query_scalar("SELECT revision FROM directory WHERE id = 1").fetch_one(c).await)?)
}

/// Keeps directory and rules as they are until the transaction ends, so that a plan is made from one state of both.
/// Several plans may hold at once. On SQLite a transaction that may write has that by itself.
pub async fn hold(tx: &mut Tx) -> Result<(), Error> {
    lock_row(tx, " FOR SHARE").await
}

/// Keeps everybody else from changing directory or rules, and from planning, until the transaction ends: to be called
/// before reading what is to be changed.
pub async fn lock(tx: &mut Tx) -> Result<(), Error> {
    lock_row(tx, " FOR UPDATE").await
}

async fn lock_row(tx: &mut Tx, clause: &str) -> Result<(), Error> {
    let clause = match tx {
        Tx::Postgres(_) => clause,
        Tx::Sqlite(_) => "",
    };
    let _: i64 = on_tx!(tx, c => {
        let mut sql = QueryBuilder::new("SELECT revision FROM directory WHERE id = 1");
        sql.push(clause);
        sql.build_query_scalar().fetch_one(c).await
    })?;
    Ok(())
}

/// Makes the next revision and gives it.
pub async fn next_revision(tx: &mut Tx, now: Timestamp) -> Result<i64, Error> {
    Ok(on_tx!(tx, c => sqlx::query_scalar(
        "UPDATE directory SET revision = revision + 1, changed_at = $1 WHERE id = 1 RETURNING revision",
    ).bind(now).fetch_one(c).await)?)
}

/// Writes partners as they are now, each with exactly its contacts.
pub async fn put(tx: &mut Tx, partners: &[Partner], revision: i64, now: Timestamp) -> Result<(), Error> {
    for chunk in partners.chunks(CHUNK) {
        put_rows(tx, chunk, revision, now).await?;
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
            "INSERT INTO partners
                 (id, name, kind, languages, mandate, clearance, active, revision, created_at, updated_at) ",
        );
        sql.push_values(chunk, |mut row, partner| {
            row.push_bind(partner.id)
                .push_bind(partner.name.clone())
                .push_bind(partner.kind)
                .push_bind(Json(partner.languages.clone()))
                .push_bind(Json(partner.mandate.clone()))
                .push_bind(partner.clearance)
                .push_bind(partner.active)
                .push_bind(revision)
                .push_bind(now)
                .push_bind(now);
        });
        sql.push(
            " ON CONFLICT (id) DO UPDATE SET
                 name = excluded.name, kind = excluded.kind, languages = excluded.languages,
                 mandate = excluded.mandate, clearance = excluded.clearance, active = excluded.active,
                 revision = excluded.revision, updated_at = excluded.updated_at",
        );
        sql.build().execute(c).await.map(|done| done.rows_affected())
    })?;
    expect_rows(rows, chunk.len())
}

async fn put_contacts(tx: &mut Tx, part: &[(PartnerId, &Contact)]) -> Result<(), Error> {
    let rows = on_tx!(tx, c => {
        let mut sql = QueryBuilder::new("INSERT INTO partner_contacts (id, partner_id, address, person, clearance) ");
        sql.push_values(part, |mut row, (partner_id, contact)| {
            row.push_bind(contact.id)
                .push_bind(*partner_id)
                .push_bind(contact.address.clone())
                .push_bind(contact.person.clone())
                .push_bind(contact.clearance);
        });
        sql.build().execute(c).await.map(|done| done.rows_affected())
    })?;
    expect_rows(rows, part.len())
}

/// Checks that a write touched as many rows as it must.
pub(crate) fn expect_rows(actual: u64, expected: usize) -> Result<(), Error> {
    let expected = expected as u64;
    if actual == expected { Ok(()) } else { Err(Error::RowsAffected { expected, actual }) }
}

/// Whether a partner is switched on now: the last gate before a mail leaves.
pub async fn is_active(tx: &mut Tx, id: PartnerId) -> Result<bool, Error> {
    let active: Option<bool> = on_tx!(tx, c => sqlx::query_scalar("SELECT active FROM partners WHERE id = $1")
        .bind(id).fetch_optional(c).await)?;
    Ok(active.unwrap_or(false))
}
