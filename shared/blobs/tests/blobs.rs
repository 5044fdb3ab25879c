//! Files come back as they were put, and no other way.

use std::fs;

use blobs::{Blobs, BlobsConfig, Error, Shelf};
use bytes::Bytes;

#[tokio::test]
async fn a_file_is_found_by_its_hash_on_its_own_shelf_alone() {
    let folder = tempfile::tempdir().unwrap();
    let blobs = Blobs::folder(folder.path().join("photos")).unwrap();
    let bytes = Bytes::from_static(b"a photograph");
    let hash = blobs.put(Shelf::Originals, bytes.clone()).await.unwrap();
    assert_eq!(blobs.put(Shelf::Originals, bytes.clone()).await.unwrap(), hash);
    assert_eq!(blobs.get(Shelf::Originals, hash).await.unwrap(), Some(bytes));
    assert_eq!(blobs.get(Shelf::Renditions, hash).await.unwrap(), None);
    blobs.remove(Shelf::Originals, hash).await.unwrap();
    blobs.remove(Shelf::Originals, hash).await.unwrap();
    assert_eq!(blobs.get(Shelf::Originals, hash).await.unwrap(), None);
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
    let config = BlobsConfig { folder: folder.path().join("deep/er") };
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
