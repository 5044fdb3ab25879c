//! The pack for a meeting: chosen by partner, region and days; shown, and printed where this build can.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use domain::country::Region;
use domain::ids::PartnerId;
use domain::text::Line;
use domain::{CivilDate, Language};
use serde::Deserialize;
use store::partners;
use web::{Auditing, Authority, PageError, Problem, Query, Shell, page};

use crate::Deps;
use crate::papers::pack::{Pack, PackRequest, bars, pack};

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
    /// The same entries again, for printing and for keeping.
    query: String,
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
    let query = format!(
        "partner={}&region={}&from={}&to={}",
        request.partner.map(|id| id.to_string()).unwrap_or_default(),
        request.region.map(|region| region.to_string()).unwrap_or_default(),
        pack.from,
        pack.to
    );
    Ok(page(&PackPage {
        shell: Shell::new("Meeting pack", &caller),
        asked,
        partners: named,
        regions: regions.collect(),
        months: bars("Alert versions by month", &pack.by_month),
        kinds: bars("Notifications by kind of partner", &by_kind),
        pack,
        query,
        papers: PAPERS,
    }))
}

/// `GET /meeting-pack.pdf`
#[cfg(feature = "pdf")]
pub(crate) async fn print(
    State(deps): State<Deps>,
    _: Authority<Auditing>,
    Query(asked): Query<Asked>,
) -> Result<Response, PageError> {
    use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
    use axum::response::IntoResponse as _;

    use crate::papers::{print_pack, words};

    let language = if asked.language.is_empty() { "en" } else { &asked.language };
    let words =
        words(language).ok_or_else(|| Problem::bad_request("The language must be en, fr, es, ar, ru or zh."))?;
    let mut tx = deps.db.read().await?;
    let pack = pack(&mut tx, &deps.clock, &asked.request()?).await?;
    tx.commit().await?;
    let pdf = print_pack(&deps.printer, words, &pack).await.map_err(|error| Problem::internal(&error))?;
    let name = format!("meeting-pack-{}-{}-{}.pdf", pack.from, pack.to, words.code());
    let disposition = format!("attachment; filename=\"{name}\"");
    Ok(([(CONTENT_TYPE, "application/pdf".to_owned()), (CONTENT_DISPOSITION, disposition)], pdf).into_response())
}
