//! Who was told, who was not, and conservation.

use domain::codes::{AlertKind, Pace, PartnerKind, Share};
use domain::delivery::{DeliveryState, Outcome, Stage};
use domain::ids::{AccountId, AlertId, AnswerId, AttemptId, CaseId, ContactId, DeliveryId, PartnerId, PlanId};
use domain::plan::{Addressee, Basis, Exclusion, NotTold, Plan, Told};
use domain::{Clock, Label, Timestamp};
use sqlx::types::Json;
use store::acknowledgements::{self, AcknowledgementRow};
use store::deliveries::{self, Standing};
use store::reports::{self, Conservation};
use store::{Tx, attempts, on_tx, plans, reconciliations};

use crate::cases::{START, stored};
use crate::engines;

fn told(clock: &Clock, name: &str, addresses: &[&str]) -> Told {
    let addressee = |address: &&str| Addressee {
        contact_id: ContactId::generate(clock),
        address: address.parse().unwrap(),
        person: None,
        role: domain::codes::ContactRole::Primary,
    };
    Told {
        partner_id: PartnerId::generate(clock),
        name: name.parse().unwrap(),
        kind: PartnerKind::Police,
        share: Share::Full,
        label: Label::Amber,
        languages: vec!["fr".parse().unwrap()],
        pace: Pace::AtOnce,
        acknowledge_within: None,
        acknowledged_by: domain::codes::AcknowledgedBy::Any,
        hold: None,
        basis: Basis::ToldBefore { version: 1 },
        addressees: addresses.iter().map(addressee).collect(),
    }
}

async fn release(tx: &mut Tx, clock: &Clock, case_id: CaseId, version: i64) -> AlertId {
    let id = AlertId::generate(clock);
    let officer = AccountId::generate(clock);
    on_tx!(tx, c => sqlx::query(
        "INSERT INTO alerts (id, case_id, version, kind, state, reach, label, facts, content, drafted_by, drafted_at,
             released_by, released_at)
         VALUES ($1, $2, $3, $4, 'released', 'all', 'TLP:AMBER', $5, $5, $6, $7, $6, $7)",
    )
    .bind(id)
    .bind(case_id)
    .bind(version)
    .bind(AlertKind::Alert)
    .bind(Json(serde_json::json!({})))
    .bind(officer)
    .bind(clock.now())
    .execute(c)
    .await
    .map(drop))
    .unwrap();
    id
}

/// Two partners told at three addresses, one not told.
async fn frozen(tx: &mut Tx, clock: &Clock, case_id: CaseId) -> PlanId {
    let alert_id = release(tx, clock, case_id, 1).await;
    let reason = Exclusion::NoAddress;
    let not_told = NotTold {
        partner_id: PartnerId::generate(clock),
        name: "Silent Museum".parse().unwrap(),
        kind: PartnerKind::Ngo,
        reason,
    };
    let plan = Plan {
        alert_id,
        rule_set_version: 3,
        directory_revision: 8,
        told: vec![told(clock, "Bureau B", &["b@b.example", "a@b.example"]), told(clock, "Bureau A", &["a@a.example"])],
        not_told: vec![not_told],
    };
    let id = PlanId::generate(clock);
    assert!(plans::freeze(tx, id, case_id, &plan, clock).await.unwrap());
    id
}

async fn delivery(tx: &mut Tx, address: &str) -> DeliveryId {
    on_tx!(tx, c => sqlx::query_scalar("SELECT id FROM deliveries WHERE address = $1").bind(address).fetch_one(c).await)
        .unwrap()
}

#[tokio::test]
async fn the_report_tells_each_address_with_its_tries_and_its_acknowledgement() {
    for engine in engines().await {
        let (clock, _hand) = Clock::fixed(Timestamp::from_micros(START));
        let case = stored(&engine.db, &clock, 1).await;
        let mut tx = engine.db.begin().await.unwrap();
        assert!(reports::notified(&mut tx, case.id).await.unwrap().is_empty());
        let plan = frozen(&mut tx, &clock, case.id).await;
        release(&mut tx, &clock, case.id, 2).await;
        let before = reports::notified(&mut tx, case.id).await.unwrap();
        assert!(before.iter().all(|row| row.delivery_id.is_none() && row.state.is_none()), "{}", engine.name);

        deliveries::create_for_plan(&mut tx, plan, &clock, |_| Some(deliveries::Slot::at_once(clock.now())))
            .await
            .unwrap();
        let id = delivery(&mut tx, "a@a.example").await;
        for (number, outcome) in [(1, Outcome::Uncertain), (2, Outcome::Accepted)] {
            let attempt = AttemptId::generate(&clock);
            attempts::begin(&mut tx, attempt, id, number, number > 1, clock.now()).await.unwrap();
            attempts::end(&mut tx, attempt, outcome, Stage::Message, Some("250 ok"), clock.now()).await.unwrap();
        }
        let standing = Standing { state: DeliveryState::Accepted, due_at: None, reply: Some("250 ok") };
        assert!(deliveries::move_on(&mut tx, id, &standing, clock.now()).await.unwrap());
        let notification_id =
            before.iter().find(|row| row.address.to_string() == "a@a.example").unwrap().notification_id;
        let answer = AcknowledgementRow {
            notification_id,
            id: AnswerId::generate(&clock),
            delivery_id: id,
            case_id: case.id,
            answered_by: "A. Reader".parse().unwrap(),
            note: None,
            acknowledged_at: clock.now(),
        };
        assert!(acknowledgements::insert(&mut tx, &answer).await.unwrap());

        let rows = reports::notified(&mut tx, case.id).await.unwrap();
        let seen: Vec<_> = rows.iter().map(|row| (row.address.to_string(), row.state.unwrap())).collect();
        let expected = [
            ("a@a.example".to_owned(), DeliveryState::Accepted),
            ("a@b.example".to_owned(), DeliveryState::Pending),
            ("b@b.example".to_owned(), DeliveryState::Pending),
        ];
        assert_eq!(seen, expected, "{}: by partner, then address", engine.name);
        assert_eq!(rows[0].basis.0, Basis::ToldBefore { version: 1 });
        assert_eq!(rows[0].acknowledged_by, Some("A. Reader".parse().unwrap()), "{}", engine.name);
        assert_eq!((rows[1].acknowledged_at, rows[0].acknowledged_at), (None, Some(clock.now())));
        let tries = reports::attempts(&mut tx, case.id).await.unwrap();
        let told: Vec<_> = tries.iter().map(|row| (row.number, row.outcome, row.possible_repeat)).collect();
        assert_eq!(told, [(1, Some(Outcome::Uncertain), false), (2, Some(Outcome::Accepted), true)], "{}", engine.name);

        let one = reports::notification(&mut tx, rows[0].notification_id).await.unwrap().unwrap();
        assert_eq!((one.case_id, one.version, one.partner_id), (case.id, rows[0].version, rows[0].partner_id));
        // Asked by whoever got it, in any spelling of the address; and by whose case it is.
        let asked = async |tx: &mut Tx, who: &str| {
            let who = who.parse().unwrap();
            let (mails, cases) =
                (reports::sent_to(tx, &who, 9).await.unwrap(), reports::cases_of(tx, &who, 9).await.unwrap());
            (mails.len(), cases.iter().map(|row| row.told).collect::<Vec<_>>())
        };
        let partners: std::collections::BTreeSet<_> = rows.iter().map(|row| row.partner_id).collect();
        let by_name = rows.iter().filter(|row| row.partner_name == rows[0].partner_name).count();
        let address = rows[0].address.to_string().to_uppercase();
        let by_address = rows.iter().filter(|row| row.address == rows[0].address).count();
        assert_eq!(asked(&mut tx, &address).await, (by_address, vec![]), "{}", engine.name);
        assert_eq!(asked(&mut tx, rows[0].partner_name.as_str()).await, (by_name, vec![]), "{}", engine.name);
        let told = i64::try_from(partners.len()).unwrap();
        assert_eq!(asked(&mut tx, &case.reference.to_string()).await, (0, vec![told]), "{}", engine.name);
        assert_eq!(asked(&mut tx, "nobody").await, (0, vec![]), "{}", engine.name);
        let versions = reports::versions(&mut tx, case.id).await.unwrap();
        let seen: Vec<_> =
            versions.iter().map(|row| (row.version, row.told, row.not_told, row.rule_set_version)).collect();
        assert_eq!(seen, [(2, None, None, None), (1, Some(2), Some(1), Some(3))], "{}", engine.name);
    }
}

#[tokio::test]
async fn conservation_counts_every_address_once_and_shows_a_mail_outside_a_plan() {
    for engine in engines().await {
        let (clock, _hand) = Clock::fixed(Timestamp::from_micros(START));
        let case = stored(&engine.db, &clock, 1).await;
        let mut tx = engine.db.begin().await.unwrap();
        let nothing = reports::conservation(&mut tx, None).await.unwrap();
        assert!(nothing == Conservation::default() && nothing.holds(), "{}", engine.name);
        let plan = frozen(&mut tx, &clock, case.id).await;
        let planned = reports::conservation(&mut tx, Some(plan)).await.unwrap();
        assert_eq!(
            planned,
            Conservation { told: 3, pending: 3, unmade: 3, ..Conservation::default() },
            "{}",
            engine.name
        );

        deliveries::create_for_plan(&mut tx, plan, &clock, |_| Some(deliveries::Slot::at_once(clock.now())))
            .await
            .unwrap();
        let states = [("a@a.example", DeliveryState::Accepted), ("a@b.example", DeliveryState::Refused)];
        for (address, state) in states {
            let id = delivery(&mut tx, address).await;
            let standing = Standing { state, due_at: None, reply: None };
            assert!(deliveries::move_on(&mut tx, id, &standing, clock.now()).await.unwrap());
        }
        let sent = Conservation { told: 3, accepted: 1, refused: 1, pending: 1, ..Conservation::default() };
        for asked in [None, Some(plan)] {
            assert_eq!(reports::conservation(&mut tx, asked).await.unwrap(), sent, "{}", engine.name);
        }
        assert!(sent.holds());
        let other = reports::conservation(&mut tx, Some(PlanId::generate(&clock))).await.unwrap();
        assert_eq!(other, Conservation::default(), "{}: another plan", engine.name);

        let stray = "UPDATE deliveries SET address = 'stranger@x.example' WHERE address = 'a@a.example'";
        on_tx!(&mut tx, c => sqlx::query(stray).execute(c).await.map(drop)).unwrap();
        let outside = reports::conservation(&mut tx, None).await.unwrap();
        assert_eq!((outside.outside, outside.holds()), (1, false), "{}", engine.name);
        on_tx!(&mut tx, c => sqlx::query("UPDATE plans SET told = 9").execute(c).await.map(drop)).unwrap();
        assert_eq!(reports::conservation(&mut tx, Some(plan)).await.unwrap().torn, 1, "{}", engine.name);
    }
}

#[tokio::test]
async fn a_mail_that_names_a_plan_is_found_whatever_case_it_is_under() {
    for engine in engines().await {
        let (clock, hand) = Clock::fixed(Timestamp::from_micros(START));
        let case = stored(&engine.db, &clock, 1).await;
        let mut tx = engine.db.begin().await.unwrap();
        let plan = frozen(&mut tx, &clock, case.id).await;
        deliveries::create_for_plan(&mut tx, plan, &clock, |_| Some(deliveries::Slot::at_once(clock.now())))
            .await
            .unwrap();
        hand.advance(std::time::Duration::from_secs(1));
        assert_eq!(reconciliations::torn_plans(&mut tx, clock.now(), 10).await.unwrap(), [], "{}", engine.name);
        for (more, case_id) in [(1, case.id), (2, CaseId::generate(&clock))] {
            let stray = "INSERT INTO deliveries (id, notification_id, plan_id, alert_id, case_id, partner_id, address, domain,
                             state, due_at, created_at)
                         SELECT $1, notification_id, plan_id, alert_id, $2, partner_id, $3, domain, state, due_at, created_at
                         FROM deliveries WHERE address = 'a@a.example'";
            on_tx!(&mut tx, c => sqlx::query(stray).bind(DeliveryId::generate(&clock)).bind(case_id)
                .bind(format!("stranger{more}@x.example")).execute(c).await.map(drop))
            .unwrap();
            let torn = reconciliations::torn_plans(&mut tx, clock.now(), 10).await.unwrap();
            let sums: Vec<_> = torn.iter().map(|sums| (sums.id, sums.told, sums.made, sums.deliveries)).collect();
            assert_eq!(sums, [(plan, torn[0].told, 3, 3 + more)], "{}", engine.name);
        }
    }
}

#[tokio::test]
async fn what_waits_for_a_person_is_counted() {
    for engine in engines().await {
        let (clock, _hand) = Clock::fixed(Timestamp::from_micros(START));
        let case = stored(&engine.db, &clock, 1).await;
        let mut tx = engine.db.begin().await.unwrap();
        let plan = frozen(&mut tx, &clock, case.id).await;
        deliveries::create_for_plan(&mut tx, plan, &clock, |_| Some(deliveries::Slot::at_once(clock.now())))
            .await
            .unwrap();
        let ids = deliveries::of_plan(&mut tx, plan).await.unwrap();
        for (id, state) in ids.iter().zip([DeliveryState::Held, DeliveryState::Refused, DeliveryState::Expired]) {
            let standing = Standing { state, due_at: None, reply: None };
            assert!(deliveries::move_on(&mut tx, *id, &standing, clock.now()).await.unwrap(), "{}", engine.name);
        }
        let waiting = reports::waiting(&mut tx).await.unwrap();
        let expected = reports::Waiting { submitted: 1, drafts: 0, held: 1, unreached: 2, parked: 0 };
        assert_eq!(waiting, expected, "{}", engine.name);
        tx.commit().await.unwrap();
    }
}
