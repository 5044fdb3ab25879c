//! The partner directory.

use std::collections::BTreeSet;

use domain::codes::{Event, ObjectType, PartnerKind, RevisionSource};
use domain::ids::{ContactId, PartnerId};
use domain::partner::{Categories, Contact, Mandate, Partner};
use domain::{Clock, Label, Timestamp};
use store::partners::Why;
use store::{Error, partners};

use crate::engines;

pub fn partner(clock: &Clock, name: &str) -> Partner {
    let scope: domain::scope::ScopeSet = "FR;M49:145;GRP:EU;ES-CT".parse().unwrap();
    Partner {
        languages: vec!["fr".parse().unwrap(), "en".parse().unwrap()],
        mandate: Mandate {
            scope: scope.clone(),
            keywords: vec!["police cooperation".parse().unwrap()],
            categories: Categories::Only(vec![ObjectType::Sculpture]),
            events: vec![Event::Theft, Event::Looting],
        },
        clearance: Label::AmberStrict,
        contacts: vec![
            contact(clock, "alerts@unit.example", None),
            contact(clock, "bo@unit.example", Some("Bo Müller")),
        ],
        ..Partner::bare(PartnerId::generate(clock), name.parse().unwrap(), PartnerKind::Police, scope)
    }
}

fn why() -> Why {
    Why { by: None, source: RevisionSource::Form, reason: "test".parse().unwrap() }
}

fn contact(clock: &Clock, address: &str, person: Option<&str>) -> Contact {
    let clearance = if person.is_some() { Label::Red } else { Label::Green };
    Contact {
        person: person.map(|name| name.parse().unwrap()),
        ..Contact::mailbox(ContactId::generate(clock), address.parse().unwrap(), clearance)
    }
}

#[tokio::test]
async fn a_partner_is_read_back_as_written_and_replaced_with_its_contacts() {
    for engine in engines().await {
        let (clock, _) = Clock::fixed(Timestamp::from_micros(1_795_000_000_000_000));
        let mut unit = partner(&clock, "Økokrim");
        let mut tx = engine.db.begin().await.unwrap();
        partners::lock(&mut tx).await.unwrap();
        assert_eq!(partners::revision(&mut tx).await.unwrap(), 0, "{}", engine.name);
        let revision = partners::next_revision(&mut tx, &why(), clock.now()).await.unwrap();
        partners::put(&mut tx, std::slice::from_ref(&unit), revision, clock.now()).await.unwrap();
        tx.commit().await.unwrap();

        let mut tx = engine.db.begin().await.unwrap();
        partners::hold(&mut tx).await.unwrap();
        let directory = partners::directory(&mut tx).await.unwrap();
        assert_eq!((directory.revision, directory.partners.as_slice()), (1, &[unit.clone()][..]), "{}", engine.name);
        assert_eq!(partners::find(&mut tx, unit.id).await.unwrap().as_ref(), Some(&unit));
        assert!(partners::is_active(&mut tx, unit.id).await.unwrap());

        unit.active = false;
        unit.contacts.remove(0);
        partners::put(&mut tx, std::slice::from_ref(&unit), 2, clock.now()).await.unwrap();
        assert_eq!(partners::find(&mut tx, unit.id).await.unwrap().as_ref(), Some(&unit), "{}", engine.name);
        assert!(!partners::is_active(&mut tx, unit.id).await.unwrap());
        assert!(!partners::is_active(&mut tx, PartnerId::generate(&clock)).await.unwrap());
        assert_eq!(partners::find(&mut tx, PartnerId::generate(&clock)).await.unwrap(), None);
        tx.commit().await.unwrap();
    }
}

#[tokio::test]
async fn the_directory_as_of_any_revision_is_what_it_was() {
    for engine in engines().await {
        let (clock, hand) = Clock::fixed(Timestamp::from_micros(1_795_000_000_000_000));
        let mut unit = partner(&clock, "Unit");
        let mut seen = vec![partners::as_of(&mut engine.db.begin().await.unwrap(), 0).await.unwrap()];
        let mut times = vec![clock.now().minus(std::time::Duration::from_secs(1))];
        for clearance in [Label::Green, Label::Amber, Label::Clear] {
            let mut tx = engine.db.begin().await.unwrap();
            partners::lock(&mut tx).await.unwrap();
            unit.clearance = clearance;
            let other = partner(&clock, &format!("Unit of {clearance}"));
            let revision = partners::next_revision(&mut tx, &why(), clock.now()).await.unwrap();
            partners::put(&mut tx, &[unit.clone(), other], revision, clock.now()).await.unwrap();
            seen.push(partners::directory(&mut tx).await.unwrap());
            tx.commit().await.unwrap();
            times.push(clock.now());
            hand.advance(std::time::Duration::from_secs(60));
        }
        let mut tx = engine.db.read().await.unwrap();
        for (revision, (directory, at)) in seen.iter().zip(&times).enumerate() {
            let revision = i64::try_from(revision).unwrap();
            assert_eq!(&partners::as_of(&mut tx, revision).await.unwrap(), directory, "{}", engine.name);
            assert_eq!(partners::revision_at(&mut tx, *at).await.unwrap(), revision, "{}", engine.name);
            let then = partners::revision_of(&mut tx, unit.id, revision).await.unwrap();
            assert_eq!(then.as_ref(), directory.partners.iter().find(|p| p.id == unit.id), "{}", engine.name);
        }
        let history = partners::history(&mut tx, unit.id, 2).await.unwrap();
        let labels: Vec<_> = history.iter().map(|row| (row.revision, row.record.0.clearance)).collect();
        assert_eq!(labels, [(3, Label::Clear), (2, Label::Amber)], "{}", engine.name);
        assert_eq!(partners::revisions(&mut tx, 1).await.unwrap(), [(3, times[3], 2)], "{}", engine.name);
    }
}

#[tokio::test]
async fn two_partners_never_have_one_name() {
    for engine in engines().await {
        let clock = Clock::System;
        let mut tx = engine.db.begin().await.unwrap();
        let pair = [partner(&clock, "Unit"), partner(&clock, "Unit")];
        let result = partners::put(&mut tx, &pair, 1, clock.now()).await;
        assert!(matches!(result, Err(Error::Conflict(_))), "{}: {result:?}", engine.name);
    }
}

#[tokio::test]
async fn a_large_directory_is_written_by_sets_and_read_in_the_order_of_names() {
    for engine in engines().await {
        let clock = Clock::System;
        let many: Vec<Partner> = (0..1_201).rev().map(|n| partner(&clock, &format!("Unit {n:04}"))).collect();
        let mut tx = engine.db.begin().await.unwrap();
        partners::put(&mut tx, &many, 1, clock.now()).await.unwrap();
        partners::put(&mut tx, &[], 1, clock.now()).await.unwrap();
        let directory = partners::directory(&mut tx).await.unwrap();
        tx.commit().await.unwrap();
        assert!(directory.partners.is_sorted_by(|a, b| a.name < b.name), "{}", engine.name);
        let ids = |partners: &[Partner]| partners.iter().map(|p| (p.id, p.contacts.len())).collect::<BTreeSet<_>>();
        assert_eq!(ids(&directory.partners), ids(&many), "{}", engine.name);
    }
}
