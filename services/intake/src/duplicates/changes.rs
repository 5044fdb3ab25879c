//! What a second report adds to what is known. Pure.

use domain::codes::Certainty;
use domain::object::ObjectDescription;
use domain::text::{Line, Prose};

use super::report::folded;

/// The most additions that are spelt out.
const MOST: usize = 30;

/// What a second report adds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Additions {
    /// Class A content, one sentence each.
    pub content: Vec<String>,
    /// How sure the desk is now, if it is surer than before.
    pub certainty: Option<Certainty>,
}

impl Additions {
    /// Whether partners need not hear of it.
    pub fn is_empty(&self) -> bool {
        self.content.is_empty() && self.certainty.is_none()
    }

    /// The desk's words to all recipients, to be looked at before they leave. No circumstances: they come from the
    /// objects' descriptions and the certainty alone.
    pub fn message(&self) -> Option<Prose> {
        if self.is_empty() {
            return None;
        }
        let mut text = "A second report of the same event was received.".to_owned();
        if let Some(certainty) = self.certainty {
            text.push_str(&format!("\nCertainty is now: {}.", certainty.label().to_lowercase()));
        }
        for addition in self.content.iter().take(MOST) {
            text.push('\n');
            text.push_str(addition);
        }
        if self.content.len() > MOST {
            text.push_str(&format!("\n{} more additions are in the second report.", self.content.len() - MOST));
        }
        text.parse().ok()
    }
}

/// What the report of a case that becomes part of another one adds to that one.
pub fn additions(
    known: &[ObjectDescription],
    second: &[ObjectDescription],
    certainty: Option<Certainty>,
    second_certainty: Option<Certainty>,
) -> Additions {
    let mut content = Vec::new();
    for object in second {
        match known.iter().find(|other| is_same(other, object)) {
            Some(other) => content.extend(filled(other, object)),
            None => content.push(format!(
                "Also reported: {} ({}).",
                object.title,
                object.object_type.label().to_lowercase()
            )),
        }
    }
    let surer = second_certainty.filter(|second| certainty.is_none_or(|known| rank(*second) > rank(known)));
    Additions { content, certainty: surer }
}

fn rank(certainty: Certainty) -> u8 {
    match certainty {
        Certainty::Observed => 4,
        Certainty::Likely => 3,
        Certainty::Possible => 2,
        Certainty::Unlikely => 1,
        Certainty::Unknown => 0,
    }
}

/// The same object: by its inventory number where both have one, else by type and title.
fn is_same(one: &ObjectDescription, other: &ObjectDescription) -> bool {
    let number = |object: &ObjectDescription| object.inventory_number.as_ref().and_then(folded);
    match (number(one), number(other)) {
        (Some(one), Some(other)) => one == other,
        _ => one.object_type == other.object_type && folded(&one.title) == folded(&other.title),
    }
}

/// What the second description says where the first one says nothing.
fn filled(known: &ObjectDescription, second: &ObjectDescription) -> Vec<String> {
    let mut found = Vec::new();
    let mut add = |what: &str, known: bool, text: Option<String>| {
        if let Some(text) = text.filter(|_| !known) {
            found.push(format!("{}: {what}: {text}.", known_title(second)));
        }
    };
    let line = |text: &Option<Line>| text.as_ref().map(ToString::to_string);
    let prose = |text: &Option<Prose>| text.as_ref().map(|text| text.to_string().replace('\n', " "));
    add("materials and techniques", known.materials.is_some(), line(&second.materials));
    add("inscriptions and markings", known.inscriptions.is_some(), prose(&second.inscriptions));
    let features = prose(&second.distinguishing_features);
    add("distinguishing features", known.distinguishing_features.is_some(), features);
    add("subject", known.subject.is_some(), line(&second.subject));
    add("maker", known.maker.is_some(), line(&second.maker));
    add("description", known.description.is_some(), prose(&second.description));
    add("inventory number", known.inventory_number.is_some(), line(&second.inventory_number));
    let measurements = (!second.measurements.is_empty()).then(|| format!("{} given", second.measurements.len()));
    add("measurements", !known.measurements.is_empty(), measurements);
    found
}

fn known_title(object: &ObjectDescription) -> &Line {
    &object.title
}

#[cfg(test)]
mod tests {
    use domain::codes::{ObjectType, Photographs};

    use super::*;

    fn object(title: &str) -> ObjectDescription {
        serde_json::from_value(serde_json::json!({
            "title": title, "photographs": Photographs::Available.as_str(), "type": ObjectType::Sculpture.as_str(),
            "measurements": [], "flags": []
        }))
        .unwrap()
    }

    #[test]
    fn the_same_report_again_adds_nothing() {
        let head = object("Head");
        let same = ObjectDescription { title: "HEAD.".parse().unwrap(), ..head.clone() };
        let nothing = additions(&[head], &[same], Some(Certainty::Likely), Some(Certainty::Likely));
        assert!(nothing.is_empty() && nothing.message().is_none(), "{nothing:?}");
    }

    #[test]
    fn what_is_new_in_content_or_certainty_is_said_and_nothing_else() {
        let head = object("Head");
        let more = ObjectDescription { materials: Some("laterite".parse().unwrap()), ..head.clone() };
        let found = additions(&[head], &[more, object("Vase")], Some(Certainty::Likely), Some(Certainty::Observed));
        assert_eq!(found.content, ["Head: materials and techniques: laterite.", "Also reported: Vase (sculpture)."]);
        assert_eq!(found.certainty, Some(Certainty::Observed));
        let message = found.message().unwrap().to_string();
        assert!(message.starts_with("A second report") && message.contains("now: observed"), "{message}");
        let less = additions(&[], &[], Some(Certainty::Observed), Some(Certainty::Possible));
        assert!(less.is_empty(), "less certain changes nothing");
    }
}
