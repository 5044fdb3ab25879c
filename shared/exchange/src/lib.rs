//! An alert version for other systems and for paper: CAP 1.2, JSON, the Object ID sheet.
//!
//! Owns: how they are written. Promises: what each may hold is in the types; whoever is handed the object data alone
//! (class A) has no circumstances to leak, and nothing here is ever given a reporter. Must not: read a database, decide
//! who gets what.

pub mod cap;
pub mod json;
#[cfg(feature = "pdf")]
mod sheet;
mod words;
pub mod xml;

use domain::Label;
use domain::Timestamp;
use domain::alert::{AlertFacts, ObjectContent};
use domain::codes::AlertKind;
use domain::ids::{AlertId, InstitutionId};

#[cfg(feature = "pdf")]
pub use sheet::{Sheet, print_sheet, sheet_words};

/// What identifies a version among the messages of the world.
#[derive(Clone, Copy, Debug)]
pub struct Message {
    /// The version.
    pub id: AlertId,
    /// The institution whose case it is; its identifier is the sender's.
    pub institution: InstitutionId,
    /// When it was released.
    pub sent: Timestamp,
}

/// A released version, as far as every recipient may know it.
#[derive(Clone, Copy, Debug)]
pub struct Released<'a> {
    /// What identifies it.
    pub message: Message,
    /// The released versions before it, oldest first.
    pub earlier: &'a [Message],
    /// What it says.
    pub kind: AlertKind,
    /// The handling label of the full share.
    pub label: Label,
    /// What the rules looked at.
    pub facts: &'a AlertFacts,
    /// Class A.
    pub content: &'a ObjectContent,
}
