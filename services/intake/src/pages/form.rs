//! The report form as data: its groups, its fields, the words beside them. It follows the Object ID checklist.

use std::sync::LazyLock;

use domain::codes::{
    Capacity, Dimension, Event, LinkKind, LossMethod, ObjectFlag, ObjectType, Photographs, Premises, Unit,
};
use domain::{Label, Language};

use super::pairs::PREFIX;
use super::{COUNTRIES, Choice, choices, kinds};
use crate::parse::event_of;
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

pub(super) const TEXT: Input = Input::Line("text");
pub(super) const DATE: Input = Input::Line("date");

static LANGUAGES: LazyLock<Vec<(String, String)>> = LazyLock::new(|| {
    const CODES: &str = "ar bn bg cs de el en es fa fr ha he hi hu hy id it ja ka km ko my ne nl pl ps pt ro ru si sq sr sw ta th tr uk ur vi zh";
    let languages = CODES.split(' ').map(|code| code.parse::<Language>().expect("the codes above are two letters"));
    languages.map(|language| (language.to_string(), format!("{} ({language})", language.endonym()))).collect()
});

fn languages() -> Vec<Choice> {
    LANGUAGES.iter().map(|(code, name)| (code.as_str(), name.as_str())).collect()
}

/// Makes the fields of one block of the report.
pub(super) struct Block(pub String);

impl Block {
    pub(super) fn field(
        &self,
        field: &str,
        label: impl Into<String>,
        hint: &'static str,
        required: bool,
        input: Input,
    ) -> Field {
        Field { name: format!("{}[{field}]", self.0), label: label.into(), hint, required, input }
    }
    pub(super) fn must(&self, field: &str, label: &'static str, hint: &'static str, input: Input) -> Field {
        self.field(field, label, hint, true, input)
    }
    /// Up to three countries side by side.
    pub(super) fn countries(&self, list: &str, label: &str) -> Field {
        let list = Block(format!("{}[{list}]", self.0));
        let country = |n: usize| {
            list.field(&n.to_string(), format!("Country {}", n + 1), "", false, Input::Select(COUNTRIES.clone()))
        };
        list.row(label.to_owned(), (0..3).map(country).collect())
    }
    /// A row has the block's own name, under which what is wrong with the whole of it is found.
    pub(super) fn row(&self, label: String, fields: Vec<Field>) -> Field {
        Field { name: self.0.clone(), label, hint: "", required: false, input: Input::Row(fields) }
    }
    pub(super) fn may(&self, field: &str, label: &'static str, hint: &'static str, input: Input) -> Field {
        self.field(field, label, hint, false, input)
    }
}

/// The groups of the form for this report: what its kind of event has, and nothing else.
pub(super) fn groups(raw: &SubmitCase, whom: Option<&ForWhom>) -> Vec<Group> {
    let kind = event_of(raw);
    let mut all: Vec<_> = whom.map(for_whom).into_iter().collect();
    all.extend([event(kind), circumstances(kind)]);
    all.extend(kinds::details(kind));
    if raw.objects.is_empty() || kinds::has_typology(kind) || !raw.typology.is_blank() {
        all.push(kinds::typology(kind));
    }
    for (index, object) in raw.objects.iter().enumerate() {
        all.push(sheet(index, raw.objects.len(), object.measurements.len(), kind));
    }
    all.push(reporter());
    all
}

pub(super) fn group(id: &str, legend: &str, note: &'static str, fields: Vec<Field>) -> Group {
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

fn event(kind: Event) -> Group {
    let w = kinds::words(kind);
    let b = Block(PREFIX.to_owned());
    let loss = Block(format!("{PREFIX}[loss]"));
    let labels = Label::ALL.map(|label| (label.as_str(), label.as_str())).to_vec();
    group("event", "What happened, and when", "", vec![
        b.must("title", "Title", w.title, TEXT),
        b.must("country", "Country", w.country, Input::Select(COUNTRIES.clone())),
        loss.must("earliest", w.earliest.0, w.earliest.1, DATE),
        loss.must("latest", w.latest.0, w.latest.1, DATE),
        loss.field("discovered", w.discovered.0, w.discovered.1, kind == Event::Missing, DATE),
        b.must("language", "Language of this report", "In which you write the words below: Français for a report in French", Input::Select(languages())),
        b.may("label", "Handling label", "TLP 2.0, for the full case data. TLP:AMBER+STRICT if you choose none: for the organisations that are told, and nobody else", Input::Select(labels)),
    ])
}

fn circumstances(kind: Event) -> Group {
    let w = kinds::words(kind);
    let lost = kinds::is_loss(kind);
    let b = Block(format!("{PREFIX}[circumstances]"));
    group("circumstances", "Where, how, and who knows", "Only the desk and those partners that are given the full report see this part.", vec![
        b.must("holder", w.holder.0, w.holder.1, TEXT),
        b.must("premises", "Kind of place", "", Input::Select(choices!(Premises))),
        b.must("place", "Place", w.place, TEXT),
        b.may("subdivision", "Region", "ISO 3166-2 code, such as BF-SUM or FR-75", TEXT),
        b.field("method", "How it was lost", "Such as burglary; unknown, if nobody knows", lost, Input::Select(choices!(LossMethod))),
        b.field("police_reference", "Police reference", "The number the police gave you, such as PV 2026/118. Report to the police first; they tell their National Central Bureau of INTERPOL", lost, TEXT),
        b.may("police_reference_not_yet", "Not yet: the police have given no reference so far", "", Input::Tick),
        b.may("authority_informed", "Authority informed", "Who else knows, such as the ministry or the antiquities service", TEXT),
        b.may("authority_informed_on", "Authority informed on", "Such as 2026-11-21", DATE),
        b.may("narrative", "What happened", "In your words. Names of suspects do not belong here", Input::Area),
    ])
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
fn sheet(index: usize, count: usize, measurements: usize, kind: Event) -> Group {
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
        b.may("made_from", "Made not before", "A year, such as 1601; -1200 for 1200 before the common era", TEXT),
        b.may("made_to", "Made not after", "A year, such as 1650", TEXT),
        b.may("maker", "Maker", "A person, a workshop or a culture", TEXT),
        b.may("description", "Short description", "Whatever else helps to know it when you see it", Input::Area),
        b.may("flags", "True of this object", "", Input::Ticks(choices!(ObjectFlag))),
        b.field(
            "inventory_number",
            "Inventory number",
            "As it is written on the object, such as MN-1978.12. Required if the object is inventoried",
            kind == Event::Missing,
            TEXT,
        ),
        b.may("related_material", "Related written material", "Catalogues, articles, excavation reports", Input::Area),
        b.field(
            "origin_country",
            "Country of origin or discovery",
            "The present-day country, whatever the state was called then",
            kind == Event::IllicitExport,
            Input::Select(COUNTRIES.clone()),
        ),
        b.may("origin_text", "Origin in words", "Historic state, region, culture, site: Kingdom of Benin", TEXT),
        b.may(
            "related_objects",
            "Related objects",
            "In words: what it belongs to, even if that was not taken",
            Input::Area,
        ),
        b.may(
            "link",
            "Belongs with other objects of this report",
            "Things that are not unique are found again because they are found together",
            Input::Select(choices!(LinkKind)),
        ),
        b.may(
            "link_name",
            "Name of what belongs together",
            "The same for each of them, such as tea service, or A",
            TEXT,
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
        b.may("value", "Value", "Such as 27.5", TEXT),
        b.may("unit", "Unit", "", Input::Select(choices!(Unit))),
    ];
    b.row(format!("Measurement {}", n + 1), fields)
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;
    use crate::pages::pairs::pairs;
    use crate::parse::REPORTED;
    use crate::submit::{RawExport, RawMeasurement, RawObject, RawSeizure};

    fn names(groups: Vec<Group>) -> HashSet<String> {
        let fields = groups.into_iter().flat_map(|group| group.fields).flat_map(|field| match field.input {
            Input::Row(fields) => fields,
            Input::Ticks(_) => Vec::new(), // a list that is empty has no pairs
            _ => vec![field],
        });
        fields.map(|field| field.name).collect()
    }

    #[test]
    fn the_forms_ask_for_every_field_of_a_report_and_for_no_other() {
        let three = || vec![String::new(); 3];
        let mut raw = SubmitCase {
            export: RawExport { route: three(), destinations: three(), ..RawExport::default() },
            seizure: RawSeizure { likely_origins: three(), ..RawSeizure::default() },
            ..SubmitCase::default()
        };
        raw.objects.push(RawObject { measurements: vec![RawMeasurement::default()], ..RawObject::default() });
        let json = serde_json::to_string(&raw).unwrap().replace("null", "\"\"");
        let mut full: SubmitCase = serde_json::from_str(&json).unwrap();
        let mut expected: HashSet<_> = pairs(&full).into_iter().map(|(name, _)| name).collect();
        // The kind is chosen on the page before and travels hidden.
        assert!(expected.remove("case[event]"));
        let mut found = HashSet::new();
        for kind in REPORTED {
            full.event = Some(kind.as_str().to_owned());
            let of_kind = names(groups(&full, Some(&ForWhom::default())));
            assert!(of_kind.is_subset(&expected), "{kind}: {:?}", of_kind.difference(&expected));
            for (part, of) in
                [("export", Event::IllicitExport), ("looting", Event::Looting), ("sighting", Event::Sighting)]
            {
                let asked = of_kind.iter().any(|name| name.starts_with(&format!("case[{part}]")));
                assert_eq!(asked, kind == of, "{kind} {part}");
            }
            found.extend(of_kind);
        }
        assert_eq!(found, expected);
    }
}
