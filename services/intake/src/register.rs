//! An institution's report becomes a case.
//!
//! One transaction holds everything: the key of the request, the number, the three confidentiality classes, the
//! objects, and the fact that tells of it. So a 201 means that all of it is on disk, and a client that lost the answer
//! sends the same request again and hears of the same case.

use axum::extract::State;
use axum::http::header::LOCATION;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use contracts::Service;
use contracts::events::CaseRegisteredV1;
use domain::FieldErrors;
use domain::case::{CaseReference, NewCase};
use domain::codes::{CaseState, Role};
use domain::ids::{AccountId, CaseId, InstitutionId, ObjectId, ReportDraftId};
use domain::text::Line;
use serde::Serialize;
use store::cases::{self, CaseRow, KeyedRequest};
use store::{Tx, identity, outbox, report_drafts};
use utoipa::ToSchema;
use web::{Authority, Json, Principal, Problem, Reporter};

use crate::idempotency::IdempotencyKey;
use crate::submit::SubmitCase;
use crate::{Deps, parse};

/// A report that was recorded, now or by an earlier request with the same key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Registered {
    /// The case.
    pub id: CaseId,
    /// What people quote.
    pub reference: CaseReference,
    /// Whether this request recorded it.
    pub created: bool,
}

/// Why a report was not recorded.
#[derive(Debug, thiserror::Error)]
pub enum RegisterError {
    /// Some fields break a rule.
    #[error("read the report")]
    Invalid(FieldErrors),
    /// The account belongs to no institution, and a case belongs to one.
    #[error("register for an account without an institution")]
    NoInstitution,
    /// The key was used for another report.
    #[error("register another report under a key that was used")]
    KeyReused,
    /// The key's case is not there: a hand that wrote past us.
    #[error("find the case of the key")]
    CaseGone,
    /// The draft it is made of became a case or was thrown away meanwhile.
    #[error("find the draft")]
    DraftGone,
    /// Other requests with this key kept being undone at the same moment.
    #[error("take the key")]
    Contended,
    /// The database did not do it.
    #[error(transparent)]
    Store(#[from] store::Error),
}

/// How often to look again when a twin of the request was faster; once is enough unless that twin is undone.
const ROUNDS: usize = 5;

/// Records a report. `request_hash` is that of [`SubmitCase::hash`].
pub async fn register(
    deps: &Deps,
    principal: &Principal,
    key: &IdempotencyKey,
    request_hash: [u8; 32],
    case: &NewCase,
) -> Result<Registered, RegisterError> {
    register_draft(deps, principal, key, request_hash, case, None).await
}

/// The same for a report that was kept as a draft: the draft is gone once the case is there.
pub(crate) async fn register_draft(
    deps: &Deps,
    principal: &Principal,
    key: &IdempotencyKey,
    request_hash: [u8; 32],
    case: &NewCase,
    draft: Option<(ReportDraftId, i64)>,
) -> Result<Registered, RegisterError> {
    // Whose key it is follows from who asks and not from what is asked: the same key for another institution is a
    // repeat that went wrong.
    let scope = principal.institution_id.map_or(principal.account_id.as_uuid(), InstitutionId::as_uuid);
    for _ in 0..ROUNDS {
        let mut tx = deps.db.begin().await?;
        if let Some(known) = cases::find_key(&mut tx, scope, key.as_str()).await? {
            return repeat(&mut tx, &known, request_hash).await;
        }
        let institution = institution(&mut tx, principal, case.institution.as_ref()).await?;
        let row = new_row(deps, &mut tx, principal.account_id, institution, case).await?;
        let request = KeyedRequest { request_hash: request_hash.to_vec(), case_id: row.id };
        record(deps, &mut tx, &row, case).await?;
        if !cases::insert_key(&mut tx, scope, key.as_str(), &request, row.registered_at).await? {
            // A twin of this request took the key while we waited for the year's number; undo and answer as it did.
            tx.rollback().await?;
            continue;
        }
        // What a colleague saved since it was read must not go with it.
        if let Some((draft, revision)) = draft
            && !report_drafts::remove_revision(&mut tx, scope, draft, revision).await?
        {
            return Err(RegisterError::DraftGone);
        }
        tx.commit().await?;
        deps.bell.ring();
        metrics::counter!("cases_registered_total", "event" => row.event.as_str()).increment(1);
        tracing::info!(case.id = %row.id, case.reference = %row.reference, "registered a case");
        return Ok(Registered { id: row.id, reference: row.reference, created: true });
    }
    Err(RegisterError::Contended)
}

/// Whose case it will be: the caller's own institution's, or for a duty officer, whom institutions telephone, another's.
async fn institution(
    tx: &mut Tx,
    principal: &Principal,
    chosen: Option<&Line>,
) -> Result<InstitutionId, RegisterError> {
    let Some(name) = chosen.filter(|name| principal.institution.as_ref() != Some(*name)) else {
        return principal.institution_id.ok_or(RegisterError::NoInstitution);
    };
    let wrong = |message: &str| {
        let mut errors = FieldErrors::new();
        errors.push("/institution", message);
        RegisterError::Invalid(errors)
    };
    if principal.role != Role::Officer {
        return Err(wrong("must be your own: only a duty officer may name another"));
    }
    let found = identity::institution(tx, name).await?;
    found.ok_or_else(|| wrong("is not known here: an administrator adds it with its first account"))
}

/// Records a case of an upload, whose worker sees to it that each comes once.
pub(crate) async fn register_in(
    deps: &Deps,
    tx: &mut Tx,
    registered_by: AccountId,
    institution: InstitutionId,
    case: &NewCase,
) -> Result<(), store::Error> {
    let row = new_row(deps, tx, registered_by, institution, case).await?;
    record(deps, tx, &row, case).await?;
    metrics::counter!("cases_registered_total", "event" => row.event.as_str()).increment(1);
    Ok(())
}

async fn repeat(tx: &mut Tx, known: &KeyedRequest, request_hash: [u8; 32]) -> Result<Registered, RegisterError> {
    if known.request_hash != request_hash {
        return Err(RegisterError::KeyReused);
    }
    let row = cases::find(tx, known.case_id).await?.ok_or(RegisterError::CaseGone)?;
    Ok(Registered { id: row.id, reference: row.reference, created: false })
}

async fn new_row(
    deps: &Deps,
    tx: &mut Tx,
    registered_by: AccountId,
    institution_id: InstitutionId,
    case: &NewCase,
) -> Result<CaseRow, store::Error> {
    let now = deps.clock.now();
    let year = now.utc_date().year();
    let number = cases::next_number(tx, year).await?;
    let facts = &case.facts;
    Ok(CaseRow {
        id: CaseId::generate(&deps.clock),
        reference: CaseReference { year, number },
        institution_id,
        registered_by,
        registered_at: now,
        state: CaseState::Submitted,
        event: facts.event,
        title: facts.title.clone(),
        language: facts.language,
        label: facts.label,
        country: facts.country,
        lost_earliest: facts.loss.earliest,
        lost_latest: facts.loss.latest,
        discovered: facts.loss.discovered,
        typology: facts.typology.clone().map(Into::into),
        updated_at: now,
    })
}

async fn record(deps: &Deps, tx: &mut Tx, row: &CaseRow, case: &NewCase) -> Result<(), store::Error> {
    cases::insert(tx, row).await?;
    cases::insert_circumstances(tx, row.id, &case.circumstances).await?;
    cases::insert_reporter(tx, row.id, &case.reporter).await?;
    let objects: Vec<_> = case.objects.iter().map(|object| (ObjectId::generate(&deps.clock), object.clone())).collect();
    cases::insert_objects(tx, row.id, &objects, case.circumstances.details.first_status()).await?;
    cases::refresh_words(tx, row.id).await?;
    let event = CaseRegisteredV1 {
        case_id: row.id,
        reference: row.reference,
        event: row.event,
        label: row.label,
        objects: i64::try_from(objects.len()).unwrap_or(i64::MAX),
        institution_id: row.institution_id,
        registered_by: row.registered_by,
    };
    outbox::record(tx, Service::Intake, &deps.clock, &event).await?;
    Ok(())
}

impl From<RegisterError> for Problem {
    fn from(error: RegisterError) -> Self {
        match error {
            RegisterError::Invalid(errors) => errors.into(),
            RegisterError::NoInstitution => Self::new(
                StatusCode::UNPROCESSABLE_ENTITY,
                "no-institution",
                "No institution",
                "A case belongs to an institution and your account has none. Name the institution that reports, or ask an \
                 administrator to add your account to one.",
            ),
            RegisterError::KeyReused => Self::new(
                StatusCode::UNPROCESSABLE_ENTITY,
                "idempotency-key-reused",
                "Idempotency-Key used before",
                "A case was registered under this Idempotency-Key with another body. Use a new key for a new report.",
            ),
            RegisterError::DraftGone => {
                Self::conflict("draft-gone", "The draft became a case, or was thrown away, meanwhile.")
            }
            RegisterError::CaseGone => Self::internal(&error),
            RegisterError::Contended => Self::new(
                StatusCode::SERVICE_UNAVAILABLE,
                "unavailable",
                "Not available now",
                "Too many requests with this Idempotency-Key at once. Please send it again.",
            ),
            RegisterError::Store(error) => error.into(),
        }
    }
}

/// A registered case.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct RegisteredView {
    /// The case's identifier.
    #[schema(value_type = String, example = "case_0190c1c5f3a97c0e8a4f5b6c7d8e9f00")]
    id: CaseId,
    /// What people quote.
    #[schema(value_type = String, example = "TOC-2026-000123")]
    reference: CaseReference,
}

impl From<Registered> for RegisteredView {
    fn from(registered: Registered) -> Self {
        Self { id: registered.id, reference: registered.reference }
    }
}

/// Registers a case: theft, illicit export, looting, missing, emergency, seizure or sighting.
#[utoipa::path(
    post, path = "/api/v1/cases", tag = "intake", request_body(content = SubmitCase, example = crate::openapi::report_example),
    params(("Idempotency-Key" = String, Header,
        description = "Chosen by the client for this report: 1 to 255 visible ASCII characters. A repeat with the same \
                       key and body answers with the same case.")),
    responses(
        (status = 201, description = "Recorded", body = RegisteredView, headers(("Location" = String))),
        (status = 200, description = "Recorded before under the same key with the same body", body = RegisteredView),
        (status = 400, description = "The key is missing or malformed, or the body cannot be read"),
        (status = 403, description = "The caller may not register cases"),
        (status = 422, description = "Some fields break a rule, or the key was used for another body"),
    )
)]
pub(crate) async fn api(
    State(deps): State<Deps>,
    caller: Authority<Reporter>,
    headers: HeaderMap,
    body: Json<SubmitCase>,
) -> Result<Response, Problem> {
    let key = IdempotencyKey::from_headers(&headers)?;
    let case = parse::parse(&body.value, deps.clock.today())?;
    let registered = register(&deps, &caller, &key, body.value.hash(), &case).await?;
    let status = if registered.created { StatusCode::CREATED } else { StatusCode::OK };
    let location = [(LOCATION, format!("/api/v1/cases/{}", registered.id))];
    Ok((status, location, axum::Json(RegisteredView::from(registered))).into_response())
}
