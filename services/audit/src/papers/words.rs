//! The fixed texts of what this service prints, and moments as it writes them.

use std::sync::LazyLock;

use domain::{Language, Timestamp};
use paper::{Texts, Words};

static TEXTS: LazyLock<Texts> = LazyLock::new(|| {
    Texts::new([
        include_str!("../../locales/en/papers.ftl"),
        include_str!("../../locales/fr/papers.ftl"),
        include_str!("../../locales/es/papers.ftl"),
        include_str!("../../locales/ar/papers.ftl"),
        include_str!("../../locales/ru/papers.ftl"),
        include_str!("../../locales/zh/papers.ftl"),
    ])
});

/// The words of a language; none if it is not one of the six.
pub fn words(code: &str) -> Option<Words> {
    TEXTS.words(code)
}

/// The same language for the names of countries.
pub(super) fn language(words: Words) -> Language {
    words.code().parse().expect("a constant language tag")
}

/// A moment as it is written in all of them: ISO 8601 to the second, in UTC.
pub(super) fn moment(at: Timestamp) -> String {
    at.to_jiff().strftime("%Y-%m-%d %H:%M:%S UTC").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_language_has_every_text_with_the_same_arguments() {
        assert_eq!(TEXTS.gaps(), Vec::<String>::new());
    }

    #[test]
    fn a_count_takes_the_form_its_language_has_for_it() {
        let told = |code: &str, n: i64| words(code).unwrap().with("sum-versions", &[("count", n.into())]);
        assert_eq!(told("en", 1), "One alert version was released.");
        assert_eq!(told("en", 3), "3 alert versions were released.");
        assert_ne!(told("ru", 2).replace('2', ""), told("ru", 5).replace('5', ""));
        assert_ne!(told("ar", 2), told("ar", 3).replace('3', "2"));
    }
}
