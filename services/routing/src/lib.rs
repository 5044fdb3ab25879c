//! Who must know, what share, and why; and who not, and why.
//!
//! Owns: the partner directory, the rule sets, the plans with their notifications and exclusions. Promises: every
//! partner of the directory is in a plan once, told or not told, with the reason; a plan is frozen with the directory
//! and the rules it was made from and never changes; no rule and no mistake in one gives circumstances to an
//! organisation outside the state, or a TLP:RED case to a mailbox. Must not: send anything, know holders or reporters,
//! ask the rules again for those who were told before.
//!
//! The story of one alert: [`OnAlertReleased`] is handed the fact, holds directory and rules still, and asks the pure
//! [`plan::plan`]. The result becomes rows, and one fact says so; the notifier takes it from there. Around it, one
//! operation a file: [`import_directory`], [`add_partner`], [`change_partner`], [`release_rules`], [`install_default`].

mod api;
mod deps;
mod digest;
pub mod import;
mod import_directory;
mod listing;
mod on_alert_released;
mod pages;
pub mod plan;
mod release_rules;
mod routes;
pub mod rules;
mod save_partner;

use std::sync::Arc;

use bus::Bus;
use contracts::Service;
use tokio_util::sync::CancellationToken;

pub use api::openapi;
pub use deps::Deps;
pub use import_directory::{ImportError, Imported, import_directory, import_sample};
pub use on_alert_released::OnAlertReleased;
pub use release_rules::{DEFAULT_RULES, InvalidRules, ReleaseRulesError, install_default, release_rules};
pub use routes::routes;
pub use save_partner::{ContactBody, PartnerBody, SavePartnerError, add_partner, change_partner};

/// Runs the service until `stop`: its consumer and its relay. The rules it starts with are installed before
/// ([`install_default`]), because a database that is away then must be reported and not waited for.
pub async fn run(deps: Deps, bus: Bus, stop: CancellationToken) {
    let consumer = Arc::new(OnAlertReleased::new(deps.clock.clone(), deps.bell.clone()));
    tokio::join!(
        bus::consume(&bus, &deps.db, &deps.clock, consumer, stop.clone()),
        bus::relay(&bus, &deps.db, &deps.clock, Service::Routing, &deps.bell, &stop),
    );
}
