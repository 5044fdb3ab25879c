//! A delivery in doubt, before its mail goes out again: the mail server may have it already, and the settings may want a
//! person to decide.

use domain::Timestamp;
use domain::delivery::{DeliveryState, HeldDecision, Outcome, Stage};
use store::attempts::AttemptRow;
use store::deliveries::{self, DeliveryRow, HeldDecisionRow, Standing};
use store::{Tx, attempts};

use super::event::{self, Ended};
use crate::Deps;
use crate::config::OnDoubt;

/// Our words for what the log shows.
const FOUND: &str = "found in the log of the mail server";

/// Whether an earlier try may have reached the reader. One without an outcome is closed as uncertain.
pub(crate) fn is_doubtful(tries: &[AttemptRow]) -> bool {
    tries.iter().any(|row| in_doubt(&row))
}

/// How many tries came to their turn.
pub(super) fn offered(tries: &[AttemptRow]) -> i64 {
    let offered = tries.iter().filter(|row| row.stage != Some(Stage::Line)).count();
    i64::try_from(offered).unwrap_or(i64::MAX)
}

/// How many tries the server left in doubt. Those that our own end interrupted say nothing about it.
pub(crate) fn doubts(tries: &[AttemptRow]) -> usize {
    let by_server =
        |row: &&AttemptRow| row.outcome == Some(Outcome::Uncertain) && row.stage != Some(Stage::Interrupted);
    tries.iter().filter(by_server).count()
}

/// Whether it is not known what became of a try.
fn in_doubt(row: &&AttemptRow) -> bool {
    row.outcome.is_none_or(|outcome| outcome == Outcome::Uncertain)
}

/// Whether a person must decide before it goes out again. Pure: an officer's release, or word to send it once more, counts
/// for the doubts before it.
pub(crate) fn waits_for_an_officer(
    policy: OnDoubt,
    tries: &[AttemptRow],
    decisions: &[HeldDecisionRow],
    resent: Option<Timestamp>,
) -> bool {
    let released = decisions.iter().filter(|row| row.decision == HeldDecision::Release).map(|row| row.decided_at).max();
    let released = released.max(resent);
    let begun = tries.iter().filter(in_doubt).map(|row| row.started_at).max();
    policy == OnDoubt::Hold && is_doubtful(tries) && released < begun
}

/// The mail server has it: the last try in doubt was accepted after all. Says false if the delivery has ended.
pub(crate) async fn settle(
    tx: &mut Tx,
    deps: &Deps,
    row: &DeliveryRow,
    tries: &[AttemptRow],
) -> Result<bool, store::Error> {
    let now = deps.clock.now();
    let (Some(last), Some(mail_sha256)) = (tries.iter().rev().find(in_doubt), &row.mail_sha256) else {
        return Ok(false);
    };
    let standing = Standing { state: DeliveryState::Accepted, due_at: None, reply: Some(FOUND) };
    if !deliveries::move_on(tx, row.id, &standing, now).await? {
        return Ok(false);
    }
    let stage = attempts::resolve(tx, last.id, Outcome::Accepted, FOUND).await?;
    let Some(stage) = stage else { return Ok(false) };
    let ended = Ended {
        attempt: last.number,
        outcome: Outcome::Accepted,
        stage,
        state: DeliveryState::Accepted,
        mail_sha256,
        reply: Some(FOUND),
        possible_repeat: last.possible_repeat,
    };
    event::recorded(tx, &deps.clock, row, &ended).await?;
    tracing::info!(delivery.id = %row.id, attempt = last.number, "the mail server has a mail that was in doubt");
    Ok(true)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use domain::Clock;
    use domain::ids::{AccountId, AttemptId, DeliveryId};

    use super::*;

    #[test]
    fn only_a_release_after_the_last_try_lets_a_doubt_go() {
        let start = Timestamp::from_micros(1_795_000_000_000_000);
        let at = |secs| start.plus(Duration::from_secs(secs));
        let delivery_id = DeliveryId::generate(&Clock::System);
        let attempt = |outcome, secs| AttemptRow {
            id: AttemptId::generate(&Clock::System),
            delivery_id,
            number: 1,
            started_at: at(secs),
            possible_repeat: false,
            ended_at: None,
            outcome,
            stage: None,
            reply: None,
        };
        let decided = |decision, secs| HeldDecisionRow {
            delivery_id,
            held_at: start,
            decision,
            reason: "asked".parse().unwrap(),
            decided_by: AccountId::generate(&Clock::System),
            decided_at: at(secs),
        };
        let (hold, resend) = (OnDoubt::Hold, OnDoubt::Resend);
        let doubt = [attempt(Some(Outcome::Uncertain), 10)];
        let waits = |policy, tries: &[_], decisions: &[_]| waits_for_an_officer(policy, tries, decisions, None);
        assert!(!waits_for_an_officer(hold, &doubt, &[], Some(at(20))));
        assert!(waits_for_an_officer(hold, &doubt, &[], Some(at(5))));
        assert!(waits(hold, &doubt, &[]));
        assert!(waits(hold, &[attempt(None, 10)], &[]));
        assert!(!waits(resend, &doubt, &[]));
        assert!(!waits(hold, &[attempt(Some(Outcome::Deferred), 10)], &[]));
        assert!(!waits(hold, &doubt, &[decided(HeldDecision::Release, 20)]));
        assert!(waits(hold, &doubt, &[decided(HeldDecision::Release, 5)]));
        assert!(waits(hold, &doubt, &[decided(HeldDecision::Cancel, 20)]));
    }
}
