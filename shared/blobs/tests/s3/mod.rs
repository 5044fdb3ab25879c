//! The same against a real server that speaks S3: moto, from the Python Package Index, in an environment of its own.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use blobs::{Blobs, BlobsConfig, Error, Shelf, Store};
use bytes::Bytes;
use testkit::poll::wait_until;
use testkit::ports::free_port;
use testkit::process::Service;

use crate::keeps_its_promises;

/// Where `cargo xtask test` has installed it.
fn server() -> PathBuf {
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).parent().unwrap();
    let program = target.join("moto/bin/moto_server");
    assert!(program.is_file(), "{} is not there: cargo xtask test installs it", program.display());
    program
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bucket_keeps_the_same_promises_as_a_folder_and_says_when_it_is_away() {
    let port = free_port().unwrap();
    let mut command = Command::new(server());
    command.args(["-H", "127.0.0.1", "-p", &port.to_string()]);
    let moto = Service::spawn("moto", command).unwrap();
    let config = BlobsConfig {
        store: Store::S3,
        bucket: "tocsin".to_owned(),
        endpoint: Some(format!("http://127.0.0.1:{port}")),
        access_key_id: "key".to_owned(),
        secret_access_key: Some("secret".into()),
        ..BlobsConfig::default()
    };
    let blobs = Blobs::open(&config).unwrap();
    assert!(blobs.place().contains("bucket tocsin") && !blobs.place().contains("secret"));
    // The bucket is the operator's to make; moto makes one for whoever asks.
    let http = reqwest::Client::new();
    let bucket = format!("http://127.0.0.1:{port}/tocsin");
    wait_until("the bucket", Duration::from_secs(60), async || {
        http.put(&bucket).send().await.is_ok_and(|answer| answer.status().is_success())
    })
    .await
    .unwrap();
    keeps_its_promises(&blobs).await;
    // What somebody changed in the bucket is an error and never shown.
    let hash = blobs.put(Shelf::Renditions, Bytes::from_static(b"a photograph")).await.unwrap();
    let name = hash.to_string();
    let object = format!("{bucket}/renditions/{}/{name}", &name[..2]);
    // moto asks who it is, and believes it.
    let somebody =
        "AWS4-HMAC-SHA256 Credential=key/20260101/us-east-1/s3/aws4_request, SignedHeaders=host, Signature=0";
    let put = http.put(&object).header("authorization", somebody).body("another one").send().await.unwrap();
    assert!(put.status().is_success(), "{put:?}");
    assert!(matches!(blobs.get(Shelf::Renditions, hash).await, Err(Error::Altered(altered)) if altered == hash));
    let nowhere = Blobs::open(&BlobsConfig { bucket: "nobodys".to_owned(), ..config }).unwrap();
    let put = nowhere.put(Shelf::Originals, Bytes::from_static(b"a photograph")).await;
    assert!(matches!(put, Err(Error::Unavailable(_))), "{put:?}");
    // A store that is away is said to be away, soon, and not to have no such file.
    moto.kill9().await.unwrap();
    let gone = tokio::time::timeout(Duration::from_secs(30), blobs.get(Shelf::Originals, hash)).await.unwrap();
    assert!(matches!(gone, Err(Error::Unavailable(_))), "{gone:?}");
}
