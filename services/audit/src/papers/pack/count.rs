//! Counting, without looking anything up.

use std::collections::{BTreeMap, BTreeSet};

use contracts::Envelope;
use contracts::Event as _;
use contracts::events::{
    AlertReleasedV1, CaseRegisteredV1, ClockWarnedV1, DeliveryBouncedV1, DeliveryEndedV1, DeliveryRecordedV1,
    NotificationAcknowledgedV1, ObjectSightedV1, ObjectStatusChangedV1, PlanFrozenV1, RestitutionOpenedV1,
    SightingDecidedV1,
};
use domain::Timestamp;
use domain::codes::{AlertKind, ObjectStatus};
use domain::delivery::{BounceKind, DeliveryState, Outcome};
use domain::ids::{AlertId, CaseId, NotificationId, ObjectId, PartnerId, RestitutionId, SightingId};

/// What a figure counts. No figure goes without.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// Cases.
    Cases,
    /// Objects.
    Objects,
    /// Alert versions.
    Versions,
    /// One alert version for one partner.
    Notifications,
    /// Mails.
    Mails,
    /// Answers of partners.
    Answers,
    /// Reports of a sighting.
    Sightings,
    /// Reminders of a time limit.
    Reminders,
    /// Hours, minutes and seconds.
    Time,
}

impl Unit {
    /// Its key among the fixed texts.
    pub fn key(self) -> &'static str {
        match self {
            Self::Cases => "unit-cases",
            Self::Objects => "unit-objects",
            Self::Versions => "unit-versions",
            Self::Notifications => "unit-notifications",
            Self::Mails => "unit-mails",
            Self::Answers => "unit-answers",
            Self::Sightings => "unit-sightings",
            Self::Reminders => "unit-reminders",
            Self::Time => "unit-time",
        }
    }

    /// In English.
    pub fn label(self) -> &'static str {
        match self {
            Self::Cases => "cases",
            Self::Objects => "objects",
            Self::Versions => "alert versions",
            Self::Notifications => "notifications",
            Self::Mails => "mails",
            Self::Answers => "answers",
            Self::Sightings => "sightings",
            Self::Reminders => "reminders",
            Self::Time => "hours:minutes:seconds",
        }
    }
}

/// How much.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Value {
    /// So many.
    Count(usize),
    /// So long.
    Seconds(u64),
    /// Nothing to compute it from.
    None,
}

impl Value {
    /// As it is written; nothing for none.
    pub fn text(self) -> String {
        match self {
            Self::Count(count) => count.to_string(),
            Self::Seconds(seconds) => duration(seconds),
            Self::None => String::new(),
        }
    }
}

/// Hours, minutes, seconds.
pub fn duration(seconds: u64) -> String {
    format!("{}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60)
}

/// One figure with its unit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Figure {
    /// Its key among the fixed texts.
    pub key: &'static str,
    /// In English.
    pub label: &'static str,
    /// How much.
    pub value: Value,
    /// Of what.
    pub unit: Unit,
}

/// A released version in these entries.
#[derive(Clone, Debug)]
pub(super) struct Released {
    pub case_id: CaseId,
    pub version: i64,
    pub kind: AlertKind,
    pub at: Timestamp,
}

/// What the entries say, kept until all of them are read: who belongs to the pack is known only then.
#[derive(Clone, Debug, Default)]
pub(super) struct Counted {
    pub cases: BTreeSet<CaseId>,
    pub released: BTreeMap<AlertId, Released>,
    planned: BTreeMap<AlertId, (usize, usize)>,
    /// Each notification: its alert, partner, first acceptance, acknowledgement.
    pub notifications: BTreeMap<NotificationId, Notified>,
    sightings: BTreeMap<SightingId, CaseId>,
    /// Those that an officer has decided about. Two services state the two, so either may come first.
    decided: BTreeSet<SightingId>,
    /// Objects whose way back was opened, and reminders of its time limits.
    ways: BTreeMap<RestitutionId, CaseId>,
    reminders: Vec<CaseId>,
    /// Each object that was said to be back in hand or back with its owner.
    found: BTreeMap<(ObjectStatus, ObjectId), CaseId>,
}

/// How soon a notification was acknowledged: the key of its text, and up to how many seconds.
const WAITS: [(&str, u64); 5] = [
    ("wait-hour", 3_600),
    ("wait-four-hours", 4 * 3_600),
    ("wait-day", 24 * 3_600),
    ("wait-three-days", 72 * 3_600),
    ("wait-longer", u64::MAX),
];

/// One notification.
#[derive(Clone, Debug)]
pub(super) struct Notified {
    pub alert_id: Option<AlertId>,
    pub case_id: CaseId,
    pub partner_id: PartnerId,
    accepted_mails: usize,
    lost_mails: usize,
    returned_mails: usize,
    accepted_at: Option<Timestamp>,
    acknowledged_at: Option<Timestamp>,
}

impl Counted {
    /// Takes one fact. A kind that says nothing about a meeting is passed over.
    pub(super) fn take(&mut self, fact: &Envelope) {
        match fact.kind() {
            CaseRegisteredV1::KIND => {
                if let Ok(event) = fact.open::<CaseRegisteredV1>() {
                    self.cases.insert(event.case_id);
                }
            }
            AlertReleasedV1::KIND => {
                if let Ok(event) = fact.open::<AlertReleasedV1>() {
                    let AlertReleasedV1 { alert_id, case_id, version, kind, .. } = event;
                    self.released.insert(alert_id, Released { case_id, version, kind, at: fact.time });
                }
            }
            PlanFrozenV1::KIND => {
                if let Ok(event) = fact.open::<PlanFrozenV1>() {
                    let size = |count| usize::try_from(count).unwrap_or_default();
                    self.planned.insert(event.alert_id, (size(event.told), size(event.not_told)));
                }
            }
            DeliveryRecordedV1::KIND => {
                if let Ok(event) = fact.open::<DeliveryRecordedV1>() {
                    let line = self.line(event.notification_id, event.case_id, event.partner_id);
                    line.alert_id = Some(event.alert_id);
                    if event.outcome == Outcome::Accepted {
                        line.accepted_mails += 1;
                        line.accepted_at = Some(line.accepted_at.map_or(fact.time, |first| first.min(fact.time)));
                    }
                    if event.state == DeliveryState::Refused {
                        line.lost_mails += 1;
                    }
                }
            }
            DeliveryEndedV1::KIND => {
                if let Ok(event) = fact.open::<DeliveryEndedV1>() {
                    self.line(event.notification_id, event.case_id, event.partner_id).lost_mails += 1;
                }
            }
            DeliveryBouncedV1::KIND => {
                if let Ok(event) = fact.open::<DeliveryBouncedV1>()
                    && event.bounce == BounceKind::Failed
                {
                    self.line(event.notification_id, event.case_id, event.partner_id).returned_mails += 1;
                }
            }
            NotificationAcknowledgedV1::KIND => {
                if let Ok(event) = fact.open::<NotificationAcknowledgedV1>() {
                    let line = self.line(event.notification_id, event.case_id, event.partner_id);
                    line.acknowledged_at = line.acknowledged_at.or(Some(fact.time));
                }
            }
            ObjectStatusChangedV1::KIND => {
                if let Ok(event) = fact.open::<ObjectStatusChangedV1>()
                    && matches!(event.status, ObjectStatus::Recovered | ObjectStatus::Returned)
                {
                    self.found.insert((event.status, event.object_id), event.case_id);
                }
            }
            ObjectSightedV1::KIND => {
                if let Ok(event) = fact.open::<ObjectSightedV1>() {
                    self.sightings.insert(event.sighting_id, event.case_id);
                }
            }
            SightingDecidedV1::KIND => {
                self.decided.extend(fact.open::<SightingDecidedV1>().ok().map(|event| event.sighting_id));
            }
            RestitutionOpenedV1::KIND => {
                if let Ok(event) = fact.open::<RestitutionOpenedV1>() {
                    self.ways.insert(event.restitution_id, event.case_id);
                }
            }
            ClockWarnedV1::KIND => {
                self.reminders.extend(fact.open::<ClockWarnedV1>().ok().map(|event| event.case_id));
            }
            _ => {}
        }
    }

    fn line(&mut self, id: NotificationId, case_id: CaseId, partner_id: PartnerId) -> &mut Notified {
        self.notifications.entry(id).or_insert(Notified {
            alert_id: None,
            case_id,
            partner_id,
            accepted_mails: 0,
            lost_mails: 0,
            returned_mails: 0,
            accepted_at: None,
            acknowledged_at: None,
        })
    }

    /// Keeps what is about one partner and about the cases that `inside` accepts.
    pub(super) fn narrow(&mut self, partner: Option<PartnerId>, inside: impl Fn(CaseId) -> bool) {
        self.cases.retain(|id| inside(*id));
        self.sightings.retain(|_, id| inside(*id));
        self.ways.retain(|_, id| inside(*id));
        self.reminders.retain(|id| inside(*id));
        self.found.retain(|_, id| inside(*id));
        self.notifications.retain(|_, line| inside(line.case_id) && partner.is_none_or(|id| line.partner_id == id));
        let theirs: BTreeSet<AlertId> = self.notifications.values().filter_map(|line| line.alert_id).collect();
        let about = |id: &AlertId| partner.is_none() || theirs.contains(id);
        self.released.retain(|id, released| inside(released.case_id) && about(id));
        if partner.is_some() {
            // What was decided about others, and cases this partner never heard of, are not its business.
            self.planned.clear();
            let heard: BTreeSet<CaseId> = self.released.values().map(|released| released.case_id).collect();
            self.cases.retain(|id| heard.contains(id));
            self.sightings.retain(|_, id| heard.contains(id));
            self.ways.retain(|_, id| heard.contains(id));
            self.reminders.retain(|id| heard.contains(id));
            self.found.retain(|_, id| heard.contains(id));
        } else {
            let released = &self.released;
            self.planned.retain(|id, _| released.contains_key(id));
        }
    }

    /// How many partners were told of a version: what the plan says, or what was sent.
    pub(super) fn told(&self, id: AlertId) -> usize {
        let sent = || self.notifications.values().filter(|line| line.alert_id == Some(id)).count();
        self.planned.get(&id).map_or_else(sent, |(told, _)| *told)
    }

    /// Seconds from release to acknowledgement of the notifications of one version, or of all.
    pub(super) fn acknowledged(&self, of: Option<AlertId>) -> Vec<u64> {
        self.waits(of, |line| line.acknowledged_at)
    }

    /// How many notifications were acknowledged how soon, and how many not at all.
    pub(super) fn by_wait(&self) -> Vec<(&'static str, usize)> {
        let waits = self.acknowledged(None);
        let (mut counts, mut least) = (Vec::new(), 0);
        for (key, most) in WAITS {
            let within = waits.partition_point(|wait| *wait <= most);
            counts.push((key, within - least));
            least = within;
        }
        counts.push(("wait-none", self.notifications.len() - waits.len()));
        counts
    }

    fn waits(&self, of: Option<AlertId>, end: impl Fn(&Notified) -> Option<Timestamp>) -> Vec<u64> {
        let lines = self.notifications.values().filter(|line| of.is_none() || line.alert_id == of);
        let mut waits: Vec<u64> =
            lines.filter_map(|line| Some(end(line)?.since(self.released.get(&line.alert_id?)?.at).as_secs())).collect();
        waits.sort_unstable();
        waits
    }

    /// The figures in their order.
    pub(super) fn figures(&self) -> Vec<Figure> {
        let of = |kind| Value::Count(self.released.values().filter(|released| released.kind == kind).count());
        let sum = |part: fn(&Notified) -> usize| Value::Count(self.notifications.values().map(part).sum());
        let found = |status| Value::Count(self.found.keys().filter(|(which, _)| *which == status).count());
        let (accepted, acknowledged) = (self.waits(None, |line| line.accepted_at), self.acknowledged(None));
        let told: usize = self.released.keys().map(|id| self.told(*id)).sum();
        let not_told: usize = self.planned.values().map(|(_, not_told)| not_told).sum();
        let open = Value::Count(self.sightings.keys().filter(|id| !self.decided.contains(id)).count());
        let figure = |key, label, value, unit| Figure { key, label, value, unit };
        let time = |key, label, value| Figure { key, label, value, unit: Unit::Time };
        vec![
            figure("pack-cases", "Cases registered", Value::Count(self.cases.len()), Unit::Cases),
            figure("pack-alerts", "Alerts sent", of(AlertKind::Alert), Unit::Versions),
            figure("pack-updates", "Corrections and updates", of(AlertKind::Update), Unit::Versions),
            figure("pack-cancels", "Alerts withdrawn as wrong", of(AlertKind::Cancel), Unit::Versions),
            figure("pack-recoveries", "Recoveries reported to partners", of(AlertKind::Recovery), Unit::Versions),
            figure("pack-returns", "Restitutions reported to partners", of(AlertKind::Restitution), Unit::Versions),
            figure("pack-objects-recovered", "Objects recovered", found(ObjectStatus::Recovered), Unit::Objects),
            figure("pack-objects-returned", "Objects returned", found(ObjectStatus::Returned), Unit::Objects),
            figure("pack-sightings", "Sightings reported", Value::Count(self.sightings.len()), Unit::Sightings),
            figure("pack-sightings-open", "Of these, nobody has decided about", open, Unit::Sightings),
            figure("pack-ways", "Ways back opened", Value::Count(self.ways.len()), Unit::Objects),
            figure("pack-reminders", "Reminders of time limits", Value::Count(self.reminders.len()), Unit::Reminders),
            figure("pack-told", "Partners told", Value::Count(told), Unit::Notifications),
            figure("pack-not-told", "Partners not told, with a reason", Value::Count(not_told), Unit::Notifications),
            figure(
                "pack-accepted",
                "Mails accepted by the partner's mail server",
                sum(|line| line.accepted_mails),
                Unit::Mails,
            ),
            figure("pack-came-back", "Of these, came back", sum(|line| line.returned_mails), Unit::Mails),
            figure("pack-refused", "Mails refused or given up", sum(|line| line.lost_mails), Unit::Mails),
            figure(
                "pack-acknowledged",
                "Acknowledgements",
                sum(|line| usize::from(line.acknowledged_at.is_some())),
                Unit::Answers,
            ),
            time("pack-to-accepted", "Release to acceptance, median", percentile(&accepted, 50)),
            time("pack-to-accepted-95", "Release to acceptance, 95th percentile", percentile(&accepted, 95)),
            time("pack-to-acknowledged", "Release to acknowledgement, median", percentile(&acknowledged, 50)),
            time(
                "pack-to-acknowledged-95",
                "Release to acknowledgement, 95th percentile",
                percentile(&acknowledged, 95),
            ),
        ]
    }
}

/// The nearest rank of sorted values: a value that occurred, never one in between.
pub fn percentile(sorted: &[u64], percent: usize) -> Value {
    let rank = (sorted.len() * percent).div_ceil(100).max(1);
    sorted.get(rank - 1).map_or(Value::None, |seconds| Value::Seconds(*seconds))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_percentile_is_a_value_that_occurred() {
        assert_eq!(percentile(&[], 50), Value::None);
        assert_eq!(percentile(&[7], 95), Value::Seconds(7));
        assert_eq!(percentile(&[1, 2, 3, 4], 50), Value::Seconds(2));
        let hundred: Vec<u64> = (1..=100).collect();
        assert_eq!(percentile(&hundred, 95), Value::Seconds(95));
        assert_eq!(duration(3_725), "1:02:05");
    }
}
