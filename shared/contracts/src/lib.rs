//! What travels between the services: the envelope, several of them in one message, and one file per family of events.
//!
//! Owns: the wire form of every fact. Promises: a field is never removed and never changes meaning within a major
//! version; readers ignore fields they do not know; every schema is a file under `schemas/`, compared in CI. Must
//! not: hold class B, C or D data (circumstances, reporters, investigation), because no broker and no dead-letter
//! queue may hold them; they are fetched by identifier from the database.

mod asyncapi;
mod batch;
mod envelope;
pub mod events;
mod service;

pub use asyncapi::{asyncapi, schemas};
pub use batch::Batch;
pub use envelope::{Envelope, EnvelopeError};
pub use events::Event;
pub use service::Service;
