//! A moment as typed: by a program with its offset (RFC 3339), by a browser without one, which is then UTC.

use domain::{FieldErrors, Timestamp};

/// Parses a moment.
pub(crate) fn moment(e: &mut FieldErrors, pointer: &str, text: &str) -> Option<Timestamp> {
    let text = text.trim();
    // Seconds may be left out, and then the offset may be, as `datetime-local` of HTML sends it.
    let written = [text.to_owned(), format!("{text}Z"), format!("{text}:00Z")];
    let found = written.iter().find_map(|text| text.parse().ok()).filter(|_| text.contains('T'));
    if found.is_none() {
        e.push(pointer, "must be a moment such as 2026-12-01T09:00:00Z");
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn with_an_offset_or_as_a_browser_sends_it() {
        let mut e = FieldErrors::new();
        for (text, expected) in [
            ("2026-12-01T09:00:00Z", "2026-12-01T09:00:00Z"),
            ("2026-12-01T09:00:00+02:00", "2026-12-01T07:00:00Z"),
            (" 2026-12-01T09:00 ", "2026-12-01T09:00:00Z"),
            ("2026-12-01T09:00:30", "2026-12-01T09:00:30Z"),
        ] {
            assert_eq!(moment(&mut e, "/at", text), expected.parse().ok(), "{text}");
        }
        assert!(e.is_empty());
        for text in ["", "2026-12-01", "09:00", "2026-13-01T09:00", "2026-12-01T09:00 and more"] {
            assert_eq!(moment(&mut e, "/at", text), None, "{text}");
        }
    }
}
