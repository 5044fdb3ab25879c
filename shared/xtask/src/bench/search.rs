//! Finding cases: a program of `store` that starts its own PostgreSQL and fails where a figure is worse than promised.

use anyhow::Result;

use crate::steps;

/// Builds and runs it. Nearly all of the time is the database's, so it is built like the tests and not anew.
pub fn run() -> Result<()> {
    steps::cargo(&["run", "--package", "store", "--example", "bench_search"], &[])
}
