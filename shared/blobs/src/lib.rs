//! Files by the hash of their content, in a folder or, with the feature `s3`, in a bucket of an S3-compatible store.
//!
//! Owns: where a file lies. Promises: when [`Blobs::put`] returns, the file lasts (synchronised, then renamed into its place;
//! or acknowledged by the store); nobody ever reads half a file; a name comes from a hash alone, so no name of
//! a stranger reaches a path; what is read is what was written, or it is an error. Must not: know what a file is,
//! decide when one goes.

mod place;
#[cfg(feature = "s3")]
mod wire;

pub use place::{BlobsConfig, OpenError, Store};

use std::sync::Arc;

use bytes::Bytes;
use domain::photo::ContentHash;
use object_store::path::Path;
use object_store::{ObjectStore, ObjectStoreExt};
use sha2::{Digest, Sha256};

/// What a file is kept for; each has a folder of its own, so that access to it can be granted apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Shelf {
    /// As it was sent in: evidence, for the desk alone.
    Originals,
    /// What was made of it and may leave.
    Renditions,
    /// Papers of the way back of an object, as they were handed in: for the desk and the institution.
    Documents,
}

impl Shelf {
    /// All.
    pub const ALL: [Self; 3] = [Self::Originals, Self::Renditions, Self::Documents];

    /// The folder's name, and the code in tables.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Originals => "originals",
            Self::Renditions => "renditions",
            Self::Documents => "documents",
        }
    }
}

/// Why a file could not be written, read or removed.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The store did not do it; the same call may succeed later.
    #[error("reach the store of files")]
    Unavailable(#[source] object_store::Error),
    /// What lies there is not what was put there.
    #[error("read {0} as it was written")]
    Altered(ContentHash),
}

/// A store of files; cheap to clone.
#[derive(Clone, Debug)]
pub struct Blobs {
    store: Arc<dyn ObjectStore>,
    place: Arc<str>,
}

impl Blobs {
    /// Keeps a file under its hash and returns it. Writing the same file again changes nothing.
    pub async fn put(&self, shelf: Shelf, bytes: Bytes) -> Result<ContentHash, Error> {
        let hash = ContentHash::new(Sha256::digest(&bytes).into());
        self.store.put(&path(shelf, hash), bytes.into()).await.map_err(Error::Unavailable)?;
        Ok(hash)
    }

    /// A file, if it is there.
    pub async fn get(&self, shelf: Shelf, hash: ContentHash) -> Result<Option<Bytes>, Error> {
        let found = match self.store.get(&path(shelf, hash)).await {
            Ok(found) => found,
            Err(object_store::Error::NotFound { .. }) => return Ok(None),
            Err(error) => return Err(Error::Unavailable(error)),
        };
        let bytes = found.bytes().await.map_err(Error::Unavailable)?;
        // Evidence that was changed on the disk must never be shown as what it was.
        if Sha256::digest(&bytes)[..] == hash.as_bytes()[..] { Ok(Some(bytes)) } else { Err(Error::Altered(hash)) }
    }

    /// Removes a file; one that is not there is removed already.
    pub async fn remove(&self, shelf: Shelf, hash: ContentHash) -> Result<(), Error> {
        match self.store.delete(&path(shelf, hash)).await {
            Ok(()) | Err(object_store::Error::NotFound { .. }) => Ok(()),
            Err(error) => Err(Error::Unavailable(error)),
        }
    }

    /// Writes a file, reads it and takes it away, as an operator's check does. No file that was taken has this content.
    pub async fn check(&self) -> Result<(), Error> {
        let content = Bytes::from_static(b"tocsin doctor was here\n");
        for shelf in Shelf::ALL {
            let hash = self.put(shelf, content.clone()).await?;
            if self.get(shelf, hash).await?.is_none() {
                return Err(Error::Altered(hash));
            }
            self.remove(shelf, hash).await?;
        }
        Ok(())
    }

    /// Where the files are, for messages to an operator.
    pub fn place(&self) -> &str {
        &self.place
    }
}

/// Two hexadecimal digits make a folder, so that none has more than a few thousand files.
fn path(shelf: Shelf, hash: ContentHash) -> Path {
    let name = hash.to_string();
    Path::from_iter([shelf.as_str(), &name[..2], &name])
}
