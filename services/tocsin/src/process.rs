//! A running process: some services, their routers behind one listener, one way to stop.

use std::collections::BTreeSet;
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::{Context, Result};
use axum::Router;
use bus::{AmqpOptions, Bell, Bus};
use contracts::Service;
use domain::Clock;
use futures::future::join_all;
use ipnet::IpNet;
use metrics_exporter_prometheus::PrometheusHandle;
use notifier::LinkKey;
use secrecy::ExposeSecret;
use store::{Db, DbOptions};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use web::{AppOptions, Auth, RouteInfo};

use crate::settings::Settings;
use crate::{health, openapi, secrets};

/// The services' dependencies: every process can build all of them and runs some.
#[derive(Clone)]
pub struct Parts {
    /// The database.
    pub db: Db,
    /// The time.
    pub clock: Clock,
    /// The bus.
    pub bus: Bus,
    /// Sign-in.
    pub identity: identity::Deps,
    /// Reports and cases.
    pub intake: intake::Deps,
    /// Partners and plans.
    pub routing: routing::Deps,
    /// Mail.
    pub notifier: notifier::Deps,
    /// The ledger.
    pub audit: audit::Deps,
    /// The reverse proxies in front.
    pub trusted_proxies: Vec<IpNet>,
}

/// Connects to the database of the settings.
pub async fn database(settings: &Settings) -> Result<Db> {
    connect(settings, false).await
}

async fn connect(settings: &Settings, steady_plans: bool) -> Result<Db> {
    let url = settings.database.url.expose_secret();
    if let Some(path) = url.strip_prefix("sqlite:") {
        let folder = std::path::Path::new(path.trim_start_matches("//")).parent();
        if let Some(folder) = folder.filter(|folder| !folder.as_os_str().is_empty()) {
            std::fs::create_dir_all(folder).with_context(|| format!("cannot make the folder {}", folder.display()))?;
        }
    }
    let max_connections = settings.database.max_connections;
    let options = DbOptions { max_connections, steady_plans, ..DbOptions::default() };
    Db::connect(url, &options).await.context("cannot use the database")
}

/// Builds everything on a database, for a process that runs `services`. It reads (and on the first start makes) the keys
/// of these only: the ledger's key is the audit service's, the links' the notifier's. The parts of others, which only
/// describe their routes here, get a key that nobody knows.
pub fn parts(settings: &Settings, db: Db, clock: Clock, services: &BTreeSet<Service>) -> Result<Parts> {
    let bus = match &settings.bus.url {
        Some(url) => Bus::amqp(AmqpOptions {
            url: url.expose_secret().to_owned(),
            connection_name: format!("tocsin {}", std::process::id()),
        }),
        None => Bus::local(),
    };
    let bell = Bell::new;
    let blobs = blobs::Blobs::open(&settings.photos).context("cannot use the store of photographs")?;
    let audit = crate::ledger::deps(settings, db.clone(), clock.clone(), services.contains(&Service::Audit))?;
    let link_key =
        if services.contains(&Service::Notifier) { secrets::file(&settings.keys.link)? } else { secrets::random()? };
    // HTTPS cookies follow from the address that people use, as everything else does.
    let secure_cookies = settings.mail.public_url.starts_with("https://");
    Ok(Parts {
        identity: identity::Deps::new(db.clone(), clock.clone(), bell(), settings.identity.clone(), secure_cookies)
            .context("cannot hash passwords")?,
        intake: intake::Deps {
            db: db.clone(),
            clock: clock.clone(),
            bell: bell(),
            change_wait: settings.routing.change_wait(),
            persons_kept: settings.retention.persons(),
            photos: intake::photos::Photos::new(blobs.clone()),
            #[cfg(feature = "pdf")]
            printer: audit.printer.clone(),
        },
        routing: routing::Deps {
            db: db.clone(),
            clock: clock.clone(),
            bell: bell(),
            config: Arc::new(settings.routing.clone()),
            routers: routing::Routers::default(),
        },
        notifier: notifier::Deps {
            db: db.clone(),
            clock: clock.clone(),
            bell: bell(),
            due: bell(),
            config: Arc::new(settings.mail.clone()),
            link_key: LinkKey::new(link_key),
            persons_kept: settings.retention.persons(),
            darkroom: pictures::Darkroom::default(),
            blobs,
            #[cfg(feature = "pdf")]
            printer: audit.printer.clone(),
        },
        audit,
        trusted_proxies: settings.http.trusted_proxies.clone(),
        db,
        clock,
        bus,
    })
}

/// The routers of some services behind what every request passes, and the list of routes. Every process describes the
/// whole API, whichever part of it it serves.
pub fn app(parts: &Parts, services: &BTreeSet<Service>, metrics: Option<PrometheusHandle>) -> (Router, Vec<RouteInfo>) {
    let mut routers = Vec::new();
    let mut served = Vec::new();
    let mut all = Vec::new();
    for service in Service::ALL {
        let (router, infos) = match service {
            Service::Identity => identity::routes(&parts.identity).finish(),
            Service::Intake => intake::routes(&parts.intake).finish(),
            Service::Routing => routing::routes(parts.routing.clone()).finish(),
            Service::Notifier => notifier::routes(parts.notifier.clone()).finish(),
            Service::Audit => audit::routes(&parts.audit).finish(),
        };
        all.extend(infos.iter().cloned());
        if services.contains(&service) {
            routers.push(router);
            served.extend(infos);
        }
    }
    for (router, infos) in [health::routes(parts, metrics).finish(), openapi::routes(&all).finish()] {
        routers.push(router);
        served.extend(infos);
    }
    let auth = Auth { db: parts.db.clone(), clock: parts.clock.clone() };
    // HTTPS cookies and HSTS follow from the address that people and signed links use.
    let options = AppOptions {
        public_url: parts.notifier.config.public_url.clone(),
        trusted_proxies: parts.trusted_proxies.clone(),
        ..AppOptions::new(auth)
    };
    (web::app(routers, &options), served)
}

/// Runs some services and their pages until `stop`.
pub async fn run(parts: Parts, services: BTreeSet<Service>, listener: TcpListener, stop: CancellationToken) {
    let (app, _) = app(&parts, &services, runtime::telemetry::start_metrics());
    let mut loops: Vec<std::pin::Pin<Box<dyn Future<Output = ()> + Send>>> = Vec::new();
    // Consumers before producers, so that the in-process bus knows them when the first fact comes.
    for service in [Service::Audit, Service::Notifier, Service::Routing, Service::Intake, Service::Identity] {
        if !services.contains(&service) {
            continue;
        }
        let (bus, stop) = (parts.bus.clone(), stop.clone());
        loops.push(match service {
            Service::Audit => Box::pin(audit::run(parts.audit.clone(), bus, stop)),
            Service::Notifier => Box::pin(notifier::run(parts.notifier.clone(), bus, stop)),
            Service::Routing => Box::pin(routing::run(parts.routing.clone(), bus, stop)),
            Service::Intake => Box::pin(intake::run(parts.intake.clone(), bus, stop)),
            Service::Identity => Box::pin(identity::run(parts.identity.clone(), bus, stop)),
        });
    }
    tokio::join!(join_all(loops), web::serve(listener, app, web::Limits::default(), stop.clone()));
    parts.db.close().await;
}

/// The production form: the named services.
pub async fn serve(settings: Settings, services: &[Service]) -> Result<ExitCode> {
    // Mail is sent by rows that are known by their keys; whoever searches runs elsewhere.
    let db = connect(&settings, services == [Service::Notifier]).await?;
    let pending = store::pending_migrations(&db).await.context("cannot look for migrations")?;
    anyhow::ensure!(pending == 0, "the database lacks {pending} migrations; run `tocsin migrate`");
    let chosen = services.iter().copied().collect();
    let parts = parts(&settings, db, Clock::System, &chosen)?;
    if services.contains(&Service::Routing) {
        routing::install_default(&parts.routing).await.context("cannot install the default rules")?;
    }
    let listener = TcpListener::bind(settings.http.listen)
        .await
        .with_context(|| format!("cannot listen on {}", settings.http.listen))?;
    let names: Vec<_> = services.iter().map(|service| service.as_str()).collect();
    let address = listener.local_addr()?;
    tracing::info!(services = names.join(","), %address, "serving");
    let stop = CancellationToken::new();
    let work = run(parts, chosen, listener, stop.clone());
    runtime::lifecycle::run_until_stopped(stop, work).await;
    Ok(ExitCode::SUCCESS)
}

/// Applies what the database lacks.
pub async fn migrate(settings: &Settings) -> Result<ExitCode> {
    let db = database(settings).await?;
    let pending = store::pending_migrations(&db).await?;
    store::migrate(&db).await.context("cannot migrate")?;
    println!("{}: applied {pending} migrations", db.engine());
    db.close().await;
    Ok(ExitCode::SUCCESS)
}

#[cfg(test)]
#[path = "authorisation.rs"]
pub(crate) mod authorisation;
