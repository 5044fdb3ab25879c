//! Who was told about a case, when, why, with which outcome; and who was not.

use std::collections::{HashMap, HashSet};

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use domain::Timestamp;
use domain::codes::Reading;
use domain::delivery::{DeliveryState, Outcome};
use domain::ids::{CaseId, NotificationId};
use web::{Auditing, Authority, PageError, Path, Problem, Shell, page};

use crate::Deps;
use crate::api::evidence::read;
use crate::notified::{Answered, Attempt, NotNotified, Notified, VersionView, not_notified, notified};
use crate::papers::pack::percentile;

/// One alert version with its two tables.
struct Version {
    head: VersionView,
    told: Vec<Notified>,
    not_told: Vec<NotNotified>,
}

impl Version {
    /// How many addresses are in each state that occurs, with its tone.
    fn counts(&self) -> Vec<(usize, DeliveryState, &'static str)> {
        let count = |state| self.told.iter().filter(|line| line.outcome == state).count();
        let all = DeliveryState::ALL.iter().map(|state| (count(*state), *state, tone(*state)));
        all.filter(|(count, ..)| *count > 0).collect()
    }

    /// How many partners acknowledged.
    fn acknowledged(&self) -> usize {
        let lines = self.told.iter().filter(|line| line.acknowledged_at.is_some());
        lines.map(|line| line.notification_id).collect::<HashSet<_>>().len()
    }

    /// The same in per cent of those that are told.
    fn ratio(&self) -> usize {
        let told = self.told.iter().map(|line| line.notification_id).collect::<HashSet<_>>().len();
        self.acknowledged() * 100 / told.max(1)
    }

    /// How long after the release the partners acknowledged: the median and the 95th percentile.
    fn waits(&self) -> Option<(String, String)> {
        let mut first: HashMap<NotificationId, Timestamp> = HashMap::new();
        for (id, at) in self.told.iter().filter_map(|line| Some((line.notification_id, line.acknowledged_at?))) {
            first.entry(id).and_modify(|first| *first = at.min(*first)).or_insert(at);
        }
        let mut waits: Vec<u64> = first.values().map(|at| at.since(self.head.released_at).as_secs()).collect();
        waits.sort_unstable();
        let text = |percent| percentile(&waits, percent).text();
        (!waits.is_empty()).then(|| (text(50), text(95)))
    }
}

/// How a state looks. The word always stands beside it.
pub(crate) fn tone(state: DeliveryState) -> &'static str {
    match state {
        DeliveryState::Accepted => "good",
        DeliveryState::Refused | DeliveryState::Expired => "bad",
        DeliveryState::Uncertain | DeliveryState::Held => "warn",
        DeliveryState::Pending | DeliveryState::Cancelled => "plain",
    }
}

impl Notified {
    /// How its state looks.
    pub(super) fn tone(&self) -> &'static str {
        tone(self.outcome)
    }

    /// Whether this is the answer that acknowledged.
    pub(super) fn is_first(&self, answer: &Answered) -> bool {
        self.acknowledged_at == Some(answer.answered_at)
    }
}

impl Attempt {
    /// How it looks, and its word; one without an end is on the wire.
    pub(super) fn badge(&self) -> (&'static str, &'static str) {
        match self.outcome {
            Some(Outcome::Accepted) => ("good", "Accepted"),
            Some(Outcome::Deferred) => ("plain", "Deferred"),
            Some(Outcome::Refused) => ("bad", "Refused"),
            Some(Outcome::Uncertain) => ("warn", "Uncertain"),
            None => ("plain", "On the wire"),
        }
    }
}

#[derive(Template)]
#[template(path = "notified.html")]
struct NotifiedPage {
    shell: Shell,
    id: CaseId,
    reference: String,
    versions: Vec<Version>,
}

/// `GET /cases/{id}/notified`
pub(crate) async fn show(
    State(deps): State<Deps>,
    caller: Authority<Auditing>,
    Path(id): Path<CaseId>,
) -> Result<Response, PageError> {
    let mut tx = deps.db.read().await?;
    let told = notified(&mut tx, id).await?.ok_or_else(|| Problem::not_found("case"))?;
    let not_told = not_notified(&mut tx, id).await?.ok_or_else(|| Problem::not_found("case"))?;
    tx.commit().await?;
    read(&deps, caller.account_id, id, Reading::Notified, None).await?;
    let (lines, reasons) = (told.notified, not_told.not_notified);
    let versions = told.versions.into_iter().map(|head| Version {
        told: lines.iter().filter(|line| line.version == head.version).cloned().collect(),
        not_told: reasons.iter().filter(|line| line.version == head.version).cloned().collect(),
        head,
    });
    let versions = versions.collect();
    let shell = Shell::new(format!("Who was told of {}", told.reference), &caller);
    Ok(page(&NotifiedPage { shell, id, reference: told.reference, versions }))
}
