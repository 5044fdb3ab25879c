//! Who may draft and release rules, and who may agree to a change of the directory.

use domain::codes::Role;
use web::Permission;

/// Drafts rules, and releases what somebody else drafted: officers, who work with them, and administrators.
#[derive(Clone, Copy, Debug)]
pub struct Policy;

impl Permission for Policy {
    const NAME: &'static str = "Policy";
    const ROLES: &'static [Role] = &[Role::Officer, Role::Admin];
}

/// Agrees to a dangerous change that somebody else proposed, or cancels it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Approving;

impl Permission for Approving {
    const NAME: &'static str = "Approving";
    const ROLES: &'static [Role] = &[Role::Officer, Role::Admin];
}
