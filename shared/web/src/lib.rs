//! The rim towards browsers and programs.
//!
//! Owns: who may call what, how input is read and refused, how a page looks. Promises: a route cannot exist without a
//! permission, a handler that takes [`Authority`] cannot run without one, every error is a problem document (RFC 9457)
//! or a page with a way on, nothing a reader typed is lost, no page needs a script or a third party. Must not: know
//! any service or hold a rule of the field.
//!
//! A service declares its routes so:
//!
//! ```ignore
//! Routes::new("intake", deps)
//!     .get::<Reporter, _, _>("/cases", list_page)
//!     .post::<Officer, _, _>("/api/v1/cases/{id}/verify", verify_api)
//! ```
//!
//! and the process joins them with [`app`]. Templates extend `shell.html` and take a field `shell: Shell`; a crate
//! finds it by `askama.toml` with `dirs = ["templates", "../../shared/web/templates"]`.

mod app;
mod assets;
mod authority;
mod credentials;
mod extract;
mod form;
mod headers;
mod observe;
mod own_path;
mod page;
mod permission;
mod present;
mod problem;
mod routes;
pub mod token;

pub use app::{AppOptions, app};
pub use authority::{Auth, Authority, Principal};
pub use extract::{Form, Json, Path, Query};
pub use form::FormState;
pub use own_path::own_path;
pub use page::{Flash, Shell, page, redirect, redirect_with};
pub use permission::{Admin, Auditing, Officer, Permission, Public, Reporter, SignedIn};
pub use problem::{PageError, Problem};
pub use routes::{BODY_LIMIT, RouteInfo, Routes};
