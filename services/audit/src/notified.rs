//! Who was told about a case and who was not: one shape for the page, JSON and CSV.

use std::collections::HashMap;

use domain::codes::{AlertKind, AnswerKind, PartnerKind, Reach, Share};
use domain::delivery::{BounceKind, DeliveryState, Outcome, Stage};
use domain::ids::{CaseId, DeliveryId, NotificationId, PartnerId};
use domain::plan::{Basis, Exclusion};
use domain::text::{Line, Prose};
use domain::{Label, Mailbox, Timestamp};
use serde::Serialize;
use store::bounces::{self, BounceRow};
use store::{Error, Tx, answers, cases, plans, reports};
use utoipa::ToSchema;

/// Who was told about a case.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct NotifiedView {
    /// The case.
    #[schema(value_type = String, example = "case_0193588f2a7c7d1e9f00112233445566")]
    pub case_id: CaseId,
    /// Its reference.
    #[schema(example = "TOC-2026-000123")]
    pub reference: String,
    /// The released alert versions, newest first.
    pub versions: Vec<VersionView>,
    /// One line for each alert version and address.
    pub notified: Vec<Notified>,
}

/// A released alert version and its plan.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct VersionView {
    /// Its number.
    pub version: i64,
    /// `alert`, `update`, `cancel` or `recovery`.
    #[schema(value_type = String, example = "alert")]
    pub alert_kind: AlertKind,
    /// `police` or `all`.
    #[schema(value_type = String, example = "all")]
    pub reach: Reach,
    /// Handling label of the full share.
    #[schema(value_type = String, example = "TLP:AMBER")]
    pub label: Label,
    /// When it was released.
    #[schema(value_type = String, format = DateTime)]
    pub released_at: Timestamp,
    /// When it was decided who is told; none while that is under way.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub frozen_at: Option<Timestamp>,
    /// The rule set that decided.
    pub rule_set_version: Option<i64>,
    /// The directory as of which it decided.
    pub directory_revision: Option<i64>,
    /// How many partners are told.
    pub told: Option<i64>,
    /// How many partners are not.
    pub not_told: Option<i64>,
}

/// One alert version for one partner at one address.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Notified {
    /// The alert version.
    pub version: i64,
    /// What it says.
    #[schema(value_type = String)]
    pub alert_kind: AlertKind,
    /// The notification; a partner with several addresses has one notification and several lines.
    #[schema(value_type = String)]
    pub notification_id: NotificationId,
    /// The delivery; none while it is not made yet.
    #[schema(value_type = Option<String>)]
    pub delivery_id: Option<DeliveryId>,
    /// The partner.
    #[schema(value_type = String)]
    pub partner_id: PartnerId,
    /// Its name then.
    #[schema(value_type = String)]
    pub partner: Line,
    /// Its kind then.
    #[schema(value_type = String, example = "police")]
    pub kind: PartnerKind,
    /// `full` or `object_data`.
    #[schema(value_type = String, example = "full")]
    pub share: Share,
    /// The label of that share.
    #[schema(value_type = String, example = "TLP:AMBER")]
    pub label: Label,
    /// Why, in words.
    pub basis: String,
    /// The same as it was frozen, for other languages.
    #[serde(skip)]
    pub frozen: Basis,
    /// When it was decided.
    #[schema(value_type = String, format = DateTime)]
    pub planned_at: Timestamp,
    /// The address used.
    #[schema(value_type = String)]
    pub address: Mailbox,
    /// The person it belongs to, for a named person.
    #[schema(value_type = Option<String>)]
    pub person: Option<Line>,
    /// Where the delivery stands. `accepted` means by the mail server; it does not mean delivered or read.
    #[schema(value_type = String, example = "accepted")]
    pub outcome: DeliveryState,
    /// Each SMTP try.
    pub attempts: Vec<Attempt>,
    /// What came back although a mail server had taken the mail.
    pub returned: Vec<Returned>,
    /// The Message-ID, the same on every repeat.
    pub message_id: Option<String>,
    /// SHA-256 of the exact bytes sent, in hexadecimal.
    pub mail_sha256: Option<String>,
    /// When a person acknowledged by the signed link.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub acknowledged_at: Option<Timestamp>,
    /// Who, as typed.
    #[schema(value_type = Option<String>)]
    pub acknowledged_by: Option<Line>,
    /// Everything the partner answered to this notification, oldest first.
    pub answers: Vec<Answered>,
}

/// What a partner answered by its signed link. What was seen is not here: it is for those who need to know.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Answered {
    /// `received`, `taking_charge`, `information` or `not_ours`.
    #[schema(value_type = String, example = "taking_charge")]
    pub answer: AnswerKind,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    pub answered_at: Timestamp,
    /// Who, as typed.
    #[schema(value_type = String)]
    pub answered_by: Line,
    /// What else was typed.
    #[schema(value_type = Option<String>)]
    pub note: Option<Prose>,
}

/// A mail that came back, or that its reader complained about.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Returned {
    /// `failed`: it could not be delivered (RFC 3464). `complaint`: it was reported as unwanted (RFC 5965).
    #[schema(value_type = String, example = "failed")]
    pub kind: BounceKind,
    /// When that was heard.
    #[schema(value_type = String, format = DateTime)]
    pub received_at: Timestamp,
    /// The status that was reported (RFC 3463).
    #[schema(example = "5.1.1")]
    pub status: Option<String>,
    /// The other side's words; untrusted.
    pub words: Option<String>,
}

/// One SMTP try.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Attempt {
    /// Its number, from 1.
    pub number: i64,
    /// When it began.
    #[schema(value_type = String, format = DateTime)]
    pub started_at: Timestamp,
    /// When it ended; none while it is on the wire.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub ended_at: Option<Timestamp>,
    /// `accepted`, `deferred`, `refused` or `uncertain`; none while it is on the wire.
    #[schema(value_type = Option<String>, example = "accepted")]
    pub outcome: Option<Outcome>,
    /// At which SMTP step it ended.
    #[schema(value_type = Option<String>, example = "message")]
    pub stage: Option<Stage>,
    /// The server's words.
    pub reply: Option<String>,
    /// An earlier try may have reached the reader already.
    pub possible_repeat: bool,
}

/// Who was not told about a case.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct NotNotifiedView {
    /// The case.
    #[schema(value_type = String)]
    pub case_id: CaseId,
    /// Its reference.
    #[schema(example = "TOC-2026-000123")]
    pub reference: String,
    /// One line for each alert version and partner.
    pub not_notified: Vec<NotNotified>,
}

/// One partner that was not told of an alert version.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct NotNotified {
    /// The alert version.
    pub version: i64,
    /// The partner.
    #[schema(value_type = String)]
    pub partner_id: PartnerId,
    /// Its name then.
    #[schema(value_type = String)]
    pub partner: Line,
    /// Its kind then.
    #[schema(value_type = String, example = "ngo")]
    pub kind: PartnerKind,
    /// A stable code of the reason.
    #[schema(example = "no_rule")]
    pub code: String,
    /// The reason in words.
    pub reason: String,
    /// The same as it was frozen, for other languages.
    #[serde(skip)]
    pub frozen: Exclusion,
}

impl From<reports::VersionRow> for VersionView {
    fn from(row: reports::VersionRow) -> Self {
        Self {
            version: row.version,
            alert_kind: row.kind,
            reach: row.reach,
            label: row.label,
            released_at: row.released_at,
            frozen_at: row.frozen_at,
            rule_set_version: row.rule_set_version,
            directory_revision: row.directory_revision,
            told: row.told,
            not_told: row.not_told,
        }
    }
}

/// Everybody who was told; none if there is no such case.
pub async fn notified(tx: &mut Tx, case_id: CaseId) -> Result<Option<NotifiedView>, Error> {
    let Some(case) = cases::find(tx, case_id).await? else { return Ok(None) };
    let mut tries: HashMap<DeliveryId, Vec<Attempt>> = HashMap::new();
    for row in reports::attempts(tx, case_id).await? {
        tries.entry(row.delivery_id).or_default().push(Attempt {
            number: row.number,
            started_at: row.started_at,
            ended_at: row.ended_at,
            outcome: row.outcome,
            stage: row.stage,
            reply: row.reply,
            possible_repeat: row.possible_repeat,
        });
    }
    let mut returned: HashMap<DeliveryId, Vec<Returned>> = HashMap::new();
    for BounceRow { delivery_id, kind, received_at, status, words, .. } in bounces::of_case(tx, case_id).await? {
        returned.entry(delivery_id).or_default().push(Returned { kind, received_at, status, words });
    }
    let mut answered: HashMap<NotificationId, Vec<Answered>> = HashMap::new();
    for row in answers::of_case(tx, case_id).await? {
        answered.entry(row.notification_id).or_default().push(Answered {
            answer: row.kind,
            answered_at: row.answered_at,
            answered_by: row.answered_by,
            note: row.note,
        });
    }
    let lines = reports::notified(tx, case_id).await?.into_iter().map(|row| Notified {
        version: row.version,
        alert_kind: row.alert_kind,
        notification_id: row.notification_id,
        delivery_id: row.delivery_id,
        partner_id: row.partner_id,
        partner: row.partner_name,
        kind: row.partner_kind,
        share: row.share,
        label: row.label,
        basis: row.basis.0.sentence(),
        frozen: row.basis.0,
        planned_at: row.planned_at,
        address: row.address,
        person: row.person,
        // Decided and not made yet is waiting like any other.
        outcome: row.state.unwrap_or(DeliveryState::Pending),
        attempts: row.delivery_id.and_then(|id| tries.remove(&id)).unwrap_or_default(),
        returned: row.delivery_id.and_then(|id| returned.remove(&id)).unwrap_or_default(),
        message_id: row.message_id,
        mail_sha256: row.mail_sha256.as_deref().map(hex::encode),
        acknowledged_at: row.acknowledged_at,
        acknowledged_by: row.acknowledged_by,
        answers: answered.get(&row.notification_id).cloned().unwrap_or_default(),
    });
    let lines = lines.collect();
    let versions = reports::versions(tx, case_id).await?.into_iter().map(VersionView::from);
    let versions = versions.collect();
    Ok(Some(NotifiedView { case_id, reference: case.reference.to_string(), versions, notified: lines }))
}

/// Everybody who was not told; none if there is no such case.
pub async fn not_notified(tx: &mut Tx, case_id: CaseId) -> Result<Option<NotNotifiedView>, Error> {
    let Some(case) = cases::find(tx, case_id).await? else { return Ok(None) };
    let rows = plans::exclusions(tx, case_id).await?;
    let lines = rows.into_iter().map(|row| NotNotified {
        version: row.version,
        partner_id: row.partner_id,
        partner: row.partner_name,
        kind: row.partner_kind,
        code: row.reason.0.code().to_owned(),
        reason: row.reason.0.sentence(),
        frozen: row.reason.0,
    });
    Ok(Some(NotNotifiedView { case_id, reference: case.reference.to_string(), not_notified: lines.collect() }))
}
