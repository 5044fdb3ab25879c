//! Until a moment nobody is told anything new of a case, whoever gives the word: an authority asks for silence, a raid
//! is prepared.
//!
//! One officer sets an embargo or makes it longer, because silence harms nobody at once; another one than who set it
//! makes it shorter or lifts it ([`decide`], pure). A word that was given already waits for the later of its own moment
//! and the embargo's. A cancel goes out all the same: calling off an alarm must not wait.

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use contracts::Service;
use contracts::events::CaseEmbargoedV1;
use domain::codes::AlertKind;
use domain::ids::{AccountId, CaseId};
use domain::text::Prose;
use domain::{FieldErrors, Timestamp};
use serde::{Deserialize, Serialize};
use store::embargoes::EmbargoRow;
use store::{cases, embargoes, identity, outbox};
use utoipa::ToSchema;
use web::{Authority, Json, Officer, Path, Problem};

use crate::Deps;
use crate::moment::moment;
use crate::view::EmbargoView;

/// An embargo as typed.
#[derive(Clone, Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct SetEmbargo {
    /// The moment until which nobody is told: RFC 3339, or `2026-12-01T09:00`, which is taken as UTC. Left out, the
    /// embargo is lifted.
    #[schema(example = "2026-12-01T09:00:00Z")]
    pub until: Option<String>,
    /// Why; for the desk.
    #[schema(example = "The brigade of Lyon searches the premises on 30 November.")]
    pub reason: Option<String>,
}

/// An embargo that is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Embargo {
    /// Until when; none: lift it.
    pub until: Option<Timestamp>,
    /// Why.
    pub reason: Prose,
}

/// Why an embargo was not set or lifted.
#[derive(Debug, thiserror::Error)]
pub enum EmbargoError {
    /// There is no such case.
    #[error("find the case")]
    NoCase,
    /// Whoever set it cannot lift it or make it shorter.
    #[error("lift an embargo without a second officer")]
    SecondOfficer,
    /// There is none.
    #[error("lift an embargo that is not there")]
    None,
    /// The database did not do it.
    #[error(transparent)]
    Store(#[from] store::Error),
}

impl SetEmbargo {
    /// Parses what was typed.
    pub fn parse(&self, now: Timestamp) -> Result<Embargo, FieldErrors> {
        let mut e = FieldErrors::new();
        let text = self.until.as_deref().map(str::trim).filter(|text| !text.is_empty());
        let until = text.and_then(|text| moment(&mut e, "/until", text));
        if until.is_some_and(|until| until <= now) {
            e.push("/until", "must be in the future; leave it out to lift the embargo");
        }
        let reason = e.required("/reason", self.reason.as_deref());
        e.into_result(reason.map(|reason| Embargo { until, reason }))
    }
}

/// Until when an embargo keeps a version of this kind from being told.
pub fn stops(embargo: Option<&EmbargoRow>, kind: AlertKind, now: Timestamp) -> Option<Timestamp> {
    embargo.map(|row| row.until_at).filter(|until| *until > now && kind != AlertKind::Cancel)
}

/// Whether what holds may be replaced by what is asked for; `same_hand` says that whoever asks may be the person who set
/// it.
pub fn decide(
    holds: Option<&EmbargoRow>,
    until: Option<Timestamp>,
    same_hand: bool,
    now: Timestamp,
) -> Result<(), EmbargoError> {
    let Some(row) = holds.filter(|row| row.until_at > now) else {
        return if until.is_some() { Ok(()) } else { Err(EmbargoError::None) };
    };
    let shorter = until.is_none_or(|until| until < row.until_at);
    if shorter && same_hand { Err(EmbargoError::SecondOfficer) } else { Ok(()) }
}

/// Sets, changes or lifts the embargo of a case.
pub async fn set_embargo(
    deps: &Deps,
    by: AccountId,
    id: CaseId,
    asked: Embargo,
) -> Result<Option<EmbargoRow>, EmbargoError> {
    let mut tx = deps.db.begin().await?;
    cases::lock(&mut tx, id).await?.ok_or(EmbargoError::NoCase)?;
    let now = deps.clock.now();
    let holds = embargoes::find(&mut tx, id).await?;
    let Embargo { until, reason } = asked;
    let row = until.map(|until_at| EmbargoRow { until_at, reason, set_by: by, set_at: now });
    // A double click.
    if let (Some(holds), Some(row)) = (&holds, &row)
        && (holds.until_at, holds.set_by, &holds.reason) == (row.until_at, row.set_by, &row.reason)
    {
        return Ok(Some(holds.clone()));
    }
    let same_hand = match &holds {
        Some(row) => identity::one_hand(&mut tx, row.set_by, by, now.minus(deps.change_wait)).await?,
        None => false,
    };
    decide(holds.as_ref(), until, same_hand, now)?;
    match &row {
        Some(row) => embargoes::set(&mut tx, id, row).await?,
        None => embargoes::lift(&mut tx, id).await?,
    }
    let event = CaseEmbargoedV1 { case_id: id, until, set_by: by };
    outbox::record(&mut tx, Service::Intake, &deps.clock, &event).await?;
    tx.commit().await?;
    deps.bell.ring();
    tracing::info!(case.id = %id, lifted = row.is_none(), "changed the embargo of a case");
    Ok(row)
}

impl From<EmbargoError> for Problem {
    fn from(error: EmbargoError) -> Self {
        match error {
            EmbargoError::NoCase => Self::not_found("case"),
            EmbargoError::SecondOfficer => Self::conflict(
                "second-officer",
                "An embargo is made shorter, or lifted, by another officer than the one who set it.",
            ),
            EmbargoError::None => Self::conflict("no-embargo", "No embargo holds for this case."),
            EmbargoError::Store(error) => error.into(),
        }
    }
}

/// Sets, changes or lifts the embargo of a case: until then no version but a cancel is told.
#[utoipa::path(
    post, path = "/api/v1/cases/{id}/embargo", tag = "intake", request_body = SetEmbargo,
    params(("id" = String, Path, description = "The case's identifier, such as case_0190…")),
    responses(
        (status = 200, description = "The embargo as it holds now; null if none does", body = Option<EmbargoView>),
        (status = 400, description = "The body cannot be read"),
        (status = 403, description = "The caller is no duty officer"),
        (status = 404, description = "There is no such case"),
        (status = 409, description = "There is none to lift, or another officer must"),
        (status = 422, description = "Some fields break a rule"),
    )
)]
pub(crate) async fn api(
    State(deps): State<Deps>,
    officer: Authority<Officer>,
    Path(id): Path<CaseId>,
    body: Json<SetEmbargo>,
) -> Result<Response, Problem> {
    let asked = body.value.parse(deps.clock.now())?;
    let row = set_embargo(&deps, officer.account_id, id, asked).await?;
    Ok(axum::Json(row.map(EmbargoView::for_desk)).into_response())
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use domain::Clock;

    use super::*;

    #[test]
    fn one_officer_keeps_silent_longer_and_another_one_speaks_sooner() {
        let (clock, _hand) = Clock::fixed("2026-11-23T11:00:00Z".parse().unwrap());
        let (setter, other) = (AccountId::generate(&clock), AccountId::generate(&clock));
        let now = clock.now();
        let at = |hours: u64| now.plus(Duration::from_secs(hours * 3600));
        let row = EmbargoRow { until_at: at(10), reason: "Why.".parse().unwrap(), set_by: setter, set_at: now };
        for (until, by, good) in [
            (Some(at(20)), setter, true),
            (Some(at(20)), other, true),
            (Some(at(10)), setter, true),
            (Some(at(5)), setter, false),
            (Some(at(5)), other, true),
            (None, setter, false),
            (None, other, true),
        ] {
            assert_eq!(decide(Some(&row), until, by == setter, now).is_ok(), good, "{until:?}");
        }
        // One that has passed holds no longer.
        assert!(decide(Some(&row), Some(at(11)), true, at(10)).is_ok());
        assert!(matches!(decide(Some(&row), None, false, at(10)), Err(EmbargoError::None)));
        assert!(matches!(decide(None, None, false, now), Err(EmbargoError::None)));
    }

    #[test]
    fn calling_off_an_alarm_does_not_wait() {
        let (clock, _hand) = Clock::fixed("2026-11-23T11:00:00Z".parse().unwrap());
        let until_at = clock.now().plus(Duration::from_secs(60));
        let set_by = AccountId::generate(&clock);
        let row = EmbargoRow { until_at, reason: "Why.".parse().unwrap(), set_by, set_at: clock.now() };
        for &kind in AlertKind::ALL {
            let stopped = stops(Some(&row), kind, clock.now());
            assert_eq!(stopped, (kind != AlertKind::Cancel).then_some(until_at), "{kind}");
            assert_eq!(stops(Some(&row), kind, until_at), None, "{kind}: it ends at its moment");
        }
    }
}
