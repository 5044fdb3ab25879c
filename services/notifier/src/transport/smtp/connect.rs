//! From nothing to a connection that takes mail.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use domain::delivery::Stage;
use secrecy::ExposeSecret;
use tokio::net::TcpStream;

use super::capabilities::Capabilities;
use super::classify::{Cause, Failed};
use super::reply::Reply;
use super::session::{Session, Stream};
use super::tls::Encryption;
use crate::config::{Deadlines, SmtpConfig, Tls};
use crate::transport::TransportError;

pub(super) struct Connector {
    server: SmtpConfig,
    deadlines: Deadlines,
    encryption: Option<Encryption>,
}

impl Connector {
    pub fn new(server: &SmtpConfig, deadlines: Deadlines) -> Result<Self, TransportError> {
        let authorities = match &server.ca_path {
            Some(path) => Some(std::fs::read(path).map_err(TransportError::CaFile)?),
            None => None,
        };
        let encryption = match server.tls {
            Tls::None => None,
            Tls::Starttls | Tls::Implicit => Some(Encryption::new(&server.host, authorities.as_deref())?),
        };
        Ok(Self { server: server.clone(), deadlines, encryption })
    }

    pub async fn connect(&self) -> Result<Session, Failed> {
        let connect = Duration::from_secs(self.deadlines.connect_secs);
        let stream = within(Stage::Connect, connect, async { self.open().await.map_err(broken) }).await?;
        // The socket's own address is a name that is always valid and never wrong (RFC 5321, 4.1.4).
        let hello = match (&self.server.hello, stream.local_addr().map(|address| address.ip())) {
            (Some(name), _) => name.clone(),
            (None, Ok(std::net::IpAddr::V6(ip))) => format!("[IPv6:{ip}]"),
            (None, Ok(std::net::IpAddr::V4(ip))) => format!("[{ip}]"),
            (None, Err(error)) => return Err(Failed { stage: Stage::Connect, cause: broken(error) }),
        };
        let mut session = match (&self.encryption, self.server.tls) {
            (Some(encryption), Tls::Implicit) => self.encrypt(encryption, stream).await?,
            _ => Session::new(Stream::Plain(stream)),
        };
        within(Stage::Greeting, connect, async { expect(session.reply().await?, 220) }).await?;
        self.hello(&mut session, &hello).await?;
        if let (Some(encryption), Tls::Starttls) = (&self.encryption, self.server.tls) {
            session = self.starttls(session, encryption).await?;
            // What was announced before is forgotten: somebody on the way may have put it there (RFC 3207, 4.2).
            self.hello(&mut session, &hello).await?;
        }
        self.authenticate(&mut session).await?;
        Ok(session)
    }

    async fn open(&self) -> std::io::Result<TcpStream> {
        let stream = TcpStream::connect((self.server.host.as_str(), self.server.port)).await?;
        // Without it each mail waits 40 ms for a delayed acknowledgement.
        stream.set_nodelay(true)?;
        Ok(stream)
    }

    async fn encrypt(&self, encryption: &Encryption, stream: TcpStream) -> Result<Session, Failed> {
        let limit = Duration::from_secs(self.deadlines.connect_secs);
        let stream = within(Stage::Tls, limit, async { encryption.handshake(stream).await.map_err(broken) }).await?;
        Ok(Session::new(Stream::Encrypted(stream)))
    }

    /// EHLO, and HELO for a server that does not know it.
    async fn hello(&self, session: &mut Session, name: &str) -> Result<(), Failed> {
        let limit = Duration::from_secs(self.deadlines.command_secs);
        let reply = say(session, Stage::Greeting, limit, &format!("EHLO {name}\r\n")).await?;
        if reply.code == 250 {
            session.can = Capabilities::of(&reply);
            return Ok(());
        }
        if reply.code < 500 {
            return Err(Failed { stage: Stage::Greeting, cause: Cause::Reply(reply) });
        }
        let reply = say(session, Stage::Greeting, limit, &format!("HELO {name}\r\n")).await?;
        session.can = Capabilities::default();
        expect(reply, 250).map_err(|cause| Failed { stage: Stage::Greeting, cause })
    }

    /// There is no sending in the clear where TLS was asked for.
    async fn starttls(&self, mut session: Session, encryption: &Encryption) -> Result<Session, Failed> {
        let failed = |text: &str| Failed { stage: Stage::Tls, cause: Cause::Broken(text.to_owned()) };
        if !session.can.starttls {
            return Err(failed("the server does not offer STARTTLS"));
        }
        let limit = Duration::from_secs(self.deadlines.command_secs);
        let reply = say(&mut session, Stage::Tls, limit, "STARTTLS\r\n").await?;
        expect(reply, 220).map_err(|cause| Failed { stage: Stage::Tls, cause })?;
        let stream = session.into_plain().ok_or_else(|| failed("the server spoke on before TLS began"))?;
        self.encrypt(encryption, stream).await
    }

    async fn authenticate(&self, session: &mut Session) -> Result<(), Failed> {
        let (Some(user), Some(password)) = (&self.server.username, &self.server.password) else { return Ok(()) };
        let password = password.expose_secret();
        let lines = if session.can.auth_plain {
            vec![format!("AUTH PLAIN {}\r\n", STANDARD.encode(format!("\0{user}\0{password}")))]
        } else if session.can.auth_login {
            vec!["AUTH LOGIN\r\n".to_owned(), STANDARD.encode(user) + "\r\n", STANDARD.encode(password) + "\r\n"]
        } else {
            let cause = Cause::Broken("the server offers neither AUTH PLAIN nor AUTH LOGIN".to_owned());
            return Err(Failed { stage: Stage::Auth, cause });
        };
        let limit = Duration::from_secs(self.deadlines.command_secs);
        for (n, line) in lines.iter().enumerate() {
            let reply = say(session, Stage::Auth, limit, line).await?;
            let wanted = if n + 1 == lines.len() { 235 } else { 334 };
            expect(reply, wanted).map_err(|cause| Failed { stage: Stage::Auth, cause })?;
        }
        Ok(())
    }
}

impl std::fmt::Debug for Connector {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Connector").field("server", &self.server).finish_non_exhaustive()
    }
}

async fn say(session: &mut Session, stage: Stage, limit: Duration, line: &str) -> Result<Reply, Failed> {
    within(stage, limit, async {
        session.write(line.as_bytes()).await.map_err(broken)?;
        session.reply().await
    })
    .await
}

fn expect(reply: Reply, code: u16) -> Result<(), Cause> {
    if reply.code == code { Ok(()) } else { Err(Cause::Reply(reply)) }
}

#[expect(clippy::needless_pass_by_value, reason = "the form that map_err wants")]
fn broken(error: std::io::Error) -> Cause {
    Cause::Broken(error.to_string())
}

/// Runs one step under its own deadline.
pub(super) async fn within<T>(
    stage: Stage,
    limit: Duration,
    work: impl Future<Output = Result<T, Cause>>,
) -> Result<T, Failed> {
    match tokio::time::timeout(limit, work).await {
        Ok(done) => done.map_err(|cause| Failed { stage, cause }),
        Err(_) => Err(Failed { stage, cause: Cause::Late }),
    }
}
