//! A press that asynchronous services share: made when first needed, a bounded number of documents at a time.

use std::collections::BTreeMap;
use std::fmt;
use std::path::PathBuf;
use std::sync::{Arc, OnceLock};

use serde::Serialize;
use tokio::sync::Semaphore;
use tokio::task::JoinError;

use crate::{Fonts, FontsError, Job, Press, PrintError};

/// How many documents are printed at once; the others wait. Each takes a processor and up to 200 MB.
const AT_ONCE: usize = 2;

/// One document, with everything it needs to be printed on another thread.
#[derive(Debug)]
pub struct Order<T> {
    /// The template of the service.
    pub template: &'static str,
    /// The language of its fixed texts, such as `ar`.
    pub language: &'static str,
    /// What it calls itself in a reader's window.
    pub title: String,
    /// Identifies it for good.
    pub identity: String,
    /// The moment it speaks of, in seconds since 1970.
    pub moment: i64,
    /// The fixed texts in that language.
    pub labels: BTreeMap<String, String>,
    /// The values.
    pub data: T,
}

/// Why a document could not be printed.
#[derive(Debug, thiserror::Error)]
pub enum PrintingError {
    /// There are no fonts.
    #[error("failed to set up printing")]
    Fonts(#[from] FontsError),
    /// The document could not be set.
    #[error("failed to print")]
    Print(#[from] PrintError),
    /// Printing panicked, or the process stops.
    #[error("failed to finish printing")]
    Ended(#[from] JoinError),
}

/// Prints documents away from the runtime's own threads. Cheap to clone.
#[derive(Clone)]
pub struct Printer(Arc<Inner>);

struct Inner {
    folders: Vec<PathBuf>,
    press: OnceLock<Press>,
    places: Semaphore,
}

impl fmt::Debug for Printer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Printer").field(&self.0.folders).finish()
    }
}

/// With the fonts in the usual folders.
impl Default for Printer {
    fn default() -> Self {
        Self::new(Vec::new())
    }
}

impl Printer {
    /// With the fonts in `folders`; in the usual ones if none is named.
    pub fn new(folders: Vec<PathBuf>) -> Self {
        Self(Arc::new(Inner { folders, press: OnceLock::new(), places: Semaphore::new(AT_ONCE) }))
    }

    /// Prints a document when it is its turn.
    pub async fn print<T: Serialize + Send + 'static>(&self, order: Order<T>) -> Result<Vec<u8>, PrintingError> {
        let _place = self.0.places.acquire().await.expect("the semaphore is never closed");
        let inner = Arc::clone(&self.0);
        let work = move || -> Result<Vec<u8>, PrintingError> {
            let Order { template, language, title, identity, moment, labels, data } = order;
            let (title, identity) = (title.as_str(), identity.as_str());
            let job = Job { template, language, title, identity, moment, labels: &labels, data: &data };
            Ok(inner.press()?.print(&job)?)
        };
        tokio::task::spawn_blocking(work).await?
    }
}

impl Inner {
    fn press(&self) -> Result<&Press, FontsError> {
        if let Some(press) = self.press.get() {
            return Ok(press);
        }
        let made = Press::new(Fonts::find(&self.folders)?);
        // Two that came first at once read the same fonts.
        Ok(self.press.get_or_init(|| made))
    }
}
