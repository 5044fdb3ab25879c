//! SMTP (RFC 5321): a few kept connections, one recipient a transaction, an own deadline on every step.
//!
//! The mail library's own transport is not used: it hides at which step a try failed, its time-out covers only the
//! connect (a server that stops answering holds it for ever), and without TCP_NODELAY each mail waits 40 ms for a
//! delayed acknowledgement. One recipient a transaction, because a refusal must hit one partner, and because nobody
//! may read who else was told.

mod classify;
mod connect;
mod implicit;
mod pool;

use std::sync::Mutex;
use std::time::{Duration, Instant};

use domain::Mailbox;
use domain::delivery::{Outcome, Stage};
use lettre::Address;
use lettre::transport::smtp::client::AsyncSmtpConnection;
use lettre::transport::smtp::commands::{Data, Mail, Rcpt, Rset};
use lettre::transport::smtp::response::Response;

use self::classify::{Cause, Failed, Reply, report};
use self::connect::Connector;
use self::pool::{Kept, Pool};
use super::{Fault, Fence, Report, TransportError};
use crate::config::{Config, Deadlines};

/// For how long an accepted mail proves that the server takes our mail at all.
const PROOF: Duration = Duration::from_secs(300);

/// The link to the mail server.
#[derive(Debug)]
pub struct Smtp {
    connector: Connector,
    deadlines: Deadlines,
    pool: Pool,
    last_accepted: Mutex<Option<Instant>>,
}

impl Smtp {
    pub(super) fn new(config: &Config) -> Result<Self, TransportError> {
        Ok(Self {
            connector: Connector::new(&config.smtp, config.deadlines)?,
            deadlines: config.deadlines,
            pool: Pool::new(config.workers),
            last_accepted: Mutex::default(),
        })
    }

    pub(super) async fn send(&self, from: &Mailbox, to: &Mailbox, bytes: &[u8], fence: &Fence) -> Report {
        match self.attempt(from, to, bytes, fence).await {
            Ok(response) => {
                *lock(&self.last_accepted) = Some(Instant::now());
                let reply = classify::words(&response);
                Report { outcome: Outcome::Accepted, stage: Stage::Message, reply, fault: Fault::Recipient }
            }
            Err(failed) => {
                let proven = lock(&self.last_accepted).is_some_and(|at| at.elapsed() < PROOF);
                report(&failed, proven)
            }
        }
    }

    /// A mail on a kept connection, or on a new one.
    async fn attempt(&self, from: &Mailbox, to: &Mailbox, bytes: &[u8], fence: &Fence) -> Result<Response, Failed> {
        if let Some(kept) = self.pool.take() {
            match self.transaction(kept, from, to, bytes, fence).await {
                // The server had closed it while it was idle. Nothing was said yet, so a new one costs nothing.
                Err(failed) if failed.is_stale_connection() => {}
                ended => return ended,
            }
        }
        let kept = Kept::new(self.connector.connect().await?);
        self.transaction(kept, from, to, bytes, fence).await
    }

    async fn transaction(
        &self,
        mut kept: Kept,
        from: &Mailbox,
        to: &Mailbox,
        bytes: &[u8],
        fence: &Fence,
    ) -> Result<Response, Failed> {
        let ended = self.say(&mut kept.connection, from, to, bytes, fence).await;
        kept.mails += 1;
        match &ended {
            Ok(_) => self.pool.put(kept),
            // After a refusal the connection is good once the server has forgotten the mail.
            Err(Failed { cause: Cause::Reply(reply), .. }) if reply.code != 421 && !kept.connection.has_broken() => {
                let reset = step(Stage::Mail, self.deadlines.command_secs, kept.connection.command(Rset));
                if reset.await.is_ok() {
                    self.pool.put(kept);
                }
            }
            // After anything else it is in an unknown state: closed by dropping it.
            Err(_) => {}
        }
        ended
    }

    async fn say(
        &self,
        connection: &mut AsyncSmtpConnection,
        from: &Mailbox,
        to: &Mailbox,
        bytes: &[u8],
        fence: &Fence,
    ) -> Result<Response, Failed> {
        let limits = &self.deadlines;
        let (from, to) = (address(from, Stage::Mail)?, address(to, Stage::Rcpt)?);
        step(Stage::Mail, limits.command_secs, connection.command(Mail::new(Some(from), vec![]))).await?;
        step(Stage::Rcpt, limits.command_secs, connection.command(Rcpt::new(to, vec![]))).await?;
        check(fence)?;
        step(Stage::Data, limits.command_secs, connection.command(Data)).await?;
        // Once more after the wait for the server: from the next byte on, the mail may reach its reader.
        check(fence)?;
        // The library ends the text with CRLF of its own.
        let text = bytes.strip_suffix(b"\r\n").unwrap_or(bytes);
        step(Stage::Message, limits.message_secs, connection.message(text)).await
    }
}

fn check(fence: &Fence) -> Result<(), Failed> {
    if fence.holds() { Ok(()) } else { Err(Failed { stage: Stage::Data, cause: Cause::LeaseLost }) }
}

fn address(mailbox: &Mailbox, stage: Stage) -> Result<Address, Failed> {
    Address::new(mailbox.local(), mailbox.domain()).map_err(|error| {
        // 5.1.3: bad destination mailbox address syntax (RFC 3463), in our own words and before the server's.
        let text = format!("5.1.3 the mail library refuses the address: {error}");
        Failed { stage, cause: Cause::Reply(Reply { code: 553, text }) }
    })
}

/// Runs one step of the dialogue under its own deadline.
async fn step<T>(
    stage: Stage,
    secs: u64,
    work: impl Future<Output = Result<T, lettre::transport::smtp::Error>>,
) -> Result<T, Failed> {
    match tokio::time::timeout(Duration::from_secs(secs), work).await {
        Ok(Ok(value)) => Ok(value),
        Ok(Err(error)) => Err(Failed { stage, cause: Cause::from(&error) }),
        Err(_) => Err(Failed { stage, cause: Cause::Late }),
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}
