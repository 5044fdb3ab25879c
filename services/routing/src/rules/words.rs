//! A rule in the words of the people who answer for it.

use domain::codes::{Event, Pace, PartnerKind, Share};

use super::{Conditions, Relation, Rule, Where};

/// The rule as one English sentence.
pub fn sentence(rule: &Rule) -> String {
    if let Some(filter) = rule.when.empty_filter() {
        return format!("Nobody: the list of {filter} is empty.");
    }
    let when = &rule.when;
    let who = partner_words(when);
    let mut text = format!("{} hear of {}{}: {}", capitalised(&who), alert_words(when), about(when), outcome(rule));
    if !rule.except.is_empty() {
        let except: Vec<_> = rule.except.iter().map(exception).collect();
        text.push_str(&format!(". Except {}", list(&except, "and")));
    }
    text.push('.');
    text
}

/// An exception as part of a sentence.
pub fn exception(except: &Conditions) -> String {
    let mut parts = Vec::new();
    if except.kinds.is_some() || except.partners.is_some() || except.relations.is_some() || except.mandates.is_some() {
        parts.push(partner_words(except));
    }
    if except.events.is_some() || except.alerts.is_some() {
        parts.push(format!("alerts of {}", alert_words(except)));
    }
    let about = about(except);
    if !about.is_empty() {
        parts.push(format!("what is{}", about.trim_start_matches(',')));
    }
    parts.join(", for ")
}

fn outcome(rule: &Rule) -> String {
    let mut text = match rule.share {
        Share::Full => "in full, with circumstances",
        Share::ObjectData => "with object data only",
    }
    .to_owned();
    if rule.pace == Pace::Digest {
        text.push_str(", in a digest");
    }
    if let Some(within) = rule.acknowledge_within {
        text.push_str(&format!(", to be acknowledged within {}", minutes(within)));
    }
    if rule.legal_basis {
        text.push_str(", more than object data only with a legal basis");
    }
    if rule.two_officers {
        text.push_str(", once two officers stand behind it");
    }
    text
}

fn partner_words(when: &Conditions) -> String {
    let kinds: Vec<_> = when.kinds.iter().flatten().map(|kind| kind_plural(*kind)).collect();
    let mut text = match (&when.kinds, &when.partners) {
        (_, Some(names)) => list(names, "and"),
        (Some(_), None) => list(&kinds, "and"),
        (None, None) => "partners".to_owned(),
    };
    let mut conditions = Vec::new();
    if let Some(wanted) = &when.relations {
        conditions.push(format!("whose scope {}", relations(wanted)));
    }
    if let Some(mandates) = &when.mandates {
        let quoted: Vec<String> = mandates.iter().map(|keyword| format!("“{keyword}”")).collect();
        conditions.push(format!("whose mandate names {}", list(&quoted, "or")));
    }
    if !conditions.is_empty() {
        text.push_str(&format!(" {}", list(&conditions, "and")));
    }
    text
}

/// `theft or looting`, and the kind of alert where it is not the usual one.
fn alert_words(when: &Conditions) -> String {
    use domain::codes::AlertKind;
    let mut text = when.events.as_ref().map_or_else(|| "any event".to_owned(), |wanted| events(wanted));
    if let Some(kinds) = when.alerts.as_ref().filter(|kinds| kinds.as_slice() != [AlertKind::Alert, AlertKind::Update])
    {
        text.push_str(&format!(" (only {})", codes(kinds, |kind| kind.label())));
    }
    text
}

/// What else the alert must be: " with an object of type coin, from 1990-08-06 on".
fn about(when: &Conditions) -> String {
    let mut text = String::new();
    if let Some(categories) = &when.categories {
        text.push_str(&format!(" with an object of type {}", codes(categories, |c| c.label())));
    }
    if let Some(flags) = &when.flags {
        text.push_str(&format!(" with an object flagged {}", codes(flags, |f| f.label())));
    }
    for part in Where::ALL {
        if let Some(areas) = &when.lies[part.position()] {
            let areas: Vec<_> = areas.iter().map(|area| area.name(domain::Language::ENGLISH)).collect();
            let what = match part {
                Where::Place => "taken in",
                Where::Origin => "coming from",
                Where::Route => "passing",
                Where::Destination => "bound for",
                Where::About => "taken in or coming from",
            };
            text.push_str(&format!(", {what} {}", list(&areas, "or")));
        }
    }
    if let Some(from) = when.lost_from {
        text.push_str(&format!(", lost on or after {from}"));
    }
    if let Some(until) = when.lost_until {
        text.push_str(&format!(", lost on or before {until}"));
    }
    if let Some(certainty) = when.certainty_at_least {
        text.push_str(&format!(", once the certainty is at least {}", certainty.label().to_lowercase()));
    }
    if let Some(urgency) = &when.urgency {
        text.push_str(&format!(", when the urgency is {}", codes(urgency, |u| u.label())));
    }
    if let Some(labels) = &when.labels {
        let labels: Vec<_> = labels.iter().map(ToString::to_string).collect();
        text.push_str(&format!(", under {}", list(&labels, "or")));
    }
    text
}

/// `theft`, `theft or illicit export`.
pub fn events(events: &[Event]) -> String {
    codes(events, |event| event.label())
}

/// The labels of some codes inside a sentence.
pub fn codes<T: Copy>(codes: &[T], label: impl Fn(T) -> &'static str) -> String {
    list(&codes.iter().map(|code| label(*code).to_lowercase()).collect::<Vec<_>>(), "or")
}

/// `90 minutes`, `24 hours`, `3 days`.
pub fn minutes(minutes: i64) -> String {
    let (number, unit) = match minutes {
        m if m % (24 * 60) == 0 => (m / (24 * 60), "day"),
        m if m % 60 == 0 => (m / 60, "hour"),
        m => (m, "minute"),
    };
    format!("{number} {unit}{}", if number == 1 { "" } else { "s" })
}

/// The kind in the plural, inside a sentence.
pub fn kind_plural(kind: PartnerKind) -> &'static str {
    match kind {
        PartnerKind::Police => "police and national institutions",
        PartnerKind::Igo => "intergovernmental organisations",
        PartnerKind::Ngo => "non-governmental organisations",
        PartnerKind::Research => "research institutes",
        PartnerKind::Market => "market bodies and private registers",
    }
}

/// What a scope does that stands in one of the relations: "covers the place or a market state".
fn relations(relations: &[Relation]) -> String {
    let covered: Vec<&str> = relations.iter().filter_map(|relation| covered(*relation)).collect();
    let world = covered.len() < relations.len();
    match (covered.as_slice(), world) {
        ([], _) => "is the whole world".to_owned(),
        (covered, false) => format!("covers {}", list(covered, "or")),
        (covered, true) => format!("covers {}, or is the whole world", list(covered, "or")),
    }
}

fn covered(relation: Relation) -> Option<&'static str> {
    Some(match relation {
        Relation::Place => "the place",
        Relation::Origin => "the origin (or claiming state)",
        Relation::Route => "the presumed route",
        Relation::Destination => "the presumed destination",
        Relation::NeighbourOfPlace => "a neighbour of the place",
        Relation::Market => "a market state",
        Relation::World => return None,
    })
}

/// `a`, `a or b`, `a, b or c`.
pub fn list<S: std::fmt::Display>(items: &[S], last: &str) -> String {
    match items {
        [] => "nothing".to_owned(),
        [only] => only.to_string(),
        [init @ .., end] => {
            let init: Vec<String> = init.iter().map(ToString::to_string).collect();
            format!("{} {last} {end}", init.join(", "))
        }
    }
}

fn capitalised(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::RuleSet;

    #[test]
    fn a_rule_reads_as_a_sentence() {
        let text = r#"
[[rule]]
id = "a"
because = "They know."
events = ["theft", "illicit_export"]
kinds = ["igo"]
relation = ["place", "origin"]
mandates = ["police cooperation"]
flags = ["conflict_area"]
certainty_at_least = "likely"
share = "full"

[[rule]]
id = "b"
because = "Nobody."
events = []
kinds = ["ngo"]
relation = ["world"]
share = "object_data"

[[rule]]
id = "c"
because = "The Council says so."
events = ["theft"]
partners = ["INTERPOL", "UNODC"]
about = ["IQ", "M49:145"]
lost_from = "1990-08-06"
share = "full"
pace = "digest"
acknowledge_within = "48h"
two_officers = true

[[rule.except]]
categories = ["coin_medal"]
kinds = ["igo"]
"#;
        let set = RuleSet::parse(1, text).expect("a rule set");
        assert_eq!(
            sentence(&set.rules[0]),
            "Intergovernmental organisations whose scope covers the place or the origin (or claiming state) \
             and whose mandate names “police cooperation” hear of theft or illicit export with an object flagged \
             from a conflict area, once the certainty is at least likely: in full, with circumstances."
        );
        assert_eq!(sentence(&set.rules[1]), "Nobody: the list of events is empty.");
        assert_eq!(
            sentence(&set.rules[2]),
            "INTERPOL and UNODC hear of theft, taken in or coming from Iraq or Western Asia, lost on or after \
             1990-08-06: in full, with circumstances, in a digest, to be acknowledged within 2 days, once two officers \
             stand behind it. Except intergovernmental organisations, for what is with an object of type coin or medal."
        );
    }
}
