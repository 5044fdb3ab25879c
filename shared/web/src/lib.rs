//! The rim towards browsers and programs.
//!
//! Owns: who may call what, how input is read and refused, how a page looks. Promises: a route cannot exist without a
//! permission, a handler that takes [`Authority`] cannot run without one, every error is a problem document (RFC 9457)
//! or a page with a way on, nothing a reader typed is lost, no page needs a script or a third party, no log line holds
//! an address. Must not: know any service or hold a rule of the field.
//!
//! # Routes
//!
//! A service declares its routes, each with who may call it; the process joins them with [`app`]:
//!
//! ```
//! use axum::extract::State;
//! use web::{Authority, Json, Officer, PageError, Path, Problem, Public, Reporter, Routes, SignedIn};
//!
//! #[derive(Clone)]
//! struct Deps;
//! #[derive(serde::Deserialize)]
//! #[serde(deny_unknown_fields)]
//! struct Verify { note: String }
//!
//! // Authority first; it derefs to the Principal: account, name, role, institution.
//! async fn verify(
//!     officer: Authority<Officer>,
//!     State(deps): State<Deps>,
//!     Path(id): Path<domain::ids::CaseId>,
//!     Json { value, .. }: Json<Verify>,
//! ) -> Result<String, Problem> {
//!     Err(Problem::not_found("case"))
//! }
//! async fn list(who: Authority<SignedIn>) -> Result<String, PageError> { Ok(who.name.to_string()) }
//!
//! let (router, infos) = Routes::new("intake", Deps)
//!     .post::<Officer, _, _>("/api/v1/cases/{id}/verify", verify)
//!     .get::<SignedIn, _, _>("/cases", list)
//!     .finish();
//! assert_eq!(infos[0].permission, "Officer");
//! ```
//!
//! A route without a permission does not compile:
//!
//! ```compile_fail,E0283
//! web::Routes::new("intake", ()).get("/cases", async || "everything");
//! ```
//!
//! nor does a permission with nobody in it that does not say that it is open:
//!
//! ```compile_fail,E0080
//! struct Forgotten;
//! impl web::Permission for Forgotten {
//!     const NAME: &'static str = "Forgotten";
//!     const ROLES: &'static [domain::codes::Role] = &[];
//! }
//! web::Routes::new("intake", ()).get::<Forgotten, _, _>("/cases", async || "everything");
//! ```
//!
//! Input: [`Json`], [`Form`], [`Path`], [`Query`] of this crate, never axum's. Errors: return [`Problem`] or
//! [`PageError`]; under `/api/` either is shown as a problem document, elsewhere as a page, with the request's
//! identifier. `Option<Principal>` is for pages that anybody may see.
//!
//! # Pages
//!
//! A template extends `shell.html`, imports `components.html`, and its struct has a field `shell: Shell`; the crate has
//! an `askama.toml` with `dirs = ["templates", "../../shared/web/templates"]`. `gallery.html` shows every component.
//!
//! ```
//! #[derive(askama::Template)]
//! #[template(ext = "html", source = r#"
//! {% extends "shell.html" %}
//! {% import "components.html" as ui %}
//! {% block content %}
//! <h1>Cases</h1>
//! {% call ui::errors(form) %}{% endcall %}
//! {% call ui::field(form, "title", "Title", "", "text", true) %}{% endcall %}
//! {% endblock %}"#)]
//! struct CasesPage { shell: web::Shell, form: web::FormState }
//!
//! let page = CasesPage { shell: web::Shell::anonymous("Cases"), form: web::FormState::default() };
//! assert_eq!(web::page(&page).status(), 200);
//! ```
//!
//! A form that is wrong is shown again with `FormState::new(form.typed, &errors)` and status 422; one that was done
//! ends in [`redirect`], with a code in the query that the next page turns into a [`Flash`] by a closed list.

mod app;
mod assets;
mod authority;
mod cell;
mod confirm;
mod credentials;
mod extract;
mod form;
mod headers;
mod map;
mod network;
mod observe;
mod own_path;
mod page;
mod permission;
mod present;
mod problem;
mod routes;
mod same_site;
mod serve;
pub mod token;

pub use app::{AppOptions, app};
pub use authority::{Auth, Authority, KnownBy, Principal};
pub use cell::harmless;
pub use confirm::{Confirm, Sure};
pub use extract::{Form, Json, Path, Query, read_json};
pub use form::FormState;
pub use map::{Mark, Tone, WorldMap};
pub use network::Network;
pub use own_path::{own_path, query_value};
pub use page::{Flash, Shell, page, redirect, redirect_with};
pub use permission::{Admin, Auditing, Officer, Permission, Public, Reporter, SignedIn};
pub use problem::{PageError, Problem};
pub use routes::{BODY_LIMIT, RouteInfo, Routes};
pub use serve::{Limits, serve};
