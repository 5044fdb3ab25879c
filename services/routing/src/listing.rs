//! Which partners a reader asked for. Pure.

use domain::codes::PartnerKind;
use domain::partner::{Directory, Partner};
use domain::{Country, FieldErrors};
use serde::Deserialize;

/// How many partners one page has.
pub(crate) const PAGE: usize = 100;

/// What a reader asked for, as typed.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Filter {
    /// A kind.
    pub kind: String,
    /// A country that the scope covers.
    pub country: String,
    /// A part of the name or of a keyword.
    pub q: String,
    /// One of [`STATES`].
    pub state: String,
    /// A revision or a moment of the directory.
    pub as_of: String,
    /// The number of the page, from 1.
    pub page: Option<usize>,
    /// What was just done.
    pub done: String,
}

/// What a reader may ask for beside kind, country and words: code and label.
pub(crate) const STATES: [(&str, &str); 4] = [
    ("active", "Active"),
    ("inactive", "Switched off"),
    ("unverified", "With an address that is not verified"),
    ("unreachable", "Without any address"),
];

/// One page of what was found.
pub(crate) struct Listing {
    pub revision: i64,
    /// How many were found on all pages.
    pub found: usize,
    /// The number of this page, from 1.
    pub page: usize,
    pub pages: usize,
    pub partners: Vec<Partner>,
}

impl Filter {
    /// The partners that were asked for.
    pub(crate) fn select(&self, directory: Directory) -> Result<Vec<Partner>, FieldErrors> {
        let mut errors = FieldErrors::new();
        let kind: Option<PartnerKind> = errors.optional("/kind", Some(&self.kind));
        let country: Option<Country> = errors.optional("/country", Some(&self.country.to_uppercase()));
        if !self.state.is_empty() && STATES.iter().all(|(state, _)| *state != self.state) {
            errors.push("/state", "must be one of active, inactive, unverified, unreachable");
        }
        if !errors.is_empty() {
            return Err(errors);
        }
        let words = self.q.trim().to_lowercase();
        let named = |text: &str| text.to_lowercase().contains(&words);
        Ok(directory
            .partners
            .into_iter()
            .filter(|partner| kind.is_none_or(|kind| kind == partner.kind))
            .filter(|partner| country.is_none_or(|country| partner.mandate.scope.covers(country)))
            .filter(|partner| match self.state.as_str() {
                "active" => partner.active,
                "inactive" => !partner.active,
                "unverified" => partner.contacts.iter().any(|contact| contact.verified_at.is_none()),
                "unreachable" => partner.contacts.is_empty(),
                _ => true,
            })
            .filter(|p| {
                words.is_empty() || named(p.name.as_str()) || p.mandate.keywords.iter().any(|k| named(k.as_str()))
            })
            .collect())
    }

    /// The page of them that was asked for.
    pub(crate) fn page_of(&self, revision: i64, mut partners: Vec<Partner>) -> Listing {
        let found = partners.len();
        let pages = found.div_ceil(PAGE).max(1);
        let page = self.page.unwrap_or(1).clamp(1, pages);
        let partners = partners.drain(..).skip((page - 1) * PAGE).take(PAGE).collect();
        Listing { revision, found, page, pages, partners }
    }
}
