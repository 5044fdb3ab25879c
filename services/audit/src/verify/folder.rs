//! Verifying an export or a mirror: files alone, no database, no network.

use std::collections::{HashMap, HashSet};
use std::io::{BufRead as _, BufReader, ErrorKind};
use std::path::{Path, PathBuf};

use serde::Deserialize;

use super::finding::{Finding, Findings, Found};
use super::outside::{Anchors, Outside};
use crate::entry::{LineRead, commitment};
use crate::layout::{Holds, TileName};
use crate::ledger::HEIGHT;
use crate::merkle::{Frontier, Hash, NodeId, leaf_hash};
use crate::note::{Note, VerifierKey};

/// Why a folder could not be checked at all.
#[derive(Debug, thiserror::Error)]
pub enum FolderError {
    /// A file cannot be read.
    #[error("read {0}")]
    File(PathBuf, #[source] std::io::Error),
    /// The checkpoint is none.
    #[error("read the checkpoint {0}")]
    Checkpoint(PathBuf, #[source] crate::NoteError),
    /// A line of the contents is none.
    #[error("read line {1} of {0}")]
    Contents(PathBuf, usize),
}

/// What was found in a folder.
#[derive(Clone, Debug)]
pub struct FolderReport {
    /// How many entries it has.
    pub entries: u64,
    /// Their root.
    pub root: Hash,
    /// How many checkpoints were compared: the newest, and in a mirror those of before.
    pub checkpoints: usize,
    /// How many contents were compared with what their entries committed to.
    pub contents: usize,
    /// Whether something from outside was given.
    pub outside: bool,
    /// What cannot be.
    pub findings: Vec<Found>,
}

impl FolderReport {
    /// Whether the ledger is whole.
    pub fn holds(&self) -> bool {
        self.findings.is_empty()
    }

    /// The result in sentences, the verdict first.
    pub fn sentences(&self) -> Vec<String> {
        let Self { entries, root, checkpoints, contents, outside, findings } = self;
        let verdict = if self.holds() { "The ledger holds" } else { "The ledger does NOT hold" };
        let root = hex::encode(root);
        let mut said =
            vec![format!("{verdict}: {entries} entries, {checkpoints} checkpoints, {contents} contents, root {root}.")];
        said.extend(findings.iter().map(Found::sentence));
        if !outside {
            said.push(
                "Nothing from outside was given, so this shows only that the files agree with each other and with \
                 their signature. Give a checkpoint or a mail that somebody else kept."
                    .to_owned(),
            );
        }
        said
    }
}

/// Opens what one entry committed to.
#[derive(Deserialize)]
struct Content {
    position: u64,
    salt: String,
    body: String,
}

struct Folder<'a> {
    path: &'a Path,
    findings: Findings,
}

impl Folder<'_> {
    fn read(&self, name: &str) -> Result<Option<Vec<u8>>, FolderError> {
        let path = self.path.join(name);
        match std::fs::read(&path) {
            Ok(bytes) => Ok(Some(bytes)),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(FolderError::File(path, error)),
        }
    }

    fn bad(&mut self, path: String, why: &'static str) {
        self.findings.add(Finding::File { path, why });
    }

    fn note(&self, name: &str) -> Result<Option<Note>, FolderError> {
        let Some(bytes) = self.read(name)? else { return Ok(None) };
        let parsed = String::from_utf8_lossy(&bytes).parse();
        parsed.map(Some).map_err(|error| FolderError::Checkpoint(self.path.join(name), error))
    }

    /// Every checkpoint that a mirror saw before.
    fn earlier(&self) -> Result<Vec<Outside>, FolderError> {
        let folder = self.path.join("checkpoints");
        let names = match std::fs::read_dir(&folder) {
            Ok(names) => names,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(FolderError::File(folder, error)),
        };
        let mut notes = Vec::new();
        for name in names {
            let name = name.map_err(|error| FolderError::File(folder.clone(), error))?.file_name();
            notes.extend(self.note(&format!("checkpoints/{}", name.to_string_lossy()))?.map(Outside::Note));
        }
        Ok(notes)
    }
}

/// Verifies an export or a mirror and compares it with what was kept outside.
pub fn verify_folder(path: &Path, keys: &[VerifierKey], outside: &[Outside]) -> Result<FolderReport, FolderError> {
    let mut folder = Folder { path, findings: Findings::default() };
    let signed = match folder.note("checkpoint")?.map(|note| note.open_any(keys)) {
        Some(Ok(checkpoint)) => Some(checkpoint),
        Some(Err(error)) => {
            folder.findings.add(Finding::Signature { size: 0, error });
            None
        }
        None => None,
    };
    let earlier = folder.earlier()?;
    let all: Vec<Outside> = outside.iter().chain(&earlier).cloned().collect();
    let mut anchors = Anchors::new(&all, keys, &mut folder.findings);
    let size = signed.as_ref().map_or(0, |checkpoint| checkpoint.size);

    let mut tree = Frontier::new();
    let mut above: HashMap<NodeId, Hash> = HashMap::new();
    let mut leaves: Vec<Hash> = Vec::new();
    let mut commitments: Vec<Hash> = Vec::new();
    let mut seen = HashSet::new();
    anchors.compare(0, || tree.root(), &mut folder.findings);
    for tile in TileName::all(size).filter(|tile| tile.holds == Holds::Entries) {
        let name = format!("tile/{tile}");
        let Some(bytes) = folder.read(&name)? else {
            folder.bad(name, "is missing");
            continue;
        };
        let (lines, rest) = entries(&bytes);
        if lines.len() as u64 != tile.width || !rest {
            folder.bad(name, "does not have the entries that the checkpoint covers");
        }
        for line in lines {
            let position = i64::try_from(tree.size()).unwrap_or(i64::MAX);
            match std::str::from_utf8(line).ok().and_then(|text| text.parse::<LineRead>().ok()) {
                Some(read) if !seen.insert(read.event_id) => {
                    folder.findings.add(Finding::Twice { position, event_id: read.event_id });
                    commitments.push(read.commitment);
                }
                Some(read) => commitments.push(read.commitment),
                None => {
                    folder.findings.add(Finding::Entry { position });
                    commitments.push([0; 32]);
                }
            }
            let leaf = leaf_hash(line);
            leaves.push(leaf);
            above.extend(tree.push(leaf).into_iter().filter(|(node, _)| node.level % HEIGHT == 0));
            anchors.compare(tree.size(), || tree.root(), &mut folder.findings);
        }
    }
    let count = i64::try_from(tree.size()).unwrap_or(i64::MAX);
    anchors.finish(count, &mut folder.findings);
    if let Some(checkpoint) = &signed
        && (checkpoint.size != tree.size() || checkpoint.root != tree.root())
    {
        folder.findings.add(Finding::Root { size: i64::try_from(checkpoint.size).unwrap_or(i64::MAX) });
    }
    hashes(&mut folder, size, &leaves, &above)?;
    let contents = contents(&mut folder, &commitments)?;
    Ok(FolderReport {
        entries: tree.size(),
        root: tree.root(),
        checkpoints: usize::from(signed.is_some()) + earlier.len(),
        contents,
        outside: !outside.is_empty(),
        findings: folder.findings.into_vec(),
    })
}

/// Compares the tiles of hashes with the entries.
fn hashes(
    folder: &mut Folder<'_>,
    size: u64,
    leaves: &[Hash],
    above: &HashMap<NodeId, Hash>,
) -> Result<(), FolderError> {
    for tile in TileName::all(size) {
        let Holds::Hashes(level) = tile.holds else { continue };
        let name = format!("tile/{tile}");
        let Some(bytes) = folder.read(&name)? else {
            folder.bad(name, "is missing");
            continue;
        };
        let first = tile.number * 256;
        let expected = (first..first + tile.width).map(|index| match level {
            0 => usize::try_from(index).ok().and_then(|index| leaves.get(index)),
            _ => above.get(&NodeId { level: level * HEIGHT, index }),
        });
        let expected: Option<Vec<Hash>> = expected.map(|hash| hash.copied()).collect();
        if expected.is_none_or(|expected| expected.concat() != bytes) {
            folder.bad(name, "does not have the hashes of its entries");
        }
    }
    Ok(())
}

/// Compares contents, where there are any, with what their entries committed to.
fn contents(folder: &mut Folder<'_>, commitments: &[Hash]) -> Result<usize, FolderError> {
    let path = folder.path.join("contents.jsonl");
    let file = match std::fs::File::open(&path) {
        Ok(file) => file,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(0),
        Err(error) => return Err(FolderError::File(path, error)),
    };
    let mut count = 0;
    for (number, line) in (1..).zip(BufReader::new(file).lines()) {
        let line = line.map_err(|error| FolderError::File(path.clone(), error))?;
        let unreadable = || FolderError::Contents(path.clone(), number);
        let content: Content = serde_json::from_str(&line).map_err(|_| unreadable())?;
        let salt: [u8; crate::SALT_BYTES] = crate::unhex(&content.salt).ok_or_else(unreadable)?;
        let at = usize::try_from(content.position).ok().and_then(|at| commitments.get(at));
        if at != Some(&commitment(&salt, &content.body)) {
            let position = i64::try_from(content.position).unwrap_or(i64::MAX);
            folder.findings.add(Finding::Content { position });
        }
        count += 1;
    }
    Ok(count)
}

/// The entries of a bundle, and whether it ends with the last of them.
fn entries(mut bytes: &[u8]) -> (Vec<&[u8]>, bool) {
    let mut lines = Vec::new();
    while let Some((length, rest)) = bytes.split_first_chunk::<2>() {
        let length = usize::from(u16::from_be_bytes(*length));
        if rest.len() < length {
            return (lines, false);
        }
        let (line, rest) = rest.split_at(length);
        lines.push(line);
        bytes = rest;
    }
    (lines, bytes.is_empty())
}
