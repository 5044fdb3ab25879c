//! Copies of the ledger as files: an export from the database, a mirror over HTTP.

use std::io::{BufWriter, ErrorKind, Write as _};
use std::path::{Path, PathBuf};
use std::time::Duration;

use store::{Db, ledger};

use crate::LedgerKeys;
use crate::client::{Http, HttpError};
use crate::layout::{self, TileName};
use crate::ledger::{WIDTH, counted};
use crate::note::{Checkpoint, Note, NoteError, VerifierKey};

/// How long one file of a mirror may take.
const PATIENCE: Duration = Duration::from_secs(30);
/// How many contents are read at once.
const PAGE: i64 = 5_000;

/// Why there is no copy.
#[derive(Debug, thiserror::Error)]
pub enum CopyError {
    /// The database did not answer.
    #[error(transparent)]
    Store(#[from] store::Error),
    /// A file cannot be written.
    #[error("write {0}")]
    File(PathBuf, #[source] std::io::Error),
    /// The server did not give a file.
    #[error("get {0}")]
    Get(String, #[source] HttpError),
    /// The server's checkpoint or key is none.
    #[error("read {0}")]
    Note(&'static str, #[source] NoteError),
    /// The server speaks of fewer entries than it did before.
    #[error(
        "go on: ALARM, the ledger was rewound. It speaks of {now} entries, and a checkpoint seen before of {before}"
    )]
    Rewound {
        /// How many before.
        before: u64,
        /// How many now.
        now: u64,
    },
}

/// Writes a file, with the folders above it.
fn put(folder: &Path, name: &str, bytes: &[u8]) -> Result<(), CopyError> {
    let path = folder.join(name);
    let failed = |error| CopyError::File(path.clone(), error);
    if let Some(above) = path.parent() {
        std::fs::create_dir_all(above).map_err(failed)?;
    }
    // Whole or not at all: a tile that is there is not asked for again.
    let beside = path.with_extension("part");
    std::fs::write(&beside, bytes).map_err(failed)?;
    std::fs::rename(&beside, &path).map_err(failed)
}

/// Exports the ledger as the database has it, damaged or not, as of one moment; gives how many entries its checkpoint
/// speaks of. With `contents`, also what entries commit to: that is confidential, and enough to check it all.
pub async fn export_ledger(db: &Db, keys: &LedgerKeys, folder: &Path, contents: bool) -> Result<u64, CopyError> {
    let mut tx = db.read().await?;
    let latest = ledger::latest_checkpoint(&mut tx).await?;
    let size = latest.as_ref().map_or(0, |latest| counted(latest.size));
    let verifiers: String = keys.verifiers().iter().map(|key| format!("{key}\n")).collect();
    put(folder, "keys", verifiers.as_bytes())?;
    for tile in TileName::all(size) {
        let bytes = tile.read(&mut tx).await?;
        put(folder, &format!("tile/{tile}"), &bytes)?;
    }
    if contents {
        write_contents(&mut tx, folder).await?;
    }
    // Last: a folder with a checkpoint is a whole one.
    if let Some(note) = layout::checkpoint(&mut tx).await? {
        put(folder, "checkpoint", note.as_bytes())?;
    }
    tx.commit().await?;
    Ok(size)
}

async fn write_contents(tx: &mut store::Tx, folder: &Path) -> Result<(), CopyError> {
    let path = folder.join("contents.jsonl");
    let failed = |error| CopyError::File(path.clone(), error);
    std::fs::create_dir_all(folder).map_err(failed)?;
    let mut file = BufWriter::new(std::fs::File::create(&path).map_err(failed)?);
    let mut from = 0;
    loop {
        let rows = ledger::entries(tx, from, PAGE).await?;
        let Some(last) = rows.last() else { break };
        from = last.entry.position + 1;
        for row in rows {
            if let Some((salt, body)) = row.content {
                let line =
                    serde_json::json!({ "position": row.entry.position, "salt": hex::encode(&salt), "body": body });
                writeln!(file, "{line}").map_err(failed)?;
            }
        }
    }
    file.flush().map_err(failed)
}

/// Copies a ledger from its server into a folder, or brings the folder up to date; gives how many entries it has now.
///
/// The keys are taken from the server on the first visit and from the folder afterwards, so that a server that changes
/// its key shows.
pub async fn mirror(http: &Http, from: &str, folder: &Path) -> Result<u64, CopyError> {
    let from = from.trim_end_matches('/');
    let note = get(http, from, "checkpoint").await?;
    let keys = match std::fs::read_to_string(folder.join("keys")) {
        Ok(keys) => keys,
        Err(error) if error.kind() == ErrorKind::NotFound => {
            let keys = String::from_utf8_lossy(&get(http, from, "keys").await?).into_owned();
            put(folder, "keys", keys.as_bytes())?;
            keys
        }
        Err(error) => return Err(CopyError::File(folder.join("keys"), error)),
    };
    let keys: Result<Vec<VerifierKey>, _> = keys.lines().map(|key| key.parse()).collect();
    let keys = keys.map_err(|error| CopyError::Note("the keys", error))?;
    let text = String::from_utf8_lossy(&note).into_owned();
    let opened = text.parse::<Note>().and_then(|note| note.open_any(&keys));
    let checkpoint: Checkpoint = opened.map_err(|error| CopyError::Note("the checkpoint", error))?;
    let seen = std::fs::read_to_string(folder.join("checkpoint")).ok().and_then(|text| text.parse::<Note>().ok());
    if let Some(before) = seen.and_then(|note| note.open_any(&keys).ok()).filter(|seen| seen.size > checkpoint.size) {
        return Err(CopyError::Rewound { before: before.size, now: checkpoint.size });
    }
    put(folder, &format!("checkpoints/{}", checkpoint.size), text.as_bytes())?;
    for tile in TileName::all(checkpoint.size) {
        let name = format!("tile/{tile}");
        if tile.width == WIDTH && folder.join(&name).is_file() {
            continue;
        }
        let bytes = get(http, from, &name).await?;
        put(folder, &name, &bytes)?;
    }
    put(folder, "checkpoint", text.as_bytes())?;
    Ok(checkpoint.size)
}

async fn get(http: &Http, from: &str, name: &str) -> Result<Vec<u8>, CopyError> {
    let got = http.get(&format!("{from}/{name}"), PATIENCE).await;
    Ok(got.map_err(|error| CopyError::Get(name.to_owned(), error))?.to_vec())
}
