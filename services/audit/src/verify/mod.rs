//! Verifying a ledger: recompute everything from the entries and believe nothing stored beside them.
//!
//! Alone, the database can only show that it agrees with itself: whoever can write everything in it, and has the key,
//! can rewrite history. A checkpoint kept by somebody else (every mail carries one) cannot be rewritten, so with one
//! given, a change, a cut or an older copy put back shows for every entry before it.

//!
//! | Part | Checks |
//! |---|---|
//! | [`verify_ledger`] | the database |
//! | [`verify_folder`] | an export or a mirror, without the database |
//! | [`verify_proof`] | a proof of single entries, with the mail they speak of |

mod finding;
mod folder;
mod outside;
mod proof;
mod walk;

pub use finding::{Finding, Found};
pub use folder::{FolderError, FolderReport, verify_folder};
pub use outside::{Outside, OutsideError};
pub use proof::{ProofError, ProofReport, verify_proof};
pub use walk::{Walk, Walked};

use std::time::Duration;

use bus::Consumer as _;
use domain::Timestamp;
use store::{Db, Tx, ledger, outbox};

use crate::OnEveryEvent;
use crate::ledger::HEIGHT;
use crate::merkle::{Hash, NodeId};
use crate::note::VerifierKey;

/// How many entries are read at once.
const PAGE: i64 = 10_000;
/// How old a fact must be before it must have an entry.
pub const SETTLED_AFTER: Duration = Duration::from_secs(60);
/// How many facts without an entry are looked at.
const MISSING: i64 = 1_000;

/// What verification says.
#[derive(Clone, Debug)]
pub struct Verification {
    /// The entries and their checkpoints.
    pub walked: Walked,
    /// Facts older than [`SETTLED_AFTER`] that have no entry yet and never had one (at most 1,000 are counted): the
    /// ledger is behind, which is no damage.
    pub behind: usize,
    /// Facts that could not be entered and wait for an operator.
    pub parked: usize,
    /// Whether a checkpoint from outside was given.
    pub outside: bool,
}

impl Verification {
    /// Whether the ledger is whole.
    pub fn holds(&self) -> bool {
        self.walked.findings.is_empty()
    }

    /// The result in sentences, the verdict first.
    pub fn sentences(&self) -> Vec<String> {
        let Walked { entries, root, checkpoints, erased, findings } = &self.walked;
        let verdict = if self.holds() { "The ledger holds" } else { "The ledger does NOT hold" };
        let mut said =
            vec![format!("{verdict}: {entries} entries, {checkpoints} checkpoints, root {}.", hex::encode(root))];
        said.extend(findings.iter().map(Found::sentence));
        if *erased > 0 {
            said.push(format!("The content of {erased} entries was erased; their place and time stay proven."));
        }
        if self.behind > 0 {
            said.push(format!("{} recorded facts wait to be entered.", self.behind));
        }
        if self.parked > 0 {
            said.push(format!("{} recorded facts could not be entered and are parked.", self.parked));
        }
        if !self.outside {
            said.push(
                "No checkpoint from outside was given, so this shows only that the database agrees with itself. \
                 Take one from any mail that was sent."
                    .to_owned(),
            );
        }
        said
    }
}

/// Verifies the ledger in a database, as of one moment, and compares it with what was kept outside.
pub async fn verify_ledger(
    db: &Db,
    now: Timestamp,
    keys: &[VerifierKey],
    outside: &[Outside],
) -> Result<Verification, store::Error> {
    let mut tx = db.read().await?;
    let mut walk = Walk::new(keys, outside);
    loop {
        let entries = ledger::entries(&mut tx, walk.next(), PAGE).await?;
        let Some(last) = entries.last() else { break };
        let checkpoints = ledger::checkpoints_between(&mut tx, walk.next(), last.entry.position + 1).await?;
        let computed = walk.page(&entries, &checkpoints);
        compare_subtrees(&mut tx, &mut walk, &computed).await?;
        let ids: Vec<_> = entries.iter().map(|row| row.entry.event_id).collect();
        let records = outbox::find_all(&mut tx, &ids).await?;
        walk.records(&entries, records);
    }
    let missing = ledger::missing(&mut tx, OnEveryEvent::NAME, now.minus(SETTLED_AFTER), MISSING).await?;
    for fact in missing.iter().filter(|fact| fact.handled && !fact.parked) {
        walk.add(Finding::Vanished { event_id: fact.id, occurred_at: fact.occurred_at });
    }
    let head = ledger::size(&mut tx).await?;
    let (_, beyond) = ledger::checkpoints_beyond(&mut tx, walk.next()).await?;
    let subtrees = ledger::node_count(&mut tx).await?;
    tx.commit().await?;
    Ok(Verification {
        walked: walk.finish(head, beyond, subtrees),
        behind: missing.iter().filter(|fact| !fact.handled).count(),
        parked: missing.iter().filter(|fact| fact.parked).count(),
        outside: !outside.is_empty(),
    })
}

async fn compare_subtrees(tx: &mut Tx, walk: &mut Walk<'_>, computed: &[(NodeId, Hash)]) -> Result<(), store::Error> {
    for level in (1..u64::BITS / HEIGHT).map(|tile| tile * HEIGHT) {
        let of_level: Vec<_> = computed.iter().filter(|(node, _)| node.level == level).copied().collect();
        let (Some((first, _)), Some((last, _))) = (of_level.first(), of_level.last()) else { break };
        let place = |index: u64| i64::try_from(index).unwrap_or(i64::MAX);
        let (from, until) = (place(first.index), place(last.index + 1));
        let stored = ledger::nodes(tx, level.into(), from, until).await?;
        walk.subtrees(&of_level, &stored);
    }
    Ok(())
}
