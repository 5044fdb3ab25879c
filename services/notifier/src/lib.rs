//! Mail: render, send, retry, acknowledge. The story of one notification, told once:
//!
//! 1. [`OnPlanFrozen`] turns the addresses of a frozen plan into deliveries, due now, and rings the sender's bell. The
//!    message is only the bell: the rows are the work list, so a lost message costs nothing but time.
//!    What the plan holds waits until an officer lets it go, and what belongs to a suspended case until an officer takes the
//!    case up again ([`OnHoldReleased`]).
//! 2. [`Sender`] finds due rows, unless the desk has stopped all sending: first tries, later tries and rows whose sender
//!    died, by one path. No domain gets more than its share of the wire, and none has a line before its places but one that
//!    takes its mail at once. What is at hand begins in the transaction that found it due: looked at, asked of the last gate,
//!    rendered, kept, its attempt begun. All else is leased there, and everything is where an officer chose a rate.
//! 3. For what is leased: `prepare` renders what has no mail yet, outside any transaction; `start`, in one transaction, looks
//!    at each row anew, asks the last gate (it may only remove), keeps the bytes and begins the attempts.
//!    An earlier attempt that has no end is ended here as *uncertain*: its sender died, and SMTP cannot know. A mail that
//!    must be encrypted and cannot be is held; its reader gets a notice without content, and the desk a task. What fails
//!    together is begun one by one.
//! 4. SMTP, outside any transaction, when there is a place on the wire: one recipient, an own deadline on every step, and a
//!    last look at the lease before the text begins. Who has no place within a second goes back.
//! 5. `record`, one transaction for all attempts that have ended meanwhile: the outcome with stage and reply, and what the
//!    delivery becomes. What fails together is recorded one by one.
//! 6. A partner's person follows the signed link and answers by a form: received, taking charge, not ours, or what was
//!    seen; opening it answers nothing, and the first answer acknowledges.
//! 7. What can wait goes out in the partner's working hours, or with others in one mail ([`DigestSender`]); what nobody
//!    has taken up in time is followed: a reminder, then second contacts and a task for the desk ([`Chaser`]).
//! 8. What comes back of a mail that a server took is handed in by the mail server or found in a folder ([`Postbox`]): a
//!    bounce takes the acceptance back, a reply is kept beside the delivery, and neither is believed further than the
//!    signature of the address it came to.
//!
//! The cast: a *notification* is one alert version for one partner; a *delivery* sends it to one address; an *attempt*
//! is one try of that; a *mail* is its bytes, kept by their hash; an *acknowledgement* is the first of a partner's *answers*.
//!
//! Promises: nobody outside the frozen plan gets a mail; every repeat has the same bytes and Message-ID and is marked;
//! one destination never delays another; nothing is taken in hand in place of a mail before that one's end is on the disk, so
//! that a crash repeats at most what was in hand. Must not: decide who is told, or hand circumstances to a renderer of object data ([`Shown`]).

mod answer;
mod api;
mod chase;
mod compose;
mod config;
mod consumer;
mod decide_held;
mod desk;
mod digest;
mod due;
mod erase;
mod last_try;
mod link;
mod material;
mod mta_log;
mod notices;
mod on_address_corrected;
mod on_plan_supplemented;
mod pace;
mod pages;
mod postbox;
mod protect;
mod restored;
mod schedule;
mod sender;
mod told;
mod transport;

use std::sync::Arc;
use std::time::Duration;

use bus::{Bell, Bus};
use contracts::Service;
use domain::{Clock, Mailbox};
use store::Db;
use tokio_util::sync::CancellationToken;

pub use api::openapi;
pub use chase::{Chaser, SettleError, settle_chase};
pub use compose::{
    ComposeError, Enclosure, FileKind, Mail, MailContext, Mould, PICTURES, Picture, Root, Seal, Shown, SignerError,
    Signers, compose, message_id,
};
pub use config::{Backend, Bounces, Config, Deadlines, DkimAlgorithm, DkimKey, Enclose, OnDoubt, SmtpConfig, Tls};
pub use consumer::{OnHoldReleased, OnPlanFrozen};
pub use decide_held::{Decide, DecideError, Decided, decide_held};
pub use desk::{DeskError, Done, Refused, Resend, UseSecondContacts, resend, use_second_contacts};
pub use digest::{DigestError, DigestSender};
pub use erase::{OnSightingErased, erase_answer, erase_due, erase_letter};
pub use link::LinkKey;
pub use notices::{NoticeError, NoticeSender, OnNoticeRequested};
pub use on_address_corrected::OnAddressCorrected;
pub use on_plan_supplemented::OnPlanSupplemented;
pub use pages::routes;
pub(crate) use postbox::Sent;
pub use postbox::{Postbox, SeeToError, Taken, release_address, settle_bounce};
pub use restored::{CompareError, MarkError, MarkKeeper, go_on_after_restore};
pub use sender::Sender;
pub use transport::{Fault, Fence, Folder, Report, Smtp, Transport, TransportError};

/// What the service works with.
#[derive(Clone, Debug)]
pub struct Deps {
    /// The database.
    pub db: Db,
    /// The time.
    pub clock: Clock,
    /// Rung when a fact waits for the relay.
    pub bell: Bell,
    /// Rung when a delivery is due.
    pub due: Bell,
    /// Settings.
    pub config: Arc<Config>,
    /// Signs links.
    pub link_key: LinkKey,
    /// How long after the end of a case the persons who answered are kept; for ever if it is not set.
    pub persons_kept: Option<Duration>,
    /// Where photographs of sightings are looked at.
    pub darkroom: pictures::Darkroom,
    /// Where photographs are kept.
    pub blobs: blobs::Blobs,
    /// Prints Object ID sheets.
    #[cfg(feature = "pdf")]
    pub printer: paper::Printer,
}

impl Deps {
    /// Whom a mail is from on its envelope: an address of its own, so that what comes back says which mail it
    /// was (VERP), or the desk where no domain for that is set.
    pub(crate) fn envelope_sender(&self, sent: Sent) -> Mailbox {
        let bounces = self.config.bounces.domain.as_deref();
        let own = bounces.and_then(|domain| self.link_key.bounce_address(sent, self.clock.now(), domain));
        own.unwrap_or_else(|| self.config.from.clone())
    }
}

/// Runs the service until `stop`: its relay, its consumer, its sender.
pub async fn run(deps: Deps, bus: Bus, stop: CancellationToken) {
    let consumer = Arc::new(OnPlanFrozen::new(&deps));
    let let_go = Arc::new(OnHoldReleased::new(&deps));
    let supplemented = Arc::new(OnPlanSupplemented::new(&deps));
    let corrected = Arc::new(OnAddressCorrected::new(&deps));
    let requested = Arc::new(OnNoticeRequested::new(&deps));
    let erased = Arc::new(OnSightingErased::new(deps.clock.clone()));
    let chaser = Chaser::new(deps.clone());
    let postbox = Postbox::new(deps.clone());
    tokio::join!(
        bus::relay(&bus, &deps.db, &deps.clock, Service::Notifier, &deps.bell, &stop),
        bus::consume(&bus, &deps.db, &deps.clock, consumer, stop.clone()),
        bus::consume(&bus, &deps.db, &deps.clock, let_go, stop.clone()),
        bus::consume(&bus, &deps.db, &deps.clock, requested, stop.clone()),
        bus::consume(&bus, &deps.db, &deps.clock, supplemented, stop.clone()),
        bus::consume(&bus, &deps.db, &deps.clock, corrected, stop.clone()),
        bus::consume(&bus, &deps.db, &deps.clock, erased, stop.clone()),
        erase::keep_erased(&deps, &stop),
        send_all(&deps, &stop),
        chaser.run(&stop),
        postbox.run(&stop),
    );
}

/// Everything that puts mail on the wire, once it is known whether the database was restored.
async fn send_all(deps: &Deps, stop: &CancellationToken) {
    let keeper = MarkKeeper::new(deps);
    if let Some(keeper) = &keeper {
        keeper.first(stop).await;
    }
    tokio::join!(
        async {
            if let Some(sender) = set_up("alerts", || Sender::new(deps.clone()), stop).await {
                sender.run(stop).await;
            }
        },
        async {
            if let Some(sender) = set_up("notices", || NoticeSender::new(deps.clone()), stop).await {
                sender.run(stop).await;
            }
        },
        async {
            if let Some(sender) = set_up("digests", || DigestSender::new(deps.clone()), stop).await {
                sender.run(stop).await;
            }
        },
        async {
            if let Some(keeper) = &keeper {
                keeper.run(stop).await;
            }
        },
    );
}

/// How long to wait before a way out that cannot be set up is tried again.
const SET_UP_AGAIN: Duration = Duration::from_secs(10);

/// Sets a way out up, as soon as it can be; none if `stop` comes first. A certificate file may be mounted later than the
/// process starts, and until then mail waits in the table.
async fn set_up<S>(
    of: &'static str,
    way_out: impl Fn() -> Result<S, TransportError>,
    stop: &CancellationToken,
) -> Option<S> {
    loop {
        match way_out() {
            Ok(sender) => return Some(sender),
            Err(error) => {
                tracing::error!(error = sender::chain(&error), of, "cannot set up the way out; its mail waits");
            }
        }
        stop.run_until_cancelled(tokio::time::sleep(SET_UP_AGAIN)).await?;
    }
}
