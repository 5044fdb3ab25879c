//! Lines in and out, with limits, and the few pieces of SMTP grammar the sink needs.

use std::io::{Error, ErrorKind, Result};

use tokio::{
    io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader},
    net::{
        TcpStream,
        tcp::{OwnedReadHalf, OwnedWriteHalf},
    },
};

/// RFC 5321 asks for 512 and extensions add to it; nobody sends this much in earnest.
const LINE_LIMIT: u64 = 4096;
/// What EHLO announces and the dot enforces.
pub(super) const MESSAGE_LIMIT: usize = 32 * 1024 * 1024;

/// One connection. Reading is buffered, so pipelined commands wait their turn and none is lost.
pub(super) struct Wire {
    reader: BufReader<OwnedReadHalf>,
    writer: OwnedWriteHalf,
    end: &'static str,
}

impl Wire {
    /// Whose replies end so.
    pub(super) fn new(stream: TcpStream, end: &'static str) -> Self {
        // Replies are small and awaited; without this each costs the client's delayed acknowledgement.
        drop(stream.set_nodelay(true));
        let (reader, writer) = stream.into_split();
        Self { reader: BufReader::new(reader), writer, end }
    }

    /// The next line without its end, `None` at the end of the stream.
    pub(super) async fn line(&mut self) -> Result<Option<String>> {
        let bytes = self.raw_line(LINE_LIMIT).await?;
        Ok(bytes.map(|bytes| String::from_utf8_lossy(&bytes).trim_end().to_owned()))
    }

    /// Content up to the line with the single dot, dots unstuffed; `None` if the stream ends before it.
    pub(super) async fn content(&mut self) -> Result<Option<Vec<u8>>> {
        let mut content = Vec::new();
        loop {
            let room = (MESSAGE_LIMIT - content.len()) as u64;
            let Some(line) = self.raw_line(room).await? else { return Ok(None) };
            match &line[..] {
                b".\r\n" => return Ok(Some(content)),
                [b'.', rest @ ..] => content.extend_from_slice(rest),
                line => content.extend_from_slice(line),
            }
        }
    }

    pub(super) async fn send(&mut self, reply: &str) -> Result<()> {
        self.writer.write_all(format!("{reply}{}", self.end).as_bytes()).await
    }

    /// Reads and forgets until the peer gives up.
    pub(super) async fn listen_in_silence(&mut self) -> Result<()> {
        tokio::io::copy(&mut self.reader, &mut tokio::io::sink()).await.map(drop)
    }

    async fn raw_line(&mut self, limit: u64) -> Result<Option<Vec<u8>>> {
        use tokio::io::AsyncReadExt as _;
        let mut line = Vec::new();
        (&mut self.reader).take(limit).read_until(b'\n', &mut line).await?;
        match line.last() {
            None => Ok(None),
            Some(b'\n') => Ok(Some(line)),
            // Either over the limit or cut off: nobody may take half a line for a whole one.
            Some(_) => Err(Error::new(ErrorKind::InvalidData, "a line without an end")),
        }
    }
}

/// The address between the angle brackets of `MAIL FROM:<..>` or `RCPT TO:<..>`, if `line` is one.
pub(super) fn path<'a>(line: &'a str, verb: &str) -> Option<&'a str> {
    let (head, rest) = line.split_at_checked(verb.len())?;
    head.eq_ignore_ascii_case(verb).then_some(())?;
    let (path, _parameters) = rest.trim_start().strip_prefix('<')?.split_once('>')?;
    Some(path)
}

#[cfg(test)]
mod tests {
    use super::path;

    #[test]
    fn path_is_what_stands_between_the_brackets() {
        assert_eq!(path("RCPT TO:<a@b> NOTIFY=NEVER", "RCPT TO:"), Some("a@b"));
        assert_eq!(path("mail from: <>", "MAIL FROM:"), Some(""));
        assert_eq!(path("RCPT TO:a@b", "RCPT TO:"), None);
        assert_eq!(path("RSET", "RCPT TO:"), None);
    }
}
