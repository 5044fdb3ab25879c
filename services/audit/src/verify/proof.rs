//! Verifying a proof of single entries, and the mail they speak of: what a partner or a court is given.
//!
//! The file is the JSON of [`Evidence`](crate::evidence::Evidence): a checkpoint, keys, and entries each with the path
//! from its line to the signed root, with salt and body where they were not erased.

use mail_parser::MessageParser;
use serde::Deserialize;
use serde_json::Value;
use sha2::{Digest, Sha256};

use super::outside::Outside;
use crate::entry::{LineRead, commitment};
use crate::merkle::{Hash, leaf_hash, verify_inclusion};
use crate::note::{Note, VerifierKey};
use crate::witness::{Cosigner, cosigned};

/// Why a proof could not be checked at all.
#[derive(Debug, thiserror::Error)]
pub enum ProofError {
    /// It is not the JSON of a proof.
    #[error("read the proof")]
    Json(#[source] serde_json::Error),
    /// A key in it is none.
    #[error("read the proof's keys")]
    Key(#[source] crate::NoteError),
}

#[derive(Deserialize)]
struct File {
    ledger: Ledger,
    entries: Vec<Entry>,
}

#[derive(Deserialize)]
struct Ledger {
    keys: Vec<String>,
    #[serde(default)]
    witness_keys: Vec<String>,
    checkpoint: String,
}

#[derive(Deserialize)]
struct Entry {
    position: u64,
    line: String,
    salt: Option<String>,
    body: Option<String>,
    path: Vec<String>,
}

/// What was found.
#[derive(Clone, Debug, Default)]
pub struct ProofReport {
    /// What is proven, one sentence each.
    pub proven: Vec<String>,
    /// What is wrong.
    pub wrong: Vec<String>,
    /// What a reader must know beside it.
    pub remarks: Vec<String>,
}

impl ProofReport {
    /// Whether everything in the proof is proven.
    pub fn holds(&self) -> bool {
        self.wrong.is_empty() && !self.proven.is_empty()
    }

    /// The result in sentences, the verdict first.
    pub fn sentences(&self) -> Vec<String> {
        let verdict = if self.holds() { "The proof holds." } else { "The proof does NOT hold." };
        let mut said = vec![verdict.to_owned()];
        said.extend(self.wrong.iter().chain(&self.proven).chain(&self.remarks).cloned());
        said
    }
}

/// Verifies a proof; with a mail, also that it is the very mail the proof speaks of. Without keys, those in the file
/// itself are used, which shows only that it agrees with itself.
pub fn verify_proof(
    json: &[u8],
    keys: &[VerifierKey],
    mail: Option<&[u8]>,
    outside: &[Outside],
) -> Result<ProofReport, ProofError> {
    let file: File = serde_json::from_slice(json).map_err(ProofError::Json)?;
    let mut report = ProofReport::default();
    let own: Result<Vec<VerifierKey>, _> = file.ledger.keys.iter().map(|key| key.parse()).collect();
    let own = own.map_err(ProofError::Key)?;
    let keys = if keys.is_empty() {
        report.remarks.push(format!(
            "The key is the proof's own ({}): compare it with the one you were given, or name that with --key.",
            file.ledger.keys.join(", ")
        ));
        own.as_slice()
    } else {
        keys
    };
    let note = file.ledger.checkpoint.parse::<Note>();
    let signed = match note.as_ref().map_err(Clone::clone).and_then(|note| note.open_any(keys)) {
        Ok(signed) => signed,
        Err(error) => {
            report.wrong.push(format!("The checkpoint proves nothing: {error}."));
            return Ok(report);
        }
    };
    report.proven.push(format!(
        "{} signed a ledger of {} entries with root {}.",
        signed.origin,
        signed.size,
        hex::encode(signed.root)
    ));
    for key in &file.ledger.witness_keys {
        let cosigner: Cosigner = key.parse().map_err(ProofError::Key)?;
        if let Some(at) = note.as_ref().ok().and_then(|note| cosigned(note, &cosigner)) {
            report.proven.push(format!(
                "The witness {} saw this ledger no later than {}.",
                cosigner.name(),
                at.human()
            ));
        }
    }
    let kept = |one: &Outside| match one {
        Outside::Note(note) => note.open_any(keys).is_ok_and(|kept| kept == signed),
        Outside::Mail { root, .. } => *root == signed.root,
    };
    if outside.iter().any(kept) {
        report.proven.push("It is the very ledger that the checkpoint or mail kept outside speaks of.".to_owned());
    } else if !outside.is_empty() {
        report.remarks.push(
            "The checkpoint kept outside is of another size; compare it with an export or a mirror (--from)."
                .to_owned(),
        );
    }
    let mut bodies = Vec::new();
    for entry in &file.entries {
        match one(entry, signed.size, &signed.root) {
            Ok((read, body)) => {
                let erased = if body.is_none() { "; what it says was erased" } else { "" };
                report.proven.push(format!(
                    "Entry {}: {} happened {} and is in that ledger{erased}.",
                    entry.position,
                    read.kind,
                    read.occurred_at.human()
                ));
                bodies.extend(body.map(|body| (entry.position, read, body)));
            }
            Err(why) => report.wrong.push(format!("Entry {} is not proven: {why}.", entry.position)),
        }
    }
    if let Some(mail) = mail {
        about_mail(mail, &bodies, &mut report);
    }
    Ok(report)
}

/// Checks one entry; gives its line, and its body unless that was erased.
fn one(entry: &Entry, size: u64, root: &Hash) -> Result<(LineRead, Option<Value>), String> {
    let read: LineRead = entry.line.parse().map_err(|_| "its line is not an entry's".to_owned())?;
    let path: Option<Vec<Hash>> = entry.path.iter().map(|hash| crate::unhex(hash)).collect();
    let path = path.ok_or("its path is not made of hashes")?;
    verify_inclusion(&leaf_hash(entry.line.as_bytes()), entry.position, size, &path, root)
        .map_err(|error| error.to_string())?;
    let (Some(salt), Some(body)) = (&entry.salt, &entry.body) else { return Ok((read, None)) };
    let salt: [u8; crate::SALT_BYTES] = crate::unhex(salt).ok_or("its salt is not 16 bytes")?;
    if commitment(&salt, body) != read.commitment {
        return Err("its content is not what it committed to".to_owned());
    }
    let value = serde_json::from_str(body).map_err(|_| "its content is not JSON")?;
    Ok((read, Some(value)))
}

/// Looks for the try that sent exactly this mail.
fn about_mail(mail: &[u8], bodies: &[(u64, LineRead, Value)], report: &mut ProofReport) {
    let hashes = possible_hashes(mail);
    let sent = bodies.iter().filter(|(_, read, _)| read.kind == "delivery.recorded.v1").find_map(|(at, read, body)| {
        let data = &body["data"];
        let (_, added) = hashes.iter().find(|(hash, _)| data["mail_sha256"] == hash.as_str())?;
        Some((at, read, data, *added))
    });
    let Some((at, read, data, added)) = sent else {
        report
            .wrong
            .push("No try in the proof sent the bytes of this mail: it is another mail, or it was changed.".into());
        return;
    };
    let word = |name: &str| data[name].as_str().unwrap_or("?").to_owned();
    report.proven.push(format!(
        "This mail is, byte for byte, what {} for {} sent in try {} on {}, outcome {}; that stood in the ledger as entry \
         {at} no later than the checkpoint.",
        word("notification_id"),
        word("partner_id"),
        data["attempt"],
        read.occurred_at.human(),
        word("outcome"),
    ));
    if added > 0 {
        report.remarks.push(format!("{added} header lines above it were added by mail servers on the way."));
    }
    if let Some(id) = MessageParser::default().parse(mail).as_ref().and_then(|mail| mail.message_id()) {
        report.remarks.push(format!("Its Message-ID is <{id}>."));
    }
}

/// SHA-256 of the mail as sent, for each number of header lines that servers may have put above it. A mail program may
/// have saved other line ends than those sent.
fn possible_hashes(mail: &[u8]) -> Vec<(String, usize)> {
    let mut sent = Vec::with_capacity(mail.len() + mail.len() / 40);
    for line in mail.split_inclusive(|byte| *byte == b'\n') {
        match line.strip_suffix(b"\n") {
            Some(line) => {
                sent.extend(line.strip_suffix(b"\r").unwrap_or(line));
                sent.extend(b"\r\n");
            }
            None => sent.extend(line),
        }
    }
    let hash = |bytes: &[u8]| hex::encode(Sha256::digest(bytes));
    let mut hashes = vec![(hash(mail), 0)];
    let (mut at, mut lines) = (0, 0);
    for line in sent.split_inclusive(|byte| *byte == b'\n') {
        if line == b"\r\n" || lines > MOST_ADDED {
            break;
        }
        // A line that continues the one above is no place where a mail begins.
        if !line.starts_with(b" ") && !line.starts_with(b"\t") {
            hashes.push((hash(&sent[at..]), lines));
        }
        at += line.len();
        lines += 1;
    }
    hashes
}

/// How many header lines servers may have added; a long way makes some forty.
const MOST_ADDED: usize = 400;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mail_is_known_again_below_what_servers_added_and_with_other_line_ends() {
        let sent = b"From: a\r\nSubject: b\r\n\r\nhello\r\n";
        let wanted = hex::encode(Sha256::digest(sent));
        let saved = b"Return-Path: <x>\nReceived: from y\n\tby z\nFrom: a\nSubject: b\n\nhello\n";
        for (mail, added) in [(sent.as_slice(), 0), (saved.as_slice(), 3)] {
            let hashes = possible_hashes(mail);
            assert!(hashes.contains(&(wanted.clone(), added)), "{hashes:?}");
        }
        assert!(!possible_hashes(b"From: a\r\nSubject: c\r\n\r\nhello\r\n").iter().any(|(hash, _)| *hash == wanted));
    }
}
