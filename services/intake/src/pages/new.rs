//! A new report: the choice of its kind, and the form.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use domain::FieldErrors;
use domain::codes::Event;
use serde::Deserialize;
use web::{Authority, Form, PageError, Problem, Query, Reporter, Shell, page, redirect};

use super::kinds;
use super::report::{Around, CaseForm, Purpose, change, for_whom, may_register, new_key, refuse, render};
use crate::Deps;
use crate::completeness::{Judged, completeness};
use crate::idempotency::{IdempotencyKey, ParseKeyError};
use crate::parse::{REPORTED, parse};
use crate::register::{RegisterError, register};
use crate::report_drafts::begin_draft;
use crate::submit::SubmitCase;

/// What whoever sends one form twice is told.
pub(super) const SENT_BEFORE: &str = "This form was sent before, and registered then with other content: look into the list of cases. If this is another case, register it now; nothing you typed is lost.";

/// The kind that was chosen.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Chosen {
    event: String,
}

/// A kind to choose.
struct Kind {
    event: Event,
    when: &'static str,
}

#[derive(Template)]
#[template(path = "choose.html")]
struct ChoosePage {
    shell: Shell,
    kinds: Vec<Kind>,
    may_register: bool,
}

/// An empty form of the kind that was chosen, or the choice.
pub(crate) async fn show(
    State(deps): State<Deps>,
    caller: Authority<Reporter>,
    Query(chosen): Query<Chosen>,
) -> Result<Response, PageError> {
    let whom = for_whom(&deps, &caller).await?;
    let Some(event) = chosen.event.parse().ok().filter(|event| REPORTED.contains(event)) else {
        let kinds = REPORTED.map(|event| Kind { event, when: kinds::words(event).when }).into();
        let may_register = may_register(&caller, whom.as_ref());
        return Ok(page(&ChoosePage { shell: Shell::new("Register a case", &caller), kinds, may_register }));
    };
    let raw = SubmitCase { event: Some(event.as_str().to_owned()), ..SubmitCase::default() };
    let none = FieldErrors::new();
    Ok(render(&caller, &raw, Around::new(Purpose::New, whom.as_ref(), new_key(), &none)))
}

/// What was sent: registers the case, keeps it as a draft, or changes the form as the pressed button says.
pub(crate) async fn submit(
    State(deps): State<Deps>,
    caller: Authority<Reporter>,
    form: Form<CaseForm>,
) -> Result<Response, PageError> {
    let CaseForm { key, action, mut case, .. } = form.value;
    let whom = for_whom(&deps, &caller).await?;
    let none = FieldErrors::new();
    if change(&mut case, &action) {
        return Ok(render(&caller, &case, Around::new(Purpose::New, whom.as_ref(), key, &none)));
    }
    if action == "save_draft" {
        let draft = begin_draft(&deps, &caller, &case).await.map_err(Problem::from)?;
        return Ok(redirect(&format!("/report-drafts/{}?done=saved", draft.id)));
    }
    let today = deps.clock.today();
    let invalid = |key: String, errors: &FieldErrors| {
        let found = completeness(&case, Judged::Draft, today);
        let around = Around::new(Purpose::New, whom.as_ref(), key, errors);
        let around = Around { completeness: Some(&found), ..around };
        refuse(StatusCode::UNPROCESSABLE_ENTITY, &caller, &case, around)
    };
    let parsed = match parse(&case, today) {
        Ok(parsed) => parsed,
        Err(errors) => return Ok(invalid(key, &errors)),
    };
    // Only a hand that wrote the hidden field by itself sends no key.
    let known: IdempotencyKey =
        key.parse().map_err(|error: ParseKeyError| Problem::bad_request(format!("The form's key {error}.")))?;
    match register(&deps, &caller, &known, case.hash(), &parsed).await {
        Ok(registered) => Ok(redirect(&format!("/cases/{}?done=registered", registered.id))),
        // Back, changed, sent again: a second case only if the reporter says so.
        Err(RegisterError::KeyReused) => {
            let around = Around::new(Purpose::New, whom.as_ref(), new_key(), &none);
            let around = Around { notice: Some(SENT_BEFORE), ..around };
            Ok(refuse(StatusCode::UNPROCESSABLE_ENTITY, &caller, &case, around))
        }
        Err(RegisterError::Invalid(errors)) => Ok(invalid(key, &errors)),
        Err(error) => Err(error.into()),
    }
}
