//! Asking the configured witnesses, and hearing what a refusal means.

use std::time::Duration;

use axum::http::StatusCode;
use domain::Timestamp;
use serde::Deserialize;
use store::Tx;
use store::ledger::{self, CheckpointRow, CosignatureRow, WitnessRow};

use super::cosign::{Cosigner, cosigned};
use super::request::AddCheckpoint;
use crate::Deps;
use crate::client::Http;
use crate::ledger::{ProveError, counted, prove_consistency, stored};
use crate::note::Note;

/// How long a witness may take.
const PATIENCE: Duration = Duration::from_secs(10);
/// After how long a witness that has everything is asked again, so that a rewind shows also while nothing happens.
const AGAIN: Duration = Duration::from_secs(600);
/// After how long without a cosignature somebody is told. Publishing is a job of its own: the ledger goes on meanwhile.
pub const LATE: Duration = Duration::from_secs(15 * 60);
/// How often one witness is asked in a row: it may first have to say what size it has.
const TURNS: usize = 3;

/// One witness in the settings.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WitnessConfig {
    /// Its verifier key, as `tocsin ledger witness` prints it. The name is in it.
    pub key: String,
    /// Its address, to which `/add-checkpoint` is added.
    pub url: String,
}

/// What an answer means.
enum Heard {
    /// It signed.
    Signed(CosignatureRow),
    /// It has this size; to be asked again from there.
    Has(u64),
    /// Two histories exist.
    Alarm(String),
    /// It could not be asked.
    Trouble(String),
}

/// Asks every witness that lacks the newest checkpoint.
pub async fn ask_all(deps: &Deps, http: &Http) -> Result<(), ProveError> {
    for (by, url) in &deps.witnesses {
        ask(deps, http, by, url).await?;
    }
    Ok(())
}

/// How it stands with the configured witnesses. One that is no longer asked is not late.
pub async fn standing(deps: &Deps, tx: &mut Tx) -> Result<Vec<WitnessRow>, store::Error> {
    let rows = ledger::witnesses(tx).await?;
    Ok(rows.into_iter().filter(|row| deps.witnesses.iter().any(|(by, _)| by.name().as_str() == row.name)).collect())
}

async fn ask(deps: &Deps, http: &Http, by: &Cosigner, url: &str) -> Result<(), ProveError> {
    let name = by.name().as_str();
    // What it said it has in this round; before that, what is known from earlier.
    let mut said: Option<i64> = None;
    for _ in 0..TURNS {
        let now = deps.clock.now();
        let mut tx = deps.db.read().await?;
        let Some(latest) = ledger::latest_checkpoint(&mut tx).await? else { return Ok(()) };
        let known = ledger::witnesses(&mut tx).await?.into_iter().find(|row| row.name == name);
        let recently = known.as_ref().and_then(|row| row.heard_at).is_some_and(|at| now.since(at) < AGAIN);
        let has = said.unwrap_or_else(|| known.map_or(0, |row| row.size));
        if said.is_none() && has == latest.size && recently {
            return Ok(());
        }
        let old = counted(has.min(latest.size));
        let proof = prove_consistency(&mut tx, old, counted(latest.size)).await?;
        tx.commit().await?;
        let Ok(note) = latest.note.parse::<Note>() else { return Ok(()) };
        let request = AddCheckpoint { old, proof: proof.map_or_else(Vec::new, |proof| proof.path), note };
        let heard = post(http, by, url, &latest, &request).await;
        let mut tx = deps.db.begin().await?;
        match &heard {
            Heard::Signed(row) => {
                ledger::cosign(&mut tx, row).await?;
                ledger::heard(&mut tx, name, latest.size, now).await?;
            }
            Heard::Has(size) => said = Some(stored(*size)),
            Heard::Alarm(words) => {
                tracing::error!(witness = name, "ALARM: a witness refuses this ledger: {words}");
                ledger::alarm(&mut tx, name, words, now).await?;
            }
            Heard::Trouble(why) => {
                match known_since(&mut tx, name).await?.filter(|since| now.since(*since) >= LATE) {
                    Some(since) => tracing::error!(
                        witness = name,
                        why,
                        "ALARM: a witness has no checkpoint since {}; the ledger goes on",
                        since.human()
                    ),
                    None => tracing::warn!(witness = name, why, "cannot ask a witness"),
                }
                ledger::trouble(&mut tx, name, why).await?;
            }
        }
        tx.commit().await?;
        if !matches!(heard, Heard::Has(_)) {
            return Ok(());
        }
    }
    Ok(())
}

/// Since when a witness lacks a checkpoint.
async fn known_since(tx: &mut Tx, name: &str) -> Result<Option<Timestamp>, store::Error> {
    let rows = ledger::witnesses(tx).await?;
    Ok(rows.into_iter().find(|row| row.name == name).and_then(|row| row.behind_since))
}

async fn post(http: &Http, by: &Cosigner, url: &str, latest: &CheckpointRow, request: &AddCheckpoint) -> Heard {
    let sent = http.post(&format!("{url}/add-checkpoint"), request.to_string(), PATIENCE).await;
    let (status, text) = match sent {
        Ok((status, body)) => (status, String::from_utf8_lossy(&body).into_owned()),
        Err(error) => return Heard::Trouble(chain(&error)),
    };
    judge(status, &text, by, latest, request)
}

/// An error with its causes, on one line.
fn chain(error: &dyn std::error::Error) -> String {
    std::iter::successors(Some(error), |error| error.source()).map(ToString::to_string).collect::<Vec<_>>().join(": ")
}

/// What an answer means; pure.
fn judge(status: StatusCode, text: &str, by: &Cosigner, latest: &CheckpointRow, request: &AddCheckpoint) -> Heard {
    let size = counted(latest.size);
    match status {
        StatusCode::OK => {
            let lines: Vec<&str> = text.lines().filter(|line| line.contains(by.name().as_str())).collect();
            let found = lines.into_iter().find_map(|line| {
                let note: Note = format!("{}{line}\n", latest.note).parse().ok()?;
                let at: Timestamp = cosigned(&note, by)?;
                Some(CosignatureRow {
                    size: latest.size,
                    witness: by.name().to_string(),
                    line: line.to_owned(),
                    cosigned_at: at,
                })
            });
            found.map_or_else(
                || Heard::Trouble("it answered without a valid signature of its key".to_owned()),
                Heard::Signed,
            )
        }
        StatusCode::CONFLICT => match text.trim().parse::<u64>() {
            Ok(theirs) if theirs > size => Heard::Alarm(format!(
                "it signed a ledger of {theirs} entries, and this one has {size}: this is an older copy, or the end was cut off"
            )),
            Ok(theirs) if theirs == request.old => {
                Heard::Alarm(format!("it signed another root for the same {theirs} entries: there are two histories"))
            }
            Ok(theirs) => Heard::Has(theirs),
            Err(_) => Heard::Trouble("it answered 409 without a size".to_owned()),
        },
        StatusCode::UNPROCESSABLE_ENTITY => Heard::Alarm(format!(
            "the {} entries it signed are not the beginning of this ledger: history was rewritten, or it was shown another one",
            request.old
        )),
        other => Heard::Trouble(format!("it answered {other}")),
    }
}
