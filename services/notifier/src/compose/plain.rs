//! Plain text as a reader gets it: wrapped, with everything that was quoted indented.
//!
//! The indent is what keeps quoted words from posing as ours: a line of the report that reads `TLP:CLEAR` is never at
//! the margin, where our label stands.

use unicode_width::{UnicodeWidthChar as _, UnicodeWidthStr as _};

/// Columns, so that a mail is readable and printable without a window's help.
const WIDTH: usize = 76;

/// Wraps `text`, its own line breaks kept. The first line begins with `first`, the others with as many spaces.
pub fn wrap(first: &str, indent: usize, text: &str) -> String {
    let mut out = String::from(first);
    let mut column = first.width();
    let mut at_start = true;
    for (number, line) in text.lines().enumerate() {
        if number > 0 {
            new_line(&mut out, &mut column, &mut at_start, indent);
        }
        for word in line.split_whitespace() {
            for (place, piece) in pieces(word).into_iter().enumerate() {
                let width = piece.width();
                let space = usize::from(!at_start && place == 0);
                if !at_start && column + space + width > WIDTH {
                    new_line(&mut out, &mut column, &mut at_start, indent);
                } else if space > 0 {
                    out.push(' ');
                    column += 1;
                }
                // A piece that is longer than a line stays whole: it may be an address to click.
                out.push_str(piece);
                column += width;
                at_start = false;
            }
        }
    }
    out
}

/// Where a word may be cut: nowhere, but in Chinese between any two characters, except that no line begins with a closing mark or
/// ends with an opening one (UAX #14).
fn pieces(word: &str) -> Vec<&str> {
    let wide = |c: char| c.width() == Some(2);
    let mut pieces = Vec::new();
    let mut begin = 0;
    let mut before: Option<char> = None;
    for (at, now) in word.char_indices() {
        if let Some(before) = before
            && (wide(before) || wide(now))
            && !"，。、：；！？）》」』】〉”’".contains(now)
            && !"（《「『【〈“‘".contains(before)
        {
            pieces.push(&word[begin..at]);
            begin = at;
        }
        before = Some(now);
    }
    pieces.push(&word[begin..]);
    pieces
}

fn new_line(out: &mut String, column: &mut usize, at_start: &mut bool, indent: usize) {
    out.push('\n');
    out.push_str(&" ".repeat(indent));
    *column = indent;
    *at_start = true;
}

/// At most `bytes` of a text, cut between characters; `mark` says that it was cut.
pub fn shortened(text: &str, bytes: usize, mark: &str) -> String {
    if text.len() <= bytes {
        return text.to_owned();
    }
    let end = (0..=bytes).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
    format!("{}{mark}", text[..end].trim_end())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn long_text_is_wrapped_and_quoted_lines_never_reach_the_margin() {
        let text = format!("{}\nTLP:CLEAR", "word ".repeat(30));
        let wrapped = wrap("  Label: ", 4, &text);
        assert!(wrapped.lines().all(|line| line.chars().count() <= WIDTH && line.starts_with("  ")), "{wrapped}");
        assert!(wrapped.ends_with("\n    TLP:CLEAR"));
    }

    #[test]
    fn chinese_is_wrapped_between_characters_and_marks_stay_with_their_words() {
        let text =
            "如有发现，请先告知当地警方，再回复本邮件或致函 desk@tocsin.example，并注明（TOC-2026-000001）。".repeat(3);
        let wrapped = wrap("- ", 2, &text);
        assert!(wrapped.lines().count() > 2);
        for line in wrapped.lines() {
            assert!(line.width() <= WIDTH, "{line}");
            assert!(!line.trim_start().starts_with(['，', '。', '）']) && !line.ends_with('（'), "{line}");
        }
        assert_eq!(wrapped.matches("desk@tocsin.example").count(), 3, "an address stays whole");
    }

    #[test]
    fn a_cut_text_says_so() {
        assert_eq!(shortened("ééé", 3, "…"), "é…");
        assert_eq!(shortened("ééé", 6, "…"), "ééé");
    }

    proptest! {
        #[test]
        fn no_word_is_lost(text in "[a-zé\\n ]{0,400}") {
            let wrapped = wrap("> ", 2, &text);
            let words: Vec<_> = wrapped[2..].split_whitespace().collect();
            prop_assert_eq!(words, text.split_whitespace().collect::<Vec<_>>());
        }
    }
}
