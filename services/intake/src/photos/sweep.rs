//! Files that no row names are removed after a day.

use std::time::Duration;

use store::photos::loose::{self, LooseFile};
use tokio_util::sync::CancellationToken;

use super::add::files_away;
use super::shelf;
use crate::Deps;

/// How long a file may be loose: far longer than any upload takes.
const LOOSE_FOR: Duration = Duration::from_secs(24 * 3600);

/// How often to look.
const PAUSE: Duration = Duration::from_secs(3600);

/// Removes what has been loose for a day; says how many files. Doing it again, or half of it and dying, is safe.
pub async fn sweep_photos(deps: &Deps) -> Result<usize, SweepError> {
    let mut tx = deps.db.begin().await?;
    let doomed = loose::doom(&mut tx, deps.clock.now().minus(LOOSE_FOR)).await?;
    tx.commit().await?;
    let files = remove_doomed(deps, &doomed).await?;
    if files > 0 {
        tracing::info!(files, "removed files that no row names");
    }
    Ok(files)
}

/// Removes files that this or another sweep has doomed; says how many. What was doomed a while ago may have been removed
/// and sent in again since: only the row, taken under its lock, says what may go.
async fn remove_doomed(deps: &Deps, doomed: &[LooseFile]) -> Result<usize, SweepError> {
    let mut files = 0;
    for file in doomed {
        let mut tx = deps.db.begin().await?;
        if !loose::forget(&mut tx, file).await? {
            tx.rollback().await?;
            continue;
        }
        // Before the commit: if it fails, the row is still there and the next sweep removes what is gone already.
        if let Some(shelf) = shelf(&file.shelf) {
            deps.photos.blobs.remove(shelf, file.hash).await?;
        }
        tx.commit().await?;
        files += 1;
    }
    Ok(files)
}

/// Why a sweep stopped; the next one goes on.
#[derive(Debug, thiserror::Error)]
pub enum SweepError {
    /// A file could not be removed.
    #[error(transparent)]
    Blobs(#[from] blobs::Error),
    /// The database did not do it.
    #[error(transparent)]
    Store(#[from] store::Error),
}

/// Sweeps until `stop`.
pub async fn keep_swept(deps: &Deps, stop: &CancellationToken) {
    loop {
        match sweep_photos(deps).await {
            Ok(_) => {}
            Err(SweepError::Blobs(error)) => drop(files_away(&error)),
            Err(SweepError::Store(error)) => tracing::warn!(%error, "cannot sweep photographs yet"),
        }
        if stop.run_until_cancelled(tokio::time::sleep(PAUSE)).await.is_none() {
            return;
        }
    }
}
