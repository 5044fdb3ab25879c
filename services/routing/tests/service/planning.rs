//! The consumer: released alerts become plans.

use bus::{Consumer, deliver};
use contracts::events::{AlertReleasedV1, PlanFrozenV1};
use contracts::{Envelope, Event as _, Service};
use domain::alert::{AlertFacts, ObjectContent};
use domain::case::LossInterval;
use domain::codes::{AlertKind, Certainty, Event, ObjectType, Reach, Urgency};
use domain::ids::{AccountId, AlertId, CaseId, EventId};
use domain::{CivilDate, Clock, Label, Language};
use routing::{Deps, OnAlertReleased, PartnerBody, add_partner, import_sample, install_default};
use sqlx::types::Json;
use store::{Tx, on_tx, outbox, plans};

use crate::{BY, facts_of, world};

fn day(text: &str) -> CivilDate {
    text.parse().expect("a date")
}

pub fn facts(kind: AlertKind, case_id: CaseId, version: i64) -> AlertFacts {
    let burkina = "BF".parse().expect("a country");
    AlertFacts {
        alert_id: AlertId::generate(&Clock::System),
        case_id,
        version,
        kind,
        reach: Reach::All,
        label: Label::AmberStrict,
        event: Event::Theft,
        country: burkina,
        origins: vec![burkina],
        route: Vec::new(),
        destinations: Vec::new(),
        categories: vec![ObjectType::Sculpture],
        flags: Vec::new(),
        loss: LossInterval { earliest: day("2026-01-01"), latest: day("2026-01-02"), discovered: None },
        certainty: Certainty::Likely,
        urgency: Urgency::Expected,
        changed: Vec::new(),
    }
}

/// The fact, as another process would get it; the alert's row is there as the case service writes it.
pub async fn released(deps: &Deps, facts: &AlertFacts) -> Envelope {
    let officer = AccountId::generate(&deps.clock);
    let mut tx = deps.db.begin().await.expect("a transaction");
    insert_alert(&mut tx, deps, facts, officer).await;
    let event = AlertReleasedV1 {
        alert_id: facts.alert_id,
        case_id: facts.case_id,
        version: facts.version,
        kind: facts.kind,
        reach: facts.reach,
        label: facts.label,
        content_sha256: "00".repeat(32),
        drafted_by: officer,
        released_by: officer,
    };
    let id = outbox::record(&mut tx, Service::Intake, &deps.clock, &event).await.expect("recorded");
    tx.commit().await.expect("committed");
    envelope(deps, id).await
}

async fn insert_alert(tx: &mut Tx, deps: &Deps, facts: &AlertFacts, officer: AccountId) {
    on_tx!(tx, c => sqlx::query(
        "INSERT INTO cases (id, reference, institution_id, registered_by, registered_at, state, event, title, language,
             label, country, lost_earliest, lost_latest, updated_at)
         VALUES ($1, $2, $3, $3, $4, 'active', 'theft', 'T', 'fr', 'TLP:GREEN', 'BF', '2026-01-01', '2026-01-02', $4)
         ON CONFLICT (id) DO NOTHING",
    )
    .bind(facts.case_id)
    .bind(facts.case_id.to_string())
    .bind(officer)
    .bind(deps.clock.now())
    .execute(c)
    .await
    .map(drop))
    .expect("a case");
    on_tx!(tx, c => sqlx::query(
        "INSERT INTO alerts (id, case_id, version, kind, state, reach, label, facts, content, drafted_by, drafted_at,
             released_by, released_at)
         VALUES ($1, $2, $3, $4, 'released', $5, $6, $9, $10, $7, $8, $7, $8)",
    )
    .bind(facts.alert_id)
    .bind(facts.case_id)
    .bind(facts.version)
    .bind(facts.kind)
    .bind(facts.reach)
    .bind(facts.label)
    .bind(officer)
    .bind(deps.clock.now())
    .bind(Json(facts.clone()))
    .bind(Json(content(facts)))
    .execute(c)
    .await
    .map(drop))
    .expect("an alert");
}

/// What intake freezes beside the facts; routing never looks at it.
fn content(facts: &AlertFacts) -> ObjectContent {
    ObjectContent {
        reference: "TOC-2026-000001".parse().expect("a reference"),
        title: "T".parse().expect("a title"),
        language: Language::FRENCH,
        event: facts.event,
        country: facts.country,
        loss: facts.loss,
        certainty: facts.certainty,
        urgency: facts.urgency,
        message: None,
        typology: None,
        objects: Vec::new(),
        named: Vec::new(),
        others_missing: 0,
    }
}

async fn envelope(deps: &Deps, id: EventId) -> Envelope {
    let mut tx = deps.db.read().await.expect("a transaction");
    outbox::find(&mut tx, id).await.expect("found").expect("there").into_envelope()
}

pub fn consumer(deps: &Deps) -> OnAlertReleased {
    OnAlertReleased::new(deps)
}

/// Everything the consumer writes.
async fn rows(deps: &Deps) -> Vec<String> {
    let mut tx = deps.db.read().await.expect("a transaction");
    let mut all = Vec::new();
    for sql in [
        "SELECT hex(id) || told || '/' || not_told FROM plans ORDER BY 1",
        "SELECT hex(id) || hex(partner_id) || share || label || basis FROM notifications ORDER BY 1",
        "SELECT hex(notification_id) || address FROM notification_addresses ORDER BY 1",
        "SELECT hex(plan_id) || hex(partner_id) || reason FROM exclusions ORDER BY 1",
        "SELECT hex(id) || kind FROM outbox ORDER BY 1",
    ] {
        let found: Vec<String> =
            on_tx!(&mut tx, c => sqlx::query_scalar(sql).fetch_all(c).await).expect("a statement of this test");
        all.extend(found);
    }
    all
}

#[tokio::test]
async fn an_alert_handed_over_twice_is_planned_once() {
    let world = world().await;
    let deps = &world.deps;
    install_default(deps).await.expect("rules");
    import_sample(deps).await.expect("imported");
    let facts = facts(AlertKind::Alert, CaseId::generate(&deps.clock), 1);
    let message = released(deps, &facts).await;
    let consumer = consumer(deps);

    let first = deliver(&deps.db, &deps.clock, &consumer, std::slice::from_ref(&message)).await.expect("delivered");
    assert_eq!((first.handled, first.left), (1, 0));
    let after_first = rows(deps).await;
    let second = deliver(&deps.db, &deps.clock, &consumer, std::slice::from_ref(&message)).await.expect("delivered");
    assert_eq!((second.handled, second.repeated), (0, 1));
    // Past the inbox too, as after a restore of that table alone.
    let mut tx = deps.db.begin().await.expect("a transaction");
    consumer.handle(&mut tx, &[message]).await.expect("handled");
    tx.commit().await.expect("committed");
    assert_eq!(rows(deps).await, after_first);

    let mut tx = deps.db.read().await.expect("a transaction");
    let plan = plans::of_alert(&mut tx, facts.alert_id).await.expect("read").expect("a plan");
    assert_eq!((plan.rule_set_version, plan.directory_revision), (1, 1));
    assert!(plan.told > 10);
    assert_eq!(plan.told + plan.not_told, 83);
    let frozen: Vec<PlanFrozenV1> = facts_of(deps).await;
    assert_eq!((frozen.len(), frozen[0].told, frozen[0].plan_sha256.len()), (1, plan.told, 64));
}

#[tokio::test]
async fn a_follow_up_waits_for_the_plan_before_it_and_reaches_the_same_partners() {
    let world = world().await;
    let deps = &world.deps;
    install_default(deps).await.expect("rules");
    import_sample(deps).await.expect("imported");
    let case_id = CaseId::generate(&deps.clock);
    let (alert, cancel) = (facts(AlertKind::Alert, case_id, 1), facts(AlertKind::Cancel, case_id, 2));
    let first = released(deps, &alert).await;
    let second = released(deps, &cancel).await;
    let consumer = consumer(deps);
    for _ in 0..2 * bus::PARK_AFTER {
        let early = deliver(&deps.db, &deps.clock, &consumer, std::slice::from_ref(&second)).await.expect("delivered");
        assert_eq!((early.handled, early.left, early.parked), (0, 1, 0), "to come too early is no failure");
    }
    // The directory changes in between: no new partner hears a cancel, and every earlier one does.
    let done = deliver(&deps.db, &deps.clock, &consumer, std::slice::from_ref(&first)).await.expect("delivered");
    assert_eq!(done.handled, 1);
    let newcomer = PartnerBody {
        name: "Newcomer".to_owned(),
        kind: "police".to_owned(),
        scope: "BF".to_owned(),
        languages: vec!["fr".to_owned()],
        categories: vec!["*".to_owned()],
        events: vec!["theft".to_owned()],
        active: Some(true),
        ..PartnerBody::default()
    };
    add_partner(deps, &newcomer, BY).await.expect("added");
    let done = deliver(&deps.db, &deps.clock, &consumer, &[second]).await.expect("delivered");
    assert_eq!(done.handled, 1);
    let mut tx = deps.db.read().await.expect("a transaction");
    let of = async |tx: &mut Tx, id| plans::of_alert(tx, id).await.expect("read").expect("a plan");
    let (one, two) = (of(&mut tx, alert.alert_id).await, of(&mut tx, cancel.alert_id).await);
    assert_eq!(one.told, two.told);
    assert_eq!((one.told + one.not_told, two.told + two.not_told), (83, 84));
}

#[tokio::test]
async fn an_alert_waits_for_the_first_rules() {
    let world = world().await;
    let deps = &world.deps;
    let message = released(deps, &facts(AlertKind::Alert, CaseId::generate(&deps.clock), 1)).await;
    let left =
        deliver(&deps.db, &deps.clock, &consumer(deps), std::slice::from_ref(&message)).await.expect("delivered");
    assert_eq!(left.left, 1);
    install_default(deps).await.expect("rules");
    let done = deliver(&deps.db, &deps.clock, &consumer(deps), &[message]).await.expect("delivered");
    assert_eq!(done.handled, 1);
    let plans: Vec<PlanFrozenV1> = facts_of(deps).await;
    assert_eq!((plans[0].told, plans[0].not_told), (0, 0), "an empty directory is a plan as well");
}

#[test]
fn the_consumer_wants_released_alerts_only() {
    assert!(OnAlertReleased::wants(AlertReleasedV1::KIND));
    assert!(!OnAlertReleased::wants(PlanFrozenV1::KIND));
}

#[tokio::test]
async fn a_message_that_claims_more_than_its_row_changes_nothing() {
    let world = world().await;
    let deps = &world.deps;
    install_default(deps).await.expect("rules");
    import_sample(deps).await.expect("imported");
    let police_only = AlertFacts { reach: Reach::Police, ..facts(AlertKind::Alert, CaseId::generate(&deps.clock), 1) };
    let mut message = released(deps, &police_only).await;
    message.data["reach"] = "all".into();
    message.data["label"] = "TLP:CLEAR".into();
    let consumer = consumer(deps);
    deliver(&deps.db, &deps.clock, &consumer, &[message.clone()]).await.expect("delivered");
    let mut tx = deps.db.read().await.expect("a transaction");
    let kinds: Vec<String> = on_tx!(&mut tx, c => sqlx::query_scalar("SELECT DISTINCT partner_kind FROM notifications")
        .fetch_all(c).await)
    .expect("read");
    assert_eq!(kinds, ["police"]);
    tx.commit().await.expect("committed");

    // Of an alert that nobody released it is no fact at all.
    message.id = EventId::generate(&deps.clock);
    message.data["alert_id"] = AlertId::generate(&deps.clock).to_string().into();
    let parked = deliver(&deps.db, &deps.clock, &consumer, &[message]).await.expect("delivered").parked;
    assert_eq!(parked, 1);
}

#[tokio::test]
async fn a_partner_that_joins_later_is_offered_the_open_case_and_told_once_with_person_and_reason() {
    let world = world().await;
    let deps = &world.deps;
    install_default(deps).await.expect("rules");
    import_sample(deps).await.expect("imported");
    let alert = facts(AlertKind::Alert, CaseId::generate(&deps.clock), 1);
    let message = released(deps, &alert).await;
    deliver(&deps.db, &deps.clock, &consumer(deps), &[message]).await.expect("planned");
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
    let id = saved.partner.id;
    let (_, offered) = routing::offers(deps, id).await.expect("looked");
    assert!(offered.is_empty(), "its address waits, so it cannot be told yet");
    for _ in 0..2 {
        let agreed = AccountId::generate(&Clock::System);
        routing::approve_change(deps, saved.waiting.expect("it waits"), agreed).await.expect("agreed");
    }
    let (_, offered) = routing::offers(deps, id).await.expect("looked");
    assert_eq!((offered.len(), offered[0].told.addressees[0].address.as_str()), (1, "duty@bf.example"));
    let later =
        domain::partner::Partner { valid_from: Some("2999-01-01".parse().expect("a day")), ..of(deps, id).await };
    put(deps, later.clone()).await;
    assert!(routing::offers(deps, id).await.expect("looked").1.is_empty(), "its time has not begun");
    put(deps, domain::partner::Partner { valid_from: None, ..later }).await;
    let (officer, reason) = (AccountId::generate(&Clock::System), "Joined this week".parse().expect("a line"));
    let decide = async || routing::decide_late(deps, (id, alert.alert_id), true, &reason, officer).await;
    assert!(decide().await.expect("decided"));
    assert!(decide().await.is_err(), "it is offered once");
    let events: Vec<contracts::events::PlanSupplementedV1> = facts_of(deps).await;
    assert_eq!((events.len(), events[0].decided_by, events[0].notification_id.is_some()), (1, officer, true));
    let mut tx = deps.db.read().await.expect("a transaction");
    let kept = store::supplements::supplements(&mut tx, alert.case_id).await.expect("read");
    assert_eq!((kept.len(), kept[0].partner_id, kept[0].reason.as_str()), (1, id, "Joined this week"));
    let held = plans::holds::held(&mut tx, None, 10).await.expect("read");
    assert!(held.is_empty(), "within the caps it leaves");
    drop(tx);
    // Whoever was told hears the end as well.
    let cancel = released(deps, &facts(AlertKind::Cancel, alert.case_id, 2)).await;
    deliver(&deps.db, &deps.clock, &consumer(deps), &[cancel]).await.expect("planned");
    let mut tx = deps.db.read().await.expect("a transaction");
    let told = plans::told_before(&mut tx, alert.case_id, 3).await.expect("read");
    assert_eq!(told.iter().filter(|told| told.partner_id == id).count(), 2);
    drop(tx);
    joins_beyond_the_cap(deps, id, officer).await;
}

/// Told of more open cases within an hour than a partner is sent by itself: the rest waits with its reason.
async fn joins_beyond_the_cap(deps: &Deps, partner: domain::ids::PartnerId, officer: AccountId) {
    let cap =
        routing::rules::RuleSet::parse(1, routing::DEFAULT_RULES).expect("the default rules").limits.per_partner_hour;
    // The new cases are planned without it: it is switched off until they are.
    let joined = of(deps, partner).await;
    put(deps, domain::partner::Partner { active: false, ..joined.clone() }).await;
    let mut alerts = Vec::new();
    for _ in 0..=cap {
        let alert = facts(AlertKind::Alert, CaseId::generate(&deps.clock), 1);
        let message = released(deps, &alert).await;
        deliver(&deps.db, &deps.clock, &consumer(deps), &[message]).await.expect("planned");
        alerts.push(alert);
    }
    put(deps, joined).await;
    let reason = "Joined this week".parse().expect("a line");
    for alert in &alerts {
        let decided = routing::decide_late(deps, (partner, alert.alert_id), true, &reason, officer).await;
        assert!(decided.expect("decided"));
    }
    let mut tx = deps.db.read().await.expect("a transaction");
    let held = plans::holds::held(&mut tx, None, 10_000).await.expect("read");
    let of_partner: Vec<_> = held.iter().filter(|row| row.partner_id == partner).collect();
    // It was told of a case and of its end before in this hour.
    assert_eq!(of_partner.len(), 3, "{cap}");
    assert!(of_partner.iter().all(|row| row.hold.0.code() == "partner_cap"));
}

async fn of(deps: &Deps, id: domain::ids::PartnerId) -> domain::partner::Partner {
    let mut tx = deps.db.read().await.expect("a transaction");
    let found = store::partners::find(&mut tx, id).await.expect("read").expect("there");
    tx.commit().await.expect("committed");
    found
}

async fn put(deps: &Deps, partner: domain::partner::Partner) {
    let mut tx = deps.db.begin().await.expect("a transaction");
    let why = store::partners::Why {
        by: None,
        source: domain::codes::RevisionSource::Form,
        reason: "test".parse().expect("a line"),
    };
    let revision = store::partners::next_revision(&mut tx, &why, deps.clock.now()).await.expect("a revision");
    store::partners::put(&mut tx, &[partner], revision, deps.clock.now()).await.expect("put");
    tx.commit().await.expect("committed");
}
