//! Every route with its permission.

use contracts::Service;
use web::{Admin, Auditing, Routes};

use crate::pages::{import, list, partner, rules};
use crate::{Deps, api};

/// The service's routes.
pub fn routes(deps: Deps) -> Routes<Deps> {
    Routes::new(Service::Routing.as_str(), deps)
        .get::<Auditing, _, _>("/partners", list::show)
        .get::<Admin, _, _>("/partners/new", partner::blank)
        .post::<Admin, _, _>("/partners/new", partner::add)
        .get::<Admin, _, _>("/partners/import", import::blank)
        .post::<Admin, _, _>("/partners/import", import::submit)
        .get::<Auditing, _, _>("/partners/{id}", partner::show)
        .post::<Admin, _, _>("/partners/{id}", partner::change)
        .get::<Auditing, _, _>("/rules", rules::show)
        .post::<Admin, _, _>("/rules", rules::submit)
        .get::<Auditing, _, _>("/rules/{version}", rules::show_version)
        .get::<Auditing, _, _>("/api/v1/partners", api::partners::list)
        .post::<Admin, _, _>("/api/v1/partners", api::partners::add)
        .post::<Admin, _, _>("/api/v1/partners/import", api::partners::import)
        .get::<Auditing, _, _>("/api/v1/partners/{id}", api::partners::show)
        .put::<Admin, _, _>("/api/v1/partners/{id}", api::partners::change)
        .get::<Auditing, _, _>("/api/v1/rule-sets", api::rule_sets::list)
        .post::<Admin, _, _>("/api/v1/rule-sets", api::rule_sets::release)
        .get::<Auditing, _, _>("/api/v1/rule-sets/{version}", api::rule_sets::show)
}
