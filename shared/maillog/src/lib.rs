//! The log of Postfix: which Message-IDs it took, and what became of them. Two services ask: the notifier before it repeats a
//! mail in doubt, audit when it compares at night.
//!
//! ```text
//! .. postfix/cleanup[812]: 4F1A2: message-id=<x@alerts.example.org>
//! .. postfix/qmgr[640]: 4F1A2: from=<b@alerts.example.org>, size=4711, nrcpt=1 (queue active)
//! .. postfix/smtp[815]: 4F1A2: to=<a@b.example>, .., dsn=5.1.1, status=bounced (host said: 550 unknown user)
//! ```

use std::collections::{HashMap, HashSet};
use std::fs::File;
use std::io::{self, BufRead, BufReader, ErrorKind, Read};
use std::path::Path;

/// What the log says about a Message-ID.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Logged {
    /// How many times the server began to take it. A mail that was cut off before its end is among them.
    pub taken: i64,
    /// How many times it stood in the server's queue, whole.
    pub queued: i64,
    /// How many times the server gave it up afterwards.
    pub bounced: i64,
}

/// Reads a log; lines that are none of ours are passed over.
pub fn read_log(log: impl BufRead) -> io::Result<HashMap<String, Logged>> {
    let mut found: HashMap<String, Logged> = HashMap::new();
    let mut by_queue: HashMap<String, String> = HashMap::new();
    // The queue manager says "from" each time it takes a mail up again.
    let mut queued: HashSet<String> = HashSet::new();
    for line in log.split(b'\n') {
        let line = line?;
        let line = String::from_utf8_lossy(&line);
        let Some((_, rest)) = line.split_once(" postfix/") else { continue };
        let mut parts = rest.splitn(3, ": ");
        let (Some(program), Some(queue), Some(said)) = (parts.next(), parts.next(), parts.next()) else { continue };
        if let Some(id) = said.strip_prefix("message-id=<").and_then(|id| id.split('>').next()) {
            if program.starts_with("cleanup[") {
                by_queue.insert(queue.to_owned(), id.to_owned());
                queued.remove(queue);
                found.entry(id.to_owned()).or_default().taken += 1;
            }
            continue;
        }
        let Some(id) = by_queue.get(queue) else { continue };
        let mail = found.entry(id.clone()).or_default();
        if program.starts_with("qmgr[") && said.starts_with("from=<") && queued.insert(queue.to_owned()) {
            mail.queued += 1;
        } else if said.contains("status=bounced") {
            mail.bounced += 1;
        }
    }
    Ok(found)
}

/// Reads the log, after the one before it if it was turned over (`.1`).
pub fn read_files(path: &Path) -> io::Result<HashMap<String, Logged>> {
    let mut before = path.as_os_str().to_owned();
    before.push(".1");
    let log = File::open(path)?;
    match File::open(Path::new(&before)) {
        Ok(before) => read_log(BufReader::new(before.chain(log))),
        Err(error) if error.kind() == ErrorKind::NotFound => read_log(BufReader::new(log)),
        Err(error) => Err(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LOG: &str = "\
Nov 26 02:00:01 mx postfix/smtpd[800]: connect from localhost[127.0.0.1]
Nov 26 02:00:01 mx postfix/cleanup[812]: 4F1A2: message-id=<one@x.example>
Nov 26 02:00:01 mx postfix/qmgr[640]: 4F1A2: from=<b@x.example>, size=4711, nrcpt=1 (queue active)
Nov 26 02:00:02 mx postfix/smtp[815]: 4F1A2: to=<a@b.example>, relay=b, dsn=4.0.0, status=deferred (450 later)
Nov 26 02:05:01 mx postfix/qmgr[640]: 4F1A2: from=<b@x.example>, size=4711, nrcpt=1 (queue active)
Nov 26 02:05:03 mx postfix/cleanup[812]: 4F1A3: message-id=<two@x.example>
Nov 26 02:05:03 mx postfix/qmgr[640]: 4F1A3: from=<b@x.example>, size=4711, nrcpt=1 (queue active)
Nov 26 02:05:04 mx postfix/smtp[815]: 4F1A3: to=<a@b.example>, relay=b, dsn=5.1.1, status=bounced (550 no)
2026-11-26T02:05:05.1+00:00 mx postfix/cleanup[812]: 4F1A4: message-id=<three@x.example>
Nov 26 02:05:05 mx postfix/smtpd[800]: lost connection after DATA from localhost[127.0.0.1]
Nov 26 02:05:05 mx cron[1]: something else
";

    #[test]
    fn what_the_server_took_and_gave_up_is_read_by_message_id() {
        let found = read_log(LOG.as_bytes()).unwrap();
        assert_eq!(found["one@x.example"], Logged { taken: 1, queued: 1, bounced: 0 });
        assert_eq!(found["two@x.example"], Logged { taken: 1, queued: 1, bounced: 1 });
        assert_eq!(found["three@x.example"], Logged { taken: 1, queued: 0, bounced: 0 }, "cut off before its end");
        assert_eq!(found.len(), 3);
    }

    #[test]
    fn a_mail_may_have_begun_before_the_log_was_turned_over() {
        let place = std::env::temp_dir().join(format!("maillog-{}", std::process::id()));
        std::fs::create_dir_all(&place).unwrap();
        let (before, log) = LOG.split_at(LOG.find("Nov 26 02:05:04").unwrap());
        std::fs::write(place.join("mail.log.1"), before).unwrap();
        std::fs::write(place.join("mail.log"), log).unwrap();
        assert_eq!(read_files(&place.join("mail.log")).unwrap(), read_log(LOG.as_bytes()).unwrap());
        std::fs::remove_dir_all(&place).unwrap();
        assert!(read_files(&place.join("mail.log")).is_err());
    }
}
