//! A mail that asks for the acknowledgement of an earlier one. It says which case it is and nothing of what it is about.

use domain::case::CaseReference;
use domain::text::Line;
use domain::{Interface, Label, Language, Mailbox, Timestamp};
use lettre::Message;
use lettre::message::header::{ContentType, HeaderName, HeaderValue};

use super::plain::wrap;
use super::texts::Texts;
use super::{ComposeError, Signers, named, part};

/// Everything a reminder says.
pub(crate) struct Reminder<'a> {
    pub message_id: &'a str,
    /// The Message-ID of the mail that it is about, so that both are one thread.
    pub earlier: Option<&'a str>,
    pub reference: CaseReference,
    pub version: i64,
    pub label: Label,
    pub languages: &'a [Language],
    pub to: &'a Mailbox,
    pub person: Option<&'a Line>,
    pub from: &'a Mailbox,
    pub from_name: &'a Line,
    /// The signed link; none where the mail that it stood in was sealed and this one is not.
    pub link: Option<&'a str>,
    pub date: Timestamp,
}

/// The bytes of a reminder.
pub(crate) fn reminder(mail: &Reminder<'_>, signers: &Signers) -> Result<Vec<u8>, ComposeError> {
    let texts = Texts::of(Interface::for_reader(mail.languages));
    let args = [
        ("label", mail.label.to_string().into()),
        ("reference", mail.reference.to_string().into()),
        ("version", mail.version.to_string().into()),
    ];
    let mut builder = Message::builder()
        .message_id(Some(mail.message_id.to_owned()))
        .date(std::time::SystemTime::UNIX_EPOCH + mail.date.since(Timestamp::from_micros(0)))
        .from(named(Some(mail.from_name), mail.from)?)
        .reply_to(named(Some(mail.from_name), mail.from)?)
        .to(named(mail.person, mail.to)?)
        .subject(texts.with("reminder-subject", &args));
    if let Some(earlier) = mail.earlier {
        builder = builder.in_reply_to(earlier.to_owned()).references(earlier.to_owned());
    }
    for (name, value) in [
        ("Auto-Submitted", "auto-generated"),
        ("X-Auto-Response-Suppress", "All"),
        ("Content-Language", texts.language.as_str()),
    ] {
        builder = builder.raw_header(HeaderValue::new(HeaderName::new_from_ascii_str(name), value.to_owned()));
    }
    let what = if mail.link.is_some() { "reminder-text" } else { "reminder-text-sealed" };
    let mut paragraphs = vec![mail.label.to_string(), wrap("", 0, &texts.with(what, &args))];
    paragraphs.extend(mail.link.map(|link| format!("{}\n{link}", texts.get("acknowledge"))));
    paragraphs.extend([wrap("", 0, &texts.get("reminder-rest")), mail.from_name.to_string()]);
    let text = format!("{}\n", paragraphs.join("\n\n"));
    let message = builder.singlepart(part(ContentType::TEXT_PLAIN, &text))?;
    let mut bytes = signers.headers(&message).into_bytes();
    bytes.append(&mut message.formatted());
    Ok(bytes)
}
