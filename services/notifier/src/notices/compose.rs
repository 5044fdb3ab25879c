//! The text of a mail about the directory, in the reader's language. Pure.

use std::time::SystemTime;

use domain::ids::NoticeId;
use domain::{Interface, Timestamp};
use lettre::Message;
use lettre::message::header::{ContentTransferEncoding, ContentType, HeaderName, HeaderValue};
use lettre::message::{Body, SinglePart};
use sha2::{Digest, Sha256};
use store::partners::NoticeRow;

use crate::compose::{ComposeError, Signers, named};
use crate::config::Config;

/// The words of one language.
struct Words {
    language: &'static str,
    change_subject: &'static str,
    change: &'static str,
    code_subject: &'static str,
    code: &'static str,
}

const ENGLISH: Words = Words {
    language: "en",
    change_subject: "Tocsin: a change of your entry waits",
    change: "A change of the entry of {partner} in our directory of partners was proposed. It is not made yet.\n\n\
        If you have asked for it, there is nothing to do. If you have not, please answer this mail or call the desk at \
        once; the change is then stopped.",
    code_subject: "Tocsin: please confirm this address",
    code: "This address is in our directory of partners for {partner}. Please confirm that you read it: open\n\n{link}\n\n\
        and enter the code {code}\n\nIf you do not know what this is about, please answer this mail.",
};

const FRENCH: Words = Words {
    language: "fr",
    change_subject: "Tocsin : une modification de votre fiche est en attente",
    change: "Une modification de la fiche de {partner} dans notre répertoire de partenaires a été proposée. Elle n’est \
        pas encore faite.\n\nSi vous l’avez demandée, vous n’avez rien à faire. Sinon, répondez à ce message ou appelez \
        le bureau aussitôt ; la modification sera arrêtée.",
    code_subject: "Tocsin : merci de confirmer cette adresse",
    code: "Cette adresse figure dans notre répertoire de partenaires pour {partner}. Merci de confirmer que vous la \
        lisez : ouvrez\n\n{link}\n\net saisissez le code {code}\n\nSi vous ne savez pas de quoi il s’agit, répondez à ce \
        message.",
};

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
    let language = Interface::for_reader(&row.languages);
    let words = if language == Interface::French { &FRENCH } else { &ENGLISH };
    let link = format!("{}/v/{}", config.public_url.trim_end_matches('/'), row.id);
    let (subject, text) = match &row.code {
        Some(code) => (words.code_subject, words.code.replace("{code}", code).replace("{link}", &link)),
        None => (words.change_subject, words.change.to_owned()),
    };
    let text = format!("{}\n\n{}\n", text.replace("{partner}", row.partner_name.as_str()), config.from_name);
    let to = named(None, &row.address)?;
    let letter = Letter { to, subject: subject.to_owned(), text, language: words.language, date: row.created_at };
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
    fn a_notice_holds_its_code_and_nothing_of_a_case() {
        let clock = Clock::System;
        let row = NoticeRow {
            id: NoticeId::generate(&clock),
            partner_id: PartnerId::generate(&clock),
            partner_name: "Unit".parse().unwrap(),
            address: "a@unit.example".parse().unwrap(),
            languages: vec![Language::FRENCH].into(),
            change_id: None,
            code: Some("2Z2Z-ABCD".to_owned()),
            created_at: clock.now(),
            expires_at: None,
            wrong_tries: 0,
            used_at: None,
        };
        let config = Config::default();
        let of = |row: &NoticeRow| {
            let bytes =
                compose(row, &config, &Signers::default(), &message_id(row.id, &config.message_id_domain)).unwrap();
            let mail = mail_parser::MessageParser::default().parse(&bytes).unwrap().into_owned();
            (mail.subject().unwrap().to_owned(), mail.body_text(0).unwrap().into_owned(), bytes)
        };
        let (subject, text, bytes) = of(&row);
        assert_eq!(subject, FRENCH.code_subject);
        assert!(text.contains("2Z2Z-ABCD") && text.contains(&format!("/v/{}", row.id)), "{text}");
        assert_eq!(of(&row).2, bytes, "the same bytes each time");
        let change = NoticeRow { code: None, languages: vec![].into(), ..row };
        let (subject, text, _) = of(&change);
        assert_eq!(subject, ENGLISH.change_subject);
        assert!(!text.contains("/v/") && text.contains("Unit"), "{text}");
    }
}
