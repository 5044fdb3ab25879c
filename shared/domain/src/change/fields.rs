//! The fields of a version, each with its value; a field without a value is left out.

use std::fmt;

use crate::case::{Circumstances, PoliceReference};
use crate::codes::LossMethod;
use crate::country::Country;
use crate::date::CivilDate;
use crate::details::Details;
use crate::language::Language;
use crate::object::{Link, Measurement, ObjectDescription, YearSpan};

use super::Seen;

crate::codes::codes! {
    /// A field of a version that may change.
    Field, "field" {
        Label = "label", "Handling label";
        Title = "title", "Title";
        Event = "event", "Event";
        Language = "language", "Language of the report";
        Country = "country", "Country";
        Earliest = "earliest", "Not before";
        Latest = "latest", "Not after";
        Discovered = "discovered", "Noticed";
        Certainty = "certainty", "Certainty";
        Urgency = "urgency", "Urgency";
        TypologyTypes = "typology_types", "Types of objects";
        RedList = "red_list", "ICOM Red List";
        TypologyDescription = "typology_description", "What to look for";
        Holder = "holder", "Holder";
        Place = "place", "Place";
        Subdivision = "subdivision", "Subdivision";
        Premises = "premises", "Kind of place";
        Method = "method", "How";
        PoliceReference = "police_reference", "Police reference";
        Authority = "authority", "Authority informed";
        AuthorityOn = "authority_on", "Informed on";
        Narrative = "narrative", "What happened";
        ClaimingState = "claiming_state", "Claiming state";
        LawfulLocation = "lawful_location", "Last lawful location";
        Permit = "permit", "Export permit";
        Certificate = "certificate", "Certificate number";
        Law = "law", "Law";
        Route = "route", "Presumed route";
        Destinations = "destinations", "Presumed destinations";
        Site = "site", "Site";
        SiteNumber = "site_number", "Number of the site";
        DetectedBy = "detected_by", "Detected by";
        Extent = "extent", "Extent of the damage";
        ListedIn = "listed_in", "Listed in";
        Depositor = "depositor", "Deposited or lent by";
        Threat = "threat", "Threat";
        Collection = "collection", "The collection";
        SeizedBy = "seized_by", "Seized by";
        LikelyOrigins = "likely_origins", "May come from";
        SentFrom = "sent_from", "Sent from";
        BoundFor = "bound_for", "Bound for";
        Venue = "venue", "Seen at";
        FoundUnder = "found_under", "Found under";
        SaleOn = "sale_on", "Announced sale";
        ObjectAdded = "object_added", "Object added";
        ObjectTakenOut = "object_taken_out", "Object taken out";
        ObjectTitle = "object_title", "Title of the object";
        ObjectType = "object_type", "Type of object";
        TypeDetail = "type_detail", "Type in words";
        Materials = "materials", "Materials and techniques";
        Measurements = "measurements", "Measurements";
        Inscriptions = "inscriptions", "Inscriptions and markings";
        Features = "features", "Distinguishing features";
        Subject = "subject", "Subject";
        DateOrPeriod = "date_or_period", "Date or period";
        Made = "made", "Made";
        Maker = "maker", "Maker or culture";
        Description = "description", "Description";
        InventoryNumber = "inventory_number", "Inventory number";
        RelatedMaterial = "related_material", "Related written material";
        OriginCountry = "origin_country", "Country of origin or discovery";
        OriginText = "origin_text", "Origin in words";
        RelatedObjects = "related_objects", "Related objects";
        Link = "link", "Belongs together";
        Documented = "documented", "Date documented";
        Photographs = "photographs", "Do photographs exist";
        Flags = "flags", "True of this object";
        PhotographsShown = "photographs_shown", "Photographs with the desk";
    }
}

impl Field {
    /// Whether it is a circumstance (class B), for readers of the full share alone.
    pub fn is_circumstance(self) -> bool {
        self >= Self::Holder && self <= Self::SaleOn
    }
}

/// What a field is, before anybody says it in a language.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    /// Words of the report.
    Text(String),
    /// A name or a number, which has no language.
    Name(String),
    /// Codes of one controlled list: the list, then each code with its English label.
    Codes(&'static str, Vec<(&'static str, &'static str)>),
    /// A day.
    Date(CivilDate),
    /// Countries.
    Countries(Vec<Country>),
    /// The years between which something was made.
    Years(YearSpan),
    /// Measurements, as written.
    Measurements(Vec<Measurement>),
    /// A language.
    Language(Language),
    /// What an object belongs with.
    Link(Link),
    /// So many.
    Count(i64),
}

/// In English, for the desk's own pages.
impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let joined = |parts: Vec<String>| parts.join(", ");
        match self {
            Self::Text(text) | Self::Name(text) => f.write_str(text),
            Self::Codes(_, codes) => f.write_str(&joined(codes.iter().map(|(_, label)| (*label).to_owned()).collect())),
            Self::Date(date) => date.fmt(f),
            Self::Countries(all) => {
                f.write_str(&joined(all.iter().map(|one| one.name(Language::ENGLISH).to_owned()).collect()))
            }
            Self::Years(span) if span.from == span.to => f.write_str(&span.from.human()),
            Self::Years(span) => write!(f, "{} to {}", span.from.human(), span.to.human()),
            Self::Measurements(all) => {
                let one = |m: &Measurement| format!("{} {}", m.dimension().label().to_lowercase(), m.for_reader("."));
                f.write_str(&all.iter().map(one).collect::<Vec<_>>().join("; "))
            }
            Self::Language(language) => f.write_str(language.endonym()),
            Self::Link(link) => write!(f, "{} ({})", link.kind.label(), link.name),
            Self::Count(count) => count.fmt(f),
        }
    }
}

/// Collects the fields that have a value.
struct Fields(Vec<(Field, Value)>);

macro_rules! code {
    ($value:expr) => {
        Value::Codes(list_of($value), vec![($value.as_str(), $value.label())])
    };
}

macro_rules! codes_of {
    ($list:ty, $values:expr) => {
        Value::Codes(<$list>::LIST, $values.iter().map(|one| (one.as_str(), one.label())).collect())
    };
}

impl Fields {
    fn put(&mut self, field: Field, value: Value) {
        self.0.push((field, value));
    }

    fn text(&mut self, field: Field, value: Option<&impl fmt::Display>) {
        if let Some(value) = value {
            self.put(field, Value::Text(value.to_string()));
        }
    }

    fn name(&mut self, field: Field, value: Option<&impl fmt::Display>) {
        if let Some(value) = value {
            self.put(field, Value::Name(value.to_string()));
        }
    }

    fn date(&mut self, field: Field, value: Option<CivilDate>) {
        if let Some(date) = value {
            self.put(field, Value::Date(date));
        }
    }

    fn countries(&mut self, field: Field, values: &[Country]) {
        if !values.is_empty() {
            self.put(field, Value::Countries(values.to_vec()));
        }
    }
}

/// The list a code is of.
trait Listed {
    const OF: &'static str;
}

fn list_of<T: Listed>(_: T) -> &'static str {
    T::OF
}

macro_rules! listed {
    ($($name:ident),+) => {$(impl Listed for crate::codes::$name { const OF: &'static str = Self::LIST; })+};
}
listed!(
    Event,
    Certainty,
    Urgency,
    Premises,
    LossMethod,
    PermitStatus,
    DetectionMethod,
    Threat,
    Venue,
    ObjectType,
    Photographs
);

/// Class A of the case.
pub(super) fn of_case(seen: Seen<'_>) -> Vec<(Field, Value)> {
    let content = seen.content;
    let mut all = Fields(Vec::new());
    all.name(Field::Label, Some(&seen.label));
    all.text(Field::Title, Some(&content.title));
    all.put(Field::Event, code!(content.event));
    all.put(Field::Language, Value::Language(content.language));
    all.countries(Field::Country, &[content.country]);
    all.date(Field::Earliest, Some(content.loss.earliest));
    all.date(Field::Latest, Some(content.loss.latest));
    all.date(Field::Discovered, content.loss.discovered);
    all.put(Field::Certainty, code!(content.certainty));
    all.put(Field::Urgency, code!(content.urgency));
    if let Some(typology) = &content.typology {
        all.put(Field::TypologyTypes, codes_of!(crate::codes::ObjectType, typology.types));
        all.text(Field::RedList, typology.red_list.as_ref());
        all.text(Field::TypologyDescription, Some(&typology.description));
    }
    all.0
}

/// Class B.
pub(super) fn of_circumstances(facts: &Circumstances) -> Vec<(Field, Value)> {
    let mut all = Fields(Vec::new());
    all.name(Field::Holder, Some(&facts.holder));
    all.text(Field::Place, Some(&facts.place));
    all.name(Field::Subdivision, facts.subdivision.as_ref());
    all.put(Field::Premises, code!(facts.premises));
    if facts.method != LossMethod::Unknown {
        all.put(Field::Method, code!(facts.method));
    }
    if let PoliceReference::Known(reference) = &facts.police_reference {
        all.name(Field::PoliceReference, Some(reference));
    }
    all.text(Field::Authority, facts.authority_informed.as_ref());
    all.date(Field::AuthorityOn, facts.authority_informed_on);
    all.text(Field::Narrative, facts.narrative.as_ref());
    of_details(&mut all, &facts.details);
    all.0
}

fn of_details(all: &mut Fields, details: &Details) {
    match details {
        Details::Theft => {}
        Details::IllicitExport(export) => {
            all.countries(Field::ClaimingState, &[export.claiming_state]);
            all.text(Field::LawfulLocation, export.last_lawful_location.as_ref());
            all.put(Field::Permit, code!(export.permit));
            all.name(Field::Certificate, export.certificate_number.as_ref());
            all.text(Field::Law, export.law.as_ref());
            all.countries(Field::Route, &export.route);
            all.countries(Field::Destinations, &export.destinations);
        }
        Details::Looting(facts) => {
            all.text(Field::Site, Some(&facts.site));
            all.name(Field::SiteNumber, facts.site_number.as_ref());
            all.put(Field::DetectedBy, code!(facts.detected_by));
            all.text(Field::Extent, facts.extent.as_ref());
        }
        Details::Missing(facts) => {
            all.text(Field::ListedIn, Some(&facts.inventory));
            all.name(Field::Depositor, facts.depositor.as_ref());
        }
        Details::Emergency(facts) => {
            all.put(Field::Threat, code!(facts.threat));
            all.text(Field::Collection, Some(&facts.extent));
        }
        Details::Seizure(facts) => {
            all.name(Field::SeizedBy, Some(&facts.authority));
            all.countries(Field::LikelyOrigins, &facts.likely_origins);
            all.countries(Field::SentFrom, facts.sent_from.as_slice());
            all.countries(Field::BoundFor, facts.bound_for.as_slice());
        }
        Details::Sighting(facts) => {
            all.put(Field::Venue, code!(facts.venue));
            all.text(Field::FoundUnder, facts.found_under.as_ref());
            all.date(Field::SaleOn, facts.sale_on);
        }
    }
}

/// Class A of one object, in the order of the Object ID checklist.
pub(super) fn of_object(object: &ObjectDescription) -> Vec<(Field, Value)> {
    let mut all = Fields(Vec::new());
    all.text(Field::ObjectTitle, Some(&object.title));
    all.put(Field::ObjectType, code!(object.object_type));
    all.text(Field::TypeDetail, object.type_detail.as_ref());
    all.text(Field::Materials, object.materials.as_ref());
    if !object.measurements.is_empty() {
        all.put(Field::Measurements, Value::Measurements(object.measurements.clone()));
    }
    all.text(Field::Inscriptions, object.inscriptions.as_ref());
    all.text(Field::Features, object.distinguishing_features.as_ref());
    all.text(Field::Subject, object.subject.as_ref());
    all.text(Field::DateOrPeriod, object.date_or_period.as_ref());
    if let Some(span) = object.dated {
        all.put(Field::Made, Value::Years(span));
    }
    all.text(Field::Maker, object.maker.as_ref());
    all.text(Field::Description, object.description.as_ref());
    all.name(Field::InventoryNumber, object.inventory_number.as_ref());
    all.text(Field::RelatedMaterial, object.related_material.as_ref());
    all.countries(Field::OriginCountry, object.origin_country.as_slice());
    all.text(Field::OriginText, object.origin_text.as_ref());
    all.text(Field::RelatedObjects, object.related_objects.as_ref());
    if let Some(link) = &object.link {
        all.put(Field::Link, Value::Link(link.clone()));
    }
    all.date(Field::Documented, object.date_documented);
    all.put(Field::Photographs, code!(object.photographs));
    if !object.flags.is_empty() {
        all.put(Field::Flags, codes_of!(crate::codes::ObjectFlag, object.flags));
    }
    all.0
}
