//! `/partners`: the directory.

use std::collections::BTreeMap;

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use domain::codes::{PartnerKind, Role};
use domain::partner::{Directory, Partner};
use domain::scope::Scope;
use domain::{Country, FieldErrors};
use store::partners;
use web::{Auditing, Authority, Flash, FormState, Mark, PageError, Query, Shell, Tone, WorldMap, page};

use super::edit::kinds;
use crate::as_of::AsOf;
use crate::listing::{Filter, Listing};
use crate::{Deps, words};

#[derive(Template)]
#[template(path = "partners.html")]
struct ListPage {
    shell: Shell,
    listing: Listing,
    form: FormState,
    kinds: Vec<(&'static str, &'static str)>,
    states: Vec<(&'static str, &'static str)>,
    /// Whether an earlier moment is shown.
    past: bool,
    /// Safe markup.
    map: String,
    may_change: bool,
    /// The query of the other pages, without the page's number.
    query: String,
}

impl ListPage {
    #[expect(clippy::unused_self, reason = "templates call methods")]
    fn scopes(&self, partner: &Partner) -> String {
        words::scopes(partner, 5)
    }

    #[expect(clippy::unused_self, reason = "templates call methods")]
    fn languages(&self, partner: &Partner) -> String {
        partner.languages.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
    }

    #[expect(clippy::unused_self, reason = "templates call methods")]
    fn unverified(&self, partner: &Partner) -> bool {
        partner.contacts.iter().any(|contact| contact.verified_at.is_none())
    }
}

/// `GET /partners`.
pub(crate) async fn show(
    State(deps): State<Deps>,
    caller: Authority<Auditing>,
    Query(filter): Query<Filter>,
) -> Result<Response, PageError> {
    let typed = [
        ("kind", &filter.kind),
        ("country", &filter.country),
        ("q", &filter.q),
        ("state", &filter.state),
        ("as_of", &filter.as_of),
    ]
    .map(|(name, value)| (name.to_owned(), value.clone()));
    let (directory, mut errors) = directory(&deps, &filter.as_of).await?;
    let (revision, past) = (directory.revision, !filter.as_of.trim().is_empty() && errors.is_empty());
    let found = filter.select(directory);
    let (partners, wrong) = found.map_or_else(|wrong| (Vec::new(), wrong), |partners| (partners, FieldErrors::new()));
    for error in wrong.as_slice() {
        errors.push(error.pointer.clone(), error.message.clone());
    }
    let flash = (filter.done == "taken").then_some(Flash("The file was taken. What is dangerous in it waits."));
    let map = map(&partners).svg();
    let listing = filter.page_of(revision, partners);
    Ok(page(&ListPage {
        shell: Shell { flash, ..Shell::new("Partners", &caller) },
        listing,
        past,
        map,
        query: query(&typed),
        form: FormState::new(typed.to_vec(), &errors),
        kinds: kinds(deps.config.market_bodies),
        states: crate::listing::STATES.to_vec(),
        may_change: caller.role == Role::Admin,
    }))
}

/// The directory of the moment that is asked for; of now, with what is wrong, if that is no moment.
async fn directory(deps: &Deps, as_of: &str) -> Result<(Directory, FieldErrors), store::Error> {
    let mut tx = deps.db.read().await?;
    let (as_of, errors) = match AsOf::parse(as_of) {
        Ok(as_of) => (as_of, FieldErrors::new()),
        Err(errors) => (None, errors),
    };
    let directory = match as_of {
        Some(as_of) => {
            let revision = as_of.revision(&mut tx).await?;
            partners::as_of(&mut tx, revision).await?
        }
        None => partners::directory(&mut tx).await?,
    };
    tx.commit().await?;
    Ok((directory, errors))
}

/// Each partner where it is, and the countries that one or more of them name.
fn map(partners: &[Partner]) -> WorldMap {
    let mut map = WorldMap::new("Map of the partners; the table below says the same");
    let mut police: BTreeMap<Country, usize> = BTreeMap::new();
    for partner in partners {
        let tone = match (partner.active, partner.kind) {
            (false, _) => Tone::Plain,
            (true, PartnerKind::Police) => Tone::Good,
            (true, _) => Tone::Warn,
        };
        let text = format!("{} ({})", partner.name, partner.kind.label().to_lowercase());
        map.mark(Mark {
            at: partner.mandate.scope.clone(),
            tone,
            text,
            href: Some(format!("/partners/{}", partner.id)),
        });
        if partner.active && partner.kind == PartnerKind::Police {
            for scope in partner.mandate.scope.as_slice() {
                if let Scope::Country(country) = scope {
                    *police.entry(*country).or_default() += 1;
                }
            }
        }
    }
    for (country, units) in police {
        map.shade(
            country,
            Tone::Plain,
            format!("{units} police or national unit{}", if units == 1 { "" } else { "s" }),
        );
    }
    map
}

/// The filter as a query string; everything but letters and digits is escaped (RFC 3986, 2.1).
fn query(typed: &[(String, String)]) -> String {
    let filled = typed.iter().filter(|(_, value)| !value.is_empty());
    filled.map(|(name, value)| format!("{name}={}&", web::query_value(value))).collect()
}
