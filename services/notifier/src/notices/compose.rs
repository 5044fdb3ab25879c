//! The text of a mail about the directory, in the reader's language. Pure.

use std::time::SystemTime;

use domain::ids::NoticeId;
use domain::{Interface, Timestamp};
use lettre::Message;
use lettre::message::header::{ContentTransferEncoding, ContentType, HeaderName, HeaderValue};
use lettre::message::{Body, SinglePart};
use sha2::{Digest, Sha256};
use store::partners::NoticeRow;

use crate::compose::{ComposeError, Signers, Texts, named};
use crate::config::Config;

/// The Message-ID of a notice: the same for every repeat.
pub(super) fn message_id(id: NoticeId, domain: &str) -> String {
    let mut hash = Sha256::new();
    hash.update(b"tocsin notice message id v1\0");
    hash.update(id.as_uuid().as_bytes());
    format!("<{}@{domain}>", hex::encode(&hash.finalize()[..16]))
}

/// The bytes of a notice.
pub(super) fn compose(
    row: &NoticeRow,
    config: &Config,
    signers: &Signers,
    message_id: &str,
) -> Result<Vec<u8>, ComposeError> {
    let texts = Texts::of(Interface::for_reader(&row.languages));
    let partner = || ("partner", row.partner_name.to_string().into());
    let (subject, paragraphs) = match &row.code {
        Some(code) => {
            let link = format!("{}/v/{}", config.public_url.trim_end_matches('/'), row.id);
            let enter = texts.with("notice-code-enter", &[("code", code.clone().into())]);
            let paragraphs =
                vec![texts.with("notice-code", &[partner()]), link, enter, texts.get("notice-code-unknown")];
            (texts.get("notice-code-subject"), paragraphs)
        }
        None => {
            let paragraphs = vec![texts.with("notice-change", &[partner()]), texts.get("notice-change-ask")];
            (texts.get("notice-change-subject"), paragraphs)
        }
    };
    let text = format!("{}\n\n{}\n", paragraphs.join("\n\n"), config.from_name);
    let to = named(None, &row.address)?;
    let letter = Letter { to, subject, text, language: texts.language.as_str(), date: row.created_at };
    plain(letter, config, signers, message_id)
}

/// A mail of plain text.
pub(super) struct Letter {
    pub to: lettre::message::Mailbox,
    pub subject: String,
    pub text: String,
    pub language: &'static str,
    pub date: Timestamp,
}

/// Its bytes.
pub(super) fn plain(
    letter: Letter,
    config: &Config,
    signers: &Signers,
    message_id: &str,
) -> Result<Vec<u8>, ComposeError> {
    let mut builder = Message::builder()
        .message_id(Some(message_id.to_owned()))
        .date(SystemTime::UNIX_EPOCH + letter.date.since(Timestamp::from_micros(0)))
        .from(named(Some(&config.from_name), &config.from)?)
        .reply_to(named(Some(&config.from_name), &config.from)?)
        .to(letter.to)
        .subject(letter.subject);
    for (name, value) in [
        ("Auto-Submitted", "auto-generated"),
        ("X-Auto-Response-Suppress", "All"),
        ("Content-Language", letter.language),
    ] {
        builder = builder.raw_header(HeaderValue::new(HeaderName::new_from_ascii_str(name), value.to_owned()));
    }
    let body = Body::new_with_encoding(letter.text.replace('\n', "\r\n"), ContentTransferEncoding::QuotedPrintable);
    let part =
        SinglePart::builder().content_type(ContentType::TEXT_PLAIN).body(body.map_err(|_| ComposeError::Encoding)?);
    let message = builder.singlepart(part)?;
    let mut bytes = signers.headers(&message).into_bytes();
    bytes.extend(message.formatted());
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use domain::ids::PartnerId;
    use domain::{Clock, Language};

    use super::*;

    #[test]
    fn a_notice_holds_its_code_in_every_language_and_nothing_of_a_case() {
        let clock = Clock::System;
        let config = Config::default();
        let of = |row: &NoticeRow| {
            let bytes =
                compose(row, &config, &Signers::default(), &message_id(row.id, &config.message_id_domain)).unwrap();
            let mail = mail_parser::MessageParser::default().parse(&bytes).unwrap().into_owned();
            assert!(bytes.is_ascii(), "seven bits");
            let language = mail.header_raw("Content-Language").unwrap().trim().to_owned();
            (mail.subject().unwrap().to_owned(), mail.body_text(0).unwrap().into_owned(), language, bytes)
        };
        let mut subjects = std::collections::BTreeSet::new();
        for &interface in Interface::ALL {
            let texts = Texts::of(interface);
            let row = NoticeRow {
                id: NoticeId::generate(&clock),
                partner_id: PartnerId::generate(&clock),
                partner_name: "Unit".parse().unwrap(),
                address: "a@unit.example".parse().unwrap(),
                languages: vec![interface.language()].into(),
                change_id: None,
                code: Some("2Z2Z-ABCD".to_owned()),
                created_at: clock.now(),
                expires_at: None,
                wrong_tries: 0,
                used_at: None,
            };
            let (subject, text, language, bytes) = of(&row);
            assert_eq!(
                (subject.as_str(), language.as_str()),
                (texts.get("notice-code-subject").as_str(), interface.as_str())
            );
            assert!(text.contains("2Z2Z-ABCD") && text.contains(&format!("/v/{}", row.id)), "{text}");
            assert!(text.contains("Unit") && !text.contains("notice-"), "{text}");
            assert_eq!(of(&row).3, bytes, "the same bytes each time");
            subjects.insert(subject);
            let change = NoticeRow { code: None, ..row };
            let (subject, text, ..) = of(&change);
            assert_eq!(subject, texts.get("notice-change-subject"));
            assert!(!text.contains("/v/") && text.contains("Unit") && !text.contains("notice-"), "{text}");
            subjects.insert(subject);
        }
        assert_eq!(subjects.len(), 2 * Interface::ALL.len(), "each in its own words");
    }

    #[test]
    fn a_reader_of_another_language_gets_english() {
        assert_eq!(Interface::for_reader(&[]), Interface::English);
        assert_eq!(Interface::for_reader(&[Language::ENGLISH]), Interface::English);
    }
}
