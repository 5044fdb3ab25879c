//! The same as CSV (RFC 4180), safe to open in a spreadsheet.

use crate::notified::{Attempt, NotNotified, Notified};

/// The told: one line for each try, and one for each address that had none yet.
pub(crate) fn notified_csv(rows: &[Notified]) -> Result<Vec<u8>, csv::Error> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record([
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
    ])?;
    for row in rows {
        if row.attempts.is_empty() {
            writer.write_record(told(row, None))?;
        }
        for attempt in &row.attempts {
            writer.write_record(told(row, Some(attempt)))?;
        }
    }
    writer.into_inner().map_err(|error| error.into_error().into())
}

fn told(row: &Notified, attempt: Option<&Attempt>) -> Vec<String> {
    fn text<T: ToString>(value: Option<T>) -> String {
        value.map(|value| value.to_string()).unwrap_or_default()
    }
    let cells = vec![
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
    ];
    cells.into_iter().map(harmless).collect()
}

/// The not told.
pub(crate) fn not_notified_csv(rows: &[NotNotified]) -> Result<Vec<u8>, csv::Error> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(["version", "partner", "kind", "code", "reason"])?;
    for row in rows {
        let cells = [
            row.version.to_string(),
            row.partner.to_string(),
            row.kind.to_string(),
            row.code.clone(),
            row.reason.clone(),
        ];
        writer.write_record(cells.map(harmless))?;
    }
    writer.into_inner().map_err(|error| error.into_error().into())
}

/// A spreadsheet must not run a partner's name as a formula: a cell that could be one gets a leading quote.
fn harmless(cell: String) -> String {
    let formula = |c: char| matches!(c, '=' | '+' | '-' | '@' | '\t' | '\r' | '\n' | '＝' | '＋' | '－' | '＠');
    if cell.trim_start_matches(' ').starts_with(formula) { format!("'{cell}") } else { cell }
}

#[cfg(test)]
mod tests {
    use domain::Clock;
    use domain::codes::PartnerKind;
    use domain::ids::PartnerId;

    use super::*;

    #[test]
    fn a_cell_is_never_a_formula() {
        for bad in ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1", "＋1", "－1", "＠x", "  =1"] {
            assert!(harmless(bad.to_owned()).starts_with('\''), "{bad:?}");
        }
        assert_eq!(harmless("Museum = home".to_owned()), "Museum = home");
    }

    #[test]
    fn a_line_comes_back_whole_whatever_is_in_its_cells() {
        let row = NotNotified {
            version: 2,
            partner_id: PartnerId::generate(&Clock::System),
            partner: "=HYPERLINK(\"http://x\"), \"Ltd\"".parse().unwrap(),
            kind: PartnerKind::Ngo,
            code: "no_rule".to_owned(),
            reason: "first line\nsecond; line".to_owned(),
        };
        let bytes = not_notified_csv(&[row]).unwrap();
        let mut reader = csv::Reader::from_reader(bytes.as_slice());
        let record = reader.records().next().unwrap().unwrap();
        assert_eq!(&record[1], "'=HYPERLINK(\"http://x\"), \"Ltd\"");
        assert_eq!(&record[4], "first line\nsecond; line");
    }
}
