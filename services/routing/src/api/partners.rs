//! `/api/v1/partners`.

use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use domain::codes::RevisionSource;
use domain::ids::PartnerId;
use domain::partner::{Categories, Contact, Partner};
use domain::{FieldErrors, Label};
use serde::Serialize;
use store::partners;
use utoipa::ToSchema;
use web::{Admin, Auditing, Authority, Json, Path, Principal, Problem, Query};

use super::body;
use crate::import::{MAX_BYTES, RowError};
use crate::listing::Filter;
use crate::save_partner::{PartnerBody, SavePartnerError};
use crate::{By, Deps, ImportError, Imported, add_partner, change_partner, import_directory};

/// A partner of the directory.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PartnerView {
    #[schema(value_type = String, example = "partner_0190c1c5f3a97c0e8a4f5b6c7d8e9f00")]
    id: PartnerId,
    name: String,
    /// `police`, `igo`, `ngo` or `research`.
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
}

/// One address of a partner.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ContactView {
    address: String,
    person: Option<String>,
    #[schema(value_type = String, example = "TLP:GREEN")]
    clearance: Label,
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
            address: contact.address.to_string(),
            person: contact.person.map(|person| person.to_string()),
            clearance: contact.clearance,
        };
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
        }
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
    let mut tx = deps.db.read().await?;
    let directory = partners::directory(&mut tx).await?;
    tx.commit().await?;
    let listing = filter.apply(directory)?;
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
    params(("id" = String, Path, description = "The partner's identifier")),
    responses(
        (status = 200, description = "The partner", body = PartnerView),
        (status = 404, description = "There is no such partner"),
    )
)]
pub(crate) async fn show(
    State(deps): State<Deps>,
    _: Authority<Auditing>,
    Path(id): Path<PartnerId>,
) -> Result<Response, Problem> {
    let mut tx = deps.db.read().await?;
    let partner = partners::find(&mut tx, id).await?.ok_or_else(|| Problem::not_found("partner"))?;
    tx.commit().await?;
    Ok(axum::Json(PartnerView::from(partner)).into_response())
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
    let partner = add_partner(&deps, &body.value, by(&caller)).await?;
    Ok((StatusCode::CREATED, axum::Json(PartnerView::from(partner))).into_response())
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
    let partner = change_partner(&deps, id, &body.value, by(&caller)).await?;
    Ok(axum::Json(PartnerView::from(partner)).into_response())
}

/// Imports a directory file. Partners are known again by their names; the same file twice changes nothing.
#[utoipa::path(
    post, path = "/api/v1/partners/import", tag = "routing",
    request_body(content = String, content_type = "text/csv", description = "A directory file in UTF-8"),
    responses(
        (status = 200, description = "What it did", body = Imported),
        (status = 422, description = "The file breaks rules; each pointer is /line/column"),
    )
)]
pub(crate) async fn import(
    State(deps): State<Deps>,
    caller: Authority<Admin>,
    request: Request,
) -> Result<Response, Problem> {
    let file = body(request, MAX_BYTES).await?;
    Ok(axum::Json(import_directory(&deps, &file, by(&caller)).await?).into_response())
}
