//! `/cases/{id}/sightings`: what was seen, for those who need to know; and `/sightings`, what waits for the desk.

use std::collections::HashMap;

use askama::Template;
use axum::extract::{Request, State};
use axum::http::header::CACHE_CONTROL;
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use domain::case::CaseReference;
use domain::codes::{Role, SightingState, Venue};
use domain::ids::{CaseId, ObjectId, PartnerId, SightingId};
use domain::partner::Directory;
use domain::sighting::{NeedToKnow, Reader};
use domain::text::Line;
use domain::{CivilDate, Country, Timestamp};
use serde::Deserialize;
use store::{cases, partners, sightings};
use web::{
    Authority, Flash, Form, FormState, Officer, PageError, Path, Permission, Principal, Problem, Query, Reporter,
    Shell, SignedIn, page, redirect,
};

use super::api::of_case;
use super::photo::develop;
use super::report::Report;
use super::{DecideSighting, ReportSighting, SightingsView, add_sighting_photo, decide_sighting, report_sighting};
use crate::Deps;
use crate::access::sight;
use crate::erase_reporter::Eraser;
use crate::pages::{COUNTRIES, Choice, choices, country_name};
use crate::parts;
use crate::photos::MAX_BODY;

/// The texts of the form beside the photograph.
const FIELDS: [&str; 8] = ["object_id", "what", "place", "country", "venue", "seen_on", "time", "source"];

/// The most sightings that wait on one page.
const LISTED: i64 = 200;

#[derive(Template)]
#[template(path = "sightings.html")]
struct SightingsPage {
    shell: Shell,
    case_id: CaseId,
    reference: CaseReference,
    title: Line,
    view: SightingsView,
    objects: Vec<(String, String)>,
    /// Who answers for the place of each sighting, for the desk.
    police: HashMap<SightingId, Vec<(PartnerId, Line)>>,
    partners: HashMap<PartnerId, Line>,
    officer: bool,
    reporting: bool,
    /// May erase who told it.
    erasing: bool,
    countries: &'static [Choice],
    venues: Vec<Choice>,
    problem: Option<Problem>,
    report: FormState,
    photo: FormState,
    decide: FormState,
    /// The sighting of which something was refused.
    of: Option<SightingId>,
}

impl SightingsPage {
    fn object(&self, id: Option<&ObjectId>) -> &str {
        let id = id.map(ToString::to_string).unwrap_or_default();
        self.objects.iter().find(|(one, _)| *one == id).map_or("not named", |(_, title)| title.as_str())
    }

    fn partner(&self, id: &PartnerId) -> &str {
        self.partners.get(id).map_or("a partner that is no longer in the directory", Line::as_str)
    }

    fn police(&self, id: &SightingId) -> &[(PartnerId, Line)] {
        self.police.get(id).map_or(&[], Vec::as_slice)
    }

    fn is_refused(&self, id: &SightingId) -> bool {
        self.of.as_ref() == Some(id)
    }
}

/// How a state looks. The word always stands beside it.
fn tone(state: &SightingState) -> &'static str {
    match state {
        SightingState::Open => "warn",
        SightingState::Accepted => "good",
        SightingState::Dismissed => "plain",
    }
}

/// What was just done, by its code in the address.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Done {
    done: String,
}

impl Done {
    fn flash(&self) -> Option<Flash> {
        Some(Flash(match self.done.as_str() {
            "reported" => "The sighting is recorded. The desk looks at it.",
            "photo" => "The photograph is kept with the sighting.",
            "erased" => "Who told of the sighting is erased.",
            "accepted" => "The sighting is accepted. The object stands as sighted, unless it had come further.",
            "dismissed" => "The sighting is dismissed.",
            _ => return None,
        }))
    }
}

#[derive(Default)]
struct Refused {
    problem: Option<Problem>,
    report: FormState,
    photo: FormState,
    decide: FormState,
    of: Option<SightingId>,
}

/// `GET /cases/{id}/sightings`
pub(crate) async fn show(
    State(deps): State<Deps>,
    caller: Authority<SignedIn>,
    Path(id): Path<CaseId>,
    Query(done): Query<Done>,
) -> Result<Response, PageError> {
    render(&deps, &caller, id, done.flash(), Refused::default()).await
}

/// `POST /cases/{id}/sightings`
pub(crate) async fn report(
    State(deps): State<Deps>,
    caller: Authority<Reporter>,
    Path(id): Path<CaseId>,
    request: Request,
) -> Result<Response, PageError> {
    let sent = parts::read(&deps.photos, request, &FIELDS, MAX_BODY).await?;
    let done = match sent.body::<ReportSighting>()?.parse(deps.clock.today()) {
        Ok(report) => record(&deps, &caller, id, report, sent.file).await,
        Err(errors) => Err(errors.into()),
    };
    match done {
        Ok(()) => Ok(redirect(&format!("/cases/{id}/sightings?done=reported"))),
        Err(problem) => {
            let report = FormState::refused(sent.typed, &problem);
            again(&deps, &caller, id, problem, Refused { report, ..Refused::default() }).await
        }
    }
}

async fn record(deps: &Deps, by: &Principal, id: CaseId, report: Report, file: Bytes) -> Result<(), Problem> {
    // Nobody makes us look at a file for a case that is not theirs.
    let mut tx = deps.db.read().await?;
    let case = cases::find(&mut tx, id).await?.filter(|case| sight(by, case.institution_id).is_some());
    tx.commit().await?;
    if case.is_none() {
        return Err(Problem::not_found("case"));
    }
    let photo = if file.is_empty() { None } else { Some(develop(deps, file).await?) };
    report_sighting(deps, by, id, report, photo).await?;
    Ok(())
}

/// `POST /sightings/{id}/photo`
pub(crate) async fn add_photo(
    State(deps): State<Deps>,
    caller: Authority<Reporter>,
    Path(id): Path<SightingId>,
    request: Request,
) -> Result<Response, PageError> {
    let sent = parts::read(&deps.photos, request, &[], MAX_BODY).await?;
    match add_sighting_photo(&deps, &caller, id, sent.file).await.map_err(Problem::from) {
        Ok(row) => Ok(redirect(&format!("/cases/{}/sightings?done=photo", row.case_id))),
        Err(problem) => {
            let mut tx = deps.db.read().await?;
            let row = sightings::find(&mut tx, id).await?.ok_or_else(|| Problem::not_found("sighting"))?;
            tx.commit().await?;
            let photo = FormState::refused(Vec::new(), &problem);
            again(&deps, &caller, row.case_id, problem, Refused { photo, of: Some(id), ..Refused::default() }).await
        }
    }
}

/// `POST /sightings/{id}/decide`
pub(crate) async fn decide(
    State(deps): State<Deps>,
    officer: Authority<Officer>,
    Path(id): Path<SightingId>,
    form: Form<DecideSighting>,
) -> Result<Response, PageError> {
    let done = match form.value.parse() {
        Ok(decision) => decide_sighting(&deps, officer.account_id, id, decision).await.map_err(Problem::from),
        Err(errors) => Err(errors.into()),
    };
    match done {
        Ok(row) => Ok(redirect(&format!("/cases/{}/sightings?done={}", row.case_id, row.state))),
        Err(problem) => {
            let mut tx = deps.db.read().await?;
            let row = sightings::find(&mut tx, id).await?.ok_or_else(|| Problem::not_found("sighting"))?;
            tx.commit().await?;
            let decide = FormState::refused(form.typed, &problem);
            again(&deps, &officer, row.case_id, problem, Refused { decide, of: Some(id), ..Refused::default() }).await
        }
    }
}

async fn again(
    deps: &Deps,
    caller: &Principal,
    id: CaseId,
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
    id: CaseId,
    flash: Option<Flash>,
    refused: Refused,
) -> Result<Response, PageError> {
    let view = of_case(deps, caller, id).await?.ok_or_else(|| Problem::not_found("case"))?;
    let officer = caller.role == Role::Officer;
    let mut tx = deps.db.read().await?;
    let case = cases::find(&mut tx, id).await?.ok_or_else(|| Problem::not_found("case"))?;
    let objects = cases::objects(&mut tx, id).await?;
    let directory = if officer { Some(partners::directory(&mut tx).await?) } else { None };
    tx.commit().await?;
    let today = deps.clock.today();
    let police = directory
        .iter()
        .flat_map(|directory| view.sightings.iter().map(|one| (one.id, police_at(directory, one.country, today))));
    let names = directory.iter().flat_map(|directory| directory.partners.iter().map(|one| (one.id, one.name.clone())));
    let mut shell = Shell::new(format!("Sightings · {}", case.reference), caller);
    shell.flash = flash;
    let shown = page(&SightingsPage {
        shell,
        case_id: id,
        reference: case.reference,
        title: case.title,
        police: police.collect(),
        partners: names.collect(),
        objects: objects.iter().map(|one| (one.id.to_string(), format!("{}. {}", one.ordinal, one.title))).collect(),
        view,
        officer,
        erasing: Eraser::ROLES.contains(&caller.role),
        reporting: matches!(caller.role, Role::Officer | Role::Reporter),
        countries: &COUNTRIES,
        venues: choices!(Venue),
        problem: refused.problem,
        report: refused.report,
        photo: refused.photo,
        decide: refused.decide,
        of: refused.of,
    });
    Ok(([(CACHE_CONTROL, "no-store")], shown).into_response())
}

/// The police that answers for a place, which the desk may tell of a sighting there.
fn police_at(directory: &Directory, country: Option<Country>, today: CivilDate) -> Vec<(PartnerId, Line)> {
    let live = directory.partners.iter().filter(|partner| partner.active && partner.valid_on(today));
    let units = live.filter(|partner| {
        let reader = Reader::Partner { kind: partner.kind, scope: &partner.mandate.scope };
        NeedToKnow::of(reader, country).is_some()
    });
    units.map(|partner| (partner.id, partner.name.clone())).collect()
}

/// A sighting that waits.
struct Waiting {
    case_id: CaseId,
    reference: CaseReference,
    title: Line,
    reported_at: Timestamp,
    origin: &'static str,
}

#[derive(Template)]
#[template(path = "sightings_open.html")]
struct OpenPage {
    shell: Shell,
    waiting: Vec<Waiting>,
}

/// `GET /sightings`
pub(crate) async fn open(State(deps): State<Deps>, officer: Authority<Officer>) -> Result<Response, PageError> {
    let mut tx = deps.db.read().await?;
    let mut waiting = Vec::new();
    for row in sightings::open(&mut tx, LISTED).await? {
        let Some(case) = cases::find(&mut tx, row.case_id).await? else { continue };
        waiting.push(Waiting {
            case_id: row.case_id,
            reference: case.reference,
            title: case.title,
            reported_at: row.reported_at,
            origin: row.origin.label(),
        });
    }
    tx.commit().await?;
    Ok(page(&OpenPage { shell: Shell::new("Sightings that wait", &officer), waiting }))
}
