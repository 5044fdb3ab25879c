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
    /// An S3-compatible store instead of the folder.
    pub s3: Option<S3Config>,
}

impl Default for BlobsConfig {
    fn default() -> Self {
        Self { folder: PathBuf::from("data/photos"), s3: None }
    }
}

/// An S3-compatible store. Its keys come from the environment (AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY) or from the
/// machine, as with every other program that speaks to one.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct S3Config {
    /// The bucket.
    pub bucket: String,
    /// The region; stores other than Amazon's mostly ignore it.
    #[serde(default = "anywhere")]
    pub region: String,
    /// The address of a store that is not Amazon's, such as `https://minio.example.org`.
    pub endpoint: Option<String>,
}

fn anywhere() -> String {
    "us-east-1".to_owned()
}

/// Why the store of files cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The folder's name is none.
    #[error("use the folder {}", .0.display())]
    Folder(PathBuf, #[source] std::io::Error),
    /// The folder or the S3 store is not as it must be.
    #[error("open the store of files")]
    Store(#[source] object_store::Error),
    /// This program was built without S3.
    #[error("use an S3 store: this program was built without the feature `s3`")]
    Unsupported,
}

impl Blobs {
    /// Opens the store. Nothing is touched yet: a process that never keeps a file needs no folder.
    pub fn open(config: &BlobsConfig) -> Result<Self, OpenError> {
        match &config.s3 {
            None => Self::folder(&config.folder),
            Some(s3) => Self::s3(s3),
        }
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

    #[cfg(feature = "s3")]
    fn s3(config: &S3Config) -> Result<Self, OpenError> {
        let mut builder =
            object_store::aws::AmazonS3Builder::from_env().with_bucket_name(&config.bucket).with_region(&config.region);
        if let Some(endpoint) = &config.endpoint {
            builder = builder.with_endpoint(endpoint).with_virtual_hosted_style_request(false);
        }
        let store = builder.build().map_err(OpenError::Store)?;
        Ok(Self { store: Arc::new(store), place: format!("s3://{}", config.bucket).into() })
    }

    #[cfg(not(feature = "s3"))]
    fn s3(_: &S3Config) -> Result<Self, OpenError> {
        Err(OpenError::Unsupported)
    }
}
