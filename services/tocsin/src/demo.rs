//! The main job, told from report to proof on the embedded form: one real case, registered over HTTP as an institution
//! would, verified and released by two officers, planned, mailed, and read back from the ledger.

use std::process::ExitCode;
use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};
use bus::Consumer;
use identity::NewAccount;
use secrecy::SecretString;
use serde_json::{Value, json};
use store::reports;
use tokio_util::sync::CancellationToken;

use crate::accounts::token;
use crate::process::{self, Parts};
use crate::settings::Settings;
use crate::{Embedded, up};

/// What the sample accounts sign in with. The demonstration listens on this machine only.
const PASSWORD: &str = "the-bell-of-the-town";
const ACCOUNTS: [(&str, &str, &str, &str); 5] = [
    ("museum@demo.example", "Awa Ouédraogo", "reporter", "National Museum of Burkina Faso"),
    ("officer@demo.example", "Jean Dupont", "officer", "Tocsin desk"),
    ("second@demo.example", "Maria Silva", "officer", "Tocsin desk"),
    ("auditor@demo.example", "Li Wei", "auditor", ""),
    ("admin@demo.example", "Sara Haddad", "admin", ""),
];
/// How long the whole fan-out may take before something is wrong.
const PATIENCE: Duration = Duration::from_secs(60);

/// Runs the demonstration, then stays up.
pub async fn run(settings: Settings, embedded: &Embedded) -> Result<ExitCode> {
    let embedded = Embedded { data: embedded.data.join("demo"), ..embedded.clone() };
    let (parts, listener) = up::prepare(settings, &embedded).await?;
    let address = format!("http://{}", listener.local_addr()?);
    println!("Tocsin demonstration. Data are in {}; nothing leaves this machine.", embedded.data.display());
    let stop = CancellationToken::new();
    let serving = process::run(parts.clone(), up::all(), listener, stop.clone());
    let story = async {
        let told = tell(&parts, &address).await;
        if let Err(error) = &told {
            println!("The demonstration stopped: {error:#}");
            stop.cancel();
        }
        told.is_ok()
    };
    let (told, ()) = tokio::join!(story, runtime::lifecycle::run_until_stopped(stop.clone(), serving));
    Ok(if told { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

async fn tell(parts: &Parts, address: &str) -> Result<()> {
    let known = known_case(parts).await?;
    if known.is_none() {
        prepare(parts).await?;
    }
    let case_id = match known {
        Some(id) => {
            println!("Found the case of an earlier run; showing it.");
            id
        }
        None => register_verify_release(parts, address).await?,
    };
    wait_until_sent(parts, &case_id).await?;
    show(parts, address, &case_id).await
}

/// Sample directory and accounts.
async fn prepare(parts: &Parts) -> Result<()> {
    let done = routing::import_sample(&parts.routing).await.context("cannot import the sample directory")?;
    println!("1. Directory: {} partners of four kinds.", done.added + done.unchanged + done.changed);
    for (email, name, role, institution) in ACCOUNTS {
        let account = NewAccount {
            email: email.to_owned(),
            name: name.to_owned(),
            role: role.to_owned(),
            institution: institution.to_owned(),
            password: SecretString::from(PASSWORD),
        };
        // An earlier run may have been stopped half way.
        match identity::create_account(&parts.identity, account, None).await {
            Ok(_) | Err(identity::CreateAccountError::AddressTaken) => {}
            Err(error) => return Err(error).context("cannot create a sample account"),
        }
    }
    println!("2. Accounts: a museum, two officers, an auditor, an administrator.");
    Ok(())
}

async fn known_case(parts: &Parts) -> Result<Option<String>> {
    let mut tx = parts.db.read().await?;
    let sums = reports::conservation(&mut tx, None).await?;
    let newest = store::ledger::latest(&mut tx, 10_000).await?;
    tx.commit().await?;
    let released = newest.iter().find(|row| row.kind == "alert.released.v1").and_then(|row| row.case_id);
    Ok(released.filter(|_| sums.told > 0).map(|id| id.to_string()))
}

async fn register_verify_release(parts: &Parts, address: &str) -> Result<String> {
    let http = reqwest::Client::new();
    let (museum, first, second) = (
        token(parts, "museum@demo.example", "demonstration", 1).await?,
        token(parts, "officer@demo.example", "demonstration", 1).await?,
        token(parts, "second@demo.example", "demonstration", 1).await?,
    );
    let case: Value = post(&http, &museum, &format!("{address}/api/v1/cases"), &statuette()).await?;
    let id = case["id"].as_str().context("the answer has no id")?.to_owned();
    println!("3. Registered over HTTP by the museum: {}.", case["reference"].as_str().unwrap_or_default());
    let verification = json!({
        "certainty": "likely", "evidence": "inventory_extract",
        "note": "Inventory card and a letter of the museum's director.",
    });
    post(&http, &first, &format!("{address}/api/v1/cases/{id}/verify"), &verification).await?;
    println!("4. Verified by the duty officer: likely, on an inventory extract.");
    let draft = json!({ "kind": "alert", "reach": "all" });
    let alert = post(&http, &first, &format!("{address}/api/v1/cases/{id}/alerts"), &draft).await?;
    let alert_id = alert["id"].as_str().context("the draft has no id")?.to_owned();
    let release = format!("{address}/api/v1/alerts/{alert_id}/release");
    let refused = http.post(&release).bearer_auth(&first).json(&json!({})).send().await?;
    ensure!(refused.status() == 409, "the drafter could release alone: {}", refused.status());
    post(&http, &second, &release, &json!({})).await?;
    println!("5. Drafted by one officer, released by a second one (the first alone was refused).");
    Ok(id)
}

async fn post(http: &reqwest::Client, token: &str, url: &str, body: &Value) -> Result<Value> {
    let answer = http
        .post(url)
        .bearer_auth(token)
        .header("Idempotency-Key", format!("demo-{}", url.len()))
        .json(body)
        .send()
        .await
        .context("cannot reach our own API")?;
    let status = answer.status();
    let text = answer.text().await?;
    if !status.is_success() {
        bail!("{url}: {status} {text}");
    }
    serde_json::from_str(&text).with_context(|| format!("{url}: not JSON"))
}

/// The statuette from Pobé Mengao, reported by the national museum of Burkina Faso (UNESCO's list of alerts, 2017).
fn statuette() -> Value {
    json!({
        "event": "theft",
        "title": "Statuette de Pobé Mengao",
        "country": "BF",
        "language": "fr",
        "label": "TLP:AMBER",
        "loss": { "earliest": "2017-05-01", "latest": "2017-06-30", "discovered": "2017-07-03" },
        "circumstances": {
            "holder": "Communauté villageoise de Pobé Mengao",
            "premises": "place_of_worship",
            "subdivision": "BF-SOM",
            "place": "Pobé Mengao, province du Soum",
            "method": "stolen",
            "police_reference_not_yet": true,
            "authority_informed": "Ministère de la Culture, des Arts et du Tourisme",
            "narrative": "La statuette a disparu de la case où elle était gardée."
        },
        "reporter": { "name": "Awa Ouédraogo", "capacity": "national_authority", "email": "museum@demo.example" },
        "objects": [{
            "title": "Statuette d’ancêtre",
            "type": "ethnographic",
            "type_detail": "statuette d’ancêtre",
            "photographs": "none",
            "materials": "Bois, patine d’offrandes",
            "measurements": [{ "dimension": "height", "value": "55", "unit": "cm" }],
            "distinguishing_features": "Fissure verticale sur le côté gauche",
            "subject": "Figure debout",
            "maker": "Kurumba",
            "description": "Figure debout, bras le long du corps, socle rond.",
            "origin_country": "BF",
            "flags": ["sacred_or_communal"]
        }]
    })
}

/// Waits until the plan is frozen and no delivery is waiting.
async fn wait_until_sent(parts: &Parts, case_id: &str) -> Result<()> {
    let id = case_id.parse().context("a case identifier")?;
    let work = async {
        loop {
            let mut tx = parts.db.read().await?;
            let rows = reports::notified(&mut tx, id).await?;
            let lag = store::ledger::lag(&mut tx, audit::OnEveryEvent::NAME).await?;
            tx.commit().await?;
            let ended =
                rows.iter().all(|row| row.state.is_some_and(|state| state != domain::delivery::DeliveryState::Pending));
            if !rows.is_empty() && ended && lag.count == 0 {
                return Ok::<_, anyhow::Error>(());
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    tokio::time::timeout(PATIENCE, work).await.context("the mails did not all leave in a minute")?
}

async fn show(parts: &Parts, address: &str, case_id: &str) -> Result<()> {
    let id = case_id.parse().context("a case identifier")?;
    let mut tx = parts.db.read().await?;
    let told = reports::notified(&mut tx, id).await?;
    let not_told = store::plans::exclusions(&mut tx, id).await?;
    let sums = reports::conservation(&mut tx, None).await?;
    tx.commit().await?;
    println!("6. Planned and mailed:\n");
    println!("{:<58} {:<9} {:<12} {:<10}", "TOLD", "KIND", "SHARE", "OUTCOME");
    for row in &told {
        let state = row.state.map_or("pending", domain::delivery::DeliveryState::as_str);
        println!("{:<58} {:<9} {:<12} {:<10}", cut(row.partner_name.as_str(), 57), row.partner_kind, row.share, state);
    }
    println!("\n{:<58} {:<9} WHY NOT", "NOT TOLD", "KIND");
    for row in &not_told {
        println!(
            "{:<58} {:<9} {}",
            cut(row.partner_name.as_str(), 57),
            row.partner_kind,
            cut(&row.reason.0.sentence(), 110)
        );
    }
    println!(
        "\n{} told, {} not told; conservation {}.",
        told.len(),
        not_told.len(),
        if sums.holds() { "holds" } else { "IS BROKEN" }
    );
    let done = audit::verify_ledger(&parts.db, parts.clock.now(), &parts.audit.writer.keys.verifiers(), &[]).await?;
    ensure!(done.holds(), "the ledger does not verify: {}", done.sentences().join(" "));
    let root = hex::encode(done.walked.root);
    println!("7. Ledger: {} entries, verified. Root {root}", done.walked.entries);
    println!(
        "\nConsole: {address}   (the case: {address}/cases/{case_id}, who was told: {address}/cases/{case_id}/notified, the mails: {address}/mail)"
    );
    println!("Sign in as officer@demo.example, second@demo.example, auditor@demo.example, admin@demo.example or");
    println!("museum@demo.example, password {PASSWORD}. Stop with Ctrl-C.");
    Ok(())
}

fn cut(text: &str, most: usize) -> String {
    if text.chars().count() <= most { text.to_owned() } else { text.chars().take(most - 1).chain(['…']).collect() }
}
