//! From texts, pictures and files to MIME: in the clear, by PGP/MIME (RFC 3156) or by S/MIME (RFC 8551).
//!
//! Everything is encoded to 7-bit lines with CRLF, so that nothing on the way has a reason to change it, and no lone CR
//! or LF is left that a server could take for the end of the mail (SMTP smuggling). Boundaries follow from the alert, so
//! that composing twice gives the same bytes.

use domain::partner::Carries;
use lettre::Message;
use lettre::message::header::{ContentDisposition, ContentTransferEncoding, ContentType, Headers, Subject};
use lettre::message::{Attachment, Body, MessageBuilder, MultiPart, SinglePart};
use seal::Sealed;

use super::{ComposeError, MailContext, Seal, enclosure};

/// Text and HTML, both in quoted-printable, with the pictures that it shows, and what is enclosed.
pub fn inside(text: Vec<u8>, html: Vec<u8>, context: &MailContext<'_>) -> Result<MultiPart, ComposeError> {
    gathered(&context.common, text, html, &[context])
}

/// The same of several alerts in one mail. Boundaries are made of `common`.
pub fn gathered(
    common: &str,
    text: Vec<u8>,
    html: Vec<u8>,
    contexts: &[&MailContext<'_>],
) -> Result<MultiPart, ComposeError> {
    let mut body =
        MultiPart::alternative().boundary(bounded(common, 'a')).singlepart(printable(ContentType::TEXT_PLAIN, text));
    let html = printable(ContentType::TEXT_HTML, html);
    let content = || contexts.iter().filter(|context| context.carries == Carries::Content);
    let mut pictures = content()
        .flat_map(|one| enclosure::shown(one.pictures, one.picture_room).iter().map(move |picture| (*one, picture)))
        .peekable();
    if pictures.peek().is_none() {
        body = body.singlepart(html);
    } else {
        let mut related = MultiPart::related().boundary(bounded(common, 'r')).singlepart(html);
        for (context, picture) in pictures {
            let part = Attachment::new_inline_with_name(content_id(context, picture.number), picture.name());
            related = related.singlepart(part.body(base64(picture.jpeg.to_vec())?, kind("image/jpeg")?));
        }
        body = body.multipart(related);
    }
    let mut files = content()
        .flat_map(|one| one.enclosures.iter().zip(enclosure::enclosed(one.enclosures, one.room)))
        .filter(|(_, fits)| *fits)
        .peekable();
    if files.peek().is_none() {
        return Ok(body);
    }
    let mut whole = MultiPart::mixed().boundary(bounded(common, 'm')).multipart(body);
    for (file, _) in files {
        let part = Attachment::new(file.name.clone());
        whole = whole.singlepart(part.body(base64(file.bytes.to_vec())?, kind(file.kind.content_type())?));
    }
    Ok(whole)
}

/// The address of a picture within its mail; the same picture has the same one in every mail of the version.
pub fn content_id(context: &MailContext<'_>, number: usize) -> String {
    format!("picture{number}.{}@{}", context.common, context.from.domain())
}

/// An entity with the subject that readers are shown once they have opened it (protected headers).
pub fn protected(kind: &ContentType, subject: &str, body: &[u8]) -> Result<Vec<u8>, ComposeError> {
    let mut headers = Headers::new();
    headers.set(kind.clone());
    let said = headers.get_raw("Content-Type").map(|kind| format!("{kind}; protected-headers=\"v1\""));
    headers.set(self::kind(&said.ok_or(ComposeError::Encoding)?)?);
    headers.set(Subject::from(subject.to_owned()));
    let mut entity = headers.to_string().into_bytes();
    entity.extend_from_slice(b"\r\n");
    entity.extend_from_slice(body);
    Ok(entity)
}

/// Encrypts an entity and puts it into a message that says no more than it must.
pub fn seal(
    outside: MessageBuilder,
    inside: &[u8],
    context: &MailContext<'_>,
    seal: Seal<'_>,
) -> Result<Message, ComposeError> {
    Ok(match seal.desk.seal(inside, seal.reader)? {
        Sealed::OpenPgp(armoured) => {
            let version = SinglePart::builder()
                .header(kind("application/pgp-encrypted")?)
                .body(seven_bit("Version: 1\r\n".to_owned())?);
            let message = SinglePart::builder()
                .header(kind("application/octet-stream; name=\"encrypted.asc\"")?)
                .header(ContentDisposition::inline_with_name("encrypted.asc"))
                .body(seven_bit(armoured)?);
            let parts = MultiPart::encrypted("application/pgp-encrypted".to_owned()).boundary(boundary(context, 'e'));
            outside.multipart(parts.singlepart(version).singlepart(message))?
        }
        Sealed::Smime(der) => outside.singlepart(
            SinglePart::builder()
                .header(kind("application/pkcs7-mime; smime-type=enveloped-data; name=\"smime.p7m\"")?)
                .header(ContentDisposition::attachment("smime.p7m"))
                .body(base64(der)?),
        )?,
    })
}

fn kind(text: &str) -> Result<ContentType, ComposeError> {
    ContentType::parse(text).map_err(|_| ComposeError::Encoding)
}

/// One letter keeps the boundaries of one mail apart, and none is the beginning of another.
fn boundary(context: &MailContext<'_>, which: char) -> String {
    bounded(&context.common, which)
}

fn bounded(common: &str, which: char) -> String {
    format!("=_{which}{common}")
}

/// A part in quoted-printable.
pub fn printable(kind: ContentType, encoded: Vec<u8>) -> SinglePart {
    let body = Body::dangerous_pre_encoded(encoded, ContentTransferEncoding::QuotedPrintable);
    SinglePart::builder().content_type(kind).body(body)
}

fn base64(bytes: Vec<u8>) -> Result<Body, ComposeError> {
    encoded(bytes, ContentTransferEncoding::Base64)
}

fn seven_bit(text: String) -> Result<Body, ComposeError> {
    encoded(text, ContentTransferEncoding::SevenBit)
}

fn encoded(
    content: impl Into<lettre::message::MaybeString>,
    encoding: ContentTransferEncoding,
) -> Result<Body, ComposeError> {
    Body::new_with_encoding(content, encoding).map_err(|_| ComposeError::Encoding)
}
