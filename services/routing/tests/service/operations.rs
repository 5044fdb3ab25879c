//! What changes the directory and the rules.

use contracts::events::DirectoryChangedV1;
use routing::{
    Choice, ImportError, PartnerBody, SavePartnerError, Synced, TakeFileError, add_partner, bring_fetched,
    change_partner, import_directory, import_sample, take_file,
};
use store::partners;

use crate::{BY, facts_of, world};

fn origin() -> domain::text::Line {
    "test".parse().expect("a line")
}

#[tokio::test]
async fn an_import_is_whole_or_nothing_and_the_same_file_changes_nothing() {
    let world = world().await;
    let deps = &world.deps;
    let first = import_sample(deps).await.expect("imported");
    assert_eq!((first.added, first.changed, first.unchanged, first.revision), (83, 0, 0, 1));
    let again = import_sample(deps).await.expect("imported");
    assert_eq!((again.added, again.changed, again.unchanged, again.revision), (0, 0, 83, 1));
    let head = "name,kind,country_or_scope,languages,mandate_keywords,object_categories,event_types\n";
    let bad = format!("{head}New,ngo,FR,fr,,*,theft\nUNIDROIT,bishop,FR,fr,,*,theft\n");
    assert!(
        matches!(import_directory(deps, bad.as_bytes(), BY, &origin()).await, Err(ImportError::File(errors)) if errors.len() == 1)
    );
    let good = format!("{head}New,ngo,FR,fr,,*,theft\nUNIDROIT,igo,FR,fr,,*,theft\n");
    let done = import_directory(deps, good.as_bytes(), BY, &origin()).await.expect("imported");
    assert_eq!((done.added, done.changed, done.gone, done.revision), (1, 1, 82, 1));
    let id = done.waiting.expect("it waits");
    let choice = Choice::default();
    assert!(matches!(take_file(deps, id, 0, &choice, BY).await, Err(TakeFileError::Changed)));
    assert_eq!(take_file(deps, id, 1, &choice, BY).await.expect("taken"), 2);
    assert!(matches!(take_file(deps, id, 2, &choice, BY).await, Err(TakeFileError::NotFound)), "once");
    let mut tx = deps.db.read().await.expect("a transaction");
    let directory = partners::directory(&mut tx).await.expect("read");
    tx.commit().await.expect("committed");
    let new = directory.partners.iter().find(|partner| partner.name.as_str() == "New").expect("there");
    assert!(new.contacts.is_empty(), "its address waits for a second person");
    assert!(directory.partners.iter().all(|partner| partner.active), "nobody was switched off");
    let events: Vec<DirectoryChangedV1> = facts_of(deps).await;
    // The clock stands still, so the facts have one time and no order.
    let revisions: std::collections::BTreeSet<_> = events.iter().map(|event| event.revision).collect();
    assert_eq!((events.len(), revisions), (2, [1, 2].into()));
}

#[tokio::test]
async fn a_fetched_file_waits_for_a_person_comes_once_and_gives_way_to_a_newer_one() {
    let world = world().await;
    let deps = &world.deps;
    let url = "https://directory.example/partners.csv";
    let head = "name,kind,country_or_scope,languages,mandate_keywords,object_categories,event_types,parent\n";
    let file = format!("{head}Bureau,police,FR,fr,,*,theft,\nUnit,police,FR,fr,,*,theft,Bureau\n");
    let bring = async |file: &str| bring_fetched(deps, url, file.as_bytes()).await;
    let Ok(Synced::Brought(first)) = bring(&file).await else { panic!("brought") };
    assert_eq!((first.added, first.revision), (2, 0), "not even an empty directory is filled by itself");
    let first = first.waiting.expect("it waits");
    for _ in 0..2 {
        assert!(matches!(bring(&file).await, Ok(Synced::Same)));
    }
    world.hand.advance(std::time::Duration::from_secs(60));
    let newer = file.replace("Unit,police,FR", "Unit,police,FR;BE");
    let Ok(Synced::Brought(second)) = bring(&newer).await else { panic!("brought") };
    let second = second.waiting.expect("it waits");
    let choice = Choice::default();
    assert!(matches!(take_file(deps, first, 0, &choice, BY).await, Err(TakeFileError::NotFound)), "put aside");
    take_file(deps, second, 0, &choice, BY).await.expect("taken");
    let mut tx = deps.db.read().await.expect("a transaction");
    let directory = partners::directory(&mut tx).await.expect("read");
    tx.commit().await.expect("committed");
    let of = |name: &str| directory.partners.iter().find(|partner| partner.name.as_str() == name).expect("there");
    assert_eq!((of("Unit").parent, of("Bureau").parent), (Some(of("Bureau").id), None));
    assert!(matches!(bring(&newer).await, Ok(Synced::Same)));
    // The first one again is news again, and what it says of a known partner waits like the rest.
    world.hand.advance(std::time::Duration::from_secs(60));
    let Ok(Synced::Brought(third)) = bring(&file).await else { panic!("brought") };
    assert_eq!((third.changed, third.waiting.is_some()), (1, true));
    assert!(
        matches!(bring(&file.replace(",Bureau\n", ",Nobody\n")).await, Err(ImportError::File(errors)) if errors.len() == 1)
    );
    // A file that cannot be read takes the place of none that can.
    let mut tx = deps.db.read().await.expect("a transaction");
    let revision = partners::revision(&mut tx).await.expect("read");
    tx.commit().await.expect("committed");
    take_file(deps, third.waiting.expect("it waits"), revision, &choice, BY).await.expect("still there to take");
}

#[tokio::test]
async fn a_partner_is_changed_by_its_identifier_and_its_name_stays_its_own() {
    let world = world().await;
    let deps = &world.deps;
    import_sample(deps).await.expect("imported");
    let mut body = PartnerBody {
        name: "UNIDROIT".to_owned(),
        kind: "igo".to_owned(),
        scope: "M49:001".to_owned(),
        languages: vec!["en".to_owned()],
        categories: vec!["*".to_owned()],
        events: vec!["theft".to_owned()],
        active: Some(true),
        ..PartnerBody::default()
    };
    let taken = add_partner(deps, &body, BY).await;
    assert!(matches!(taken, Err(SavePartnerError::Fields(errors)) if errors.at("/name").next().is_some()));
    body.name = "UNIDROIT secretariat".to_owned();
    let added = add_partner(deps, &body, BY).await.expect("added").partner;
    body.active = Some(false);
    let changed = change_partner(deps, added.id, &body, BY).await.expect("changed").partner;
    assert!(!changed.active && changed.id == added.id);
    change_partner(deps, added.id, &body, BY).await.expect("nothing to change");
    let mut tx = deps.db.read().await.expect("a transaction");
    assert_eq!(partners::revision(&mut tx).await.expect("read"), 3);
    assert_eq!(partners::find(&mut tx, added.id).await.expect("read"), Some(changed));
}
