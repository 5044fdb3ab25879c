//! `/api/v1/deliveries`: the desk's worklist and what an officer does about a delivery; the same operations as the pages.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use domain::delivery::HeldDecision;
use domain::ids::{AccountId, CaseId, DeliveryId, NotificationId, PartnerId};
use domain::text::Line;
use domain::{FieldErrors, Timestamp};
use serde::{Deserialize, Serialize};
use store::deliveries::{self, DeliveryRow, WorklistRow};
use store::{attempts, desk_steps};
use utoipa::{OpenApi, ToSchema};
use web::{Auditing, Authority, Json, Officer, Path, Problem};

use crate::Deps;
use crate::decide_held::{Decide, decide_held};
use crate::desk::{self, Resend, UseSecondContacts, candidates, mail_of, use_second_contacts, writable};
use crate::pages::OVERDUE;

/// The most rows of one answer.
const MOST: i64 = 1_000;

#[derive(OpenApi)]
#[openapi(
    paths(list, show, decide, resend, second_contacts),
    components(schemas(
        WorklistView,
        DeliveryView,
        TryView,
        DeskStepView,
        MayView,
        CandidateView,
        DecideBody,
        StepBody
    ))
)]
struct Document;

/// This service's part of the OpenAPI document.
pub fn openapi() -> utoipa::openapi::OpenApi {
    Document::openapi()
}

/// A delivery that did not simply go well.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct WorklistView {
    #[schema(value_type = String, example = "delivery_0190c1c5f3a97c0e8a4f5b6c7d8e9f00")]
    id: DeliveryId,
    #[schema(value_type = String)]
    case_id: CaseId,
    #[schema(example = "TOC-2026-000123")]
    reference: String,
    version: i64,
    partner: String,
    address: String,
    /// `pending`, `uncertain`, `refused`, `expired` or `held`.
    #[schema(example = "refused")]
    state: &'static str,
    tries: i64,
    #[schema(value_type = String, format = DateTime)]
    created_at: Timestamp,
    /// When it is tried again; none if it has ended.
    #[schema(value_type = Option<String>, format = DateTime)]
    due_at: Option<Timestamp>,
    /// The mail server's words, or the reason why it ended.
    last_reply: Option<String>,
    /// Whether the plan has an address that nothing was sent to.
    second_contacts: bool,
}

/// A delivery, its tries, what the desk did, and what it may do.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct DeliveryView {
    #[schema(value_type = String, example = "delivery_0190c1c5f3a97c0e8a4f5b6c7d8e9f00")]
    id: DeliveryId,
    #[schema(value_type = String)]
    notification_id: NotificationId,
    #[schema(value_type = String)]
    case_id: CaseId,
    #[schema(value_type = String)]
    partner_id: PartnerId,
    partner: String,
    version: i64,
    address: String,
    #[schema(example = "refused")]
    state: &'static str,
    tries: i64,
    message_id: Option<String>,
    last_reply: Option<String>,
    /// Since when the last gate holds it, to be sent with a decision; none if it does not.
    #[schema(value_type = Option<String>, format = DateTime)]
    held_at: Option<Timestamp>,
    attempts: Vec<TryView>,
    steps: Vec<DeskStepView>,
    /// Whether it can be sent once more.
    resend: MayView,
    /// Whether second contacts can be written to.
    second_contacts: MayView,
    /// The addresses of the plan that nothing was sent to.
    candidates: Vec<CandidateView>,
}

/// One try.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct TryView {
    number: i64,
    #[schema(value_type = String, format = DateTime)]
    started_at: Timestamp,
    /// None while it is on the wire.
    #[schema(example = "refused")]
    outcome: Option<&'static str>,
    #[schema(example = "rcpt")]
    stage: Option<&'static str>,
    /// The mail server's words.
    reply: Option<String>,
    possible_repeat: bool,
}

/// What an officer had done.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct DeskStepView {
    /// `resent`, `second_contacts` or `corrected`.
    #[schema(example = "resent")]
    step: &'static str,
    /// How many tries there had been.
    seen_tries: i64,
    /// To how many addresses something went because of it.
    addresses: i64,
    reason: String,
    #[schema(value_type = String)]
    taken_by: AccountId,
    #[schema(value_type = String, format = DateTime)]
    taken_at: Timestamp,
}

/// Whether something may be done, and if not, why.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct MayView {
    may: bool,
    /// A stable name of the reason, that of the problem which doing it gives.
    #[schema(example = "already-accepted")]
    code: Option<&'static str>,
    why: Option<&'static str>,
}

/// An address of the plan that nothing was sent to.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct CandidateView {
    address: String,
    person: Option<String>,
    /// `primary`, `second` or `out_of_hours`.
    #[schema(example = "second")]
    role: &'static str,
    /// Whether it is written to.
    write: MayView,
}

/// What is decided about a held delivery.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct DecideBody {
    /// Since when it was held, as it was read.
    #[schema(value_type = String, format = DateTime)]
    held_at: Timestamp,
    /// `release` or `cancel`.
    #[schema(value_type = String, example = "release")]
    decision: HeldDecision,
    /// Required.
    reason: Option<String>,
}

/// What is to be done.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct StepBody {
    /// How many tries there had been, as it was read: asked for twice, it is done once.
    tries: i64,
    /// Required.
    reason: Option<String>,
}

fn may<T>(done: &Result<T, desk::Refused>) -> MayView {
    let refused = done.as_ref().err();
    MayView { may: refused.is_none(), code: refused.map(|no| no.code), why: refused.map(|no| no.why) }
}

impl From<WorklistRow> for WorklistView {
    fn from(row: WorklistRow) -> Self {
        Self {
            id: row.id,
            case_id: row.case_id,
            reference: row.reference.to_string(),
            version: row.version,
            partner: row.partner_name.to_string(),
            address: row.address.to_string(),
            state: row.state.as_str(),
            tries: row.tries,
            created_at: row.created_at,
            due_at: row.due_at,
            last_reply: row.last_reply,
            second_contacts: row.others,
        }
    }
}

fn reason(typed: Option<&str>) -> Result<Line, Problem> {
    let mut errors = FieldErrors::new();
    let reason = errors.required("/reason", typed);
    Ok(errors.into_result(reason)?)
}

/// Lists deliveries that did not simply go well, newest first.
#[utoipa::path(
    get, path = "/api/v1/deliveries", tag = "notifier",
    responses((status = 200, description = "Refused, expired, held, in doubt, or late", body = Vec<WorklistView>))
)]
pub(crate) async fn list(State(deps): State<Deps>, _: Authority<Auditing>) -> Result<Response, Problem> {
    let mut tx = deps.db.read().await?;
    let rows = deliveries::worklist(&mut tx, deps.clock.now().minus(OVERDUE), MOST).await?;
    tx.commit().await?;
    Ok(axum::Json(rows.into_iter().map(WorklistView::from).collect::<Vec<_>>()).into_response())
}

async fn view(deps: &Deps, id: DeliveryId) -> Result<Response, Problem> {
    let mut tx = deps.db.read().await?;
    let row: DeliveryRow = deliveries::find(&mut tx, id).await?.ok_or_else(|| Problem::not_found("delivery"))?;
    let members = mail_of(&mut tx, deps, &row).await?;
    let own = members.iter().find(|(member, _)| member.id == id).map(|(_, may)| *may);
    let again = own.ok_or_else(|| Problem::not_found("delivery"))?;
    let candidates = candidates(&mut tx, deps, &row).await?;
    let attempts = attempts::of_delivery(&mut tx, id).await?;
    let steps = desk_steps::of_delivery(&mut tx, id).await?;
    let held_at = deliveries::held_since(&mut tx, id).await?;
    tx.commit().await?;
    let view = DeliveryView {
        id,
        notification_id: row.notification_id,
        case_id: row.case_id,
        partner_id: row.partner_id,
        partner: row.partner_name.to_string(),
        version: row.version,
        address: row.address.to_string(),
        state: row.state.as_str(),
        tries: row.tries,
        message_id: row.message_id,
        last_reply: row.last_reply,
        held_at,
        attempts: attempts
            .into_iter()
            .map(|one| TryView {
                number: one.number,
                started_at: one.started_at,
                outcome: one.outcome.map(|outcome| outcome.as_str()),
                stage: one.stage.map(|stage| stage.as_str()),
                reply: one.reply,
                possible_repeat: one.possible_repeat,
            })
            .collect(),
        steps: steps
            .into_iter()
            .map(|step| DeskStepView {
                step: step.step.as_str(),
                seen_tries: step.seen_tries,
                addresses: step.addresses,
                reason: step.reason.to_string(),
                taken_by: step.taken_by,
                taken_at: step.taken_at,
            })
            .collect(),
        resend: may(&again),
        second_contacts: may(&candidates.as_deref().map_err(|refused| *refused).and_then(writable)),
        candidates: candidates
            .unwrap_or_default()
            .into_iter()
            .map(|one| CandidateView {
                address: one.address.to_string(),
                person: one.person.map(|person| person.to_string()),
                role: one.role.as_str(),
                write: may(&one.refused.map_or(Ok(()), Err)),
            })
            .collect(),
    };
    Ok(axum::Json(view).into_response())
}

/// Shows a delivery, its tries, and what may be done about it.
#[utoipa::path(
    get, path = "/api/v1/deliveries/{id}", tag = "notifier",
    params(("id" = String, Path, description = "The delivery, such as delivery_0190…")),
    responses(
        (status = 200, description = "The delivery", body = DeliveryView),
        (status = 404, description = "There is no such delivery"),
    )
)]
pub(crate) async fn show(
    State(deps): State<Deps>,
    _: Authority<Auditing>,
    Path(id): Path<DeliveryId>,
) -> Result<Response, Problem> {
    view(&deps, id).await
}

/// Releases or cancels a delivery that the last gate holds.
#[utoipa::path(
    post, path = "/api/v1/deliveries/{id}/decide", tag = "notifier", request_body = DecideBody,
    params(("id" = String, Path, description = "The delivery, such as delivery_0190…")),
    responses(
        (status = 204, description = "It is decided so"),
        (status = 404, description = "There is no such delivery"),
        (status = 409, description = "It is not held as it was read, or somebody decided otherwise"),
        (status = 422, description = "A reason is required"),
    )
)]
pub(crate) async fn decide(
    State(deps): State<Deps>,
    officer: Authority<Officer>,
    Path(id): Path<DeliveryId>,
    Json { value: body, .. }: Json<DecideBody>,
) -> Result<Response, Problem> {
    let reason = reason(body.reason.as_deref())?;
    let ask = Decide { id, held_at: body.held_at, decision: body.decision, reason };
    decide_held(&deps, officer.account_id, ask).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

/// Sends a delivery once more: the same bytes, under the same Message-ID.
#[utoipa::path(
    post, path = "/api/v1/deliveries/{id}/resend", tag = "notifier", request_body = StepBody,
    params(("id" = String, Path, description = "The delivery, such as delivery_0190…")),
    responses(
        (status = 204, description = "It is due now"),
        (status = 404, description = "There is no such delivery"),
        (status = 409, description = "It was tried since it was read, a mail server has taken it, or the last gate would take it out: the problem names why"),
        (status = 422, description = "A reason is required"),
    )
)]
pub(crate) async fn resend(
    State(deps): State<Deps>,
    officer: Authority<Officer>,
    Path(id): Path<DeliveryId>,
    Json { value: body, .. }: Json<StepBody>,
) -> Result<Response, Problem> {
    let reason = reason(body.reason.as_deref())?;
    desk::resend(&deps, officer.account_id, Resend { id, tries: body.tries, reason }).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

/// Sends the notification of a delivery to the addresses of its plan that nothing was sent to.
#[utoipa::path(
    post, path = "/api/v1/deliveries/{id}/second-contacts", tag = "notifier", request_body = StepBody,
    params(("id" = String, Path, description = "The delivery, such as delivery_0190…")),
    responses(
        (status = 204, description = "They are written to"),
        (status = 404, description = "There is no such delivery"),
        (status = 409, description = "The plan has no other address, or the last gate lets none through: the problem names why"),
        (status = 422, description = "A reason is required"),
    )
)]
pub(crate) async fn second_contacts(
    State(deps): State<Deps>,
    officer: Authority<Officer>,
    Path(id): Path<DeliveryId>,
    Json { value: body, .. }: Json<StepBody>,
) -> Result<Response, Problem> {
    let reason = reason(body.reason.as_deref())?;
    use_second_contacts(&deps, officer.account_id, UseSecondContacts { id, tries: body.tries, reason }).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}
