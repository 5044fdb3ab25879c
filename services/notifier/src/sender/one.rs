//! One delivery, from start to finish.

use std::time::{Duration, Instant};

use domain::ids::{DeliveryId, LeaseId};
use metrics::{counter, histogram};
use store::deliveries;
use store::trace::{self, TraceParent};
use tokio::sync::watch;
use tracing::{Instrument as _, Span, field};

use super::start::{Going, Start};
use super::{Inner, chain};
use crate::transport::{Fault, Fence, Report};

/// How long the end of a try is kept in hand while the database is away. What cannot be recorded by then is found as
/// an attempt without an end.
const RECORD_FOR: Duration = Duration::from_secs(120);

impl Inner {
    /// What fails before the wire leaves the row leased; the lease runs out and the row is found again.
    pub(super) async fn one(&self, id: DeliveryId, lease: LeaseId) {
        // Measured from before the transaction, so that ours ends before the one in the table.
        let deadline = Instant::now() + self.deps.config.lease();
        let going = match self.start(id, lease).await {
            Ok(Start::Go(going)) => going,
            Ok(Start::TakenOut) => return self.deps.bell.ring(),
            Ok(Start::NotOurs) => return,
            Err(error) => {
                tracing::error!(delivery.id = %id, error = chain(&error), "cannot start a delivery");
                return;
            }
        };
        let Some(cause) = going.row.traceparent.as_deref().and_then(|text| text.parse::<TraceParent>().ok()) else {
            return Box::pin(self.try_it(&going, lease, deadline)).await;
        };
        // Neither the address nor its domain: a trace leaves for a collector that others read.
        let context = cause.child();
        let span = tracing::info_span!(
            "send",
            delivery.id = %id,
            delivery.attempt = going.number,
            delivery.outcome = field::Empty,
            smtp.stage = field::Empty,
            span.kind = "client",
            trace.id = context.trace(),
            span.id = context.span(),
            parent.id = cause.span()
        );
        Box::pin(trace::scope(context, self.try_it(&going, lease, deadline)).instrument(span)).await;
    }

    /// The try itself, and its record.
    async fn try_it(&self, going: &Going, lease: LeaseId, deadline: Instant) {
        let (hand, fence) = Fence::until(deadline);
        let begun = Instant::now();
        let report = self.send(going, lease, &hand, &fence).await;
        let (outcome, stage) = (report.outcome.as_str(), report.stage.as_str());
        Span::current().record("delivery.outcome", outcome).record("smtp.stage", stage);
        counter!("tocsin_attempts_total", "outcome" => outcome, "stage" => stage).increment(1);
        histogram!("tocsin_attempt_seconds", "outcome" => outcome).record(begun.elapsed().as_secs_f64());
        self.judge_server(&report);
        self.record(going, &report).await;
        self.deps.bell.ring();
    }

    /// The dialogue, and beside it the lease kept alive, so that a slow server does not look like a dead sender.
    async fn send(
        &self,
        going: &Going,
        lease: LeaseId,
        hand: &watch::Sender<Option<Instant>>,
        fence: &Fence,
    ) -> Report {
        let (from, to) = (&self.deps.config.from, &going.row.address);
        let mut sending = std::pin::pin!(self.transport.send(going.row.id, from, to, &going.bytes, fence));
        let pause = self.deps.config.lease() / 3;
        loop {
            tokio::select! {
                report = &mut sending => return report,
                () = tokio::time::sleep(pause) => self.keep_lease(going.row.id, lease, hand).await,
            }
        }
    }

    async fn keep_lease(&self, id: DeliveryId, lease: LeaseId, hand: &watch::Sender<Option<Instant>>) {
        let deadline = Instant::now() + self.deps.config.lease();
        let until = self.deps.clock.now().plus(self.deps.config.lease());
        let kept = async {
            let mut tx = self.deps.db.begin().await?;
            let ours = deliveries::renew(&mut tx, id, lease, until).await?;
            tx.commit().await?;
            Ok::<_, store::Error>(ours)
        };
        match kept.await {
            Ok(true) => drop(hand.send_replace(Some(deadline))),
            Ok(false) => {
                tracing::warn!(delivery.id = %id, "another sender took over a delivery");
                hand.send_replace(None);
            }
            // The deadline in hand stands; if it passes, nothing is sent.
            Err(error) => tracing::warn!(delivery.id = %id, error = chain(&error), "cannot keep a lease"),
        }
    }

    /// Failures that would hit any mail are the server's or ours: after a few, mail waits instead of failing.
    fn judge_server(&self, report: &Report) {
        let now = self.deps.clock.now();
        let mut breaker = self.breaker();
        match report.fault {
            Fault::Ours => {
                if let Some(until) = breaker.failed(now) {
                    // The reply is left out: a server's words may hold an address.
                    tracing::error!(
                        smtp.stage = report.stage.as_str(),
                        paused_until = %until,
                        "the mail server takes none of our mail; all mail waits"
                    );
                }
            }
            Fault::Recipient => {
                if breaker.worked() {
                    tracing::info!("the mail server takes our mail again");
                }
            }
        }
    }

    /// Records the end of a try, patiently: an end that is not recorded becomes a repeat.
    async fn record(&self, going: &Going, report: &Report) {
        let begun = Instant::now();
        let mut pause = Duration::from_millis(100);
        loop {
            let error = match self.finish(going, report).await {
                Ok(()) => return,
                Err(error) => error,
            };
            let give_up = begun.elapsed() > RECORD_FOR;
            tracing::error!(
                delivery.id = %going.row.id,
                attempt = going.number,
                give_up,
                error = chain(&error),
                "cannot record how a try ended"
            );
            if give_up {
                return;
            }
            tokio::time::sleep(pause).await;
            // Well within the lease: whoever takes the row over would send again what is known to be accepted.
            pause = (pause * 2).min(Duration::from_secs(1));
        }
    }
}
