//! The ledger from the command line.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, Result};
use clap::Subcommand;
use domain::Clock;
use store::Db;

use crate::process;
use crate::settings::Settings;

/// What to do with the ledger.
#[derive(Subcommand)]
pub enum Action {
    /// Computes everything again and compares it with what was signed. Exit code 1 if anything differs.
    Verify {
        /// A checkpoint that you kept outside: the only protection against somebody who holds the key.
        #[arg(long)]
        checkpoint: Option<PathBuf>,
        /// The verifier key, if it is not the one of this installation.
        #[arg(long)]
        key: Option<String>,
    },
    /// Prints the latest checkpoint, for keeping outside.
    Checkpoint,
}

/// The audit service's dependencies.
pub fn deps(settings: &Settings, db: Db, clock: Clock) -> Result<audit::Deps> {
    let folder = settings.ledger.key_path.parent().filter(|folder| !folder.as_os_str().is_empty());
    if let Some(folder) = folder {
        std::fs::create_dir_all(folder).with_context(|| format!("cannot make the folder {}", folder.display()))?;
    }
    let key = settings.ledger.key().context("cannot use the ledger's key")?;
    Ok(audit::Deps {
        db,
        clock,
        key,
        #[cfg(feature = "pdf")]
        printer: audit::Printer::new(settings.paper.fonts.clone()),
    })
}

/// Runs an action on the ledger.
pub async fn run(settings: &Settings, action: Action) -> Result<ExitCode> {
    let db = process::database(settings).await?;
    match action {
        Action::Checkpoint => {
            let mut tx = db.read().await?;
            let latest = store::ledger::latest_checkpoint(&mut tx).await?.context("there is no checkpoint yet")?;
            print!("{}", latest.note);
            Ok(ExitCode::SUCCESS)
        }
        Action::Verify { checkpoint, key } => {
            let verifier = match key {
                Some(text) => text.trim().parse().context("this is no verifier key")?,
                None => settings.ledger.key().context("cannot use the ledger's key")?.verifier(),
            };
            let outside = match checkpoint {
                None => None,
                Some(path) => {
                    let text =
                        std::fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
                    Some(text.parse().with_context(|| format!("{} holds no checkpoint", path.display()))?)
                }
            };
            let done = audit::verify_ledger(&db, Clock::System.now(), &verifier, outside.as_ref()).await?;
            for sentence in done.sentences() {
                println!("{sentence}");
            }
            Ok(if done.holds() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
        }
    }
}
