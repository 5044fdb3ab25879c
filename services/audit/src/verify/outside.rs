//! What somebody else kept: a checkpoint, or a mail with the root it carried.

use std::collections::BTreeSet;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use mail_parser::MessageParser;

use super::finding::{Finding, Findings};
use crate::merkle::Hash;
use crate::note::{Note, VerifierKey};

/// What the ledger is compared with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outside {
    /// A signed checkpoint.
    Note(Note),
    /// The root that a mail carried, and the numbers that stand near it: one of them is the size. A mail is its own
    /// witness; whoever kept it knows that it was not changed.
    Mail {
        /// The root.
        root: Hash,
        /// The numbers in the mail.
        sizes: BTreeSet<u64>,
    },
}

/// The file holds neither.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("neither a checkpoint nor a mail with a root in it")]
pub struct OutsideError;

impl Outside {
    /// Reads a checkpoint or a saved mail.
    pub fn read(bytes: &[u8]) -> Result<Self, OutsideError> {
        if let Some(note) = std::str::from_utf8(bytes).ok().and_then(|text| text.parse().ok()) {
            return Ok(Self::Note(note));
        }
        let mail = MessageParser::default().parse(bytes).ok_or(OutsideError)?;
        let text = mail.body_text(0).ok_or(OutsideError)?;
        let words = || text.split(|c: char| c.is_whitespace() || matches!(c, '.' | ',' | ';' | ':' | '\u{a0}'));
        // The root is printed as in the checkpoint: 32 bytes in base64, and nothing else in a mail looks like that.
        let root = words().filter(|word| word.len() == 44).find_map(|word| BASE64.decode(word).ok()?.try_into().ok());
        let sizes = words().filter_map(|word| word.parse().ok()).collect();
        Ok(Self::Mail { root: root.ok_or(OutsideError)?, sizes })
    }
}

/// What is still to be met on a walk from the first entry to the last.
#[derive(Clone, Debug, Default)]
pub(super) struct Anchors(Vec<(Hash, BTreeSet<u64>)>);

impl Anchors {
    pub(super) fn new(outside: &[Outside], keys: &[VerifierKey], findings: &mut Findings) -> Self {
        let mut anchors = Vec::new();
        for one in outside {
            match one {
                Outside::Mail { root, sizes } => anchors.push((*root, sizes.clone())),
                Outside::Note(note) => match note.open_any(keys) {
                    Ok(checkpoint) => anchors.push((checkpoint.root, BTreeSet::from([checkpoint.size]))),
                    Err(error) => findings.add(Finding::OutsideSignature { error }),
                },
            }
        }
        Self(anchors)
    }

    /// At `size` entries: what matches is met; what can match no later is a finding.
    pub(super) fn compare(&mut self, size: u64, root: impl Fn() -> Hash, findings: &mut Findings) {
        self.0.retain(|(wanted, sizes)| {
            if !sizes.contains(&size) {
                return true;
            }
            if *wanted == root() {
                return false;
            }
            let more = sizes.range(size + 1..).next().is_some();
            if !more {
                findings.add(Finding::OutsideRoot { size });
            }
            more
        });
    }

    /// After the last entry.
    pub(super) fn finish(&mut self, entries: i64, findings: &mut Findings) {
        for (_, sizes) in std::mem::take(&mut self.0) {
            findings.add(Finding::OutsideCut { entries, signed: sizes.last().copied().unwrap_or(0) });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_root_of_a_mail_is_found_in_whatever_language_it_is_written() {
        let mail = "Subject: x\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n\
            TOC-2026-000001, 12 cm\r\nRegistre =C3=A0 l=E2=80=99envoi : 12345 entr=C3=A9es, racine\r\n\
            BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc=3D. Gardez ce message.\r\n";
        let Ok(Outside::Mail { root, sizes }) = Outside::read(mail.as_bytes()) else { panic!("a mail") };
        assert_eq!(root, [7; 32]);
        assert!(sizes.contains(&12_345) && sizes.contains(&12));
        assert_eq!(Outside::read(b"Subject: x\r\n\r\nhello\r\n"), Err(OutsideError));
    }
}
