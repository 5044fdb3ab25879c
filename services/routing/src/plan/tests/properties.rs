//! What holds for every directory, rule set, history and label: 100,000 random worlds, in parts that run beside each
//! other.

use std::collections::HashSet;
use std::sync::Arc;

use domain::codes::AlertKind;
use domain::plan::{Basis, Exclusion, OverrideChange};

use super::reference::{Fault, audience, of_plan};
use super::worlds::World;
use super::*;
use crate::plan::{Index, Router, explain};

/// The worlds of one part.
const PART: u64 = 25_000;

/// Everything that must hold, in every world of a part.
fn everything_holds(part: u64) {
    for number in part * PART..(part + 1) * PART {
        let world = World::new(number);
        let plan = world.plan();
        assert_eq!(of_plan(&plan), audience(&world, Fault::None), "world {number}");
        nothing_leaks(number, &world, &plan);
        the_same_bytes(number, &world, &plan);
        as_explained(number, &world, &plan);
        empty_is_nobody(number, world);
    }
}

#[test]
fn everything_holds_in_the_first_25_000_worlds() {
    everything_holds(0);
}

#[test]
fn everything_holds_in_the_second_25_000_worlds() {
    everything_holds(1);
}

#[test]
fn everything_holds_in_the_third_25_000_worlds() {
    everything_holds(2);
}

#[test]
fn everything_holds_in_the_fourth_25_000_worlds() {
    everything_holds(3);
}

fn nothing_leaks(number: u64, world: &World, plan: &Plan) {
    let partners: HashMap<PartnerId, &Partner> = world.directory.partners.iter().map(|p| (p.id, p)).collect();
    // Everybody once.
    let mut seen = HashSet::new();
    for id in plan.told.iter().map(|t| t.partner_id).chain(plan.not_told.iter().map(|n| n.partner_id)) {
        assert!(partners.contains_key(&id) && seen.insert(id), "world {number}");
    }
    assert_eq!(seen.len(), partners.len(), "world {number}");
    for told in &plan.told {
        let partner = partners[&told.partner_id];
        assert!(partner.active && !told.addressees.is_empty(), "world {number}");
        // Circumstances never leave the circle of states.
        let outside = !matches!(partner.kind, PartnerKind::Police | PartnerKind::Igo);
        assert!(!outside || told.share == Share::ObjectData, "world {number}");
        // Only addresses of the partner, each once, each cleared for the label; red is for persons.
        let addresses: HashSet<_> = told.addressees.iter().map(|to| &to.address).collect();
        assert_eq!(addresses.len(), told.addressees.len(), "world {number}");
        for to in &told.addressees {
            let contact = partner.contacts.iter().find(|c| c.id == to.contact_id).expect("a contact of the partner");
            assert_eq!((&contact.address, &contact.person), (&to.address, &to.person), "world {number}");
            assert!(contact.clearance >= told.label, "world {number}");
            assert!(contact.person.is_some() || partner.clearance >= told.label, "world {number}");
            assert!(told.label != Label::Red || contact.person.is_some(), "world {number}");
        }
        let red = world.facts.label == Label::Red;
        assert!(!red || told.label == Label::Red, "world {number}");
    }
    // Whoever was told before is told again, or the plan says what stands above that.
    for told_before in &world.inputs.earlier {
        let told = plan.told.iter().any(|told| told.partner_id == told_before.partner_id);
        let not_told = plan.not_told.iter().find(|n| n.partner_id == told_before.partner_id).map(|n| &n.reason);
        let above = not_told.is_some_and(|reason| {
            matches!(
                reason,
                Exclusion::Inactive
                    | Exclusion::NotValid { .. }
                    | Exclusion::Removed { .. }
                    | Exclusion::Clearance { .. }
                    | Exclusion::NoNamedPerson { .. }
                    | Exclusion::NoAddress
            )
        });
        assert!(told || above, "world {number}: {not_told:?}");
    }
    assert!(plan.told.is_sorted_by(|a, b| (&a.name, a.partner_id) < (&b.name, b.partner_id)), "world {number}");
}

/// With the index and without, for any order of the directory's rows, and after a round through the database's form.
fn the_same_bytes(number: u64, world: &World, plan: &Plan) {
    let bytes = serde_json::to_vec(plan).expect("plain data");
    assert_eq!(serde_json::to_vec(&world.plan()).expect("plain data"), bytes, "world {number}");
    let router = Router::new(Arc::new(world.directory.clone()), Arc::new(world.rules.clone()));
    let indexed = router.plan(&world.facts, &world.inputs);
    assert_eq!(serde_json::to_vec(&indexed).expect("plain data"), bytes, "world {number}");
    let mut turned = world.clone();
    turned.directory.partners.reverse();
    assert_eq!(serde_json::to_vec(&turned.plan()).expect("plain data"), bytes, "world {number}");
    let read: Plan = serde_json::from_slice(&bytes).expect("plain data");
    assert_eq!(serde_json::to_vec(&read).expect("plain data"), bytes, "world {number}");
}

fn as_explained(number: u64, world: &World, plan: &Plan) {
    let matches = Index::new(&world.directory, &world.rules).matches(&world.facts, &world.rules);
    for (position, partner) in world.directory.partners.iter().enumerate() {
        let World { facts, directory, rules, inputs } = world;
        let explained = explain(facts, directory, rules, inputs, partner.id).expect("a partner of the directory");
        let told = plan.told.iter().find(|told| told.partner_id == partner.id);
        let not_told = plan.not_told.iter().find(|not_told| not_told.partner_id == partner.id);
        assert_eq!(explained.decision.as_ref().ok(), told, "world {number}");
        assert_eq!(explained.decision.as_ref().err(), not_told, "world {number}");
        // The tree is asked anew; it must come to the same.
        let asked = explained.tree.iter().find(|node| node.question.starts_with("Does a rule")).expect("asked");
        let selecting: Vec<_> = asked.parts.iter().filter(|rule| rule.holds == Some(true)).collect();
        assert_eq!(!selecting.is_empty(), matches.contains(position), "world {number}: index and tree");
        for rule in &asked.parts {
            let all = rule.parts.iter().all(|condition| condition.holds == Some(true));
            assert_eq!(rule.holds, Some(all), "world {number}");
        }
        match &explained.decision {
            Ok(told) => {
                if let Basis::Rule { rule, .. } = &told.basis {
                    let question = format!("Rule {rule}");
                    assert!(selecting.iter().any(|node| node.question == question), "world {number}");
                }
            }
            Err(not_told) => {
                if let Exclusion::NoRule { closest, failed } = &not_told.reason {
                    assert!(selecting.is_empty(), "world {number}");
                    if let Some(closest) = closest {
                        let node = asked.parts.iter().find(|n| n.question == format!("Rule {closest}"));
                        let node = node.expect("the closest rule is one of the tree");
                        let first = node.parts.iter().find(|condition| condition.holds == Some(false));
                        assert_eq!(first.map(|f| &f.answer), Some(failed), "world {number}");
                    }
                }
            }
        }
    }
}

/// Every rule with one of its filters emptied tells nobody; which filter depends on the world.
fn empty_is_nobody(number: u64, world: World) {
    let mut world = of_rules(world);
    for rule in &mut world.rules.rules {
        match number % 8 {
            0 => rule.when.events = Some(Vec::new()),
            1 => rule.when.kinds = Some(Vec::new()),
            2 => rule.when.relations = Some(Vec::new()),
            3 => rule.when.mandates = Some(Vec::new()),
            4 => rule.when.categories = Some(Vec::new()),
            5 => rule.when.alerts = Some(Vec::new()),
            6 => rule.when.partners = Some(Vec::new()),
            _ => rule.when.lies[0] = Some(Vec::new()),
        }
    }
    assert!(world.plan().told.is_empty(), "world {number}");
}

/// Each fault makes another audience in some of the worlds that the plan is measured in, so measuring would find it.
#[test]
fn every_planted_fault_is_found() {
    for fault in Fault::ALL {
        let found = (0..PART).filter(|number| {
            let world = World::new(*number);
            of_plan(&world.plan()) != audience(&world, fault)
        });
        assert!(found.take(3).count() == 3, "{fault:?} is not found");
    }
}

#[test]
fn raising_the_label_adds_nobody_and_shows_nobody_more() {
    for number in 0..2_000 {
        let mut world = World::new(number);
        // A rule that asks for a label is another rule under another label.
        for rule in &mut world.rules.rules {
            rule.when.labels = None;
            rule.except.retain(|except| except.labels.is_none());
        }
        let mut before: Option<Plan> = None;
        for label in Label::ALL {
            world.facts.label = label;
            let plan = world.plan();
            if let Some(lower) = before {
                let lower: HashMap<_, _> = lower.told.iter().map(|told| (told.partner_id, told.share)).collect();
                for told in &plan.told {
                    let was = lower.get(&told.partner_id);
                    assert!(was.is_some_and(|share| *share >= told.share), "world {number}: {} at {label}", told.name);
                }
            }
            before = Some(plan);
        }
    }
}

/// Neither history nor officers: what rules alone give.
fn of_rules(mut world: World) -> World {
    world.inputs.earlier.clear();
    world.inputs.overrides.retain(|made| made.change == OverrideChange::Remove);
    world
}

#[test]
fn an_alert_that_names_no_type_or_a_mandate_that_names_none_matches_nobody() {
    for number in 0..2_000 {
        let mut world = of_rules(World::new(number));
        world.facts.categories.clear();
        assert!(world.plan().told.is_empty(), "world {number}");
        let mut world = of_rules(World::new(number));
        for partner in &mut world.directory.partners {
            partner.mandate.events.clear();
        }
        assert!(world.plan().told.is_empty(), "world {number}");
    }
}

#[test]
fn another_rule_only_adds() {
    for number in 0..2_000 {
        let shares = |plan: &Plan| plan.told.iter().map(|t| (t.partner_id, t.share)).collect::<HashMap<_, _>>();
        let mut world = World::new(number);
        let before = shares(&world.plan());
        let other = World::new(number + 1_000_000);
        world.rules.rules.extend(other.rules.rules);
        let after = shares(&world.plan());
        assert!(before.iter().all(|(id, share)| after.get(id).is_some_and(|now| now >= share)), "world {number}");
    }
}

#[test]
fn a_cancel_or_recovery_adds_nobody_under_any_rules_that_can_be_written() {
    for number in 0..2_000 {
        let mut world = World::new(number);
        world.inputs.overrides.clear();
        for rule in &mut world.rules.rules {
            rule.when.alerts.get_or_insert_default().retain(|kind| !kind.only_to_those_told_before());
        }
        for kind in [AlertKind::Cancel, AlertKind::Recovery] {
            world.facts.kind = kind;
            let before: HashSet<_> = world.inputs.earlier.iter().map(|told| told.partner_id).collect();
            let follows = |told: &domain::plan::Told| matches!(told.basis, Basis::Succeeds { .. });
            let heard = |told: &domain::plan::Told| before.contains(&told.partner_id) || follows(told);
            assert!(world.plan().told.iter().all(heard), "world {number}");
        }
    }
}

#[test]
fn ten_thousand_partners_are_decided_at_once() {
    let sample = sample().partners;
    let many = (0..10_000).map(|n| Partner {
        id: PartnerId::generate(&Clock::System),
        name: format!("Partner {n:05}").parse().expect("a line"),
        ..sample[n % sample.len()].clone()
    });
    let router = Router::new(Arc::new(directory(many.collect())), Arc::new(default_rules()));
    let started = std::time::Instant::now();
    let plan = router.plan(&facts(), &nothing());
    let took = started.elapsed();
    assert_eq!(plan.told.len() + plan.not_told.len(), 10_000);
    println!("10,000 partners in {took:?}");
    // Far above what it takes, far below what a partner-by-rule scan of texts would.
    assert!(took.as_millis() < 1_500, "{took:?}");
}
