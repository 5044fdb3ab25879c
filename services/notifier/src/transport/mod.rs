//! How bytes leave, and what is known of them afterwards.

mod folder;
mod smtp;

use domain::Mailbox;
use domain::delivery::{Outcome, Stage};
use domain::ids::DeliveryId;

pub use folder::Folder;
pub use smtp::Smtp;

use crate::config::{Backend, Config};

/// How one try ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// What is known.
    pub outcome: Outcome,
    /// At which step.
    pub stage: Stage,
    /// The server's words, or ours.
    pub reply: String,
}

/// A closed set of ways out.
#[derive(Debug)]
pub enum Transport {
    /// Into a folder.
    Folder(Folder),
    /// To a mail server.
    Smtp(Smtp),
}

impl Transport {
    /// The way out that the settings name.
    pub fn new(config: &Config) -> Self {
        match config.backend {
            Backend::Folder => Self::Folder(Folder::new(config.folder.clone())),
            Backend::Smtp => Self::Smtp(Smtp::new(config)),
        }
    }

    /// Sends one mail to one address. Always gives a report; the caller records it.
    pub async fn send(&self, delivery: DeliveryId, from: &Mailbox, to: &Mailbox, bytes: &[u8]) -> Report {
        match self {
            Self::Folder(folder) => folder.put(delivery, bytes).await,
            Self::Smtp(smtp) => smtp.send(from, to, bytes).await,
        }
    }
}
