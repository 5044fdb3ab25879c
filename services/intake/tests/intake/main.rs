//! The whole service over HTTP, on both engines.

#![expect(clippy::unwrap_used, reason = "a test that cannot be set up must fail")]

mod confidentiality;
mod duplicates;
mod editing;
mod erasure;
mod exports;
mod files;
mod flow;
mod idempotency;
mod imports;
mod lifecycle;
mod on_behalf;
mod pages;
mod photos;
mod photos_killed;
mod refusals;
mod report_drafts;
mod restitution;
mod scheduling;
#[cfg(feature = "pdf")]
mod sheet;
mod sightings;
mod world;
