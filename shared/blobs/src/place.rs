//! Where the files lie: the configuration section `[photos]`.

use std::path::PathBuf;
use std::sync::Arc;

use object_store::local::LocalFileSystem;
use object_store::path::Path;
use object_store::prefix::PrefixStore;
use secrecy::SecretString;
use serde::Deserialize;

use crate::Blobs;

/// A person waits for the page behind it: a store that is away is said to be away after this.
#[cfg(feature = "s3")]
const RETRY_WITHIN: std::time::Duration = std::time::Duration::from_secs(10);

/// What keeps the files.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Store {
    /// A folder.
    #[default]
    Folder,
    /// A bucket of an S3-compatible store; needs the feature `s3`.
    S3,
}

/// Where photographs and documents are kept.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct BlobsConfig {
    /// `folder` or `s3`.
    pub store: Store,
    /// The folder. Every process that serves pages or sends mail must reach it.
    pub folder: PathBuf,
    /// The bucket, which is there already. Let nobody else in: who sees what is decided before it is read.
    pub bucket: String,
    /// Where the store answers, such as `https://s3.example.org`; Amazon's own if it is left out.
    pub endpoint: Option<String>,
    /// Its region.
    pub region: String,
    /// The name of the key.
    pub access_key_id: String,
    /// The key. A secret, so it may come from a file.
    pub secret_access_key: Option<SecretString>,
}

impl Default for BlobsConfig {
    fn default() -> Self {
        Self {
            store: Store::Folder,
            folder: PathBuf::from("data/photos"),
            bucket: String::new(),
            endpoint: None,
            region: "us-east-1".to_owned(),
            access_key_id: String::new(),
            secret_access_key: None,
        }
    }
}

impl BlobsConfig {
    /// In a folder.
    pub fn in_folder(folder: impl Into<PathBuf>) -> Self {
        Self { folder: folder.into(), ..Self::default() }
    }

    /// Names the field and the rule it breaks.
    pub fn validate(&self) -> Result<(), String> {
        if self.store == Store::Folder {
            return Ok(());
        }
        if !cfg!(feature = "s3") {
            return Err("store: s3 needs a program built with --features s3".to_owned());
        }
        if self.bucket.is_empty() {
            return Err("bucket: is required where store is s3".to_owned());
        }
        if self.access_key_id.is_empty() || self.secret_access_key.is_none() {
            return Err("access_key_id, secret_access_key: are required where store is s3".to_owned());
        }
        match self.endpoint.as_deref() {
            // A key that signs, and files of class D, never travel in the clear but on this very machine.
            Some(endpoint) if !endpoint.starts_with("https://") && !is_loopback(endpoint) => {
                Err("endpoint: must start with https:// unless it is this machine".to_owned())
            }
            _ => Ok(()),
        }
    }
}

fn is_loopback(endpoint: &str) -> bool {
    ["http://127.0.0.1:", "http://[::1]:"].iter().any(|own| endpoint.starts_with(own))
}

/// Why the store of files cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The folder's name is none.
    #[error("use the folder {}", .0.display())]
    Folder(PathBuf, #[source] std::io::Error),
    /// A setting breaks a rule.
    #[error("use the settings of the store: {0}")]
    Setting(String),
    /// The store is not as it must be.
    #[error("open the store of files")]
    Store(#[source] object_store::Error),
}

impl Blobs {
    /// Opens the store. Nothing is touched yet: a process that never keeps a file needs none.
    pub fn open(config: &BlobsConfig) -> Result<Self, OpenError> {
        config.validate().map_err(OpenError::Setting)?;
        match config.store {
            Store::Folder => Self::folder(&config.folder),
            Store::S3 => Self::bucket(config),
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

    /// A bucket. A `PUT` there is whole or not at all, and is answered when it will last: the store's promise.
    #[cfg(feature = "s3")]
    fn bucket(config: &BlobsConfig) -> Result<Self, OpenError> {
        use object_store::RetryConfig;
        use object_store::aws::AmazonS3Builder;
        use secrecy::ExposeSecret as _;
        let secret = config.secret_access_key.as_ref().map(|key| key.expose_secret()).unwrap_or_default();
        let retry = RetryConfig { max_retries: 3, retry_timeout: RETRY_WITHIN, ..RetryConfig::default() };
        let mut builder = AmazonS3Builder::new()
            .with_bucket_name(&config.bucket)
            .with_region(&config.region)
            .with_access_key_id(&config.access_key_id)
            .with_secret_access_key(secret)
            .with_http_connector(crate::wire::Wire)
            .with_retry(retry)
            // Not every store can do it, and one file goes at a time.
            .with_disable_bulk_delete(true);
        let mut place = format!("bucket {}", config.bucket);
        if let Some(endpoint) = &config.endpoint {
            builder = builder.with_endpoint(endpoint);
            place = format!("{place} at {endpoint}");
        }
        let store = builder.build().map_err(OpenError::Store)?;
        Ok(Self { store: Arc::new(store), place: place.into() })
    }

    #[cfg(not(feature = "s3"))]
    fn bucket(_: &BlobsConfig) -> Result<Self, OpenError> {
        // `validate` has refused it.
        Err(OpenError::Setting("store: s3 needs a program built with --features s3".to_owned()))
    }
}
