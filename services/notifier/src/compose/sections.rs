//! The body of a mail, as titled rows: the same for text and HTML. A row without a value is left out.

use domain::Interface;
use domain::alert::ObjectContent;
use domain::case::{Circumstances, ExportFacts, PoliceReference};
use domain::codes::Share;
use domain::country::Country;
use domain::object::ObjectDescription;

use super::MailContext;
use super::texts::Texts;

/// A titled group of rows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Section {
    /// The title.
    pub title: String,
    /// Label and value.
    pub rows: Vec<(String, String)>,
}

struct Rows {
    texts: Texts,
    language: Interface,
    rows: Vec<(String, String)>,
}

impl Rows {
    fn new(texts: Texts, language: Interface) -> Self {
        Self { texts, language, rows: Vec::new() }
    }

    fn add(&mut self, key: &str, value: impl ToString) {
        self.rows.push((self.texts.get(key), value.to_string()));
    }

    fn maybe(&mut self, key: &str, value: Option<&impl ToString>) {
        if let Some(value) = value {
            self.add(key, value.to_string());
        }
    }

    fn countries(&mut self, key: &str, countries: &[Country]) {
        if !countries.is_empty() {
            let names: Vec<_> = countries.iter().map(|country| country.name(self.language.into())).collect();
            self.add(key, names.join(", "));
        }
    }

    fn section(self, title: String) -> Section {
        Section { title, rows: self.rows }
    }
}

/// What every recipient sees of the case (class A).
pub fn case(content: &ObjectContent, context: &MailContext<'_>, share: Share, texts: Texts, language: Interface) -> Section {
    let mut rows = Rows::new(texts, language);
    rows.add("label-reference", content.reference);
    rows.add("label-version", context.version);
    rows.add("label-title", &content.title);
    rows.add("label-event", texts.code("event", content.event.as_str()));
    rows.countries("label-country", &[content.country]);
    let (earliest, latest) = (content.loss.earliest, content.loss.latest);
    let key = if earliest == latest { "lost-on" } else { "lost-between" };
    rows.add("label-lost", texts.with(key, &[("earliest", earliest.to_string()), ("latest", latest.to_string())]));
    rows.maybe("label-discovered", content.loss.discovered.as_ref());
    rows.add("label-certainty", texts.code("certainty", content.certainty.as_str()));
    rows.add("label-urgency", texts.code("urgency", content.urgency.as_str()));
    rows.add("label-share", texts.code("share", share.as_str()));
    rows.section(texts.get("section-case"))
}

/// What only the full share shows (class B).
pub fn circumstances(facts: &Circumstances, texts: Texts, language: Interface) -> Section {
    let mut rows = Rows::new(texts, language);
    rows.add("label-holder", &facts.holder);
    let place = match &facts.subdivision {
        Some(subdivision) => format!("{} ({subdivision})", facts.place),
        None => facts.place.to_string(),
    };
    rows.add("label-place", place);
    rows.add("label-premises", texts.code("premises", facts.premises.as_str()));
    rows.add("label-method", texts.code("method", facts.method.as_str()));
    match &facts.police_reference {
        PoliceReference::NotYet => rows.add("label-police", texts.get("police-not-yet")),
        PoliceReference::Known(reference) => rows.add("label-police", reference),
    }
    rows.maybe("label-authority", facts.authority_informed.as_ref());
    rows.maybe("label-narrative", facts.narrative.as_ref());
    if let Some(export) = &facts.export {
        export_rows(export, &mut rows, texts);
    }
    rows.section(texts.get("section-circumstances"))
}

fn export_rows(export: &ExportFacts, rows: &mut Rows, texts: Texts) {
    rows.countries("label-claiming", &[export.claiming_state]);
    rows.maybe("label-lawful", export.last_lawful_location.as_ref());
    rows.add("label-permit", texts.code("permit", export.permit.as_str()));
    rows.maybe("label-certificate", export.certificate_number.as_ref());
    rows.maybe("label-law", export.law.as_ref());
    rows.countries("label-route", &export.route);
    rows.countries("label-destination", &export.destinations);
}

/// One object (class A), in the order of the Object ID checklist.
pub fn object(object: &ObjectDescription, number: usize, count: usize, texts: Texts, language: Interface) -> Section {
    let mut rows = Rows::new(texts, language);
    rows.add("label-title", &object.title);
    let kind = texts.code("type", object.object_type.as_str());
    rows.add("label-type", object.type_detail.as_ref().map_or(kind.clone(), |detail| format!("{kind}: {detail}")));
    rows.maybe("label-materials", object.materials.as_ref());
    if !object.measurements.is_empty() {
        let parts: Vec<_> = object
            .measurements
            .iter()
            .map(|m| format!("{} {} {}", texts.code("dimension", m.dimension.as_str()), m.value, m.unit))
            .collect();
        rows.add("label-measurements", parts.join("; "));
    }
    rows.maybe("label-inscriptions", object.inscriptions.as_ref());
    rows.maybe("label-features", object.distinguishing_features.as_ref());
    rows.maybe("label-subject", object.subject.as_ref());
    rows.maybe("label-date", object.date_or_period.as_ref());
    rows.maybe("label-maker", object.maker.as_ref());
    rows.maybe("label-description", object.description.as_ref());
    rows.maybe("label-inventory", object.inventory_number.as_ref());
    rows.maybe("label-related-material", object.related_material.as_ref());
    let origin: Vec<String> = object
        .origin_country
        .map(|country| country.name(language.into()).to_owned())
        .into_iter()
        .chain(object.origin_text.as_ref().map(ToString::to_string))
        .collect();
    if !origin.is_empty() {
        rows.add("label-origin", origin.join(", "));
    }
    rows.maybe("label-related-objects", object.related_objects.as_ref());
    rows.maybe("label-documented", object.date_documented.as_ref());
    rows.add("label-photographs", texts.code("photographs", object.photographs.as_str()));
    if !object.flags.is_empty() {
        let flags: Vec<_> = object.flags.iter().map(|flag| texts.code("flag", flag.as_str())).collect();
        rows.add("label-flags", flags.join(", "));
    }
    let title = [("number", number.to_string()), ("count", count.to_string())];
    rows.section(texts.with("section-object", &title))
}
