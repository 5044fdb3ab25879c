//! Add a partner, or change one: the same operation for the API and the form.
//!
//! What is dangerous ([`domain::partner::danger`]) is not done but proposed; the rest is done at once. A directory
//! without any partner is filled without waiting: there is nobody yet who could be deceived.

use domain::FieldErrors;
use domain::codes::{PartnerKind, RevisionSource};
use domain::ids::{AccountId, ChangeId, PartnerId};
use domain::partner::danger::{Split, split};
use domain::partner::{Directory, Partner};
use domain::text::Line;
use store::partners::{self, Why};

use crate::Deps;
use crate::change::propose;
use crate::import_directory::write_partners;
use crate::partner_body::{PartnerBody, check};

/// Who changes the directory, and by what.
#[derive(Clone, Copy, Debug)]
pub struct By {
    /// The person; none for the machine's own command line.
    pub account: Option<AccountId>,
    /// By what.
    pub source: RevisionSource,
}

impl By {
    /// With a reason.
    pub(crate) fn because(self, reason: Line) -> Why {
        Why { by: self.account, source: self.source, reason }
    }
}

/// What was done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Saved {
    /// The partner as it is now.
    pub partner: Partner,
    /// What waits for a second person.
    pub waiting: Option<ChangeId>,
}

/// Why a partner was not saved.
#[derive(Debug, thiserror::Error)]
pub enum SavePartnerError {
    /// Fields break rules.
    #[error("read the partner's fields")]
    Fields(FieldErrors),
    /// There is no such partner.
    #[error("find the partner")]
    NotFound,
    /// The database failed.
    #[error("store the partner")]
    Store(#[from] store::Error),
}

/// Adds a partner. Its addresses wait for a second person.
pub async fn add_partner(deps: &Deps, body: &PartnerBody, by: By) -> Result<Saved, SavePartnerError> {
    save(deps, None, body, by).await
}

/// Changes a partner to what the body says. If that is what it is, nothing happens.
pub async fn change_partner(deps: &Deps, id: PartnerId, body: &PartnerBody, by: By) -> Result<Saved, SavePartnerError> {
    save(deps, Some(id), body, by).await
}

async fn save(deps: &Deps, id: Option<PartnerId>, body: &PartnerBody, by: By) -> Result<Saved, SavePartnerError> {
    let mut tx = deps.db.begin().await?;
    partners::lock(&mut tx).await?;
    let directory = partners::directory(&mut tx).await?;
    let old = match id {
        Some(id) => Some(directory.partners.iter().find(|p| p.id == id).ok_or(SavePartnerError::NotFound)?),
        None => None,
    };
    let mut errors = FieldErrors::new();
    let wanted = check(body, old, &deps.clock, &mut errors);
    let reason: Option<Line> = errors.optional("/reason", Some(&body.reason));
    if let Some(wanted) = &wanted {
        beside(wanted, &directory, deps.config.market_bodies, &mut errors);
    }
    let first = directory.partners.is_empty();
    let parted = wanted.map(|wanted| parted(wanted, old, first));
    if parted.as_ref().is_some_and(|split| !split.held.is_empty() && old.is_some()) && reason.is_none() {
        errors.push("/reason", "is required: the change waits for a second person, who must know why");
    }
    let Split { at_once, held } = errors.into_result(parted).map_err(SavePartnerError::Fields)?;
    if old == Some(&at_once) && held.is_empty() {
        return Ok(Saved { partner: at_once, waiting: None });
    }
    let usual = || if old.is_some() { "Changed" } else { "Added" }.parse().expect("a line");
    let why = by.because(reason.unwrap_or_else(usual));
    if old != Some(&at_once) {
        let counts = if old.is_some() { (0, 1) } else { (1, 0) };
        write_partners(&mut tx, deps, std::slice::from_ref(&at_once), counts, &why).await?;
    }
    // Whoever is taken out in the same save hears of it as well.
    let waiting = propose(&mut tx, deps, old.unwrap_or(&at_once), &held, &why).await?;
    tx.commit().await?;
    deps.bell.ring();
    tracing::info!(partner.id = %at_once.id, waits = waiting.is_some(), "changed a partner");
    Ok(Saved { partner: at_once, waiting })
}

/// What need not wait, and what must.
pub(crate) fn parted(wanted: Partner, old: Option<&Partner>, first: bool) -> Split {
    if first {
        return Split { at_once: wanted, held: Vec::new() };
    }
    // A new partner is there at once, so that it is seen; whatever would send it mail waits.
    let bare = || Partner { contacts: Vec::new(), keys: Vec::new(), successor: None, ..wanted.clone() };
    let base = old.cloned().unwrap_or_else(bare);
    split(&base, &wanted).expect("the changes were just drawn from the partner they are put onto")
}

/// The rules between a partner and the others.
pub(crate) fn beside(partner: &Partner, directory: &Directory, market: bool, errors: &mut FieldErrors) {
    let others = || directory.partners.iter().filter(|other| other.id != partner.id);
    if others().any(|other| other.name == partner.name) {
        errors.push("/name", "is the name of another partner");
    }
    if partner.kind == PartnerKind::Market && !market {
        errors.push("/kind", "is switched off: the setting routing.market_bodies allows market bodies");
    }
    for (pointer, id) in [("/parent", partner.parent), ("/successor", partner.successor)] {
        if id.is_some_and(|id| id != partner.id && others().all(|other| other.id != id)) {
            errors.push(pointer, "must be a partner of the directory");
        }
    }
    for (pointer, step) in [("/parent", parent as Step), ("/successor", successor)] {
        if errors.at(pointer).next().is_none() && comes_back(partner, directory, step) {
            errors.push(pointer, "leads back to this partner");
        }
    }
}

type Step = fn(&Partner) -> Option<PartnerId>;

fn parent(partner: &Partner) -> Option<PartnerId> {
    partner.parent
}

fn successor(partner: &Partner) -> Option<PartnerId> {
    partner.successor
}

fn comes_back(partner: &Partner, directory: &Directory, step: Step) -> bool {
    let mut at = step(partner);
    // No chain is longer than the directory; one that is runs in a circle.
    for _ in 0..=directory.partners.len() {
        match at {
            None => return false,
            Some(id) if id == partner.id => return true,
            Some(id) => at = directory.partners.iter().find(|other| other.id == id).and_then(step),
        }
    }
    true
}
