//! `/partners/{id}` and `/partners/new`: one partner, and the form that changes it.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use domain::codes::{Event, ObjectType, RevisionSource, Role};
use domain::ids::PartnerId;
use domain::partner::{Categories, Partner};
use domain::{FieldErrors, Label};
use serde::Deserialize;
use store::partners;
use web::{
    Admin, Auditing, Authority, Flash, Form, FormState, PageError, Path, Principal, Problem, Query, Shell, page,
    redirect,
};

use super::list::kinds;
use crate::save_partner::{ContactBody, PartnerBody, SavePartnerError};
use crate::{By, Deps, add_partner, change_partner};

/// Empty rows for more addresses.
const SPARE_CONTACTS: usize = 2;

#[derive(Template)]
#[template(path = "partner.html")]
struct PartnerPage {
    shell: Shell,
    /// None: a new one.
    id: Option<PartnerId>,
    form: FormState,
    contacts: Vec<ContactFields>,
    kinds: Vec<(&'static str, &'static str)>,
    labels: Vec<(&'static str, &'static str)>,
    categories: Vec<(&'static str, &'static str)>,
    events: Vec<(&'static str, &'static str)>,
    may_change: bool,
}

/// The names of one address's fields.
struct ContactFields {
    number: usize,
    address: String,
    person: String,
    clearance: String,
}

/// The form's fields. Lists that are one text field on the page are one text here.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct PartnerForm {
    name: String,
    kind: String,
    scope: String,
    languages: String,
    keywords: String,
    categories: Vec<String>,
    events: Vec<String>,
    clearance: String,
    active: String,
    contacts: Vec<ContactForm>,
    reason: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct ContactForm {
    address: String,
    person: String,
    clearance: String,
}

impl From<PartnerForm> for PartnerBody {
    fn from(form: PartnerForm) -> Self {
        let list = |text: &str| text.split(';').map(str::to_owned).collect();
        // An empty row is no address. Gaps are closed only at the end, so that errors name the row they are in.
        let mut contacts: Vec<ContactBody> = form.contacts.into_iter().map(ContactBody::from).collect();
        while contacts.last().is_some_and(|contact| *contact == ContactBody::default()) {
            contacts.pop();
        }
        Self {
            languages: list(&form.languages),
            keywords: list(&form.keywords),
            name: form.name,
            kind: form.kind,
            scope: form.scope,
            categories: form.categories,
            events: form.events,
            clearance: Some(form.clearance),
            active: Some(!form.active.is_empty()),
            contacts,
            reason: form.reason,
        }
    }
}

impl From<ContactForm> for ContactBody {
    fn from(form: ContactForm) -> Self {
        let some = |text: String| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
        // The select of an empty row has a value only if somebody chose one; without an address it says nothing.
        let empty = form.address.trim().is_empty() && form.person.trim().is_empty();
        Self {
            address: form.address.trim().to_owned(),
            person: some(form.person),
            clearance: if empty { None } else { some(form.clearance) },
        }
    }
}

/// A stored partner as its form would send it.
fn typed(partner: &Partner) -> Vec<(String, String)> {
    let join = |items: Vec<String>| items.join("; ");
    let mut typed: Vec<(String, String)> = [
        ("name", partner.name.to_string()),
        ("kind", partner.kind.to_string()),
        ("scope", partner.mandate.scope.to_string()),
        ("languages", join(partner.languages.iter().map(ToString::to_string).collect())),
        ("keywords", join(partner.mandate.keywords.iter().map(ToString::to_string).collect())),
        ("clearance", partner.clearance.to_string()),
    ]
    .map(|(name, value)| (name.to_owned(), value))
    .to_vec();
    if partner.active {
        typed.push(("active".to_owned(), "on".to_owned()));
    }
    match &partner.mandate.categories {
        Categories::All => typed.push(("categories[0]".to_owned(), "*".to_owned())),
        Categories::Only(some) => {
            typed.extend(some.iter().enumerate().map(|(n, t)| (format!("categories[{n}]"), t.to_string())));
        }
    }
    typed.extend(partner.mandate.events.iter().enumerate().map(|(n, e)| (format!("events[{n}]"), e.to_string())));
    for (n, contact) in partner.contacts.iter().enumerate() {
        typed.push((format!("contacts[{n}][address]"), contact.address.to_string()));
        typed.push((
            format!("contacts[{n}][person]"),
            contact.person.as_ref().map(ToString::to_string).unwrap_or_default(),
        ));
        typed.push((format!("contacts[{n}][clearance]"), contact.clearance.to_string()));
    }
    typed
}

fn render(
    caller: &Principal,
    id: Option<PartnerId>,
    title: &str,
    typed: Vec<(String, String)>,
    errors: &FieldErrors,
    flash: Option<Flash>,
) -> Response {
    let form = FormState::new(typed, errors);
    let may_change = caller.role == Role::Admin;
    let spare = if may_change { SPARE_CONTACTS } else { 0 };
    let contacts = (0..form.count("contacts") + spare)
        .map(|n| ContactFields {
            number: n + 1,
            address: format!("contacts[{n}][address]"),
            person: format!("contacts[{n}][person]"),
            clearance: format!("contacts[{n}][clearance]"),
        })
        .collect();
    page(&PartnerPage {
        shell: Shell { flash, ..Shell::new(title, caller) },
        id,
        form,
        contacts,
        kinds: kinds(),
        labels: Label::ALL.iter().map(|label| (label.as_str(), label.as_str())).collect(),
        categories: ObjectType::ALL.iter().map(|category| (category.as_str(), category.label())).collect(),
        events: Event::ALL.iter().map(|event| (event.as_str(), event.label())).collect(),
        may_change,
    })
}

fn by(caller: &Principal) -> By {
    By { account: Some(caller.account_id), source: RevisionSource::Form }
}

/// What was just done.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Done {
    done: String,
}

/// `GET /partners/{id}`.
pub(crate) async fn show(
    State(deps): State<Deps>,
    caller: Authority<Auditing>,
    Path(id): Path<PartnerId>,
    Query(query): Query<Done>,
) -> Result<Response, PageError> {
    let mut tx = deps.db.read().await?;
    let partner = partners::find(&mut tx, id).await?.ok_or_else(|| Problem::not_found("partner"))?;
    tx.commit().await?;
    let flash = match query.done.as_str() {
        "added" => Some(Flash("The partner was added. It is told of alerts released from now on.")),
        "changed" => Some(Flash("The partner was changed. Alerts released from now on go by it.")),
        _ => None,
    };
    Ok(render(&caller, Some(id), partner.name.as_str(), typed(&partner), &FieldErrors::new(), flash))
}

/// `GET /partners/new`.
pub(crate) async fn blank(caller: Authority<Admin>) -> Response {
    let typed = vec![("active".to_owned(), "on".to_owned())];
    render(&caller, None, "New partner", typed, &FieldErrors::new(), None)
}

/// `POST /partners/new`.
pub(crate) async fn add(
    State(deps): State<Deps>,
    caller: Authority<Admin>,
    form: Form<PartnerForm>,
) -> Result<Response, PageError> {
    match add_partner(&deps, &form.value.into(), by(&caller)).await {
        Ok(partner) => Ok(redirect(&format!("/partners/{}?done=added", partner.id))),
        Err(error) => again(&caller, None, "New partner", form.typed, error),
    }
}

/// `POST /partners/{id}`.
pub(crate) async fn change(
    State(deps): State<Deps>,
    caller: Authority<Admin>,
    Path(id): Path<PartnerId>,
    form: Form<PartnerForm>,
) -> Result<Response, PageError> {
    match change_partner(&deps, id, &form.value.into(), by(&caller)).await {
        Ok(partner) => Ok(redirect(&format!("/partners/{}?done=changed", partner.id))),
        Err(error) => again(&caller, Some(id), "Change a partner", form.typed, error),
    }
}

/// The form as typed, with what is wrong.
fn again(
    caller: &Principal,
    id: Option<PartnerId>,
    title: &str,
    typed: Vec<(String, String)>,
    error: SavePartnerError,
) -> Result<Response, PageError> {
    match error {
        SavePartnerError::Fields(errors) => {
            let shown = render(caller, id, title, typed, &errors, None);
            Ok((StatusCode::UNPROCESSABLE_ENTITY, shown).into_response())
        }
        error => Err(Problem::from(error).into()),
    }
}
