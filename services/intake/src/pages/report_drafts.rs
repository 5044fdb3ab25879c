//! Drafts of reports: the list, the form filled with one, and what its buttons do.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use domain::FieldErrors;
use domain::codes::Event;
use domain::ids::{AccountId, ReportDraftId};
use serde::Deserialize;
use web::{
    Authority, Confirm, Flash, Form, FormState, PageError, Path, Principal, Problem, Query, Reporter, Shell, Sure,
    page, redirect,
};

use super::new::SENT_BEFORE;
use super::report::{Around, CaseForm, Purpose, change, for_whom, new_key, refuse, render, saved};
use crate::Deps;
use crate::completeness::{Judged, completeness};
use crate::edit::{Etag, Expected};
use crate::idempotency::IdempotencyKey;
use crate::parse::{event_of, parse};
use crate::register::{RegisterError, register_draft};
use crate::report_drafts::{KEPT_DAYS, ReportDraftView, SaveDraftError, discard_draft, drafts, find_draft, save_draft};

/// What whoever presses a button of a draft that is gone is told.
const GONE: &str = "The draft became a case, or was thrown away, meanwhile: look into the list of cases. Nothing you typed is lost; register it now only if it is another case.";

/// What was just done, by its code in the address.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Done {
    done: String,
}

#[derive(Template)]
#[template(path = "report_drafts.html")]
struct DraftsPage {
    shell: Shell,
    drafts: Vec<ReportDraftView>,
    me: AccountId,
    kept_days: u32,
}

fn kind(draft: &ReportDraftView) -> Event {
    event_of(&draft.report)
}

fn title(draft: &ReportDraftView) -> &str {
    let title = draft.report.title.as_deref().map(str::trim).filter(|title| !title.is_empty());
    title.unwrap_or("(no title yet)")
}

fn last_saved(draft: &ReportDraftView) -> String {
    saved(draft.saved_by.as_ref(), draft.saved_at)
}

/// The drafts of the reader's institution.
pub(crate) async fn list(
    State(deps): State<Deps>,
    caller: Authority<Reporter>,
    Query(done): Query<Done>,
) -> Result<Response, PageError> {
    let drafts = drafts(&deps, &caller).await?.drafts;
    let mut shell = Shell::new("Drafts of reports", &caller);
    shell.flash = (done.done == "discarded").then_some(Flash("The draft is thrown away."));
    Ok(page(&DraftsPage { shell, drafts, me: caller.account_id, kept_days: KEPT_DAYS }))
}

/// One draft, in the form.
pub(crate) async fn show(
    State(deps): State<Deps>,
    caller: Authority<Reporter>,
    Path(id): Path<ReportDraftId>,
    Query(done): Query<Done>,
) -> Result<Response, PageError> {
    let draft = find_draft(&deps, &caller, id).await?.ok_or_else(|| Problem::not_found("draft of a report"))?;
    let whom = for_whom(&deps, &caller).await?;
    let none = FieldErrors::new();
    let around = Around::new(purpose(&caller, &draft), whom.as_ref(), String::new(), &none);
    let flash = (done.done == "saved").then_some(Flash("The draft is saved. Nobody but your institution sees it."));
    let version = Etag::of_revision(draft.revision).as_str().to_owned();
    let around = Around { completeness: Some(&draft.completeness), version, flash, ..around };
    Ok(render(&caller, &draft.report, around))
}

fn purpose(caller: &Principal, draft: &ReportDraftView) -> Purpose {
    Purpose::Draft {
        id: draft.id,
        own: draft.owner_id == caller.account_id,
        saved: format!("Last saved by {}.", last_saved(draft)),
    }
}

/// What was sent: saves the draft, registers it, or changes the form as the pressed button says.
pub(crate) async fn submit(
    State(deps): State<Deps>,
    caller: Authority<Reporter>,
    Path(id): Path<ReportDraftId>,
    form: Form<CaseForm>,
) -> Result<Response, PageError> {
    let CaseForm { action, version, mut case, .. } = form.value;
    let whom = for_whom(&deps, &caller).await?;
    let (none, today) = (FieldErrors::new(), deps.clock.today());
    let changes = change(&mut case, &action);
    let expected = Expected::of_form(&version);
    let now = find_draft(&deps, &caller, id).await?;
    if changes && let Some(draft) = &now {
        let found = completeness(&case, Judged::Draft, today);
        let around = Around::new(purpose(&caller, draft), whom.as_ref(), String::new(), &none);
        return Ok(render(&caller, &case, Around { completeness: Some(&found), version, ..around }));
    }
    let clash = |theirs: &ReportDraftView| {
        let around = Around::new(purpose(&caller, theirs), whom.as_ref(), String::new(), &none);
        let version = Etag::of_revision(theirs.revision).as_str().to_owned();
        refuse(
            StatusCode::PRECONDITION_FAILED,
            &caller,
            &case,
            Around { version, theirs: Some(&theirs.report), ..around },
        )
    };
    let gone = |notice: &'static str| {
        let around = Around::new(Purpose::New, whom.as_ref(), new_key(), &none);
        refuse(StatusCode::CONFLICT, &caller, &case, Around { notice: Some(notice), ..around })
    };
    if action == "save_draft" {
        let allows = |revision| expected.allows(&Etag::of_revision(revision));
        return match save_draft(&deps, &caller, id, allows, &case).await {
            Ok(_) => Ok(redirect(&format!("/report-drafts/{id}?done=saved"))),
            Err(SaveDraftError::Changed(theirs)) => Ok(clash(&theirs)),
            Err(SaveDraftError::NoDraft) => Ok(gone(GONE)),
            Err(error) => Err(Problem::from(error).into()),
        };
    }
    if changes {
        return Ok(gone(GONE));
    }
    if let Some(theirs) = now.as_ref().filter(|draft| !expected.allows(&Etag::of_revision(draft.revision))) {
        return Ok(clash(theirs));
    }
    let invalid = |errors: &FieldErrors| {
        let found = completeness(&case, Judged::Draft, today);
        let purpose = now.as_ref().map_or(Purpose::New, |draft| purpose(&caller, draft));
        let key = if now.is_some() { String::new() } else { new_key() };
        let around = Around::new(purpose, whom.as_ref(), key, errors);
        let around = Around { completeness: Some(&found), version: version.clone(), ..around };
        refuse(StatusCode::UNPROCESSABLE_ENTITY, &caller, &case, around)
    };
    let parsed = match parse(&case, today) {
        Ok(parsed) => parsed,
        Err(errors) => return Ok(invalid(&errors)),
    };
    // None has the revision 0: the draft is gone, or was sent before.
    let revision = now.as_ref().map_or(0, |draft| draft.revision);
    // A draft is one case: sent by the form or by a program, its own identifier is the key.
    let key: IdempotencyKey = id.to_string().parse().expect("an identifier is visible ASCII");
    match register_draft(&deps, &caller, &key, case.hash(), &parsed, Some((id, revision))).await {
        Ok(registered) => Ok(redirect(&format!("/cases/{}?done=registered", registered.id))),
        Err(RegisterError::KeyReused) => Ok(gone(SENT_BEFORE)),
        Err(RegisterError::DraftGone) => match find_draft(&deps, &caller, id).await? {
            // A colleague saved it a moment ago.
            Some(theirs) => Ok(clash(&theirs)),
            None => Ok(gone(GONE)),
        },
        Err(RegisterError::Invalid(errors)) => Ok(invalid(&errors)),
        Err(error) => Err(error.into()),
    }
}

/// Throws a draft away, once that was said twice.
pub(crate) async fn discard(
    State(deps): State<Deps>,
    caller: Authority<Reporter>,
    Path(id): Path<ReportDraftId>,
    Query(word): Query<Sure>,
) -> Result<Response, PageError> {
    if !word.sure {
        let draft = find_draft(&deps, &caller, id).await?.ok_or_else(|| Problem::not_found("draft"))?;
        let confirm = Confirm {
            shell: Shell::new("Throw this draft away?", &caller),
            warning: "This cannot be undone: what was typed is deleted.".to_owned(),
            lines: vec![
                format!("{}: {}, {} of 100 complete.", title(&draft), kind(&draft).label(), draft.completeness.score),
                "Nothing of it was sent in. A report need not be complete to be sent in.".to_owned(),
            ],
            action: format!("/report-drafts/{id}/discard?sure=true"),
            hidden: Vec::new(),
            grounds: Vec::new(),
            button: "Throw it away".to_owned(),
            back: format!("/report-drafts/{id}"),
            form: FormState::default(),
        };
        return Ok(confirm.show());
    }
    discard_draft(&deps, &caller, id).await.map_err(Problem::from)?;
    Ok(redirect("/report-drafts?done=discarded"))
}
