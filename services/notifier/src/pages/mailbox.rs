//! The mailbox of the embedded form: the mails of the folder as a reader gets them.

use askama::Template;
use axum::extract::State;
use axum::http::header::{CONTENT_SECURITY_POLICY, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use domain::ids::DeliveryId;
use mail_parser::{Address, HeaderName, Message, MessageParser};
use tokio::io::AsyncReadExt;
use web::{Auditing, Authority, PageError, Path, Problem, Shell, page};

use super::preview::with_pictures;
use crate::Deps;
use crate::config::Backend;
use crate::transport::Folder;

/// How many mails the list shows.
const MOST: usize = 200;
/// Where the header of a mail of ours has ended.
const HEADER: u64 = 32 * 1024;
/// The HTML part runs nothing, loads nothing, and may be framed by our page only.
pub(super) const BOX: &str =
    "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'self'";

/// A mail of the folder.
struct Listed {
    name: DeliveryId,
    to: String,
    subject: String,
    date: String,
}

#[derive(Template)]
#[template(path = "mailbox.html")]
struct MailboxPage {
    shell: Shell,
    mails: Vec<Listed>,
    total: usize,
    /// None where mail goes to a mail server.
    folder: Option<String>,
}

#[derive(Template)]
#[template(path = "mail.html")]
struct MailPage {
    shell: Shell,
    name: DeliveryId,
    headers: Vec<(String, String)>,
    text: String,
}

fn folder(deps: &Deps) -> Result<Folder, Problem> {
    match deps.config.backend {
        Backend::Folder => Ok(Folder::new(deps.config.folder.clone())),
        Backend::Smtp => Err(Problem::not_found("mailbox here: mail goes to a mail server")),
    }
}

/// The newest mails.
pub async fn list(State(deps): State<Deps>, caller: Authority<Auditing>) -> Result<Response, PageError> {
    let shell = Shell::new("Mailbox", &caller);
    if deps.config.backend == Backend::Smtp {
        return Ok(page(&MailboxPage { shell, mails: Vec::new(), total: 0, folder: None }));
    }
    let folder = folder(&deps)?;
    let mut names: Vec<DeliveryId> = Vec::new();
    // No folder yet is an empty mailbox.
    if let Ok(mut entries) = tokio::fs::read_dir(folder.mails()).await {
        while let Ok(Some(entry)) = entries.next_entry().await {
            let name = entry.file_name();
            names.extend(name.to_string_lossy().strip_suffix(".eml").and_then(|stem| stem.parse::<DeliveryId>().ok()));
        }
    }
    let total = names.len();
    // Identifiers sort by time.
    names.sort_unstable_by(|a, b| b.cmp(a));
    let mut mails = Vec::new();
    for name in names.into_iter().take(MOST) {
        let Ok(head) = head(&folder, name).await else { continue };
        let Some(parsed) = MessageParser::default().parse_headers(&head) else { continue };
        mails.push(Listed {
            name,
            to: parsed.to().map(shown).unwrap_or_default(),
            subject: parsed.subject().unwrap_or_default().to_owned(),
            date: parsed.date().map(mail_parser::DateTime::to_rfc3339).unwrap_or_default(),
        });
    }
    Ok(page(&MailboxPage { shell, mails, total, folder: Some(folder.mails().display().to_string()) }))
}

async fn head(folder: &Folder, name: DeliveryId) -> std::io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    tokio::fs::File::open(folder.file(name)).await?.take(HEADER).read_to_end(&mut bytes).await?;
    Ok(bytes)
}

fn shown(addresses: &Address<'_>) -> String {
    let one = |address: &mail_parser::Addr<'_>| match (address.name(), address.address()) {
        (Some(name), Some(address)) => format!("{name} <{address}>"),
        (_, address) => address.unwrap_or_default().to_owned(),
    };
    addresses.iter().map(one).collect::<Vec<_>>().join(", ")
}

/// The bytes of a mail; its name is a delivery's identifier, which can be no path.
async fn bytes(deps: &Deps, name: DeliveryId) -> Result<Vec<u8>, Problem> {
    tokio::fs::read(folder(deps)?.file(name)).await.map_err(|_| Problem::not_found("mail"))
}

fn parse(bytes: &[u8]) -> Result<Message<'_>, Problem> {
    MessageParser::default().parse(bytes).ok_or_else(|| Problem::not_found("mail that can be read"))
}

/// One mail: headers, both parts.
pub async fn one(
    State(deps): State<Deps>,
    caller: Authority<Auditing>,
    Path(name): Path<DeliveryId>,
) -> Result<Response, PageError> {
    let bytes = bytes(&deps, name).await?;
    let parsed = parse(&bytes)?;
    let headers = parsed.headers().iter().map(|header| {
        let value = match (&header.name, &header.value) {
            // What people read is decoded; the rest is shown as it travels.
            (HeaderName::Subject, mail_parser::HeaderValue::Text(text)) => text.to_string(),
            (_, mail_parser::HeaderValue::Address(addresses)) => shown(addresses),
            _ => {
                let raw = bytes.get(header.offset_start() as usize..header.offset_end() as usize).unwrap_or_default();
                String::from_utf8_lossy(raw).split_whitespace().collect::<Vec<_>>().join(" ")
            }
        };
        (header.name().to_owned(), value)
    });
    let headers = headers.collect();
    let title = parsed.subject().unwrap_or_default().to_owned();
    let text = parsed.body_text(0).unwrap_or_default().into_owned();
    Ok(page(&MailPage { shell: Shell::new(title, &caller), name, headers, text }))
}

/// The HTML part alone.
pub async fn html(
    State(deps): State<Deps>,
    _: Authority<Auditing>,
    Path(name): Path<DeliveryId>,
) -> Result<Response, PageError> {
    let bytes = bytes(&deps, name).await?;
    let html = with_pictures(&parse(&bytes)?);
    Ok(([(CONTENT_TYPE, "text/html; charset=utf-8"), (CONTENT_SECURITY_POLICY, BOX)], html).into_response())
}
