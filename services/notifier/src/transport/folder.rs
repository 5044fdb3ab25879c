//! A mailbox folder, Maildir-like: written beside, synced, renamed into `new/`. One file for each delivery, so that a
//! repeat replaces its first copy.

use std::path::{Path, PathBuf};

use domain::delivery::{Outcome, Stage};
use domain::ids::DeliveryId;
use tokio::fs;
use tokio::io::AsyncWriteExt;

use super::Report;

/// A mailbox folder.
#[derive(Clone, Debug)]
pub struct Folder(PathBuf);

impl Folder {
    /// At `path`; made when first needed.
    pub fn new(path: PathBuf) -> Self {
        Self(path)
    }

    /// Where finished mails are.
    pub fn mails(&self) -> PathBuf {
        self.0.join("new")
    }

    pub(super) async fn put(&self, delivery: DeliveryId, bytes: &[u8]) -> Report {
        let name = format!("{delivery}.eml");
        match self.write(&name, bytes).await {
            Ok(()) => Report { outcome: Outcome::Accepted, stage: Stage::Folder, reply: format!("stored as new/{name}") },
            Err(error) => Report { outcome: Outcome::Deferred, stage: Stage::Folder, reply: error.to_string() },
        }
    }

    async fn write(&self, name: &str, bytes: &[u8]) -> std::io::Result<()> {
        let (tmp, new) = (self.0.join("tmp"), self.mails());
        fs::create_dir_all(&tmp).await?;
        fs::create_dir_all(&new).await?;
        let beside = tmp.join(name);
        let mut file = fs::File::create(&beside).await?;
        file.write_all(bytes).await?;
        file.sync_all().await?;
        fs::rename(&beside, new.join(name)).await?;
        sync_folder(&new).await
    }
}

/// A rename is durable when its folder is.
async fn sync_folder(path: &Path) -> std::io::Result<()> {
    fs::File::open(path).await?.sync_all().await
}
