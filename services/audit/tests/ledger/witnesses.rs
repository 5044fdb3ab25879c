//! Witnesses: what they sign, what they refuse, and that a refusal is heard.

use std::sync::Arc;

use audit::merkle::{Frontier, leaf_hash};
use audit::witness::{AddCheckpoint, Answer, Cosigner, Witness, WitnessKey, ask_all, cosigned, router};
use audit::{Checkpoint, Deps, Http, LedgerKey, Note};
use axum::body::Body;
use axum::http::Request;
use tokio::net::TcpListener;
use tokio::task::JoinSet;
use tower::ServiceExt as _;
use web::{AppOptions, Auth};

use crate::System;

struct Follower {
    witness: Arc<Witness>,
    cosigner: Cosigner,
    url: String,
    _serving: JoinSet<()>,
    folder: tempfile::TempDir,
}

async fn follower(system: &System) -> Follower {
    let folder = tempfile::tempdir().unwrap();
    let name = "witness.example/w1".parse().unwrap();
    let key = WitnessKey::load_or_create(&folder.path().join("key"), name).unwrap();
    let cosigner = key.cosigner();
    let state = folder.path().join("state");
    let witness = Arc::new(Witness::open(key, vec![system.verifier()], &state, system.clock.clone()).unwrap());
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let mut serving = JoinSet::new();
    let app = router(Arc::clone(&witness));
    serving.spawn(async move { axum::serve(listener, app).await.unwrap() });
    Follower { witness, cosigner, url, _serving: serving, folder }
}

impl Follower {
    fn deps(&self, system: &System) -> Deps {
        Deps { witnesses: vec![(self.cosigner.clone(), self.url.clone())], ..system.deps() }
    }
}

async fn standing(system: &System) -> store::ledger::WitnessRow {
    let mut tx = system.db.read().await.unwrap();
    store::ledger::witnesses(&mut tx).await.unwrap().remove(0)
}

#[tokio::test]
async fn each_checkpoint_is_signed_by_the_witness_and_published_with_its_signature() {
    for system in System::both().await {
        let follower = follower(&system).await;
        let deps = follower.deps(&system);
        let http = Http::default();
        ask_all(&deps, &http).await.unwrap();
        for count in [1, 6, 300] {
            system.enter(count).await;
            ask_all(&deps, &http).await.unwrap();
        }
        let row = standing(&system).await;
        assert_eq!((row.size, row.alarm, row.trouble), (307, None, None), "{}", system.name);
        assert_eq!(follower.witness.size(), 307);
        let auth = Auth { db: system.db.clone(), clock: system.clock.clone() };
        let app = web::app(vec![audit::routes(&deps).finish().0], &AppOptions::new(auth));
        let request = Request::get("/ledger/checkpoint").body(Body::empty()).unwrap();
        let answer = app.oneshot(request).await.unwrap();
        let bytes = axum::body::to_bytes(answer.into_body(), 1 << 16).await.unwrap();
        let note: Note = String::from_utf8(bytes.to_vec()).unwrap().parse().unwrap();
        assert_eq!(note.open(&system.verifier()).unwrap().size, 307);
        assert!(cosigned(&note, &follower.cosigner).is_some(), "{}: {note}", system.name);
        // It goes on from its file after a restart.
        let key = WitnessKey::load_or_create(&follower.folder.path().join("key"), follower.cosigner.name().clone());
        let state = follower.folder.path().join("state");
        let again = Witness::open(key.unwrap(), vec![system.verifier()], &state, system.clock.clone()).unwrap();
        assert_eq!(again.size(), 307);
    }
}

#[tokio::test]
async fn a_rewind_a_rewritten_history_and_a_second_history_raise_the_alarm() {
    let rewound = "DELETE FROM cosignatures; DELETE FROM witnesses; DELETE FROM ledger WHERE position >= 9;
        DELETE FROM ledger_contents WHERE position >= 9; DELETE FROM checkpoints WHERE size > 9;
        DELETE FROM inbox; DELETE FROM outbox WHERE id NOT IN (SELECT event_id FROM ledger);
        UPDATE ledger_head SET size = 9";
    for (grown, words) in
        [(0, "signed a ledger of 17 entries"), (8, "there are two histories"), (20, "are not the beginning")]
    {
        let system = System::postgres().await;
        let follower = follower(&system).await;
        let deps = follower.deps(&system);
        let http = Http::default();
        system.enter(9).await;
        system.enter(8).await;
        ask_all(&deps, &http).await.unwrap();
        system.disable_triggers().await;
        system.sql(rewound).await.unwrap();
        if grown > 0 {
            system.enter(grown).await;
        }
        ask_all(&deps, &http).await.unwrap();
        let alarm = standing(&system).await.alarm.unwrap();
        assert!(alarm.contains(words), "{grown}: {alarm}");
        assert_eq!(follower.witness.size(), 17, "{grown}: nothing else was signed");
    }
}

#[tokio::test]
async fn a_witness_that_is_away_is_noted_and_delays_nothing() {
    let system = System::sqlite().await;
    let follower = follower(&system).await;
    let mut deps = follower.deps(&system);
    deps.witnesses[0].1 = "http://127.0.0.1:1".to_owned();
    system.enter(3).await;
    let signed = system.clock.now();
    ask_all(&deps, &Http::default()).await.unwrap();
    let row = standing(&system).await;
    assert!(row.trouble.is_some() && row.alarm.is_none(), "{row:?}");
    // Nobody is called for a quarter of an hour; then somebody is, and the ledger goes on all the same.
    let app = |deps: &Deps| {
        let auth = Auth { db: system.db.clone(), clock: system.clock.clone() };
        web::app(vec![audit::routes(deps).finish().0], &AppOptions::new(auth))
    };
    let token = crate::http::auditor(&system).await;
    let page = async |deps: &Deps| {
        let request = Request::get("/ledger").header("authorization", format!("Bearer {token}"));
        let answer = app(deps).oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
        let bytes = axum::body::to_bytes(answer.into_body(), 1 << 20).await.unwrap();
        String::from_utf8(bytes.to_vec()).unwrap()
    };
    system.hand.advance(audit::LATE.saturating_sub(std::time::Duration::from_secs(1)));
    assert!(!page(&deps).await.contains("not being published"));
    system.hand.advance(std::time::Duration::from_secs(1));
    system.enter(3).await;
    ask_all(&deps, &Http::default()).await.unwrap();
    assert_eq!(standing(&system).await.behind_since, Some(signed), "since the first that it lacks");
    let said = page(&deps).await;
    assert!(said.contains("not being published") && said.contains(&signed.human()), "{said}");
    let follower = follower.deps(&system);
    ask_all(&follower, &Http::default()).await.unwrap();
    let row = standing(&system).await;
    assert_eq!((row.size, row.trouble, row.behind_since), (6, None, None));
    assert!(!page(&follower).await.contains("not being published"));
}

/// What the specification says a witness must answer.
#[tokio::test]
async fn a_witness_answers_as_the_specification_says() {
    let system = System::sqlite().await;
    let follower = follower(&system).await;
    let key = LedgerKey::from_seed("tocsin.example/ledger".parse().unwrap(), &[7; 32]);
    let mut tree = Frontier::new();
    for at in 0..5_u8 {
        tree.push(leaf_hash(&[at]));
    }
    let sign = |key: &LedgerKey, origin: &str, size, root| {
        key.sign(&Checkpoint { origin: origin.parse().unwrap(), size, root })
    };
    let ask = |old, note: Note| follower.witness.add(&AddCheckpoint { old, proof: Vec::new(), note }).unwrap();
    let ours = "tocsin.example/ledger";
    assert_eq!(ask(0, sign(&key, "another.example", 5, tree.root())), Answer::Unknown);
    let stranger = LedgerKey::from_seed(ours.parse().unwrap(), &[8; 32]);
    assert_eq!(ask(0, sign(&stranger, ours, 5, tree.root())), Answer::Unsigned);
    assert_eq!(ask(6, sign(&key, ours, 5, tree.root())), Answer::Bad);
    assert_eq!(ask(3, sign(&key, ours, 5, tree.root())), Answer::Conflict { size: 0, alarm: None });
    assert!(matches!(ask(0, sign(&key, ours, 5, tree.root())), Answer::Cosigned(_)));
    assert!(matches!(ask(5, sign(&key, ours, 5, tree.root())), Answer::Cosigned(_)), "the same again");
    assert!(matches!(ask(5, sign(&key, ours, 5, [1; 32])), Answer::Conflict { size: 5, alarm: Some(_) }));
    assert!(matches!(ask(0, sign(&key, ours, 4, [1; 32])), Answer::Conflict { size: 5, alarm: Some(_) }));
    assert!(matches!(ask(5, sign(&key, ours, 9, [1; 32])), Answer::Forked(_)));
    let request = AddCheckpoint { old: 5, proof: vec![[1; 32], [2; 32]], note: sign(&key, ours, 9, [1; 32]) };
    assert_eq!(request.to_string().parse(), Ok(request));
    for bad in ["", "old 1\n", "old 01\n\nx\n1\nx\n", "old 1\nnot base64\n\n"] {
        assert!(bad.parse::<AddCheckpoint>().is_err(), "{bad:?}");
    }
}
