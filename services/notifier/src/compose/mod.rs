//! Composes one mail for one reader: pure, from frozen content to bytes.
//!
//! What may be shown is a type: a renderer that is handed [`Shown::ObjectData`] has no circumstances to leak. What a mail
//! carries of it was decided before ([`Carries`]): the content, a link to it, or neither. Words of the report stay in
//! their language and are marked; everything else is in the reader's. Nothing is loaded from elsewhere, nothing tells us
//! that a mail was opened.
//!
//! A mail is built from the inside out: text and HTML, with the small pictures that the HTML shows; around them what is
//! enclosed; around all of it, where the mail is encrypted, the envelope that nobody else can open. What the mails of a
//! version have in common is made once ([`Mould`]).

mod changes;
mod digest;
mod enclosure;
mod entity;
mod mould;
mod plain;
mod printable;
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
use domain::partner::Carries;
use domain::text::Line;
use domain::{Interface, Label, Language, Mailbox, Timestamp};
use lettre::Message;
use lettre::message::header::{ContentType, HeaderName, HeaderValue};
use lettre::message::{Mailbox as Named, SinglePart};
use sha2::{Digest, Sha256};
use store::mails::Common;

pub use self::changes::Since;
pub(crate) use self::digest::{digest, digest_id};
pub(crate) use self::enclosure::taken;
pub use self::enclosure::{Enclosure, FileKind, PICTURES, Picture};
pub use self::mould::Mould;
pub(crate) use self::reminder::{Reminder, reminder};
pub use self::signature::{SignerError, Signers};
pub(crate) use self::texts::Texts;
pub(crate) use self::view::{Medium, direction};
use self::view::{Values, View};

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
    /// What the mails of this version have in common, in letters and digits: boundaries are made of it.
    pub common: String,
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
    /// What of the version it carries.
    pub carries: Carries,
    /// Where the content and the files can be read.
    pub read: String,
    /// Pictures of the objects, small enough for mail.
    pub pictures: &'a [Picture],
    /// The most bytes of the pictures that are shown.
    pub picture_room: usize,
    /// What is enclosed, the most important first.
    pub enclosures: &'a [Enclosure],
    /// The most bytes that the enclosures may take on their way; what does not fit is told by the link.
    pub room: usize,
    /// Encrypts it; none leaves it in the clear.
    pub seal: Option<Seal<'a>>,
}

/// For whom a mail is encrypted, and by whom signed.
#[derive(Clone, Copy, Debug)]
pub struct Seal<'a> {
    /// The desk's keys.
    pub desk: &'a seal::Desk,
    /// The reader's key.
    pub reader: &'a seal::Recipient,
}

/// A signed root of the ledger. In every partner's mailbox it makes that partner a witness.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Root {
    /// How many entries it covers.
    pub size: i64,
    /// The root hash.
    pub hash: Vec<u8>,
}

impl From<store::ledger::CheckpointRow> for Root {
    fn from(row: store::ledger::CheckpointRow) -> Self {
        Self { size: row.size, hash: row.root }
    }
}

/// A composed mail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mail {
    /// With its angle brackets.
    pub message_id: String,
    /// RFC 5322 bytes: CRLF line ends, ASCII only.
    pub bytes: Vec<u8>,
    /// What the bytes have in common with all of the same mould.
    pub common: Option<Common>,
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
    /// It could not be encrypted; it is not sent otherwise.
    #[error("encrypt the mail")]
    Seal(#[from] seal::SealError),
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
    Mould::new(shown, context)?.mail(shown, context)
}

/// The HTML of what a mail would have carried, for the page behind its link: pictures and files stand at `files`.
pub(crate) fn page_of(shown: Shown<'_>, context: &MailContext<'_>, files: &str) -> Result<String, ComposeError> {
    let texts = Texts::of(Interface::for_reader(context.languages));
    let values = Values::of(shown.content(), context, texts);
    let view = View::new(shown, context, texts, &Medium::Page { files: files.to_owned() }, values);
    Ok(Html { mail: &view }.render()?)
}

/// Everything above a mail's body.
fn builder(
    context: &MailContext<'_>,
    texts: Texts,
    subject: String,
) -> Result<lettre::message::MessageBuilder, ComposeError> {
    let mut builder = Message::builder()
        .message_id(Some(context.message_id.clone()))
        .date(SystemTime::UNIX_EPOCH + context.date.since(Timestamp::from_micros(0)))
        .from(named(Some(context.from_name), context.from)?)
        .reply_to(named(Some(context.from_name), context.from)?)
        .to(named(context.person, context.to)?)
        .subject(subject);
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
    Ok(builder)
}

/// A part of plain text.
fn part(kind: ContentType, text: &str) -> SinglePart {
    entity::printable(kind, printable::encoded(text))
}

pub(crate) fn named(name: Option<&Line>, address: &Mailbox) -> Result<Named, ComposeError> {
    let address = lettre::Address::new(address.local(), address.domain())?;
    // A `Line` has no control characters, on which the builder panics.
    Ok(Named::new(name.map(ToString::to_string), address))
}

#[cfg(test)]
mod tests;
