//! The API of all services as one document (OpenAPI 3.1), and as a page to read.
//!
//! Each service describes its handlers; what is the same everywhere is added here from the list of routes, so that it
//! cannot be forgotten: who may call, how they say who they are, what an error looks like.

mod examples;
mod page;
mod shape;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use axum::extract::State;
use serde_json::Value;
use utoipa::OpenApi;
use web::{Public, RouteInfo, Routes};

/// The document and the page made of it; both are made once.
#[derive(Clone)]
struct Api {
    document: Arc<Value>,
    page: Arc<page::Reading>,
}

/// The routes of every process: whichever a program asks, it hears of all services.
pub fn routes(infos: &[RouteInfo]) -> Routes<impl Clone + Send + Sync + 'static> {
    // The route that gives the document is in it as well.
    let empty = Api { document: Arc::default(), page: Arc::default() };
    let own = declare(empty).finish().1;
    let document = document(&[infos, &own].concat());
    let page = Arc::new(page::Reading::new(&document));
    declare(Api { document: Arc::new(document), page })
}

fn declare(api: Api) -> Routes<Api> {
    Routes::new("tocsin", api).get::<Public, _, _>("/api", page::show).get::<Public, _, _>("/api/openapi.json", serve)
}

#[derive(OpenApi)]
#[openapi(paths(serve))]
struct Own;

/// Describes the API of all services: this document.
#[utoipa::path(
    get, path = "/api/openapi.json", tag = "tocsin",
    responses((status = 200, description = "This document: OpenAPI 3.1", content_type = "application/json"))
)]
async fn serve(State(api): State<Api>) -> axum::Json<Value> {
    axum::Json(Value::clone(&api.document))
}

/// The joined document.
pub fn document(infos: &[RouteInfo]) -> Value {
    let mut joined = Own::openapi();
    for part in [intake::openapi(), routing::openapi(), notifier::openapi(), audit::openapi(), identity::openapi()] {
        joined.merge(part);
    }
    let mut document = serde_json::to_value(joined).expect("a description of plain data");
    shape::complete(&mut document, infos);
    examples::fill(&mut document);
    document
}
