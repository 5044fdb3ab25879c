//! Erases the person who told of a sighting: name, words, photograph. Place, day and what became of it stay, and so does
//! every fact, none of which names anybody.
//!
//! What a partner sent lies in the notifier's tables too: it hears of this and erases it there; and where the answer is
//! erased there first, [`OnAnswerErased`] does the same here. Each is done once, however often it is told.

use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::CACHE_CONTROL;
use axum::response::{IntoResponse, Response};
use bus::{Consumer, HandleError};
use contracts::events::{AnswerErasedV1, SightingErasedV1};
use contracts::{Envelope, Event, Service};
use domain::Clock;
use domain::codes::ErasureGround;
use domain::ids::{AccountId, SightingId};
use store::sightings::{self, SightingRow};
use store::{Tx, cases, outbox};
use web::{Authority, Confirm, Form, FormState, Json, PageError, Path, Principal, Problem, Shell, redirect};

use super::photo::needed;
use crate::Deps;
use crate::erase_reporter::{Erase, Eraser};

/// Erases the person; gives the sighting as it was, or none if there is none. One who was erased before stays so.
pub async fn erase_sighting(
    deps: &Deps,
    by: AccountId,
    id: SightingId,
    ground: ErasureGround,
) -> Result<Option<SightingRow>, store::Error> {
    let mut tx = deps.db.begin().await?;
    let Some(row) = sightings::find(&mut tx, id).await? else { return Ok(None) };
    cases::lock(&mut tx, row.case_id).await?;
    erase_in(deps, &mut tx, Some(by), &row, ground).await?;
    tx.commit().await?;
    deps.bell.ring();
    Ok(Some(row))
}

/// The same within a transaction that has locked the case.
pub(crate) async fn erase_in(
    deps: &Deps,
    tx: &mut Tx,
    by: Option<AccountId>,
    row: &SightingRow,
    ground: ErasureGround,
) -> Result<(), store::Error> {
    if sightings::erase(tx, row, deps.clock.now()).await? {
        let event = SightingErasedV1 { sighting_id: row.id, case_id: row.case_id, erased_by: by, ground };
        outbox::record(tx, Service::Intake, &deps.clock, &event).await?;
        tracing::info!(case.id = %row.case_id, sighting.id = %row.id, "erased who told of a sighting");
    }
    Ok(())
}

/// Erases here what was erased at the notifier.
#[derive(Clone, Debug)]
pub struct OnAnswerErased {
    clock: Clock,
}

impl OnAnswerErased {
    /// By this clock.
    pub fn new(clock: Clock) -> Self {
        Self { clock }
    }
}

impl Consumer for OnAnswerErased {
    const NAME: &'static str = "intake.erased-answers";
    const KEYS: &'static [&'static str] = &[AnswerErasedV1::KIND];

    async fn handle(&self, tx: &mut Tx, messages: &[Envelope]) -> Result<(), HandleError> {
        for message in messages {
            let fact: AnswerErasedV1 = message.open()?;
            let Some(id) = fact.sighting_id else { continue };
            // Not taken over yet: then it is read from the notifier's table, where it is erased already.
            let Some(row) = sightings::find(tx, id).await? else { continue };
            sightings::erase(tx, &row, self.clock.now()).await?;
        }
        Ok(())
    }
}

/// Erases the person who told of a sighting.
#[utoipa::path(
    post, path = "/api/v1/sightings/{id}/erase", tag = "intake", operation_id = "erase_sighting",
    params(("id" = String, Path, description = "The sighting's identifier, such as sighting_0190…")),
    request_body = Erase,
    responses(
        (status = 204, description = "The person is erased, now or before: name, words and photograph"),
        (status = 403, description = "The caller is neither a duty officer nor an administrator"),
        (status = 404, description = "There is no such sighting"),
        (status = 422, description = "The ground is missing"),
    )
)]
pub(crate) async fn api(
    State(deps): State<Deps>,
    caller: Authority<Eraser>,
    Path(id): Path<SightingId>,
    Json { value, .. }: Json<Erase>,
) -> Result<StatusCode, Problem> {
    let ground = value.parse()?;
    let done = erase_sighting(&deps, caller.account_id, id, ground).await?;
    done.map(|_| StatusCode::NO_CONTENT).ok_or_else(|| Problem::not_found("sighting"))
}

/// `GET /sightings/{id}/erase`: asks once more.
pub(crate) async fn ask(
    State(deps): State<Deps>,
    caller: Authority<Eraser>,
    Path(id): Path<SightingId>,
) -> Result<Response, PageError> {
    question(&deps, &caller, id, FormState::default()).await
}

/// `POST /sightings/{id}/erase`
pub(crate) async fn submit(
    State(deps): State<Deps>,
    caller: Authority<Eraser>,
    Path(id): Path<SightingId>,
    form: Form<Erase>,
) -> Result<Response, PageError> {
    match form.value.parse() {
        Ok(ground) => {
            let done = erase_sighting(&deps, caller.account_id, id, ground).await?;
            let row = done.ok_or_else(|| Problem::not_found("sighting"))?;
            Ok(redirect(&format!("/cases/{}/sightings?done=erased", row.case_id)))
        }
        Err(errors) => {
            let asked = question(&deps, &caller, id, FormState::new(form.typed, &errors)).await?;
            Ok((StatusCode::UNPROCESSABLE_ENTITY, asked).into_response())
        }
    }
}

async fn question(deps: &Deps, who: &Principal, id: SightingId, form: FormState) -> Result<Response, PageError> {
    let mut tx = deps.db.read().await?;
    let row = sightings::find(&mut tx, id).await?.ok_or_else(|| Problem::not_found("sighting"))?;
    // Whoever need not know what was seen (an administrator) erases it without reading it.
    let knows = needed(&mut tx, who, id).await?;
    tx.commit().await?;
    let mut lines = vec![
        "Erased for good: who told it, in which words, the time of day, the desk's note on it, and the photograph."
            .to_owned(),
        "Kept: that there was a sighting, its day and place, and what became of it.".to_owned(),
        "If a partner sent it, the name and the words of that answer go too.".to_owned(),
    ];
    if let Some((row, _, need)) = knows {
        lines.insert(0, format!("Told by: {}", row.seen.shown_to(&need).source));
    }
    let confirm = Confirm {
        shell: Shell::new("Erase who told of this sighting?", who),
        warning: "This cannot be undone. Write down first, in the case, what it must not lose.".to_owned(),
        lines,
        action: format!("/sightings/{id}/erase"),
        hidden: Vec::new(),
        grounds: Confirm::erasure_grounds(),
        button: "Erase the person".to_owned(),
        back: format!("/cases/{}/sightings", row.case_id),
        form,
    };
    Ok(([(CACHE_CONTROL, "no-store")], confirm.show()).into_response())
}
