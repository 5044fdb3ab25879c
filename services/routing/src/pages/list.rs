//! `/partners`: the directory.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use domain::codes::{PartnerKind, Role};
use domain::partner::Partner;
use domain::{FieldErrors, Language};
use store::partners;
use web::{Auditing, Authority, FormState, PageError, Query, Shell, page};

use crate::Deps;
use crate::listing::{Filter, Listing};

#[derive(Template)]
#[template(path = "partners.html")]
struct ListPage {
    shell: Shell,
    listing: Listing,
    form: FormState,
    kinds: Vec<(&'static str, &'static str)>,
    may_change: bool,
    /// The query of the other pages, without the page's number.
    query: String,
}

impl ListPage {
    /// Scopes by name; codes tell readers nothing.
    #[expect(clippy::unused_self, reason = "templates call methods")]
    fn scopes(&self, partner: &Partner) -> String {
        let areas = partner.mandate.scope.as_slice();
        let names: Vec<_> = areas.iter().take(5).map(|scope| scope.name(Language::ENGLISH)).collect();
        let more =
            if areas.len() > names.len() { format!(" and {} more", areas.len() - names.len()) } else { String::new() };
        format!("{}{more}", names.join(", "))
    }

    #[expect(clippy::unused_self, reason = "templates call methods")]
    fn languages(&self, partner: &Partner) -> String {
        partner.languages.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
    }
}

pub(super) fn kinds() -> Vec<(&'static str, &'static str)> {
    PartnerKind::ALL.iter().map(|kind| (kind.as_str(), kind.label())).collect()
}

/// `GET /partners`.
pub(crate) async fn show(
    State(deps): State<Deps>,
    caller: Authority<Auditing>,
    Query(filter): Query<Filter>,
) -> Result<Response, PageError> {
    let mut tx = deps.db.read().await?;
    let directory = partners::directory(&mut tx).await?;
    tx.commit().await?;
    let typed = [("kind", &filter.kind), ("country", &filter.country), ("q", &filter.q)]
        .map(|(name, value)| (name.to_owned(), value.clone()));
    let revision = directory.revision;
    let (listing, errors) = match filter.apply(directory) {
        Ok(listing) => (listing, FieldErrors::new()),
        Err(errors) => (Listing { revision, found: 0, page: 1, pages: 1, partners: Vec::new() }, errors),
    };
    Ok(page(&ListPage {
        shell: Shell::new("Partners", &caller),
        listing,
        query: query(&typed),
        form: FormState::new(typed.to_vec(), &errors),
        kinds: kinds(),
        may_change: caller.role == Role::Admin,
    }))
}

/// The filter as a query string; everything but letters and digits is escaped (RFC 3986, 2.1).
fn query(typed: &[(String, String)]) -> String {
    use std::fmt::Write as _;
    let mut query = String::new();
    for (name, value) in typed.iter().filter(|(_, value)| !value.is_empty()) {
        query.push_str(name);
        query.push('=');
        for byte in value.bytes() {
            if byte.is_ascii_alphanumeric() {
                query.push(byte.into());
            } else {
                write!(query, "%{byte:02X}").expect("a String takes every text");
            }
        }
        query.push('&');
    }
    query
}
