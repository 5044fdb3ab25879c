//! A RabbitMQ broker of our own.

use std::{
    fs::{self, OpenOptions},
    net::{Ipv4Addr, SocketAddr},
    ops::Deref,
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
    process::Command,
    time::Duration,
};

use anyhow::{Context as _, Result, bail};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
    time::timeout,
};

use super::{Account, RabbitMqAddress, Scratch, find::rabbitmq_bin, unique};
use crate::{
    poll::Patience,
    ports::free_ports,
    process::{Child, Launch, Signal, cpu_of_tree, kill_tree, spawn, tail},
};

/// About eight seconds on an idle machine, several times that while everything compiles.
const START: Duration = Duration::from_secs(120);
const VANISH: Duration = Duration::from_secs(30);
/// Another program took one of the ports between our look and the broker's: try others.
const PORT_TRIES: usize = 3;

/// A running broker with its own node name, data, ports and name server (`epmd`). User `guest`,
/// password `guest`, on loopback only, no plugins. Killed and removed when dropped; its log is kept
/// if the test fails.
#[derive(Debug)]
pub struct RabbitMq {
    address: RabbitMqAddress,
    // Dropped in this order: the broker, the name server it would miss, the folder of both.
    child: Child,
    _epmd: Child,
    node: Node,
}

/// What stays the same over restarts.
#[derive(Debug)]
struct Node {
    /// AMQP, distribution, epmd.
    ports: [u16; 3],
    bin: PathBuf,
    account: Option<Account>,
    environment: Vec<(&'static str, String)>,
    log: PathBuf,
    scratch: Scratch,
}

impl RabbitMq {
    /// Starts an empty broker.
    pub async fn start() -> Result<Self> {
        let mut last = None;
        for _ in 0..PORT_TRIES {
            let node = Node::new()?;
            let epmd = node.epmd()?;
            let child = node.launch()?;
            match node.ready(&child).await {
                Ok(()) => {
                    let server = format!("amqp://guest:guest@127.0.0.1:{}", node.ports[0]);
                    let address = RabbitMqAddress::new(&server, node.ctl());
                    return Ok(Self { address, child, _epmd: epmd, node });
                }
                Err(error) => last = Some(error),
            }
        }
        Err(last.expect("at least one try")).context("failed to start RabbitMQ")
    }

    /// Where it is, to hand around: the address stays right over kills, restarts and wipes.
    pub fn address(&self) -> &RabbitMqAddress {
        &self.address
    }

    /// Its AMQP port on 127.0.0.1, for a proxy in front of it.
    pub fn port(&self) -> u16 {
        self.node.ports[0]
    }

    /// The processor time it has used so far, with that of what it started.
    pub fn cpu(&self) -> Duration {
        cpu_of_tree(self.child.pid())
    }

    /// SIGKILL, and waits until it is gone.
    pub async fn kill9(&self) -> Result<()> {
        if self.child.exited().is_some() {
            return Ok(());
        }
        kill_tree(self.child.pid())?;
        self.child.wait(VANISH).await.map(drop)
    }

    /// Stops it the polite way; queues are closed and flushed.
    pub async fn stop(&self) -> Result<()> {
        self.child.signal(Signal::Terminate)?;
        self.child.wait(VANISH).await.map(drop)
    }

    /// Starts it again after [`kill9`](Self::kill9) or [`stop`](Self::stop) on the same ports and
    /// data; returns when it takes connections.
    pub async fn start_again(&mut self) -> Result<()> {
        if self.child.exited().is_none() {
            bail!("RabbitMQ still runs");
        }
        self.child = self.node.launch()?;
        self.node.ready(&self.child).await
    }

    /// [`kill9`](Self::kill9), then [`start_again`](Self::start_again).
    pub async fn restart(&mut self) -> Result<()> {
        self.kill9().await?;
        self.start_again().await
    }

    /// Kills it, deletes everything it stored, and starts it again: queues, bindings, messages and
    /// all virtual hosts but `/` are gone.
    pub async fn wipe_and_restart(&mut self) -> Result<()> {
        self.kill9().await?;
        fs::remove_dir_all(self.node.data()).context("failed to delete the data of RabbitMQ")?;
        self.start_again().await
    }

    /// Freezes it: connections stay, nothing answers.
    pub fn sigstop(&self) -> Result<()> {
        self.child.signal(Signal::Stop)
    }

    /// Thaws it.
    pub fn sigcont(&self) -> Result<()> {
        self.child.signal(Signal::Continue)
    }
}

/// A broker of one's own can do whatever one that is only reached can.
impl Deref for RabbitMq {
    type Target = RabbitMqAddress;

    fn deref(&self) -> &RabbitMqAddress {
        &self.address
    }
}

impl Drop for RabbitMq {
    fn drop(&mut self) {
        self.node.scratch.keep_on_failure(&self.node.log);
    }
}

impl Node {
    fn new() -> Result<Self> {
        let bin = rabbitmq_bin()?;
        let account = Account::lend("rabbitmq")?;
        let scratch = Scratch::new("rabbitmq", account.as_ref())?;
        let ports = free_ports()?;
        let node = Self {
            ports,
            bin,
            account,
            environment: environment(scratch.path(), ports),
            log: scratch.path().join("log"),
            scratch,
        };
        node.write("rabbitmq.conf", &format!("listeners.tcp.1 = 127.0.0.1:{}\n", ports[0]))?;
        node.write("enabled_plugins", "[].\n")?;
        // In place of the machine's own file, which would name the machine's own node.
        node.write("env.conf", "")?;
        node.write("rabbitmqctl", &node.ctl_script())?;
        fs::set_permissions(node.ctl(), fs::Permissions::from_mode(0o755))
            .context("failed to make rabbitmqctl executable")?;
        Ok(node)
    }

    fn write(&self, name: &str, text: &str) -> Result<()> {
        let path = self.scratch.path().join(name);
        fs::write(&path, text).with_context(|| format!("failed to write {}", path.display()))?;
        self.account.as_ref().map_or(Ok(()), |account| account.own(&path))
    }

    fn data(&self) -> PathBuf {
        self.scratch.path().join("data")
    }

    fn ctl(&self) -> PathBuf {
        self.scratch.path().join("rabbitmqctl")
    }

    /// One file that reaches the node, so that one variable is enough to lend it to other processes.
    fn ctl_script(&self) -> String {
        let exports: Vec<_> = self.environment.iter().map(|(key, value)| format!("export {key}='{value}'")).collect();
        let become_account = match &self.account {
            Some(account) => format!("setpriv {} -- ", account.setpriv_args().join(" ")),
            None => String::new(),
        };
        let ctl = self.bin.join("rabbitmqctl");
        format!("#!/bin/sh\n{}\nexec {become_account}'{}' \"$@\"\n", exports.join("\n"), ctl.display())
    }

    fn spawn(&self, command: &mut Command) -> Result<Child> {
        command.envs(self.environment.iter().cloned()).current_dir(self.scratch.path());
        let log = OpenOptions::new()
            .create(true)
            .append(true)
            .open(&self.log)
            .context("failed to open the log of RabbitMQ")?;
        let account = self.account.as_ref();
        spawn(Launch { command, account, farewell: Signal::Kill, log })
    }

    /// The broker would start a name server by itself, but as a daemon that outlives everybody.
    fn epmd(&self) -> Result<Child> {
        let port = self.ports[2].to_string();
        self.spawn(Command::new("epmd").args(["-port", &port, "-address", "127.0.0.1"]))
    }

    fn launch(&self) -> Result<Child> {
        self.spawn(&mut Command::new(self.bin.join("rabbitmq-server")))
    }

    async fn ready(&self, child: &Child) -> Result<()> {
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, self.ports[0]));
        let mut patience = Patience::new("RabbitMQ to answer", START);
        let mut answers = false;
        while !answers && child.exited().is_none() && patience.pause().await.is_ok() {
            answers = speaks_amqp(address).await;
        }
        // Somebody else's broker may have answered on a port that ours failed to get.
        if !answers || child.exited().is_some() {
            bail!("RabbitMQ did not come up; its log ends:\n{}", tail(&self.log, 40));
        }
        Ok(())
    }
}

fn environment(base: &Path, [_, distribution, epmd]: [u16; 3]) -> Vec<(&'static str, String)> {
    let at = |name: &str| base.join(name).display().to_string();
    vec![
        // Erlang keeps the secret of the node in the home folder.
        ("HOME", base.display().to_string()),
        ("RABBITMQ_NODENAME", format!("{}@localhost", unique("tocsin"))),
        ("RABBITMQ_DIST_PORT", distribution.to_string()),
        ("ERL_EPMD_PORT", epmd.to_string()),
        ("ERL_EPMD_ADDRESS", "127.0.0.1".into()),
        ("RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS", "-kernel inet_dist_use_interface {127,0,0,1}".into()),
        ("RABBITMQ_CONF_ENV_FILE", at("env.conf")),
        // Without its suffix: the scripts of 3.x add it themselves.
        ("RABBITMQ_CONFIG_FILE", at("rabbitmq")),
        ("RABBITMQ_ENABLED_PLUGINS_FILE", at("enabled_plugins")),
        ("RABBITMQ_MNESIA_BASE", at("data")),
        ("RABBITMQ_LOG_BASE", at("logs")),
        // Standard output, which we keep.
        ("RABBITMQ_LOGS", "-".into()),
        ("RABBITMQ_SCHEMA_DIR", at("schema")),
        ("RABBITMQ_GENERATED_CONFIG_DIR", at("config")),
        // Makes the start script become the broker instead of staying as its parent, so that the
        // signals of the test reach the broker.
        ("RUNNING_UNDER_SYSTEMD", "true".into()),
    ]
}

/// Does it answer the AMQP 0-9-1 protocol header with a method frame (`connection.start`)? An open
/// port alone says nothing.
async fn speaks_amqp(address: SocketAddr) -> bool {
    const HEADER: &[u8] = b"AMQP\x00\x00\x09\x01";
    const METHOD_FRAME: u8 = 1;
    let greeting = async {
        let mut stream = TcpStream::connect(address).await?;
        stream.write_all(HEADER).await?;
        stream.read_u8().await
    };
    matches!(timeout(Duration::from_secs(2), greeting).await, Ok(Ok(METHOD_FRAME)))
}
