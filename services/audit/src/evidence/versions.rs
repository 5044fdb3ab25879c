//! The released versions with everybody they were told to, and whether a later one reached the same people.

use std::collections::{BTreeMap, BTreeSet};

use domain::Timestamp;
use domain::delivery::DeliveryState;
use domain::ids::{AlertId, PartnerId};
use domain::text::Line;
use serde::Serialize;
use store::{Error, Tx, reports};
use utoipa::ToSchema;

use super::names::Names;
use super::scope::Scope;
use crate::notified::{NotNotified, Notified, VersionView};

/// One alert version with everybody it was told to, and everybody it was not.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct VersionEvidence {
    /// The alert version's identifier.
    #[schema(value_type = String)]
    pub alert_id: AlertId,
    /// The version and its plan.
    pub version: VersionView,
    /// Who drafted it.
    pub drafted_by: String,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    pub drafted_at: Timestamp,
    /// Who released it.
    pub released_by: String,
    /// Whether it reached those who had heard an earlier version; none for the first.
    pub follow_up: Option<FollowUp>,
    /// One line for each address.
    pub told: Vec<Notified>,
    /// One line for each partner that was left out.
    pub not_told: Vec<NotNotified>,
}

/// Whether a later version reached the same people.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct FollowUp {
    /// Partners whose mail server had accepted an earlier version.
    pub heard: usize,
    /// Of them: told this version.
    pub again: usize,
    /// Of them: this version was accepted, too.
    pub accepted: usize,
    /// The others, by name.
    #[schema(value_type = Vec<String>)]
    pub missed: Vec<Line>,
}

/// Gathers what is within the scope, the first version first.
pub(super) async fn gather(
    tx: &mut Tx,
    names: &mut Names,
    scope: &Scope,
    told: Vec<Notified>,
    not_told: Vec<NotNotified>,
) -> Result<Vec<VersionEvidence>, Error> {
    let mut lines: BTreeMap<i64, Vec<Notified>> = BTreeMap::new();
    for line in told.into_iter().filter(|line| scope.partner(line.partner_id)) {
        lines.entry(line.version).or_default().push(line);
    }
    let mut reasons: BTreeMap<i64, Vec<NotNotified>> = BTreeMap::new();
    for line in not_told.into_iter().filter(|line| scope.partner(line.partner_id)) {
        reasons.entry(line.version).or_default().push(line);
    }
    let mut rows = reports::versions(tx, scope.case_id).await?;
    rows.reverse();
    // Partner and name of everybody whose server took an earlier version.
    let mut heard: BTreeMap<PartnerId, Line> = BTreeMap::new();
    let mut versions = Vec::with_capacity(rows.len());
    for (place, row) in rows.into_iter().enumerate() {
        let mut told = lines.remove(&row.version).unwrap_or_default();
        let follow_up = (place > 0).then(|| follow_up(&heard, &told));
        heard.extend(accepted(&told).map(|line| (line.partner_id, line.partner.clone())));
        if !scope.version(row.version) {
            continue;
        }
        told.retain(|line| scope.line(line));
        let released_by = match row.released_by {
            Some(by) => names.of(tx, by).await?,
            None => String::new(),
        };
        versions.push(VersionEvidence {
            alert_id: row.alert_id,
            drafted_by: names.of(tx, row.drafted_by).await?,
            drafted_at: row.drafted_at,
            released_by,
            follow_up,
            told,
            not_told: reasons.remove(&row.version).unwrap_or_default(),
            version: row.into(),
        });
    }
    Ok(versions)
}

fn accepted(told: &[Notified]) -> impl Iterator<Item = &Notified> {
    told.iter().filter(|line| line.outcome == DeliveryState::Accepted)
}

fn follow_up(heard: &BTreeMap<PartnerId, Line>, told: &[Notified]) -> FollowUp {
    let again: BTreeSet<PartnerId> = told.iter().map(|line| line.partner_id).collect();
    let reached: BTreeSet<PartnerId> = accepted(told).map(|line| line.partner_id).collect();
    let missed = heard.iter().filter(|(id, _)| !reached.contains(id)).map(|(_, name)| name.clone());
    FollowUp {
        heard: heard.len(),
        again: heard.keys().filter(|id| again.contains(id)).count(),
        accepted: heard.keys().filter(|id| reached.contains(id)).count(),
        missed: missed.collect(),
    }
}
