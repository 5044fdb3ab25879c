//! Prometheus' Alertmanager with its own mail.

use std::fmt::Write as _;
use std::process::Command;
use std::time::Duration;

use serde_json::{Value, json};
use testkit::ports::free_port;
use testkit::process::Service;
use testkit::sink::fast::FastSink;
use testkit::wait_until;

use crate::figures::{self, Run, now};

const PROGRAM: &str = "/usr/bin/prometheus-alertmanager";
const START: Duration = Duration::from_secs(60);

/// A peer that is started anew for each run: what it has sent it would look at again every second.
pub struct Alertmanager;

impl Alertmanager {
    /// One POST of so many alerts, each to so many receivers.
    pub async fn run(sink: &mut FastSink, receivers: usize, alerts: usize) -> Run {
        let folder = tempfile::tempdir().unwrap();
        let config = folder.path().join("alertmanager.yml");
        std::fs::write(&config, configuration(sink.port(), receivers)).unwrap();
        let port = free_port().unwrap();
        let mut command = Command::new(PROGRAM);
        command
            .arg(format!("--config.file={}", config.display()))
            .arg(format!("--storage.path={}", folder.path().join("data").display()))
            .arg(format!("--web.listen-address=127.0.0.1:{port}"))
            // Empty: alone.
            .arg("--cluster.listen-address=");
        let service = Service::spawn("alertmanager", command)
            .unwrap_or_else(|error| panic!("{PROGRAM}: {error} (on Debian: apt-get install prometheus-alertmanager)"));
        let http = reqwest::Client::new();
        let url = format!("http://127.0.0.1:{port}");
        wait_until("Alertmanager to be ready", START, async || {
            assert!(service.exited().is_none(), "Alertmanager ended:\n{}", service.log());
            http.get(format!("{url}/-/ready")).send().await.is_ok_and(|answer| answer.status().is_success())
        })
        .await
        .unwrap();
        let body: Vec<Value> = (0..alerts).map(alert).collect();
        sink.reset().unwrap();
        let before = service.cpu();
        let asked = now();
        let answer = http.post(format!("{url}/api/v2/alerts")).json(&body).send().await.unwrap();
        assert!(answer.status().is_success(), "{}", answer.text().await.unwrap());
        let answered = now();
        figures::wait_for(sink, receivers * alerts).await;
        let tally = sink.tally().unwrap();
        Run::of(tally, Some(asked), Some(answered), service.cpu().saturating_sub(before))
    }
}

fn configuration(sink: u16, receivers: usize) -> String {
    let mut text = format!(
        "global:\n  smtp_smarthost: 127.0.0.1:{sink}\n  smtp_from: desk@tocsin.example\n  smtp_require_tls: false\n\
         route:\n  receiver: nobody\n  group_by: [case]\n  group_wait: 0s\n  group_interval: 1s\n  routes:\n"
    );
    for number in 0..receivers {
        writeln!(
            text,
            "  - receiver: unit{number}\n    continue: true\n    \
             matchers: [event=\"theft\", country=~\"BF|ML|NE\", type=~\"ethnographic|sculpture\"]"
        )
        .unwrap();
    }
    text.push_str("receivers:\n- name: nobody\n");
    for number in 0..receivers {
        writeln!(text, "- name: unit{number}\n  email_configs:\n  - to: unit{number}@d{number}.police.example")
            .unwrap();
    }
    text
}

fn alert(number: usize) -> Value {
    json!({
        "labels": {
            "alertname": "Theft", "case": format!("TOC-2026-{number:05}"), "event": "theft", "country": "BF",
            "type": "ethnographic", "certainty": "likely"
        },
        "annotations": {
            "summary": format!("Statuette {number} stolen"),
            "description": "Stolen between 1 and 2 May 2025 by burglary from a museum in Burkina Faso."
        },
        "generatorURL": format!("https://tocsin.example/cases/{number}")
    })
}
