//! A PostgreSQL server of our own.

use std::{
    fs::OpenOptions,
    ops::Deref,
    path::{Path, PathBuf},
    process::Command,
    time::Duration,
};

use anyhow::{Context as _, Result, bail};

use super::{Account, PostgresAddress, Scratch, account, find::postgres_bin, run::run};
use crate::{
    poll::Patience,
    ports::free_port,
    process::{Child, Launch, Signal, cpu_of_tree, is_running, kill_tree, signal_tree, spawn, tail},
};

/// Recovery after a kill in the middle of heavy writing is the slowest start.
const START: Duration = Duration::from_secs(60);
const VANISH: Duration = Duration::from_secs(10);
/// Another program took the port between our look and the server's: try the next.
const PORT_TRIES: usize = 5;

/// A running server, as durable as in production (`fsync` on): what a commit promised must survive
/// [`kill9`](Self::kill9). Superuser `postgres` without password, on loopback only. Stopped and
/// removed when dropped; its log is kept if the test fails.
#[derive(Debug)]
pub struct Postgres {
    address: PostgresAddress,
    port: u16,
    child: Child,
    log: PathBuf,
    bin: PathBuf,
    account: Option<Account>,
    scratch: Scratch,
}

impl Postgres {
    /// Creates an empty cluster and starts it.
    pub async fn start() -> Result<Self> {
        let bin = postgres_bin()?;
        let account = Account::lend("postgres")?;
        let scratch = Scratch::new("postgres", account.as_ref())?;
        let mut initdb = account::command(account.as_ref(), &bin.join("initdb"));
        // C.UTF-8 sorts the same everywhere. No sync: a machine that loses power here loses only a test.
        initdb
            .args(["--auth=trust", "--username=postgres", "--encoding=UTF8", "--locale=C.UTF-8"])
            .args(["--no-sync", "--no-instructions", "-D"])
            .arg(scratch.path().join("data"))
            .current_dir(scratch.path());
        run(initdb).await.context("failed to create a PostgreSQL cluster")?;

        let log = scratch.path().join("log");
        let mut last = None;
        for _ in 0..PORT_TRIES {
            let port = free_port()?;
            let child = launch(&bin, account.as_ref(), &scratch, &log, port)?;
            match ready(&bin, &child, port, &log).await {
                Ok(()) => {
                    let url = format!("postgres://postgres@127.0.0.1:{port}");
                    let address = PostgresAddress::parse(&url)?;
                    return Ok(Self { address, port, child, log, bin, account, scratch });
                }
                Err(error) => last = Some(error),
            }
        }
        Err(last.expect("at least one try")).context("failed to start PostgreSQL")
    }

    /// Where it is, to hand around: the address stays right over kills and restarts.
    pub fn address(&self) -> &PostgresAddress {
        &self.address
    }

    /// Its TCP port on 127.0.0.1, for a proxy in front of it.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// The processor time it has used so far, with that of what it started.
    pub fn cpu(&self) -> Duration {
        cpu_of_tree(self.child.pid())
    }

    /// SIGKILL to the server and all its processes, and waits until they are gone.
    pub async fn kill9(&self) -> Result<()> {
        if self.child.exited().is_some() {
            return Ok(());
        }
        let family = kill_tree(self.child.pid())?;
        self.child.wait(VANISH).await?;
        // A backend that still dies holds the shared memory, and the next start would refuse.
        let mut patience = Patience::new("killed PostgreSQL processes to vanish", VANISH);
        while family.iter().any(|pid| is_running(*pid)) {
            patience.pause().await?;
        }
        Ok(())
    }

    /// [`kill9`](Self::kill9), then a start on the same port and data; returns when it answers again.
    pub async fn restart(&mut self) -> Result<()> {
        self.kill9().await?;
        self.child = launch(&self.bin, self.account.as_ref(), &self.scratch, &self.log, self.port)?;
        ready(&self.bin, &self.child, self.port, &self.log).await
    }

    /// Freezes the server and all its processes: connections stay, nothing answers.
    pub fn sigstop(&self) -> Result<()> {
        signal_tree(self.child.pid(), Signal::Stop).map(drop)
    }

    /// Thaws it.
    pub fn sigcont(&self) -> Result<()> {
        signal_tree(self.child.pid(), Signal::Continue).map(drop)
    }
}

/// A server of one's own can do whatever one that is only reached can.
impl Deref for Postgres {
    type Target = PostgresAddress;

    fn deref(&self) -> &PostgresAddress {
        &self.address
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        self.scratch.keep_on_failure(&self.log);
    }
}

fn launch(bin: &Path, account: Option<&Account>, scratch: &Scratch, log: &Path, port: u16) -> Result<Child> {
    let mut command = Command::new(bin.join("postgres"));
    command.arg("-D").arg(scratch.path().join("data")).current_dir(scratch.path());
    let settings = [
        format!("port={port}"),
        "listen_addresses=127.0.0.1".into(),
        // The path of a socket may have 107 bytes, fewer than some temporary folders have.
        "unix_socket_directories=".into(),
        "fsync=on".into(),
        // Many tests at once, each with pools for several services.
        "max_connections=400".into(),
        "timezone=UTC".into(),
        "lc_messages=C".into(),
        "log_line_prefix=%m [%p] %d ".into(),
    ];
    for setting in settings {
        command.args(["-c", &setting]);
    }
    let log = OpenOptions::new().create(true).append(true).open(log).context("failed to open the log of PostgreSQL")?;
    // Immediate shutdown as a farewell: as quick as a kill, but it returns its System V memory.
    spawn(Launch { command: &command, account, farewell: Signal::Quit, log })
}

async fn ready(bin: &Path, child: &Child, port: u16, log: &Path) -> Result<()> {
    let mut patience = Patience::new("PostgreSQL to answer", START);
    let mut answers = false;
    while !answers && child.exited().is_none() && patience.pause().await.is_ok() {
        let mut probe = Command::new(bin.join("pg_isready"));
        probe.args(["-q", "-h", "127.0.0.1", "-p", &port.to_string()]);
        answers = run(probe).await.is_ok();
    }
    // Somebody else's server may have answered on a port that ours failed to get.
    if !answers || child.exited().is_some() {
        bail!("PostgreSQL did not come up; its log ends:\n{}", tail(log, 30));
    }
    Ok(())
}
