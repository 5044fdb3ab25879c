//! What every process needs before it does anything of its own: configuration, telemetry, and how it stops.
//!
//! Owns: how settings are read and refused, the form of a log line, the order of stopping,
//! how a file with a secret is made. Promises: a wrong setting
//! is named by section and field before anything starts; stopping never cuts work that could have finished. Must not:
//! know any service.

pub mod config;
pub mod lifecycle;
pub mod secret;
pub mod telemetry;
