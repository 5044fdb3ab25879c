//! `/alerts/{id}/mail/{partner}`: the mail that a partner would get of an alert version, for whoever looks before it is
//! released. Nothing is sent and nothing is kept.

use askama::Template;
use axum::extract::State;
use axum::http::header::{CONTENT_SECURITY_POLICY, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use domain::alert::label_of_share;
use domain::codes::Share;
use domain::ids::{AlertId, PartnerId};
use domain::partner::Partner;
use domain::{Label, Mailbox};
use mail_parser::MessageParser;
use serde::Deserialize;
use store::{alerts, partners};
use web::{Auditing, Authority, PageError, Path, Problem, Query, Shell, page};

use super::mailbox::BOX;
use crate::Deps;
use crate::compose::{Mail, MailContext, Root, Shown, Signers, compose, message_id};
use crate::told;

/// How much the partner is shown.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Asked {
    share: Option<Share>,
}

#[derive(Template)]
#[template(path = "mail_preview.html")]
struct PreviewPage {
    shell: Shell,
    alert: AlertId,
    partner: PartnerId,
    name: String,
    share: Share,
    label: Label,
    to: String,
    text: String,
}

/// Shows the mail.
pub async fn show(
    State(deps): State<Deps>,
    caller: Authority<Auditing>,
    Path((alert, partner)): Path<(AlertId, PartnerId)>,
    Query(asked): Query<Asked>,
) -> Result<Response, PageError> {
    let share = asked.share.unwrap_or(Share::ObjectData);
    let rendered = render(&deps, alert, partner, share).await?;
    let parsed = MessageParser::default()
        .parse(&rendered.mail.bytes)
        .ok_or_else(|| Problem::not_found("mail that can be read"))?;
    let title = parsed.subject().unwrap_or_default().to_owned();
    let text = parsed.body_text(0).unwrap_or_default().into_owned();
    Ok(page(&PreviewPage {
        shell: Shell { current: "/cases".to_owned(), ..Shell::new(title, &caller) },
        alert,
        partner,
        name: rendered.partner.name.to_string(),
        share,
        label: rendered.label,
        to: rendered.to.to_string(),
        text,
    }))
}

/// The HTML part alone.
pub async fn html(
    State(deps): State<Deps>,
    _: Authority<Auditing>,
    Path((alert, partner)): Path<(AlertId, PartnerId)>,
    Query(asked): Query<Asked>,
) -> Result<Response, PageError> {
    let rendered = render(&deps, alert, partner, asked.share.unwrap_or(Share::ObjectData)).await?;
    let parsed = MessageParser::default()
        .parse(&rendered.mail.bytes)
        .ok_or_else(|| Problem::not_found("mail that can be read"))?;
    let html = parsed.body_html(0).unwrap_or_default().into_owned();
    Ok(([(CONTENT_TYPE, "text/html; charset=utf-8"), (CONTENT_SECURITY_POLICY, BOX)], html).into_response())
}

struct Rendered {
    mail: Mail,
    partner: Partner,
    label: Label,
    to: Mailbox,
}

async fn render(deps: &Deps, alert: AlertId, partner: PartnerId, share: Share) -> Result<Rendered, Problem> {
    let mut tx = deps.db.read().await?;
    let alert = alerts::find(&mut tx, alert).await?.ok_or_else(|| Problem::not_found("alert"))?;
    let partner = partners::find(&mut tx, partner).await?.ok_or_else(|| Problem::not_found("partner"))?;
    let circumstances = match share {
        Share::ObjectData => None,
        Share::Full => alerts::circumstances(&mut tx, alert.id).await?,
    };
    let since = told::since(&mut tx, &alert, circumstances.as_ref(), partner.id, share).await?;
    let root = store::ledger::latest_checkpoint(&mut tx).await?;
    tx.commit().await?;
    let contact = partner.contacts.first().ok_or_else(|| Problem::not_found("address of this partner"))?;
    let label = label_of_share(alert.label, share);
    let config = &deps.config;
    let context = MailContext {
        message_id: message_id(alert.id, partner.id, &contact.address, &config.message_id_domain),
        version: alert.version,
        kind: alert.kind,
        label,
        languages: &partner.languages,
        to: &contact.address,
        person: contact.person.as_ref(),
        partner: &partner.name,
        from: &config.from,
        from_name: &config.from_name,
        // The real link is signed for one delivery, and there is none yet.
        link: format!("{}/a/…", config.public_url),
        root: root.map(|found| Root { size: found.size, hash: found.root }),
        earlier: &[],
        since: since.as_ref(),
        date: deps.clock.now(),
        // The preview is not signed: nothing leaves.
        signers: &Signers::default(),
    };
    let content = &alert.content.0;
    let shown = match &circumstances {
        None => Shown::ObjectData(content),
        Some(circumstances) => Shown::Full(content, circumstances),
    };
    let mail = compose(shown, &context).map_err(|error| Problem::internal(&error))?;
    Ok(Rendered { mail, label, to: contact.address.clone(), partner })
}
