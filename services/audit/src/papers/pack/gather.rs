//! Reading the entries, and what they do not hold.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use contracts::events::DirectoryChangedV1;
use contracts::{Envelope, Event as _};
use domain::codes::PartnerKind;
use domain::country::Country;
use domain::ids::{CaseId, PartnerId};
use domain::partner::Directory;
use domain::text::Line;
use domain::{CivilDate, Clock, Timestamp};
use store::reports::{self, CaseNameRow};
use store::restitutions::{self, ClockRow};
use store::{Error, Tx, ledger, partners};

use super::count::{Counted, Value, percentile};
use super::{Gaps, Pack, PackAlert, PackClock, PackRequest};

/// Entries read at once.
const CHUNK: i64 = 5_000;
/// The most time limits that are listed.
const CLOCKS: i64 = 1_000;

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
    let directory = directory_before(tx, to).await?;
    let partner = match request.partner {
        None => None,
        Some(id) => Some(partner_name(tx, &directory, id).await?),
    };
    // Cases that came in, and cases that were spoken of.
    let about: BTreeSet<_> =
        counted.cases.iter().copied().chain(counted.released.values().map(|r| r.case_id)).collect();
    let mut by_country: BTreeMap<Country, usize> = BTreeMap::new();
    for case in about.iter().filter_map(|id| names.get(id)) {
        *by_country.entry(case.country).or_default() += 1;
    }
    let mut by_country: Vec<_> = by_country.into_iter().collect();
    by_country.sort_by_key(|(country, count)| (Reverse(*count), *country));
    Ok(Pack {
        partner,
        region: request.region,
        from,
        to,
        span,
        figures: counted.figures(),
        by_month: by_month.into_iter().collect(),
        by_kind: by_kind.into_iter().collect(),
        by_wait: counted.by_wait(),
        by_country,
        alerts: alerts(&counted, &names),
        gaps: request.partner.is_none().then(|| gaps(&directory, request)),
        clocks: match request.partner {
            None => clocks(tx, &names).await?,
            Some(_) => Vec::new(),
        },
        as_of: clock.now(),
    })
}

/// The directory as the entries before a position left it: the same on every copy of the ledger, whatever changed since.
async fn directory_before(tx: &mut Tx, position: i64) -> Result<Directory, Error> {
    let entry = ledger::last_of_kind(tx, DirectoryChangedV1::KIND, position).await?;
    let fact = entry.and_then(|row| row.content).and_then(|(_, body)| serde_json::from_str::<Envelope>(&body).ok());
    let revision = fact.and_then(|fact| fact.open::<DirectoryChangedV1>().ok()).map_or(0, |event| event.revision);
    partners::as_of(tx, revision).await
}

/// What the partner was called then; what it is called now if it came later.
async fn partner_name(tx: &mut Tx, then: &Directory, id: PartnerId) -> Result<Line, Error> {
    if let Some(partner) = then.partners.iter().find(|partner| partner.id == id) {
        return Ok(partner.name.clone());
    }
    let now = partners::directory(tx).await?;
    let found = now.partners.into_iter().find(|partner| partner.id == id).map(|partner| partner.name);
    Ok(found.unwrap_or_else(|| id.to_string().parse().expect("an identifier is a short line")))
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
                counted.take(&fact);
            }
        }
    }
    Ok((counted, span))
}

fn midnight(day: CivilDate) -> Timestamp {
    format!("{day}T00:00:00Z").parse().expect("a date and midnight are a moment")
}

fn alerts(counted: &Counted, names: &BTreeMap<CaseId, CaseNameRow>) -> Vec<PackAlert> {
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

/// The time limits that run now for objects of these cases, the soonest first.
async fn clocks(tx: &mut Tx, names: &BTreeMap<CaseId, CaseNameRow>) -> Result<Vec<PackClock>, Error> {
    let running = restitutions::running(tx, CLOCKS).await?;
    let of = |row: ClockRow| {
        let case = names.get(&row.case_id)?;
        let (limit, started_on, due_on) = (row.time_limit, row.started_on, row.due_on);
        let (reference, title) = (case.reference.to_string(), case.title.clone());
        Some(PackClock { object_id: row.object_id, reference, title, limit, started_on, due_on })
    };
    Ok(running.into_iter().filter_map(of).collect())
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
