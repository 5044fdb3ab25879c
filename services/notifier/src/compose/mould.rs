//! What the mails of one version have in common, made once; and one mail of it.
//!
//! Of a mail, its reader's name, the links, the root of the ledger and the headers are its own; everything else is the same for all
//! who are shown the same in the same language, pictures and files with it. So the texts are rendered and encoded once, with marks
//! where something of one's own stands, and each mail is put together from pieces. The marks hold a random number, which no text of
//! a report can know.

use askama::Template as _;
use domain::Interface;
use lettre::Message;
use lettre::message::header::{ContentTransferEncoding, ContentType, MIME_VERSION_1_0};
use lettre::message::{Body, MessageBuilder};
use memchr::memmem;
use sha2::{Digest, Sha256};
use store::mails::{Common, Place};

use super::view::Values;
use super::{
    ComposeError, Html, Mail, MailContext, Medium, PlainText, Shown, Texts, View, builder, entity, plain, printable,
};

/// Fewer fixed bytes are kept with each mail: looking for them would cost more.
const SHORTEST_MOULD: usize = 2048;

/// What stands at a place that is each mail's own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Slot {
    Version,
    Ledger,
    Link,
    Read,
}

impl Slot {
    const ALL: [Self; 4] = [Self::Version, Self::Ledger, Self::Link, Self::Read];

    fn of(self, values: &Values) -> &str {
        match self {
            Self::Version => &values.version,
            Self::Ledger => &values.ledger,
            Self::Link => &values.link,
            Self::Read => &values.read,
        }
    }
}

#[derive(Clone, Debug)]
enum Piece {
    Fixed(Vec<u8>),
    Text(Slot),
    Html(Slot),
}

/// The mails of one version for everybody who is shown the same in the same language.
#[derive(Debug)]
pub struct Mould {
    kind: ContentType,
    pieces: Vec<Piece>,
    /// The hash of its fixed pieces, if they are worth keeping once for all.
    sha256: Option<[u8; 32]>,
    subject: String,
    outside: String,
    language: Interface,
}

/// Marks that a text cannot hold by chance.
struct Marks(String);

impl Marks {
    fn new() -> Self {
        Self(format!("{:032x}", rand::random::<u128>()))
    }

    /// One letter says in which part it stands, one which slot it is.
    fn values(&self, part: char) -> Values {
        let mark = |slot: char| format!("{}{part}{slot}", self.0);
        Values { version: mark('0'), ledger: mark('1'), link: mark('2'), read: mark('3') }
    }

    /// A rendered text as it travels, its marks on lines of their own.
    fn encoded(&self, text: &str) -> Vec<u8> {
        let mut wire = Vec::new();
        let mut rest = text;
        while let Some(at) = rest.find(&self.0) {
            let (before, from) = rest.split_at(at);
            let (mark, after) = from.split_at(self.0.len() + 2);
            let piece = printable::encoded(before);
            let begins_line = piece.is_empty() || piece.ends_with(b"\n");
            wire.extend(piece);
            if !begins_line {
                wire.extend_from_slice(printable::GOES_ON);
            }
            wire.extend_from_slice(mark.as_bytes());
            wire.extend_from_slice(printable::GOES_ON);
            rest = after;
        }
        wire.extend(printable::encoded(rest));
        wire
    }

    /// Cuts an entity at its marks.
    fn pieces(&self, entity: &[u8]) -> Vec<Piece> {
        let mut pieces = Vec::new();
        let mut from = 0;
        for at in memmem::find_iter(entity, self.0.as_bytes()) {
            let end = at + self.0.len() + 2;
            pieces.push(Piece::Fixed(entity[from..at].to_vec()));
            let slot = Slot::ALL[usize::from(entity[end - 1] - b'0')];
            pieces.push(if entity[end - 2] == b't' { Piece::Text(slot) } else { Piece::Html(slot) });
            from = end;
        }
        pieces.push(Piece::Fixed(entity[from..].to_vec()));
        pieces
    }
}

impl Mould {
    /// What the mails like this one have in common.
    pub fn new(shown: Shown<'_>, context: &MailContext<'_>) -> Result<Self, ComposeError> {
        let texts = Texts::of(Interface::for_reader(context.languages));
        let marks = Marks::new();
        let view = View::new(shown, context, texts, &Medium::Mail, marks.values('t'));
        let text = marks.encoded(&PlainText { mail: &view }.render()?);
        let view = View::new(shown, context, texts, &Medium::Mail, marks.values('h'));
        let html = marks.encoded(&Html { mail: &view }.render()?);
        let entity = entity::inside(text, html, context)?;
        let kind = entity.headers().get::<ContentType>().ok_or(ComposeError::Encoding)?;
        let formatted = entity.formatted();
        let body = memmem::find(&formatted, b"\r\n\r\n").ok_or(ComposeError::Encoding)? + 4;
        let pieces = marks.pieces(&formatted[body..]);
        let mut fixed = Vec::new();
        for piece in &pieces {
            if let Piece::Fixed(bytes) = piece {
                fixed.extend_from_slice(bytes);
            }
        }
        let sha256 = (fixed.len() >= SHORTEST_MOULD).then(|| Sha256::digest(&fixed).into());
        Ok(Self {
            kind,
            pieces,
            sha256,
            subject: super::view::subject(shown.content(), context, texts),
            // Who stands at the mail server sees the label and the reference, as on the outside of a letter.
            outside: format!("[{}] {} v{}", context.label, shown.content().reference, context.version),
            language: texts.language,
        })
    }

    /// One mail: `context` must differ from the mould's own in what is a reader's own alone.
    pub fn mail(&self, shown: Shown<'_>, context: &MailContext<'_>) -> Result<Mail, ComposeError> {
        let texts = Texts::of(self.language);
        let values = Values::of(shown.content(), context, texts);
        let (bytes, common) = match context.seal {
            None => {
                let (bytes, places) = self.clear(builder(context, texts, self.subject.clone())?, &values, context)?;
                (bytes, self.sha256.map(|mould| Common { mould, places }))
            }
            Some(seal) => {
                let outside = builder(context, texts, self.outside.clone())?;
                let inside = entity::protected(&self.kind, &self.subject, &self.body(Vec::new(), &values).0)?;
                let message = entity::seal(outside, &inside, context, seal)?;
                let mut bytes = context.signers.headers(&message).into_bytes();
                bytes.extend(message.formatted());
                // What is encrypted has nothing in common with anything.
                (bytes, None)
            }
        };
        Ok(Mail { message_id: context.message_id.clone(), bytes, common })
    }

    /// In the clear. Its body, a picture's worth of bytes, is written once, where it stays.
    fn clear(
        &self,
        builder: MessageBuilder,
        values: &Values,
        context: &MailContext<'_>,
    ) -> Result<(Vec<u8>, Vec<Place>), ComposeError> {
        let builder = builder.header(MIME_VERSION_1_0).header(self.kind.clone());
        let message = |body| {
            let body = Body::dangerous_pre_encoded(body, ContentTransferEncoding::SevenBit);
            let mut message = builder.clone().body(body)?;
            // Its parts say how each of them is encoded.
            message.headers_mut().remove::<ContentTransferEncoding>();
            Ok::<Message, ComposeError>(message)
        };
        // Most mail is signed by the mail server.
        let mut head = if context.signers.is_empty() {
            String::new()
        } else {
            context.signers.headers(&message(self.body(Vec::new(), values).0)?)
        };
        head.push_str(&message(Vec::new())?.headers().to_string());
        head.push_str("\r\n");
        Ok(self.body(head.into_bytes(), values))
    }

    /// The body after what is written already, and where in all of it the fixed pieces stand.
    fn body(&self, mut wire: Vec<u8>, values: &Values) -> (Vec<u8>, Vec<Place>) {
        let length = |piece: &Piece| if let Piece::Fixed(bytes) = piece { bytes.len() } else { 300 };
        wire.reserve(self.pieces.iter().map(length).sum());
        let mut places = Vec::new();
        for piece in &self.pieces {
            match piece {
                Piece::Fixed(bytes) => {
                    places.push((wire.len(), bytes.len()));
                    wire.extend_from_slice(bytes);
                }
                Piece::Text(slot) => wire.extend(printable::encoded(&plain::wrap("", 0, slot.of(values)))),
                Piece::Html(slot) => wire.extend(printable::encoded(&escaped(slot.of(values)))),
            }
        }
        (wire, places)
    }
}

/// Text within HTML and its attributes.
fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len() + 8);
    for character in text.chars() {
        match character {
            '&' => safe.push_str("&#38;"),
            '<' => safe.push_str("&#60;"),
            '>' => safe.push_str("&#62;"),
            '"' => safe.push_str("&#34;"),
            '\'' => safe.push_str("&#39;"),
            _ => safe.push(character),
        }
    }
    safe
}
