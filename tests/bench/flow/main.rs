//! One case to many partners, from the release to the last recorded mail, beside what others use for that.
//! `cargo xtask bench flow` runs it and brings the peers.
//!
//! All sides send to one sink (a process of its own that counts and keeps nothing), on one machine, in interleaved rounds of
//! one run, so that whatever else the machine does hits all alike. Said are the rounds, and the medians of the ratios inside
//! of them. Mails a second are from the first MAIL command to the last mail taken; of ours to the moment when the rows of all
//! attempts are seen, which is later. The columns `recorded`, `seen so` and `entered` are of ours alone: the time in the last
//! attempt's row, the moment when all rows are seen, and the moment when every fact is published and in the ledger too.
//! Processor time is of everything but the sink for ours (its five processes, PostgreSQL, RabbitMQ), of Alertmanager, and of
//! Celery's workers without their servers. Lengths differ and are in the table: ours carries its enclosures.
//!
//! | Side | What it does | What it does not |
//! |---|---|---|
//! | Tocsin | the production form: five processes of a release build, PostgreSQL (`fsync` on) and RabbitMQ; each service with its own role; plan, gate and reason for each partner; mail composed in six languages, text and HTML, CAP and JSON enclosed, a link signed for its reader; attempt recorded before and after, fact of each in the outbox, published, entered in the ledger | signatures (DKIM is left to the mail server, as is the default), encryption, photographs |
//! | `smtp-source -d` | one text of 4.4 KB again and again over 16 connections that it keeps | anything else |
//! | Alertmanager | its own HTML mail from one POST of the alerts: one receiver a partner, `group_wait: 0s`, `group_interval: 1s`, no cluster | a record of each mail beyond its notification log; several mails over one connection |
//! | Celery | a task a mail through RabbitMQ (publisher confirms, `acks_late`), 4 workers that keep their connection, a row a mail in PostgreSQL | a plan, a record before the attempt, an outbox, a ledger |
//!
//! What is set for ours: 16 connections to the database a process (as in the example settings); the caps of the storm breaker
//! lifted. All else is as it comes, so 40 mails on the wire at once, 2 of them to one domain: the partners are in domains of
//! their own, and one line of the table shows 1,000 partners in one domain.
//!
//! `cargo bench --package tocsin --bench flow -- alone` runs ours alone, once, without any peer.

#![expect(clippy::unwrap_used, reason = "a measurement that cannot be set up must fail")]
#![expect(clippy::print_stdout, reason = "it prints its figures")]

mod alertmanager;
mod celery;
mod figures;
mod ours;
mod source;

/// The production form as the tests have it.
#[expect(dead_code, reason = "the tests use more of it")]
#[path = "../../system/installation.rs"]
mod installation;

use std::process::{Command, ExitCode};

use testkit::servers::{Postgres, RabbitMq};
use testkit::sink::fast::{self, FastSink};

use self::alertmanager::Alertmanager;
use self::celery::Celery;
use self::figures::{Goal, median};
use self::ours::{Audience, Ours};

const ROUNDS: usize = 3;
/// How many cases come at once where mails a second are measured.
const CASES: usize = 10;
/// Alertmanager holds the whole backlog, and one of more than ten seconds runs into its own time-outs: it gets less, which
/// is to its advantage.
const ALERTS: usize = 4;
const SOURCE_MAILS: usize = 20_000;
/// Celery takes four seconds for a thousand.
const CELERY_CASES: usize = 2;

#[tokio::main]
async fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|argument| argument != "--bench").collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        [] => compare().await,
        ["alone"] => alone().await,
        // The sink is a process of its own, so that each side has its own time.
        ["sink"] => {
            // A runtime of its own, which cannot begin within this one.
            std::thread::spawn(|| fast::serve().unwrap()).join().unwrap();
            ExitCode::SUCCESS
        }
        _ => {
            eprintln!("error: nothing, or alone");
            ExitCode::FAILURE
        }
    }
}

fn sink() -> FastSink {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.arg("sink");
    FastSink::start(command).unwrap()
}

async fn servers() -> (Postgres, RabbitMq) {
    let (postgres, rabbitmq) = tokio::join!(Postgres::start(), RabbitMq::start());
    (postgres.unwrap(), rabbitmq.unwrap())
}

async fn alone() -> ExitCode {
    let (postgres, rabbitmq) = servers().await;
    let mut sink = sink();
    let mut ours = Ours::start(&postgres, &rabbitmq, sink.port()).await;
    figures::head();
    for (name, audience, cases) in [
        ("tocsin, 1 case to 100", Audience::Hundred, 1),
        ("tocsin, 1 case to 1000", Audience::Thousand, 1),
        ("tocsin, 1000 in one domain", Audience::OneDomain, 1),
        ("tocsin, 10 cases to 1000", Audience::Thousand, CASES),
    ] {
        let (run, cpu) = ours.run(&mut sink, audience, cases).await;
        run.print(name);
        println!("{cpu}");
    }
    ExitCode::SUCCESS
}

/// The ratios of one round.
struct Ratios {
    source: f64,
    alertmanager: f64,
    celery: f64,
    time: f64,
}

async fn compare() -> ExitCode {
    let (postgres, rabbitmq) = servers().await;
    let mut sink = sink();
    let mut ours = Ours::start(&postgres, &rabbitmq, sink.port()).await;
    let celery = Celery::start(&postgres, &rabbitmq, sink.port()).await;
    figures::head();
    let mut rounds = Vec::new();
    for round in 1..=ROUNDS {
        println!("round {round}");
        let source = source::run(&mut sink, SOURCE_MAILS);
        source.print("smtp-source -d");
        ours.run(&mut sink, Audience::Hundred, 1).await.0.print("tocsin, 1 case to 100");
        Alertmanager::run(&mut sink, 100, 1).await.print("Alertmanager, 1 alert to 100");
        let one = ours.run(&mut sink, Audience::Thousand, 1).await.0;
        one.print("tocsin, 1 case to 1000");
        let one_theirs = Alertmanager::run(&mut sink, 1_000, 1).await;
        one_theirs.print("Alertmanager, 1 alert to 1000");
        let (many, cpu) = ours.run(&mut sink, Audience::Thousand, CASES).await;
        many.print("tocsin, 10 cases to 1000");
        println!("{cpu}");
        let many_theirs = Alertmanager::run(&mut sink, 1_000, ALERTS).await;
        many_theirs.print("Alertmanager, 4 alerts to 1000");
        let tasks = celery.run(&mut sink, CELERY_CASES, 1_000).await;
        tasks.print("Celery, 2 cases to 1000");
        ours.run(&mut sink, Audience::OneDomain, 1).await.0.print("tocsin, 1000 in one domain");
        rounds.push(Ratios {
            source: many.rate() / source.rate(),
            alertmanager: many.rate() / many_theirs.rate(),
            celery: many.rate() / tasks.rate(),
            time: one.after_answer().as_secs_f64() / one_theirs.after_answer().as_secs_f64(),
        });
    }
    let of = |ratio: fn(&Ratios) -> f64| median(rounds.iter().map(ratio).collect());
    let goals = [
        Goal::at_least("mails a second, of smtp-source -d", of(|round| round.source), 0.25, 0.40),
        Goal::at_least("mails a second, of Alertmanager", of(|round| round.alertmanager), 5.0, 8.0),
        Goal::at_least("mails a second, of Celery", of(|round| round.celery), 12.0, 20.0),
        Goal::at_most("201 to 1000 recorded, of Alertmanager", of(|round| round.time), 0.5),
    ];
    println!();
    for goal in &goals {
        println!("{goal}");
    }
    if goals.iter().all(Goal::is_reached) { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
