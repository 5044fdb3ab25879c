//! The main job on both forms.

use std::collections::BTreeSet;
use std::time::Duration;

use testkit::poll::wait_until;
use testkit::sink::{Rule, Stage};

use crate::installation::{Form, Installation, PATIENCE, directory, report};

async fn every_planned_partner_gets_one_mail_with_its_share(form: Form) {
    let here = Installation::start(form, &directory(6, 4), None).await;
    let id = here.released_case(1).await;
    let mails = here.sink.wait_for(10, PATIENCE).await.unwrap();
    let recipients: BTreeSet<String> = mails.iter().flat_map(|mail| mail.recipients.clone()).collect();
    assert_eq!(recipients.len(), 10, "{form:?}");
    for mail in &mails {
        assert_eq!(mail.recipients.len(), 1, "one recipient a transaction");
        let text = mail.text().replace("=\r\n", "");
        let canaries = ["HOLDER-CANARY", "PLACE-CANARY", "POLICE-CANARY"];
        let police = mail.recipients[0].contains(".police.");
        // Circumstances under TLP:AMBER are in the mail of those who agreed to that, and behind a link for the others.
        let agreed = police && ["unit0@", "unit2@", "unit4@"].iter().any(|unit| mail.recipients[0].starts_with(unit));
        assert!(canaries.iter().all(|canary| text.contains(canary) == agreed), "{form:?} {:?}", mail.recipients);
        assert_eq!(text.contains("/read"), police && !agreed, "{form:?} {:?}", mail.recipients);
        assert!(!text.contains("REPORTER-CANARY"));
        assert!(text.contains(if police { "TLP:AMBER" } else { "TLP:GREEN" }));
    }
    wait_until("every outcome is recorded", PATIENCE, async || {
        let rows = here.audit(&format!("/api/v1/cases/{id}/notified")).await;
        rows.and_then(|rows| {
            rows["notified"].as_array().map(|all| all.len() == 10 && all.iter().all(|row| row["outcome"] == "accepted"))
        })
        .unwrap_or(false)
    })
    .await
    .unwrap();
    wait_until("the doctor finds nothing wrong", PATIENCE, async || {
        let (good, text) = here.try_run(&["doctor"], "");
        if !good {
            eprintln!("{text}");
        }
        good
    })
    .await
    .unwrap();
    assert!(here.run(&["ledger", "verify"], "").contains("The ledger holds"));
}

#[tokio::test(flavor = "multi_thread")]
async fn every_planned_partner_gets_one_mail_embedded() {
    every_planned_partner_gets_one_mail_with_its_share(Form::Embedded).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_planned_partner_gets_one_mail_in_production() {
    every_planned_partner_gets_one_mail_with_its_share(Form::Production).await;
}

async fn one_recipient_never_delays_another(form: Form) {
    let here = Installation::start(form, &directory(8, 0), None).await;
    let unit = |number: usize| format!("unit{number}@d{}.police.example", number % 7);
    here.sink.add(Rule::at(Stage::Rcpt).recipient(&unit(0)).reply("550 5.1.1 no such unit"));
    here.sink.add(Rule::at(Stage::Rcpt).recipient(&unit(1)).times(2).reply("451 4.7.1 greylisted"));
    here.sink.add(Rule::at(Stage::Rcpt).recipient(&unit(2)).silence());
    let id = here.released_case(1).await;
    // The five others are told while one is silent for its whole deadline.
    here.sink.wait_for(5, Duration::from_secs(30)).await.unwrap();
    let look = async || {
        let rows = here.audit(&format!("/api/v1/cases/{id}/notified")).await?;
        let rows = rows["notified"].as_array()?.clone();
        let find = |number: usize| rows.iter().find(|row| row["address"] == unit(number)).cloned();
        let (refused, greylisted, silent) = (find(0)?, find(1)?, find(2)?);
        let tried = |row: &serde_json::Value| {
            row["attempts"].as_array().is_some_and(|all| !all.is_empty() && all[0]["outcome"].is_string())
        };
        ([&refused, &greylisted, &silent].iter().all(|row| tried(row))).then_some((refused, greylisted, silent))
    };
    let (refused, greylisted, silent) = testkit::poll::wait_for("the outcomes", PATIENCE, look).await.unwrap();
    assert_eq!(refused["outcome"], "refused");
    assert!(refused["attempts"][0]["reply"].as_str().unwrap().contains("no such unit"), "{refused}");
    assert_eq!(greylisted["outcome"], "pending");
    assert!(greylisted["attempts"][0]["reply"].as_str().unwrap().contains("greylisted"), "{greylisted}");
    assert_eq!(silent["outcome"], "pending");
    assert_eq!(silent["attempts"][0]["stage"], "rcpt");
}

#[tokio::test(flavor = "multi_thread")]
async fn one_recipient_never_delays_another_embedded() {
    one_recipient_never_delays_another(Form::Embedded).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_recipient_never_delays_another_in_production() {
    one_recipient_never_delays_another(Form::Production).await;
}

async fn one_key_is_one_case(form: Form) {
    let here = Installation::start(form, &directory(1, 0), None).await;
    let body = report(7);
    let posts = (0..100).map(|_| here.post(0, "/api/v1/cases", "the-same-key", &body));
    let mut ids = BTreeSet::new();
    for answer in futures::future::join_all(posts).await {
        let (status, value) = answer.unwrap();
        assert!(status == 200 || status == 201, "{status} {value}");
        ids.insert(value["id"].as_str().unwrap().to_owned());
    }
    assert_eq!(ids.len(), 1, "{form:?}");
    let (status, _) = here.post(0, "/api/v1/cases", "the-same-key", &report(8)).await.unwrap();
    assert_eq!(status, 422, "another body under the same key");
}

#[tokio::test(flavor = "multi_thread")]
async fn one_key_is_one_case_embedded() {
    one_key_is_one_case(Form::Embedded).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_key_is_one_case_in_production() {
    one_key_is_one_case(Form::Production).await;
}
