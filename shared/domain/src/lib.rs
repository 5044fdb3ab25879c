//! The pure types and rules of the field.
//!
//! Owns: the vocabulary (case, object, alert, partner, plan, delivery), its code lists, and the checks that turn
//! what people type into values that can be trusted. Promises: a value of one of these types obeys its rule, so no
//! later code asks again. Must not: do I/O, read a clock, draw random numbers (both are arguments), know HTTP or SQL
//! (the feature `sql` only tells a column how to hold these types).

pub mod alert;
pub mod case;
pub mod change;
pub mod check;
pub mod codes;
pub mod country;
pub mod date;
pub mod delivery;
pub mod details;
pub mod duplicate;
pub mod ids;
pub mod label;
pub mod language;
pub mod lifecycle;
pub mod mailbox;
mod measurement;
pub mod object;
pub mod partner;
pub mod photo;
pub mod plan;
pub mod restitution;
pub mod scope;
pub mod sighting;
#[cfg(feature = "sql")]
mod sql;
pub mod text;
pub mod time;
pub mod words;
mod year;

pub use check::{FieldError, FieldErrors};
pub use country::Country;
pub use date::CivilDate;
pub use label::Label;
pub use language::{Interface, Language};
pub use mailbox::Mailbox;
pub use time::{Clock, Timestamp};
