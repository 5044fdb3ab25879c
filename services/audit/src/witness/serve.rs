//! Being a witness: one state file, one decision, one route.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use domain::Clock;

use super::cosign::WitnessKey;
use super::request::AddCheckpoint;
use crate::merkle::{empty_root, verify_consistency};
use crate::note::{Checkpoint, Note, Signature, VerifierKey};

/// Why the state could not be used.
#[derive(Debug, thiserror::Error)]
pub enum StateError {
    /// The file cannot be read or written.
    #[error("use the state file {0}")]
    File(PathBuf, #[source] std::io::Error),
    /// It does not hold a checkpoint of this ledger.
    #[error("read the state file {0}: it must hold the last checkpoint that was signed")]
    Malformed(PathBuf, #[source] crate::NoteError),
}

/// What a witness answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// The checkpoint follows; this is the signature.
    Cosigned(Signature),
    /// Not a request, or an old size above the new one.
    Bad,
    /// Another ledger.
    Unknown,
    /// No key of the ledger signed it.
    Unsigned,
    /// The witness has another size; or the same size with another root.
    Conflict {
        /// The size it has.
        size: u64,
        /// The ledger was rewound below it, or has another root at the same size.
        alarm: Option<String>,
    },
    /// The proof does not hold: the history that was signed before was changed.
    Forked(String),
}

/// A witness of one ledger.
#[derive(Debug)]
pub struct Witness {
    key: WitnessKey,
    log: Vec<VerifierKey>,
    path: PathBuf,
    clock: Clock,
    last: Mutex<Option<Checkpoint>>,
}

impl Witness {
    /// A witness that goes on from its state file; from nothing if there is none.
    pub fn open(key: WitnessKey, log: Vec<VerifierKey>, path: &Path, clock: Clock) -> Result<Self, StateError> {
        let last = match std::fs::read_to_string(path) {
            Ok(text) => {
                let opened = text.parse::<Note>().and_then(|note| note.open_any(&log));
                Some(opened.map_err(|error| StateError::Malformed(path.to_owned(), error))?)
            }
            Err(error) if error.kind() == ErrorKind::NotFound => None,
            Err(error) => return Err(StateError::File(path.to_owned(), error)),
        };
        Ok(Self { key, log, path: path.to_owned(), clock, last: Mutex::new(last) })
    }

    /// The size of the last checkpoint it signed.
    pub fn size(&self) -> u64 {
        self.last.lock().unwrap_or_else(PoisonError::into_inner).as_ref().map_or(0, |last| last.size)
    }

    /// Decides on a request, and keeps the new checkpoint before it signs.
    pub fn add(&self, request: &AddCheckpoint) -> Result<Answer, StateError> {
        let checkpoint: Checkpoint = match request.note.text().parse() {
            Ok(checkpoint) => checkpoint,
            Err(_) => return Ok(Answer::Bad),
        };
        if self.log.iter().all(|key| *key.name() != checkpoint.origin) {
            return Ok(Answer::Unknown);
        }
        if request.note.open_any(&self.log).is_err() {
            return Ok(Answer::Unsigned);
        }
        if request.old > checkpoint.size {
            return Ok(Answer::Bad);
        }
        // Held until the new state is on disk: of two requests at once, the second sees what the first did.
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        let (size, root) = last.as_ref().map_or((0, empty_root()), |last| (last.size, last.root));
        if checkpoint.size < size {
            let words = format!("it was rewound: {} entries after {size} were signed", checkpoint.size);
            return Ok(Answer::Conflict { size, alarm: Some(words) });
        }
        if checkpoint.size == size && checkpoint.root != root {
            let words = format!("there are two histories: another root for the same {size} entries");
            return Ok(Answer::Conflict { size, alarm: Some(words) });
        }
        if request.old != size {
            return Ok(Answer::Conflict { size, alarm: None });
        }
        let proven = verify_consistency((size, &root), (checkpoint.size, &checkpoint.root), &request.proof);
        if let Err(error) = proven {
            return Ok(Answer::Forked(format!("{error}: what was signed for {size} entries is not its beginning")));
        }
        self.keep(&request.note)?;
        *last = Some(checkpoint);
        Ok(Answer::Cosigned(self.key.cosign(&request.note, self.clock.now())))
    }

    /// Written beside, synced, renamed: a crash leaves the old state or the new one.
    fn keep(&self, note: &Note) -> Result<(), StateError> {
        let failed = |error| StateError::File(self.path.clone(), error);
        let beside = self.path.with_extension("new");
        let mut file = std::fs::File::create(&beside).map_err(failed)?;
        std::io::Write::write_all(&mut file, note.to_string().as_bytes()).map_err(failed)?;
        file.sync_all().map_err(failed)?;
        std::fs::rename(&beside, &self.path).map_err(failed)?;
        if let Some(folder) = self.path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
            std::fs::File::open(folder).and_then(|folder| folder.sync_all()).map_err(failed)?;
        }
        Ok(())
    }
}

/// The witness over HTTP. It needs nobody's permission: the signature on the checkpoint is all it believes.
pub fn router(witness: Arc<Witness>) -> Router {
    Router::new()
        .route("/add-checkpoint", post(add))
        .route("/", get(async |State(witness): State<Arc<Witness>>| format!("signed up to {}\n", witness.size())))
        .with_state(witness)
}

async fn add(State(witness): State<Arc<Witness>>, body: String) -> Response {
    let Ok(request) = body.parse::<AddCheckpoint>() else {
        return (StatusCode::BAD_REQUEST, "not an add-checkpoint request\n").into_response();
    };
    match witness.add(&request) {
        Ok(Answer::Cosigned(line)) => {
            tracing::info!(ledger.size = witness.size(), "signed a checkpoint");
            format!("{line}\n").into_response()
        }
        Ok(Answer::Bad) => (StatusCode::BAD_REQUEST, "the old size is above the new one\n").into_response(),
        Ok(Answer::Unknown) => (StatusCode::NOT_FOUND, "another ledger\n").into_response(),
        Ok(Answer::Unsigned) => (StatusCode::FORBIDDEN, "not signed by the ledger\n").into_response(),
        Ok(Answer::Conflict { size, alarm }) => {
            if let Some(words) = alarm {
                tracing::error!("ALARM: the ledger cannot be believed: {words}");
            }
            (StatusCode::CONFLICT, [(CONTENT_TYPE, "text/x.tlog.size")], format!("{size}\n")).into_response()
        }
        Ok(Answer::Forked(words)) => {
            tracing::error!("ALARM: the ledger cannot be believed: {words}");
            (StatusCode::UNPROCESSABLE_ENTITY, format!("{words}\n")).into_response()
        }
        Err(error) => {
            tracing::error!(error = &error as &dyn std::error::Error, "cannot keep the state");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}
