//! Import a directory file: one transaction, idempotent by name.

use contracts::Service;
use contracts::events::DirectoryChangedV1;
use domain::codes::RevisionSource;
use domain::partner::Partner;
use serde::Serialize;
use store::partners::Why;
use store::{Tx, outbox, partners};
use utoipa::ToSchema;

use crate::digest::of_json;
use crate::import::{ImportRow, RowError, merge, parse_bytes};
use crate::{By, Deps};

/// The sample directory; its addresses are derived and can reach nobody.
const SAMPLE: &str = include_str!("../data/sample_partners.csv");

/// What an import did.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Imported {
    /// Partners that were new.
    pub added: i64,
    /// Partners that were different.
    pub changed: i64,
    /// Partners that were the same.
    pub unchanged: i64,
    /// The directory's revision after it.
    pub revision: i64,
}

/// Why nothing was imported.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// The file breaks rules.
    #[error("read the directory file ({} errors)", .0.len())]
    File(Vec<RowError>),
    /// The database failed.
    #[error("store the directory")]
    Store(#[from] store::Error),
}

/// Imports a file. The second time it changes nothing.
pub async fn import_directory(deps: &Deps, file: &[u8], by: By) -> Result<Imported, ImportError> {
    let rows = parse_bytes(file).map_err(ImportError::File)?;
    Ok(import_rows(deps, rows, &by.because("A directory file".parse().expect("a line"))).await?)
}

/// Imports the sample directory, for demonstrations and tests.
pub async fn import_sample(deps: &Deps) -> Result<Imported, ImportError> {
    let by = By { account: None, source: RevisionSource::Command };
    import_directory(deps, SAMPLE.as_bytes(), by).await
}

async fn import_rows(deps: &Deps, rows: Vec<ImportRow>, why: &Why) -> Result<Imported, store::Error> {
    let mut tx = deps.db.begin().await?;
    partners::lock(&mut tx).await?;
    let directory = partners::directory(&mut tx).await?;
    let before = directory.revision;
    let merged = merge(directory, rows, &deps.clock);
    let revision = match merged.write.as_slice() {
        [] => before,
        write => write_partners(&mut tx, deps, write, (merged.added, merged.changed), why).await?,
    };
    tx.commit().await?;
    if revision > before {
        deps.bell.ring();
        tracing::info!(
            directory.revision = revision,
            directory.added = merged.added,
            directory.changed = merged.changed,
            "changed the directory"
        );
    }
    Ok(Imported { added: merged.added, changed: merged.changed, unchanged: merged.unchanged, revision })
}

/// Writes changed partners with the directory's next revision and the event that says so. The caller holds the
/// directory's lock.
pub(crate) async fn write_partners(
    tx: &mut Tx,
    deps: &Deps,
    write: &[Partner],
    (added, changed): (i64, i64),
    why: &Why,
) -> Result<i64, store::Error> {
    let now = deps.clock.now();
    let revision = partners::next_revision(tx, why, now).await?;
    partners::put(tx, write, revision, now).await?;
    let directory = partners::directory(tx).await?;
    let event = DirectoryChangedV1 { revision, added, changed, directory_sha256: of_json(&directory) };
    outbox::record(tx, Service::Routing, &deps.clock, &event).await?;
    Ok(revision)
}
