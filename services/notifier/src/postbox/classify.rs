//! What a mail that came back says. Pure: bytes in, a decision out; what decides is the form of standards, not the words.

use domain::delivery::LetterKind;
use domain::text::{Line, Prose};
use mail_parser::{Addr, Message, MessageParser, MimeHeaders as _};
use sha2::{Digest, Sha256};

/// The most characters of a letter that are kept.
const BODY: usize = 8_000;
/// The most characters of a server's words.
const WORDS: usize = 500;
/// How many earlier mails of a thread are looked at.
const THREAD: usize = 20;

/// What came back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Inbound {
    pub what: What,
    /// As something to be read by a person.
    pub letter: Letter,
}

/// What it is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum What {
    /// The mail could not be delivered, for good (RFC 3464, `failed`).
    Failed(Failed),
    /// It is still under way, or was delivered or passed on (`delayed`, `delivered`, `relayed`, `expanded`).
    Progress,
    /// Its reader complains (RFC 5965).
    Complaint,
    /// Something to be read.
    Letter,
}

/// A report that a mail could not be delivered.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Failed {
    /// RFC 3463, such as `5.1.1`.
    pub status: Option<String>,
    /// The words of whoever refused it.
    pub words: Option<String>,
    /// Whom it could not be delivered to, in lower case: as it was asked for and as it ended.
    pub recipients: Vec<String>,
}

/// A mail to be read by a person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Letter {
    pub kind: LetterKind,
    pub sender: Option<Line>,
    pub subject: Option<Line>,
    pub body: Option<Prose>,
    /// There was more than is kept.
    pub cut: bool,
    /// The same letter by two ways has one digest.
    pub digest: [u8; 32],
    /// The Message-IDs of the mails that it answers, the nearest first, in angle brackets.
    pub answers: Vec<String>,
}

/// Reads a mail; none if it is none. `null_sender`: nobody is to be told about it, so a machine wrote it (RFC 5321, 6.1).
pub(super) fn classify(bytes: &[u8], null_sender: bool) -> Option<Inbound> {
    let message = MessageParser::default().parse(bytes).filter(|message| !message.headers().is_empty())?;
    let what = report(&message);
    let machine = null_sender || what != What::Letter || is_automatic(&message);
    let letter = letter(&message, if machine { LetterKind::Automatic } else { LetterKind::Reply });
    Some(Inbound { what, letter })
}

/// The addresses that a mail in a folder says it came to.
pub(super) fn recipients(bytes: &[u8]) -> Vec<String> {
    let Some(message) = MessageParser::default().parse_headers(bytes) else { return Vec::new() };
    let traced = ["Delivered-To", "X-Original-To", "Envelope-To"];
    let mut found: Vec<String> = traced
        .iter()
        .filter_map(|name| message.header_raw(*name))
        .map(|value| value.trim().trim_matches(['<', '>']).to_owned())
        .collect();
    let addressed = message.to().into_iter().chain(message.cc()).flat_map(mail_parser::Address::iter);
    found.extend(addressed.filter_map(Addr::address).map(str::to_owned));
    found.truncate(THREAD);
    found
}

/// Whether a mail in a folder came from nobody.
pub(super) fn has_null_sender(bytes: &[u8]) -> bool {
    let message = MessageParser::default().parse_headers(bytes);
    message.is_some_and(|message| message.header_raw("Return-Path").is_some_and(|path| path.trim() == "<>"))
}

fn report(message: &Message<'_>) -> What {
    let is_report = message.content_type().is_some_and(|kind| {
        kind.ctype().eq_ignore_ascii_case("multipart")
            && kind.subtype().is_some_and(|sub| sub.eq_ignore_ascii_case("report"))
    });
    if !is_report {
        return What::Letter;
    }
    for part in &message.parts {
        let Some(kind) = part.content_type() else { continue };
        if !kind.ctype().eq_ignore_ascii_case("message") {
            continue;
        }
        match kind.subtype().unwrap_or_default().to_ascii_lowercase().as_str() {
            "delivery-status" | "global-delivery-status" => return delivery_status(part.contents()),
            "feedback-report" => return What::Complaint,
            _ => {}
        }
    }
    What::Letter
}

/// The groups of fields of a report (RFC 3464, 2.1): the first is about the mail, each other about one recipient.
fn delivery_status(bytes: &[u8]) -> What {
    let text = String::from_utf8_lossy(bytes).replace("\r\n", "\n");
    let groups: Vec<Vec<(String, String)>> = text.split("\n\n").map(fields).filter(|group| !group.is_empty()).collect();
    let of = |group: &[(String, String)], name: &str| {
        group.iter().find(|(field, _)| field == name).map(|(_, value)| value.clone())
    };
    let action = |group: &[(String, String)]| of(group, "action").map(|action| action.to_ascii_lowercase());
    let Some(failed) = groups.iter().find(|group| action(group).as_deref() == Some("failed")) else {
        return if groups.iter().any(|group| action(group).is_some()) { What::Progress } else { What::Letter };
    };
    // "rfc822; somebody@example.org", and of the words "smtp; 550 no such user".
    let after = |value: String| value.split_once(';').map_or(value.clone(), |(_, rest)| rest.trim().to_owned());
    let recipients = ["original-recipient", "final-recipient"].iter().filter_map(|name| of(failed, name));
    let words = of(failed, "diagnostic-code").map(after).and_then(|words| Line::of_foreign(&words));
    What::Failed(Failed {
        status: of(failed, "status").and_then(|status| enhanced(&status)),
        words: words.map(|words| words.as_str().chars().take(WORDS).collect()),
        recipients: recipients.map(|value| after(value).trim_matches(['<', '>']).to_ascii_lowercase()).collect(),
    })
}

/// Fields with their continuations in one line each, names in lower case.
fn fields(group: &str) -> Vec<(String, String)> {
    let mut found: Vec<(String, String)> = Vec::new();
    for line in group.lines() {
        if line.starts_with([' ', '\t']) {
            if let Some((_, value)) = found.last_mut() {
                value.push(' ');
                value.push_str(line.trim());
            }
        } else if let Some((name, value)) = line.split_once(':') {
            found.push((name.trim().to_ascii_lowercase(), value.trim().to_owned()));
        }
    }
    found
}

/// A status as RFC 3463 has it, and nothing that only looks like one.
fn enhanced(text: &str) -> Option<String> {
    let status = text.split_whitespace().next()?;
    let parts: Vec<&str> = status.split('.').collect();
    let number = |part: &&str| (1..=3).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_digit());
    (parts.len() == 3 && parts.iter().all(number) && matches!(parts[0], "2" | "4" | "5")).then(|| status.to_owned())
}

/// By the marks of machines (RFC 3834 and what older ones write).
fn is_automatic(message: &Message<'_>) -> bool {
    let says = |name: &'static str| message.header_raw(name).map(|value| value.trim().to_ascii_lowercase());
    says("Auto-Submitted").is_some_and(|value| !value.starts_with("no"))
        || says("X-Autoreply").is_some()
        || says("X-Autorespond").is_some()
        || says("List-Id").is_some()
        || says("Return-Path").is_some_and(|path| path == "<>")
        || says("Precedence").is_some_and(|value| matches!(value.as_str(), "auto_reply" | "bulk" | "junk" | "list"))
        || message.from().and_then(|from| from.first()).and_then(Addr::address).is_some_and(|from| {
            let local = from.split('@').next().unwrap_or_default().to_ascii_lowercase();
            matches!(local.as_str(), "mailer-daemon" | "postmaster")
        })
}

fn letter(message: &Message<'_>, kind: LetterKind) -> Letter {
    let sender = message.from().and_then(|from| from.first()).map(|from| match (from.name(), from.address()) {
        (Some(name), Some(address)) => format!("{name} <{address}>"),
        (name, address) => address.or(name).unwrap_or_default().to_owned(),
    });
    let sender = sender.and_then(|sender| Line::of_foreign(&sender));
    let subject = message.subject().and_then(Line::of_foreign);
    let (body, longer) = Prose::of_foreign(&message.body_text(0).unwrap_or_default(), BODY);
    let mut digest = Sha256::new();
    for text in [
        message.message_id().unwrap_or_default(),
        sender.as_ref().map_or("", Line::as_str),
        subject.as_ref().map_or("", Line::as_str),
        body.as_ref().map_or("", Prose::as_str),
    ] {
        digest.update(text.as_bytes());
        digest.update([0]);
    }
    let cut = longer || message.attachment_count() > 0;
    Letter { kind, sender, subject, body, cut, digest: digest.finalize().into(), answers: answers(message) }
}

fn answers(message: &Message<'_>) -> Vec<String> {
    let listed = |value: &mail_parser::HeaderValue<'_>| -> Vec<String> {
        match (value.as_text_list(), value.as_text()) {
            (Some(list), _) => list.iter().map(|id| id.to_string()).collect(),
            (None, Some(one)) => vec![one.to_owned()],
            (None, None) => Vec::new(),
        }
    };
    let nearest = listed(message.in_reply_to()).into_iter();
    let all = nearest.chain(listed(message.references()).into_iter().rev());
    let mut found: Vec<String> = Vec::new();
    for id in all.map(|id| format!("<{}>", id.trim().trim_matches(['<', '>']))).take(THREAD) {
        if !found.contains(&id) {
            found.push(id);
        }
    }
    found
}

#[cfg(test)]
mod tests;
