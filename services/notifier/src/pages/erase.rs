//! `/answers/{id}/erase` and `/letters/{id}/erase`: ask once more, and erase who answered or wrote back.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use domain::FieldErrors;
use domain::codes::{AnswerKind, ErasureGround, Role};
use domain::ids::{AnswerId, LetterId};
use serde::Deserialize;
use store::{answers, letters};
use web::{Authority, Confirm, Form, FormState, PageError, Path, Permission, Principal, Problem, Shell, redirect};

use crate::Deps;
use crate::erase::{erase_answer, erase_letter};

/// Who may erase a person: the desk that was asked, and administrators.
#[derive(Clone, Copy, Debug)]
pub(super) struct Eraser;

impl Permission for Eraser {
    const NAME: &'static str = "Eraser";
    const ROLES: &'static [Role] = &[Role::Officer, Role::Admin];
}

/// Why, as typed.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct EraseForm {
    ground: String,
}

impl EraseForm {
    fn parse(&self) -> Result<ErasureGround, FieldErrors> {
        let mut errors = FieldErrors::new();
        let ground = errors.required("/ground", Some(&self.ground));
        errors.into_result(ground)
    }
}

/// `GET /answers/{id}/erase`
pub(super) async fn ask(
    State(deps): State<Deps>,
    caller: Authority<Eraser>,
    Path(id): Path<AnswerId>,
) -> Result<Response, PageError> {
    question(&deps, &caller, id, FormState::default()).await
}

/// `POST /answers/{id}/erase`
pub(super) async fn submit(
    State(deps): State<Deps>,
    caller: Authority<Eraser>,
    Path(id): Path<AnswerId>,
    form: Form<EraseForm>,
) -> Result<Response, PageError> {
    let ground = match form.value.parse() {
        Ok(ground) => ground,
        Err(errors) => {
            let asked = question(&deps, &caller, id, FormState::new(form.typed, &errors)).await?;
            return Ok((StatusCode::UNPROCESSABLE_ENTITY, asked).into_response());
        }
    };
    let done = erase_answer(&deps, Some(caller.account_id), id, ground).await?;
    let row = done.ok_or_else(|| Problem::not_found("answer"))?;
    Ok(redirect(&format!("/deliveries/{}?done=erased", row.delivery_id)))
}

async fn question(deps: &Deps, who: &Principal, id: AnswerId, form: FormState) -> Result<Response, PageError> {
    let mut tx = deps.db.read().await?;
    let row = answers::find(&mut tx, id).await?.ok_or_else(|| Problem::not_found("answer"))?;
    tx.commit().await?;
    let mut lines = vec![
        format!("Answered by: {}", row.answered_by),
        "Erased for good: that name, and what else was typed.".to_owned(),
        "Kept: that the partner answered, what kind of answer it was, and when.".to_owned(),
    ];
    if row.kind == AnswerKind::Information {
        lines.insert(2, "Erased with it: the words and the photograph of the sighting that came with it.".to_owned());
    }
    let confirm = Confirm {
        shell: Shell::new("Erase who answered?", who),
        warning: "This cannot be undone.".to_owned(),
        lines,
        action: format!("/answers/{id}/erase"),
        hidden: Vec::new(),
        grounds: Confirm::erasure_grounds(),
        button: "Erase the person".to_owned(),
        back: format!("/deliveries/{}", row.delivery_id),
        form,
    };
    Ok(confirm.show())
}

/// `GET /letters/{id}/erase`
pub(super) async fn ask_letter(
    State(deps): State<Deps>,
    caller: Authority<Eraser>,
    Path(id): Path<LetterId>,
) -> Result<Response, PageError> {
    letter_question(&deps, &caller, id, FormState::default()).await
}

/// `POST /letters/{id}/erase`
pub(super) async fn submit_letter(
    State(deps): State<Deps>,
    caller: Authority<Eraser>,
    Path(id): Path<LetterId>,
    form: Form<EraseForm>,
) -> Result<Response, PageError> {
    let ground = match form.value.parse() {
        Ok(ground) => ground,
        Err(errors) => {
            let asked = letter_question(&deps, &caller, id, FormState::new(form.typed, &errors)).await?;
            return Ok((StatusCode::UNPROCESSABLE_ENTITY, asked).into_response());
        }
    };
    let done = erase_letter(&deps, Some(caller.account_id), id, ground).await?;
    let row = done.ok_or_else(|| Problem::not_found("letter"))?;
    Ok(redirect(&format!("/deliveries/{}?done=letter", row.delivery_id)))
}

async fn letter_question(deps: &Deps, who: &Principal, id: LetterId, form: FormState) -> Result<Response, PageError> {
    let mut tx = deps.db.read().await?;
    let row = letters::find(&mut tx, id).await?.ok_or_else(|| Problem::not_found("letter"))?;
    tx.commit().await?;
    let mut lines = vec![
        format!("Came on: {}", row.received_at.human()),
        "Erased for good: whom it says it is from, its subject and its text.".to_owned(),
        "Kept: that it came, when, to which delivery, and its SHA-256, by which whoever has it can show that it was this one."
            .to_owned(),
    ];
    if let Some(sender) = row.sender {
        lines.insert(0, format!("Says it is from: {sender}"));
    }
    let confirm = Confirm {
        shell: Shell::new("Erase who wrote this letter?", who),
        warning: "This cannot be undone. The mail server may still have the mail itself.".to_owned(),
        lines,
        action: format!("/letters/{id}/erase"),
        hidden: Vec::new(),
        grounds: Confirm::erasure_grounds(),
        button: "Erase the letter".to_owned(),
        back: format!("/deliveries/{}", row.delivery_id),
        form,
    };
    Ok(confirm.show())
}
