//! Propose what must not be done by one person alone.

use contracts::Service;
use contracts::events::PartnerChangeProposedV1;
use domain::ids::ChangeId;
use domain::partner::Partner;
use domain::partner::diff::FieldChange;
use store::partners::{self, NewChange, Why};
use store::{Tx, outbox};

use crate::Deps;
use crate::notice;

/// Proposes the changes of a partner, if there are any, and has its addresses told that something waits: those that it
/// had before anything was changed. The caller holds the directory's lock.
pub(crate) async fn propose(
    tx: &mut Tx,
    deps: &Deps,
    partner: &Partner,
    changes: &[FieldChange],
    why: &Why,
) -> Result<Option<ChangeId>, store::Error> {
    if changes.is_empty() {
        return Ok(None);
    }
    let now = deps.clock.now();
    let id = ChangeId::generate(&deps.clock);
    let due_at = now.plus(deps.config.change_wait());
    let new = NewChange {
        id,
        partner_id: partner.id,
        changes,
        reason: &why.reason,
        source: why.source,
        proposed_by: why.by,
        proposed_at: now,
        due_at,
    };
    partners::propose(tx, &new).await?;
    let event = PartnerChangeProposedV1 {
        change_id: id,
        partner_id: partner.id,
        fields: changes.iter().map(|change| change.field.clone()).collect(),
        proposed_by: why.by,
        due_at,
    };
    outbox::record(tx, Service::Routing, &deps.clock, &event).await?;
    notice::tell_of_change(tx, deps, partner, id).await?;
    tracing::warn!(partner.id = %partner.id, change.id = %id, due_at = %due_at, "a dangerous change waits for a second person");
    Ok(Some(id))
}
