//! Pages: what is around every one of them.

use askama::Template;
use axum::http::StatusCode;
use axum::http::header::{LOCATION, SET_COOKIE};
use axum::response::{Html, IntoResponse, Response};
use domain::codes::Role;

use crate::Principal;

/// What the frame of a page shows.
#[derive(Clone, Debug)]
pub struct Shell {
    /// The page's title.
    pub title: String,
    /// Who is signed in.
    pub principal: Option<Principal>,
    /// A message about what was just done.
    pub flash: Option<Flash>,
    /// BCP 47 language of the page.
    pub lang: &'static str,
    /// Text direction of the page.
    pub dir: &'static str,
    /// The stylesheet's path, with a hash of its content.
    pub stylesheet: String,
}

/// A message about what was just done, carried through a redirect by its code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Flash(pub &'static str);

impl Shell {
    /// For somebody who is signed in.
    pub fn new(title: impl Into<String>, principal: &Principal) -> Self {
        Self { principal: Some(principal.clone()), ..Self::anonymous(title) }
    }

    /// For anybody.
    pub fn anonymous(title: impl Into<String>) -> Self {
        Self {
            title: title.into(),
            principal: None,
            flash: None,
            lang: "en",
            dir: "ltr",
            stylesheet: crate::app::stylesheet_path(),
        }
    }

    /// The navigation of this person's role: address and label.
    pub fn navigation(&self) -> Vec<(&'static str, &'static str)> {
        const ALL: [(&str, &str, &[Role]); 7] = [
            ("/cases", "Cases", &[Role::Reporter, Role::Officer, Role::Auditor, Role::Admin]),
            ("/partners", "Partners", &[Role::Officer, Role::Auditor, Role::Admin]),
            ("/rules", "Rules", &[Role::Officer, Role::Auditor, Role::Admin]),
            ("/deliveries", "Deliveries", &[Role::Officer, Role::Auditor, Role::Admin]),
            ("/ledger", "Ledger", &[Role::Officer, Role::Auditor, Role::Admin]),
            ("/mail", "Mailbox", &[Role::Officer, Role::Auditor, Role::Admin]),
            ("/accounts", "Accounts", &[Role::Admin]),
        ];
        let Some(principal) = &self.principal else { return Vec::new() };
        ALL.iter().filter(|(_, _, roles)| roles.contains(&principal.role)).map(|(to, label, _)| (*to, *label)).collect()
    }
}

/// A rendered page.
pub fn page<T: Template>(template: &T) -> Response {
    match template.render() {
        Ok(html) => Html(html).into_response(),
        Err(error) => crate::Problem::internal(&error).into_response(),
    }
}

/// After a form was done: look at the result with `GET`, so that reloading repeats nothing (303 See Other).
pub fn redirect(to: &str) -> Response {
    (StatusCode::SEE_OTHER, [(LOCATION, to.to_owned())]).into_response()
}

/// The same, and sets a cookie.
pub fn redirect_with(to: &str, cookie: &str) -> Response {
    (StatusCode::SEE_OTHER, [(LOCATION, to.to_owned()), (SET_COOKIE, cookie.to_owned())]).into_response()
}
