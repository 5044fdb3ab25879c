//! The ledger: how far it is, its newest signed root, how to check it.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use bus::Consumer as _;
use domain::Timestamp;
use store::ledger::{self, CheckpointRow, Lag, LatestRow, WitnessRow};
use web::{Auditing, Authority, PageError, Shell, page};

use crate::witness::{LATE, standing};
use crate::{Deps, OnEveryEvent};

/// How many entries are shown.
const NEWEST: i64 = 50;

#[derive(Template)]
#[template(path = "ledger.html")]
struct LedgerPage {
    shell: Shell,
    size: i64,
    lag: Lag,
    latest: Option<CheckpointRow>,
    root: String,
    verifier: String,
    witnesses: Vec<WitnessRow>,
    /// What has not been published for too long: by whom, since when.
    late: Vec<(String, Timestamp)>,
    entries: Vec<LatestRow>,
}

/// `GET /ledger`
pub(crate) async fn show(State(deps): State<Deps>, caller: Authority<Auditing>) -> Result<Response, PageError> {
    let mut tx = deps.db.read().await?;
    let size = ledger::size(&mut tx).await?;
    let lag = ledger::lag(&mut tx, OnEveryEvent::NAME).await?;
    let latest = ledger::latest_checkpoint(&mut tx).await?;
    let witnesses = ledger::witnesses(&mut tx).await?;
    let now = deps.clock.now();
    let asked = standing(&deps, &mut tx).await?.into_iter().filter_map(|row| Some((row.name, row.behind_since?)));
    let waiting = lag.oldest.map(|oldest| ("Facts without an entry".to_owned(), oldest));
    let late = asked.chain(waiting).filter(|(_, since)| now.since(*since) >= LATE).collect();
    let entries = ledger::latest(&mut tx, NEWEST).await?;
    tx.commit().await?;
    let root = latest.as_ref().map(|row| hex::encode(&row.root)).unwrap_or_default();
    let verifier = deps.writer.keys.verifier().to_string();
    Ok(page(&LedgerPage {
        shell: Shell::new("Ledger", &caller),
        size,
        lag,
        latest,
        root,
        verifier,
        witnesses,
        late,
        entries,
    }))
}
