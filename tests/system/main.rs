//! The whole system, from outside: the real binary.

#![expect(clippy::unwrap_used, reason = "a test that cannot be set up must fail")]

mod demo;
