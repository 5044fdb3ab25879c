//! Who must know, what share, and why; and who not, and why.
//!
//! Owns: the partner directory, the rule sets, the plans with their notifications and exclusions. Promises: every
//! partner of the directory is in a plan once, told or not told, with the reason; a plan is frozen with the directory
//! and the rules it was made from and never changes; no rule and no mistake in one gives circumstances to an
//! organisation outside the state, or a TLP:RED case to a mailbox. Must not: send anything, know holders or reporters,
//! ask the rules again for those who were told before.
//!
//! The story of one alert: before its release an officer looks at a [`preview()`] of it and may add or remove a partner
//! ([`override_partner`]). After it, [`OnAlertReleased`] is handed the fact, takes directory and rules from one snapshot
//! ([`Routers`]), and asks the pure [`plan::plan`]. The result becomes rows with all it was made from, and one fact says
//! so; the notifier takes it from there, but for what the plan holds ([`release_holds`]). Anybody may ask why
//! ([`explain_decision`]); all sending can be stopped ([`switch_sending`]). Around it, one operation a file:
//! [`import_directory`], [`add_partner`], [`change_partner`], [`draft_rules`], [`release_rules`], [`compare_rules`].

mod api;
mod as_of;
pub mod change;
mod compare_rules;
mod config;
mod correct_address;
mod deps;
mod digest;
mod explain_decision;
mod hygiene;
pub mod import;
mod import_directory;
mod inputs;
mod late_joiner;
mod listing;
mod notice;
mod on_alert_released;
mod override_partner;
mod pages;
mod partner_body;
mod permission;
pub mod plan;
mod preview;
mod release_holds;
mod release_rules;
mod routers;
mod routes;
pub mod rules;
mod save_partner;
mod settle_alarm;
mod switch_sending;
mod sync;
mod sync_directory;
mod words;

use std::sync::Arc;
use std::time::Duration;

use bus::Bus;
use contracts::Service;
use tokio_util::sync::CancellationToken;

pub use api::openapi;
pub use change::{ApproveError, CancelError, Standing, apply_due, approve_change, cancel_change};
pub use compare_rules::{ChangedAlert, ChangedPartner, Comparison, compare_rules};
pub use config::Config;
pub use correct_address::{CorrectAddressError, Corrected, Correction, correct_address};
pub use deps::Deps;
pub use explain_decision::{ExplainError, Explained, explain_decision};
pub use hygiene::{Finding, Hygiene, Mailed, hygiene};
pub use import_directory::{
    Choice, ImportError, Imported, TakeFileError, import_directory, import_sample, put_file_aside, take_file,
};
pub use late_joiner::{LateJoinerError, Offer, decide_late, offers};
pub use notice::{Entered, SendCodeError, request_verification, verify_address};
pub use on_alert_released::OnAlertReleased;
pub use override_partner::{OverrideBody, OverrideError, override_partner};
pub use partner_body::{ContactBody, KeyBody, PartnerBody};
pub use preview::{Gap, Preview, PreviewError, gaps, preview};
pub use release_holds::{ReleaseHoldsError, release_holds};
pub use release_rules::{
    DEFAULT_RULES, InvalidRules, ReleaseRulesError, discard_rules, draft_rules, install_default, release_rules,
};
pub use routers::{RouterError, Routers};
pub use routes::routes;
pub use save_partner::{By, SavePartnerError, Saved, add_partner, change_partner};
pub use settle_alarm::{SettleAlarmError, settle_alarm};
pub use switch_sending::{Switch, SwitchSendingError, end_drained, switch_sending};
pub use sync::{FetchError, fetch};
pub use sync_directory::{Synced, bring_fetched};

/// How long to wait for a database that is away before the first rules are asked for again.
const RULES_RETRY: Duration = Duration::from_secs(1);

/// Runs the service until `stop`: its consumer and its relay. Sees to it that there are rules before it plans.
pub async fn run(deps: Deps, bus: Bus, stop: CancellationToken) {
    let consumer = Arc::new(OnAlertReleased::new(&deps));
    let plans = async {
        ensure_rules(&deps, &stop).await;
        bus::consume(&bus, &deps.db, &deps.clock, consumer, stop.clone()).await;
    };
    tokio::join!(
        plans,
        change::run(&deps, &stop),
        hygiene::run(&deps, &stop),
        switch_sending::run(&deps, &stop),
        sync_directory::run(&deps, &stop),
        bus::relay(&bus, &deps.db, &deps.clock, Service::Routing, &deps.bell, &stop)
    );
}

/// Without rules every alert would fail, be counted and be parked.
async fn ensure_rules(deps: &Deps, stop: &CancellationToken) {
    while let Err(error) = install_default(deps).await {
        tracing::warn!(error = %error, "cannot see to the first rules yet");
        if stop.run_until_cancelled(tokio::time::sleep(RULES_RETRY)).await.is_none() {
            return;
        }
    }
}
