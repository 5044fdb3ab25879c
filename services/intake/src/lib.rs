//! Reports and cases: register, verify, draft, release.
