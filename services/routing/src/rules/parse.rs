//! From TOML to a rule set. Every error is found at once and names its line, rule and field.

use std::collections::HashSet;
use std::fmt;
use std::str::FromStr;

use domain::codes::Share;
use domain::text::Line;
use serde::{Deserialize, Serialize};
use toml::Spanned;

use super::{Rule, RuleSet, greatest_share};

/// The longest text of a rule set, in bytes.
pub const MAX_BYTES: usize = 64 * 1024;
/// The most rules of one rule set.
pub const MAX_RULES: usize = 200;
/// The most items of one list.
const MAX_ITEMS: usize = 300;

/// Something in the text that breaks a rule of the grammar.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RuleError {
    /// The line, from 1.
    pub line: usize,
    /// The rule it is in, if it is in one.
    pub rule: Option<String>,
    /// The field, if it is one field's fault.
    pub field: Option<String>,
    /// What is wrong.
    pub message: String,
}

impl fmt::Display for RuleError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}", self.line)?;
        if let Some(rule) = &self.rule {
            write!(f, ", rule {rule}")?;
        }
        if let Some(field) = &self.field {
            write!(f, ", {field}")?;
        }
        write!(f, ": {}", self.message)
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SetText {
    #[serde(default)]
    markets: Vec<Spanned<String>>,
    #[serde(default)]
    rule: Vec<Spanned<RuleText>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RuleText {
    id: Spanned<String>,
    because: Spanned<String>,
    events: Vec<Spanned<String>>,
    kinds: Vec<Spanned<String>>,
    relation: Vec<Spanned<String>>,
    mandates: Option<Vec<Spanned<String>>>,
    categories: Option<Vec<Spanned<String>>>,
    flags: Option<Vec<Spanned<String>>>,
    certainty_at_least: Option<Spanned<String>>,
    share: Spanned<String>,
}

impl RuleSet {
    /// Reads a rule set from its text.
    pub fn parse(version: i64, text: &str) -> Result<Self, Vec<RuleError>> {
        if text.len() > MAX_BYTES {
            let message = format!("a rule set must have at most {MAX_BYTES} bytes, this has {}", text.len());
            return Err(vec![RuleError { line: 1, rule: None, field: None, message }]);
        }
        let read: SetText = toml::from_str(text).map_err(|error| {
            let line = error.span().map_or(1, |span| line_at(text, span.start));
            vec![RuleError { line, rule: None, field: None, message: error.message().to_owned() }]
        })?;
        let mut check = Check { text, rule: None, errors: Vec::new() };
        let markets = check.list("markets", &read.markets);
        let mut rules = Vec::with_capacity(read.rule.len().min(MAX_RULES));
        let mut ids = HashSet::new();
        if read.rule.is_empty() {
            // Nobody would ever be told, and nobody would notice.
            check.push(0, None, "a rule set must have at least one [[rule]]");
        }
        if read.rule.len() > MAX_RULES {
            check.push(0, None, &format!("must have at most {MAX_RULES} rules, this has {}", read.rule.len()));
        }
        for spanned in read.rule.iter().take(MAX_RULES) {
            let rule = spanned.get_ref();
            check.rule = Some(shortened(rule.id.get_ref()));
            if !ids.insert(rule.id.get_ref()) {
                check.push(rule.id.span().start, Some("id"), "is the id of an earlier rule too");
            }
            rules.extend(check.rule(rule));
        }
        if check.errors.is_empty() { Ok(Self { version, markets, rules }) } else { Err(check.errors) }
    }
}

/// Collects errors with their places.
struct Check<'a> {
    text: &'a str,
    rule: Option<String>,
    errors: Vec<RuleError>,
}

impl Check<'_> {
    fn push(&mut self, at: usize, field: Option<&str>, message: &str) {
        self.errors.push(RuleError {
            line: line_at(self.text, at),
            rule: self.rule.clone(),
            field: field.map(str::to_owned),
            message: message.to_owned(),
        });
    }

    fn one<T: FromStr<Err: fmt::Display>>(&mut self, field: &str, item: &Spanned<String>) -> Option<T> {
        match item.get_ref().parse() {
            Ok(value) => Some(value),
            Err(error) => {
                self.push(item.span().start, Some(field), &format!("{:?} {error}", shortened(item.get_ref())));
                None
            }
        }
    }

    fn list<T: FromStr<Err: fmt::Display> + PartialEq>(&mut self, field: &str, items: &[Spanned<String>]) -> Vec<T> {
        let mut values = Vec::with_capacity(items.len().min(MAX_ITEMS));
        for item in items.iter().take(MAX_ITEMS) {
            if let Some(value) = self.one(field, item)
                && !values.contains(&value)
            {
                values.push(value);
            }
        }
        if let Some(beyond) = items.get(MAX_ITEMS) {
            self.push(beyond.span().start, Some(field), &format!("must have at most {MAX_ITEMS} items"));
        }
        values
    }

    /// The rule, or nothing if a part of it cannot be read. A list that lost an item would select other partners than
    /// was meant; the caller gives up the whole set then.
    fn rule(&mut self, text: &RuleText) -> Option<Rule> {
        let id = self.one::<RuleName>("id", &text.id);
        let because = self.one::<Line>("because", &text.because);
        let events = self.list("events", &text.events);
        let kinds = self.list("kinds", &text.kinds);
        let relations = self.list("relation", &text.relation);
        let mandates = text.mandates.as_ref().map(|items| self.list::<Line>("mandates", items));
        let categories = text.categories.as_ref().map(|items| self.list("categories", items));
        let flags = text.flags.as_ref().map(|items| self.list("flags", items));
        let certainty_at_least = text.certainty_at_least.as_ref().and_then(|c| self.one("certainty_at_least", c));
        let share: Share = self.one("share", &text.share)?;
        if let Some(kind) = kinds.iter().find(|kind| share > greatest_share(**kind)) {
            let message = format!("{share} can never be given to {kind}: only object_data can");
            self.push(text.share.span().start, Some("share"), &message);
        }
        Some(Rule {
            id: id?.0,
            because: because?.to_string(),
            events,
            kinds,
            relations,
            mandates: mandates.map(|lines| lines.iter().map(Line::to_string).collect()),
            categories,
            flags,
            certainty_at_least,
            share,
        })
    }
}

/// A rule's name: it goes into addresses of pages, tables and sentences.
struct RuleName(String);

impl FromStr for RuleName {
    type Err = &'static str;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let allowed = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
        if (1..=60).contains(&text.len()) && text.bytes().all(allowed) {
            Ok(Self(text.to_owned()))
        } else {
            Err("must be 1 to 60 lower-case letters, digits and hyphens")
        }
    }
}

fn line_at(text: &str, at: usize) -> usize {
    text.bytes().take(at).filter(|b| *b == b'\n').count() + 1
}

/// What an error repeats of a refused text.
fn shortened(text: &str) -> String {
    text.chars().take(60).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = r#"
markets = ["US", "FR"]

[[rule]]
id = "theft-police"
because = "They search."
events = ["theft"]
kinds = ["police"]
relation = ["place", "neighbour-of-place"]
share = "full"
"#;

    fn errors(text: &str) -> Vec<String> {
        RuleSet::parse(1, text).expect_err("must be refused").iter().map(ToString::to_string).collect()
    }

    #[test]
    fn a_rule_set_is_read_as_written() {
        let set = RuleSet::parse(7, GOOD).expect("a rule set");
        assert_eq!((set.version, set.markets.len(), set.rules.len()), (7, 2, 1));
        let rule = &set.rules[0];
        assert_eq!((rule.share, rule.relations.len()), (Share::Full, 2));
        assert_eq!((&rule.mandates, &rule.categories), (&None, &None));
    }

    #[test]
    fn every_error_comes_with_its_line_rule_and_field() {
        let text =
            GOOD.replace("\"US\"", "\"XX\"").replace("\"theft\"", "\"thieving\"").replace("\"place\"", "\"next-door\"");
        let found = errors(&text);
        assert_eq!(found.len(), 3, "{found:?}");
        assert!(found[0].starts_with("line 2, markets: \"XX\" not an ISO 3166-1"), "{found:?}");
        assert!(
            found[1].starts_with("line 7, rule theft-police, events: \"thieving\" must be one of theft"),
            "{found:?}"
        );
        assert!(found[2].starts_with("line 9, rule theft-police, relation: \"next-door\" must be one of place"));
    }

    #[test]
    fn the_grammar_is_closed() {
        let found = errors(&GOOD.replace("because", "reason"));
        assert!(found[0].starts_with("line 6: unknown field `reason`"), "{found:?}");
        let found = errors(&GOOD.replace("share = \"full\"", ""));
        assert!(found[0].contains("missing field `share`"), "{found:?}");
        let found = errors(&GOOD.replace("[\"theft\"]", "\"theft\""));
        assert!(found[0].starts_with("line 7: "), "{found:?}");
        assert!(errors("markets = [")[0].starts_with("line 1: "));
        assert!(errors("")[0].contains("at least one"));
        assert!(errors(&format!("{GOOD}{GOOD}").replace("markets = [\"US\", \"FR\"]", ""))[0].contains("earlier rule"));
    }

    #[test]
    fn the_full_share_is_never_for_organisations_outside_the_state() {
        for kind in ["ngo", "research"] {
            let found = errors(&GOOD.replace("[\"police\"]", &format!("[\"police\", \"{kind}\"]")));
            let expected = format!("rule theft-police, share: full can never be given to {kind}: only object_data can");
            assert!(found[0].ends_with(&expected), "{found:?}");
        }
    }

    #[test]
    fn limits_hold() {
        assert!(errors(&"#".repeat(MAX_BYTES + 1))[0].contains("at most 65536 bytes"));
        let (_, rule) = GOOD.split_once("\n\n").expect("two parts");
        let many: String = (0..=MAX_RULES).map(|n| rule.replace("theft-police", &format!("r{n}"))).collect();
        let found = errors(&many);
        assert!(found[0].contains("at most 200 rules"), "{found:?}");
    }

    #[test]
    fn a_filter_may_be_empty_and_is_kept_apart_from_an_absent_one() {
        let set = RuleSet::parse(1, &GOOD.replace("share =", "mandates = []\nshare =")).expect("a rule set");
        assert_eq!(set.rules[0].mandates, Some(Vec::new()));
    }
}
