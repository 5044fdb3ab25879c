//! A TCP proxy that breaks the network on purpose.
//!
//! It stands between a client and a server on loopback and can cut everything, delay bytes, swallow
//! one direction (the peer waits for what never comes) or cut a connection after an exact number of
//! bytes. It knows nothing of what it carries.

use std::{
    convert::Infallible,
    net::{Ipv4Addr, SocketAddr},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use anyhow::{Context as _, Result};
use tokio::{
    io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
    sync::{Mutex, mpsc, watch},
    task::JoinSet,
};

use crate::ports::free_port;

/// Which way bytes travel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// From the client that connected to us towards the server.
    ToServer,
    /// From the server back to the client.
    ToClient,
}

/// A running proxy; everything through it ends when it is dropped.
#[derive(Debug)]
pub struct TcpProxy {
    address: SocketAddr,
    shared: Arc<Shared>,
    /// `None` while cut.
    open: Mutex<Option<Open>>,
}

#[derive(Debug)]
struct Open {
    /// The accept loop, which owns every connection.
    accept: JoinSet<()>,
    /// Ends when the accept loop and every connection have dropped their sender, and so their sockets.
    gone: mpsc::Receiver<Infallible>,
}

#[derive(Debug)]
struct Shared {
    upstream: SocketAddr,
    faults: watch::Sender<Faults>,
    accepted: AtomicUsize,
}

/// What is done to bytes, read anew for each piece of them.
#[derive(Debug, Clone, Copy, Default)]
struct Faults {
    delay: Duration,
    to_server: Lane,
    to_client: Lane,
}

#[derive(Debug, Clone, Copy, Default)]
struct Lane {
    swallow: bool,
    /// Bytes that may still pass, counted per connection from its beginning.
    limit: Option<usize>,
}

impl TcpProxy {
    /// Listens on a free port of 127.0.0.1 and forwards to `upstream`, which need not exist yet.
    pub async fn start(upstream: SocketAddr) -> Result<Self> {
        // A port that stays ours to bind again after a cut: see `ports`.
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, free_port()?));
        let shared =
            Arc::new(Shared { upstream, faults: watch::Sender::new(Faults::default()), accepted: AtomicUsize::new(0) });
        let proxy = Self { address, shared, open: Mutex::new(None) };
        proxy.heal().await?;
        Ok(proxy)
    }

    /// In front of a server on 127.0.0.1.
    pub async fn to_port(port: u16) -> Result<Self> {
        Self::start(SocketAddr::from((Ipv4Addr::LOCALHOST, port))).await
    }

    /// Where clients connect.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The port of [`address`](Self::address).
    pub fn port(&self) -> u16 {
        self.address.port()
    }

    /// Connections taken so far.
    pub fn accepted(&self) -> usize {
        self.shared.accepted.load(Ordering::Relaxed)
    }

    /// Drops every connection and refuses new ones. When it returns, both have happened.
    pub async fn cut(&self) {
        if let Some(Open { mut accept, mut gone }) = self.open.lock().await.take() {
            accept.shutdown().await;
            gone.recv().await;
        }
    }

    /// Takes connections again after [`cut`](Self::cut), and ends every delay, loss and limit.
    pub async fn heal(&self) -> Result<()> {
        self.shared.faults.send_replace(Faults::default());
        let mut open = self.open.lock().await;
        if open.is_none() {
            let listener = TcpListener::bind(self.address)
                .await
                .with_context(|| format!("failed to listen on {}", self.address))?;
            let (alive, gone) = mpsc::channel(1);
            let mut tasks = JoinSet::new();
            tasks.spawn(accept(alive, listener, Arc::clone(&self.shared)));
            *open = Some(Open { accept: tasks, gone });
        }
        Ok(())
    }

    /// Holds every piece of data back for so long, both ways.
    pub fn set_delay(&self, delay: Duration) {
        self.shared.faults.send_modify(|faults| faults.delay = delay);
    }

    /// Swallows (or no longer swallows) what travels in this direction. The connections stay open:
    /// this is the half-dead network that only a deadline or a heartbeat notices.
    pub fn drop_direction(&self, direction: Direction, swallow: bool) {
        self.change(direction, |lane| lane.swallow = swallow);
    }

    /// Ends each connection once so many bytes have travelled in this direction since it began;
    /// bytes beyond are not delivered.
    pub fn cut_after(&self, direction: Direction, bytes: usize) {
        self.change(direction, |lane| lane.limit = Some(bytes));
    }

    fn change(&self, direction: Direction, change: impl FnOnce(&mut Lane)) {
        self.shared.faults.send_modify(|faults| match direction {
            Direction::ToServer => change(&mut faults.to_server),
            Direction::ToClient => change(&mut faults.to_client),
        });
    }
}

/// Proof that somebody still holds sockets. Parameters are dropped last to first, so it comes first.
type Alive = mpsc::Sender<Infallible>;

async fn accept(alive: Alive, listener: TcpListener, shared: Arc<Shared>) {
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            // Ended connections are taken out, so that the set does not grow with every one ever made.
            Some(_) = connections.join_next() => {}
            incoming = listener.accept() => {
                if let Ok((client, _)) = incoming {
                    shared.accepted.fetch_add(1, Ordering::Relaxed);
                    connections.spawn(carry(alive.clone(), client, Arc::clone(&shared)));
                }
            }
        }
    }
}

/// Carries one connection until both directions have ended or one of them broke.
async fn carry(_alive: Alive, client: TcpStream, shared: Arc<Shared>) {
    let Ok(server) = TcpStream::connect(shared.upstream).await else { return };
    // We hand on small pieces as they come; waiting to fill packets would add delays nobody ordered.
    drop((client.set_nodelay(true), server.set_nodelay(true)));
    let (client_in, client_out) = client.into_split();
    let (server_in, server_out) = server.into_split();
    let up = pump(client_in, server_out, shared.faults.subscribe(), Direction::ToServer);
    let down = pump(server_in, client_out, shared.faults.subscribe(), Direction::ToClient);
    // An error on either side drops both, which both ends see as a broken connection.
    drop(tokio::try_join!(up, down));
}

async fn pump(
    mut from: impl AsyncRead + Unpin,
    mut to: impl AsyncWrite + Unpin,
    faults: watch::Receiver<Faults>,
    direction: Direction,
) -> std::io::Result<()> {
    let mut buffer = vec![0; 16 * 1024];
    let mut seen = 0;
    loop {
        let count = from.read(&mut buffer).await?;
        if count == 0 {
            // One side has said all; the other may still speak.
            return to.shutdown().await;
        }
        let Faults { delay, to_server, to_client } = *faults.borrow();
        let lane = match direction {
            Direction::ToServer => to_server,
            Direction::ToClient => to_client,
        };
        if !delay.is_zero() {
            tokio::time::sleep(delay).await;
        }
        let pass = lane.limit.map_or(count, |limit| count.min(limit.saturating_sub(seen)));
        seen += count;
        if !lane.swallow {
            to.write_all(&buffer[..pass]).await?;
        }
        if lane.limit.is_some_and(|limit| seen >= limit) {
            return Err(std::io::ErrorKind::ConnectionAborted.into());
        }
    }
}
