//! Starts every child from one thread that lives as long as the test process.

use std::{
    fs::File,
    os::unix::process::CommandExt as _,
    process::{Command, Stdio},
    sync::{OnceLock, mpsc},
    thread,
};

use anyhow::{Context as _, Result};

use super::{Child, Signal};
use crate::servers::Account;

/// What to start and under which conditions.
pub(crate) struct Launch<'a> {
    /// Program, arguments, environment and directory.
    pub command: &'a Command,
    /// The account to run as; `None` keeps our own.
    pub account: Option<&'a Account>,
    /// What the kernel sends it when we die, and what it gets when its owner is dropped.
    pub farewell: Signal,
    /// Takes standard output and standard error.
    pub log: File,
}

/// Starts the child in a process group of its own, so that Ctrl-C at a terminal reaches us alone
/// and servers end in the order we choose.
pub(crate) fn spawn(launch: Launch<'_>) -> Result<Child> {
    let program = launch.command.get_program().to_string_lossy().into_owned();
    let farewell = launch.farewell;
    let command = wrap(launch)?;
    let (reply, answer) = mpsc::channel();
    nursery().send((command, reply)).expect("the nursery thread never ends");
    let child = answer
        .recv()
        .expect("the nursery answers every request")
        .with_context(|| format!("failed to start {program} (through setpriv)"))?;
    Ok(Child::adopt(child, farewell))
}

type Request = (Command, mpsc::Sender<std::io::Result<std::process::Child>>);

fn nursery() -> mpsc::Sender<Request> {
    static NURSERY: OnceLock<mpsc::Sender<Request>> = OnceLock::new();
    let sender = NURSERY.get_or_init(|| {
        let (sender, requests) = mpsc::channel::<Request>();
        thread::Builder::new()
            .name("nursery".into())
            .spawn(move || {
                for (mut command, reply) in requests {
                    // Nobody listens only if the test was cancelled; the kernel takes care of the child.
                    drop(reply.send(command.spawn()));
                }
            })
            .expect("the system has room for one thread");
        sender
    });
    sender.clone()
}

fn wrap(launch: Launch<'_>) -> Result<Command> {
    let mut outer = Command::new("setpriv");
    outer.args(["--pdeathsig", launch.farewell.name()]);
    if let Some(account) = launch.account {
        outer.args(account.setpriv_args());
    }
    outer.arg("--").arg(launch.command.get_program()).args(launch.command.get_args());
    for (key, value) in launch.command.get_envs() {
        match value {
            Some(value) => outer.env(key, value),
            None => outer.env_remove(key),
        };
    }
    if let Some(dir) = launch.command.get_current_dir() {
        outer.current_dir(dir);
    }
    let errors = launch.log.try_clone().context("failed to share the log file of a child")?;
    outer.stdin(Stdio::null()).stdout(launch.log).stderr(errors).process_group(0);
    Ok(outer)
}
