//! The form of a report, wherever it stands: a new one, a draft, the correction of a case. Everything typed survives:
//! errors, another object, a key that was used, somebody who was faster.

use askama::Template;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use domain::FieldErrors;
use domain::case::CaseReference;
use domain::codes::{Event, Role};
use domain::ids::{CaseId, ReportDraftId};
use domain::text::Line;
use serde::Deserialize;
use store::identity;
use web::{Flash, FormState, Principal, Shell, page};

use super::form::{Field, ForWhom, Group, Input, groups};
use super::kinds;
use super::pairs::{PREFIX, pairs};
use crate::Deps;
use crate::completeness::{Completeness, Missing};
use crate::parse::event_of;
use crate::report_drafts::KEPT_DAYS;
use crate::submit::{RawMeasurement, RawObject, SubmitCase};

/// The most objects the form shows: a longer list is easier sent by a program.
pub(super) const MAX_ON_FORM: usize = 50;
/// The rows for measurements an empty sheet has.
const MEASUREMENTS: usize = 3;
/// More institutions than any list can be read with; a program names them all.
const MAX_INSTITUTIONS: i64 = 2_000;
/// What helps and is shown at once; the rest is folded away.
const HELPS_SHOWN: usize = 5;

/// The form as sent.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct CaseForm {
    /// Chosen by us when the form was first shown, so that a double click is one case.
    pub key: String,
    /// Which button was pressed.
    pub action: String,
    /// The version that a draft or a case had when the form was filled from it.
    pub version: String,
    pub case: SubmitCase,
}

/// What the form is for.
#[derive(Clone, Debug)]
pub(super) enum Purpose {
    /// A report that nobody has kept yet.
    New,
    /// A draft.
    Draft {
        id: ReportDraftId,
        /// Whether the reader began it, and may throw it away.
        own: bool,
        /// Who saved it last, and when; how long it stays.
        saved: String,
    },
    /// The correction of a case.
    Correct {
        id: CaseId,
        reference: CaseReference,
        /// Whether partners were told of it.
        told: bool,
    },
}

/// A field that somebody else changed meanwhile.
pub(super) struct Clash {
    label: String,
    anchor: String,
    theirs: String,
    yours: String,
}

/// An error or a lack, leading to its field.
pub(super) struct Shown {
    anchor: String,
    pub text: String,
    pub why: &'static str,
}

/// What is shown besides the report.
pub(super) struct Around<'a> {
    pub purpose: Purpose,
    pub whom: Option<&'a ForWhom>,
    pub key: String,
    pub version: String,
    pub errors: &'a FieldErrors,
    pub completeness: Option<&'a Completeness>,
    /// How the draft or case is now, if somebody else changed it meanwhile.
    pub theirs: Option<&'a SubmitCase>,
    /// A sentence above the form.
    pub notice: Option<&'static str>,
    pub flash: Option<Flash>,
}

impl<'a> Around<'a> {
    /// For a form with these errors.
    pub(super) fn new(purpose: Purpose, whom: Option<&'a ForWhom>, key: String, errors: &'a FieldErrors) -> Self {
        let version = String::new();
        Self { purpose, whom, key, version, errors, completeness: None, theirs: None, notice: None, flash: None }
    }
}

#[derive(Template)]
#[template(path = "report.html")]
struct ReportPage {
    shell: Shell,
    purpose: Purpose,
    key: String,
    version: String,
    groups: Vec<Group>,
    form: FormState,
    /// Each error with the anchor and the words of its field.
    errors: Vec<Shown>,
    clashes: Vec<Clash>,
    /// Whether somebody else was faster, even where no field differs.
    changed: bool,
    notice: Option<&'static str>,
    score: Option<u8>,
    needed: Vec<Shown>,
    helps: Vec<Shown>,
    more: Vec<Shown>,
    objects: usize,
    may_register: bool,
    /// The caller's own, if any.
    institution: String,
    kind: Event,
    /// Whether the form says what to look for, so that it needs no object.
    typology: bool,
    kept_days: u32,
}

impl ReportPage {
    /// Where the form is sent.
    fn action(&self) -> String {
        match &self.purpose {
            Purpose::New => "/cases/new".to_owned(),
            Purpose::Draft { id, .. } => format!("/report-drafts/{id}"),
            Purpose::Correct { id, .. } => format!("/cases/{id}/edit"),
        }
    }

    fn is_correction(&self) -> bool {
        matches!(self.purpose, Purpose::Correct { .. })
    }

    /// Objects keep their photographs and history by their place in the report, so that a correction only shortens it.
    fn may_remove(&self, group: &Group) -> bool {
        (self.objects > 1 || self.typology) && (group.last_object || !self.is_correction())
    }
}

/// A list of names as a list of choices.
fn choices_of(names: &[String]) -> Vec<(&str, &str)> {
    names.iter().map(|name| (name.as_str(), name.as_str())).collect()
}

/// A case belongs to an institution: the caller's, or one that the caller may name.
pub(super) fn may_register(caller: &Principal, whom: Option<&ForWhom>) -> bool {
    whom.is_some() || caller.institution_id.is_some()
}

/// Whom the caller may register for; none but the own institution for a reporter.
pub(super) async fn for_whom(deps: &Deps, principal: &Principal) -> Result<Option<ForWhom>, store::Error> {
    if principal.role != Role::Officer {
        return Ok(None);
    }
    let mut tx = deps.db.read().await?;
    let names = identity::institutions(&mut tx, MAX_INSTITUTIONS).await?;
    tx.commit().await?;
    let institutions = names.into_iter().map(|name| name.to_string()).collect();
    Ok(Some(ForWhom { institutions, has_own: principal.institution_id.is_some() }))
}

/// Does what a button says that only changes the form; says whether there was one.
pub(super) fn change(case: &mut SubmitCase, action: &str) -> bool {
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
pub(super) fn pad(case: &mut SubmitCase) {
    if case.objects.is_empty() && case.typology.is_blank() && !kinds::has_typology(event_of(case)) {
        case.objects.push(empty_sheet());
    }
    for object in &mut case.objects {
        while object.measurements.len() < MEASUREMENTS {
            object.measurements.push(empty_row());
        }
    }
    let countries = |list: &mut Vec<String>| {
        while list.len() < 3 {
            list.push(String::new());
        }
    };
    countries(&mut case.export.route);
    countries(&mut case.export.destinations);
    countries(&mut case.seizure.likely_origins);
}

fn empty_sheet() -> RawObject {
    RawObject { measurements: (0..MEASUREMENTS).map(|_| empty_row()).collect(), ..RawObject::default() }
}

fn empty_row() -> RawMeasurement {
    RawMeasurement { unit: Some("cm".to_owned()), ..RawMeasurement::default() }
}

pub(super) fn new_key() -> String {
    web::token::generate().0
}

/// The form with what is wrong; the answer says that it was not done.
pub(super) fn refuse(status: StatusCode, caller: &Principal, case: &SubmitCase, around: Around<'_>) -> Response {
    (status, render(caller, case, around)).into_response()
}

/// The form.
pub(super) fn render(caller: &Principal, case: &SubmitCase, around: Around<'_>) -> Response {
    let mut case = case.clone();
    pad(&mut case);
    let mut groups = groups(&case, around.whom);
    let title = match &around.purpose {
        Purpose::New => "Register a case".to_owned(),
        Purpose::Draft { .. } => "Draft of a report".to_owned(),
        Purpose::Correct { reference, .. } => format!("Correct {reference}"),
    };
    if matches!(around.purpose, Purpose::Correct { .. }) && is_erased(&case) {
        groups.retain(|group| group.id != "reporter");
    }
    let mut named = FieldErrors::new();
    for error in around.errors.as_slice() {
        named.push(format!("/{PREFIX}{}", error.pointer), error.message.clone());
    }
    let form = FormState::new(pairs(&case), &named);
    let errors = form.errors().iter().map(|(name, message)| shown(&groups, name, message)).collect();
    let lack = |missing: &Missing| lacking(&groups, missing);
    let needed = around.completeness.map_or(Vec::new(), |found| found.needed().map(lack).collect());
    let mut helps: Vec<_> = around.completeness.map_or(Vec::new(), |found| found.helps().map(lack).collect());
    let more = helps.split_off(helps.len().min(HELPS_SHOWN));
    let clashes = around.theirs.map_or(Vec::new(), |theirs| clashes(&groups, theirs, &case));
    let mut shell = Shell::new(title, caller);
    shell.flash = around.flash;
    page(&ReportPage {
        shell,
        key: around.key,
        version: around.version,
        errors,
        clashes,
        changed: around.theirs.is_some(),
        notice: around.notice,
        score: around.completeness.map(|found| found.score),
        needed,
        helps,
        more,
        objects: case.objects.len(),
        may_register: may_register(caller, around.whom) || matches!(around.purpose, Purpose::Correct { .. }),
        institution: caller
            .institution
            .as_ref()
            .filter(|_| around.whom.is_none())
            .map_or_else(String::new, ToString::to_string),
        kind: event_of(&case),
        typology: groups.iter().any(|group| group.id == "typology"),
        purpose: around.purpose,
        form,
        groups,
        kept_days: KEPT_DAYS,
    })
}

/// Whether who reported was erased: a correction neither asks for the person nor brings it back.
fn is_erased(case: &SubmitCase) -> bool {
    case.reporter.name.as_deref() == Some(ERASED)
}

/// Stands for a reporter who was erased while a correction is checked. Never stored.
pub(super) const ERASED: &str = "(erased)";

/// What a report lacks, in the words of the form.
pub(super) fn lacks(report: &SubmitCase, found: &Completeness) -> Vec<Shown> {
    let mut report = report.clone();
    pad(&mut report);
    let groups = groups(&report, None);
    found.missing.iter().map(|missing| lacking(&groups, missing)).collect()
}

/// Something that is missing, in the words of the form.
fn lacking(groups: &[Group], missing: &Missing) -> Shown {
    let name = field_name(&missing.pointer);
    let at = shown(groups, &name, "");
    let mut text = at.text.trim().to_owned();
    if missing.pointer == "/objects" {
        "The objects".clone_into(&mut text);
    }
    if let [_, _, ..] = missing.objects.as_slice() {
        let label = text.split_once(": ").map_or(text.as_str(), |(_, label)| label);
        let numbers: Vec<_> = missing.objects.iter().take(8).map(ToString::to_string).collect();
        let dots = if missing.objects.len() > 8 { ", …" } else { "" };
        text = format!("{label} (objects {}{dots})", numbers.join(", "));
    }
    Shown { anchor: at.anchor, text, why: missing.why }
}

/// `/objects/0/title` as the form names it.
fn field_name(pointer: &str) -> String {
    let parts = pointer.split('/').skip(1).map(|part| format!("[{part}]"));
    PREFIX.to_owned() + &parts.collect::<String>()
}

/// The fields in which two versions differ, in the order of the form.
fn clashes(groups: &[Group], theirs: &SubmitCase, yours: &SubmitCase) -> Vec<Clash> {
    let mut theirs = theirs.clone();
    pad(&mut theirs);
    let (theirs, yours) = (pairs(&theirs), pairs(yours));
    let value = |pairs: &[(String, String)], name: &str| {
        pairs.iter().find(|(one, _)| one == name).map_or_else(String::new, |(_, value)| value.trim().to_owned())
    };
    let mut names: Vec<&String> = yours.iter().chain(&theirs).map(|(name, _)| name).collect();
    let mut seen = std::collections::HashSet::new();
    names.retain(|name| seen.insert(name.as_str()));
    let differ = names.into_iter().filter_map(|name| {
        let (a, b) = (value(&theirs, name), value(&yours, name));
        (a != b).then(|| {
            let at = shown(groups, name, "");
            Clash { label: at.text.trim().to_owned(), anchor: at.anchor, theirs: a, yours: b }
        })
    });
    differ.collect()
}

/// An error in the words of the form: "Object 2 of 3: Title is required", leading to the field.
fn shown(groups: &[Group], name: &str, message: &str) -> Shown {
    let shown = |anchor: &str, text: String| Shown { anchor: anchor.to_owned(), text, why: "" };
    for group in groups {
        let place = if group.object.is_some() { format!("{}: ", group.legend) } else { String::new() };
        let Some(field) = group.fields.iter().find(|field| holds(field, name)) else { continue };
        return match &field.input {
            Input::Row(fields) => match fields.iter().find(|field| holds(field, name)) {
                Some(part) => {
                    let text = format!("{place}{}, {} {message}", field.label, part.label.to_lowercase());
                    shown(&part.name, text)
                }
                None => shown(&field.name, format!("{place}{} {message}", field.label)),
            },
            _ => shown(&field.name, format!("{place}{} {message}", field.label)),
        };
    }
    // A rule about a whole group: the part for illicit exports, the number of objects, the measurements of one.
    let part = name.strip_prefix(PREFIX).unwrap_or(name).trim_matches(['[', ']']);
    if let Some((number, "measurements")) = part.strip_prefix("objects][").and_then(|rest| rest.split_once("][")) {
        let group = groups.iter().find(|group| group.object.is_some_and(|index| index.to_string() == number));
        let place = group.map_or_else(String::new, |group| format!("{}: ", group.legend));
        return shown(&format!("{name}[0]"), format!("{place}Measurements {message}"));
    }
    match groups.iter().find(|group| group.id == part) {
        Some(group) => shown(&group.id, format!("“{}” {message}", group.legend)),
        None => shown("main", format!("The report {message}")),
    }
}

/// Whether `name` is the field's or that of something in it.
fn holds(field: &Field, name: &str) -> bool {
    name.strip_prefix(&field.name).is_some_and(|rest| rest.is_empty() || rest.starts_with('['))
}

/// Who saved something, as a sentence.
pub(super) fn saved(by: Option<&Line>, at: domain::Timestamp) -> String {
    let by = by.map_or_else(|| "somebody whose account is gone".to_owned(), ToString::to_string);
    format!("{by}, {}", at.human())
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
        for other in ["", "register", "save_draft", "remove_object:7", "remove_object:x", "more_measurements:"] {
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
            ("case[objects][1][measurements]", "Object 2 of 2: Measurements is wrong"),
            ("case[export]", "The report is wrong"),
            ("case[objects]", "The report is wrong"),
        ] {
            assert_eq!(shown(&groups, name, "is wrong").text, text);
        }
    }

    #[test]
    fn of_two_versions_the_fields_that_differ_are_told() {
        let mut case = SubmitCase { title: Some("Mine".to_owned()), ..SubmitCase::default() };
        case.objects.push(RawObject { title: Some("Head".to_owned()), ..RawObject::default() });
        pad(&mut case);
        let mut theirs = SubmitCase { title: Some("Theirs".to_owned()), ..case.clone() };
        theirs.objects[0].materials = Some("wood".to_owned());
        let groups = groups(&case, None);
        let found: Vec<_> =
            clashes(&groups, &theirs, &case).into_iter().map(|c| (c.label, c.theirs, c.yours)).collect();
        let expected = [("Title", "Theirs", "Mine"), ("The object: Materials and techniques", "wood", "")];
        assert_eq!(found, expected.map(|(a, b, c)| (a.to_owned(), b.to_owned(), c.to_owned())));
    }
}
