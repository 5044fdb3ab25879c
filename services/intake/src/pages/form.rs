//! The report form as data: its groups, its fields, the words beside them. It follows the Object ID checklist.

use std::sync::LazyLock;

use domain::codes::{
    Capacity, Dimension, Event, LossMethod, ObjectFlag, ObjectType, PermitStatus, Photographs, Premises, Unit,
};
use domain::{Label, Language};

use super::pairs::PREFIX;
use super::{COUNTRIES, Choice, choices};
use crate::submit::SubmitCase;

/// A group of fields.
pub(super) struct Group {
    /// Its anchor.
    pub id: String,
    pub legend: String,
    pub note: &'static str,
    pub fields: Vec<Field>,
    /// The object it describes.
    pub object: Option<usize>,
    /// Whether it is the last object.
    pub last_object: bool,
}

/// A field.
pub(super) struct Field {
    pub name: String,
    pub label: String,
    pub hint: &'static str,
    pub required: bool,
    pub input: Input,
}

/// How a field is filled in.
pub(super) enum Input {
    /// One line; the kind of HTML input.
    Line(&'static str),
    Area,
    Select(Vec<Choice>),
    /// One of these names.
    Names(Vec<String>),
    /// A box to tick.
    Tick,
    /// Boxes of one group.
    Ticks(Vec<Choice>),
    /// Fields that belong together, side by side.
    Row(Vec<Field>),
}

/// Whom somebody may register for besides the own institution.
#[derive(Debug, Default)]
pub(super) struct ForWhom {
    pub institutions: Vec<String>,
    pub has_own: bool,
}

const TEXT: Input = Input::Line("text");
const DATE: Input = Input::Line("date");

static LANGUAGES: LazyLock<Vec<(String, String)>> = LazyLock::new(|| {
    const CODES: &str = "ar bn bg cs de el en es fa fr ha he hi hu hy id it ja ka km ko my ne nl pl ps pt ro ru si sq sr sw ta th tr uk ur vi zh";
    let languages = CODES.split(' ').map(|code| code.parse::<Language>().expect("the codes above are two letters"));
    languages.map(|language| (language.to_string(), format!("{} ({language})", language.endonym()))).collect()
});

fn languages() -> Vec<Choice> {
    LANGUAGES.iter().map(|(code, name)| (code.as_str(), name.as_str())).collect()
}

/// Makes the fields of one block of the report.
struct Block(String);

impl Block {
    fn field(&self, field: &str, label: impl Into<String>, hint: &'static str, required: bool, input: Input) -> Field {
        Field { name: format!("{}[{field}]", self.0), label: label.into(), hint, required, input }
    }
    fn must(&self, field: &str, label: &'static str, hint: &'static str, input: Input) -> Field {
        self.field(field, label, hint, true, input)
    }
    /// A row has the block's own name, under which what is wrong with the whole of it is found.
    fn row(&self, label: String, fields: Vec<Field>) -> Field {
        Field { name: self.0.clone(), label, hint: "", required: false, input: Input::Row(fields) }
    }
    fn may(&self, field: &str, label: &'static str, hint: &'static str, input: Input) -> Field {
        self.field(field, label, hint, false, input)
    }
}

/// The groups of the form for this report.
pub(super) fn groups(raw: &SubmitCase, whom: Option<&ForWhom>) -> Vec<Group> {
    let mut all = vec![event(), circumstances(), export()];
    if let Some(whom) = whom {
        all.insert(0, for_whom(whom));
    }
    for (index, object) in raw.objects.iter().enumerate() {
        all.push(sheet(index, raw.objects.len(), object.measurements.len()));
    }
    all.push(reporter());
    all
}

fn group(id: &str, legend: &str, note: &'static str, fields: Vec<Field>) -> Group {
    Group { id: id.to_owned(), legend: legend.to_owned(), note, fields, object: None, last_object: false }
}

/// Only for those who may register for others.
fn for_whom(whom: &ForWhom) -> Group {
    let b = Block(PREFIX.to_owned());
    let names = Input::Names(whom.institutions.clone());
    let hint = "Its people see the case and follow it. Your own institution if you choose none";
    let field = if whom.has_own {
        b.may("institution", "Reporting institution", hint, names)
    } else {
        b.must("institution", "Reporting institution", "Its people see the case and follow it", names)
    };
    group("whom", "For whom", "You may register for an institution that has telephoned or written.", vec![field])
}

fn event() -> Group {
    let b = Block(PREFIX.to_owned());
    let loss = Block(format!("{PREFIX}[loss]"));
    let taken = [Event::Theft, Event::IllicitExport].map(|event| (event.as_str(), event.label())).to_vec();
    let labels = Label::ALL.map(|label| (label.as_str(), label.as_str())).to_vec();
    group("event", "What happened, and when", "", vec![
        b.must("event", "Kind of event", "", Input::Select(taken)),
        b.must("title", "Title", "A few words by which people will speak of the case", TEXT),
        b.must("country", "Country", "Of the loss, or of the last lawful location", Input::Select(COUNTRIES.clone())),
        loss.must("earliest", "Lost not before", "The last day it was surely there", DATE),
        loss.must("latest", "Lost not after", "The first day it was surely gone", DATE),
        loss.may("discovered", "Noticed on", "", DATE),
        b.must("language", "Language of this report", "", Input::Select(languages())),
        b.may("label", "Handling label", "TLP 2.0, for the full case data. TLP:AMBER+STRICT if you choose none: for the organisations that are told, and nobody else", Input::Select(labels)),
    ])
}

fn circumstances() -> Group {
    let b = Block(format!("{PREFIX}[circumstances]"));
    group("circumstances", "Where, how, and who knows", "Only the desk and those partners that are given the full report see this part.", vec![
        b.must("holder", "Holder", "Who held the objects: museum, church, owner", TEXT),
        b.must("premises", "Kind of place", "", Input::Select(choices!(Premises))),
        b.must("place", "Place", "Town, building, room", TEXT),
        b.may("subdivision", "Region", "ISO 3166-2 code, such as BF-SUM or FR-75", TEXT),
        b.must("method", "How it was lost", "", Input::Select(choices!(LossMethod))),
        b.field("police_reference", "Police reference", "The number the police gave you. Report to the police first; they tell their National Central Bureau of INTERPOL", true, TEXT),
        b.may("police_reference_not_yet", "Not yet: the police have given no reference so far", "", Input::Tick),
        b.may("authority_informed", "Authority informed", "Who else knows: ministry, antiquities service", TEXT),
        b.may("authority_informed_on", "Authority informed on", "", DATE),
        b.may("narrative", "What happened", "In your words. Names of suspects do not belong here", Input::Area),
    ])
}

fn export() -> Group {
    let b = Block(format!("{PREFIX}[export]"));
    let note =
        "Leave this part empty for a theft. For an illicit export the claiming state and the permit are required.";
    let mut fields = vec![
        b.may("claiming_state", "Claiming state", "", Input::Select(COUNTRIES.clone())),
        b.may("permit", "Export permit", "", Input::Select(choices!(PermitStatus))),
        b.may("certificate_number", "Certificate number", "Of the certificate that was shown", TEXT),
        b.may("last_lawful_location", "Last lawful location", "", TEXT),
        b.may("law", "Law that forbids the export", "", TEXT),
    ];
    for (list, label) in [("route", "Presumed route"), ("destinations", "Presumed destinations")] {
        let list = Block(format!("{}[{list}]", b.0));
        let country = |n: usize| {
            list.field(&n.to_string(), format!("Country {}", n + 1), "", false, Input::Select(COUNTRIES.clone()))
        };
        fields.push(list.row(label.to_owned(), (0..3).map(country).collect()));
    }
    group("export", "Illicit export only", note, fields)
}

fn reporter() -> Group {
    let b = Block(format!("{PREFIX}[reporter]"));
    group(
        "reporter",
        "Who reports",
        "Personal data. Only your institution and the duty officers see it; partners and auditors do not.",
        vec![
            b.must("name", "Your name", "", TEXT),
            b.must("capacity", "You report as", "", Input::Select(choices!(Capacity))),
            b.may("email", "E-mail address", "", Input::Line("email")),
            b.may("telephone", "Telephone", "With the country code", Input::Line("tel")),
        ],
    )
}

/// The Object ID sheet of one object.
fn sheet(index: usize, count: usize, measurements: usize) -> Group {
    let b = Block(format!("{PREFIX}[objects][{index}]"));
    let mut fields = vec![
        b.must("photographs", "Photographs", "Photographs help more than anything else. Overall views, and close-ups of inscriptions, markings, damage and repairs, with a scale", Input::Select(choices!(Photographs))),
        b.must("title", "Title", "Is there a title or name by which the object is known?", TEXT),
        b.must("type", "Type of object", "What kind of object is it?", Input::Select(choices!(ObjectType))),
        b.may("type_detail", "Type in words", "Such as \"ancestor statuette\", \"ewer\"", TEXT),
        b.may("materials", "Materials and techniques", "What is it made of, and how: brass, wood, oil on canvas; cast, carved", TEXT),
    ];
    fields.extend((0..measurements).map(|n| measurement(&b, n)));
    fields.extend([
        b.may(
            "inscriptions",
            "Inscriptions and markings",
            "Signature, dedication, title, maker's marks, hallmarks, numbers",
            Input::Area,
        ),
        b.may(
            "distinguishing_features",
            "Distinguishing features",
            "What tells it from others of its kind: damage, repairs, defects of making",
            Input::Area,
        ),
        b.may("subject", "Subject", "What is pictured or represented: landscape, battle, woman with child", TEXT),
        b.may("date_or_period", "Date or period", "1893, early 17th century, Late Bronze Age", TEXT),
        b.may("maker", "Maker", "A person, a workshop or a culture", TEXT),
        b.may("description", "Short description", "Whatever else helps to know it when you see it", Input::Area),
        b.may("flags", "True of this object", "", Input::Ticks(choices!(ObjectFlag))),
        b.may("inventory_number", "Inventory number", "Required if the object is inventoried", TEXT),
        b.may("related_material", "Related written material", "Catalogues, articles, excavation reports", Input::Area),
        b.may(
            "origin_country",
            "Country of origin or discovery",
            "The present-day country. Required for an illicit export",
            Input::Select(COUNTRIES.clone()),
        ),
        b.may("origin_text", "Origin in words", "Historic state, region, culture, site", TEXT),
        b.may(
            "related_objects",
            "Related objects",
            "Parts of a set or a pair; what was taken together with it",
            Input::Area,
        ),
        b.may("date_documented", "Date documented", "When this description was made", DATE),
    ]);
    let number = index + 1;
    let legend = if count == 1 { "The object".to_owned() } else { format!("Object {number} of {count}") };
    let note = "Object ID: the international standard for describing cultural objects.";
    Group { id: format!("object-{number}"), legend, note, fields, object: Some(index), last_object: number == count }
}

fn measurement(object: &Block, n: usize) -> Field {
    let b = Block(format!("{}[measurements][{n}]", object.0));
    let fields = vec![
        b.may("dimension", "Extent", "", Input::Select(choices!(Dimension))),
        b.may("value", "Value", "", TEXT),
        b.may("unit", "Unit", "", Input::Select(choices!(Unit))),
    ];
    b.row(format!("Measurement {}", n + 1), fields)
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;
    use crate::pages::pairs::pairs;
    use crate::submit::{RawExport, RawMeasurement, RawObject};

    #[test]
    fn the_form_asks_for_every_field_of_a_report_and_for_no_other() {
        let three = || vec![String::new(); 3];
        let mut raw = SubmitCase {
            export: RawExport { route: three(), destinations: three(), ..RawExport::default() },
            ..SubmitCase::default()
        };
        raw.objects.push(RawObject { measurements: vec![RawMeasurement::default()], ..RawObject::default() });
        let json = serde_json::to_string(&raw).unwrap().replace("null", "\"\"");
        let full: SubmitCase = serde_json::from_str(&json).unwrap();
        let expected: HashSet<_> = pairs(&full).into_iter().map(|(name, _)| name).collect();
        let whom = ForWhom::default();
        let fields =
            groups(&full, Some(&whom)).into_iter().flat_map(|group| group.fields).flat_map(|field| match field.input {
                Input::Row(fields) => fields,
                Input::Ticks(_) => Vec::new(), // a list that is empty has no pairs
                _ => vec![field],
            });
        let found: HashSet<_> = fields.map(|field| field.name).collect();
        assert_eq!(found, expected);
    }
}
