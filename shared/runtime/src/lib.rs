//! Configuration, telemetry, lifecycle and health of a process.
