//! The last try of this process, kept outside of the database: a database that does not know it is older than what was sent
//! from it, however young the copy that it was restored from.
//!
//! It is written after the try is committed and before anything is sent, in place and without waiting for the disk: that
//! costs two microseconds, survives the end of the process, and of a power failure remains an older one, which says nothing.

use std::fs::{File, OpenOptions};
use std::io::ErrorKind;
use std::os::unix::fs::FileExt as _;
use std::path::{Path, PathBuf};

use domain::Timestamp;
use domain::ids::AttemptId;

/// Keeps the last try.
#[derive(Debug)]
pub(crate) struct LastTry(Option<(PathBuf, File)>);

/// Of which sender.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Of {
    Alerts,
    Digests,
}

impl Of {
    const ALL: [Self; 2] = [Self::Alerts, Self::Digests];

    fn path(self, mark: &Path) -> PathBuf {
        mark.with_extension(match self {
            Self::Alerts => "try",
            Self::Digests => "digest",
        })
    }
}

impl LastTry {
    /// Beside the mark; nowhere if the settings name none.
    pub fn open(mark: Option<&Path>, of: Of) -> std::io::Result<Self> {
        let Some(mark) = mark else { return Ok(Self(None)) };
        let path = of.path(mark);
        let file = OpenOptions::new().create(true).truncate(false).write(true).open(&path)?;
        Ok(Self(Some((path, file))))
    }

    /// A try is committed and about to begin. Says false if that could not be kept.
    pub fn note(&self, attempt: AttemptId, now: Timestamp) -> bool {
        let Some((path, file)) = &self.0 else { return true };
        // Of one length each time, so that no rest of another one remains.
        let text = format!("{} {:020}\n", attempt.as_uuid(), now.as_micros());
        match file.write_all_at(text.as_bytes(), 0) {
            Ok(()) => true,
            Err(error) => {
                tracing::error!(%error, file = %path.display(), "cannot keep the last try beside mail.mark_file");
                false
            }
        }
    }
}

/// The last tries that are kept beside a mark. What cannot be read says nothing: it was cut in the middle of a write.
pub(crate) fn read(mark: &Path) -> std::io::Result<Vec<(AttemptId, Timestamp)>> {
    let mut found = Vec::new();
    for of in Of::ALL {
        let text = match std::fs::read_to_string(of.path(mark)) {
            Ok(text) => text,
            Err(error) if error.kind() == ErrorKind::NotFound => continue,
            Err(error) => return Err(error),
        };
        let Some((attempt, at)) = text.trim().split_once(' ') else { continue };
        if let (Ok(attempt), Ok(at)) = (attempt.parse(), at.parse()) {
            found.push((AttemptId::from_stored(attempt), Timestamp::from_micros(at)));
        }
    }
    Ok(found)
}
