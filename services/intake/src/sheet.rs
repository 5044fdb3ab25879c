//! The Object ID sheet of one object on paper, in six languages. Class A only: it is made to be passed on.

use std::sync::LazyLock;

use axum::extract::State;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse as _, Response};
use domain::ids::CaseId;
use domain::object::ObjectDescription;
use domain::text::{Line, Prose};
use domain::{Country, Language};
use paper::{Order, Printer, PrintingError, Texts, Words};
use serde::{Deserialize, Serialize};
use store::cases::{self, CaseRow, ObjectRow};
use web::{Authority, PageError, Path, Problem, Query, SignedIn};

use crate::Deps;
use crate::access::sight;

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

#[derive(Serialize)]
struct Sheet {
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

/// Prints the sheet of one of `total` objects.
pub async fn print_sheet(
    printer: &Printer,
    words: Words,
    case: &CaseRow,
    object: &ObjectRow,
    total: usize,
) -> Result<Vec<u8>, PrintingError> {
    let sheet = sheet(words, case, object, total);
    let order = Order {
        template: TEMPLATE,
        language: words.code(),
        title: format!("{}: {}", sheet.reference, sheet.title),
        identity: format!("{} {} {}", object.id, case.updated_at, words.code()),
        moment: case.updated_at.as_micros() / 1_000_000,
        labels: words.labels(),
        data: sheet,
    };
    printer.print(order).await
}

fn sheet(words: Words, case: &CaseRow, object: &ObjectRow, total: usize) -> Sheet {
    let language: Language = words.code().parse().expect("a constant language tag");
    let number = [("number", object.ordinal.to_string().into()), ("total", total.to_string().into())];
    let facts = vec![
        (words.get("reference"), case.reference.to_string()),
        (words.get("event"), words.of_code("event", case.event.as_str(), case.event.label())),
        (words.get("country"), case.country.name(language).to_owned()),
        (words.get("lost-between"), format!("{} – {}", case.lost_earliest, case.lost_latest)),
        (words.get("status"), words.of_code("object-status", object.status.as_str(), object.status.label())),
    ];
    Sheet {
        reference: case.reference.to_string(),
        label: case.label.to_string(),
        number: words.with("object-of", &number),
        title: object.title.to_string(),
        facts,
        categories: categories(words, &object.description.0),
        recommended: recommended(words, language, &object.description.0),
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

/// In which language.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Wanted {
    language: String,
}

/// `GET /cases/{id}/objects/{number}/sheet.pdf?language=fr`
pub(crate) async fn print(
    State(deps): State<Deps>,
    caller: Authority<SignedIn>,
    Path((id, number)): Path<(CaseId, i64)>,
    Query(wanted): Query<Wanted>,
) -> Result<Response, PageError> {
    let language = if wanted.language.is_empty() { "en" } else { &wanted.language };
    let words =
        sheet_words(language).ok_or_else(|| Problem::bad_request("The language must be en, fr, es, ar, ru or zh."))?;
    let mut tx = deps.db.read().await?;
    let case = cases::find(&mut tx, id).await?;
    // Another institution's case looks as if it did not exist.
    let case = case.filter(|case| sight(&caller, case.institution_id).is_some());
    let case = case.ok_or_else(|| Problem::not_found("case"))?;
    let objects = cases::objects(&mut tx, id).await?;
    tx.commit().await?;
    let object = objects.iter().find(|object| object.ordinal == number);
    let object = object.ok_or_else(|| Problem::not_found("object"))?;
    let printed = print_sheet(&deps.printer, words, &case, object, objects.len()).await;
    let pdf = printed.map_err(|error| Problem::internal(&error))?;
    let disposition = format!("attachment; filename=\"{}-object-{number}-{}.pdf\"", case.reference, words.code());
    Ok(([(CONTENT_TYPE, "application/pdf".to_owned()), (CONTENT_DISPOSITION, disposition)], pdf).into_response())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_language_has_every_text_with_the_same_arguments() {
        assert_eq!(TEXTS.gaps(), Vec::<String>::new());
    }
}
