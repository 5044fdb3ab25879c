//! Mails that gather what can wait: one to each address of a partner, a day.
//!
//! A sibling of the sender, by the same steps and the same gate: what is due to one address is leased together, each
//! delivery passes the last gate by itself, each has its attempt committed before SMTP begins, and each is recorded with
//! the outcome of the one mail. Nothing is kept of a digest but its deliveries, so a digest that fails loses nothing
//! and one that is repeated has the same bytes. A digest of one is no digest: it goes out by itself.
//!
//! If the gate takes one out after the mail was rendered, the others cannot be sent in those bytes. As long as the mail
//! is known not to have left, it is rendered anew; else an officer decides about each.

mod finish;
mod start;

use std::time::{Duration, Instant};

use domain::ids::{DeliveryId, LeaseId};
use store::deliveries;
use tokio_util::sync::CancellationToken;

use crate::compose::{ComposeError, Signers};
use crate::last_try::{LastTry, Of};
use crate::material::Shelved;
use crate::mta_log::MtaLog;
use crate::pace::{gone, may_go};
use crate::sender::{chain, hold};
use crate::transport::{Fence, Transport, TransportError};
use crate::{Deps, Sent};

/// How often it looks for what is due.
const LOOK: Duration = Duration::from_secs(2);

/// Sends digests.
#[derive(Debug)]
pub struct DigestSender {
    deps: Deps,
    transport: Transport,
    signers: Signers,
    desk: seal::Desk,
    log: MtaLog,
    last_try: LastTry,
    shelved: Shelved,
}

/// Why a digest was not tried, or its end not recorded.
#[derive(Debug, thiserror::Error)]
pub enum DigestError {
    /// The database failed.
    #[error("use the database")]
    Store(#[from] store::Error),
    /// The mail cannot be composed.
    #[error("compose the digest")]
    Compose(#[from] ComposeError),
    /// A row is missing.
    #[error("find {0}")]
    Missing(&'static str),
}

impl DigestSender {
    /// With the way out that the settings name.
    pub fn new(deps: Deps) -> Result<Self, TransportError> {
        let transport = Transport::new(&deps.config)?;
        let signers = Signers::load(&deps.config.dkim)?;
        let desk = seal::Desk::load(&deps.config.desk_keys())?;
        let log = MtaLog::new(deps.config.mta_log.clone());
        let last_try =
            LastTry::open(deps.config.mark_file.as_deref(), Of::Digests).map_err(TransportError::MarkFile)?;
        Ok(Self { deps, transport, signers, desk, log, last_try, shelved: Shelved::default() })
    }

    /// Sends until `stop`.
    pub async fn run(&self, stop: &CancellationToken) {
        while !stop.is_cancelled() {
            if let Err(error) = self.run_once().await {
                tracing::warn!(error = chain(&error), "cannot send digests");
            }
            stop.run_until_cancelled(tokio::time::sleep(LOOK)).await;
        }
    }

    /// Sends every digest that is due now; gives how many mails were tried. What is put off is not due again in it.
    pub async fn run_once(&self) -> Result<usize, DigestError> {
        let length = self.deps.config.lease();
        let mut tries = 0;
        loop {
            // Measured from before the transactions, so that ours ends before the one in the table.
            let deadline = Instant::now() + length;
            match self.start().await? {
                start::Start::Nothing => return Ok(tries),
                start::Start::Settled => {}
                start::Start::Go(going) => {
                    let (hand, fence) = Fence::until(deadline);
                    let first: DeliveryId = going.first();
                    let from = self.deps.envelope_sender(Sent::Delivery(first));
                    let sending = Box::pin(self.transport.send(first, &from, going.to(), &going.bytes, &fence));
                    let keep = || hold::keep(first, &hand, length, self.renew(&going));
                    let report = hold::beside(sending, length / 3, keep).await;
                    hold::record(first, going.members[0].number, || self.finish(&going, &report)).await;
                    tries += 1;
                }
            }
        }
    }

    /// Keeps the lease of all for longer. Says whether every one of them is still ours.
    async fn renew(&self, going: &start::Going) -> Result<bool, store::Error> {
        let until = self.deps.clock.now().plus(self.deps.config.lease());
        let mut tx = self.deps.db.begin().await?;
        let ids: Vec<DeliveryId> = going.members.iter().map(|member| member.row.id).collect();
        let ours = deliveries::renew(&mut tx, &ids, going.lease, until).await?;
        tx.commit().await?;
        Ok(ours)
    }

    /// Leases what is due to one address; empty if nothing is, or if nothing may leave.
    async fn lease(&self) -> Result<(LeaseId, Vec<DeliveryId>), DigestError> {
        let deps = &self.deps;
        let lease = LeaseId::generate(&deps.clock);
        let mut tx = deps.db.begin().await?;
        // Asked for each: what is leased by the time of a first one long ago would be anybody's at once.
        let now = deps.clock.now();
        if !may_go(&mut tx, now).await? {
            return Ok((lease, Vec::new()));
        }
        let ids = deliveries::lease_digest(&mut tx, lease, now, now.plus(deps.config.lease()), start::MOST).await?;
        if !ids.is_empty() {
            gone(&mut tx, now).await?;
        }
        tx.commit().await?;
        Ok((lease, ids))
    }
}
