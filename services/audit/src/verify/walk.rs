//! The pure part: one walk over all entries, in order.

use std::collections::HashMap;

use domain::ids::EventId;
use store::ledger::{CheckpointRow, EntryAndContent, EntryRow, NodeRow};
use store::outbox::OutboxRow;

use super::finding::{Finding, Findings, Found};
use super::outside::{Anchors, Outside};
use crate::entry::{self, Line};
use crate::ledger::HEIGHT;
use crate::merkle::{Frontier, Hash, NodeId};
use crate::note::{Note, VerifierKey};

/// Recomputes a ledger from its entries. Pages of any size are handed over in order of position.
#[derive(Debug)]
pub struct Walk<'a> {
    keys: &'a [VerifierKey],
    outside: Anchors,
    tree: Frontier,
    /// One past the last position seen; more than the tree's size as soon as one is missing.
    next: i64,
    signed_to: i64,
    /// From the first gap on no subtree stands where it stood.
    shifted: bool,
    checkpoints: i64,
    erased: i64,
    findings: Findings,
}

/// The end of a walk.
#[derive(Clone, Debug)]
pub struct Walked {
    /// How many entries there are.
    pub entries: i64,
    /// Their root.
    pub root: Hash,
    /// How many checkpoints were compared.
    pub checkpoints: i64,
    /// How many entries have no content any more.
    pub erased: i64,
    /// What cannot be.
    pub findings: Vec<Found>,
}

impl<'a> Walk<'a> {
    /// Before the first entry. `outside` is what somebody else kept.
    pub fn new(keys: &'a [VerifierKey], outside: &[Outside]) -> Self {
        let mut walk = Self {
            keys,
            outside: Anchors::default(),
            tree: Frontier::new(),
            next: 0,
            signed_to: 0,
            shifted: false,
            checkpoints: 0,
            erased: 0,
            findings: Findings::default(),
        };
        walk.outside = Anchors::new(outside, keys, &mut walk.findings);
        walk.compare_outside();
        walk
    }

    /// One past the last position seen.
    pub fn next(&self) -> i64 {
        self.next
    }

    /// The next entries, and the stored checkpoints of sizes above [`Walk::next`] up to one past the last of them.
    /// Gives the stored kind of subtrees that became complete; none once an entry is missing.
    pub fn page(&mut self, entries: &[EntryAndContent], checkpoints: &[CheckpointRow]) -> Vec<(NodeId, Hash)> {
        let mut checkpoints = checkpoints.iter().peekable();
        let mut completed = Vec::new();
        for EntryAndContent { entry, content } in entries {
            self.place(entry);
            let leaf = self.leaf(entry);
            match content {
                Some((salt, body)) if entry::commitment(salt, body) != *entry.commitment => {
                    self.findings.add(Finding::Content { position: entry.position });
                }
                Some(_) => {}
                None => self.erased += 1,
            }
            let nodes = self.tree.push(leaf);
            if !self.shifted {
                completed.extend(nodes.into_iter().filter(|(node, _)| node.level % HEIGHT == 0));
            }
            self.compare_outside();
            while let Some(row) = checkpoints.next_if(|row| row.size <= self.next) {
                self.checkpoint(row);
            }
        }
        completed
    }

    fn place(&mut self, entry: &EntryRow) {
        if entry.position < self.next {
            self.shifted = true;
            self.findings.add(Finding::Misplaced { position: entry.position });
            return;
        }
        if entry.position > self.next {
            self.shifted = true;
            self.findings.add(Finding::Gap { from: self.next, to: entry.position - 1 });
        }
        self.next = entry.position + 1;
    }

    /// The hash of the line, whatever the row says it is.
    fn leaf(&mut self, entry: &EntryRow) -> Hash {
        let line = Line {
            event_id: entry.event_id,
            kind: &entry.kind,
            occurred_at: entry.occurred_at,
            case_id: entry.case_id,
            commitment: &entry.commitment,
        };
        let leaf = line.leaf();
        if leaf != *entry.leaf {
            self.findings.add(Finding::Entry { position: entry.position });
        }
        leaf
    }

    fn checkpoint(&mut self, row: &CheckpointRow) {
        self.checkpoints += 1;
        self.signed_to = row.size;
        match row.note.parse::<Note>().and_then(|note| note.open_any(self.keys)) {
            Err(error) => self.findings.add(Finding::Signature { size: row.size, error }),
            Ok(said) if i64::try_from(said.size) != Ok(row.size) || said.root != *row.root => {
                self.findings.add(Finding::Checkpoint { size: row.size });
            }
            Ok(said) if said.root != self.tree.root() => self.findings.add(Finding::Root { size: row.size }),
            Ok(_) => {}
        }
    }

    fn compare_outside(&mut self) {
        let size = u64::try_from(self.next).unwrap_or(0);
        self.outside.compare(size, || self.tree.root(), &mut self.findings);
    }

    /// Compares stored subtree hashes of one level and range with those that [`Walk::page`] gave.
    pub fn subtrees(&mut self, computed: &[(NodeId, Hash)], stored: &[NodeRow]) {
        let stored: HashMap<_, _> = stored.iter().map(|row| ((row.level, row.position), &row.hash)).collect();
        for (node, hash) in computed {
            let name = (i64::from(node.level), i64::try_from(node.index).unwrap_or(i64::MAX));
            if stored.get(&name).is_none_or(|found| found.as_slice() != hash) {
                self.findings.add(Finding::Subtree { level: node.level, index: node.index });
            }
        }
    }

    /// Compares entries with the facts that services recorded.
    pub fn records(&mut self, entries: &[EntryAndContent], records: Vec<OutboxRow>) {
        let mut records: HashMap<EventId, OutboxRow> = records.into_iter().map(|row| (row.id, row)).collect();
        for EntryAndContent { entry, content } in entries {
            let (position, event_id) = (entry.position, entry.event_id);
            let Some(record) = records.remove(&event_id) else {
                self.findings.add(Finding::Unrecorded { position, event_id });
                continue;
            };
            let same_line =
                record.kind == entry.kind && record.case_id == entry.case_id && record.occurred_at == entry.occurred_at;
            let same_body = content.as_ref().is_none_or(|(_, body)| *body == entry::body(&record.into_envelope()));
            if !(same_line && same_body) {
                self.findings.add(Finding::Record { position, event_id });
            }
        }
    }

    /// What else was found, beside the entries.
    pub fn add(&mut self, finding: Finding) {
        self.findings.add(finding);
    }

    /// After the last entry. `head` is the recorded size, `beyond` the largest size of a checkpoint past the end, and
    /// `subtrees` the number of stored subtree hashes.
    pub fn finish(mut self, head: i64, beyond: Option<i64>, subtrees: i64) -> Walked {
        let entries = i64::try_from(self.tree.size()).unwrap_or(i64::MAX);
        if let Some(signed) = beyond {
            self.findings.add(Finding::Cut { entries, signed });
        }
        self.outside.finish(entries, &mut self.findings);
        if self.signed_to < self.next {
            self.findings.add(Finding::Unsigned { from: self.signed_to });
        }
        if head != entries {
            self.findings.add(Finding::Head { entries, head });
        }
        let levels = (1..u64::BITS / HEIGHT).map(|tile| tile * HEIGHT);
        let expected: u64 = levels.map(|level| self.tree.size() >> level).sum();
        let more = subtrees.saturating_sub_unsigned(expected);
        if more > 0 {
            self.findings.add(Finding::Subtrees { more });
        }
        Walked {
            entries,
            root: self.tree.root(),
            checkpoints: self.checkpoints,
            erased: self.erased,
            findings: self.findings.into_vec(),
        }
    }
}
