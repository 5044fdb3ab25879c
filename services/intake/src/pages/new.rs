//! The report form. Everything typed survives: errors, another object, a key that was used.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use domain::codes::{Event, Role};
use domain::{CivilDate, FieldErrors};
use serde::Deserialize;
use store::identity;
use web::{Authority, Form, FormState, PageError, Principal, Problem, Query, Reporter, Shell, page, redirect};

use super::form::{Field, ForWhom, Group, Input, event_of, groups};
use super::kinds;
use super::pairs::{PREFIX, pairs};
use crate::Deps;
use crate::idempotency::{IdempotencyKey, ParseKeyError};
use crate::parse::{REPORTED, parse};
use crate::register::{RegisterError, register};
use crate::submit::{RawMeasurement, RawObject, SubmitCase};

/// The most objects the form shows: a longer list is easier sent by a program.
const MAX_ON_FORM: usize = 50;
/// The rows for measurements an empty sheet has.
const MEASUREMENTS: usize = 3;

/// The form as sent.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct CaseForm {
    /// Chosen by us when the form was first shown, so that a double click is one case.
    key: String,
    /// Which button was pressed.
    action: String,
    case: SubmitCase,
}

#[derive(Template)]
#[template(path = "new.html")]
struct NewPage {
    shell: Shell,
    key: String,
    groups: Vec<Group>,
    form: FormState,
    /// Each error with the anchor and the words of its field.
    errors: Vec<ShownError>,
    objects: usize,
    used_before: bool,
    may_register: bool,
    /// The caller's own, if any.
    institution: String,
    kind: Event,
    /// Whether the form says what to look for, so that it needs no object.
    typology: bool,
}

struct ShownError {
    anchor: String,
    text: String,
}

/// More institutions than any list can be read with; a program names them all.
const MAX_INSTITUTIONS: i64 = 2_000;

/// The kind that was chosen.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Chosen {
    event: String,
}

/// A kind to choose.
struct Kind {
    event: Event,
    when: &'static str,
}

#[derive(Template)]
#[template(path = "choose.html")]
struct ChoosePage {
    shell: Shell,
    kinds: Vec<Kind>,
    may_register: bool,
}

/// An empty form of the kind that was chosen, or the choice.
pub(crate) async fn show(
    State(deps): State<Deps>,
    caller: Authority<Reporter>,
    Query(chosen): Query<Chosen>,
) -> Result<Response, PageError> {
    let whom = for_whom(&deps, &caller).await?;
    let Some(event) = chosen.event.parse().ok().filter(|event| REPORTED.contains(event)) else {
        let kinds = REPORTED.map(|event| Kind { event, when: kinds::words(event).when }).into();
        let may_register = may_register(&caller, whom.as_ref());
        return Ok(page(&ChoosePage { shell: Shell::new("Register a case", &caller), kinds, may_register }));
    };
    let mut raw = SubmitCase { event: Some(event.as_str().to_owned()), ..SubmitCase::default() };
    pad(&mut raw);
    Ok(render(&caller, whom.as_ref(), new_key(), &raw, &FieldErrors::new(), false))
}

/// A case belongs to an institution: the caller's, or one that the caller may name.
fn may_register(caller: &Principal, whom: Option<&ForWhom>) -> bool {
    whom.is_some() || caller.institution_id.is_some()
}

/// Whom the caller may register for; none but the own institution for a reporter.
async fn for_whom(deps: &Deps, principal: &Principal) -> Result<Option<ForWhom>, store::Error> {
    if principal.role != Role::Officer {
        return Ok(None);
    }
    let mut tx = deps.db.read().await?;
    let names = identity::institutions(&mut tx, MAX_INSTITUTIONS).await?;
    tx.commit().await?;
    let institutions = names.into_iter().map(|name| name.to_string()).collect();
    Ok(Some(ForWhom { institutions, has_own: principal.institution_id.is_some() }))
}

/// A list of names as a list of choices.
fn choices_of(names: &[String]) -> Vec<(&str, &str)> {
    names.iter().map(|name| (name.as_str(), name.as_str())).collect()
}

/// What was sent: registers the case, or changes the form as the pressed button says.
pub(crate) async fn submit(
    State(deps): State<Deps>,
    caller: Authority<Reporter>,
    form: Form<CaseForm>,
) -> Result<Response, PageError> {
    let CaseForm { key, action, mut case } = form.value;
    let whom = for_whom(&deps, &caller).await?;
    if change(&mut case, &action) {
        return Ok(render(&caller, whom.as_ref(), key, &case, &FieldErrors::new(), false));
    }
    let refuse = |key: String, errors: &FieldErrors, used_before: bool| {
        let mut shown = case.clone();
        pad(&mut shown);
        (StatusCode::UNPROCESSABLE_ENTITY, render(&caller, whom.as_ref(), key, &shown, errors, used_before))
            .into_response()
    };
    let today = CivilDate::new(deps.clock.now().utc_date());
    let parsed = match parse(&case, today) {
        Ok(parsed) => parsed,
        Err(errors) => return Ok(refuse(key, &errors, false)),
    };
    // Only a hand that wrote the hidden field by itself sends no key.
    let known: IdempotencyKey =
        key.parse().map_err(|error: ParseKeyError| Problem::bad_request(format!("The form's key {error}.")))?;
    match register(&deps, &caller, &known, case.hash(), &parsed).await {
        Ok(registered) => Ok(redirect(&format!("/cases/{}?done=registered", registered.id))),
        // Back, changed, sent again: a second case only if the reporter says so.
        Err(RegisterError::KeyReused) => Ok(refuse(new_key(), &FieldErrors::new(), true)),
        Err(RegisterError::Invalid(errors)) => Ok(refuse(key, &errors, false)),
        Err(error) => Err(error.into()),
    }
}

/// Does what a button says that is not "register"; says whether there was one.
fn change(case: &mut SubmitCase, action: &str) -> bool {
    let (verb, number) = action.split_once(':').unwrap_or((action, ""));
    let index = number.parse::<usize>().ok().filter(|index| *index < case.objects.len());
    match (verb, index) {
        ("add_object", _) => {
            if case.objects.len() < MAX_ON_FORM {
                case.objects.push(empty_sheet());
            }
        }
        ("remove_object", Some(index)) => {
            case.objects.remove(index);
        }
        ("more_measurements", Some(index)) => {
            let rows = &mut case.objects[index].measurements;
            rows.extend((0..MEASUREMENTS).map(|_| empty_row()));
        }
        _ => return false,
    }
    pad(case);
    true
}

/// Gives a form something to type into: one object at least where a list is expected, and rows for measurements.
fn pad(case: &mut SubmitCase) {
    if case.objects.is_empty() && case.typology.is_blank() && !kinds::has_typology(event_of(case)) {
        case.objects.push(empty_sheet());
    }
    for object in &mut case.objects {
        while object.measurements.len() < MEASUREMENTS {
            object.measurements.push(empty_row());
        }
    }
}

fn empty_sheet() -> RawObject {
    RawObject { measurements: (0..MEASUREMENTS).map(|_| empty_row()).collect(), ..RawObject::default() }
}

fn empty_row() -> RawMeasurement {
    RawMeasurement { unit: Some("cm".to_owned()), ..RawMeasurement::default() }
}

fn new_key() -> String {
    web::token::generate().0
}

fn render(
    principal: &Principal,
    whom: Option<&ForWhom>,
    key: String,
    case: &SubmitCase,
    errors: &FieldErrors,
    used_before: bool,
) -> Response {
    let groups = groups(case, whom);
    let mut named = FieldErrors::new();
    for error in errors.as_slice() {
        named.push(format!("/{PREFIX}{}", error.pointer), error.message.clone());
    }
    let form = FormState::new(pairs(case), &named);
    let errors = form.errors().iter().map(|(name, message)| shown(&groups, name, message)).collect();
    page(&NewPage {
        shell: Shell::new("Register a case", principal),
        key,
        errors,
        objects: case.objects.len(),
        used_before,
        may_register: may_register(principal, whom),
        institution: principal
            .institution
            .as_ref()
            .filter(|_| whom.is_none())
            .map_or_else(String::new, ToString::to_string),
        kind: event_of(case),
        typology: groups.iter().any(|group| group.id == "typology"),
        form,
        groups,
    })
}

/// An error in the words of the form: "Object 2 of 3: Title is required", leading to the field.
fn shown(groups: &[Group], name: &str, message: &str) -> ShownError {
    for group in groups {
        let place = if group.object.is_some() { format!("{}: ", group.legend) } else { String::new() };
        let Some(field) = group.fields.iter().find(|field| holds(field, name)) else { continue };
        return match &field.input {
            Input::Row(fields) => match fields.iter().find(|field| holds(field, name)) {
                Some(part) => {
                    let text = format!("{place}{}, {} {message}", field.label, part.label.to_lowercase());
                    ShownError { anchor: part.name.clone(), text }
                }
                None => ShownError { anchor: field.name.clone(), text: format!("{place}{} {message}", field.label) },
            },
            _ => ShownError { anchor: field.name.clone(), text: format!("{place}{} {message}", field.label) },
        };
    }
    // A rule about a whole group: the part for illicit exports, the number of objects.
    let part = name.strip_prefix(PREFIX).unwrap_or(name).trim_matches(['[', ']']);
    match groups.iter().find(|group| group.id == part) {
        Some(group) => ShownError { anchor: group.id.clone(), text: format!("“{}” {message}", group.legend) },
        None => ShownError { anchor: "main".to_owned(), text: format!("The report {message}") },
    }
}

/// Whether `name` is the field's or that of something in it.
fn holds(field: &Field, name: &str) -> bool {
    name.strip_prefix(&field.name).is_some_and(|rest| rest.is_empty() || rest.starts_with('['))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn buttons_change_the_form_and_keep_the_rest() {
        let mut case = SubmitCase { title: Some("A".to_owned()), ..SubmitCase::default() };
        assert!(change(&mut case, "add_object") && change(&mut case, "add_object"));
        case.objects[1].title = Some("second".to_owned());
        assert!(change(&mut case, "remove_object:0"));
        assert_eq!((case.objects.len(), case.objects[0].title.as_deref()), (1, Some("second")));
        assert!(change(&mut case, "more_measurements:0"));
        assert_eq!(case.objects[0].measurements.len(), 2 * MEASUREMENTS);
        assert_eq!(case.title.as_deref(), Some("A"));
        for other in ["", "register", "remove_object:7", "remove_object:x", "more_measurements:"] {
            assert!(!change(&mut case, other), "{other}");
        }
        for _ in 0..60 {
            change(&mut case, "add_object");
        }
        assert_eq!(case.objects.len(), MAX_ON_FORM);
    }

    #[test]
    fn errors_speak_the_words_of_the_form() {
        let mut case = SubmitCase::default();
        case.objects.extend([empty_sheet(), empty_sheet()]);
        let groups = groups(&case, None);
        for (name, text) in [
            ("case[objects][1][title]", "Object 2 of 2: Title is wrong"),
            ("case[loss][latest]", "Lost not after is wrong"),
            ("case[objects][0][flags][0]", "Object 1 of 2: True of this object is wrong"),
            ("case[objects][0][measurements][2][unit]", "Object 1 of 2: Measurement 3, unit is wrong"),
            ("case[export]", "The report is wrong"),
            ("case[objects]", "The report is wrong"),
        ] {
            assert_eq!(shown(&groups, name, "is wrong").text, text);
        }
    }
}
