//! A rule in the words of the people who answer for it.

use domain::codes::{Event, PartnerKind, Share};

use super::{Relation, Rule};

/// The rule as one English sentence.
pub fn sentence(rule: &Rule) -> String {
    if let Some(filter) = empty_filter(rule) {
        return format!("Nobody: the list of {filter} is empty.");
    }
    let kinds = list(&rule.kinds.iter().map(|kind| kind_plural(*kind)).collect::<Vec<_>>(), "and");
    let mut conditions = vec![format!("whose scope {}", relations(&rule.relations))];
    if let Some(mandates) = &rule.mandates {
        let quoted: Vec<String> = mandates.iter().map(|keyword| format!("“{keyword}”")).collect();
        conditions.push(format!("whose mandate names {}", list(&quoted, "or")));
    }
    let mut about = vec![format!("of {}", events(&rule.events))];
    if let Some(categories) = &rule.categories {
        let labels: Vec<_> = categories.iter().map(|c| c.label().to_lowercase()).collect();
        about.push(format!(" with an object of type {}", list(&labels, "or")));
    }
    if let Some(flags) = &rule.flags {
        let labels: Vec<_> = flags.iter().map(|f| f.label().to_lowercase()).collect();
        about.push(format!(" with an object flagged {}", list(&labels, "or")));
    }
    if let Some(certainty) = rule.certainty_at_least {
        about.push(format!(", once the certainty is at least {}", certainty.label().to_lowercase()));
    }
    let share = match rule.share {
        Share::Full => "in full, with circumstances",
        Share::ObjectData => "with object data only",
    };
    format!("{} {} hear {}: {share}.", capitalised(&kinds), list(&conditions, "and"), about.concat())
}

/// The name of the filter that is present and empty, so that the rule selects nobody.
pub fn empty_filter(rule: &Rule) -> Option<&'static str> {
    let empty = |list: Option<usize>| list == Some(0);
    [
        ("events", Some(rule.events.len())),
        ("kinds", Some(rule.kinds.len())),
        ("relations", Some(rule.relations.len())),
        ("mandates", rule.mandates.as_ref().map(Vec::len)),
        ("categories", rule.categories.as_ref().map(Vec::len)),
        ("flags", rule.flags.as_ref().map(Vec::len)),
    ]
    .into_iter()
    .find(|(_, length)| empty(*length))
    .map(|(name, _)| name)
}

/// `theft`, `theft or illicit export`.
pub fn events(events: &[Event]) -> String {
    list(&events.iter().map(|event| event.label().to_lowercase()).collect::<Vec<_>>(), "or")
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
pub fn list<S: AsRef<str>>(items: &[S], last: &str) -> String {
    match items {
        [] => "nothing".to_owned(),
        [only] => only.as_ref().to_owned(),
        [init @ .., end] => {
            let init: Vec<&str> = init.iter().map(AsRef::as_ref).collect();
            format!("{} {last} {}", init.join(", "), end.as_ref())
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
"#;
        let set = RuleSet::parse(1, text).expect("a rule set");
        assert_eq!(
            sentence(&set.rules[0]),
            "Intergovernmental organisations whose scope covers the place or the origin (or claiming state) \
             and whose mandate names “police cooperation” hear of theft or illicit export with an object flagged \
             from a conflict area, once the certainty is at least likely: in full, with circumstances."
        );
        assert_eq!(sentence(&set.rules[1]), "Nobody: the list of events is empty.");
    }
}
