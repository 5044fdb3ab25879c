//! Reports that are not sent in yet.
//!
//! Whoever reports may stop in the middle: what was typed is kept as typed ([`save_draft`]), found again by everybody of
//! the same institution and by nobody else, not even the desk ([`drafts`], [`find_draft`]), thrown away by whoever began
//! it ([`discard_draft`]), and made a case by the same checks as any report ([`send_draft`]). Of two who save at once
//! the second is told, and overwrites nothing. What it lacks, and why that matters, is judged by [`crate::completeness`].
//!
//! A draft may hold personal data and nobody has taken charge of it, so it does not stay: one that nobody has saved for
//! [`KEPT_DAYS`] days is removed ([`sweep_drafts`]). Nothing about drafts is recorded in the ledger: nothing was reported
//! yet.

pub(crate) mod discard;
pub(crate) mod save;
pub(crate) mod send;
pub(crate) mod show;

use std::time::Duration;

use domain::ids::{AccountId, InstitutionId, ReportDraftId, Uuid};
use domain::text::Line;
use domain::{CivilDate, Timestamp};
use serde::Serialize;
use store::report_drafts::{self, ReportDraftRow};
use store::{Tx, identity};
use tokio_util::sync::CancellationToken;
use utoipa::ToSchema;
use web::{Principal, Problem};

use crate::Deps;
use crate::completeness::{Completeness, Judged, completeness};
use crate::submit::SubmitCase;

pub use discard::{DiscardDraftError, discard_draft};
pub use save::{SaveDraftError, begin_draft, save_draft};
pub use send::{SendDraftError, send_draft};
pub use show::{ReportDraftList, drafts, find_draft};

/// How many days a draft stays that nobody saves.
pub const KEPT_DAYS: u32 = 90;

/// The most drafts of one institution: more is a program that went wrong.
pub const MAX_DRAFTS: i64 = 200;

/// How often to look for drafts that nobody has saved for long.
const PAUSE: Duration = Duration::from_secs(3600);

/// A draft of a report.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ReportDraftView {
    /// Its identifier.
    #[schema(value_type = String, example = "draft_0190c1c5f3a97c0e8a4f5b6c7d8e9f00")]
    pub id: ReportDraftId,
    /// Counted from 1, one more with each saving; also the `ETag`.
    pub revision: i64,
    /// Who began it, and may throw it away.
    #[schema(value_type = String)]
    pub owner_id: AccountId,
    /// When it was begun.
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
    /// Who saved it last, by name.
    #[schema(value_type = Option<String>)]
    pub saved_by: Option<Line>,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    pub saved_at: Timestamp,
    /// The day on which it is removed unless somebody saves it.
    #[schema(value_type = String, example = "2027-02-21")]
    pub kept_until: CivilDate,
    /// What it lacks, and why that matters.
    pub completeness: Completeness,
    /// The report as typed.
    pub report: SubmitCase,
}

/// Whose drafts `principal` sees: those of the institution, or the own ones of somebody without one.
fn scope(principal: &Principal) -> Uuid {
    principal.institution_id.map_or(principal.account_id.as_uuid(), InstitutionId::as_uuid)
}

/// How long a draft stays.
fn kept() -> Duration {
    Duration::from_secs(u64::from(KEPT_DAYS) * 24 * 3600)
}

/// A draft as read back. The bytes are ours: others than a report's are the database's fault.
fn read(row: &ReportDraftRow) -> Result<SubmitCase, store::Error> {
    serde_json::from_slice(&row.body).map_err(report_drafts::unreadable)
}

/// A draft as shown.
async fn view(deps: &Deps, tx: &mut Tx, row: ReportDraftRow) -> Result<ReportDraftView, store::Error> {
    let report = read(&row)?;
    let today = deps.clock.today();
    Ok(ReportDraftView {
        id: row.id,
        revision: row.revision,
        owner_id: row.owner_id,
        created_at: row.created_at,
        saved_by: identity::account(tx, row.saved_by).await?.map(|account| account.name),
        saved_at: row.saved_at,
        kept_until: CivilDate::new(row.saved_at.plus(kept()).utc_date()),
        completeness: completeness(&report, Judged::Draft, today),
        report,
    })
}

/// What somebody is told who asks for a draft that is not there, or not theirs.
fn not_found() -> Problem {
    Problem::not_found("draft of a report")
}

/// Removes drafts that nobody has saved for [`KEPT_DAYS`] days; says how many.
pub async fn sweep_drafts(deps: &Deps) -> Result<u64, store::Error> {
    let mut tx = deps.db.begin().await?;
    let removed = report_drafts::remove_untouched(&mut tx, deps.clock.now().minus(kept())).await?;
    tx.commit().await?;
    if removed > 0 {
        tracing::info!(drafts = removed, "removed drafts of reports that nobody has saved for long");
    }
    Ok(removed)
}

/// Sweeps until `stop`.
pub(crate) async fn keep_swept(deps: &Deps, stop: &CancellationToken) {
    loop {
        if let Err(error) = sweep_drafts(deps).await {
            tracing::warn!(%error, "cannot sweep drafts of reports yet");
        }
        if stop.run_until_cancelled(tokio::time::sleep(PAUSE)).await.is_none() {
            return;
        }
    }
}
