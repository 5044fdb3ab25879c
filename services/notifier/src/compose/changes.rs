//! What an update changes against what its reader was last told, field by field, in the reader's language.

use domain::Language;
use domain::change::{Change, Field, Value};
use domain::codes::Event;

use super::plain::shortened;
use super::sections::{Row, Section, measurements, years};
use super::texts::Texts;

/// The most fields that are printed; the others are counted, and the text below has them all.
const MOST: usize = 100;
/// The most bytes of one value: the whole of it stands below.
const VALUE: usize = 1_000;

/// What a reader was told last, and what has changed since.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Since {
    /// The number of that version.
    pub version: i64,
    /// The fields that changed, none above the reader's share.
    pub changes: Vec<Change>,
}

/// The section that says what changed.
pub fn section(since: &Since, event: Event, written_in: Language, texts: Texts) -> Section {
    let original = Some(written_in).filter(|language| *language != texts.language.language());
    let mut rows = Vec::new();
    let mut row = |label: String, value: &str, original: Option<Language>| {
        let value = shortened(value, VALUE, &texts.get("shortened"));
        rows.push(Row::new(label, value, original, texts));
    };
    for change in since.changes.iter().take(MOST) {
        let field = texts.get(label(change.field, event));
        let field = match change.object {
            None => field,
            Some(number) => {
                let args = [("number", number.to_string().into()), ("field", field.into())];
                texts.with("changed-of-object", &args)
            }
        };
        let named = |key: &str| texts.with(key, &[("field", field.clone().into())]);
        let is_whole = matches!(change.field, Field::ObjectAdded | Field::ObjectTakenOut);
        let keys = match (&change.before, &change.after) {
            (Some(_), Some(_)) => ("changed-before", "changed-now"),
            _ => ("changed-gone", "changed-new"),
        };
        for (value, key) in [(&change.before, keys.0), (&change.after, keys.1)] {
            if let Some(value) = value {
                let label = if is_whole { field.clone() } else { named(key) };
                row(label, &say(value, texts), original.filter(|_| matches!(value, Value::Text(_))));
            }
        }
    }
    if since.changes.is_empty() {
        row(texts.get("changed-fields"), &texts.get("changed-none"), None);
    }
    let more = since.changes.len().saturating_sub(MOST);
    if more > 0 {
        row(texts.get("changed-more"), &more.to_string(), None);
    }
    let title = texts.with("section-changes", &[("version", since.version.to_string().into())]);
    Section { title, rows, figures: Vec::new() }
}

/// A value in the reader's language; words of the report stay as they are.
fn say(value: &Value, texts: Texts) -> String {
    match value {
        Value::Text(text) | Value::Name(text) => text.clone(),
        Value::Codes(list, codes) => {
            codes.iter().map(|(code, _)| texts.code(list, code)).collect::<Vec<_>>().join(", ")
        }
        Value::Date(date) => texts.date(*date),
        Value::Countries(countries) => {
            let language = texts.language.language();
            countries.iter().map(|country| country.name(language)).collect::<Vec<_>>().join(", ")
        }
        Value::Years(span) => years(*span, texts),
        Value::Measurements(all) => measurements(all, texts),
        Value::Language(language) => language.endonym().to_owned(),
        Value::Link(link) => format!("{} ({})", texts.code("link", link.kind.as_str()), link.name),
        Value::Count(count) => count.to_string(),
    }
}

/// The key of a field's label: that under which the sections below show it.
pub fn label(field: Field, event: Event) -> &'static str {
    match field {
        Field::Label => "field-label",
        Field::Title | Field::ObjectTitle => "label-title",
        Field::Event => "label-event",
        Field::Language => "field-language",
        Field::Country => "label-country",
        Field::Earliest => "field-earliest",
        Field::Latest => "field-latest",
        Field::Discovered => "label-discovered",
        Field::Certainty => "label-certainty",
        Field::Urgency => "label-urgency",
        Field::TypologyTypes => "label-types",
        Field::RedList => "label-red-list",
        Field::TypologyDescription | Field::Description => "label-description",
        Field::Holder => match event {
            Event::Looting => "label-responsible",
            Event::Seizure => "label-kept-by",
            Event::Sighting => "label-offered-by",
            _ => "label-holder",
        },
        Field::Place => "label-place",
        Field::Subdivision => "label-subdivision",
        Field::Premises => "label-premises",
        Field::Method => "label-method",
        Field::PoliceReference => "label-police",
        Field::Authority => "label-authority",
        Field::AuthorityOn => "label-authority-on",
        Field::Narrative => "label-narrative",
        Field::ClaimingState => "label-claiming",
        Field::LawfulLocation => "label-lawful",
        Field::Permit => "label-permit",
        Field::Certificate => "label-certificate",
        Field::Law => "label-law",
        Field::Route => "label-route",
        Field::Destinations => "label-destination",
        Field::Site => "label-site",
        Field::SiteNumber => "label-site-number",
        Field::DetectedBy => "label-detected-by",
        Field::Extent => "label-extent",
        Field::ListedIn => "label-listed-in",
        Field::Depositor => "label-depositor",
        Field::Threat => "label-threat",
        Field::Collection => "label-collection",
        Field::SeizedBy => "label-seized-by",
        Field::LikelyOrigins => "label-likely-origins",
        Field::SentFrom => "label-sent-from",
        Field::BoundFor => "label-bound-for",
        Field::Venue => "label-venue",
        Field::FoundUnder => "label-found-under",
        Field::SaleOn => "label-sale",
        Field::ObjectAdded => "field-object_added",
        Field::ObjectTakenOut => "field-object_taken_out",
        Field::ObjectType => "label-type",
        Field::TypeDetail => "label-type-detail",
        Field::Materials => "label-materials",
        Field::Measurements => "label-measurements",
        Field::Inscriptions => "label-inscriptions",
        Field::Features => "label-features",
        Field::Subject => "label-subject",
        Field::DateOrPeriod => "label-date",
        Field::Made => "label-made",
        Field::Maker => "label-maker",
        Field::InventoryNumber => "label-inventory",
        Field::RelatedMaterial => "label-related-material",
        Field::OriginCountry => "label-origin",
        Field::OriginText => "label-origin-text",
        Field::RelatedObjects => "label-related-objects",
        Field::Link => "label-link",
        Field::Documented => "label-documented",
        Field::Photographs => "label-photographs",
        Field::Flags => "label-flags",
        Field::PhotographsShown => "field-photographs_shown",
    }
}
