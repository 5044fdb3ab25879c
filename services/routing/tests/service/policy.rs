//! The rules: drafted by one person, released by another, compared with what was.

use axum::http::{Method, StatusCode};
use contracts::events::{RuleSetDraftedV1, RuleSetReleasedV1};
use domain::Clock;
use domain::codes::{AlertKind, Role};
use domain::ids::{AccountId, CaseId};
use routing::rules::RuleSet;
use routing::{
    DEFAULT_RULES, ReleaseRulesError, compare_rules, discard_rules, draft_rules, import_sample, install_default,
    release_rules,
};
use serde_json::Value;
use store::rule_sets;

use crate::browser::Browser;
use crate::changes::account;
use crate::planning::{facts, released};
use crate::{facts_of, world};

fn person() -> AccountId {
    AccountId::generate(&Clock::System)
}

#[tokio::test]
async fn one_person_drafts_and_another_releases_and_no_version_ever_changes() {
    let world = world().await;
    let deps = &world.deps;
    assert_eq!(install_default(deps).await.expect("rules"), 1);
    assert_eq!(install_default(deps).await.expect("rules"), 1, "only the first start installs");
    let (one, two) = (person(), person());
    let same = draft_rules(deps, one, &DEFAULT_RULES.replace('\n', "\r\n")).await;
    assert!(matches!(same, Err(ReleaseRulesError::Same(1))), "a browser's line ends are no change");
    let bad = draft_rules(deps, one, &DEFAULT_RULES.replacen("share = \"full\"", "share = \"everything\"", 1)).await;
    assert!(matches!(bad, Err(ReleaseRulesError::Text(errors)) if errors.to_string().contains("share")));

    let text = format!("{DEFAULT_RULES}\n# Changed.\n");
    let draft = draft_rules(deps, one, &text).await.expect("drafted");
    assert!(matches!(release_rules(deps, one, draft).await, Err(ReleaseRulesError::SamePerson)));
    assert_eq!(release_rules(deps, two, draft).await.expect("released"), 2);
    assert!(matches!(release_rules(deps, two, draft).await, Err(ReleaseRulesError::NoDraft)), "once");
    let mut tx = deps.db.read().await.expect("a transaction");
    assert_eq!(rule_sets::version(&mut tx, 1).await.expect("read").expect("there").text, DEFAULT_RULES);
    let row = rule_sets::version(&mut tx, 2).await.expect("read").expect("there");
    assert_eq!((row.text, row.drafted_by, row.released_by), (text, Some(one), Some(two)));
    tx.commit().await.expect("committed");
    let events: Vec<RuleSetReleasedV1> = facts_of(deps).await;
    assert_eq!(events.len(), 2);
    assert!(events.iter().any(|event| (event.drafted_by, event.released_by) == (Some(one), Some(two))));
    let drafted: Vec<RuleSetDraftedV1> = facts_of(deps).await;
    assert_eq!(drafted.len(), 1);

    let admin = account(&world, None).await;
    let draft = draft_rules(deps, admin, &format!("{DEFAULT_RULES}\n# Mine.\n")).await.expect("drafted");
    let puppet = account(&world, Some(admin)).await;
    assert!(matches!(release_rules(deps, puppet, draft).await, Err(ReleaseRulesError::OneHand)));

    let thrown = draft_rules(deps, one, &format!("{DEFAULT_RULES}\n# Other.\n")).await.expect("drafted");
    discard_rules(deps, one, thrown).await.expect("discarded");
    assert!(matches!(release_rules(deps, two, thrown).await, Err(ReleaseRulesError::NoDraft)));
}

#[tokio::test]
async fn a_draft_is_not_released_while_one_of_its_cases_fails() {
    let world = world().await;
    let deps = &world.deps;
    install_default(deps).await.expect("rules");
    let text = DEFAULT_RULES.replacen("lost_from = \"2011-03-15\"", "lost_from = \"2011-03-16\"", 1);
    let draft = draft_rules(deps, person(), &text).await.expect("others may look at it");
    let refused = release_rules(deps, person(), draft).await;
    let Err(ReleaseRulesError::CasesFail(failed)) = refused else { panic!("{refused:?}") };
    assert_eq!(failed.len(), 1);
    assert_eq!(failed[0].name.as_str(), "Removed from Syria after 15 March 2011");
    let mut tx = deps.db.read().await.expect("a transaction");
    assert_eq!(rule_sets::current_version(&mut tx).await.expect("read"), Some(1));
}

#[tokio::test]
async fn a_change_says_who_gains_and_who_loses_over_the_alerts_of_the_past() {
    let world = world().await;
    let deps = &world.deps;
    install_default(deps).await.expect("rules");
    import_sample(deps).await.expect("imported");
    for _ in 0..3 {
        released(deps, &facts(AlertKind::Alert, CaseId::generate(&deps.clock), 1)).await;
    }
    let unchanged = RuleSet::parse(0, DEFAULT_RULES).expect("rules");
    let same = compare_rules(deps, unchanged.clone()).await.expect("compared");
    assert_eq!((same.alerts, same.changed.len()), (3, 0));
    let mut changed = unchanged;
    // The market does not hear any more; other intergovernmental bodies hear everything.
    changed.rules.retain(|rule| rule.id != "theft-police-ways");
    for rule in changed.rules.iter_mut().filter(|rule| rule.id == "theft-igo") {
        rule.share = domain::codes::Share::Full;
    }
    let compared = compare_rules(deps, changed).await.expect("compared");
    assert_eq!((compared.alerts, compared.changed.len()), (3, 3));
    let partner = |name: &str| compared.partners.iter().find(|partner| partner.name.starts_with(name));
    assert_eq!(partner("Office central").map(|p| (p.gains, p.loses)), Some((0, 3)));
    assert_eq!(partner("ICCROM").map(|p| (p.gains, p.loses)), Some((3, 0)));
    assert!(partner("INTERPOL").is_none(), "it hears as before");
    assert!(compared.changed[0].gains.contains(&"ICCROM (full)".to_owned()), "{:?}", compared.changed[0]);
}

#[tokio::test]
async fn rules_are_drafted_and_released_in_the_console_and_over_the_api() {
    let world = world().await;
    let deps = &world.deps;
    install_default(deps).await.expect("rules");
    import_sample(deps).await.expect("imported");
    let (admin, officer) = (Browser::of(&world, Role::Admin).await, Browser::of(&world, Role::Officer).await);
    let auditor = Browser::of(&world, Role::Auditor).await;
    let page = admin.get("/rules").await;
    assert!(page.body.contains("Police and national institutions whose scope covers the place"), "{}", page.body);
    let bad = DEFAULT_RULES.replacen("kinds = [\"police\"]", "kinds = [\"bishops\"]", 1);
    let answer = admin.post("/rules", &[("text", &bad)]).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(answer.body.contains("rule theft-police-place, kinds: &#34;bishops&#34;"), "{}", answer.body);
    assert!(answer.body.contains("kinds = [&#34;bishops&#34;]"), "what was typed is still there");

    let good = format!("{DEFAULT_RULES}\n# Two.\n");
    let drafted = admin.post("/rules", &[("text", &good)]).await;
    assert!(drafted.location.starts_with("/rules/drafts/rules_"), "{} {}", drafted.status, drafted.location);
    let own = admin.get(&drafted.location).await;
    assert!(own.body.contains("Another person looks at it") && !own.body.contains("Release it"), "{}", own.body);
    let other = officer.get(&drafted.location).await;
    assert!(other.body.contains("You are the second person") && other.body.contains("all as expected"));
    assert!(!auditor.get(&drafted.location).await.body.contains("Discard the draft"));
    let release = format!("{}/release", drafted.location);
    assert_eq!(auditor.post(&release, &[]).await.status, StatusCode::FORBIDDEN);
    assert_eq!(admin.post(&release, &[]).await.status, StatusCode::CONFLICT);
    assert_eq!(officer.post(&release, &[]).await.location, "/rules?done=released");
    assert!(admin.get("/rules/1").await.body.contains("replaced"));

    let api = format!("{good}# Three.\n");
    let json = |body: &str| serde_json::from_str::<Value>(body).expect("JSON");
    let drafted = officer.send(Method::POST, "/api/v1/rule-set-drafts", "application/toml", api).await;
    assert_eq!(drafted.status, StatusCode::CREATED, "{}", drafted.body);
    let view = json(&drafted.body);
    assert!(view["cases"].as_array().expect("a list").iter().all(|case| case["failures"] == serde_json::json!([])));
    assert_eq!(view["comparison"]["alerts"], 0);
    let id = view["id"].as_str().expect("an id").to_owned();
    let released = admin.post(&format!("/api/v1/rule-set-drafts/{id}/release"), &[]).await;
    assert_eq!((released.status, json(&released.body)["version"].clone()), (StatusCode::CREATED, 3.into()));
    let heads = json(&admin.get("/api/v1/rule-sets").await.body);
    assert_eq!(heads.as_array().map(Vec::len), Some(3));
    let refused = admin.send(Method::POST, "/api/v1/rule-set-drafts", "application/toml", "rules = 1".to_owned()).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(json(&refused.body)["errors"][0]["message"].as_str().expect("text").starts_with("line 1, column 1"));
}
