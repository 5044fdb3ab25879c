//! The ledger from the command line: checking, copying, witnessing. Exit codes: 0 it holds, 1 it does not, 2 it could
//! not be checked.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::{Context, Result, anyhow};
use audit::verify::{Outside, verify_folder, verify_proof};
use audit::witness::{Witness, WitnessKey, router};
use audit::{LedgerKey, LedgerKeys, VerifierKey};
use bus::Bell;
use clap::{Args, Subcommand};
use domain::Clock;
use store::Db;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use crate::settings::Settings;
use crate::{process, secrets};

/// What to do with the ledger.
#[derive(Subcommand)]
pub enum Action {
    /// Computes everything again and compares it with what was signed: in the database, in a copy, or for one mail.
    /// Exit code 0 if it holds, 1 if it does not, 2 if it could not be checked.
    Verify(Verify),
    /// Prints the latest checkpoint, for keeping outside.
    Checkpoint,
    /// Writes the ledger into a folder, for somebody who has no access here.
    Export {
        /// The folder.
        folder: PathBuf,
        /// With what the entries commit to. That is confidential.
        #[arg(long)]
        contents: bool,
    },
    /// Copies a ledger from its server, or brings a copy up to date, and checks it. Needs no settings.
    Mirror {
        /// Its address, such as <https://tocsin.example.org/ledger>.
        from: String,
        /// The folder.
        folder: PathBuf,
    },
    /// Follows a ledger as a witness: signs each checkpoint that continues the last one, refuses every other and says
    /// so loudly. Needs no settings.
    Witness(Follow),
    /// Makes a key to change to. Name it as `key_path`, and the present one as `previous_key_path`, for as long as
    /// partners need to learn the new one.
    NewKey {
        /// The file, which must not exist.
        file: PathBuf,
    },
}

/// What to verify, against what.
#[derive(Args)]
pub struct Verify {
    /// A checkpoint or a mail that you kept outside: the only protection against somebody who holds the key.
    #[arg(long)]
    checkpoint: Vec<PathBuf>,
    /// A verifier key; without it, that of this installation, of the copy, or of the proof itself.
    #[arg(long)]
    key: Vec<VerifierKey>,
    /// A folder with an export or a mirror, instead of the database.
    #[arg(long, conflicts_with = "proof")]
    from: Option<PathBuf>,
    /// The proof of a delivery or the evidence of a case, as the server gave it.
    #[arg(long)]
    proof: Option<PathBuf>,
    /// A mail saved as a file: is it, byte for byte, the one that the proof speaks of?
    #[arg(long, requires = "proof")]
    mail: Option<PathBuf>,
}

/// How to be a witness.
#[derive(Args)]
pub struct Follow {
    /// The ledger's verifier key; may be given several times while it changes.
    #[arg(long, required = true)]
    log: Vec<VerifierKey>,
    /// This witness's name: a host and path that you control, without a scheme.
    #[arg(long)]
    name: String,
    /// The file with this witness's own key; made when it is not there.
    #[arg(long, default_value = "witness.key")]
    key_file: PathBuf,
    /// The file with the last checkpoint that was signed.
    #[arg(long, default_value = "witness.checkpoint")]
    state: PathBuf,
    /// Where to listen.
    #[arg(long, default_value = "127.0.0.1:8099")]
    listen: SocketAddr,
}

/// The audit service's dependencies.
pub fn deps(settings: &Settings, db: Db, clock: Clock, signs: bool) -> Result<audit::Deps> {
    let keys = if signs {
        settings.ledger.keys().context("cannot use the ledger's key")?
    } else {
        let origin = settings.ledger.origin.parse().map_err(|rule| anyhow!("ledger.origin: {rule}"))?;
        LedgerKeys::new(LedgerKey::from_seed(origin, &secrets::random()?), None, Vec::new())
    };
    let writer = audit::Writer::new(keys, clock.clone());
    let config = &settings.ledger;
    let (witnesses, mail_log, access_days) = (config.cosigners(), config.mail_log.clone(), config.access_days);
    Ok(audit::Deps {
        db,
        clock,
        #[cfg(feature = "pdf")]
        printer: audit::Printer::new(settings.paper.fonts.clone()),
        bell: Bell::new(),
        writer,
        witnesses,
        mail_log,
        access_days,
    })
}

/// Runs an action on the ledger.
pub async fn run(settings: &Settings, action: Action) -> Result<ExitCode> {
    match action {
        Action::Checkpoint => {
            let db = process::database(settings).await?;
            let mut tx = db.read().await?;
            let latest = audit::layout::checkpoint(&mut tx).await?.context("there is no checkpoint yet")?;
            print!("{latest}");
            Ok(ExitCode::SUCCESS)
        }
        // What cannot be checked must not look like what was checked and found wrong.
        Action::Verify(what) => Ok(match verify(settings, &what).await {
            Ok(true) => ExitCode::SUCCESS,
            Ok(false) => ExitCode::FAILURE,
            Err(error) => {
                eprintln!("tocsin: {error:#}");
                ExitCode::from(2)
            }
        }),
        Action::Export { folder, contents } => {
            let db = process::database(settings).await?;
            let keys = settings.ledger.keys().context("cannot use the ledger's key")?;
            let size = audit::export_ledger(&db, &keys, &folder, contents).await?;
            println!("{size} entries are in {}.", folder.display());
            println!("Check them anywhere: tocsin ledger verify --from {} --checkpoint FILE", folder.display());
            Ok(ExitCode::SUCCESS)
        }
        Action::Mirror { from, folder } => {
            let size = audit::mirror(&audit::Http::default(), &from, &folder).await?;
            println!("{size} entries are in {}.", folder.display());
            let report = verify_folder(&folder, &folder_keys(&folder)?, &[])?;
            say(&report.sentences());
            Ok(if report.holds() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
        }
        Action::Witness(how) => witness(how).await,
        Action::NewKey { file } => {
            anyhow::ensure!(!file.exists(), "{} is there already", file.display());
            let origin = settings.ledger.origin.parse().map_err(anyhow::Error::msg)?;
            let key = LedgerKey::load_or_create(&file, origin)?;
            println!("{}", key.verifier());
            Ok(ExitCode::SUCCESS)
        }
    }
}

fn read(path: &PathBuf) -> Result<Vec<u8>> {
    std::fs::read(path).with_context(|| format!("cannot read {}", path.display()))
}

/// The keys that came with a copy.
fn folder_keys(folder: &std::path::Path) -> Result<Vec<VerifierKey>> {
    let path = folder.join("keys");
    let text = std::fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
    text.lines().map(|line| line.parse().with_context(|| format!("{} holds no keys", path.display()))).collect()
}

fn say(sentences: &[String]) {
    for sentence in sentences {
        println!("{sentence}");
    }
}

async fn verify(settings: &Settings, what: &Verify) -> Result<bool> {
    let mut outside = Vec::new();
    for path in &what.checkpoint {
        let parsed = Outside::read(&read(path)?);
        outside.push(parsed.with_context(|| format!("{} cannot be used", path.display()))?);
    }
    let (holds, sentences) = if let Some(folder) = &what.from {
        let keys = if what.key.is_empty() { folder_keys(folder)? } else { what.key.clone() };
        let report = verify_folder(folder, &keys, &outside)?;
        (report.holds(), report.sentences())
    } else if let Some(proof) = &what.proof {
        let mail = what.mail.as_ref().map(read).transpose()?;
        let report = verify_proof(&read(proof)?, &what.key, mail.as_deref(), &outside)?;
        (report.holds(), report.sentences())
    } else {
        let keys = if what.key.is_empty() {
            settings.ledger.keys().context("cannot use the ledger's key")?.verifiers()
        } else {
            what.key.clone()
        };
        let db = process::database(settings).await?;
        let done = audit::verify_ledger(&db, Clock::System.now(), &keys, &outside).await?;
        (done.holds(), done.sentences())
    };
    say(&sentences);
    Ok(holds)
}

async fn witness(how: Follow) -> Result<ExitCode> {
    let name = how.name.parse().map_err(|rule| anyhow::anyhow!("--name: {rule}"))?;
    let key = WitnessKey::load_or_create(&how.key_file, name).context("cannot use the witness's key")?;
    let cosigner = key.cosigner();
    let witness = Arc::new(Witness::open(key, how.log, &how.state, Clock::System)?);
    let listener = TcpListener::bind(how.listen).await.with_context(|| format!("cannot listen on {}", how.listen))?;
    println!("Witness {} listens on {}, signed up to {}.", cosigner.name(), listener.local_addr()?, witness.size());
    println!("Give this to the desk:");
    println!("[[ledger.witnesses]]\nkey = \"{cosigner}\"\nurl = \"http://{}\"", listener.local_addr()?);
    let stop = CancellationToken::new();
    let asked = stop.clone();
    let serving = async {
        let server = axum::serve(listener, router(witness));
        if let Err(error) = server.with_graceful_shutdown(async move { asked.cancelled().await }).await {
            tracing::error!(%error, "the HTTP server failed");
        }
    };
    runtime::lifecycle::run_until_stopped(stop, serving).await;
    Ok(ExitCode::SUCCESS)
}
