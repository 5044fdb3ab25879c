//! One typed identifier per noun: a UUID version 7 (RFC 9562), printed with the noun's prefix.
//!
//! `case_0190…` cannot be passed where `alert_0190…` is meant, neither in Rust nor in a URL. Version 7 sorts by
//! time, which keeps indexes dense; it also tells when the thing was made, so public links never carry one bare.

use std::fmt;
use std::str::FromStr;

pub use uuid::Uuid;

use crate::time::Clock;

/// Why a text is not an identifier of the wanted kind.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a {wanted} identifier (expected {wanted}_ and 32 hexadecimal digits)")]
pub struct ParseIdError {
    /// The prefix that was expected.
    pub wanted: &'static str,
}

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident = $prefix:literal;)+) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(Uuid);

        impl $name {
            /// The prefix of the printed form.
            pub const PREFIX: &'static str = $prefix;

            /// A new identifier; its time part is the clock's.
            pub fn generate(clock: &Clock) -> Self {
                Self(new_v7(clock))
            }

            /// The bare UUID, for columns and hashes.
            pub fn as_uuid(self) -> Uuid {
                self.0
            }

            /// From a stored UUID. Only storage and derived identifiers may call this.
            pub fn from_stored(uuid: Uuid) -> Self {
                Self(uuid)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}_{}", $prefix, self.0.simple())
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(self, f)
            }
        }

        impl FromStr for $name {
            type Err = ParseIdError;
            fn from_str(text: &str) -> Result<Self, ParseIdError> {
                text.strip_prefix(concat!($prefix, "_"))
                    .filter(|rest| rest.len() == 32)
                    .and_then(|rest| Uuid::try_parse(rest).ok())
                    .map(Self)
                    .ok_or(ParseIdError { wanted: $prefix })
            }
        }

        crate::text::string_serde!($name);
        #[cfg(feature = "sql")]
        crate::sql::uuid_column!($name);
    )+};
}

ids! {
    /// A case: the event, with its set of objects.
    CaseId = "case";
    /// One cultural object.
    ObjectId = "object";
    /// One alert version about a case.
    AlertId = "alert";
    /// A partner organisation.
    PartnerId = "partner";
    /// One address or person of a partner.
    ContactId = "contact";
    /// A dangerous change of a partner that waits for a second person.
    ChangeId = "change";
    /// A mail about the directory that holds no content: a code to enter, a change to hear of.
    NoticeId = "notice";
    /// A directory file that waits to be approved.
    ImportId = "import";
    /// A partner that was told of an alert after its plan was frozen.
    SupplementId = "supplement";
    /// The frozen result of routing one alert version.
    PlanId = "plan";
    /// One alert version for one partner.
    NotificationId = "notification";
    /// The sending of one notification to one address.
    DeliveryId = "delivery";
    /// One SMTP try of a delivery.
    AttemptId = "attempt";
    /// What a partner answered.
    AnswerId = "answer";
    /// What somebody at a partner, or a machine there, wrote back by mail.
    LetterId = "letter";
    /// That somebody saw an object.
    SightingId = "sighting";
    /// A version of the routing rules.
    RuleSetId = "rules";
    /// An officer's decision about one partner of a draft.
    OverrideId = "override";
    /// A fact that happened; the identifier of its outbox row, its message and its ledger entry.
    EventId = "event";
    /// A person who can sign in.
    AccountId = "account";
    /// An institution that reports.
    InstitutionId = "institution";
    /// A bearer token of an integrator.
    TokenId = "token";
    /// One verification of a case.
    VerificationId = "verification";
    /// One step in the life of a case.
    StepId = "step";
    /// The way back of one object by one route.
    RestitutionId = "restitution";
    /// A report that is not sent in yet.
    ReportDraftId = "draft";
    /// A search that somebody wants again.
    ViewId = "view";
    /// An upload of many objects or cases.
    UploadId = "upload";
    /// One photograph of an object.
    PhotoId = "photo";
    /// A proposal that two cases are about one event.
    DuplicateId = "duplicate";
    /// A comparison of what should be with what is.
    ReconciliationId = "reconciliation";
    /// A difference that such a comparison found.
    DifferenceId = "difference";
    /// A claim on rows by one running worker.
    LeaseId = "lease";
}

#[expect(clippy::disallowed_methods, reason = "the one place where identifiers are drawn")]
fn new_v7(clock: &Clock) -> Uuid {
    let micros = clock.now().as_micros();
    let seconds = u64::try_from(micros / 1_000_000).unwrap_or(0);
    let nanos = u32::try_from(micros.rem_euclid(1_000_000) * 1_000).unwrap_or(0);
    Uuid::new_v7(uuid::Timestamp::from_unix(uuid::NoContext, seconds, nanos))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_kinds_prefix_is_refused() {
        let case = CaseId::generate(&Clock::System);
        assert_eq!(case.to_string().parse::<CaseId>(), Ok(case));
        assert_eq!(case.to_string().parse::<AlertId>(), Err(ParseIdError { wanted: "alert" }));
        assert!("case_".parse::<CaseId>().is_err());
    }
}
