//! The Object ID sheet of one object on paper, in six languages. Class A only: it is made to be passed on.

use std::sync::LazyLock;

use domain::case::{CaseReference, LossInterval};
use domain::codes::{Event, ObjectStatus};
use domain::object::ObjectDescription;
use domain::text::{Line, Prose};
use domain::{Country, Label, Language};
use paper::{Order, Printer, PrintingError, Texts, Words};
use serde::Serialize;

const TEMPLATE: &str = include_str!("../papers/object.typ");

static TEXTS: LazyLock<Texts> = LazyLock::new(|| {
    Texts::new([
        include_str!("../locales/en/sheet.ftl"),
        include_str!("../locales/fr/sheet.ftl"),
        include_str!("../locales/es/sheet.ftl"),
        include_str!("../locales/ar/sheet.ftl"),
        include_str!("../locales/ru/sheet.ftl"),
        include_str!("../locales/zh/sheet.ftl"),
    ])
});

type Fact = (String, String);

/// What a sheet is printed of.
#[derive(Clone, Copy, Debug)]
pub struct Sheet<'a> {
    /// The case.
    pub reference: CaseReference,
    /// How the sheet is to be handled.
    pub label: Label,
    /// What happened.
    pub event: Event,
    /// Where.
    pub country: Country,
    /// When.
    pub loss: LossInterval,
    /// The object's number within the case.
    pub number: i64,
    /// How many there are.
    pub total: usize,
    /// What became of it; none where that is not known here.
    pub status: Option<ObjectStatus>,
    /// The object.
    pub object: &'a ObjectDescription,
    /// Identifies the printed text for good.
    pub identity: &'a str,
    /// The moment it speaks of, in seconds since 1970.
    pub moment: i64,
}

#[derive(Serialize)]
struct Values {
    reference: String,
    label: String,
    number: String,
    title: String,
    facts: Vec<Fact>,
    categories: Vec<Fact>,
    recommended: Vec<Fact>,
}

/// The words of a language; none if it is not one of the six.
pub fn sheet_words(code: &str) -> Option<Words> {
    TEXTS.words(code)
}

/// Prints the sheet of an object.
pub async fn print_sheet(printer: &Printer, words: Words, sheet: &Sheet<'_>) -> Result<Vec<u8>, PrintingError> {
    let values = values(words, sheet);
    let order = Order {
        template: TEMPLATE,
        language: words.code(),
        title: format!("{}: {}", values.reference, values.title),
        identity: format!("{} {}", sheet.identity, words.code()),
        moment: sheet.moment,
        labels: words.labels(),
        data: values,
    };
    printer.print(order).await
}

fn values(words: Words, sheet: &Sheet<'_>) -> Values {
    let language: Language = words.code().parse().expect("a constant language tag");
    let number = [("number", sheet.number.to_string().into()), ("total", sheet.total.to_string().into())];
    let mut facts = vec![
        (words.get("reference"), sheet.reference.to_string()),
        (words.get("event"), words.of_code("event", sheet.event.as_str(), sheet.event.label())),
        (words.get("country"), sheet.country.name(language).to_owned()),
        (words.get("lost-between"), format!("{} – {}", sheet.loss.earliest, sheet.loss.latest)),
    ];
    if let Some(status) = sheet.status {
        facts.push((words.get("status"), words.of_code("object-status", status.as_str(), status.label())));
    }
    Values {
        reference: sheet.reference.to_string(),
        label: sheet.label.to_string(),
        number: words.with("object-of", &number),
        title: sheet.object.title.to_string(),
        facts,
        categories: categories(words, sheet.object),
        recommended: recommended(words, language, sheet.object),
    }
}

fn line(text: Option<&Line>) -> String {
    text.map(ToString::to_string).unwrap_or_default()
}

fn prose(text: Option<&Prose>) -> String {
    text.map(ToString::to_string).unwrap_or_default()
}

/// The ten, and the free description, in the order of the standard.
fn categories(words: Words, object: &ObjectDescription) -> Vec<Fact> {
    let kind = words.of_code("type", object.object_type.as_str(), object.object_type.label());
    let kind = [Some(kind), object.type_detail.as_ref().map(ToString::to_string)];
    let measurements = object.measurements.iter().map(|measurement| {
        let dimension = measurement.dimension();
        let word = words.of_code("dimension", dimension.as_str(), dimension.label());
        format!("{word}: {} {}", measurement.value(), measurement.unit())
    });
    let photographs = object.photographs;
    vec![
        (words.get("c-photographs"), words.of_code("photographs", photographs.as_str(), photographs.label())),
        (words.get("c-type"), kind.into_iter().flatten().collect::<Vec<_>>().join(": ")),
        (words.get("c-materials"), line(object.materials.as_ref())),
        (words.get("c-measurements"), measurements.collect::<Vec<_>>().join("\n")),
        (words.get("c-inscriptions"), prose(object.inscriptions.as_ref())),
        (words.get("c-features"), prose(object.distinguishing_features.as_ref())),
        (words.get("c-title"), object.title.to_string()),
        (words.get("c-subject"), line(object.subject.as_ref())),
        (words.get("c-date"), line(object.date_or_period.as_ref())),
        (words.get("c-maker"), line(object.maker.as_ref())),
        (words.get("c-description"), prose(object.description.as_ref())),
    ]
}

fn recommended(words: Words, language: Language, object: &ObjectDescription) -> Vec<Fact> {
    let origin = [
        object.origin_country.map(|country: Country| country.name(language).to_owned()),
        object.origin_text.as_ref().map(ToString::to_string),
    ];
    let flags = object.flags.iter().map(|flag| words.of_code("flag", flag.as_str(), flag.label()));
    vec![
        (words.get("c-inventory"), line(object.inventory_number.as_ref())),
        (words.get("c-related-material"), prose(object.related_material.as_ref())),
        (words.get("c-origin"), origin.into_iter().flatten().collect::<Vec<_>>().join(", ")),
        (words.get("c-related-objects"), prose(object.related_objects.as_ref())),
        (words.get("c-documented"), object.date_documented.map(|date| date.to_string()).unwrap_or_default()),
        (words.get("c-flags"), flags.collect::<Vec<_>>().join(", ")),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_language_has_every_text_with_the_same_arguments() {
        assert_eq!(TEXTS.gaps(), Vec::<String>::new());
    }
}
