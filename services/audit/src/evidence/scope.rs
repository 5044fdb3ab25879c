//! What the evidence is about, and which recorded facts speak of it.

use std::collections::HashSet;
use std::fmt;

use domain::case::CaseReference;
use domain::ids::{CaseId, DeliveryId, NotificationId, PartnerId};
use serde_json::Value;
use store::ledger::EntryAndContent;
use store::{Error, Tx, deliveries, reports};

use super::VersionEvidence;
use crate::notified::Notified;

/// What the evidence is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum About {
    /// A whole case.
    Case(CaseId),
    /// One alert version for one partner.
    Notification(NotificationId),
    /// The sending of one notification to one address.
    Delivery(DeliveryId),
}

impl About {
    /// What a file of it is called, without its ending.
    pub(crate) fn file_name(self, reference: &CaseReference) -> String {
        match self {
            Self::Case(_) => format!("{reference}-evidence"),
            Self::Notification(_) | Self::Delivery(_) => format!("{reference}-{self}"),
        }
    }
}

impl fmt::Display for About {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Case(id) => id.fmt(f),
            Self::Notification(id) => id.fmt(f),
            Self::Delivery(id) => id.fmt(f),
        }
    }
}

/// The case, and what narrows it down.
#[derive(Clone, Copy, Debug)]
pub(super) struct Scope {
    pub(super) case_id: CaseId,
    narrow: Option<Narrow>,
}

/// One partner from one version on; of a delivery, that version and that address alone.
#[derive(Clone, Copy, Debug)]
struct Narrow {
    partner: PartnerId,
    version: i64,
    delivery: Option<DeliveryId>,
}

impl Scope {
    pub(super) async fn find(tx: &mut Tx, about: About) -> Result<Option<Self>, Error> {
        let (notification, delivery) = match about {
            About::Case(case_id) => return Ok(Some(Self { case_id, narrow: None })),
            About::Notification(id) => (id, None),
            About::Delivery(id) => match deliveries::find(tx, id).await? {
                Some(row) => (row.notification_id, Some(id)),
                None => return Ok(None),
            },
        };
        let found = reports::notification(tx, notification).await?;
        Ok(found.map(|row| {
            let narrow = Narrow { partner: row.partner_id, version: row.version, delivery };
            Self { case_id: row.case_id, narrow: Some(narrow) }
        }))
    }

    pub(super) fn partner(&self, id: PartnerId) -> bool {
        self.narrow.is_none_or(|narrow| narrow.partner == id)
    }

    pub(super) fn version(&self, version: i64) -> bool {
        self.narrow.is_none_or(|narrow| match narrow.delivery {
            // What became of the news later is part of the evidence about it.
            None => version >= narrow.version,
            Some(_) => version == narrow.version,
        })
    }

    pub(super) fn line(&self, line: &Notified) -> bool {
        let delivery = self.narrow.and_then(|narrow| narrow.delivery);
        delivery.is_none_or(|id| line.delivery_id == Some(id))
    }

    /// What facts must be about.
    pub(super) fn subjects(&self, versions: &[VersionEvidence]) -> Subjects {
        let lines = || versions.iter().flat_map(|version| &version.told);
        let narrow = self.narrow.map(|narrow| Narrowed {
            alerts: versions.iter().map(|version| version.alert_id.to_string()).collect(),
            parts: match narrow.delivery {
                Some(id) => HashSet::from([id.to_string()]),
                None => lines().map(|line| line.notification_id.to_string()).collect(),
            },
            field: if narrow.delivery.is_some() { "delivery_id" } else { "notification_id" },
        });
        Subjects(narrow)
    }
}

/// Decides whether a recorded fact speaks of what the evidence is about.
pub(super) struct Subjects(Option<Narrowed>);

struct Narrowed {
    alerts: HashSet<String>,
    parts: HashSet<String>,
    field: &'static str,
}

impl Subjects {
    pub(super) fn include(&self, row: &EntryAndContent) -> bool {
        let kind = row.entry.kind.as_str();
        if kind == "case.read.v1" {
            return false;
        }
        let Some(Narrowed { alerts, parts, field }) = &self.0 else { return true };
        // An erased content cannot be told apart and stays out.
        let Some(body) = row.content.as_ref().and_then(|(_, body)| serde_json::from_str::<Value>(body).ok()) else {
            return false;
        };
        let one_of = |name: &str, ids: &HashSet<String>| body["data"][name].as_str().is_some_and(|id| ids.contains(id));
        match kind {
            "alert.released.v1" | "plan.frozen.v1" => one_of("alert_id", alerts),
            "case.verified.v1" => true,
            _ => one_of(field, parts),
        }
    }
}
