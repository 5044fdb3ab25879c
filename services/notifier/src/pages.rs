//! What people see of mail: the signed link, the desk's worklist, the mailbox of the embedded form.

use askama::Template;
use axum::extract::State;
use axum::http::header::{CONTENT_SECURITY_POLICY, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use contracts::Service;
use contracts::events::NotificationAcknowledgedV1;
use domain::FieldErrors;
use domain::ids::{AnswerId, DeliveryId};
use domain::text::{Line, Prose};
use mail_parser::MessageParser;
use serde::Deserialize;
use store::attempts::AcknowledgementRow;
use store::deliveries::{DeliveryRow, WorklistRow};
use store::{attempts, deliveries, outbox};
use web::{Auditing, Authority, Form, FormState, PageError, Path, Problem, Public, Routes, Shell, page, redirect};

use crate::Deps;
use crate::config::Backend;
use crate::transport::Folder;

/// How many mails the mailbox page shows.
const MAILBOX: usize = 500;

/// The service's routes.
pub fn routes(deps: Deps) -> Routes<Deps> {
    Routes::new(Service::Notifier.as_str(), deps)
        .get::<Public, _, _>("/a/{token}", answer_form)
        .post::<Public, _, _>("/a/{token}", answer)
        .get::<Auditing, _, _>("/deliveries", worklist)
        .get::<Auditing, _, _>("/mail", mailbox)
        .get::<Auditing, _, _>("/mail/{name}", mail)
        .get::<Auditing, _, _>("/mail/{name}/html", mail_html)
}

#[derive(Template)]
#[template(path = "answer.html")]
struct AnswerPage {
    shell: Shell,
    row: DeliveryRow,
    title: String,
    form: FormState,
    acknowledged: Option<AcknowledgementRow>,
}

/// The delivery of a link. Wrong, expired and unknown look the same.
async fn delivery(deps: &Deps, token: &str) -> Result<DeliveryRow, Problem> {
    let unknown = || Problem::not_found("link, or it has expired. Please write to the desk that sent you the mail");
    let id: DeliveryId = deps.link_key.open(token, deps.clock.now()).ok_or_else(unknown)?;
    let mut tx = deps.db.read().await?;
    let row = deliveries::find(&mut tx, id).await?;
    tx.commit().await?;
    row.ok_or_else(unknown)
}

async fn answer_page(deps: &Deps, row: DeliveryRow, form: FormState) -> Result<Response, PageError> {
    let mut tx = deps.db.read().await?;
    let acknowledged = attempts::acknowledgement(&mut tx, row.notification_id).await?;
    let alert = store::alerts::find(&mut tx, row.alert_id).await?.ok_or_else(|| Problem::not_found("alert"))?;
    tx.commit().await?;
    let title = format!("{} v{}", alert.content.0.reference, row.version);
    let shell = Shell::anonymous(title.clone());
    Ok(page(&AnswerPage { shell, row, title, form, acknowledged }))
}

/// Shows; acknowledges nothing. Mail scanners follow links.
async fn answer_form(State(deps): State<Deps>, Path(token): Path<String>) -> Result<Response, PageError> {
    let row = delivery(&deps, &token).await?;
    let mut tx = deps.db.begin().await.map_err(Problem::from)?;
    deliveries::note_link_opened(&mut tx, row.id, deps.clock.now()).await.map_err(Problem::from)?;
    tx.commit().await.map_err(Problem::from)?;
    answer_page(&deps, row, FormState::default()).await
}

#[derive(Deserialize)]
struct AnswerForm {
    #[serde(default)]
    answered_by: String,
    #[serde(default)]
    note: String,
}

/// A person acknowledges: the form asks for a name or unit, which no scanner types.
async fn answer(
    State(deps): State<Deps>,
    Path(token): Path<String>,
    form: Form<AnswerForm>,
) -> Result<Response, PageError> {
    let row = delivery(&deps, &token).await?;
    let mut errors = FieldErrors::new();
    let answered_by: Option<Line> = errors.required("/answered_by", Some(&form.value.answered_by));
    let note: Option<Prose> = errors.optional("/note", Some(&form.value.note));
    let Some(answered_by) = answered_by.filter(|_| errors.is_empty()) else {
        return answer_page(&deps, row, FormState::new(form.typed, &errors)).await;
    };
    let answer = AcknowledgementRow {
        notification_id: row.notification_id,
        id: AnswerId::generate(&deps.clock),
        delivery_id: row.id,
        case_id: row.case_id,
        answered_by,
        note,
        acknowledged_at: deps.clock.now(),
    };
    let mut tx = deps.db.begin().await.map_err(Problem::from)?;
    if attempts::acknowledge(&mut tx, &answer).await.map_err(Problem::from)? {
        let event = NotificationAcknowledgedV1 {
            notification_id: row.notification_id,
            delivery_id: row.id,
            case_id: row.case_id,
            partner_id: row.partner_id,
        };
        outbox::record(&mut tx, Service::Notifier, &deps.clock, &event).await.map_err(Problem::from)?;
    }
    tx.commit().await.map_err(Problem::from)?;
    deps.bell.ring();
    Ok(redirect(&format!("/a/{token}")))
}

#[derive(Template)]
#[template(path = "deliveries.html")]
struct WorklistPage {
    shell: Shell,
    rows: Vec<WorklistRow>,
}

async fn worklist(State(deps): State<Deps>, caller: Authority<Auditing>) -> Result<Response, PageError> {
    let mut tx = deps.db.read().await?;
    let rows = deliveries::worklist(&mut tx, 500).await?;
    tx.commit().await?;
    Ok(page(&WorklistPage { shell: Shell::new("Deliveries", &caller), rows }))
}

/// A mail of the folder.
struct Listed {
    name: String,
    to: String,
    subject: String,
    date: String,
}

#[derive(Template)]
#[template(path = "mailbox.html")]
struct MailboxPage {
    shell: Shell,
    mails: Vec<Listed>,
    folder: String,
}

fn folder(deps: &Deps) -> Result<Folder, Problem> {
    match deps.config.backend {
        Backend::Folder => Ok(Folder::new(deps.config.folder.clone())),
        Backend::Smtp => Err(Problem::not_found("mailbox here: mail goes to a mail server")),
    }
}

async fn mailbox(State(deps): State<Deps>, caller: Authority<Auditing>) -> Result<Response, PageError> {
    let mails = folder(&deps)?.mails();
    let mut names = Vec::new();
    // No folder yet is an empty mailbox.
    if let Ok(mut entries) = tokio::fs::read_dir(&mails).await {
        while let Ok(Some(entry)) = entries.next_entry().await {
            let name = entry.file_name().to_string_lossy().into_owned();
            names.extend(name.strip_suffix(".eml").map(str::to_owned));
        }
    }
    // Identifiers sort by time.
    names.sort_unstable_by(|a, b| b.cmp(a));
    names.truncate(MAILBOX);
    let mut listed = Vec::new();
    for name in names {
        let Ok(bytes) = tokio::fs::read(mails.join(format!("{name}.eml"))).await else { continue };
        let Some(parsed) = MessageParser::default().parse_headers(&bytes) else { continue };
        listed.push(Listed {
            name,
            to: address(&parsed),
            subject: parsed.subject().unwrap_or_default().to_owned(),
            date: parsed.date().map(mail_parser::DateTime::to_rfc3339).unwrap_or_default(),
        });
    }
    let shell = Shell::new("Mailbox", &caller);
    Ok(page(&MailboxPage { shell, mails: listed, folder: mails.display().to_string() }))
}

fn address(parsed: &mail_parser::Message<'_>) -> String {
    parsed.to().and_then(|to| to.first()).and_then(|to| to.address()).unwrap_or_default().to_owned()
}

/// The bytes of a mail by its name, which must be a delivery's identifier and so can be no path.
async fn bytes(deps: &Deps, name: &str) -> Result<Vec<u8>, Problem> {
    let id: DeliveryId = name.parse().map_err(|_| Problem::not_found("mail"))?;
    let path = folder(deps)?.mails().join(format!("{id}.eml"));
    tokio::fs::read(path).await.map_err(|_| Problem::not_found("mail"))
}

#[derive(Template)]
#[template(path = "mail.html")]
struct MailPage {
    shell: Shell,
    name: String,
    headers: Vec<(String, String)>,
    text: String,
}

async fn mail(
    State(deps): State<Deps>,
    caller: Authority<Auditing>,
    Path(name): Path<String>,
) -> Result<Response, PageError> {
    let bytes = bytes(&deps, &name).await?;
    let parsed = MessageParser::default().parse(&bytes).ok_or_else(|| Problem::not_found("mail"))?;
    let headers = parsed
        .headers_raw()
        .map(|(name, value)| (name.to_owned(), value.split_whitespace().collect::<Vec<_>>().join(" ")))
        .collect();
    let title = parsed.subject().unwrap_or_default().to_owned();
    let text = parsed.body_text(0).unwrap_or_default().into_owned();
    Ok(page(&MailPage { shell: Shell::new(title, &caller), name, headers, text }))
}

/// The HTML part alone, in a box that runs nothing and loads nothing.
async fn mail_html(
    State(deps): State<Deps>,
    _: Authority<Auditing>,
    Path(name): Path<String>,
) -> Result<Response, PageError> {
    const BOX: &str = "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'self'";
    let bytes = bytes(&deps, &name).await?;
    let parsed = MessageParser::default().parse(&bytes).ok_or_else(|| Problem::not_found("mail"))?;
    let html = parsed.body_html(0).unwrap_or_default().into_owned();
    Ok(([(CONTENT_TYPE, "text/html; charset=utf-8"), (CONTENT_SECURITY_POLICY, BOX)], html).into_response())
}
