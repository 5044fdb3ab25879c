//! How bytes leave, and what is known of them afterwards.
//!
//! A transport never fails: whatever happens is a [`Report`], which the caller records.

mod folder;
mod smtp;

use std::time::Instant;

use domain::Mailbox;
use domain::delivery::{Outcome, Stage};
use domain::ids::DeliveryId;
use tokio::sync::watch;

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
    /// The server's words, cleaned, or ours if it gave none; at most 500 characters.
    pub reply: Option<String>,
    /// Whose doing it was.
    pub fault: Fault,
}

/// Whose doing a failure is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// Nobody's, or this recipient's or this mail's.
    Recipient,
    /// Ours or our mail server's: it would have hit any mail, so it must never count against a partner.
    Ours,
    /// That of those before it: it never came to its turn, and says nothing about the server.
    Line,
}

impl Report {
    /// Of a try that was given up before anything was said, because its line had come to a halt.
    pub(crate) fn stood_in_line() -> Self {
        let reply = "nothing was sent: it stood in line, and the line came to a halt".to_owned();
        Self { outcome: Outcome::Deferred, stage: Stage::Line, reply: Some(reply), fault: Fault::Line }
    }
}

/// Why a way out cannot be used at all.
#[derive(Debug, thiserror::Error)]
pub enum TransportError {
    /// The file of trusted certificates cannot be read.
    #[error("read the certificates that mail.smtp.ca_path names")]
    CaFile(#[source] std::io::Error),
    /// The trusted certificates cannot be used.
    #[error("use the trusted certificates")]
    Certificates(#[source] rustls::Error),
    /// A key that is to sign every mail cannot.
    #[error("sign mail")]
    Dkim(#[from] crate::compose::SignerError),
    /// The keys that are to sign encrypted mail cannot.
    #[error("encrypt mail")]
    Desk(#[from] seal::DeskError),
    /// The last try cannot be kept outside of the database.
    #[error("write beside the file that mail.mark_file names")]
    MarkFile(#[source] std::io::Error),
    /// The mail server's name cannot be one of a certificate.
    #[error("use mail.smtp.host as the name of a certificate")]
    Name,
}

/// The right to send: it ends when the sender's lease runs out, because somebody else may then be sending the same.
#[derive(Clone, Debug)]
pub struct Fence(watch::Receiver<Option<Instant>>);

impl Fence {
    /// A right that lasts until `deadline`, and the hand that prolongs it, or ends it with `None`.
    pub fn until(deadline: Instant) -> (watch::Sender<Option<Instant>>, Self) {
        let (hand, fence) = watch::channel(Some(deadline));
        (hand, Self(fence))
    }

    /// Whether the right still holds.
    pub fn holds(&self) -> bool {
        self.0.borrow().is_some_and(|deadline| Instant::now() < deadline)
    }
}

/// A closed set of ways out.
#[derive(Debug)]
pub enum Transport {
    /// Into a folder.
    Folder(Folder),
    /// To a mail server.
    Smtp(Box<Smtp>),
}

impl Transport {
    /// The way out that the settings name.
    pub fn new(config: &Config) -> Result<Self, TransportError> {
        Ok(match config.backend {
            Backend::Folder => Self::Folder(Folder::new(config.folder.clone())),
            Backend::Smtp => Self::Smtp(Box::new(Smtp::new(config)?)),
        })
    }

    /// Whether mail can leave by it now; nothing is sent. Says what was reached, or how far it got.
    pub async fn check(&self) -> Result<&'static str, Report> {
        match self {
            Self::Folder(folder) => folder.check().await.map(|()| "the folder can be written to"),
            Self::Smtp(smtp) => smtp.check().await.map(|()| "the mail server greets us and takes our sign-in"),
        }
    }

    /// Sends one mail to one address, for as long as `fence` holds.
    pub async fn send(
        &self,
        delivery: DeliveryId,
        from: &Mailbox,
        to: &Mailbox,
        bytes: &[u8],
        fence: &Fence,
    ) -> Report {
        match self {
            Self::Folder(folder) => folder.put(delivery, bytes).await,
            Self::Smtp(smtp) => smtp.send(from, to, bytes, fence).await,
        }
    }
}
