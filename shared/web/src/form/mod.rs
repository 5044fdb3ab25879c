//! What was typed into a form and what is wrong with it, for showing both again.

mod names;
mod pairs;

use std::collections::HashMap;

use domain::FieldErrors;

pub(crate) use names::renumber;
pub(crate) use pairs::{decode, encode};

use names::{field_name, label};

use crate::Problem;

/// A form's fields by name, as typed, with their errors.
#[derive(Clone, Debug, Default)]
pub struct FormState {
    values: HashMap<String, Vec<String>>,
    errors: Vec<(String, String)>,
}

impl FormState {
    /// Shown again after errors.
    pub fn new(typed: Vec<(String, String)>, errors: &FieldErrors) -> Self {
        let mut values: HashMap<String, Vec<String>> = HashMap::new();
        for (name, value) in typed {
            values.entry(name).or_default().push(value);
        }
        let errors = errors.as_slice().iter().map(|e| (field_name(&e.pointer), e.message.clone())).collect();
        Self { values, errors }
    }

    /// Shown again after a refusal.
    pub fn refused(typed: Vec<(String, String)>, problem: &Problem) -> Self {
        let mut errors = FieldErrors::new();
        for error in &problem.errors {
            errors.push(error.pointer.clone(), error.message.clone());
        }
        Self::new(typed, &errors)
    }

    /// What was typed into a field.
    pub fn value(&self, name: &str) -> &str {
        self.values.get(name).and_then(|all| all.first()).map_or("", String::as_str)
    }

    /// Whether a box or an option was chosen. Boxes of one group share a name or are numbered below it.
    pub fn chosen(&self, name: &str, value: &str) -> bool {
        self.values.iter().any(|(key, all)| is_within(key, name) && all.iter().any(|v| v == value))
    }

    /// What is wrong with a field.
    pub fn error(&self, name: &str) -> Option<&str> {
        self.errors.iter().find(|(field, _)| field == name).map(|(_, message)| message.as_str())
    }

    /// What is wrong with a group of boxes, or with one of them.
    pub fn error_within(&self, name: &str) -> Option<&str> {
        self.errors.iter().find(|(field, _)| is_within(field, name)).map(|(_, message)| message.as_str())
    }

    /// Every error with its field's name, in the order found.
    pub fn errors(&self) -> &[(String, String)] {
        &self.errors
    }

    /// Where on the page a field is. What is wrong with one of several boxes is shown at their group, unless the
    /// form has a field of its own for it.
    pub fn anchor<'a>(&self, name: &'a str) -> &'a str {
        match name.rsplit_once('[') {
            Some((group, last)) if last.trim_end_matches(']').parse::<usize>().is_ok() => {
                if self.values.contains_key(name) { name } else { group }
            }
            _ => name,
        }
    }

    /// A field's name in words, for a summary: `objects[0][place_found]` is `Object 1, place found`.
    pub fn label(&self, name: &str) -> String {
        label(name)
    }

    /// How many objects (or other numbered groups) the form has: one more than the greatest number in `prefix[N]`.
    pub fn count(&self, prefix: &str) -> usize {
        // Names that were read from a request count without gaps, so this is at most the number of fields.
        let numbers = self
            .values
            .keys()
            .filter_map(|key| key.strip_prefix(prefix)?.strip_prefix('[')?.split(']').next()?.parse::<usize>().ok());
        numbers.max().map_or(0, |greatest| greatest.saturating_add(1).min(self.values.len()))
    }
}

/// Whether `name` is `group` or something in it.
fn is_within(name: &str, group: &str) -> bool {
    name.strip_prefix(group).is_some_and(|rest| rest.is_empty() || rest.starts_with('['))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_typed_and_what_is_wrong_meet_at_the_field() {
        let mut errors = FieldErrors::new();
        errors.push("/objects/1/title", "is required");
        errors.push("/kinds/0", "must be one of ngo, igo");
        let pairs = [("objects[1][title]", ""), ("objects[0][title]", "a"), ("kinds", "ngo"), ("kindsize", "igo")];
        let form = FormState::new(pairs.map(|(n, v)| (n.to_owned(), v.to_owned())).to_vec(), &errors);
        assert_eq!(form.error("objects[1][title]"), Some("is required"));
        assert_eq!(form.value("objects[0][title]"), "a");
        assert_eq!(form.count("objects"), 2);
        assert!(form.chosen("kinds", "ngo") && !form.chosen("kinds", "igo"));
        assert_eq!((form.error("kinds"), form.error_within("kinds")), (None, Some("must be one of ngo, igo")));
        assert_eq!((form.anchor("kinds[0]"), form.anchor("objects[1][title]")), ("kinds", "objects[1][title]"));
    }

    #[test]
    fn a_number_out_of_the_blue_does_not_make_a_page_of_a_billion_fields() {
        let form = FormState::new(vec![("objects[4000000000][title]".to_owned(), "a".to_owned())], &FieldErrors::new());
        assert_eq!(form.count("objects"), 1);
    }
}
