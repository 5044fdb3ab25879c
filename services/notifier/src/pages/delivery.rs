//! One delivery: its tries, and where it is held what an officer may do about it.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use domain::FieldErrors;
use domain::Timestamp;
use domain::case::CaseReference;
use domain::codes::Role;
use domain::delivery::{DeliveryState, HeldDecision, Outcome};
use domain::ids::{ContactId, DeliveryId};
use serde::Deserialize;
use store::answers::{self, AnswerRow};
use store::attempts::{self, AttemptRow};
use store::bounces::{self, BounceRow};
use store::deliveries::{self, DeliveryRow, HeldDecisionRow};
use store::desk_steps::{self, DeskStepRow};
use store::letters::{self, LetterRow};
use store::{cases, identity};
use web::{Auditing, Authority, Flash, Form, FormState, Officer, PageError, Path, Permission, Principal, Query};
use web::{Problem, Shell, page, redirect};

use super::erase::Eraser;
use super::worklist::{meaning, tone};
use crate::Deps;
use crate::decide_held::{Decide, DecideError, Decided, decide_held};
use crate::desk::{
    Candidate, DeskError, Done, Refused, Resend, UseSecondContacts, candidates, mail_of, resend, use_second_contacts,
    writable,
};

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
    steps: Vec<(DeskStepRow, String)>,
    /// May have something done.
    officer: bool,
    /// What it would become if it were sent once more, or why it is not.
    again: Result<DeliveryState, Refused>,
    /// How many others went out in the same mail.
    together: usize,
    /// Whose turn has not come, or why none is written to.
    candidates: Result<Vec<Candidate>, Refused>,
    /// Which contact of the partner the address is.
    contact: Option<ContactId>,
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
    /// Whether a second contact can be written to.
    fn somebody_else(&self) -> bool {
        self.candidates.as_deref().is_ok_and(|all| writable(all).is_ok())
    }

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
        "letter" => Some(Flash("The letter is erased.")),
        "before" => Some(Flash("That was decided before; nothing more was done.")),
        "resent" => Some(Flash("It goes out once more, with the same Message-ID.")),
        "second" => Some(Flash("The second contacts are written to.")),
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
    let members = mail_of(&mut tx, deps, &row).await?;
    let own = members.iter().find(|(member, _)| member.id == id).map(|(_, may)| *may);
    let again = own.ok_or_else(|| Problem::not_found("delivery"))?;
    let candidates = candidates(&mut tx, deps, &row).await?;
    let contact = deliveries::contact(&mut tx, row.notification_id, &row.address).await?;
    let mut steps = Vec::new();
    for step in desk_steps::of_delivery(&mut tx, id).await? {
        let who = identity::account(&mut tx, step.taken_by).await?;
        steps.push((step, who.map_or_else(String::new, |account| account.name.to_string())));
    }
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
        steps,
        officer: caller.role == Role::Officer,
        again,
        together: members.len().saturating_sub(1),
        candidates,
        contact,
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

/// What an officer typed to have it sent once more.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ResendForm {
    tries: i64,
    #[serde(default)]
    resend_reason: String,
}

/// `POST /deliveries/{id}/resend`
pub(super) async fn send_again(
    State(deps): State<Deps>,
    officer: Authority<Officer>,
    Path(id): Path<DeliveryId>,
    form: Form<ResendForm>,
) -> Result<Response, PageError> {
    let mut errors = FieldErrors::new();
    let Some(reason) = errors.required("/resend_reason", Some(&form.value.resend_reason)) else {
        let shown = view(&deps, &officer, id, FormState::new(form.typed, &errors), None).await?;
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, page(&shown)).into_response());
    };
    let done = resend(&deps, officer.account_id, Resend { id, tries: form.value.tries, reason }).await;
    done_or_why(&deps, &officer, (id, "resent"), form.typed, done).await
}

/// What an officer typed to have second contacts written to.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SecondForm {
    tries: i64,
    #[serde(default)]
    second_reason: String,
}

/// `POST /deliveries/{id}/second-contacts`
pub(super) async fn second_contacts(
    State(deps): State<Deps>,
    officer: Authority<Officer>,
    Path(id): Path<DeliveryId>,
    form: Form<SecondForm>,
) -> Result<Response, PageError> {
    let mut errors = FieldErrors::new();
    let Some(reason) = errors.required("/second_reason", Some(&form.value.second_reason)) else {
        let shown = view(&deps, &officer, id, FormState::new(form.typed, &errors), None).await?;
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, page(&shown)).into_response());
    };
    let ask = UseSecondContacts { id, tries: form.value.tries, reason };
    let done = use_second_contacts(&deps, officer.account_id, ask).await;
    done_or_why(&deps, &officer, (id, "second"), form.typed, done).await
}

/// The page again, with what was done or why it was not.
async fn done_or_why(
    deps: &Deps,
    caller: &Principal,
    (id, word): (DeliveryId, &str),
    typed: Vec<(String, String)>,
    done: Result<Done, DeskError>,
) -> Result<Response, PageError> {
    match done {
        Ok(Done::Now) => Ok(redirect(&format!("/deliveries/{id}?done={word}"))),
        Ok(Done::Before) => Ok(redirect(&format!("/deliveries/{id}?done=before"))),
        Err(error @ (DeskError::Changed | DeskError::Refused(_))) => {
            let problem = Problem::from(error);
            let state = FormState::new(typed, &FieldErrors::new());
            let shown = view(deps, caller, id, state, problem.detail.clone()).await?;
            Ok((StatusCode::CONFLICT, page(&shown)).into_response())
        }
        Err(error) => Err(Problem::from(error).into()),
    }
}
