//! What people see of mail: the signed link, the desk's worklist, the mailbox of the embedded form.

mod answer;
mod delivery;
mod erase;
mod mailbox;
mod preview;
mod read;
mod restored;
mod returned;
mod sighting;
mod typed;
mod unanswered;
mod worklist;

use contracts::Service;
use web::{Auditing, Officer, Public, Routes};

use self::erase::Eraser;
pub(crate) use self::worklist::OVERDUE;
use crate::{Deps, api};

/// The service's routes. Its API is for the desk: who was told is asked of the audit service.
pub fn routes(deps: Deps) -> Routes<Deps> {
    Routes::new(Service::Notifier.as_str(), deps)
        .get::<Public, _, _>("/a/{token}", answer::show)
        .post::<Public, _, _>("/a/{token}", answer::submit)
        .get::<Public, _, _>("/a/{token}/sighting", sighting::show)
        .post_up_to::<Public, _, _>("/a/{token}/sighting", sighting::MAX_BODY, sighting::submit)
        .get::<Public, _, _>("/a/{token}/read", read::ask)
        .post::<Public, _, _>("/a/{token}/read", read::show)
        .get::<Public, _, _>("/a/{token}/files/{name}", read::file)
        .get::<Auditing, _, _>("/deliveries", worklist::show)
        .get::<Auditing, _, _>("/deliveries/unanswered", unanswered::show)
        .post::<Officer, _, _>("/deliveries/unanswered/{notification}", unanswered::settle)
        .get::<Auditing, _, _>("/deliveries/restored", restored::show)
        .post::<Officer, _, _>("/deliveries/restored", restored::go_on)
        .get::<Auditing, _, _>("/deliveries/returned", returned::show)
        .post::<Officer, _, _>("/deliveries/{id}/returned", returned::settle)
        .post::<Officer, _, _>("/deliveries/{id}/release-address", returned::release)
        .get::<Auditing, _, _>("/deliveries/{id}", delivery::show)
        .post::<Officer, _, _>("/deliveries/{id}/decide", delivery::decide)
        .post::<Officer, _, _>("/deliveries/{id}/resend", delivery::send_again)
        .post::<Officer, _, _>("/deliveries/{id}/second-contacts", delivery::second_contacts)
        .get::<Eraser, _, _>("/answers/{id}/erase", erase::ask)
        .post::<Eraser, _, _>("/answers/{id}/erase", erase::submit)
        .get::<Eraser, _, _>("/letters/{id}/erase", erase::ask_letter)
        .post::<Eraser, _, _>("/letters/{id}/erase", erase::submit_letter)
        .get::<Auditing, _, _>("/mail", mailbox::list)
        .get::<Auditing, _, _>("/mail/{name}", mailbox::one)
        .get::<Auditing, _, _>("/mail/{name}/html", mailbox::html)
        .get::<Auditing, _, _>("/alerts/{id}/mail/{partner}", preview::show)
        .get::<Auditing, _, _>("/alerts/{id}/mail/{partner}/html", preview::html)
        .get::<Auditing, _, _>("/api/v1/deliveries", api::list)
        .get::<Auditing, _, _>("/api/v1/deliveries/{id}", api::show)
        .post::<Officer, _, _>("/api/v1/deliveries/{id}/decide", api::decide)
        .post::<Officer, _, _>("/api/v1/deliveries/{id}/resend", api::resend)
        .post::<Officer, _, _>("/api/v1/deliveries/{id}/second-contacts", api::second_contacts)
}
