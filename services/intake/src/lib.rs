//! Reports and cases: register, verify, draft, release.
//!
//! The story of a case here: an institution sends a report in ([`submit`], [`parse`]); it is recorded with everything
//! it holds, or every error in it is told at once ([`register`]). A duty officer establishes how sure the desk is
//! ([`verify_case`]) and drafts an alert version, whose text is frozen at that moment ([`draft_alert`]). A second
//! officer looks at it and releases it ([`release_alert`]), at once or for a moment to come ([`schedule`]), unless an
//! embargo holds ([`embargo`]); from then on it never changes, and routing decides who is told. A draft nobody should hear is thrown away ([`discard_alert`]). Photographs come with the report or later
//! ([`photos`]); a version is frozen with those that are there. Reports that may be about one event are proposed to an
//! officer ([`duplicates`]).
//!
//! Somebody may see an object: [`sightings`] come in, and an officer accepts or dismisses them.
//! When an object is found, its way back is recorded with the time limits on it ([`restitution`]). A person is erased when
//! somebody asks for it ([`erase_reporter`], [`sightings`], [`restitution`]), or when a case ended long ago ([`retention`]).
//!
//! Before it is sent in, a report may wait as a draft ([`report_drafts`]); what it lacks, and why that matters, is told
//! and stops nobody ([`completeness`]). A report is corrected ([`edit_case`]); many objects or cases come in one file ([`import`]); a
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
pub mod as_submitted;
pub mod changes;
pub mod completeness;
mod deps;
mod discard;
pub mod draft;
pub mod duplicates;
mod edit;
pub mod embargo;
pub mod erase_reporter;
pub mod export;
mod find_case;
mod idempotency;
pub mod import;
mod list_cases;
mod moment;
mod openapi;
mod pages;
pub mod parse;
mod parts;
pub mod photos;
mod reading;
mod register;
pub mod release;
pub mod report_drafts;
pub mod restitution;
pub mod retention;
mod routes;
mod saved_views;
pub mod schedule;
pub mod set_status;
#[cfg(feature = "pdf")]
mod sheet;
pub mod sightings;
pub mod step;
pub mod submit;
pub mod verify;
pub mod view;

pub use deps::Deps;
pub use discard::{DiscardError, discard_alert};
pub use draft::{DraftAlert, DraftError, DraftRequest, draft_alert};
pub use edit::{EditError, Etag, Expected, edit_case, may_edit};
pub use find_case::find_case;
pub use idempotency::{IdempotencyKey, ParseKeyError};
pub use import::work_once as work_imports;
pub use list_cases::{CaseList, ListQuery, ListRequest, ListedCaseView, list_cases};
pub use openapi::openapi;
pub use register::{RegisterError, Registered, RegisteredView, register};
pub use release::{ReleaseAlert, ReleaseError, release_alert};
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

/// Runs the service until `stop`: its relay, its look for duplicates, the sweeps of photographs' files and of old drafts,
/// the release of versions whose moment has come, and the worker that reads uploads.
pub async fn run(deps: Deps, bus: Bus, stop: CancellationToken) {
    let relay = bus::relay(&bus, &deps.db, &deps.clock, Service::Intake, &deps.bell, &stop);
    let consumer = Arc::new(duplicates::OnReportChanged::new(deps.clock.clone(), deps.bell.clone()));
    let looking = bus::consume(&bus, &deps.db, &deps.clock, consumer, stop.clone());
    let sightings = Arc::new(sightings::OnObjectSighted);
    let seeing = bus::consume(&bus, &deps.db, &deps.clock, sightings, stop.clone());
    let erased = Arc::new(sightings::OnAnswerErased::new(deps.clock.clone()));
    let erasing = bus::consume(&bus, &deps.db, &deps.clock, erased, stop.clone());
    tokio::join!(
        relay,
        looking,
        seeing,
        erasing,
        retention::keep_erased(&deps, &stop),
        photos::keep_swept(&deps, &stop),
        report_drafts::keep_swept(&deps, &stop),
        schedule::keep_released(&deps, &stop),
        import::run(&deps, &stop),
        restitution::keep_warned(&deps, &stop)
    );
}
