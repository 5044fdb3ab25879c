//! The same as CSV (RFC 4180), safe to open in a spreadsheet.

use web::harmless;

use crate::evidence::Evidence;
use crate::notified::{Attempt, NotNotified, Notified};

/// What is known about one told line and one of its tries.
const TOLD: [&str; 26] = [
    "version",
    "alert_kind",
    "partner",
    "kind",
    "share",
    "label",
    "basis",
    "planned_at",
    "address",
    "person",
    "outcome",
    "attempt",
    "started_at",
    "ended_at",
    "attempt_outcome",
    "stage",
    "reply",
    "possible_repeat",
    "message_id",
    "mail_sha256",
    "acknowledged_at",
    "acknowledged_by",
    "returned_at",
    "returned",
    "returned_status",
    "returned_words",
];

/// What is known about somebody who was not told.
const NOT_TOLD: [&str; 5] = ["version", "partner", "kind", "code", "reason"];

/// What evidence adds to each line: why not, and who decided.
const DECIDED: [&str; 9] = [
    "not_told_code",
    "not_told_reason",
    "drafted_by",
    "drafted_at",
    "released_by",
    "released_at",
    "decided_at",
    "rule_set_version",
    "directory_revision",
];

fn written<'a>(
    head: impl Iterator<Item = &'a str>,
    rows: impl Iterator<Item = Vec<String>>,
) -> Result<Vec<u8>, csv::Error> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(head)?;
    for row in rows {
        writer.write_record(row.into_iter().map(harmless))?;
    }
    writer.into_inner().map_err(|error| error.into_error().into())
}

fn text<T: ToString>(value: Option<T>) -> String {
    value.map(|value| value.to_string()).unwrap_or_default()
}

/// The told: one line for each try, and one for each address that had none yet.
pub(crate) fn notified_csv(rows: &[Notified]) -> Result<Vec<u8>, csv::Error> {
    written(TOLD.into_iter(), rows.iter().flat_map(lines))
}

/// The not told.
pub(crate) fn not_notified_csv(rows: &[NotNotified]) -> Result<Vec<u8>, csv::Error> {
    let rows = rows.iter().map(|row| {
        let NotNotified { version, partner, kind, code, reason, .. } = row;
        vec![version.to_string(), partner.to_string(), kind.to_string(), code.clone(), reason.clone()]
    });
    written(NOT_TOLD.into_iter(), rows)
}

/// Evidence: the told and the not told in one table, each line with who decided it.
pub(crate) fn evidence_csv(evidence: &Evidence) -> Result<Vec<u8>, csv::Error> {
    let rows = evidence.versions.iter().flat_map(|version| {
        let decided = move |(code, reason): (&str, &str)| {
            let head = &version.version;
            vec![
                code.to_owned(),
                reason.to_owned(),
                version.drafted_by.clone(),
                version.drafted_at.to_string(),
                version.released_by.clone(),
                head.released_at.to_string(),
                text(head.frozen_at),
                text(head.rule_set_version),
                text(head.directory_revision),
            ]
        };
        let told = version.told.iter().flat_map(lines).map(move |line| [line, decided(("", ""))].concat());
        let not_told = version.not_told.iter().map(move |row| {
            let mut line = vec![String::new(); TOLD.len()];
            line[0] = row.version.to_string();
            line[1] = version.version.alert_kind.to_string();
            line[2] = row.partner.to_string();
            line[3] = row.kind.to_string();
            "not_told".clone_into(&mut line[10]);
            [line, decided((&row.code, &row.reason))].concat()
        });
        told.chain(not_told)
    });
    written(TOLD.into_iter().chain(DECIDED), rows)
}

fn lines(row: &Notified) -> impl Iterator<Item = Vec<String>> {
    let none_yet = row.attempts.is_empty().then(|| told(row, None));
    none_yet.into_iter().chain(row.attempts.iter().map(|attempt| told(row, Some(attempt))))
}

fn told(row: &Notified, attempt: Option<&Attempt>) -> Vec<String> {
    let back = row.returned.first();
    vec![
        row.version.to_string(),
        row.alert_kind.to_string(),
        row.partner.to_string(),
        row.kind.to_string(),
        row.share.to_string(),
        row.label.to_string(),
        row.basis.clone(),
        row.planned_at.to_string(),
        row.address.to_string(),
        text(row.person.as_ref()),
        row.outcome.to_string(),
        text(attempt.map(|a| a.number)),
        text(attempt.map(|a| a.started_at)),
        text(attempt.and_then(|a| a.ended_at)),
        text(attempt.and_then(|a| a.outcome)),
        text(attempt.and_then(|a| a.stage)),
        text(attempt.and_then(|a| a.reply.as_ref())),
        text(attempt.map(|a| a.possible_repeat)),
        text(row.message_id.as_ref()),
        text(row.mail_sha256.as_ref()),
        text(row.acknowledged_at),
        text(row.acknowledged_by.as_ref()),
        text(back.map(|back| back.received_at)),
        text(back.map(|back| back.kind)),
        text(back.and_then(|back| back.status.as_ref())),
        text(back.and_then(|back| back.words.as_ref())),
    ]
}

#[cfg(test)]
mod tests {
    use domain::Clock;
    use domain::codes::PartnerKind;
    use domain::ids::PartnerId;
    use domain::plan::Exclusion;

    use super::*;

    #[test]
    fn a_line_comes_back_whole_whatever_is_in_its_cells() {
        let row = NotNotified {
            version: 2,
            partner_id: PartnerId::generate(&Clock::System),
            partner: "=HYPERLINK(\"http://x\"), \"Ltd\"".parse().unwrap(),
            kind: PartnerKind::Ngo,
            code: "no_rule".to_owned(),
            reason: "first line\nsecond; line".to_owned(),
            frozen: Exclusion::NoAddress,
        };
        let bytes = not_notified_csv(&[row]).unwrap();
        let mut reader = csv::Reader::from_reader(bytes.as_slice());
        let record = reader.records().next().unwrap().unwrap();
        assert_eq!(&record[1], "'=HYPERLINK(\"http://x\"), \"Ltd\"");
        assert_eq!(&record[4], "first line\nsecond; line");
    }
}
