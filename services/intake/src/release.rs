//! An officer releases a draft: from here on it never changes, and routing decides who is told.
//!
//! [`release`] decides and is pure; [`release_alert`] records. Four eyes: whatever goes beyond the police, and every
//! cancel, is released by another officer than the one who drafted it.

use std::collections::HashMap;

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use contracts::Service;
use contracts::events::AlertReleasedV1;
use domain::Timestamp;
use domain::codes::{AlertKind, AlertState, CaseState, ObjectStatus, Reach};
use domain::ids::{AccountId, AlertId, OverrideId, PartnerId};
use domain::plan::OverrideChange;
use serde::{Deserialize, Serialize};
use store::alerts::AlertRow;
use store::cases::{CaseRow, StatusRow};
use store::plans::overrides::{self, OverrideRow};
use store::{Tx, alerts, cases, embargoes, identity, outbox};
use utoipa::ToSchema;
use web::{Authority, Json, Officer, Path, Problem};

use crate::Deps;
use crate::draft::content_sha256;
use crate::embargo::stops;
use crate::set_status::record_status;
use crate::step::may_speak;
use crate::view::AlertView;

/// What an officer has seen of a draft before releasing it.
#[derive(Clone, Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct ReleaseAlert {
    /// The last decision about a partner by hand (`last_override` of the audience); left out if there is none. If there
    /// is another one by now, nothing is released.
    #[schema(value_type = Option<String>, example = json!(null))]
    pub last_override: Option<OverrideId>,
}

/// What a release depends on.
#[derive(Clone, Copy, Debug)]
pub struct Releasable {
    /// Where the version stands.
    pub state: AlertState,
    /// What it says.
    pub kind: AlertKind,
    /// How far it may go.
    pub reach: Reach,
    /// Who drafted it.
    pub drafted_by: AccountId,
}

impl Releasable {
    /// Of a stored alert.
    pub fn of(row: &AlertRow) -> Self {
        Self { state: row.state, kind: row.kind, reach: row.reach, drafted_by: row.drafted_by }
    }
}

/// What a release does to the case.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub struct Released {
    /// Where the case stands now.
    pub case_state: CaseState,
    /// Where the objects it is about stand now; none if that does not change.
    pub object_status: Option<ObjectStatus>,
}

/// Why a version was not released.
#[derive(Debug, thiserror::Error)]
pub enum ReleaseError {
    /// There is no such version.
    #[error("find the alert")]
    NoAlert,
    /// Another officer than the drafter must look at it.
    #[error("release without a second officer")]
    SecondOfficer,
    /// One administrator may be behind both officers.
    #[error("release: one administrator may be behind both officers")]
    OneHand,
    /// Somebody decided about a partner, and the officer has not seen it.
    #[error("release what has not been seen")]
    NotSeen,
    /// Whoever added a partner by hand is not the one who releases that.
    #[error("release a partner that one added oneself")]
    OwnAddition,
    /// It was released before.
    #[error("release it again")]
    AlreadyReleased,
    /// It was thrown away.
    #[error("release a discarded draft")]
    Discarded,
    /// An authority asks for silence, or there is no such case any more.
    #[error("release about a case that is silent")]
    Silent,
    /// An embargo holds for the case.
    #[error("release during an embargo")]
    Embargoed(Timestamp),
    /// The database did not do it.
    #[error(transparent)]
    Store(#[from] store::Error),
}

/// Whether another officer than the drafter must release such a version.
pub fn needs_second_officer(kind: AlertKind, reach: Reach) -> bool {
    reach == Reach::All || kind == AlertKind::Cancel
}

/// Whether `by` may release this version of a case, and what that does to the case; `all_back` says whether no object
/// is left to search for once the version is out.
pub fn release(alert: Releasable, case: CaseState, all_back: bool, by: AccountId) -> Result<Released, ReleaseError> {
    match alert.state {
        AlertState::Draft | AlertState::Scheduled => {}
        AlertState::Released => return Err(ReleaseError::AlreadyReleased),
        AlertState::Discarded => return Err(ReleaseError::Discarded),
    }
    if !may_speak(case) {
        return Err(ReleaseError::Silent);
    }
    if needs_second_officer(alert.kind, alert.reach) && by == alert.drafted_by {
        return Err(ReleaseError::SecondOfficer);
    }
    Ok(match alert.kind {
        AlertKind::Cancel => {
            Released { case_state: CaseState::Closed, object_status: Some(ObjectStatus::ReportedInError) }
        }
        AlertKind::Recovery => {
            let case_state = if all_back { CaseState::Closed } else { CaseState::Active };
            Released { case_state, object_status: Some(ObjectStatus::Recovered) }
        }
        // A correction of a recovery does not open the case again.
        AlertKind::Update if case == CaseState::Closed => {
            Released { case_state: CaseState::Closed, object_status: None }
        }
        AlertKind::Alert | AlertKind::Update | AlertKind::ExpertRequest => {
            Released { case_state: CaseState::Active, object_status: None }
        }
        // The way back goes on after the case was closed; an exercise happened to nothing.
        AlertKind::Restitution | AlertKind::Exercise => Released { case_state: case, object_status: None },
    })
}

/// Whether the decision that counts about some partner is that `by` added it. Pure.
fn added_by(decided: &[OverrideRow], by: AccountId) -> bool {
    let last: HashMap<PartnerId, &OverrideRow> = decided.iter().map(|row| (row.partner_id, row)).collect();
    last.values().any(|row| row.made_by == by && matches!(row.change.as_deref(), Some(OverrideChange::Add { .. })))
}

/// Whether `by`, who has seen the decisions by hand up to `seen`, is another person than those who made the version what
/// it is.
pub(crate) async fn hands(
    deps: &Deps,
    tx: &mut Tx,
    alert: &AlertRow,
    by: AccountId,
    seen: Option<OverrideId>,
) -> Result<(), ReleaseError> {
    let decided = overrides::of_alert(tx, alert.id).await?;
    if decided.last().map(|row| row.id) != seen {
        return Err(ReleaseError::NotSeen);
    }
    if added_by(&decided, by) {
        return Err(ReleaseError::OwnAddition);
    }
    let since = deps.clock.now().minus(deps.change_wait);
    if needs_second_officer(alert.kind, alert.reach) && identity::one_hand(tx, alert.drafted_by, by, since).await? {
        return Err(ReleaseError::OneHand);
    }
    Ok(())
}

/// Releases a draft whose decisions by hand the officer has seen up to `seen`.
pub async fn release_alert(
    deps: &Deps,
    by: AccountId,
    id: AlertId,
    seen: Option<OverrideId>,
) -> Result<AlertRow, ReleaseError> {
    let mut tx = deps.db.begin().await?;
    alerts::hold(&mut tx, id).await?;
    let case_id = alerts::find(&mut tx, id).await?.ok_or(ReleaseError::NoAlert)?.case_id;
    let case = cases::lock(&mut tx, case_id).await?.ok_or(ReleaseError::NoAlert)?;
    // Read again under the lock: another officer may have been faster.
    let mut alert = alerts::find(&mut tx, id).await?.ok_or(ReleaseError::NoAlert)?;
    let now = deps.clock.now();
    let embargo = embargoes::find(&mut tx, case_id).await?;
    if let Some(until) = stops(embargo.as_ref(), alert.kind, now).filter(|_| alert.state.is_open()) {
        return Err(ReleaseError::Embargoed(until));
    }
    // What is wrong with the version itself is said before what is wrong with whoever releases it.
    let _released = release(Releasable::of(&alert), case.state, true, by)?;
    hands(deps, &mut tx, &alert, by, seen).await?;
    release_in(deps, &mut tx, &case, &alert, by, now).await?;
    tx.commit().await?;
    deps.bell.ring();
    tracing::info!(case.id = %case_id, alert.id = %id, alert.version = alert.version, "released an alert");
    alert.state = AlertState::Released;
    alert.released_by = Some(by);
    alert.released_at = Some(now);
    Ok(alert)
}

/// Releases a version within a transaction that holds its case, and tells of it.
pub(crate) async fn release_in(
    deps: &Deps,
    tx: &mut Tx,
    case: &CaseRow,
    alert: &AlertRow,
    by: AccountId,
    now: Timestamp,
) -> Result<(), ReleaseError> {
    let objects = cases::objects(tx, case.id).await?;
    let others_missing = alert.content.others_missing > 0;
    let released = release(Releasable::of(alert), case.state, !others_missing, by)?;
    if !alerts::release(tx, alert.id, by, now).await? {
        return Err(ReleaseError::AlreadyReleased);
    }
    cases::set_state(tx, case.id, released.case_state, now).await?;
    if let Some(status) = released.object_status {
        let named = &alert.content.named;
        let about = objects.iter().filter(|object| named.is_empty() || named.contains(&object.ordinal));
        // One that has come further since the draft stays where it is.
        for object in about.filter(|object| object.status.check(status).is_ok()) {
            let row = StatusRow { object_id: object.id, status, note: None, set_by: by, set_at: now };
            record_status(deps, tx, case.id, &row).await?;
        }
    }
    let event = AlertReleasedV1 {
        alert_id: alert.id,
        case_id: case.id,
        version: alert.version,
        kind: alert.kind,
        reach: alert.reach,
        label: alert.label,
        content_sha256: content_sha256(&alert.content.0),
        drafted_by: alert.drafted_by,
        released_by: by,
    };
    outbox::record(tx, Service::Intake, &deps.clock, &event).await?;
    Ok(())
}

impl From<ReleaseError> for Problem {
    fn from(error: ReleaseError) -> Self {
        match error {
            ReleaseError::NoAlert => Self::not_found("alert"),
            ReleaseError::SecondOfficer => Self::conflict(
                "second-officer",
                "Whatever goes beyond the police, and every cancel, is released by another officer than its drafter.",
            ),
            ReleaseError::OneHand => Self::conflict(
                "one-hand",
                "One administrator may stand behind you and the drafter: both accounts were lately created, or given \
                 their role or password, by the same administrator or one by the other. Another officer must release it, \
                 or you must wait.",
            ),
            ReleaseError::NotSeen => Self::conflict(
                "not-seen",
                "Somebody added or removed a partner since you looked. Look at the audience again, then release.",
            ),
            ReleaseError::OwnAddition => Self::conflict(
                "own-addition",
                "You added a partner to this draft by hand. Another officer must release it.",
            ),
            ReleaseError::AlreadyReleased => Self::conflict("already-released", "The version was released already."),
            ReleaseError::Silent => Self::conflict(
                "case-silent",
                "Nothing is released about a case that is suspended, rejected, withdrawn or merged.",
            ),
            ReleaseError::Embargoed(until) => Self::conflict(
                "embargoed",
                format!(
                    "An embargo holds for this case until {}. Release the version for later, or lift the embargo.",
                    until.human()
                ),
            ),
            ReleaseError::Discarded => Self::conflict("discarded", "The draft was discarded."),
            ReleaseError::Store(error) => error.into(),
        }
    }
}

/// Releases a draft.
#[utoipa::path(
    post, path = "/api/v1/alerts/{id}/release", tag = "intake", request_body = ReleaseAlert,
    params(("id" = String, Path, description = "The alert's identifier, such as alert_0190…")),
    responses(
        (status = 200, description = "The version as released", body = AlertView),
        (status = 400, description = "The body cannot be read"),
        (status = 403, description = "The caller is no duty officer"),
        (status = 404, description = "There is no such alert"),
        (status = 409, description = "A second officer is needed, somebody decided about a partner meanwhile, an embargo holds, or it is no draft any more"),
        (status = 422, description = "Some fields break a rule"),
    )
)]
pub(crate) async fn api(
    State(deps): State<Deps>,
    officer: Authority<Officer>,
    Path(id): Path<AlertId>,
    body: Json<ReleaseAlert>,
) -> Result<Response, Problem> {
    let row = release_alert(&deps, officer.account_id, id, body.value.last_override).await?;
    Ok(axum::Json(AlertView::for_desk(row)).into_response())
}

#[cfg(test)]
mod tests {
    use domain::Clock;

    use super::*;

    #[test]
    fn four_eyes_over_every_kind_and_reach() {
        let drafter = AccountId::generate(&Clock::System);
        let other = AccountId::generate(&Clock::System);
        for &kind in AlertKind::ALL {
            for &reach in Reach::ALL {
                let draft = Releasable { state: AlertState::Draft, kind, reach, drafted_by: drafter };
                assert!(release(draft, CaseState::Verified, true, other).is_ok(), "{kind} {reach}");
                let alone = release(draft, CaseState::Verified, true, drafter);
                let allowed = match (kind, reach) {
                    (AlertKind::Cancel, _) | (_, Reach::All) => false,
                    (
                        AlertKind::Alert
                        | AlertKind::Update
                        | AlertKind::Recovery
                        | AlertKind::Restitution
                        | AlertKind::ExpertRequest
                        | AlertKind::Exercise,
                        Reach::Police,
                    ) => true,
                };
                assert_eq!(alone.is_ok(), allowed, "{kind} {reach}");
                assert!(allowed || matches!(alone, Err(ReleaseError::SecondOfficer)), "{kind} {reach}");
            }
        }
    }

    #[test]
    fn only_a_draft_is_released() {
        let drafter = AccountId::generate(&Clock::System);
        let other = AccountId::generate(&Clock::System);
        for &kind in AlertKind::ALL {
            for by in [drafter, other] {
                let mut alert =
                    Releasable { state: AlertState::Released, kind, reach: Reach::All, drafted_by: drafter };
                assert!(
                    matches!(release(alert, CaseState::Active, true, by), Err(ReleaseError::AlreadyReleased)),
                    "{kind}"
                );
                alert.state = AlertState::Discarded;
                assert!(matches!(release(alert, CaseState::Active, true, by), Err(ReleaseError::Discarded)), "{kind}");
            }
        }
    }

    #[test]
    fn a_recovery_is_not_a_cancel_and_both_close() {
        let drafter = AccountId::generate(&Clock::System);
        let by = AccountId::generate(&Clock::System);
        for (kind, case, state, status) in [
            (AlertKind::Alert, CaseState::Verified, CaseState::Active, None),
            (AlertKind::Update, CaseState::Active, CaseState::Active, None),
            (AlertKind::Update, CaseState::Closed, CaseState::Closed, None),
            (AlertKind::Cancel, CaseState::Active, CaseState::Closed, Some(ObjectStatus::ReportedInError)),
            (AlertKind::Recovery, CaseState::Active, CaseState::Closed, Some(ObjectStatus::Recovered)),
            (AlertKind::Restitution, CaseState::Closed, CaseState::Closed, None),
            (AlertKind::ExpertRequest, CaseState::Verified, CaseState::Active, None),
            (AlertKind::Exercise, CaseState::Verified, CaseState::Verified, None),
            (AlertKind::Alert, CaseState::Alerting, CaseState::Active, None),
        ] {
            let draft = Releasable { state: AlertState::Draft, kind, reach: Reach::All, drafted_by: drafter };
            let expected = Released { case_state: state, object_status: status };
            assert_eq!(release(draft, case, true, by).expect("a second officer"), expected, "{kind}");
        }
    }

    #[test]
    fn a_partial_recovery_leaves_the_case_open_and_silence_stops_every_release() {
        let drafted_by = AccountId::generate(&Clock::System);
        let by = AccountId::generate(&Clock::System);
        for &kind in AlertKind::ALL {
            let draft = Releasable { state: AlertState::Draft, kind, reach: Reach::All, drafted_by };
            let suspended = release(draft, CaseState::Suspended, true, by);
            assert!(matches!(suspended, Err(ReleaseError::Silent)), "{kind}");
        }
        let kind = AlertKind::Recovery;
        let draft = Releasable { state: AlertState::Draft, kind, reach: Reach::All, drafted_by };
        let partial = release(draft, CaseState::Active, false, by).expect("a second officer");
        assert_eq!(partial.case_state, CaseState::Active);
    }
}
