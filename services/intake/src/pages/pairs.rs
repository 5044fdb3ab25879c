//! A report as the fields of a form, the way a browser sends them: the reverse of reading the form.

use serde_json::Value;

use crate::submit::SubmitCase;

/// The name under which the form sends the report.
pub(super) const PREFIX: &str = "case";

/// `case[objects][0][title]` and its text, for every field of the report.
pub(super) fn pairs(raw: &SubmitCase) -> Vec<(String, String)> {
    let value = serde_json::to_value(raw).expect("text, lists and one truth value always have a JSON form");
    let mut out = Vec::new();
    collect(PREFIX.to_owned(), &value, &mut out);
    out
}

fn collect(name: String, value: &Value, out: &mut Vec<(String, String)>) {
    match value {
        Value::Null => {}
        Value::String(text) => out.push((name, text.clone())),
        Value::Object(fields) => fields.iter().for_each(|(key, value)| collect(format!("{name}[{key}]"), value, out)),
        Value::Array(items) => {
            items.iter().enumerate().for_each(|(index, value)| collect(format!("{name}[{index}]"), value, out));
        }
        Value::Bool(_) | Value::Number(_) => out.push((name, value.to_string())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::submit::{RawMeasurement, RawObject};

    #[test]
    fn names_are_those_a_browser_sends() {
        let mut raw = SubmitCase { title: Some("A".to_owned()), ..SubmitCase::default() };
        let measurement = RawMeasurement { value: Some("27,5".to_owned()), ..RawMeasurement::default() };
        raw.objects.push(RawObject {
            measurements: vec![measurement],
            flags: vec!["inventoried".to_owned()],
            ..RawObject::default()
        });
        let found = pairs(&raw);
        for (name, value) in [
            ("case[title]", "A"),
            ("case[objects][0][measurements][0][value]", "27,5"),
            ("case[objects][0][flags][0]", "inventoried"),
            ("case[circumstances][police_reference_not_yet]", "false"),
        ] {
            assert!(found.contains(&(name.to_owned(), value.to_owned())), "{name}");
        }
    }
}
