//! Fetches the directory files of the administrator's list by itself, now and then.
//!
//! A file that comes so is never taken by itself, not even into an empty directory: it waits for a person like any
//! other. The same file again is not brought again, and a newer one takes the place of one that still waits.

use std::time::Duration;

use domain::codes::RevisionSource;
use domain::text::Line;
use metrics::counter;
use sha2::{Digest, Sha256};
use store::{Tx, partners};
use tokio_util::sync::CancellationToken;

use crate::import::{ImportRow, parse_bytes};
use crate::import_directory::{bring, end};
use crate::{By, Deps, ImportError, Imported, fetch};

/// Nobody's hand.
const BY: By = By { account: None, source: RevisionSource::Import };
/// The most files that are looked through for those of the same address.
const LATEST: i64 = 100;
/// How long after the start the first look is: a process that starts again and again does not fetch each time.
const FIRST: Duration = Duration::from_secs(300);

/// What came of a file that was fetched.
#[derive(Debug)]
pub enum Synced {
    /// It is the one that came last from there.
    Same,
    /// It was compared with the directory.
    Brought(Imported),
}

/// Fetches until `stop`.
pub(crate) async fn run(deps: &Deps, stop: &CancellationToken) {
    let Some(every) = deps.config.sync_every() else { return };
    let mut pause = FIRST.min(every);
    loop {
        if stop.run_until_cancelled(tokio::time::sleep(pause)).await.is_none() {
            return;
        }
        for url in &deps.config.sync_urls {
            let outcome = one(deps, url).await;
            counter!("tocsin_directory_fetches_total", "outcome" => outcome).increment(1);
        }
        pause = every;
    }
}

async fn one(deps: &Deps, url: &str) -> &'static str {
    let file = match fetch(deps, url).await {
        Ok(file) => file,
        Err(error) => {
            tracing::warn!(error = %error, url, "a directory file could not be fetched");
            return "not_fetched";
        }
    };
    match bring_fetched(deps, url, &file).await {
        Ok(Synced::Same) => "same",
        Ok(Synced::Brought(done)) if done.waiting.is_some() => "waits",
        Ok(Synced::Brought(_)) => "unchanged",
        Err(error) => {
            tracing::warn!(error = %error, url, "a fetched directory file cannot be compared");
            "refused"
        }
    }
}

/// Brings a file that was fetched from an address of the list.
pub async fn bring_fetched(deps: &Deps, url: &str, file: &[u8]) -> Result<Synced, ImportError> {
    let origin: Line = url.parse().unwrap_or_else(|_| "An address of the list".parse().expect("a line"));
    let sha256 = Sha256::digest(file).to_vec();
    // Before anything is touched: a file that cannot be read ends none that can.
    let rows = parse_bytes(file).map_err(ImportError::File)?;
    let mut tx = deps.db.begin().await?;
    match replace(&mut tx, deps, (rows, &sha256), &origin).await {
        Ok(Synced::Brought(done)) => {
            tx.commit().await?;
            deps.bell.ring();
            tracing::info!(url, waits = done.waiting.is_some(), "a directory file was fetched");
            Ok(Synced::Brought(done))
        }
        other => {
            tx.rollback().await?;
            other
        }
    }
}

/// Brings a file in the place of the one from the same address that waits, unless it is the same one.
async fn replace(
    tx: &mut Tx,
    deps: &Deps,
    (rows, sha256): (Vec<ImportRow>, &[u8]),
    origin: &Line,
) -> Result<Synced, ImportError> {
    partners::lock(tx).await?;
    let of_origin = partners::files(tx, LATEST).await?.into_iter().filter(|(_, from, ..)| from == origin);
    for (place, (id, _, state, _)) in of_origin.enumerate() {
        let Some(known) = partners::file::<ImportRow>(tx, id).await? else { continue };
        if place == 0 && known.sha256 == sha256 {
            return Ok(Synced::Same);
        }
        if state == "open" {
            end(tx, deps, (id, known.sha256.as_slice()), false, BY).await?;
        }
    }
    Ok(Synced::Brought(bring(tx, deps, (rows, sha256), BY, origin).await?))
}
