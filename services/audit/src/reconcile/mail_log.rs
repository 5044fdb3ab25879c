//! The log of Postfix: which Message-IDs it took, and what became of them.
//!
//! ```text
//! .. postfix/cleanup[812]: 4F1A2: message-id=<x@alerts.example.org>
//! .. postfix/smtp[815]: 4F1A2: to=<a@b.example>, .., dsn=5.1.1, status=bounced (host said: 550 unknown user)
//! ```

use std::collections::HashMap;
use std::io::BufRead;

use domain::codes::DifferenceKind;
use store::reconciliations::{Difference, Sent};

/// What the log says about a Message-ID.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Logged {
    /// How many times the server took it.
    pub taken: i64,
    /// How many times it gave it up afterwards.
    pub bounced: i64,
}

/// Reads a log; lines that are none of ours are passed over.
pub fn read_log(log: impl BufRead, found: &mut HashMap<String, Logged>) -> std::io::Result<()> {
    let mut by_queue: HashMap<String, String> = HashMap::new();
    for line in log.split(b'\n') {
        let line = line?;
        let line = String::from_utf8_lossy(&line);
        let Some((_, rest)) = line.split_once(" postfix/") else { continue };
        let mut parts = rest.splitn(3, ": ");
        let (Some(program), Some(queue), Some(said)) = (parts.next(), parts.next(), parts.next()) else { continue };
        if let Some(id) = said.strip_prefix("message-id=<").and_then(|id| id.split('>').next()) {
            if program.starts_with("cleanup[") {
                by_queue.insert(queue.to_owned(), id.to_owned());
                found.entry(id.to_owned()).or_default().taken += 1;
            }
        } else if said.contains("status=bounced")
            && let Some(id) = by_queue.get(queue)
        {
            found.entry(id.clone()).or_default().bounced += 1;
        }
    }
    Ok(())
}

/// What the tries and the log do not agree on.
pub fn compare(sent: &[Sent], logged: &HashMap<String, Logged>) -> Vec<Difference> {
    let mut found = Vec::new();
    for Sent { message_id, tries, accepted, uncertain } in sent {
        let Logged { taken, bounced } = logged.get(message_id.trim_matches(['<', '>'])).cloned().unwrap_or_default();
        let mut say = |detail: String| {
            let kind = DifferenceKind::MailLog;
            found.push(Difference { kind, subject: message_id.clone(), detail });
        };
        if taken < *accepted {
            say(format!("{accepted} tries ended as accepted, and the log of the mail server shows {taken}"));
        } else if taken > accepted + uncertain {
            say(format!("{tries} tries were recorded, {accepted} of them accepted, and the log shows {taken}"));
        } else if taken > *accepted {
            say(format!("{uncertain} tries ended in doubt, and the log shows that the mail server took {taken}"));
        }
        if bounced > 0 {
            say(format!("the mail server gave it up {bounced} times after it had taken it"));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    const LOG: &str = "\
Nov 26 02:00:01 mx postfix/smtpd[800]: connect from localhost[127.0.0.1]
Nov 26 02:00:01 mx postfix/cleanup[812]: 4F1A2: message-id=<one@x.example>
Nov 26 02:00:02 mx postfix/smtp[815]: 4F1A2: to=<a@b.example>, relay=b, dsn=2.0.0, status=sent (250 ok)
Nov 26 02:00:03 mx postfix/cleanup[812]: 4F1A3: message-id=<two@x.example>
Nov 26 02:00:04 mx postfix/smtp[815]: 4F1A3: to=<a@b.example>, relay=b, dsn=5.1.1, status=bounced (550 no)
2026-11-26T02:00:05.1+00:00 mx postfix/cleanup[812]: 4F1A4: message-id=<three@x.example>
Nov 26 02:00:05 mx cron[1]: something else
";

    #[test]
    fn what_the_server_took_and_gave_up_is_read_by_message_id() {
        let mut found = HashMap::new();
        read_log(LOG.as_bytes(), &mut found).unwrap();
        assert_eq!(found["one@x.example"], Logged { taken: 1, bounced: 0 });
        assert_eq!(found["two@x.example"], Logged { taken: 1, bounced: 1 });
        assert_eq!(found.len(), 3);
    }

    #[test]
    fn only_what_does_not_agree_is_a_difference() {
        let mut logged = HashMap::new();
        read_log(LOG.as_bytes(), &mut logged).unwrap();
        let sent =
            |id: &str, tries, accepted, uncertain| Sent { message_id: id.to_owned(), tries, accepted, uncertain };
        let details = |sent: Sent| compare(&[sent], &logged).into_iter().map(|one| one.detail).collect::<Vec<_>>();
        assert!(details(sent("<one@x.example>", 2, 1, 1)).is_empty(), "the try in doubt did not arrive");
        assert!(details(sent("four@x.example", 3, 0, 0)).is_empty(), "refused each time");
        assert!(details(sent("two@x.example", 1, 1, 0))[0].contains("gave it up 1 times"));
        assert!(details(sent("three@x.example", 1, 0, 1))[0].contains("took 1"));
        assert!(details(sent("four@x.example", 1, 1, 0))[0].contains("shows 0"));
        assert!(details(sent("three@x.example", 1, 0, 0))[0].contains("1 tries were recorded"));
    }
}
