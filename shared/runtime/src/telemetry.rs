//! Log lines, figures and traces.
//!
//! A line reads alone and carries dotted fields (`case.id`, `delivery.id`, `event.kind`). Addresses, names and texts
//! of cases never enter one: identifiers lead whoever may know to the rest. The same holds for the fields of a span.

mod export;

use std::io::IsTerminal as _;

use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};
use serde::Deserialize;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{EnvFilter, Layer};

pub use export::{StartError, Traces};

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
    /// Where traces go by OTLP over HTTP, such as `http://127.0.0.1:4318`; none for nowhere.
    pub otlp_endpoint: Option<String>,
}

impl Default for LogConfig {
    fn default() -> Self {
        Self {
            format: Format::Pretty,
            // sqlx logs statements, lapin logs frames: both may hold what must not be in a log.
            filter: "info,sqlx=warn,lapin=error,lettre=off,hyper=warn".to_owned(),
            otlp_endpoint: None,
        }
    }
}

impl LogConfig {
    /// Checks the directives and the endpoint.
    pub fn validate(&self) -> Result<(), String> {
        EnvFilter::try_new(&self.filter).map(drop).map_err(|error| format!("filter: {error}"))?;
        match self.otlp_endpoint.as_deref() {
            // TLS to anywhere is the collector's part: one on this host buffers, and knows where to send.
            Some(endpoint) if !endpoint.starts_with("http://") => {
                Err("otlp_endpoint: must start with http://, to a collector on this host or network".to_owned())
            }
            _ => Ok(()),
        }
    }
}

/// Starts logging to standard error (standard output belongs to what a command was asked for) and, if the settings
/// name a collector, sending traces as `service`. Keep what it gives and stop it last.
pub fn start_logging(config: &LogConfig, service: &str) -> Result<Option<Traces>, StartError> {
    // Of the lines alone: traces do not end where somebody asks for fewer lines.
    let filter = EnvFilter::try_new(&config.filter).unwrap_or_else(|_| EnvFilter::new("info"));
    let lines = tracing_subscriber::fmt::layer().with_writer(std::io::stderr);
    // Colours are for a person at a terminal, who may decline them (NO_COLOR): in a file nobody can search past them.
    let lines = if std::io::stderr().is_terminal() { lines } else { lines.with_ansi(false) };
    let lines = match config.format {
        Format::Pretty => lines.with_target(false).boxed(),
        Format::Json => lines.json().flatten_event(true).boxed(),
    };
    let traces = config.otlp_endpoint.as_deref().map(|endpoint| Traces::start(endpoint, service)).transpose()?;
    let exported = traces.as_ref().map(Traces::layer);
    // A second call in one process (tests) finds a subscriber in place and leaves it.
    drop(tracing_subscriber::registry().with(lines.with_filter(filter)).with(exported).try_init());
    Ok(traces)
}

/// Starts collecting figures; the handle renders them for Prometheus.
pub fn start_metrics() -> Option<PrometheusHandle> {
    PrometheusBuilder::new()
        .set_buckets(&[0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0])
        .ok()?
        .install_recorder()
        .ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_filter_and_an_endpoint_that_cannot_be_used_are_named() {
        let with = |endpoint: &str| LogConfig { otlp_endpoint: Some(endpoint.to_owned()), ..LogConfig::default() };
        assert_eq!(LogConfig::default().validate(), Ok(()));
        assert_eq!(with("http://127.0.0.1:4318").validate(), Ok(()));
        assert!(with("https://collector.example").validate().unwrap_err().starts_with("otlp_endpoint: "));
        let filter = LogConfig { filter: "info,=".to_owned(), ..LogConfig::default() };
        assert!(filter.validate().unwrap_err().starts_with("filter: "));
    }
}
