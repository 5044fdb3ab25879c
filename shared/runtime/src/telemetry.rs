//! Log lines and figures.
//!
//! A line reads alone and carries dotted fields (`case.id`, `delivery.id`, `event.kind`). Addresses, names and texts
//! of cases never enter one: identifiers lead whoever may know to the rest.

use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};
use serde::Deserialize;
use tracing_subscriber::EnvFilter;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

/// How lines are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Format {
    /// For people.
    #[default]
    Pretty,
    /// One JSON object a line, for collectors; also safe against forged line breaks.
    Json,
}

/// Section `log`.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct LogConfig {
    /// How lines are written.
    pub format: Format,
    /// What is written: `tracing` filter directives.
    pub filter: String,
}

impl Default for LogConfig {
    fn default() -> Self {
        // sqlx logs statements, lapin logs frames: both may hold what must not be in a log.
        Self { format: Format::Pretty, filter: "info,sqlx=warn,lapin=error,lettre=off,hyper=warn".to_owned() }
    }
}

impl LogConfig {
    /// Checks the directives.
    pub fn validate(&self) -> Result<(), String> {
        EnvFilter::try_new(&self.filter).map(drop).map_err(|error| format!("filter: {error}"))
    }
}

/// Starts logging to standard error. Standard output belongs to what a command was asked for.
pub fn start_logging(config: &LogConfig) {
    let filter = EnvFilter::try_new(&config.filter).unwrap_or_else(|_| EnvFilter::new("info"));
    let registry = tracing_subscriber::registry().with(filter);
    let lines = tracing_subscriber::fmt::layer().with_writer(std::io::stderr);
    // A second call in one process (tests) finds a subscriber in place and leaves it.
    let started = match config.format {
        Format::Pretty => registry.with(lines.with_target(false)).try_init(),
        Format::Json => registry.with(lines.json().flatten_event(true)).try_init(),
    };
    drop(started);
}

/// Starts collecting figures; the handle renders them for Prometheus.
pub fn start_metrics() -> Option<PrometheusHandle> {
    PrometheusBuilder::new()
        .set_buckets(&[0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0])
        .ok()?
        .install_recorder()
        .ok()
}
