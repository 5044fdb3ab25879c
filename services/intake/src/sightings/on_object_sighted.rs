//! A partner reported a sighting: it becomes one of the case. The message is a bell; what was seen is read from the
//! notifier's table. Told twice, or of one that was reported here, it finds the sighting there.

use bus::{Consumer, HandleError};
use contracts::events::ObjectSightedV1;
use contracts::{Envelope, Event};
use domain::codes::{SightingOrigin, SightingState};
use store::sightings::{self, SightingRow};
use store::{Tx, answers};

/// Makes sightings of what partners sent.
#[derive(Clone, Copy, Debug, Default)]
pub struct OnObjectSighted;

impl Consumer for OnObjectSighted {
    const NAME: &'static str = "intake.sightings";
    const KEYS: &'static [&'static str] = &[ObjectSightedV1::KIND];

    async fn handle(&self, tx: &mut Tx, messages: &[Envelope]) -> Result<(), HandleError> {
        for message in messages {
            let fact: ObjectSightedV1 = message.open()?;
            if fact.origin != SightingOrigin::Partner {
                continue;
            }
            let sent = answers::sighting(tx, fact.sighting_id).await?;
            let sent = sent.ok_or_else(|| HandleError::Poison("no such sighting was sent".into()))?;
            let row = SightingRow {
                id: fact.sighting_id,
                case_id: sent.case_id,
                object_id: sent.object_id,
                origin: fact.origin,
                partner_id: Some(sent.partner_id),
                notification_id: Some(sent.notification_id),
                reported_by: None,
                seen: sent.seen,
                state: SightingState::Open,
                reported_at: sent.answered_at,
                note: None,
                decided_by: None,
                decided_at: None,
                erased_at: None,
                has_photo: false,
            };
            if sightings::insert(tx, &row).await? {
                tracing::info!(case.id = %row.case_id, sighting.id = %row.id, "a sighting waits for the desk");
            }
        }
        Ok(())
    }
}
