//! Tocsin in its production form.

use std::fmt::Write as _;
use std::time::Duration;

use serde_json::{Value, json};
use sqlx::PgPool;
use testkit::servers::{Postgres, RabbitMq};
use testkit::sink::fast::FastSink;
use testkit::wait_until;

use crate::figures::{self, Run, a_mail, now};
use crate::installation::{Form, Installation, report};

/// How long recording may take after the last mail.
const LIMIT: Duration = Duration::from_secs(120);
/// What partners read, in turn.
const LANGUAGES: [&str; 6] = ["ar", "en", "es", "fr", "ru", "zh"];

/// Who is told: which partners collect the type of the object that was stolen.
#[derive(Clone, Copy, Debug)]
pub enum Audience {
    /// A hundred, each in a domain of its own.
    Hundred,
    /// These and nine hundred more.
    Thousand,
    /// A thousand others in one domain.
    OneDomain,
}

impl Audience {
    fn object_type(self) -> &'static str {
        match self {
            Self::Hundred => "painting",
            Self::Thousand => "ethnographic",
            Self::OneDomain => "stamp",
        }
    }

    fn size(self) -> usize {
        match self {
            Self::Hundred => 100,
            Self::Thousand | Self::OneDomain => 1_000,
        }
    }

    /// The partners of all.
    fn directory() -> String {
        let mut text = String::from(
            "name,kind,country_or_scope,languages,mandate_keywords,object_categories,event_types,verified_on,address\n",
        );
        for number in 0..2_000 {
            let (categories, domain) = match number {
                0..100 => ("painting;ethnographic", format!("d{number}.police.example")),
                100..1_000 => ("ethnographic", format!("d{number}.police.example")),
                _ => ("stamp", "one.police.example".to_owned()),
            };
            let language = LANGUAGES[number % LANGUAGES.len()];
            writeln!(
                text,
                "Unit {number},police,BF,{language},investigation,{categories},theft,2026-11-01,unit{number}@{domain}"
            )
            .unwrap();
        }
        text
    }
}

/// An installation that mails to the sink.
pub struct Ours<'a> {
    here: Installation,
    postgres: &'a Postgres,
    rabbitmq: &'a RabbitMq,
    pool: PgPool,
    cases: usize,
}

impl<'a> Ours<'a> {
    /// Starts it, with two thousand partners.
    pub async fn start(postgres: &'a Postgres, rabbitmq: &'a RabbitMq, sink: u16) -> Self {
        let urls = (postgres.create_database().await.unwrap(), rabbitmq.create_vhost().await.unwrap());
        let pool = PgPool::connect(&urls.0).await.unwrap();
        let settings = [
            ("MAIL__SMTP__PORT", sink.to_string()),
            ("MAIL__DEADLINES__COMMAND_SECS", "20".to_owned()),
            ("MAIL__DEADLINES__MESSAGE_SECS", "60".to_owned()),
            ("DATABASE__MAX_CONNECTIONS", "16".to_owned()),
        ];
        let settings = settings.each_ref().map(|(key, value)| (*key, value.as_str()));
        let here = Installation::start_with(Form::Production, &Audience::directory(), Some(urls), &settings).await;
        here.lift_caps().await;
        Self { here, postgres, rabbitmq, pool, cases: 0 }
    }

    /// Releases so many cases at once and waits until all of it is sent, recorded and entered. Gives the run, and the
    /// processor time of each process in words.
    pub async fn run(&mut self, sink: &mut FastSink, audience: Audience, cases: usize) -> (Run, String) {
        let mut alerts = Vec::new();
        for _ in 0..cases {
            alerts.push(self.drafted(audience).await);
        }
        self.settled().await;
        // What the server would do in its own time otherwise, in the middle of a measurement.
        sqlx::query("VACUUM ANALYZE").execute(&self.pool).await.unwrap();
        let mails = cases * audience.size();
        sink.reset().unwrap();
        let before = self.cpu(sink);
        let asked = now();
        let here = &self.here;
        let releases = alerts.iter().map(|alert| async move {
            let path = format!("/api/v1/alerts/{alert}/release");
            let (status, body) = here.post(2, &path, alert, &json!({})).await.unwrap();
            assert!(status < 300, "release: {status} {body}");
            now()
        });
        // The last answer, where there are several.
        let answered = futures::future::join_all(releases).await.into_iter().max();
        figures::wait_for(sink, mails).await;
        let recorded = self.recorded(asked, mails).await;
        let complete = now();
        self.settled().await;
        let entered = now();
        let tally = sink.tally().unwrap();
        assert_eq!(tally.mails, mails as u64, "nobody is told twice");
        let after = self.cpu(sink);
        let used: Vec<(&str, u64)> = before
            .iter()
            .zip(&after)
            .map(|((name, before), (_, after))| (*name, a_mail(after.saturating_sub(*before), tally.mails)))
            .collect();
        let all = used.iter().filter(|(name, _)| *name != "sink").map(|(_, micros)| micros).sum();
        let words: Vec<String> = used.iter().map(|(name, micros)| format!("{name} {micros}")).collect();
        let run = Run {
            tally,
            asked: Some(asked),
            answered,
            recorded: Some(recorded),
            complete: Some(complete),
            entered: Some(entered),
            cpu: Some(all),
        };
        (run, format!("    us cpu a mail: {}", words.join(", ")))
    }

    /// Registered, verified and drafted, all but released; gives the alert.
    async fn drafted(&mut self, audience: Audience) -> String {
        self.cases += 1;
        let mut body = report(self.cases);
        body["label"] = json!("TLP:GREEN");
        body["objects"][0]["type"] = json!(audience.object_type());
        let id_of = |value: Value| value["id"].as_str().unwrap().to_owned();
        let case = id_of(self.here.insist(0, "/api/v1/cases", &body).await);
        let verification = json!({ "certainty": "likely", "evidence": "inventory_extract" });
        self.here.insist(1, &format!("/api/v1/cases/{case}/verify"), &verification).await;
        let draft = json!({ "kind": "alert", "reach": "all" });
        id_of(self.here.insist(1, &format!("/api/v1/cases/{case}/alerts"), &draft).await)
    }

    /// Waits until every attempt since then has its end on record; gives the last end.
    async fn recorded(&self, since: i64, mails: usize) -> i64 {
        figures::until(async || {
            let found: (i64, i64, Option<i64>) = sqlx::query_as(
                "SELECT count(*), count(*) FILTER (WHERE outcome = 'accepted'),
                        (extract(epoch FROM max(ended_at)) * 1000000)::bigint
                 FROM attempts WHERE started_at >= to_timestamp($1::float8 / 1000000)",
            )
            .bind(since)
            .fetch_one(&self.pool)
            .await
            .unwrap();
            let wanted = i64::try_from(mails).unwrap();
            assert!(found.0 <= wanted, "{found:?}: more attempts than mails");
            if found.1 == wanted { Ok(found.2.unwrap()) } else { Err(format!("{found:?} of {wanted} attempts")) }
        })
        .await
    }

    /// Waits until nothing is left to do: every fact is published and in the ledger.
    async fn settled(&self) {
        wait_until("every fact to be in the ledger", LIMIT, async || {
            let (waiting, missing): (i64, i64) = sqlx::query_as(
                "SELECT (SELECT count(*) FROM unpublished),
                        (SELECT count(*) FROM outbox) - (SELECT size FROM ledger_head)",
            )
            .fetch_one(&self.pool)
            .await
            .unwrap();
            waiting == 0 && missing == 0
        })
        .await
        .unwrap();
    }

    fn cpu(&self, sink: &FastSink) -> Vec<(&str, Duration)> {
        let services = self.here.processes.iter().map(|(name, service)| (name.as_str(), service.cpu()));
        let others = [("PostgreSQL", self.postgres.cpu()), ("RabbitMQ", self.rabbitmq.cpu()), ("sink", sink.cpu())];
        services.chain(others).collect()
    }
}
