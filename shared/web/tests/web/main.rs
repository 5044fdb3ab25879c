//! The rim as a browser and a program meet it: requests go into the joined router, sessions and tokens are real rows.

#![expect(clippy::unwrap_used, reason = "a test that cannot be set up must fail")]

mod authority;
mod errors;
mod forms;
mod headers;
mod stylesheet;
mod traces;
mod world;
