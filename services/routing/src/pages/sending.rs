//! `/sending`: stop all mail or take it up again, let go what waits, settle alerts of which nobody is told.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use domain::FieldErrors;
use domain::codes::Role;
use domain::ids::{NotificationId, PlanId};
use serde::Deserialize;
use store::plans::alarms::{self, AlarmRow};
use store::plans::holds::{self, HeldRow};
use store::sending::{self, Backlog, SendingRow};
use web::{Auditing, Authority, Flash, Form, Officer, PageError, Path, Problem, Query, Shell, page, redirect};

use crate::Deps;
use crate::release_holds::release_holds;
use crate::settle_alarm::settle_alarm;
use crate::switch_sending::{Switch, switch_sending};

/// The most rows of one page.
const MOST: i64 = 500;

/// What waits of one plan.
struct HeldPlan {
    plan: PlanId,
    rows: Vec<HeldRow>,
}

#[derive(Template)]
#[template(path = "sending.html")]
struct SendingPage {
    shell: Shell,
    sending: SendingRow,
    backlog: Backlog,
    held: Vec<HeldPlan>,
    alarms: Vec<AlarmRow>,
    officer: bool,
}

impl SendingPage {
    /// How long what waits will take at the chosen rate, in words.
    fn left(&self, per_hour: &i64) -> String {
        match self.backlog.waiting.saturating_mul(60) / per_hour.max(&1) {
            ..=1 => "about a minute".to_owned(),
            minutes @ 2..=120 => format!("about {minutes} minutes"),
            minutes => format!("about {} hours", (minutes + 30) / 60),
        }
    }

    /// A rate as people say it.
    fn rate(per_hour: &i64) -> String {
        if per_hour % 60 == 0 { format!("{} a minute", per_hour / 60) } else { format!("{per_hour} an hour") }
    }
}

/// What was just done.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Done {
    done: String,
}

/// Shows how sending stands.
pub(crate) async fn show(
    State(deps): State<Deps>,
    caller: Authority<Auditing>,
    Query(query): Query<Done>,
) -> Result<Response, PageError> {
    let flash = match query.done.as_str() {
        "stopped" => Some(Flash("Sending is stopped: no mail begins any more.")),
        "resumed" => Some(Flash("Sending goes on.")),
        "paced" => Some(Flash("Sending goes on at the chosen rate.")),
        "released" => Some(Flash("What waited is due now.")),
        "settled" => Some(Flash("It is settled, with your reason.")),
        _ => None,
    };
    let mut tx = deps.db.read().await?;
    let sending = sending::find(&mut tx).await?;
    let now = deps.clock.now();
    let backlog = sending::backlog(&mut tx, sending.changed_at.unwrap_or(now), now).await?;
    let rows = holds::held(&mut tx, None, MOST).await?;
    let alarms = alarms::open(&mut tx, MOST).await?;
    tx.commit().await?;
    let mut held: Vec<HeldPlan> = Vec::new();
    for row in rows.into_iter().filter(|row| !row.overtaken) {
        match held.iter_mut().find(|group| group.plan == row.plan_id) {
            Some(group) => group.rows.push(row),
            None => held.push(HeldPlan { plan: row.plan_id, rows: vec![row] }),
        }
    }
    let shell = Shell { flash, ..Shell::new("Sending", &caller) };
    Ok(page(&SendingPage { shell, sending, backlog, held, alarms, officer: caller.role == Role::Officer }))
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct SwitchForm {
    stopped: Option<String>,
    /// How many mails, if not any number.
    rate: Option<String>,
    /// In a `minute` or an `hour`.
    per: Option<String>,
    reason: Option<String>,
}

/// Stops or resumes.
pub(crate) async fn switch(
    State(deps): State<Deps>,
    officer: Authority<Officer>,
    form: Form<SwitchForm>,
) -> Result<Response, PageError> {
    // Whatever says neither starts nothing: to take up again what somebody stopped is never a default.
    let mut errors = FieldErrors::new();
    let stopped: Option<bool> = errors.required("/stopped", form.value.stopped.as_deref());
    let rate: Option<i64> = errors.optional("/rate", form.value.rate.as_deref());
    let going = match form.value.per.as_deref() {
        Some("hour") => Switch::going(None, rate, &mut errors),
        _ => Switch::going(rate, None, &mut errors),
    };
    let stopped = errors.into_result(stopped).map_err(Problem::from)?;
    let to = if stopped { Switch::Stop } else { going };
    switch_sending(&deps, officer.account_id, to, form.value.reason.as_deref()).await.map_err(Problem::from)?;
    Ok(redirect(match to {
        Switch::Stop => "/sending?done=stopped",
        Switch::Go => "/sending?done=resumed",
        Switch::At(_) => "/sending?done=paced",
    }))
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct ReasonForm {
    reason: Option<String>,
    notification: Option<NotificationId>,
}

/// Lets go what waits of a plan.
pub(crate) async fn release(
    State(deps): State<Deps>,
    officer: Authority<Officer>,
    Path(plan): Path<PlanId>,
    form: Form<ReasonForm>,
) -> Result<Response, PageError> {
    let ReasonForm { reason, notification } = form.value;
    release_holds(&deps, officer.account_id, plan, notification, reason.as_deref()).await.map_err(Problem::from)?;
    Ok(redirect("/sending?done=released"))
}

/// Settles an alarm.
pub(crate) async fn settle(
    State(deps): State<Deps>,
    officer: Authority<Officer>,
    Path(plan): Path<PlanId>,
    form: Form<ReasonForm>,
) -> Result<Response, PageError> {
    settle_alarm(&deps, officer.account_id, plan, form.value.reason.as_deref()).await.map_err(Problem::from)?;
    Ok(redirect("/sending?done=settled"))
}
