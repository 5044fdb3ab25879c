//! Institutions and accounts.

use domain::codes::Role;
use domain::ids::{AccountId, InstitutionId};
use domain::text::Line;
use domain::{Country, Mailbox, Timestamp};
use sqlx::FromRow;

use crate::{Error, Tx, expect_one, on_tx};

/// The institution of this name: the one that is there, or `id` as a new one.
pub async fn find_or_create_institution(
    tx: &mut Tx,
    id: InstitutionId,
    name: &Line,
    country: Option<Country>,
    now: Timestamp,
) -> Result<InstitutionId, Error> {
    // A second transaction with the same name waits here for the first, and the SELECT below then sees its row.
    on_tx!(tx, c => sqlx::query(
        "INSERT INTO institutions (id, name, country, created_at) VALUES ($1, $2, $3, $4)
         ON CONFLICT (name) DO NOTHING",
    )
    .bind(id)
    .bind(name)
    .bind(country)
    .bind(now)
    .execute(c)
    .await
    .map(drop))?;
    Ok(on_tx!(tx, c => sqlx::query_scalar("SELECT id FROM institutions WHERE name = $1")
        .bind(name).fetch_one(c).await)?)
}

/// The institution of this name.
pub async fn institution(tx: &mut Tx, name: &Line) -> Result<Option<InstitutionId>, Error> {
    Ok(on_tx!(tx, c => sqlx::query_scalar("SELECT id FROM institutions WHERE name = $1")
        .bind(name).fetch_optional(c).await)?)
}

/// The name of an institution.
pub async fn institution_name(tx: &mut Tx, id: InstitutionId) -> Result<Option<Line>, Error> {
    Ok(on_tx!(tx, c => sqlx::query_scalar("SELECT name FROM institutions WHERE id = $1")
        .bind(id).fetch_optional(c).await)?)
}

/// The names of all institutions, in alphabetical order, at most `limit`.
pub async fn institutions(tx: &mut Tx, limit: i64) -> Result<Vec<Line>, Error> {
    Ok(on_tx!(tx, c => sqlx::query_scalar("SELECT name FROM institutions ORDER BY name LIMIT $1")
        .bind(limit).fetch_all(c).await)?)
}

/// An account to be written.
#[derive(Clone, Debug)]
pub struct NewAccountRow<'a> {
    /// Its identifier.
    pub id: AccountId,
    /// The address it signs in with, in lower case.
    pub email: &'a Mailbox,
    /// The person's name.
    pub name: &'a Line,
    /// What it may do.
    pub role: Role,
    /// The institution it belongs to.
    pub institution_id: Option<InstitutionId>,
    /// The password's hash in PHC form.
    pub password_hash: &'a str,
    /// When.
    pub created_at: Timestamp,
}

/// Writes an account; `false` if the address has one already.
#[must_use = "an address that has an account already is not written"]
pub async fn create_account(tx: &mut Tx, row: &NewAccountRow<'_>) -> Result<bool, Error> {
    let rows = on_tx!(tx, c => sqlx::query(
        "INSERT INTO accounts (id, email, name, role, institution_id, password_hash, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7)
         ON CONFLICT (email) DO NOTHING",
    )
    .bind(row.id)
    .bind(row.email)
    .bind(row.name)
    .bind(row.role)
    .bind(row.institution_id)
    .bind(row.password_hash)
    .bind(row.created_at)
    .execute(c)
    .await
    .map(|done| done.rows_affected()))?;
    Ok(rows == 1)
}

/// An account as pages show it; the password's hash stays behind.
#[derive(Clone, Debug, FromRow)]
pub struct AccountRow {
    /// Its identifier.
    pub id: AccountId,
    /// The address it signs in with.
    pub email: Mailbox,
    /// The person's name.
    pub name: Line,
    /// What it may do.
    pub role: Role,
    /// The institution it belongs to.
    pub institution_id: Option<InstitutionId>,
    /// That institution's name.
    pub institution: Option<Line>,
    /// When it was created.
    pub created_at: Timestamp,
    /// Since when it may not sign in.
    pub disabled_at: Option<Timestamp>,
}

/// One account.
pub async fn account(tx: &mut Tx, id: AccountId) -> Result<Option<AccountRow>, Error> {
    Ok(on_tx!(tx, c => sqlx::query_as(
        "SELECT a.id, a.email, a.name, a.role, a.institution_id, i.name AS institution, a.created_at, a.disabled_at
         FROM accounts a LEFT JOIN institutions i ON i.id = a.institution_id
         WHERE a.id = $1",
    )
    .bind(id)
    .fetch_optional(c)
    .await)?)
}

/// Accounts in the order of their addresses, from the one behind `after`, at most `limit`. A page of the list is found
/// by an identifier, because an address in a URL ends in the logs of proxies.
pub async fn accounts(tx: &mut Tx, after: Option<AccountId>, limit: i64) -> Result<Vec<AccountRow>, Error> {
    Ok(on_tx!(tx, c => sqlx::query_as(
        "SELECT a.id, a.email, a.name, a.role, a.institution_id, i.name AS institution, a.created_at, a.disabled_at
         FROM accounts a LEFT JOIN institutions i ON i.id = a.institution_id
         WHERE a.email > COALESCE((SELECT email FROM accounts WHERE id = $1), '')
         ORDER BY a.email
         LIMIT $2",
    )
    .bind(after)
    .bind(limit)
    .fetch_all(c)
    .await)?)
}

/// What a sign-in is checked against.
#[derive(Clone, FromRow)]
pub struct CredentialRow {
    /// The account.
    pub account_id: AccountId,
    /// What it may do.
    pub role: Role,
    /// The password's hash in PHC form.
    pub password_hash: String,
    /// Since when it may not sign in.
    pub disabled_at: Option<Timestamp>,
}

/// The credential of the account with this address, enabled or not.
pub async fn credential(tx: &mut Tx, email: &Mailbox) -> Result<Option<CredentialRow>, Error> {
    Ok(on_tx!(tx, c => sqlx::query_as(
        "SELECT id AS account_id, role, password_hash, disabled_at FROM accounts WHERE email = $1",
    )
    .bind(email)
    .fetch_optional(c)
    .await)?)
}

/// The credential of an enabled account, locked until the transaction ends: a session or token that is being written
/// and a disabling or change of password come one after the other, so none survives what should have ended it.
pub async fn lock_enabled_account(tx: &mut Tx, id: AccountId) -> Result<Option<CredentialRow>, Error> {
    Ok(on_tx!(tx, c => sqlx::query_as(
        "UPDATE accounts SET role = role WHERE id = $1 AND disabled_at IS NULL
         RETURNING id AS account_id, role, password_hash, disabled_at",
    )
    .bind(id)
    .fetch_optional(c)
    .await)?)
}

/// Replaces the password's hash.
pub async fn set_password_hash(tx: &mut Tx, id: AccountId, password_hash: &str) -> Result<(), Error> {
    let rows = on_tx!(tx, c => sqlx::query("UPDATE accounts SET password_hash = $2 WHERE id = $1")
        .bind(id).bind(password_hash).execute(c).await.map(|done| done.rows_affected()))?;
    expect_one(rows)
}

/// Gives an account another role and institution.
pub async fn set_role(
    tx: &mut Tx,
    id: AccountId,
    role: Role,
    institution_id: Option<InstitutionId>,
) -> Result<(), Error> {
    let rows = on_tx!(tx, c => sqlx::query("UPDATE accounts SET role = $2, institution_id = $3 WHERE id = $1")
        .bind(id).bind(role).bind(institution_id).execute(c).await.map(|done| done.rows_affected()))?;
    expect_one(rows)
}

/// Notes which administrator gave an account what it can do.
pub async fn note_changer(tx: &mut Tx, id: AccountId, by: AccountId, now: Timestamp) -> Result<(), Error> {
    let rows = on_tx!(tx, c => sqlx::query("UPDATE accounts SET changed_by = $2, changed_at = $3 WHERE id = $1")
        .bind(id).bind(by).bind(now).execute(c).await.map(|done| done.rows_affected()))?;
    expect_one(rows)
}

/// Whether one person may be behind both accounts: they are one, or since then one administrator created either or gave
/// it its role, its access or its password, by himself or through accounts that he made.
pub async fn one_hand(tx: &mut Tx, one: AccountId, other: AccountId, since: Timestamp) -> Result<bool, Error> {
    let behind = hands(tx, one, since).await?;
    Ok(hands(tx, other, since).await?.iter().any(|hand| behind.contains(hand)))
}

/// Who may be behind an account: itself, who changed it, who changed that one, and so on.
async fn hands(tx: &mut Tx, account: AccountId, since: Timestamp) -> Result<Vec<AccountId>, Error> {
    let (mut hands, mut next) = (Vec::new(), Some(account));
    // Two administrators may have changed each other.
    while let Some(hand) = next.filter(|hand| !hands.contains(hand)) {
        hands.push(hand);
        next = on_tx!(tx, c => sqlx::query_scalar(
            "SELECT changed_by FROM accounts WHERE id = $1 AND changed_at >= $2",
        ).bind(hand).bind(since).fetch_optional(c).await)?;
    }
    Ok(hands)
}

/// Disables an account as of `since`, or enables it again.
pub async fn set_disabled(tx: &mut Tx, id: AccountId, since: Option<Timestamp>) -> Result<(), Error> {
    let rows = on_tx!(tx, c => sqlx::query("UPDATE accounts SET disabled_at = $2 WHERE id = $1")
        .bind(id).bind(since).execute(c).await.map(|done| done.rows_affected()))?;
    expect_one(rows)
}

/// How many administrators may sign in. Their rows stay locked until the transaction ends: two administrators who
/// disable each other at the same moment come one after the other, and the second finds itself the last.
pub async fn lock_enabled_admins(tx: &mut Tx) -> Result<u64, Error> {
    Ok(on_tx!(tx, c => sqlx::query("UPDATE accounts SET role = role WHERE role = 'admin' AND disabled_at IS NULL")
        .execute(c).await.map(|done| done.rows_affected()))?)
}
