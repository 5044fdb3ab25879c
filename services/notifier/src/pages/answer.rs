//! The signed link. `GET` shows and acknowledges nothing, because mail scanners follow links; only a form that a
//! person filled in acknowledges. The page says no more of the case than the mail's subject did.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use contracts::Service;
use contracts::events::NotificationAcknowledgedV1;
use domain::alert::ObjectContent;
use domain::ids::AnswerId;
use domain::text::{Line, Prose};
use domain::{FieldErrors, Interface, Label};
use serde::Deserialize;
use store::acknowledgements::{self, AcknowledgementRow};
use store::deliveries::{self, DeliveryRow};
use store::outbox;
use web::{Form, FormState, PageError, Path, Problem, Shell, page, redirect};

use crate::Deps;
use crate::compose::{Texts, direction};

#[derive(Template)]
#[template(path = "answer.html")]
struct AnswerPage {
    shell: Shell,
    label: Label,
    for_whom: String,
    /// What the case is about; none above what mail may carry.
    about: Option<String>,
    texts: Texts,
    form: FormState,
    done: Option<String>,
}

/// What a link leads to.
struct Found {
    row: DeliveryRow,
    content: ObjectContent,
    acknowledged: Option<AcknowledgementRow>,
}

/// Wrong, expired and unknown links look the same.
async fn find(deps: &Deps, token: &str) -> Result<Found, Problem> {
    let unknown = || {
        let detail = "This link does not work: it is incomplete, or older than 400 days. Please copy it whole from the \
                      mail, or answer the mail itself.";
        Problem::new(StatusCode::NOT_FOUND, "not-found", "This link does not work", detail)
    };
    let id = deps.link_key.open(token, deps.clock.now()).ok_or_else(unknown)?;
    let mut tx = deps.db.read().await?;
    let row = deliveries::find(&mut tx, id).await?.ok_or_else(unknown)?;
    let alert = store::alerts::find(&mut tx, row.alert_id).await?.ok_or_else(unknown)?;
    let acknowledged = acknowledgements::of_delivery(&mut tx, row.id).await?;
    tx.commit().await?;
    Ok(Found { row, content: alert.content.0, acknowledged })
}

fn answer_page(found: &Found, form: FormState) -> Response {
    let Found { row, content, acknowledged } = found;
    let texts = Texts::of(Interface::for_reader(&row.languages.0));
    let title = [("reference", content.reference.to_string().into()), ("version", row.version.to_string().into())];
    let kind = texts.code("kind", row.kind.as_str());
    let for_whom = [("kind", kind.into()), ("partner", row.partner_name.to_string().into())];
    let event = texts.with("labelled", &[("label", texts.code("event", content.event.as_str()).into())]);
    let about = format!("{event} {}", content.title);
    let shell = Shell {
        lang: texts.language.as_str(),
        dir: direction(texts.language.into()),
        ..Shell::anonymous(texts.with("answer-title", &title))
    };
    page(&AnswerPage {
        shell,
        label: row.label,
        for_whom: texts.with("answer-for", &for_whom),
        about: Some(about).filter(|_| row.label != Label::Red),
        texts,
        form,
        done: acknowledged.as_ref().map(|row| texts.with("answer-done", &[("at", row.acknowledged_at.human().into())])),
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
    Ok(answer_page(&found, FormState::default()))
}

/// What a person typed.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AnswerForm {
    #[serde(default)]
    answered_by: String,
    #[serde(default)]
    note: String,
}

/// A person acknowledges. The second time changes nothing and says when it was done first.
pub async fn submit(
    State(deps): State<Deps>,
    Path(token): Path<String>,
    form: Form<AnswerForm>,
) -> Result<Response, PageError> {
    let found = find(&deps, &token).await?;
    let texts = Texts::of(Interface::for_reader(&found.row.languages.0));
    let mut errors = FieldErrors::new();
    if form.value.answered_by.trim().is_empty() {
        errors.push("/answered_by", texts.get("answer-required"));
    }
    let answered_by: Option<Line> = errors.optional("/answered_by", Some(&form.value.answered_by));
    let note: Option<Prose> = errors.optional("/note", Some(&form.value.note));
    let Some(answered_by) = answered_by.filter(|_| errors.is_empty()) else {
        let shown = answer_page(&found, FormState::new(form.typed, &errors));
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, shown).into_response());
    };
    acknowledge(&deps, &found.row, answered_by, note).await?;
    Ok(redirect(&format!("/a/{token}")))
}

async fn acknowledge(
    deps: &Deps,
    row: &DeliveryRow,
    answered_by: Line,
    note: Option<Prose>,
) -> Result<(), store::Error> {
    let answer = AcknowledgementRow {
        notification_id: row.notification_id,
        id: AnswerId::generate(&deps.clock),
        delivery_id: row.id,
        case_id: row.case_id,
        answered_by,
        note,
        acknowledged_at: deps.clock.now(),
    };
    let mut tx = deps.db.begin().await?;
    if acknowledgements::insert(&mut tx, &answer).await? {
        let event = NotificationAcknowledgedV1 {
            notification_id: row.notification_id,
            delivery_id: row.id,
            case_id: row.case_id,
            partner_id: row.partner_id,
        };
        outbox::record(&mut tx, Service::Notifier, &deps.clock, &event).await?;
    }
    tx.commit().await?;
    deps.bell.ring();
    Ok(())
}
