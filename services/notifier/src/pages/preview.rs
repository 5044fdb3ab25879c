//! `/alerts/{id}/mail/{partner}`: the mail that a partner would get of an alert version, for whoever looks before it is
//! released. Nothing is sent and nothing is kept.

use askama::Template;
use axum::extract::State;
use axum::http::header::{CONTENT_SECURITY_POLICY, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use domain::alert::label_of_share;
use domain::codes::{KeyFormat, Share};
use domain::ids::{AlertId, PartnerId};
use domain::partner::{Partner, Way};
use domain::{Interface, Label, Mailbox};
use mail_parser::{MessageParser, MimeHeaders as _};
use serde::Deserialize;
use store::partners;
use web::{Auditing, Authority, PageError, Path, Problem, Query, Shell, page};

use super::mailbox::BOX;
use crate::Deps;
use crate::compose::{Mail, MailContext, PICTURES, Root, Signers, compose, message_id};
use crate::material::Material;
use crate::protect::Protection;
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
    protection: &'static str,
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
        protection: rendered.protection,
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
    let html = with_pictures(&parsed);
    Ok(([(CONTENT_TYPE, "text/html; charset=utf-8"), (CONTENT_SECURITY_POLICY, BOX)], html).into_response())
}

struct Rendered {
    mail: Mail,
    partner: Partner,
    label: Label,
    to: Mailbox,
    protection: &'static str,
}

async fn render(deps: &Deps, alert: AlertId, partner: PartnerId, share: Share) -> Result<Rendered, Problem> {
    let material = Material::read(deps, alert).await?.ok_or_else(|| Problem::not_found("alert"))?;
    let mut tx = deps.db.read().await?;
    let partner = partners::find(&mut tx, partner).await?.ok_or_else(|| Problem::not_found("partner"))?;
    let circumstances = material.circumstances.as_ref().filter(|_| share == Share::Full);
    let since = told::since(&mut tx, &material.alert, circumstances, partner.id, share).await?;
    let root = store::ledger::latest_checkpoint(&mut tx).await?;
    tx.commit().await?;
    let contact = partner.contacts.first().ok_or_else(|| Problem::not_found("address of this partner"))?;
    let alert = &material.alert;
    let label = label_of_share(alert.label, share);
    let config = &deps.config;
    let now = deps.clock.now();
    let desk = seal::Desk::load(&config.desk_keys()).map_err(|error| Problem::internal(&error))?;
    let protection = Protection::decide(&partner, &contact.address, &desk, now);
    let enclosures = material.enclosures(deps, share, label, Interface::for_reader(&partner.languages)).await;
    // The real link is signed for one delivery, and there is none yet.
    let link = format!("{}/a/…", config.public_url);
    let context = MailContext {
        message_id: message_id(alert.id, partner.id, &contact.address, &config.message_id_domain),
        common: alert.id.as_uuid().simple().to_string(),
        version: alert.version,
        kind: alert.kind,
        label,
        languages: &partner.languages,
        to: &contact.address,
        person: contact.person.as_ref(),
        partner: &partner.name,
        from: &config.from,
        from_name: &config.from_name,
        read: format!("{link}/read"),
        link,
        root: root.map(Root::from),
        earlier: &[],
        since: since.as_ref(),
        date: now,
        // The preview is neither signed nor encrypted: nothing leaves.
        signers: &Signers::default(),
        carries: protection.carries(label, partner.mail_content),
        pictures: &material.pictures,
        picture_room: PICTURES,
        enclosures: &enclosures,
        room: config.room(partner.max_attachment_mib),
        seal: None,
    };
    let shown = material.shown(share).or_else(|| material.shown(Share::ObjectData));
    let shown = shown.ok_or_else(|| Problem::not_found("content"))?;
    let mail = compose(shown, &context).map_err(|error| Problem::internal(&error))?;
    let protection = match &protection {
        Protection::Sealed(reader, _) => match reader.format() {
            KeyFormat::OpenPgp => "It would be encrypted by OpenPGP.",
            KeyFormat::X509 => "It would be encrypted by S/MIME.",
        },
        Protection::Clear(Way::Encrypted | Way::Clear) => "It would travel in the clear.",
        Protection::Clear(Way::Fallen) => {
            "The partner's key cannot be used: it would travel in the clear and carry a link in place of the content."
        }
        Protection::Missing => {
            "It must be encrypted, and there is no key that can be used: it would be held, and the partner would get a \
             notice without content."
        }
    };
    let to = contact.address.clone();
    Ok(Rendered { mail, partner, label, to, protection })
}

/// The HTML part with its pictures in it, because a page of ours loads nothing.
pub(super) fn with_pictures(parsed: &mail_parser::Message<'_>) -> String {
    let mut html = parsed.body_html(0).unwrap_or_default().into_owned();
    for part in parsed.parts.iter().filter(|part| part.is_content_type("image", "jpeg")) {
        let Some(id) = part.content_id() else { continue };
        let picture = format!("data:image/jpeg;base64,{}", STANDARD.encode(part.contents()));
        html = html.replace(&format!("cid:{id}"), &picture);
    }
    html
}
