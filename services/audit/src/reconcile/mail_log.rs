//! What the tries and the log of the mail server do not agree on.

use std::collections::HashMap;

use domain::codes::DifferenceKind;
use maillog::Logged;
use store::reconciliations::{Difference, Sent};

/// What the tries and the log do not agree on.
pub fn compare(sent: &[Sent], logged: &HashMap<String, Logged>) -> Vec<Difference> {
    let mut found = Vec::new();
    for Sent { message_id, tries, accepted, uncertain } in sent {
        let Logged { taken, bounced, .. } =
            logged.get(message_id.trim_matches(['<', '>'])).cloned().unwrap_or_default();
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
    fn only_what_does_not_agree_is_a_difference() {
        let logged = maillog::read_log(LOG.as_bytes()).unwrap();
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
