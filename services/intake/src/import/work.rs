//! The worker: reads and checks uploads, and takes what somebody gave a word on.
//!
//! Any number of processes may run it. One at a time has an upload, for [`LEASE`] beyond its last commit; every commit
//! says which lease it is of, so that a worker that was held up and replaced changes nothing any more.

use std::sync::Arc;
use std::time::Duration;

use contracts::Service;
use contracts::events::ObjectsAddedV1;
use domain::codes::{CaseState, Event, ImportMode, ImportState, ObjectStatus};
use domain::ids::{CaseId, LeaseId, ObjectId};
use store::cases::{self, CaseRow};
use store::imports::{self, GoodRecord, ImportRow, Progress};
use store::{Tx, alerts, outbox};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use super::check::{Rules, check};
use super::read::{FileError, Record, read};
use crate::parse::{MAX_OBJECTS_OF_CASE, parse, parse_object};
use crate::submit::{RawObject, SubmitCase};
use crate::{Deps, register};

/// How long a worker that says nothing keeps others from its upload.
const LEASE: Duration = Duration::from_secs(5);
/// How often to look for uploads when there was none.
const POLL: Duration = Duration::from_millis(500);
/// How long to wait when the database does not answer.
const PAUSE: Duration = Duration::from_secs(5);
/// The records of one commit.
const BATCH: usize = 200;
/// How long a checked upload waits for a word before it is thrown away.
const FORGOTTEN: Duration = Duration::from_secs(7 * 24 * 3600);

/// Why work on an upload ended before its end.
#[derive(Debug, thiserror::Error)]
enum WorkError {
    /// The file cannot be read, or its records cannot be taken any more: told to its sender.
    #[error("take the upload")]
    Refused(String),
    /// The database did not do it, or another worker has the upload: looked at again later.
    #[error(transparent)]
    Store(#[from] store::Error),
}

impl From<FileError> for WorkError {
    fn from(error: FileError) -> Self {
        Self::Refused(error.0)
    }
}

/// Works on uploads until `stop`.
pub async fn run(deps: &Deps, stop: &CancellationToken) {
    while !stop.is_cancelled() {
        let pause = match Box::pin(work_once(deps, stop)).await {
            Ok(true) => continue,
            Ok(false) => POLL,
            Err(error) => {
                tracing::warn!(%error, "cannot work on uploads");
                PAUSE
            }
        };
        stop.run_until_cancelled(tokio::time::sleep(pause)).await;
    }
}

/// Works on the oldest upload that waits; says whether there was one. Stops between two commits.
pub async fn work_once(deps: &Deps, stop: &CancellationToken) -> Result<bool, store::Error> {
    let now = deps.clock.now();
    let lease = LeaseId::generate(&deps.clock);
    let mut tx = deps.db.begin().await?;
    forget(deps, &mut tx).await?;
    let Some(row) = imports::claim(&mut tx, lease, now, now.plus(LEASE)).await? else {
        tx.commit().await?;
        return Ok(false);
    };
    tx.commit().await?;
    let id = row.id;
    let worker = Worker { deps, stop, lease };
    let done = match row.state {
        ImportState::Checking => worker.check(row).await,
        _ => worker.take(row).await,
    };
    match done {
        Ok(()) => {}
        Err(WorkError::Refused(message)) => {
            let mut tx = deps.db.begin().await?;
            // Somebody else has it by now, and will find out by itself.
            if !imports::release(&mut tx, id, lease).await? {
                return Ok(true);
            }
            imports::set_state(&mut tx, id, ImportState::Refused, None, Some(&message), deps.clock.now()).await?;
            imports::discard_content(&mut tx, id).await?;
            tx.commit().await?;
            tracing::info!(import.id = %id, "refused an upload");
        }
        // Cancelled meanwhile, or taken over: nothing of this worker's last batch is stored.
        Err(WorkError::Store(store::Error::RowsAffected { .. })) => {}
        Err(WorkError::Store(error)) => {
            let mut tx = deps.db.begin().await?;
            imports::release(&mut tx, id, lease).await?;
            tx.commit().await?;
            return Err(error);
        }
    }
    Ok(true)
}

/// Throws away what nobody gave a word on.
async fn forget(deps: &Deps, tx: &mut Tx) -> Result<(), store::Error> {
    let now = deps.clock.now();
    for id in imports::forgotten(tx, now.minus(FORGOTTEN), 10).await? {
        let message = "Nobody said what to do with it for a week.";
        imports::set_state(tx, id, ImportState::Cancelled, None, Some(message), now).await?;
        imports::discard_content(tx, id).await?;
    }
    Ok(())
}

struct Worker<'a> {
    deps: &'a Deps,
    stop: &'a CancellationToken,
    lease: LeaseId,
}

impl Worker<'_> {
    fn progress(&self, row: &ImportRow) -> Progress {
        let now = self.deps.clock.now();
        Progress {
            lease: self.lease,
            good: row.good,
            bad: row.bad,
            position: row.position,
            taken: row.taken,
            now,
            until: now.plus(LEASE),
        }
    }

    /// Reads the file and stores each record with what is wrong with it; passes over what an earlier worker stored.
    async fn check(&self, mut row: ImportRow) -> Result<(), WorkError> {
        let mut tx = self.deps.db.read().await?;
        let content = imports::content(&mut tx, row.id).await?;
        let rules = self.rules(&mut tx, &row).await?;
        tx.commit().await?;
        let content = Arc::new(content.ok_or_else(|| WorkError::Refused("The file is gone.".to_owned()))?);
        let (format, kind) = (row.format, row.kind);
        // Two batches at most wait between the reader and the database.
        let (sender, mut receiver) = mpsc::channel::<Vec<Record>>(1);
        let reading = tokio::task::spawn_blocking(move || {
            let mut batch = Vec::with_capacity(BATCH);
            let done = read(format, kind, &content, &mut |record| {
                batch.push(record);
                batch.len() < BATCH || sender.blocking_send(std::mem::take(&mut batch)).is_ok()
            });
            done.map(|()| drop(sender.blocking_send(batch)))
        });
        let mut ordinal = 0;
        let known = row.good + row.bad;
        while let Some(records) = receiver.recv().await {
            if self.stop.is_cancelled() {
                return self.leave(&row).await;
            }
            let mut checked = Vec::with_capacity(records.len());
            for record in records {
                ordinal += 1;
                if ordinal <= known {
                    continue;
                }
                let record = check(&rules, ordinal, row.good, record);
                if record.body.is_ok() {
                    row.good += 1;
                } else {
                    row.bad += 1;
                }
                checked.push(record);
            }
            if !checked.is_empty() {
                let mut tx = self.deps.db.begin().await?;
                imports::advance(&mut tx, row.id, &self.progress(&row)).await?;
                imports::add_records(&mut tx, row.id, &checked).await?;
                tx.commit().await?;
            }
        }
        let read = reading.await.map_err(|_| WorkError::Refused("The file broke its reader.".to_owned()))?;
        read?;
        let mut tx = self.deps.db.begin().await?;
        imports::advance(&mut tx, row.id, &self.progress(&row)).await?;
        imports::set_state(&mut tx, row.id, ImportState::Checked, None, None, self.deps.clock.now()).await?;
        tx.commit().await?;
        tracing::info!(import.id = %row.id, import.good = row.good, import.bad = row.bad, "checked an upload");
        Ok(())
    }

    /// Leaves the rest to the next worker.
    async fn leave(&self, row: &ImportRow) -> Result<(), WorkError> {
        let mut tx = self.deps.db.begin().await?;
        imports::release(&mut tx, row.id, self.lease).await?;
        tx.commit().await?;
        Ok(())
    }

    async fn rules(&self, tx: &mut Tx, row: &ImportRow) -> Result<Rules, WorkError> {
        let today = self.deps.clock.today();
        let (event, room) = match row.case_id {
            Some(id) => {
                let case = cases::find(tx, id).await?;
                let case = case.ok_or_else(|| WorkError::Refused("The case is gone.".to_owned()))?;
                (Some(case.event), MAX_OBJECTS_OF_CASE - cases::last_ordinal(tx, id).await?)
            }
            None => (None, i64::MAX),
        };
        Ok(Rules { kind: row.kind, event, today, room })
    }

    /// Takes the good records: all in one transaction, or batch by batch.
    async fn take(&self, mut row: ImportRow) -> Result<(), WorkError> {
        let mut tx = self.deps.db.begin().await?;
        loop {
            let batch = i64::try_from(BATCH).unwrap_or(i64::MAX);
            let records = imports::good_records(&mut tx, row.id, row.position, batch).await?;
            let Some(last) = records.last() else { break };
            row.position = last.ordinal;
            let count = i64::try_from(records.len()).unwrap_or(i64::MAX);
            match row.case_id {
                Some(case) => self.add_objects(&mut tx, &row, case, records).await?,
                None => self.register_cases(&mut tx, &row, records).await?,
            }
            row.taken += count;
            imports::advance(&mut tx, row.id, &self.progress(&row)).await?;
            if row.mode == Some(ImportMode::SkipBad) {
                tx.commit().await?;
                self.deps.bell.ring();
                if self.stop.is_cancelled() {
                    return self.leave(&row).await;
                }
                tx = self.deps.db.begin().await?;
            }
        }
        imports::advance(&mut tx, row.id, &self.progress(&row)).await?;
        imports::set_state(&mut tx, row.id, ImportState::Done, row.mode, None, self.deps.clock.now()).await?;
        imports::discard_content(&mut tx, row.id).await?;
        tx.commit().await?;
        self.deps.bell.ring();
        tracing::info!(import.id = %row.id, import.taken = row.taken, "took an upload");
        Ok(())
    }

    async fn add_objects(
        &self,
        tx: &mut Tx,
        row: &ImportRow,
        case_id: CaseId,
        records: Vec<GoodRecord>,
    ) -> Result<(), WorkError> {
        let case = cases::lock(tx, case_id).await?;
        let case = case.ok_or_else(|| WorkError::Refused("The case is gone.".to_owned()))?;
        let drafted = alerts::of_case(tx, case_id).await?.iter().any(|alert| alert.state.is_open());
        if let Some(why) = closed_to_objects(&case, drafted) {
            return Err(WorkError::Refused(why.to_owned()));
        }
        let last = cases::last_ordinal(tx, case_id).await?;
        let objects = objects(self.deps, case.event, records)?;
        let count = i64::try_from(objects.len()).unwrap_or(i64::MAX);
        if last + count > MAX_OBJECTS_OF_CASE {
            return Err(WorkError::Refused(format!("The case would have more than {MAX_OBJECTS_OF_CASE} objects.")));
        }
        let circumstances = cases::circumstances(tx, case_id).await?;
        let status = circumstances.map_or(ObjectStatus::Missing, |circumstances| circumstances.details.first_status());
        cases::append_objects(tx, case_id, last, &objects, status).await?;
        let descriptions: Vec<_> = objects.into_iter().map(|(_, object)| object).collect();
        cases::add_words(tx, case_id, &descriptions).await?;
        cases::set_state(tx, case_id, case.state, self.deps.clock.now()).await?;
        let event = ObjectsAddedV1 { case_id, import_id: row.id, objects: count, added_by: row.created_by };
        outbox::record(tx, Service::Intake, &self.deps.clock, &event).await?;
        Ok(())
    }

    async fn register_cases(&self, tx: &mut Tx, row: &ImportRow, records: Vec<GoodRecord>) -> Result<(), WorkError> {
        let today = self.deps.clock.today();
        for record in records {
            let raw: SubmitCase = typed(record.body.0, record.ordinal)?;
            let case = parse(&raw, today).map_err(|_| no_longer(record.ordinal))?;
            register::register_in(self.deps, tx, row.created_by, row.institution_id, &case).await?;
        }
        Ok(())
    }
}

/// The descriptions of objects that were checked. The rules may have become stricter since, with an update of the
/// program: then the upload is refused and not half of it taken.
fn objects(
    deps: &Deps,
    event: Event,
    records: Vec<GoodRecord>,
) -> Result<Vec<(ObjectId, domain::object::ObjectDescription)>, WorkError> {
    let today = deps.clock.today();
    let parsed = records.into_iter().map(|record| {
        let raw: RawObject = typed(record.body.0, record.ordinal)?;
        let object = parse_object(&raw, event, today).map_err(|_| no_longer(record.ordinal))?;
        Ok((ObjectId::generate(&deps.clock), object))
    });
    parsed.collect()
}

fn typed<T: serde::de::DeserializeOwned>(body: serde_json::Value, ordinal: i64) -> Result<T, WorkError> {
    serde_json::from_value(body).map_err(|_| no_longer(ordinal))
}

/// Without why: errors quote what was typed, and the log is no place for that. The check of the file sent again says it.
fn no_longer(ordinal: i64) -> WorkError {
    tracing::warn!(ordinal, "a record that was checked is not good any more");
    WorkError::Refused(format!("Record {ordinal} does not obey the rules any more. Send the file again."))
}

/// Why no object may join a case now.
fn closed_to_objects(case: &CaseRow, drafted: bool) -> Option<&'static str> {
    if drafted {
        return Some("A draft of an alert is open and lists the objects as they were. Release or discard it first.");
    }
    match case.state {
        CaseState::Closed | CaseState::Rejected | CaseState::Withdrawn | CaseState::Merged => {
            Some("The case is closed. Objects join a case that is open.")
        }
        _ => None,
    }
}
