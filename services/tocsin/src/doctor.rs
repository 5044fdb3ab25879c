//! Looks whether everything a process needs is there, and prints conservation.

use std::path::Path;
use std::process::ExitCode;
use std::time::Duration;

use anyhow::Result;
use bus::Consumer;
use domain::{Clock, Timestamp};
use notifier::{Backend, Transport};
use secrecy::ExposeSecret;
use store::{inbox, ledger, outbox, reports};

use crate::process;
use crate::settings::Settings;

/// How far two machines' clocks may be apart: well within a lease.
const APART: Duration = Duration::from_secs(5);
/// The least room for what is written, in MiB.
const ROOM: u64 = 512;

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
    let advice = if pending > 0 { "; run `tocsin migrate`" } else { "" };
    found.say("database", pending == 0, &format!("{}, {pending} migrations pending{advice}", db.engine()));
    if pending > 0 {
        return Ok(ExitCode::FAILURE);
    }
    let parts = match process::parts(settings, db, Clock::System, &crate::up::all()) {
        Ok(parts) => parts,
        Err(error) => {
            found.bad("keys", &format!("{error:#}"));
            return Ok(ExitCode::FAILURE);
        }
    };
    found.good("keys", "readable");
    broker(&parts, &mut found).await;
    let now = parts.clock.now();
    photos(&parts, &mut found).await;
    clock(&parts, now, &mut found).await;
    disk(settings, &mut found);

    let mut tx = parts.db.read().await?;
    let backlog = outbox::backlog(&mut tx).await?;
    let age = backlog.oldest.map_or(0, |oldest| now.since(oldest).as_secs());
    found.say("outbox", age < 300, &format!("{} facts wait, the oldest for {age} s", backlog.depth));
    let lag = ledger::lag(&mut tx, audit::OnEveryEvent::NAME).await?;
    let behind = lag.oldest.map_or(0, |oldest| now.since(oldest).as_secs());
    let line = format!("{} entries, {} facts on their way for {behind} s", ledger::size(&mut tx).await?, lag.count);
    found.say("ledger", behind < 120, &line);
    for witness in audit::standing(&parts.audit, &mut tx).await? {
        let late = witness.behind_since.filter(|since| now.since(*since) >= audit::LATE);
        let said = match (&witness.alarm, late, &witness.trouble) {
            (Some(alarm), ..) => alarm.clone(),
            (None, Some(since), why) => {
                let why = why.as_deref().unwrap_or("it was not asked");
                format!("has not cosigned what was signed {}: {why}", since.human())
            }
            (None, None, _) => format!("follows, {} entries cosigned", witness.size),
        };
        found.say(&format!("witness {}", witness.name), witness.alarm.is_none() && late.is_none(), &said);
    }
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

/// As far as a connection that would take mail.
async fn mail(settings: &Settings, found: &mut Findings) {
    let place = match settings.mail.backend {
        Backend::Folder => format!("folder {}", settings.mail.folder.display()),
        Backend::Smtp => format!("{}:{}", settings.mail.smtp.host, settings.mail.smtp.port),
    };
    match Transport::new(&settings.mail) {
        Err(error) => found.bad("mail", &format!("{place}: {:#}", anyhow::Error::new(error))),
        Ok(transport) => match transport.check().await {
            Ok(reached) => found.good("mail", &format!("{place}: {reached}")),
            Err(failed) => {
                let why = failed.reply.unwrap_or_else(|| "no reply".to_owned());
                found.bad("mail", &format!("{place}: at {}: {why}", failed.stage.label()));
            }
        },
    }
    // With a key that cannot be used no mail leaves at all.
    if let Err(error) = settings.mail.check_keys() {
        found.bad("mail", &format!("{:#}", anyhow::Error::new(error)));
    }
}

/// A clock that is wrong signs wrong dates into everything; leases and sweeps of two machines need the same time.
async fn clock(parts: &process::Parts, now: Timestamp, found: &mut Findings) {
    // 2026-01-01: before this program was written.
    let sane = now.as_micros() > 1_767_225_600_000_000;
    match parts.db.time().await {
        Ok(Some(theirs)) => {
            let apart = now.since(theirs).max(theirs.since(now));
            let line = format!("{}, {:.1} s apart from the database's", now.human(), apart.as_secs_f64());
            found.say("clock", sane && apart < APART, &line);
        }
        Ok(None) => found.say("clock", sane, &now.human()),
        Err(error) => found.bad("clock", &error.to_string()),
    }
}

/// A file is written, read and taken away where photographs are kept.
async fn photos(parts: &process::Parts, found: &mut Findings) {
    let blobs = &parts.intake.photos.blobs;
    match blobs.check().await {
        Ok(()) => found.good("photographs", &format!("{} can be written and read", blobs.place())),
        Err(error) => found.bad("photographs", &format!("{}: {:#}", blobs.place(), anyhow::Error::new(error))),
    }
}

/// Room where this process writes.
fn disk(settings: &Settings, found: &mut Findings) {
    let mut places = vec![settings.ledger.key_path.as_path(), settings.keys.link.as_path()];
    if settings.photos.store == blobs::Store::Folder {
        places.push(&settings.photos.folder);
    }
    if let Some(file) = settings.database.url.expose_secret().strip_prefix("sqlite:") {
        places.push(Path::new(file.trim_start_matches("//")));
    }
    if settings.mail.backend == Backend::Folder {
        places.push(&settings.mail.folder);
    }
    let free = places.into_iter().map(|place| (free_mebibytes(place), place)).min();
    match free {
        Some((Some(free), place)) => {
            found.say("disk", free >= ROOM, &format!("{free} MiB free at {}", place.display()));
        }
        Some((None, place)) => found.bad("disk", &format!("cannot look at {}", place.display())),
        None => {}
    }
}

/// Of the disk on which `place` is, or will be.
fn free_mebibytes(place: &Path) -> Option<u64> {
    let absolute = std::path::absolute(place).ok()?;
    let there = absolute.ancestors().find(|folder| folder.exists())?;
    let disk = rustix::fs::statvfs(there).ok()?;
    Some(disk.f_bavail.saturating_mul(disk.f_frsize) / (1024 * 1024))
}

/// Connects and declares the topology, as a publisher would.
async fn broker(parts: &process::Parts, found: &mut Findings) {
    match parts.bus.check().await {
        Ok(()) => found.good("bus", &format!("{:?}", parts.bus.state())),
        Err(error) => found.bad("bus", &error.to_string()),
    }
}
