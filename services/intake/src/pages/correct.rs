//! The correction of a case: the form filled with what is recorded. Somebody who was faster overwrites nothing and is
//! overwritten by nobody: both versions are shown, and what was typed stays.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use domain::FieldErrors;
use domain::codes::{AlertState, Reading};
use domain::ids::CaseId;
use web::{Authority, Form, PageError, Path, Problem, Reporter, redirect};

use super::report::{Around, CaseForm, ERASED, MAX_ON_FORM, Purpose, change, refuse, render};
use crate::Deps;
use crate::as_submitted::as_submitted;
use crate::completeness::{Completeness, Judged, completeness};
use crate::edit::{EditError, Etag, Expected, edit_case, may_edit};
use crate::find_case::find_case;
use crate::parse::parse;
use crate::reading::note_reading;
use crate::submit::{RawReporter, SubmitCase};
use crate::view::CaseView;

/// The form filled with the case.
pub(crate) async fn show(
    State(deps): State<Deps>,
    caller: Authority<Reporter>,
    Path(id): Path<CaseId>,
) -> Result<Response, PageError> {
    let case = find_case(&deps, &caller, id).await?.ok_or_else(|| Problem::not_found("case"))?;
    may_edit(case.state, caller.role).map_err(Problem::from)?;
    if case.objects.len() > MAX_ON_FORM {
        let detail = format!(
            "The form takes {MAX_ON_FORM} objects and the case has {}. Correct it by a program: PUT /api/v1/cases/{id}.",
            case.objects.len()
        );
        return Err(Problem::conflict("too-many-for-a-form", detail).into());
    }
    note_reading(&deps, &caller, id, Reading::Case).await?;
    let report = report(&case);
    let none = FieldErrors::new();
    let around = Around::new(purpose(&case), None, String::new(), &none);
    let version = Etag::of(&case).as_str().to_owned();
    Ok(render(&caller, &report, Around { version, completeness: Some(&case.completeness), ..around }))
}

/// What the form is filled with.
fn report(case: &CaseView) -> SubmitCase {
    let mut report = as_submitted(case);
    if case.reporter.is_none() {
        report.reporter = erased();
    }
    report
}

/// Stands for a person who was erased, so that the rest can be checked. That an official source sent the report was
/// weighed when it came; a correction must not fail for it.
fn erased() -> RawReporter {
    RawReporter {
        name: Some(ERASED.to_owned()),
        capacity: Some("national_authority".to_owned()),
        ..RawReporter::default()
    }
}

fn purpose(case: &CaseView) -> Purpose {
    let told = case.alerts.iter().any(|alert| alert.state == AlertState::Released);
    Purpose::Correct { id: case.id, reference: case.reference, told }
}

/// What was sent: corrects the case, or changes the form as the pressed button says.
pub(crate) async fn submit(
    State(deps): State<Deps>,
    caller: Authority<Reporter>,
    Path(id): Path<CaseId>,
    form: Form<CaseForm>,
) -> Result<Response, PageError> {
    let CaseForm { action, version, case: mut typed, .. } = form.value;
    let case = find_case(&deps, &caller, id).await?.ok_or_else(|| Problem::not_found("case"))?;
    if case.reporter.is_none() {
        typed.reporter = erased();
    }
    let (none, today) = (FieldErrors::new(), deps.clock.today());
    let changes = change(&mut typed, &action);
    let found = completeness(&typed, Judged::Case, today);
    let again = |status: StatusCode, errors: &FieldErrors, found: Option<&Completeness>| {
        let around = Around::new(purpose(&case), None, String::new(), errors);
        let around = Around { version: version.clone(), completeness: found, ..around };
        refuse(status, &caller, &typed, around)
    };
    if changes {
        return Ok(again(StatusCode::OK, &none, Some(&found)));
    }
    let parsed = match parse(&typed, today) {
        Ok(parsed) => parsed,
        Err(errors) => return Ok(again(StatusCode::UNPROCESSABLE_ENTITY, &errors, Some(&found))),
    };
    match edit_case(&deps, &caller, id, &Expected::of_form(&version), &parsed).await {
        Ok(_) => Ok(redirect(&format!("/cases/{id}?done=corrected"))),
        Err(EditError::Changed(now)) => {
            let around = Around::new(purpose(&now), None, String::new(), &none);
            let theirs = report(&now);
            let version = Etag::of(&now).as_str().to_owned();
            let around = Around { version, theirs: Some(&theirs), ..around };
            Ok(refuse(StatusCode::PRECONDITION_FAILED, &caller, &typed, around))
        }
        // Whatever else stands in the way is said above the form, and nothing typed is lost.
        Err(
            error @ (EditError::Verified
            | EditError::Ended
            | EditError::DraftOpen
            | EditError::Told
            | EditError::HasPhotographs),
        ) => {
            let notice = notice(&error);
            let around = Around::new(purpose(&case), None, String::new(), &none);
            let around = Around { version: version.clone(), notice: Some(notice), ..around };
            Ok(refuse(StatusCode::CONFLICT, &caller, &typed, around))
        }
        Err(error) => Err(Problem::from(error).into()),
    }
}

/// Why it was not done, as a sentence above the form.
fn notice(error: &EditError) -> &'static str {
    match error {
        EditError::DraftOpen => {
            "A version of the alert waits for its release, and its text is that of before. Release or discard it first; nothing you typed is lost as long as this page stays open."
        }
        EditError::Told => {
            "A version of the alert tells of the object that you left out. Add it again; if it was reported in error, give it that status on the page of the case."
        }
        EditError::HasPhotographs => {
            "The object that you left out has photographs. Remove them first, or add the object again; nothing you typed is lost."
        }
        _ => "The case was verified, or ended, meanwhile. Ask the desk to correct it; nothing you typed is lost.",
    }
}
