//! This service's part of the OpenAPI document, from the handlers themselves.

use utoipa::OpenApi;

use crate::{discard, draft, duplicates, find_case, list_cases, photos, register, release, saved_views, verify};

#[derive(OpenApi)]
#[openapi(paths(
    register::api,
    list_cases::api,
    find_case::api,
    verify::api,
    draft::api,
    release::api,
    discard::api,
    saved_views::list_api,
    saved_views::save_api,
    saved_views::remove_api,
    duplicates::api::list,
    duplicates::api::merge,
    duplicates::api::dismiss,
    duplicates::api::unmerge,
    photos::show::list,
    photos::add::api,
    photos::arrange::api,
    photos::remove::api,
    photos::show::page,
    photos::show::preview,
    photos::show::original
))]
struct Document;

/// This service's part of the OpenAPI document.
pub fn openapi() -> utoipa::openapi::OpenApi {
    Document::openapi()
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_document_names_every_operation_and_schema() {
        let document = super::openapi();
        assert_eq!(document.paths.paths.len(), 18);
        let schemas = document.components.expect("schemas of the bodies").schemas;
        for name in [
            "SubmitCase",
            "RawObject",
            "CaseView",
            "CaseList",
            "VerifyCase",
            "DraftAlert",
            "AlertView",
            "PhotoView",
            "DuplicateView",
        ] {
            assert!(schemas.contains_key(name), "{name}");
        }
        let json = serde_json::to_string(&super::openapi()).unwrap();
        for reference in json.split("#/components/schemas/").skip(1) {
            let name = reference.split('"').next().unwrap();
            assert!(schemas.contains_key(name), "{name} is referred to and missing");
        }
    }
}
