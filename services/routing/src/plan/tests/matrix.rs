//! The default rules over the sample directory express the matrix of who hears of what.

use domain::plan::Basis;

use super::*;
use crate::plan::plan;

const O: Share = Share::ObjectData;
const F: Share = Share::Full;

/// Every partner whose name begins with one of `expected` is told with that share, and nobody else is.
#[track_caller]
fn assert_told(facts: &AlertFacts, expected: &[(&str, Share)]) {
    let directory = sample();
    let plan = plan(facts, &directory, &default_rules(), &nothing());
    let mut told = told(&plan);
    for (name, share) in expected {
        let found = told.keys().find(|known| known.starts_with(name)).copied();
        let found = found.unwrap_or_else(|| panic!("{name} is not told"));
        assert_eq!(told.remove(found), Some(*share), "{found}");
    }
    assert!(told.is_empty(), "told besides: {told:?}");
    assert_eq!(plan.told.len() + plan.not_told.len(), directory.partners.len());
}

#[test]
fn theft_in_burkina_faso() {
    let expected = [
        // Police of market states whose mandate names theft; the sample has none in West Africa.
        ("Comando Carabinieri", F),
        ("Office central", F),
        ("Guardia Civil", F),
        ("Policía Nacional -", F),
        ("Mossos", F),
        ("FBI", F),
        ("Metropolitan Police", F),
        ("Dutch National Police", F),
        ("Belgian", F),
        ("Bundeskriminalamt", F),
        ("Landeskriminalamt", F),
        ("Sûreté du Québec", F),
        ("INTERPOL", F),
        ("World Customs", F),
        ("UNESCO", O),
        ("ICCROM", O),
        ("International Council of Museums", O),
        ("International Council on Monuments", O),
        ("CINOA", O),
        ("World Monuments Fund", O),
        ("Institut fondamental", O),
    ];
    assert_told(&facts(), &expected);
}

#[test]
fn illicit_export_from_syria() {
    let facts = AlertFacts {
        event: Event::IllicitExport,
        country: country("SY"),
        origins: vec![country("SY")],
        route: vec![country("TR")],
        destinations: vec![country("CH")],
        categories: vec![ObjectType::Archaeological],
        ..facts()
    };
    let expected = [
        // Claiming state, neighbours, route, destination, markets.
        ("Directorate-General of Antiquities", F),
        ("State Board of Antiquities", F),
        ("Ministry of Culture and Tourism", F),
        ("Federal Office of Culture", F),
        ("Comando Carabinieri", F),
        ("Office central", F),
        ("Guardia Civil", F),
        ("Policía Nacional -", F),
        ("FBI", F),
        ("Homeland Security", F),
        ("Manhattan", F),
        ("Metropolitan Police", F),
        ("Information and Heritage", F),
        ("Belgian", F),
        ("Bundeskriminalamt", F),
        ("INTERPOL", F),
        ("World Customs", F),
        // Intergovernmental bodies with a legal mandate.
        ("UNESCO", F),
        ("UNIDROIT", F),
        ("UNODC", F),
        ("UN Security Council", F),
        ("ALECSO", F),
        ("Council of Europe", F),
        // And without one.
        ("ICESCO", O),
        ("OSCE", O),
        ("Organization of the Black Sea", O),
        ("International Council of Museums", O),
        ("The Antiquities Coalition", O),
        ("McDonald", O),
        ("Art-Law Centre", O),
        ("Trafficking Culture", O),
        ("Association for Research", O),
        ("German Archaeological", O),
    ];
    assert_told(&facts, &expected);
}

#[test]
fn looting_gives_the_findspot_to_the_police_of_the_place_alone() {
    let facts = AlertFacts {
        event: Event::Looting,
        country: country("IQ"),
        origins: vec![country("IQ")],
        categories: vec![ObjectType::Archaeological],
        ..facts()
    };
    let plan = plan(&facts, &sample(), &default_rules(), &nothing());
    let full: Vec<_> = plan.told.iter().filter(|told| told.share == F).map(|told| told.name.as_str()).collect();
    assert_eq!(full, ["State Board of Antiquities and Heritage (Iraq)"]);
    let told = told(&plan);
    assert_eq!(told.get("Heritage for Peace"), Some(&O));
    assert_eq!(told.get("UNITAR-UNOSAT"), Some(&O));
    assert_eq!(told.get("FBI Art Crime Team"), None, "its mandate does not name looting");
}

#[test]
fn a_sighting_reaches_the_police_where_it_is_and_the_two_world_bodies() {
    let facts = AlertFacts {
        event: Event::Sighting,
        country: country("FR"),
        origins: vec![country("PE")],
        categories: vec![ObjectType::Archaeological],
        ..facts()
    };
    assert_told(
        &facts,
        &[("Office central", F), ("Ministerio de Cultura - Dirección", F), ("INTERPOL", F), ("World Customs", F)],
    );
}

#[test]
fn a_basis_says_what_matched() {
    let plan = plan(&facts(), &sample(), &default_rules(), &nothing());
    let basis = |name: &str| plan.told.iter().find(|t| t.name.as_str().starts_with(name)).map(|t| t.basis.sentence());
    assert_eq!(
        basis("Office central").expect("told"),
        "Rule theft-police-ways: A stolen object crosses the nearest border and is offered where the market is; the \
         police there can stop it (market: scope FR covers FR; category ethnographic is in its mandate)."
    );
    assert!(basis("INTERPOL").expect("told").contains("mandate names “police cooperation”"));
    assert!(plan.told.iter().all(|told| matches!(&told.basis, Basis::Rule { matched, .. } if matched.len() >= 2)));
}

#[test]
fn an_exclusion_names_the_closest_rule_and_what_failed() {
    let plan = plan(&facts(), &sample(), &default_rules(), &nothing());
    let reason = |name: &str| {
        let found = plan.not_told.iter().find(|n| n.name.as_str().starts_with(name));
        found.map(|not_told| not_told.reason.sentence()).expect("not told")
    };
    assert_eq!(reason("UNIDROIT"), "No rule selects it; closest is theft-igo: its mandate does not name theft.");
    assert_eq!(
        reason("ALECSO"),
        "No rule selects it; closest is theft-igo: its scope GRP:LAS covers none of: the place (BF), the origin or \
         claiming state (BF), the presumed route (none named), the presumed destination (none named)."
    );
    assert_eq!(
        reason("International Federation of Library"),
        "No rule selects it; closest is theft-ngo: its mandate covers no object of type ethnographic object or \
         sculpture."
    );
    assert_eq!(
        reason("Association for Research into Crimes"),
        "No rule selects it; closest is theft-experts: its mandate does not name “expert identification”, \
         “identification” or “African collections expertise”."
    );
}

#[test]
fn an_event_without_rules_is_told_to_nobody() {
    let mut rules = default_rules();
    rules.rules.retain(|rule| rule.id.starts_with("theft"));
    for &event in Event::ALL.iter().filter(|event| !matches!(event, Event::Theft | Event::Missing)) {
        let plan = plan(&AlertFacts { event, ..facts() }, &sample(), &rules, &nothing());
        assert!(plan.told.is_empty(), "{event}");
    }
}
