//! Composes one mail for one reader: pure, from frozen content to bytes.
//!
//! What may be shown is a type: a renderer that is handed [`Shown::ObjectData`] has no circumstances to leak. Words of
//! the report stay in their language and are marked; everything else is in the reader's. Nothing is loaded from
//! elsewhere, nothing tells us that a mail was opened.

mod changes;
mod digest;
mod plain;
mod reminder;
mod sections;
mod signature;
mod texts;
mod view;

use std::time::SystemTime;

use askama::Template;
use domain::alert::ObjectContent;
use domain::case::Circumstances;
use domain::codes::{AlertKind, Share};
use domain::ids::{AlertId, PartnerId};
use domain::text::Line;
use domain::{Interface, Label, Language, Mailbox, Timestamp};
use lettre::Message;
use lettre::message::header::{ContentTransferEncoding, ContentType, HeaderName, HeaderValue};
use lettre::message::{Body, Mailbox as Named, MultiPart, SinglePart};
use sha2::{Digest, Sha256};

pub use self::changes::Since;
pub(crate) use self::digest::{digest, digest_id};
pub(crate) use self::reminder::{Reminder, reminder};
pub use self::signature::{SignerError, Signers};
pub(crate) use self::texts::Texts;
use self::view::View;
pub(crate) use self::view::direction;

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
    /// Its Message-ID: see [`message_id`].
    pub message_id: String,
    /// The number of the alert version.
    pub version: i64,
    /// What it says.
    pub kind: AlertKind,
    /// The label of the share.
    pub label: Label,
    /// The partner's languages, the preferred one first.
    pub languages: &'a [Language],
    /// Where it goes.
    pub to: &'a Mailbox,
    /// The person there.
    pub person: Option<&'a Line>,
    /// The partner's name.
    pub partner: &'a Line,
    /// The desk.
    pub from: &'a Mailbox,
    /// The desk's name.
    pub from_name: &'a Line,
    /// The signed link.
    pub link: String,
    /// The newest signed root of the ledger.
    pub root: Option<Root>,
    /// Message-IDs of earlier versions to the same address, oldest first.
    pub earlier: &'a [String],
    /// Of an update: what has changed since the reader was last told.
    pub since: Option<&'a Since>,
    /// The Date header.
    pub date: Timestamp,
    /// The keys that sign it.
    pub signers: &'a Signers,
}

/// A signed root of the ledger. In every partner's mailbox it makes that partner a witness.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Root {
    /// How many entries it covers.
    pub size: i64,
    /// The root hash.
    pub hash: Vec<u8>,
}

/// A composed mail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mail {
    /// With its angle brackets.
    pub message_id: String,
    /// RFC 5322 bytes: CRLF line ends, ASCII only.
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
    /// A body that cannot be encoded.
    #[error("encode a part of the mail")]
    Encoding,
    /// The mail builder panicked.
    #[error("finish the mail")]
    Panicked,
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

/// The Message-ID of an alert version for an address of a partner: the same for every repeat, because it depends on
/// nothing that changes, so that a reader's mail program can drop the second copy.
pub fn message_id(alert: AlertId, partner: PartnerId, address: &Mailbox, domain: &str) -> String {
    let mut hash = Sha256::new();
    hash.update(b"tocsin message id v1\0");
    hash.update(alert.as_uuid().as_bytes());
    hash.update(partner.as_uuid().as_bytes());
    hash.update(address.as_str().as_bytes());
    format!("<{}@{domain}>", hex::encode(&hash.finalize()[..16]))
}

/// The key of the sentence that says how a label is to be handled.
fn handling_key(label: Label) -> String {
    let label = label.as_str().trim_start_matches("TLP:").to_lowercase().replace('+', "_");
    format!("handling-{label}")
}

/// Composes a mail.
pub fn compose(shown: Shown<'_>, context: &MailContext<'_>) -> Result<Mail, ComposeError> {
    let texts = Texts::of(Interface::for_reader(context.languages));
    let view = View::new(shown, context, texts);
    let mut builder = Message::builder()
        .message_id(Some(context.message_id.clone()))
        .date(SystemTime::UNIX_EPOCH + context.date.since(Timestamp::from_micros(0)))
        .from(named(Some(context.from_name), context.from)?)
        .reply_to(named(Some(context.from_name), context.from)?)
        .to(named(context.person, context.to)?)
        .subject(view::subject(shown.content(), context, texts));
    if let Some(last) = context.earlier.last() {
        builder = builder.in_reply_to(last.clone()).references(context.earlier.join(" "));
    }
    for (name, value) in [
        // Machines must not answer a machine (RFC 3834); the second says the same to Exchange.
        ("Auto-Submitted", "auto-generated"),
        ("X-Auto-Response-Suppress", "All"),
        ("Content-Language", texts.language.as_str()),
    ] {
        builder = builder.raw_header(HeaderValue::new(HeaderName::new_from_ascii_str(name), value.to_owned()));
    }
    let text = PlainText { mail: &view }.render()?;
    let html = Html { mail: &view }.render()?;
    // The boundary follows from the Message-ID, so that composing twice gives the same bytes.
    let boundary = format!("=_{}", context.message_id.trim_start_matches('<').split('@').next().unwrap_or_default());
    let parts = MultiPart::alternative()
        .boundary(boundary)
        .singlepart(part(ContentType::TEXT_PLAIN, text)?)
        .singlepart(part(ContentType::TEXT_HTML, html)?);
    let message = builder.multipart(parts)?;
    let mut bytes = context.signers.headers(&message).into_bytes();
    bytes.append(&mut message.formatted());
    Ok(Mail { message_id: context.message_id.clone(), bytes })
}

/// Quoted-printable whatever the text: 7-bit, no line longer than 76, no lone CR or LF that a server could take for
/// the end of the mail (SMTP smuggling).
fn part(kind: ContentType, text: String) -> Result<SinglePart, ComposeError> {
    let body = Body::new_with_encoding(text, ContentTransferEncoding::QuotedPrintable);
    Ok(SinglePart::builder().content_type(kind).body(body.map_err(|_| ComposeError::Encoding)?))
}

pub(crate) fn named(name: Option<&Line>, address: &Mailbox) -> Result<Named, ComposeError> {
    let address = lettre::Address::new(address.local(), address.domain())?;
    // A `Line` has no control characters, on which the builder panics.
    Ok(Named::new(name.map(ToString::to_string), address))
}

#[cfg(test)]
mod tests;
