//! An entry's line: what is hashed into the tree.
//!
//! Six lines of UTF-8, each ended by one line feed:
//!
//! ```text
//! tocsin entry v1
//! event_0193588f2a7c7d1e9f00112233445566
//! alert.released.v1
//! 2026-11-23T08:00:05.123456Z
//! case_0193588f2a7c7d1e9f00665544332211
//! 5feceb66ffc86f38d952786c6d696c79c2dbc239dd4e91b46729d73a27fb57e9
//! ```
//!
//! event, kind (characters outside printable ASCII and backslashes as Rust's `escape_default` writes them, so that a
//! kind can never be read as two lines), the time in UTC with six digits of a second, the case or `-`, and the
//! commitment in lower-case hexadecimal.
//!
//! The commitment is SHA-256 over 16 random bytes (the salt) followed by the fact's envelope as canonical JSON. The
//! line holds no name and no content, so salt and body can be erased: the tree stays whole, and nobody can guess the
//! body back.

use std::str::FromStr;

use contracts::Envelope;
use domain::Timestamp;
use domain::ids::{CaseId, EventId};
use serde_json::Value;
use sha2::{Digest, Sha256};
use store::ledger::EntryRow;

use crate::merkle::{Hash, leaf_hash};

/// How many random bytes precede the body.
pub const SALT_BYTES: usize = 16;

/// What an entry says, in the clear.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line<'a> {
    /// The fact.
    pub event_id: EventId,
    /// Its kind.
    pub kind: &'a str,
    /// When it happened.
    pub occurred_at: Timestamp,
    /// The case it belongs to.
    pub case_id: Option<CaseId>,
    /// What it commits to.
    pub commitment: &'a [u8],
}

impl<'a> From<&'a EntryRow> for Line<'a> {
    fn from(row: &'a EntryRow) -> Self {
        Self {
            event_id: row.event_id,
            kind: &row.kind,
            occurred_at: row.occurred_at,
            case_id: row.case_id,
            commitment: &row.commitment,
        }
    }
}

/// What a line of the tree says, read back from its text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LineRead {
    /// The fact.
    pub event_id: EventId,
    /// Its kind.
    pub kind: String,
    /// When it happened.
    pub occurred_at: Timestamp,
    /// The case it belongs to.
    pub case_id: Option<CaseId>,
    /// What it commits to.
    pub commitment: Hash,
}

impl FromStr for LineRead {
    type Err = NoLine;
    fn from_str(text: &str) -> Result<Self, NoLine> {
        let mut lines = text.strip_suffix('\n').ok_or(NoLine)?.split('\n');
        let mut next = || lines.next().ok_or(NoLine);
        if next()? != "tocsin entry v1" {
            return Err(NoLine);
        }
        let event_id = next()?.parse().map_err(|_| NoLine)?;
        let kind = next()?.to_owned();
        let occurred_at = next()?.parse().map_err(|_| NoLine)?;
        let case_id = match next()? {
            "-" => None,
            id => Some(id.parse().map_err(|_| NoLine)?),
        };
        let commitment = crate::unhex(next()?).ok_or(NoLine)?;
        if lines.next().is_some() {
            return Err(NoLine);
        }
        Ok(Self { event_id, kind, occurred_at, case_id, commitment })
    }
}

/// Not an entry's line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NoLine;

impl Line<'_> {
    /// The text that is hashed.
    pub fn text(&self) -> String {
        let case = self.case_id.map_or_else(|| "-".to_owned(), |id| id.to_string());
        format!(
            "tocsin entry v1\n{}\n{}\n{}\n{case}\n{}\n",
            self.event_id,
            self.kind.escape_default(),
            self.occurred_at,
            hex::encode(self.commitment),
        )
    }

    /// Its hash in the tree.
    pub fn leaf(&self) -> Hash {
        leaf_hash(self.text().as_bytes())
    }
}

/// What commits to a body without showing it.
pub fn commitment(salt: &[u8], body: &str) -> Hash {
    Sha256::new().chain_update(salt).chain_update(body).finalize().into()
}

/// The body of a fact: its envelope as canonical JSON.
pub fn body(envelope: &Envelope) -> String {
    let value = serde_json::to_value(envelope).expect("an envelope is plain data and always has a JSON form");
    let mut text = String::new();
    canonical(&value, &mut text);
    text
}

/// Writes JSON so that equal values have equal text: members sorted by the bytes of their names, no white space,
/// strings and numbers as `serde_json` writes them. PostgreSQL's JSONB gives members back in an order of its own, and
/// the order `serde_json` keeps depends on a feature that any dependency may switch on.
fn canonical(value: &Value, text: &mut String) {
    match value {
        Value::Object(members) => {
            let mut sorted: Vec<_> = members.iter().collect();
            sorted.sort_unstable_by_key(|(name, _)| name.as_bytes());
            text.push('{');
            for (at, (name, member)) in sorted.into_iter().enumerate() {
                if at > 0 {
                    text.push(',');
                }
                text.push_str(&Value::from(name.as_str()).to_string());
                text.push(':');
                canonical(member, text);
            }
            text.push('}');
        }
        Value::Array(items) => {
            text.push('[');
            for (at, item) in items.iter().enumerate() {
                if at > 0 {
                    text.push(',');
                }
                canonical(item, text);
            }
            text.push(']');
        }
        scalar => text.push_str(&scalar.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_is_as_documented() {
        let line = Line {
            event_id: "event_0193588f2a7c7d1e9f00112233445566".parse().unwrap(),
            kind: "alert.released.v1",
            occurred_at: "2026-11-23T08:00:05.123456Z".parse().unwrap(),
            case_id: Some("case_0193588f2a7c7d1e9f00665544332211".parse().unwrap()),
            commitment: &[0xAB; 32],
        };
        let text = format!(
            "tocsin entry v1\nevent_0193588f2a7c7d1e9f00112233445566\nalert.released.v1\n\
             2026-11-23T08:00:05.123456Z\ncase_0193588f2a7c7d1e9f00665544332211\n{}\n",
            "ab".repeat(32)
        );
        assert_eq!(line.text(), text);
        assert_eq!(line.leaf(), leaf_hash(text.as_bytes()));
        let read: LineRead = text.parse().unwrap();
        assert_eq!((read.event_id, read.case_id, read.commitment), (line.event_id, line.case_id, [0xAB; 32]));
        for bad in
            [text.replace("v1\nevent", "v2\nevent"), text.replace("ab", "AB"), text.clone() + "x\n", String::new()]
        {
            assert_eq!(bad.parse::<LineRead>(), Err(NoLine), "{bad}");
        }
        let odd = Line { kind: "a\nb", case_id: None, ..line };
        assert_eq!(odd.text().lines().count(), 6);
        assert!(odd.text().contains("\na\\nb\n") && odd.text().contains("Z\n-\n"));
    }

    #[test]
    fn canonical_json_has_one_spelling() {
        let one: Value =
            serde_json::from_str(r#"{"b": [1, {"z": null, "a": "x\"\u00e9"}], "a": 1.50, "é": true}"#).unwrap();
        let other: Value = serde_json::from_str(r#"{"é":true,"a":1.5,"b":[1,{"a":"x\"é","z":null}]}"#).unwrap();
        let spelled = |value: &Value| {
            let mut text = String::new();
            canonical(value, &mut text);
            text
        };
        assert_eq!(spelled(&one), spelled(&other));
        assert_eq!(spelled(&one), r#"{"a":1.5,"b":[1,{"a":"x\"é","z":null}],"é":true}"#);
    }
}
