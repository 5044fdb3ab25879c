//! Who may agree to a change of the directory.

use domain::codes::Role;
use web::Permission;

/// Agrees to a dangerous change that somebody else proposed, or cancels it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Approving;

impl Permission for Approving {
    const NAME: &'static str = "Approving";
    const ROLES: &'static [Role] = &[Role::Officer, Role::Admin];
}
