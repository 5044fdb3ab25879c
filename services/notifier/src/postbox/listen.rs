//! The listener for mail servers that hand in what came back: the socket, and its limits.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use tokio::io::{AsyncBufRead, AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use super::lmtp::{Session, Step, Text, answer};
use super::{Postbox, Taken};
use crate::sender::chain;

/// How many connections at once.
const CONNECTIONS: usize = 16;
/// The longest line, its end included: RFC 5321 has 1,000, and forwarded mail has longer ones.
const LINE: u64 = 16 * 1024;
/// How long to wait for a line.
const PATIENCE: Duration = Duration::from_secs(60);
/// How long a connection may last.
const LIFE: Duration = Duration::from_secs(15 * 60);
/// The pause after a connection that could not be taken.
const BREATH: Duration = Duration::from_millis(100);

impl Postbox {
    /// Answers mail servers until `stop`. What is under way then is cut: a server without an answer comes again.
    pub async fn listen(&self, listener: TcpListener, stop: &CancellationToken) {
        let room = Arc::new(Semaphore::new(CONNECTIONS));
        let mut talks = JoinSet::new();
        loop {
            let stream = tokio::select! {
                accepted = listener.accept() => accepted,
                Some(_) = talks.join_next() => continue,
                () = stop.cancelled() => return,
            };
            let mut stream = match stream {
                Ok((stream, _)) => stream,
                Err(error) => {
                    tracing::warn!(error = chain(&error), "cannot take a connection");
                    tokio::time::sleep(BREATH).await;
                    continue;
                }
            };
            let Ok(permit) = Arc::clone(&room).try_acquire_owned() else {
                drop(tokio::time::timeout(BREATH, stream.write_all(b"421 4.3.2 too many connections\r\n")).await);
                continue;
            };
            let postbox = self.clone();
            talks.spawn(async move {
                let talk = tokio::time::timeout(LIFE, postbox.talk(stream)).await;
                if let Ok(Err(error)) = talk {
                    tracing::debug!(error = chain(&error), "a connection ended early");
                }
                drop(permit);
            });
        }
    }

    async fn talk(&self, stream: TcpStream) -> io::Result<()> {
        let (reading, mut writing) = stream.into_split();
        let mut reading = BufReader::new(reading);
        let mut session = Session::default();
        writing.write_all(b"220 tocsin LMTP\r\n").await?;
        while let Some(line) = line(&mut reading).await? {
            let step = session.command(&line, |to| self.address(to).map_err(Taken::note));
            match step {
                Step::Say(answer) => writing.write_all(format!("{answer}\r\n").as_bytes()).await?,
                Step::Bye(answer) => return writing.write_all(format!("{answer}\r\n").as_bytes()).await,
                Step::Text(go_on) => {
                    writing.write_all(format!("{go_on}\r\n").as_bytes()).await?;
                    let Some(text) = text(&mut reading).await? else { return Ok(()) };
                    let answers = self.hand_in(&mut session, text).await;
                    writing.write_all(answers.as_bytes()).await?;
                }
            }
        }
        Ok(())
    }

    /// One answer for each recipient (RFC 2033, 4.2).
    async fn hand_in(&self, session: &mut Session, text: Text) -> String {
        let (to, null_sender) = session.text_taken();
        let whole = text.whole();
        let mut answers = String::new();
        for to in to {
            let taken = match &whole {
                None => Ok(Taken::TooLong.note()),
                Some(bytes) => match self.take(to, null_sender, bytes).await {
                    Ok(taken) => Ok(taken.note()),
                    Err(error) => {
                        tracing::warn!(error = chain(&error), "cannot record what came back");
                        Err(())
                    }
                },
            };
            answers.push_str(answer(taken));
            answers.push_str("\r\n");
        }
        answers
    }
}

/// The next line without its end; none where the other side has gone. A line that does not end in CRLF ends it all: what
/// follows it cannot be told from a command.
async fn line(reading: &mut (impl AsyncBufRead + Unpin)) -> io::Result<Option<Vec<u8>>> {
    let mut line = Vec::new();
    let mut limited = reading.take(LINE);
    tokio::time::timeout(PATIENCE, limited.read_until(b'\n', &mut line))
        .await
        .map_err(|_| io::Error::from(io::ErrorKind::TimedOut))??;
    if line.is_empty() {
        return Ok(None);
    }
    match line.strip_suffix(b"\r\n") {
        Some(rest) if !rest.contains(&b'\r') => Ok(Some(rest.to_vec())),
        _ => Err(io::Error::new(io::ErrorKind::InvalidData, "a line is too long or has no CRLF at its end")),
    }
}

/// The text up to its dot; none where the other side has gone.
async fn text(reading: &mut (impl AsyncBufRead + Unpin)) -> io::Result<Option<Text>> {
    let mut text = Text::default();
    while let Some(line) = line(reading).await? {
        if text.line(&line) {
            return Ok(Some(text));
        }
    }
    Ok(None)
}
