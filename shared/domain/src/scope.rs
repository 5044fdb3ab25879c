//! Where a partner's mandate runs: countries, subdivisions, UN M49 regions, groups; spelt as in the partner CSV.

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use crate::country::{Country, ParseCountryError, ParseGroupError, ParseRegionError, ParseSubdivisionError};
pub use crate::country::{Group, Region, Subdivision};
use crate::language::Language;

/// One area of a mandate: `FR`, `ES-CT`, `M49:145` or `GRP:EU`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Scope {
    /// A country (ISO 3166-1).
    Country(Country),
    /// A part of a country (ISO 3166-2).
    Subdivision(Subdivision),
    /// A region (UN M49), written `M49:` and its three digits.
    Region(Region),
    /// A group of states, written `GRP:` and its code.
    Group(Group),
}

/// Why a text is not a scope. The prefix or hyphen decides which rule applies.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ParseScopeError {
    /// It has neither prefix nor hyphen, and is no country.
    #[error(transparent)]
    Country(#[from] ParseCountryError),
    /// It has a hyphen, and is no subdivision.
    #[error(transparent)]
    Subdivision(#[from] ParseSubdivisionError),
    /// What follows `M49:` is no region.
    #[error(transparent)]
    Region(#[from] ParseRegionError),
    /// What follows `GRP:` is no group.
    #[error(transparent)]
    Group(#[from] ParseGroupError),
}

impl Scope {
    /// Whether a matter in `country` falls into the scope.
    ///
    /// A subdivision covers its whole country: cases often name no subdivision, and a regional service that hears of
    /// a theft next door loses a minute, while one that hears nothing loses the object.
    pub fn covers(self, country: Country) -> bool {
        match self {
            Self::Country(own) => own == country,
            Self::Subdivision(part) => part.country() == country,
            Self::Region(region) => region.contains(country),
            Self::Group(group) => group.contains(country),
        }
    }

    /// Whether it is the whole world, `M49:001`.
    pub fn is_world(self) -> bool {
        self == Self::Region(Region::WORLD)
    }

    /// The name for readers of `language`; a subdivision is shown as its code and its country's name.
    pub fn name(self, language: Language) -> Cow<'static, str> {
        match self {
            Self::Country(country) => country.name(language).into(),
            Self::Subdivision(part) => format!("{part} ({})", part.country().name(language)).into(),
            Self::Region(region) => region.name(language).into(),
            Self::Group(group) => group.name(language).into(),
        }
    }
}

impl FromStr for Scope {
    type Err = ParseScopeError;
    fn from_str(text: &str) -> Result<Self, ParseScopeError> {
        if let Some(code) = text.strip_prefix("M49:") {
            return Ok(Self::Region(code.parse()?));
        }
        if let Some(code) = text.strip_prefix("GRP:") {
            return Ok(Self::Group(code.parse()?));
        }
        if text.contains('-') {
            return Ok(Self::Subdivision(text.parse()?));
        }
        Ok(Self::Country(text.parse()?))
    }
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Country(country) => write!(f, "{country}"),
            Self::Subdivision(part) => write!(f, "{part}"),
            Self::Region(region) => write!(f, "M49:{region}"),
            Self::Group(group) => write!(f, "GRP:{group}"),
        }
    }
}

crate::text::string_serde!(Scope);
#[cfg(feature = "sql")]
crate::sql::text_column!(Scope);

/// The areas of one mandate, written `M49:145;M49:015`; at least one, each once, in the order given.
///
/// Never empty: an empty list would have to mean nobody or everybody, and readers would guess the second.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ScopeSet(Vec<Scope>);

/// Why a text or list is not a set of scopes.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ScopeSetError {
    /// Nothing is listed; nobody's mandate is meant by that.
    #[error("must name at least one country or region (M49:001 is the world)")]
    Empty,
    /// A stray `;`: perhaps an area got lost between two of them.
    #[error("has nothing between two semicolons or at an end")]
    Gap,
    /// More areas than there are countries.
    #[error("must name at most {} areas", ScopeSet::MAX)]
    TooMany,
    /// One of the areas is no scope.
    #[error(transparent)]
    Scope(#[from] ParseScopeError),
}

impl ScopeSet {
    /// More areas than this is a mistake: a few regions say the same.
    pub const MAX: usize = 300;

    /// From a list; repeated areas are dropped.
    pub fn new(scopes: impl IntoIterator<Item = Scope>) -> Result<Self, ScopeSetError> {
        let mut set = Vec::new();
        for scope in scopes {
            if set.len() == Self::MAX {
                return Err(ScopeSetError::TooMany);
            }
            if !set.contains(&scope) {
                set.push(scope);
            }
        }
        if set.is_empty() { Err(ScopeSetError::Empty) } else { Ok(Self(set)) }
    }

    /// The areas, in the order given.
    pub fn as_slice(&self) -> &[Scope] {
        &self.0
    }

    /// Whether a matter in `country` falls into one of the areas.
    pub fn covers(&self, country: Country) -> bool {
        self.covering(country).is_some()
    }

    /// The first area that covers `country`: the reason to give.
    pub fn covering(&self, country: Country) -> Option<Scope> {
        self.0.iter().copied().find(|scope| scope.covers(country))
    }

    /// Whether one of the areas is the whole world.
    pub fn is_world(&self) -> bool {
        self.0.iter().any(|scope| scope.is_world())
    }
}

impl FromStr for ScopeSet {
    type Err = ScopeSetError;
    fn from_str(text: &str) -> Result<Self, ScopeSetError> {
        if text.trim().is_empty() {
            return Err(ScopeSetError::Empty);
        }
        // The limit is checked before anything is read, so a megabyte of semicolons costs nothing.
        if text.split(';').count() > Self::MAX {
            return Err(ScopeSetError::TooMany);
        }
        let scopes: Result<Vec<Scope>, _> = text.split(';').map(str::trim).map(parse_one).collect();
        Self::new(scopes?)
    }
}

fn parse_one(text: &str) -> Result<Scope, ScopeSetError> {
    if text.is_empty() { Err(ScopeSetError::Gap) } else { Ok(text.parse()?) }
}

impl fmt::Display for ScopeSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, scope) in self.0.iter().enumerate() {
            write!(f, "{}{scope}", if i == 0 { "" } else { ";" })?;
        }
        Ok(())
    }
}

crate::text::string_serde!(ScopeSet);
#[cfg(feature = "sql")]
crate::sql::text_column!(ScopeSet);

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use proptest::sample::select;

    use super::*;

    fn country(code: &str) -> Country {
        code.parse().expect("a country")
    }

    fn set(text: &str) -> ScopeSet {
        text.parse().expect("a set of scopes")
    }

    fn any_scope() -> impl Strategy<Value = Scope> {
        let countries: Vec<Country> = Country::all().collect();
        let part = (select(countries.clone()), "[A-Z0-9]{1,3}")
            .prop_map(|(country, part)| format!("{country}-{part}").parse().expect("well-formed"));
        prop_oneof![
            select(countries).prop_map(Scope::Country),
            part.prop_map(Scope::Subdivision),
            select(Region::all().collect::<Vec<_>>()).prop_map(Scope::Region),
            select(Group::ALL.to_vec()).prop_map(Scope::Group),
        ]
    }

    #[test]
    fn each_form_covers_what_it_names() {
        for (scope, inside, outside) in [
            ("FR", "FR", "BE"),
            ("ES-CT", "ES", "FR"),
            ("M49:145", "IQ", "EG"),
            ("M49:202", "BF", "MA"),
            ("GRP:EU", "IT", "CH"),
        ] {
            let scope: Scope = scope.parse().expect("a scope");
            assert!(scope.covers(country(inside)) && !scope.covers(country(outside)), "{scope}");
            assert!(!scope.is_world());
        }
        let world: Scope = "M49:001".parse().expect("a scope");
        assert!(world.is_world() && Country::all().all(|country| world.covers(country)));
    }

    #[test]
    fn the_error_names_the_rule_that_was_meant() {
        for (text, rule) in [
            ("XX", "not an ISO 3166-1 alpha-2 country code: \"XX\""),
            ("ES-", "not an ISO 3166-2 subdivision code"),
            ("M49:854", "not a UN M49 region code of three digits: \"854\""),
            ("GRP:NATO", "not a group code (EU, COE, OSCE, LAS, OIC, BSEC, CAN): \"NATO\""),
        ] {
            assert!(text.parse::<Scope>().expect_err(text).to_string().starts_with(rule), "{text}");
        }
    }

    #[test]
    fn a_set_covers_the_sum_and_says_by_what() {
        let arab_world = set("M49:145; M49:015");
        assert_eq!(arab_world.to_string(), "M49:145;M49:015");
        assert!(arab_world.covers(country("IQ")) && !arab_world.covers(country("FR")));
        assert_eq!(arab_world.covering(country("EG")).map(|scope| scope.to_string()).as_deref(), Some("M49:015"));
        assert_eq!(set("FR;FR;BE").as_slice().len(), 2);
        assert!(set("FR;M49:001").is_world());
    }

    #[test]
    fn an_empty_or_broken_set_is_refused_as_a_whole() {
        assert_eq!("".parse::<ScopeSet>(), Err(ScopeSetError::Empty));
        assert_eq!(" ".parse::<ScopeSet>(), Err(ScopeSetError::Empty));
        assert_eq!("FR;".parse::<ScopeSet>(), Err(ScopeSetError::Gap));
        assert_eq!("FR;;BE".parse::<ScopeSet>(), Err(ScopeSetError::Gap));
        assert_eq!(";".repeat(1_000_000).parse::<ScopeSet>(), Err(ScopeSetError::TooMany));
        assert!(matches!("FR;XX".parse::<ScopeSet>(), Err(ScopeSetError::Scope(ParseScopeError::Country(_)))));
        assert_eq!(ScopeSet::new([]), Err(ScopeSetError::Empty));
    }

    #[test]
    fn names_for_readers() {
        let name = |text: &str| text.parse::<Scope>().expect("a scope").name(Language::FRENCH);
        assert_eq!(name("ES-CT"), "ES-CT (Espagne)");
        assert_eq!(name("M49:001"), "Monde");
        assert_eq!(name("GRP:EU"), "Union européenne");
    }

    proptest! {
        #[test]
        fn scopes_and_sets_are_read_back_as_written(scopes in prop::collection::vec(any_scope(), 1..8)) {
            for scope in &scopes {
                prop_assert_eq!(scope.to_string().parse::<Scope>(), Ok(*scope));
            }
            let set = ScopeSet::new(scopes).expect("not empty");
            prop_assert_eq!(set.to_string().parse::<ScopeSet>(), Ok(set.clone()));
            prop_assert_eq!(serde_json::from_value(serde_json::json!(set)).ok(), Some(set));
        }

        #[test]
        fn no_text_makes_the_parsers_panic(text in "\\PC{0,12}|(M49|GRP)?:?[A-Z0-9;-]{0,8}") {
            if let Ok(scope) = text.parse::<Scope>() {
                prop_assert_eq!(scope.to_string(), &*text);
            }
            if let Ok(set) = text.parse::<ScopeSet>() {
                prop_assert!(!set.as_slice().is_empty());
            }
        }
    }
}
