//! A case that was told to a thousand.

use audit::Deps;
use contracts::events::{AlertReleasedV1, DeliveryRecordedV1, NotificationAcknowledgedV1, PlanFrozenV1};
use contracts::{Event, Service};
use domain::codes::{AlertKind, Certainty, EvidenceKind, Pace, PartnerKind, Reach, Role, Share};
use domain::delivery::{DeliveryState, Outcome, Stage};
use domain::ids::{
    AccountId, AlertId, AnswerId, AttemptId, CaseId, ContactId, DeliveryId, PartnerId, PlanId, VerificationId,
};
use domain::plan::{Addressee, Basis, Exclusion, NotTold, Plan, Told};
use domain::{Clock, Label};
use serde_json::json;
use sqlx::types::Json;
use store::acknowledgements::{self, AcknowledgementRow};
use store::cases::{VerificationRow, insert_verification};
use store::deliveries::{self, DeliveryRow, Standing};
use store::identity::{self, NewAccountRow};
use store::{Tx, attempts, on_tx, outbox, plans};

use crate::System;

/// A thousand, as the figures are asked for.
pub const TOLD: usize = 1_000;

/// The case and what it lives in.
pub struct Large {
    /// Database, clock, ledger.
    pub system: System,
    /// The case.
    pub case_id: CaseId,
    /// The service's dependencies.
    pub deps: Deps,
}

impl Large {
    /// How many entries tell of it: each version's release and plan, its tries, its answers.
    pub fn entries(&self) -> i64 {
        i64::try_from(2 * (2 + TOLD + TOLD / 20 + TOLD.div_ceil(3))).unwrap()
    }
}

/// Registered, verified, told to `count` partners, updated, and all of it in the ledger.
pub async fn large(count: usize) -> Large {
    told(count, 2).await
}

/// The same with one version or two.
pub async fn told(count: usize, versions: usize) -> Large {
    let system = System::sqlite().await;
    let clock = system.clock.clone();
    let (case_id, officer, second) =
        (CaseId::generate(&clock), AccountId::generate(&clock), AccountId::generate(&clock));
    let mut tx = system.db.begin().await.unwrap();
    for (id, name) in [(officer, "Jean Dupont"), (second, "Maria Silva")] {
        let row = NewAccountRow {
            id,
            email: &format!("{}@desk.example", name.split(' ').next().unwrap()).to_lowercase().parse().unwrap(),
            name: &name.parse().unwrap(),
            role: Role::Officer,
            institution_id: None,
            password_hash: "x",
            created_at: clock.now(),
        };
        assert!(identity::create_account(&mut tx, &row).await.unwrap());
    }
    on_tx!(&mut tx, c => sqlx::query(
        "INSERT INTO cases (id, reference, institution_id, registered_by, registered_at, state, event, title, language,
             label, country, lost_earliest, lost_latest, updated_at)
         VALUES ($1, 'TOC-2026-000123', $2, $2, $3, 'active', 'theft', 'Statuette d’ancêtre de Pobé Mengao', 'fr',
             'TLP:AMBER', 'BF', '2026-01-01', '2026-01-02', $3)",
    )
    .bind(case_id).bind(officer).bind(clock.now()).execute(c).await.map(drop))
    .unwrap();
    let verification = VerificationRow {
        id: VerificationId::generate(&clock),
        certainty: Certainty::Likely,
        evidence: EvidenceKind::InventoryExtract,
        note: Some("Inventory card and a letter of the museum's director.".parse().unwrap()),
        verified_by: officer,
        verified_at: clock.now(),
    };
    insert_verification(&mut tx, case_id, &verification).await.unwrap();
    let partners: Vec<PartnerId> = (0..=count).map(|_| PartnerId::generate(&clock)).collect();
    let mut facts = Vec::new();
    for (version, kind) in [(1, AlertKind::Alert), (2, AlertKind::Update)].into_iter().take(versions) {
        // The last of the first version is not told again.
        let told = if version == 1 { &partners[..count] } else { &partners[1..] };
        facts.extend(release(&mut tx, &system, case_id, (officer, second), version, kind, told).await);
        system.hand.advance(std::time::Duration::from_secs(3_600));
    }
    tx.commit().await.unwrap();
    for batch in facts.chunks(500) {
        system.deliver(batch).await;
    }
    let deps = system.deps();
    Large { system, case_id, deps }
}

async fn record<E: Event>(tx: &mut Tx, service: Service, clock: &Clock, event: &E) -> contracts::Envelope {
    let id = outbox::record(tx, service, clock, event).await.unwrap();
    outbox::find(tx, id).await.unwrap().unwrap().into_envelope()
}

async fn release(
    tx: &mut Tx,
    system: &System,
    case_id: CaseId,
    (drafter, releaser): (AccountId, AccountId),
    version: i64,
    kind: AlertKind,
    partners: &[PartnerId],
) -> Vec<contracts::Envelope> {
    let clock = &system.clock;
    let (alert_id, plan_id) = (AlertId::generate(clock), PlanId::generate(clock));
    on_tx!(&mut *tx, c => sqlx::query(
        "INSERT INTO alerts (id, case_id, version, kind, state, reach, label, facts, content, drafted_by, drafted_at,
             released_by, released_at)
         VALUES ($1, $2, $3, $4, 'released', 'all', 'TLP:AMBER', $5, $5, $6, $8, $7, $8)",
    )
    .bind(alert_id).bind(case_id).bind(version).bind(kind).bind(Json(json!({}))).bind(drafter).bind(releaser)
    .bind(clock.now()).execute(c).await.map(drop))
    .unwrap();
    let plan = plan(clock, alert_id, partners);
    assert!(plans::freeze(tx, plan_id, case_id, &plan, clock).await.unwrap());
    deliveries::create_for_plan(tx, plan_id, clock, |_| Some(deliveries::Slot::at_once(clock.now()))).await.unwrap();
    let released = AlertReleasedV1 {
        alert_id,
        case_id,
        version,
        kind,
        reach: Reach::All,
        label: Label::Amber,
        content_sha256: "00".repeat(32),
        drafted_by: drafter,
        released_by: releaser,
    };
    let frozen = PlanFrozenV1 {
        plan_id,
        alert_id,
        case_id,
        rule_set_version: 3,
        directory_revision: 41,
        told: i64::try_from(plan.told.len()).unwrap(),
        held: 0,
        not_told: i64::try_from(plan.not_told.len()).unwrap(),
        plan_sha256: "11".repeat(32),
    };
    let mut facts =
        vec![record(tx, Service::Intake, clock, &released).await, record(tx, Service::Routing, clock, &frozen).await];
    let rows: Vec<(DeliveryId,)> = on_tx!(&mut *tx, c => sqlx::query_as(
        "SELECT id FROM deliveries WHERE plan_id = $1 ORDER BY address").bind(plan_id).fetch_all(c).await)
    .unwrap();
    for (place, (id,)) in rows.into_iter().enumerate() {
        system.hand.advance(std::time::Duration::from_secs(1));
        let row = deliveries::find(tx, id).await.unwrap().unwrap();
        settle(tx, clock, &row, place, &mut facts).await;
        if place % 3 == 0 {
            let answer = AcknowledgementRow {
                notification_id: row.notification_id,
                id: AnswerId::generate(clock),
                delivery_id: id,
                case_id,
                answered_by: "Cpt. Sawadogo".parse().unwrap(),
                note: None,
                acknowledged_at: clock.now(),
            };
            assert!(acknowledgements::insert(tx, &answer).await.unwrap());
            let DeliveryRow { notification_id, partner_id, .. } = row;
            let fact = NotificationAcknowledgedV1 { notification_id, delivery_id: id, case_id, partner_id };
            facts.push(record(tx, Service::Notifier, clock, &fact).await);
        }
    }
    facts
}

/// Most are accepted at once, some on the second try, a few never.
async fn settle(tx: &mut Tx, clock: &Clock, row: &DeliveryRow, place: usize, facts: &mut Vec<contracts::Envelope>) {
    let (id, case_id) = (row.id, row.case_id);
    let tries: &[(Outcome, &str)] = match place % 20 {
        7 => &[
            (Outcome::Deferred, "451 4.7.1 greylisted, try again in five minutes"),
            (Outcome::Accepted, "250 2.0.0 queued as 4F1aC"),
        ],
        13 => &[(Outcome::Refused, "550 5.1.1 no such user here")],
        _ => &[(Outcome::Accepted, "250 2.0.0 Ok: queued as 4bXy1z2Qp9")],
    };
    let refused = matches!(tries[tries.len() - 1].0, Outcome::Refused);
    let state = if refused { DeliveryState::Refused } else { DeliveryState::Accepted };
    let sha256 = vec![u8::try_from(place % 251).unwrap(); 32];
    for (number, (outcome, reply)) in (1..).zip(tries) {
        let attempt = AttemptId::generate(clock);
        attempts::begin(tx, attempt, id, number, false, clock.now()).await.unwrap();
        assert!(attempts::end(tx, attempt, *outcome, Stage::Message, Some(reply), clock.now()).await.unwrap());
        let fact = DeliveryRecordedV1 {
            delivery_id: id,
            notification_id: row.notification_id,
            alert_id: row.alert_id,
            case_id,
            partner_id: row.partner_id,
            share: row.share,
            attempt: number,
            outcome: *outcome,
            stage: Stage::Message,
            state: if *outcome == Outcome::Deferred { DeliveryState::Pending } else { state },
            mail_sha256: hex::encode(&sha256),
            reply_sha256: None,
            possible_repeat: false,
        };
        facts.push(record(tx, Service::Notifier, clock, &fact).await);
    }
    assert!(deliveries::move_on(tx, id, &Standing { state, due_at: None, reply: None }, clock.now()).await.unwrap());
    let message_id = format!("<{case_id}.{place}@alerts.example>");
    on_tx!(tx, c => sqlx::query("UPDATE deliveries SET message_id = $2, mail_sha256 = $3 WHERE id = $1")
        .bind(id).bind(message_id).bind(sha256).execute(c).await.map(drop))
    .unwrap();
}

fn plan(clock: &Clock, alert_id: AlertId, partners: &[PartnerId]) -> Plan {
    const NAMES: [(&str, PartnerKind, &str); 6] = [
        ("Office central de lutte contre le trafic des biens culturels", PartnerKind::Police, "ocbc"),
        ("International Council of Museums", PartnerKind::Ngo, "icom"),
        ("Министерство внутренних дел", PartnerKind::Police, "mvd"),
        ("وزارة السياحة والآثار", PartnerKind::Police, "antiquities"),
        ("国家文物局", PartnerKind::Police, "ncha"),
        ("World Customs Organization", PartnerKind::Igo, "wco"),
    ];
    let told = partners.iter().enumerate().map(|(place, id)| {
        let (name, kind, host) = NAMES[place % NAMES.len()];
        let full = kind != PartnerKind::Ngo;
        Told {
            partner_id: *id,
            name: format!("{name} {place}").parse().unwrap(),
            kind,
            share: if full { Share::Full } else { Share::ObjectData },
            label: if full { Label::Amber } else { Label::Green },
            languages: vec!["fr".parse().unwrap()],
            pace: Pace::AtOnce,
            acknowledge_within: None,
            acknowledged_by: domain::codes::AcknowledgedBy::Any,
            hold: None,
            basis: Basis::Rule {
                rule: "theft-police-of-the-place".to_owned(),
                because: "the police where it was lost must know at once".to_owned(),
                matched: vec!["scope BF covers BF".to_owned()],
            },
            addressees: vec![Addressee {
                contact_id: ContactId::generate(clock),
                address: format!("alerts-{place:04}@{host}.example").parse().unwrap(),
                person: None,
                role: domain::codes::ContactRole::Primary,
            }],
        }
    });
    let failed = "event looting is not in its mandate".to_owned();
    let not_told = (0..40).map(|place| NotTold {
        partner_id: PartnerId::generate(clock),
        name: format!("Institute of Pottery {place}").parse().unwrap(),
        kind: PartnerKind::Research,
        reason: Exclusion::NoRule { closest: Some("looting-research".to_owned()), failed: failed.clone() },
    });
    Plan { alert_id, rule_set_version: 3, directory_revision: 41, told: told.collect(), not_told: not_told.collect() }
}
