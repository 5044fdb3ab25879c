//! The decision a second time, as plainly as it can be said: each sentence of the policy one line, for one partner at a
//! time, with no index and no sharing. It is what `plan` is measured against; and it can be given a fault, to show that
//! the measuring would find it.

use domain::alert::label_of_share;
use domain::codes::AlertKind;
use domain::plan::OverrideChange;
use domain::scope::Scope;

use super::worlds::World;
use super::*;
use crate::rules::{Conditions, Relation, Where};

/// A fault that somebody could make.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fault {
    None,
    NegationLost,
    CertaintyAbove,
    DateAfter,
    UntilBefore,
    GateBeforeRules,
    NothingNamedMatches,
    UpdateByTodaysRules,
    EmptyIsEverybody,
    OneConditionIsEnough,
    LabelForgotten,
    RedToMailboxes,
    ReachForgotten,
    RemovalForgotten,
    KindCeilingForgotten,
    InactiveTold,
    MandateForgotten,
    LeastShare,
    CapOneMore,
    HourCapAbove,
    SecondOfficerForgotten,
    DrillsByTheWay,
    SuccessorForgotten,
    LegalBasisForgotten,
}

impl Fault {
    pub(super) const ALL: [Self; 23] = [
        Self::NegationLost,
        Self::CertaintyAbove,
        Self::DateAfter,
        Self::UntilBefore,
        Self::GateBeforeRules,
        Self::NothingNamedMatches,
        Self::UpdateByTodaysRules,
        Self::EmptyIsEverybody,
        Self::OneConditionIsEnough,
        Self::LabelForgotten,
        Self::RedToMailboxes,
        Self::ReachForgotten,
        Self::RemovalForgotten,
        Self::KindCeilingForgotten,
        Self::InactiveTold,
        Self::MandateForgotten,
        Self::LeastShare,
        Self::CapOneMore,
        Self::HourCapAbove,
        Self::SecondOfficerForgotten,
        Self::DrillsByTheWay,
        Self::SuccessorForgotten,
        Self::LegalBasisForgotten,
    ];
}

/// Who is told: name, share, addresses, and the code of what holds it. In the plan's order.
pub(super) type Audience = Vec<(String, Share, Vec<String>, Option<&'static str>)>;

pub(super) fn of_plan(plan: &Plan) -> Audience {
    let one = |told: &domain::plan::Told| {
        let addresses = told.addressees.iter().map(|to| to.address.to_string()).collect();
        (told.name.to_string(), told.share, addresses, told.hold.as_ref().map(|hold| hold.code()))
    };
    plan.told.iter().map(one).collect()
}

pub(super) fn audience(world: &World, fault: Fault) -> Audience {
    let mut audience: Vec<(bool, _)> = Vec::new();
    for partner in &world.directory.partners {
        if let Some((share, addresses, hold)) = told(world, partner, fault) {
            let before = earlier_share(world, partner, Fault::None).is_some();
            audience.push((before, (partner.name.to_string(), share, addresses, hold)));
        }
    }
    let mut left = world.rules.limits.per_alert + i64::from(fault == Fault::CapOneMore);
    for first in [true, false] {
        for (_, (.., hold)) in audience.iter_mut().filter(|(before, (.., hold))| *before == first && hold.is_none()) {
            left -= 1;
            if left < 0 {
                *hold = Some("case_cap");
            }
        }
    }
    audience.into_iter().map(|(_, told)| told).collect()
}

/// What it was shown before, or those it follows.
fn earlier_share(world: &World, partner: &Partner, fault: Fault) -> Option<Share> {
    let row = |id| world.directory.partners.iter().find(|partner| partner.id == id);
    let heard_for = |told: PartnerId| {
        let mut next = row(told)?;
        for _ in 0..10 {
            if hears(world, next) || fault == Fault::SuccessorForgotten {
                return Some(next.id);
            }
            next = row(next.successor?)?;
        }
        None
    };
    let earlier = world.inputs.earlier.iter().filter(|told| heard_for(told.partner_id) == Some(partner.id));
    earlier.map(|told| told.share).max()
}

fn hears(world: &World, partner: &Partner) -> bool {
    partner.active && world.inputs.on.is_none_or(|on| partner.valid_to.is_none_or(|to| on <= to))
}

fn told(world: &World, partner: &Partner, fault: Fault) -> Option<(Share, Vec<String>, Option<&'static str>)> {
    let World { facts, rules, inputs, .. } = world;
    if !hears(world, partner) && fault != Fault::InactiveTold {
        return None;
    }
    let made = inputs.overrides.iter().find(|made| made.partner_id == partner.id).map(|made| made.change);
    if made == Some(OverrideChange::Remove) && fault != Fault::RemovalForgotten {
        return None;
    }
    let reached = facts.reach == Reach::All || partner.kind == PartnerKind::Police || fault == Fault::ReachForgotten;
    let selecting: Vec<_> =
        rules.rules.iter().filter(|rule| reached && selects(world, partner, &rule.when, &rule.except, fault)).collect();
    let basis = partner.legal_basis.is_some() || fault == Fault::LegalBasisForgotten;
    let shown = |rule: &&crate::rules::Rule| if rule.legal_basis && !basis { Share::ObjectData } else { rule.share };
    let mut shares: Vec<Share> = selecting.iter().map(shown).collect();
    if fault == Fault::LeastShare {
        shares = shares.into_iter().min().into_iter().collect();
    }
    let history = fault != Fault::UpdateByTodaysRules || facts.kind != AlertKind::Update;
    shares.extend(earlier_share(world, partner, fault).filter(|_| history));
    if let Some(OverrideChange::Add { share }) = made.filter(|_| reached) {
        shares.push(share);
    }
    let mut wanted = shares.into_iter().max()?;
    if fault == Fault::GateBeforeRules {
        wanted = Share::Full;
    }
    if !matches!(partner.kind, PartnerKind::Police | PartnerKind::Igo) && fault != Fault::KindCeilingForgotten {
        wanted = Share::ObjectData;
    }
    let (share, addresses) = gate(facts, partner, wanted, fault)?;
    let asks = selecting.iter().any(|rule| rule.two_officers);
    let sent = inputs.within_hour.iter().find(|(id, _)| *id == partner.id).map_or(0, |(_, sent)| *sent);
    let cap = rules.limits.per_partner_hour + i64::from(fault == Fault::HourCapAbove);
    let hold = if asks && !inputs.two_officers && fault != Fault::SecondOfficerForgotten {
        Some("second_officer")
    } else {
        (sent >= cap).then_some("partner_cap")
    };
    Some((share, addresses, hold))
}

fn gate(facts: &AlertFacts, partner: &Partner, wanted: Share, fault: Fault) -> Option<(Share, Vec<String>)> {
    for share in [Share::Full, Share::ObjectData].into_iter().filter(|share| *share <= wanted) {
        let label = if fault == Fault::LabelForgotten { Label::Clear } else { label_of_share(facts.label, share) };
        let cleared = |person: bool| -> Vec<String> {
            let of = partner.contacts.iter().filter(|contact| contact.person.is_some() == person);
            let cleared = of.filter(|c| c.clearance >= label && (person || partner.clearance >= label));
            cleared.map(|contact| contact.address.to_string()).collect()
        };
        let mailboxes = if label == Label::Red && fault != Fault::RedToMailboxes { Vec::new() } else { cleared(false) };
        let mut addresses = if mailboxes.is_empty() { cleared(true) } else { mailboxes };
        addresses.sort_unstable();
        addresses.dedup();
        if !addresses.is_empty() {
            return Some((share, addresses));
        }
    }
    None
}

fn selects(world: &World, partner: &Partner, when: &Conditions, except: &[Conditions], fault: Fault) -> bool {
    let own = match &partner.mandate.categories {
        Categories::All => !world.facts.categories.is_empty(),
        Categories::Only(own) => own.iter().any(|category| world.facts.categories.contains(category)),
    };
    let mandate = (partner.mandate.events.contains(&world.facts.event) && own) || fault == Fault::MandateForgotten;
    let excepted = except.iter().any(|except| hold(world, partner, except, fault)) && fault != Fault::NegationLost;
    mandate && hold(world, partner, when, fault) && !excepted
}

/// Whether all conditions hold.
fn hold(world: &World, partner: &Partner, c: &Conditions, fault: Fault) -> bool {
    fn listed<T: PartialEq>(list: Option<&Vec<T>>, values: &[T], fault: Fault) -> bool {
        match list {
            None => true,
            Some(list) if list.is_empty() => fault == Fault::EmptyIsEverybody,
            Some(list) => values.iter().any(|value| list.contains(value)),
        }
    }
    let facts = &world.facts;
    // The code list begins with the surest.
    let rank = |certainty: Certainty| Certainty::ALL.len() - certainty as usize;
    let least = usize::from(fault == Fault::CertaintyAbove);
    let mut holds = vec![
        listed(c.events.as_ref(), &[facts.event], fault),
        listed(c.alerts.as_ref(), &[facts.kind], fault) || fault == Fault::DrillsByTheWay,
        c.certainty_at_least.is_none_or(|wanted| rank(facts.certainty) >= rank(wanted) + least),
        listed(c.urgency.as_ref(), &[facts.urgency], fault),
        listed(c.labels.as_ref(), &[facts.label], fault),
        c.lost_from.is_none_or(|from| match fault {
            Fault::DateAfter => facts.loss.latest > from,
            _ => facts.loss.latest >= from,
        }),
        c.lost_until.is_none_or(|until| match fault {
            Fault::UntilBefore => facts.loss.earliest < until,
            _ => facts.loss.earliest <= until,
        }),
        listed(c.categories.as_ref(), &facts.categories, fault),
        listed(c.flags.as_ref(), &facts.flags, fault),
        listed(c.kinds.as_ref(), &[partner.kind], fault),
        listed(c.partners.as_ref(), std::slice::from_ref(&partner.name), fault),
    ];
    let part = |part: Where| match part {
        Where::Place => vec![facts.country],
        Where::Origin => facts.origins.clone(),
        Where::Route => facts.route.clone(),
        Where::Destination => facts.destinations.clone(),
        Where::About => facts.origins.iter().copied().chain([facts.country]).collect(),
    };
    for one in Where::ALL {
        let lies = |areas: &Vec<Scope>| areas.iter().any(|area| part(one).iter().any(|country| area.covers(*country)));
        holds.push(c.lies[one.position()].as_ref().is_none_or(lies));
    }
    let scope = &partner.mandate.scope;
    let relation = |relation: &Relation| {
        let countries = match relation {
            Relation::World => return scope.is_world(),
            Relation::Place => vec![facts.country],
            Relation::Origin => facts.origins.clone(),
            Relation::Route => facts.route.clone(),
            Relation::Destination => facts.destinations.clone(),
            Relation::NeighbourOfPlace => facts.country.neighbours().to_vec(),
            Relation::Market => world.rules.markets.clone(),
        };
        (countries.is_empty() && fault == Fault::NothingNamedMatches)
            || countries.iter().any(|country| scope.covers(*country))
    };
    holds.push(c.relations.as_ref().is_none_or(|wanted| match wanted.as_slice() {
        [] => fault == Fault::EmptyIsEverybody,
        wanted => wanted.iter().any(relation),
    }));
    let keywords: Vec<String> = partner.mandate.keywords.iter().map(|word| word.as_str().to_lowercase()).collect();
    let wanted: Option<Vec<String>> =
        c.mandates.as_ref().map(|all| all.iter().map(|word| word.to_lowercase()).collect());
    holds.push(listed(wanted.as_ref(), &keywords, fault));
    match fault {
        Fault::OneConditionIsEnough => holds.contains(&true),
        _ => !holds.contains(&false),
    }
}
