//! The pack for a meeting: chosen by partner, region and days; shown, and printed where this build can.

use std::collections::BTreeSet;

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use contracts::Service;
use contracts::events::PackReadV1;
use domain::country::Region;
use domain::ids::{AccountId, PartnerId};
use domain::text::Line;
use domain::{CivilDate, Language};
use serde::Deserialize;
use store::partners;
use web::{Auditing, Authority, PageError, Problem, Query, Shell, page};

use crate::Deps;
use crate::papers::pack::{Pack, PackRequest, bars, map, pack};

/// What was asked for, as it stands in the address: an empty field of the form is nothing.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Asked {
    partner: String,
    region: String,
    since: String,
    until: String,
    from: String,
    to: String,
    #[cfg(feature = "pdf")]
    language: String,
    /// What a copy is for.
    #[cfg(feature = "pdf")]
    reason: String,
}

/// An empty text is nothing; another must be what the field is for.
fn given<T: std::str::FromStr>(text: &str, wrong: &'static str) -> Result<Option<T>, Problem> {
    let text = text.trim();
    if text.is_empty() { Ok(None) } else { text.parse().map(Some).map_err(|_| Problem::bad_request(wrong)) }
}

impl Asked {
    fn request(&self) -> Result<PackRequest, Problem> {
        Ok(PackRequest {
            partner: given::<PartnerId>(&self.partner, "The partner must be an identifier such as partner_0193….")?,
            region: given::<Region>(&self.region, "The region must be three digits of UN M49, such as 150.")?,
            since: given::<CivilDate>(&self.since, "The first day must be a date such as 2026-01-31.")?,
            until: given::<CivilDate>(&self.until, "The last day must be a date such as 2026-01-31.")?,
            from: given::<i64>(&self.from, "The first entry must be a number.")?,
            to: given::<i64>(&self.to, "The last entry must be a number.")?,
        })
    }
}

#[derive(Template)]
#[template(path = "pack.html")]
struct PackPage {
    shell: Shell,
    asked: Asked,
    partners: Vec<(String, Line)>,
    regions: Vec<(String, &'static str)>,
    pack: Pack,
    months: String,
    kinds: String,
    waits: String,
    cases: String,
    uncovered: String,
    /// The same entries again, for printing and for keeping: fields of a form.
    same: [(&'static str, String); 4],
    papers: &'static [(&'static str, &'static str)],
}

#[cfg(feature = "pdf")]
const PAPERS: &[(&str, &str)] = &crate::papers::LANGUAGES;
#[cfg(not(feature = "pdf"))]
const PAPERS: &[(&str, &str)] = &[];

impl PackPage {
    fn about(&self) -> String {
        match (&self.pack.partner, self.pack.region) {
            (Some(name), _) => name.to_string(),
            (None, Some(region)) => region.name(Language::ENGLISH).to_owned(),
            (None, None) => "All partners and regions".to_owned(),
        }
    }

    /// The same as an address.
    fn query(&self) -> String {
        self.same.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("&")
    }
}

/// Records that somebody looked, before anything is shown.
async fn read(
    deps: &Deps,
    by: AccountId,
    request: &PackRequest,
    pack: &Pack,
    reason: Option<Line>,
) -> Result<(), store::Error> {
    let (partner_id, region) = (request.partner, request.region);
    let fact = PackReadV1 { read_by: by, partner_id, region, from_entry: pack.from, to_entry: pack.to, reason };
    store::readings::record(&deps.db, Service::Audit, &deps.clock, &fact).await?;
    deps.bell.ring();
    Ok(())
}

/// A key of the waits in English.
fn wait(key: &str) -> &'static str {
    match key {
        "wait-hour" => "within 1 hour",
        "wait-four-hours" => "within 4 hours",
        "wait-day" => "within 24 hours",
        "wait-three-days" => "within 3 days",
        "wait-longer" => "later",
        _ => "not yet",
    }
}

/// `GET /meeting-pack`
pub(crate) async fn show(
    State(deps): State<Deps>,
    caller: Authority<Auditing>,
    Query(asked): Query<Asked>,
) -> Result<Response, PageError> {
    let request = asked.request()?;
    let mut tx = deps.db.read().await?;
    let pack = pack(&mut tx, &deps.clock, &request).await?;
    let directory = partners::directory(&mut tx).await?;
    tx.commit().await?;
    let mut named: Vec<_> = directory.partners.into_iter().map(|p| (p.id.to_string(), p.name)).collect();
    named.sort_by(|a, b| a.1.cmp(&b.1));
    let regions = Region::all().map(|region| (region.to_string(), region.name(Language::ENGLISH)));
    let by_kind: Vec<_> = pack.by_kind.iter().map(|(kind, count)| (kind.label().to_owned(), *count)).collect();
    let waits: Vec<_> = pack.by_wait.iter().map(|(key, count)| (wait(key).to_owned(), *count)).collect();
    let same = [
        ("partner", request.partner.map(|id| id.to_string()).unwrap_or_default()),
        ("region", request.region.map(|region| region.to_string()).unwrap_or_default()),
        ("from", pack.from.to_string()),
        ("to", pack.to.to_string()),
    ];
    read(&deps, caller.account_id, &request, &pack, None).await?;
    let uncovered: BTreeSet<_> = pack.gaps.iter().flat_map(|gaps| gaps.countries.iter().copied()).collect();
    Ok(page(&PackPage {
        shell: Shell::new("Meeting pack", &caller),
        asked,
        partners: named,
        regions: regions.collect(),
        months: bars("Alert versions by month", &pack.by_month),
        kinds: bars("Notifications by kind of partner", &by_kind),
        waits: bars("Notifications by how soon they were acknowledged", &waits),
        cases: map("Cases by country of the loss", Language::ENGLISH, &pack.by_country, &BTreeSet::new()),
        uncovered: map("Countries without an active police partner", Language::ENGLISH, &[], &uncovered),
        pack,
        same,
        papers: PAPERS,
    }))
}

/// `GET /meeting-pack.pdf`: paper leaves the system, so it is recorded who took it and what for.
#[cfg(feature = "pdf")]
pub(crate) async fn print(
    State(deps): State<Deps>,
    caller: Authority<Auditing>,
    Query(asked): Query<Asked>,
) -> Result<Response, PageError> {
    use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
    use axum::response::IntoResponse as _;

    use crate::papers::{print_pack, words};

    let language = if asked.language.is_empty() { "en" } else { &asked.language };
    let words =
        words(language).ok_or_else(|| Problem::bad_request("The language must be en, fr, es, ar, ru or zh."))?;
    let reason = crate::api::evidence::reason(Some(&asked.reason))?;
    let request = asked.request()?;
    let mut tx = deps.db.read().await?;
    let pack = pack(&mut tx, &deps.clock, &request).await?;
    tx.commit().await?;
    read(&deps, caller.account_id, &request, &pack, Some(reason)).await?;
    let pdf = print_pack(&deps.printer, words, &pack).await.map_err(|error| Problem::internal(&error))?;
    let name = format!("meeting-pack-{}-{}-{}.pdf", pack.from, pack.to, words.code());
    let disposition = format!("attachment; filename=\"{name}\"");
    Ok(([(CONTENT_TYPE, "application/pdf".to_owned()), (CONTENT_DISPOSITION, disposition)], pdf).into_response())
}
