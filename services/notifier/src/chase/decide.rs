//! What is done about a notification that nobody has taken up yet, and when to look again. Pure: time is an argument.

use std::time::Duration;

use domain::Timestamp;
use domain::delivery::ChaseStep;
use store::chases::{Answered, ChaseRow};

/// When to look again at what an officer holds, or at a case that is silent.
const HELD: Duration = Duration::from_secs(15 * 60);
/// How long an urgent mail may be without a mail server that takes it.
const UNACCEPTED: Duration = Duration::from_secs(30 * 60);
/// When to look again for somebody to remind, while no server has taken the first mail.
const AGAIN: Duration = Duration::from_secs(15 * 60);

/// What to do now, and when to look again; never again where there is no moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Decision {
    pub steps: Vec<ChaseStep>,
    pub look_at: Option<Timestamp>,
}

/// An urgent notification is reminded of after half the time that it was to be acknowledged in, and is late after the
/// whole of it; any other is reminded of after that time, and late after twice as long. Each step is taken once.
pub(super) fn decide(row: &ChaseRow, now: Answered, at: Timestamp) -> Decision {
    let over = Decision { steps: Vec::new(), look_at: None };
    if now.overtaken || now.open == 0 || now.acknowledged >= row.quorum {
        return over;
    }
    // Nothing may leave, so nobody is late.
    let Some(begun_at) = now.begun_at.filter(|_| !now.silent) else {
        return Decision { steps: Vec::new(), look_at: Some(at.plus(HELD)) };
    };
    let reached = now.accepted > 0;
    let mut steps = Vec::new();
    let mut later: Vec<Timestamp> = Vec::new();
    let mut step = |done: bool, due: Timestamp, step: ChaseStep| match done {
        true => {}
        false if due <= at => steps.push(step),
        false => later.push(due),
    };
    if row.urgent && !reached {
        step(row.unaccepted_at.is_some(), begun_at.plus(UNACCEPTED), ChaseStep::Unaccepted);
    }
    if let Some(within) = row.acknowledge_within.and_then(|minutes| u64::try_from(minutes).ok()) {
        let within = Duration::from_secs(within * 60);
        let (remind, late) = if row.urgent { (within / 2, within) } else { (within, within * 2) };
        let (remind, late) = (begun_at.plus(remind), begun_at.plus(late));
        if reached {
            step(row.reminded_at.is_some(), remind, ChaseStep::Reminded);
        }
        step(row.unanswered_at.is_some(), late, ChaseStep::Unanswered);
        // Nobody has the mail yet, so there is nobody to remind; that may change at any time.
        if !reached && row.reminded_at.is_none() && row.unanswered_at.is_none() {
            later.push(remind.max(at.plus(AGAIN)));
        }
    }
    Decision { steps, look_at: later.into_iter().min() }
}

#[cfg(test)]
mod tests {
    use domain::Clock;
    use domain::ids::{AlertId, CaseId, NotificationId, PartnerId};

    use super::*;

    fn minutes(after: u64) -> Timestamp {
        Timestamp::from_micros(1_795_000_000_000_000).plus(Duration::from_secs(after * 60))
    }

    fn row(urgent: bool, acknowledge_within: Option<i64>) -> ChaseRow {
        let clock = Clock::System;
        ChaseRow {
            notification_id: NotificationId::generate(&clock),
            alert_id: AlertId::generate(&clock),
            case_id: CaseId::generate(&clock),
            partner_id: PartnerId::generate(&clock),
            urgent,
            acknowledge_within,
            quorum: 1,
            begun_at: minutes(0),
            reminded_at: None,
            unaccepted_at: None,
            unanswered_at: None,
        }
    }

    fn quiet() -> Answered {
        let begun_at = Some(minutes(0));
        Answered { accepted: 0, open: 1, acknowledged: 0, overtaken: false, silent: false, begun_at }
    }

    fn taken() -> Answered {
        Answered { accepted: 1, ..quiet() }
    }

    /// Everything that is done to it, minute by minute, if nothing else happens; looked at only when it asked for that.
    fn life(mut row: ChaseRow, answered: impl Fn(u64) -> Answered) -> Vec<(u64, ChaseStep)> {
        let mut done = Vec::new();
        let mut look_at = Some(row.begun_at);
        for minute in 0..10_000 {
            let at = minutes(minute);
            if look_at.is_none_or(|look| look > at) {
                continue;
            }
            let decision = decide(&row, answered(minute), at);
            assert!(decision.look_at.is_none_or(|look| look > at), "it looks again later, or never");
            for step in &decision.steps {
                match step {
                    ChaseStep::Reminded => row.reminded_at = Some(at),
                    ChaseStep::Unaccepted => row.unaccepted_at = Some(at),
                    ChaseStep::Unanswered => row.unanswered_at = Some(at),
                }
                done.push((minute, *step));
            }
            assert_eq!(decide(&row, answered(minute), at).steps, [], "looked at twice, nothing is done twice");
            look_at = decision.look_at;
        }
        done
    }

    #[test]
    fn each_step_is_taken_once_at_its_time() {
        use ChaseStep::{Reminded, Unaccepted, Unanswered};
        let silent = |_| quiet();
        let taken = |_| taken();
        assert_eq!(life(row(true, None), silent), [(30, Unaccepted)]);
        assert_eq!(life(row(true, None), taken), []);
        assert_eq!(life(row(true, Some(60)), taken), [(30, Reminded), (60, Unanswered)]);
        assert_eq!(life(row(true, Some(60)), silent), [(30, Unaccepted), (60, Unanswered)]);
        assert_eq!(life(row(false, Some(60)), taken), [(60, Reminded), (120, Unanswered)]);
        assert_eq!(life(row(false, Some(60)), silent), [(120, Unanswered)]);
        // The server is back after 40 minutes; the reader gets its reminder at the next look.
        let late = |minute| if minute < 40 { quiet() } else { taken(minute) };
        assert_eq!(life(row(true, Some(240)), late), [(30, Unaccepted), (120, Reminded), (240, Unanswered)]);
        let later = |minute| if minute < 100 { quiet() } else { taken(minute) };
        assert_eq!(life(row(false, Some(60)), later), [(105, Reminded), (120, Unanswered)]);
    }

    #[test]
    fn a_quorum_a_later_version_or_a_call_off_ends_it() {
        let asked = ChaseRow { quorum: 2, ..row(true, Some(60)) };
        let one = Answered { acknowledged: 1, accepted: 2, open: 2, ..quiet() };
        assert_eq!(life(asked.clone(), |_| one).len(), 2, "one of two is not enough");
        for over in [
            Answered { acknowledged: 2, ..one },
            Answered { overtaken: true, ..quiet() },
            Answered { open: 0, ..quiet() },
        ] {
            assert_eq!(decide(&asked, over, minutes(500)), Decision { steps: vec![], look_at: None }, "{over:?}");
        }
    }

    #[test]
    fn what_is_held_or_about_a_silent_case_is_not_late_and_time_counts_from_when_it_goes_on() {
        for held in [Answered { begun_at: None, ..quiet() }, Answered { silent: true, ..quiet() }] {
            let decision = decide(&row(true, Some(60)), held, minutes(500));
            assert_eq!(decision, Decision { steps: vec![], look_at: Some(minutes(515)) }, "{held:?}");
            let goes_on = move |minute| match minute {
                0..500 => held,
                _ => Answered { begun_at: Some(minutes(500)), ..taken() },
            };
            let steps = [(530, ChaseStep::Reminded), (560, ChaseStep::Unanswered)];
            assert_eq!(life(row(true, Some(60)), goes_on), steps, "{held:?}");
        }
    }

    #[test]
    fn what_was_missed_while_nobody_looked_is_done_at_once() {
        let decision = decide(&row(true, Some(60)), taken(), minutes(1_000));
        assert_eq!(decision.steps, [ChaseStep::Reminded, ChaseStep::Unanswered]);
        assert_eq!(decision.look_at, None);
    }
}
