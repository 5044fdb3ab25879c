//! Asks the log of the mail server whether it has a mail that is in doubt.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use maillog::Logged;

use crate::sender::chain;

/// For how long what was read is asked again: after a crash many mails are in doubt at once.
const FRESH: Duration = Duration::from_secs(5);

type Read = (Instant, Arc<HashMap<String, Logged>>);

/// The log, if the settings name one.
#[derive(Debug)]
pub(crate) struct MtaLog {
    path: Option<PathBuf>,
    read: Mutex<Option<Read>>,
}

impl MtaLog {
    pub fn new(path: Option<PathBuf>) -> Self {
        Self { path, read: Mutex::default() }
    }

    /// Whether the mail server has taken the mail with this Message-ID, whole. A log that is not there, or cannot be read,
    /// knows of none; then doubt stays doubt.
    pub async fn has(&self, message_id: &str) -> bool {
        let Some(path) = self.path.clone() else { return false };
        let asked = Instant::now();
        let kept = self.kept().filter(|(at, _)| asked.duration_since(*at) < FRESH);
        let found = match kept {
            Some((_, found)) => found,
            None => match tokio::task::spawn_blocking(move || maillog::read_files(&path)).await {
                Ok(Ok(found)) => {
                    let found = Arc::new(found);
                    *self.read.lock().unwrap_or_else(PoisonError::into_inner) = Some((asked, Arc::clone(&found)));
                    found
                }
                Ok(Err(error)) => {
                    tracing::error!(error = chain(&error), "cannot read the log of the mail server (mail.mta_log)");
                    return false;
                }
                Err(error) => {
                    tracing::error!(%error, "reading the log of the mail server did not come to its end");
                    return false;
                }
            },
        };
        found.get(message_id.trim_matches(['<', '>'])).is_some_and(|logged| logged.queued > 0)
    }

    fn kept(&self) -> Option<Read> {
        self.read.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}
