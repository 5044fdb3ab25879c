//! One alert, and a mail of it.

use bytes::Bytes;
use domain::alert::ObjectContent;
use domain::case::LossInterval;
use domain::codes::{AlertKind, Certainty, Event, ObjectType, Photographs, Urgency};
use domain::ids::{AlertId, PartnerId, Uuid};
use domain::object::ObjectDescription;
use domain::partner::Carries;
use domain::text::Line;
use domain::{Label, Language, Mailbox, Timestamp};
use notifier::{ComposeError, Mail, MailContext, Mould, PICTURES, Picture, Root, Shown, Signers, compose, message_id};

pub struct Sample {
    pub content: ObjectContent,
    pub person: Option<Line>,
    pub partner: Line,
    pub from: Mailbox,
    pub from_name: Line,
    pictures: Vec<Picture>,
    languages: Vec<Language>,
    signers: Signers,
}

impl Sample {
    /// An alert about one object, with a picture of so many bytes.
    pub fn new(picture: usize) -> Self {
        let title: Line = "Statuette of Pobé Mengao".parse().expect("a line");
        let object = ObjectDescription {
            title: title.clone(),
            photographs: Photographs::Available,
            object_type: ObjectType::Ethnographic,
            type_detail: None,
            materials: Some("stone".parse().expect("a line")),
            measurements: vec![],
            inscriptions: None,
            distinguishing_features: None,
            subject: None,
            date_or_period: None,
            dated: None,
            maker: None,
            description: None,
            inventory_number: Some("MN-0815".parse().expect("a line")),
            related_material: None,
            origin_country: None,
            origin_text: None,
            related_objects: None,
            link: None,
            date_documented: None,
            flags: vec![],
        };
        let content = ObjectContent {
            reference: "TOC-2026-000001".parse().expect("a reference"),
            title: title.clone(),
            language: Language::ENGLISH,
            event: Event::Theft,
            country: "BF".parse().expect("a country"),
            loss: LossInterval {
                earliest: "2026-11-01".parse().expect("a date"),
                latest: "2026-11-20".parse().expect("a date"),
                discovered: None,
            },
            certainty: Certainty::Likely,
            urgency: Urgency::Expected,
            message: None,
            typology: None,
            objects: vec![object],
            named: Vec::new(),
            others_missing: 0,
        };
        let of = |bytes: usize| Picture {
            object: 0,
            number: 1,
            jpeg: Bytes::from(vec![7; bytes]),
            width: 640,
            height: 480,
            shows: title.clone(),
            credit: None,
            look_alike: false,
        };
        Self {
            content,
            person: None,
            partner: "Unit for Cultural Property".parse().expect("a line"),
            from: "desk@tocsin.example".parse().expect("an address"),
            from_name: "Tocsin desk".parse().expect("a line"),
            pictures: (picture > 0).then(|| of(picture)).into_iter().collect(),
            languages: vec![Language::ENGLISH],
            signers: Signers::default(),
        }
    }

    /// The mail for the partner with this number, everything anew.
    pub fn mail(&self, number: u128, to: &Mailbox) -> Mail {
        self.with(number, to, compose)
    }

    /// What the mails of the alert have in common, as the sender keeps it.
    pub fn mould(&self, to: &Mailbox) -> Mould {
        self.with(0, to, Mould::new)
    }

    /// The mail for the partner with this number, as the sender composes it.
    pub fn of_mould(&self, mould: &Mould, number: u128, to: &Mailbox) -> Mail {
        self.with(number, to, |shown, context| mould.mail(shown, context))
    }

    fn with<T>(
        &self,
        number: u128,
        to: &Mailbox,
        make: impl FnOnce(Shown<'_>, &MailContext<'_>) -> Result<T, ComposeError>,
    ) -> T {
        let alert = AlertId::from_stored(Uuid::from_u128(1));
        let context = MailContext {
            message_id: message_id(alert, PartnerId::from_stored(Uuid::from_u128(number)), to, "tocsin.example"),
            common: alert.as_uuid().simple().to_string(),
            version: 1,
            kind: AlertKind::Alert,
            label: Label::Green,
            languages: &self.languages,
            to,
            person: self.person.as_ref(),
            partner: &self.partner,
            from: &self.from,
            from_name: &self.from_name,
            link: format!("https://tocsin.example/a/{number:048}"),
            root: Some(Root { size: 12_345, hash: vec![7; 32] }),
            earlier: &[],
            since: None,
            date: Timestamp::from_micros(1_795_000_000_000_000),
            signers: &self.signers,
            carries: Carries::Content,
            read: format!("https://tocsin.example/a/{number:048}/read"),
            pictures: &self.pictures,
            picture_room: PICTURES,
            enclosures: &[],
            room: 0,
            seal: None,
        };
        make(Shown::ObjectData(&self.content), &context).expect("a mail")
    }
}
