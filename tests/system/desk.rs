//! What an officer does about mail that did not arrive: sent once more, to a second contact, to the right address, each by
//! the pages alone, and the ledger holds it all.

use serde_json::Value;
use testkit::poll::{wait_for, wait_until};
use testkit::sink::{Rule, Stage};
use testkit_browser::Browser;

use crate::installation::{Form, Installation, PATIENCE};

const PASSWORD: &str = "a-long-enough-password";

const DIRECTORY: &str =
    "name,kind,country_or_scope,languages,mandate_keywords,object_categories,event_types,mail_content,\
                         address,contact_role
Unit 0,police,BF,fr,investigation,*,theft,amber,unit0@one.police.example;second0@one.police.example,primary;second
Unit 1,police,BF,fr,investigation,*,theft,amber,unit1@two.police.example,primary
";

async fn sign_in(browser: &Browser, here: &Installation, who: &str) {
    browser.forget().await.unwrap();
    browser.goto(&format!("{}/sign-in", here.address)).await.unwrap();
    browser.fill("E-mail address", who).await.unwrap();
    browser.fill("Password", PASSWORD).await.unwrap();
    browser.follow("Sign in").await.unwrap();
}

/// The refused delivery to an address.
async fn refused(here: &Installation, address: &str) -> String {
    let found = wait_for("the refusal at the desk", PATIENCE, async || {
        let list = here.get(1, "/api/v1/deliveries").await?;
        let row = list.as_array()?.iter().find(|row| row["address"] == address && row["state"] == "refused")?.clone();
        Some(row)
    })
    .await
    .unwrap();
    assert_eq!(found["last_reply"], "550 5.1.1 no such user");
    found["id"].as_str().unwrap().to_owned()
}

async fn arrives(here: &Installation, address: &str) {
    wait_until("the mail", PATIENCE, async || here.sink.messages().iter().any(|mail| mail.recipients == [address]))
        .await
        .unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn an_officer_resends_uses_a_second_contact_and_corrects_an_address_by_hand() {
    let here = Installation::start(Form::Embedded, DIRECTORY, None).await;
    here.sink.add(Rule::at(Stage::Rcpt).recipient("unit0@one.police.example").reply("550 5.1.1 no such user"));
    here.sink.add(Rule::at(Stage::Rcpt).recipient("unit1@two.police.example").times(1).reply("550 5.1.1 no such user"));
    let case = here.released_case(1).await;
    let zero = refused(&here, "unit0@one.police.example").await;
    let one = refused(&here, "unit1@two.police.example").await;
    let browser = Browser::start().await.unwrap();
    sign_in(&browser, &here, "first@x.example").await;

    // The list leads to each, with the server's words.
    browser.goto(&format!("{}/deliveries", here.address)).await.unwrap();
    browser.screenshot("desk-deliveries").await.unwrap();
    assert!(browser.text().await.unwrap().contains("550 5.1.1 no such user"));
    assert_eq!(browser.faults().await.unwrap(), Vec::<String>::new());
    browser.follow("Use second contact").await.unwrap();
    assert!(browser.address().await.unwrap().contains(&zero));
    browser.fill("Why second contacts", "nobody of that name there").await.unwrap();
    browser.follow("Write to them").await.unwrap();
    assert!(browser.text().await.unwrap().contains("The second contacts are written to."));
    arrives(&here, "second0@one.police.example").await;

    // Once more: the very mail, and the second click sends nothing.
    browser.goto(&format!("{}/deliveries/{one}", here.address)).await.unwrap();
    browser.screenshot("desk-delivery").await.unwrap();
    assert_eq!(browser.faults().await.unwrap(), Vec::<String>::new());
    browser.fill("Why once more", "they made the mailbox anew").await.unwrap();
    browser.follow("Send it once more").await.unwrap();
    assert!(browser.text().await.unwrap().contains("with the same Message-ID"));
    arrives(&here, "unit1@two.police.example").await;
    let told = wait_for("the mail server's word", PATIENCE, async || {
        let seen = here.get(1, &format!("/api/v1/deliveries/{one}")).await?;
        (seen["state"] == "accepted").then_some(seen)
    })
    .await
    .unwrap();
    assert_eq!(
        (&told["resend"]["code"], told["steps"].as_array().unwrap().len()),
        (&Value::from("already-accepted"), 1)
    );

    // The right address: one proposes, two others agree, so that it is made at once.
    browser.goto(&format!("{}/deliveries/{zero}", here.address)).await.unwrap();
    browser.follow("Correct the address").await.unwrap();
    browser.screenshot("desk-correct").await.unwrap();
    assert_eq!(browser.faults().await.unwrap(), Vec::<String>::new());
    browser.fill("Address", "right0@one.police.example").await.unwrap();
    browser.fill("How you know", "they telephoned from the number we know").await.unwrap();
    browser.follow("Correct it").await.unwrap();
    let change = browser.address().await.unwrap();
    assert!(change.contains("/partners/changes/"), "{change}");
    let create =
        ["accounts", "create", "--email", "admin@x.example", "--name", "Ada", "--role", "admin", "--institution", ""];
    here.run(&create, PASSWORD);
    for who in ["second@x.example", "admin@x.example"] {
        sign_in(&browser, &here, who).await;
        browser.goto(&change).await.unwrap();
        browser.follow("Agree to the change").await.unwrap();
    }
    arrives(&here, "right0@one.police.example").await;
    assert!(!here.sink.messages().iter().any(|mail| mail.recipients == ["unit0@one.police.example"]));
    browser.goto(&format!("{}/deliveries/{zero}", here.address)).await.unwrap();
    let text = browser.text().await.unwrap();
    assert!(text.contains("Second contacts written to") && text.contains("Address corrected"), "{text}");

    let shown = here.audit(&format!("/api/v1/cases/{case}/notified")).await.unwrap();
    let states: Vec<_> = shown["notified"].as_array().unwrap().iter().map(|line| line["outcome"].clone()).collect();
    assert_eq!((states.len(), states.iter().filter(|state| **state == "accepted").count()), (4, 3), "{states:?}");
    wait_until("every fact in the ledger, and nothing left over", PATIENCE, async || here.try_run(&["doctor"], "").0)
        .await
        .unwrap();
    assert!(here.run(&["ledger", "verify"], "").contains("The ledger holds"));
    let facts = here.facts().await;
    for kind in
        ["delivery.resent.v1", "delivery.second_contacts.v1", "address.correction_asked.v1", "address.corrected.v1"]
    {
        assert_eq!(facts.iter().filter(|(one, _)| one == kind).count(), 1, "{kind}");
    }
    assert!(facts.iter().all(|(_, body)| !body.contains("right0@") && !body.contains("telephoned")));
}
