//! Every route with its permission.

use web::{Admin, Auditing, Public, Routes};

use crate::pages::{evidence, ledger, notified, pack, parked};
use crate::{Deps, api};

/// The service's routes.
pub fn routes(deps: &Deps) -> Routes<Deps> {
    let routes = Routes::new("audit", deps.clone())
        .get::<Auditing, _, _>("/api/v1/cases/{id}/notified", api::told)
        .get::<Auditing, _, _>("/api/v1/cases/{id}/not-notified", api::not_told)
        .get::<Public, _, _>("/api/v1/ledger/checkpoint", api::checkpoint)
        .get::<Auditing, _, _>("/api/v1/ledger/proof/{event_id}", api::proof)
        .get::<Auditing, _, _>("/cases/{id}/notified", notified::show)
        .get::<Auditing, _, _>("/cases/{id}/evidence", evidence::show)
        .get::<Auditing, _, _>("/ledger", ledger::show)
        .get::<Auditing, _, _>("/meeting-pack", pack::show)
        .get::<Admin, _, _>("/parked", parked::show)
        .post::<Admin, _, _>("/parked/replay", parked::replay);
    #[cfg(feature = "pdf")]
    let routes = routes
        .get::<Auditing, _, _>("/cases/{id}/evidence.pdf", evidence::print)
        .get::<Auditing, _, _>("/meeting-pack.pdf", pack::print);
    routes
}
