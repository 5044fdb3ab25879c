//! Where a case or an object may go from where it stands: two tables, pure, each with one error.

use crate::codes::{CaseState, CaseStep, ObjectStatus};

/// How far a case has come by what was recorded of it. A case that sleeps or was closed goes back there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reached {
    /// Reported.
    Submitted,
    /// An officer established how sure the desk is.
    Verified,
    /// Partners were told in earnest.
    Told,
}

impl Reached {
    /// The state of a case that has come so far and has nothing else about it.
    pub fn state(self) -> CaseState {
        match self {
            Self::Submitted => CaseState::Submitted,
            Self::Verified => CaseState::Verified,
            Self::Told => CaseState::Active,
        }
    }
}

/// A step that a case cannot take from where it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a case that is “{}” cannot take the step “{}”", state.label(), step.label())]
pub struct StepNotAllowed {
    /// Where it stands.
    pub state: CaseState,
    /// What was asked.
    pub step: CaseStep,
}

/// Where a case stands after a step.
pub fn step(state: CaseState, step: CaseStep, reached: Reached) -> Result<CaseState, StepNotAllowed> {
    use CaseState as S;
    use CaseStep as T;
    Ok(match (step, state) {
        (T::Triage, S::Submitted) => S::Triage,
        (T::StartVerifying, S::Submitted | S::Triage) => S::Verifying,
        // Partners that were told are told the end of it: by a cancel, not by a silent rejection.
        (T::Reject, S::Submitted | S::Triage | S::Verifying | S::Verified) if reached < Reached::Told => S::Rejected,
        (T::Withdraw, S::Submitted | S::Triage | S::Verifying | S::Verified | S::Suspended | S::Dormant)
            if reached < Reached::Told =>
        {
            S::Withdrawn
        }
        (T::Suspend, S::Submitted | S::Triage | S::Verifying | S::Verified | S::Active) => S::Suspended,
        (T::Resume, S::Suspended) | (T::Wake, S::Dormant) => reached.state(),
        (T::Rest, S::Verified | S::Active) => S::Dormant,
        (T::Close, S::Verified | S::Active | S::Dormant) => S::Closed,
        (T::Reopen, S::Closed | S::Rejected | S::Withdrawn) => reached.state(),
        _ => return Err(StepNotAllowed { state, step }),
    })
}

/// The steps a case can take now.
pub fn steps(state: CaseState, reached: Reached) -> Vec<CaseStep> {
    CaseStep::ALL.iter().copied().filter(|one| step(state, *one, reached).is_ok()).collect()
}

impl CaseState {
    /// Whether nothing more is meant to happen. A case that was merged may come apart again, so it has not ended.
    pub fn has_ended(self) -> bool {
        matches!(self, Self::Closed | Self::Rejected | Self::Withdrawn)
    }
}

impl CaseStep {
    /// Whether somebody will ask why.
    pub fn needs_reason(self) -> bool {
        match self {
            Self::Reject | Self::Withdraw | Self::Suspend | Self::Rest | Self::Close | Self::Reopen => true,
            Self::Triage | Self::StartVerifying | Self::Resume | Self::Wake => false,
        }
    }

    /// Whether it needs a day on which somebody looks again: a case that sleeps never expires.
    pub fn needs_review(self) -> bool {
        self == Self::Rest
    }
}

/// A status that an object cannot take from where it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("an object that is “{}” cannot become “{}”", from.label(), to.label())]
pub struct StatusNotAllowed {
    /// Where it stands.
    pub from: ObjectStatus,
    /// What was asked.
    pub to: ObjectStatus,
}

impl ObjectStatus {
    /// What an object that stands here may become.
    pub fn may_become(self) -> &'static [Self] {
        use ObjectStatus as S;
        match self {
            S::Missing => {
                &[S::Sighted, S::Matched, S::Located, S::Secured, S::Recovered, S::Destroyed, S::ReportedInError]
            }
            // A sighting that proves to be of another object leads back.
            S::Sighted | S::Matched => &[
                S::Missing,
                S::Sighted,
                S::Matched,
                S::Located,
                S::Secured,
                S::Recovered,
                S::Destroyed,
                S::ReportedInError,
            ],
            S::Located => &[
                S::Missing,
                S::Secured,
                S::Recovered,
                S::Restitution,
                S::LeftByAgreement,
                S::Destroyed,
                S::ReportedInError,
            ],
            S::Secured => &[
                S::Missing,
                S::Recovered,
                S::Restitution,
                S::Returned,
                S::LeftByAgreement,
                S::Destroyed,
                S::ReportedInError,
            ],
            S::Recovered => &[S::Missing, S::Restitution, S::Returned, S::LeftByAgreement, S::Destroyed],
            S::Restitution => &[S::Recovered, S::Returned, S::LeftByAgreement, S::Destroyed],
            // Somebody was mistaken about the end.
            S::Destroyed | S::ReportedInError => &[S::Missing],
            S::Returned | S::LeftByAgreement => &[],
        }
    }

    /// Whether it may become `to`.
    pub fn check(self, to: Self) -> Result<(), StatusNotAllowed> {
        if self != to && self.may_become().contains(&to) { Ok(()) } else { Err(StatusNotAllowed { from: self, to }) }
    }

    /// Whether a way back can be open for it, or was.
    pub fn may_go_back(self) -> bool {
        matches!(self, Self::Restitution | Self::Returned | Self::LeftByAgreement)
            || self.check(Self::Restitution).is_ok()
    }

    /// Whether somebody still looks for it.
    pub fn is_searched_for(self) -> bool {
        matches!(self, Self::Missing | Self::Sighted | Self::Matched | Self::Located)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const REACHED: [Reached; 3] = [Reached::Submitted, Reached::Verified, Reached::Told];

    #[test]
    fn a_case_that_partners_were_told_of_is_neither_rejected_nor_withdrawn() {
        for &state in CaseState::ALL {
            for one in [CaseStep::Reject, CaseStep::Withdraw] {
                assert!(step(state, one, Reached::Told).is_err(), "{state} {one}");
            }
        }
    }

    #[test]
    fn every_state_that_sleeps_or_ended_can_be_left_but_a_merged_one() {
        for reached in REACHED {
            for (state, one) in [
                (CaseState::Suspended, CaseStep::Resume),
                (CaseState::Dormant, CaseStep::Wake),
                (CaseState::Closed, CaseStep::Reopen),
                (CaseState::Rejected, CaseStep::Reopen),
                (CaseState::Withdrawn, CaseStep::Reopen),
            ] {
                assert_eq!(step(state, one, reached), Ok(reached.state()), "{state}");
            }
            assert!(steps(CaseState::Merged, reached).is_empty() && steps(CaseState::Draft, reached).is_empty());
            // Its draft is released or discarded first.
            assert!(steps(CaseState::Alerting, reached).is_empty());
        }
    }

    #[test]
    fn a_case_takes_the_steps_that_lead_somewhere() {
        for (state, expected) in [
            (CaseState::Submitted, "triage start_verifying reject withdraw suspend"),
            (CaseState::Triage, "start_verifying reject withdraw suspend"),
            (CaseState::Verifying, "reject withdraw suspend"),
            (CaseState::Verified, "reject withdraw suspend rest close"),
            (CaseState::Active, "suspend rest close"),
            (CaseState::Suspended, "withdraw resume"),
            (CaseState::Dormant, "withdraw wake close"),
            (CaseState::Closed, "reopen"),
        ] {
            let found: Vec<_> = steps(state, Reached::Verified).iter().map(|one| one.as_str()).collect();
            assert_eq!(found.join(" "), expected, "{state}");
        }
    }

    #[test]
    fn an_object_that_ended_stays_so_and_no_status_leads_to_itself_alone() {
        for &status in ObjectStatus::ALL {
            let ended = matches!(status, ObjectStatus::Returned | ObjectStatus::LeftByAgreement);
            assert_eq!(status.may_become().is_empty(), ended, "{status}");
            assert!(status.check(status).is_err(), "{status}");
        }
        let error = ObjectStatus::Returned.check(ObjectStatus::Missing).map_err(|error| error.to_string());
        assert_eq!(error, Err("an object that is “Returned” cannot become “Missing”".to_owned()));
        assert!(ObjectStatus::Missing.check(ObjectStatus::Returned).is_err(), "nobody returns what nobody holds");
    }
}
