//! One address of a partner.

use serde::{Deserialize, Serialize};

use crate::codes::ContactRole;
use crate::ids::ContactId;
use crate::label::Label;
use crate::mailbox::Mailbox;
use crate::text::Line;
use crate::time::Timestamp;

/// One address of a partner: a functional mailbox, or a named person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Contact {
    /// Its identifier.
    pub id: ContactId,
    /// Where mail goes.
    pub address: Mailbox,
    /// The person's name; none for a functional mailbox. Only a named person can be cleared for TLP:RED.
    pub person: Option<Line>,
    /// The greatest label this contact may receive.
    pub clearance: Label,
    /// Whose turn it is.
    #[serde(default = "primary")]
    pub role: ContactRole,
    /// When a person entered the code that was mailed to it; none if nobody has.
    #[serde(default)]
    pub verified_at: Option<Timestamp>,
}

fn primary() -> ContactRole {
    ContactRole::Primary
}

impl Contact {
    /// A functional mailbox, the first to be written to.
    pub fn mailbox(id: ContactId, address: Mailbox, clearance: Label) -> Self {
        Self { id, address, person: None, clearance, role: ContactRole::Primary, verified_at: None }
    }
}
