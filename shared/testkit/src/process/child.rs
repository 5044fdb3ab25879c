//! One running child: signal it, wait for it, and never leave it behind.

use std::{
    fs,
    path::Path,
    process::ExitStatus,
    sync::{Arc, Condvar, Mutex, PoisonError},
    thread,
    time::Duration,
};

use anyhow::{Context as _, Result};
use tokio::sync::watch;

use super::kill_tree;

/// How long a dropped child may take to say goodbye before it is killed.
const GOODBYE: Duration = Duration::from_secs(5);

/// The signals a test has a use for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Signal {
    /// SIGKILL: gone at once, nothing flushed.
    Kill,
    /// SIGTERM: please stop.
    Terminate,
    /// SIGQUIT: to PostgreSQL, stop now without a checkpoint.
    Quit,
    /// SIGSTOP: frozen, connections stay half open.
    Stop,
    /// SIGCONT: thawed.
    Continue,
}

impl Signal {
    /// As `setpriv --pdeathsig` spells it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Kill => "KILL",
            Self::Terminate => "TERM",
            Self::Quit => "QUIT",
            Self::Stop => "STOP",
            Self::Continue => "CONT",
        }
    }

    fn number(self) -> rustix::process::Signal {
        use rustix::process::Signal as Number;
        match self {
            Self::Kill => Number::KILL,
            Self::Terminate => Number::TERM,
            Self::Quit => Number::QUIT,
            Self::Stop => Number::STOP,
            Self::Continue => Number::CONT,
        }
    }

    /// Sends it to any process; one that is gone already is as good as signalled.
    pub fn send(self, pid: u32) -> Result<()> {
        let target = i32::try_from(pid)
            .ok()
            .and_then(rustix::process::Pid::from_raw)
            .with_context(|| format!("{pid} is no process id"))?;
        match rustix::process::kill_process(target, self.number()) {
            Ok(()) | Err(rustix::io::Errno::SRCH) => Ok(()),
            Err(error) => Err(error).with_context(|| format!("failed to send {self:?} to {pid}")),
        }
    }
}

/// A child that has been started and is being waited for.
#[derive(Debug)]
pub(crate) struct Child {
    pid: u32,
    end: Arc<End>,
    farewell: Signal,
}

/// The exit status, for those who await it and for `Drop`, which cannot.
#[derive(Debug)]
struct End {
    status: Mutex<Option<ExitStatus>>,
    reached: Condvar,
    announced: watch::Sender<Option<ExitStatus>>,
}

impl Child {
    pub(super) fn adopt(mut child: std::process::Child, farewell: Signal) -> Self {
        let pid = child.id();
        let end =
            Arc::new(End { status: Mutex::new(None), reached: Condvar::new(), announced: watch::Sender::new(None) });
        let reaper = Arc::clone(&end);
        thread::Builder::new()
            .name(format!("reaper-{pid}"))
            .spawn(move || {
                // Fails only for a child that somebody else waited for; it is ours alone.
                let status = child.wait().expect("the child is ours to wait for");
                *reaper.status.lock().unwrap_or_else(PoisonError::into_inner) = Some(status);
                reaper.reached.notify_all();
                reaper.announced.send_replace(Some(status));
            })
            .expect("the system has room for one thread per child");
        Self { pid, end, farewell }
    }

    pub(crate) fn pid(&self) -> u32 {
        self.pid
    }

    /// The exit status, if it has ended.
    pub(crate) fn exited(&self) -> Option<ExitStatus> {
        *self.end.status.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Signals it unless it has ended: its number may belong to a stranger by then.
    pub(crate) fn signal(&self, signal: Signal) -> Result<()> {
        if self.exited().is_some() {
            return Ok(());
        }
        signal.send(self.pid)
    }

    /// Waits for its end, at most `limit`.
    pub(crate) async fn wait(&self, limit: Duration) -> Result<ExitStatus> {
        let mut announced = self.end.announced.subscribe();
        let waited = tokio::time::timeout(limit, announced.wait_for(Option::is_some)).await;
        let status = waited
            .with_context(|| format!("process {} still runs after {limit:?}", self.pid))?
            .expect("the sender lives as long as we do");
        Ok(status.expect("waited for a status"))
    }

    /// For `Drop` alone, which cannot await: is it gone within `limit`?
    fn gone_within(&self, limit: Duration) -> bool {
        let status = self.end.status.lock().unwrap_or_else(PoisonError::into_inner);
        self.end
            .reached
            .wait_timeout_while(status, limit, |status| status.is_none())
            .unwrap_or_else(PoisonError::into_inner)
            .0
            .is_some()
    }
}

impl Drop for Child {
    fn drop(&mut self) {
        if self.exited().is_some() {
            return;
        }
        // A frozen process sees no signal but SIGKILL until it is thawed. Errors have nobody to go
        // to here, and the kernel's farewell catches what we missed.
        drop(super::signal_tree(self.pid, Signal::Continue));
        if self.farewell != Signal::Kill {
            drop(self.signal(self.farewell));
            if self.gone_within(GOODBYE) {
                return;
            }
        }
        drop(kill_tree(self.pid));
        self.gone_within(GOODBYE);
    }
}

/// The last lines of a log, for an error message.
pub(crate) fn tail(log: &Path, lines: usize) -> String {
    let bytes = fs::read(log).unwrap_or_default();
    let text = String::from_utf8_lossy(&bytes);
    let all: Vec<&str> = text.lines().collect();
    all[all.len().saturating_sub(lines)..].join("\n")
}
