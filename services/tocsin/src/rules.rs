//! The rules from the command line: try a text before anybody drafts it, and ask why a partner hears.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, Result};
use clap::Subcommand;
use domain::Clock;
use domain::ids::{AlertId, PartnerId};
use routing::plan::explain::Node;
use routing::rules::RuleSet;
use routing::rules::check::check;

use crate::process;
use crate::settings::Settings;

/// What to do with the rules.
#[derive(Subcommand)]
pub enum Action {
    /// Reads a text and tries the cases beside its rules. Exit code 1 if an error or another outcome is found.
    Test {
        /// The text (TOML).
        file: PathBuf,
    },
    /// Says who would gain and who would lose by a text, over the released alerts of the past.
    Compare {
        /// The text (TOML).
        file: PathBuf,
    },
    /// Says why a partner was told of an alert version, or was not, from what was frozen with its plan.
    Explain {
        /// The alert, such as alert_0190…
        alert: AlertId,
        /// The partner, such as partner_0190…
        partner: PartnerId,
    },
}

/// Runs an action on the rules.
pub async fn run(settings: &Settings, action: Action) -> Result<ExitCode> {
    match action {
        Action::Test { file } => test(&file),
        Action::Compare { file } => compare(settings, &file).await,
        Action::Explain { alert, partner } => explain(settings, alert, partner).await,
    }
}

/// The rule set in a file; its errors are printed.
fn read(file: &PathBuf) -> Result<Option<RuleSet>> {
    let text = std::fs::read_to_string(file).with_context(|| format!("cannot read {}", file.display()))?;
    match RuleSet::parse(0, &text) {
        Ok(rules) => Ok(Some(rules)),
        Err(errors) => {
            for error in errors {
                println!("{}: {error}", file.display());
            }
            Ok(None)
        }
    }
}

fn test(file: &PathBuf) -> Result<ExitCode> {
    let Some(rules) = read(file)? else { return Ok(ExitCode::FAILURE) };
    let results = check(&rules);
    let mut failed = 0;
    for result in &results {
        if result.failures.is_empty() {
            println!("ok    line {}: {}", result.line, result.name);
            continue;
        }
        failed += 1;
        println!("FAIL  line {}: {}", result.line, result.name);
        for failure in &result.failures {
            println!("      {failure}");
        }
    }
    println!("{} rules, {} cases, {failed} otherwise than expected", rules.rules.len(), results.len());
    Ok(if failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

async fn compare(settings: &Settings, file: &PathBuf) -> Result<ExitCode> {
    let Some(rules) = read(file)? else { return Ok(ExitCode::FAILURE) };
    let parts = process::parts(settings, process::database(settings).await?, Clock::System, &BTreeSet::new())?;
    let comparison = routing::compare_rules(&parts.routing, rules).await.context("cannot compare")?;
    for alert in &comparison.changed {
        println!("{} v{} {}", alert.reference, alert.version, alert.title);
        for name in &alert.gains {
            println!("  + {name}");
        }
        for name in &alert.loses {
            println!("  - {name}");
        }
    }
    for partner in &comparison.partners {
        println!("{}: gains {}, loses {}", partner.name, partner.gains, partner.loses);
    }
    println!("{} alerts, {} of them would be told to others", comparison.alerts, comparison.changed.len());
    Ok(ExitCode::SUCCESS)
}

async fn explain(settings: &Settings, alert: AlertId, partner: PartnerId) -> Result<ExitCode> {
    let parts = process::parts(settings, process::database(settings).await?, Clock::System, &BTreeSet::new())?;
    let explained = routing::explain_decision(&parts.routing, alert, partner, None).await?;
    for sentence in &explained.explanation.sentences {
        println!("{sentence}");
    }
    let revision = explained.directory_revision;
    println!("Rules, version {}; directory, revision {revision}.", explained.rule_set_version);
    for node in &explained.explanation.tree {
        print(node, 0);
    }
    Ok(match explained.as_stored {
        Some(true) => {
            println!("Made again from its frozen inputs: the same as stored.");
            ExitCode::SUCCESS
        }
        Some(false) => {
            println!("Made again from its frozen inputs: NOT what is stored.");
            ExitCode::FAILURE
        }
        None => {
            println!("It is a draft: as if released now by a second officer.");
            ExitCode::SUCCESS
        }
    })
}

fn print(node: &Node, depth: usize) {
    let mark = match node.holds {
        Some(true) => "yes",
        Some(false) => "no ",
        None => "-  ",
    };
    println!("{}{mark} {} {}", "  ".repeat(depth), node.question, node.answer);
    for part in &node.parts {
        print(part, depth + 1);
    }
}
