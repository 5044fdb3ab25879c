//! Looks whether everything a process needs is there, and prints conservation.

use std::process::ExitCode;
use std::time::Duration;

use anyhow::Result;
use bus::Consumer;
use domain::Clock;
use notifier::Backend;
use store::{inbox, ledger, outbox, reports};
use tokio::net::TcpStream;

use crate::process;
use crate::settings::Settings;

/// How long one check may take.
const PATIENCE: Duration = Duration::from_secs(5);

struct Findings(usize);

impl Findings {
    fn good(&self, what: &str, detail: &str) {
        println!("ok    {what}: {detail}");
    }

    fn bad(&mut self, what: &str, detail: &str) {
        self.0 += 1;
        println!("FAIL  {what}: {detail}");
    }

    fn say(&mut self, what: &str, fine: bool, detail: &str) {
        if fine { self.good(what, detail) } else { self.bad(what, detail) }
    }
}

/// Checks everything; exit code 1 if something is wrong.
pub async fn run(settings: &Settings) -> Result<ExitCode> {
    let mut found = Findings(0);
    mail(settings, &mut found).await;
    let db = match process::database(settings).await {
        Ok(db) => db,
        Err(error) => {
            found.bad("database", &format!("{error:#}"));
            return Ok(ExitCode::FAILURE);
        }
    };
    let pending = store::pending_migrations(&db).await?;
    found.say("database", pending == 0, &format!("{}, {pending} migrations pending", db.engine()));
    if pending > 0 {
        return Ok(ExitCode::FAILURE);
    }
    let parts = match process::parts(settings, db, Clock::System) {
        Ok(parts) => parts,
        Err(error) => {
            found.bad("keys", &format!("{error:#}"));
            return Ok(ExitCode::FAILURE);
        }
    };
    found.good("keys", "readable");
    broker(&parts, &mut found).await;
    let now = parts.clock.now();
    // 2026-01-01: a clock before this program was written signs wrong dates into everything.
    found.say("clock", now.as_micros() > 1_767_225_600_000_000, &now.human());

    let mut tx = parts.db.read().await?;
    let backlog = outbox::backlog(&mut tx).await?;
    let age = backlog.oldest.map_or(0, |oldest| now.since(oldest).as_secs());
    found.say("outbox", age < 300, &format!("{} facts wait, the oldest for {age} s", backlog.depth));
    let lag = ledger::lag(&mut tx, audit::OnEveryEvent::NAME).await?;
    let behind = lag.oldest.map_or(0, |oldest| now.since(oldest).as_secs());
    let line = format!("{} entries, {} facts on their way for {behind} s", ledger::size(&mut tx).await?, lag.count);
    found.say("ledger", behind < 120, &line);
    let parked = inbox::parked(&mut tx, 1_000).await?.len();
    found.say("parked", parked == 0, &format!("{parked} facts"));
    let sum = reports::conservation(&mut tx, None).await?;
    tx.commit().await?;
    let line = format!(
        "told {} = accepted {} + refused {} + expired {} + held {} + cancelled {} + uncertain {} + pending {}; outside a plan {}",
        sum.told,
        sum.accepted,
        sum.refused,
        sum.expired,
        sum.held,
        sum.cancelled,
        sum.uncertain,
        sum.pending,
        sum.outside
    );
    found.say("conservation", sum.holds(), &line);
    Ok(if found.0 == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

async fn mail(settings: &Settings, found: &mut Findings) {
    match settings.mail.backend {
        Backend::Folder => found.good("mail", &format!("into the folder {}", settings.mail.folder.display())),
        Backend::Smtp => {
            let server = (settings.mail.smtp.host.as_str(), settings.mail.smtp.port);
            let reached = tokio::time::timeout(PATIENCE, TcpStream::connect(server)).await;
            found.say("mail", matches!(reached, Ok(Ok(_))), &format!("{}:{}", server.0, server.1));
        }
    }
}

/// Connects and declares the topology, as a publisher would.
async fn broker(parts: &process::Parts, found: &mut Findings) {
    match parts.bus.check().await {
        Ok(()) => found.good("bus", &format!("{:?}", parts.bus.state())),
        Err(error) => found.bad("bus", &error.to_string()),
    }
}
