//! A pipeline as one builds it with Celery; the program is `mails.py` beside this file.

use std::process::Command;
use std::time::Duration;

use testkit::process::Service;
use testkit::servers::{Postgres, RabbitMq};
use testkit::sink::fast::FastSink;

use crate::figures::{self, Run};

/// The Python that has Celery.
const PYTHON: &str = "TOCSIN_BENCH_PYTHON";
const START: Duration = Duration::from_secs(60);

/// Four workers that wait for tasks.
pub struct Celery {
    worker: Service,
    python: String,
    settings: Vec<(&'static str, String)>,
}

impl Celery {
    /// Starts them, in a virtual host and a database of their own on the same servers as ours.
    pub async fn start(postgres: &Postgres, rabbitmq: &RabbitMq, sink: u16) -> Self {
        let python = std::env::var(PYTHON).unwrap_or_else(|_| {
            panic!("{PYTHON} names no Python that has Celery: run `cargo xtask bench flow`, which makes one")
        });
        let settings = vec![
            ("BROKER", rabbitmq.create_vhost().await.unwrap()),
            ("DATABASE", postgres.create_database().await.unwrap()),
            ("SINK", sink.to_string()),
            ("PYTHONPATH", concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/bench/flow").to_owned()),
            ("PYTHONDONTWRITEBYTECODE", "1".to_owned()),
        ];
        let status = Command::new(&python).args(["-m", "mails", "table"]).envs(settings.clone()).status().unwrap();
        assert!(status.success(), "Celery's table: {status}");
        let mut command = Command::new(&python);
        command.args(["-m", "celery", "-A", "mails", "worker", "--concurrency", "4", "--loglevel", "WARNING"]);
        command.envs(settings.clone());
        let worker = Service::spawn("celery", command).unwrap();
        worker.wait_for_log("the workers are ready", START).await.unwrap();
        Self { worker, python, settings }
    }

    /// So many cases, a task a recipient.
    pub async fn run(&self, sink: &mut FastSink, cases: usize, recipients: usize) -> Run {
        sink.reset().unwrap();
        let before = self.worker.cpu();
        let mut command = Command::new(&self.python);
        command
            .args(["-m", "mails", "publish", &cases.to_string(), &recipients.to_string()])
            .envs(self.settings.clone());
        // Beside the wait, since the workers begin with the first task.
        let publisher = tokio::task::spawn_blocking(move || command.output().unwrap());
        figures::wait_for(sink, cases * recipients).await;
        let said = publisher.await.unwrap();
        assert!(said.status.success(), "{}", String::from_utf8_lossy(&said.stderr));
        // Its own start-up left out.
        let begun = String::from_utf8_lossy(&said.stdout).trim().parse().unwrap();
        Run::of(sink.tally().unwrap(), Some(begun), Some(begun), self.worker.cpu().saturating_sub(before))
    }
}
