//! What a plan stands on: a case, an alert version, partners.

use domain::alert::{AlertFacts, ObjectContent};
use domain::case::{Circumstances, LossInterval, PoliceReference};
use domain::codes::{
    AlertKind, AlertState, CaseState, Certainty, Event, LossMethod, ObjectType, Pace, PartnerKind, Photographs,
    PictureFormat, Premises, Reach, Share, Urgency, ViewKind,
};
use domain::details::Details;
use domain::ids::{AccountId, AlertId, CaseId, ContactId, InstitutionId, ObjectId, PartnerId, PhotoId};
use domain::object::ObjectDescription;
use domain::partner::{Categories, Contact, MailContent, Mandate, Partner};
use domain::photo::ContentHash;
use domain::plan::{Addressee, Basis, Told};
use domain::{Clock, Label, Language};
use store::alerts::AlertRow;
use store::cases::CaseRow;
use store::photos::PhotoRow;

pub fn case(clock: &Clock) -> CaseRow {
    CaseRow {
        id: CaseId::generate(clock),
        reference: "TOC-2026-000001".parse().unwrap(),
        institution_id: InstitutionId::generate(clock),
        registered_by: AccountId::generate(clock),
        registered_at: clock.now(),
        state: CaseState::Active,
        event: Event::Theft,
        title: "Pobé Mengao statuette".parse().unwrap(),
        language: Language::FRENCH,
        label: Label::Amber,
        country: "BF".parse().unwrap(),
        lost_earliest: "2026-11-20".parse().unwrap(),
        lost_latest: "2026-11-21".parse().unwrap(),
        discovered: None,
        typology: None,
        updated_at: clock.now(),
    }
}

pub fn circumstances() -> Circumstances {
    Circumstances {
        holder: "HOLDER-CANARY".parse().unwrap(),
        premises: Premises::Museum,
        subdivision: None,
        place: "PLACE-CANARY".parse().unwrap(),
        method: LossMethod::Burglary,
        police_reference: PoliceReference::Known("POLICE-CANARY".parse().unwrap()),
        authority_informed: None,
        authority_informed_on: None,
        narrative: None,
        details: Details::Theft,
    }
}

pub fn object(title: &str) -> ObjectDescription {
    ObjectDescription {
        title: title.parse().unwrap(),
        photographs: Photographs::Available,
        object_type: ObjectType::Ethnographic,
        type_detail: None,
        materials: None,
        measurements: vec![],
        inscriptions: None,
        distinguishing_features: None,
        subject: None,
        date_or_period: None,
        dated: None,
        maker: None,
        description: None,
        inventory_number: None,
        related_material: None,
        origin_country: None,
        origin_text: None,
        related_objects: None,
        link: None,
        date_documented: None,
        flags: vec![],
    }
}

pub fn photo(clock: &Clock, case: &CaseRow, object_id: ObjectId, preview: ContentHash) -> PhotoRow {
    PhotoRow {
        id: PhotoId::generate(clock),
        case_id: case.id,
        object_id,
        ordinal: 1,
        view: ViewKind::Overall,
        shows: "La statuette de face".parse().unwrap(),
        scale: true,
        look_alike: false,
        taken_on: None,
        rights: None,
        credit: Some("I. Traoré".parse().unwrap()),
        format: PictureFormat::Jpeg,
        original: preview,
        size_bytes: 1,
        width: 4_000,
        height: 3_000,
        page: preview,
        page_width: 1_600,
        page_height: 1_200,
        preview,
        preview_width: 640,
        preview_height: 480,
        looks: 0,
        added_by: case.registered_by,
        added_at: clock.now(),
        removed_at: None,
    }
}

pub fn draft(clock: &Clock, case: &CaseRow, (kind, urgency): (AlertKind, Urgency), version: i64) -> AlertRow {
    let id = AlertId::generate(clock);
    let facts = AlertFacts {
        alert_id: id,
        case_id: case.id,
        version,
        kind,
        reach: Reach::All,
        label: case.label,
        event: case.event,
        country: case.country,
        origins: vec![case.country],
        route: vec![],
        destinations: vec![],
        categories: vec![ObjectType::Ethnographic],
        flags: vec![],
        loss: case.facts().loss,
        certainty: Certainty::Likely,
        urgency,
        changed: Vec::new(),
    };
    let content = ObjectContent {
        reference: case.reference,
        title: case.title.clone(),
        language: case.language,
        event: case.event,
        country: case.country,
        loss: LossInterval { earliest: case.lost_earliest, latest: case.lost_latest, discovered: None },
        certainty: Certainty::Likely,
        urgency,
        message: None,
        typology: None,
        objects: vec![object("Statuette")],
        named: Vec::new(),
        others_missing: 0,
    };
    AlertRow {
        id,
        case_id: case.id,
        version,
        kind,
        state: AlertState::Draft,
        reach: Reach::All,
        label: case.label,
        facts: sqlx_json(facts),
        content: sqlx_json(content),
        drafted_by: AccountId::generate(clock),
        drafted_at: clock.now(),
        released_by: None,
        released_at: None,
        not_before: None,
    }
}

/// A value in the wrapper of its column, whose crate only `store` may name.
fn sqlx_json<T, J: From<T>>(value: T) -> J {
    J::from(value)
}

/// A partner with these addresses, cleared for the label; `police` is told in full, an `ngo` the object only.
pub fn partner(clock: &Clock, kind: PartnerKind, addresses: &[&str]) -> Partner {
    let contact =
        |address: &&str| Contact::mailbox(ContactId::generate(clock), address.parse().unwrap(), Label::AmberStrict);
    let name = format!("Partner behind {}", addresses[0].replace('@', " of ")).parse().unwrap();
    let scope: domain::scope::ScopeSet = "M49:001".parse().unwrap();
    Partner {
        languages: vec![Language::ENGLISH],
        mandate: Mandate {
            scope: scope.clone(),
            keywords: vec![],
            categories: Categories::All,
            events: vec![Event::Theft],
        },
        clearance: Label::AmberStrict,
        contacts: addresses.iter().map(contact).collect(),
        mail_content: MailContent::Amber,
        ..Partner::bare(PartnerId::generate(clock), name, kind, scope)
    }
}

pub fn told(partner: &Partner) -> Told {
    let full = partner.kind == PartnerKind::Police;
    let addressee = |contact: &Contact| Addressee {
        contact_id: contact.id,
        address: contact.address.clone(),
        person: contact.person.clone(),
        role: contact.role,
    };
    Told {
        partner_id: partner.id,
        name: partner.name.clone(),
        kind: partner.kind,
        share: if full { Share::Full } else { Share::ObjectData },
        label: if full { Label::Amber } else { Label::Green },
        languages: partner.languages.clone(),
        pace: Pace::AtOnce,
        acknowledge_within: None,
        acknowledged_by: domain::codes::AcknowledgedBy::Any,
        hold: None,
        basis: Basis::ToldBefore { version: 1 },
        addressees: partner.contacts.iter().map(addressee).collect(),
    }
}
