//! The decision: who is told about an alert version, how much, why; and who is not, and why.
//!
//! [`plan`] is pure: alert, directory, rules and [`PlanInputs`] go in, the frozen plan comes out, byte for byte the same
//! for the same input. The steps, in this order:
//! 1. the rules select (`select`), history adds whoever was told before, officers add and remove;
//! 2. the desk's reach takes away from what rules and officers added, never from history;
//! 3. the kind of partner and the handling label take away or lessen (`gate`);
//! 4. the caps hold what is beyond them until an officer says so (`caps`); they drop nobody.
//!
//! Nothing after the first step can add a partner or enlarge a share. [`Router`] gives the same answers faster, with an
//! [`Index`] that it keeps for one directory and one rule set; [`explain()`] gives the reasons for one partner.

mod caps;
mod conditions;
pub mod explain;
mod gate;
mod geography;
pub mod index;
mod router;
mod select;

use std::collections::HashMap;

use domain::CivilDate;
use domain::alert::AlertFacts;
use domain::codes::{AcknowledgedBy, AlertKind, Pace, PartnerKind, Reach, Share};
use domain::ids::PartnerId;
use domain::partner::{Directory, Partner};
use domain::plan::{Basis, Exclusion, NotTold, Override, OverrideChange, Plan, PlanInputs, Told};

use crate::rules::{RuleSet, greatest_share};
use index::Matches;
use select::{Selected, Selector};

pub(crate) use caps::of_late_joiner;
pub use conditions::{Finding, alert_holds};
pub use domain::plan::EarlierTold;
pub use explain::explain;
pub use index::Index;
pub use router::{Router, Shown};

/// What a partner was told before, over all earlier versions.
#[derive(Clone)]
struct Before {
    version: i64,
    share: Share,
    basis: Basis,
}

/// Decides. Every partner of the directory is in `told` or in `not_told`, once, by name and identifier.
///
/// Whoever was told before is told again, with at least the share of then, whatever today's rules and reach say; only
/// the label, an officer's removal and the partner's being switched off stand above that, and then its successor hears.
/// A cancel or recovery goes to nobody else, because no rule may name it.
pub fn plan(facts: &AlertFacts, directory: &Directory, rules: &RuleSet, inputs: &PlanInputs) -> Plan {
    plan_of(facts, directory, rules, inputs, None)
}

/// The same, asking the rules only about those that the index says they select.
fn plan_of(
    facts: &AlertFacts,
    directory: &Directory,
    rules: &RuleSet,
    inputs: &PlanInputs,
    matches: Option<&Matches>,
) -> Plan {
    let mut decider = Decider::new(facts, directory, rules, inputs);
    let mut partners: Vec<(usize, &Partner)> = directory.partners.iter().enumerate().collect();
    partners.sort_by(|(_, a), (_, b)| a.name.cmp(&b.name).then(a.id.cmp(&b.id)));
    let mut plan = Plan {
        alert_id: facts.alert_id,
        rule_set_version: rules.version,
        directory_revision: directory.revision,
        told: Vec::new(),
        not_told: Vec::new(),
    };
    for (position, partner) in partners {
        let may_match = matches.is_none_or(|matches| matches.contains(position));
        match decider.decide(partner, may_match) {
            Ok(told) => plan.told.push(told),
            Err(reason) => plan.not_told.push(NotTold {
                partner_id: partner.id,
                name: partner.name.clone(),
                kind: partner.kind,
                reason,
            }),
        }
    }
    caps::hold(&mut plan.told, &decider.before, rules.limits);
    plan
}

/// What is decided with.
struct Decider<'a> {
    facts: &'a AlertFacts,
    selector: Selector<'a>,
    before: HashMap<PartnerId, Before>,
    overrides: HashMap<PartnerId, &'a Override>,
    within_hour: HashMap<PartnerId, i64>,
    per_partner_hour: i64,
    two_officers: bool,
    on: Option<CivilDate>,
    /// Whether any rule is for this kind of alert.
    has_rules: bool,
}

impl<'a> Decider<'a> {
    fn new(facts: &'a AlertFacts, directory: &Directory, rules: &'a RuleSet, inputs: &'a PlanInputs) -> Self {
        Self {
            facts,
            selector: Selector::new(facts, rules),
            before: told_before(inputs, directory),
            overrides: inputs.overrides.iter().map(|made| (made.partner_id, made)).collect(),
            within_hour: inputs.within_hour.iter().copied().collect(),
            per_partner_hour: rules.limits.per_partner_hour,
            two_officers: inputs.two_officers,
            on: inputs.on,
            has_rules: rules.rules.iter().any(|rule| names_kind(rule, facts.kind)),
        }
    }

    fn decide(&mut self, partner: &Partner, may_match: bool) -> Result<Told, Exclusion> {
        if !partner.active {
            return Err(Exclusion::Inactive);
        }
        if let Some(on) = self.on.filter(|on| !partner.valid_on(*on)) {
            return Err(Exclusion::NotValid { on });
        }
        let before = self.before.get(&partner.id).cloned();
        let made = self.overrides.get(&partner.id).copied();
        if let Some(Override { change: OverrideChange::Remove, reason, by, .. }) = made {
            let told_before = before.map(|before| before.version);
            return Err(Exclusion::Removed { by: *by, reason: reason.clone(), told_before });
        }
        let wanted = self.wanted(partner, before.as_ref(), made, may_match)?;
        // The parser refuses a rule that gives more; a partner whose kind was changed since is caught here.
        let share = wanted.share.min(greatest_share(partner.kind));
        let passed = gate::pass(partner, self.facts.label, share, before.map(|before| before.version))?;
        let agreed = partner.acknowledgement;
        let hold = caps::of_partner(
            wanted.two_officers.filter(|_| !self.two_officers),
            self.within_hour.get(&partner.id).copied().unwrap_or(0),
            self.per_partner_hour,
        );
        Ok(Told {
            partner_id: partner.id,
            name: partner.name.clone(),
            kind: partner.kind,
            share: passed.share,
            label: passed.label,
            languages: partner.languages.clone(),
            pace: wanted.pace,
            acknowledge_within: [wanted.acknowledge_within, agreed.map(|policy| policy.within_hours * 60)]
                .into_iter()
                .flatten()
                .min(),
            acknowledged_by: agreed.map_or(AcknowledgedBy::Any, |policy| policy.by),
            hold,
            basis: wanted.basis,
            addressees: passed.addressees,
        })
    }

    /// What rules, reach, history and officers give the partner, before the label is asked. Of several the one that
    /// shows most; of equals, the rule rather than history, and history rather than an officer.
    fn wanted(
        &mut self,
        partner: &Partner,
        before: Option<&Before>,
        made: Option<&Override>,
        may_match: bool,
    ) -> Result<Selected, Exclusion> {
        let ruled = match may_match.then(|| self.selector.select(partner)).flatten() {
            Some(selected) if within(self.facts.reach, partner.kind) => Ok(selected),
            Some(_) => Err(Exclusion::Reach { reach: self.facts.reach }),
            None => Err(Exclusion::NotToldBefore),
        };
        let added = match made {
            Some(Override { change: OverrideChange::Add { share }, reason, by, .. }) => {
                if within(self.facts.reach, partner.kind) {
                    Some(by_person(*share, Basis::Added { officer: *by, reason: reason.clone() }))
                } else {
                    None
                }
            }
            _ => None,
        };
        let history = before.map(|before| by_person(before.share, before.basis.clone()));
        let kept = |best: Option<Selected>, next: Option<Selected>| match (best, next) {
            (Some(best), Some(next)) if next.share > best.share => {
                // The cautions and wishes of a rule stay, whatever gives the greater share.
                Some(Selected { share: next.share, basis: next.basis, ..best })
            }
            (Some(best), _) => Some(best),
            (None, next) => next,
        };
        let (ruled, refused) = match ruled {
            Ok(selected) => (Some(selected), None),
            Err(exclusion) => (None, Some(exclusion)),
        };
        match kept(kept(ruled, history), added) {
            Some(wanted) => Ok(wanted),
            None if made.is_some() => Err(Exclusion::Reach { reach: self.facts.reach }),
            None => Err(match refused {
                Some(reach @ Exclusion::Reach { .. }) => reach,
                // No rule is for this kind of alert: it goes only to those who were told before.
                _ if !self.has_rules => Exclusion::NotToldBefore,
                _ => self.selector.why_not(partner),
            }),
        }
    }
}

/// What history or an officer gives: at once, with no wish.
fn by_person(share: Share, basis: Basis) -> Selected {
    Selected { share, pace: Pace::AtOnce, acknowledge_within: None, two_officers: None, basis }
}

fn names_kind(rule: &crate::rules::Rule, kind: AlertKind) -> bool {
    rule.when.alerts.as_ref().is_none_or(|alerts| alerts.contains(&kind))
}

fn within(reach: Reach, kind: PartnerKind) -> bool {
    match reach {
        Reach::Police => kind == PartnerKind::Police,
        Reach::All => true,
    }
}

/// The latest version and the greatest share of each partner, and of each that follows one which hears no more.
fn told_before(inputs: &PlanInputs, directory: &Directory) -> HashMap<PartnerId, Before> {
    let by_id: HashMap<PartnerId, &Partner> = match inputs.earlier.as_slice() {
        [] => return HashMap::new(),
        _ => directory.partners.iter().map(|partner| (partner.id, partner)).collect(),
    };
    let mut before: HashMap<PartnerId, Before> = HashMap::with_capacity(inputs.earlier.len());
    for told in &inputs.earlier {
        let heir = heir(told.partner_id, &by_id, inputs.on);
        let basis = match heir {
            // Its own history is the better reason, in whichever order the two come.
            Some(heir) if heir.id != told.partner_id => {
                let Some(gone) = by_id.get(&told.partner_id) else { continue };
                Basis::Succeeds { name: gone.name.clone(), version: told.version }
            }
            _ => Basis::ToldBefore { version: told.version },
        };
        let of = heir.map_or(told.partner_id, |heir| heir.id);
        let entry = before.entry(of).or_insert_with(|| Before {
            version: told.version,
            share: told.share,
            basis: basis.clone(),
        });
        let own = matches!(basis, Basis::ToldBefore { .. });
        let had_own = matches!(entry.basis, Basis::ToldBefore { .. });
        entry.share = entry.share.max(told.share);
        if (own, told.version) > (had_own, entry.version) {
            entry.basis = basis;
        }
        entry.version = entry.version.max(told.version);
    }
    before
}

/// Who hears in a partner's stead: itself while it is to be told, else the first of its successors that is. None if
/// nobody is, or if they follow each other in a circle.
fn heir<'a>(told: PartnerId, by_id: &HashMap<PartnerId, &'a Partner>, on: Option<CivilDate>) -> Option<&'a Partner> {
    let mut next = by_id.get(&told).copied();
    for _ in 0..by_id.len() {
        match next {
            Some(partner) if partner.active && on.is_none_or(|on| partner.valid_on(on)) => return Some(partner),
            Some(partner) => next = partner.successor.and_then(|id| by_id.get(&id).copied()),
            None => return None,
        }
    }
    None
}

#[cfg(test)]
mod tests;
