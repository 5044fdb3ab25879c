//! Groups of states outside M49 that partners have as their mandate. Members are data: `data/groups.csv`.

use std::fmt;
use std::str::FromStr;
use std::sync::LazyLock;

use super::table::{Names, lines, list};
use super::{Country, shortened};
use crate::language::Language;

/// An organisation of states, written `GRP:EU` in a scope. No standard lists these codes; they are ours.
///
/// Memberships are public knowledge as of the year [`Group::as_of`]; administrators should check them before use.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Group {
    /// The European Union, with the parts of its members that have ISO codes of their own (TFEU 349 and 355).
    Eu,
    /// The Council of Europe.
    Coe,
    /// The Organization for Security and Co-operation in Europe.
    Osce,
    /// The League of Arab States.
    Las,
    /// The Organisation of Islamic Cooperation.
    Oic,
    /// The Organization of the Black Sea Economic Cooperation.
    Bsec,
    /// The Andean Community (Comunidad Andina).
    Can,
}

/// Why a text is not a group.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a group code (EU, COE, OSCE, LAS, OIC, BSEC, CAN): {given:?}")]
pub struct ParseGroupError {
    /// What was given, shortened.
    pub given: String,
}

struct GroupRow {
    group: Group,
    as_of: u16,
    names: Names,
    members: Vec<Country>,
    territories: Vec<Country>,
}

static GROUPS: LazyLock<Vec<GroupRow>> = LazyLock::new(|| {
    let countries = |cell: &str| list(cell).map(|code| code.parse().expect("members have ISO 3166-1 codes")).collect();
    lines(include_str!("../../data/groups.csv"))
        .iter()
        .map(|line| GroupRow {
            group: line.get("code").parse().expect("the file lists groups of the enum only"),
            as_of: line.get("as_of").parse().expect("a year"),
            names: line.names(),
            members: countries(line.get("members")),
            territories: countries(line.get("territories")),
        })
        .collect()
});

impl Group {
    /// Every group.
    pub const ALL: [Self; 7] = [Self::Eu, Self::Coe, Self::Osce, Self::Las, Self::Oic, Self::Bsec, Self::Can];

    /// The code without its `GRP:` prefix.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Eu => "EU",
            Self::Coe => "COE",
            Self::Osce => "OSCE",
            Self::Las => "LAS",
            Self::Oic => "OIC",
            Self::Bsec => "BSEC",
            Self::Can => "CAN",
        }
    }

    /// Whether the country is a member, or part of one as the law of the group has it.
    pub fn contains(self, country: Country) -> bool {
        let row = self.row();
        row.members.contains(&country) || row.territories.contains(&country)
    }

    /// The member states, in the order of their codes; without territories.
    pub fn members(self) -> &'static [Country] {
        &self.row().members
    }

    /// The year of which the membership is known.
    pub fn as_of(self) -> u16 {
        self.row().as_of
    }

    /// The name for readers of `language`, in English where that language has none.
    pub fn name(self, language: Language) -> &'static str {
        self.row().names.get(language)
    }

    fn row(self) -> &'static GroupRow {
        GROUPS.iter().find(|row| row.group == self).expect("the file lists every group")
    }
}

impl FromStr for Group {
    type Err = ParseGroupError;
    fn from_str(text: &str) -> Result<Self, ParseGroupError> {
        let group = Self::ALL.into_iter().find(|group| group.as_str() == text);
        group.ok_or_else(|| ParseGroupError { given: shortened(text) })
    }
}

impl fmt::Display for Group {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

crate::text::string_serde!(Group);
#[cfg(feature = "sql")]
crate::sql::text_column!(Group);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_group_has_as_many_members_as_it_says() {
        let expected = [("EU", 27), ("COE", 46), ("OSCE", 57), ("LAS", 22), ("OIC", 57), ("BSEC", 13), ("CAN", 4)];
        for (code, members) in expected {
            let group: Group = code.parse().expect("a group");
            assert_eq!(group.members().len(), members, "{code}");
            assert!(group.members().is_sorted_by(|a, b| a < b), "{code}");
            assert!(group.members().iter().all(|member| group.contains(*member)), "{code}");
            assert_eq!(group.as_of(), 2025);
        }
        assert_eq!(expected.len(), Group::ALL.len());
    }

    #[test]
    fn the_union_reaches_its_outermost_regions_and_ends_at_its_neighbours() {
        let covered = |code: &str| Group::Eu.contains(code.parse().expect("a country"));
        assert!(covered("FR") && covered("GF") && covered("AX"));
        assert!(!covered("NC") && !covered("GB") && !covered("CH"));
    }

    #[test]
    fn codes_and_names() {
        for group in Group::ALL {
            assert_eq!(group.to_string().parse(), Ok(group));
            assert_eq!(serde_json::from_value(serde_json::json!(group)).ok(), Some(group));
        }
        assert_eq!(Group::Las.name(Language::FRENCH), "Ligue des États arabes");
        let error = "NATO".parse::<Group>().expect_err("not ours");
        assert_eq!(error.to_string(), "not a group code (EU, COE, OSCE, LAS, OIC, BSEC, CAN): \"NATO\"");
    }
}
