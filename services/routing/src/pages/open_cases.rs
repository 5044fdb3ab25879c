//! `/partners/{id}/open-cases`: open cases that a partner would be told of now and was not.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use domain::FieldErrors;
use domain::ids::{AlertId, PartnerId};
use domain::partner::Partner;
use domain::text::Line;
use serde::Deserialize;
use web::{
    Authority, Flash, Form, FormState, Officer, PageError, Path, Principal, Problem, Query, Shell, page, redirect,
};

use crate::Deps;
use crate::late_joiner::{LateJoinerError, Offer, decide_late, offers};

#[derive(Template)]
#[template(path = "open_cases.html")]
struct OpenCasesPage {
    shell: Shell,
    partner: Partner,
    offers: Vec<Offer>,
    form: FormState,
}

async fn render(
    deps: &Deps,
    caller: &Principal,
    id: PartnerId,
    form: FormState,
    flash: Option<Flash>,
) -> Result<Response, PageError> {
    let (partner, offers) = offers(deps, id).await.map_err(Problem::from)?;
    let title = format!("Open cases for {}", partner.name);
    Ok(page(&OpenCasesPage { shell: Shell { flash, ..Shell::new(title, caller) }, partner, offers, form }))
}

/// What was just done.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Done {
    done: String,
}

/// `GET /partners/{id}/open-cases`.
pub(crate) async fn show(
    State(deps): State<Deps>,
    caller: Authority<Officer>,
    Path(id): Path<PartnerId>,
    Query(query): Query<Done>,
) -> Result<Response, PageError> {
    let flash = (query.done == "decided").then_some(Flash("The decision was recorded."));
    render(&deps, &caller, id, FormState::default(), flash).await
}

/// What an officer chose.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct DecideForm {
    alert: String,
    choice: String,
    reason: String,
}

/// `POST /partners/{id}/open-cases`.
pub(crate) async fn decide(
    State(deps): State<Deps>,
    caller: Authority<Officer>,
    Path(id): Path<PartnerId>,
    form: Form<DecideForm>,
) -> Result<Response, PageError> {
    let mut errors = FieldErrors::new();
    let alert: Option<AlertId> = errors.required("/alert", Some(&form.value.alert));
    let reason: Option<Line> = errors.required("/reason", Some(&form.value.reason));
    let tell = match form.value.choice.as_str() {
        "tell" => Some(true),
        "not" => Some(false),
        _ => {
            errors.push("/choice", "must be to tell or not to tell");
            None
        }
    };
    let Some(((alert, reason), tell)) = alert.zip(reason).zip(tell).filter(|_| errors.is_empty()) else {
        let shown = render(&deps, &caller, id, FormState::new(form.typed, &errors), None).await?;
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, shown).into_response());
    };
    // Somebody who decided a moment earlier has decided.
    let _ = decide_late(&deps, (id, alert), tell, &reason, caller.account_id).await.map_err(Problem::from)?;
    Ok(redirect(&format!("/partners/{id}/open-cases?done=decided")))
}

impl From<LateJoinerError> for Problem {
    fn from(error: LateJoinerError) -> Self {
        match error {
            LateJoinerError::NotFound => Self::not_found("open case for this partner"),
            LateJoinerError::Rules => Self::internal(&error),
            LateJoinerError::Store(error) => error.into(),
        }
    }
}
