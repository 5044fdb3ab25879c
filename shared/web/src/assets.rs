//! What pages are dressed in. Each address changes with its content, so that it may be cached for ever.

use std::sync::LazyLock;

use axum::http::HeaderValue;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use sha2::{Digest, Sha256};

use crate::{Path, Problem, Public, Routes};

/// A file that is part of the program.
struct Asset {
    name: &'static str,
    kind: &'static str,
    content: &'static str,
}

static ASSETS: [Asset; 2] = [
    Asset { name: "tocsin.css", kind: "text/css; charset=utf-8", content: include_str!("../assets/tocsin.css") },
    Asset { name: "favicon.svg", kind: "image/svg+xml", content: include_str!("../assets/favicon.svg") },
];

static PATHS: LazyLock<[String; 2]> = LazyLock::new(|| {
    ASSETS.each_ref().map(|asset| {
        let digest = Sha256::digest(asset.content.as_bytes());
        format!("/assets/{}/{}", hex::encode(&digest[..8]), asset.name)
    })
});

/// The stylesheet's address.
pub(crate) fn stylesheet_path() -> String {
    PATHS[0].clone()
}

/// The icon's address.
pub(crate) fn icon_path() -> String {
    PATHS[1].clone()
}

/// The routes of the assets.
pub(crate) fn routes() -> Routes<()> {
    Routes::new("web", ()).get::<Public, _, _>("/assets/{hash}/{name}", asset)
}

/// A file by its name. One of another version's hash is given as it is now and not to be kept: while a new version is
/// rolled out, a page of the old one must not stand there naked.
async fn asset(Path((hash, name)): Path<(String, String)>) -> Response {
    let Some(index) = ASSETS.iter().position(|asset| asset.name == name) else {
        return Problem::not_found("file").into_response();
    };
    let asset = &ASSETS[index];
    let current = PATHS[index] == format!("/assets/{hash}/{name}");
    let cache = if current { "public, max-age=31536000, immutable" } else { "no-store" };
    let headers = [(CONTENT_TYPE, asset.kind), (CACHE_CONTROL, cache)];
    (headers.map(|(name, value)| (name, HeaderValue::from_static(value))), asset.content).into_response()
}
