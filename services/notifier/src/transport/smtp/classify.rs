//! What a failure means for the delivery. Pure.
//!
//! | Failure | Outcome |
//! |---|---|
//! | before the recipient was named (connect to MAIL) | deferred, our fault: refusing a thousand partners for our wrong password would silence them all |
//! | 4yz, or the connection lost before the text | deferred |
//! | 5yz to RCPT, DATA or the text | refused; but see [`is_about_us`] and [`is_full`] |
//! | the connection lost after the text began | uncertain: the server may have taken it (RFC 1047) |

use domain::delivery::{Outcome, Stage};

use super::reply::Reply;
use crate::transport::{Fault, Report};

/// How much of a server's reply is kept, in characters.
const REPLY: usize = 500;

/// A step that failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Failed {
    pub stage: Stage,
    pub cause: Cause,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Cause {
    /// The server answered with a negative code.
    Reply(Reply),
    /// The connection broke, or what came was no reply.
    Broken(String),
    /// No answer in time.
    Late,
    /// The text could not be written to its end, so nobody can have taken it.
    CutShort(String),
    /// The lease ran out before the text began; somebody else may be sending this mail.
    LeaseLost,
}

impl Failed {
    /// Whether a kept connection turned out to be closed before anything was said on it.
    pub fn is_stale_connection(&self) -> bool {
        self.stage == Stage::Mail
            && match &self.cause {
                Cause::Broken(_) => true,
                Cause::Reply(reply) => reply.code == 421,
                Cause::Late | Cause::CutShort(_) | Cause::LeaseLost => false,
            }
    }
}

/// The report of a failure. `proven`: the server took another mail of ours a moment ago.
pub(super) fn report(failed: &Failed, proven: bool) -> Report {
    let named = matches!(failed.stage, Stage::Rcpt | Stage::Data | Stage::Message);
    let (outcome, fault) = match &failed.cause {
        // The size is known from MAIL on (RFC 1870); it is this mail's and no other's.
        Cause::Reply(reply) if is_too_big(reply) => (Outcome::Refused, Fault::Recipient),
        _ if !named => (Outcome::Deferred, Fault::Ours),
        Cause::LeaseLost | Cause::CutShort(_) => (Outcome::Deferred, Fault::Recipient),
        Cause::Reply(reply) if reply.code < 500 || is_full(reply) => (Outcome::Deferred, Fault::Recipient),
        Cause::Reply(reply) if is_about_us(reply) && !proven => (Outcome::Deferred, Fault::Ours),
        Cause::Reply(_) => (Outcome::Refused, Fault::Recipient),
        Cause::Broken(_) | Cause::Late if failed.stage == Stage::Message => (Outcome::Uncertain, Fault::Recipient),
        Cause::Broken(_) | Cause::Late => (Outcome::Deferred, Fault::Recipient),
    };
    let reply = match &failed.cause {
        Cause::Reply(reply) => words(reply),
        Cause::Broken(text) | Cause::CutShort(text) => cleaned(text),
        Cause::Late => Some("no reply in time".to_owned()),
        Cause::LeaseLost => Some("the lease ran out before the message was sent".to_owned()),
    };
    Report { outcome, stage: failed.stage, reply, fault }
}

/// 5.2.2: the mailbox is full (RFC 3463). Permanent by its code and not in fact: somebody will tidy up.
fn is_full(reply: &Reply) -> bool {
    enhanced(reply) == Some((5, 2, 2))
}

/// 5.3.4 or 5.2.3: the message is larger than the server or the mailbox takes.
fn is_too_big(reply: &Reply) -> bool {
    matches!(enhanced(reply), Some((5, 3, 4) | (5, 2, 3)))
}

/// A refusal by policy (X.7.z, RFC 3463; 530, RFC 4954): the server may refuse every mail of ours, for a wrong address
/// of this machine or a withdrawn permission. Until another mail gets through it does not count against the partner.
fn is_about_us(reply: &Reply) -> bool {
    reply.code == 530 || matches!(enhanced(reply), Some((5, 7, _)))
}

/// The enhanced status code that a reply's text begins with (RFC 2034).
fn enhanced(reply: &Reply) -> Option<(u16, u16, u16)> {
    let mut parts = reply.lines.first()?.split_ascii_whitespace().next()?.split('.').map(str::parse);
    match (parts.next(), parts.next(), parts.next(), parts.next()) {
        (Some(Ok(class)), Some(Ok(subject)), Some(Ok(detail)), None) => Some((class, subject, detail)),
        _ => None,
    }
}

/// The words of a reply.
pub(super) fn words(reply: &Reply) -> Option<String> {
    cleaned(&format!("{} {}", reply.code, reply.text()))
}

/// A server's words are a stranger's: one line, bounded, no controls, nothing that turns text around.
fn cleaned(text: &str) -> Option<String> {
    let safe = |c: char| {
        let turns = matches!(c, '\u{2028}' | '\u{2029}' | '\u{200E}' | '\u{200F}' | '\u{061C}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' | '\u{FEFF}');
        if c.is_control() || turns { ' ' } else { c }
    };
    let line: String = text.chars().map(safe).collect();
    let line: String = line.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(REPLY).collect();
    Some(line).filter(|line| !line.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reply(stage: Stage, code: u16, text: &str) -> Failed {
        Failed { stage, cause: Cause::Reply(Reply::ours(code, text)) }
    }

    #[test]
    fn every_failure_has_one_meaning() {
        use Fault::{Ours, Recipient};
        use Outcome::{Deferred, Refused, Uncertain};
        use Stage::{Auth, Connect, Data, Greeting, Mail, Message, Rcpt, Tls};
        let broken = |stage| Failed { stage, cause: Cause::Broken("reset".to_owned()) };
        let late = |stage| Failed { stage, cause: Cause::Late };
        for (failed, outcome, fault) in [
            (broken(Connect), Deferred, Ours),
            (late(Greeting), Deferred, Ours),
            (reply(Greeting, 554, "no service"), Deferred, Ours),
            (broken(Tls), Deferred, Ours),
            (reply(Auth, 535, "5.7.8 bad credentials"), Deferred, Ours),
            (reply(Mail, 550, "5.1.8 sender refused"), Deferred, Ours),
            (reply(Mail, 552, "5.3.4 too big"), Refused, Recipient),
            (reply(Rcpt, 450, "4.2.1 later"), Deferred, Recipient),
            (reply(Rcpt, 451, "4.7.1 greylisted"), Deferred, Recipient),
            (reply(Rcpt, 550, "no such user"), Refused, Recipient),
            (reply(Rcpt, 550, "5.1.1 unknown"), Refused, Recipient),
            (reply(Rcpt, 550, "5.1.2 bad domain"), Refused, Recipient),
            (reply(Rcpt, 550, "5.2.1 disabled"), Refused, Recipient),
            (reply(Rcpt, 552, "5.2.2 mailbox full"), Deferred, Recipient),
            (reply(Rcpt, 553, "5.3.0 other"), Refused, Recipient),
            (reply(Rcpt, 550, "5.4.1 no answer"), Refused, Recipient),
            (reply(Rcpt, 555, "5.5.4 parameters"), Refused, Recipient),
            (reply(Rcpt, 550, "5.6.0 media"), Refused, Recipient),
            (reply(Rcpt, 554, "5.7.1 relay access denied"), Deferred, Ours),
            (reply(Rcpt, 530, "authentication required"), Deferred, Ours),
            (late(Rcpt), Deferred, Recipient),
            (broken(Data), Deferred, Recipient),
            (reply(Data, 554, "no valid recipients"), Refused, Recipient),
            (Failed { stage: Data, cause: Cause::LeaseLost }, Deferred, Recipient),
            (reply(Message, 452, "4.3.1 disk full"), Deferred, Recipient),
            (reply(Message, 552, "5.3.4 too big"), Refused, Recipient),
            (late(Message), Uncertain, Recipient),
            (broken(Message), Uncertain, Recipient),
            (Failed { stage: Message, cause: Cause::CutShort("reset".to_owned()) }, Deferred, Recipient),
        ] {
            let report = report(&failed, false);
            assert_eq!((report.outcome, report.fault), (outcome, fault), "{failed:?}");
        }
    }

    #[test]
    fn a_policy_refusal_counts_once_the_server_took_another_mail() {
        let failed = reply(Stage::Rcpt, 550, "5.7.1 not wanted here");
        assert_eq!(report(&failed, true).outcome, Outcome::Refused);
        let failed = reply(Stage::Auth, 535, "5.7.8 bad credentials");
        assert_eq!(report(&failed, true).outcome, Outcome::Deferred);
    }

    #[test]
    fn a_strangers_words_are_one_bounded_line() {
        let long = format!("5.1.1 a\r\nb\u{202E}c\0 {}", "x".repeat(2000));
        let words = report(&reply(Stage::Rcpt, 550, &long), false).reply.unwrap_or_default();
        assert!(words.starts_with("550 5.1.1 a b c xxx"), "{words}");
        assert_eq!(words.chars().count(), 500);
    }
}
