//! Every event, past tense, one file per family.

mod alerts;
mod cases;
mod deliveries;
mod directory;
mod duplicates;
mod identity;
mod photos;
mod plans;
mod readings;
mod restitutions;
mod sightings;

pub use alerts::{AlertDiscardedV1, AlertDraftedV1, AlertReleasedV1, AlertScheduledV1, AlertUnscheduledV1};
pub use cases::{
    CaseEditedV1, CaseEmbargoedV1, CaseMovedV1, CaseReadV1, CaseRegisteredV1, CaseVerifiedV1, ObjectStatusChangedV1,
    ObjectsAddedV1, ReporterErasedV1,
};
pub use deliveries::{
    AddressSuppressedV1, BounceSettledV1, ChaseSettledV1, ContentReadV1, DeliveryBouncedV1, DeliveryDecidedV1,
    DeliveryEndedV1, DeliveryRecordedV1, DeliveryResentV1, LetterErasedV1, LetterReceivedV1, MailServerPausedV1,
    MailServerResumedV1, NotificationAcknowledgedV1, NotificationAnsweredV1, NotificationChasedV1, RestoreComparedV1,
    SecondContactsUsedV1, SuppressionReleasedV1,
};
pub use directory::{
    AddressCorrectedV1, AddressCorrectionAskedV1, AddressVerifiedV1, DirectoryFileEndedV1, NoticeBouncedV1,
    NoticeRecordedV1, NoticeRequestedV1, PartnerChangeApprovedV1, PartnerChangeEndedV1, PartnerChangeProposedV1,
    PlanSupplementedV1,
};
pub use duplicates::{CaseMergedV1, CaseUnmergedV1, DuplicateDismissedV1, DuplicateProposedV1};
pub use identity::{AccountChangedV1, SessionOpenedV1, TokenIssuedV1, TokenRevokedV1};
pub use photos::{PhotoAddedV1, PhotoRemovedV1};
pub use plans::{
    DirectoryChangedV1, HoldReleasedV1, NobodyToldSettledV1, NobodyToldV1, OverrideMadeV1, PlanFrozenV1,
    RuleSetDiscardedV1, RuleSetDraftedV1, RuleSetReleasedV1, SendingDrainedV1, SendingSwitchedV1,
};
pub use readings::PackReadV1;
pub use restitutions::{
    ClockWarnedV1, RestitutionDocumentAddedV1, RestitutionDocumentErasedV1, RestitutionOpenedV1,
    RestitutionPartyErasedV1, RestitutionPartyNamedV1, RestitutionStepTakenV1,
};
pub use sightings::{AnswerErasedV1, ObjectSightedV1, SightingDecidedV1, SightingErasedV1, SightingPhotoAddedV1};

use domain::ids::CaseId;
use schemars::JsonSchema;
use serde::Serialize;
use serde::de::DeserializeOwned;

/// A fact that happened.
pub trait Event: Serialize + DeserializeOwned + JsonSchema + Send + Sync {
    /// Its name and major version, such as `alert.released.v1`: outbox kind and routing key.
    const KIND: &'static str;

    /// The identifier of what it happened to.
    fn subject(&self) -> String;

    /// The case it belongs to, if it belongs to one.
    fn case_id(&self) -> Option<CaseId>;
}

/// Implements [`Event`] from a kind, the subject's field, and the case's field if there is one.
macro_rules! event {
    ($name:ident, $kind:literal, $($subject:ident).+, $($case:ident).+) => {
        impl $crate::events::Event for $name {
            const KIND: &'static str = $kind;
            fn subject(&self) -> String {
                self.$($subject).+.to_string()
            }
            fn case_id(&self) -> Option<domain::ids::CaseId> {
                Some(self.$($case).+)
            }
        }
    };
    ($name:ident, $kind:literal, $($subject:ident).+) => {
        impl $crate::events::Event for $name {
            const KIND: &'static str = $kind;
            fn subject(&self) -> String {
                self.$($subject).+.to_string()
            }
            fn case_id(&self) -> Option<domain::ids::CaseId> {
                None
            }
        }
    };
}
use event;
