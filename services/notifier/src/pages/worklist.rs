//! The desk's worklist: deliveries that did not simply go well.

use std::time::Duration;

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use domain::codes::Role;
use domain::delivery::DeliveryState;
use store::deliveries::{self, WorklistRow};
use store::pauses::PauseRow;
use store::{marks, pauses};
use web::{Auditing, Authority, PageError, Shell, page};

use crate::Deps;

/// A partner that is not reached after this long is somebody's business.
pub(crate) const OVERDUE: Duration = Duration::from_secs(30 * 60);
/// A sender that has not tried again for this long after its time has ended in its pause.
const FORGOTTEN: Duration = Duration::from_secs(15 * 60);
/// The most rows of one page.
const MOST: usize = 200;

#[derive(Template)]
#[template(path = "deliveries.html")]
struct WorklistPage {
    shell: Shell,
    rows: Vec<WorklistRow>,
    more: bool,
    counts: Vec<(DeliveryState, i64)>,
    pauses: Vec<PauseRow>,
    restored: bool,
    /// May have something done.
    officer: bool,
}

/// The tone of a state's badge.
pub(super) fn tone(state: &DeliveryState) -> &'static str {
    match state {
        DeliveryState::Accepted => "good",
        DeliveryState::Refused | DeliveryState::Expired => "bad",
        DeliveryState::Uncertain | DeliveryState::Held => "warn",
        DeliveryState::Pending | DeliveryState::Cancelled => "plain",
    }
}

/// What the state means for whoever has to do something.
pub(super) fn meaning(state: &DeliveryState) -> &'static str {
    match state {
        DeliveryState::Pending => "tried again by itself",
        DeliveryState::Uncertain => "may have arrived; the same mail goes out again, marked",
        DeliveryState::Refused => "check the address, reach the partner by other means",
        DeliveryState::Expired => "given up after five days, reach the partner by other means",
        DeliveryState::Held => "waits for an officer's decision",
        DeliveryState::Accepted | DeliveryState::Cancelled => "",
    }
}

/// Shows the worklist.
pub async fn show(State(deps): State<Deps>, caller: Authority<Auditing>) -> Result<Response, PageError> {
    let overdue = deps.clock.now().minus(OVERDUE);
    let mut tx = deps.db.read().await?;
    let mut rows = deliveries::worklist(&mut tx, overdue, i64::try_from(MOST + 1).unwrap_or(i64::MAX)).await?;
    let counts = deliveries::by_state(&mut tx).await?;
    let pauses = pauses::now(&mut tx, deps.clock.now().minus(FORGOTTEN)).await?;
    let restored = marks::find(&mut tx).await?.older_since.is_some();
    tx.commit().await?;
    let more = rows.len() > MOST;
    rows.truncate(MOST);
    let (shell, officer) = (Shell::new("Deliveries", &caller), caller.role == Role::Officer);
    Ok(page(&WorklistPage { shell, rows, more, counts, pauses, restored, officer }))
}
