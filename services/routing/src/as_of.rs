//! `?as_of=`: a revision of the directory, or an instant or day and with it the revision that was in force then.

use domain::{CivilDate, FieldErrors, Timestamp};
use store::{Tx, partners};

/// What moment of the directory is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum AsOf {
    Revision(i64),
    Moment(Timestamp),
}

impl AsOf {
    /// Nothing typed is the present.
    pub(crate) fn parse(text: &str) -> Result<Option<Self>, FieldErrors> {
        let text = text.trim();
        if text.is_empty() {
            return Ok(None);
        }
        if let Ok(revision) = text.parse::<i64>() {
            return Ok(Some(Self::Revision(revision.max(0))));
        }
        if let Ok(moment) = text.parse() {
            return Ok(Some(Self::Moment(moment)));
        }
        // A day is meant to its end.
        if let Ok(day) = text.parse::<CivilDate>()
            && let Ok(end) = format!("{day}T23:59:59.999999Z").parse()
        {
            return Ok(Some(Self::Moment(end)));
        }
        let mut errors = FieldErrors::new();
        errors.push("/as_of", "must be a revision such as 12, a date, or an instant such as 2026-11-23T08:00:00Z");
        Err(errors)
    }

    /// The revision.
    pub(crate) async fn revision(self, tx: &mut Tx) -> Result<i64, store::Error> {
        match self {
            Self::Revision(revision) => Ok(revision.min(partners::revision(tx).await?)),
            Self::Moment(at) => partners::revision_at(tx, at).await,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_revision_a_day_or_an_instant() {
        assert_eq!(AsOf::parse(" "), Ok(None));
        assert_eq!(AsOf::parse("12"), Ok(Some(AsOf::Revision(12))));
        let end = "2026-11-23T23:59:59.999999Z".parse().expect("an instant");
        assert_eq!(AsOf::parse("2026-11-23"), Ok(Some(AsOf::Moment(end))));
        assert!(AsOf::parse("yesterday").is_err());
    }
}
