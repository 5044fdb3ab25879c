//! Facts that a consumer could not handle, for an administrator to look at and replay.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use domain::ids::EventId;
use serde::Deserialize;
use store::inbox::{self, ParkedRow};
use web::{Admin, Authority, Form, PageError, Problem, Shell, page, redirect};

use crate::Deps;

/// How many are shown.
const SHOWN: i64 = 500;

#[derive(Template)]
#[template(path = "parked.html")]
struct ParkedPage {
    shell: Shell,
    rows: Vec<ParkedRow>,
}

/// `GET /parked`
pub(crate) async fn show(State(deps): State<Deps>, caller: Authority<Admin>) -> Result<Response, PageError> {
    let mut tx = deps.db.read().await?;
    let rows = inbox::parked(&mut tx, SHOWN).await?;
    tx.commit().await?;
    Ok(page(&ParkedPage { shell: Shell::new("Parked facts", &caller), rows }))
}

/// Which fact, for whom.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Replay {
    consumer: String,
    event_id: EventId,
}

/// `POST /parked/replay`: the next sweep hands the fact to its consumer again.
pub(crate) async fn replay(
    State(deps): State<Deps>,
    _: Authority<Admin>,
    form: Form<Replay>,
) -> Result<Response, PageError> {
    let mut tx = deps.db.begin().await?;
    let was_parked = inbox::replay(&mut tx, &form.value.consumer, form.value.event_id).await?;
    tx.commit().await?;
    if was_parked { Ok(redirect("/parked")) } else { Err(Problem::not_found("parked fact").into()) }
}
