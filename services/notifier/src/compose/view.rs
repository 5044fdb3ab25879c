//! What both parts of a mail say, in the reader's language.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use domain::alert::ObjectContent;
use domain::codes::{AlertKind, Event};
use domain::partner::Carries;
use domain::{Interface, Label, Language};

use super::plain::{shortened, wrap};
use super::sections::{self, Figure, Row, Section};
use super::texts::Texts;
use super::{FileKind, MailContext, Picture, Shown, changes, enclosure, entity, handling_key};

/// The most bytes of the desk's words.
const MESSAGE: usize = 12_000;
/// The objects that begin within this many bytes are printed; the others are counted. The whole text stays below
/// 100 kB, which every mail server takes and a slow line carries.
const OBJECTS: usize = 48_000;

/// The widest picture, in pixels: as wide as the text.
const WIDEST: i64 = 600;

/// Where it is read.
pub enum Medium {
    /// In a mail program: pictures and files are parts of the mail.
    Mail,
    /// On a page: files stand at this address, pictures in the page itself, because it loads nothing.
    Page {
        /// No slash at the end.
        files: String,
    },
}

/// A way to what is not in the mail.
pub struct Way {
    pub url: String,
    pub text: String,
    pub why: String,
}

/// A file that goes along, or would.
pub struct File {
    pub label: String,
    pub name: String,
    /// Enclosed, or by the link; on a page it is here.
    pub place: String,
    /// On a page only.
    pub href: Option<String>,
}

impl File {
    /// For plain text.
    pub fn plain(&self) -> String {
        wrap("- ", 2, &format!("{} ({}, {})", self.label, self.name, self.place))
    }
}

/// What is each mail's own in its text.
pub struct Values {
    /// Which version, for which partner.
    pub version: String,
    /// The root of the ledger at sending.
    pub ledger: String,
    /// The signed link.
    pub link: String,
    /// The link to the content.
    pub read: String,
}

impl Values {
    /// Those of one mail.
    pub fn of(content: &ObjectContent, context: &MailContext<'_>, texts: Texts) -> Self {
        let args = [
            ("reference", content.reference.to_string().into()),
            ("version", context.version.to_string().into()),
            ("partner", context.partner.to_string().into()),
        ];
        Self {
            version: texts.with("version", &args),
            ledger: ledger(context, texts),
            link: context.link.clone(),
            read: context.read.clone(),
        }
    }
}

/// A mail as both templates print it.
pub struct View {
    pub lang: &'static str,
    pub dir: &'static str,
    pub label: Label,
    pub heading: String,
    pub version: String,
    pub lead: String,
    pub ask_title: String,
    pub asks: Vec<String>,
    /// The desk's words, the label being their title.
    pub message: Option<Row>,
    pub original_note: Option<String>,
    pub sections: Vec<Section>,
    pub left_out: Option<String>,
    pub files_title: String,
    pub files: Vec<File>,
    /// Where the content is read, if it is not here, or the rest of it.
    pub read: Option<Way>,
    pub link: String,
    pub acknowledge: String,
    pub acknowledge_why: String,
    /// Handling, route, ledger, sender: what stands below every mail.
    pub foot: Vec<String>,
}

impl View {
    pub fn new(shown: Shown<'_>, context: &MailContext<'_>, texts: Texts, medium: &Medium, values: Values) -> Self {
        let carries = carries(context);
        let content = Some(shown.content()).filter(|_| carries == Carries::Content);
        let kind = context.kind.as_str();
        let (reference, desk) = (shown.content().reference.to_string(), context.from.to_string());
        let count = shown.content().objects.len();
        let args = [
            ("label", context.label.to_string().into()),
            ("reference", reference.into()),
            ("version", context.version.to_string().into()),
            ("desk", desk.into()),
            ("kind", texts.code("kind", kind).into()),
            ("event", texts.code("event", shown.content().event.as_str()).into()),
            ("count", count.into()),
            ("others", shown.content().others_missing.into()),
        ];
        let say = |key: &str| texts.with(key, &args);
        let (sections, printed) =
            content.map_or((Vec::new(), 0), |content| sections_of(shown, content, context, texts, medium));
        let left_out = content.map_or(0, |_| count - printed);
        let rest = [("count", left_out.into()), args[3].clone()];
        let what = match carries {
            Carries::Content => kind,
            Carries::Reference => "reference",
            Carries::Nothing => "withheld",
        };
        let files = content.map_or(Vec::new(), |_| files(context, texts, medium));
        // Also for what does not fit: files that are too large, objects beyond the length of a mail.
        let elsewhere = carries == Carries::Reference
            || left_out_of_mail(context) && carries == Carries::Content && matches!(medium, Medium::Mail);
        let of_kind = Asked::of(context.kind, shown.content());
        Self {
            lang: texts.language.as_str(),
            dir: direction(texts.language.language()),
            label: context.label,
            heading: say(&format!("heading-{what}")),
            version: values.version,
            lead: match (content, of_kind.lead()) {
                (Some(_), Some(lead)) => say(lead),
                _ => say(&format!("lead-{what}")),
            },
            ask_title: texts.get("section-ask"),
            asks: content.map_or(Vec::new(), |_| of_kind.asks().iter().map(|key| say(key)).collect()),
            message: content.and_then(|content| message(content, kind, texts)),
            original_note: content.and_then(|content| original_note(content, texts)),
            sections,
            left_out: (left_out > 0).then(|| texts.with("left-out", &rest)),
            files_title: texts.get("section-files"),
            files,
            read: elsewhere.then(|| Way { url: values.read, text: texts.get("read"), why: texts.get("read-why") }),
            link: values.link,
            acknowledge: texts.get("acknowledge"),
            acknowledge_why: texts.get("acknowledge-why"),
            foot: vec![say(&handling_key(context.label)), texts.get("complements"), values.ledger, say("machine")],
        }
    }

    /// For plain text: a paragraph at the margin.
    pub fn paragraph(&self, text: &str) -> String {
        wrap("", 0, text)
    }

    /// For plain text: an item of a list.
    pub fn item(&self, text: &str) -> String {
        wrap("- ", 2, text)
    }

    /// For plain text: words that are not ours.
    pub fn quoted(&self, row: &Row) -> String {
        wrap("    ", 4, &row.value)
    }
}

/// TLP:RED stays out of every mail, whatever was decided: it is for named persons, and a mailbox is not one.
fn carries(context: &MailContext<'_>) -> Carries {
    if context.label == Label::Red { Carries::Nothing } else { context.carries }
}

/// Whether a picture or a file is not in the mail.
fn left_out_of_mail(context: &MailContext<'_>) -> bool {
    let enclosed = enclosure::enclosed(context.enclosures, context.room);
    enclosure::shown(context.pictures, context.picture_room).len() < context.pictures.len() || enclosed.contains(&false)
}

fn files(context: &MailContext<'_>, texts: Texts, medium: &Medium) -> Vec<File> {
    let enclosed = enclosure::enclosed(context.enclosures, context.room);
    let all = context.enclosures.iter().zip(enclosed);
    all.map(|(file, enclosed)| {
        let label = match file.kind {
            FileKind::Cap => texts.get("file-cap"),
            FileKind::Json => texts.get("file-json"),
            FileKind::Sheet(number) => texts.with("file-sheet", &[("number", number.to_string().into())]),
        };
        let (place, href) = match medium {
            Medium::Mail if enclosed => (texts.get("file-enclosed"), None),
            Medium::Mail => (texts.get("file-by-link"), None),
            Medium::Page { files } => (String::new(), Some(format!("{files}/{}", file.name))),
        };
        File { label, name: file.name.clone(), place, href }
    })
    .collect()
}

/// A picture beside its object.
fn figure(
    picture: &Picture,
    content: &ObjectContent,
    context: &MailContext<'_>,
    texts: Texts,
    medium: &Medium,
) -> Figure {
    let in_mail = picture.number <= enclosure::shown(context.pictures, context.picture_room).len();
    let src = match medium {
        Medium::Mail => in_mail.then(|| format!("cid:{}", entity::content_id(context, picture.number))),
        // A page with a picture of its own needs no second request, which would have to be let through.
        Medium::Page { .. } => Some(format!("data:image/jpeg;base64,{}", STANDARD.encode(&picture.jpeg))),
    };
    let mut caption = picture.shows.to_string();
    if let Some(credit) = &picture.credit {
        caption.push_str(&format!(" © {credit}"));
    }
    let original = foreign(content, texts.language);
    let key = if picture.look_alike { "label-look-alike" } else { "label-picture" };
    let width = picture.width.min(WIDEST);
    Figure { src, width, alt: picture.shows.to_string(), row: Row::new(texts.get(key), caption, original, texts) }
}

/// `rtl` or `ltr`.
pub fn direction(language: Language) -> &'static str {
    if language.is_rtl() { "rtl" } else { "ltr" }
}

/// The subject: label first, then what it is, then which case.
pub fn subject(content: &ObjectContent, context: &MailContext<'_>, texts: Texts) -> String {
    let key = match carries(context) {
        Carries::Content => format!("subject-{}", context.kind),
        Carries::Reference | Carries::Nothing => "subject-withheld".to_owned(),
    };
    let args = [
        ("label", context.label.to_string().into()),
        ("reference", content.reference.to_string().into()),
        ("version", context.version.to_string().into()),
        ("kind", texts.code("kind", context.kind.as_str()).into()),
        ("event", texts.code("event", content.event.as_str()).into()),
        ("title", content.title.to_string().into()),
    ];
    texts.with(&key, &args)
}

/// What a reader is asked: an alert about a site without a list asks for other things than one about a theft.
enum Asked {
    /// Of every version that is no alert.
    Kind(AlertKind),
    /// Look for things of a type.
    Type,
    /// Whose are these?
    Owner,
    /// Is this the one?
    Match,
    /// Some are back; go on with the others.
    Partly,
}

impl Asked {
    fn of(kind: AlertKind, content: &ObjectContent) -> Self {
        match (kind, content.event) {
            (AlertKind::Recovery, _) if content.others_missing > 0 => Self::Partly,
            (AlertKind::Alert, Event::Seizure) => Self::Owner,
            (AlertKind::Alert, Event::Sighting) => Self::Match,
            (AlertKind::Alert, _) if content.objects.is_empty() => Self::Type,
            _ => Self::Kind(kind),
        }
    }

    fn lead(&self) -> Option<&'static str> {
        match self {
            Self::Kind(_) => None,
            Self::Type => Some("lead-alert-type"),
            Self::Owner => Some("lead-alert-owner"),
            Self::Match => Some("lead-alert-match"),
            Self::Partly => Some("lead-recovery-partly"),
        }
    }

    fn asks(&self) -> [&'static str; 3] {
        match self {
            Self::Kind(kind) => asks(*kind),
            Self::Type => ["ask-type-look", "ask-type-hold", "ask-alert-report"],
            Self::Owner => ["ask-owner-look", "ask-owner-pass", "ask-owner-report"],
            Self::Partly => ["ask-partly-stop", "ask-partly-pass", "ask-recovery-report"],
            Self::Match => ["ask-match-look", "ask-match-quiet", "ask-owner-report"],
        }
    }
}

fn asks(kind: AlertKind) -> [&'static str; 3] {
    match kind {
        AlertKind::Alert => ["ask-alert-look", "ask-alert-hold", "ask-alert-report"],
        AlertKind::Update => ["ask-update-replace", "ask-update-pass", "ask-update-report"],
        AlertKind::Cancel => ["ask-cancel-stop", "ask-cancel-pass", "ask-cancel-report"],
        AlertKind::Recovery => ["ask-recovery-stop", "ask-recovery-pass", "ask-recovery-report"],
        AlertKind::Restitution => ["ask-restitution-note", "ask-restitution-pass", "ask-restitution-report"],
        AlertKind::ExpertRequest => ["ask-expert_request-look", "ask-expert_request-hold", "ask-expert_request-report"],
        AlertKind::Exercise => ["ask-exercise-look", "ask-exercise-hold", "ask-exercise-report"],
    }
}

/// The sections, and how many objects are among them: the first always, the others while there is room.
fn sections_of(
    shown: Shown<'_>,
    content: &ObjectContent,
    context: &MailContext<'_>,
    texts: Texts,
    medium: &Medium,
) -> (Vec<Section>, usize) {
    let changes = context.since.map(|since| changes::section(since, content.event, content.language, texts));
    let mut sections: Vec<_> = changes.into_iter().collect();
    sections.push(sections::case(content, shown.share(), texts));
    if let Shown::Full(_, circumstances) = shown {
        sections.push(sections::circumstances(circumstances, content.language, texts));
    }
    if let Some(typology) = &content.typology {
        sections.push(sections::typology(typology, content.language, texts));
    }
    let (mut printed, mut bytes) = (0, 0);
    for object in &content.objects {
        if bytes >= OBJECTS {
            break;
        }
        let mut section = sections::object(object, content.language, printed + 1, content.objects.len(), texts);
        let its = context.pictures.iter().filter(|picture| picture.object == printed);
        section.figures = its.map(|picture| figure(picture, content, context, texts, medium)).collect();
        bytes += section.bytes();
        printed += 1;
        sections.push(section);
    }
    (sections, printed)
}

fn foreign(content: &ObjectContent, reader: Interface) -> Option<Language> {
    Some(content.language).filter(|language| *language != reader.language())
}

fn message(content: &ObjectContent, kind: &str, texts: Texts) -> Option<Row> {
    let value = shortened(content.message.as_ref()?.as_str(), MESSAGE, &texts.get("shortened"));
    let label = texts.get(&format!("section-message-{kind}"));
    Some(Row::new(label, value, foreign(content, texts.language), texts))
}

fn original_note(content: &ObjectContent, texts: Texts) -> Option<String> {
    let language = foreign(content, texts.language)?;
    let args = [("code", language.to_string().into()), ("language", language.endonym().to_owned().into())];
    Some(texts.with("original-note", &args))
}

fn ledger(context: &MailContext<'_>, texts: Texts) -> String {
    let Some(root) = &context.root else { return texts.get("ledger-none") };
    // As it stands in the checkpoint itself, so that a reader can compare the two by eye.
    let hash = STANDARD.encode(&root.hash);
    texts.with("ledger", &[("size", root.size.to_string().into()), ("root", hash.into())])
}
