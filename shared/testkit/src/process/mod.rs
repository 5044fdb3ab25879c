//! Children that cannot outlive the test.
//!
//! A test may panic, be killed by its runner or lose its terminal; the servers it started must go
//! with it, or the next run finds ports and locks taken. Each child is therefore started through
//! `setpriv --pdeathsig` (util-linux, present on every Debian): the kernel signals it when its
//! parent ends. "Parent" means the *thread* that started it, and the thread of a test ends with the
//! test, so one thread that lives as long as the process starts them all (`nursery`).
//!
//! A second thread per child waits for it, so that a killed child is reaped at once: a PostgreSQL
//! that is killed but not waited for refuses to start again, its lock file names a living process.

mod child;
mod nursery;
mod service;
mod tree;

pub use child::Signal;
pub(crate) use child::{Child, tail};
pub(crate) use nursery::{Launch, spawn};
pub use service::Service;
pub(crate) use tree::{cpu_of_tree, is_running, kill_tree, signal_tree};
