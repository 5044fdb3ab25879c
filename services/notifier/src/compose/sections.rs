//! The body of a mail, as titled rows: the same for text and HTML. A row without a value is left out.

use domain::alert::ObjectContent;
use domain::case::{Circumstances, PoliceReference};
use domain::codes::{Event, LossMethod, Share};
use domain::country::Country;
use domain::details::{Details, ExportFacts, Typology};
use domain::object::{Measurement, ObjectDescription, Year, YearSpan};
use domain::{CivilDate, Language};

use super::plain::{shortened, wrap};
use super::texts::Texts;

/// The most bytes of one value of a case.
const VALUE: usize = 12_000;
/// The most bytes of one value of an object.
const OBJECT_VALUE: usize = 6_000;

/// One labelled value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// The label, in the reader's language.
    pub label: String,
    /// The label, the mark of another language and the colon, as the reader's language sets one.
    pub head: String,
    /// The value.
    pub value: String,
    /// The language of the value, where it is not the reader's: words of the report are not translated.
    pub original: Option<Language>,
}

impl Row {
    /// With its label and, for words in another language, their language.
    pub fn new(label: String, value: String, original: Option<Language>, texts: Texts) -> Self {
        let marked = original.map_or_else(|| label.clone(), |language| format!("{label} [{language}]"));
        Self { head: texts.with("labelled", &[("label", marked.into())]), label, value, original }
    }

    /// For plain text: label and value, wrapped.
    pub fn plain(&self) -> String {
        wrap(&format!("  {} ", self.head), 4, &self.value)
    }
}

/// A picture of an object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Figure {
    /// Where it is; none if it is not in the mail.
    pub src: Option<String>,
    /// In pixels.
    pub width: i64,
    /// What it shows, for those who do not see it.
    pub alt: String,
    /// What stands below it, or alone.
    pub row: Row,
}

/// A titled group of rows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Section {
    /// The title.
    pub title: String,
    /// Its rows.
    pub rows: Vec<Row>,
    /// Its pictures.
    pub figures: Vec<Figure>,
}

impl Section {
    /// Roughly how much of a mail it takes.
    pub fn bytes(&self) -> usize {
        self.title.len() + self.rows.iter().map(|row| row.label.len() + row.value.len() + 8).sum::<usize>()
    }
}

struct Rows {
    texts: Texts,
    /// The language of the report, where it is not the reader's.
    original: Option<Language>,
    most: usize,
    rows: Vec<Row>,
}

impl Rows {
    fn new(texts: Texts, written_in: Language, most: usize) -> Self {
        let original = Some(written_in).filter(|language| *language != texts.language.language());
        Self { texts, original, most, rows: Vec::new() }
    }

    fn push(&mut self, key: &str, value: &str, original: Option<Language>) {
        let value = shortened(value, self.most, &self.texts.get("shortened"));
        self.rows.push(Row::new(self.texts.get(key), value, original, self.texts));
    }

    /// Ours, in the reader's language, or a name or number that has none.
    fn ours(&mut self, key: &str, value: impl AsRef<str>) {
        self.push(key, value.as_ref(), None);
    }

    /// Words of the report.
    fn theirs<T: ToString>(&mut self, key: &str, value: Option<&T>) {
        if let Some(value) = value {
            self.push(key, &value.to_string(), self.original);
        }
    }

    /// A name or number of the report.
    fn named<T: ToString>(&mut self, key: &str, value: Option<&T>) {
        if let Some(value) = value {
            self.ours(key, value.to_string());
        }
    }

    fn date(&mut self, key: &str, date: Option<CivilDate>) {
        if let Some(date) = date {
            self.ours(key, self.texts.date(date));
        }
    }

    fn countries(&mut self, key: &str, countries: &[Country]) {
        if !countries.is_empty() {
            let language = self.texts.language.language();
            let names: Vec<_> = countries.iter().map(|country| country.name(language)).collect();
            self.ours(key, names.join(", "));
        }
    }

    fn section(self, title: String) -> Section {
        Section { title, rows: self.rows, figures: Vec::new() }
    }
}

/// What every recipient sees of the case (class A).
pub fn case(content: &ObjectContent, share: Share, texts: Texts) -> Section {
    let mut rows = Rows::new(texts, content.language, VALUE);
    rows.theirs("label-title", Some(&content.title));
    rows.ours("label-event", texts.code("event", content.event.as_str()));
    rows.countries("label-country", &[content.country]);
    let (earliest, latest) = (content.loss.earliest, content.loss.latest);
    let key = if earliest == latest { "lost-on" } else { "lost-between" };
    let dates = [("earliest", texts.date(earliest).into()), ("latest", texts.date(latest).into())];
    let when = match content.event {
        Event::Looting => "label-detected",
        Event::Emergency => "label-since",
        Event::Seizure => "label-seized",
        Event::Sighting => "label-seen",
        Event::Theft | Event::IllicitExport | Event::Missing | Event::Recovery | Event::Restitution => "label-lost",
    };
    rows.ours(when, texts.with(key, &dates));
    rows.date("label-discovered", content.loss.discovered);
    rows.ours("label-certainty", texts.code("certainty", content.certainty.as_str()));
    rows.ours("label-urgency", texts.code("urgency", content.urgency.as_str()));
    rows.ours("label-share", texts.code("share", share.as_str()));
    rows.section(texts.get("section-case"))
}

/// What only the full share shows (class B).
pub fn circumstances(facts: &Circumstances, written_in: Language, texts: Texts) -> Section {
    let mut rows = Rows::new(texts, written_in, VALUE);
    let holder = match facts.details.event() {
        Event::Looting => "label-responsible",
        Event::Seizure => "label-kept-by",
        Event::Sighting => "label-offered-by",
        Event::Theft
        | Event::IllicitExport
        | Event::Missing
        | Event::Emergency
        | Event::Recovery
        | Event::Restitution => "label-holder",
    };
    rows.named(holder, Some(&facts.holder));
    rows.theirs("label-place", Some(&facts.place));
    rows.named("label-subdivision", facts.subdivision.as_ref());
    rows.ours("label-premises", texts.code("premises", facts.premises.as_str()));
    if facts.method != LossMethod::Unknown {
        rows.ours("label-method", texts.code("method", facts.method.as_str()));
    }
    match &facts.police_reference {
        PoliceReference::NotYet => rows.ours("label-police", texts.get("police-not-yet")),
        PoliceReference::Known(reference) => rows.named("label-police", Some(reference)),
    }
    rows.theirs("label-authority", facts.authority_informed.as_ref());
    rows.date("label-authority-on", facts.authority_informed_on);
    rows.theirs("label-narrative", facts.narrative.as_ref());
    details_rows(&facts.details, &mut rows);
    rows.section(texts.get("section-circumstances"))
}

fn details_rows(details: &Details, rows: &mut Rows) {
    let texts = rows.texts;
    match details {
        Details::Theft => {}
        Details::IllicitExport(export) => export_rows(export, rows),
        Details::Looting(facts) => {
            rows.theirs("label-site", Some(&facts.site));
            rows.named("label-site-number", facts.site_number.as_ref());
            rows.ours("label-detected-by", texts.code("detection", facts.detected_by.as_str()));
            rows.theirs("label-extent", facts.extent.as_ref());
        }
        Details::Missing(facts) => {
            rows.theirs("label-listed-in", Some(&facts.inventory));
            rows.named("label-depositor", facts.depositor.as_ref());
        }
        Details::Emergency(facts) => {
            rows.ours("label-threat", texts.code("threat", facts.threat.as_str()));
            rows.theirs("label-collection", Some(&facts.extent));
        }
        Details::Seizure(facts) => {
            rows.named("label-seized-by", Some(&facts.authority));
            rows.countries("label-likely-origins", &facts.likely_origins);
            rows.countries("label-sent-from", facts.sent_from.as_slice());
            rows.countries("label-bound-for", facts.bound_for.as_slice());
        }
        Details::Sighting(facts) => {
            rows.ours("label-venue", texts.code("venue", facts.venue.as_str()));
            rows.theirs("label-found-under", facts.found_under.as_ref());
            rows.date("label-sale", facts.sale_on);
        }
    }
}

/// What to look for where no list of objects exists (class A).
pub fn typology(typology: &Typology, written_in: Language, texts: Texts) -> Section {
    let mut rows = Rows::new(texts, written_in, VALUE);
    let types: Vec<_> = typology.types.iter().map(|one| texts.code("type", one.as_str())).collect();
    rows.ours("label-types", types.join(", "));
    rows.theirs("label-red-list", typology.red_list.as_ref());
    rows.theirs("label-description", Some(&typology.description));
    rows.section(texts.get("section-typology"))
}

fn export_rows(export: &ExportFacts, rows: &mut Rows) {
    rows.countries("label-claiming", &[export.claiming_state]);
    rows.theirs("label-lawful", export.last_lawful_location.as_ref());
    rows.ours("label-permit", rows.texts.code("permit", export.permit.as_str()));
    rows.named("label-certificate", export.certificate_number.as_ref());
    rows.theirs("label-law", export.law.as_ref());
    rows.countries("label-route", &export.route);
    rows.countries("label-destination", &export.destinations);
}

/// One object (class A), in the order of the Object ID checklist.
pub fn object(object: &ObjectDescription, written_in: Language, number: usize, count: usize, texts: Texts) -> Section {
    let mut rows = Rows::new(texts, written_in, OBJECT_VALUE);
    rows.theirs("label-title", Some(&object.title));
    rows.ours("label-type", texts.code("type", object.object_type.as_str()));
    rows.theirs("label-type-detail", object.type_detail.as_ref());
    rows.theirs("label-materials", object.materials.as_ref());
    let measurements = measurements(&object.measurements, texts);
    rows.named("label-measurements", Some(measurements).filter(|text| !text.is_empty()).as_ref());
    rows.theirs("label-inscriptions", object.inscriptions.as_ref());
    rows.theirs("label-features", object.distinguishing_features.as_ref());
    rows.theirs("label-subject", object.subject.as_ref());
    rows.theirs("label-date", object.date_or_period.as_ref());
    if let Some(span) = object.dated {
        rows.ours("label-made", years(span, texts));
    }
    rows.theirs("label-maker", object.maker.as_ref());
    rows.theirs("label-description", object.description.as_ref());
    rows.named("label-inventory", object.inventory_number.as_ref());
    rows.theirs("label-related-material", object.related_material.as_ref());
    rows.countries("label-origin", object.origin_country.as_slice());
    rows.theirs("label-origin-text", object.origin_text.as_ref());
    rows.theirs("label-related-objects", object.related_objects.as_ref());
    if let Some(link) = &object.link {
        rows.ours("label-link", format!("{} ({})", texts.code("link", link.kind.as_str()), link.name));
    }
    rows.date("label-documented", object.date_documented);
    rows.ours("label-photographs", texts.code("photographs", object.photographs.as_str()));
    let flags: Vec<_> = object.flags.iter().map(|flag| texts.code("flag", flag.as_str())).collect();
    rows.named("label-flags", Some(flags.join(", ")).filter(|text| !text.is_empty()).as_ref());
    let title = [("number", number.to_string().into()), ("count", count.to_string().into())];
    rows.section(texts.with("section-object", &title))
}

/// Measurements as this reader writes them.
pub fn measurements(all: &[Measurement], texts: Texts) -> String {
    let one = |m: &Measurement| {
        let value = m.for_reader(&texts.get("decimal-sign"));
        format!("{} {value}", texts.code("dimension", m.dimension().as_str()))
    };
    all.iter().map(one).collect::<Vec<_>>().join("; ")
}

/// The years between which something was made.
pub fn years(span: YearSpan, texts: Texts) -> String {
    let year = |year: Year| {
        let number = year.to_string();
        match number.strip_prefix('-') {
            Some(before) => texts.with("year-before", &[("year", before.to_owned().into())]),
            None => number,
        }
    };
    let years = [("from", year(span.from).into()), ("to", year(span.to).into())];
    texts.with(if span.from == span.to { "made-in" } else { "made-between" }, &years)
}
