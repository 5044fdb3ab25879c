//! From TOML to a rule set. Every error is found at once and names its line, column, rule and field.

mod cases;
mod text;

use std::collections::HashSet;
use std::fmt;
use std::ops::Range;
use std::str::FromStr;

use domain::codes::{AlertKind, Pace, PartnerKind, Share};
use domain::text::Line;
use serde::Serialize;
use toml::Spanned;

use self::text::{ConditionsText, ExceptText, LimitsText, RuleText, SetText};
use super::{Conditions, Limits, Rule, RuleSet, greatest_share};

/// The longest text of a rule set, in bytes.
pub const MAX_BYTES: usize = 128 * 1024;
/// The most rules of one rule set.
pub const MAX_RULES: usize = 200;
/// The most cases beside the rules.
pub const MAX_CASES: usize = 200;
/// The most items of one list.
const MAX_ITEMS: usize = 300;
/// The most exceptions of one rule.
const MAX_EXCEPTIONS: usize = 10;
/// The most items of all lists together: what matching one alert costs grows with them.
const MAX_ALL_ITEMS: usize = 5_000;

/// Something in the text that breaks a rule of the grammar.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RuleError {
    /// The line, from 1.
    pub line: usize,
    /// The column, from 1, in characters.
    pub column: usize,
    /// The rule or case it is in, if it is in one.
    pub rule: Option<String>,
    /// The field, if it is one field's fault.
    pub field: Option<String>,
    /// What is wrong.
    pub message: String,
}

impl fmt::Display for RuleError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}, column {}", self.line, self.column)?;
        if let Some(rule) = &self.rule {
            write!(f, ", {rule}")?;
        }
        if let Some(field) = &self.field {
            write!(f, ", {field}")?;
        }
        write!(f, ": {}", self.message)
    }
}

impl RuleSet {
    /// Reads a rule set from its text.
    pub fn parse(version: i64, text: &str) -> Result<Self, Vec<RuleError>> {
        let mut check = Check { text, part: None, items: 0, errors: Vec::new() };
        if text.len() > MAX_BYTES {
            check.push(0, None, &format!("a rule set must have at most {MAX_BYTES} bytes, this has {}", text.len()));
            return Err(check.errors);
        }
        let read: SetText = toml::from_str(text).map_err(|error| {
            check.push(error.span().map_or(0, |span| span.start), None, error.message());
            std::mem::take(&mut check.errors)
        })?;
        let markets = check.list("markets", &read.markets);
        let limits = check.limits(read.limits.as_ref());
        if read.rule.is_empty() {
            // Nobody would ever be told, and nobody would notice.
            check.push(0, None, "a rule set must have at least one [[rule]]");
        }
        if read.rule.len() > MAX_RULES {
            check.push(0, None, &format!("must have at most {MAX_RULES} rules, this has {}", read.rule.len()));
        }
        let mut rules = Vec::with_capacity(read.rule.len().min(MAX_RULES));
        let mut ids = HashSet::new();
        for spanned in read.rule.iter().take(MAX_RULES) {
            let rule = spanned.get_ref();
            check.part = Some(format!("rule {}", shortened(rule.id.get_ref())));
            if !ids.insert(rule.id.get_ref()) {
                check.push(rule.id.span().start, Some("id"), "is the id of an earlier rule too");
            }
            rules.extend(check.rule(spanned.span(), rule));
        }
        check.part = None;
        let cases = check.cases(&read);
        if check.items > MAX_ALL_ITEMS {
            let message =
                format!("all lists together must have at most {MAX_ALL_ITEMS} items, they have {}", check.items);
            check.push(0, None, &message);
        }
        if check.errors.is_empty() { Ok(Self { version, markets, limits, rules, cases }) } else { Err(check.errors) }
    }
}

/// Collects errors with their places.
struct Check<'a> {
    text: &'a str,
    part: Option<String>,
    items: usize,
    errors: Vec<RuleError>,
}

impl Check<'_> {
    fn push(&mut self, at: usize, field: Option<&str>, message: &str) {
        let (line, column) = place(self.text, at);
        self.errors.push(RuleError {
            line,
            column,
            rule: self.part.clone(),
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

    fn maybe<T: FromStr<Err: fmt::Display>>(&mut self, field: &str, item: Option<&Spanned<String>>) -> Option<T> {
        item.and_then(|item| self.one(field, item))
    }

    fn list<T: FromStr<Err: fmt::Display> + PartialEq>(&mut self, field: &str, items: &[Spanned<String>]) -> Vec<T> {
        let mut values = Vec::with_capacity(items.len().min(MAX_ITEMS));
        self.items += items.len();
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

    fn maybe_list<T: FromStr<Err: fmt::Display> + PartialEq>(
        &mut self,
        field: &str,
        items: Option<&Vec<Spanned<String>>>,
    ) -> Option<Vec<T>> {
        items.map(|items| self.list(field, items))
    }

    fn number(&mut self, field: &str, item: Option<&Spanned<i64>>, most: i64) -> Option<i64> {
        let item = item?;
        let value = *item.get_ref();
        if !(1..=most).contains(&value) {
            self.push(item.span().start, Some(field), &format!("must be a whole number from 1 to {most}"));
        }
        Some(value)
    }

    fn limits(&mut self, text: Option<&LimitsText>) -> Limits {
        let default = Limits::default();
        let Some(text) = text else { return default };
        Limits {
            per_alert: self.number("limits.per_alert", text.per_alert.as_ref(), 100_000).unwrap_or(default.per_alert),
            per_partner_hour: self
                .number("limits.per_partner_hour", text.per_partner_hour.as_ref(), 10_000)
                .unwrap_or(default.per_partner_hour),
        }
    }

    /// The rule, or nothing if a part of it cannot be read. A list that lost an item would select other partners than
    /// was meant; the caller gives up the whole set then.
    fn rule(&mut self, span: Range<usize>, text: &RuleText) -> Option<Rule> {
        let id = self.one::<RuleName>("id", &text.id);
        let because = self.one::<Line>("because", &text.because);
        let mut when = self.conditions(&text.conditions());
        // Follow-ups and drills are never meant by the way: a rule must name them.
        when.alerts.get_or_insert_with(|| vec![AlertKind::Alert, AlertKind::Update]);
        if let Some(kind) = when.alerts.iter().flatten().find(|kind| kind.only_to_those_told_before()) {
            // Whoever never heard the alarm must not hear of its end first.
            let message = format!("{kind} goes to exactly those who were told before, so no rule may be for it");
            self.push(span.start, Some("alerts"), &message);
        }
        let missing = |name: &str| format!("a rule must say {name}");
        if when.events.is_none() {
            self.push(span.start, None, &missing("which events it is for (events)"));
        }
        if when.partners.is_none() && when.kinds.is_none() {
            self.push(span.start, None, &missing("which kinds or partners it selects (kinds, partners)"));
        }
        if when.partners.is_none() && when.relations.is_none() {
            self.push(span.start, None, &missing("how a partner's scope stands to the case (relation)"));
        }
        let except = self.exceptions(&text.except);
        let share: Option<Share> = self.one("share", &text.share);
        let greatest = share.and_then(|share| {
            let kinds = when.kinds.as_deref().unwrap_or(PartnerKind::ALL);
            let named_only = when.kinds.is_none();
            // For named partners of any kind the plan lessens the share; the rule cannot know them.
            kinds.iter().find(|kind| !named_only && share > greatest_share(**kind)).map(|kind| (share, *kind))
        });
        if let Some((share, kind)) = greatest {
            let message = format!("{share} can never be given to {kind}: only object_data can");
            self.push(text.share.span().start, Some("share"), &message);
        }
        Some(Rule {
            id: id?.0,
            because: because?.to_string(),
            when,
            except,
            share: share?,
            pace: self.maybe("pace", text.pace.as_ref()).unwrap_or(Pace::AtOnce),
            acknowledge_within: text.acknowledge_within.as_ref().and_then(|item| self.minutes(item)),
            two_officers: text.two_officers,
            legal_basis: text.legal_basis,
        })
    }

    fn exceptions(&mut self, texts: &[Spanned<ExceptText>]) -> Vec<Conditions> {
        if let Some(beyond) = texts.get(MAX_EXCEPTIONS) {
            let message = format!("a rule must have at most {MAX_EXCEPTIONS} exceptions");
            self.push(beyond.span().start, Some("except"), &message);
        }
        let mut except = Vec::new();
        for text in texts.iter().take(MAX_EXCEPTIONS) {
            let conditions = self.conditions(&text.get_ref().conditions());
            if conditions == Conditions::default() {
                // It would take away everybody that the rule selects.
                self.push(text.span().start, Some("except"), "must name at least one condition");
            }
            if let Some(filter) = conditions.empty_filter() {
                // It would never hold: an exception that somebody meant and that does nothing.
                let message = format!("the list of {filter} is empty, so the exception never holds");
                self.push(text.span().start, Some("except"), &message);
            }
            except.push(conditions);
        }
        except
    }

    fn conditions(&mut self, text: &ConditionsText<'_>) -> Conditions {
        let conditions = Conditions {
            events: self.maybe_list("events", text.events),
            alerts: self.maybe_list("alerts", text.alerts),
            certainty_at_least: self.maybe("certainty_at_least", text.certainty_at_least),
            urgency: self.maybe_list("urgency", text.urgency),
            labels: self.maybe_list("labels", text.labels),
            lost_from: self.maybe("lost_from", text.lost_from),
            lost_until: self.maybe("lost_until", text.lost_until),
            lies: [
                self.maybe_list("place", text.place),
                self.maybe_list("origin", text.origin),
                self.maybe_list("route", text.route),
                self.maybe_list("destination", text.destination),
                self.maybe_list("about", text.about),
            ],
            categories: self.maybe_list("categories", text.categories),
            flags: self.maybe_list("flags", text.flags),
            kinds: self.maybe_list("kinds", text.kinds),
            partners: self.maybe_list("partners", text.partners),
            relations: self.maybe_list("relation", text.relation),
            mandates: self
                .maybe_list::<Line>("mandates", text.mandates)
                .map(|lines| lines.iter().map(Line::to_string).collect()),
        };
        if let (Some(from), Some(until), Some(item)) = (conditions.lost_from, conditions.lost_until, text.lost_until)
            && until < from
        {
            self.push(item.span().start, Some("lost_until"), "must not be before lost_from");
        }
        conditions
    }

    /// `30m`, `24h`, `3d`.
    fn minutes(&mut self, item: &Spanned<String>) -> Option<i64> {
        let text = item.get_ref();
        let unit = match text.chars().last() {
            Some('m') => 1,
            Some('h') => 60,
            Some('d') => 24 * 60,
            _ => 0,
        };
        let number = text.get(..text.len().saturating_sub(1)).and_then(|digits| digits.parse::<i64>().ok());
        match number.and_then(|number| number.checked_mul(unit)) {
            Some(minutes) if (1..=90 * 24 * 60).contains(&minutes) => Some(minutes),
            _ => {
                let message = format!("{:?} must be a time of at most 90 days such as 30m, 24h or 3d", shortened(text));
                self.push(item.span().start, Some("acknowledge_within"), &message);
                None
            }
        }
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

/// Line and column of a byte, both from 1.
fn place(text: &str, at: usize) -> (usize, usize) {
    let before = text.get(..at).unwrap_or(text);
    let line = before.bytes().filter(|b| *b == b'\n').count() + 1;
    let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
    (line, column)
}

/// What an error repeats of a refused text.
fn shortened(text: &str) -> String {
    text.chars().take(60).collect()
}

#[cfg(test)]
mod tests;
