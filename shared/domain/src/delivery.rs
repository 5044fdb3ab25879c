//! What became of a mail: the states of a delivery and the outcome of one SMTP try.

use std::time::Duration;

use crate::codes::codes;

codes! {
    /// Where a delivery stands. The sum over all states is what the plan told (conservation).
    DeliveryState, "delivery-state" {
        /// Waiting for its first try or for the next one.
        Pending = "pending", "Pending";
        /// The mail server took responsibility (RFC 5321, 250 after the final dot). Not "delivered", not "read".
        Accepted = "accepted", "Accepted by the mail server";
        /// The mail server refused it for good (5yz).
        Refused = "refused", "Refused by the mail server";
        /// A try has no known end; the same bytes will be sent again.
        Uncertain = "uncertain", "Uncertain";
        /// Given up after five days of temporary failures.
        Expired = "expired", "Expired";
        /// Held back by the last gate for a person to decide.
        Held = "held", "Held";
        /// The last gate removed it.
        Cancelled = "cancelled", "Cancelled";
    }

    /// What an officer decides about a held delivery.
    HeldDecision, "held-decision" {
        /// It goes back to the sender, whose gate looks again.
        Release = "release", "Released to be sent";
        Cancel = "cancel", "Cancelled";
    }

    /// What an officer had done about a delivery that did not simply go well.
    DeskStep, "desk-step" {
        /// The same bytes go out again, under the same Message-ID.
        Resent = "resent", "Sent once more";
        SecondContacts = "second_contacts", "Second contacts written to";
        /// Two persons stand behind the new address in the directory; the notification goes there.
        Corrected = "corrected", "Address corrected";
    }

    /// What was done because nobody at a partner had taken a notification up.
    ChaseStep, "chase-step" {
        Reminded = "reminded", "Reminded by mail";
        /// Second contacts are written to, and the desk has a task.
        Unaccepted = "unaccepted", "No mail server took it in time";
        /// The same, for want of an answer.
        Unanswered = "unanswered", "Nobody acknowledged it in time";
    }

    /// What came back of a mail that a mail server had taken.
    BounceKind, "bounce" {
        /// A report that it could not be delivered (RFC 3464).
        Failed = "failed", "Could not be delivered";
        /// Its reader, or their server, complained about it (RFC 5965).
        Complaint = "complaint", "Reported as unwanted";
    }

    /// Who seems to have written a mail that came back.
    LetterKind, "letter" {
        Reply = "reply", "Reply";
        /// By a machine: nobody has read anything.
        Automatic = "automatic", "Automatic answer";
    }

    /// How one SMTP try ended.
    Outcome, "outcome" {
        Accepted = "accepted", "Accepted";
        /// A temporary failure (4yz), or a failure before the message was sent.
        Deferred = "deferred", "Deferred";
        /// A permanent failure (5yz).
        Refused = "refused", "Refused";
        /// The connection ended after the message began and before the reply: SMTP cannot know (RFC 1047).
        Uncertain = "uncertain", "Uncertain";
    }

    /// The SMTP step at which a try ended.
    Stage, "stage" {
        Connect = "connect", "connect";
        Greeting = "greeting", "greeting";
        Tls = "tls", "STARTTLS";
        Auth = "auth", "AUTH";
        Mail = "mail", "MAIL FROM";
        Rcpt = "rcpt", "RCPT TO";
        Data = "data", "DATA";
        /// The message text up to and including the final dot's reply.
        Message = "message", "message";
        /// Put into the mailbox folder of the embedded mode.
        Folder = "folder", "folder";
        /// Before its turn: nothing was said to the server.
        Line = "line", "the line before the server";
        /// The process ended while a try was open.
        Interrupted = "interrupted", "interrupted";
    }
}

/// How long Tocsin keeps trying one address (RFC 5321, 4.5.4.1: at least 4-5 days).
pub const GIVE_UP_AFTER: Duration = Duration::from_secs(5 * 24 * 3600);

/// No pause before the next try is longer than this.
pub const LONGEST_PAUSE: Duration = Duration::from_secs(72 * 60);

/// When to try again after `tries` tries: 5, 10, 20, 40, 60 minutes, then hourly, each ±20 %.
///
/// `jitter` is drawn by the caller in 0..=1, so that the rule is a pure function and a herd spreads out.
pub fn retry_after(tries: i64, jitter: f64) -> Duration {
    let minutes: f64 = match tries {
        ..=1 => 5.0,
        2 => 10.0,
        3 => 20.0,
        4 => 40.0,
        _ => 60.0,
    };
    Duration::from_secs_f64(minutes * 60.0 * (0.8 + 0.4 * jitter.clamp(0.0, 1.0)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_schedule_starts_at_five_minutes_and_becomes_hourly() {
        let minutes: Vec<_> = (1..=7).map(|n| retry_after(n, 0.5).as_secs() / 60).collect();
        assert_eq!(minutes, [5, 10, 20, 40, 60, 60, 60]);
        assert_eq!(retry_after(1, 0.0).as_secs(), 240);
        assert_eq!(retry_after(1, 1.0).as_secs(), 360);
        assert_eq!(retry_after(i64::MAX, 1.0), LONGEST_PAUSE);
    }
}
