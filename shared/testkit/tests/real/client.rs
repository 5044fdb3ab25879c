//! A bare SMTP client: what it sends and hears is exactly what the test says.

use std::{net::SocketAddr, time::Duration};

use tokio::{
    io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader},
    net::TcpStream,
    time::timeout,
};

/// Longer than any honest reply takes.
pub const LIMIT: Duration = Duration::from_secs(20);

pub struct Client {
    stream: BufReader<TcpStream>,
}

impl Client {
    pub async fn connect(address: SocketAddr) -> Self {
        Self { stream: BufReader::new(TcpStream::connect(address).await.unwrap()) }
    }

    /// Connects, greets, and has read both replies.
    pub async fn greeted(address: SocketAddr) -> Self {
        let mut client = Self::connect(address).await;
        assert_eq!(client.code().await, "220");
        client.say("EHLO client.test\r\n").await;
        assert_eq!(client.code().await, "250");
        client
    }

    pub async fn say(&mut self, text: &str) {
        self.stream.get_mut().write_all(text.as_bytes()).await.unwrap();
    }

    /// The code of the next reply, all its lines read; empty if the connection has ended.
    pub async fn code(&mut self) -> String {
        loop {
            let mut line = String::new();
            let read = timeout(LIMIT, self.stream.read_line(&mut line)).await.expect("a reply in time");
            if !matches!(read, Ok(1..)) {
                return String::new();
            }
            if line.as_bytes().get(3) == Some(&b' ') {
                return line[..3].to_owned();
            }
        }
    }

    /// Sends one line and returns the code of its reply.
    pub async fn ask(&mut self, line: &str) -> String {
        self.say(&format!("{line}\r\n")).await;
        self.code().await
    }

    /// True if nothing comes for a moment although we wait.
    pub async fn hears_nothing(&mut self) -> bool {
        timeout(Duration::from_millis(200), self.stream.fill_buf()).await.is_err()
    }

    /// One whole message to one recipient: the codes of MAIL, RCPT, DATA and the dot, up to the
    /// first that is no yes.
    pub async fn send(&mut self, to: &str, content: &str) -> Vec<String> {
        let mut codes = Vec::new();
        for line in ["MAIL FROM:<from@example.org>", &format!("RCPT TO:<{to}>"), "DATA", &format!("{content}\r\n.")] {
            codes.push(self.ask(line).await);
            if !codes.last().is_some_and(|code| code.starts_with(['2', '3'])) {
                break;
            }
        }
        codes
    }
}
