//! A report is corrected: by its institution before the desk has verified it, by the desk at any time.
//!
//! Whoever corrects says which version they saw (`If-Match`, RFC 9110, 13.1.1): if somebody else changed the case
//! meanwhile, nothing is overwritten, and the second one is told to look again. What partners were told does not change
//! by it: the next update of the alert says field by field what did.

use axum::extract::State;
use axum::http::header::{ETAG, IF_MATCH};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use contracts::Service;
use contracts::events::CaseEditedV1;
use domain::case::NewCase;
use domain::codes::{CaseState, Role};
use domain::ids::{CaseId, ObjectId};
use sha2::{Digest, Sha256};
use store::cases::{self, CaseRow};
use store::{Tx, alerts, outbox, photos};
use web::{Authority, Json, Path, Principal, Problem, Reporter};

use crate::find_case::view_in;
use crate::submit::SubmitCase;
use crate::view::CaseView;
use crate::{Deps, parse};

/// The version of a case as its reader saw it: a hash of the very view, so that no change can be missed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Etag(String);

impl Etag {
    /// Of a view.
    pub fn of(view: &CaseView) -> Self {
        let body = serde_json::to_vec(view).expect("a view is plain data and always has a JSON form");
        let digest = Sha256::digest(body);
        Self(format!("\"{}\"", hex::encode(&digest[..16])))
    }

    /// Of something that counts its changes.
    pub(crate) fn of_revision(revision: i64) -> Self {
        Self(format!("\"{revision}\""))
    }

    /// As a form carries it.
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }

    /// As a header's value.
    pub fn header(&self) -> HeaderValue {
        HeaderValue::from_str(&self.0).expect("quotes and hexadecimal digits are a header's value")
    }
}

/// The versions a request may overwrite.
#[derive(Clone, Debug)]
pub struct Expected(String);

impl Expected {
    /// From a request's headers. "Any version" is not taken: it is what a lost update looks like.
    pub(crate) fn from_headers(headers: &HeaderMap) -> Result<Self, Problem> {
        let values: Vec<_> = headers.get_all(IF_MATCH).iter().filter_map(|value| value.to_str().ok()).collect();
        let text = values.join(",");
        if text.trim().is_empty() || text.trim() == "*" {
            let detail = "Send the header If-Match with the ETag of the case as you saw it, so that you overwrite nobody else's change.";
            return Err(Problem::new(
                StatusCode::PRECONDITION_REQUIRED,
                "precondition-required",
                "If-Match needed",
                detail,
            ));
        }
        Ok(Self(text))
    }

    /// The version that a form was filled from.
    pub(crate) fn of_form(text: &str) -> Self {
        Self(text.to_owned())
    }

    /// Whether it is one of the versions the caller saw.
    pub(crate) fn allows(&self, etag: &Etag) -> bool {
        self.0.split(',').any(|one| one.trim() == etag.0)
    }
}

/// Why a report was not corrected.
#[derive(Debug, thiserror::Error)]
pub enum EditError {
    /// There is no such case, or none the caller may see.
    #[error("find the case")]
    NoCase,
    /// Somebody else changed it meanwhile: this is how it is now.
    #[error("overwrite what somebody else changed meanwhile")]
    Changed(Box<CaseView>),
    /// It is verified, and the desk answers for what it says now.
    #[error("correct a verified case")]
    Verified,
    /// It is over: rejected, withdrawn, or part of another one.
    #[error("correct a case that ended")]
    Ended,
    /// A version waits for its release with the text of before.
    #[error("correct a case while a draft is open")]
    DraftOpen,
    /// Objects that a version of the alert told of would be left out.
    #[error("leave out an object that a version told of")]
    Told,
    /// Objects that have photographs would be left out.
    #[error("leave out an object with photographs")]
    HasPhotographs,
    /// The database did not do it.
    #[error(transparent)]
    Store(#[from] store::Error),
}

/// Whether somebody may correct a case that stands here. Once it is verified, or told, the desk answers for what it
/// says: it corrects, and an update tells partners what changed.
pub fn may_edit(state: CaseState, role: Role) -> Result<(), EditError> {
    match state {
        CaseState::Rejected | CaseState::Withdrawn | CaseState::Merged => Err(EditError::Ended),
        CaseState::Draft | CaseState::Submitted | CaseState::Triage | CaseState::Verifying => Ok(()),
        CaseState::Verified
        | CaseState::Alerting
        | CaseState::Active
        | CaseState::Closed
        | CaseState::Suspended
        | CaseState::Dormant => {
            if role == Role::Officer {
                Ok(())
            } else {
                Err(EditError::Verified)
            }
        }
    }
}

/// Replaces the report of a case by a corrected one. Objects keep their identifiers in the order of the report. Who
/// reported stays erased if it was.
pub async fn edit_case(
    deps: &Deps,
    principal: &Principal,
    id: CaseId,
    expected: &Expected,
    case: &NewCase,
) -> Result<CaseView, EditError> {
    let mut tx = deps.db.begin().await?;
    let row = cases::lock(&mut tx, id).await?.ok_or(EditError::NoCase)?;
    let before = view_in(deps, &mut tx, principal, id).await?.ok_or(EditError::NoCase)?;
    if !expected.allows(&Etag::of(&before)) {
        return Err(EditError::Changed(Box::new(before)));
    }
    may_edit(row.state, principal.role)?;
    let versions = alerts::of_case(&mut tx, id).await?;
    if versions.iter().any(|alert| alert.state.is_open()) {
        return Err(EditError::DraftOpen);
    }
    let kept = case.objects.len();
    let removed: Vec<_> = cases::objects(&mut tx, id).await?.into_iter().skip(kept).map(|object| object.id).collect();
    if !removed.is_empty() && !versions.is_empty() {
        return Err(EditError::Told);
    }
    if photos::of_case(&mut tx, id).await?.iter().any(|photo| removed.contains(&photo.object_id)) {
        return Err(EditError::HasPhotographs);
    }
    let objects = replace(deps, &mut tx, &row, case).await?;
    let event = CaseEditedV1 { case_id: id, objects, edited_by: principal.account_id };
    outbox::record(&mut tx, Service::Intake, &deps.clock, &event).await?;
    let after = view_in(deps, &mut tx, principal, id).await?.ok_or(EditError::NoCase)?;
    tx.commit().await?;
    deps.bell.ring();
    tracing::info!(case.id = %id, "corrected a case");
    Ok(after)
}

impl From<EditError> for Problem {
    fn from(error: EditError) -> Self {
        match error {
            EditError::NoCase => Self::not_found("case"),
            EditError::Changed(_) => Self::new(
                StatusCode::PRECONDITION_FAILED,
                "changed-meanwhile",
                "Changed meanwhile",
                "The case is not as you saw it any more. Get it again, look at what changed, and send your change anew.",
            ),
            EditError::Verified => Self::conflict(
                "already-verified",
                "The case is verified. From now on the desk corrects it, and an update of its alert says what changed.",
            ),
            EditError::Ended => {
                Self::conflict("case-ended", "The case is rejected, withdrawn, or part of another one.")
            }
            EditError::DraftOpen => Self::conflict(
                "draft-open",
                "A version of the alert waits for its release, and its text is that of before. Release or discard it first.",
            ),
            EditError::Told => Self::conflict(
                "object-told",
                "A version of the alert tells of an object that the correction leaves out. If it was reported in error, give it that status.",
            ),
            EditError::HasPhotographs => Self::conflict(
                "object-has-photographs",
                "An object that the correction leaves out has photographs. Remove them first.",
            ),
            EditError::Store(error) => error.into(),
        }
    }
}

async fn replace(deps: &Deps, tx: &mut Tx, row: &CaseRow, case: &NewCase) -> Result<i64, store::Error> {
    let facts = &case.facts;
    let corrected = CaseRow {
        event: facts.event,
        title: facts.title.clone(),
        language: facts.language,
        label: facts.label,
        country: facts.country,
        lost_earliest: facts.loss.earliest,
        lost_latest: facts.loss.latest,
        discovered: facts.loss.discovered,
        typology: facts.typology.clone().map(Into::into),
        updated_at: deps.clock.now(),
        ..row.clone()
    };
    cases::update_facts(tx, &corrected).await?;
    cases::update_circumstances(tx, row.id, &case.circumstances).await?;
    if cases::reporter(tx, row.id).await?.is_some() {
        cases::update_reporter(tx, row.id, &case.reporter).await?;
    }
    let known = cases::objects(tx, row.id).await?;
    for (object, description) in known.iter().zip(&case.objects) {
        if object.description.0 != *description {
            cases::set_description(tx, object.id, description).await?;
        }
    }
    let count = i64::try_from(case.objects.len()).unwrap_or(i64::MAX);
    let last = i64::try_from(known.len()).unwrap_or(i64::MAX);
    if count < last {
        cases::remove_objects_after(tx, row.id, count).await?;
    }
    let more = case.objects.iter().skip(known.len());
    let more: Vec<_> = more.map(|object| (ObjectId::generate(&deps.clock), object.clone())).collect();
    cases::append_objects(tx, row.id, last, &more, case.circumstances.details.first_status()).await?;
    cases::refresh_words(tx, row.id).await?;
    Ok(count)
}

/// Corrects a report: its institution until it is verified, a duty officer at any time.
#[utoipa::path(
    put, path = "/api/v1/cases/{id}", tag = "intake", request_body(content = SubmitCase, example = crate::openapi::report_example),
    params(
        ("id" = String, Path, description = "The case's identifier"),
        ("If-Match" = String, Header, description = "The ETag of the case as the caller saw it"),
    ),
    responses(
        (status = 200, description = "Corrected", body = CaseView, headers(("ETag" = String))),
        (status = 400, description = "The body cannot be read"),
        (status = 403, description = "The caller may not register cases"),
        (status = 404, description = "There is no such case, or none the caller may see"),
        (status = 409, description = "The case is verified or over, a draft of its alert is open, or an object that is left out has photographs"),
        (status = 412, description = "Somebody else changed the case meanwhile"),
        (status = 422, description = "Some fields break a rule"),
        (status = 428, description = "The header If-Match is missing"),
    )
)]
pub(crate) async fn api(
    State(deps): State<Deps>,
    caller: Authority<Reporter>,
    Path(id): Path<CaseId>,
    headers: HeaderMap,
    body: Json<SubmitCase>,
) -> Result<Response, Problem> {
    let expected = Expected::from_headers(&headers)?;
    let case = parse::parse(&body.value, deps.clock.today())?;
    let view = edit_case(&deps, &caller, id, &expected, &case).await?;
    Ok(([(ETAG, Etag::of(&view).header())], axum::Json(view)).into_response())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_is_named_and_any_is_not_enough() {
        let expected = |text: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(IF_MATCH, text.parse().unwrap());
            Expected::from_headers(&headers)
        };
        let etag = Etag("\"ab\"".to_owned());
        assert!(expected("\"ab\"").unwrap().allows(&etag) && expected("\"x\", \"ab\"").unwrap().allows(&etag));
        // A weak one says that something like it was seen.
        assert!(!expected("W/\"ab\"").unwrap().allows(&etag) && !expected("ab").unwrap().allows(&etag));
        assert!(expected("*").is_err() && expected(" ").is_err());
        assert_eq!(Expected::from_headers(&HeaderMap::new()).unwrap_err().status, 428);
    }
}
