//! The pack for a meeting on paper.

use std::collections::BTreeSet;

use paper::{Order, Printer, PrintingError, Words};
use serde::Serialize;

use super::pack::{Pack, Value, duration, map};
use super::words::{language, ltr, moment};

const TEMPLATE: &str = include_str!("../../papers/pack.typ");

#[derive(Serialize)]
struct PackPaper {
    about: String,
    reproduce: String,
    figures: Vec<[String; 3]>,
    by_month: Vec<(String, usize)>,
    by_kind: Vec<(String, usize)>,
    by_wait: Vec<(String, usize)>,
    cases_map: String,
    cases: Vec<(String, usize)>,
    alerts: Vec<[String; 7]>,
    clocks: Vec<[String; 4]>,
    clocks_as_of: String,
    gaps: String,
    countries: Vec<String>,
    gaps_map: String,
    foot: String,
}

/// Prints it.
pub async fn print_pack(printer: &Printer, words: Words, pack: &Pack) -> Result<Vec<u8>, PrintingError> {
    let paper = pack_paper(words, pack);
    let title = format!("{}: {}", words.get("pack"), paper.about);
    let identity = format!("{} {} {} {}", paper.about, pack.from, pack.to, words.code());
    let order = Order {
        template: TEMPLATE,
        language: words.code(),
        title,
        identity,
        moment: pack.as_of.as_micros() / 1_000_000,
        labels: words.labels(),
        data: paper,
    };
    printer.print(order).await
}

fn pack_paper(words: Words, pack: &Pack) -> PackPaper {
    let language = language(words);
    let region = pack.region.map(|region| region.name(language).to_owned());
    let about = match (&pack.partner, &region) {
        (Some(name), _) => words.with("pack-of-partner", &[("name", name.to_string().into())]),
        (None, Some(name)) => words.with("pack-of-region", &[("name", name.clone().into())]),
        (None, None) => words.get("pack-of-all"),
    };
    let (first, last) =
        pack.span.map_or_else(Default::default, |(first, last)| (moment(words, first), moment(words, last)));
    let reproduce = words.with(
        "pack-reproduce",
        &[
            ("from", pack.from.to_string().into()),
            ("to", (pack.to - 1).max(pack.from).to_string().into()),
            ("first", first.into()),
            ("last", last.into()),
        ],
    );
    let figures = pack.figures.iter().map(|figure| {
        let value = match figure.value {
            Value::None => words.get("pack-no-value"),
            value => value.text(),
        };
        [words.get(figure.key), value, words.get(figure.unit.key())]
    });
    let by_kind =
        pack.by_kind.iter().map(|(kind, count)| (words.of_code("partner-kind", kind.as_str(), kind.label()), *count));
    let alerts = pack.alerts.iter().map(|alert| {
        let kind = words.of_code("alert-kind", alert.kind.as_str(), alert.kind.label());
        [
            ltr(words, &alert.reference),
            alert.title.to_string(),
            alert.country.name(language).to_owned(),
            words.with("version", &[("number", alert.version.to_string().into()), ("kind", kind.into())]),
            moment(words, alert.released_at),
            alert.told.to_string(),
            alert.acknowledged_median.map_or_else(|| words.get("pack-no-value"), duration),
        ]
    });
    let clocks = pack.clocks.iter().map(|clock| {
        let limit = words.of_code("time-limit", clock.limit.as_str(), clock.limit.label());
        let due = ltr(words, &clock.due_on.to_string());
        [ltr(words, &clock.reference), clock.title.to_string(), limit, due]
    });
    let (gaps, countries) = match &pack.gaps {
        None => (String::new(), Vec::new()),
        Some(gaps) => {
            let revision = gaps.revision.to_string();
            let text = if gaps.countries.is_empty() {
                words.with("pack-no-gaps", &[("revision", revision.into())])
            } else {
                let region = region.clone().unwrap_or_else(|| domain::country::Region::WORLD.name(language).to_owned());
                let (count, total) = (gaps.countries.len().to_string(), gaps.total.to_string());
                let values = [
                    ("region", region.into()),
                    ("revision", revision.into()),
                    ("count", count.into()),
                    ("total", total.into()),
                ];
                words.with("pack-gaps-means", &values)
            };
            let mut names: Vec<_> = gaps.countries.iter().map(|country| country.name(language).to_owned()).collect();
            names.sort();
            (text, names)
        }
    };
    let (cases_title, gaps_title) = (words.get("pack-by-country"), words.get("pack-gaps"));
    let none = BTreeSet::new();
    let uncovered: BTreeSet<_> = pack.gaps.iter().flat_map(|gaps| gaps.countries.iter().copied()).collect();
    let cases = pack.by_country.iter().map(|(country, count)| (country.name(language).to_owned(), *count));
    PackPaper {
        by_wait: pack.by_wait.iter().map(|(key, count)| (words.get(key), *count)).collect(),
        cases_map: if pack.by_country.is_empty() {
            String::new()
        } else {
            map(&cases_title, language, &pack.by_country, &none)
        },
        cases: cases.collect(),
        gaps_map: if uncovered.is_empty() { String::new() } else { map(&gaps_title, language, &[], &uncovered) },
        foot: about.clone(),
        about,
        reproduce,
        figures: figures.collect(),
        by_month: pack.by_month.clone(),
        by_kind: by_kind.collect(),
        alerts: alerts.collect(),
        clocks: clocks.collect(),
        clocks_as_of: words.with("pack-clocks-as-of", &[("moment", moment(words, pack.as_of).into())]),
        gaps,
        countries,
    }
}
