//! `/partners/new` and `/partners/{id}/edit`: the form with every field of a partner.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use domain::codes::{
    AcknowledgedBy, Channel, ContactRole, Event, LegalGround, ObjectType, PartnerKind, RevisionSource,
};
use domain::ids::PartnerId;
use domain::partner::{Categories, Directory, Encryption, MailContent, Partner};
use domain::{FieldErrors, Label};
use serde::Deserialize;
use store::partners;
use web::{Admin, Authority, Form, FormState, PageError, Path, Principal, Problem, Shell, page, redirect};

use crate::partner_body::{ContactBody, KeyBody, PartnerBody};
use crate::save_partner::SavePartnerError;
use crate::{By, Deps, add_partner, change_partner};

/// Empty rows for more addresses.
const SPARE_CONTACTS: usize = 2;

#[derive(Template)]
#[template(path = "partner_form.html")]
struct EditPage {
    shell: Shell,
    /// None: a new one.
    id: Option<PartnerId>,
    form: FormState,
    contacts: Vec<Vec<String>>,
    keys: Vec<Vec<String>>,
    options: Options,
    partners: Vec<(String, String)>,
}

/// What the selects offer.
struct Options {
    kinds: Vec<(&'static str, &'static str)>,
    labels: Vec<(&'static str, &'static str)>,
    categories: Vec<(&'static str, &'static str)>,
    events: Vec<(&'static str, &'static str)>,
    roles: Vec<(&'static str, &'static str)>,
    channels: Vec<(&'static str, &'static str)>,
    grounds: Vec<(&'static str, &'static str)>,
    acknowledged: Vec<(&'static str, &'static str)>,
    encryption: Vec<(&'static str, &'static str)>,
    mail_content: Vec<(&'static str, &'static str)>,
}

macro_rules! options {
    ($list:ty) => {
        <$list>::ALL.iter().map(|code| (code.as_str(), code.label())).collect()
    };
}

impl Options {
    fn new(market: bool) -> Self {
        Self {
            kinds: kinds(market),
            labels: Label::ALL.iter().map(|label| (label.as_str(), label.as_str())).collect(),
            categories: options!(ObjectType),
            events: options!(Event),
            roles: options!(ContactRole),
            channels: options!(Channel),
            grounds: options!(LegalGround),
            acknowledged: options!(AcknowledgedBy),
            encryption: options!(Encryption),
            mail_content: options!(MailContent),
        }
    }
}

/// The kinds there are; market bodies only where they are allowed.
pub(super) fn kinds(market: bool) -> Vec<(&'static str, &'static str)> {
    let kinds = PartnerKind::ALL.iter().filter(|kind| market || **kind != PartnerKind::Market);
    kinds.map(|kind| (kind.as_str(), kind.label())).collect()
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
    legal_ground: String,
    legal_reference: String,
    parent: String,
    successor: String,
    valid_from: String,
    valid_to: String,
    verified_on: String,
    review_on: String,
    channel: String,
    acknowledge_within_hours: String,
    acknowledged_by: String,
    max_attachment_mib: String,
    encryption: String,
    mail_content: String,
    zone: String,
    working_week: String,
    keys: Vec<KeyForm>,
    notes: String,
    reason: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct ContactForm {
    id: String,
    address: String,
    person: String,
    clearance: String,
    role: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct KeyForm {
    fingerprint: String,
    expires_on: String,
    address: String,
    text: String,
}

impl From<PartnerForm> for PartnerBody {
    fn from(form: PartnerForm) -> Self {
        let list = |text: &str| text.split(';').map(str::to_owned).collect();
        let mut contacts: Vec<ContactBody> = form.contacts.into_iter().map(ContactBody::from).collect();
        // An empty row is no address; one that was emptied is an address that goes.
        contacts.retain(|contact| *contact != ContactBody::default());
        let mut keys: Vec<KeyBody> = form.keys.into_iter().map(KeyBody::from).collect();
        keys.retain(|key| *key != KeyBody::default());
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
            legal_ground: Some(form.legal_ground),
            legal_reference: Some(form.legal_reference),
            parent: Some(form.parent),
            successor: Some(form.successor),
            valid_from: Some(form.valid_from),
            valid_to: Some(form.valid_to),
            verified_on: Some(form.verified_on),
            review_on: Some(form.review_on),
            channel: Some(form.channel),
            acknowledge_within_hours: Some(form.acknowledge_within_hours),
            acknowledged_by: Some(form.acknowledged_by),
            max_attachment_mib: Some(form.max_attachment_mib),
            encryption: Some(form.encryption),
            mail_content: Some(form.mail_content),
            zone: Some(form.zone),
            working_week: Some(form.working_week),
            keys: Some(keys),
            notes: Some(form.notes),
            reason: form.reason,
        }
    }
}

impl From<ContactForm> for ContactBody {
    fn from(form: ContactForm) -> Self {
        let some = |text: String| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
        // The selects of an empty row have a value only if somebody chose one; without an address they say nothing.
        if form.address.trim().is_empty() && form.person.trim().is_empty() {
            return Self::default();
        }
        Self {
            id: some(form.id),
            address: form.address.trim().to_owned(),
            person: some(form.person),
            clearance: some(form.clearance),
            role: some(form.role),
        }
    }
}

impl From<KeyForm> for KeyBody {
    fn from(form: KeyForm) -> Self {
        let some = |text: String| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
        let (fingerprint, text) = (form.fingerprint.trim().to_owned(), form.text.trim().to_owned());
        if fingerprint.is_empty() && text.is_empty() {
            return Self::default();
        }
        Self { fingerprint, text, expires_on: some(form.expires_on), address: some(form.address) }
    }
}

fn shown<T: ToString>(value: Option<&T>) -> String {
    value.map(ToString::to_string).unwrap_or_default()
}

/// A stored partner as its form would send it.
fn typed(partner: &Partner) -> Vec<(String, String)> {
    let join = |items: Vec<String>| items.join("; ");
    let legal = partner.legal_basis.as_ref();
    let hours = partner.hours.as_ref();
    let mut typed: Vec<(String, String)> = [
        ("name", partner.name.to_string()),
        ("kind", partner.kind.to_string()),
        ("scope", partner.mandate.scope.to_string()),
        ("languages", join(partner.languages.iter().map(ToString::to_string).collect())),
        ("keywords", join(partner.mandate.keywords.iter().map(ToString::to_string).collect())),
        ("clearance", partner.clearance.to_string()),
        ("legal_ground", shown(legal.map(|legal| legal.ground).as_ref())),
        ("legal_reference", shown(legal.and_then(|legal| legal.reference.as_ref()))),
        ("parent", shown(partner.parent.as_ref())),
        ("successor", shown(partner.successor.as_ref())),
        ("valid_from", shown(partner.valid_from.as_ref())),
        ("valid_to", shown(partner.valid_to.as_ref())),
        ("verified_on", shown(partner.verified_on.as_ref())),
        ("review_on", shown(partner.review_on.as_ref())),
        ("channel", partner.channel.to_string()),
        ("acknowledge_within_hours", shown(partner.acknowledgement.map(|policy| policy.within_hours).as_ref())),
        ("acknowledged_by", shown(partner.acknowledgement.map(|policy| policy.by).as_ref())),
        ("max_attachment_mib", shown(partner.max_attachment_mib.as_ref())),
        ("encryption", partner.encryption.to_string()),
        ("mail_content", partner.mail_content.to_string()),
        ("zone", shown(hours.map(|hours| &hours.zone))),
        ("working_week", shown(hours.and_then(|hours| hours.week).as_ref())),
        ("notes", shown(partner.notes.as_ref())),
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
        let mut field = |name: &str, value: String| typed.push((format!("contacts[{n}][{name}]"), value));
        field("id", contact.id.to_string());
        field("address", contact.address.to_string());
        field("person", shown(contact.person.as_ref()));
        field("clearance", contact.clearance.to_string());
        field("role", contact.role.to_string());
    }
    for (n, key) in partner.keys.iter().enumerate() {
        let mut field = |name: &str, value: String| typed.push((format!("keys[{n}][{name}]"), value));
        field("fingerprint", key.fingerprint.to_string());
        field("expires_on", shown(key.expires_on.as_ref()));
        field("address", shown(key.address.as_ref()));
        field("text", key.text.to_string());
    }
    typed
}

struct Shown<'a> {
    id: Option<PartnerId>,
    title: &'a str,
    typed: Vec<(String, String)>,
}

fn render(deps: &Deps, caller: &Principal, directory: &Directory, shown: Shown<'_>, errors: &FieldErrors) -> Response {
    let Shown { id, title, typed } = shown;
    let form = FormState::new(typed, errors);
    let rows = |group: &str, spare: usize, fields: &[&str]| -> Vec<Vec<String>> {
        let row = |n: usize| fields.iter().map(|field| format!("{group}[{n}][{field}]")).collect();
        (0..form.count(group) + spare).map(row).collect()
    };
    let others = directory.partners.iter().filter(|partner| Some(partner.id) != id);
    page(&EditPage {
        shell: Shell::new(title, caller),
        id,
        contacts: rows("contacts", SPARE_CONTACTS, &["id", "address", "person", "clearance", "role"]),
        keys: rows("keys", 1, &["fingerprint", "expires_on", "address", "text"]),
        options: Options::new(deps.config.market_bodies),
        partners: others.map(|partner| (partner.id.to_string(), partner.name.to_string())).collect(),
        form,
    })
}

pub(super) fn by(caller: &Principal) -> By {
    By { account: Some(caller.account_id), source: RevisionSource::Form }
}

async fn directory(deps: &Deps) -> Result<Directory, store::Error> {
    let mut tx = deps.db.read().await?;
    let directory = partners::directory(&mut tx).await?;
    tx.commit().await?;
    Ok(directory)
}

/// `GET /partners/new`.
pub(crate) async fn blank(State(deps): State<Deps>, caller: Authority<Admin>) -> Result<Response, PageError> {
    let typed = vec![("active".to_owned(), "on".to_owned())];
    let shown = Shown { id: None, title: "New partner", typed };
    Ok(render(&deps, &caller, &directory(&deps).await?, shown, &FieldErrors::new()))
}

/// `POST /partners/new`.
pub(crate) async fn add(
    State(deps): State<Deps>,
    caller: Authority<Admin>,
    form: Form<PartnerForm>,
) -> Result<Response, PageError> {
    match add_partner(&deps, &form.value.into(), by(&caller)).await {
        Ok(saved) => {
            let code = if saved.waiting.is_some() { "added-waits" } else { "added" };
            Ok(redirect(&format!("/partners/{}?done={code}", saved.partner.id)))
        }
        Err(error) => again(&deps, &caller, Shown { id: None, title: "New partner", typed: form.typed }, error).await,
    }
}

/// `GET /partners/{id}/edit`.
pub(crate) async fn show(
    State(deps): State<Deps>,
    caller: Authority<Admin>,
    Path(id): Path<PartnerId>,
) -> Result<Response, PageError> {
    let directory = directory(&deps).await?;
    let partner = directory.partners.iter().find(|partner| partner.id == id);
    let partner = partner.ok_or_else(|| Problem::not_found("partner"))?;
    let shown = Shown { id: Some(id), title: partner.name.as_str(), typed: typed(partner) };
    Ok(render(&deps, &caller, &directory, shown, &FieldErrors::new()))
}

/// `POST /partners/{id}/edit`.
pub(crate) async fn change(
    State(deps): State<Deps>,
    caller: Authority<Admin>,
    Path(id): Path<PartnerId>,
    form: Form<PartnerForm>,
) -> Result<Response, PageError> {
    match change_partner(&deps, id, &form.value.into(), by(&caller)).await {
        Ok(saved) => {
            let code = if saved.waiting.is_some() { "changed-waits" } else { "changed" };
            Ok(redirect(&format!("/partners/{id}?done={code}")))
        }
        Err(error) => {
            again(&deps, &caller, Shown { id: Some(id), title: "Change a partner", typed: form.typed }, error).await
        }
    }
}

/// The form as typed, with what is wrong.
async fn again(
    deps: &Deps,
    caller: &Principal,
    shown: Shown<'_>,
    error: SavePartnerError,
) -> Result<Response, PageError> {
    match error {
        SavePartnerError::Fields(errors) => {
            let shown = render(deps, caller, &directory(deps).await?, shown, &errors);
            Ok((StatusCode::UNPROCESSABLE_ENTITY, shown).into_response())
        }
        error => Err(Problem::from(error).into()),
    }
}
