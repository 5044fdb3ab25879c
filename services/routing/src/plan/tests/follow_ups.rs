//! Updates, cancellations, recoveries: who heard the alarm hears the end of it.

use domain::plan::{Basis, Exclusion};

use super::*;
use crate::plan::plan;

fn earlier(partner: &Partner, version: i64, share: Share) -> EarlierTold {
    EarlierTold { partner_id: partner.id, version, share }
}

/// Police that rules select, an NGO that they do not (its mandate has another event).
fn pair() -> (Partner, Partner) {
    let mut ngo = partner("ngo", PartnerKind::Ngo);
    ngo.mandate.events = vec![Event::Looting];
    (partner("police", PartnerKind::Police), ngo)
}

#[test]
fn an_update_goes_to_all_told_before_and_all_selected_now() {
    let (police, ngo) = pair();
    let directory = directory(vec![police, ngo.clone()]);
    let facts = AlertFacts { kind: AlertKind::Update, version: 3, ..facts() };
    let before = [earlier(&ngo, 1, Share::ObjectData), earlier(&ngo, 2, Share::ObjectData)];
    let plan = plan(&facts, &directory, &default_rules(), &with(&before));
    assert_eq!(told(&plan), HashMap::from([("police", Share::Full), ("ngo", Share::ObjectData)]));
    let basis = plan.told.iter().find(|t| t.name.as_str() == "ngo").map(|t| &t.basis);
    assert_eq!(basis, Some(&Basis::ToldBefore { version: 2 }));
}

#[test]
fn a_cancel_or_recovery_goes_to_exactly_those_told_before() {
    let (police, ngo) = pair();
    let directory = directory(vec![police, ngo.clone()]);
    for kind in [AlertKind::Cancel, AlertKind::Recovery] {
        let facts = AlertFacts { kind, version: 2, reach: Reach::Police, ..facts() };
        let plan = plan(&facts, &directory, &default_rules(), &with(&[earlier(&ngo, 1, Share::ObjectData)]));
        assert_eq!(told(&plan), HashMap::from([("ngo", Share::ObjectData)]), "{kind}: reach does not stop it");
        assert_eq!(plan.not_told[0].reason, Exclusion::NotToldBefore);
    }
}

#[test]
fn a_drill_and_an_expert_request_reach_only_whom_rules_for_them_select() {
    let mut expert = partner("expert", PartnerKind::Research);
    expert.mandate.keywords = vec!["Expert identification".parse().expect("a line")];
    let directory = directory(vec![partner("police", PartnerKind::Police), expert]);
    let of = |kind| plan(&AlertFacts { kind, ..facts() }, &directory, &default_rules(), &nothing());
    assert_eq!(told(&of(AlertKind::ExpertRequest)), HashMap::from([("expert", Share::ObjectData)]));
    let drill = of(AlertKind::Exercise);
    assert_eq!(told(&drill), HashMap::from([("expert", Share::ObjectData), ("police", Share::ObjectData)]));
    assert!(drill.told.iter().all(|told| told.acknowledge_within == Some(72 * 60)));
}

#[test]
fn whoever_saw_more_before_does_not_see_less_now() {
    let mut igo = partner("igo", PartnerKind::Igo);
    igo.mandate.keywords.clear();
    let facts = AlertFacts { kind: AlertKind::Update, version: 2, ..facts() };
    let full = [earlier(&igo, 1, Share::Full)];
    let after = plan(&facts, &directory(vec![igo.clone()]), &default_rules(), &with(&full));
    assert_eq!((after.told[0].share, &after.told[0].basis), (Share::Full, &Basis::ToldBefore { version: 1 }));
    // But a kind that may never have it loses it, should a partner's kind have been corrected.
    igo.kind = PartnerKind::Ngo;
    let after = plan(&facts, &directory(vec![igo]), &default_rules(), &with(&full));
    assert_eq!(after.told[0].share, Share::ObjectData);
}

#[test]
fn a_raised_label_stops_a_follow_up_and_says_that_the_desk_must_act() {
    let (_, ngo) = pair();
    let facts = AlertFacts { kind: AlertKind::Recovery, version: 2, label: Label::Red, ..facts() };
    let plan =
        plan(&facts, &directory(vec![ngo.clone()]), &default_rules(), &with(&[earlier(&ngo, 1, Share::ObjectData)]));
    assert!(plan.told.is_empty());
    assert_eq!(plan.not_told[0].reason, Exclusion::NoNamedPerson { label: Label::Red, told_before: Some(1) });
}

#[test]
fn a_partner_switched_off_since_is_told_nothing_more() {
    let (_, mut ngo) = pair();
    ngo.active = false;
    let facts = AlertFacts { kind: AlertKind::Recovery, version: 2, ..facts() };
    let plan =
        plan(&facts, &directory(vec![ngo.clone()]), &default_rules(), &with(&[earlier(&ngo, 1, Share::ObjectData)]));
    assert_eq!(plan.not_told[0].reason, Exclusion::Inactive);
}
