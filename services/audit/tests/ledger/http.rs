//! The API and the pages, through the whole rim of the site.

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE};
use axum::http::{Request, StatusCode};
use domain::codes::{AlertKind, Pace, PartnerKind, Role, Share};
use domain::delivery::{DeliveryState, Outcome, Stage};
use domain::ids::{
    AccountId, AlertId, AnswerId, AttemptId, CaseId, ContactId, DeliveryId, EventId, PartnerId, PlanId, TokenId,
};
use domain::plan::{Addressee, Basis, Exclusion, NotTold, Plan, Told};
use domain::{Clock, Label};
use serde_json::{Value, json};
use sqlx::types::Json;
use store::acknowledgements::{self, AcknowledgementRow};
use store::deliveries::{self, Standing};
use store::identity::{self, NewAccountRow, NewTokenRow};
use store::{Tx, attempts, inbox, on_tx, plans};
use tower::ServiceExt as _;
use web::{AppOptions, Auth};

use crate::System;

struct Site {
    system: System,
    app: Router,
    case_id: CaseId,
    auditor: String,
    reporter: String,
    admin: String,
}

async fn account(tx: &mut Tx, clock: &Clock, role: Role) -> String {
    let id = AccountId::generate(clock);
    let institution_id = if role == Role::Reporter {
        let name = "National Museum".parse().unwrap();
        let institution = domain::ids::InstitutionId::generate(clock);
        Some(identity::find_or_create_institution(tx, institution, &name, None, clock.now()).await.unwrap())
    } else {
        None
    };
    let row = NewAccountRow {
        id,
        email: &format!("{role}@desk.example").parse().unwrap(),
        name: &"Ada Auditor".parse().unwrap(),
        role,
        institution_id,
        password_hash: "x",
        created_at: clock.now(),
    };
    assert!(identity::create_account(tx, &row).await.unwrap());
    let (token, hash) = web::token::generate();
    let row = NewTokenRow {
        id: TokenId::generate(clock),
        account_id: id,
        token_hash: &hash,
        name: &"test".parse().unwrap(),
        created_at: clock.now(),
        expires_at: None,
    };
    identity::issue_token(tx, &row).await.unwrap();
    token
}

/// The token of an auditor of a system without a site.
pub async fn auditor(system: &System) -> String {
    let mut tx = system.db.begin().await.unwrap();
    let token = account(&mut tx, &system.clock, Role::Auditor).await;
    tx.commit().await.unwrap();
    token
}

fn plan(clock: &Clock, alert_id: AlertId) -> Plan {
    let told = |name: &str, kind, share, label, address: &str| Told {
        partner_id: PartnerId::generate(clock),
        name: name.parse().unwrap(),
        kind,
        share,
        label,
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
            address: address.parse().unwrap(),
            person: None,
            role: domain::codes::ContactRole::Primary,
        }],
    };
    let failed = "event looting is not in its mandate".to_owned();
    Plan {
        alert_id,
        rule_set_version: 1,
        directory_revision: 4,
        told: vec![
            told("=cmd Police nationale", PartnerKind::Police, Share::Full, Label::Amber, "a@police.example"),
            told(
                "International Council of Museums",
                PartnerKind::Ngo,
                Share::ObjectData,
                Label::Green,
                "b@ngo.example",
            ),
            told("World Customs Organization", PartnerKind::Igo, Share::Full, Label::Amber, "c@igo.example"),
        ],
        not_told: vec![NotTold {
            partner_id: PartnerId::generate(clock),
            name: "Institute <of> Pottery".parse().unwrap(),
            kind: PartnerKind::Research,
            reason: Exclusion::NoRule { closest: Some("looting-research".to_owned()), failed },
        }],
    }
}

async fn deliver(
    tx: &mut Tx,
    clock: &Clock,
    address: &str,
    tries: &[(Outcome, &str)],
    state: DeliveryState,
) -> DeliveryId {
    let found = on_tx!(tx, c => sqlx::query_scalar("SELECT id FROM deliveries WHERE address = $1").bind(address).fetch_one(c).await);
    let id: DeliveryId = found.unwrap();
    for (number, (outcome, reply)) in (1..).zip(tries) {
        let attempt = AttemptId::generate(clock);
        attempts::begin(tx, attempt, id, number, number > 1, clock.now()).await.unwrap();
        assert!(attempts::end(tx, attempt, *outcome, Stage::Message, Some(reply), clock.now()).await.unwrap());
    }
    let due_at = matches!(state, DeliveryState::Uncertain).then(|| clock.now());
    assert!(deliveries::move_on(tx, id, &Standing { state, due_at, reply: None }, clock.now()).await.unwrap());
    id
}

async fn site() -> Site {
    let system = System::sqlite().await;
    system.enter(12).await;
    let clock = system.clock.clone();
    let mut tx = system.db.begin().await.unwrap();
    let auditor = account(&mut tx, &clock, Role::Auditor).await;
    let reporter = account(&mut tx, &clock, Role::Reporter).await;
    let admin = account(&mut tx, &clock, Role::Admin).await;
    let (case_id, officer) = (CaseId::generate(&clock), AccountId::generate(&clock));
    on_tx!(&mut tx, c => sqlx::query(
        "INSERT INTO cases (id, reference, institution_id, registered_by, registered_at, state, event, title, language,
             label, country, lost_earliest, lost_latest, updated_at)
         VALUES ($1, 'TOC-2026-000001', $2, $2, $3, 'active', 'theft', 'T', 'fr', 'TLP:AMBER', 'BF', '2026-01-01',
             '2026-01-02', $3)",
    )
    .bind(case_id).bind(officer).bind(clock.now()).execute(c).await.map(drop))
    .unwrap();
    let alert_id = AlertId::generate(&clock);
    on_tx!(&mut tx, c => sqlx::query(
        "INSERT INTO alerts (id, case_id, version, kind, state, reach, label, facts, content, drafted_by, drafted_at,
             released_by, released_at)
         VALUES ($1, $2, 1, $3, 'released', 'all', 'TLP:AMBER', $4, $4, $5, $6, $5, $6)",
    )
    .bind(alert_id).bind(case_id).bind(AlertKind::Alert).bind(Json(json!({}))).bind(officer).bind(clock.now())
    .execute(c).await.map(drop))
    .unwrap();
    let plan_id = PlanId::generate(&clock);
    assert!(plans::freeze(&mut tx, plan_id, case_id, &plan(&clock, alert_id), &clock).await.unwrap());
    deliveries::create_for_plan(&mut tx, plan_id, &clock, |_| Some(deliveries::Slot::at_once(clock.now())))
        .await
        .unwrap();
    let tries =
        [(Outcome::Uncertain, "connection lost after the final dot"), (Outcome::Accepted, "250 2.0.0 queued as 4F1")];
    let first = deliver(&mut tx, &clock, "a@police.example", &tries, DeliveryState::Accepted).await;
    let tries = [(Outcome::Refused, "550 5.1.1 <script>alert(1)</script> unknown user")];
    deliver(&mut tx, &clock, "b@ngo.example", &tries, DeliveryState::Refused).await;
    let found = deliveries::find(&mut tx, first).await.unwrap().map(|row| row.notification_id);
    let row = AcknowledgementRow {
        notification_id: found.unwrap(),
        id: AnswerId::generate(&clock),
        delivery_id: first,
        case_id,
        answered_by: "Cpt. Sawadogo".parse().unwrap(),
        note: None,
        acknowledged_at: clock.now(),
    };
    assert!(acknowledgements::insert(&mut tx, &row).await.unwrap());
    inbox::park(
        &mut tx,
        "routing.plan",
        EventId::generate(&clock),
        "alert.released.v9",
        "is not alert.released.v1",
        clock.now(),
    )
    .await
    .unwrap();
    tx.commit().await.unwrap();
    let deps = system.deps();
    let auth = Auth { db: system.db.clone(), clock };
    let app = web::app(vec![audit::routes(&deps).finish().0], &AppOptions::new(auth));
    Site { system, app, case_id, auditor, reporter, admin }
}

impl Site {
    async fn send(&self, request: Request<Body>) -> (StatusCode, String, String) {
        let response = self.app.clone().oneshot(request).await.unwrap();
        let kind = response.headers().get(CONTENT_TYPE).map(|value| value.to_str().unwrap().to_owned());
        let status = response.status();
        let body = to_bytes(response.into_body(), 1 << 22).await.unwrap();
        (status, kind.unwrap_or_default(), String::from_utf8(body.to_vec()).unwrap())
    }

    async fn get(&self, token: &str, path: &str) -> (StatusCode, String, String) {
        let request = Request::get(path).header(AUTHORIZATION, format!("Bearer {token}"));
        self.send(request.body(Body::empty()).unwrap()).await
    }
}

#[tokio::test]
async fn who_was_told_is_answered_with_tries_replies_and_reasons() {
    let site = site().await;
    let path = format!("/api/v1/cases/{}/notified", site.case_id);
    let (status, kind, body) = site.get(&site.auditor, &path).await;
    assert_eq!((status, kind.as_str()), (StatusCode::OK, "application/json"), "{body}");
    let view: Value = serde_json::from_str(&body).unwrap();
    assert_eq!(view["reference"], "TOC-2026-000001");
    assert_eq!(view["versions"][0]["told"], 3);
    let line = &view["notified"][0];
    assert_eq!(line["partner"], "=cmd Police nationale");
    assert_eq!((&line["share"], &line["outcome"]), (&json!("full"), &json!("accepted")));
    assert_eq!(line["attempts"][1]["reply"], "250 2.0.0 queued as 4F1");
    assert_eq!(line["attempts"][1]["possible_repeat"], true);
    assert_eq!(line["acknowledged_by"], "Cpt. Sawadogo");
    assert_eq!(view["notified"][2]["outcome"], "pending");
    assert!(line["basis"].as_str().unwrap().contains("scope BF covers BF"));

    let (status, _, body) = site.get(&site.auditor, &path.replace("/notified", "/not-notified")).await;
    assert_eq!(status, StatusCode::OK);
    let view: Value = serde_json::from_str(&body).unwrap();
    assert_eq!(view["not_notified"][0]["code"], "no_rule");
}

#[tokio::test]
async fn the_same_comes_as_csv_that_no_spreadsheet_runs() {
    let site = site().await;
    let path = format!("/api/v1/cases/{}/notified", site.case_id);
    let (status, _, words) = site.get(&site.auditor, &format!("{path}?format=csv")).await;
    assert_eq!(status, StatusCode::BAD_REQUEST);
    assert!(words.contains("needs a reason"), "{words}");
    let (status, kind, by_query) = site.get(&site.auditor, &format!("{path}?format=csv&reason=court+17")).await;
    assert_eq!((status, kind.as_str()), (StatusCode::OK, "text/csv; charset=utf-8"));
    let request = Request::get(format!("{path}?reason=court+17"))
        .header(ACCEPT, "text/csv")
        .header(AUTHORIZATION, format!("Bearer {}", site.auditor));
    let (_, _, by_header) = site.send(request.body(Body::empty()).unwrap()).await;
    assert_eq!(by_query, by_header);
    assert_eq!(by_query.lines().count(), 1 + 2 + 1 + 1, "a head, two tries, one try, none yet");
    assert!(by_query.contains(",'=cmd Police nationale,"));
    let (status, ..) = site.get(&site.auditor, &format!("{path}?format=pdf")).await;
    assert_eq!(status, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn only_those_who_audit_may_ask_and_an_unknown_case_is_not_found() {
    let site = site().await;
    for what in ["notified", "not-notified"] {
        let path = format!("/api/v1/cases/{}/{what}", site.case_id);
        assert_eq!(site.get(&site.reporter, &path).await.0, StatusCode::FORBIDDEN, "{what}");
        assert_eq!(site.get("tocsin_nobody", &path).await.0, StatusCode::UNAUTHORIZED, "{what}");
        let unknown = format!("/api/v1/cases/{}/{what}", CaseId::generate(&site.system.clock));
        assert_eq!(site.get(&site.auditor, &unknown).await.0, StatusCode::NOT_FOUND, "{what}");
    }
    assert_eq!(site.get(&site.auditor, "/parked").await.0, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn anybody_gets_the_checkpoint_and_an_auditor_the_proof_of_an_entry() {
    let site = site().await;
    let request = Request::get("/api/v1/ledger/checkpoint").body(Body::empty()).unwrap();
    let (status, _, note) = site.send(request).await;
    assert_eq!(status, StatusCode::OK);
    let signed = note.parse::<audit::Note>().unwrap().open(&site.system.verifier()).unwrap();
    assert_eq!(signed.size, 12);
    let mut tx = site.system.db.read().await.unwrap();
    let entry = store::ledger::entries(&mut tx, 5, 1).await.unwrap().remove(0).entry;
    let (status, _, body) = site.get(&site.auditor, &format!("/api/v1/ledger/proof/{}", entry.event_id)).await;
    assert_eq!(status, StatusCode::OK, "{body}");
    let view: Value = serde_json::from_str(&body).unwrap();
    let bytes = |text: &Value| -> [u8; 32] { hex::decode(text.as_str().unwrap()).unwrap().try_into().unwrap() };
    let path: Vec<_> = view["path"].as_array().unwrap().iter().map(bytes).collect();
    let leaf = audit::merkle::leaf_hash(view["line"].as_str().unwrap().as_bytes());
    assert_eq!(leaf, bytes(&view["leaf"]));
    assert_eq!(audit::merkle::verify_inclusion(&leaf, 5, 12, &path, &signed.root), Ok(()));
}

#[tokio::test]
async fn every_look_and_every_copy_is_recorded_with_person_time_and_reason() {
    let site = site().await;
    let looks = async || {
        let mut tx = site.system.db.read().await.unwrap();
        let rows: Vec<(CaseId, Json<Value>)> = on_tx!(&mut tx, c => sqlx::query_as(
            "SELECT case_id, data FROM outbox WHERE kind = 'case.read.v1' ORDER BY id").fetch_all(c).await)
        .unwrap();
        assert!(rows.iter().all(|(id, _)| *id == site.case_id));
        rows.into_iter().map(|(_, Json(data))| (data["what"].clone(), data["reason"].clone())).collect::<Vec<_>>()
    };
    let case = site.case_id;
    for (path, status) in [
        (format!("/cases/{case}/notified"), StatusCode::OK),
        (format!("/api/v1/cases/{case}/notified"), StatusCode::OK),
        (format!("/api/v1/cases/{case}/not-notified?format=csv&reason=court+17"), StatusCode::OK),
        (format!("/api/v1/cases/{case}/evidence"), StatusCode::BAD_REQUEST),
        (format!("/api/v1/cases/{case}/evidence?reason=court+17"), StatusCode::OK),
    ] {
        let (got, _, body) = site.get(&site.auditor, &path).await;
        assert_eq!(got, status, "{path}: {body}");
    }
    site.get(&site.reporter, &format!("/cases/{case}/notified")).await;
    let words = |what: &str, reason: Value| (json!(what), reason);
    // In no order: all of them happened at one moment of a clock that stands still.
    let mut looked = looks().await;
    looked.sort_by_key(|(what, _)| what.to_string());
    assert_eq!(
        looked,
        [
            words("evidence", json!("court 17")),
            words("export", json!("court 17")),
            words("notified", Value::Null),
            words("notified", Value::Null),
        ]
    );
}

#[tokio::test]
async fn who_got_what_is_answered_with_a_reason_that_is_recorded_for_each_case() {
    let site = site().await;
    let post = async |token: &str, body: &str| {
        let request = Request::post("/who-got-what")
            .header(AUTHORIZATION, format!("Bearer {token}"))
            .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(Body::from(body.to_owned()));
        site.send(request.unwrap()).await
    };
    assert_eq!(site.get(&site.auditor, "/who-got-what").await.0, StatusCode::OK);
    assert_eq!(post(&site.reporter, "who=x&reason=y").await.0, StatusCode::FORBIDDEN);
    let (status, _, page) = post(&site.auditor, "who=a%40police.example&reason=").await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(page.contains("a@police.example") && page.contains("Please look at 1 field"), "{page}");
    let (status, _, page) = post(&site.auditor, "who=A%40POLICE.example&reason=they+asked").await;
    assert_eq!(status, StatusCode::OK, "{page}");
    for words in ["=cmd Police nationale", "TOC-2026-000001, version 1", "Accepted", "/evidence"] {
        assert!(page.contains(words), "{words}: {page}");
    }
    let (_, _, page) = post(&site.auditor, "who=somebody+else&reason=they+asked").await;
    assert!(page.matches("Not found").count() == 2, "{page}");
    let mut tx = site.system.db.read().await.unwrap();
    let rows: Vec<(CaseId, Json<Value>)> = on_tx!(&mut tx, c => sqlx::query_as(
        "SELECT case_id, data FROM outbox WHERE kind = 'case.read.v1'").fetch_all(c).await)
    .unwrap();
    assert_eq!(rows.len(), 1, "what was not found was not looked at");
    assert_eq!((rows[0].0, &rows[0].1["reason"]), (site.case_id, &json!("they asked")));
}

#[tokio::test]
async fn whoever_looks_at_a_meeting_pack_is_recorded_and_paper_needs_a_reason() {
    let site = site().await;
    let looks = async || {
        let mut tx = site.system.db.read().await.unwrap();
        let rows: Vec<Json<Value>> = on_tx!(&mut tx, c => sqlx::query_scalar(
            "SELECT data FROM outbox WHERE kind = 'pack.read.v1' ORDER BY id").fetch_all(c).await)
        .unwrap();
        rows.into_iter().map(|Json(data)| (data["to_entry"].clone(), data["reason"].clone())).collect::<Vec<_>>()
    };
    let (status, _, page) = site.get(&site.auditor, "/meeting-pack?from=2&to=9").await;
    assert_eq!(status, StatusCode::OK, "{page}");
    assert!(page.contains("Computed from ledger entries 2 to 8"), "{page}");
    assert_eq!(looks().await, [(json!(9), Value::Null)]);
    let (status, ..) = site.get(&site.reporter, "/meeting-pack").await;
    assert_eq!(status, StatusCode::FORBIDDEN);
    #[cfg(feature = "pdf")]
    {
        let (status, _, words) = site.get(&site.auditor, "/meeting-pack.pdf?from=2&to=9").await;
        assert_eq!(status, StatusCode::BAD_REQUEST);
        assert!(words.contains("needs a reason"), "{words}");
        let request = Request::get("/meeting-pack.pdf?from=2&to=9&reason=Meeting+of+1970")
            .header(AUTHORIZATION, format!("Bearer {}", site.auditor));
        let answer = site.app.clone().oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
        assert_eq!(
            (answer.status(), &answer.headers()[CONTENT_TYPE]),
            (StatusCode::OK, &"application/pdf".parse().unwrap())
        );
        assert!(looks().await.contains(&(json!(9), json!("Meeting of 1970"))));
    }
}

#[tokio::test]
async fn the_evidence_says_everything_and_proves_itself_to_both_verifiers() {
    let site = site().await;
    let mut tx = site.system.db.begin().await.unwrap();
    let rows = store::reports::notified(&mut tx, site.case_id).await.unwrap();
    let told = rows.iter().find(|row| row.delivery_id.is_some()).unwrap();
    let (delivery_id, notification_id) = (told.delivery_id.unwrap(), told.notification_id);
    let mail = b"From: desk@x.example\r\nMessage-ID: <one@x.example>\r\n\r\nThe bell.\r\n";
    let hash = hex::encode(<sha2::Sha256 as sha2::Digest>::digest(mail));
    let fact = contracts::events::DeliveryRecordedV1 {
        delivery_id,
        notification_id,
        alert_id: AlertId::generate(&site.system.clock),
        case_id: site.case_id,
        partner_id: told.partner_id,
        share: Share::Full,
        attempt: 1,
        outcome: Outcome::Accepted,
        stage: Stage::Message,
        state: DeliveryState::Accepted,
        mail_sha256: hash,
        reply_sha256: None,
        possible_repeat: false,
    };
    let id = store::outbox::record(&mut tx, contracts::Service::Notifier, &site.system.clock, &fact).await.unwrap();
    let row = store::outbox::find(&mut tx, id).await.unwrap().unwrap();
    tx.commit().await.unwrap();
    site.system.deliver(&[row.into_envelope()]).await;

    let (status, _, body) = site.get(&site.auditor, &format!("/api/v1/cases/{}/evidence?reason=x", site.case_id)).await;
    assert_eq!(status, StatusCode::OK, "{body}");
    let view: Value = serde_json::from_str(&body).unwrap();
    assert_eq!(view["case"]["reference"], "TOC-2026-000001");
    let version = &view["versions"][0];
    assert_eq!((version["told"].as_array().unwrap().len(), version["not_told"].as_array().unwrap().len()), (3, 1));
    assert_eq!(version["version"]["rule_set_version"], 1);
    let path = format!("/api/v1/notifications/{notification_id}/evidence?reason=x");
    let of_one: Value = serde_json::from_str(&site.get(&site.auditor, &path).await.2).unwrap();
    let version = &of_one["versions"][0];
    assert_eq!((version["told"].as_array().unwrap().len(), version["not_told"].as_array().unwrap().len()), (1, 0));
    assert_eq!(
        (&of_one["about"], &of_one["entries"][0]["kind"]),
        (&json!(notification_id), &json!("delivery.recorded.v1"))
    );
    // The same as a table, and as pages that say the same.
    let (status, kind, table) = site.get(&site.auditor, &format!("{path}&format=csv")).await;
    assert_eq!((status, kind.as_str()), (StatusCode::OK, "text/csv; charset=utf-8"));
    assert_eq!(table.lines().count(), 1 + version["told"][0]["attempts"].as_array().unwrap().len().max(1), "{table}");
    let of_case = format!("/api/v1/cases/{}/evidence?reason=x&format=csv", site.case_id);
    let (_, _, table) = site.get(&site.auditor, &of_case).await;
    assert!(table.contains("not_told") && table.contains("looting-research"), "{table}");
    for page in [format!("/cases/{}/evidence", site.case_id), format!("/notifications/{notification_id}/evidence")] {
        let (status, _, page) = site.get(&site.auditor, &page).await;
        assert_eq!(status, StatusCode::OK, "{page}");
        for words in ["rule set 1 over directory revision 4", "scope BF covers BF", "Take a copy", "Verifier key"] {
            assert!(page.contains(words), "{words}: {page}");
        }
    }

    let (status, _, proof) = site.get(&site.auditor, &format!("/api/v1/deliveries/{delivery_id}/proof?reason=x")).await;
    assert_eq!(status, StatusCode::OK, "{proof}");
    let folder = tempfile::tempdir().unwrap();
    let put = |name: &str, bytes: &[u8]| {
        let path = folder.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        path
    };
    let file = put("proof.json", proof.as_bytes());
    let saved = put("mail.eml", &[b"Received: by mx\n".as_slice(), mail].concat());
    let other = put("other.eml", b"From: desk@x.example\r\n\r\nAnother bell.\r\n");
    let flag = std::path::Path::new;
    let keys = [site.system.verifier()];
    for (mail, holds) in [(&saved, true), (&other, false)] {
        let bytes = std::fs::read(mail).unwrap();
        let said = audit::verify::verify_proof(proof.as_bytes(), &keys, Some(&bytes), &[]).unwrap();
        assert_eq!(said.holds(), holds, "{:?}", said.sentences());
        let (good, text) = crate::copies::python(&[flag("--proof"), &file, flag("--mail"), mail]);
        assert_eq!(good, holds, "{text}");
    }
    // A word changed anywhere, and it proves nothing.
    let at = proof.find("accepted\\\"").unwrap();
    let changed = format!("{}refused_{}", &proof[..at], &proof[at + 8..]);
    assert!(!audit::verify::verify_proof(changed.as_bytes(), &keys, None, &[]).unwrap().holds());
    let file = put("changed.json", changed.as_bytes());
    assert!(!crate::copies::python(&[flag("--proof"), &file]).0);
}

#[tokio::test]
async fn anybody_can_mirror_the_ledger_and_a_rewind_of_the_server_shows() {
    let site = site().await;
    site.system.enter(300).await;
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let from = format!("http://{}/ledger/", listener.local_addr().unwrap());
    let mut serving = tokio::task::JoinSet::new();
    let app = site.app.clone();
    serving.spawn(async move { axum::serve(listener, app).await.unwrap() });
    let folder = tempfile::tempdir().unwrap();
    let http = audit::Http::default();
    assert_eq!(audit::mirror(&http, &from, folder.path()).await.unwrap(), 312);
    site.system.enter(300).await;
    assert_eq!(audit::mirror(&http, &from, folder.path()).await.unwrap(), 612);
    let report = audit::verify::verify_folder(folder.path(), &[site.system.verifier()], &[]).unwrap();
    assert!(report.holds() && report.checkpoints == 3, "{:?}", report.sentences());
    assert!(crate::copies::python(&[folder.path()]).0);
    let answer =
        site.app.clone().oneshot(Request::get("/ledger/tile/0/001").body(Body::empty()).unwrap()).await.unwrap();
    assert_eq!(answer.headers()["cache-control"], "public, max-age=31536000, immutable");
    assert_eq!(to_bytes(answer.into_body(), 1 << 16).await.unwrap().len(), 8192);
    for missing in ["0/003", "0/002.p/101", "3/000.p/1", "entries/002", "x/y"] {
        let request = Request::get(format!("/ledger/tile/{missing}")).body(Body::empty()).unwrap();
        assert_eq!(site.send(request).await.0, StatusCode::NOT_FOUND, "{missing}");
    }
    let (_, _, proof) = site.get(&site.auditor, "/api/v1/ledger/consistency?old=312&new=612").await;
    let proof: Value = serde_json::from_str(&proof).unwrap();
    assert!(!proof["path"].as_array().unwrap().is_empty());
    site.system.disable_triggers().await;
    let cut = "DELETE FROM checkpoints WHERE size > 312; DELETE FROM ledger WHERE position >= 312; UPDATE ledger_head SET size = 312";
    site.system.sql(cut).await.unwrap();
    let refused = audit::mirror(&http, &from, folder.path()).await.unwrap_err();
    assert!(refused.to_string().contains("ALARM"), "{refused}");
}

#[tokio::test]
async fn differences_are_tasks_that_an_administrator_closes_with_a_reason() {
    let site = site().await;
    site.system.hand.advance(std::time::Duration::from_secs(600));
    site.system.record(1).await;
    site.system.hand.advance(std::time::Duration::from_secs(600));
    let post = async |token: &str, path: &str, body: &str| {
        let request = Request::post(path)
            .header(AUTHORIZATION, format!("Bearer {token}"))
            .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(Body::from(body.to_owned()));
        site.send(request.unwrap()).await
    };
    assert_eq!(post(&site.auditor, "/reconciliation", "").await.0, StatusCode::FORBIDDEN);
    assert_eq!(post(&site.admin, "/reconciliation", "").await.0, StatusCode::SEE_OTHER);
    let (status, _, page) = site.get(&site.auditor, "/reconciliation").await;
    assert_eq!(status, StatusCode::OK, "{page}");
    assert!(page.contains("has no entry") && !page.contains("Close the task"), "{page}");
    let mut tx = site.system.db.read().await.unwrap();
    let id = store::reconciliations::differences(&mut tx, 1).await.unwrap()[0].id;
    tx.commit().await.unwrap();
    let close = format!("/reconciliation/{id}/close");
    let (status, _, page) = post(&site.admin, &close, "reason=").await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(page.contains("Please look at 1 field"), "{page}");
    assert_eq!(post(&site.admin, &close, "reason=looked+into").await.0, StatusCode::SEE_OTHER);
    assert_eq!(post(&site.admin, &close, "reason=again").await.0, StatusCode::NOT_FOUND);
    let (_, _, page) = site.get(&site.auditor, "/reconciliation").await;
    assert!(page.contains("looked into"), "{page}");
}

#[tokio::test]
async fn the_pages_say_it_in_words_and_run_nothing_that_a_server_replied() {
    let site = site().await;
    let (status, _, page) = site.get(&site.auditor, &format!("/cases/{}/notified", site.case_id)).await;
    assert_eq!(status, StatusCode::OK, "{page}");
    for words in [
        "3 partners told",
        "1 accepted by the mail server",
        "1 refused by the mail server",
        "1 acknowledged",
        "1 not told",
        "possible repeat, same Message-ID",
        "It does not mean delivered",
        "Cpt. Sawadogo",
        "rule set 1 over directory revision 4",
        "event looting is not in its mandate",
    ] {
        assert!(page.contains(words), "{words}");
    }
    assert!(!page.contains("<script>") && !page.contains("<of>"));
    let (status, _, page) = site.get(&site.auditor, "/ledger").await;
    assert_eq!(status, StatusCode::OK);
    assert!(page.contains("<dd>12</dd>") && page.contains(&site.system.verifier().to_string()));
}

#[tokio::test]
async fn an_administrator_replays_a_parked_fact_once() {
    let site = site().await;
    let (status, _, page) = site.get(&site.admin, "/parked").await;
    assert_eq!(status, StatusCode::OK);
    assert!(page.contains("alert.released.v9"));
    let mut tx = site.system.db.read().await.unwrap();
    let id = inbox::parked(&mut tx, 1).await.unwrap()[0].event_id;
    tx.commit().await.unwrap();
    for expected in [StatusCode::SEE_OTHER, StatusCode::NOT_FOUND] {
        let request = Request::post("/parked/replay")
            .header(AUTHORIZATION, format!("Bearer {}", site.admin))
            .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(Body::from(format!("consumer=routing.plan&event_id={id}")));
        assert_eq!(site.send(request.unwrap()).await.0, expected);
    }
    let (_, _, page) = site.get(&site.admin, "/parked").await;
    assert!(page.contains("Nothing is parked"));
}
