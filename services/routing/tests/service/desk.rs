//! What the desk does around a plan: looks before, decides by hand, lets go what is held, stops everything, asks why.

use std::time::Duration;

use axum::http::{Method, StatusCode};
use bus::deliver;
use contracts::events::{
    HoldReleasedV1, NobodyToldV1, OverrideMadeV1, PlanFrozenV1, SendingDrainedV1, SendingSwitchedV1,
};
use domain::Clock;
use domain::alert::AlertFacts;
use domain::codes::{AlertKind, CaseState, RevisionSource, Role};
use domain::ids::{AccountId, AlertId, CaseId, PartnerId};
use routing::{
    Deps, OverrideBody, OverrideError, ReleaseHoldsError, Switch, discard_rules, draft_rules, end_drained,
    explain_decision, import_sample, install_default, override_partner, preview, release_holds, release_rules,
    switch_sending,
};
use serde_json::{Value, json};
use store::plans::{self, alarms, holds};
use store::{on_tx, partners, sending};

use crate::browser::Browser;
use crate::changes::account;
use crate::planning::{consumer, facts, released};
use crate::{World, facts_of, world};

async fn filled() -> World {
    let world = world().await;
    install_default(&world.deps).await.expect("rules");
    import_sample(&world.deps).await.expect("imported");
    world
}

fn person() -> AccountId {
    AccountId::generate(&Clock::System)
}

/// The alert as a draft: its row is there, and nobody released it.
async fn draft(deps: &Deps, facts: &AlertFacts) {
    released(deps, facts).await;
    set(deps, "draft", facts.alert_id).await;
}

async fn set(deps: &Deps, state: &'static str, id: AlertId) {
    let mut tx = deps.db.begin().await.expect("a transaction");
    let now = deps.clock.now();
    let (by, at) = if state == "draft" { (None, None) } else { (Some(person()), Some(now)) };
    on_tx!(&mut tx, c => sqlx::query("UPDATE alerts SET state = $2, released_by = $3, released_at = $4 WHERE id = $1")
        .bind(id).bind(state).bind(by).bind(at).execute(c).await.map(drop))
    .expect("an alert");
    tx.commit().await.expect("committed");
}

/// Plans a released alert.
pub async fn plan(deps: &Deps, facts: &AlertFacts) -> plans::PlanRow {
    let message = released(deps, facts).await;
    deliver(&deps.db, &deps.clock, &consumer(deps), &[message]).await.expect("delivered");
    of(deps, facts.alert_id).await
}

async fn of(deps: &Deps, alert: AlertId) -> plans::PlanRow {
    let mut tx = deps.db.read().await.expect("a transaction");
    plans::of_alert(&mut tx, alert).await.expect("read").expect("a plan")
}

async fn named(deps: &Deps, name: &str) -> PartnerId {
    let mut tx = deps.db.read().await.expect("a transaction");
    let directory = partners::directory(&mut tx).await.expect("read");
    directory.partners.iter().find(|partner| partner.name.as_str().starts_with(name)).expect("a partner").id
}

/// Puts rules in force that tell every partner everything.
pub async fn tell_everybody(deps: &Deps, per_alert: i64, per_partner_hour: i64) {
    let rule = |kinds: &str, share: &str| {
        format!(
            "[[rule]]\nid = \"all-{share}\"\nbecause = \"A mistake.\"\nevents = [\"theft\"]\nkinds = [{kinds}]\n\
             relation = [\"place\", \"world\", \"market\", \"origin\", \"neighbour-of-place\"]\nshare = \"{share}\"\n"
        )
        .replace("all-object_data", "all-object-data")
    };
    let text = format!(
        "markets = [\"AR\", \"BE\", \"CA\", \"CL\", \"DE\", \"EG\", \"ES\", \"FR\", \"GB\", \"GR\", \"GT\", \"IQ\", \"IT\", \"NL\", \"NO\", \"PL\", \"PT\", \"RO\", \"SY\", \"TR\", \"US\"]\n[limits]\nper_alert = {per_alert}\nper_partner_hour = {per_partner_hour}\n{}{}",
        rule("\"police\", \"igo\"", "full"),
        rule("\"ngo\", \"research\"", "object_data"),
    );
    let id = draft_rules(deps, person(), &text).await.expect("drafted");
    release_rules(deps, person(), id).await.expect("released");
}

#[tokio::test]
async fn an_officer_sees_the_audience_before_and_the_plan_obeys_the_officers_decisions() {
    let world = filled().await;
    let deps = &world.deps;
    let facts = facts(AlertKind::Alert, CaseId::generate(&deps.clock), 1);
    draft(deps, &facts).await;
    let (added, removed) = (named(deps, "UNIDROIT").await, named(deps, "INTERPOL").await);
    let before = preview(deps, facts.alert_id, person()).await.expect("a preview");
    assert_eq!(before.last_override, None);
    assert!(before.plan.told.iter().any(|told| told.partner_id == removed));
    assert!(before.plan.told.iter().all(|told| told.partner_id != added));
    assert_eq!(before.gaps.len(), 1, "the sample has no police in Burkina Faso");
    let by = person();
    let decide = async |partner: PartnerId, change: &str, reason: &str| {
        let body = OverrideBody {
            partner: Some(partner.to_string()),
            change: Some(change.to_owned()),
            share: Some("full".to_owned()),
            reason: Some(reason.to_owned()),
        };
        override_partner(deps, by, facts.alert_id, &body).await
    };
    decide(added, "add", "They drafted the claim.").await.expect("recorded");
    decide(removed, "remove", "Told by telephone; a leak is feared.").await.expect("recorded");
    let other = named(deps, "CINOA").await;
    decide(other, "remove", "A mistake.").await.expect("recorded");
    world.hand.advance(Duration::from_secs(1));
    decide(other, "take_back", "Not that one.").await.expect("recorded");
    let refused = decide(other, "remove", " ").await;
    assert!(matches!(refused, Err(OverrideError::Fields(errors)) if errors.at("/reason").next().is_some()));
    let made: Vec<OverrideMadeV1> = facts_of(deps).await;
    assert_eq!(made.len(), 4);
    let seen = preview(deps, facts.alert_id, person()).await.expect("a preview").last_override;
    let taken_back = made.iter().find(|made| made.change == "take_back").map(|made| made.override_id);
    assert_eq!(seen, taken_back);

    set(deps, "released", facts.alert_id).await;
    // By a machine whose clock is behind: what was decided before counts all the same.
    let mut tx = deps.db.begin().await.expect("a transaction");
    on_tx!(&mut tx, c => sqlx::query("UPDATE alerts SET released_at = $2 WHERE id = $1")
        .bind(facts.alert_id).bind(deps.clock.now().minus(Duration::from_secs(60))).execute(c).await.map(drop))
    .expect("an alert");
    tx.commit().await.expect("committed");
    assert!(matches!(decide(added, "remove", "Too late.").await, Err(OverrideError::NoDraft)));
    let after = preview(deps, facts.alert_id, person()).await;
    assert!(after.is_err(), "what is released has a plan");
    let fact = released_again(deps, &facts).await;
    let mut tx = deps.db.begin().await.expect("a transaction");
    bus::Consumer::handle(&consumer(deps), &mut tx, &[fact]).await.expect("planned");
    tx.commit().await.expect("committed");
    let row = of(deps, facts.alert_id).await;
    let mut tx = deps.db.read().await.expect("a transaction");
    let decision =
        async |tx: &mut store::Tx, id| plans::decision(tx, row.id, id).await.expect("read").expect("decided");
    let told = decision(&mut tx, added).await.expect("told");
    assert_eq!(told.basis.sentence(), "An officer added it: They drafted the claim.");
    let not_told = decision(&mut tx, removed).await.expect_err("not told");
    assert_eq!(not_told.reason.sentence(), "An officer removed it: Told by telephone; a leak is feared.");
    assert!(decision(&mut tx, other).await.is_ok(), "taken back");
}

/// The fact of an alert whose row is there already.
async fn released_again(deps: &Deps, facts: &AlertFacts) -> contracts::Envelope {
    let event = contracts::events::AlertReleasedV1 {
        alert_id: facts.alert_id,
        case_id: facts.case_id,
        version: facts.version,
        kind: facts.kind,
        reach: facts.reach,
        label: facts.label,
        content_sha256: "00".repeat(32),
        drafted_by: person(),
        released_by: person(),
    };
    let mut tx = deps.db.begin().await.expect("a transaction");
    let id = store::outbox::record(&mut tx, contracts::Service::Intake, &deps.clock, &event).await.expect("recorded");
    tx.commit().await.expect("committed");
    let mut tx = deps.db.read().await.expect("a transaction");
    store::outbox::find(&mut tx, id).await.expect("found").expect("there").into_envelope()
}

#[tokio::test]
async fn a_rule_that_matches_everybody_and_500_cases_in_a_minute_stay_under_the_cap_and_the_rest_is_held() {
    let world = filled().await;
    let deps = &world.deps;
    tell_everybody(deps, 30, 5).await;
    for _ in 0..500 {
        plan(deps, &facts(AlertKind::Alert, CaseId::generate(&deps.clock), 1)).await;
        world.hand.advance(Duration::from_millis(120));
    }
    let frozen: Vec<PlanFrozenV1> = facts_of(deps).await;
    assert_eq!(frozen.len(), 500);
    assert!(frozen.iter().all(|plan| plan.told > 30 && plan.told - plan.held <= 30), "per alert");
    let mut tx = deps.db.read().await.expect("a transaction");
    let greatest: i64 = on_tx!(&mut tx, c => sqlx::query_scalar(
        "SELECT MAX(sent) FROM (SELECT COUNT(*) AS sent FROM notifications WHERE hold IS NULL GROUP BY partner_id) AS x",
    ).fetch_one(c).await)
    .expect("read");
    assert_eq!(greatest, 5, "per partner and hour");
    let told: i64 = frozen.iter().map(|plan| plan.told).sum();
    let held: i64 = frozen.iter().map(|plan| plan.held).sum();
    let waiting = holds::held(&mut tx, None, 100_000).await.expect("read");
    assert_eq!(
        i64::try_from(waiting.len()).expect("a count"),
        held,
        "everything that was not sent waits, with its reason"
    );
    println!("500 cases: {told} notifications, {} leave, {held} wait", told - held);
    tx.commit().await.expect("committed");

    // An hour later the cap is free again; an officer lets one plan go, which counts from now on.
    world.hand.advance(Duration::from_secs(3601));
    let row = plan(deps, &facts(AlertKind::Alert, CaseId::generate(&deps.clock), 1)).await;
    let mut tx = deps.db.read().await.expect("a transaction");
    let rest = holds::held(&mut tx, Some(row.id), 1_000).await.expect("read");
    assert!(rest.iter().all(|row| row.hold.0.code() == "case_cap"));
    tx.commit().await.expect("committed");
    assert!(matches!(release_holds(deps, person(), row.id, None, None).await, Err(ReleaseHoldsError::Fields(_))));
    let silent = async |state| {
        let mut tx = deps.db.begin().await.expect("a transaction");
        store::cases::set_state(&mut tx, row.case_id, state, deps.clock.now()).await.expect("a case");
        tx.commit().await.expect("committed");
    };
    silent(CaseState::Suspended).await;
    let none = release_holds(deps, person(), row.id, None, Some("In spite of the prosecutor.")).await;
    assert!(matches!(none, Err(ReleaseHoldsError::Suspended)), "an authority asks for silence");
    silent(CaseState::Active).await;
    let done = release_holds(deps, person(), row.id, None, Some("It is a mass looting; all must know.")).await;
    assert_eq!(usize::try_from(done.expect("let go")).expect("a count"), rest.len());
    let again = release_holds(deps, person(), row.id, None, Some("Again.")).await;
    assert!(matches!(again, Err(ReleaseHoldsError::Nothing)));
    let events: Vec<HoldReleasedV1> = facts_of(deps).await;
    assert_eq!(events.len(), 1);
}

#[tokio::test]
async fn what_a_later_version_overtook_is_not_let_go_and_was_not_told() {
    let world = filled().await;
    let deps = &world.deps;
    tell_everybody(deps, 1, 100).await;
    let case = CaseId::generate(&deps.clock);
    let first = plan(deps, &facts(AlertKind::Alert, case, 1)).await;
    assert!(first.told > 1);
    let second = plan(deps, &facts(AlertKind::Cancel, case, 2)).await;
    assert_eq!(second.told, 1, "a cancel goes to whom the alert went, not to whom it was held from");
    let late = release_holds(deps, person(), first.id, None, Some("Late.")).await;
    assert!(matches!(late, Err(ReleaseHoldsError::Overtaken)));
    let mut tx = deps.db.read().await.expect("a transaction");
    assert_eq!(alarms::of_desk(&mut tx).await.expect("read").held, 0, "nobody is asked to decide about it");
}

#[tokio::test]
async fn two_officers_are_asked_for_where_a_rule_says_so() {
    let world = filled().await;
    let deps = &world.deps;
    let text = routing::DEFAULT_RULES.replacen("[[rule]]", "[[rule]]\ntwo_officers = true", 1);
    let text = text.split_once("# === Cases").expect("cases").0.to_owned();
    let id = draft_rules(deps, person(), &text).await.expect("drafted");
    discard_rules(deps, person(), id).await.expect("discarded");
    let id = draft_rules(deps, person(), &text).await.expect("drafted");
    release_rules(deps, person(), id).await.expect("released");
    let syria = "SY".parse().expect("a country");
    let theft = AlertFacts {
        country: syria,
        origins: vec![syria],
        categories: vec![domain::codes::ObjectType::Archaeological],
        ..facts(AlertKind::Alert, CaseId::generate(&deps.clock), 1)
    };
    let row = plan(deps, &theft).await;
    let mut tx = deps.db.read().await.expect("a transaction");
    let held = holds::held(&mut tx, Some(row.id), 100).await.expect("read");
    assert_eq!(held.iter().map(|row| row.hold.0.code()).collect::<Vec<_>>(), ["second_officer"]);
    let releaser = held[0].released_by.expect("released");
    tx.commit().await.expect("committed");
    let puppet = account(&world, Some(releaser)).await;
    for alone in [releaser, puppet] {
        let alone = release_holds(deps, alone, row.id, None, Some("I am sure.")).await;
        assert!(matches!(alone, Err(ReleaseHoldsError::SecondOfficer)));
    }
    release_holds(deps, person(), row.id, None, Some("So am I.")).await.expect("let go");
}

#[tokio::test]
async fn a_released_alert_of_which_nobody_is_told_alarms_the_desk_until_it_is_settled() {
    let world = world().await;
    let deps = &world.deps;
    install_default(deps).await.expect("rules");
    let officer = Browser::of(&world, Role::Officer).await;
    let row = plan(deps, &facts(AlertKind::Alert, CaseId::generate(&deps.clock), 1)).await;
    let events: Vec<NobodyToldV1> = facts_of(deps).await;
    assert_eq!(events.iter().map(|event| event.plan_id).collect::<Vec<_>>(), [row.id]);
    let page = officer.get("/sending").await;
    assert!(page.body.contains("told nobody"), "{}", page.body);
    assert!(page.body.contains("1 released alert tells nobody"), "the banner stands on every page: {}", page.body);
    switch_sending(deps, person(), Switch::Stop, Some("A mistake in the rules.")).await.expect("stopped");
    for odd in [&[("reason", "Go on.")][..], &[("reason", "Go on."), ("stopped", "0")]] {
        assert_eq!(officer.post("/sending", odd).await.status, StatusCode::UNPROCESSABLE_ENTITY, "{odd:?}");
    }
    let mut tx = deps.db.read().await.expect("a transaction");
    assert!(sending::is_stopped(&mut tx).await.expect("read"), "what says neither takes nothing up again");
    tx.commit().await.expect("committed");
    let path = format!("/sending/alarms/{}", row.id);
    assert_eq!(officer.post(&path, &[]).await.status, StatusCode::UNPROCESSABLE_ENTITY, "a reason is asked for");
    assert_eq!(officer.post(&path, &[("reason", "A test of the form.")]).await.location, "/sending?done=settled");
    assert!(!officer.get("/rules").await.body.contains("tells nobody"));
    assert_eq!(officer.post(&path, &[("reason", "Again.")]).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn sending_is_stopped_and_taken_up_again_with_a_reason() {
    let world = filled().await;
    let deps = &world.deps;
    let (officer, auditor) = (Browser::of(&world, Role::Officer).await, Browser::of(&world, Role::Auditor).await);
    assert_eq!(auditor.post("/sending", &[("stopped", "true"), ("reason", "x")]).await.status, StatusCode::FORBIDDEN);
    let stop = officer.post("/sending", &[("stopped", "true"), ("reason", "A rule went wild.")]).await;
    assert_eq!(stop.location, "/sending?done=stopped");
    let page = auditor.get("/partners").await;
    assert!(page.body.contains("All sending is stopped"), "{}", page.body);
    let mut tx = deps.db.read().await.expect("a transaction");
    assert!(sending::is_stopped(&mut tx).await.expect("read"));
    tx.commit().await.expect("committed");
    let again = switch_sending(deps, person(), Switch::Stop, Some("Once more.")).await;
    assert!(!again.expect("read"), "it stood so already");
    let body = json!({ "stopped": false, "reason": "The rule is mended." }).to_string();
    let resumed = officer.send(Method::POST, "/api/v1/sending", "application/json", body).await;
    assert_eq!(resumed.status, StatusCode::NO_CONTENT, "{}", resumed.body);
    let view: Value = serde_json::from_str(&officer.get("/api/v1/sending").await.body).expect("JSON");
    assert_eq!((&view["stopped"], &view["reason"]), (&json!(false), &json!("The rule is mended.")));
    let events: Vec<SendingSwitchedV1> = facts_of(deps).await;
    assert_eq!(events.len(), 2);
}

#[tokio::test]
async fn sending_goes_on_at_a_chosen_rate_until_nothing_waits() {
    let world = filled().await;
    let deps = &world.deps;
    let officer = Browser::of(&world, Role::Officer).await;
    switch_sending(deps, person(), Switch::Stop, Some("A storm.")).await.expect("stopped");
    assert!(officer.get("/sending").await.body.contains("At most this many mails"));
    for (rate, per) in [("0", "minute"), ("-1", "hour"), ("many", "hour"), ("99999999", "minute")] {
        let odd = [("stopped", "false"), ("rate", rate), ("per", per), ("reason", "Slowly.")];
        assert_eq!(officer.post("/sending", &odd).await.status, StatusCode::UNPROCESSABLE_ENTITY, "{rate}");
    }
    let slowly = [("stopped", "false"), ("rate", "2"), ("per", "minute"), ("reason", "Slowly.")];
    assert_eq!(officer.post("/sending", &slowly).await.location, "/sending?done=paced");
    let page = officer.get("/sending").await.body;
    assert!(page.contains("At most 2 a minute") && page.contains("Change the rate"), "{page}");
    let body = json!({ "stopped": false, "per_hour": 30, "reason": "Slower." }).to_string();
    let paced = officer.send(Method::POST, "/api/v1/sending", "application/json", body).await;
    assert_eq!(paced.status, StatusCode::NO_CONTENT, "{}", paced.body);
    let view: Value = serde_json::from_str(&officer.get("/api/v1/sending").await.body).expect("JSON");
    assert_eq!((&view["per_hour"], &view["waiting"], &view["gone"]), (&json!(30), &json!(0), &json!(0)));
    let both = json!({ "stopped": false, "per_hour": 30, "per_minute": 1, "reason": "Slower." }).to_string();
    let both = officer.send(Method::POST, "/api/v1/sending", "application/json", both).await;
    assert_eq!(both.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", both.body);
    // Nothing waits here: the rate has done its work, and that is a fact.
    assert!(end_drained(deps).await.expect("looked"));
    assert!(!end_drained(deps).await.expect("looked"), "once");
    let after: Value = serde_json::from_str(&officer.get("/api/v1/sending").await.body).expect("JSON");
    assert_eq!((&after["per_hour"], &after["changed_at"]), (&Value::Null, &view["changed_at"]), "nobody has more time");
    let drained: Vec<SendingDrainedV1> = facts_of(deps).await;
    assert_eq!(drained.iter().map(|event| event.per_hour).collect::<Vec<_>>(), [30]);
    let mut rates: Vec<_> = facts_of::<SendingSwitchedV1>(deps).await.into_iter().map(|event| event.per_hour).collect();
    rates.sort();
    assert_eq!(rates, [None, Some(30), Some(120)]);
    assert!(!officer.get("/sending").await.body.contains("At most 30 an hour"));
}

#[tokio::test]
async fn every_decision_is_explained_from_frozen_inputs_as_it_was_stored() {
    let world = filled().await;
    let deps = &world.deps;
    let facts = facts(AlertKind::Alert, CaseId::generate(&deps.clock), 1);
    let row = plan(deps, &facts).await;
    // Since then the directory and the rules became others.
    tell_everybody(deps, 300, 20).await;
    switch_off_everybody(deps).await;
    let mut tx = deps.db.read().await.expect("a transaction");
    let directory = partners::directory(&mut tx).await.expect("read");
    tx.commit().await.expect("committed");
    let (mut told, mut not_told) = (0, 0);
    for partner in &directory.partners {
        let explained = explain_decision(deps, facts.alert_id, partner.id, None).await.expect("explained");
        assert_eq!(explained.as_stored, Some(true), "{}", partner.name);
        assert_eq!((explained.rule_set_version, explained.directory_revision), (1, row.directory_revision));
        match explained.explanation.decision {
            Ok(_) => told += 1,
            Err(_) => not_told += 1,
        }
    }
    assert_eq!((told, not_told), (row.told, row.not_told));

    let auditor = Browser::of(&world, Role::Auditor).await;
    let interpol = named(deps, "INTERPOL").await;
    let page = auditor.get(&format!("/alerts/{}/explain/{interpol}", facts.alert_id)).await;
    assert!(page.body.contains("the same as stored") && page.body.contains("Rule theft-interpol-wco"), "{}", page.body);
    let answer = auditor.get(&format!("/api/v1/alerts/{}/explain/{interpol}", facts.alert_id)).await;
    let view: Value = serde_json::from_str(&answer.body).expect("JSON");
    assert_eq!((&view["told"], &view["as_stored"], &view["rule_set_version"]), (&json!(true), &json!(true), &json!(1)));
    assert!(view["tree"].as_array().is_some_and(|tree| tree.len() >= 6));
    let nobody = PartnerId::generate(&deps.clock);
    let missing = auditor.get(&format!("/api/v1/alerts/{}/explain/{nobody}", facts.alert_id)).await;
    assert_eq!(missing.status, StatusCode::NOT_FOUND);
}

async fn switch_off_everybody(deps: &Deps) {
    let mut tx = deps.db.begin().await.expect("a transaction");
    let mut directory = partners::directory(&mut tx).await.expect("read");
    let now = deps.clock.now();
    let why = partners::Why { by: None, source: RevisionSource::Form, reason: "A test.".parse().expect("a line") };
    let revision = partners::next_revision(&mut tx, &why, now).await.expect("a revision");
    for partner in &mut directory.partners {
        partner.active = false;
    }
    partners::put(&mut tx, &directory.partners, revision, now).await.expect("stored");
    tx.commit().await.expect("committed");
}

#[tokio::test]
async fn the_page_before_release_shows_gaps_and_takes_decisions() {
    let world = filled().await;
    let deps = &world.deps;
    let facts = facts(AlertKind::Alert, CaseId::generate(&deps.clock), 1);
    draft(deps, &facts).await;
    let officer = Browser::of(&world, Role::Officer).await;
    let path = format!("/alerts/{}/audience", facts.alert_id);
    let page = officer.get(&path).await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.body);
    for part in ["Nobody of the police hears in 1 country", "Burkina Faso (place)", "Who would be told", "Its mail"] {
        assert!(page.body.contains(part), "{part}: {}", page.body);
    }
    let partner = named(deps, "UNIDROIT").await.to_string();
    let wrong = officer.post(&path, &[("partner", &partner), ("change", "add")]).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(wrong.body.contains("is required"), "{}", wrong.body);
    let fields = [("partner", partner.as_str()), ("change", "add"), ("reason", "They asked."), ("share", "")];
    assert_eq!(officer.post(&path, &fields).await.location, format!("{path}?done=decided"));
    assert!(officer.get(&path).await.body.contains("decided by hand"));
    let api = officer.get(&format!("/api/v1/alerts/{}/audience", facts.alert_id)).await;
    let view: Value = serde_json::from_str(&api.body).expect("JSON");
    assert_eq!(view["gaps"], json!([{ "country": "BF", "relation": "place" }]));
    assert!(view["told"].as_array().is_some_and(|told| told.iter().any(|one| one["name"] == "UNIDROIT")));
    set(deps, "released", facts.alert_id).await;
    assert_eq!(officer.get(&path).await.location, format!("/cases/{}/notified", facts.case_id));
    assert_eq!(officer.post(&path, &fields).await.status, StatusCode::CONFLICT);
}
