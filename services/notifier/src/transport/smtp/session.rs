//! An open connection to the mail server: bytes out, replies in.

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio_rustls::client::TlsStream;

use super::capabilities::Capabilities;
use super::classify::Cause;
use super::reply::{self, Reply};

pub(super) struct Session {
    stream: Stream,
    /// What came and is not a whole reply yet.
    buffer: Vec<u8>,
    /// What the server can do.
    pub can: Capabilities,
}

/// A closed set of ways to carry bytes.
pub(super) enum Stream {
    Plain(TcpStream),
    Encrypted(Box<TlsStream<TcpStream>>),
}

impl Session {
    pub fn new(stream: Stream) -> Self {
        Self { stream, buffer: Vec::with_capacity(1024), can: Capabilities::default() }
    }

    /// The next reply. The caller sets the deadline.
    pub async fn reply(&mut self) -> Result<Reply, Cause> {
        loop {
            match reply::parse(&self.buffer) {
                Ok(Some((reply, used))) => {
                    self.buffer.drain(..used);
                    return Ok(reply);
                }
                Ok(None) => {}
                Err(error) => return Err(Cause::Broken(error.to_string())),
            }
            let read = match &mut self.stream {
                Stream::Plain(stream) => stream.read_buf(&mut self.buffer).await,
                Stream::Encrypted(stream) => stream.read_buf(&mut self.buffer).await,
            };
            match read {
                Ok(0) => return Err(Cause::Broken("the server closed the connection".to_owned())),
                Ok(_) => {}
                Err(error) => return Err(Cause::Broken(error.to_string())),
            }
        }
    }

    /// Hands all bytes over. The caller sets the deadline.
    pub async fn write(&mut self, bytes: &[u8]) -> std::io::Result<()> {
        match &mut self.stream {
            Stream::Plain(stream) => stream.write_all(bytes).await,
            Stream::Encrypted(stream) => {
                stream.write_all(bytes).await?;
                stream.flush().await
            }
        }
    }

    /// The bare connection, for TLS to begin on; none if the server has already said more, which somebody on the way could have
    /// put there to be taken for what it says under encryption (CVE-2011-0411).
    pub fn into_plain(self) -> Option<TcpStream> {
        match self.stream {
            Stream::Plain(stream) if self.buffer.is_empty() => Some(stream),
            _ => None,
        }
    }
}
