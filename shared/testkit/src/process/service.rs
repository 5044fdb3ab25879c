//! One of our own programs as a child: with a log, killable, restartable.

use std::{
    fs::{self, OpenOptions},
    path::{Path, PathBuf},
    process::{Command, ExitStatus},
    thread,
    time::Duration,
};

use anyhow::{Context as _, Result, bail};

use super::{Child, Launch, Signal, cpu_of_tree, spawn, tail};
use crate::{poll::Patience, servers::Scratch};

/// How long a killed process may take to vanish.
const VANISH: Duration = Duration::from_secs(10);

/// A running program, killed when dropped. If the test panics, the end of its log goes to standard
/// error, where the test runner shows it.
#[derive(Debug)]
pub struct Service {
    name: String,
    command: Command,
    child: Child,
    log: PathBuf,
    _scratch: Scratch,
}

impl Service {
    /// Starts `command`: its program, arguments, environment changes and directory count, its
    /// standard streams do not, since both outputs go to the log. `name` appears in messages.
    pub fn spawn(name: &str, command: Command) -> Result<Self> {
        let scratch = Scratch::new(name, None)?;
        let log = scratch.path().join("log");
        let child = launch(&command, &log)?;
        Ok(Self { name: name.into(), command, child, log, _scratch: scratch })
    }

    /// Its process id.
    pub fn pid(&self) -> u32 {
        self.child.pid()
    }

    /// The processor time it has used so far, with that of what it started.
    pub fn cpu(&self) -> Duration {
        cpu_of_tree(self.child.pid())
    }

    /// Its exit status, if it has ended.
    pub fn exited(&self) -> Option<ExitStatus> {
        self.child.exited()
    }

    /// Where the log lies; kept until this value is dropped.
    pub fn log_path(&self) -> &Path {
        &self.log
    }

    /// Everything it has written so far, over all its restarts.
    pub fn log(&self) -> String {
        String::from_utf8_lossy(&fs::read(&self.log).unwrap_or_default()).into_owned()
    }

    /// SIGKILL, and waits until it is gone.
    pub async fn kill9(&self) -> Result<()> {
        self.child.signal(Signal::Kill)?;
        self.child.wait(VANISH).await.map(drop)
    }

    /// SIGTERM, and waits for its end, at most `limit`.
    pub async fn terminate(&self, limit: Duration) -> Result<ExitStatus> {
        self.child.signal(Signal::Terminate)?;
        self.wait(limit).await
    }

    /// Waits for its end, at most `limit`.
    pub async fn wait(&self, limit: Duration) -> Result<ExitStatus> {
        self.child.wait(limit).await.with_context(|| self.describe())
    }

    /// Sends any signal.
    pub fn signal(&self, signal: Signal) -> Result<()> {
        self.child.signal(signal)
    }

    /// Kills it if it still runs and starts it again with the same command and the same log.
    pub async fn restart(&mut self) -> Result<()> {
        self.kill9().await?;
        self.child = launch(&self.command, &self.log)?;
        Ok(())
    }

    /// Waits for a line of the log that contains `text` and returns that line. Fails at once, with
    /// the end of the log, if the program ends first.
    pub async fn wait_for_log(&self, text: &str, limit: Duration) -> Result<String> {
        let what = format!("{text:?} in the log");
        let mut patience = Patience::new(&what, limit);
        loop {
            // In this order, so that a last word just before the end is seen.
            let exited = self.exited();
            let log = self.log();
            // A last line without its end is still being written.
            let whole = log.rsplit_once('\n').map_or("", |(whole, _)| whole);
            if let Some(line) = whole.lines().find(|line| line.contains(text)) {
                return Ok(line.to_owned());
            }
            if let Some(status) = exited {
                bail!("ended with {status} before {text:?}; {}", self.describe());
            }
            patience.pause().await.with_context(|| self.describe())?;
        }
    }

    fn describe(&self) -> String {
        format!("log of {} ends:\n{}", self.name, tail(&self.log, 40))
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        if thread::panicking() {
            eprintln!("{}", self.describe());
        }
    }
}

fn launch(command: &Command, log: &Path) -> Result<Child> {
    let log = OpenOptions::new()
        .create(true)
        .append(true)
        .open(log)
        .with_context(|| format!("failed to open the log {}", log.display()))?;
    spawn(Launch { command, account: None, farewell: Signal::Kill, log })
}
