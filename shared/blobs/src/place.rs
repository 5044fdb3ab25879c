//! Where the files lie: the configuration section `[photos]`.

use std::path::PathBuf;
use std::sync::Arc;

use object_store::local::LocalFileSystem;
use object_store::path::Path;
use object_store::prefix::PrefixStore;
use serde::Deserialize;

use crate::Blobs;

/// Where photographs are kept.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct BlobsConfig {
    /// A folder. Every process that serves pages or sends mail must reach it.
    pub folder: PathBuf,
}

impl Default for BlobsConfig {
    fn default() -> Self {
        Self { folder: PathBuf::from("data/photos") }
    }
}

/// Why the store of files cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The folder's name is none.
    #[error("use the folder {}", .0.display())]
    Folder(PathBuf, #[source] std::io::Error),
    /// The folder is not as it must be.
    #[error("open the store of files")]
    Store(#[source] object_store::Error),
}

impl Blobs {
    /// Opens the store. Nothing is touched yet: a process that never keeps a file needs no folder.
    pub fn open(config: &BlobsConfig) -> Result<Self, OpenError> {
        Self::folder(&config.folder)
    }

    /// A folder of this machine; it is made with the first file.
    pub fn folder(folder: impl AsRef<std::path::Path>) -> Result<Self, OpenError> {
        let folder = folder.as_ref();
        let absolute = std::path::absolute(folder).map_err(|error| OpenError::Folder(folder.to_owned(), error))?;
        let prefix = Path::from_absolute_path(&absolute).map_err(|error| OpenError::Store(error.into()))?;
        // Without `with_fsync` a power cut can leave an empty file under the name of a hash, after its row was written.
        let store = PrefixStore::new(LocalFileSystem::new().with_fsync(true), prefix);
        Ok(Self { store: Arc::new(store), place: absolute.display().to_string().into() })
    }
}
