//! What comes back of a mail that a mail server took: reports that it could not be delivered, complaints, answers of
//! machines and of people. A mail server hands it in ([`lmtp`], [`listen`]) or it is found in a folder ([`maildir`]); both
//! ways end in [`Postbox::take`].
//!
//! Anybody can write a mail. So a report counts only at the signed address of one delivery, or of one notice ([`address`]):
//! whoever it names is whom that mail was passed on to. A letter is kept to be read and changes nothing. What counts is recorded once for each
//! delivery, with its fact in one transaction: the same report again, from the mail server that had no answer or from the
//! folder after a crash, changes nothing. What does not count is ignored, and counted in a metric.

mod address;
mod bounce;
mod classify;
mod letter;
mod listen;
mod lmtp;
mod maildir;
mod notice;
mod settle;

use std::time::Duration;

use domain::ids::{DeliveryId, NoticeId};
use metrics::counter;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use self::address::Bad;
pub(crate) use self::address::Sent;
use self::classify::{What, classify};
pub use self::settle::{SeeToError, release_address, settle_bounce};
use crate::Deps;
use crate::sender::chain;

/// The most bytes of one mail: what a report quotes, and some photographs.
const MOST_BYTES: usize = 4 * 1024 * 1024;
/// How long to wait before an address that cannot be listened on is tried again.
const AGAIN: Duration = Duration::from_secs(10);

/// Takes what comes back.
#[derive(Clone, Debug)]
pub struct Postbox {
    deps: Deps,
}

/// Whom a mail came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Addressed {
    /// The signed address of a delivery.
    Delivery(DeliveryId),
    /// The signed address of a notice.
    Notice(NoticeId),
    /// The desk: what it is about must follow from the mail itself.
    Desk,
}

/// What became of a mail that came back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Taken {
    /// An acceptance was taken back.
    Bounced,
    /// A complaint was recorded.
    Complained,
    /// A letter was kept.
    Kept,
    /// The same is known.
    Repeated,
    /// A report of what is under way, or arrived: nothing to record.
    Progress,
    /// A bounce of a delivery that no server is thought to have.
    WithoutEffect,
    /// It is about nothing that was sent from here.
    Unknown,
    /// Too many letters came to one notification.
    TooMany,
    /// The address is none of ours.
    Foreign,
    /// The address pretends to be one of ours.
    Forged,
    /// The address is too old.
    Expired,
    /// It is no mail.
    Unreadable,
    /// It is too long.
    TooLong,
    /// A try of the delivery has no end yet: to be handed in again.
    Later,
}

impl Taken {
    fn as_str(self) -> &'static str {
        match self {
            Self::Bounced => "bounced",
            Self::Complained => "complaint",
            Self::Kept => "letter",
            Self::Repeated => "repeated",
            Self::Progress => "progress",
            Self::WithoutEffect => "without_effect",
            Self::Unknown => "unknown",
            Self::TooMany => "too_many",
            Self::Foreign => "foreign",
            Self::Forged => "forged",
            Self::Expired => "expired",
            Self::Unreadable => "unreadable",
            Self::TooLong => "too_long",
            Self::Later => "later",
        }
    }

    /// Counts it.
    fn note(self) -> Self {
        counter!("tocsin_mails_back_total", "result" => self.as_str()).increment(1);
        self
    }
}

impl Postbox {
    /// With the service's clock and database.
    pub fn new(deps: Deps) -> Self {
        Self { deps }
    }

    /// Takes what comes back, by the ways that are set, until `stop`.
    pub async fn run(&self, stop: &CancellationToken) {
        tokio::join!(self.run_listener(stop), self.run_maildir(stop));
    }

    async fn run_listener(&self, stop: &CancellationToken) {
        let Some(address) = self.deps.config.bounces.lmtp else { return };
        while !stop.is_cancelled() {
            match TcpListener::bind(address).await {
                Ok(listener) => return self.listen(listener, stop).await,
                Err(error) => tracing::error!(error = chain(&error), "cannot listen for what comes back (LMTP)"),
            }
            stop.run_until_cancelled(tokio::time::sleep(AGAIN)).await;
        }
    }

    async fn run_maildir(&self, stop: &CancellationToken) {
        let Some(folder) = self.deps.config.bounces.maildir.clone() else { return };
        while !stop.is_cancelled() {
            if let Err(error) = self.empty(&folder).await {
                tracing::warn!(error = chain(&error), "cannot look for what came back (Maildir)");
            }
            stop.run_until_cancelled(tokio::time::sleep(AGAIN)).await;
        }
    }

    /// Whom an address is for.
    fn address(&self, to: &str) -> Result<Addressed, Taken> {
        let config = &self.deps.config;
        let Some(domain) = config.bounces.domain.as_deref() else { return Err(Taken::Foreign) };
        if to.eq_ignore_ascii_case(config.from.as_str()) {
            return Ok(Addressed::Desk);
        }
        match self.deps.link_key.open_bounce(to, self.deps.clock.now(), domain) {
            Ok(Sent::Delivery(delivery)) => Ok(Addressed::Delivery(delivery)),
            Ok(Sent::Notice(notice)) => Ok(Addressed::Notice(notice)),
            Err(Bad::Foreign) => Err(Taken::Foreign),
            Err(Bad::Forged) => Err(Taken::Forged),
            Err(Bad::Expired) => Err(Taken::Expired),
        }
    }

    /// Takes one mail.
    async fn take(&self, to: Addressed, null_sender: bool, bytes: &[u8]) -> Result<Taken, store::Error> {
        let Some(inbound) = classify(bytes, null_sender) else { return Ok(Taken::Unreadable) };
        match (to, inbound.what) {
            (Addressed::Notice(id), What::Failed(failed)) => self.notice_came_back(id, &failed).await,
            (Addressed::Notice(_), What::Progress) => Ok(Taken::Progress),
            (Addressed::Notice(_), What::Complaint | What::Letter) => Ok(Taken::Unknown),
            (_, What::Letter) => self.keep(to, &inbound.letter).await,
            (Addressed::Desk, _) => Ok(Taken::Unknown),
            (Addressed::Delivery(_), What::Progress) => Ok(Taken::Progress),
            (Addressed::Delivery(id), What::Failed(failed)) => self.came_back(id, &failed, &inbound.letter).await,
            (Addressed::Delivery(id), What::Complaint) => self.complained(id, &inbound.letter).await,
        }
    }
}
