//! How an error is shown: to a program as a problem document, to a person as a page with a way on.
//!
//! Every error in this crate travels as a [`Problem`] in the answer's extensions. It is put into words here, once,
//! where it is known who asks, from where, and under which identifier the log tells the rest.

use axum::extract::Request;
use axum::http::header::CONTENT_TYPE;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use crate::authority::Caller;
use crate::observe::RequestId;
use crate::page::Shell;
use crate::{Problem, page};

/// Whether the caller is a program (problem documents) or a browser (pages).
pub(crate) fn is_api(path: &str) -> bool {
    path.starts_with("/api/")
}

#[derive(askama::Template)]
#[template(path = "error.html")]
struct ErrorPage<'a> {
    shell: Shell,
    problem: &'a Problem,
    request_id: Option<&'a str>,
    sign_in: bool,
}

/// The problem as a page.
pub(crate) fn error_page(problem: &Problem, caller: Option<&Caller>, request_id: Option<&str>) -> Response {
    let shell = match caller {
        Some(Caller(Some(principal))) => Shell::new(problem.title, principal),
        _ => Shell::anonymous(problem.title),
    };
    let sign_in = problem.status == 401;
    (problem.status(), page(&ErrorPage { shell, problem, request_id, sign_in })).into_response()
}

/// Puts a problem into the words of whoever asked. Headers that the answer has already are kept.
pub(crate) async fn present(request: Request, next: Next) -> Response {
    let api = is_api(request.uri().path());
    let id = request.extensions().get::<RequestId>().cloned();
    let mut response = next.run(request).await;
    let Some(mut problem) = response.extensions_mut().remove::<Problem>() else { return response };
    let shown = if api {
        problem.instance = id.map(|RequestId(id)| format!("urn:tocsin:request:{id}").into());
        problem.into_response()
    } else {
        error_page(&problem, response.extensions().get(), id.as_ref().map(|RequestId(id)| id.as_str()))
    };
    let (mut shown, body) = shown.into_parts();
    if let Some(kind) = shown.headers.remove(CONTENT_TYPE) {
        response.headers_mut().insert(CONTENT_TYPE, kind);
    }
    for (name, value) in &shown.headers {
        response.headers_mut().entry(name).or_insert_with(|| value.clone());
    }
    *response.body_mut() = body;
    response
}
