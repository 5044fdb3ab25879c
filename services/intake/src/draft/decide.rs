//! Whether a version may be drafted, and which number it gets. Pure.

use domain::codes::{AlertKind, AlertState, Capacity, CaseState, Certainty, EvidenceKind, ObjectStatus, Reach};
use domain::text::Prose;
use store::alerts::AlertRow;
use store::cases::VerificationRow;

use crate::parse::is_official;
use crate::step::may_speak;

/// A version that is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DraftRequest {
    /// What it says.
    pub kind: AlertKind,
    /// How far it may go.
    pub reach: Reach,
    /// The desk's words to all recipients.
    pub message: Option<Prose>,
    /// The numbers of the objects it is about; none: all. Only a recovery or a restitution names some.
    pub named: Vec<i64>,
}

/// What a draft depends on.
#[derive(Clone, Debug)]
pub struct Standing {
    /// The last verification, if there is one.
    pub verified: Option<(Certainty, EvidenceKind)>,
    /// In which capacity the reporter spoke; none if the reporter was erased.
    pub capacity: Option<Capacity>,
    /// Where the case stands.
    pub state: CaseState,
    /// Whether an official source reports what cannot be listed yet.
    pub urgent: bool,
    /// How many objects are not back yet.
    pub searched_for: usize,
    /// The versions so far, oldest first, discarded ones included.
    pub versions: Vec<Version>,
}

/// A version so far.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Version {
    /// What it says.
    pub kind: AlertKind,
    /// Where it stands.
    pub state: AlertState,
    /// How far it may go.
    pub reach: Reach,
}

impl Version {
    /// Of a stored alert.
    pub fn of(row: &AlertRow) -> Self {
        Self { kind: row.kind, state: row.state, reach: row.reach }
    }
}

impl Standing {
    /// Of a case's rows.
    pub fn new(
        state: CaseState,
        verification: Option<&VerificationRow>,
        capacity: Option<Capacity>,
        objects: &[ObjectStatus],
        alerts: &[AlertRow],
    ) -> Self {
        Self {
            verified: verification.map(|row| (row.certainty, row.evidence)),
            capacity,
            state,
            urgent: objects.is_empty() && capacity.is_some_and(is_official),
            searched_for: objects.iter().filter(|status| status.check(ObjectStatus::Recovered).is_ok()).count(),
            versions: alerts.iter().map(Version::of).collect(),
        }
    }

    /// How sure the desk is, and on what. Where a list cannot wait, the word of an official source is enough.
    pub fn sure(&self) -> Option<(Certainty, Option<EvidenceKind>)> {
        match self.verified {
            Some((certainty, evidence)) => Some((certainty, Some(evidence))),
            None => self.urgent.then_some((Certainty::Likely, None)),
        }
    }

    fn released(&self) -> impl Iterator<Item = &Version> {
        self.versions.iter().filter(|version| version.state == AlertState::Released)
    }
}

/// Why a version cannot be drafted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// An authority asks for silence, or there is no such case any more.
    #[error("nothing is said about a case that is {}", label_of(*.0))]
    Silent(CaseState),
    /// Nobody has verified the case.
    #[error("the case is not verified yet")]
    NotVerified,
    /// The desk is not sure enough to ring any bell.
    #[error("an alert needs a certainty of at least \"possible\"; the last verification is less sure")]
    TooUncertain,
    /// A tip is one source; it cannot trigger an alert by itself.
    #[error(
        "the reporter is a member of the public: verify the tip first, as likely or observed and on more than the press"
    )]
    PublicTip,
    /// Another draft is open.
    #[error("a draft is open already: release or discard it first")]
    DraftOpen,
    /// The first version must be an alert, or ask experts.
    #[error("nobody was told anything yet: the first version is an alert or an expert request")]
    FirstIsAlert,
    /// The case has had its alert.
    #[error("the alert was released already: what follows is an update, a cancel or a recovery")]
    AlertExists,
    /// After a cancel there is nothing left to say.
    #[error("the alert was cancelled; nothing can follow a cancel")]
    Cancelled,
    /// The recovery was told.
    #[error("the recovery was released already; correct it by an update")]
    RecoveryExists,
    /// Whoever takes part in an exercise must not find a real alert among its mails.
    #[error("the case is an exercise: nothing but an exercise can follow")]
    ExerciseOnly,
    /// Whoever searches for a real object must not be told that it is an exercise.
    #[error("partners were told of this case in earnest; an exercise needs a case of its own")]
    NotAnExercise,
    /// Those who heard an earlier version must hear this one.
    #[error("an earlier version went to all kinds of partners, so this one must too")]
    ReachNarrowed,
    /// A follow-up must say what it is about.
    #[error("is required: say what changed, or why")]
    MessageMissing,
}

fn label_of(state: CaseState) -> String {
    state.label().to_lowercase()
}

/// The number of the version that is asked for.
pub fn next_version(standing: &Standing, request: &DraftRequest) -> Result<i64, Refusal> {
    if !may_speak(standing.state) {
        return Err(Refusal::Silent(standing.state));
    }
    let (certainty, evidence) = standing.sure().ok_or(Refusal::NotVerified)?;
    if standing.versions.iter().any(|version| version.state.is_open()) {
        return Err(Refusal::DraftOpen);
    }
    let released = |kind| standing.released().any(|version| version.kind == kind);
    if released(AlertKind::Cancel) {
        return Err(Refusal::Cancelled);
    }
    let in_earnest = standing.released().any(|version| version.kind != AlertKind::Exercise);
    match request.kind {
        AlertKind::Exercise if in_earnest => return Err(Refusal::NotAnExercise),
        AlertKind::Exercise => {}
        _ if released(AlertKind::Exercise) => return Err(Refusal::ExerciseOnly),
        AlertKind::Alert if released(AlertKind::Alert) => return Err(Refusal::AlertExists),
        AlertKind::Recovery if released(AlertKind::Recovery) && standing.searched_for == 0 => {
            return Err(Refusal::RecoveryExists);
        }
        AlertKind::Update | AlertKind::Cancel | AlertKind::Recovery | AlertKind::Restitution if !in_earnest => {
            return Err(Refusal::FirstIsAlert);
        }
        _ => {}
    }
    // Calling off an alarm must not wait for the desk to become surer of it.
    if matches!(request.kind, AlertKind::Alert | AlertKind::Update | AlertKind::ExpertRequest) {
        let sure = matches!(certainty, Certainty::Observed | Certainty::Likely);
        if !sure && certainty != Certainty::Possible {
            return Err(Refusal::TooUncertain);
        }
        if standing.capacity == Some(Capacity::Public) && (!sure || evidence == Some(EvidenceKind::PressOnly)) {
            return Err(Refusal::PublicTip);
        }
    }
    if request.reach == Reach::Police && standing.released().any(|version| version.reach == Reach::All) {
        return Err(Refusal::ReachNarrowed);
    }
    if request.kind != AlertKind::Alert && request.message.is_none() {
        return Err(Refusal::MessageMissing);
    }
    let versions = standing.released().count();
    Ok(i64::try_from(versions).unwrap_or(i64::MAX).saturating_add(1))
}

#[cfg(test)]
mod tests {
    use AlertKind::{Alert, Cancel, Exercise, ExpertRequest, Recovery, Restitution, Update};
    use AlertState::{Discarded, Draft, Released};
    use Reach::{All, Police};

    use super::*;

    fn standing(versions: &[(AlertKind, AlertState, Reach)]) -> Standing {
        Standing {
            verified: Some((Certainty::Likely, EvidenceKind::MinistryNote)),
            capacity: Some(Capacity::Holder),
            state: CaseState::Active,
            urgent: false,
            searched_for: 0,
            versions: versions.iter().map(|&(kind, state, reach)| Version { kind, state, reach }).collect(),
        }
    }

    fn request(kind: AlertKind, reach: Reach) -> DraftRequest {
        let message = Some("The inventory number was wrong.".parse().unwrap());
        DraftRequest { kind, reach, message, named: Vec::new() }
    }

    #[test]
    fn versions_follow_each_other_in_the_only_orders_that_make_sense() {
        let table: &[(&[(AlertKind, AlertState, Reach)], AlertKind, Reach, Result<i64, Refusal>)] = &[
            (&[], Alert, All, Ok(1)),
            (&[], Alert, Police, Ok(1)),
            (&[], Update, All, Err(Refusal::FirstIsAlert)),
            (&[], Cancel, All, Err(Refusal::FirstIsAlert)),
            (&[], Recovery, All, Err(Refusal::FirstIsAlert)),
            (&[(Alert, Draft, All)], Alert, All, Err(Refusal::DraftOpen)),
            (&[(Alert, Discarded, All)], Alert, All, Ok(1)),
            (&[(Alert, Released, Police)], Alert, All, Err(Refusal::AlertExists)),
            (&[(Alert, Released, Police)], Update, Police, Ok(2)),
            (&[(Alert, Released, Police)], Update, All, Ok(2)),
            (&[(Alert, Released, All)], Update, Police, Err(Refusal::ReachNarrowed)),
            (&[(Alert, Released, All), (Update, Discarded, All)], Recovery, All, Ok(2)),
            (&[(Alert, Released, All), (Update, Released, All)], Cancel, All, Ok(3)),
            (&[(Alert, Released, All), (Update, Draft, All)], Cancel, All, Err(Refusal::DraftOpen)),
            (&[(Alert, Released, All), (Recovery, Released, All)], Recovery, All, Err(Refusal::RecoveryExists)),
            (&[(Alert, Released, All), (Recovery, Released, All)], Update, All, Ok(3)),
            (&[(Alert, Released, All), (Cancel, Released, All)], Update, All, Err(Refusal::Cancelled)),
            (&[(Alert, Released, All), (Cancel, Released, All)], Recovery, All, Err(Refusal::Cancelled)),
            (&[(Alert, Released, All), (Cancel, Released, All)], Alert, All, Err(Refusal::Cancelled)),
            (&[], Restitution, All, Err(Refusal::FirstIsAlert)),
            (&[(Alert, Released, All), (Recovery, Released, All)], Restitution, All, Ok(3)),
            (&[(Alert, Released, All), (Restitution, Released, All)], Restitution, All, Ok(3)),
            (&[(Alert, Released, All), (Cancel, Released, All)], Restitution, All, Err(Refusal::Cancelled)),
            (&[], ExpertRequest, All, Ok(1)),
            (&[(ExpertRequest, Released, Police)], Alert, All, Ok(2)),
            (&[(ExpertRequest, Released, All)], Recovery, All, Ok(2)),
            (&[(Alert, Released, All)], ExpertRequest, All, Ok(2)),
            (&[], Exercise, All, Ok(1)),
            (&[(Exercise, Released, All)], Exercise, All, Ok(2)),
            (&[(Exercise, Released, All)], Alert, All, Err(Refusal::ExerciseOnly)),
            (&[(Exercise, Released, All)], Cancel, All, Err(Refusal::ExerciseOnly)),
            (&[(Alert, Released, All)], Exercise, All, Err(Refusal::NotAnExercise)),
        ];
        for (versions, kind, reach, expected) in table {
            assert_eq!(next_version(&standing(versions), &request(*kind, *reach)), *expected, "{versions:?} {kind}");
        }
    }

    #[test]
    fn only_a_sure_desk_rings_and_any_desk_may_call_off() {
        for &certainty in Certainty::ALL {
            let mut s = standing(&[(Alert, Released, All)]);
            s.verified = Some((certainty, EvidenceKind::MinistryNote));
            let unsure = matches!(certainty, Certainty::Unlikely | Certainty::Unknown);
            assert_eq!(next_version(&s, &request(Update, All)).is_err(), unsure, "{certainty}");
            assert_eq!(next_version(&s, &request(Cancel, All)), Ok(2), "{certainty}");
            assert_eq!(next_version(&s, &request(Recovery, All)), Ok(2), "{certainty}");
            s.versions.clear();
            assert_eq!(next_version(&s, &request(Alert, All)).is_err(), unsure, "{certainty}");
        }
        let mut nobody = standing(&[]);
        nobody.verified = None;
        assert_eq!(next_version(&nobody, &request(Alert, Police)), Err(Refusal::NotVerified));
    }

    #[test]
    fn an_official_source_is_believed_where_a_list_cannot_wait() {
        for (capacity, objects, expected) in [
            (Capacity::NationalAuthority, &[][..], Ok(1)),
            (Capacity::PermanentDelegation, &[], Ok(1)),
            (Capacity::Police, &[], Ok(1)),
            (Capacity::Holder, &[], Err(Refusal::NotVerified)),
            (Capacity::Police, &[ObjectStatus::Missing], Err(Refusal::NotVerified)),
        ] {
            let s = Standing::new(CaseState::Submitted, None, Some(capacity), objects, &[]);
            assert_eq!(next_version(&s, &request(Alert, All)), expected, "{capacity}");
            assert_eq!(s.sure().map(|(certainty, _)| certainty), expected.ok().map(|_| Certainty::Likely));
        }
    }

    #[test]
    fn nothing_is_said_about_a_case_that_is_silent() {
        for &state in CaseState::ALL {
            let s = Standing { state, ..standing(&[(Alert, Released, All)]) };
            let silent = matches!(
                state,
                CaseState::Draft
                    | CaseState::Rejected
                    | CaseState::Withdrawn
                    | CaseState::Merged
                    | CaseState::Suspended
            );
            assert_eq!(next_version(&s, &request(Update, All)).is_err(), silent, "{state}");
        }
    }

    #[test]
    fn a_second_recovery_tells_of_what_was_still_missing() {
        let mut s = standing(&[(Alert, Released, All), (Recovery, Released, All)]);
        s.searched_for = 25;
        assert_eq!(next_version(&s, &request(Recovery, All)), Ok(3));
    }

    #[test]
    fn a_tip_cannot_trigger_an_alert_by_itself() {
        for (certainty, evidence, expected) in [
            (Certainty::Possible, EvidenceKind::SiteInspection, Err(Refusal::PublicTip)),
            (Certainty::Likely, EvidenceKind::PressOnly, Err(Refusal::PublicTip)),
            (Certainty::Likely, EvidenceKind::InventoryExtract, Ok(1)),
            (Certainty::Observed, EvidenceKind::PoliceReport, Ok(1)),
        ] {
            let mut s = standing(&[]);
            s.capacity = Some(Capacity::Public);
            s.verified = Some((certainty, evidence));
            assert_eq!(next_version(&s, &request(Alert, Police)), expected, "{certainty} {evidence}");
        }
    }

    #[test]
    fn a_follow_up_says_what_it_is_about() {
        let s = standing(&[(Alert, Released, All)]);
        for kind in [Update, Cancel, Recovery, Restitution, ExpertRequest] {
            let silent = DraftRequest { kind, reach: All, message: None, named: Vec::new() };
            assert_eq!(next_version(&s, &silent), Err(Refusal::MessageMissing), "{kind}");
        }
        let exercise = DraftRequest { kind: Exercise, reach: All, message: None, named: Vec::new() };
        assert_eq!(next_version(&standing(&[]), &exercise), Err(Refusal::MessageMissing));
        let first = DraftRequest { kind: Alert, reach: All, message: None, named: Vec::new() };
        assert_eq!(next_version(&standing(&[]), &first), Ok(1));
    }
}
