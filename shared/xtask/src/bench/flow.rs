//! From the release of a case to the last recorded mail, beside what others use for that: a bench target of the binary, which
//! tells what each side does. Its Python for Celery is made here.

use anyhow::{Context as _, Result};

use crate::{python, steps};

/// Builds and measures.
pub fn run() -> Result<()> {
    let python = python::celery()?;
    let python = python.to_str().context("the target folder has a name that is no text")?;
    steps::cargo(&["bench", "--package", "tocsin", "--bench", "flow"], &[("TOCSIN_BENCH_PYTHON", python)])
}
