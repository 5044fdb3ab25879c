//! The ICPRCP's form on paper: the same values as the page, in the order in which the form asks for them. In English, as the
//! values are; a state that sends it fills in the form of the Committee from it.

use std::collections::BTreeMap;

use axum::extract::State;
use axum::http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse as _, Response};
use domain::Language;
use domain::ids::RestitutionId;
use paper::Order;
use serde::Serialize;
use web::{Authority, PageError, Path, Problem, SignedIn};

use super::icprcp::{Entry, IcprcpForm};
use super::view::PartyView;
use crate::Deps;

const TEMPLATE: &str = include_str!("../../papers/icprcp.typ");

/// The fixed words.
const WORDS: [(&str, &str); 5] = [
    ("name", "Request for return or restitution"),
    ("missing", "Still missing"),
    ("nothing", "Nothing is recorded."),
    ("not-known", "not known"),
    ("page-of", "Page %page of %total"),
];

#[derive(Serialize)]
struct Values {
    title: String,
    form: String,
    caution: String,
    reference: String,
    object: String,
    filled: String,
    facts: Vec<(String, String)>,
    missing: Vec<String>,
    sections: Vec<Section>,
}

#[derive(Serialize)]
struct Section {
    heading: &'static str,
    facts: Vec<(String, String)>,
    lines: Vec<String>,
}

impl Section {
    fn of_facts(heading: &'static str, facts: Vec<(String, String)>) -> Self {
        Self { heading, facts, lines: Vec::new() }
    }

    fn of_lines(heading: &'static str, lines: Vec<String>) -> Self {
        Self { heading, facts: Vec::new(), lines }
    }
}

/// `GET /restitutions/{id}/icprcp.pdf`
pub(crate) async fn print(
    State(deps): State<Deps>,
    caller: Authority<SignedIn>,
    Path(id): Path<RestitutionId>,
) -> Result<Response, PageError> {
    let form = IcprcpForm::read(&deps, &caller, id).await?;
    let name = format!("{}-object-{}-icprcp.pdf", form.reference, form.object_number);
    let seconds = deps.clock.now().as_micros() / 1_000_000;
    let order = Order {
        template: TEMPLATE,
        language: "en",
        title: format!("Request for return or restitution: {}, object {}", form.reference, form.object_number),
        identity: format!("{id} {}", form.filled_in_on),
        // The day it was filled in: printed again on it, it is the same paper as long as the case is.
        moment: seconds - seconds.rem_euclid(86_400),
        labels: WORDS.iter().map(|(key, word)| ((*key).to_owned(), (*word).to_owned())).collect::<BTreeMap<_, _>>(),
        data: values(&form),
    };
    let pdf = deps.printer.print(order).await.map_err(|error| Problem::internal(&error))?;
    let headers = [
        (CONTENT_TYPE, "application/pdf".to_owned()),
        (CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\"")),
        (CACHE_CONTROL, "no-store".to_owned()),
    ];
    Ok((headers, pdf).into_response())
}

fn values(form: &IcprcpForm) -> Values {
    let facts =
        |entries: &[Entry]| entries.iter().map(|one| (one.heading.clone(), one.text.clone())).collect::<Vec<_>>();
    let mut object = facts(&form.description());
    object.push(("Photographs (SHA-256)".to_owned(), form.photographs.join("\n")));
    let documents =
        form.documentation.iter().map(|one| format!("{}\nKept: {}. SHA-256 {}", one.title, one.kept, one.sha256));
    let talks = form.talks.iter().map(|step| {
        let doubt = if step.confirmed { "" } else { " (not confirmed)" };
        let note = step.note.as_ref().map(|note| format!("\n{note}")).unwrap_or_default();
        format!("{}: {}{doubt}{note}", step.happened_on, step.step.label())
    });
    let parties = vec![
        ("Requesting state".to_owned(), who(form.requesting_state.as_ref())),
        ("Holding state".to_owned(), who(form.holding_state.as_ref())),
        ("Present holder".to_owned(), who(form.possessor.as_ref())),
    ];
    Values {
        title: form.object.title.to_string(),
        form: form.form.clone(),
        caution: form.caution.clone(),
        reference: form.reference.to_string(),
        object: format!("Object {}", form.object_number),
        filled: format!("Filled in on {}", form.filled_in_on),
        facts: vec![
            ("Case".to_owned(), form.reference.to_string()),
            ("Object".to_owned(), form.object_number.to_string()),
            ("Filled in on".to_owned(), form.filled_in_on.to_string()),
        ],
        missing: form.missing.clone(),
        sections: vec![
            Section::of_facts("1. Parties", parties),
            Section::of_facts("2. Description of the object", object),
            Section::of_facts("3. History and loss", facts(&form.history)),
            Section::of_facts("4. Significance", facts(&form.significance)),
            Section::of_lines("5. Legal basis", form.legal_basis.clone()),
            Section::of_lines("6. Documentation", documents.collect()),
            Section::of_lines("7. Talks so far", talks.collect()),
        ],
    }
}

/// A party in one line.
fn who(party: Option<&PartyView>) -> String {
    let Some(party) = party else { return String::new() };
    let name = party.name.as_ref().map(ToString::to_string).unwrap_or_default();
    let country = party.country.map(|country| country.name(Language::ENGLISH)).filter(|country| *country != name);
    let place = country.map(|country| format!(", {country}")).unwrap_or_default();
    let contact = party.contact.as_ref().map(|contact| format!(" ({contact})")).unwrap_or_default();
    format!("{name}{place}{contact}")
}
