//! Every route with its permission.

use contracts::Service;
use web::{Admin, Auditing, Officer, Public, Routes};

use crate::import::MAX_BYTES;
use crate::pages::{
    audience, changes, correct, draft, edit, explain, hygiene, import, list, open_cases, partner, rules, sending,
    verify,
};
use crate::permission::{Approving, Policy};
use crate::{Deps, api};

/// The service's routes.
pub fn routes(deps: Deps) -> Routes<Deps> {
    Routes::new(Service::Routing.as_str(), deps)
        .get::<Auditing, _, _>("/partners", list::show)
        .get::<Admin, _, _>("/partners/new", edit::blank)
        .post::<Admin, _, _>("/partners/new", edit::add)
        .get::<Auditing, _, _>("/partners/changes", changes::list)
        .get::<Auditing, _, _>("/partners/changes/{id}", changes::show)
        .post::<Approving, _, _>("/partners/changes/{id}/agree", changes::agree)
        .post::<Approving, _, _>("/partners/changes/{id}/cancel", changes::cancel)
        .get::<Admin, _, _>("/partners/import", import::blank)
        .post_up_to::<Admin, _, _>("/partners/import", import::MAX_FORM, import::submit)
        .post::<Admin, _, _>("/partners/import/fetch", import::fetched)
        .get::<Auditing, _, _>("/partners/imports/{id}", import::show)
        .post::<Admin, _, _>("/partners/imports/{id}", import::take)
        .post::<Admin, _, _>("/partners/imports/{id}/aside", import::aside)
        .get::<Auditing, _, _>("/partners/hygiene", hygiene::show)
        .get::<Auditing, _, _>("/partners/{id}", partner::show)
        .get::<Admin, _, _>("/partners/{id}/edit", edit::show)
        .post::<Admin, _, _>("/partners/{id}/edit", edit::change)
        .get::<Officer, _, _>("/partners/{id}/open-cases", open_cases::show)
        .post::<Officer, _, _>("/partners/{id}/open-cases", open_cases::decide)
        .post::<Approving, _, _>("/partners/{id}/verify", partner::verify)
        .get::<Public, _, _>("/v/{id}", verify::show)
        .post::<Public, _, _>("/v/{id}", verify::submit)
        .get::<Auditing, _, _>("/rules", rules::show)
        .post::<Policy, _, _>("/rules", rules::submit)
        .get::<Auditing, _, _>("/rules/{version}", rules::show_version)
        .get::<Auditing, _, _>("/rules/drafts/{id}", draft::show)
        .post::<Policy, _, _>("/rules/drafts/{id}/release", draft::release)
        .post::<Policy, _, _>("/rules/drafts/{id}/discard", draft::discard)
        .get::<Auditing, _, _>("/alerts/{id}/audience", audience::show)
        .post::<Officer, _, _>("/alerts/{id}/audience", audience::submit)
        .get::<Auditing, _, _>("/alerts/{id}/explain/{partner}", explain::show)
        .get::<Officer, _, _>("/notifications/{id}/contacts/{contact}", correct::show)
        .post::<Officer, _, _>("/notifications/{id}/contacts/{contact}", correct::submit)
        .get::<Auditing, _, _>("/sending", sending::show)
        .post::<Officer, _, _>("/sending", sending::switch)
        .post::<Officer, _, _>("/sending/holds/{plan}", sending::release)
        .post::<Officer, _, _>("/sending/alarms/{plan}", sending::settle)
        .get::<Auditing, _, _>("/api/v1/partners", api::partners::list)
        .post::<Admin, _, _>("/api/v1/partners", api::partners::add)
        .post_up_to::<Admin, _, _>("/api/v1/partners/import", MAX_BYTES, api::partners::import)
        .get::<Auditing, _, _>("/api/v1/partners/{id}", api::partners::show)
        .put::<Admin, _, _>("/api/v1/partners/{id}", api::partners::change)
        .get::<Auditing, _, _>("/api/v1/partners/{id}/history", api::partners::history)
        .get::<Auditing, _, _>("/api/v1/partner-changes", api::changes::list)
        .post::<Approving, _, _>("/api/v1/partner-changes/{id}/agree", api::changes::agree)
        .post::<Approving, _, _>("/api/v1/partner-changes/{id}/cancel", api::changes::cancel)
        .get::<Auditing, _, _>("/api/v1/rule-sets", api::rule_sets::list)
        .get::<Auditing, _, _>("/api/v1/rule-sets/{version}", api::rule_sets::show)
        .get::<Auditing, _, _>("/api/v1/rule-set-drafts", api::drafts::list)
        .post::<Policy, _, _>("/api/v1/rule-set-drafts", api::drafts::draft)
        .get::<Auditing, _, _>("/api/v1/rule-set-drafts/{id}", api::drafts::show)
        .post::<Policy, _, _>("/api/v1/rule-set-drafts/{id}/release", api::drafts::release)
        .post::<Policy, _, _>("/api/v1/rule-set-drafts/{id}/discard", api::drafts::discard)
        .get::<Auditing, _, _>("/api/v1/alerts/{id}/audience", api::audience::show)
        .post::<Officer, _, _>("/api/v1/alerts/{id}/overrides", api::audience::override_one)
        .get::<Auditing, _, _>("/api/v1/alerts/{id}/explain/{partner}", api::audience::explain)
        .post::<Officer, _, _>("/api/v1/notifications/{id}/contacts/{contact}/correct", api::correct::correct)
        .get::<Auditing, _, _>("/api/v1/sending", api::sending::show)
        .post::<Officer, _, _>("/api/v1/sending", api::sending::switch)
        .post::<Officer, _, _>("/api/v1/plans/{id}/release-holds", api::sending::release)
        .post::<Officer, _, _>("/api/v1/plans/{id}/settle-alarm", api::sending::settle)
}
