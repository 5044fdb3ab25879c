//! SMTP (RFC 5321): a few kept connections, one recipient a transaction, an own deadline on every step.
//!
//! The library's own transport is not used: it hides at which step a try failed, its time-out covers only the connect,
//! and without TCP_NODELAY each mail waits 40 ms for a delayed acknowledgement.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use domain::Mailbox;
use domain::delivery::{Outcome, Stage};
use lettre::Address;
use lettre::transport::smtp::authentication::{Credentials, DEFAULT_MECHANISMS};
use lettre::transport::smtp::client::{AsyncSmtpConnection, TlsParameters};
use lettre::transport::smtp::commands::{Data, Mail, Rcpt, Rset};
use lettre::transport::smtp::extension::ClientId;
use lettre::transport::smtp::response::Response;
use secrecy::ExposeSecret;
use tokio::net::TcpStream;

use super::Report;
use crate::config::{Config, Deadlines, SmtpConfig, Tls};

/// A connection carries this many mails and is then replaced, so that no server thinks us stuck.
const MAILS_PER_CONNECTION: u32 = 100;
/// An idle connection is older than most servers' patience after this.
const IDLE: Duration = Duration::from_secs(60);
/// How much of a server's reply is kept.
const REPLY_CHARS: usize = 500;

/// The link to the mail server.
pub struct Smtp {
    server: SmtpConfig,
    deadlines: Deadlines,
    idle: Mutex<Vec<Kept>>,
    most_idle: usize,
}

struct Kept {
    connection: Box<AsyncSmtpConnection>,
    mails: u32,
    since: Instant,
}

impl std::fmt::Debug for Smtp {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Smtp").field("host", &self.server.host).field("port", &self.server.port).finish_non_exhaustive()
    }
}

/// A step that failed.
struct Failed {
    stage: Stage,
    cause: Cause,
}

enum Cause {
    /// The server answered with a negative code.
    Reply { permanent: bool, text: String },
    /// The connection broke.
    Broken(String),
    /// No answer in time.
    Late,
}

impl Smtp {
    pub(super) fn new(config: &Config) -> Self {
        Self {
            server: config.smtp.clone(),
            deadlines: config.deadlines,
            idle: Mutex::default(),
            most_idle: config.workers,
        }
    }

    pub(super) async fn send(&self, from: &Mailbox, to: &Mailbox, bytes: &[u8]) -> Report {
        let mut kept = match self.connection().await {
            Ok(kept) => kept,
            // Nobody was named yet: whatever the server says, it says it to us and not about this address.
            Err(failed) => return report(&failed),
        };
        match self.transaction(&mut kept.connection, from, to, bytes).await {
            Ok(response) => {
                self.keep(kept);
                Report { outcome: Outcome::Accepted, stage: Stage::Message, reply: words(&response) }
            }
            Err(failed) => {
                // After a refusal the connection is good; after anything else it is not.
                if matches!(failed.cause, Cause::Reply { .. }) && !kept.connection.has_broken() {
                    let reset = self.step(Stage::Mail, self.deadlines.command_secs, kept.connection.command(Rset));
                    if reset.await.is_ok() {
                        self.keep(kept);
                    }
                }
                report(&failed)
            }
        }
    }

    async fn transaction(
        &self,
        connection: &mut AsyncSmtpConnection,
        from: &Mailbox,
        to: &Mailbox,
        bytes: &[u8],
    ) -> Result<Response, Failed> {
        let command = self.deadlines.command_secs;
        let (from, to) = (address(from)?, address(to)?);
        self.step(Stage::Mail, command, connection.command(Mail::new(Some(from), vec![]))).await?;
        self.step(Stage::Rcpt, command, connection.command(Rcpt::new(to, vec![]))).await?;
        self.step(Stage::Data, command, connection.command(Data)).await?;
        // The library ends the text with CRLF of its own.
        let text = bytes.strip_suffix(b"\r\n").unwrap_or(bytes);
        self.step(Stage::Message, self.deadlines.message_secs, connection.message(text)).await
    }

    /// A kept connection that is young enough, or a new one.
    async fn connection(&self) -> Result<Kept, Failed> {
        loop {
            let kept = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
            match kept {
                Some(kept) if kept.since.elapsed() < IDLE && kept.mails < MAILS_PER_CONNECTION => return Ok(kept),
                Some(old) => drop(old),
                None => break,
            }
        }
        let connection = Box::new(self.connect().await?);
        Ok(Kept { connection, mails: 0, since: Instant::now() })
    }

    fn keep(&self, kept: Kept) {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        if idle.len() < self.most_idle {
            idle.push(Kept { mails: kept.mails + 1, since: Instant::now(), ..kept });
        }
    }

    async fn connect(&self) -> Result<AsyncSmtpConnection, Failed> {
        let limit = Duration::from_secs(self.deadlines.connect_secs);
        let open = async {
            let stream = TcpStream::connect((self.server.host.as_str(), self.server.port)).await?;
            stream.set_nodelay(true)?;
            Ok::<_, std::io::Error>(stream)
        };
        let stream = match tokio::time::timeout(limit, open).await {
            Ok(Ok(stream)) => stream,
            Ok(Err(error)) => return Err(Failed { stage: Stage::Connect, cause: Cause::Broken(error.to_string()) }),
            Err(_) => return Err(Failed { stage: Stage::Connect, cause: Cause::Late }),
        };
        let hello = ClientId::Domain(self.server.hello.clone());
        let greeted = AsyncSmtpConnection::connect_with_transport(Box::new(stream), &hello);
        let mut connection = self.step(Stage::Greeting, self.deadlines.connect_secs, greeted).await?;
        if self.server.tls == Tls::Starttls {
            let parameters = TlsParameters::new(self.server.host.clone())
                .map_err(|error| Failed { stage: Stage::Tls, cause: Cause::Broken(error.to_string()) })?;
            self.step(Stage::Tls, self.deadlines.connect_secs, connection.starttls(parameters, &hello)).await?;
        }
        if let (Some(user), Some(password)) = (&self.server.username, &self.server.password) {
            let credentials = Credentials::new(user.clone(), password.expose_secret().to_owned());
            self.step(Stage::Auth, self.deadlines.command_secs, connection.auth(DEFAULT_MECHANISMS, &credentials)).await?;
        }
        Ok(connection)
    }

    async fn step<T>(
        &self,
        stage: Stage,
        secs: u64,
        work: impl Future<Output = Result<T, lettre::transport::smtp::Error>>,
    ) -> Result<T, Failed> {
        match tokio::time::timeout(Duration::from_secs(secs), work).await {
            Ok(Ok(value)) => Ok(value),
            Ok(Err(error)) => {
                let cause = match error.status() {
                    Some(code) => Cause::Reply { permanent: error.is_permanent(), text: format!("{code} {}", detail(&error)) },
                    None => Cause::Broken(detail(&error)),
                };
                Err(Failed { stage, cause })
            }
            Err(_) => Err(Failed { stage, cause: Cause::Late }),
        }
    }
}

fn address(mailbox: &Mailbox) -> Result<Address, Failed> {
    Address::new(mailbox.local(), mailbox.domain())
        .map_err(|error| Failed { stage: Stage::Mail, cause: Cause::Reply { permanent: true, text: error.to_string() } })
}

/// What a failure means for the delivery. A refusal is final only when it is about this address or this mail; one at
/// an earlier step is about us, and refusing a thousand partners for our wrong password would silence them all.
fn report(failed: &Failed) -> Report {
    let about_the_mail = matches!(failed.stage, Stage::Rcpt | Stage::Data | Stage::Message);
    let (outcome, reply) = match &failed.cause {
        Cause::Reply { permanent: true, text } if about_the_mail => (Outcome::Refused, text.clone()),
        Cause::Reply { text, .. } => (Outcome::Deferred, text.clone()),
        // The text was on its way and no reply came: the server may have taken it (RFC 1047).
        Cause::Broken(text) if failed.stage == Stage::Message => (Outcome::Uncertain, text.clone()),
        Cause::Late if failed.stage == Stage::Message => (Outcome::Uncertain, "no reply in time".to_owned()),
        Cause::Broken(text) => (Outcome::Deferred, text.clone()),
        Cause::Late => (Outcome::Deferred, "no reply in time".to_owned()),
    };
    Report { outcome, stage: failed.stage, reply: cleaned(&reply) }
}

fn detail(error: &lettre::transport::smtp::Error) -> String {
    std::error::Error::source(error).map_or_else(|| error.to_string(), ToString::to_string)
}

fn words(response: &Response) -> String {
    let text: Vec<_> = response.message().collect();
    cleaned(&format!("{} {}", response.code(), text.join(" ")))
}

/// A server's words are a stranger's: one line, bounded.
fn cleaned(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).take(REPLY_CHARS).collect::<String>().trim().to_owned()
}
