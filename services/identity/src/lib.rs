//! Sign-in, sessions, API tokens, roles.
