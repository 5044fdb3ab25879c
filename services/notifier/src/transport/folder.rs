//! A mailbox folder, Maildir-like: written beside, synced, renamed into `new/`. One file for each delivery, so that a
//! repeat replaces its first copy and no reader ever sees half a mail.

use std::path::{Path, PathBuf};

use domain::delivery::{Outcome, Stage};
use domain::ids::DeliveryId;
use tokio::fs;
use tokio::io::AsyncWriteExt;

use super::{Fault, Report};

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

    /// The file of a delivery's mail.
    pub fn file(&self, delivery: DeliveryId) -> PathBuf {
        self.mails().join(format!("{delivery}.eml"))
    }

    pub(super) async fn put(&self, delivery: DeliveryId, bytes: &[u8]) -> Report {
        let (outcome, reply, fault) = match self.write(delivery, bytes).await {
            Ok(()) => (Outcome::Accepted, format!("stored as new/{delivery}.eml"), Fault::Recipient),
            Err(error) => (Outcome::Deferred, error.to_string(), Fault::Ours),
        };
        Report { outcome, stage: Stage::Folder, reply: Some(reply), fault }
    }

    /// Writes a file beside the mails and removes it.
    pub(super) async fn check(&self) -> Result<(), Report> {
        let (tmp, probe) = (self.0.join("tmp"), self.0.join("tmp/probe"));
        let written = async {
            fs::create_dir_all(&tmp).await?;
            fs::write(&probe, b"probe").await?;
            fs::remove_file(&probe).await
        };
        let failed = |error: std::io::Error| Report {
            outcome: Outcome::Deferred,
            stage: Stage::Folder,
            reply: Some(error.to_string()),
            fault: Fault::Ours,
        };
        written.await.map_err(failed)
    }

    async fn write(&self, delivery: DeliveryId, bytes: &[u8]) -> std::io::Result<()> {
        let (tmp, new) = (self.0.join("tmp"), self.mails());
        fs::create_dir_all(&tmp).await?;
        fs::create_dir_all(&new).await?;
        let beside = tmp.join(format!("{delivery}.eml"));
        let mut file = fs::File::create(&beside).await?;
        file.write_all(bytes).await?;
        file.sync_all().await?;
        fs::rename(&beside, self.file(delivery)).await?;
        sync_folder(&new).await
    }
}

/// A rename is durable when its folder is.
async fn sync_folder(path: &Path) -> std::io::Result<()> {
    fs::File::open(path).await?.sync_all().await
}

#[cfg(test)]
mod tests {
    use domain::Clock;

    use super::*;

    #[tokio::test]
    async fn a_repeat_replaces_its_first_copy() {
        let place = tempfile::tempdir().unwrap();
        let folder = Folder::new(place.path().join("mail"));
        let delivery = DeliveryId::generate(&Clock::System);
        for bytes in [&b"first"[..], b"again"] {
            let report = folder.put(delivery, bytes).await;
            assert_eq!((report.outcome, report.stage), (Outcome::Accepted, Stage::Folder));
        }
        let names: Vec<_> = std::fs::read_dir(folder.mails()).unwrap().map(|e| e.unwrap().path()).collect();
        assert_eq!(names, [folder.file(delivery)]);
        assert_eq!(std::fs::read(&names[0]).unwrap(), b"again");
        assert_eq!(std::fs::read_dir(place.path().join("mail/tmp")).unwrap().count(), 0);
    }

    #[tokio::test]
    async fn a_folder_that_cannot_be_written_defers_and_is_our_fault() {
        let place = tempfile::tempdir().unwrap();
        let file = place.path().join("taken");
        std::fs::write(&file, "a file").unwrap();
        let report = Folder::new(file).put(DeliveryId::generate(&Clock::System), b"mail").await;
        assert_eq!((report.outcome, report.fault), (Outcome::Deferred, Fault::Ours));
    }
}
