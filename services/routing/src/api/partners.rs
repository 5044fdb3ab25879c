//! `/api/v1/partners`.

use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use domain::codes::RevisionSource;
use domain::ids::{ChangeId, ContactId, PartnerId};
use domain::partner::{Categories, Contact, Key, Partner};
use domain::{CivilDate, FieldErrors, Label, Timestamp};
use serde::{Deserialize, Serialize};
use store::partners;
use utoipa::ToSchema;
use web::{Admin, Auditing, Authority, Json, Path, Principal, Problem, Query};

use super::body;
use crate::as_of::AsOf;
use crate::import::{MAX_BYTES, RowError};
use crate::listing::Filter;
use crate::partner_body::PartnerBody;
use crate::save_partner::{SavePartnerError, Saved};
use crate::{By, Deps, ImportError, Imported, add_partner, change_partner, import_directory};

/// A partner of the directory.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PartnerView {
    #[schema(value_type = String, example = "partner_0190c1c5f3a97c0e8a4f5b6c7d8e9f00")]
    id: PartnerId,
    name: String,
    /// `police`, `igo`, `ngo`, `research` or `market`.
    kind: &'static str,
    /// As in a directory file: `FR;M49:145;GRP:EU`.
    scope: String,
    languages: Vec<String>,
    keywords: Vec<String>,
    /// Object types; `*` alone means every one.
    categories: Vec<&'static str>,
    events: Vec<&'static str>,
    #[schema(value_type = String, example = "TLP:GREEN")]
    clearance: Label,
    active: bool,
    contacts: Vec<ContactView>,
    /// Why more than object data may be handed to it.
    legal_ground: Option<&'static str>,
    legal_reference: Option<String>,
    #[schema(value_type = Option<String>)]
    parent: Option<PartnerId>,
    #[schema(value_type = Option<String>)]
    successor: Option<PartnerId>,
    #[schema(value_type = Option<String>)]
    valid_from: Option<CivilDate>,
    #[schema(value_type = Option<String>)]
    valid_to: Option<CivilDate>,
    #[schema(value_type = Option<String>)]
    verified_on: Option<CivilDate>,
    #[schema(value_type = Option<String>)]
    review_on: Option<CivilDate>,
    channel: &'static str,
    acknowledge_within_hours: Option<i64>,
    acknowledged_by: Option<&'static str>,
    max_attachment_mib: Option<i64>,
    encryption: &'static str,
    mail_content: &'static str,
    zone: Option<String>,
    working_week: Option<String>,
    keys: Vec<KeyView>,
    notes: Option<String>,
    /// The change of this partner that this request proposed and that waits for a second person.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    waiting: Option<ChangeId>,
}

/// One address of a partner.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ContactView {
    #[schema(value_type = String)]
    id: ContactId,
    address: String,
    person: Option<String>,
    #[schema(value_type = String, example = "TLP:GREEN")]
    clearance: Label,
    role: &'static str,
    /// When somebody entered the code that was mailed to it.
    #[schema(value_type = Option<String>)]
    verified_at: Option<Timestamp>,
}

/// One key of a partner.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct KeyView {
    format: &'static str,
    fingerprint: String,
    #[schema(value_type = Option<String>)]
    expires_on: Option<CivilDate>,
    address: Option<String>,
    text: String,
}

/// One revision of a partner.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct RevisionView {
    /// The directory's revision.
    revision: i64,
    #[schema(value_type = String)]
    changed_at: Timestamp,
    changed_by: Option<String>,
    /// `form`, `api`, `import`, `proposal`, `verification` or `command`.
    source: &'static str,
    reason: String,
    partner: PartnerView,
}

/// One page of the directory.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct DirectoryPage {
    /// The directory's revision.
    revision: i64,
    /// How many partners were found on all pages.
    found: usize,
    /// The number of this page, from 1.
    page: usize,
    /// How many pages there are.
    pages: usize,
    partners: Vec<PartnerView>,
}

impl From<Partner> for PartnerView {
    fn from(partner: Partner) -> Self {
        let contact = |contact: Contact| ContactView {
            id: contact.id,
            address: contact.address.to_string(),
            person: contact.person.map(|person| person.to_string()),
            clearance: contact.clearance,
            role: contact.role.as_str(),
            verified_at: contact.verified_at,
        };
        let key = |key: Key| KeyView {
            format: key.format.as_str(),
            fingerprint: key.fingerprint.to_string(),
            expires_on: key.expires_on,
            address: key.address.map(|address| address.to_string()),
            text: key.text.to_string(),
        };
        let legal = partner.legal_basis;
        Self {
            id: partner.id,
            name: partner.name.to_string(),
            kind: partner.kind.as_str(),
            scope: partner.mandate.scope.to_string(),
            languages: partner.languages.iter().map(ToString::to_string).collect(),
            keywords: partner.mandate.keywords.iter().map(ToString::to_string).collect(),
            categories: match &partner.mandate.categories {
                Categories::All => vec!["*"],
                Categories::Only(types) => types.iter().map(|category| category.as_str()).collect(),
            },
            events: partner.mandate.events.iter().map(|event| event.as_str()).collect(),
            clearance: partner.clearance,
            active: partner.active,
            contacts: partner.contacts.into_iter().map(contact).collect(),
            legal_ground: legal.as_ref().map(|legal| legal.ground.as_str()),
            legal_reference: legal.and_then(|legal| legal.reference).map(|reference| reference.to_string()),
            parent: partner.parent,
            successor: partner.successor,
            valid_from: partner.valid_from,
            valid_to: partner.valid_to,
            verified_on: partner.verified_on,
            review_on: partner.review_on,
            channel: partner.channel.as_str(),
            acknowledge_within_hours: partner.acknowledgement.map(|policy| policy.within_hours),
            acknowledged_by: partner.acknowledgement.map(|policy| policy.by.as_str()),
            max_attachment_mib: partner.max_attachment_mib,
            encryption: partner.encryption.as_str(),
            mail_content: partner.mail_content.as_str(),
            working_week: partner.hours.as_ref().and_then(|hours| hours.week).map(|week| week.to_string()),
            zone: partner.hours.map(|hours| hours.zone.to_string()),
            keys: partner.keys.into_iter().map(key).collect(),
            notes: partner.notes.map(|notes| notes.to_string()),
            waiting: None,
        }
    }
}

impl From<Saved> for PartnerView {
    fn from(saved: Saved) -> Self {
        Self { waiting: saved.waiting, ..saved.partner.into() }
    }
}

impl From<SavePartnerError> for Problem {
    fn from(error: SavePartnerError) -> Self {
        match error {
            SavePartnerError::Fields(errors) => errors.into(),
            SavePartnerError::NotFound => Self::not_found("partner"),
            SavePartnerError::Store(error) => error.into(),
        }
    }
}

impl From<ImportError> for Problem {
    fn from(error: ImportError) -> Self {
        match error {
            ImportError::File(errors) => file(&errors),
            ImportError::Store(error) => error.into(),
        }
    }
}

/// Line and column as the pointer: `/12/kind`.
fn file(errors: &[RowError]) -> Problem {
    let mut fields = FieldErrors::new();
    for error in errors {
        let column = error.column.as_deref().map_or_else(String::new, |column| format!("/{column}"));
        fields.push(format!("/{}{column}", error.line), error.message.clone());
    }
    fields.into()
}

fn by(caller: &Principal) -> By {
    By { account: Some(caller.account_id), source: RevisionSource::Api }
}

/// Lists partners.
#[utoipa::path(
    get, path = "/api/v1/partners", tag = "routing",
    params(
        ("kind" = Option<String>, Query, description = "police, igo, ngo or research"),
        ("country" = Option<String>, Query, description = "ISO 3166-1 code of a country that the scope covers"),
        ("q" = Option<String>, Query, description = "a part of the name or of a keyword"),
        ("state" = Option<String>, Query, description = "active, inactive, unverified or unreachable"),
        ("as_of" = Option<String>, Query, description = "a revision, a date or an instant: the directory as it was then"),
        ("page" = Option<usize>, Query, description = "the number of the page, from 1"),
    ),
    responses(
        (status = 200, description = "One page of partners", body = DirectoryPage),
        (status = 422, description = "A filter breaks a rule"),
    )
)]
pub(crate) async fn list(
    State(deps): State<Deps>,
    _: Authority<Auditing>,
    Query(filter): Query<Filter>,
) -> Result<Response, Problem> {
    let as_of = AsOf::parse(&filter.as_of)?;
    let mut tx = deps.db.read().await?;
    let directory = match as_of {
        Some(as_of) => {
            let revision = as_of.revision(&mut tx).await?;
            partners::as_of(&mut tx, revision).await?
        }
        None => partners::directory(&mut tx).await?,
    };
    tx.commit().await?;
    let revision = directory.revision;
    let listing = filter.page_of(revision, filter.select(directory)?);
    let view = DirectoryPage {
        revision: listing.revision,
        found: listing.found,
        page: listing.page,
        pages: listing.pages,
        partners: listing.partners.into_iter().map(PartnerView::from).collect(),
    };
    Ok(axum::Json(view).into_response())
}

/// Shows one partner.
#[utoipa::path(
    get, path = "/api/v1/partners/{id}", tag = "routing",
    params(
        ("id" = String, Path, description = "The partner's identifier"),
        ("as_of" = Option<String>, Query, description = "a revision, a date or an instant: the partner as it was then"),
    ),
    responses(
        (status = 200, description = "The partner", body = PartnerView),
        (status = 404, description = "There is no such partner"),
        (status = 422, description = "`as_of` is no revision, date or instant"),
    )
)]
pub(crate) async fn show(
    State(deps): State<Deps>,
    _: Authority<Auditing>,
    Path(id): Path<PartnerId>,
    Query(asked): Query<Moment>,
) -> Result<Response, Problem> {
    let as_of = AsOf::parse(&asked.as_of)?;
    let mut tx = deps.db.read().await?;
    let partner = match as_of {
        Some(as_of) => {
            let revision = as_of.revision(&mut tx).await?;
            partners::revision_of(&mut tx, id, revision).await?
        }
        None => partners::find(&mut tx, id).await?,
    };
    tx.commit().await?;
    let partner = partner.ok_or_else(|| Problem::not_found("partner"))?;
    Ok(axum::Json(PartnerView::from(partner)).into_response())
}

/// What moment is asked for.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Moment {
    as_of: String,
}

/// Shows the revisions of a partner, newest first: who changed it, when, why.
#[utoipa::path(
    get, path = "/api/v1/partners/{id}/history", tag = "routing",
    params(("id" = String, Path, description = "The partner's identifier")),
    responses(
        (status = 200, description = "At most 200 revisions", body = Vec<RevisionView>),
        (status = 404, description = "There is no such partner"),
    )
)]
pub(crate) async fn history(
    State(deps): State<Deps>,
    _: Authority<Auditing>,
    Path(id): Path<PartnerId>,
) -> Result<Response, Problem> {
    let mut tx = deps.db.read().await?;
    let rows = partners::history(&mut tx, id, 200).await?;
    tx.commit().await?;
    if rows.is_empty() {
        return Err(Problem::not_found("partner"));
    }
    let view = |row: partners::RevisionRow| RevisionView {
        revision: row.revision,
        changed_at: row.changed_at,
        changed_by: row.changed_by.map(|name| name.to_string()),
        source: row.source.as_str(),
        reason: row.reason.to_string(),
        partner: row.record.0.into(),
    };
    Ok(axum::Json(rows.into_iter().map(view).collect::<Vec<_>>()).into_response())
}

/// Adds a partner.
#[utoipa::path(
    post, path = "/api/v1/partners", tag = "routing", request_body = PartnerBody,
    responses(
        (status = 201, description = "The partner", body = PartnerView),
        (status = 422, description = "Some fields break a rule"),
    )
)]
pub(crate) async fn add(
    State(deps): State<Deps>,
    caller: Authority<Admin>,
    body: Json<PartnerBody>,
) -> Result<Response, Problem> {
    let saved = add_partner(&deps, &body.value, by(&caller)).await?;
    Ok((StatusCode::CREATED, axum::Json(PartnerView::from(saved))).into_response())
}

/// Replaces a partner's fields and contacts by those sent.
#[utoipa::path(
    put, path = "/api/v1/partners/{id}", tag = "routing", request_body = PartnerBody,
    params(("id" = String, Path, description = "The partner's identifier")),
    responses(
        (status = 200, description = "The partner", body = PartnerView),
        (status = 404, description = "There is no such partner"),
        (status = 422, description = "Some fields break a rule"),
    )
)]
pub(crate) async fn change(
    State(deps): State<Deps>,
    caller: Authority<Admin>,
    Path(id): Path<PartnerId>,
    body: Json<PartnerBody>,
) -> Result<Response, Problem> {
    let saved = change_partner(&deps, id, &body.value, by(&caller)).await?;
    Ok(axum::Json(PartnerView::from(saved)).into_response())
}

/// Imports a directory file, CSV or JSON. Partners are known again by their names; the same file twice changes nothing.
/// An empty directory is filled at once; later a file waits until an administrator has approved what it changes.
#[utoipa::path(
    post, path = "/api/v1/partners/import", tag = "routing",
    request_body(content = String, content_type = "text/csv", description = "A directory file in UTF-8: CSV, or a JSON list of partners"),
    responses(
        (status = 200, description = "What it did or, if `waiting` names a file, what it would do", body = Imported),
        (status = 422, description = "The file breaks rules; each pointer is /line/column"),
    )
)]
pub(crate) async fn import(
    State(deps): State<Deps>,
    caller: Authority<Admin>,
    request: Request,
) -> Result<Response, Problem> {
    let file = body(request, MAX_BYTES).await?;
    Ok(axum::Json(import_directory(&deps, &file, by(&caller), &"Sent by a program".parse().expect("a line")).await?)
        .into_response())
}
