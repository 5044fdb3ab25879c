//! The last try of this process, kept outside of the database: a database that does not know it is older than what was sent
//! from it, however young the copy that it was restored from.
//!
//! It is written after the try is committed and before anything is sent, in place and without waiting for the disk: that
//! costs two microseconds, survives the end of the process, and of a power failure remains an older one, which says nothing.

use std::fs::{File, OpenOptions};
use std::io::ErrorKind;
use std::os::unix::fs::FileExt as _;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use domain::Timestamp;
use domain::ids::AttemptId;

/// Keeps the last try.
#[derive(Debug)]
pub(crate) struct LastTry(Option<Place>);

#[derive(Debug)]
struct Place {
    path: PathBuf,
    file: File,
    written: AtomicU64,
    fails: AtomicBool,
}

/// So many of the last tries are kept, because two that are begun at once are committed in one order and may be written in the
/// other.
const SLOTS: u64 = 16;

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
        Ok(Self(Some(Place { path, file, written: AtomicU64::new(0), fails: AtomicBool::new(false) })))
    }

    /// A try is committed and about to begin. Says false if that could not be kept.
    pub fn note(&self, attempt: AttemptId, now: Timestamp) -> bool {
        let Some(Place { path, file, written, fails }) = &self.0 else { return true };
        // Of one length each time, so that no rest of another one remains.
        let text = format!("{} {:020}\n", attempt.as_uuid(), now.as_micros());
        let slot = written.fetch_add(1, Ordering::Relaxed) % SLOTS;
        let kept = file.write_all_at(text.as_bytes(), slot * text.len() as u64);
        fails.store(kept.is_err(), Ordering::Relaxed);
        if let Err(error) = &kept {
            tracing::error!(%error, file = %path.display(), "cannot keep the last try beside mail.mark_file");
        }
        kept.is_ok()
    }

    /// Whether the last one could not be kept.
    pub fn fails(&self) -> bool {
        self.0.as_ref().is_some_and(|place| place.fails.load(Ordering::Relaxed))
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
        for (attempt, at) in text.lines().filter_map(|line| line.split_once(' ')) {
            if let (Ok(attempt), Ok(at)) = (attempt.parse(), at.parse()) {
                found.push((AttemptId::from_stored(attempt), Timestamp::from_micros(at)));
            }
        }
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use domain::Clock;

    use super::*;

    #[test]
    fn the_last_tries_are_kept_whatever_their_order_and_a_line_that_was_cut_says_nothing() {
        let place = tempfile::tempdir().unwrap();
        let mark = place.path().join("mark");
        assert_eq!(read(&mark).unwrap(), []);
        let kept = LastTry::open(Some(&mark), Of::Alerts).unwrap();
        let now = Timestamp::from_micros(1_795_000_000_000_000);
        let tries: Vec<AttemptId> = (0..20).map(|_| AttemptId::generate(&Clock::System)).collect();
        assert!(tries.iter().all(|attempt| kept.note(*attempt, now)));
        let mut found: Vec<_> = read(&mark).unwrap().into_iter().map(|(attempt, _)| attempt).collect();
        found.sort();
        let mut last = tries[4..].to_vec();
        last.sort();
        assert_eq!(found, last);
        let path = Of::Alerts.path(&mark);
        let text = std::fs::read_to_string(&path).unwrap();
        std::fs::write(&path, &text[..text.len() - 30]).unwrap();
        assert_eq!(read(&mark).unwrap().len(), 15);
    }
}
