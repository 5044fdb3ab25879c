//! Reading the entries, and what they do not hold.

use std::collections::{BTreeMap, BTreeSet};

use contracts::Envelope;
use domain::codes::PartnerKind;
use domain::country::Country;
use domain::partner::Directory;
use domain::{CivilDate, Clock, Timestamp};
use store::reports::{self, CaseNameRow};
use store::{Error, Tx, ledger, partners};

use super::count::{Counted, Value, percentile};
use super::{Gaps, Pack, PackAlert, PackRequest};

/// Entries read at once.
const CHUNK: i64 = 5_000;

/// Gathers a pack.
pub async fn pack(tx: &mut Tx, clock: &Clock, request: &PackRequest) -> Result<Pack, Error> {
    let size = ledger::size(tx).await?;
    let from = match (request.from, request.since) {
        (Some(position), _) => position.clamp(0, size),
        (None, Some(day)) => reports::first_entry_since(tx, midnight(day)).await?.unwrap_or(size),
        (None, None) => 0,
    };
    let to = match (request.to, request.until) {
        (Some(position), _) => position.clamp(from, size),
        (None, Some(day)) => reports::first_entry_since(tx, midnight(day)).await?.unwrap_or(size).max(from),
        (None, None) => size,
    };
    let (mut counted, span) = count(tx, from, to).await?;
    let names: BTreeMap<_, CaseNameRow> =
        reports::case_names(tx, from, to).await?.into_iter().map(|row| (row.id, row)).collect();
    let inside = |id| match request.region {
        None => true,
        Some(region) => names.get(&id).is_some_and(|case| region.contains(case.country)),
    };
    counted.narrow(request.partner, inside);
    let kinds: BTreeMap<_, PartnerKind> = reports::partner_kinds(tx).await?.into_iter().collect();
    let mut by_kind: BTreeMap<PartnerKind, usize> = BTreeMap::new();
    for kind in counted.notifications.values().filter_map(|line| kinds.get(&line.partner_id)) {
        *by_kind.entry(*kind).or_default() += 1;
    }
    let mut by_month: BTreeMap<String, usize> = BTreeMap::new();
    for released in counted.released.values() {
        *by_month.entry(released.at.to_string().chars().take(7).collect()).or_default() += 1;
    }
    let directory = partners::directory(tx).await?;
    let partner = request.partner.and_then(|id| directory.partners.iter().find(|partner| partner.id == id));
    Ok(Pack {
        partner: partner.map(|partner| partner.name.clone()),
        region: request.region,
        from,
        to,
        span,
        figures: counted.figures(),
        by_month: by_month.into_iter().collect(),
        by_kind: by_kind.into_iter().collect(),
        alerts: alerts(&counted, &names),
        gaps: request.partner.is_none().then(|| gaps(&directory, request)),
        as_of: clock.now(),
    })
}

async fn count(tx: &mut Tx, from: i64, to: i64) -> Result<(Counted, Option<(Timestamp, Timestamp)>), Error> {
    let mut counted = Counted::default();
    let mut span: Option<(Timestamp, Timestamp)> = None;
    let mut next = from;
    while next < to {
        let rows = ledger::entries(tx, next, CHUNK.min(to - next)).await?;
        let Some(last) = rows.last() else { break };
        next = last.entry.position + 1;
        for row in &rows {
            let at = row.entry.occurred_at;
            span = Some(span.map_or((at, at), |(first, last)| (first.min(at), last.max(at))));
            // An entry whose body was erased says nothing here; the figures are the same on every copy all the same.
            let fact = row.content.as_ref().and_then(|(_, body)| serde_json::from_str::<Envelope>(body).ok());
            if let Some(fact) = fact {
                counted.take(&fact, row.entry.case_id);
            }
        }
    }
    Ok((counted, span))
}

fn midnight(day: CivilDate) -> Timestamp {
    format!("{day}T00:00:00Z").parse().expect("a date and midnight are a moment")
}

fn alerts(counted: &Counted, names: &BTreeMap<domain::ids::CaseId, CaseNameRow>) -> Vec<PackAlert> {
    let mut alerts: Vec<PackAlert> = counted
        .released
        .iter()
        .filter_map(|(alert_id, released)| {
            let case = names.get(&released.case_id)?;
            let median = match percentile(&counted.acknowledged(Some(*alert_id)), 50) {
                Value::Seconds(seconds) => Some(seconds),
                Value::Count(_) | Value::None => None,
            };
            Some(PackAlert {
                alert_id: *alert_id,
                case_id: released.case_id,
                reference: case.reference.to_string(),
                title: case.title.clone(),
                country: case.country,
                version: released.version,
                kind: released.kind,
                released_at: released.at,
                told: counted.told(*alert_id),
                acknowledged_median: median,
            })
        })
        .collect();
    alerts.sort_by(|a, b| (a.released_at, &a.reference).cmp(&(b.released_at, &b.reference)));
    alerts
}

/// A police partner for the whole world is nobody's own.
fn gaps(directory: &Directory, request: &PackRequest) -> Gaps {
    let police: Vec<_> = directory.partners.iter().filter(|p| p.active && p.kind == PartnerKind::Police).collect();
    let covered = |country: Country| {
        police.iter().any(|p| p.mandate.scope.as_slice().iter().any(|scope| !scope.is_world() && scope.covers(country)))
    };
    let countries: BTreeSet<Country> = match request.region {
        Some(region) => region.countries().collect(),
        None => Country::all().collect(),
    };
    let total = countries.len();
    let countries = countries.into_iter().filter(|country| !covered(*country)).collect();
    Gaps { revision: directory.revision, countries, total }
}
