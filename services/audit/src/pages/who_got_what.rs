//! Who got what: asked by somebody about whom or about whose case something was sent, such as an institution, a partner
//! or the owner of an address. What it answers is recorded for each case with the reason, as a look at that case.

use std::collections::BTreeSet;

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use contracts::Service;
use contracts::events::CaseReadV1;
use domain::FieldErrors;
use domain::codes::Reading;
use domain::text::Line;
use serde::Deserialize;
use store::outbox;
use store::reports::{self, CaseOfRow, SentToRow};
use web::{Auditing, Authority, Form, FormState, PageError, Principal, Shell, page};

use crate::Deps;
use crate::pages::notified::tone;

/// How many lines are answered.
const MOST: i64 = 1_000;

#[derive(Template)]
#[template(path = "who_got_what.html")]
struct WhoGotWhatPage {
    shell: Shell,
    form: FormState,
    answer: Option<Answer>,
}

impl WhoGotWhatPage {
    /// How a state looks.
    fn tone(&self, row: &SentToRow) -> &'static str {
        tone(row.standing())
    }
}

/// What is known.
struct Answer {
    who: Line,
    cases: Vec<CaseOfRow>,
    mails: Vec<SentToRow>,
}

fn render(caller: &Principal, form: FormState, answer: Option<Answer>) -> Response {
    page(&WhoGotWhatPage { shell: Shell::new("Who got what", caller), form, answer })
}

/// `GET /who-got-what`
pub(crate) async fn ask(caller: Authority<Auditing>) -> Response {
    render(&caller, FormState::default(), None)
}

/// About whom, and what for. Sent in a body: a name or an address has no place in the log of a proxy.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Ask {
    #[serde(default)]
    who: Option<String>,
    #[serde(default)]
    reason: Option<String>,
}

/// `POST /who-got-what`
pub(crate) async fn answer(
    State(deps): State<Deps>,
    caller: Authority<Auditing>,
    form: Form<Ask>,
) -> Result<Response, PageError> {
    let mut errors = FieldErrors::new();
    let who = errors.required::<Line>("/who", form.value.who.as_deref());
    let reason = errors.required::<Line>("/reason", form.value.reason.as_deref());
    let (Some(who), Some(reason)) = (who, reason) else {
        let page = render(&caller, FormState::new(form.typed, &errors), None);
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
    };
    let mut tx = deps.db.read().await?;
    let cases = reports::cases_of(&mut tx, &who, MOST).await?;
    let mails = reports::sent_to(&mut tx, &who, MOST).await?;
    tx.commit().await?;
    let seen: BTreeSet<_> = cases.iter().map(|row| row.id).chain(mails.iter().map(|row| row.case_id)).collect();
    let mut tx = deps.db.begin().await?;
    for case_id in seen {
        let reason = Some(reason.clone());
        let reading = CaseReadV1 { case_id, read_by: caller.account_id, what: Reading::Notified, reason };
        outbox::record(&mut tx, Service::Audit, &deps.clock, &reading).await?;
    }
    tx.commit().await?;
    deps.bell.ring();
    Ok(render(&caller, FormState::new(form.typed, &errors), Some(Answer { who, cases, mails })))
}
