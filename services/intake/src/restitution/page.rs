//! `/objects/{id}/restitution`: the way back of an object; `/restitutions/{id}/icprcp`: the form on paper; `/clocks`:
//! the time limits that run.

use askama::Template;
use axum::extract::{Request, State};
use axum::http::header::CACHE_CONTROL;
use axum::response::{IntoResponse, Response};
use domain::case::CaseReference;
use domain::codes::{LegalInstrument, ObjectStatus, PartyRole, Reading, Role, Route, WayStep};
use domain::ids::{CaseId, ObjectId, RestitutionId};
use domain::text::Line;
use serde::Deserialize;
use store::{cases, restitutions};
use web::{
    Auditing, Authority, Flash, Form, FormState, Officer, PageError, Path, Permission, Principal, Problem, Query,
    Shell, SignedIn, page, redirect,
};

use super::api::{object_of, views};
use super::document::{AddDocument, add_document};
use super::icprcp::IcprcpForm;
use super::view::NO_ADVICE;
use super::{
    ClockView, NameParty, OpenRestitution, RestitutionError, RestitutionView, TakeWayStep, name_party,
    open_restitution, take_way_step,
};
use crate::Deps;
use crate::erase_reporter::Eraser;
use crate::pages::{COUNTRIES, Choice, choices, country_name};
use crate::reading::note_reading;

/// The most limits on one page.
const LISTED: i64 = 500;

/// What was just done, by its code in the address.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Done {
    done: String,
}

impl Done {
    fn flash(&self) -> Option<Flash> {
        Some(Flash(match self.done.as_str() {
            "opened" => "The way back is open, and the object stands so.",
            "party" => "The party is named.",
            "document" => "The document is recorded by its fingerprint, with its file if you sent it in.",
            "erased" => "It is erased for good.",
            "step" => "The step is recorded. Time limits are computed anew.",
            _ => return None,
        }))
    }
}

/// What was refused, with what was typed.
#[derive(Default)]
struct Refused {
    problem: Option<Problem>,
    open: FormState,
    party: FormState,
    document: FormState,
    step: FormState,
}

#[derive(Template)]
#[template(path = "restitution.html")]
struct RestitutionPage {
    shell: Shell,
    case_id: CaseId,
    reference: CaseReference,
    object_id: ObjectId,
    ordinal: i64,
    title: Line,
    status: ObjectStatus,
    all: Vec<RestitutionView>,
    caution: &'static str,
    officer: bool,
    /// May erase parties and documents.
    erasing: bool,
    /// Sees who the parties are.
    knows: bool,
    /// May open one now.
    opening: bool,
    routes: Vec<Choice>,
    instruments: Vec<Choice>,
    roles: Vec<Choice>,
    steps: Vec<Choice>,
    countries: &'static [Choice],
    refused: Refused,
}

/// `GET /objects/{id}/restitution`
pub(crate) async fn show(
    State(deps): State<Deps>,
    caller: Authority<SignedIn>,
    Path(id): Path<ObjectId>,
    Query(done): Query<Done>,
) -> Result<Response, PageError> {
    render(&deps, &caller, id, done.flash(), Refused::default()).await
}

/// `POST /objects/{id}/restitution`
pub(crate) async fn open(
    State(deps): State<Deps>,
    officer: Authority<Officer>,
    Path(id): Path<ObjectId>,
    form: Form<OpenRestitution>,
) -> Result<Response, PageError> {
    let done = match form.value.parse() {
        Ok(opening) => open_restitution(&deps, officer.account_id, id, opening).await.map(drop),
        Err(errors) => Err(RestitutionError::Invalid(errors)),
    };
    match done.map_err(Problem::from) {
        Ok(()) => Ok(redirect(&format!("/objects/{id}/restitution?done=opened"))),
        Err(problem) => {
            let open = FormState::refused(form.typed, &problem);
            again(&deps, &officer, id, problem, Refused { open, ..Refused::default() }).await
        }
    }
}

/// `POST /restitutions/{id}/parties`
pub(crate) async fn party(
    State(deps): State<Deps>,
    officer: Authority<Officer>,
    Path(id): Path<RestitutionId>,
    form: Form<NameParty>,
) -> Result<Response, PageError> {
    let done = match form.value.parse() {
        Ok((role, party)) => name_party(&deps, officer.account_id, id, role, party).await,
        Err(errors) => Err(RestitutionError::Invalid(errors)),
    };
    let refused = |problem: &Problem| Refused { party: FormState::refused(form.typed, problem), ..Refused::default() };
    after(&deps, &officer, id, done, "party", refused).await
}

/// `POST /restitutions/{id}/documents`
pub(crate) async fn document(
    State(deps): State<Deps>,
    officer: Authority<Officer>,
    Path(id): Path<RestitutionId>,
    request: Request,
) -> Result<Response, PageError> {
    let (form, file, pairs) = AddDocument::read(&deps.photos, request).await?;
    let done = match form.parse(file) {
        Ok(document) => add_document(&deps, officer.account_id, id, document).await,
        Err(errors) => Err(RestitutionError::Invalid(errors)),
    };
    let refused = |problem: &Problem| Refused { document: FormState::refused(pairs, problem), ..Refused::default() };
    after(&deps, &officer, id, done, "document", refused).await
}

/// `POST /restitutions/{id}/steps`
pub(crate) async fn step(
    State(deps): State<Deps>,
    officer: Authority<Officer>,
    Path(id): Path<RestitutionId>,
    form: Form<TakeWayStep>,
) -> Result<Response, PageError> {
    let done = match form.value.parse(deps.clock.today()) {
        Ok(taken) => take_way_step(&deps, officer.account_id, id, taken).await,
        Err(errors) => Err(RestitutionError::Invalid(errors)),
    };
    let refused = |problem: &Problem| Refused { step: FormState::refused(form.typed, problem), ..Refused::default() };
    after(&deps, &officer, id, done, "step", refused).await
}

/// Back to the page of the object, or the page again with what was refused.
async fn after(
    deps: &Deps,
    officer: &Principal,
    id: RestitutionId,
    done: Result<(), RestitutionError>,
    code: &str,
    refused: impl FnOnce(&Problem) -> Refused,
) -> Result<Response, PageError> {
    let mut tx = deps.db.read().await?;
    let row = restitutions::find(&mut tx, id).await?.ok_or_else(|| Problem::not_found("restitution"))?;
    tx.commit().await?;
    match done.map_err(Problem::from) {
        Ok(()) => Ok(redirect(&format!("/objects/{}/restitution?done={code}", row.object_id))),
        Err(problem) => {
            let refused = refused(&problem);
            again(deps, officer, row.object_id, problem, refused).await
        }
    }
}

async fn again(
    deps: &Deps,
    caller: &Principal,
    id: ObjectId,
    problem: Problem,
    refused: Refused,
) -> Result<Response, PageError> {
    let (status, problem) = problem.beside_form()?;
    let page = render(deps, caller, id, None, Refused { problem: Some(problem), ..refused }).await?;
    Ok((status, page).into_response())
}

async fn render(
    deps: &Deps,
    caller: &Principal,
    id: ObjectId,
    flash: Option<Flash>,
    refused: Refused,
) -> Result<Response, PageError> {
    let mut tx = deps.db.read().await?;
    let (case, object) = object_of(&mut tx, caller, id).await?.ok_or_else(|| Problem::not_found("object"))?;
    let all = views(&mut tx, caller, &case, id, deps.clock.today()).await?;
    tx.commit().await?;
    note_reading(deps, caller, case.id, Reading::Restitution).await?;
    let officer = caller.role == Role::Officer;
    let may = object.status == ObjectStatus::Restitution || object.status.check(ObjectStatus::Restitution).is_ok();
    let mut shell = Shell::new(format!("Way back · {}", object.title), caller);
    shell.flash = flash;
    let shown = page(&RestitutionPage {
        shell,
        case_id: case.id,
        reference: case.reference,
        object_id: id,
        ordinal: object.ordinal,
        title: object.title,
        status: object.status,
        opening: officer && may && all.iter().all(|one| one.ended_at.is_some()),
        all,
        caution: NO_ADVICE,
        officer,
        erasing: Eraser::ROLES.contains(&caller.role),
        knows: matches!(caller.role, Role::Officer | Role::Reporter),
        routes: choices!(Route),
        instruments: choices!(LegalInstrument),
        roles: choices!(PartyRole),
        steps: choices!(WayStep),
        countries: &COUNTRIES,
        refused,
    });
    Ok(([(CACHE_CONTROL, "no-store")], shown).into_response())
}

#[derive(Template)]
#[template(path = "icprcp.html")]
struct IcprcpPage {
    shell: Shell,
    id: RestitutionId,
    object_id: ObjectId,
    form: IcprcpForm,
    /// This build prints.
    prints: bool,
}

/// `GET /restitutions/{id}/icprcp`
pub(crate) async fn icprcp(
    State(deps): State<Deps>,
    caller: Authority<SignedIn>,
    Path(id): Path<RestitutionId>,
) -> Result<Response, PageError> {
    let form = IcprcpForm::read(&deps, &caller, id).await?;
    let mut tx = deps.db.read().await?;
    let row = restitutions::find(&mut tx, id).await?.ok_or_else(|| Problem::not_found("restitution"))?;
    tx.commit().await?;
    let shell = Shell::new(format!("ICPRCP form · {}", form.reference), &caller);
    let shown = page(&IcprcpPage { shell, id, object_id: row.object_id, form, prints: cfg!(feature = "pdf") });
    Ok(([(CACHE_CONTROL, "no-store")], shown).into_response())
}

/// A time limit with what it is about.
struct Watched {
    clock: ClockView,
    reference: CaseReference,
    object: Line,
}

#[derive(Template)]
#[template(path = "clocks.html")]
struct ClocksPage {
    shell: Shell,
    watched: Vec<Watched>,
    caution: &'static str,
}

/// `GET /clocks`
pub(crate) async fn clocks(State(deps): State<Deps>, caller: Authority<Auditing>) -> Result<Response, PageError> {
    let today = deps.clock.today();
    let mut tx = deps.db.read().await?;
    let mut watched = Vec::new();
    for row in restitutions::running(&mut tx, LISTED).await? {
        let Some(case) = cases::find(&mut tx, row.case_id).await? else { continue };
        let objects = cases::objects(&mut tx, row.case_id).await?;
        let Some(object) = objects.into_iter().find(|one| one.id == row.object_id) else { continue };
        let clock = ClockView::new(&row, today);
        watched.push(Watched { clock, reference: case.reference, object: object.title });
    }
    tx.commit().await?;
    Ok(page(&ClocksPage { shell: Shell::new("Time limits", &caller), watched, caution: NO_ADVICE }))
}
