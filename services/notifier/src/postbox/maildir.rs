//! What came back is found in a Maildir: read, recorded, and then moved from `new` to `cur`. A crash between the two finds
//! it again, and recording it again changes nothing.

use std::io;
use std::path::Path;

use tokio::fs;

use super::classify::{has_null_sender, recipients};
use super::{Addressed, MOST_BYTES, Postbox, Taken};

/// The most mails that are taken at one look.
const MOST: usize = 500;

/// Why a folder could not be emptied.
#[derive(Debug, thiserror::Error)]
pub enum EmptyError {
    /// The folder cannot be read, or its mails moved.
    #[error("read the folder of what came back")]
    Folder(#[from] io::Error),
    /// The database failed.
    #[error("record what came back")]
    Store(#[from] store::Error),
}

impl Postbox {
    /// Takes what lies in the folder; gives how many mails were done with.
    pub async fn empty(&self, folder: &Path) -> Result<usize, EmptyError> {
        let (new, cur) = (folder.join("new"), folder.join("cur"));
        let mut names = Vec::new();
        let mut entries = fs::read_dir(&new).await?;
        while let Some(entry) = entries.next_entry().await? {
            let hidden = entry.file_name().to_string_lossy().starts_with('.');
            if !hidden && entry.file_type().await?.is_file() {
                names.push(entry.file_name());
            }
            if names.len() >= MOST {
                break;
            }
        }
        names.sort();
        fs::create_dir_all(&cur).await?;
        let mut done = 0;
        for name in names {
            let file = new.join(&name);
            let long = fs::metadata(&file).await?.len() > MOST_BYTES as u64;
            let taken = if long { Taken::TooLong } else { self.of_file(&fs::read(&file).await?).await? };
            if taken.note() == Taken::Later {
                continue;
            }
            let mut seen = name;
            seen.push(":2,S");
            fs::rename(&file, cur.join(seen)).await?;
            done += 1;
        }
        Ok(done)
    }

    /// One mail. Whom it came to is what its headers say: only the signature of an address counts.
    async fn of_file(&self, bytes: &[u8]) -> Result<Taken, store::Error> {
        let mut desk = None;
        let mut not_ours = Taken::Foreign;
        for to in recipients(bytes) {
            match self.address(&to) {
                Ok(to @ (Addressed::Delivery(_) | Addressed::Notice(_))) => {
                    return self.take(to, has_null_sender(bytes), bytes).await;
                }
                Ok(to @ Addressed::Desk) => desk = Some(to),
                Err(Taken::Foreign) => {}
                Err(bad) => not_ours = bad,
            }
        }
        match desk {
            Some(to) => self.take(to, has_null_sender(bytes), bytes).await,
            None => Ok(not_ours),
        }
    }
}
