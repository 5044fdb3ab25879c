//! Fetches the directory files of the administrator's list by itself, now and then.
//!
//! A file that comes so is never taken by itself, not even into an empty directory: it waits for a person like any
//! other. The same file again is not brought again, and a newer one takes the place of one that still waits.

use std::time::Duration;

use domain::codes::RevisionSource;
use domain::text::Line;
use metrics::counter;
use sha2::{Digest, Sha256};
use store::partners;
use tokio_util::sync::CancellationToken;

use crate::import::ImportRow;
use crate::import_directory::end;
use crate::{By, Deps, ImportError, Imported, fetch, import_directory};

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
        tokio::select! {
            () = tokio::time::sleep(pause) => {}
            () = stop.cancelled() => return,
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
    let mut tx = deps.db.begin().await?;
    partners::lock(&mut tx).await?;
    let of_origin = partners::files(&mut tx, LATEST).await?.into_iter().filter(|(_, from, ..)| *from == origin);
    let mut newest = true;
    for (id, _, state, _) in of_origin {
        let Some(known) = partners::file::<ImportRow>(&mut tx, id).await? else { continue };
        if newest && known.sha256 == sha256 {
            return Ok(Synced::Same);
        }
        newest = false;
        if state == "open" {
            end(&mut tx, deps, (id, known.sha256.as_slice()), false, BY).await?;
        }
    }
    tx.commit().await?;
    deps.bell.ring();
    let done = import_directory(deps, file, BY, &origin).await?;
    tracing::info!(url, waits = done.waiting.is_some(), "a directory file was fetched");
    Ok(Synced::Brought(done))
}
