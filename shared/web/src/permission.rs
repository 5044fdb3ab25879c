//! Who may call a route.

use domain::codes::Role;

/// Who may call a route. Every route names one; a service may add its own.
pub trait Permission: Send + Sync + 'static {
    /// The name in the list of routes.
    const NAME: &'static str;
    /// The roles that have it. An empty list is nobody; it compiles only together with [`Permission::OPEN`].
    const ROLES: &'static [Role];
    /// Whether nobody needs to sign in. It is said, never inferred: a list that somebody forgot to fill must not
    /// open a route.
    const OPEN: bool = false;
    /// Whether only a person may who has signed in in a browser. A token that was found or stolen must not be able to
    /// make itself another one, or to survive what ends it.
    const IN_PERSON: bool = false;
}

macro_rules! permissions {
    ($($(#[$doc:meta])* $name:ident = [$($role:ident),+];)+) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug)]
        pub struct $name;
        impl Permission for $name {
            const NAME: &'static str = stringify!($name);
            const ROLES: &'static [Role] = &[$(Role::$role),+];
        }
    )+};
}

permissions! {
    /// Whoever is signed in.
    SignedIn = [Reporter, Officer, Auditor, Admin];
    /// Registers cases.
    Reporter = [Reporter, Officer];
    /// Works at the desk.
    Officer = [Officer];
    /// Reads who was told.
    Auditing = [Officer, Auditor, Admin];
    /// Manages accounts, partners and rules.
    Admin = [Admin];
}

/// Anybody: signing in, health, assets, signed links.
#[derive(Clone, Copy, Debug)]
pub struct Public;

impl Permission for Public {
    const NAME: &'static str = "Public";
    const ROLES: &'static [Role] = &[];
    const OPEN: bool = true;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_public_is_open_and_everything_else_names_its_roles() {
        fn sane<P: Permission>() -> bool {
            !P::OPEN && !P::ROLES.is_empty()
        }
        assert!(sane::<SignedIn>() && sane::<Reporter>() && sane::<Officer>() && sane::<Auditing>() && sane::<Admin>());
        assert!(const { Public::OPEN && Public::ROLES.is_empty() });
        assert_eq!(SignedIn::ROLES, Role::ALL);
        assert!(!Auditing::ROLES.contains(&Role::Reporter) && !Reporter::ROLES.contains(&Role::Auditor));
    }
}
