//! The signed link. `GET` shows and changes nothing, because mail scanners follow links; only a form that a person
//! filled in answers. The page says no more of the case than the mail's subject did.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use domain::alert::ObjectContent;
use domain::codes::AnswerKind;
use domain::{FieldErrors, Interface, Label};
use serde::Deserialize;
use store::answers::{self, AnswerRow};
use store::deliveries::{self, DeliveryRow};
use web::{Form, FormState, PageError, Path, Problem, Shell, page, redirect};

use super::typed::Typed;
use crate::Deps;
use crate::answer::{Answer, answer};
use crate::compose::{Texts, direction};

#[derive(Template)]
#[template(path = "answer.html")]
struct AnswerPage {
    shell: Shell,
    label: Label,
    for_whom: String,
    /// What the case is about; none above what mail may carry.
    about: Option<String>,
    token: String,
    texts: Texts,
    form: FormState,
    /// What was answered already, in words.
    given: Vec<String>,
}

impl AnswerPage {
    /// The answers that are one button each; a sighting has a form of its own.
    const BUTTONS: [AnswerKind; 3] = [AnswerKind::Received, AnswerKind::TakingCharge, AnswerKind::NotOurs];

    /// What an answer means.
    fn hint(&self, kind: &AnswerKind) -> String {
        self.texts.get(&format!("answer-{kind}-hint"))
    }
}

/// What a link leads to.
pub(super) struct Found {
    pub row: DeliveryRow,
    pub content: ObjectContent,
    given: Vec<AnswerRow>,
}

impl Found {
    /// The words of the reader's language.
    pub fn texts(&self) -> Texts {
        Texts::of(Interface::for_reader(&self.row.languages.0))
    }

    /// What the reader's page is headed by: title, for whom, about what.
    pub fn heading(&self) -> (String, String, Option<String>) {
        let (row, content, texts) = (&self.row, &self.content, self.texts());
        let title = [("reference", content.reference.to_string().into()), ("version", row.version.to_string().into())];
        let kind = texts.code("kind", row.kind.as_str());
        let for_whom = [("kind", kind.into()), ("partner", row.partner_name.to_string().into())];
        let event = texts.with("labelled", &[("label", texts.code("event", content.event.as_str()).into())]);
        let about = format!("{event} {}", content.title);
        let title = texts.with("answer-title", &title);
        (title, texts.with("answer-for", &for_whom), Some(about).filter(|_| row.label <= Label::Green))
    }

    /// The frame of a page in the reader's language.
    pub fn shell(&self, title: String) -> Shell {
        let texts = self.texts();
        Shell { lang: texts.language.as_str(), dir: direction(texts.language.into()), ..Shell::anonymous(title) }
    }
}

/// Wrong, expired and unknown links look the same.
pub(super) async fn find(deps: &Deps, token: &str) -> Result<Found, Problem> {
    let unknown = || {
        let detail = "This link does not work: it is incomplete, or older than 400 days. Please copy it whole from the \
                      mail, or answer the mail itself.";
        Problem::new(StatusCode::NOT_FOUND, "not-found", "This link does not work", detail)
    };
    let id = deps.link_key.open(token, deps.clock.now()).ok_or_else(unknown)?;
    let mut tx = deps.db.read().await?;
    let row = deliveries::find(&mut tx, id).await?.ok_or_else(unknown)?;
    let alert = store::alerts::find(&mut tx, row.alert_id).await?.ok_or_else(unknown)?;
    // By this link: where every contact of a partner must answer, one does not see the others' answers.
    let mut given = answers::of_notification(&mut tx, row.notification_id).await?;
    given.retain(|answer| answer.delivery_id == row.id);
    tx.commit().await?;
    Ok(Found { row, content: alert.content.0, given })
}

fn answer_page(found: &Found, token: &str, form: FormState) -> Response {
    let texts = found.texts();
    let (title, for_whom, about) = found.heading();
    // The name of whoever answered is not for everybody who has the mail.
    let given = found
        .given
        .iter()
        .map(|row| texts.with(&format!("answered-{}", row.kind), &[("at", row.answered_at.human().into())]));
    page(&AnswerPage {
        shell: found.shell(title),
        label: found.row.label,
        for_whom,
        about,
        token: token.to_owned(),
        texts,
        form,
        given: given.collect(),
    })
}

/// Shows; notes that the link was opened, by a person or a scanner, nobody can say.
pub async fn show(State(deps): State<Deps>, Path(token): Path<String>) -> Result<Response, PageError> {
    let found = find(&deps, &token).await?;
    if found.row.link_opened_at.is_none() {
        let mut tx = deps.db.begin().await?;
        deliveries::note_link_opened(&mut tx, found.row.id, deps.clock.now()).await?;
        tx.commit().await?;
    }
    Ok(answer_page(&found, &token, FormState::default()))
}

/// What a person typed, and the button that was pressed.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AnswerForm {
    #[serde(default)]
    answered_by: String,
    #[serde(default)]
    note: String,
    #[serde(default)]
    answer: String,
}

/// A person answers. The same answer a second time changes nothing.
pub async fn submit(
    State(deps): State<Deps>,
    Path(token): Path<String>,
    form: Form<AnswerForm>,
) -> Result<Response, PageError> {
    let found = find(&deps, &token).await?;
    let mut typed = Typed { texts: found.texts(), errors: FieldErrors::new() };
    let kind = form.value.answer.parse().ok().filter(|kind| AnswerPage::BUTTONS.contains(kind));
    if kind.is_none() {
        typed.wrong("/answer", "answer-required");
    }
    let answered_by = typed.required("/answered_by", &form.value.answered_by);
    let note = typed.optional("/note", &form.value.note);
    let (Some(kind), Some(answered_by), true) = (kind, answered_by, typed.errors.is_empty()) else {
        let shown = answer_page(&found, &token, FormState::new(form.typed, &typed.errors));
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, shown).into_response());
    };
    answer(&deps, &found.row, Answer { kind, answered_by, note }).await?;
    Ok(redirect(&format!("/a/{token}")))
}
