//! The API: the same operations as the pages.

pub(crate) mod audience;
pub(crate) mod changes;
pub(crate) mod correct;
pub(crate) mod drafts;
pub(crate) mod partners;
pub(crate) mod rule_sets;
pub(crate) mod sending;

use axum::body::{Bytes, to_bytes};
use axum::extract::Request;
use utoipa::OpenApi;
use web::Problem;

use crate::import_directory::Imported;
use crate::partner_body::{ContactBody, KeyBody, PartnerBody};

#[derive(OpenApi)]
#[openapi(
    paths(
        partners::list,
        partners::add,
        partners::import,
        partners::show,
        partners::change,
        partners::history,
        changes::list,
        changes::agree,
        changes::cancel,
        correct::correct,
        rule_sets::list,
        rule_sets::show,
        drafts::list,
        drafts::draft,
        drafts::show,
        drafts::release,
        drafts::discard,
        audience::show,
        audience::override_one,
        audience::explain,
        sending::show,
        sending::switch,
        sending::release,
        sending::settle,
    ),
    components(schemas(
        partners::PartnerView,
        partners::ContactView,
        partners::KeyView,
        partners::RevisionView,
        changes::ChangeView,
        changes::CancelBody,
        correct::CorrectBody,
        correct::CorrectedView,
        partners::DirectoryPage,
        PartnerBody,
        ContactBody,
        KeyBody,
        Imported,
        rule_sets::RuleSetView,
        rule_sets::RuleSetHeadView,
        rule_sets::RuleView,
        drafts::DraftView,
        drafts::CaseView,
        crate::compare_rules::Comparison,
        crate::compare_rules::ChangedAlert,
        crate::compare_rules::ChangedPartner,
        audience::AudienceView,
        audience::ToldView,
        audience::NotToldView,
        audience::GapView,
        audience::ExplainedView,
        crate::plan::explain::Node,
        crate::override_partner::OverrideBody,
        sending::SendingView,
        sending::HeldView,
        sending::AlarmView,
        sending::SwitchBody,
        sending::ReasonBody,
    ))
)]
struct Document;

/// This service's part of the OpenAPI document.
pub fn openapi() -> utoipa::openapi::OpenApi {
    Document::openapi()
}

/// The body as sent, at most `limit` bytes.
pub(crate) async fn body(request: Request, limit: usize) -> Result<Bytes, Problem> {
    to_bytes(request.into_body(), limit)
        .await
        .map_err(|_| Problem::bad_request(format!("The body must have at most {limit} bytes.")))
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_document_names_every_operation() {
        let paths = super::openapi().paths.paths;
        assert_eq!(
            paths.keys().map(String::as_str).collect::<Vec<_>>(),
            [
                "/api/v1/alerts/{id}/audience",
                "/api/v1/alerts/{id}/explain/{partner}",
                "/api/v1/alerts/{id}/overrides",
                "/api/v1/notifications/{id}/contacts/{contact}/correct",
                "/api/v1/partner-changes",
                "/api/v1/partner-changes/{id}/agree",
                "/api/v1/partner-changes/{id}/cancel",
                "/api/v1/partners",
                "/api/v1/partners/import",
                "/api/v1/partners/{id}",
                "/api/v1/partners/{id}/history",
                "/api/v1/plans/{id}/release-holds",
                "/api/v1/plans/{id}/settle-alarm",
                "/api/v1/rule-set-drafts",
                "/api/v1/rule-set-drafts/{id}",
                "/api/v1/rule-set-drafts/{id}/discard",
                "/api/v1/rule-set-drafts/{id}/release",
                "/api/v1/rule-sets",
                "/api/v1/rule-sets/{version}",
                "/api/v1/sending",
            ]
        );
    }
}
