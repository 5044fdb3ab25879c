//! This service's part of the OpenAPI document, from the handlers themselves.

use serde_json::{Value, json};
use utoipa::OpenApi;

use crate::{
    discard, draft, duplicates, edit, embargo, erase_reporter, export, find_case, import, list_cases, photos, register,
    release, report_drafts, restitution, saved_views, schedule, set_status, sightings, step, verify,
};

#[derive(OpenApi)]
#[openapi(paths(
    register::api,
    list_cases::api,
    find_case::api,
    verify::api,
    step::api,
    set_status::api,
    sightings::api::list,
    sightings::api::report,
    sightings::api::decide,
    sightings::photo::add,
    sightings::photo::page,
    sightings::photo::original,
    restitution::api::list,
    restitution::api::open,
    restitution::api::party,
    restitution::api::document,
    restitution::document::add_file,
    restitution::document::file,
    restitution::erase::document_api,
    restitution::erase::party_api,
    sightings::erase::api,
    restitution::api::step,
    restitution::api::icprcp,
    restitution::api::clocks,
    draft::api,
    release::api,
    discard::api,
    schedule::schedule_api,
    schedule::unschedule_api,
    embargo::api,
    erase_reporter::api,
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
    photos::show::original,
    edit::api,
    report_drafts::save::begin_api,
    report_drafts::show::list_api,
    report_drafts::show::show_api,
    report_drafts::save::save_api,
    report_drafts::discard::api,
    report_drafts::send::api,
    export::json_api,
    export::lido_api,
    export::cap_api,
    export::version_api,
    import::upload::api,
    import::show::list_api,
    import::show::show_api,
    import::show::errors_api,
    import::word::confirm_api,
    import::word::cancel_api
))]
struct Document;

/// A report that is taken as it stands: the statuette from Pobé Mengao (UNESCO's list of alerts, 2017).
pub fn report_example() -> Value {
    json!({
        "event": "theft", "title": "Statuette de Pobé Mengao", "country": "BF", "language": "fr",
        "label": "TLP:AMBER",
        "loss": {"earliest": "2017-05-01", "latest": "2017-06-30", "discovered": "2017-07-03"},
        "circumstances": {
            "holder": "Communauté villageoise de Pobé Mengao", "premises": "place_of_worship",
            "subdivision": "BF-SOM", "place": "Pobé Mengao, province du Soum", "method": "stolen",
            "police_reference_not_yet": true,
            "narrative": "La statuette a disparu de la case où elle était gardée."
        },
        "reporter": {"name": "Awa Ouédraogo", "capacity": "national_authority", "email": "museum@demo.example"},
        "objects": [{
            "title": "Statuette d’ancêtre", "type": "ethnographic", "type_detail": "ancestor statuette",
            "photographs": "none", "materials": "Wood, patina of offerings",
            "measurements": [{"dimension": "height", "value": "55", "unit": "cm"}],
            "distinguishing_features": "Fissure verticale sur le côté gauche", "origin_country": "BF",
            "flags": ["sacred_or_communal"]
        }]
    })
}

/// A report as far as it is known: enough to keep.
pub fn draft_example() -> Value {
    json!({"event": "theft", "title": "Statuette de Pobé Mengao", "country": "BF"})
}

/// This service's part of the OpenAPI document.
pub fn openapi() -> utoipa::openapi::OpenApi {
    Document::openapi()
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_example_of_a_report_is_taken() {
        let raw = serde_json::from_value(super::report_example()).unwrap();
        let today = "2026-11-23".parse().unwrap();
        assert!(crate::parse::parse(&raw, today).is_ok(), "{:?}", crate::parse::parse(&raw, today).err());
    }

    #[test]
    fn the_document_names_every_operation_and_schema() {
        let document = super::openapi();
        assert_eq!(document.paths.paths.len(), 51);
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
            "ReportDraftView",
            "Completeness",
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
