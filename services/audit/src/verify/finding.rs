//! What verification can find, in words.

use std::mem::discriminant;

use domain::Timestamp;
use domain::ids::EventId;

use crate::note::NoteError;

/// Something that cannot be in a ledger that was only ever appended to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Finding {
    /// Entries are missing between others.
    Gap {
        /// The first missing position.
        from: i64,
        /// The last missing position.
        to: i64,
    },
    /// An entry stands where another stood before.
    Misplaced {
        /// Its position.
        position: i64,
    },
    /// An entry's hash is not the hash of its line.
    Entry {
        /// Its position.
        position: i64,
    },
    /// An entry's content is not what it committed to.
    Content {
        /// Its position.
        position: i64,
    },
    /// The entries do not give the root that was signed.
    Root {
        /// Over how many entries.
        size: i64,
    },
    /// A stored checkpoint is not signed by the key.
    Signature {
        /// The checkpoint's size.
        size: i64,
        /// What is wrong with it.
        error: NoteError,
    },
    /// A stored checkpoint's note says something else than its row.
    Checkpoint {
        /// The row's size.
        size: i64,
    },
    /// The last entries are under no checkpoint, although each append signs one.
    Unsigned {
        /// The first such position.
        from: i64,
    },
    /// A stored checkpoint speaks of more entries than there are.
    Cut {
        /// How many entries there are.
        entries: i64,
        /// How many there were.
        signed: i64,
    },
    /// The recorded size is not the number of entries.
    Head {
        /// How many entries there are.
        entries: i64,
        /// The recorded size.
        head: i64,
    },
    /// A stored subtree hash is missing, or not the hash of its entries.
    Subtree {
        /// Its level.
        level: u32,
        /// Its place in the level.
        index: u64,
    },
    /// There are more stored subtree hashes than the entries give.
    Subtrees {
        /// How many too many.
        more: i64,
    },
    /// An entry is about a fact that no service recorded.
    Unrecorded {
        /// Its position.
        position: i64,
        /// The fact.
        event_id: EventId,
    },
    /// The recorded fact is not the one that was entered.
    Record {
        /// The entry's position.
        position: i64,
        /// The fact.
        event_id: EventId,
    },
    /// A fact was entered once, and its entry is gone.
    Vanished {
        /// The fact.
        event_id: EventId,
        /// When it happened.
        occurred_at: Timestamp,
    },
    /// A fact was entered twice.
    Twice {
        /// The second position.
        position: i64,
        /// The fact.
        event_id: EventId,
    },
    /// A file of an export or a mirror is not what the checkpoint covers.
    File {
        /// Its path.
        path: String,
        /// What is wrong with it.
        why: &'static str,
    },
    /// The checkpoint from outside cannot be used.
    OutsideSignature {
        /// What is wrong with it.
        error: NoteError,
    },
    /// The checkpoint from outside speaks of more entries than there are.
    OutsideCut {
        /// How many entries there are.
        entries: i64,
        /// How many there were.
        signed: u64,
    },
    /// The entries do not give the root of the checkpoint from outside.
    OutsideRoot {
        /// Over how many entries.
        size: u64,
    },
}

impl Finding {
    /// The finding as one English sentence.
    pub fn sentence(&self) -> String {
        match self {
            Self::Gap { from, to } if from == to => format!("Entry {from} is missing."),
            Self::Gap { from, to } => format!("Entries {from} to {to} are missing."),
            Self::Misplaced { position } => format!("Entry {position} is not in order."),
            Self::Entry { position } => format!("Entry {position} was changed: its hash is not that of its line."),
            Self::Content { position } => {
                format!("The content of entry {position} was changed: it is not what the entry committed to.")
            }
            Self::Root { size } => format!("The first {size} entries do not give the root that was signed for them."),
            Self::Signature { size, error } => format!("The stored checkpoint of size {size} proves nothing: {error}."),
            Self::Checkpoint { size } => format!("The stored checkpoint of size {size} was changed beside its note."),
            Self::Unsigned { from } => format!("The entries from {from} on are under no checkpoint."),
            Self::Cut { entries, signed } => {
                format!("A stored checkpoint speaks of {signed} entries, and there are {entries}: the end was cut off.")
            }
            Self::Head { entries, head } => format!("The recorded size is {head}, and there are {entries} entries."),
            Self::Subtree { level, index } => {
                format!("The stored hash of subtree {level}/{index} is missing or wrong.")
            }
            Self::Subtrees { more } => {
                format!("There are {more} stored subtree hashes too many: entries were cut off.")
            }
            Self::Unrecorded { position, event_id } => {
                format!("Entry {position} is about {event_id}, which no service recorded.")
            }
            Self::Record { position, event_id } => {
                format!("The record of {event_id} was changed after it was entered as entry {position}.")
            }
            Self::Vanished { event_id, occurred_at } => {
                format!("{event_id} of {} was entered, and its entry is gone.", occurred_at.human())
            }
            Self::Twice { position, event_id } => format!("Entry {position} enters {event_id} a second time."),
            Self::File { path, why } => format!("The file {path} {why}."),
            Self::OutsideSignature { error } => format!("The checkpoint given proves nothing: {error}."),
            Self::OutsideCut { entries, signed } => format!(
                "The checkpoint given speaks of {signed} entries, and there are {entries}: \
                 the end was cut off, or an older copy was restored."
            ),
            Self::OutsideRoot { size } => {
                format!("The first {size} entries do not give the root of the checkpoint given: history was rewritten.")
            }
        }
    }
}

/// The first finding of a kind, and how many like it followed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// The first.
    pub first: Finding,
    /// How many more.
    pub more: u64,
}

impl Found {
    /// In words.
    pub fn sentence(&self) -> String {
        match self.more {
            0 => self.first.sentence(),
            more => format!("{} {more} more of this kind.", self.first.sentence()),
        }
    }
}

/// Findings, one line for each kind: one change early in a long ledger breaks every later root.
#[derive(Clone, Debug, Default)]
pub(super) struct Findings(Vec<Found>);

impl Findings {
    pub(super) fn add(&mut self, finding: Finding) {
        match self.0.iter_mut().find(|found| discriminant(&found.first) == discriminant(&finding)) {
            Some(found) => found.more += 1,
            None => self.0.push(Found { first: finding, more: 0 }),
        }
    }

    pub(super) fn into_vec(self) -> Vec<Found> {
        self.0
    }
}
