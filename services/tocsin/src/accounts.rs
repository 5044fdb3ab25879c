//! Accounts and the directory from the command line: what a new installation needs before anybody can sign in.

use std::collections::BTreeSet;
use std::io::{IsTerminal, Read};
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, Result};
use clap::Subcommand;
use domain::Clock;
use domain::codes::RevisionSource;
use identity::NewAccount;
use secrecy::{ExposeSecret, SecretString};

use crate::process::{self, Parts};
use crate::settings::Settings;

/// What to do with accounts.
#[derive(Subcommand)]
pub enum Action {
    /// Creates an account; the password is read from standard input.
    Create {
        /// The address it signs in with.
        #[arg(long)]
        email: String,
        /// The person's name.
        #[arg(long)]
        name: String,
        /// reporter, officer, auditor or admin
        #[arg(long)]
        role: String,
        /// The institution; a reporter must have one.
        #[arg(long, default_value = "")]
        institution: String,
    },
    /// Issues a bearer token for an account and prints it, once.
    Token {
        /// The account's address.
        #[arg(long)]
        email: String,
        /// What its owner calls it.
        #[arg(long, default_value = "command line")]
        name: String,
        /// After how many days it expires.
        #[arg(long, default_value_t = 90)]
        days: u32,
    },
}

/// What to do with the directory.
#[derive(Subcommand)]
pub enum Partners {
    /// Imports a directory file (CSV); doing it twice changes nothing the second time.
    Import {
        /// The file.
        file: PathBuf,
    },
}

async fn parts(settings: &Settings) -> Result<Parts> {
    let db = process::database(settings).await?;
    process::parts(settings, db, Clock::System, &BTreeSet::new())
}

/// Runs an action on accounts.
pub async fn run(settings: &Settings, action: Action) -> Result<ExitCode> {
    match action {
        Action::Create { email, name, role, institution } => create(settings, email, name, role, institution).await,
        Action::Token { email, name, days } => {
            let parts = parts(settings).await?;
            println!("{}", token(&parts, &email, &name, days).await?);
            Ok(ExitCode::SUCCESS)
        }
    }
}

/// A new bearer token of an account.
pub async fn token(parts: &Parts, email: &str, name: &str, days: u32) -> Result<String> {
    let mailbox = email.parse().with_context(|| format!("{email} is no address"))?;
    let mut tx = parts.db.read().await?;
    let credential = store::identity::credential(&mut tx, &mailbox).await?;
    tx.commit().await?;
    let account = credential.with_context(|| format!("there is no account {email}"))?;
    let issued = identity::issue_token(&parts.identity, account.account_id, name, Some(days)).await?;
    Ok(issued.token.expose_secret().to_owned())
}

async fn create(
    settings: &Settings,
    email: String,
    name: String,
    role: String,
    institution: String,
) -> Result<ExitCode> {
    if std::io::stdin().is_terminal() {
        eprintln!("Password (it will be shown; end with Ctrl-D):");
    }
    let mut password = String::new();
    std::io::stdin().read_to_string(&mut password).context("cannot read the password")?;
    let password = SecretString::from(password.trim_end_matches(['\r', '\n']).to_owned());
    let parts = parts(settings).await?;
    let account = NewAccount { email, name, role, institution, password };
    let id = identity::create_account(&parts.identity, account, None).await.context("cannot create the account")?;
    println!("created {id}");
    Ok(ExitCode::SUCCESS)
}

/// Runs an action on the directory.
pub async fn partners(settings: &Settings, action: Partners) -> Result<ExitCode> {
    let Partners::Import { file } = action;
    let bytes = std::fs::read(&file).with_context(|| format!("cannot read {}", file.display()))?;
    let parts = parts(settings).await?;
    let by = routing::By { account: None, source: RevisionSource::Command };
    let done = routing::import_directory(&parts.routing, &bytes, by, &"The command line".parse().expect("a line"))
        .await
        .context("cannot import the directory")?;
    println!(
        "{} added, {} changed, {} unchanged; revision {}",
        done.added, done.changed, done.unchanged, done.revision
    );
    if let Some(id) = done.waiting {
        println!("nothing was changed yet: look at /partners/imports/{id} and take the file there");
    }
    Ok(ExitCode::SUCCESS)
}
