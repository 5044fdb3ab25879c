//! A database that was restored from a copy knows nothing of what left since: all of that is due in it once more. So a mark
//! grows while mail is sent, in the database and in a file beside the sender; where the file knows more than the database,
//! nothing leaves until an officer has compared, and what leaves then is marked as a possible repeat. The mark moves on now
//! and then; a copy that is younger than that is told by the last try, which is kept beside it ([`crate::last_try`]).

use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::time::Duration;

use contracts::Service;
use contracts::events::RestoreComparedV1;
use domain::ids::{AccountId, NotificationId, Uuid};
use domain::text::Line;
use domain::{FieldErrors, Timestamp};
use sha2::{Digest, Sha256};
use store::{Tx, marks, outbox};
use tokio_util::sync::CancellationToken;
use web::Problem;

use crate::sender::chain;
use crate::{Deps, last_try};

/// How often the mark moves on.
const PAUSE: Duration = Duration::from_secs(10);

/// Keeps the mark.
#[derive(Clone, Debug)]
pub struct MarkKeeper {
    deps: Deps,
    path: PathBuf,
}

/// Why the mark was not kept.
#[derive(Debug, thiserror::Error)]
pub enum MarkError {
    /// The file cannot be read or written.
    #[error("use the file that mail.mark_file names")]
    File(#[from] std::io::Error),
    /// The file holds something else.
    #[error("read the file that mail.mark_file names: it must hold an identifier and a number")]
    Content,
    /// The database failed.
    #[error("compare the mark")]
    Store(#[from] store::Error),
}

impl MarkKeeper {
    /// None where the settings name no file.
    pub fn new(deps: &Deps) -> Option<Self> {
        let path = deps.config.mark_file.clone()?;
        Some(Self { deps: deps.clone(), path })
    }

    /// Compares once, until it has worked: before that nothing may be sent.
    pub(crate) async fn first(&self, stop: &CancellationToken) {
        while let Err(error) = self.look().await {
            tracing::error!(error = chain(&error), "cannot tell whether the database was restored; no mail leaves");
            if stop.run_until_cancelled(tokio::time::sleep(PAUSE)).await.is_none() {
                return;
            }
        }
    }

    /// Compares and moves on, until `stop`.
    pub(crate) async fn run(&self, stop: &CancellationToken) {
        while !stop.is_cancelled() {
            if stop.run_until_cancelled(tokio::time::sleep(PAUSE)).await.is_none() {
                return;
            }
            if let Err(error) = self.look().await {
                tracing::error!(error = chain(&error), "cannot keep the mark of what was sent");
            }
        }
    }

    /// Compares; moves the mark on where all is well. Says whether it is.
    pub async fn look(&self) -> Result<bool, MarkError> {
        let file = read(&self.path)?;
        let mut tx = self.deps.db.begin().await?;
        let row = marks::find(&mut tx).await?;
        if row.older_since.is_some() && file.is_none() {
            return Ok(false);
        }
        if let (Some(instance), Some((known, mark))) = (row.instance, file)
            && (instance != known || row.mark < mark || self.lacks_a_try(&mut tx, row.compared_at).await?)
        {
            let new = marks::note_older(&mut tx, known, mark, self.deps.clock.now()).await?;
            tx.commit().await?;
            if new {
                tracing::error!(
                    "the database is older than what was sent from it; no mail leaves until an officer has compared"
                );
            }
            return Ok(false);
        }
        // The database first: of a crash between the two remains a file that knows less, which says nothing.
        let name = NotificationId::generate(&self.deps.clock).as_uuid();
        let (instance, mark) = marks::advance(&mut tx, name).await?;
        tx.commit().await?;
        write(&self.path, instance, mark)?;
        Ok(row.older_since.is_none())
    }

    /// Whether the database lacks a try of this process that no officer has compared since.
    async fn lacks_a_try(&self, tx: &mut Tx, compared_at: Option<Timestamp>) -> Result<bool, MarkError> {
        for (attempt, at) in last_try::read(&self.path)? {
            if compared_at.is_none_or(|compared| at > compared) && !marks::knows(tx, attempt).await? {
                return Ok(true);
            }
        }
        Ok(false)
    }
}

fn read(path: &Path) -> Result<Option<(Uuid, i64)>, MarkError> {
    let text = match std::fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error.into()),
    };
    let (instance, mark) = text.trim().split_once(' ').ok_or(MarkError::Content)?;
    match (instance.parse(), mark.parse()) {
        (Ok(instance), Ok(mark)) => Ok(Some((instance, mark))),
        _ => Err(MarkError::Content),
    }
}

/// Beside it, and renamed: nobody reads half a mark.
fn write(path: &Path, instance: Uuid, mark: i64) -> std::io::Result<()> {
    let beside = path.with_extension("new");
    std::fs::write(&beside, format!("{instance} {mark}\n"))?;
    std::fs::rename(&beside, path)
}

/// Why sending does not go on.
#[derive(Debug, thiserror::Error)]
pub enum CompareError {
    /// Fields break rules.
    #[error("read the request")]
    Fields(FieldErrors),
    /// Nothing is to be compared, or somebody has.
    #[error("find something to compare")]
    Nothing,
    /// The database failed.
    #[error("record the comparison")]
    Store(#[from] store::Error),
}

/// An officer has compared: sending goes on, and what waits is marked as a possible repeat.
pub async fn go_on_after_restore(deps: &Deps, by: AccountId, typed: Option<&str>) -> Result<(), CompareError> {
    let mut errors = FieldErrors::new();
    let reason: Option<Line> = errors.required("/reason", typed);
    let reason = errors.into_result(reason).map_err(CompareError::Fields)?;
    let mut tx = deps.db.begin().await?;
    if !marks::go_on(&mut tx, deps.clock.now()).await? {
        return Err(CompareError::Nothing);
    }
    let deliveries = i64::try_from(marks::doubt_all(&mut tx).await?).unwrap_or(i64::MAX);
    let event = RestoreComparedV1 {
        compared_by: by,
        deliveries,
        reason_sha256: hex::encode(Sha256::digest(reason.as_str().as_bytes())),
    };
    outbox::record(&mut tx, Service::Notifier, &deps.clock, &event).await?;
    tx.commit().await?;
    deps.bell.ring();
    deps.due.ring();
    tracing::warn!(account.id = %by, deliveries, "sending goes on after the database was restored");
    Ok(())
}

impl From<CompareError> for Problem {
    fn from(error: CompareError) -> Self {
        match error {
            CompareError::Fields(errors) => errors.into(),
            CompareError::Nothing => Self::not_found("database that was restored"),
            CompareError::Store(error) => error.into(),
        }
    }
}
