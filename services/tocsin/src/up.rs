//! The embedded form: everything in one process, on SQLite, mail into a folder.

use std::net::SocketAddr;
use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context, Result};
use contracts::Service;
use domain::Clock;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use crate::Embedded;
use crate::process::{self, Parts};
use crate::settings::Settings;

/// The first port tried when none is named, and how many after it.
const FIRST_PORT: u16 = 8080;
const TRIES: u16 = 20;

/// Prepares the embedded form: migrated, with rules, listening.
pub async fn prepare(mut settings: Settings, embedded: &Embedded) -> Result<(Parts, TcpListener)> {
    let listener = listen(embedded.port).await?;
    let address = listener.local_addr()?;
    let data = &embedded.data;
    settings.database.url = settings_url(data).into();
    settings.bus.url = None;
    settings.mail.folder = data.join("mail");
    settings.mail.public_url = format!("http://{address}");
    settings.keys.link = data.join("link.key");
    settings.ledger.key_path = data.join("ledger.key");
    settings.photos = blobs::BlobsConfig::in_folder(data.join("photos"));
    let db = process::database(&settings).await?;
    store::migrate(&db).await.context("cannot migrate")?;
    let parts = process::parts(&settings, db, Clock::System, &all())?;
    routing::install_default(&parts.routing).await.context("cannot install the default rules")?;
    Ok((parts, listener))
}

/// The embedded database of a data folder, as the settings name it.
fn settings_url(data: &Path) -> String {
    format!("sqlite:{}", data.join("tocsin.db").display())
}

async fn listen(port: Option<u16>) -> Result<TcpListener> {
    let bind = |port| TcpListener::bind(SocketAddr::from(([127, 0, 0, 1], port)));
    if let Some(port) = port {
        return bind(port).await.with_context(|| format!("cannot listen on port {port}"));
    }
    for port in FIRST_PORT..FIRST_PORT + TRIES {
        if let Ok(listener) = bind(port).await {
            return Ok(listener);
        }
    }
    bind(0).await.context("cannot listen on any port")
}

/// Every service.
pub fn all() -> std::collections::BTreeSet<Service> {
    Service::ALL.into_iter().collect()
}

/// Runs until it is stopped.
pub async fn run(settings: Settings, embedded: &Embedded) -> Result<ExitCode> {
    let (parts, listener) = prepare(settings, embedded).await?;
    println!("Tocsin is up: http://{}", listener.local_addr()?);
    println!("Data are in {}; stop with Ctrl-C.", embedded.data.display());
    let database = settings_url(&embedded.data);
    println!("Nobody can sign in before there is an account. In another terminal, then type its password:");
    println!(
        "  TOCSIN__DATABASE__URL={database} tocsin accounts create --email you@example.org --name You --role admin"
    );
    let stop = CancellationToken::new();
    let work = process::run(parts, all(), listener, stop.clone());
    runtime::lifecycle::run_until_stopped(stop, work).await;
    Ok(ExitCode::SUCCESS)
}
