//! Keeps the wire full: whenever a mail ends, the next one is leased, but never more than a domain's share, so that a
//! destination that does not answer holds up only itself.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use domain::Timestamp;
use domain::ids::{DeliveryId, LeaseId};
use metrics::gauge;
use store::deliveries::{self, LeaseRequest};
use store::{pace, sending};
use tokio::sync::oneshot;
use tokio::task::{Id, JoinError, JoinSet};

use super::Inner;
use crate::config::Config;

/// How long to wait, after a mail has ended, for others that end at the same time. Half of all places is enough.
const TOGETHER: Duration = Duration::from_millis(5);

/// What is on the wire now.
#[derive(Debug, Default)]
pub(super) struct Wire {
    tasks: JoinSet<()>,
    flying: HashMap<Id, (DeliveryId, String)>,
    domains: HashMap<String, usize>,
}

impl Wire {
    pub fn is_empty(&self) -> bool {
        self.tasks.is_empty()
    }

    /// Whether another mail may start.
    pub fn has_room(&self, config: &Config) -> bool {
        self.flying.len() < config.workers
    }

    /// Waits for a mail to end, and a moment for others that end with it, so that those who follow are begun together.
    /// Says whether that made room which was missing, so that a look for more may find some.
    pub async fn next(&mut self, config: &Config) -> bool {
        let was_full = !self.has_room(config);
        let Some(first) = self.tasks.join_next_with_id().await else { return false };
        let mut domain_was_full = self.ended(first, config);
        let together = tokio::time::sleep(TOGETHER);
        tokio::pin!(together);
        while (config.workers - self.flying.len().min(config.workers)) * 2 < config.workers {
            tokio::select! {
                biased;
                next = self.tasks.join_next_with_id() => match next {
                    Some(next) => domain_was_full |= self.ended(next, config),
                    None => break,
                },
                () = &mut together => break,
            }
        }
        was_full || domain_was_full
    }

    /// Frees the place of a mail; says whether its domain had none left.
    fn ended(&mut self, task: Result<(Id, ()), JoinError>, config: &Config) -> bool {
        let id = match task {
            Ok((id, ())) => id,
            Err(error) => {
                // The attempt stays open; whoever leases the row next records it as uncertain.
                tracing::error!(%error, "sending a mail did not come to its end");
                error.id()
            }
        };
        // What begins the tries is no mail.
        let Some((_, domain)) = self.flying.remove(&id) else { return false };
        let Some(count) = self.domains.get_mut(&domain) else { return false };
        let was_full = *count >= config.per_domain;
        *count -= 1;
        if *count == 0 {
            self.domains.remove(&domain);
        }
        was_full
    }
}

impl Inner {
    /// Leases what there is room for and puts it on the wire; gives how many.
    pub(super) async fn fill(self: &Arc<Self>, wire: &mut Wire, now: Timestamp) -> Result<usize, store::Error> {
        let config = &self.deps.config;
        let room = config.workers.saturating_sub(wire.flying.len());
        let room = room.min(self.breaker().allows(now, wire.flying.len()));
        if room == 0 {
            return Ok(0);
        }
        let lease = LeaseId::generate(&self.deps.clock);
        let full: Vec<String> = wire
            .domains
            .iter()
            .filter(|(_, count)| **count >= config.per_domain)
            .map(|(name, _)| name.clone())
            .collect();
        let in_hand: Vec<DeliveryId> = wire.flying.values().map(|(id, _)| *id).collect();
        let mut tx = self.deps.db.begin().await?;
        let going = sending::going(&mut tx).await?;
        if going.stopped {
            return Ok(0);
        }
        // At a chosen rate the places are counted first, and taken by what is leased.
        let limit = match going.per_hour {
            None => room,
            Some(rate) => room.min(usize::try_from(pace::places(&mut tx, rate, now).await?).unwrap_or(usize::MAX)),
        };
        if limit == 0 {
            return Ok(0);
        }
        let request = LeaseRequest {
            lease,
            now,
            until: now.plus(config.lease()),
            limit: i64::try_from(limit).unwrap_or(i64::MAX),
            per_domain: i64::try_from(config.per_domain).unwrap_or(i64::MAX),
            full: &full,
            in_hand: &in_hand,
            urgent_first: going.per_hour.is_some(),
        };
        let leased = deliveries::lease_due(&mut tx, &request).await?;
        // A domain with one mail on the wire may have given two more: what is beyond its share goes back at once.
        let (mut ours, mut beyond) = (Vec::new(), Vec::new());
        let mut counts = wire.domains.clone();
        for row in leased {
            let count = counts.entry(row.domain.clone()).or_default();
            if *count < config.per_domain {
                *count += 1;
                ours.push(row);
            } else {
                beyond.push(row.id);
            }
        }
        deliveries::give_back(&mut tx, lease, &beyond).await?;
        if let Some(rate) = going.per_hour {
            pace::take(&mut tx, rate, u64::try_from(ours.len()).unwrap_or(u64::MAX), now).await?;
        }
        tx.commit().await?;
        wire.domains = counts;
        let taken = ours.len();
        let mut started = HashMap::with_capacity(taken);
        for row in ours {
            let (start, begun) = oneshot::channel();
            started.insert(row.id, start);
            let inner = Arc::clone(self);
            let task = wire.tasks.spawn(async move { inner.one(row.id, lease, begun).await });
            wire.flying.insert(task.id(), (row.id, row.domain));
        }
        if taken > 0 {
            let inner = Arc::clone(self);
            wire.tasks.spawn(async move { inner.start_all(lease, started).await });
        }
        #[expect(clippy::cast_precision_loss, reason = "a few hundred at most")]
        gauge!("tocsin_mails_on_the_wire").set(wire.flying.len() as f64);
        Ok(taken)
    }
}
