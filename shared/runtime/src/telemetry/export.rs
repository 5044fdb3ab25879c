//! Traces by OTLP over HTTP: the spans that say where in a trace they belong, and no others.
//!
//! A fact names the span that caused it (W3C Trace Context in the outbox and in the message's headers), so the places
//! of a trace are given by whoever makes the span, in its fields `trace.id`, `span.id`, `parent.id`. Hence no layer
//! that invents identifiers of its own: what is exported is what the facts, the headers and the log lines say.

use std::time::SystemTime;

use opentelemetry::trace::{SpanContext, SpanId, SpanKind, Status, TraceFlags, TraceId, TraceState};
use opentelemetry::{InstrumentationScope, KeyValue};
use opentelemetry_otlp::{SpanExporter, WithExportConfig as _};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::trace::{BatchSpanProcessor, SpanData, SpanEvents, SpanLinks, SpanProcessor as _};
use std::sync::Arc;
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing_subscriber::layer::{Context, Layer};
use tracing_subscriber::registry::LookupSpan;

/// Why traces cannot be sent.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The exporter does not take the endpoint.
    #[error("failed to use log.otlp_endpoint")]
    Endpoint(#[source] opentelemetry_otlp::ExporterBuildError),
    /// No thread could be started.
    #[error("failed to start the thread that sends traces")]
    Thread,
}

/// Sends traces in batches from a thread of its own; a collector that is away costs nothing but its traces.
#[derive(Clone, Debug)]
pub struct Traces(Arc<BatchSpanProcessor>);

impl Traces {
    /// Starts the thread.
    pub(super) fn start(endpoint: &str, service: &str) -> Result<Self, StartError> {
        let endpoint = format!("{}/v1/traces", endpoint.trim_end_matches('/'));
        let attributes = [KeyValue::new("service.version", env!("CARGO_PKG_VERSION"))];
        let service = service.to_owned();
        let resource = Resource::builder_empty().with_service_name(service).with_attributes(attributes).build();
        // The blocking client refuses to be made on a thread of the runtime.
        let started = std::thread::spawn(move || {
            let exporter = SpanExporter::builder().with_http().with_endpoint(endpoint).build();
            exporter.map(|exporter| {
                let mut batches = BatchSpanProcessor::builder(exporter).build();
                batches.set_resource(&resource);
                batches
            })
        });
        let batches = started.join().map_err(|_| StartError::Thread)?.map_err(StartError::Endpoint)?;
        Ok(Self(Arc::new(batches)))
    }

    /// What hands spans over.
    pub(super) fn layer(&self) -> Export {
        Export { batches: Arc::clone(&self.0), scope: InstrumentationScope::builder("tocsin").build() }
    }

    /// Sends what is left. Blocks for as long as the collector takes, five seconds at most.
    pub fn stop(self) {
        if let Err(error) = self.0.shutdown() {
            tracing::warn!(%error, "the last traces were not sent");
        }
    }
}

/// Hands over each span that ends and has a place in a trace.
pub(super) struct Export {
    batches: Arc<BatchSpanProcessor>,
    scope: InstrumentationScope,
}

/// A span under way.
struct Open {
    since: SystemTime,
    fields: Fields,
}

#[derive(Default)]
struct Fields {
    trace: Option<TraceId>,
    span: Option<SpanId>,
    parent: Option<SpanId>,
    kind: Option<SpanKind>,
    others: Vec<KeyValue>,
}

impl Visit for Fields {
    fn record_str(&mut self, field: &Field, value: &str) {
        match field.name() {
            "trace.id" => self.trace = TraceId::from_hex(value).ok(),
            "span.id" => self.span = SpanId::from_hex(value).ok(),
            "parent.id" => self.parent = SpanId::from_hex(value).ok(),
            "span.kind" => {
                self.kind = match value {
                    "server" => Some(SpanKind::Server),
                    "client" => Some(SpanKind::Client),
                    "producer" => Some(SpanKind::Producer),
                    "consumer" => Some(SpanKind::Consumer),
                    _ => None,
                }
            }
            name => self.others.push(KeyValue::new(name, value.to_owned())),
        }
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.others.push(KeyValue::new(field.name(), value));
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.others.push(KeyValue::new(field.name(), i64::try_from(value).unwrap_or(i64::MAX)));
    }

    fn record_debug(&mut self, field: &Field, value: &dyn std::fmt::Debug) {
        self.others.push(KeyValue::new(field.name(), format!("{value:?}")));
    }
}

impl<S: tracing::Subscriber + for<'a> LookupSpan<'a>> Layer<S> for Export {
    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, context: Context<'_, S>) {
        let Some(span) = context.span(id) else { return };
        let mut fields = Fields::default();
        attributes.record(&mut fields);
        if fields.trace.is_some() && fields.span.is_some() {
            span.extensions_mut().insert(Open { since: now(), fields });
        }
    }

    fn on_record(&self, id: &Id, values: &Record<'_>, context: Context<'_, S>) {
        let Some(span) = context.span(id) else { return };
        if let Some(open) = span.extensions_mut().get_mut::<Open>() {
            values.record(&mut open.fields);
        }
    }

    fn on_close(&self, id: Id, context: Context<'_, S>) {
        let Some(span) = context.span(&id) else { return };
        let Some(Open { since, fields }) = span.extensions_mut().remove::<Open>() else { return };
        let (Some(trace), Some(place)) = (fields.trace, fields.span) else { return };
        self.batches.on_end(SpanData {
            span_context: SpanContext::new(trace, place, TraceFlags::SAMPLED, false, TraceState::default()),
            parent_span_id: fields.parent.unwrap_or(SpanId::INVALID),
            parent_span_is_remote: false,
            span_kind: fields.kind.unwrap_or(SpanKind::Internal),
            name: span.name().into(),
            start_time: since,
            end_time: now(),
            attributes: fields.others,
            dropped_attributes_count: 0,
            events: SpanEvents::default(),
            links: SpanLinks::default(),
            status: Status::Unset,
            instrumentation_scope: self.scope.clone(),
        });
    }
}

#[expect(clippy::disallowed_methods, reason = "how long a span took is of this machine; nothing is decided by it")]
fn now() -> SystemTime {
    SystemTime::now()
}
