//! Overrides, holds, alarms, the switch: what the desk decides around plans.

use domain::codes::{Pace, PartnerKind, Share};
use domain::ids::{AccountId, AlertId, CaseId, OverrideId, PartnerId, PlanId, RuleSetId};
use domain::partner::Partner;
use domain::plan::{Addressee, Basis, Hold, OverrideChange, Plan, PlanInputs, Told};
use domain::text::Line;
use domain::{Clock, Label, Timestamp};
use sqlx::types::Json;
use store::plans::overrides::{self, OverrideRow};
use store::plans::{self, alarms, holds};
use store::rule_sets::{self, DraftRow};
use store::{Db, Tx, deliveries, sending};

use crate::cases::stored;
use crate::engines;
use crate::partners::partner;
use crate::plans::alert;

fn line(text: &str) -> Line {
    text.parse().unwrap()
}

fn told(partner: &Partner, hold: Option<Hold>) -> Told {
    let addressee = |contact: &domain::partner::Contact| Addressee {
        contact_id: contact.id,
        address: contact.address.clone(),
        person: contact.person.clone(),
        role: contact.role,
    };
    Told {
        partner_id: partner.id,
        name: partner.name.clone(),
        kind: PartnerKind::Police,
        share: Share::Full,
        label: Label::Green,
        languages: vec!["fr".parse().unwrap()],
        pace: Pace::Digest,
        acknowledge_within: Some(60),
        acknowledged_by: domain::codes::AcknowledgedBy::Any,
        hold,
        basis: Basis::Added { officer: AccountId::generate(&Clock::System), reason: line("They asked.") },
        addressees: partner.contacts.iter().map(addressee).collect(),
    }
}

async fn freeze(tx: &mut Tx, clock: &Clock, case: CaseId, version: i64, told: Vec<Told>) -> (PlanId, AlertId) {
    let alert_id = alert(tx, clock, case, version).await;
    let plan = Plan { alert_id, rule_set_version: 1, directory_revision: 1, told, not_told: vec![] };
    let id = PlanId::generate(clock);
    assert!(plans::freeze(tx, id, case, &plan, clock).await.unwrap());
    (id, alert_id)
}

async fn states(db: &Db, plan: PlanId) -> Vec<(String, bool)> {
    let mut tx = db.read().await.unwrap();
    store::on_tx!(&mut tx, c => sqlx::query_as(
        "SELECT state, due_at IS NOT NULL FROM deliveries WHERE plan_id = $1 ORDER BY state",
    ).bind(plan).fetch_all(c).await)
    .unwrap()
}

#[tokio::test]
async fn what_is_held_gets_no_due_delivery_until_it_is_let_go() {
    for engine in engines().await {
        let (clock, hand) = Clock::fixed(Timestamp::from_micros(1_795_000_000_000_000));
        let case = stored(&engine.db, &clock, 1).await;
        let (free, held) = (partner(&clock, "Free"), partner(&clock, "Held"));
        let mut tx = engine.db.begin().await.unwrap();
        let cap = Some(Hold::CaseCap { cap: 1 });
        let (plan, _) = freeze(&mut tx, &clock, case.id, 1, vec![told(&free, None), told(&held, cap)]).await;
        let created =
            deliveries::create_for_plan(&mut tx, plan, &clock, |_| Some(deliveries::Slot::at_once(clock.now())))
                .await
                .unwrap();
        assert_eq!(created.notifications, 2, "{}", engine.name);
        tx.commit().await.unwrap();
        let addresses = held.contacts.len();
        let now = states(&engine.db, plan).await;
        assert_eq!(now.iter().filter(|(state, due)| state == "held" && !due).count(), addresses, "{}", engine.name);
        assert_eq!(now.iter().filter(|(state, due)| state == "pending" && *due).count(), addresses);

        let mut tx = engine.db.begin().await.unwrap();
        let rows = holds::held(&mut tx, None, 10).await.unwrap();
        assert_eq!((rows.len(), rows[0].partner_id, rows[0].overtaken), (1, held.id, false), "{}", engine.name);
        assert_eq!(alarms::of_desk(&mut tx).await.unwrap().held, 1, "{}", engine.name);
        assert_eq!(plans::told_before(&mut tx, case.id, 2).await.unwrap().len(), 1, "what is held was not told");
        assert_eq!(holds::sent_since(&mut tx, Timestamp::from_micros(0)).await.unwrap(), [(free.id, 1)]);
        assert_eq!(deliveries::let_go(&mut tx, Some(plan), clock.now()).await.unwrap(), 0, "nobody has let it go");
        hand.advance(std::time::Duration::from_secs(5));
        let by = AccountId::generate(&clock);
        let ids = [rows[0].id];
        assert_eq!(holds::release(&mut tx, &ids, by, &line("Now."), clock.now()).await.unwrap(), 1);
        assert_eq!(holds::release(&mut tx, &ids, by, &line("Again."), clock.now()).await.unwrap(), 0);
        assert_eq!(deliveries::let_go(&mut tx, Some(plan), clock.now()).await.unwrap(), addresses as u64);
        assert_eq!(deliveries::let_go(&mut tx, Some(plan), clock.now()).await.unwrap(), 0, "once");
        assert_eq!(plans::told_before(&mut tx, case.id, 2).await.unwrap().len(), 2, "{}", engine.name);
        let since = clock.now().minus(std::time::Duration::from_secs(1));
        assert_eq!(holds::sent_since(&mut tx, since).await.unwrap(), [(held.id, 1)], "it counts from now");
        tx.commit().await.unwrap();
        assert!(states(&engine.db, plan).await.iter().all(|(state, due)| state == "pending" && *due));
    }
}

#[tokio::test]
async fn a_decision_is_read_back_as_it_was_frozen_with_what_it_was_made_from() {
    for engine in engines().await {
        let (clock, hand) = Clock::fixed(Timestamp::from_micros(1_795_000_000_000_000));
        let case = stored(&engine.db, &clock, 1).await;
        let unit = partner(&clock, "Unit");
        let mut tx = engine.db.begin().await.unwrap();
        let one = told(&unit, None);
        let (plan, alert_id) = freeze(&mut tx, &clock, case.id, 1, vec![one.clone()]).await;
        let inputs =
            PlanInputs { on: Some("2026-11-26".parse().unwrap()), two_officers: true, ..PlanInputs::default() };
        plans::keep_inputs(&mut tx, plan, &inputs).await.unwrap();
        assert_eq!(plans::inputs(&mut tx, plan).await.unwrap(), Some(inputs), "{}", engine.name);
        assert_eq!(plans::decision(&mut tx, plan, unit.id).await.unwrap(), Some(Ok(one)), "{}", engine.name);
        let nobody = PartnerId::generate(&clock);
        assert!(plans::decision(&mut tx, plan, nobody).await.unwrap().is_none());

        let by = AccountId::generate(&clock);
        // The clock is set back between the two: the later decision counts all the same.
        for change in [Some(OverrideChange::Remove), None] {
            let row = OverrideRow {
                id: OverrideId::generate(&clock),
                alert_id,
                partner_id: unit.id,
                change: change.map(Json),
                reason: line("A reason."),
                made_by: by,
                made_at: clock.now(),
            };
            hand.set_back(std::time::Duration::from_secs(3600));
            overrides::insert(&mut tx, &row).await.unwrap();
        }
        let made = overrides::of_alert(&mut tx, alert_id).await.unwrap();
        let changes: Vec<_> = made.iter().map(|row| row.change.as_ref().map(|json| json.0)).collect();
        assert_eq!(changes, [Some(OverrideChange::Remove), None], "{}", engine.name);
        tx.commit().await.unwrap();
    }
}

#[tokio::test]
async fn an_alarm_is_settled_once_or_by_a_later_version_that_tells_somebody() {
    for engine in engines().await {
        let (clock, hand) = Clock::fixed(Timestamp::from_micros(1_795_000_000_000_000));
        let (case, other) = (stored(&engine.db, &clock, 1).await, stored(&engine.db, &clock, 2).await);
        let mut tx = engine.db.begin().await.unwrap();
        for case in [case.id, other.id] {
            let (plan, alert) = freeze(&mut tx, &clock, case, 1, vec![]).await;
            alarms::raise(&mut tx, plan, alert, case, clock.now()).await.unwrap();
        }
        assert_eq!(alarms::open(&mut tx, 10).await.unwrap().len(), 2, "{}", engine.name);
        hand.advance(std::time::Duration::from_secs(1));
        freeze(&mut tx, &clock, other.id, 2, vec![told(&partner(&clock, "Unit"), None)]).await;
        let open = alarms::open(&mut tx, 10).await.unwrap();
        assert_eq!(open.iter().map(|row| row.case_id).collect::<Vec<_>>(), [case.id], "{}", engine.name);
        assert_eq!(alarms::of_desk(&mut tx).await.unwrap().told_nobody, 1);
        let by = AccountId::generate(&clock);
        assert!(alarms::settle(&mut tx, open[0].plan_id, by, &line("Right."), clock.now()).await.unwrap());
        assert!(!alarms::settle(&mut tx, open[0].plan_id, by, &line("Again."), clock.now()).await.unwrap());
        assert_eq!(alarms::of_desk(&mut tx).await.unwrap(), alarms::DeskAlarms::default(), "{}", engine.name);
        tx.commit().await.unwrap();
    }
}

#[tokio::test]
async fn sending_is_switched_once_each_way() {
    for engine in engines().await {
        let clock = Clock::System;
        let by = AccountId::generate(&clock);
        let mut tx = engine.db.begin().await.unwrap();
        sending::one_plan_at_a_time(&mut tx).await.unwrap();
        assert!(!sending::is_stopped(&mut tx).await.unwrap(), "{}", engine.name);
        assert!(!sending::switch(&mut tx, false, "It is on.", by, clock.now()).await.unwrap());
        assert!(sending::switch(&mut tx, true, "A storm.", by, clock.now()).await.unwrap(), "{}", engine.name);
        let row = sending::find(&mut tx).await.unwrap();
        assert_eq!((row.stopped, row.reason.as_deref(), row.changed_by), (true, Some("A storm."), Some(by)));
        assert!(alarms::of_desk(&mut tx).await.unwrap().stopped);
        tx.commit().await.unwrap();
    }
}

#[tokio::test]
async fn a_draft_of_the_rules_is_decided_once() {
    for engine in engines().await {
        let clock = Clock::System;
        let by = AccountId::generate(&clock);
        let draft = |text: &str| DraftRow {
            id: RuleSetId::generate(&clock),
            text: text.to_owned(),
            sha256: vec![1; 32],
            drafted_by: by,
            drafted_at: clock.now(),
        };
        let (one, two) = (draft("# One"), draft("# Two"));
        let mut tx = engine.db.begin().await.unwrap();
        for row in [&one, &two] {
            rule_sets::insert_draft(&mut tx, row).await.unwrap();
        }
        assert_eq!(rule_sets::open_drafts(&mut tx, 10).await.unwrap().len(), 2, "{}", engine.name);
        assert!(rule_sets::decide_draft(&mut tx, one.id, true, by, clock.now()).await.unwrap());
        assert!(!rule_sets::decide_draft(&mut tx, one.id, false, by, clock.now()).await.unwrap(), "{}", engine.name);
        assert!(rule_sets::open_draft(&mut tx, one.id).await.unwrap().is_none());
        assert_eq!(rule_sets::open_draft(&mut tx, two.id).await.unwrap().unwrap().text, "# Two");
        tx.commit().await.unwrap();
    }
}

/// Ten thousand recipients are one transaction and, beside the rows, nothing else: measured on PostgreSQL.
#[tokio::test]
async fn a_plan_of_ten_thousand_recipients_is_frozen_within_two_seconds() {
    for engine in engines().await {
        let clock = Clock::System;
        let case = stored(&engine.db, &clock, 1).await;
        let told: Vec<Told> = (0..10_000).map(|n| told(&partner(&clock, &format!("Unit {n:05}")), None)).collect();
        let mut tx = engine.db.begin().await.unwrap();
        let begun = std::time::Instant::now();
        freeze(&mut tx, &clock, case.id, 1, told).await;
        tx.commit().await.unwrap();
        let took = begun.elapsed();
        println!("{}: 10,000 recipients frozen in {took:?}", engine.name);
        assert!(took < std::time::Duration::from_secs(2), "{}: {took:?}", engine.name);
    }
}
