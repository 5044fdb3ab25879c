//! What happens to the partner directory between one revision and the next. Source: routing; of sent notices: notifier.

use domain::Timestamp;
use domain::codes::ChangeState;
use domain::delivery::{DeliveryState, Outcome, Stage};
use domain::ids::{
    AccountId, AlertId, CaseId, ChangeId, ContactId, ImportId, NoticeId, NotificationId, PartnerId, PlanId,
    SupplementId,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A dangerous change of a partner was proposed; it waits for a second person.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct PartnerChangeProposedV1 {
    /// The change.
    pub change_id: ChangeId,
    /// Whose.
    pub partner_id: PartnerId,
    /// The fields, without what is in them.
    pub fields: Vec<String>,
    /// Who proposed it; none for the machine's own command line.
    pub proposed_by: Option<AccountId>,
    /// Not applied earlier, unless two persons agree.
    pub due_at: Timestamp,
}

/// A second or third person agreed to a change.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct PartnerChangeApprovedV1 {
    /// The change.
    pub change_id: ChangeId,
    /// Whose.
    pub partner_id: PartnerId,
    /// Who agreed.
    pub approved_by: AccountId,
}

/// A change was applied, cancelled or overtaken.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct PartnerChangeEndedV1 {
    /// The change.
    pub change_id: ChangeId,
    /// Whose.
    pub partner_id: PartnerId,
    /// How it ended.
    pub state: ChangeState,
    /// The revision it made, if it was applied.
    pub revision: Option<i64>,
    /// Who cancelled it.
    pub ended_by: Option<AccountId>,
}

/// A mail about the directory is to be sent: it tells of a change or carries a code, and has no content of any case.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct NoticeRequestedV1 {
    /// The notice.
    pub notice_id: NoticeId,
    /// To whom.
    pub partner_id: PartnerId,
    /// The change it tells of; none if it carries a code.
    pub change_id: Option<ChangeId>,
}

/// One try to send such a mail ended.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct NoticeRecordedV1 {
    /// The notice.
    pub notice_id: NoticeId,
    /// To whom.
    pub partner_id: PartnerId,
    /// The number of the try, from 1.
    pub attempt: i64,
    /// What is known.
    pub outcome: Outcome,
    /// At which step.
    pub stage: Stage,
    /// What the notice became.
    pub state: DeliveryState,
    /// SHA-256 over the bytes, in hexadecimal.
    pub mail_sha256: String,
}

/// A mail about the directory, or another one without content, came back although a mail server had taken it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct NoticeBouncedV1 {
    /// The notice.
    pub notice_id: NoticeId,
    /// The status that was reported, such as `5.1.1` (RFC 3463); none if none was.
    pub status: Option<String>,
    /// What the notice became.
    pub state: DeliveryState,
    /// SHA-256 of the other side's words, in hexadecimal (their text may name a person); none if there were none.
    pub words_sha256: Option<String>,
}

/// Somebody entered the code that was mailed to an address: the mailbox is read.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct AddressVerifiedV1 {
    /// The notice that carried the code.
    pub notice_id: NoticeId,
    /// Whose address.
    pub partner_id: PartnerId,
    /// The revision that says so.
    pub revision: i64,
}

/// A directory file was approved or put aside.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct DirectoryFileEndedV1 {
    /// The file.
    pub import_id: ImportId,
    /// SHA-256 over it, in hexadecimal.
    pub file_sha256: String,
    /// Whether it was applied.
    pub applied: bool,
    /// Who decided.
    pub ended_by: Option<AccountId>,
}

/// A partner that joined after a plan was frozen is told of its alert, or an officer chose not to tell it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct PlanSupplementedV1 {
    /// The decision.
    pub supplement_id: SupplementId,
    /// The plan.
    pub plan_id: PlanId,
    /// The alert version.
    pub alert_id: AlertId,
    /// The case.
    pub case_id: CaseId,
    /// The partner.
    pub partner_id: PartnerId,
    /// Its notification; none if it is not told.
    pub notification_id: Option<NotificationId>,
    /// Who decided.
    pub decided_by: AccountId,
    /// The directory as of which it was decided.
    pub directory_revision: i64,
    /// The rule set that selected it.
    pub rule_set_version: i64,
}

/// An officer asked that an address of a notification be corrected; that waits for a change of the directory.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct AddressCorrectionAskedV1 {
    /// The change.
    pub change_id: ChangeId,
    /// The notification.
    pub notification_id: NotificationId,
    /// The case.
    pub case_id: CaseId,
    /// The partner.
    pub partner_id: PartnerId,
    /// The contact whose address is wrong.
    pub contact_id: ContactId,
    /// Who asked.
    pub asked_by: AccountId,
    /// SHA-256 of the reason given, in hexadecimal (its text may name a person).
    pub reason_sha256: String,
}

/// The right address of a notification is in the directory, and the notification goes there.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct AddressCorrectedV1 {
    /// The notification.
    pub notification_id: NotificationId,
    /// The alert version.
    pub alert_id: AlertId,
    /// The case.
    pub case_id: CaseId,
    /// The partner.
    pub partner_id: PartnerId,
    /// The contact whose address was wrong.
    pub contact_id: ContactId,
    /// The change that was made for it; none if the directory had the right address.
    pub change_id: Option<ChangeId>,
    /// Who asked for it.
    pub asked_by: AccountId,
    /// SHA-256 of the reason given, in hexadecimal (its text may name a person).
    pub reason_sha256: String,
}

super::event!(AddressCorrectionAskedV1, "address.correction_asked.v1", notification_id, case_id);
super::event!(AddressCorrectedV1, "address.corrected.v1", notification_id, case_id);
super::event!(PartnerChangeProposedV1, "partner.change_proposed.v1", change_id);
super::event!(PartnerChangeApprovedV1, "partner.change_approved.v1", change_id);
super::event!(PartnerChangeEndedV1, "partner.change_ended.v1", change_id);
super::event!(NoticeRequestedV1, "notice.requested.v1", notice_id);
super::event!(NoticeRecordedV1, "notice.recorded.v1", notice_id);
super::event!(NoticeBouncedV1, "notice.bounced.v1", notice_id);
super::event!(AddressVerifiedV1, "address.verified.v1", notice_id);
super::event!(DirectoryFileEndedV1, "directory.file_ended.v1", import_id);
super::event!(PlanSupplementedV1, "plan.supplemented.v1", supplement_id, case_id);
