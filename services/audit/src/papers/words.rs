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
pub(super) fn moment(words: Words, at: Timestamp) -> String {
    ltr(words, &at.human())
}

/// A run of left-to-right writing, such as an address or a server's words: in a language written the other way it keeps
/// its own order (UAX #9, isolates).
pub(super) fn ltr(words: Words, text: &str) -> String {
    if words.code() == "ar" { format!("\u{2066}{text}\u{2069}") } else { text.to_owned() }
}

/// The same with places to break a long run without a blank, which would otherwise run off the paper: every 16 letters
/// and behind an at sign. (A break behind every letter would make the typesetter ten times slower.)
pub(super) fn broken(words: Words, text: &str) -> String {
    const BREAK: char = '\u{200b}';
    let mut broken = String::with_capacity(text.len() + text.len() / 4);
    let mut run = 0;
    for letter in text.chars() {
        if run == 16 && !letter.is_whitespace() {
            broken.push(BREAK);
            run = 0;
        }
        broken.push(letter);
        run = if letter.is_whitespace() { 0 } else { run + 1 };
        if letter == '@' {
            broken.push(BREAK);
            run = 0;
        }
    }
    ltr(words, &broken)
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

    #[test]
    fn a_long_run_may_break_and_keeps_its_order_inside_of_arabic() {
        let (english, arabic) = (words("en").unwrap(), words("ar").unwrap());
        assert_eq!(broken(english, "250 2.0.0 Ok: queued"), "250 2.0.0 Ok: queued");
        assert_eq!(broken(english, "alerts@police.example"), "alerts@\u{200b}police.example");
        assert_eq!(broken(english, &"a".repeat(17)), format!("{}\u{200b}a", "a".repeat(16)));
        assert_eq!(broken(arabic, "a b"), "\u{2066}a b\u{2069}");
    }
}
