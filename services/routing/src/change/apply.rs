//! Make the changes whose time has come. Each is a transaction of its own: whoever is killed in between has lost nothing
//! and done nothing twice.

use std::time::Duration;

use contracts::Service;
use contracts::events::PartnerChangeEndedV1;
use domain::FieldErrors;
use domain::codes::{ChangeState, RevisionSource};
use domain::ids::ChangeId;
use domain::partner::Partner;
use domain::partner::diff::{apply, contact_of};
use domain::text::Line;
use store::partners::{self, ChangeEnd, ChangeRow, Why};
use store::{Tx, outbox};
use tokio_util::sync::CancellationToken;

use crate::Deps;
use crate::correct_address::carry_out_all;
use crate::import_directory::write_partners;
use crate::notice;
use crate::save_partner::beside;

/// How often the loop looks for changes whose time has come.
const LOOK: Duration = Duration::from_secs(20);
/// The most changes of one look.
const MOST: i64 = 200;

/// Makes changes as they become due, until `stop`.
pub async fn run(deps: &Deps, stop: &CancellationToken) {
    while !stop.is_cancelled() {
        if let Err(error) = apply_due(deps).await {
            tracing::warn!(error = %error, "cannot look for changes that are due");
        }
        stop.run_until_cancelled(tokio::time::sleep(LOOK)).await;
    }
}

/// Makes every change that is due now; gives how many ended.
pub async fn apply_due(deps: &Deps) -> Result<usize, store::Error> {
    let mut tx = deps.db.read().await?;
    let due = partners::due_changes(&mut tx, deps.clock.now(), MOST).await?;
    tx.commit().await?;
    let mut ended = 0;
    for id in due {
        let mut tx = deps.db.begin().await?;
        partners::lock(&mut tx).await?;
        if apply_one(&mut tx, deps, id).await? {
            ended += 1;
            tx.commit().await?;
            deps.bell.ring();
        }
    }
    Ok(ended)
}

/// Makes a change, or ends it as overtaken; says false if it had ended. The caller holds the directory's lock and has
/// seen that it is due.
pub(super) async fn apply_one(tx: &mut Tx, deps: &Deps, id: ChangeId) -> Result<bool, store::Error> {
    let Some(change) = partners::change(tx, id).await?.filter(|change| change.state == ChangeState::Open) else {
        return Ok(false);
    };
    let end = match applied(tx, deps, &change).await? {
        Ok(partner) => {
            let why = Why { by: change.proposed_by, source: RevisionSource::Proposal, reason: change.reason.clone() };
            let revision = write_partners(tx, deps, std::slice::from_ref(&partner), (0, 1), &why).await?;
            for contact in partner.contacts.iter().filter(|contact| contact.verified_at.is_none()) {
                let field = format!("contacts/{}", contact.id);
                let new = |field_of: &str| field_of == field || field_of.strip_prefix(&field) == Some("/address");
                if change.changes.iter().any(|change| new(&change.field)) {
                    notice::send_code(tx, deps, &partner, &contact.address).await?;
                }
            }
            ChangeEnd { state: ChangeState::Applied, by: None, why: None, revision: Some(revision) }
        }
        Err(why) => ChangeEnd { state: ChangeState::Overtaken, by: None, why: Some(why), revision: None },
    };
    if !partners::end_change(tx, id, &end, deps.clock.now()).await? {
        return Ok(false);
    }
    if end.state == ChangeState::Applied {
        carry_out_all(tx, deps, id).await?;
    }
    let event = PartnerChangeEndedV1 {
        change_id: id,
        partner_id: change.partner_id,
        state: end.state,
        revision: end.revision,
        ended_by: None,
    };
    outbox::record(tx, Service::Routing, &deps.clock, &event).await?;
    tracing::info!(
        change.id = %id,
        partner.id = %change.partner_id,
        change.state = end.state.as_str(),
        "a change ended"
    );
    Ok(true)
}

/// The partner with the change made, or why that cannot be.
async fn applied(tx: &mut Tx, deps: &Deps, change: &ChangeRow) -> Result<Result<Partner, Line>, store::Error> {
    let directory = partners::directory(tx).await?;
    let line = |text: String| text.parse().expect("a short text without line breaks");
    let Some(now) = directory.partners.iter().find(|partner| partner.id == change.partner_id) else {
        return Ok(Err(line("the partner is no longer in the directory".to_owned())));
    };
    let partner = match apply(now, &change.changes) {
        Ok(partner) => partner,
        Err(overtaken) => {
            let what = match contact_of(&overtaken.field) {
                Some(_) => "one of its addresses".to_owned(),
                None => overtaken.field,
            };
            return Ok(Err(line(format!("{what} was changed meanwhile"))));
        }
    };
    let mut errors = FieldErrors::new();
    beside(&partner, &directory, deps.config.market_bodies, &mut errors);
    let mut addresses: Vec<_> = partner.contacts.iter().map(|contact| &contact.address).collect();
    addresses.sort();
    addresses.dedup();
    if addresses.len() < partner.contacts.len() {
        errors.push("/contacts", "would have one address twice");
    }
    let wrong = errors.as_slice().first();
    Ok(wrong
        .map_or(Ok(partner), |error| Err(line(format!("{} {}", error.pointer.trim_start_matches('/'), error.message)))))
}
