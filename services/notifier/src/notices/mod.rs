//! Mails without content: that a change of a partner's record waits, codes that show that somebody reads a mailbox,
//! reminders, and that a message could not be encrypted. They hold no word of any case but its reference.
//!
//! A small sibling of the sender, by the same way out and the same steps: a row that is due and leased, a try committed
//! before SMTP begins, its end recorded with the server's words, the same bytes at every repeat. There are few of them,
//! so one goes out at a time and no domain needs a share of its own.

mod compose;
mod on_requested;
mod send;
mod unprotected;

use std::time::Duration;

use tokio_util::sync::CancellationToken;

pub use on_requested::OnNoticeRequested;

use crate::Deps;
use crate::compose::{ComposeError, Signers};
use crate::sender::chain;
use crate::transport::{Transport, TransportError};

/// How often it looks for what is due.
const LOOK: Duration = Duration::from_secs(2);

/// Sends the mails about the directory.
#[derive(Debug)]
pub struct NoticeSender {
    deps: Deps,
    transport: Transport,
    signers: Signers,
}

/// Why a notice was not tried, or its end not recorded.
#[derive(Debug, thiserror::Error)]
pub enum NoticeError {
    /// The database failed.
    #[error("use the database")]
    Store(#[from] store::Error),
    /// The mail cannot be composed.
    #[error("compose the notice")]
    Compose(#[from] ComposeError),
    /// A row is missing.
    #[error("find {0}")]
    Missing(&'static str),
}

impl NoticeSender {
    /// With the way out that the settings name.
    pub fn new(deps: Deps) -> Result<Self, TransportError> {
        let transport = Transport::new(&deps.config)?;
        let signers = Signers::load(&deps.config.dkim)?;
        Ok(Self { deps, transport, signers })
    }

    /// Sends until `stop`.
    pub async fn run(&self, stop: &CancellationToken) {
        while !stop.is_cancelled() {
            if let Err(error) = self.run_once().await {
                tracing::warn!(error = chain(&error), "cannot send the mails about the directory");
            }
            stop.run_until_cancelled(tokio::time::sleep(LOOK)).await;
        }
    }
}
