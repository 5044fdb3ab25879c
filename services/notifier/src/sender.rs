//! Sends what is due. The order of its steps is told in the crate's root.

use std::collections::HashMap;
use std::time::Duration;

use contracts::Service;
use contracts::events::{DeliveryEndedV1, DeliveryRecordedV1};
use domain::delivery::{DeliveryState, GIVE_UP_AFTER, Outcome, Stage, retry_after};
use domain::ids::{AttemptId, DeliveryId, LeaseId};
use futures::stream::{FuturesUnordered, StreamExt};
use metrics::counter;
use sha2::{Digest, Sha256};
use store::deliveries::{DeliveryRow, Ended, LeasedRow};
use store::{Tx, attempts, deliveries, outbox, partners};
use tokio_util::sync::CancellationToken;

use crate::compose::{Mail, MailContext, Shown, compose};
use crate::transport::{Report, Transport};
use crate::Deps;

/// How long without a ring before the sender looks by itself.
const POLL: Duration = Duration::from_secs(1);
/// How long a delivery in doubt waits before the same bytes go out again.
const DOUBT: Duration = Duration::from_secs(60);

/// Sends what is due.
#[derive(Debug)]
pub struct Sender {
    deps: Deps,
    transport: Transport,
}

/// Why a delivery was not tried; it stays due.
#[derive(Debug, thiserror::Error)]
enum SendError {
    #[error("use the database")]
    Store(#[from] store::Error),
    #[error("compose the mail")]
    Compose(#[from] crate::compose::ComposeError),
    #[error("find what was frozen: {0}")]
    Missing(&'static str),
}

/// What `start` decided.
enum Start {
    /// Send these bytes.
    Go(Box<Going>),
    /// The last gate took it out, or somebody else has it.
    Not,
}

struct Going {
    row: DeliveryRow,
    attempt: AttemptId,
    number: i64,
    possible_repeat: bool,
    bytes: Vec<u8>,
    sha256: Vec<u8>,
}

impl Sender {
    /// With the way out that the settings name.
    pub fn new(deps: Deps) -> Self {
        let transport = Transport::new(&deps.config);
        Self { deps, transport }
    }

    /// Sends until `stop`; then takes no new mail and finishes what is on the wire.
    pub async fn run(&self, stop: &CancellationToken) {
        while !stop.is_cancelled() {
            match self.drain(stop).await {
                Ok(0) => {}
                Ok(_) => continue,
                Err(error) => tracing::warn!(error = %chain(&error), "cannot look for due mail"),
            }
            tokio::select! {
                () = self.deps.due.wait(POLL) => {}
                () = stop.cancelled() => {}
            }
        }
    }

    /// Sends everything that is due now; gives how many mails it worked on.
    pub async fn run_once(&self) -> Result<usize, store::Error> {
        self.drain(&CancellationToken::new()).await
    }

    /// Keeps the wire full until nothing is due: whenever a mail ends, the next one is leased, but never more than a
    /// domain's share, so that a destination that does not answer holds up only itself.
    async fn drain(&self, stop: &CancellationToken) -> Result<usize, store::Error> {
        let config = &self.deps.config;
        let mut on_the_wire = FuturesUnordered::new();
        let mut per_domain: HashMap<String, usize> = HashMap::new();
        let mut worked = 0;
        let mut more = true;
        loop {
            while more && !stop.is_cancelled() && on_the_wire.len() < config.workers {
                let lease = LeaseId::generate(&self.deps.clock);
                let free = config.workers - on_the_wire.len();
                let leased = self.lease(lease, &per_domain, free).await?;
                more = !leased.is_empty();
                for due in leased {
                    let count = per_domain.entry(due.domain.clone()).or_default();
                    if *count >= config.per_domain {
                        // Several rows of one domain came in one look; those beyond its share go back.
                        self.give_back(due.id, lease).await?;
                        continue;
                    }
                    *count += 1;
                    on_the_wire.push(async move {
                        self.one(due.id, lease).await;
                        due.domain
                    });
                }
            }
            let Some(domain) = on_the_wire.next().await else { return Ok(worked) };
            worked += 1;
            more = true;
            if let Some(count) = per_domain.get_mut(&domain) {
                *count -= 1;
                if *count == 0 {
                    per_domain.remove(&domain);
                }
            }
        }
    }

    async fn lease(&self, lease: LeaseId, busy: &HashMap<String, usize>, free: usize) -> Result<Vec<LeasedRow>, store::Error> {
        let config = &self.deps.config;
        let full: Vec<String> =
            busy.iter().filter(|(_, count)| **count >= config.per_domain).map(|(domain, _)| domain.clone()).collect();
        let limit = i64::try_from(free).unwrap_or(i64::MAX);
        let mut tx = self.deps.db.begin().await?;
        let now = self.deps.clock.now();
        let rows = deliveries::lease_due(&mut tx, lease, now, config.lease(), &full, limit).await?;
        tx.commit().await?;
        Ok(rows)
    }

    async fn give_back(&self, id: DeliveryId, lease: LeaseId) -> Result<(), store::Error> {
        let mut tx = self.deps.db.begin().await?;
        deliveries::give_back(&mut tx, id, lease).await?;
        tx.commit().await
    }

    /// One delivery, from start to finish. What fails here leaves the row leased; the lease runs out.
    async fn one(&self, id: DeliveryId, lease: LeaseId) {
        let going = match self.start(id, lease).await {
            Ok(Start::Go(going)) => going,
            Ok(Start::Not) => return,
            Err(error) => {
                tracing::error!(delivery.id = %id, error = %chain(&error), "cannot start a delivery");
                return;
            }
        };
        let report = self.transport.send(id, &self.deps.config.from, &going.row.address, &going.bytes).await;
        counter!("tocsin_attempts_total", "outcome" => report.outcome.as_str(), "stage" => report.stage.as_str()).increment(1);
        if let Err(error) = self.finish(&going, lease, &report).await {
            // The attempt stays open; whoever leases the row next records it as uncertain.
            tracing::error!(delivery.id = %id, error = %chain(&error), "cannot record how a try ended");
        }
    }

    /// The transaction before SMTP.
    async fn start(&self, id: DeliveryId, lease: LeaseId) -> Result<Start, SendError> {
        let now = self.deps.clock.now();
        let mut tx = self.deps.db.begin().await?;
        let Some(row) = deliveries::leased(&mut tx, id, lease).await? else { return Ok(Start::Not) };
        if let Some((attempt, number)) = attempts::open(&mut tx, id).await? {
            self.end_interrupted(&mut tx, &row, attempt, number).await?;
        }
        if let Some((state, reason)) = self.gate(&mut tx, &row).await? {
            self.take_out(&mut tx, &row, lease, state, reason).await?;
            tx.commit().await?;
            self.deps.bell.ring();
            return Ok(Start::Not);
        }
        let possible_repeat = attempts::any_uncertain(&mut tx, id).await?;
        let (message_id, sha256, bytes) = match (&row.message_id, &row.mail_sha256) {
            (Some(message_id), Some(sha256)) => {
                let bytes = attempts::mail(&mut tx, sha256).await?.ok_or(SendError::Missing("the mail's bytes"))?;
                (message_id.clone(), sha256.clone(), bytes)
            }
            _ => {
                let mail = self.render(&mut tx, &row).await?;
                let sha256 = Sha256::digest(&mail.bytes).to_vec();
                attempts::keep_mail(&mut tx, &sha256, &mail.bytes, now).await?;
                (mail.message_id, sha256, mail.bytes)
            }
        };
        let number = deliveries::begin_try(&mut tx, id, lease, &message_id, &sha256).await?;
        let attempt = AttemptId::generate(&self.deps.clock);
        attempts::begin(&mut tx, attempt, id, number, possible_repeat, now).await?;
        tx.commit().await?;
        Ok(Start::Go(Box::new(Going { row, attempt, number, possible_repeat, bytes, sha256 })))
    }

    /// The last gate. It may only remove.
    async fn gate(&self, tx: &mut Tx, row: &DeliveryRow) -> Result<Option<(DeliveryState, &'static str)>, SendError> {
        if self.deps.clock.now().since(row.created_at) > GIVE_UP_AFTER {
            return Ok(Some((DeliveryState::Expired, "given up after five days of temporary failures")));
        }
        if !partners::is_active(tx, row.partner_id).await? {
            return Ok(Some((DeliveryState::Cancelled, "the partner was switched off after the plan was frozen")));
        }
        Ok(None)
    }

    async fn take_out(
        &self,
        tx: &mut Tx,
        row: &DeliveryRow,
        lease: LeaseId,
        state: DeliveryState,
        reason: &'static str,
    ) -> Result<(), SendError> {
        let ended = Ended { state, due_at: None, reply: reason };
        if deliveries::move_on(tx, row.id, lease, &ended, self.deps.clock.now()).await? {
            let event = DeliveryEndedV1 {
                delivery_id: row.id,
                notification_id: row.notification_id,
                case_id: row.case_id,
                partner_id: row.partner_id,
                state,
                reason: reason.to_owned(),
            };
            outbox::record(tx, Service::Notifier, &self.deps.clock, &event).await?;
        }
        Ok(())
    }

    /// An earlier try has no end: its sender died, and nobody can know whether the mail left.
    async fn end_interrupted(&self, tx: &mut Tx, row: &DeliveryRow, attempt: AttemptId, number: i64) -> Result<(), SendError> {
        let report = Report {
            outcome: Outcome::Uncertain,
            stage: Stage::Interrupted,
            reply: "the sender stopped before the try had an end".to_owned(),
        };
        let now = self.deps.clock.now();
        if attempts::end(tx, attempt, report.outcome, report.stage, &report.reply, now).await? {
            let sha256 = row.mail_sha256.clone().unwrap_or_default();
            let repeat = attempts::any_uncertain(tx, row.id).await?;
            self.record(tx, row, number, &report, DeliveryState::Uncertain, &sha256, repeat).await?;
        }
        Ok(())
    }

    async fn render(&self, tx: &mut Tx, row: &DeliveryRow) -> Result<Mail, SendError> {
        let alert = store::alerts::find(tx, row.alert_id).await?.ok_or(SendError::Missing("the alert"))?;
        let circumstances = match row.share {
            domain::codes::Share::ObjectData => None,
            domain::codes::Share::Full => {
                let found = store::alerts::circumstances(tx, row.alert_id).await?;
                Some(found.ok_or(SendError::Missing("the alert's circumstances"))?)
            }
        };
        let earlier = deliveries::earlier_message_ids(tx, row).await?;
        let checkpoint = store::ledger::latest_checkpoint(tx).await?;
        let config = &self.deps.config;
        let now = self.deps.clock.now();
        let context = MailContext {
            alert_id: row.alert_id,
            version: row.version,
            kind: row.kind,
            partner_id: row.partner_id,
            label: row.label,
            languages: &row.languages.0,
            to: &row.address,
            person: row.person.as_ref(),
            from: &config.from,
            from_name: &config.from_name,
            message_id_domain: &config.message_id_domain,
            link: format!("{}/a/{}", config.public_url, self.deps.link_key.token(row.id, now)),
            checkpoint: checkpoint.map(|found| (found.size, base64(&found.root))),
            earlier: &earlier,
            date: now,
        };
        let shown = match &circumstances {
            None => Shown::ObjectData(&alert.content.0),
            Some(circumstances) => Shown::Full(&alert.content.0, circumstances),
        };
        Ok(compose(shown, &context)?)
    }

    /// The transaction after SMTP.
    async fn finish(&self, going: &Going, lease: LeaseId, report: &Report) -> Result<(), SendError> {
        let now = self.deps.clock.now();
        let (state, due_at) = match report.outcome {
            Outcome::Accepted => (DeliveryState::Accepted, None),
            Outcome::Refused => (DeliveryState::Refused, None),
            Outcome::Deferred => {
                (DeliveryState::Pending, Some(now.plus(retry_after(going.number, rand::random()))))
            }
            Outcome::Uncertain => (DeliveryState::Uncertain, Some(now.plus(DOUBT))),
        };
        let mut tx = self.deps.db.begin().await?;
        let open = attempts::end(&mut tx, going.attempt, report.outcome, report.stage, &report.reply, now).await?;
        let ended = Ended { state, due_at, reply: &report.reply };
        let mine = deliveries::move_on(&mut tx, going.row.id, lease, &ended, now).await?;
        if open {
            // If the lease was lost, another sender has the delivery; this try is recorded all the same.
            let state = if mine { state } else { going.row.state };
            self.record(&mut tx, &going.row, going.number, report, state, &going.sha256, going.possible_repeat).await?;
        }
        tx.commit().await?;
        self.deps.bell.ring();
        Ok(())
    }

    #[expect(clippy::too_many_arguments, reason = "the fields of one event, from two callers")]
    async fn record(
        &self,
        tx: &mut Tx,
        row: &DeliveryRow,
        attempt: i64,
        report: &Report,
        state: DeliveryState,
        mail_sha256: &[u8],
        possible_repeat: bool,
    ) -> Result<(), SendError> {
        let event = DeliveryRecordedV1 {
            delivery_id: row.id,
            notification_id: row.notification_id,
            alert_id: row.alert_id,
            case_id: row.case_id,
            partner_id: row.partner_id,
            share: row.share,
            attempt,
            outcome: report.outcome,
            stage: report.stage,
            state,
            mail_sha256: hex(mail_sha256),
            reply_sha256: Some(hex(&Sha256::digest(report.reply.as_bytes()))),
            possible_repeat,
        };
        outbox::record(tx, Service::Notifier, &self.deps.clock, &event).await?;
        Ok(())
    }
}

fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write;
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

fn base64(bytes: &[u8]) -> String {
    use base64::Engine;
    base64::engine::general_purpose::STANDARD.encode(bytes)
}

fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        text.push_str(": ");
        text.push_str(&cause.to_string());
        source = cause.source();
    }
    text
}
