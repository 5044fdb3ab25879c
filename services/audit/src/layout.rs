//! The ledger as files (C2SP tlog-tiles): what the server serves, a mirror copies, an export holds and the verifier
//! reads.
//!
//! ```text
//! checkpoint                 the newest signed root, cosignatures below it
//! keys                       the verifier keys, one a line
//! tile/0/000                 256 hashes of entries
//! tile/0/x001/234.p/17       17 hashes of a tile that is not full yet
//! tile/1/000                 256 hashes of full tiles of level 0
//! tile/entries/000           256 entries, each after its length in two bytes
//! contents.jsonl             exports only: what entries commit to, one JSON object a line
//! checkpoints/1234           mirrors only: every checkpoint that was ever seen
//! ```

use std::fmt;
use std::str::FromStr;

use store::{Tx, ledger};

use crate::entry::Line;
use crate::ledger::{HEIGHT, WIDTH, counted, stored};

/// What a tile holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Holds {
    /// Hashes of a level of tiles.
    Hashes(u32),
    /// Entries.
    Entries,
}

/// The name of a tile below `tile/`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TileName {
    /// What it holds.
    pub holds: Holds,
    /// Its number within its level.
    pub number: u64,
    /// How many hashes or entries it has: 256 if it is full.
    pub width: u64,
}

impl fmt::Display for TileName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.holds {
            Holds::Hashes(level) => write!(f, "{level}")?,
            Holds::Entries => f.write_str("entries")?,
        }
        let mut parts = vec![format!("{:03}", self.number % 1000)];
        let mut rest = self.number / 1000;
        while rest > 0 {
            parts.push(format!("x{:03}", rest % 1000));
            rest /= 1000;
        }
        for part in parts.iter().rev() {
            write!(f, "/{part}")?;
        }
        if self.width < WIDTH { write!(f, ".p/{}", self.width) } else { Ok(()) }
    }
}

/// Not the name of a tile.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NoTile;

impl FromStr for TileName {
    type Err = NoTile;
    fn from_str(text: &str) -> Result<Self, NoTile> {
        let (kind, rest) = text.split_once('/').ok_or(NoTile)?;
        let holds = match kind {
            "entries" => Holds::Entries,
            level => Holds::Hashes(level.parse().map_err(|_| NoTile)?),
        };
        let (number, width) = match rest.split_once(".p/") {
            Some((number, width)) => (number, width.parse().map_err(|_| NoTile)?),
            None => (rest, WIDTH),
        };
        let mut value = 0_u64;
        for part in number.split('/') {
            let digits = part.strip_prefix('x').unwrap_or(part);
            let part: u64 = digits.parse().map_err(|_| NoTile)?;
            value = value.checked_mul(1000).and_then(|value| value.checked_add(part)).ok_or(NoTile)?;
        }
        let name = Self { holds, number: value, width };
        // One spelling only: the name is also a cache's key.
        let fits = value < 1 << 54 && matches!(holds, Holds::Entries | Holds::Hashes(0..=7));
        if fits && name.width >= 1 && name.to_string() == text { Ok(name) } else { Err(NoTile) }
    }
}

impl TileName {
    /// Every tile of a tree of `size` entries: entries first, then hashes from the leaves upwards.
    pub fn all(size: u64) -> impl Iterator<Item = Self> {
        let of = move |holds, count: u64| {
            (0..count.div_ceil(WIDTH)).map(move |number| Self {
                holds,
                number,
                width: WIDTH.min(count - number * WIDTH),
            })
        };
        let levels = (0..8).map(move |level| (level, size >> (level * HEIGHT))).take_while(|(_, count)| *count > 0);
        of(Holds::Entries, size).chain(levels.flat_map(move |(level, count)| of(Holds::Hashes(level), count)))
    }

    /// The bytes of the tile as the database has them; short or empty if something is missing there.
    pub async fn read(self, tx: &mut Tx) -> Result<Vec<u8>, store::Error> {
        let from = stored(self.number * WIDTH);
        let until = from + stored(self.width);
        let mut bytes = Vec::new();
        match self.holds {
            Holds::Hashes(level) => {
                for row in ledger::nodes(tx, (level * HEIGHT).into(), from, until).await? {
                    bytes.extend(row.hash);
                }
            }
            Holds::Entries => {
                let rows = ledger::entries(tx, from, until - from).await?;
                for row in rows.iter().filter(|row| row.entry.position < until) {
                    let line = Line::from(&row.entry).text();
                    let length = u16::try_from(line.len()).unwrap_or(u16::MAX);
                    bytes.extend(length.to_be_bytes());
                    bytes.extend(line.as_bytes().iter().take(length.into()));
                }
            }
        }
        Ok(bytes)
    }

    /// Whether a tree of `size` entries has this much of the tile.
    pub fn is_within(self, size: i64) -> bool {
        let level = match self.holds {
            Holds::Hashes(level) => level,
            Holds::Entries => 0,
        };
        self.number * WIDTH + self.width <= counted(size) >> (level * HEIGHT)
    }
}

/// The newest checkpoint as it is published: the note, and below it what witnesses signed.
pub async fn checkpoint(tx: &mut Tx) -> Result<Option<String>, store::Error> {
    let Some(latest) = ledger::latest_checkpoint(tx).await? else { return Ok(None) };
    Ok(Some(with_cosignatures(tx, latest.size, latest.note).await?))
}

/// A checkpoint with what witnesses signed below it.
pub async fn with_cosignatures(tx: &mut Tx, size: i64, mut note: String) -> Result<String, store::Error> {
    for row in ledger::cosignatures(tx, size).await? {
        note.push_str(&row.line);
        note.push('\n');
    }
    Ok(note)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_those_of_the_specification_and_have_one_spelling() {
        let name = |holds, number, width| TileName { holds, number, width };
        for (text, tile) in [
            ("0/000", name(Holds::Hashes(0), 0, 256)),
            ("1/067.p/12", name(Holds::Hashes(1), 67, 12)),
            ("0/x001/x234/067", name(Holds::Hashes(0), 1_234_067, 256)),
            ("entries/x001/x234/067.p/255", name(Holds::Entries, 1_234_067, 255)),
        ] {
            assert_eq!(tile.to_string(), text);
            assert_eq!(text.parse(), Ok(tile));
        }
        for bad in [
            "",
            "0",
            "0/1",
            "0/0000",
            "0/x000/001",
            "0/000.p/0",
            "0/000.p/256",
            "8/000",
            "00/000",
            "0/000/",
            "x/000",
            "0/+00",
            "0/000.p/007",
        ] {
            assert_eq!(bad.parse::<TileName>(), Err(NoTile), "{bad}");
        }
    }

    #[test]
    fn the_tiles_of_a_size_are_those_of_the_specifications_example() {
        let tiles: Vec<_> = TileName::all(70_000).collect();
        let of = |holds| tiles.iter().filter(|tile| tile.holds == holds).map(|tile| tile.width).collect::<Vec<_>>();
        assert_eq!((of(Holds::Hashes(0)).len(), of(Holds::Hashes(0)).last()), (274, Some(&112)));
        assert_eq!(of(Holds::Hashes(1)), [256, 17]);
        assert_eq!(of(Holds::Hashes(2)), [1]);
        assert_eq!(of(Holds::Entries).len(), 274);
        assert_eq!(
            TileName::all(256).filter(|tile| tile.holds == Holds::Hashes(1)).map(|tile| tile.width).sum::<u64>(),
            1
        );
        assert_eq!(TileName::all(0).count(), 0);
    }
}
