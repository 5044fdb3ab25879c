//! The transaction after SMTP. Tries that end while one transaction is on its way to the disk share the next one.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use contracts::Service;
use contracts::events::DeliveryRecordedV1;
use domain::Timestamp;
use domain::delivery::DeliveryState;
use store::deliveries::{self, Ending, Standing};
use store::{outbox, trace};
use tokio::sync::oneshot;

use super::decide::{self, Next, Try};
use super::event::Ended;
use super::start::Going;
use super::{Inner, SendError, chain};
use crate::transport::Report;

/// A try that has ended, and what its delivery becomes.
#[derive(Debug)]
pub(super) struct Tried {
    going: Box<Going>,
    report: Report,
    /// In the trace of its plan.
    traceparent: Option<String>,
    /// Drawn once: a record that is repeated says the same.
    jitter: f64,
}

impl Tried {
    pub fn new(going: Box<Going>, report: Report) -> Self {
        let traceparent = trace::current().map(|context| context.to_string());
        Self { going, report, traceparent, jitter: rand::random() }
    }

    fn next(&self, now: Timestamp) -> Next {
        let this = Try {
            outcome: self.report.outcome,
            fault: self.report.fault,
            number: self.going.offered + 1,
            doubts: self.going.doubts,
            possible_repeat: self.going.possible_repeat,
            tried_since: self.going.row.tried_since(),
            due_at: self.going.row.due_at.unwrap_or(now),
        };
        decide::next(this, now, self.jitter)
    }

    fn ending(&self, next: Next) -> Ending<'_> {
        let reply = self.report.reply.as_deref();
        Ending {
            attempt: self.going.attempt,
            delivery: self.going.row.id,
            outcome: self.report.outcome,
            stage: self.report.stage,
            standing: Standing { state: next.state, due_at: next.due_at, reply },
        }
    }

    fn fact(&self, next: Next) -> DeliveryRecordedV1 {
        let ended = Ended {
            attempt: self.going.number,
            outcome: self.report.outcome,
            stage: self.report.stage,
            state: next.state,
            mail_sha256: &self.going.sha256,
            reply: self.report.reply.as_deref(),
            possible_repeat: self.going.possible_repeat,
        };
        ended.fact(&self.going.row)
    }

    fn say(&self, next: Option<Next>) {
        let Self { going, report, .. } = self;
        let (outcome, stage) = (report.outcome.as_str(), report.stage.as_str());
        let Some(next) = next else {
            tracing::warn!(
                delivery.id = %going.row.id,
                attempt = going.number,
                attempt.outcome = outcome,
                "the end of a try comes too late; it stays recorded as uncertain"
            );
            return;
        };
        let state = next.state.as_str();
        tracing::info!(
            delivery.id = %going.row.id,
            notification.id = %going.row.notification_id,
            partner.id = %going.row.partner_id,
            case.id = %going.row.case_id,
            attempt = going.number,
            attempt.outcome = outcome,
            smtp.stage = stage,
            delivery.state = state,
            possible_repeat = going.possible_repeat,
            "a try ended"
        );
        if matches!(next.state, DeliveryState::Refused | DeliveryState::Expired | DeliveryState::Held) {
            tracing::warn!(delivery.id = %going.row.id, delivery.state = state, "a partner is not told by this address");
        }
    }
}

/// What its delivery becomes; none if somebody else had closed the try.
type Recorded = Result<Option<Next>, SendError>;

/// Tries that wait to be recorded, and whose turn it is to do so.
#[derive(Debug, Default)]
pub(super) struct Recorder {
    waiting: Mutex<Vec<(Arc<Tried>, oneshot::Sender<Recorded>)>>,
    turn: tokio::sync::Mutex<()>,
}

impl Recorder {
    fn waiting(&self) -> MutexGuard<'_, Vec<(Arc<Tried>, oneshot::Sender<Recorded>)>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Inner {
    /// Records a try: whoever has the turn does so for all that wait then.
    pub(super) async fn record(&self, tried: Arc<Tried>) -> Result<(), SendError> {
        let (answer, mut recorded) = oneshot::channel();
        self.recorder.waiting().push((Arc::clone(&tried), answer));
        let turn = tokio::select! {
            biased;
            result = &mut recorded => {
                tried.say(result.unwrap_or(Err(SendError::Abandoned))?);
                return Ok(());
            }
            turn = self.recorder.turn.lock() => turn,
        };
        let waiting = std::mem::take(&mut *self.recorder.waiting());
        self.record_all(waiting).await;
        drop(turn);
        tried.say(recorded.await.unwrap_or(Err(SendError::Abandoned))?);
        Ok(())
    }

    async fn record_all(&self, waiting: Vec<(Arc<Tried>, oneshot::Sender<Recorded>)>) {
        if waiting.len() > 1 {
            let all: Vec<&Tried> = waiting.iter().map(|(tried, _)| &**tried).collect();
            match self.finish(&all).await {
                Ok(Some(next)) => {
                    for ((_, answer), next) in waiting.into_iter().zip(next) {
                        // Nobody waits any more if the process is being stopped.
                        let _ = answer.send(Ok(Some(next)));
                    }
                    return;
                }
                Ok(None) => {}
                Err(error) => tracing::warn!(error = chain(&error), "cannot record tries together; each by itself"),
            }
        }
        // One that cannot be recorded must not keep the others from it. If the database does not answer, the others hear so
        // at once, by the end of their channel, and try again later.
        for (tried, answer) in waiting {
            let recorded = self.finish(&[&tried]).await;
            let away = recorded.as_ref().is_err_and(SendError::is_away);
            let _ = answer.send(recorded.map(|next| next.and_then(|next| next.first().copied())));
            if away {
                return;
            }
        }
    }

    /// Records how these tries ended and what their deliveries become. None, and nothing is changed, if one of them has
    /// been closed by somebody else.
    ///
    /// Not the lease gives the right to, but the attempt: it can be closed once. A lease may have run out while the
    /// server thought, and what the server said in the end is still true, so long as nobody has declared the try
    /// interrupted and begun another.
    async fn finish(&self, tried: &[&Tried]) -> Result<Option<Vec<Next>>, SendError> {
        let now = self.deps.clock.now();
        let next: Vec<Next> = tried.iter().map(|one| one.next(now)).collect();
        let ended = || tried.iter().zip(&next);
        let endings: Vec<Ending<'_>> = ended().map(|(one, next)| one.ending(*next)).collect();
        let facts: Vec<_> = ended().map(|(one, next)| (one.fact(*next), one.traceparent.as_deref())).collect();
        let mut tx = self.deps.db.begin().await?;
        if !deliveries::end_tries(&mut tx, &endings, now).await? {
            tx.rollback().await?;
            return Ok(None);
        }
        outbox::record_all(&mut tx, Service::Notifier, &self.deps.clock, &facts).await?;
        tx.commit().await?;
        Ok(Some(next))
    }
}
