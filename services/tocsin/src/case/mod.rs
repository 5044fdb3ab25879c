//! `tocsin case`: what a script does with cases, over the same API as every other program.
//!
//! Standard output is JSON: what the API answered, or its problem document. The exit code says which.

mod client;
mod import;

use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, Result};
use clap::{Args, Subcommand};
use serde_json::{Value, json};

use self::client::{Client, Outcome};
use crate::settings::Settings;

/// What the exit codes mean, for `tocsin case --help`.
pub const EXIT_CODES: &str = "Standard output is JSON: the answer, or the problem document of a refusal.

Exit codes:
  0  done
  1  the service cannot be reached or failed; asking again may help
  2  wrong command line or settings
  3  refused: the request breaks a rule or does not fit the state of things
  4  there is no such thing, or none that the token may see
  5  the token is not valid or may not do this
  6  an import has records with errors (they are in the output)";

/// Where the service is and who asks.
#[derive(Args, Clone, Debug)]
pub struct Connection {
    /// Where the service is; the setting `client.url` without it.
    #[arg(long, global = true)]
    url: Option<String>,
    /// A file that holds the token; the setting `client.token` without it. A token on the command line would be read
    /// by everybody on the machine.
    #[arg(long, global = true)]
    token_file: Option<PathBuf>,
}

/// What to do with cases.
#[derive(Subcommand)]
pub enum Action {
    /// Registers a case from a report in JSON, as the API takes it.
    New {
        /// The report; `-` is standard input.
        file: PathBuf,
        /// The Idempotency-Key. Without it the report's own hash: the same file twice is one case.
        #[arg(long)]
        key: Option<String>,
    },
    /// Shows a case.
    Show {
        /// Its identifier, or its reference such as TOC-2026-000123.
        case: String,
    },
    /// Lists cases, newest first.
    List(List),
    /// Records how sure the desk is, and on what.
    Verify {
        /// Its identifier or reference.
        case: String,
        /// Such as `likely`.
        #[arg(long)]
        certainty: String,
        /// Such as `ministry_note`.
        #[arg(long)]
        evidence: String,
        /// A note for the desk.
        #[arg(long)]
        note: Option<String>,
    },
    /// Drafts the next version of the alert.
    Draft {
        /// Its identifier or reference.
        case: String,
        /// Such as `alert` or `update`.
        #[arg(long)]
        kind: String,
        /// `police` or `all`.
        #[arg(long)]
        reach: Option<String>,
        /// To all recipients.
        #[arg(long)]
        message: Option<String>,
    },
    /// Releases a draft.
    Release {
        /// The version's identifier.
        alert: String,
        /// The last decision about a partner by hand that you have seen (`last_override` of the audience), if there is
        /// one.
        #[arg(long)]
        last_override: Option<String>,
    },
    /// Throws a draft away.
    Discard {
        /// The version's identifier.
        alert: String,
    },
    /// Writes a case as a file of another system. The one command whose output need not be JSON.
    Export {
        /// Its identifier or reference.
        case: String,
        /// `json`, `lido` or `cap`.
        #[arg(long, default_value = "json")]
        format: String,
        /// For CAP: `object_data` or `full`.
        #[arg(long)]
        share: Option<String>,
    },
    /// Imports objects or cases from a file: sends it, waits for the check, and takes it.
    Import(import::Import),
}

/// Which cases to list.
#[derive(Args)]
pub struct List {
    /// Words, or beginnings of words, that all are in the case.
    #[arg(long, short)]
    query: Option<String>,
    #[arg(long)]
    state: Option<String>,
    #[arg(long)]
    event: Option<String>,
    /// The type of an object.
    #[arg(long = "type")]
    object_type: Option<String>,
    #[arg(long)]
    country: Option<String>,
    #[arg(long)]
    label: Option<String>,
    /// The name of the institution that reports.
    #[arg(long)]
    institution: Option<String>,
    #[arg(long)]
    lost_from: Option<String>,
    #[arg(long)]
    lost_until: Option<String>,
    /// The cases on a page.
    #[arg(long)]
    limit: Option<u32>,
    /// The `next` of the page before.
    #[arg(long)]
    after: Option<String>,
    /// Every page, as one list.
    #[arg(long)]
    all: bool,
}

impl List {
    fn query(&self) -> Vec<(&'static str, String)> {
        let all = [
            ("q", &self.query),
            ("state", &self.state),
            ("event", &self.event),
            ("type", &self.object_type),
            ("country", &self.country),
            ("label", &self.label),
            ("institution", &self.institution),
            ("lost_from", &self.lost_from),
            ("lost_until", &self.lost_until),
            ("after", &self.after),
        ];
        let given = all.into_iter().filter_map(|(name, value)| Some((name, value.clone()?)));
        given.chain(self.limit.map(|limit| ("limit", limit.to_string()))).collect()
    }
}

/// Runs a command; prints what came of it.
pub async fn run(settings: &Settings, connection: &Connection, action: Action) -> Result<ExitCode> {
    let client = Client::new(&settings.client, connection.url.as_deref(), connection.token_file.as_deref())?;
    let outcome = match action {
        Action::New { file, key } => register(&client, &file, key).await?,
        Action::Show { case } => match client.case(&case).await? {
            Ok(id) => client.get(&format!("/api/v1/cases/{id}"), &[]).await?,
            Err(refusal) => refusal,
        },
        Action::List(list) => pages(&client, &list).await?,
        Action::Verify { case, certainty, evidence, note } => {
            let body = json!({"certainty": certainty, "evidence": evidence, "note": note});
            on_case(&client, &case, "verify", &body).await?
        }
        Action::Draft { case, kind, reach, message } => {
            let body = json!({"kind": kind, "reach": reach, "message": message});
            on_case(&client, &case, "alerts", &body).await?
        }
        Action::Release { alert, last_override } => {
            let body = json!({"last_override": last_override});
            client.post(&format!("/api/v1/alerts/{alert}/release"), &body).await?
        }
        Action::Discard { alert } => client.post(&format!("/api/v1/alerts/{alert}/discard"), &json!({})).await?,
        Action::Export { case, format, share } => export(&client, &case, &format, share).await?,
        Action::Import(order) => import::run(&client, order).await?,
    };
    println!("{}", outcome.text());
    Ok(outcome.code())
}

async fn register(client: &Client, file: &Path, key: Option<String>) -> Result<Outcome> {
    let mut text = Vec::new();
    if file == Path::new("-") {
        std::io::stdin().read_to_end(&mut text).context("cannot read standard input")?;
    } else {
        text = std::fs::read(file).with_context(|| format!("cannot read {}", file.display()))?;
    }
    let key = key.unwrap_or_else(|| client::hash(&text));
    client.register(text, &key).await
}

async fn on_case(client: &Client, case: &str, what: &str, body: &Value) -> Result<Outcome> {
    match client.case(case).await? {
        Ok(id) => client.post(&format!("/api/v1/cases/{id}/{what}"), body).await,
        Err(refusal) => Ok(refusal),
    }
}

async fn pages(client: &Client, list: &List) -> Result<Outcome> {
    let mut query = list.query();
    let mut page = client.get("/api/v1/cases", &query).await?;
    if !list.all {
        return Ok(page);
    }
    let mut cases: Vec<Value> = Vec::new();
    loop {
        let Outcome::Done(Value::Object(mut answer)) = page else { return Ok(page) };
        if let Some(Value::Array(more)) = answer.remove("cases") {
            cases.extend(more);
        }
        let Some(Value::String(next)) = answer.remove("next") else { break };
        query.retain(|(name, _)| *name != "after");
        query.push(("after", next));
        page = client.get("/api/v1/cases", &query).await?;
    }
    Ok(Outcome::Done(json!({"cases": cases})))
}

async fn export(client: &Client, case: &str, format: &str, share: Option<String>) -> Result<Outcome> {
    let id = match client.case(case).await? {
        Ok(id) => id,
        Err(refusal) => return Ok(refusal),
    };
    let query: Vec<_> = share.map(|share| ("share", share)).into_iter().collect();
    client.file(&format!("/api/v1/cases/{id}/export/{format}"), &query).await
}
