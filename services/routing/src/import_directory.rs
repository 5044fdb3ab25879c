//! Bring a directory file: into an empty directory at once, else as a diff that a person approves.

use std::collections::HashSet;

use contracts::Service;
use contracts::events::{DirectoryChangedV1, DirectoryFileEndedV1};
use domain::FieldErrors;
use domain::codes::RevisionSource;
use domain::ids::{ImportId, PartnerId};
use domain::partner::diff::apply;
use domain::partner::{Directory, Partner};
use domain::text::Line;
use serde::Serialize;
use sha2::{Digest, Sha256};
use store::partners::{self, Why};
use store::{Tx, outbox};
use utoipa::ToSchema;

use crate::change::propose;
use crate::digest::of_json;
use crate::import::review::{Review, key, review};
use crate::import::{ImportRow, RowError, parse_bytes};
use crate::save_partner::{beside, parted};
use crate::{By, Deps};

/// The sample directory; its addresses are derived and can reach nobody.
const SAMPLE: &str = include_str!("../data/sample_partners.csv");

/// What a file did, or would do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Imported {
    /// Partners that are new.
    pub added: i64,
    /// Partners that are different.
    pub changed: i64,
    /// Partners that are the same, or differ only in what was changed by hand since the last file.
    pub unchanged: i64,
    /// Fields that were changed by hand and that the file would change otherwise; a person decides on each.
    pub conflicts: i64,
    /// Partners that an earlier file named and this one does not; a person decides on each.
    pub gone: i64,
    /// The directory's revision after it.
    pub revision: i64,
    /// The file that waits to be approved; none if it was taken at once or changes nothing.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub waiting: Option<ImportId>,
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

/// Brings a file. Into an empty directory it is taken at once; later it waits until a person has looked at what it
/// changes. The same file twice changes nothing.
pub async fn import_directory(deps: &Deps, file: &[u8], by: By, origin: &Line) -> Result<Imported, ImportError> {
    let rows = parse_bytes(file).map_err(ImportError::File)?;
    let sha256 = Sha256::digest(file).to_vec();
    let mut tx = deps.db.begin().await?;
    partners::lock(&mut tx).await?;
    match bring(&mut tx, deps, (rows, &sha256), by, origin).await {
        Ok(done) => {
            tx.commit().await?;
            deps.bell.ring();
            Ok(done)
        }
        Err(error) => {
            tx.rollback().await?;
            Err(error)
        }
    }
}

/// The same in a transaction that holds the directory.
pub(crate) async fn bring(
    tx: &mut Tx,
    deps: &Deps,
    (rows, sha256): (Vec<ImportRow>, &[u8]),
    by: By,
    origin: &Line,
) -> Result<Imported, ImportError> {
    let directory = partners::directory(tx).await?;
    let seen = review(&directory, rows.clone(), partners::imported(tx).await?, &deps.clock);
    fits(&seen, &directory, deps.config.market_bodies).map_err(ImportError::File)?;
    let id = ImportId::generate(&deps.clock);
    let mut done = Imported {
        added: seen.added(),
        changed: seen.changed(),
        unchanged: seen.unchanged,
        conflicts: seen.conflicts(),
        gone: i64::try_from(seen.gone.len()).unwrap_or(i64::MAX),
        revision: directory.revision,
        waiting: None,
    };
    if seen.is_empty() {
        return Ok(done);
    }
    let file = (id, sha256);
    partners::insert_file(tx, (id, origin, file.1), &rows, by.account, deps.clock.now()).await?;
    // What nobody brought waits for a person even then.
    let by_itself = by.account.is_none() && by.source == RevisionSource::Import;
    if directory.partners.is_empty() && !by_itself {
        // Nobody else has seen it yet, so nobody has ended it.
        store::expect_one(u64::from(end(tx, deps, file, true, by).await?))?;
        done.revision = take(tx, deps, id, &seen, &directory, &Choice::default(), by).await?;
    } else {
        done.waiting = Some(id);
    }
    tracing::info!(
        import.id = %id,
        directory.added = done.added,
        directory.changed = done.changed,
        waits = done.waiting.is_some(),
        "a directory file came"
    );
    Ok(done)
}

/// Imports the sample directory, for demonstrations and tests.
pub async fn import_sample(deps: &Deps) -> Result<Imported, ImportError> {
    let by = By { account: None, source: RevisionSource::Command };
    import_directory(deps, SAMPLE.as_bytes(), by, &"The sample directory".parse().expect("a line")).await
}

/// What a person chose of a file.
#[derive(Clone, Debug, Default)]
pub struct Choice {
    /// The conflicts in which the file's word is taken, by their keys.
    pub take: HashSet<String>,
    /// The partners that are to be switched off, because the file names them no longer.
    pub switch_off: HashSet<PartnerId>,
}

/// Why a file was not taken.
#[derive(Debug, thiserror::Error)]
pub enum TakeFileError {
    /// There is no such file, or it has ended.
    #[error("find the file that waits")]
    NotFound,
    /// The directory changed since the diff was looked at.
    #[error("take the file: the directory has changed since you looked at it")]
    Changed,
    /// The file no longer fits the directory.
    #[error("take the file ({} errors)", .0.len())]
    File(Vec<RowError>),
    /// The database failed.
    #[error("store the directory")]
    Store(#[from] store::Error),
}

/// Takes a file as a person saw it at a revision. What is dangerous in it waits for somebody else.
pub async fn take_file(
    deps: &Deps,
    id: ImportId,
    seen_revision: i64,
    choice: &Choice,
    by: By,
) -> Result<i64, TakeFileError> {
    let mut tx = deps.db.begin().await?;
    partners::lock(&mut tx).await?;
    let file = partners::file::<ImportRow>(&mut tx, id).await?.ok_or(TakeFileError::NotFound)?;
    if !end(&mut tx, deps, (id, file.sha256.as_slice()), true, by).await? {
        return Err(TakeFileError::NotFound);
    }
    let directory = partners::directory(&mut tx).await?;
    if directory.revision != seen_revision {
        return Err(TakeFileError::Changed);
    }
    let seen = review(&directory, file.rows.0, partners::imported(&mut tx).await?, &deps.clock);
    fits(&seen, &directory, deps.config.market_bodies).map_err(TakeFileError::File)?;
    let revision = take(&mut tx, deps, id, &seen, &directory, choice, by).await?;
    tx.commit().await?;
    deps.bell.ring();
    tracing::info!(import.id = %id, directory.revision = revision, "a directory file was taken");
    Ok(revision)
}

/// Puts a file aside.
pub async fn put_file_aside(deps: &Deps, id: ImportId, by: By) -> Result<(), TakeFileError> {
    let mut tx = deps.db.begin().await?;
    partners::lock(&mut tx).await?;
    let file = partners::file::<ImportRow>(&mut tx, id).await?.ok_or(TakeFileError::NotFound)?;
    if !end(&mut tx, deps, (id, file.sha256.as_slice()), false, by).await? {
        return Err(TakeFileError::NotFound);
    }
    tx.commit().await?;
    deps.bell.ring();
    Ok(())
}

/// Ends a file with its fact; says false, and nothing is done, if somebody has ended it before.
pub(crate) async fn end(
    tx: &mut Tx,
    deps: &Deps,
    (id, sha256): (ImportId, &[u8]),
    applied: bool,
    by: By,
) -> Result<bool, store::Error> {
    if !partners::end_file(tx, id, applied, by.account, deps.clock.now()).await? {
        return Ok(false);
    }
    let event = DirectoryFileEndedV1 { import_id: id, file_sha256: hex::encode(sha256), applied, ended_by: by.account };
    outbox::record(tx, Service::Routing, &deps.clock, &event).await?;
    Ok(true)
}

/// The rules between a partner of the file and all others.
fn fits(seen: &Review, directory: &Directory, market: bool) -> Result<(), Vec<RowError>> {
    let mut wrong: Vec<RowError> = seen
        .unknown
        .iter()
        .map(|(partner, field, name)| RowError {
            line: 0,
            column: Some((*field).to_owned()),
            message: format!("names {name:?}, which neither the file nor the directory has ({partner})"),
        })
        .collect();
    // A line may name another that the directory does not have yet.
    let of_file: HashSet<PartnerId> = seen.said.iter().map(|partner| partner.id).collect();
    let others = directory.partners.iter().filter(|partner| !of_file.contains(&partner.id));
    let after = Directory { partners: seen.said.iter().chain(others).cloned().collect(), ..*directory };
    for entry in &seen.entries {
        let mut errors = FieldErrors::new();
        beside(&entry.file, &after, market, &mut errors);
        wrong.extend(errors.as_slice().iter().map(|error| RowError {
            line: 0,
            column: Some(error.pointer.trim_start_matches('/').to_owned()),
            message: format!("{} ({})", error.message, entry.file.name),
        }));
    }
    if wrong.is_empty() { Ok(()) } else { Err(wrong) }
}

/// Writes what need not wait as one revision and proposes the rest. The caller holds the directory's lock and has ended
/// the file.
async fn take(
    tx: &mut Tx,
    deps: &Deps,
    file: ImportId,
    seen: &Review,
    directory: &Directory,
    choice: &Choice,
    by: By,
) -> Result<i64, store::Error> {
    let first = directory.partners.is_empty();
    let (mut write, mut held, mut counts) = (Vec::new(), Vec::new(), (0, 0));
    for entry in &seen.entries {
        let wanted = match &entry.old {
            None => entry.file.clone(),
            Some(old) => {
                let taken = entry.conflicts.iter().filter(|change| choice.take.contains(&key(old.id, change)));
                let all: Vec<_> = entry.plain.iter().chain(taken).cloned().collect();
                apply(old, &all).expect("the changes were just drawn from this partner")
            }
        };
        let split = parted(wanted, entry.old.as_ref(), first);
        if entry.old.as_ref() != Some(&split.at_once) {
            if entry.old.is_some() {
                counts.1 += 1;
            } else {
                counts.0 += 1;
            }
            write.push(split.at_once.clone());
        }
        held.push((entry.old.clone().unwrap_or(split.at_once), split.held));
    }
    for partner in seen.gone.iter().filter(|partner| choice.switch_off.contains(&partner.id)) {
        let split = parted(Partner { active: false, ..partner.clone() }, Some(partner), first);
        if split.at_once != *partner {
            counts.1 += 1;
            write.push(split.at_once.clone());
        }
        held.push((partner.clone(), split.held));
        partners::forget_imported(tx, partner.id).await?;
    }
    let why = By { source: if by.account.is_some() { RevisionSource::Import } else { by.source }, ..by }
        .because("A directory file".parse().expect("a line"));
    let revision = match write.as_slice() {
        [] => directory.revision,
        write => write_partners(tx, deps, write, counts, &why).await?,
    };
    for (partner, changes) in &held {
        propose(tx, deps, partner, changes, &why).await?;
    }
    partners::note_imported(tx, file, &seen.said).await?;
    Ok(revision)
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
