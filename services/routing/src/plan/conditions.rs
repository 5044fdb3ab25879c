//! Whether the conditions of a rule hold, and how that is said.
//!
//! What depends on the alert alone is asked here once for all partners; what depends on the partner is asked in
//! `select` and, by bits, in `index`.

use domain::alert::AlertFacts;
use domain::codes::{Certainty, ObjectType};
use domain::scope::Scope;
use domain::{Country, Label};

use crate::rules::{Conditions, Where, words};

/// One condition of a rule on one alert or partner.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// What is asked: `event`, `certainty`, `place`.
    pub condition: &'static str,
    /// Whether it holds.
    pub holds: bool,
    /// What was found, as part of a sentence.
    pub words: String,
}

/// Whether every condition on the alert alone holds.
pub fn alert_holds(conditions: &Conditions, facts: &AlertFacts) -> bool {
    let Conditions { events, alerts, certainty_at_least, urgency, labels, lost_from, lost_until, .. } = conditions;
    within(events.as_deref(), &facts.event)
        && within(alerts.as_deref(), &facts.kind)
        && certainty_at_least.is_none_or(|least| rank(facts.certainty) >= rank(least))
        && within(urgency.as_deref(), &facts.urgency)
        && within(labels.as_deref(), &facts.label)
        && lost_from.is_none_or(|from| facts.loss.latest >= from)
        && lost_until.is_none_or(|until| facts.loss.earliest <= until)
        && Where::ALL.iter().all(|part| {
            conditions.lies[part.position()]
                .as_deref()
                .is_none_or(|areas| lies(areas, &countries(*part, facts)).is_some())
        })
        && any_within(conditions.categories.as_deref(), &facts.categories)
        && any_within(conditions.flags.as_deref(), &facts.flags)
}

/// Every condition on the alert alone, with what was found. Says the same as [`alert_holds`].
pub(super) fn alert_findings(conditions: &Conditions, facts: &AlertFacts) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut say = |condition, holds, words| findings.push(Finding { condition, holds, words });
    if let Some(wanted) = &conditions.events {
        let list = words::events(wanted);
        let this = facts.event.label().to_lowercase();
        let (holds, text) = listed(wanted, &facts.event, "events", &list, &this);
        say("event", holds, text);
    }
    if let Some(wanted) = &conditions.alerts {
        let list = words::codes(wanted, |kind| kind.label());
        let (holds, text) = listed(wanted, &facts.kind, "alerts", &list, &facts.kind.label().to_lowercase());
        say("kind of alert", holds, text);
    }
    if let Some(least) = conditions.certainty_at_least {
        let word = |certainty: Certainty| certainty.label().to_lowercase();
        let text =
            format!("it asks for certainty at least {}, and the desk's is {}", word(least), word(facts.certainty));
        say("certainty", rank(facts.certainty) >= rank(least), text);
    }
    if let Some(wanted) = &conditions.urgency {
        let list = words::codes(wanted, |urgency| urgency.label());
        let (holds, text) = listed(wanted, &facts.urgency, "urgency", &list, &facts.urgency.label().to_lowercase());
        say("urgency", holds, text);
    }
    if let Some(wanted) = &conditions.labels {
        let list = words::list(&wanted.iter().map(|label| label.to_string()).collect::<Vec<_>>(), "or");
        let (holds, text) = listed(wanted, &facts.label, "labels", &list, &Label::to_string(&facts.label));
        say("label", holds, text);
    }
    if let Some(from) = conditions.lost_from {
        let latest = facts.loss.latest;
        say("date", latest >= from, format!("it is for losses on or after {from}; this one was by {latest}"));
    }
    if let Some(until) = conditions.lost_until {
        let earliest = facts.loss.earliest;
        say(
            "date",
            earliest <= until,
            format!("it is for losses on or before {until}; this one was from {earliest} on"),
        );
    }
    for part in Where::ALL {
        if let Some(areas) = &conditions.lies[part.position()] {
            let found = countries(part, facts);
            let hit = lies(areas, &found);
            let text = match hit {
                Some((country, area)) => format!("{} lies in {area}: {country}", part_words(part)),
                None => format!("{} ({}) is not in {}", part_words(part), codes(&found), areas_words(areas)),
            };
            say(part.as_str(), hit.is_some(), text);
        }
    }
    if let Some(wanted) = &conditions.categories {
        let holds = facts.categories.iter().any(|category| wanted.contains(category));
        let text = format!("it is for objects of type {}, not {}", types(wanted), types(&facts.categories));
        say("category", holds, if holds { format!("it is for objects of type {}", types(wanted)) } else { text });
    }
    if let Some(wanted) = &conditions.flags {
        let holds = facts.flags.iter().any(|flag| wanted.contains(flag));
        let list = words::codes(wanted, |flag| flag.label());
        let text = if holds { format!("an object is flagged {list}") } else { format!("no object is flagged {list}") };
        say("flag", holds, text);
    }
    findings
}

fn within<T: PartialEq>(wanted: Option<&[T]>, value: &T) -> bool {
    wanted.is_none_or(|wanted| wanted.contains(value))
}

fn any_within<T: PartialEq>(wanted: Option<&[T]>, values: &[T]) -> bool {
    wanted.is_none_or(|wanted| values.iter().any(|value| wanted.contains(value)))
}

fn listed<T: PartialEq>(wanted: &[T], value: &T, what: &str, list: &str, this: &str) -> (bool, String) {
    if wanted.is_empty() {
        return (false, format!("the rule's list of {what} is empty"));
    }
    let holds = wanted.contains(value);
    (holds, if holds { format!("it is for {list}") } else { format!("it is for {list}, not {this}") })
}

/// The first country that lies in one of the areas.
fn lies(areas: &[Scope], countries: &[Country]) -> Option<(Country, Scope)> {
    countries.iter().find_map(|country| Some((*country, *areas.iter().find(|area| area.covers(*country))?)))
}

fn countries(part: Where, facts: &AlertFacts) -> Vec<Country> {
    match part {
        Where::Place => vec![facts.country],
        Where::Origin => facts.origins.clone(),
        Where::Route => facts.route.clone(),
        Where::Destination => facts.destinations.clone(),
        Where::About => [&[facts.country], facts.origins.as_slice()].concat(),
    }
}

fn part_words(part: Where) -> &'static str {
    match part {
        Where::Place => "the place",
        Where::Origin => "the origin or claiming state",
        Where::Route => "the presumed route",
        Where::Destination => "the presumed destination",
        Where::About => "the place or origin",
    }
}

fn codes(countries: &[Country]) -> String {
    match countries {
        [] => "none named".to_owned(),
        some => some.iter().map(|country| country.as_str()).collect::<Vec<_>>().join(", "),
    }
}

fn areas_words(areas: &[Scope]) -> String {
    words::list(&areas.iter().map(ToString::to_string).collect::<Vec<_>>(), "or")
}

/// Greater is surer; the code list begins with the surest.
pub(super) fn rank(certainty: Certainty) -> usize {
    let position = Certainty::ALL.iter().position(|other| *other == certainty).expect("ALL holds every certainty");
    Certainty::ALL.len() - position
}

pub(super) fn types(types: &[ObjectType]) -> String {
    words::codes(types, |category| category.label())
}
