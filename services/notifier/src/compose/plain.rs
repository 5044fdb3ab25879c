//! Plain text as a reader gets it: wrapped, with everything that was quoted indented.
//!
//! The indent is what keeps quoted words from posing as ours: a line of the report that reads `TLP:CLEAR` is never at
//! the margin, where our label stands.

/// Columns, so that a mail is readable and printable without a window's help.
const WIDTH: usize = 76;

/// Wraps `text`, its own line breaks kept. The first line begins with `first`, the others with as many spaces.
pub fn wrap(first: &str, indent: usize, text: &str) -> String {
    let mut out = String::from(first);
    let mut column = first.chars().count();
    let mut at_start = true;
    for (number, line) in text.lines().enumerate() {
        if number > 0 {
            new_line(&mut out, &mut column, &mut at_start, indent);
        }
        for word in line.split_whitespace() {
            let length = word.chars().count();
            let space = usize::from(!at_start);
            if !at_start && column + space + length > WIDTH {
                new_line(&mut out, &mut column, &mut at_start, indent);
            } else if !at_start {
                out.push(' ');
                column += 1;
            }
            // A word that is longer than a line stays whole: it may be an address to click.
            out.push_str(word);
            column += length;
            at_start = false;
        }
    }
    out
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
