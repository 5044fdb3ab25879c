//! `tocsin case import`: sends a file, waits for the check, and takes it.

use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use clap::Args;
use serde_json::{Value, json};

use super::client::{Client, Outcome};

/// How often to ask how far it is.
const EVERY: Duration = Duration::from_millis(300);

/// Which file, and what to do with it.
#[derive(Args)]
pub struct Import {
    /// A file whose name ends in .csv, .xlsx, .jsonl or .xml (LIDO).
    file: PathBuf,
    /// The case that its objects join: identifier or reference.
    #[arg(long, required_unless_present = "cases", conflicts_with = "cases")]
    case: Option<String>,
    /// The file holds cases with their objects.
    #[arg(long)]
    cases: bool,
    /// Only checks; throws the upload away afterwards.
    #[arg(long)]
    dry_run: bool,
    /// Takes the good records if some are bad.
    #[arg(long)]
    skip_bad: bool,
    /// Takes a file that was imported before.
    #[arg(long)]
    again: bool,
}

/// Runs it. Prints the import and every error of its records.
pub async fn run(client: &Client, order: Import) -> Result<Outcome> {
    let content_type = match order.file.extension().and_then(|ending| ending.to_str()) {
        Some("csv" | "tsv") => "text/csv",
        Some("xlsx") => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        Some("jsonl" | "ndjson") => "application/x-ndjson",
        Some("xml") => "application/xml",
        _ => bail!("the name of the file must end in .csv, .xlsx, .jsonl or .xml"),
    };
    let content = std::fs::read(&order.file).with_context(|| format!("cannot read {}", order.file.display()))?;
    let name = order.file.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let mut query = vec![("name", name), ("again", order.again.to_string())];
    match &order.case {
        Some(case) => match client.case(case).await? {
            Ok(id) => query.extend([("kind", "objects".to_owned()), ("case", id)]),
            Err(refusal) => return Ok(refusal),
        },
        None => query.push(("kind", "cases".to_owned())),
    }
    let sent = client.upload(&query, content_type, content).await?;
    let Outcome::Done(import) = sent else { return Ok(sent) };
    let Some(path) = import["id"].as_str().map(|id| format!("/api/v1/imports/{id}")) else { bail!("no identifier") };
    let checked = settle(client, &path, import).await?;
    let Outcome::Done(import) = checked else { return Ok(checked) };
    if import["state"] != "checked" {
        return with_errors(client, &path, import).await;
    }
    let bad = import["bad"].as_i64().unwrap_or(0);
    let good = import["good"].as_i64().unwrap_or(0);
    if order.dry_run || good == 0 || (bad > 0 && !order.skip_bad) {
        let done = client.post(&format!("{path}/cancel"), &json!({})).await?;
        return match done {
            Outcome::Done(import) => with_errors(client, &path, import).await,
            refusal => Ok(refusal),
        };
    }
    let mode = if order.skip_bad { "skip_bad" } else { "all_or_nothing" };
    let taken = client.post(&format!("{path}/confirm"), &json!({"mode": mode})).await?;
    let Outcome::Done(import) = taken else { return Ok(taken) };
    match settle(client, &path, import).await? {
        Outcome::Done(import) => with_errors(client, &path, import).await,
        refusal => Ok(refusal),
    }
}

/// Asks until nothing moves any more.
async fn settle(client: &Client, path: &str, mut import: Value) -> Result<Outcome> {
    while import["state"] == "checking" || import["state"] == "importing" {
        tokio::time::sleep(EVERY).await;
        match client.get(path, &[]).await? {
            Outcome::Done(now) => import = now,
            refusal => return Ok(refusal),
        }
    }
    Ok(Outcome::Done(import))
}

/// The import with every error of its records.
async fn with_errors(client: &Client, path: &str, mut import: Value) -> Result<Outcome> {
    let mut errors: Vec<Value> = Vec::new();
    let mut after = json!(0);
    while import["bad"].as_i64().unwrap_or(0) > 0 {
        let page = client.get(&format!("{path}/errors"), &[("after", after.to_string())]).await?;
        let Outcome::Done(mut page) = page else { return Ok(page) };
        if let Value::Array(more) = page["errors"].take() {
            errors.extend(more);
        }
        after = page["next"].take();
        if after.is_null() {
            break;
        }
    }
    let refused = import["state"] == "refused";
    let clean = errors.is_empty() && !refused;
    import["errors"] = Value::Array(errors);
    Ok(if clean { Outcome::Done(import) } else { Outcome::WithErrors(import) })
}
