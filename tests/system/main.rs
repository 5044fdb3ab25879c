//! The whole system, from outside: the real binary against real servers.

#![expect(clippy::unwrap_used, reason = "a test that cannot be set up must fail")]

mod answers;
mod command_line;
mod contract;
mod crash;
mod demo;
mod deploy;
mod desk;
mod directory;
mod erasure;
mod flow;
mod imports;
mod installation;
mod kinds;
mod later_pages;
mod ledger;
mod ledger_crash;
mod pages;
mod partners;
mod scenarios;
#[path = "../../services/audit/tests/ledger/search.rs"]
mod search;
mod storm;
mod traces;
