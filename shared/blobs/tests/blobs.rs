//! Files come back as they were put, and no other way.

#![expect(clippy::unwrap_used, reason = "a test that cannot be set up must fail")]

use std::fs;

use blobs::{Blobs, BlobsConfig, Error, Shelf};
use bytes::Bytes;

/// What every store must do.
async fn keeps_its_promises(blobs: &Blobs) {
    let bytes = Bytes::from_static(b"a photograph");
    let hash = blobs.put(Shelf::Originals, bytes.clone()).await.unwrap();
    assert_eq!(blobs.put(Shelf::Originals, bytes.clone()).await.unwrap(), hash);
    assert_eq!(blobs.get(Shelf::Originals, hash).await.unwrap(), Some(bytes));
    for shelf in [Shelf::Renditions, Shelf::Documents] {
        assert_eq!(blobs.get(shelf, hash).await.unwrap(), None, "{shelf:?}");
    }
    blobs.remove(Shelf::Originals, hash).await.unwrap();
    blobs.remove(Shelf::Originals, hash).await.unwrap();
    assert_eq!(blobs.get(Shelf::Originals, hash).await.unwrap(), None);
    let large =
        Bytes::from((0..9_000_000_u32).flat_map(|n| [n.to_le_bytes()[0], n.to_le_bytes()[1]]).collect::<Vec<_>>());
    let hash = blobs.put(Shelf::Documents, large.clone()).await.unwrap();
    let writers = (0..4).map(|_| blobs.put(Shelf::Documents, large.clone()));
    for written in futures::future::join_all(writers).await {
        assert_eq!(written.unwrap(), hash, "at once");
    }
    assert_eq!(blobs.get(Shelf::Documents, hash).await.unwrap(), Some(large));
    blobs.remove(Shelf::Documents, hash).await.unwrap();
    blobs.check().await.unwrap();
}

#[tokio::test]
async fn a_folder_finds_a_file_by_its_hash_on_its_own_shelf_alone() {
    let folder = tempfile::tempdir().unwrap();
    keeps_its_promises(&Blobs::folder(folder.path().join("photos")).unwrap()).await;
}

#[cfg(feature = "s3")]
#[path = "s3/mod.rs"]
mod s3;

#[test]
fn settings_that_cannot_work_are_refused_by_name() {
    let s3 = BlobsConfig { store: blobs::Store::S3, ..BlobsConfig::default() };
    let error = s3.validate().unwrap_err();
    if cfg!(feature = "s3") {
        assert_eq!(error, "bucket: is required where store is s3");
        let keyless = BlobsConfig { bucket: "photos".to_owned(), ..s3 };
        assert!(keyless.validate().unwrap_err().contains("secret_access_key"));
        let keyed = BlobsConfig {
            access_key_id: "key".to_owned(),
            secret_access_key: Some("secret".into()),
            endpoint: Some("http://s3.example.org".to_owned()),
            ..keyless
        };
        assert!(keyed.validate().unwrap_err().starts_with("endpoint: must start with https://"));
        for good in [None, Some("https://s3.example.org".to_owned()), Some("http://127.0.0.1:9000".to_owned())] {
            BlobsConfig { endpoint: good, ..keyed.clone() }.validate().unwrap();
        }
    } else {
        assert_eq!(error, "store: s3 needs a program built with --features s3");
        assert!(Blobs::open(&s3).is_err());
    }
}

#[tokio::test]
async fn a_file_that_was_changed_on_the_disk_is_an_error_and_never_shown() {
    let folder = tempfile::tempdir().unwrap();
    let blobs = Blobs::folder(folder.path()).unwrap();
    let hash = blobs.put(Shelf::Renditions, Bytes::from_static(b"a photograph")).await.unwrap();
    let name = hash.to_string();
    let path = folder.path().join("renditions").join(&name[..2]).join(&name);
    fs::write(path, b"another one").unwrap();
    assert!(matches!(blobs.get(Shelf::Renditions, hash).await, Err(Error::Altered(altered)) if altered == hash));
}

#[tokio::test]
async fn a_folder_is_made_with_its_first_file_and_one_that_cannot_be_made_is_an_error() {
    let folder = tempfile::tempdir().unwrap();
    let config = BlobsConfig::in_folder(folder.path().join("deep/er"));
    assert!(Blobs::open(&config).unwrap().place().ends_with("deep/er"));
    assert!(!folder.path().join("deep").exists(), "a process that keeps no file needs no folder");
    fs::write(folder.path().join("file"), b"").unwrap();
    let blobs = Blobs::folder(folder.path().join("file/below")).unwrap();
    let put = blobs.put(Shelf::Originals, Bytes::from_static(b"a photograph")).await;
    assert!(matches!(put, Err(Error::Unavailable(_))));
    assert!(
        matches!(blobs.check().await, Err(Error::Unavailable(_))),
        "an operator hears of it before a reporter does"
    );
    let good = Blobs::folder(folder.path().join("photos")).unwrap();
    good.check().await.unwrap();
    let left = Shelf::ALL.map(|shelf| files(&folder.path().join("photos").join(shelf.as_str())));
    assert_eq!(left, [0, 0, 0], "a check leaves nothing behind");
}

fn files(folder: &std::path::Path) -> usize {
    let below = fs::read_dir(folder).expect("a shelf").map(|entry| entry.expect("an entry").path());
    below.map(|path| if path.is_dir() { files(&path) } else { 1 }).sum()
}
