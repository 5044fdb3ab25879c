//! The decision: who is told about an alert version, how much, why; and who is not, and why.
//!
//! [`plan`] is pure: alert, directory, rules and what was told before go in, the frozen plan comes out, the same for
//! the same input. Three steps, in this order: the rules select (`select`), the desk's reach takes away, the
//! handling label takes away or lessens (`gate`). Nothing after the rules can add a partner or enlarge a share.

mod gate;
mod geography;
mod select;

use std::collections::HashMap;

use domain::alert::AlertFacts;
use domain::codes::{PartnerKind, Reach, Share};
use domain::ids::PartnerId;
use domain::partner::{Directory, Partner};
use domain::plan::{Basis, Exclusion, NotTold, Plan, Told};

use crate::rules::{RuleSet, greatest_share};
use select::{Selection, Selector};

/// That a partner was told an earlier version of the case.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EarlierTold {
    /// The partner.
    pub partner_id: PartnerId,
    /// The version.
    pub version: i64,
    /// What it was shown then.
    pub share: Share,
}

/// What a partner was told before, over all earlier versions.
#[derive(Clone, Copy)]
struct Before {
    version: i64,
    share: Share,
}

/// Decides. Every partner of the directory is in `told` or in `not_told`, once, by name and identifier.
///
/// An alert, update, expert request or exercise goes to all whom the rules select now and all who were told before; a
/// cancel, recovery or restitution notice to exactly those told before. Whoever was told before keeps at least the share of then, whatever today's rules and
/// reach say; only the label and the partner's being switched off stand above that.
pub fn plan(facts: &AlertFacts, directory: &Directory, rules: &RuleSet, earlier: &[EarlierTold]) -> Plan {
    let before = told_before(earlier);
    let mut selector = Selector::new(facts, rules);
    let mut partners: Vec<&Partner> = directory.partners.iter().collect();
    partners.sort_by(|a, b| a.name.cmp(&b.name).then(a.id.cmp(&b.id)));
    let mut plan = Plan {
        alert_id: facts.alert_id,
        rule_set_version: rules.version,
        directory_revision: directory.revision,
        told: Vec::new(),
        not_told: Vec::new(),
    };
    for partner in partners {
        match decide(facts, partner, &mut selector, before.get(&partner.id).copied()) {
            Ok(told) => plan.told.push(told),
            Err(reason) => plan.not_told.push(NotTold {
                partner_id: partner.id,
                name: partner.name.clone(),
                kind: partner.kind,
                reason,
            }),
        }
    }
    plan
}

fn decide(
    facts: &AlertFacts,
    partner: &Partner,
    selector: &mut Selector<'_>,
    before: Option<Before>,
) -> Result<Told, Exclusion> {
    if !partner.active {
        return Err(Exclusion::Inactive);
    }
    let (wanted, basis) = wanted(facts, partner, selector, before)?;
    // The parser refuses a rule that gives more; a partner whose kind was changed since is caught here.
    let wanted = wanted.min(greatest_share(partner.kind));
    let passed = gate::pass(partner, facts.label, wanted, before.map(|b| b.version))?;
    Ok(Told {
        partner_id: partner.id,
        name: partner.name.clone(),
        kind: partner.kind,
        share: passed.share,
        label: passed.label,
        languages: partner.languages.clone(),
        basis,
        addressees: passed.addressees,
    })
}

/// What rules, reach and history give the partner, before the label is asked.
fn wanted(
    facts: &AlertFacts,
    partner: &Partner,
    selector: &mut Selector<'_>,
    before: Option<Before>,
) -> Result<(Share, Basis), Exclusion> {
    let history = before.map(|b| (b.share, Basis::ToldBefore { version: b.version }));
    if facts.kind.only_to_those_told_before() {
        return history.ok_or(Exclusion::NotToldBefore);
    }
    let now = match selector.select(partner) {
        Selection::Selected { share, basis } if within(facts.reach, partner.kind) => Ok((share, basis)),
        Selection::Selected { .. } => Err(Exclusion::Reach { reach: facts.reach }),
        Selection::Passed { closest, failed } => Err(Exclusion::NoRule { closest, failed }),
    };
    match (now, history) {
        (Ok(now), Some(then)) => Ok(if now.0 >= then.0 { now } else { then }),
        (Err(_), Some(then)) => Ok(then),
        (now, None) => now,
    }
}

fn within(reach: Reach, kind: PartnerKind) -> bool {
    match reach {
        Reach::Police => kind == PartnerKind::Police,
        Reach::All => true,
    }
}

/// The latest version and the greatest share of each partner.
fn told_before(earlier: &[EarlierTold]) -> HashMap<PartnerId, Before> {
    let mut before: HashMap<PartnerId, Before> = HashMap::with_capacity(earlier.len());
    for told in earlier {
        let entry = before.entry(told.partner_id).or_insert(Before { version: told.version, share: told.share });
        entry.version = entry.version.max(told.version);
        entry.share = entry.share.max(told.share);
    }
    before
}

#[cfg(test)]
mod tests;
