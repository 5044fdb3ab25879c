//! The fixed texts of a service's documents, one Fluent file for each of the six languages.

use std::collections::{BTreeMap, BTreeSet};

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};

type Bundle = FluentBundle<FluentResource>;

/// The languages: code and own name. English first: it is the default.
pub const LANGUAGES: [(&str, &str); 6] =
    [("en", "English"), ("fr", "Français"), ("es", "Español"), ("ar", "العربية"), ("ru", "Русский"), ("zh", "中文")];

/// The texts of one service in all languages, in the order of [`LANGUAGES`].
pub struct Texts {
    sources: [&'static str; 6],
    bundles: Vec<Bundle>,
}

impl Texts {
    /// From files that are part of the program.
    ///
    /// # Panics
    /// If one of them cannot be read; a test of the service asks [`Texts::gaps`], which would have said so.
    pub fn new(sources: [&'static str; 6]) -> Self {
        let bundles = LANGUAGES.iter().zip(sources).map(|((code, _), source)| bundle(code, source)).collect();
        Self { sources, bundles }
    }

    /// The words of a language; none if it is not one of the six.
    pub fn words(&'static self, code: &str) -> Option<Words> {
        let place = LANGUAGES.iter().position(|(known, _)| *known == code)?;
        Some(Words { texts: self, place })
    }

    /// What the languages lack against English: keys, or arguments of a text.
    pub fn gaps(&self) -> Vec<String> {
        let english = keys(self.sources[0]);
        let mut gaps = Vec::new();
        for ((code, _), source) in LANGUAGES.iter().zip(self.sources) {
            let own = keys(source);
            for (key, arguments) in &english {
                if own.get(key) != Some(arguments) {
                    gaps.push(format!("{code}: {key}"));
                }
            }
            gaps.extend(
                own.keys().filter(|key| !english.contains_key(*key)).map(|key| format!("{code}: {key} too much")),
            );
        }
        gaps
    }
}

fn bundle(language: &str, text: &str) -> Bundle {
    let right_to_left = language == "ar";
    let language = language.parse().expect("a constant language tag");
    let mut bundle = FluentBundle::new_concurrent(vec![language]);
    // A date or an identifier inside of Arabic text keeps its own order; elsewhere the marks would only be in the way.
    bundle.set_use_isolating(right_to_left);
    let resource = FluentResource::try_new(text.to_owned()).expect("an embedded file that the tests parse");
    bundle.add_resource(resource).expect("an embedded file whose keys the tests find distinct");
    bundle
}

/// Each key with the arguments it uses.
fn keys(text: &str) -> BTreeMap<&str, BTreeSet<&str>> {
    let mut keys: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    let mut current = "";
    for line in text.lines().filter(|line| !line.starts_with('#')) {
        if let Some((key, _)) = line.split_once(" =").filter(|_| line.starts_with(|c: char| c.is_ascii_lowercase())) {
            current = key;
            keys.entry(current).or_default();
        }
        for argument in line.split('$').skip(1) {
            let name = argument.split(|c: char| !c.is_ascii_alphanumeric()).next().unwrap_or_default();
            keys.entry(current).or_default().insert(name);
        }
    }
    keys
}

/// The words of one language.
#[derive(Clone, Copy)]
pub struct Words {
    texts: &'static Texts,
    place: usize,
}

impl Words {
    /// The language's code.
    pub fn code(self) -> &'static str {
        LANGUAGES[self.place].0
    }

    /// A text without arguments.
    pub fn get(self, key: &str) -> String {
        self.with(key, &[])
    }

    /// A text with its arguments. A number chooses a plural form, so a count must come as one.
    pub fn with(self, key: &str, arguments: &[(&str, FluentValue<'_>)]) -> String {
        // A reader is better off with the key than with nothing.
        self.find(key, arguments).unwrap_or_else(|| key.to_owned())
    }

    fn find(self, key: &str, arguments: &[(&str, FluentValue<'_>)]) -> Option<String> {
        let args: FluentArgs<'_> = arguments.iter().map(|(name, value)| (*name, value.clone())).collect();
        let bundle = &self.texts.bundles[self.place];
        let pattern = bundle.get_message(key)?.value()?;
        Some(bundle.format_pattern(pattern, Some(&args), &mut Vec::new()).into_owned())
    }

    /// The label of a code; the given English one where this language has none of its own yet.
    pub fn of_code(self, list: &str, code: &str, english: &str) -> String {
        self.find(&format!("{list}-{code}"), &[]).unwrap_or_else(|| english.to_owned())
    }

    /// The texts that a template asks for by itself: those without arguments.
    pub fn labels(self) -> BTreeMap<String, String> {
        let keys = keys(self.texts.sources[self.place]);
        let plain = keys.into_iter().filter(|(_, arguments)| arguments.is_empty());
        plain.map(|(key, _)| (key.to_owned(), self.get(key))).collect()
    }
}
