//! What officers do on the page of a case: verify, draft, release, discard. Each leads back to that page.

use axum::extract::State;
use axum::response::Response;
use domain::codes::{AlertKind, CaseStep};
use domain::ids::{AlertId, CaseId, ObjectId};
use store::{alerts, cases};
use web::{
    Authority, Confirm, Form, FormState, Officer, PageError, Path, Principal, Problem, Query, Reporter, Shell, Sure,
    redirect,
};

use super::case::{Refused, again};
use crate::Deps;
use crate::access::sight;
use crate::discard::discard_alert;
use crate::draft::{DraftAlert, draft_alert};
use crate::embargo::{SetEmbargo, set_embargo};
use crate::erase_reporter::{Erase, Eraser, erase_reporter};
use crate::release::{ReleaseAlert, release_alert};
use crate::schedule::{ScheduleAlert, schedule_alert, unschedule_alert};
use crate::set_status::SetStatus;
use crate::step::{TakeStep, take_step};
use crate::verify::{VerifyCase, VerifyError, verify_case};

/// Verifies a case.
pub(crate) async fn verify(
    State(deps): State<Deps>,
    officer: Authority<Officer>,
    Path(id): Path<CaseId>,
    form: Form<VerifyCase>,
) -> Result<Response, PageError> {
    let done = match form.value.parse() {
        Ok(verification) => verify_case(&deps, officer.account_id, id, verification).await,
        Err(errors) => Err(VerifyError::Invalid(errors)),
    };
    match done.map_err(Problem::from) {
        Ok(_) => Ok(redirect(&format!("/cases/{id}?done=verified"))),
        Err(problem) => {
            let verify = FormState::refused(form.typed, &problem);
            again(&deps, &officer, id, problem, Refused { verify, ..Refused::default() }).await
        }
    }
}

/// Takes a step in the life of the case.
pub(crate) async fn step(
    State(deps): State<Deps>,
    caller: Authority<Reporter>,
    Path(id): Path<CaseId>,
    Query(word): Query<Sure>,
    form: Form<TakeStep>,
) -> Result<Response, PageError> {
    let done = match form.value.parse(deps.clock.today()) {
        Ok(asked) if !word.sure && matches!(asked.step, CaseStep::Withdraw | CaseStep::Reject) => {
            let mut tx = deps.db.read().await?;
            let case = cases::find(&mut tx, id).await?;
            tx.commit().await?;
            // Another institution's case looks as if it did not exist, also to whoever is only asked.
            let case = case.filter(|case| sight(&caller, case.institution_id).is_some());
            case.ok_or_else(|| Problem::not_found("case"))?;
            let step = asked.step.label();
            let asked = Asked {
                title: format!("{step}: are you sure?"),
                warning: "The case ends here.",
                lines: &["Partners that were told hear of it by a cancel or an update, which the desk drafts apart."],
                action: format!("/cases/{id}/steps?sure=true"),
                button: step,
            };
            return Ok(asked.of(&caller, id, form.typed));
        }
        Ok(asked) => take_step(&deps, &caller, id, asked).await.map_err(Problem::from),
        Err(errors) => Err(errors.into()),
    };
    match done {
        Ok(_) => Ok(redirect(&format!("/cases/{id}?done=moved"))),
        Err(problem) => {
            let step = FormState::refused(form.typed, &problem);
            again(&deps, &caller, id, problem, Refused { step, ..Refused::default() }).await
        }
    }
}

/// Changes where an object stands.
pub(crate) async fn set_status(
    State(deps): State<Deps>,
    officer: Authority<Officer>,
    Path(id): Path<ObjectId>,
    form: Form<SetStatus>,
) -> Result<Response, PageError> {
    let done = match form.value.parse() {
        Ok(asked) => crate::set_status::set_status(&deps, officer.account_id, id, asked).await.map_err(Problem::from),
        Err(errors) => Err(errors.into()),
    };
    match done {
        Ok((case, _)) => Ok(redirect(&format!("/cases/{case}?done=status"))),
        Err(problem) => {
            let mut tx = deps.db.read().await?;
            let case = cases::case_of_object(&mut tx, id).await?.ok_or_else(|| Problem::not_found("object"))?;
            tx.commit().await?;
            let status = FormState::refused(form.typed, &problem);
            again(&deps, &officer, case, problem, Refused { status, of: Some(id), ..Refused::default() }).await
        }
    }
}

/// Drafts the next version.
pub(crate) async fn draft(
    State(deps): State<Deps>,
    officer: Authority<Officer>,
    Path(id): Path<CaseId>,
    Query(word): Query<Sure>,
    form: Form<DraftAlert>,
) -> Result<Response, PageError> {
    let done = match form.value.parse() {
        Ok(request) if !word.sure && request.kind == AlertKind::Cancel => {
            let asked = Asked {
                title: "A cancel says that the alarm was wrong. Draft it?".to_owned(),
                warning: "Released, it tells everybody who was told to stop looking. What is back is a recovery.",
                lines: &["A second officer releases it. Until then it can be thrown away."],
                action: format!("/cases/{id}/alerts?sure=true"),
                button: "Draft the cancel",
            };
            return Ok(asked.of(&officer, id, form.typed));
        }
        Ok(request) => draft_alert(&deps, officer.account_id, id, request).await.map_err(Problem::from),
        Err(errors) => Err(errors.into()),
    };
    match done {
        Ok(_) => Ok(redirect(&format!("/cases/{id}?done=drafted"))),
        Err(problem) => {
            let draft = FormState::refused(form.typed, &problem);
            again(&deps, &officer, id, problem, Refused { draft, ..Refused::default() }).await
        }
    }
}

/// Erases who reported.
pub(crate) async fn erase(
    State(deps): State<Deps>,
    caller: Authority<Eraser>,
    Path(id): Path<CaseId>,
    Query(word): Query<Sure>,
    form: Form<Erase>,
) -> Result<Response, PageError> {
    match form.value.parse() {
        Ok(ground) if !word.sure => {
            let asked = Asked {
                title: "Erase who reported?".to_owned(),
                warning: "This cannot be undone: name, e-mail and telephone are gone for good.",
                lines: &["The institution, the case, and every proof stay."],
                action: format!("/cases/{id}/erase-reporter?sure=true"),
                button: "Erase the person",
            };
            let form = vec![("ground".to_owned(), ground.to_string())];
            Ok(asked.of(&caller, id, form))
        }
        Ok(ground) if erase_reporter(&deps, caller.account_id, id, ground).await? => {
            Ok(redirect(&format!("/cases/{id}?done=erased")))
        }
        Ok(_) => Err(Problem::not_found("case").into()),
        Err(errors) => {
            let problem = Problem::from(errors);
            let erase = FormState::refused(form.typed, &problem);
            again(&deps, &caller, id, problem, Refused { erase, ..Refused::default() }).await
        }
    }
}

/// Releases a draft.
pub(crate) async fn release(
    State(deps): State<Deps>,
    officer: Authority<Officer>,
    Path(id): Path<AlertId>,
    form: Form<ReleaseAlert>,
) -> Result<Response, PageError> {
    let case = case_of(&deps, id).await?;
    match release_alert(&deps, officer.account_id, id, form.value.last_override).await {
        Ok(_) => Ok(redirect(&format!("/cases/{case}?done=released"))),
        Err(error) => again(&deps, &officer, case, error.into(), Refused::default()).await,
    }
}

/// Releases a draft for a moment to come.
pub(crate) async fn schedule(
    State(deps): State<Deps>,
    officer: Authority<Officer>,
    Path(id): Path<AlertId>,
    form: Form<ScheduleAlert>,
) -> Result<Response, PageError> {
    let case = case_of(&deps, id).await?;
    let done = match form.value.parse(deps.clock.now()) {
        Ok(at) => {
            schedule_alert(&deps, officer.account_id, id, at, form.value.last_override).await.map_err(Problem::from)
        }
        Err(errors) => Err(errors.into()),
    };
    match done {
        Ok(_) => Ok(redirect(&format!("/cases/{case}?done=scheduled"))),
        Err(problem) => {
            let schedule = FormState::refused(form.typed, &problem);
            again(&deps, &officer, case, problem, Refused { schedule, ..Refused::default() }).await
        }
    }
}

/// Calls back what waits for its moment.
pub(crate) async fn unschedule(
    State(deps): State<Deps>,
    officer: Authority<Officer>,
    Path(id): Path<AlertId>,
) -> Result<Response, PageError> {
    let case = case_of(&deps, id).await?;
    match unschedule_alert(&deps, officer.account_id, id).await {
        Ok(_) => Ok(redirect(&format!("/cases/{case}?done=unscheduled"))),
        Err(error) => again(&deps, &officer, case, error.into(), Refused::default()).await,
    }
}

/// Sets, changes or lifts the embargo of a case.
pub(crate) async fn embargo(
    State(deps): State<Deps>,
    officer: Authority<Officer>,
    Path(id): Path<CaseId>,
    form: Form<SetEmbargo>,
) -> Result<Response, PageError> {
    let done = match form.value.parse(deps.clock.now()) {
        Ok(asked) => set_embargo(&deps, officer.account_id, id, asked).await.map_err(Problem::from),
        Err(errors) => Err(errors.into()),
    };
    match done {
        Ok(_) => Ok(redirect(&format!("/cases/{id}?done=embargoed"))),
        Err(problem) => {
            let embargo = FormState::refused(form.typed, &problem);
            again(&deps, &officer, id, problem, Refused { embargo, ..Refused::default() }).await
        }
    }
}

/// Throws a draft away.
pub(crate) async fn discard(
    State(deps): State<Deps>,
    officer: Authority<Officer>,
    Path(id): Path<AlertId>,
) -> Result<Response, PageError> {
    let case = case_of(&deps, id).await?;
    match discard_alert(&deps, officer.account_id, id).await {
        Ok(_) => Ok(redirect(&format!("/cases/{case}?done=discarded"))),
        Err(error) => again(&deps, &officer, case, error.into(), Refused::default()).await,
    }
}

/// What the page of a case asks once more.
struct Asked {
    title: String,
    warning: &'static str,
    lines: &'static [&'static str],
    action: String,
    button: &'static str,
}

impl Asked {
    /// The page that asks, with what was typed before it.
    fn of(self, who: &Principal, case: CaseId, typed: Vec<(String, String)>) -> Response {
        let confirm = Confirm {
            shell: Shell::new(self.title, who),
            warning: self.warning.to_owned(),
            lines: self.lines.iter().map(|line| (*line).to_owned()).collect(),
            action: self.action,
            hidden: typed,
            grounds: Vec::new(),
            button: self.button.to_owned(),
            back: format!("/cases/{case}"),
            form: FormState::default(),
        };
        confirm.show()
    }
}

async fn case_of(deps: &Deps, id: AlertId) -> Result<CaseId, PageError> {
    let mut tx = deps.db.read().await?;
    let alert = alerts::find(&mut tx, id).await?.ok_or_else(|| Problem::not_found("alert"))?;
    tx.commit().await?;
    Ok(alert.case_id)
}
