//! A server and the processes it started, read from `/proc`.
//!
//! PostgreSQL's backends lead process groups of their own, so killing the postmaster's group leaves
//! them behind, and they keep its shared memory until they notice.

use std::fs;

use anyhow::Result;

use super::Signal;

/// Every process below `root`, and `root` first.
fn tree(root: u32) -> Vec<u32> {
    let everyone: Vec<(u32, u32)> = fs::read_dir("/proc")
        .into_iter()
        .flatten()
        .filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok())
        .filter_map(|pid| Some((pid, stat(pid)?.parent)))
        .collect();
    let mut family = vec![root];
    let mut next = 0;
    while let Some(&parent) = family.get(next) {
        family.extend(everyone.iter().filter(|(_, up)| *up == parent).map(|(pid, _)| *pid));
        next += 1;
    }
    family
}

struct Stat {
    state: char,
    parent: u32,
}

fn stat(pid: u32) -> Option<Stat> {
    let line = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    // The second field is the program's name in parentheses and may hold spaces and parentheses.
    let mut fields = line.rsplit_once(')')?.1.split_ascii_whitespace();
    Some(Stat { state: fields.next()?.chars().next()?, parent: fields.next()?.parse().ok()? })
}

/// False for a process that is gone and for one that is dead and merely not waited for.
pub(crate) fn is_running(pid: u32) -> bool {
    stat(pid).is_some_and(|stat| !matches!(stat.state, 'Z' | 'X'))
}

/// Signals `root` and everything below it.
pub(crate) fn signal_tree(root: u32, signal: Signal) -> Result<Vec<u32>> {
    let family = tree(root);
    for pid in &family {
        signal.send(*pid)?;
    }
    Ok(family)
}

/// SIGKILLs `root` and everything below it, and says who that was.
///
/// Frozen first, so that no child is born between the look and the kill.
pub(crate) fn kill_tree(root: u32) -> Result<Vec<u32>> {
    Signal::Stop.send(root)?;
    signal_tree(root, Signal::Kill)
}
