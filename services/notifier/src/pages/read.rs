//! `/a/{token}/read`: what a mail did not carry, for whoever holds its signed link. `GET` shows a button and no word of the
//! content, because mail scanners follow links; a person presses it, which is noted, and reads what the plan shows to
//! the partner: the same share, under the same label, with the pictures and files. Reading acknowledges nothing.
//!
//! The last gate is asked again: a partner that was switched off, or an address that is no longer its own, reads
//! nothing more. TLP:RED is never shown, because whoever holds a link is not known by name.

use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_SECURITY_POLICY, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use contracts::Service;
use contracts::events::ContentReadV1;
use domain::codes::Share;
use domain::partner::Carries;
use domain::{Interface, Label};
use store::deliveries::{self, DeliveryRow};
use store::outbox;
use web::{PageError, Path, Problem, Shell, page};

use crate::Deps;
use crate::compose::{Enclosure, MailContext, PICTURES, Root, Signers, Texts, direction, message_id, page_of};
use crate::material::Material;
use crate::sender::{Present, removal};
use crate::told;

/// Loads nothing, runs nothing, sends nothing, is framed by nobody. Pictures are in the page.
const ALONE: &str = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; \
                     form-action 'none'; frame-ancestors 'none'";

#[derive(Template)]
#[template(path = "read.html")]
struct ReadPage {
    shell: Shell,
    label: Label,
    before: String,
    why: String,
    button: String,
}

/// What a link leads to.
struct Found {
    row: DeliveryRow,
    material: Arc<Material>,
}

/// Wrong, expired and unknown links look the same, and so does one behind which there is nothing to read any more.
async fn find(deps: &Deps, token: &str) -> Result<Found, Problem> {
    let unknown = || {
        let detail = "There is nothing to read by this link: it is incomplete or too old, or what it led to is no longer \
                      for this address. Please copy it whole from the mail, or answer the mail itself.";
        Problem::new(StatusCode::NOT_FOUND, "not-found", "There is nothing to read by this link", detail)
    };
    let id = deps.link_key.open(token, deps.clock.now()).ok_or_else(unknown)?;
    let mut tx = deps.db.read().await?;
    let row = deliveries::find(&mut tx, id).await?.ok_or_else(unknown)?;
    tx.commit().await?;
    // Whoever has a later version may read the earlier one, too.
    let closed = removal(Present { superseded: false, suppressed: false, ..Present::of(&row, deps.clock.now()) });
    if row.label == Label::Red || closed.is_some() {
        return Err(unknown());
    }
    let material = Material::read(deps, row.alert_id).await?.ok_or_else(unknown)?;
    Ok(Found { row, material: Arc::new(material) })
}

impl Found {
    fn language(&self) -> Interface {
        Interface::for_reader(&self.row.languages.0)
    }

    async fn files(&self, deps: &Deps) -> Vec<Enclosure> {
        self.material.enclosures(deps, self.row.share, self.row.label, self.language()).await
    }
}

/// Shows a button.
pub async fn ask(State(deps): State<Deps>, Path(token): Path<String>) -> Result<Response, PageError> {
    let found = find(&deps, &token).await?;
    let texts = Texts::of(found.language());
    let args = [
        ("reference", found.material.alert.content.0.reference.to_string().into()),
        ("version", found.row.version.to_string().into()),
        ("label", found.row.label.to_string().into()),
    ];
    let shell = Shell {
        lang: texts.language.as_str(),
        dir: direction(texts.language.into()),
        ..Shell::anonymous(texts.with("read-title", &args))
    };
    Ok(page(&ReadPage {
        shell,
        label: found.row.label,
        before: texts.with("read-before", &args),
        why: texts.get("read-why"),
        button: texts.get("read-button"),
    }))
}

/// Shows the content, and notes that a person asked for it.
pub async fn show(State(deps): State<Deps>, Path(token): Path<String>) -> Result<Response, PageError> {
    let found = find(&deps, &token).await?;
    let html = html(&deps, &found, &token).await?;
    note(&deps, &found.row).await?;
    Ok(([(CONTENT_TYPE, "text/html; charset=utf-8"), (CONTENT_SECURITY_POLICY, ALONE)], html).into_response())
}

/// A file of the content. The page that names it is shown to whoever pressed the button.
pub async fn file(
    State(deps): State<Deps>,
    Path((token, name)): Path<(String, String)>,
) -> Result<Response, PageError> {
    let found = find(&deps, &token).await?;
    let file = found.files(&deps).await.into_iter().find(|file| file.name == name);
    let file = file.ok_or_else(|| Problem::not_found("file"))?;
    note(&deps, &found.row).await?;
    let disposition = format!("attachment; filename=\"{}\"", file.name);
    let kind = file.kind.content_type().to_owned();
    Ok(([(CONTENT_TYPE, kind), (CONTENT_DISPOSITION, disposition)], file.bytes).into_response())
}

async fn html(deps: &Deps, found: &Found, token: &str) -> Result<String, Problem> {
    let Found { row, material } = found;
    let config = &deps.config;
    let files = found.files(deps).await;
    let mut tx = deps.db.read().await?;
    let circumstances = material.circumstances.as_ref().filter(|_| row.share == Share::Full);
    let since = told::since(&mut tx, &material.alert, circumstances, row.partner_id, row.share).await?;
    let root = store::ledger::latest_checkpoint(&mut tx).await?.map(Root::from);
    tx.commit().await?;
    let link = format!("{}/a/{token}", config.public_url);
    let context = MailContext {
        message_id: message_id(row.alert_id, row.partner_id, &row.address, &config.message_id_domain),
        common: row.alert_id.as_uuid().simple().to_string(),
        version: row.version,
        kind: row.kind,
        label: row.label,
        languages: &row.languages.0,
        to: &row.address,
        person: row.person.as_ref(),
        partner: &row.partner_name,
        from: &config.from,
        from_name: &config.from_name,
        read: format!("{link}/read"),
        link,
        root,
        earlier: &[],
        since: since.as_ref(),
        date: deps.clock.now(),
        signers: &Signers::default(),
        carries: Carries::Content,
        pictures: &material.pictures,
        picture_room: PICTURES,
        enclosures: &files,
        room: usize::MAX,
        seal: None,
    };
    let shown = material.shown(row.share).ok_or_else(|| Problem::not_found("circumstances of this version"))?;
    page_of(shown, &context, &format!("/a/{token}/files")).map_err(|error| Problem::internal(&error))
}

async fn note(deps: &Deps, row: &DeliveryRow) -> Result<(), store::Error> {
    if row.content_read_at.is_some() {
        return Ok(());
    }
    let mut tx = deps.db.begin().await?;
    if deliveries::note_content_read(&mut tx, row.id, deps.clock.now()).await? {
        let event = ContentReadV1 {
            delivery_id: row.id,
            notification_id: row.notification_id,
            case_id: row.case_id,
            partner_id: row.partner_id,
            share: row.share,
        };
        outbox::record(&mut tx, Service::Notifier, &deps.clock, &event).await?;
    }
    tx.commit().await?;
    deps.bell.ring();
    Ok(())
}
