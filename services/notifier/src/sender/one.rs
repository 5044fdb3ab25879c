//! One try, from its line to its record.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Instant;

use contracts::Service;
use contracts::events::{MailServerPausedV1, MailServerResumedV1};
use domain::delivery::Outcome;
use domain::ids::{DeliveryId, LeaseId};
use metrics::{counter, histogram};
use store::pauses::PauseRow;
use store::trace::{self, TraceParent};
use store::{deliveries, outbox, pauses};
use tokio::sync::watch;
use tracing::{Instrument as _, Span, field};

use super::begin::Begun;
use super::record::Tried;
use super::start::Going;
use super::{Inner, chain, hold, line};
use crate::Sent;
use crate::transport::{Fault, Fence, Report};

impl Inner {
    /// One delivery from its line to its record. Says whether the server took it at once.
    pub(super) async fn one(&self, Begun { going, deadline }: Begun, lease: LeaseId, turn: line::Turn) -> bool {
        let Some(cause) = going.row.traceparent.as_deref().and_then(|text| text.parse::<TraceParent>().ok()) else {
            return Box::pin(self.try_it(going, lease, deadline, turn)).await;
        };
        // Neither the address nor its domain: a trace leaves for a collector that others read.
        let context = cause.child();
        let span = tracing::info_span!(
            "send",
            delivery.id = %going.row.id,
            delivery.attempt = going.number,
            delivery.outcome = field::Empty,
            smtp.stage = field::Empty,
            span.kind = "client",
            trace.id = context.trace(),
            span.id = context.span(),
            parent.id = cause.span()
        );
        Box::pin(trace::scope(context, self.try_it(going, lease, deadline, turn)).instrument(span)).await
    }

    /// The try itself, and its record. Says whether the server took the mail at once.
    async fn try_it(&self, going: Box<Going>, lease: LeaseId, deadline: Instant, turn: line::Turn) -> bool {
        let place = turn.place().await;
        let (hand, fence) = Fence::until(deadline);
        let begun = Instant::now();
        let report = match &place {
            Some(_) if !self.is_halted() => self.send(&going, lease, &hand, &fence).await,
            _ => Report::stood_in_line(),
        };
        // Whoever is next in line need not wait for the record.
        drop(place);
        let took = begun.elapsed();
        let (outcome, stage) = (report.outcome.as_str(), report.stage.as_str());
        Span::current().record("delivery.outcome", outcome).record("smtp.stage", stage);
        counter!("tocsin_attempts_total", "outcome" => outcome, "stage" => stage).increment(1);
        if report.fault != Fault::Line {
            histogram!("tocsin_attempt_seconds", "outcome" => outcome).record(took.as_secs_f64());
        }
        if let Some(verdict) = self.judge_server(&report) {
            self.show_pause(verdict).await;
        }
        let quick = report.outcome == Outcome::Accepted && took <= line::QUICK;
        let (id, number) = (going.row.id, going.number);
        let tried = Arc::new(Tried::new(going, report));
        hold::record(id, number, || self.record(Arc::clone(&tried))).await;
        quick
    }

    /// Whether who stands in line is to go back: the mail server takes nothing, or the desk has stopped all sending.
    fn is_halted(&self) -> bool {
        self.stopped.load(Ordering::Relaxed) || self.breaker().lasts(self.deps.clock.now())
    }

    /// The dialogue, and beside it the lease kept alive.
    async fn send(
        &self,
        going: &Going,
        lease: LeaseId,
        hand: &watch::Sender<Option<Instant>>,
        fence: &Fence,
    ) -> Report {
        let (to, length) = (&going.row.address, self.deps.config.lease());
        let from = self.deps.envelope_sender(Sent::Delivery(going.row.id));
        let sending = Box::pin(self.transport.send(going.row.id, &from, to, &going.bytes, fence));
        hold::beside(sending, length / 3, || hold::keep(going.row.id, hand, length, self.renew(going.row.id, lease)))
            .await
    }

    async fn renew(&self, id: DeliveryId, lease: LeaseId) -> Result<bool, store::Error> {
        let until = self.deps.clock.now().plus(self.deps.config.lease());
        let mut tx = self.deps.db.begin().await?;
        let ours = deliveries::renew(&mut tx, &[id], lease, until).await?;
        tx.commit().await?;
        Ok(ours)
    }

    /// Failures that would hit any mail are the server's or ours: after a few, mail waits instead of failing. Says what the
    /// desk is to see of that.
    fn judge_server(&self, report: &Report) -> Option<Verdict> {
        let now = self.deps.clock.now();
        let mut breaker = self.breaker();
        match report.fault {
            Fault::Ours => {
                let until = breaker.failed(now)?;
                // The reply is left out: a server's words may hold an address.
                tracing::error!(
                    smtp.stage = report.stage.as_str(),
                    paused_until = %until,
                    "the mail server takes none of our mail; all mail waits"
                );
                Some(Verdict::Paused(PauseRow { sender: self.id, begun_at: now, probe_at: until, stage: report.stage }))
            }
            Fault::Recipient => {
                let over = breaker.worked();
                if over {
                    tracing::info!("the mail server takes our mail again");
                }
                (self.end_owed.swap(false, Ordering::Relaxed) || over).then_some(Verdict::Over)
            }
            Fault::Line => None,
        }
    }

    /// For the desk's page and the ledger: where it cannot be kept, the pause is none the less. Its beginning and its end
    /// are facts; that it is prolonged says nothing new.
    async fn show_pause(&self, verdict: Verdict) {
        let over = matches!(verdict, Verdict::Over);
        let kept = async {
            let mut tx = self.deps.db.begin().await?;
            let clock = &self.deps.clock;
            match verdict {
                Verdict::Paused(row) => {
                    if pauses::put(&mut tx, &row).await? {
                        let event = MailServerPausedV1 { sender: row.sender, stage: row.stage };
                        outbox::record(&mut tx, Service::Notifier, clock, &event).await?;
                    }
                }
                Verdict::Over => {
                    let pauses = i64::try_from(pauses::end_all(&mut tx).await?).unwrap_or(i64::MAX);
                    if pauses > 0 {
                        let event = MailServerResumedV1 { sender: self.id, pauses };
                        outbox::record(&mut tx, Service::Notifier, clock, &event).await?;
                    }
                }
            }
            tx.commit().await
        };
        if let Err(error) = kept.await {
            tracing::warn!(error = chain(&error), "cannot show a pause of the mail server");
            self.end_owed.fetch_or(over, Ordering::Relaxed);
        }
    }
}

/// What the desk is to see of the mail server.
enum Verdict {
    Paused(PauseRow),
    Over,
}
