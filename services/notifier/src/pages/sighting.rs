//! “We have information”: the form for a sighting behind the signed link. What is typed goes to disk and into no
//! mail and no message; see [`domain::sighting`] for who reads it.

use std::sync::LazyLock;

use askama::Template;
use axum::extract::multipart::MultipartError;
use axum::extract::{FromRequest, Multipart, Request, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use domain::alert::ObjectContent;
use domain::codes::Venue;
use domain::ids::{CaseId, ObjectId};
use domain::sighting::Seen;
use domain::{CivilDate, Country, FieldErrors, Label, Language};
use store::answers::SightingPhotoRow;
use store::cases;
use tokio::sync::Semaphore;
use web::{FormState, PageError, Path, Problem, Shell, page, redirect};

use super::answer::{Found, find};
use super::typed::Typed;
use crate::Deps;
use crate::answer::{Sent, Sighted, sight};
use crate::compose::Texts;

/// The greatest body: one photograph, and what multipart puts around it.
pub(super) const MAX_BODY: usize = pictures::MAX_BYTES + 64 * 1024;
/// The greatest text of one field, in bytes.
const MAX_TEXT: usize = 64 * 1024;
/// How many uploads are read at once: each may hold a whole file in memory before it is looked at.
static UPLOADS: LazyLock<Semaphore> = LazyLock::new(|| Semaphore::new(4));

#[derive(Template)]
#[template(path = "sighting.html")]
struct SightingPage {
    shell: Shell,
    label: Label,
    for_whom: String,
    about: Option<String>,
    token: String,
    texts: Texts,
    form: FormState,
    /// More than one object is in the mail.
    several: bool,
    countries: Vec<(&'static str, &'static str)>,
    venues: Vec<(&'static str, String)>,
}

fn sighting_page(found: &Found, token: &str, form: FormState) -> Response {
    let texts = found.texts();
    let (_, for_whom, about) = found.heading();
    let language: Language = texts.language.into();
    let mut countries: Vec<_> = Country::all().map(|country| (country.as_str(), country.name(language))).collect();
    countries.sort_by_key(|(_, name)| *name);
    let venues = Venue::ALL.iter().map(|venue| (venue.as_str(), texts.code(Venue::LIST, venue.as_str())));
    page(&SightingPage {
        shell: found.shell(texts.get("sighting-title")),
        label: found.row.label,
        for_whom,
        about,
        token: token.to_owned(),
        texts,
        form,
        several: found.content.objects.len() > 1,
        countries,
        venues: venues.collect(),
    })
}

/// `GET /a/{token}/sighting`: shows the form and changes nothing.
pub(super) async fn show(State(deps): State<Deps>, Path(token): Path<String>) -> Result<Response, PageError> {
    let found = find(&deps, &token).await?;
    Ok(sighting_page(&found, &token, FormState::default()))
}

/// The fields of the form.
const FIELDS: [&str; 9] = ["answered_by", "object", "place", "country", "seen_on", "time", "venue", "what", "source"];

/// What was sent.
#[derive(Default)]
struct Upload {
    typed: Vec<(String, String)>,
    file: Bytes,
}

impl Upload {
    fn value(&self, name: &str) -> &str {
        self.typed.iter().find(|(field, _)| field == name).map_or("", |(_, value)| value.as_str())
    }
}

async fn read(request: Request) -> Result<Upload, Problem> {
    let Ok(_place) = UPLOADS.try_acquire() else {
        let detail = "Many photographs are being sent in at the moment. Please try again in a few seconds.";
        return Err(Problem::unavailable(std::time::Duration::from_secs(5), detail));
    };
    let mut multipart =
        Multipart::from_request(request, &()).await.map_err(|_| Problem::unsupported("multipart/form-data"))?;
    let mut upload = Upload::default();
    while let Some(field) = multipart.next_field().await.map_err(unreadable)? {
        let name = field.name().unwrap_or_default().to_owned();
        // The file's own name is never read.
        let bytes = field.bytes().await.map_err(unreadable)?;
        if name == "file" {
            upload.file = bytes;
            continue;
        }
        let text = String::from_utf8(bytes.to_vec()).ok().filter(|text| text.len() <= MAX_TEXT);
        match text {
            Some(text) if FIELDS.contains(&name.as_str()) && upload.typed.len() < FIELDS.len() => {
                upload.typed.push((name, text));
            }
            _ => return Err(Problem::bad_request("The form has a field that is not known, or is no text.")),
        }
    }
    Ok(upload)
}

fn unreadable(error: MultipartError) -> Problem {
    if error.status() == StatusCode::PAYLOAD_TOO_LARGE {
        return Problem::too_large(MAX_BODY);
    }
    Problem::bad_request(format!("The form cannot be read: {}.", error.body_text()))
}

/// `POST /a/{token}/sighting`: a person reports a sighting. The same one a second time changes nothing.
pub(super) async fn submit(
    State(deps): State<Deps>,
    Path(token): Path<String>,
    request: Request,
) -> Result<Response, PageError> {
    let found = find(&deps, &token).await?;
    let upload = read(request).await?;
    let mut typed = Typed { texts: found.texts(), errors: FieldErrors::new() };
    let today = deps.clock.today();
    let answered_by = typed.required("/answered_by", upload.value("answered_by"));
    let number = typed.optional("/object", upload.value("object"));
    if number.is_some_and(|number: usize| !(1..=found.content.objects.len()).contains(&number)) {
        typed.wrong("/object", "answer-invalid");
    }
    let seen = seen(&mut typed, &upload, today);
    let worth_a_look = !upload.file.is_empty() && typed.errors.is_empty();
    let photo = if worth_a_look { photo(&deps, &mut typed, upload.file.clone()).await } else { None };
    let (Some(answered_by), Some(seen), true) = (answered_by, seen, typed.errors.is_empty()) else {
        return Ok(again(&found, &token, upload, &typed.errors));
    };
    let object_id = object_in(&deps, found.row.case_id, &found.content, number).await?;
    match sight(&deps, &found.row, answered_by, Sighted { object_id, seen, photo }).await? {
        Sent::Kept => Ok(redirect(&format!("/a/{token}"))),
        Sent::TooMany => {
            typed.wrong("/what", "sighting-many");
            Ok(again(&found, &token, upload, &typed.errors))
        }
    }
}

fn again(found: &Found, token: &str, upload: Upload, errors: &FieldErrors) -> Response {
    let shown = sighting_page(found, token, FormState::new(upload.typed, errors));
    (StatusCode::UNPROCESSABLE_ENTITY, shown).into_response()
}

fn seen(typed: &mut Typed, upload: &Upload, today: CivilDate) -> Option<Seen> {
    let place = typed.required("/place", upload.value("place"));
    let country = typed.optional("/country", upload.value("country"));
    let seen_on: Option<CivilDate> = typed.required_or("/seen_on", upload.value("seen_on"), "sighting-date-wrong");
    // Where the sun rises first, tomorrow has begun.
    let tomorrow = CivilDate::new(today.to_jiff().tomorrow().unwrap_or(today.to_jiff()));
    if seen_on.is_some_and(|day| day > tomorrow) {
        typed.wrong("/seen_on", "sighting-date-future");
    }
    let time = typed.optional("/time", upload.value("time"));
    let venue = typed.optional("/venue", upload.value("venue"));
    let what = typed.required("/what", upload.value("what"));
    let source = typed.required("/source", upload.value("source"));
    Some(Seen { place: place?, country, seen_on: seen_on?, time, venue, what: what?, source: source? })
}

async fn photo(deps: &Deps, typed: &mut Typed, file: Bytes) -> Option<SightingPhotoRow> {
    let Ok(picture) = deps.darkroom.develop(file.clone()).await else {
        typed.wrong("/file", "sighting-photo-wrong");
        return None;
    };
    Some(SightingPhotoRow {
        format: picture.format,
        sha256: picture.original,
        original: file.to_vec(),
        page: picture.page.jpeg,
    })
}

/// The object that stands in the mail under this number; the only one, if it is alone.
async fn object_in(
    deps: &Deps,
    case_id: CaseId,
    content: &ObjectContent,
    number: Option<usize>,
) -> Result<Option<ObjectId>, store::Error> {
    let index = match (number, content.objects.len()) {
        (Some(number), _) => number.saturating_sub(1),
        (None, 1) => 0,
        (None, _) => return Ok(None),
    };
    let Some(named) = content.objects.get(index) else { return Ok(None) };
    let mut tx = deps.db.read().await?;
    let objects = cases::objects(&mut tx, case_id).await?;
    tx.commit().await?;
    // The mail shows the objects as they were then; look-alikes of one title are told apart by the rest.
    let same = objects.iter().find(|object| object.description.0 == *named);
    let alike = || {
        let mut titled = objects.iter().filter(|object| object.title == named.title);
        titled.next().filter(|_| titled.next().is_none())
    };
    Ok(same.or_else(alike).map(|object| object.id))
}
