//! Mails: how many a second, and that no string becomes a header. An example of the notifier in a release build: figures
//! of a debug build say nothing, and a million strings would take an hour.

use anyhow::Result;

use crate::steps;

/// Builds and measures beside Postfix.
pub fn run() -> Result<()> {
    example("bench")
}

/// Builds and tries a million strings.
pub fn headers() -> Result<()> {
    example("headers")
}

fn example(what: &str) -> Result<()> {
    steps::cargo(&["run", "--release", "--quiet", "--package", "notifier", "--example", "mail", "--", what], &[])
}
