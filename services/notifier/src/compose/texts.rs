//! The words of the mails and of the pages behind the signed link, two Fluent files a language.

use std::sync::LazyLock;

use domain::{CivilDate, Interface};
use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};

type Bundle = FluentBundle<FluentResource>;

/// The files of a language.
const fn file(language: Interface) -> &'static str {
    match language {
        Interface::English => {
            concat!(include_str!("../../locales/en/mail.ftl"), "\n", include_str!("../../locales/en/answers.ftl"))
        }
        Interface::French => {
            concat!(include_str!("../../locales/fr/mail.ftl"), "\n", include_str!("../../locales/fr/answers.ftl"))
        }
        Interface::Spanish => {
            concat!(include_str!("../../locales/es/mail.ftl"), "\n", include_str!("../../locales/es/answers.ftl"))
        }
        Interface::Arabic => {
            concat!(include_str!("../../locales/ar/mail.ftl"), "\n", include_str!("../../locales/ar/answers.ftl"))
        }
        Interface::Russian => {
            concat!(include_str!("../../locales/ru/mail.ftl"), "\n", include_str!("../../locales/ru/answers.ftl"))
        }
        Interface::Chinese => {
            concat!(include_str!("../../locales/zh/mail.ftl"), "\n", include_str!("../../locales/zh/answers.ftl"))
        }
    }
}

/// In the order of [`Interface::ALL`].
static BUNDLES: LazyLock<Vec<Bundle>> = LazyLock::new(|| Interface::ALL.iter().map(|it| bundle(*it)).collect());

fn bundle(language: Interface) -> Bundle {
    let text = file(language);
    let language = language.as_str().parse().expect("a constant language tag");
    let mut bundle = FluentBundle::new_concurrent(vec![language]);
    // Isolation marks are invisible characters; a subject or a plain text must not carry them.
    bundle.set_use_isolating(false);
    let resource = FluentResource::try_new(text.to_owned()).expect("an embedded file that the tests parse");
    bundle.add_resource(resource).expect("an embedded file whose keys the tests find distinct");
    bundle
}

/// The words of one language.
#[derive(Clone, Copy)]
pub struct Texts {
    bundle: &'static Bundle,
    /// The language.
    pub language: Interface,
}

impl Texts {
    /// Those of a language.
    pub fn of(language: Interface) -> Self {
        // The variants are numbered in the order of ALL, which the tests see to.
        Self { bundle: &BUNDLES[language as usize], language }
    }

    /// A text without arguments.
    pub fn get(self, key: &str) -> String {
        self.with(key, &[])
    }

    /// A text with its arguments. A number chooses a plural form, so a count must come as one.
    pub fn with(self, key: &str, arguments: &[(&str, FluentValue<'_>)]) -> String {
        let args: FluentArgs<'_> = arguments.iter().map(|(name, value)| (*name, value.clone())).collect();
        let Some(pattern) = self.bundle.get_message(key).and_then(|message| message.value()) else {
            // The completeness test makes this unreachable; a reader is better off with the key than with nothing.
            return key.to_owned();
        };
        self.bundle.format_pattern(pattern, Some(&args), &mut Vec::new()).into_owned()
    }

    /// The label of a code, by its list and its stable code.
    pub fn code(self, list: &str, code: &str) -> String {
        self.get(&format!("{list}-{code}"))
    }

    /// A date as people of this language write it.
    pub fn date(self, date: CivilDate) -> String {
        let date = date.to_jiff();
        let month = self.get(&format!("month-{}", date.month()));
        // The year as text: numbers may get separators, years must not.
        let year = date.year().to_string();
        self.with("date", &[("day", date.day().into()), ("month", month.into()), ("year", year.into())])
    }
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use domain::Label;
    use domain::codes::{
        AlertKind, AnswerKind, Certainty, DetectionMethod, Dimension, Event, LinkKind, LossMethod, ObjectFlag,
        ObjectType, PermitStatus, Photographs, Premises, Share, Threat, Urgency, Venue,
    };

    use super::*;

    /// Each key with the arguments it uses.
    fn keys(text: &str) -> BTreeMap<&str, BTreeSet<&str>> {
        let mut keys: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
        let mut current = "";
        for line in text.lines().filter(|line| !line.starts_with('#')) {
            if line.starts_with(|c: char| c.is_ascii_lowercase()) {
                current = line.split(" =").next().unwrap();
                assert!(!keys.contains_key(current), "{current} twice");
                keys.insert(current, BTreeSet::new());
            }
            for argument in line.split('$').skip(1) {
                let name = argument.split(|c: char| !c.is_ascii_alphanumeric()).next().unwrap();
                keys.get_mut(current).unwrap().insert(name);
            }
        }
        keys
    }

    #[test]
    fn every_language_has_every_text_with_the_same_arguments() {
        let english = keys(file(Interface::English));
        for (place, &language) in Interface::ALL.iter().enumerate() {
            assert_eq!(language as usize, place);
            for (key, arguments) in keys(file(language)) {
                assert_eq!(english.get(key), Some(&arguments), "{language} {key}");
            }
            for key in english.keys() {
                assert_ne!(Texts::of(language).get(key), *key, "{language}");
            }
        }
    }

    #[test]
    fn every_code_has_a_label_in_every_language() {
        macro_rules! codes {
            ($($list:ident),+) => {
                [$($list::ALL.iter().map(|code| format!("{}-{code}", $list::LIST)).collect::<Vec<_>>()),+].concat()
            };
        }
        let mut wanted = codes!(
            Event,
            LossMethod,
            Premises,
            PermitStatus,
            Certainty,
            Urgency,
            ObjectType,
            ObjectFlag,
            Dimension,
            Photographs,
            Share,
            DetectionMethod,
            Threat,
            Venue,
            LinkKind
        );
        for kind in AlertKind::ALL {
            for prefix in ["kind", "subject", "heading", "lead", "section-message"] {
                wanted.push(format!("{prefix}-{kind}"));
            }
        }
        for answer in AnswerKind::ALL {
            wanted.extend([format!("answer-{answer}"), format!("answer-{answer}-hint"), format!("answered-{answer}")]);
        }
        wanted.extend(Label::ALL.map(super::super::handling_key));
        for &language in Interface::ALL {
            for key in &wanted {
                assert_ne!(Texts::of(language).get(key), *key, "{language}");
            }
        }
    }

    #[test]
    fn plurals_and_dates_follow_the_language() {
        let (english, french) = (Texts::of(Interface::English), Texts::of(Interface::French));
        assert_eq!(french.with("lead-recovery", &[("count", 0.into())]).find("L’objet est retrouvé."), Some(0));
        assert_eq!(english.with("lead-recovery", &[("count", 0.into())]).find("The objects are recovered."), Some(0));
        let first: CivilDate = "2026-08-01".parse().unwrap();
        assert_eq!((english.date(first).as_str(), french.date(first).as_str()), ("1 August 2026", "1er août 2026"));
        for (language, day) in [
            (Interface::Spanish, "23 de noviembre de 2026"),
            (Interface::Arabic, "23 نوفمبر 2026"),
            (Interface::Russian, "23 ноября 2026 г."),
            (Interface::Chinese, "2026年11月23日"),
        ] {
            assert_eq!(Texts::of(language).date("2026-11-23".parse().unwrap()), day);
        }
        // Six plural forms; the numbers of the mails that are most common.
        let arabic = Texts::of(Interface::Arabic);
        for (count, words) in [(1, "قطعة واحدة"), (2, "قطعتين"), (3, "3 قطع"), (11, "11 قطعة"), (100, "100 قطعة")]
        {
            let lead = arabic.with("lead-alert", &[("count", count.into())]);
            assert!(lead.contains(words), "{count}: {lead}");
        }
        let russian = Texts::of(Interface::Russian);
        for (count, words) in [(1, "1 предмет."), (2, "2 предмета."), (5, "5 предметов."), (21, "21 предмет.")]
        {
            let lead = russian.with("lead-alert", &[("count", count.into())]);
            assert!(lead.contains(words), "{count}: {lead}");
        }
        assert_eq!(french.date("2026-11-23".parse().unwrap()), "23 novembre 2026");
    }
}
