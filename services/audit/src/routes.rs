//! Every route with its permission.

use web::{Admin, Auditing, Public, Routes};

use crate::api::{evidence as proofs, tiles};
use crate::pages::{evidence, ledger, notified, pack, parked, reconciliation, who_got_what};
use crate::{Deps, api};

/// The service's routes.
pub fn routes(deps: &Deps) -> Routes<Deps> {
    let routes = Routes::new("audit", deps.clone())
        .get::<Auditing, _, _>("/api/v1/cases/{id}/notified", api::told)
        .get::<Auditing, _, _>("/api/v1/cases/{id}/not-notified", api::not_told)
        .get::<Auditing, _, _>("/api/v1/cases/{id}/evidence", proofs::of_case)
        .get::<Auditing, _, _>("/api/v1/notifications/{id}/evidence", proofs::of_notification)
        .get::<Auditing, _, _>("/api/v1/deliveries/{id}/proof", proofs::of_delivery)
        .get::<Auditing, _, _>("/api/v1/ledger/proof/{event_id}", api::proof)
        .get::<Public, _, _>("/api/v1/ledger/checkpoint", tiles::checkpoint)
        .get::<Public, _, _>("/api/v1/ledger/consistency", tiles::consistency)
        .get::<Public, _, _>("/ledger/checkpoint", tiles::checkpoint)
        .get::<Public, _, _>("/ledger/keys", tiles::keys)
        .get::<Public, _, _>("/ledger/tile/{*name}", tiles::tile)
        .get::<Auditing, _, _>("/cases/{id}/notified", notified::show)
        .get::<Auditing, _, _>("/cases/{id}/evidence", evidence::of_case)
        .get::<Auditing, _, _>("/notifications/{id}/evidence", evidence::of_notification)
        .get::<Auditing, _, _>("/who-got-what", who_got_what::ask)
        .post::<Auditing, _, _>("/who-got-what", who_got_what::answer)
        .get::<Auditing, _, _>("/ledger", ledger::show)
        .get::<Auditing, _, _>("/meeting-pack", pack::show)
        .get::<Auditing, _, _>("/reconciliation", reconciliation::show)
        .post::<Admin, _, _>("/reconciliation", reconciliation::compare)
        .post::<Admin, _, _>("/reconciliation/{id}/close", reconciliation::close)
        .get::<Admin, _, _>("/parked", parked::show)
        .post::<Admin, _, _>("/parked/replay", parked::replay);
    #[cfg(feature = "pdf")]
    let routes = routes
        .get::<Auditing, _, _>("/cases/{id}/evidence.pdf", evidence::print_case)
        .get::<Auditing, _, _>("/notifications/{id}/evidence.pdf", evidence::print_notification)
        .get::<Auditing, _, _>("/meeting-pack.pdf", pack::print);
    routes
}
