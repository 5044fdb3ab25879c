//! Frozen plans.

use domain::codes::{AlertKind, Pace, PartnerKind, Reach, Share};
use domain::ids::{AccountId, AlertId, CaseId, PlanId};
use domain::partner::Partner;
use domain::plan::{Addressee, Basis, EarlierTold, Exclusion, NotTold, Plan, Told};
use domain::{Clock, Label};
use sqlx::types::Json;
use store::{Tx, on_tx, plans};

use crate::cases::stored;
use crate::engines;
use crate::partners::partner;

fn plan(alert_id: AlertId, told: &[Partner], not_told: &[Partner]) -> Plan {
    let addressee = |contact: &domain::partner::Contact| Addressee {
        contact_id: contact.id,
        address: contact.address.clone(),
        person: contact.person.clone(),
        role: contact.role,
    };
    Plan {
        alert_id,
        rule_set_version: 3,
        directory_revision: 4,
        told: told
            .iter()
            .map(|partner| Told {
                partner_id: partner.id,
                name: partner.name.clone(),
                kind: partner.kind,
                share: Share::Full,
                label: Label::AmberStrict,
                languages: partner.languages.clone(),
                pace: Pace::AtOnce,
                acknowledge_within: Some(60),
                acknowledged_by: domain::codes::AcknowledgedBy::Any,
                hold: None,
                basis: Basis::ToldBefore { version: 1 },
                addressees: partner.contacts.iter().map(addressee).collect(),
            })
            .collect(),
        not_told: not_told
            .iter()
            .map(|partner| NotTold {
                partner_id: partner.id,
                name: partner.name.clone(),
                kind: partner.kind,
                reason: Exclusion::Reach { reach: Reach::Police },
            })
            .collect(),
    }
}

/// A released alert version, as far as plans look at one.
pub async fn alert(tx: &mut Tx, clock: &Clock, case_id: CaseId, version: i64) -> AlertId {
    let id = AlertId::generate(clock);
    let officer = AccountId::generate(clock);
    on_tx!(tx, c => sqlx::query(
        "INSERT INTO alerts (id, case_id, version, kind, state, reach, label, facts, content, drafted_by, drafted_at,
             released_by, released_at)
         VALUES ($1, $2, $3, $4, 'released', $5, $6, $7, $7, $8, $9, $8, $9)",
    )
    .bind(id)
    .bind(case_id)
    .bind(version)
    .bind(AlertKind::Alert)
    .bind(Reach::All)
    .bind(Label::Green)
    .bind(Json(serde_json::json!({})))
    .bind(officer)
    .bind(clock.now())
    .execute(c)
    .await
    .map(drop))
    .unwrap();
    id
}

fn earlier(partner: &Partner, version: i64) -> EarlierTold {
    EarlierTold { partner_id: partner.id, version, share: Share::Full }
}

async fn count(tx: &mut Tx, sql: &'static str) -> i64 {
    on_tx!(tx, c => sqlx::query_scalar(sql).fetch_one(c).await).unwrap()
}

#[tokio::test]
async fn a_plan_is_frozen_once_with_every_decision() {
    for engine in engines().await {
        let clock = Clock::System;
        let case = stored(&engine.db, &clock, 1).await;
        let partners: Vec<Partner> = (0..1_102).map(|n| partner(&clock, &format!("Unit {n:04}"))).collect();
        let (told, not_told) = partners.split_at(601);
        let mut tx = engine.db.begin().await.unwrap();
        let alert_id = alert(&mut tx, &clock, case.id, 1).await;
        let plan = plan(alert_id, told, not_told);
        assert!(plans::of_alert(&mut tx, alert_id).await.unwrap().is_none(), "{}", engine.name);
        assert!(plans::freeze(&mut tx, PlanId::generate(&clock), case.id, &plan, &clock).await.unwrap());
        tx.commit().await.unwrap();

        let mut tx = engine.db.begin().await.unwrap();
        let again = plans::freeze(&mut tx, PlanId::generate(&clock), case.id, &plan, &clock).await.unwrap();
        assert!(!again, "{}: an alert has one plan", engine.name);
        let row = plans::of_alert(&mut tx, alert_id).await.unwrap().unwrap();
        assert_eq!((row.told, row.not_told, row.rule_set_version, row.directory_revision), (601, 501, 3, 4));
        assert_eq!(count(&mut tx, "SELECT COUNT(*) FROM notifications").await, 601, "{}", engine.name);
        assert_eq!(count(&mut tx, "SELECT COUNT(*) FROM notification_addresses").await, 1_202, "{}", engine.name);
        let excluded = plans::exclusions(&mut tx, case.id).await.unwrap();
        assert_eq!(excluded.len(), 501, "{}", engine.name);
        assert_eq!((excluded[0].version, excluded[0].partner_kind), (1, PartnerKind::Police));
        assert_eq!(excluded[0].reason.0, Exclusion::Reach { reach: Reach::Police });
        tx.commit().await.unwrap();
    }
}

#[tokio::test]
async fn the_next_version_finds_who_heard_the_earlier_ones() {
    for engine in engines().await {
        let clock = Clock::System;
        let case = stored(&engine.db, &clock, 1).await;
        let other = stored(&engine.db, &clock, 2).await;
        let unit = partner(&clock, "Unit");
        let mut tx = engine.db.begin().await.unwrap();
        let (first, second) = (alert(&mut tx, &clock, case.id, 1).await, alert(&mut tx, &clock, case.id, 2).await);
        alert(&mut tx, &clock, other.id, 1).await;
        assert_eq!(plans::earlier_without_plan(&mut tx, case.id, 1).await.unwrap(), 0, "{}", engine.name);
        assert_eq!(plans::earlier_without_plan(&mut tx, case.id, 2).await.unwrap(), 1, "{}", engine.name);
        let told = std::slice::from_ref(&unit);
        let frozen = plan(first, told, &[]);
        assert!(plans::freeze(&mut tx, PlanId::generate(&clock), case.id, &frozen, &clock).await.unwrap());
        assert_eq!(plans::earlier_without_plan(&mut tx, case.id, 3).await.unwrap(), 1, "{}", engine.name);
        assert_eq!(plans::told_before(&mut tx, case.id, 2).await.unwrap(), [earlier(&unit, 1)]);
        assert!(plans::told_before(&mut tx, case.id, 1).await.unwrap().is_empty(), "{}", engine.name);
        assert!(plans::told_before(&mut tx, other.id, 9).await.unwrap().is_empty(), "{}", engine.name);
        let frozen = plan(second, told, &[]);
        assert!(plans::freeze(&mut tx, PlanId::generate(&clock), case.id, &frozen, &clock).await.unwrap());
        let both = plans::told_before(&mut tx, case.id, 3).await.unwrap();
        assert_eq!(both, [earlier(&unit, 1), earlier(&unit, 2)], "{}", engine.name);
        tx.commit().await.unwrap();
    }
}
