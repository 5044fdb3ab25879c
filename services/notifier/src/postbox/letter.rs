//! Something to be read. It is kept beside the delivery that it answers, and changes nothing: anybody can write a mail.

use contracts::Service;
use contracts::events::LetterReceivedV1;
use domain::ids::LetterId;
use store::letters::{self, LetterRow};
use store::{deliveries, mails, outbox};

use super::classify::Letter;
use super::{Addressed, Postbox, Taken};

/// The most letters that are kept of one notification: a machine that answers each answer must not fill the table.
const MOST: i64 = 50;

impl Postbox {
    pub(super) async fn keep(&self, to: Addressed, letter: &Letter) -> Result<Taken, store::Error> {
        let deps = &self.deps;
        let mut tx = deps.db.begin().await?;
        let answered = match to {
            Addressed::Delivery(id) => vec![id],
            Addressed::Notice(_) => Vec::new(),
            Addressed::Desk => {
                let ours = format!("@{}>", deps.config.message_id_domain);
                let mut found = Vec::new();
                for message_id in letter.answers.iter().filter(|id| id.ends_with(&ours)) {
                    found = mails::deliveries(&mut tx, message_id).await?;
                    if !found.is_empty() {
                        break;
                    }
                }
                found
            }
        };
        let mut taken = Taken::Unknown;
        for id in answered {
            let Some(row) = deliveries::find(&mut tx, id).await? else { continue };
            if letters::count(&mut tx, row.notification_id).await? >= MOST {
                taken = Taken::TooMany;
                continue;
            }
            let kept = LetterRow {
                id: LetterId::generate(&deps.clock),
                delivery_id: row.id,
                notification_id: row.notification_id,
                case_id: row.case_id,
                partner_id: row.partner_id,
                kind: letter.kind,
                sender: letter.sender.clone(),
                subject: letter.subject.clone(),
                body: letter.body.clone(),
                cut: letter.cut,
                digest: letter.digest.to_vec(),
                received_at: deps.clock.now(),
                erased_at: None,
            };
            if !letters::insert(&mut tx, &kept).await? {
                taken = Taken::Repeated;
                continue;
            }
            let event = LetterReceivedV1 {
                letter_id: kept.id,
                letter: kept.kind,
                delivery_id: row.id,
                notification_id: row.notification_id,
                case_id: row.case_id,
                partner_id: row.partner_id,
                letter_sha256: hex::encode(&kept.digest),
            };
            outbox::record(&mut tx, Service::Notifier, &deps.clock, &event).await?;
            taken = Taken::Kept;
        }
        tx.commit().await?;
        deps.bell.ring();
        Ok(taken)
    }
}
