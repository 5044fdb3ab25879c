//! The words of the mails, one Fluent file a language.

use std::sync::LazyLock;

use domain::Interface;
use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource};

type Bundle = FluentBundle<FluentResource>;

const ENGLISH: &str = include_str!("../../locales/en/mail.ftl");
const FRENCH: &str = include_str!("../../locales/fr/mail.ftl");

static BUNDLES: LazyLock<(Bundle, Bundle)> = LazyLock::new(|| (bundle("en", ENGLISH), bundle("fr", FRENCH)));

fn bundle(language: &str, text: &str) -> Bundle {
    let language = language.parse().expect("a constant language tag");
    let mut bundle = FluentBundle::new_concurrent(vec![language]);
    // Isolation marks are invisible characters; a subject or a plain text must not carry them.
    bundle.set_use_isolating(false);
    let resource = FluentResource::try_new(text.to_owned()).expect("an embedded file that the tests parse");
    bundle.add_resource(resource).expect("an embedded file whose keys the tests find distinct");
    bundle
}

/// The words of one language.
#[derive(Clone, Copy)]
pub struct Texts(&'static Bundle);

impl Texts {
    /// Those of a language.
    pub fn of(language: Interface) -> Self {
        match language {
            Interface::English => Self(&BUNDLES.0),
            Interface::French => Self(&BUNDLES.1),
        }
    }

    /// A text without arguments.
    pub fn get(self, key: &str) -> String {
        self.with(key, &[])
    }

    /// A text with its arguments.
    pub fn with(self, key: &str, arguments: &[(&str, String)]) -> String {
        let mut args = FluentArgs::new();
        for (name, value) in arguments {
            // A count chooses a plural form, which needs a number.
            match value.parse::<i64>() {
                Ok(number) if *name == "count" => args.set(*name, number),
                _ => args.set(*name, value.clone()),
            }
        }
        let Some(pattern) = self.0.get_message(key).and_then(|message| message.value()) else {
            // The completeness test makes this unreachable; a reader is better off with the key than with nothing.
            return key.to_owned();
        };
        self.0.format_pattern(pattern, Some(&args), &mut Vec::new()).into_owned()
    }

    /// The label of a code, by its list and its stable code.
    pub fn code(self, list: &str, code: &str) -> String {
        self.get(&format!("{list}-{code}"))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use domain::codes::{Certainty, Dimension, Event, LossMethod, ObjectFlag, ObjectType, PermitStatus, Photographs, Premises, Urgency};

    use super::*;

    fn keys(text: &str) -> BTreeSet<&str> {
        text.lines().filter(|l| l.starts_with(|c: char| c.is_ascii_lowercase())).filter_map(|l| l.split(" =").next()).collect()
    }

    #[test]
    fn every_language_has_every_text() {
        assert_eq!(keys(ENGLISH), keys(FRENCH));
    }

    #[test]
    fn every_code_has_a_label_in_every_language() {
        for language in Interface::ALL {
            let texts = Texts::of(*language);
            let all = Event::ALL.iter().map(|c| (Event::LIST, c.as_str()))
                .chain(LossMethod::ALL.iter().map(|c| (LossMethod::LIST, c.as_str())))
                .chain(Premises::ALL.iter().map(|c| (Premises::LIST, c.as_str())))
                .chain(PermitStatus::ALL.iter().map(|c| (PermitStatus::LIST, c.as_str())))
                .chain(Certainty::ALL.iter().map(|c| (Certainty::LIST, c.as_str())))
                .chain(Urgency::ALL.iter().map(|c| (Urgency::LIST, c.as_str())))
                .chain(ObjectType::ALL.iter().map(|c| (ObjectType::LIST, c.as_str())))
                .chain(ObjectFlag::ALL.iter().map(|c| (ObjectFlag::LIST, c.as_str())))
                .chain(Dimension::ALL.iter().map(|c| (Dimension::LIST, c.as_str())))
                .chain(Photographs::ALL.iter().map(|c| (Photographs::LIST, c.as_str())));
            for (list, code) in all {
                let label = texts.code(list, code);
                assert_ne!(label, format!("{list}-{code}"), "{language:?}");
            }
        }
    }

    #[test]
    fn plurals_follow_the_language() {
        let french = Texts::of(Interface::French);
        assert!(french.with("what-recovery", &[("count", "0".to_owned())]).contains("l’objet est retrouvé"));
        assert!(french.with("what-recovery", &[("count", "2".to_owned())]).contains("les objets sont retrouvés"));
    }
}
