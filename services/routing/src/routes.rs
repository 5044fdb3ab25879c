//! Every route with its permission.

use contracts::Service;
use web::{Admin, Auditing, Officer, Public, Routes};

use crate::pages::{changes, edit, hygiene, import, list, open_cases, partner, rules, verify};
use crate::permission::Approving;
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
        .post::<Admin, _, _>("/partners/import", import::submit)
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
        .post::<Admin, _, _>("/rules", rules::submit)
        .get::<Auditing, _, _>("/rules/{version}", rules::show_version)
        .get::<Auditing, _, _>("/api/v1/partners", api::partners::list)
        .post::<Admin, _, _>("/api/v1/partners", api::partners::add)
        .post::<Admin, _, _>("/api/v1/partners/import", api::partners::import)
        .get::<Auditing, _, _>("/api/v1/partners/{id}", api::partners::show)
        .put::<Admin, _, _>("/api/v1/partners/{id}", api::partners::change)
        .get::<Auditing, _, _>("/api/v1/partners/{id}/history", api::partners::history)
        .get::<Auditing, _, _>("/api/v1/partner-changes", api::changes::list)
        .post::<Approving, _, _>("/api/v1/partner-changes/{id}/agree", api::changes::agree)
        .post::<Approving, _, _>("/api/v1/partner-changes/{id}/cancel", api::changes::cancel)
        .get::<Auditing, _, _>("/api/v1/rule-sets", api::rule_sets::list)
        .post::<Admin, _, _>("/api/v1/rule-sets", api::rule_sets::release)
        .get::<Auditing, _, _>("/api/v1/rule-sets/{version}", api::rule_sets::show)
}
