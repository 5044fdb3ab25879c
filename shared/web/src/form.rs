//! What was typed into a form and what is wrong with it, for showing both again.

use std::collections::HashMap;

use domain::FieldErrors;

/// A form's fields by name, as typed, with their errors.
#[derive(Clone, Debug, Default)]
pub struct FormState {
    values: HashMap<String, Vec<String>>,
    errors: Vec<(String, String)>,
}

/// `/objects/0/title` as the field name `objects[0][title]`.
fn field_name(pointer: &str) -> String {
    let mut parts = pointer.trim_start_matches('/').split('/');
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |name, part| format!("{name}[{part}]"))
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

    /// What was typed into a field.
    pub fn value(&self, name: &str) -> &str {
        self.values.get(name).and_then(|all| all.first()).map_or("", String::as_str)
    }

    /// Whether a box or an option was chosen. Boxes of one group share a name or are numbered below it.
    pub fn chosen(&self, name: &str, value: &str) -> bool {
        self.values.iter().any(|(key, all)| {
            (key == name || (key.starts_with(name) && key[name.len()..].starts_with('['))) && all.iter().any(|v| v == value)
        })
    }

    /// What is wrong with a field.
    pub fn error(&self, name: &str) -> Option<&str> {
        self.errors.iter().find(|(field, _)| field == name).map(|(_, message)| message.as_str())
    }

    /// Every error with its field's name, in the order found.
    pub fn errors(&self) -> &[(String, String)] {
        &self.errors
    }

    /// How many objects (or other numbered groups) the form has: one more than the greatest number in `prefix[N]`.
    pub fn count(&self, prefix: &str) -> usize {
        let numbers = self.values.keys().filter_map(|key| {
            key.strip_prefix(prefix)?.strip_prefix('[')?.split(']').next()?.parse::<usize>().ok()
        });
        numbers.max().map_or(0, |greatest| greatest + 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pointers_and_field_names_meet() {
        let mut errors = FieldErrors::new();
        errors.push("/objects/1/title", "is required");
        let typed = vec![("objects[1][title]".to_owned(), String::new()), ("kinds".to_owned(), "ngo".to_owned())];
        let form = FormState::new(typed, &errors);
        assert_eq!(form.error("objects[1][title]"), Some("is required"));
        assert_eq!(form.count("objects"), 2);
        assert!(form.chosen("kinds", "ngo") && !form.chosen("kinds", "igo"));
    }
}
