//! Keeps the wire full: whenever mails have ended, the next are taken in hand, but never more than a domain's share, so that a
//! destination that does not answer holds up only itself.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use bus::Bell;
use domain::Timestamp;
use domain::ids::{DeliveryId, LeaseId};
use metrics::gauge;
use store::deliveries::{self, DueRequest};
use store::{pace, sending};
use tokio::task::{Id, JoinError, JoinSet};

use super::Inner;
use super::begin::{Waiting, ids_of};
use super::line::{Line, Lines};
use crate::Deps;

/// How long to wait, after a mail has ended, for others that end soon after it. Half of what was in hand is enough.
const TOGETHER: Duration = Duration::from_millis(5);
/// The same while others stand in line, so that the wire lacks nothing meanwhile.
const TOGETHER_IN_LINE: Duration = Duration::from_millis(25);

/// What is in hand now: begun, or about to be.
#[derive(Debug)]
pub(super) struct Wire {
    /// Each says whether its mail was taken at once; none if there was no try, or it is no mail.
    tasks: JoinSet<Option<bool>>,
    flying: HashMap<Id, (DeliveryId, String)>,
    lines: Lines,
    /// Rung for the relay when nothing is in hand any more: telling goes before telling of it.
    bell: Bell,
}

impl Wire {
    pub fn new(Deps { config, bell, .. }: &Deps) -> Self {
        Self { tasks: JoinSet::new(), flying: HashMap::new(), lines: Lines::new(config), bell: bell.clone() }
    }

    pub fn is_empty(&self) -> bool {
        self.tasks.is_empty()
    }

    /// Whether another mail may be taken in hand.
    pub fn has_room(&self) -> bool {
        self.lines.all.room() > 0
    }

    /// Waits for a mail to end, and a moment for others that end with it, so that those who follow are begun together.
    pub async fn next(&mut self) {
        let in_hand = self.flying.len();
        let Some(first) = self.tasks.join_next_with_id().await else { return };
        self.ended(first);
        let pause = if self.lines.all.is_quick() { TOGETHER_IN_LINE } else { TOGETHER };
        let together = tokio::time::sleep(pause);
        tokio::pin!(together);
        while self.flying.len() * 2 > in_hand {
            tokio::select! {
                biased;
                next = self.tasks.join_next_with_id() => match next {
                    Some(next) => self.ended(next),
                    None => break,
                },
                () = &mut together => break,
            }
        }
        if self.is_empty() {
            self.bell.ring();
        }
    }

    /// Takes a mail out of hand.
    fn ended(&mut self, task: Result<(Id, Option<bool>), JoinError>) {
        let (id, quick) = match task {
            Ok(ended) => ended,
            Err(error) => {
                // The attempt stays open; whoever leases the row next records it as uncertain.
                tracing::error!(%error, "sending a mail did not come to its end");
                (error.id(), Some(false))
            }
        };
        // What begins the tries is no mail.
        if let Some((_, domain)) = self.flying.remove(&id) {
            self.lines.ended(&domain, quick);
        }
    }
}

impl Inner {
    /// Takes in hand what is due and there is room for; gives how many.
    pub(super) async fn fill(self: &Arc<Self>, wire: &mut Wire, now: Timestamp) -> Result<usize, store::Error> {
        let config = &self.deps.config;
        #[expect(clippy::cast_precision_loss, reason = "a thousand at most")]
        gauge!("tocsin_mails_in_hand").set(wire.flying.len() as f64);
        let room = wire.lines.all.room();
        let room = room.min(self.breaker().allows(now, wire.flying.len()));
        // One is enough to learn whether there is a place for the mark again: none that begins meanwhile would leave.
        let room = if self.last_try.fails() { room.min(1_usize.saturating_sub(wire.flying.len())) } else { room };
        if room == 0 {
            return Ok(0);
        }
        let lease = LeaseId::generate(&self.deps.clock);
        let (full, quick) = (wire.lines.full(), wire.lines.quick());
        let in_hand: Vec<DeliveryId> = wire.flying.values().map(|(id, _)| *id).collect();
        let mut tx = self.deps.db.begin().await?;
        let going = sending::going(&mut tx).await?;
        self.stopped.store(going.stopped, Ordering::Relaxed);
        if going.stopped {
            return Ok(0);
        }
        // At a chosen rate the places are counted first, and taken by what is due.
        let limit = match going.per_hour {
            None => room,
            Some(rate) => room.min(usize::try_from(pace::places(&mut tx, rate, now).await?).unwrap_or(usize::MAX)),
        };
        if limit == 0 {
            return Ok(0);
        }
        let request = DueRequest {
            now,
            lasts: config.lease(),
            limit: i64::try_from(limit).unwrap_or(i64::MAX),
            per_domain: i64::try_from(config.per_domain).unwrap_or(i64::MAX),
            quick: &quick,
            per_quick_domain: i64::try_from(Line::most_of(config.per_domain)).unwrap_or(i64::MAX),
            full: &full,
            in_hand: &in_hand,
            urgent_first: going.per_hour.is_some(),
        };
        let mut ours = deliveries::due(&mut tx, &request).await?;
        // A domain with one mail in hand may have given two more: what is beyond its share stays where it is.
        let mut shares: HashMap<String, usize> = HashMap::new();
        ours.retain(|row| {
            let share = shares.entry(row.domain.clone()).or_default();
            let has_room = wire.lines.room(&row.domain) > *share;
            *share += usize::from(has_room);
            has_room
        });
        if ours.is_empty() {
            return Ok(0);
        }
        let taken = ours.len();
        let tx = match going.per_hour {
            None => Some(tx),
            // The places are locked until this is committed, and other senders wait for them.
            Some(rate) => {
                pace::take(&mut tx, rate, u64::try_from(taken).unwrap_or(u64::MAX), now).await?;
                deliveries::lease(&mut tx, &ids_of(&ours), lease, now, config.lease()).await?;
                tx.commit().await?;
                None
            }
        };
        let mut waiting = Waiting::default();
        for row in &ours {
            let (inner, begun) = (Arc::clone(self), waiting.join(row.id));
            let turn = wire.lines.join(&row.domain);
            let task = wire.tasks.spawn(async move { Some(inner.one(begun.await.ok()?, lease, turn).await) });
            wire.flying.insert(task.id(), (row.id, row.domain.clone()));
        }
        // More is found meanwhile: these are locked, or leased, and in hand.
        let inner = Arc::clone(self);
        wire.tasks.spawn(async move {
            match tx {
                Some(tx) => inner.begin_all(tx, lease, now, ours, waiting).await,
                None => inner.start_all(lease, &ours, waiting).await,
            }
            None
        });
        Ok(taken)
    }
}
