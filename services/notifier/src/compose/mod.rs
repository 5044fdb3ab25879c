//! Composes one mail for one reader: pure, from frozen content to bytes.
//!
//! What may be shown is a type: a renderer that is handed [`Shown::ObjectData`] has no circumstances to leak.

mod sections;
mod texts;

use askama::Template;
use domain::alert::ObjectContent;
use domain::case::Circumstances;
use domain::codes::{AlertKind, Share};
use domain::ids::{AlertId, PartnerId};
use domain::text::Line;
use domain::{Interface, Label, Language, Mailbox, Timestamp};
use lettre::Message;
use lettre::message::header::{HeaderName, HeaderValue};
use lettre::message::{Mailbox as Named, MultiPart};
use sha2::{Digest, Sha256};

use sections::Section;
use texts::Texts;

/// What a partner is shown.
#[derive(Clone, Copy, Debug)]
pub enum Shown<'a> {
    /// Class A.
    ObjectData(&'a ObjectContent),
    /// Classes A and B.
    Full(&'a ObjectContent, &'a Circumstances),
}

impl<'a> Shown<'a> {
    fn content(self) -> &'a ObjectContent {
        match self {
            Self::ObjectData(content) | Self::Full(content, _) => content,
        }
    }

    fn share(self) -> Share {
        match self {
            Self::ObjectData(_) => Share::ObjectData,
            Self::Full(..) => Share::Full,
        }
    }
}

/// Everything about a mail but its content.
#[derive(Clone, Debug)]
pub struct MailContext<'a> {
    /// The alert version.
    pub alert_id: AlertId,
    /// Its number.
    pub version: i64,
    /// What it says.
    pub kind: AlertKind,
    /// The partner.
    pub partner_id: PartnerId,
    /// The label of the share.
    pub label: Label,
    /// The partner's languages.
    pub languages: &'a [Language],
    /// Where it goes.
    pub to: &'a Mailbox,
    /// The person there.
    pub person: Option<&'a Line>,
    /// The desk.
    pub from: &'a Mailbox,
    /// The desk's name.
    pub from_name: &'a Line,
    /// The domain of our Message-IDs.
    pub message_id_domain: &'a str,
    /// The signed link.
    pub link: String,
    /// The latest checkpoint: size and root in base64.
    pub checkpoint: Option<(i64, String)>,
    /// Message-IDs of earlier versions to the same address.
    pub earlier: &'a [String],
    /// The Date header.
    pub date: Timestamp,
}

/// A composed mail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mail {
    /// With its angle brackets.
    pub message_id: String,
    /// RFC 5322 bytes, CRLF line ends.
    pub bytes: Vec<u8>,
}

/// Why a mail could not be composed: a bug, since every input is a checked type.
#[derive(Debug, thiserror::Error)]
pub enum ComposeError {
    /// A template failed.
    #[error("fill in the mail's template")]
    Template(#[from] askama::Error),
    /// The mail builder refused a part.
    #[error("build the mail")]
    Build(#[from] lettre::error::Error),
    /// An address that our rule takes and the mail builder does not.
    #[error("use the address")]
    Address(#[from] lettre::address::AddressError),
}

/// The desk's words, in the language they were written in.
struct DeskMessage {
    title: String,
    note: String,
    lang: Language,
    text: String,
}

/// What both templates show.
struct View {
    lang: Language,
    dir: &'static str,
    label: Label,
    heading: String,
    what: String,
    message: Option<DeskMessage>,
    sections: Vec<Section>,
    link: String,
    acknowledge: String,
    acknowledge_why: String,
    complements: String,
    certainty_note: String,
    handling: String,
    ledger: String,
}

#[derive(Template)]
#[template(path = "mail/mail.txt")]
struct PlainText<'a> {
    mail: &'a View,
}

#[derive(Template)]
#[template(path = "mail/mail.html")]
struct Html<'a> {
    mail: &'a View,
}

/// Composes a mail.
pub fn compose(shown: Shown<'_>, context: &MailContext<'_>) -> Result<Mail, ComposeError> {
    let language = Interface::for_reader(context.languages);
    let texts = Texts::of(language);
    let view = view(shown, context, texts, language);
    let message_id = message_id(context);
    let mut builder = Message::builder()
        .message_id(Some(message_id.clone()))
        .date(context.date.to_jiff().into())
        .from(named(Some(context.from_name), context.from)?)
        .reply_to(named(Some(context.from_name), context.from)?)
        .to(named(context.person, context.to)?)
        .subject(subject(shown.content(), context, texts));
    if let Some(last) = context.earlier.last() {
        builder = builder.in_reply_to(last.clone()).references(context.earlier.join(" "));
    }
    // RFC 3834: machines must not answer a machine. The other one says the same to Exchange.
    for (name, value) in [("Auto-Submitted", "auto-generated"), ("X-Auto-Response-Suppress", "All")] {
        let name = HeaderName::new_from_ascii_str(name);
        builder = builder.raw_header(HeaderValue::new(name, value.to_owned()));
    }
    let text = PlainText { mail: &view }.render()?;
    let html = Html { mail: &view }.render()?;
    let message = builder.multipart(MultiPart::alternative_plain_html(text, html))?;
    Ok(Mail { message_id, bytes: message.formatted() })
}

/// The same for every repeat: a function of alert, partner and address, and of nothing that changes.
fn message_id(context: &MailContext<'_>) -> String {
    let mut hash = Sha256::new();
    hash.update(context.alert_id.as_uuid().as_bytes());
    hash.update(context.partner_id.as_uuid().as_bytes());
    hash.update(context.to.as_str().as_bytes());
    let digest = hash.finalize();
    let hex = digest.iter().take(16).fold(String::new(), |text, byte| text + &format!("{byte:02x}"));
    format!("<{hex}@{}>", context.message_id_domain)
}

fn named(name: Option<&Line>, address: &Mailbox) -> Result<Named, ComposeError> {
    // A `Line` has no control characters, on which the builder would panic.
    let address = lettre::Address::new(address.local(), address.domain())?;
    Ok(Named::new(name.map(ToString::to_string), address))
}

fn subject(content: &ObjectContent, context: &MailContext<'_>, texts: Texts) -> String {
    let label = format!("[{}]", context.label);
    texts.with(
        &format!("subject-{}", context.kind),
        &[
            ("label", label),
            ("reference", content.reference.to_string()),
            ("version", context.version.to_string()),
            ("event", texts.code("event", content.event.as_str())),
            ("title", content.title.to_string()),
        ],
    )
}

fn view(shown: Shown<'_>, context: &MailContext<'_>, texts: Texts, language: Interface) -> View {
    let content = shown.content();
    let count = content.objects.len();
    let mut sections = vec![sections::case(content, context, shown.share(), texts, language)];
    if let Shown::Full(_, circumstances) = shown {
        sections.push(sections::circumstances(circumstances, texts, language));
    }
    for (index, object) in content.objects.iter().enumerate() {
        sections.push(sections::object(object, index + 1, count, texts, language));
    }
    let event = texts.code("event", content.event.as_str());
    let reader: Language = language.into();
    View {
        lang: reader,
        dir: if reader.is_rtl() { "rtl" } else { "ltr" },
        label: context.label,
        heading: texts.with(&format!("heading-{}", context.kind), &[("event", event)]),
        what: texts.with(&format!("what-{}", context.kind), &[("count", count.to_string())]),
        message: content.message.as_ref().map(|message| DeskMessage {
            title: texts.get("section-message"),
            note: texts.with("original-language", &[("language", content.language.to_string())]),
            lang: content.language,
            text: message.to_string(),
        }),
        sections,
        link: context.link.clone(),
        acknowledge: texts.get("acknowledge"),
        acknowledge_why: texts.get("acknowledge-why"),
        complements: texts.get("complements"),
        certainty_note: texts.get("certainty-note"),
        handling: texts.with("handling-note", &[("label", context.label.to_string())]),
        ledger: match &context.checkpoint {
            Some((size, root)) => texts.with("ledger", &[("size", size.to_string()), ("root", root.clone())]),
            None => texts.get("ledger-none"),
        },
    }
}

#[cfg(test)]
mod tests;
