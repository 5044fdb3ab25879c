//! Whether the process lives, whether it is ready, and its figures.

use axum::extract::State;
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use bus::{BusState, Consumer};
use metrics::gauge;
use metrics_exporter_prometheus::PrometheusHandle;
use serde::Serialize;
use store::{Error, deliveries, ledger, marks, outbox, sending};
use web::{Problem, Public, Routes};

use crate::process::Parts;

#[derive(Clone)]
struct Health {
    parts: Parts,
    metrics: Option<PrometheusHandle>,
}

/// The routes of every process.
pub fn routes(parts: &Parts, metrics: Option<PrometheusHandle>) -> Routes<impl Clone + Send + Sync + 'static> {
    Routes::new("tocsin", Health { parts: parts.clone(), metrics })
        .get::<Public, _, _>("/health/live", live)
        .get::<Public, _, _>("/health/ready", ready)
        .get::<Public, _, _>("/metrics", figures)
}

/// How much is sent, and how it goes, is for those who run the machines. Strangers come through a reverse proxy, which
/// says so in the request.
fn from_outside(headers: &HeaderMap) -> bool {
    ["x-forwarded-for", "forwarded"].iter().any(|name| headers.contains_key(*name))
}

async fn live() -> &'static str {
    "live\n"
}

#[derive(Serialize)]
struct Readiness {
    ready: bool,
    database: &'static str,
    bus: String,
    /// Whether mail leaves, and if not, why.
    mail: String,
}

/// Ready means: can take a report and keep it. A broker that is away delays and is told, but does not turn reports away.
async fn ready(State(health): State<Health>, headers: HeaderMap) -> Response {
    if from_outside(&headers) {
        return Problem::not_found("page").into_response();
    }
    let database = health.parts.db.ping().await.is_ok();
    let bus = match health.parts.bus.state() {
        BusState::Local => "in-process".to_owned(),
        BusState::Connected => "connected".to_owned(),
        BusState::Blocked => "blocked by an alarm of the broker".to_owned(),
        BusState::Untried => "not tried yet".to_owned(),
        BusState::Away(why) => format!("away: {why}"),
    };
    let mail = match mail(&health.parts).await {
        Ok(mail) => mail,
        Err(_) => "not known: the database does not answer".to_owned(),
    };
    let status = if database { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    let database_text = if database { "answers" } else { "does not answer" };
    (status, axum::Json(Readiness { ready: database, database: database_text, bus, mail })).into_response()
}

/// Mail that waits turns no report away, and is told all the same.
async fn mail(parts: &Parts) -> Result<String, Error> {
    let mut tx = parts.db.read().await?;
    let (sending, mark) = (sending::find(&mut tx).await?, marks::find(&mut tx).await?);
    tx.commit().await?;
    Ok(match (mark.older_since, sending.stopped, sending.per_hour) {
        (Some(since), ..) => format!(
            "waits since {}: the database is older than what was sent from it, and no officer has compared yet",
            since.human()
        ),
        (None, true, _) => "stopped by an officer".to_owned(),
        (None, false, Some(per_hour)) => format!("leaves, at most {per_hour} an hour"),
        (None, false, None) => "leaves".to_owned(),
    })
}

async fn figures(State(health): State<Health>, headers: HeaderMap) -> Response {
    if from_outside(&headers) {
        return Problem::not_found("page").into_response();
    }
    let Some(metrics) = &health.metrics else { return StatusCode::NOT_FOUND.into_response() };
    if let Err(error) = measure(&health.parts).await {
        tracing::warn!(%error, "cannot measure the tables");
    }
    metrics.run_upkeep();
    ([(CONTENT_TYPE, "text/plain; version=0.0.4")], metrics.render()).into_response()
}

/// The figures that are rows: read when asked for.
#[expect(clippy::cast_precision_loss, reason = "a gauge is a float; counts of rows stay far below 2^53")]
async fn measure(parts: &Parts) -> Result<(), Error> {
    let now = parts.clock.now();
    let mut tx = parts.db.read().await?;
    let backlog = outbox::backlog(&mut tx).await?;
    gauge!("tocsin_outbox_depth").set(backlog.depth as f64);
    gauge!("tocsin_outbox_age_seconds").set(backlog.oldest.map_or(0.0, |oldest| now.since(oldest).as_secs_f64()));
    for (state, count) in deliveries::by_state(&mut tx).await? {
        gauge!("tocsin_deliveries", "state" => state.as_str()).set(count as f64);
    }
    let due = deliveries::next_due(&mut tx).await?;
    gauge!("tocsin_oldest_due_seconds").set(due.map_or(0.0, |due| now.since(due).as_secs_f64()));
    gauge!("tocsin_ledger_size").set(ledger::size(&mut tx).await? as f64);
    let lag = ledger::lag(&mut tx, audit::OnEveryEvent::NAME).await?;
    gauge!("tocsin_ledger_lag").set(lag.count as f64);
    gauge!("tocsin_ledger_lag_seconds").set(lag.oldest.map_or(0.0, |oldest| now.since(oldest).as_secs_f64()));
    for witness in audit::standing(&parts.audit, &mut tx).await? {
        let behind = witness.behind_since.map_or(0.0, |since| now.since(since).as_secs_f64());
        gauge!("tocsin_ledger_witness_behind_seconds", "witness" => witness.name.clone()).set(behind);
        let alarm = if witness.alarm.is_some() { 1.0 } else { 0.0 };
        gauge!("tocsin_ledger_witness_alarm", "witness" => witness.name.clone()).set(alarm);
        gauge!("tocsin_ledger_witness_size", "witness" => witness.name).set(witness.size as f64);
    }
    gauge!("tocsin_differences_open").set(store::reconciliations::open(&mut tx).await? as f64);
    tx.commit().await?;
    let connected = matches!(parts.bus.state(), BusState::Local | BusState::Connected);
    gauge!("tocsin_bus_connected").set(if connected { 1.0 } else { 0.0 });
    Ok(())
}
