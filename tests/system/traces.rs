//! One trace from the request that released an alert to the last mail, as a collector sees it.

use std::collections::{HashMap, HashSet};
use std::process::Command;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::routing::post;
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::common::v1::KeyValue;
use opentelemetry_proto::tonic::trace::v1::Span;
use prost::Message as _;
use testkit::process::Service;
use tokio::net::TcpListener;
use tokio::task::JoinSet;

type Bodies = Arc<Mutex<Vec<Bytes>>>;

async fn take(State(bodies): State<Bodies>, body: Bytes) {
    bodies.lock().unwrap().push(body);
}

fn text(attributes: &[KeyValue], key: &str) -> String {
    use opentelemetry_proto::tonic::common::v1::any_value::Value;
    let found = attributes.iter().find(|attribute| attribute.key == key);
    match found.and_then(|attribute| attribute.value.as_ref()?.value.as_ref()) {
        Some(Value::StringValue(text)) => text.clone(),
        Some(other) => format!("{other:?}"),
        None => String::new(),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn one_trace_spans_request_outbox_bus_consumer_and_mail() {
    let bodies = Bodies::default();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let endpoint = format!("http://{}", listener.local_addr().unwrap());
    let collector = Router::new().route("/v1/traces", post(take)).with_state(Arc::clone(&bodies));
    let mut background = JoinSet::new();
    background.spawn(async move { axum::serve(listener, collector).await });

    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().display().to_string();
    let mut command = Command::new(env!("CARGO_BIN_EXE_tocsin"));
    command.args(["demo", "--port", "0", "--data", &data]).current_dir(folder.path());
    // The demonstration writes few lines; its traces must be whole all the same.
    command.env("TOCSIN__LOG__OTLP_ENDPOINT", &endpoint);
    let demo = Service::spawn("demo", command).unwrap();
    demo.wait_for_log("Stop with Ctrl-C", Duration::from_secs(120)).await.unwrap();
    let mails = std::fs::read_dir(folder.path().join("demo/mail/new")).unwrap().count();
    // What is left is sent before the process ends.
    assert!(demo.terminate(Duration::from_secs(40)).await.unwrap().success());

    let bodies = bodies.lock().unwrap().clone();
    let mut spans: HashMap<Vec<u8>, Span> = HashMap::new();
    for body in bodies {
        let request = ExportTraceServiceRequest::decode(body).unwrap();
        for resource in request.resource_spans {
            assert_eq!(text(&resource.resource.unwrap().attributes, "service.name"), "tocsin");
            spans
                .extend(resource.scope_spans.into_iter().flat_map(|scope| scope.spans).map(|s| (s.span_id.clone(), s)));
        }
    }
    for attribute in spans.values().flat_map(|span| &span.attributes) {
        let said = format!("{attribute:?}");
        assert!(!said.contains('@') && !said.contains(".example"), "an address left in a trace: {said}");
    }
    let sent: Vec<&Span> = spans.values().filter(|span| span.name == "send").collect();
    assert_eq!(sent.len(), mails, "one span for each mail");
    for span in sent {
        assert_eq!(text(&span.attributes, "delivery.outcome"), "accepted");
        let mut path = vec![span];
        while let Some(parent) = spans.get(&path[path.len() - 1].parent_span_id) {
            path.push(parent);
        }
        let names: Vec<String> =
            path.iter().map(|s| format!("{} {}", s.name, text(&s.attributes, "bus.consumer"))).collect();
        assert_eq!(names, ["send ", "consume routing.plan", "request "], "the way of a mail back to its cause");
        assert_eq!(text(&path[2].attributes, "http.route"), "/api/v1/alerts/{id}/release");
        assert_eq!(path.iter().map(|s| &s.trace_id).collect::<HashSet<_>>().len(), 1);
    }
    let published: HashSet<String> =
        spans.values().filter(|span| span.name == "publish").map(|s| text(&s.attributes, "event.kind")).collect();
    for kind in ["case.registered.v1", "alert.released.v1", "plan.frozen.v1", "delivery.recorded.v1"] {
        assert!(published.contains(kind), "{kind} in {published:?}");
    }
}
