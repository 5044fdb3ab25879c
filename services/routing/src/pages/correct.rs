//! `/notifications/{id}/contacts/{contact}`: the address of a notification is wrong.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use domain::ids::{ContactId, NotificationId};
use domain::partner::Partner;
use serde::Deserialize;
use store::corrections::{self, PlannedAddressRow};
use store::partners;
use web::{Authority, Form, FormState, Officer, PageError, Path, Principal, Problem, Shell, page, redirect};

use crate::Deps;
use crate::correct_address::{CorrectAddressError, Corrected, Correction, correct_address};

#[derive(Template)]
#[template(path = "correct.html")]
struct CorrectPage {
    shell: Shell,
    planned: PlannedAddressRow,
    partner: Partner,
    /// The address that the directory has for the contact now, if it is another one.
    known: Option<String>,
    done: bool,
    form: FormState,
}

async fn render(
    deps: &Deps,
    caller: &Principal,
    (id, contact): (NotificationId, ContactId),
    form: FormState,
    done: bool,
) -> Result<Response, PageError> {
    let mut tx = deps.db.read().await?;
    let planned = corrections::planned(&mut tx, id, contact).await?;
    let planned = planned.ok_or_else(|| Problem::not_found("address of this notification"))?;
    let partner = partners::find(&mut tx, planned.partner_id).await?.ok_or_else(|| Problem::not_found("partner"))?;
    tx.commit().await?;
    let now = partner.contacts.iter().find(|one| one.id == contact).map(|one| &one.address);
    let known = now.filter(|address| **address != planned.address).map(ToString::to_string);
    let shell = Shell { current: "/deliveries".to_owned(), ..Shell::new("Correct an address", caller) };
    Ok(page(&CorrectPage { shell, planned, partner, known, done, form }))
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Done {
    done: String,
}

/// `GET /notifications/{id}/contacts/{contact}`.
pub(crate) async fn show(
    State(deps): State<Deps>,
    caller: Authority<Officer>,
    Path(ids): Path<(NotificationId, ContactId)>,
    web::Query(query): web::Query<Done>,
) -> Result<Response, PageError> {
    render(&deps, &caller, ids, FormState::default(), query.done == "corrected").await
}

/// What an officer typed.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct CorrectForm {
    address: String,
    reason: String,
}

/// `POST /notifications/{id}/contacts/{contact}`.
pub(crate) async fn submit(
    State(deps): State<Deps>,
    officer: Authority<Officer>,
    Path((notification, contact)): Path<(NotificationId, ContactId)>,
    form: Form<CorrectForm>,
) -> Result<Response, PageError> {
    let CorrectForm { address, reason } = &form.value;
    let ask = Correction { notification, contact, address: Some(address), reason: Some(reason) };
    match correct_address(&deps, &ask, officer.account_id).await {
        Ok(Corrected::Waits(change)) => Ok(redirect(&format!("/partners/changes/{change}"))),
        Ok(Corrected::Done) => {
            Ok(redirect(&format!("/notifications/{notification}/contacts/{contact}?done=corrected")))
        }
        Err(CorrectAddressError::Fields(errors)) => {
            let state = FormState::new(form.typed, &errors);
            let shown = render(&deps, &officer, (notification, contact), state, false).await?;
            Ok((StatusCode::UNPROCESSABLE_ENTITY, shown).into_response())
        }
        Err(error) => Err(Problem::from(error).into()),
    }
}
