//! Reports and cases: register, verify, draft, release.
//!
//! The story of a case here: an institution sends a report in ([`submit`], [`parse`]); it is recorded with everything
//! it holds, or every error in it is told at once ([`register`]). A duty officer establishes how sure the desk is
//! ([`verify_case`]) and drafts an alert version, whose text is frozen at that moment ([`draft_alert`]). A second
//! officer looks at it and releases it ([`release_alert`]); from then on it never changes, and routing decides who is
//! told. A draft nobody should hear is thrown away ([`discard_alert`]). Photographs come with the report or later
//! ([`photos`]); a version is frozen with those that are there. Reports that may be about one event are proposed to an
//! officer ([`duplicates`]).
//!
//! A report is corrected until it is verified ([`edit_case`]); many objects or cases come in one file ([`import`]); a
//! case goes out as JSON, LIDO or CAP ([`export`]).
//!
//! Owns: cases, circumstances, reporters, objects, photographs, verifications, alerts. Promises: a 2xx answer means that the case is
//! on disk; one key is one case, however often it is sent; an institution sees only its own cases; the three
//! confidentiality classes (A objects, B circumstances, C reporter) never mix, and only class A travels in facts. Must
//! not: decide who is told, send anything, change a released version.
//!
//! One operation a file; what decides ([`parse::parse`], [`verify`](verify::verify), [`draft::next_version`],
//! [`release`](release::release)) is pure and apart from what records. Pages and API call the same operations.

mod access;
mod deps;
mod discard;
pub mod draft;
pub mod duplicates;
mod edit;
pub mod erase_reporter;
pub mod export;
mod find_case;
mod idempotency;
pub mod import;
mod list_cases;
mod openapi;
mod pages;
pub mod parse;
pub mod photos;
mod register;
pub mod release;
mod routes;
mod saved_views;
pub mod set_status;
#[cfg(feature = "pdf")]
mod sheet;
pub mod step;
pub mod submit;
pub mod verify;
pub mod view;

pub use deps::Deps;
pub use discard::{DiscardError, discard_alert};
pub use draft::{DraftAlert, DraftError, DraftRequest, draft_alert};
pub use edit::{Etag, Expected, edit_case};
pub use find_case::find_case;
pub use idempotency::{IdempotencyKey, ParseKeyError};
pub use import::work_once as work_imports;
pub use list_cases::{CaseList, ListQuery, ListRequest, ListedCaseView, list_cases};
pub use openapi::openapi;
pub use register::{RegisterError, Registered, RegisteredView, register};
pub use release::{ReleaseError, release_alert};
pub use routes::routes;
pub use saved_views::{SaveView, SavedView, SavedViews};
pub use set_status::{SetStatus, Status, StatusError, set_status};
pub use step::{Step, StepError, TakeStep, take_step};
pub use submit::SubmitCase;
pub use verify::{Verification, VerifyCase, VerifyError, verify_case};

use std::sync::Arc;

use bus::Bus;
use contracts::Service;
use tokio_util::sync::CancellationToken;

/// Runs the service until `stop`: its relay, its look for duplicates, the sweep of photographs' files, and the worker
/// that reads uploads.
pub async fn run(deps: Deps, bus: Bus, stop: CancellationToken) {
    let relay = bus::relay(&bus, &deps.db, &deps.clock, Service::Intake, &deps.bell, &stop);
    let consumer = Arc::new(duplicates::OnReportChanged::new(deps.clock.clone(), deps.bell.clone()));
    let looking = bus::consume(&bus, &deps.db, &deps.clock, consumer, stop.clone());
    tokio::join!(relay, looking, photos::keep_swept(&deps, &stop), import::run(&deps, &stop));
}
