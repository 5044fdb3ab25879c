//! Pages for officers, auditors and administrators. Each shows what the API gives, and adds nothing.

pub(crate) mod evidence;
pub(crate) mod ledger;
pub(crate) mod notified;
pub(crate) mod pack;
pub(crate) mod parked;
pub(crate) mod reconciliation;
pub(crate) mod who_got_what;
