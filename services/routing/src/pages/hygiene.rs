//! `/partners/hygiene`: everything in the directory that needs care.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use domain::Language;
use web::{Auditing, Authority, PageError, Shell, Tone, WorldMap, page};

use crate::Deps;
use crate::hygiene::{Finding, Hygiene, look};

#[derive(Template)]
#[template(path = "hygiene.html")]
struct HygienePage {
    shell: Shell,
    found: Hygiene,
    /// Safe markup.
    map: String,
}

impl HygienePage {
    /// What is found of each of several partners alike: said once, and their names in columns.
    fn same(findings: &[Finding]) -> Option<&str> {
        let first = findings.first().filter(|_| findings.len() > 1)?;
        findings.iter().all(|finding| finding.what == first.what).then_some(first.what.as_str())
    }

    fn uncovered(&self) -> String {
        self.found.uncovered.iter().map(|country| country.name(Language::ENGLISH)).collect::<Vec<_>>().join(", ")
    }
}

/// `GET /partners/hygiene`.
pub(crate) async fn show(State(deps): State<Deps>, caller: Authority<Auditing>) -> Result<Response, PageError> {
    let found = look(&deps).await?;
    let mut map = WorldMap::new("Countries that no live police or national unit answers for");
    for country in &found.uncovered {
        map.shade(*country, Tone::Bad, "no live police or national unit");
    }
    Ok(page(&HygienePage { shell: Shell::new("Care of the directory", &caller), map: map.svg(), found }))
}
