//! What a person typed on a page without an account, read with errors in the person's language.

use std::str::FromStr;

use domain::FieldErrors;

use crate::compose::Texts;

/// Reads fields and collects what is wrong with them.
pub(super) struct Typed {
    pub texts: Texts,
    pub errors: FieldErrors,
}

impl Typed {
    /// Notes that a field breaks a rule, by the key of its words.
    pub fn wrong(&mut self, pointer: &str, key: &str) {
        self.errors.push(pointer, self.texts.get(key));
    }

    /// A field that must be there.
    pub fn required<T: FromStr>(&mut self, pointer: &str, text: &str) -> Option<T> {
        self.required_or(pointer, text, "answer-invalid")
    }

    /// The same; `key` says what is wrong with one that cannot be read.
    pub fn required_or<T: FromStr>(&mut self, pointer: &str, text: &str, key: &str) -> Option<T> {
        if text.trim().is_empty() {
            self.wrong(pointer, "answer-required");
        }
        self.optional_or(pointer, text, key)
    }

    /// A field that may be left out.
    pub fn optional<T: FromStr>(&mut self, pointer: &str, text: &str) -> Option<T> {
        self.optional_or(pointer, text, "answer-invalid")
    }

    fn optional_or<T: FromStr>(&mut self, pointer: &str, text: &str, key: &str) -> Option<T> {
        let text = Some(text.trim()).filter(|text| !text.is_empty())?;
        let value = text.parse().ok();
        if value.is_none() {
            self.wrong(pointer, key);
        }
        value
    }
}
