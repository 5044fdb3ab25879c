//! Collects every field error of a request, so that a reporter hears all of them at once.

use serde::Serialize;

/// One field that does not obey its rule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FieldError {
    /// Where: a JSON Pointer (RFC 6901) into the request body, such as `/objects/0/title`.
    pub pointer: String,
    /// The rule, as a fragment that reads after the field's name: "must not be empty".
    pub message: String,
}

/// The field errors found so far.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FieldErrors(Vec<FieldError>);

impl FieldErrors {
    /// None yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Notes that the field at `pointer` breaks a rule.
    pub fn push(&mut self, pointer: impl Into<String>, message: impl Into<String>) {
        self.0.push(FieldError { pointer: pointer.into(), message: message.into() });
    }

    /// Parses a field that must be there. Blank counts as missing.
    pub fn required<T>(&mut self, pointer: &str, text: Option<&str>) -> Option<T>
    where
        T: std::str::FromStr,
        T::Err: std::fmt::Display,
    {
        let value = self.optional(pointer, text);
        if text.is_none_or(|t| t.trim().is_empty()) {
            self.push(pointer, "is required");
        }
        value
    }

    /// Parses a field that may be left out. Blank counts as left out.
    pub fn optional<T>(&mut self, pointer: &str, text: Option<&str>) -> Option<T>
    where
        T: std::str::FromStr,
        T::Err: std::fmt::Display,
    {
        let text = text.map(str::trim).filter(|t| !t.is_empty())?;
        match text.parse() {
            Ok(value) => Some(value),
            Err(error) => {
                self.push(pointer, error.to_string());
                None
            }
        }
    }

    /// Parses a list of fields, one error per bad item; blank items are left out.
    pub fn list<T>(&mut self, pointer: &str, texts: &[String]) -> Vec<T>
    where
        T: std::str::FromStr,
        T::Err: std::fmt::Display,
    {
        let mut values = Vec::new();
        for (index, text) in texts.iter().enumerate() {
            values.extend(self.optional(&format!("{pointer}/{index}"), Some(text)));
        }
        values
    }

    /// Whether every field obeyed its rule.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The errors in the order found.
    pub fn as_slice(&self) -> &[FieldError] {
        &self.0
    }

    /// The messages for one field.
    pub fn at<'a>(&'a self, pointer: &'a str) -> impl Iterator<Item = &'a str> {
        self.0.iter().filter(move |e| e.pointer == pointer).map(|e| e.message.as_str())
    }

    /// `value` if no field was wrong, else the errors.
    pub fn into_result<T>(self, value: Option<T>) -> Result<T, Self> {
        match value {
            Some(value) if self.is_empty() => Ok(value),
            _ => Err(self),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_errors_come_together_and_name_their_field() {
        let mut errors = FieldErrors::new();
        let a: Option<u8> = errors.required("/a", None);
        let b: Option<u8> = errors.required("/b", Some("300"));
        let c: Option<u8> = errors.optional("/c", Some(" "));
        assert_eq!((a, b, c), (None, None, None));
        let pointers: Vec<_> = errors.as_slice().iter().map(|e| e.pointer.as_str()).collect();
        assert_eq!(pointers, ["/a", "/b"]);
        assert!(errors.into_result(Some(())).is_err());
    }
}
