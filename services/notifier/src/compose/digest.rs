//! One mail with several alerts that could wait: a list of them, then each as it would have come by itself.

use askama::Template;
use domain::ids::DeliveryId;
use domain::{Interface, Label};
use lettre::Message;
use lettre::message::header::{HeaderName, HeaderValue};
use sha2::{Digest as _, Sha256};

use super::plain::wrap;
use super::texts::Texts;
use super::view::{self, Medium, Values, View, direction};
use super::{ComposeError, Mail, MailContext, Shown, entity, named, printable};

/// One alert of the digest.
struct Item {
    /// Its subject, as its own mail would have it.
    subject: String,
    view: View,
}

struct Gathered {
    lang: &'static str,
    dir: &'static str,
    label: Label,
    heading: String,
    lead: String,
    items: Vec<Item>,
    foot: Vec<String>,
}

impl Gathered {
    fn paragraph(text: &str) -> String {
        wrap("", 0, text)
    }

    fn listed(number: &usize, item: &Item) -> String {
        wrap(&format!("{number}. "), 3, &item.subject)
    }
}

#[derive(Template)]
#[template(path = "mail/digest.txt")]
struct PlainText<'a> {
    mail: &'a Gathered,
}

#[derive(Template)]
#[template(path = "mail/digest.html")]
struct Html<'a> {
    mail: &'a Gathered,
}

/// The Message-ID of a digest: it follows from what is in it, so that every repeat has the same.
pub(crate) fn digest_id(deliveries: &[DeliveryId], domain: &str) -> String {
    let mut hash = Sha256::new();
    hash.update(b"tocsin digest message id v1\0");
    for id in deliveries {
        hash.update(id.as_uuid().as_bytes());
    }
    format!("<{}@{domain}>", hex::encode(&hash.finalize()[..16]))
}

/// Composes a digest of what its first item's context is for: one reader, one address. Its label is the highest of its
/// items'.
pub(crate) fn digest(message_id: String, items: &[(Shown<'_>, MailContext<'_>)]) -> Result<Mail, ComposeError> {
    let Some((_, first)) = items.first() else { return Err(ComposeError::Encoding) };
    let texts = Texts::of(Interface::for_reader(first.languages));
    let label = items.iter().map(|(_, context)| context.label).max().unwrap_or(first.label);
    let args = [("label", label.to_string().into()), ("count", items.len().to_string().into())];
    let of_item = |(shown, context): &(Shown<'_>, MailContext<'_>)| Item {
        subject: view::subject(shown.content(), context, texts),
        view: View::new(*shown, context, texts, &Medium::Mail, Values::of(shown.content(), context, texts)),
    };
    let contexts: Vec<&MailContext<'_>> = items.iter().map(|(_, context)| context).collect();
    let items: Vec<Item> = items.iter().map(of_item).collect();
    // How a label is to be handled stands below each; the rest, the same for all, once.
    let foot = items[0].view.foot.iter().skip(1).cloned().collect();
    let mail = Gathered {
        lang: texts.language.as_str(),
        dir: direction(texts.language.language()),
        label,
        heading: texts.get("digest-heading"),
        lead: texts.get("digest-lead"),
        items,
        foot,
    };
    let mut builder = Message::builder()
        .message_id(Some(message_id.clone()))
        .date(std::time::SystemTime::UNIX_EPOCH + first.date.since(domain::Timestamp::from_micros(0)))
        .from(named(Some(first.from_name), first.from)?)
        .reply_to(named(Some(first.from_name), first.from)?)
        .to(named(first.person, first.to)?)
        .subject(texts.with("digest-subject", &args));
    for (name, value) in [
        ("Auto-Submitted", "auto-generated"),
        ("X-Auto-Response-Suppress", "All"),
        ("Content-Language", texts.language.as_str()),
    ] {
        builder = builder.raw_header(HeaderValue::new(HeaderName::new_from_ascii_str(name), value.to_owned()));
    }
    let common = message_id.trim_start_matches('<').split('@').next().unwrap_or_default();
    let text = printable::encoded(&PlainText { mail: &mail }.render()?);
    let html = printable::encoded(&Html { mail: &mail }.render()?);
    let parts = entity::gathered(common, text, html, &contexts)?;
    let message = builder.multipart(parts)?;
    let mut bytes = first.signers.headers(&message).into_bytes();
    bytes.append(&mut message.formatted());
    Ok(Mail { message_id, bytes, common: None })
}
