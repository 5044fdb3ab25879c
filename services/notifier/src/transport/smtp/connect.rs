//! From nothing to a connection that takes mail.

use std::time::Duration;

use domain::delivery::Stage;
use lettre::transport::smtp::authentication::{Credentials, DEFAULT_MECHANISMS};
use lettre::transport::smtp::client::{AsyncSmtpConnection, Certificate, TlsParameters};
use lettre::transport::smtp::extension::ClientId;
use secrecy::ExposeSecret;
use tokio::net::TcpStream;

use super::classify::{Cause, Failed};
use super::implicit::Implicit;
use super::step;
use crate::config::{Deadlines, SmtpConfig, Tls};
use crate::transport::TransportError;

/// How the connection is protected.
enum Protection {
    None,
    Starttls(TlsParameters),
    Implicit(Implicit),
}

pub(super) struct Connector {
    server: SmtpConfig,
    deadlines: Deadlines,
    hello: ClientId,
    protection: Protection,
}

impl Connector {
    pub fn new(server: &SmtpConfig, deadlines: Deadlines) -> Result<Self, TransportError> {
        let authorities = match &server.ca_file {
            Some(path) => Some(std::fs::read(path).map_err(TransportError::CaFile)?),
            None => None,
        };
        let protection = match server.tls {
            Tls::None => Protection::None,
            Tls::Starttls => Protection::Starttls(parameters(&server.host, authorities.as_deref())?),
            Tls::Implicit => Protection::Implicit(Implicit::new(&server.host, authorities.as_deref())?),
        };
        let hello = server.hello.clone().map_or_else(ClientId::default, ClientId::Domain);
        Ok(Self { server: server.clone(), deadlines, hello, protection })
    }

    pub async fn connect(&self) -> Result<AsyncSmtpConnection, Failed> {
        let limits = &self.deadlines;
        let limit = Duration::from_secs(limits.connect_secs);
        let stream = match tokio::time::timeout(limit, self.open()).await {
            Ok(Ok(stream)) => stream,
            Ok(Err(error)) => return Err(Failed { stage: Stage::Connect, cause: Cause::Broken(error.to_string()) }),
            Err(_) => return Err(Failed { stage: Stage::Connect, cause: Cause::Late }),
        };
        let mut connection = if let Protection::Implicit(implicit) = &self.protection {
            let limit = Duration::from_secs(limits.connect_secs);
            let stream = match tokio::time::timeout(limit, implicit.handshake(stream)).await {
                Ok(Ok(stream)) => stream,
                Ok(Err(error)) => return Err(Failed { stage: Stage::Tls, cause: Cause::Broken(error.to_string()) }),
                Err(_) => return Err(Failed { stage: Stage::Tls, cause: Cause::Late }),
            };
            self.greet(Box::new(stream)).await?
        } else {
            self.greet(Box::new(stream)).await?
        };
        if let Protection::Starttls(parameters) = &self.protection {
            // Fails if the server does not offer it: there is no sending in the clear where TLS was asked for.
            step(Stage::Tls, limits.connect_secs, connection.starttls(parameters.clone(), &self.hello)).await?;
        }
        if let (Some(user), Some(password)) = (&self.server.username, &self.server.password) {
            let credentials = Credentials::new(user.clone(), password.expose_secret().to_owned());
            step(Stage::Auth, limits.command_secs, connection.auth(DEFAULT_MECHANISMS, &credentials)).await?;
        }
        Ok(connection)
    }

    async fn open(&self) -> std::io::Result<TcpStream> {
        let stream = TcpStream::connect((self.server.host.as_str(), self.server.port)).await?;
        stream.set_nodelay(true)?;
        Ok(stream)
    }

    async fn greet(
        &self,
        stream: Box<dyn lettre::transport::smtp::client::AsyncTokioStream>,
    ) -> Result<AsyncSmtpConnection, Failed> {
        let greeted = AsyncSmtpConnection::connect_with_transport(stream, &self.hello);
        step(Stage::Greeting, self.deadlines.connect_secs, greeted).await
    }
}

impl std::fmt::Debug for Connector {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Connector").field("server", &self.server).finish_non_exhaustive()
    }
}

fn parameters(host: &str, authorities: Option<&[u8]>) -> Result<TlsParameters, TransportError> {
    let mut builder = TlsParameters::builder(host.to_owned());
    if let Some(pem) = authorities {
        builder = builder.add_root_certificate(Certificate::from_pem(pem).map_err(TransportError::Tls)?);
    }
    builder.build_rustls().map_err(TransportError::Tls)
}
