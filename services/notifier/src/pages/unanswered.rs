//! The desk's tasks: notifications that nobody at a partner has taken up in time.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use domain::codes::Role;
use domain::ids::NotificationId;
use serde::Deserialize;
use store::chases::{self, UnansweredRow};
use web::{Auditing, Authority, Flash, Form, FormState, Officer, PageError, Path, Principal, Problem, Query, Shell};
use web::{page, redirect};

use crate::Deps;
use crate::chase::{SettleError, settle_chase};

/// The most tasks of one page.
const MOST: usize = 200;

#[derive(Template)]
#[template(path = "unanswered.html")]
struct UnansweredPage {
    shell: Shell,
    rows: Vec<UnansweredRow>,
    more: bool,
    officer: bool,
    /// Whose reason was refused, and what was typed.
    refused: Option<NotificationId>,
    form: FormState,
}

impl UnansweredPage {
    /// What is wrong with the reason typed for this one.
    fn error(&self, row: &UnansweredRow) -> Option<&str> {
        self.form.error("reason").filter(|_| self.refused == Some(row.notification_id))
    }

    /// The reason typed for this one.
    fn typed(&self, row: &UnansweredRow) -> &str {
        if self.refused == Some(row.notification_id) { self.form.value("reason") } else { "" }
    }

    /// What is missing, in words.
    fn missing(row: &UnansweredRow) -> String {
        let within = row.acknowledge_within.map_or_else(String::new, |minutes| format!(" within {}", span(minutes)));
        match (row.accepted, row.quorum) {
            (0, _) => "no mail server has taken it".to_owned(),
            (_, 1) => format!("nobody has acknowledged it{within}"),
            (_, quorum) => format!("{} of {quorum} contacts have acknowledged it{within}", row.acknowledged),
        }
    }
}

/// Minutes as people say them.
fn span(minutes: i64) -> String {
    let of = |count: i64, unit: &str| format!("{count} {unit}{}", if count == 1 { "" } else { "s" });
    match minutes {
        _ if minutes % (24 * 60) == 0 => of(minutes / (24 * 60), "day"),
        _ if minutes % 60 == 0 => of(minutes / 60, "hour"),
        _ => of(minutes, "minute"),
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Done {
    done: String,
}

async fn view(deps: &Deps, caller: &Principal) -> Result<UnansweredPage, PageError> {
    let mut tx = deps.db.read().await?;
    let mut rows = chases::unanswered(&mut tx, i64::try_from(MOST + 1).unwrap_or(i64::MAX)).await?;
    tx.commit().await?;
    let more = rows.len() > MOST;
    rows.truncate(MOST);
    let shell = Shell::new("Not taken up", caller);
    let officer = caller.role == Role::Officer;
    Ok(UnansweredPage { shell, rows, more, officer, refused: None, form: FormState::default() })
}

/// `GET /deliveries/unanswered`
pub(super) async fn show(
    State(deps): State<Deps>,
    caller: Authority<Auditing>,
    Query(query): Query<Done>,
) -> Result<Response, PageError> {
    let shown = view(&deps, &caller).await?;
    let flash = (query.done == "settled").then_some(Flash("It is settled, with your reason."));
    Ok(page(&UnansweredPage { shell: Shell { flash, ..shown.shell }, ..shown }))
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct SettleForm {
    reason: String,
}

/// `POST /deliveries/unanswered/{notification}`
pub(super) async fn settle(
    State(deps): State<Deps>,
    officer: Authority<Officer>,
    Path(id): Path<NotificationId>,
    form: Form<SettleForm>,
) -> Result<Response, PageError> {
    match settle_chase(&deps, officer.account_id, id, Some(&form.value.reason)).await {
        Ok(()) => Ok(redirect("/deliveries/unanswered?done=settled")),
        Err(SettleError::Fields(errors)) => {
            let shown = view(&deps, &officer).await?;
            let form = FormState::new(form.typed, &errors);
            let shown = page(&UnansweredPage { refused: Some(id), form, ..shown });
            Ok((StatusCode::UNPROCESSABLE_ENTITY, shown).into_response())
        }
        Err(error) => Err(Problem::from(error).into()),
    }
}
