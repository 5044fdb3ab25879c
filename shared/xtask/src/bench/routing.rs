//! Matching one alert against many partners. Measured by an example of the routing service, in a release build: figures
//! of a debug build say nothing.

use anyhow::Result;

use crate::steps;

/// Builds and runs the measurement.
pub fn run() -> Result<()> {
    steps::cargo(&["run", "--release", "--quiet", "--package", "routing", "--example", "bench"], &[])
}
