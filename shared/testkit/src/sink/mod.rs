//! A mail server that takes everything unless its script says otherwise.
//!
//! ```
//! use std::time::Duration;
//! use testkit::sink::{Rule, SmtpSink, Stage};
//!
//! # async fn example() -> anyhow::Result<()> {
//! let sink = SmtpSink::start().await?;
//! sink.add(Rule::at(Stage::Rcpt).recipient("no@example.org").reply("550 5.1.1 unknown"));
//! sink.add(Rule::at(Stage::Rcpt).recipient("later@example.org").times(2).reply("451 4.7.1 greylisted"));
//! sink.add(Rule::at(Stage::Dot).recipient("lost@example.org").times(1).taking().close());
//! // ... send to sink.address() ...
//! let messages = sink.wait_for(1, Duration::from_secs(10)).await?;
//! # Ok(())
//! # }
//! ```
//!
//! It speaks what RFC 5321 asks of a receiving server, with PIPELINING, 8BITMIME, SMTPUTF8, SIZE,
//! DSN and ENHANCEDSTATUSCODES, and AUTH with any password. It has no TLS: where encryption is the
//! question, a real mail server is the test.

pub mod fast;
mod message;
mod rule;
mod session;
mod wire;

use std::{
    net::{Ipv4Addr, SocketAddr},
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    time::Duration,
};

use anyhow::{Context as _, Result, bail};
use tokio::{net::TcpListener, sync::watch, task::JoinSet};

pub use message::Message;
use rule::Script;
pub use rule::{Rule, Stage};

/// A running sink; its connections end when it is dropped.
#[derive(Debug)]
pub struct SmtpSink {
    address: SocketAddr,
    shared: Arc<Shared>,
    _tasks: JoinSet<()>,
}

/// What all sessions share.
#[derive(Debug)]
struct Shared {
    script: Script,
    /// The record is the channel, so that whoever waits cannot miss a change.
    record: watch::Sender<Record>,
    connections: AtomicUsize,
    bare_lf: AtomicBool,
}

#[derive(Debug, Default)]
struct Record {
    messages: Vec<Message>,
    commands: Vec<Command>,
    open: usize,
    most: usize,
}

impl Record {
    fn attempts(&self, recipient: &str) -> usize {
        self.commands
            .iter()
            .filter_map(|command| wire::path(&command.line, "RCPT TO:"))
            .filter(|path| path.eq_ignore_ascii_case(recipient))
            .count()
    }
}

/// A command line as a client sent it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Command {
    /// Which connection, counted from 1 in the order they came.
    pub connection: usize,
    /// The line without its end; what follows AUTH is left out.
    pub line: String,
}

impl SmtpSink {
    /// Listens on a free port of 127.0.0.1.
    pub async fn start() -> Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.context("failed to listen for mail")?;
        let address = listener.local_addr().context("failed to learn the sink's port")?;
        let shared = Arc::new(Shared {
            script: Script::default(),
            record: watch::Sender::new(Record::default()),
            connections: AtomicUsize::new(0),
            bare_lf: AtomicBool::new(false),
        });
        let mut tasks = JoinSet::new();
        tasks.spawn(accept(listener, Arc::clone(&shared)));
        Ok(Self { address, shared, _tasks: tasks })
    }

    /// Where clients connect.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The port of [`address`](Self::address).
    pub fn port(&self) -> u16 {
        self.address.port()
    }

    /// Adds a rule to the script. Of several that fit, the one added first acts, until its
    /// [`times`](Rule::times) are used up.
    pub fn add(&self, rule: Rule) {
        self.shared.script.add(rule);
    }

    /// Ends the lines of its replies with LF alone, on connections that come from now on.
    pub fn answer_with_bare_lf(&self) {
        self.shared.bare_lf.store(true, Ordering::Relaxed);
    }

    /// Forgets the script: from now on everything is taken. Silent connections stay silent.
    pub fn clear_rules(&self) {
        self.shared.script.clear();
    }

    /// Every message taken so far, in the order it was taken.
    pub fn messages(&self) -> Vec<Message> {
        self.shared.record.borrow().messages.clone()
    }

    /// Every command line so far, in the order of arrival.
    pub fn commands(&self) -> Vec<Command> {
        self.shared.record.borrow().commands.clone()
    }

    /// How often somebody tried to name this recipient, taken or not.
    pub fn attempts(&self, recipient: &str) -> usize {
        self.shared.record.borrow().attempts(recipient)
    }

    /// Connections so far.
    pub fn connections(&self) -> usize {
        self.shared.connections.load(Ordering::Relaxed)
    }

    /// The most connections open at the same time so far.
    pub fn most_at_once(&self) -> usize {
        self.shared.record.borrow().most
    }

    /// Waits until at least `count` messages were taken, at most `limit`, and returns them all.
    pub async fn wait_for(&self, count: usize, limit: Duration) -> Result<Vec<Message>> {
        self.wait(&format!("{count} messages"), limit, |record| record.messages.len() >= count).await?;
        Ok(self.messages())
    }

    /// Waits until the messages taken fulfil `condition`, at most `limit`, and returns them all.
    pub async fn wait_until(
        &self,
        limit: Duration,
        mut condition: impl FnMut(&[Message]) -> bool,
    ) -> Result<Vec<Message>> {
        self.wait("the condition", limit, |record| condition(&record.messages)).await?;
        Ok(self.messages())
    }

    /// Waits until this recipient was named `count` times, taken or not.
    pub async fn wait_for_attempts(&self, recipient: &str, count: usize, limit: Duration) -> Result<()> {
        self.wait(&format!("{count} attempts"), limit, |record| record.attempts(recipient) >= count).await
    }

    async fn wait(&self, what: &str, limit: Duration, condition: impl FnMut(&Record) -> bool) -> Result<()> {
        let mut record = self.shared.record.subscribe();
        let waited = tokio::time::timeout(limit, record.wait_for(condition)).await;
        if let Ok(found) = waited {
            return found.map(drop).context("the sink has ended");
        }
        let taken = self.shared.record.borrow().messages.len();
        bail!("waited {limit:?} in vain for {what}; {taken} messages were taken")
    }
}

async fn accept(listener: TcpListener, shared: Arc<Shared>) {
    let mut sessions = JoinSet::new();
    loop {
        tokio::select! {
            // Ended sessions are taken out, so that the set does not grow with every one ever made.
            Some(_) = sessions.join_next() => {}
            incoming = listener.accept() => {
                if let Ok((stream, _)) = incoming {
                    let number = shared.connections.fetch_add(1, Ordering::Relaxed) + 1;
                    sessions.spawn(session::run(stream, number, Arc::clone(&shared)));
                }
            }
        }
    }
}
