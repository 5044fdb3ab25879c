//! One delivery: its tries, and where it is held what an officer may do about it.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use domain::FieldErrors;
use domain::Timestamp;
use domain::case::CaseReference;
use domain::codes::Role;
use domain::delivery::{HeldDecision, Outcome};
use domain::ids::DeliveryId;
use serde::Deserialize;
use store::answers::{self, AnswerRow};
use store::attempts::{self, AttemptRow};
use store::bounces::{self, BounceRow};
use store::deliveries::{self, DeliveryRow, HeldDecisionRow};
use store::letters::{self, LetterRow};
use store::{cases, identity};
use web::{Auditing, Authority, Flash, Form, FormState, Officer, PageError, Path, Permission, Principal, Query};
use web::{Problem, Shell, page, redirect};

use super::erase::Eraser;
use super::worklist::{meaning, tone};
use crate::Deps;
use crate::decide_held::{Decide, DecideError, Decided, decide_held};

/// The most letters of one page.
const LETTERS: i64 = 50;

#[derive(Template)]
#[template(path = "delivery.html")]
struct DeliveryPage {
    shell: Shell,
    row: DeliveryRow,
    reference: CaseReference,
    tries: Vec<AttemptRow>,
    decisions: Vec<(HeldDecisionRow, String)>,
    bounces: Vec<BounceRow>,
    letters: Vec<LetterRow>,
    /// What was answered by its link.
    answers: Vec<AnswerRow>,
    /// May erase who answered.
    erasing: bool,
    /// Since when it is held, for somebody who may decide.
    held_at: Option<Timestamp>,
    form: FormState,
    refused: Option<String>,
}

impl DeliveryPage {
    fn outcome_tone(outcome: &Outcome) -> &'static str {
        match outcome {
            Outcome::Accepted => "good",
            Outcome::Refused => "bad",
            Outcome::Deferred | Outcome::Uncertain => "warn",
        }
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct DeliveryQuery {
    done: String,
}

/// What was just done, by a closed list.
fn flash(done: &str) -> Option<Flash> {
    match done {
        "release" => Some(Flash("The delivery goes back to the sender, whose gate looks again.")),
        "cancel" => Some(Flash("The delivery is cancelled; nothing is sent.")),
        "erased" => Some(Flash("Who answered is erased.")),
        "before" => Some(Flash("That was decided before; nothing more was done.")),
        _ => None,
    }
}

/// `GET /deliveries/{id}`
pub(super) async fn show(
    State(deps): State<Deps>,
    caller: Authority<Auditing>,
    Path(id): Path<DeliveryId>,
    Query(query): Query<DeliveryQuery>,
) -> Result<Response, PageError> {
    let shown = view(&deps, &caller, id, FormState::default(), None).await?;
    let shell = Shell { flash: flash(&query.done), ..shown.shell };
    Ok(page(&DeliveryPage { shell, ..shown }))
}

async fn view(
    deps: &Deps,
    caller: &Principal,
    id: DeliveryId,
    form: FormState,
    refused: Option<String>,
) -> Result<DeliveryPage, PageError> {
    let mut tx = deps.db.read().await?;
    let row = deliveries::find(&mut tx, id).await?.ok_or_else(|| Problem::not_found("delivery"))?;
    let case = cases::find(&mut tx, row.case_id).await?.ok_or_else(|| Problem::not_found("case"))?;
    let tries = attempts::of_delivery(&mut tx, id).await?;
    let bounces = bounces::of_notification(&mut tx, row.notification_id).await?;
    let letters = letters::of_notification(&mut tx, row.notification_id, LETTERS).await?;
    let held_at = deliveries::held_since(&mut tx, id).await?.filter(|_| caller.role == Role::Officer);
    let mut decisions = Vec::new();
    for decision in deliveries::decisions(&mut tx, id).await? {
        let who = identity::account(&mut tx, decision.decided_by).await?;
        decisions.push((decision, who.map_or_else(String::new, |account| account.name.to_string())));
    }
    let mut answers = answers::of_notification(&mut tx, row.notification_id).await?;
    answers.retain(|answer| answer.delivery_id == id);
    tx.commit().await?;
    let erasing = Eraser::ROLES.contains(&caller.role);
    let shell = Shell::new(format!("Delivery to {}", row.partner_name), caller);
    let reference = case.reference;
    Ok(DeliveryPage {
        shell,
        row,
        reference,
        tries,
        decisions,
        bounces,
        letters,
        answers,
        erasing,
        held_at,
        form,
        refused,
    })
}

/// What an officer typed and pressed.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct DecideForm {
    held_at: Timestamp,
    #[serde(default)]
    reason: String,
    decision: HeldDecision,
}

/// `POST /deliveries/{id}/decide`
pub(super) async fn decide(
    State(deps): State<Deps>,
    officer: Authority<Officer>,
    Path(id): Path<DeliveryId>,
    form: Form<DecideForm>,
) -> Result<Response, PageError> {
    let DecideForm { held_at, reason, decision } = form.value;
    let mut errors = FieldErrors::new();
    let Some(reason) = errors.required("/reason", Some(&reason)) else {
        let shown = view(&deps, &officer, id, FormState::new(form.typed, &errors), None).await?;
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, page(&shown)).into_response());
    };
    match decide_held(&deps, officer.account_id, Decide { id, held_at, decision, reason }).await {
        Ok(Decided::Now) => Ok(redirect(&format!("/deliveries/{id}?done={decision}"))),
        Ok(Decided::Before) => Ok(redirect(&format!("/deliveries/{id}?done=before"))),
        Err(error @ (DecideError::NotHeld | DecideError::DecidedOtherwise)) => {
            let problem = Problem::from(error);
            let state = FormState::new(form.typed, &FieldErrors::new());
            let shown = view(&deps, &officer, id, state, problem.detail.clone()).await?;
            Ok((StatusCode::CONFLICT, page(&shown)).into_response())
        }
        Err(error) => Err(Problem::from(error).into()),
    }
}
