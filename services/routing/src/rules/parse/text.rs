//! The shape of the text: what TOML is read into before anything is checked.

use std::collections::BTreeMap;

use serde::Deserialize;
use toml::Spanned;

type Item = Spanned<String>;
type Items = Option<Vec<Item>>;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SetText {
    #[serde(default)]
    pub markets: Vec<Item>,
    pub limits: Option<LimitsText>,
    #[serde(default)]
    pub rule: Vec<Spanned<RuleText>>,
    #[serde(default)]
    pub partner: Vec<Spanned<PartnerText>>,
    #[serde(default)]
    pub case: Vec<Spanned<CaseText>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct LimitsText {
    pub per_alert: Option<Spanned<i64>>,
    pub per_partner_hour: Option<Spanned<i64>>,
}

/// A partner that the cases of the policy are tried on.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct PartnerText {
    pub name: Item,
    pub kind: Item,
    pub scope: Item,
    pub events: Vec<Item>,
    pub categories: Items,
    #[serde(default)]
    pub keywords: Vec<Item>,
    pub clearance: Option<Item>,
    #[serde(default)]
    pub legal_basis: bool,
}

/// A case with its expected audience.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct CaseText {
    pub name: Item,
    pub alert: AlertText,
    /// What was told before, by partner: version 1.
    #[serde(default)]
    pub before: BTreeMap<Item, Item>,
    /// Who must be told, and what share; nobody else may be.
    #[serde(default)]
    pub told: BTreeMap<Item, Item>,
    /// Which of them must wait for an officer.
    #[serde(default)]
    pub held: Vec<Item>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct AlertText {
    pub event: Item,
    pub country: Item,
    pub kind: Option<Item>,
    pub reach: Option<Item>,
    pub label: Option<Item>,
    #[serde(default)]
    pub origins: Vec<Item>,
    #[serde(default)]
    pub route: Vec<Item>,
    #[serde(default)]
    pub destinations: Vec<Item>,
    pub categories: Vec<Item>,
    #[serde(default)]
    pub flags: Vec<Item>,
    pub certainty: Option<Item>,
    pub urgency: Option<Item>,
    pub lost: Option<Item>,
    pub lost_until: Option<Item>,
    #[serde(default)]
    pub one_officer: bool,
}

/// The conditions as both a rule and an exception spell them.
pub(super) struct ConditionsText<'a> {
    pub events: Option<&'a Vec<Item>>,
    pub alerts: Option<&'a Vec<Item>>,
    pub certainty_at_least: Option<&'a Item>,
    pub urgency: Option<&'a Vec<Item>>,
    pub labels: Option<&'a Vec<Item>>,
    pub lost_from: Option<&'a Item>,
    pub lost_until: Option<&'a Item>,
    pub place: Option<&'a Vec<Item>>,
    pub origin: Option<&'a Vec<Item>>,
    pub route: Option<&'a Vec<Item>>,
    pub destination: Option<&'a Vec<Item>>,
    pub about: Option<&'a Vec<Item>>,
    pub categories: Option<&'a Vec<Item>>,
    pub flags: Option<&'a Vec<Item>>,
    pub kinds: Option<&'a Vec<Item>>,
    pub partners: Option<&'a Vec<Item>>,
    pub relation: Option<&'a Vec<Item>>,
    pub mandates: Option<&'a Vec<Item>>,
}

/// A struct of the given fields and of all conditions: flattening would lose the places of errors.
macro_rules! with_conditions {
    ($(#[$doc:meta])* $name:ident { $($field:tt)* }) => {
        $(#[$doc])*
        #[derive(Deserialize)]
        #[serde(deny_unknown_fields)]
        pub(super) struct $name {
            $($field)*
            events: Items,
            alerts: Items,
            certainty_at_least: Option<Item>,
            urgency: Items,
            labels: Items,
            lost_from: Option<Item>,
            lost_until: Option<Item>,
            place: Items,
            origin: Items,
            route: Items,
            destination: Items,
            about: Items,
            categories: Items,
            flags: Items,
            kinds: Items,
            partners: Items,
            relation: Items,
            mandates: Items,
        }

        impl $name {
            pub fn conditions(&self) -> ConditionsText<'_> {
                ConditionsText {
                    events: self.events.as_ref(),
                    alerts: self.alerts.as_ref(),
                    certainty_at_least: self.certainty_at_least.as_ref(),
                    urgency: self.urgency.as_ref(),
                    labels: self.labels.as_ref(),
                    lost_from: self.lost_from.as_ref(),
                    lost_until: self.lost_until.as_ref(),
                    place: self.place.as_ref(),
                    origin: self.origin.as_ref(),
                    route: self.route.as_ref(),
                    destination: self.destination.as_ref(),
                    about: self.about.as_ref(),
                    categories: self.categories.as_ref(),
                    flags: self.flags.as_ref(),
                    kinds: self.kinds.as_ref(),
                    partners: self.partners.as_ref(),
                    relation: self.relation.as_ref(),
                    mandates: self.mandates.as_ref(),
                }
            }
        }
    };
}

with_conditions! {
    /// A rule as written.
    RuleText {
        pub id: Item,
        pub because: Item,
        pub share: Item,
        pub pace: Option<Item>,
        pub acknowledge_within: Option<Item>,
        #[serde(default)]
        pub two_officers: bool,
        #[serde(default)]
        pub legal_basis: bool,
        #[serde(default)]
        pub except: Vec<Spanned<ExceptText>>,
    }
}

with_conditions! {
    /// An exception as written.
    ExceptText {}
}
