//! Pages: what is around every one of them.

use askama::Template;
use axum::http::header::{LOCATION, SET_COOKIE};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{Html, IntoResponse, Response};
use domain::codes::Role;

use crate::{Principal, assets, observe, own_path};

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
    /// The icon's path, with a hash of its content.
    pub icon: String,
    /// The address in the navigation that the page belongs to, such as `/cases`.
    pub current: String,
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
            stylesheet: assets::stylesheet_path(),
            icon: assets::icon_path(),
            current: observe::section(),
        }
    }

    /// Whether the page belongs to this address of the navigation.
    pub fn is_current(&self, to: &str) -> bool {
        self.current == to
    }

    /// The version of the program.
    pub fn version(&self) -> &'static str {
        env!("CARGO_PKG_VERSION")
    }

    /// The navigation of this person's role: address and label.
    pub fn navigation(&self) -> Vec<(&'static str, &'static str)> {
        const ALL: [(&str, &str, &[Role]); 13] = [
            ("/cases", "Cases", &[Role::Reporter, Role::Officer, Role::Auditor, Role::Admin]),
            ("/duplicates", "Duplicates", &[Role::Officer]),
            ("/sightings", "Sightings", &[Role::Officer]),
            ("/clocks", "Time limits", &[Role::Officer, Role::Auditor, Role::Admin]),
            ("/partners", "Partners", &[Role::Officer, Role::Auditor, Role::Admin]),
            ("/rules", "Rules", &[Role::Officer, Role::Auditor, Role::Admin]),
            ("/sending", "Sending", &[Role::Officer, Role::Auditor, Role::Admin]),
            ("/deliveries", "Deliveries", &[Role::Officer, Role::Auditor, Role::Admin]),
            ("/ledger", "Ledger", &[Role::Officer, Role::Auditor, Role::Admin]),
            ("/meeting-pack", "Meetings", &[Role::Officer, Role::Auditor, Role::Admin]),
            ("/mail", "Mailbox", &[Role::Officer, Role::Auditor, Role::Admin]),
            ("/accounts", "Accounts", &[Role::Admin]),
            ("/parked", "Parked facts", &[Role::Admin]),
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

/// After a form was done: look at the result with `GET`, so that reloading repeats nothing (303 See Other). What is
/// not a path of this site leads to its start.
pub fn redirect(to: &str) -> Response {
    (StatusCode::SEE_OTHER, [(LOCATION, own_path(to).unwrap_or("/").to_owned())]).into_response()
}

/// The same, and sets a cookie.
pub fn redirect_with(to: &str, cookie: &str) -> Response {
    let mut response = redirect(to);
    match HeaderValue::from_str(cookie) {
        Ok(value) => {
            response.headers_mut().append(SET_COOKIE, value);
            response
        }
        Err(error) => crate::Problem::internal(&error).into_response(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_redirect_never_leaves_the_site() {
        for (to, location) in
            [("/cases?done=x", "/cases?done=x"), ("//evil", "/"), ("https://evil", "/"), ("/\t/x", "/")]
        {
            assert_eq!(redirect(to).headers()[LOCATION], location);
        }
        assert_eq!(redirect_with("/", "a=b\r\nx: y").status(), StatusCode::INTERNAL_SERVER_ERROR);
    }
}
