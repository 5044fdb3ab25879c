//! Crash is the normal case: processes, broker and database are killed while cases run.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use rand::Rng;
use rand::SeedableRng;
use rand::rngs::StdRng;
use serde_json::json;
use testkit::poll::wait_until;
use testkit::servers::{Postgres, RabbitMq};
use testkit::sink::{Rule, Stage};

use crate::installation::{Form, Installation, PATIENCE, directory, report};

/// How many cases, partners and kills, and how long between kills.
fn size() -> (usize, usize, usize, Duration) {
    if std::env::var_os("TOCSIN_TEST_LONG").is_some() {
        (200, 40, 24, Duration::from_secs(5))
    } else {
        (12, 10, 4, Duration::from_secs(3))
    }
}

/// Prints a figure of a test that passes, too: what goes straight to the stream is not captured.
fn say(line: &str) {
    use std::io::Write;
    std::io::stdout().write_all(format!("{line}\n").as_bytes()).unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn killing_everything_loses_nothing_and_tells_nobody_else() {
    let (cases, partners, kills, pause) = size();
    let seed: u64 = std::env::var("TOCSIN_TEST_SEED").ok().and_then(|s| s.parse().ok()).unwrap_or_else(rand::random);
    say(&format!("seed {seed}"));
    let mut random = StdRng::seed_from_u64(seed);
    let mut postgres = Postgres::start().await.unwrap();
    let mut rabbitmq = RabbitMq::start().await.unwrap();
    let urls = (postgres.address().create_database().await.unwrap(), rabbitmq.address().create_vhost().await.unwrap());
    let database = urls.0.rsplit('/').next().unwrap().split('?').next().unwrap().to_owned();
    let mut here = Installation::start(Form::Production, &directory(partners, 0), Some(urls)).await;
    let mut processes = std::mem::take(&mut here.processes);
    // The caps would rightly hold what goes beyond them; here all of it is to leave.
    here.lift_caps().await;

    let work = async {
        for number in 0..cases {
            here.released_case(number).await;
        }
    };
    let havoc = async {
        for _ in 0..kills {
            // No wait for anything: the kills come by the clock, whatever the work is at.
            tokio::time::sleep(pause).await;
            match random.random_range(0..6) {
                4 => postgres.restart().await.unwrap(),
                5 => rabbitmq.restart().await.unwrap(),
                // intake, routing, notifier, audit: all but identity, which nothing here needs running.
                n => {
                    let names = ["audit", "notifier", "routing", "intake"];
                    let (_, service) = processes.iter_mut().find(|(name, _)| name == names[n]).unwrap();
                    service.restart().await.unwrap();
                }
            }
        }
    };
    tokio::join!(work, havoc);

    let expected = cases * partners;
    let limit = Duration::from_secs(120);
    wait_until("the backlog drains", limit, async || {
        let (good, text) = here.try_run(&["doctor"], "");
        good && text.contains(&format!("told {expected} = accepted {expected} "))
    })
    .await
    .unwrap();
    let mut by_id: BTreeMap<String, usize> = BTreeMap::new();
    let mut recipients = BTreeSet::new();
    for mail in here.sink.messages() {
        *by_id.entry(mail.header("Message-ID").unwrap()).or_default() += 1;
        recipients.extend(mail.recipients);
    }
    let duplicated: usize = by_id.values().map(|count| count - 1).sum();
    let attempted: usize = by_id.values().sum();
    say(&format!(
        "attempted {attempted} acknowledged {expected} ok {} lost {} unexpected {} duplicated {duplicated} recovered {}",
        by_id.len(),
        expected - by_id.len().min(expected),
        recipients.len().saturating_sub(partners),
        kills
    ));
    assert_eq!(by_id.len(), expected, "every planned mail, and no other");
    assert_eq!(recipients.len(), partners, "nobody outside the plans");
    assert!(duplicated <= kills * 8, "repeats are bounded by kills and connections");
    let marked =
        postgres.address().sql(&database, "SELECT count(*) FROM attempts WHERE possible_repeat").await.unwrap();
    assert!(marked.trim().parse::<usize>().unwrap() >= duplicated, "every repeat is marked: {marked} of {duplicated}");
    assert!(here.run(&["ledger", "verify"], "").contains("The ledger holds"));
}

/// The notifier dies twenty times after the server has taken a mail and before it has said so.
#[tokio::test(flavor = "multi_thread")]
async fn dying_between_the_final_dot_and_its_answer_repeats_each_mail_at_most_once_and_says_so() {
    const KILLS: usize = 20;
    const PARTNERS: usize = 22;
    let settings = [("MAIL__WORKERS", "1"), ("MAIL__PER_DOMAIN", "1"), ("MAIL__DEADLINES__MESSAGE_SECS", "60")];
    let mut here = Installation::start_with(Form::Production, &directory(PARTNERS, 0), None, &settings).await;
    here.sink.add(Rule::at(Stage::Dot).times(KILLS).taking().silence());
    let id = here.released_case(1).await;
    for kill in 1..=KILLS {
        here.sink.wait_for(kill, PATIENCE).await.unwrap();
        let (_, notifier) = here.processes.iter_mut().find(|(name, _)| name == "notifier").unwrap();
        notifier.restart().await.unwrap();
    }
    let mails = here.sink.wait_for(PARTNERS + KILLS, PATIENCE * 2).await.unwrap();
    wait_until("everything is accepted", PATIENCE, async || {
        here.try_run(&["doctor"], "").1.contains(&format!("told {PARTNERS} = accepted {PARTNERS} "))
    })
    .await
    .unwrap();
    let mut copies: BTreeMap<String, Vec<Vec<u8>>> = BTreeMap::new();
    for mail in mails {
        copies.entry(mail.header("Message-ID").unwrap()).or_default().push(mail.data);
    }
    assert_eq!(copies.len(), PARTNERS, "0 lost");
    assert!(copies.values().all(|same| same.windows(2).all(|two| two[0] == two[1])), "a repeat has the same bytes");
    let duplicated: usize = copies.values().map(|same| same.len() - 1).sum();
    assert_eq!(duplicated, KILLS, "one connection, so one repeat a kill");
    let view = here.audit(&format!("/api/v1/cases/{id}/notified")).await.unwrap();
    let rows = view["notified"].as_array().unwrap();
    let marked = rows
        .iter()
        .flat_map(|row| row["attempts"].as_array().unwrap())
        .filter(|attempt| attempt["possible_repeat"] == true)
        .count();
    assert_eq!(marked, KILLS, "every repeat is marked where the auditor looks");
}

/// A word is given for a moment to come; until then and around it the processes that keep it and act on it die again and
/// again. Nobody is told before, and everybody once. Twice, because a clock forgives once.
#[tokio::test(flavor = "multi_thread")]
async fn a_moment_survives_the_death_of_processes_and_is_told_once() {
    const PARTNERS: usize = 5;
    let mut here = Installation::start(Form::Production, &directory(PARTNERS, 0), None).await;
    // A second process of the same service looks for what is due at the same time.
    here.start_process(&["intake"]).await;
    for round in 1..=2 {
        let case = here.insist(0, "/api/v1/cases", &report(round)).await;
        let id = case["id"].as_str().unwrap().to_owned();
        let verification = json!({ "certainty": "likely", "evidence": "inventory_extract" });
        here.insist(1, &format!("/api/v1/cases/{id}/verify"), &verification).await;
        let draft = here.insist(1, &format!("/api/v1/cases/{id}/alerts"), &json!({ "kind": "alert" })).await;
        let alert = draft["id"].as_str().unwrap().to_owned();
        let moment = domain::Clock::System.now().plus(Duration::from_secs(6));
        let word = json!({ "not_before": moment.to_string() });
        here.insist(2, &format!("/api/v1/alerts/{alert}/schedule"), &word).await;
        let told = (round - 1) * PARTNERS;
        let mut kills: u64 = 0;
        while here.sink.messages().len() < round * PARTNERS {
            for name in ["intake", "routing"] {
                let services = here.processes.iter_mut().filter(|(one, _)| one == name);
                for (_, service) in services {
                    service.restart().await.unwrap();
                    kills += 1;
                }
            }
            // They live until the first mail, or so long that they die in the middle of something.
            let life = Duration::from_millis(700 + 100 * (kills % 9));
            let early = here.sink.wait_for(told + 1, life).await.is_ok();
            assert!(!early || domain::Clock::System.now() >= moment, "nobody is told before the moment");
            assert!(kills < 200, "nobody is told after it");
            if early {
                // It is out: from here on every mail is on its way, and killing proves nothing more.
                here.sink.wait_for(round * PARTNERS, PATIENCE).await.unwrap();
            }
        }
        println!("round {round}: {kills} kills");
        wait_until("everything is accepted", PATIENCE, async || {
            let all = round * PARTNERS;
            here.try_run(&["doctor"], "").1.contains(&format!("told {all} = accepted {all} "))
        })
        .await
        .unwrap();
    }
    let ids: BTreeSet<_> = here.sink.messages().iter().map(|mail| mail.header("Message-ID").unwrap()).collect();
    assert_eq!((ids.len(), here.sink.messages().len()), (2 * PARTNERS, 2 * PARTNERS), "each mail once");
    assert!(here.run(&["ledger", "verify"], "").contains("The ledger holds"));
}

/// How long a report takes to be accepted: the median of 41.
async fn median_post(here: &Installation, first: usize) -> Duration {
    let mut took = Vec::new();
    for number in first..first + 41 {
        let start = std::time::Instant::now();
        let (status, _) = here.post(0, "/api/v1/cases", &format!("post-{number}"), &report(number)).await.unwrap();
        took.push(start.elapsed());
        assert_eq!(status, 201);
    }
    took.sort_unstable();
    took[20]
}

#[tokio::test(flavor = "multi_thread")]
async fn a_broker_that_lost_all_its_data_loses_nothing() {
    let postgres = testkit::servers::shared_postgres().await.unwrap();
    let mut rabbitmq = RabbitMq::start().await.unwrap();
    let urls = (postgres.create_database().await.unwrap(), rabbitmq.address().url("/"));
    let here = Installation::start(Form::Production, &directory(5, 0), Some(urls)).await;
    here.released_case(1).await;
    here.sink.wait_for(5, PATIENCE).await.unwrap();
    let running = median_post(&here, 100).await;
    rabbitmq.stop().await.unwrap();
    let stopped = median_post(&here, 200).await;
    println!("median of a post with the broker running {running:?}, stopped {stopped:?}");
    // The same work; the bound only leaves room for a noisy machine and none for waiting on the broker.
    assert!(stopped < running * 2 + Duration::from_millis(20), "{stopped:?} against {running:?}");
    // Reports are taken as usual while the broker is away.
    for number in 2..5 {
        here.released_case(number).await;
    }
    rabbitmq.wipe_and_restart().await.unwrap();
    here.sink.wait_for(20, Duration::from_secs(120)).await.unwrap();
}
