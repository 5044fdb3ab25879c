//! What becomes of a mail, and what a partner answers. Source: notifier.

use domain::Timestamp;
use domain::codes::{AnswerKind, ErasureGround, Share};
use domain::delivery::{BounceKind, ChaseStep, DeliveryState, HeldDecision, LetterKind, Outcome, Stage};
use domain::ids::{AccountId, AlertId, AnswerId, CaseId, DeliveryId, LeaseId, LetterId, NotificationId, PartnerId};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// One SMTP try ended, or was found to have no known end.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct DeliveryRecordedV1 {
    /// The delivery.
    pub delivery_id: DeliveryId,
    /// The notification it sends.
    pub notification_id: NotificationId,
    /// The alert version.
    pub alert_id: AlertId,
    /// The case.
    pub case_id: CaseId,
    /// The partner.
    pub partner_id: PartnerId,
    /// How much the partner is shown.
    pub share: Share,
    /// The number of the try, from 1.
    pub attempt: i64,
    /// How it ended.
    pub outcome: Outcome,
    /// At which SMTP step.
    pub stage: Stage,
    /// The delivery's state after it.
    pub state: DeliveryState,
    /// SHA-256 of the exact bytes, in hexadecimal.
    pub mail_sha256: String,
    /// SHA-256 of the server's reply, in hexadecimal (its text may name a person); none if it gave none.
    pub reply_sha256: Option<String>,
    /// An earlier try had no known end, so the reader may have the mail twice, with one Message-ID.
    pub possible_repeat: bool,
}

/// A delivery ended without a try: held, cancelled or expired.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct DeliveryEndedV1 {
    /// The delivery.
    pub delivery_id: DeliveryId,
    /// The notification it was to send.
    pub notification_id: NotificationId,
    /// The case.
    pub case_id: CaseId,
    /// The partner.
    pub partner_id: PartnerId,
    /// Its final state.
    pub state: DeliveryState,
    /// Why, in words.
    pub reason: String,
}

/// An officer decided about a delivery that was held.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct DeliveryDecidedV1 {
    /// The delivery.
    pub delivery_id: DeliveryId,
    /// The notification it sends.
    pub notification_id: NotificationId,
    /// The case.
    pub case_id: CaseId,
    /// The partner.
    pub partner_id: PartnerId,
    /// What was decided.
    pub decision: HeldDecision,
    /// Its state after it.
    pub state: DeliveryState,
    /// The officer.
    pub decided_by: AccountId,
    /// SHA-256 of the reason given, in hexadecimal (its text may name a person).
    pub reason_sha256: String,
}

/// An officer had a delivery sent once more: the same bytes, under the same Message-ID.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct DeliveryResentV1 {
    /// The delivery.
    pub delivery_id: DeliveryId,
    /// The notification it sends.
    pub notification_id: NotificationId,
    /// The alert version.
    pub alert_id: AlertId,
    /// The case.
    pub case_id: CaseId,
    /// The partner.
    pub partner_id: PartnerId,
    /// Its state after it: `uncertain` if an earlier try may have reached the reader.
    pub state: DeliveryState,
    /// How many tries there had been.
    pub tries: i64,
    /// The officer.
    pub resent_by: AccountId,
    /// SHA-256 of the reason given, in hexadecimal (its text may name a person).
    pub reason_sha256: String,
}

/// An officer had a notification sent to addresses of its plan whose turn had not come.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct SecondContactsUsedV1 {
    /// The delivery that gave rise to it.
    pub delivery_id: DeliveryId,
    /// The notification.
    pub notification_id: NotificationId,
    /// The alert version.
    pub alert_id: AlertId,
    /// The case.
    pub case_id: CaseId,
    /// The partner.
    pub partner_id: PartnerId,
    /// To how many addresses it goes because of it.
    pub addresses: i64,
    /// The officer.
    pub used_by: AccountId,
    /// SHA-256 of the reason given, in hexadecimal (its text may name a person).
    pub reason_sha256: String,
}

/// A person at a partner read the content of a notification by its signed link: by pressing a button, for the first time.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ContentReadV1 {
    /// The delivery whose link was used.
    pub delivery_id: DeliveryId,
    /// The notification.
    pub notification_id: NotificationId,
    /// The case.
    pub case_id: CaseId,
    /// The partner.
    pub partner_id: PartnerId,
    /// How much was shown.
    pub share: Share,
}

/// A person at a partner acknowledged a notification by its signed link.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct NotificationAcknowledgedV1 {
    /// The notification.
    pub notification_id: NotificationId,
    /// The delivery whose link was used.
    pub delivery_id: DeliveryId,
    /// The case.
    pub case_id: CaseId,
    /// The partner.
    pub partner_id: PartnerId,
}

/// Nobody at a partner had taken a notification up in time, and something was done about that.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct NotificationChasedV1 {
    /// The notification.
    pub notification_id: NotificationId,
    /// The alert version.
    pub alert_id: AlertId,
    /// The case.
    pub case_id: CaseId,
    /// The partner.
    pub partner_id: PartnerId,
    /// What was done.
    pub step: ChaseStep,
    /// To how many addresses something goes because of it.
    pub addresses: i64,
}

/// Somebody at the desk took up what nobody at a partner had.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ChaseSettledV1 {
    /// The notification.
    pub notification_id: NotificationId,
    /// The case.
    pub case_id: CaseId,
    /// The partner.
    pub partner_id: PartnerId,
    /// The officer.
    pub settled_by: AccountId,
    /// SHA-256 of what the officer wrote, in hexadecimal (its text may name a person).
    pub reason_sha256: String,
}

/// What a person at a partner answered to a notification by its signed link; the first answer acknowledges it too.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct NotificationAnsweredV1 {
    /// The answer.
    pub answer_id: AnswerId,
    /// What was answered.
    pub answer: AnswerKind,
    /// The notification.
    pub notification_id: NotificationId,
    /// The delivery whose link was used.
    pub delivery_id: DeliveryId,
    /// The case.
    pub case_id: CaseId,
    /// The partner.
    pub partner_id: PartnerId,
}

/// A mail that a mail server had taken came back, or its reader complained about it. Said once for each delivery and kind.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct DeliveryBouncedV1 {
    /// The delivery.
    pub delivery_id: DeliveryId,
    /// The notification it sent.
    pub notification_id: NotificationId,
    /// The alert version.
    pub alert_id: AlertId,
    /// The case.
    pub case_id: CaseId,
    /// The partner.
    pub partner_id: PartnerId,
    /// What came back.
    pub bounce: BounceKind,
    /// The status that was reported, such as `5.1.1` (RFC 3463); none if none was.
    pub status: Option<String>,
    /// The delivery's state after it: a complaint changes none.
    pub state: DeliveryState,
    /// SHA-256 of the other side's words, in hexadecimal (their text may name a person); none if there were none.
    pub words_sha256: Option<String>,
    /// To how many second contacts something goes because of it.
    pub second_contacts: i64,
}

/// Somebody at the desk saw to a mail that had come back.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct BounceSettledV1 {
    /// The delivery.
    pub delivery_id: DeliveryId,
    /// The notification it sent.
    pub notification_id: NotificationId,
    /// The case.
    pub case_id: CaseId,
    /// The partner.
    pub partner_id: PartnerId,
    /// What had come back.
    pub bounce: BounceKind,
    /// The officer.
    pub settled_by: AccountId,
    /// SHA-256 of what the officer wrote, in hexadecimal (its text may name a person).
    pub reason_sha256: String,
}

/// The address of a delivery gets no mail for a while, because too much of it came back.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct AddressSuppressedV1 {
    /// The last delivery to it that came back.
    pub delivery_id: DeliveryId,
    /// The partner.
    pub partner_id: PartnerId,
    /// How many mails came back.
    pub bounces: i64,
    /// Until when.
    pub until: Timestamp,
}

/// An officer let mail go to a suppressed address again.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct SuppressionReleasedV1 {
    /// The delivery that had come back last.
    pub delivery_id: DeliveryId,
    /// The partner.
    pub partner_id: PartnerId,
    /// The officer.
    pub released_by: AccountId,
    /// SHA-256 of the reason given, in hexadecimal (its text may name a person).
    pub reason_sha256: String,
}

/// Somebody at a partner, or a machine there, wrote back by mail. Nobody has checked who: it changes nothing.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct LetterReceivedV1 {
    /// The letter.
    pub letter_id: LetterId,
    /// Whether a person seems to have written it.
    pub letter: LetterKind,
    /// The delivery that it answers.
    pub delivery_id: DeliveryId,
    /// The notification.
    pub notification_id: NotificationId,
    /// The case.
    pub case_id: CaseId,
    /// The partner.
    pub partner_id: PartnerId,
    /// SHA-256 of what it says, in hexadecimal.
    pub letter_sha256: String,
}

/// Whoever wrote a letter was erased from it, with every word of it. Source: notifier.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct LetterErasedV1 {
    /// The letter.
    pub letter_id: LetterId,
    /// The case.
    pub case_id: CaseId,
    /// By whom; nobody if the time of keeping ended by itself.
    pub erased_by: Option<AccountId>,
    /// On which ground.
    pub ground: ErasureGround,
}

/// After the database was restored from a copy an officer compared what it knows with what was sent, and let mail leave again.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct RestoreComparedV1 {
    /// The officer.
    pub compared_by: AccountId,
    /// How many deliveries waited, and go out as possible repeats.
    pub deliveries: i64,
    /// SHA-256 of what the officer wrote, in hexadecimal (its text may name a person).
    pub reason_sha256: String,
}

/// A mail server takes none of a sender's mail: it waits, and one mail is tried now and then.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct MailServerPausedV1 {
    /// Which sender, for as long as its process runs.
    pub sender: LeaseId,
    /// At which SMTP step the last try failed.
    pub stage: Stage,
}

/// A mail server takes mail again after a pause.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct MailServerResumedV1 {
    /// The sender that noticed.
    pub sender: LeaseId,
    /// How many senders' pauses that ends.
    pub pauses: i64,
}

super::event!(MailServerPausedV1, "mail_server.paused.v1", sender);
super::event!(MailServerResumedV1, "mail_server.resumed.v1", sender);
super::event!(RestoreComparedV1, "restore.compared.v1", compared_by);
super::event!(DeliveryBouncedV1, "delivery.bounced.v1", delivery_id, case_id);
super::event!(BounceSettledV1, "bounce.settled.v1", delivery_id, case_id);
super::event!(AddressSuppressedV1, "address.suppressed.v1", delivery_id);
super::event!(SuppressionReleasedV1, "suppression.released.v1", delivery_id);
super::event!(LetterReceivedV1, "letter.received.v1", letter_id, case_id);
super::event!(LetterErasedV1, "letter.erased.v1", letter_id, case_id);
super::event!(NotificationChasedV1, "notification.chased.v1", notification_id, case_id);
super::event!(ChaseSettledV1, "notification.settled.v1", notification_id, case_id);
super::event!(DeliveryRecordedV1, "delivery.recorded.v1", delivery_id, case_id);
super::event!(DeliveryEndedV1, "delivery.ended.v1", delivery_id, case_id);
super::event!(DeliveryDecidedV1, "delivery.decided.v1", delivery_id, case_id);
super::event!(DeliveryResentV1, "delivery.resent.v1", delivery_id, case_id);
super::event!(SecondContactsUsedV1, "delivery.second_contacts.v1", delivery_id, case_id);
super::event!(ContentReadV1, "content.read.v1", delivery_id, case_id);
super::event!(NotificationAcknowledgedV1, "notification.acknowledged.v1", notification_id, case_id);
super::event!(NotificationAnsweredV1, "notification.answered.v1", notification_id, case_id);
