//! A server and the processes it started, read from `/proc`.
//!
//! PostgreSQL's backends lead process groups of their own, so killing the postmaster's group leaves
//! them behind, and they keep its shared memory until they notice.

use std::{fs, time::Duration};

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

/// Linux tells processor time in hundredths of a second, whatever its own clock (time(7), USER_HZ).
const MILLIS_OF_A_TICK: u64 = 10;

struct Stat {
    state: char,
    parent: u32,
    /// Of itself and of those of its children that it has waited for.
    cpu: Duration,
}

fn stat(pid: u32) -> Option<Stat> {
    let line = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    // The second field is the program's name in parentheses and may hold spaces and parentheses.
    let mut fields = line.rsplit_once(')')?.1.split_ascii_whitespace();
    let (state, parent) = (fields.next()?.chars().next()?, fields.next()?.parse().ok()?);
    // utime, stime, cutime, cstime: the fields 14 to 17 of proc_pid_stat(5).
    let ticks: u64 = fields.skip(9).take(4).filter_map(|field| field.parse::<u64>().ok()).sum();
    Some(Stat { state, parent, cpu: Duration::from_millis(ticks * MILLIS_OF_A_TICK) })
}

/// The processor time that `root` and everything below it has used so far.
pub(crate) fn cpu_of_tree(root: u32) -> Duration {
    tree(root).into_iter().filter_map(stat).map(|stat| stat.cpu).sum()
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn processor_time_grows_with_work() {
        let mut sum = 0_u64;
        while cpu_of_tree(std::process::id()).is_zero() {
            sum = (0..100_000).fold(sum, |sum, number| sum.wrapping_mul(31) ^ number);
        }
        assert_ne!(std::hint::black_box(sum), 1);
    }
}
