//! What two transactions do beside each other: only PostgreSQL lets them.

use std::time::Duration;

use bus::{Consumer as _, PARK_AFTER, deliver};
use contracts::events::HoldReleasedV1;
use domain::Clock;
use domain::codes::AlertKind;
use domain::ids::{AccountId, CaseId, NoticeId};
use routing::{
    Entered, LateJoinerError, OverrideBody, OverrideError, PartnerBody, ReleaseHoldsError, TakeFileError, add_partner,
    approve_change, decide_late, import_directory, import_sample, install_default, override_partner, put_file_aside,
    release_holds, take_file, verify_address,
};
use store::{Db, DbOptions, Tx, alerts, inbox, on_tx, partners, plans, sending};
use tokio::task::JoinSet;

use crate::desk::{plan, tell_everybody};
use crate::planning::{consumer, facts, released};
use crate::{BY, World, facts_of, production};

fn person() -> AccountId {
    AccountId::generate(&Clock::System)
}

async fn filled() -> World {
    let world = production(&DbOptions::default()).await;
    install_default(&world.deps).await.expect("rules");
    import_sample(&world.deps).await.expect("imported");
    world
}

/// Comes back when so many transactions wait for a lock. Whoever does not wait at all fails the test.
async fn until_waiting<T: 'static>(db: &Db, tasks: &mut JoinSet<T>) {
    loop {
        assert!(tasks.try_join_next().is_none(), "it did not wait");
        let mut tx = db.read().await.expect("a transaction");
        let waiting: i64 = on_tx!(&mut tx, c => sqlx::query_scalar(
            "SELECT COUNT(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'",
        ).fetch_one(c).await)
        .expect("read");
        tx.commit().await.expect("committed");
        if usize::try_from(waiting).expect("a count") == tasks.len() {
            return;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_plan_in_the_making_overtakes_is_not_let_go_beside_it() {
    let world = filled().await;
    let deps = &world.deps;
    tell_everybody(deps, 1, 100).await;
    let case = CaseId::generate(&deps.clock);
    let first = plan(deps, &facts(AlertKind::Alert, case, 1)).await;
    let cancel = released(deps, &facts(AlertKind::Cancel, case, 2)).await;
    let mut tx = deps.db.begin().await.expect("a transaction");
    consumer(deps).handle(&mut tx, &[cancel]).await.expect("planned");
    let (theirs, id) = (deps.clone(), first.id);
    let mut late = JoinSet::new();
    late.spawn(async move { release_holds(&theirs, person(), id, None, Some("Late.")).await });
    until_waiting(&deps.db, &mut late).await;
    tx.commit().await.expect("committed");
    assert!(matches!(late.join_all().await.as_slice(), [Err(ReleaseHoldsError::Overtaken)]));
}

#[tokio::test(flavor = "multi_thread")]
async fn two_officers_let_one_plan_go_once_and_one_fact_says_so() {
    let world = filled().await;
    let deps = &world.deps;
    tell_everybody(deps, 1, 100).await;
    let row = plan(deps, &facts(AlertKind::Alert, CaseId::generate(&deps.clock), 1)).await;
    let mut tx = deps.db.begin().await.expect("a transaction");
    sending::one_plan_at_a_time(&mut tx).await.expect("locked");
    let mut both = JoinSet::new();
    for _ in 0..2 {
        let (theirs, id) = (deps.clone(), row.id);
        both.spawn(async move { release_holds(&theirs, person(), id, None, Some("All must know.")).await });
    }
    until_waiting(&deps.db, &mut both).await;
    tx.commit().await.expect("committed");
    let done = both.join_all().await;
    assert_eq!(done.iter().filter(|done| done.is_ok()).count(), 1, "{done:?}");
    assert!(done.iter().any(|done| matches!(done, Err(ReleaseHoldsError::Nothing))), "{done:?}");
    let events: Vec<HoldReleasedV1> = facts_of(deps).await;
    assert_eq!(events.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_late_joiner_is_not_told_of_what_is_being_cancelled() {
    let world = filled().await;
    let deps = &world.deps;
    let alert = facts(AlertKind::Alert, CaseId::generate(&deps.clock), 1);
    plan(deps, &alert).await;
    let newcomer = PartnerBody {
        name: "Newcomer".to_owned(),
        kind: "police".to_owned(),
        scope: "BF".to_owned(),
        languages: vec!["fr".to_owned()],
        categories: vec!["*".to_owned()],
        events: vec!["theft".to_owned()],
        contacts: vec![routing::ContactBody { address: "duty@bf.example".to_owned(), ..Default::default() }],
        ..PartnerBody::default()
    };
    let saved = add_partner(deps, &newcomer, BY).await.expect("added");
    for _ in 0..2 {
        approve_change(deps, saved.waiting.expect("it waits"), person()).await.expect("agreed");
    }
    // A plan is being made.
    let mut tx = deps.db.begin().await.expect("a transaction");
    sending::one_plan_at_a_time(&mut tx).await.expect("locked");
    let (theirs, id) = (deps.clone(), (saved.partner.id, alert.alert_id));
    let reason = "Joined this week".parse().expect("a line");
    let mut late = JoinSet::new();
    late.spawn(async move { decide_late(&theirs, id, true, &reason, person()).await });
    until_waiting(&deps.db, &mut late).await;
    released(deps, &facts(AlertKind::Cancel, alert.case_id, 2)).await;
    tx.commit().await.expect("committed");
    assert!(matches!(late.join_all().await.as_slice(), [Err(LateJoinerError::NotFound)]));
    let mut tx = deps.db.read().await.expect("a transaction");
    let told = plans::told_before(&mut tx, alert.case_id, 3).await.expect("read");
    assert!(told.iter().all(|told| told.partner_id != saved.partner.id));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_is_put_aside_or_taken_and_never_both() {
    let world = filled().await;
    let deps = &world.deps;
    let file = "name,kind,country_or_scope,languages,mandate_keywords,object_categories,event_types\n\
                New,ngo,FR,fr,,*,theft\n";
    let origin = "test".parse().expect("a line");
    let came = import_directory(deps, file.as_bytes(), BY, &origin).await.expect("imported");
    let id = came.waiting.expect("it waits");
    // Somebody is at the directory; whoever takes a file holds it for as long.
    let mut tx = deps.db.begin().await.expect("a transaction");
    partners::lock(&mut tx).await.expect("locked");
    let theirs = deps.clone();
    let mut aside = JoinSet::new();
    aside.spawn(async move { put_file_aside(&theirs, id, BY).await });
    until_waiting(&deps.db, &mut aside).await;
    assert!(partners::end_file(&mut tx, id, true, None, deps.clock.now()).await.expect("written"));
    tx.commit().await.expect("committed");
    assert!(matches!(aside.join_all().await.as_slice(), [Err(TakeFileError::NotFound)]));
    let again = take_file(deps, id, came.revision, &routing::Choice::default(), BY).await;
    assert!(matches!(again, Err(TakeFileError::NotFound)));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stranger_with_a_made_up_link_waits_for_nobody_and_holds_nobody_up() {
    let world = production(&DbOptions::default()).await;
    let deps = &world.deps;
    let mut tx = deps.db.begin().await.expect("a transaction");
    partners::lock(&mut tx).await.expect("locked");
    let id = NoticeId::generate(&deps.clock);
    let entered = verify_address(deps, id, "AAAA-AAAA", &"Mallory".parse().expect("a line")).await;
    assert_eq!(entered.expect("no lock was waited for"), Entered::Unknown);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_released_alert_is_not_parked_because_the_database_has_no_connection_left() {
    // The one connection is in the hands of the consumer, so directory and rules cannot be asked.
    let options = DbOptions { max_connections: 1, timeout: Duration::from_millis(300), ..DbOptions::default() };
    let world = production(&options).await;
    let deps = &world.deps;
    install_default(deps).await.expect("rules");
    let message = released(deps, &facts(AlertKind::Alert, CaseId::generate(&deps.clock), 1)).await;
    for _ in 0..=PARK_AFTER {
        let away = deliver(&deps.db, &deps.clock, &consumer(deps), std::slice::from_ref(&message)).await;
        assert!(matches!(away, Err(store::Error::Unavailable(_))), "{away:?}");
    }
    let mut tx = deps.db.read().await.expect("a transaction");
    assert!(inbox::parked(&mut tx, 10).await.expect("read").is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_decision_about_a_partner_is_made_before_the_release_or_refused() {
    let world = filled().await;
    let deps = &world.deps;
    let alert = facts(AlertKind::Alert, CaseId::generate(&deps.clock), 1);
    released(deps, &alert).await;
    let set = async |tx: &mut Tx, state: &'static str| {
        let (by, at) = if state == "draft" { (None, None) } else { (Some(person()), Some(deps.clock.now())) };
        let sql = "UPDATE alerts SET state = $2, released_by = $3, released_at = $4 WHERE id = $1";
        on_tx!(tx, c => sqlx::query(sql).bind(alert.alert_id).bind(state).bind(by).bind(at).execute(c).await.map(drop))
            .expect("an alert");
    };
    let mut tx = deps.db.begin().await.expect("a transaction");
    set(&mut tx, "draft").await;
    tx.commit().await.expect("committed");
    // An officer is releasing it.
    let mut tx = deps.db.begin().await.expect("a transaction");
    alerts::hold(&mut tx, alert.alert_id).await.expect("held");
    let directory = partners::directory(&mut tx).await.expect("read");
    let body = OverrideBody {
        partner: Some(directory.partners[0].id.to_string()),
        change: Some("remove".to_owned()),
        reason: Some("A leak is feared.".to_owned()),
        ..OverrideBody::default()
    };
    let theirs = deps.clone();
    let mut late = JoinSet::new();
    late.spawn(async move { override_partner(&theirs, person(), alert.alert_id, &body).await });
    until_waiting(&deps.db, &mut late).await;
    set(&mut tx, "released").await;
    tx.commit().await.expect("committed");
    assert!(matches!(late.join_all().await.as_slice(), [Err(OverrideError::NoDraft)]));
}
