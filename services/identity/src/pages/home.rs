//! `/`: what waits for whoever is signed in, by role.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use domain::codes::Role;
use store::reports::{self, Waiting};
use web::{PageError, Principal, Shell, page, redirect};

use crate::Deps;

/// Something to do, or somewhere to look.
struct Tile {
    to: &'static str,
    title: &'static str,
    text: &'static str,
    /// How many wait; none where nothing is counted.
    count: Option<i64>,
}

impl Tile {
    /// Nothing waits is good news; something is not yet bad.
    fn tone(&self) -> &'static str {
        if self.count == Some(0) { "good" } else { "warn" }
    }
}

#[derive(Template)]
#[template(path = "home.html")]
struct HomePage {
    shell: Shell,
    name: String,
    tiles: Vec<Tile>,
}

/// `GET /`.
pub(crate) async fn show(State(deps): State<Deps>, caller: Option<Principal>) -> Result<Response, PageError> {
    let Some(caller) = caller else { return Ok(redirect("/sign-in")) };
    let mut tx = deps.db.read().await?;
    let waiting = reports::waiting(&mut tx).await?;
    tx.commit().await?;
    let tiles = tiles(caller.role, &waiting);
    Ok(page(&HomePage { shell: Shell::new("Home", &caller), name: caller.name.to_string(), tiles }))
}

fn tiles(role: Role, waiting: &Waiting) -> Vec<Tile> {
    let look = |to, title, text| Tile { to, title, text, count: None };
    let wait = |to, title, text, count| Tile { to, title, text, count: Some(count) };
    let verify = wait(
        "/cases?state=submitted",
        "Cases to verify",
        "Reported and not yet looked at: nobody is told before you have.",
        waiting.submitted,
    );
    let release = wait(
        "/cases?waiting=release",
        "Drafts to release",
        "Alert versions that wait for an officer. What goes beyond the police needs another than its drafter.",
        waiting.drafts,
    );
    let decide = wait(
        "/deliveries",
        "Deliveries to decide about",
        "Held back by the last gate: release or cancel them, with a reason.",
        waiting.held,
    );
    let unreached = wait(
        "/deliveries",
        "Partners not reached by mail",
        "Refused or given up: check the address, and reach the partner by other means.",
        waiting.unreached,
    );
    let parked = wait(
        "/parked",
        "Parked facts",
        "What a part of the system could not handle and set aside, so that others go on.",
        waiting.parked,
    );
    let register = look(
        "/cases/new",
        "Register a case",
        "A theft, an illicit export, a looting: seven kinds, each with its own form.",
    );
    let cases = look("/cases", "Cases", "Every case, and for each who was told, when, why, and who was not.");
    let ledger = look("/ledger", "Ledger", "Every fact once, in order, under a signed root; and how to verify it.");
    match role {
        Role::Reporter => vec![
            register,
            look("/report-drafts", "Drafts of reports", "Begun and not sent in yet: your institution alone sees them."),
            look(
                "/cases",
                "Your institution's cases",
                "Where each stands. A duty officer verifies before anybody is told.",
            ),
            look("/account", "Your account", "Your password, and tokens for programs that report for you."),
        ],
        Role::Officer => vec![verify, release, decide, unreached, register],
        Role::Auditor => vec![cases, ledger, decide, unreached],
        Role::Admin => vec![
            parked,
            look("/accounts", "Accounts", "Who may sign in, in which role, for which institution."),
            look("/partners", "Partners", "Who can be told: mandate, languages, clearance, addresses."),
            look("/rules", "Rules", "Who must know of what, by the rule set in force."),
            unreached,
        ],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_role_finds_its_work_and_only_pages_it_may_see() {
        let waiting = Waiting { submitted: 1, drafts: 2, held: 3, unreached: 4, parked: 5 };
        let first = |role| tiles(role, &waiting).first().map(|tile| tile.to);
        assert_eq!(first(Role::Reporter), Some("/cases/new"));
        assert_eq!(first(Role::Officer), Some("/cases?state=submitted"));
        assert_eq!(first(Role::Auditor), Some("/cases"));
        assert_eq!(first(Role::Admin), Some("/parked"));
        for role in [Role::Reporter, Role::Officer, Role::Auditor] {
            assert!(tiles(role, &waiting).iter().all(|tile| !["/parked", "/accounts"].contains(&tile.to)), "{role}");
        }
        assert!(tiles(Role::Reporter, &waiting).iter().all(|tile| tile.count.is_none()), "others' work is not theirs");
    }
}
