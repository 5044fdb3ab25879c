//! `/partners/changes`: dangerous changes that wait, and what became of them.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use domain::codes::{ChangeState, Role};
use domain::ids::ChangeId;
use domain::partner::{Directory, Partner, diff};
use domain::text::Line;
use domain::{FieldErrors, Timestamp};
use serde::Deserialize;
use store::partners::{self, ChangeRow};
use web::{
    Auditing, Authority, Flash, Form, FormState, PageError, Path, Principal, Problem, Query, Shell, page, redirect,
};

use crate::Deps;
use crate::change::{ApproveError, CancelError, Standing, approve_change, cancel_change, may_approve, standing};
use crate::permission::Approving;
use crate::words::{self, ChangeView};

/// How many changes that have ended the page shows.
const MOST: i64 = 100;

/// One change on a page.
pub(super) struct ChangeLine {
    pub row: ChangeRow,
    pub changes: Vec<ChangeView>,
    pub stands: Option<Standing>,
}

impl ChangeLine {
    /// Where it stands, in words.
    pub fn words(&self) -> String {
        match (self.row.state, self.stands) {
            (_, Some(Standing::WaitsForPerson)) => "waits for a second person".to_owned(),
            (_, Some(Standing::WaitsUntil(at))) => format!("agreed to; made on {} unless one more agrees", at.human()),
            (_, Some(Standing::Due)) => "is being made".to_owned(),
            (state, None) => state.label().to_lowercase(),
        }
    }

    pub fn tone(&self) -> &'static str {
        match self.row.state {
            ChangeState::Open => "warn",
            ChangeState::Applied => "good",
            ChangeState::Cancelled | ChangeState::Overtaken => "plain",
        }
    }

    pub fn proposer(&self) -> String {
        super::partner::person(self.row.proposer.as_ref())
    }
}

/// A change beside its partner as it is now.
pub(super) fn line(row: ChangeRow, partner: &Partner, directory: &Directory, now: Timestamp) -> ChangeLine {
    let open = row.state == ChangeState::Open;
    let after = diff::apply(partner, &row.changes).ok().filter(|_| open);
    let changes = words::changes(partner, after.as_ref().unwrap_or(partner), &row.changes, directory);
    let stands = open.then(|| standing(row.approvals, row.due_at, now));
    ChangeLine { row, changes, stands }
}

#[derive(Template)]
#[template(path = "changes.html")]
struct ChangesPage {
    shell: Shell,
    waiting: Vec<ChangeLine>,
    ended: Vec<ChangeLine>,
}

fn lines(rows: Vec<ChangeRow>, directory: &Directory, now: Timestamp) -> Vec<ChangeLine> {
    let of = |row: ChangeRow| {
        let partner = directory.partners.iter().find(|partner| partner.id == row.partner_id)?;
        Some(line(row, partner, directory, now))
    };
    rows.into_iter().filter_map(of).collect()
}

/// `GET /partners/changes`.
pub(crate) async fn list(State(deps): State<Deps>, caller: Authority<Auditing>) -> Result<Response, PageError> {
    let mut tx = deps.db.read().await?;
    let directory = partners::directory(&mut tx).await?;
    let waiting = partners::open_changes(&mut tx, 1_000).await?;
    let ended = partners::ended_changes(&mut tx, MOST).await?;
    tx.commit().await?;
    let now = deps.clock.now();
    Ok(page(&ChangesPage {
        shell: Shell::new("Changes that wait", &caller),
        waiting: lines(waiting, &directory, now),
        ended: lines(ended, &directory, now),
    }))
}

#[derive(Template)]
#[template(path = "change.html")]
struct ChangePage {
    shell: Shell,
    change: ChangeLine,
    approvals: Vec<(String, Timestamp)>,
    may_decide: bool,
    may_agree: bool,
    form: FormState,
}

async fn render(
    deps: &Deps,
    caller: &Principal,
    id: ChangeId,
    form: FormState,
    flash: Option<Flash>,
) -> Result<Response, PageError> {
    let mut tx = deps.db.read().await?;
    let row = partners::change(&mut tx, id).await?.ok_or_else(|| Problem::not_found("change"))?;
    let directory = partners::directory(&mut tx).await?;
    let agreed = partners::approvals(&mut tx, id).await?;
    tx.commit().await?;
    let partner = directory.partners.iter().find(|partner| partner.id == row.partner_id);
    let partner = partner.ok_or_else(|| Problem::not_found("partner"))?;
    let may_decide = row.state == ChangeState::Open && matches!(caller.role, Role::Officer | Role::Admin);
    let fresh = agreed.iter().all(|(account, _, _)| *account != caller.account_id);
    let may_agree = may_decide && fresh && may_approve(row.proposed_by, caller.account_id);
    let approvals = agreed.into_iter().map(|(_, name, at)| (super::partner::person(name.as_ref()), at)).collect();
    let title = format!("Change of {}", row.partner_name);
    let change = line(row, partner, &directory, deps.clock.now());
    Ok(page(&ChangePage {
        shell: Shell { flash, ..Shell::new(title, caller) },
        change,
        approvals,
        may_decide,
        may_agree,
        form,
    }))
}

/// What was just done.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Done {
    done: String,
}

/// `GET /partners/changes/{id}`.
pub(crate) async fn show(
    State(deps): State<Deps>,
    caller: Authority<Auditing>,
    Path(id): Path<ChangeId>,
    Query(query): Query<Done>,
) -> Result<Response, PageError> {
    let flash = match query.done.as_str() {
        "agreed" => Some(Flash("You agreed to the change.")),
        "cancelled" => Some(Flash("The change was cancelled.")),
        _ => None,
    };
    render(&deps, &caller, id, FormState::default(), flash).await
}

/// `POST /partners/changes/{id}/agree`.
pub(crate) async fn agree(
    State(deps): State<Deps>,
    caller: Authority<Approving>,
    Path(id): Path<ChangeId>,
) -> Result<Response, PageError> {
    match approve_change(&deps, id, caller.account_id).await {
        Ok(_) => Ok(redirect(&format!("/partners/changes/{id}?done=agreed"))),
        Err(error) => Err(Problem::from(error).into()),
    }
}

/// Why it is cancelled.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct CancelForm {
    reason: String,
}

/// `POST /partners/changes/{id}/cancel`.
pub(crate) async fn cancel(
    State(deps): State<Deps>,
    caller: Authority<Approving>,
    Path(id): Path<ChangeId>,
    form: Form<CancelForm>,
) -> Result<Response, PageError> {
    let mut errors = FieldErrors::new();
    let reason: Option<Line> = errors.required("/reason", Some(&form.value.reason));
    let Some(reason) = reason.filter(|_| errors.is_empty()) else {
        let shown = render(&deps, &caller, id, FormState::new(form.typed, &errors), None).await?;
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, shown).into_response());
    };
    match cancel_change(&deps, id, caller.account_id, reason).await {
        Ok(()) => Ok(redirect(&format!("/partners/changes/{id}?done=cancelled"))),
        Err(error) => Err(Problem::from(error).into()),
    }
}

impl From<ApproveError> for Problem {
    fn from(error: ApproveError) -> Self {
        let conflict = |text: &str| Self::new(StatusCode::CONFLICT, "conflict", "The change cannot be agreed to", text);
        match error {
            ApproveError::NotFound => Self::not_found("change"),
            ApproveError::Ended(_) => conflict("It has ended: it was made, cancelled or overtaken."),
            ApproveError::Proposer => conflict("You proposed it. Somebody else must agree."),
            ApproveError::Again => conflict("You have agreed to it before. Somebody else must agree."),
            ApproveError::OneHand => conflict(
                "One administrator may stand behind you and another who is for it: your account or theirs was lately \
                 created, or given its role or password, by one of you or by the same administrator. Somebody else must \
                 agree.",
            ),
            ApproveError::Store(error) => error.into(),
        }
    }
}

impl From<CancelError> for Problem {
    fn from(error: CancelError) -> Self {
        match error {
            CancelError::NotFound => Self::not_found("change"),
            CancelError::Ended => {
                Self::new(StatusCode::CONFLICT, "conflict", "The change cannot be cancelled", "It has ended.")
            }
            CancelError::Store(error) => error.into(),
        }
    }
}
