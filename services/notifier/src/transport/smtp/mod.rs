//! SMTP (RFC 5321): a few kept connections, one recipient a transaction, an own deadline on every step.
//!
//! The mail library builds mails; the dialogue is ours. Its own transport hides at which step a try failed, its time-out covers only
//! the connect (a server that stops answering holds it for ever), it sends one command at a time, and without TCP_NODELAY each mail
//! waits 40 ms for a delayed acknowledgement. What is said and what answers mean is decided without a socket ([`dialogue`], [`reply`],
//! [`text`], [`classify`]); the rest is reading, writing and deadlines. One recipient a transaction, because a refusal must hit one
//! partner, and because nobody may read who else was told.

mod capabilities;
mod classify;
mod connect;
mod dialogue;
mod pool;
mod reply;
mod session;
mod text;
mod tls;

use std::sync::Mutex;
use std::time::{Duration, Instant};

use domain::Mailbox;
use domain::delivery::{Outcome, Stage};

use self::classify::{Cause, Failed, report};
use self::connect::{Connector, within};
use self::dialogue::{After, Dialogue, End, Next};
use self::pool::{Kept, Pool};
use self::reply::Reply;
use self::session::Session;
use self::text::Text;
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
            Ok(reply) => {
                *lock(&self.last_accepted) = Some(Instant::now());
                let reply = classify::words(&reply);
                Report { outcome: Outcome::Accepted, stage: Stage::Message, reply, fault: Fault::Recipient }
            }
            Err(failed) => {
                let proven = lock(&self.last_accepted).is_some_and(|at| at.elapsed() < PROOF);
                report(&failed, proven)
            }
        }
    }

    /// As far as a connection that would take mail: greeting, encryption, sign-in.
    pub(super) async fn check(&self) -> Result<(), Report> {
        self.connector.connect().await.map(drop).map_err(|failed| report(&failed, false))
    }

    /// A mail on a kept connection, or on a new one.
    async fn attempt(&self, from: &Mailbox, to: &Mailbox, bytes: &[u8], fence: &Fence) -> Result<Reply, Failed> {
        let Some(text) = Text::of(bytes) else {
            // Some servers take a lone LF for a line's end, and what follows it for commands (SMTP smuggling).
            let reply = Reply::ours(554, "5.6.0 the message has a line end that is not CRLF");
            return Err(Failed { stage: Stage::Data, cause: Cause::Reply(reply) });
        };
        if let Some(kept) = self.pool.take() {
            match self.transaction(kept, from, to, &text, fence).await {
                // The server had closed it while it was idle. Nothing was said yet, so a new one costs nothing.
                Err(failed) if failed.is_stale_connection() => {}
                ended => return ended,
            }
        }
        let kept = Kept::new(self.connector.connect().await?);
        self.transaction(kept, from, to, &text, fence).await
    }

    async fn transaction(
        &self,
        mut kept: Kept,
        from: &Mailbox,
        to: &Mailbox,
        text: &Text<'_>,
        fence: &Fence,
    ) -> Result<Reply, Failed> {
        let dialogue = Dialogue::new(from, to, text.length, kept.session.can, kept.reset);
        let end = self.hold(&mut kept.session, dialogue, text, fence).await;
        kept.mails += 1;
        let (ended, after) = match end {
            End::Taken(reply) => (Ok(reply), After::Keep),
            End::Failed(failed, after) => (Err(failed), after),
        };
        if after != After::Close {
            kept.reset = after == After::Reset;
            self.pool.put(kept);
        }
        ended
    }

    /// Reads and writes what the dialogue wants, each step under its own deadline.
    async fn hold(&self, session: &mut Session, mut dialogue: Dialogue, text: &Text<'_>, fence: &Fence) -> End {
        let command = Duration::from_secs(self.deadlines.command_secs);
        let message = Duration::from_secs(self.deadlines.message_secs);
        let gone = |failed| End::Failed(failed, After::Close);
        loop {
            match dialogue.next() {
                Next::Say(words) => {
                    let said = within(Stage::Mail, command, async {
                        session.write(&words).await.map_err(|error| Cause::Broken(error.to_string()))
                    });
                    if let Err(failed) = said.await {
                        return gone(dialogue.broke(failed.stage, failed.cause));
                    }
                }
                Next::Hear(stage) => {
                    let limit = if stage == Stage::Message { message } else { command };
                    match within(stage, limit, session.reply()).await {
                        Ok(reply) => dialogue.heard(reply),
                        Err(failed) => return gone(dialogue.broke(stage, failed.cause)),
                    }
                }
                // From the next byte on the mail may reach its reader.
                Next::Text if !fence.holds() => return gone(dialogue.broke(Stage::Data, Cause::LeaseLost)),
                Next::Text => {
                    if let Err(cause) = write_text(session, &text.pieces, message).await {
                        return gone(dialogue.broke(Stage::Message, cause));
                    }
                    dialogue.text_said();
                }
                Next::End(end) => return end,
            }
        }
    }
}

/// How long to listen for the reason of a server that stopped reading.
const LAST_WORDS: Duration = Duration::from_secs(1);

/// Writes the whole text. A server may refuse before its end and stop reading; then its words count, and otherwise it is known that
/// the end was never sent.
async fn write_text(session: &mut Session, wire: &[&[u8]], limit: Duration) -> Result<(), Cause> {
    let cause = match tokio::time::timeout(limit, session.write_pieces(wire)).await {
        Ok(Ok(())) => return Ok(()),
        Ok(Err(error)) => Cause::CutShort(error.to_string()),
        Err(_) => Cause::CutShort("the server stopped reading".to_owned()),
    };
    match tokio::time::timeout(LAST_WORDS, session.reply()).await {
        Ok(Ok(reply)) if !reply.is_positive() => Err(Cause::Reply(reply)),
        _ => Err(cause),
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}
