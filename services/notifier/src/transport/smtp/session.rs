//! An open connection to the mail server: bytes out, replies in.

use std::io::IoSlice;

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
        self.write_pieces(&[bytes]).await
    }

    /// Hands all bytes over, in as few calls as may be. The caller sets the deadline.
    pub async fn write_pieces(&mut self, pieces: &[&[u8]]) -> std::io::Result<()> {
        let mut slices: Vec<IoSlice<'_>> =
            pieces.iter().filter(|piece| !piece.is_empty()).map(|piece| IoSlice::new(piece)).collect();
        let mut left = &mut slices[..];
        while !left.is_empty() {
            let written = match &mut self.stream {
                Stream::Plain(stream) => stream.write_vectored(left).await?,
                Stream::Encrypted(stream) => stream.write_vectored(left).await?,
            };
            if written == 0 {
                return Err(std::io::ErrorKind::WriteZero.into());
            }
            IoSlice::advance_slices(&mut left, written);
        }
        match &mut self.stream {
            Stream::Plain(_) => Ok(()),
            Stream::Encrypted(stream) => stream.flush().await,
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

#[cfg(test)]
mod tests {
    use tokio::net::TcpListener;

    use super::*;

    #[tokio::test]
    async fn any_number_of_pieces_arrives_whole_and_in_order() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let (near, far) = tokio::join!(TcpStream::connect(listener.local_addr().unwrap()), listener.accept());
        let lines: Vec<Vec<u8>> = (0..5_000).map(|number| format!("{number:01000}").into_bytes()).collect();
        let mut pieces: Vec<&[u8]> = lines.iter().map(Vec::as_slice).collect();
        pieces.insert(17, b"");
        let read = async {
            let mut all = Vec::new();
            far.unwrap().0.read_to_end(&mut all).await.unwrap();
            all
        };
        let written = async {
            let mut session = Session::new(Stream::Plain(near.unwrap()));
            session.write_pieces(&pieces).await.unwrap();
        };
        let (all, ()) = tokio::join!(read, written);
        assert!(all == pieces.concat());
    }
}
