//! Every route with its permission.

use web::{Auditing, Officer, Reporter, Routes, SignedIn};

use crate::duplicates::{api as duplicate_api, page as duplicate_page};
use crate::erase_reporter::Eraser;
use crate::pages::{act, case, correct, imports, list, new, report_drafts as report, views};
use crate::photos::{self, MAX_BODY};
#[cfg(feature = "pdf")]
use crate::sheet;
use crate::{
    Deps, discard, draft, edit, embargo, erase_reporter, export, find_case, import, list_cases, register, release,
    report_drafts, restitution, saved_views, schedule, set_status, sightings, step, verify,
};

/// The service's routes.
pub fn routes(deps: &Deps) -> Routes<Deps> {
    let routes = way_back(pages(api(Routes::new("intake", deps.clone()))));
    #[cfg(feature = "pdf")]
    let routes = routes
        .get::<SignedIn, _, _>("/cases/{id}/objects/{number}/sheet.pdf", sheet::print)
        .get::<SignedIn, _, _>("/restitutions/{id}/icprcp.pdf", restitution::print::print);
    routes
}

/// For programs: reports, cases, alerts, photographs.
fn api(routes: Routes<Deps>) -> Routes<Deps> {
    routes
        .post::<Reporter, _, _>("/api/v1/cases", register::api)
        .get::<SignedIn, _, _>("/api/v1/cases", list_cases::api)
        .get::<SignedIn, _, _>("/api/v1/cases/{id}", find_case::api)
        .put::<Reporter, _, _>("/api/v1/cases/{id}", edit::api)
        .post::<Reporter, _, _>("/api/v1/report-drafts", report_drafts::save::begin_api)
        .get::<Reporter, _, _>("/api/v1/report-drafts", report_drafts::show::list_api)
        .get::<Reporter, _, _>("/api/v1/report-drafts/{id}", report_drafts::show::show_api)
        .put::<Reporter, _, _>("/api/v1/report-drafts/{id}", report_drafts::save::save_api)
        .delete::<Reporter, _, _>("/api/v1/report-drafts/{id}", report_drafts::discard::api)
        .post::<Reporter, _, _>("/api/v1/report-drafts/{id}/send", report_drafts::send::api)
        .get::<SignedIn, _, _>("/api/v1/cases/{id}/export/json", export::json_api)
        .get::<SignedIn, _, _>("/api/v1/cases/{id}/export/lido", export::lido_api)
        .get::<SignedIn, _, _>("/api/v1/cases/{id}/export/cap", export::cap_api)
        .get::<SignedIn, _, _>("/api/v1/alerts/{id}/cap", export::version_api)
        .post::<Officer, _, _>("/api/v1/cases/{id}/verify", verify::api)
        .post::<Reporter, _, _>("/api/v1/cases/{id}/steps", step::api)
        .post::<Officer, _, _>("/api/v1/objects/{id}/status", set_status::api)
        .post::<Officer, _, _>("/api/v1/cases/{id}/alerts", draft::api)
        .post::<Eraser, _, _>("/api/v1/cases/{id}/erase-reporter", erase_reporter::api)
        .post::<Officer, _, _>("/api/v1/alerts/{id}/release", release::api)
        .post::<Officer, _, _>("/api/v1/alerts/{id}/schedule", schedule::schedule_api)
        .post::<Officer, _, _>("/api/v1/alerts/{id}/unschedule", schedule::unschedule_api)
        .post::<Officer, _, _>("/api/v1/cases/{id}/embargo", embargo::api)
        .post::<Officer, _, _>("/api/v1/alerts/{id}/discard", discard::api)
        .post_up_to::<Reporter, _, _>("/api/v1/imports", import::MAX_UPLOAD, import::upload::api)
        .get::<Reporter, _, _>("/api/v1/imports", import::show::list_api)
        .get::<Reporter, _, _>("/api/v1/imports/{id}", import::show::show_api)
        .get::<Reporter, _, _>("/api/v1/imports/{id}/errors", import::show::errors_api)
        .post::<Reporter, _, _>("/api/v1/imports/{id}/confirm", import::word::confirm_api)
        .post::<Reporter, _, _>("/api/v1/imports/{id}/cancel", import::word::cancel_api)
        .get::<SignedIn, _, _>("/api/v1/views", saved_views::list_api)
        .post::<SignedIn, _, _>("/api/v1/views", saved_views::save_api)
        .delete::<SignedIn, _, _>("/api/v1/views/{id}", saved_views::remove_api)
        .get::<Officer, _, _>("/api/v1/duplicates", duplicate_api::list)
        .post::<Officer, _, _>("/api/v1/duplicates/{id}/merge", duplicate_api::merge)
        .post::<Officer, _, _>("/api/v1/duplicates/{id}/dismiss", duplicate_api::dismiss)
        .post::<Officer, _, _>("/api/v1/cases/{id}/unmerge", duplicate_api::unmerge)
        .get::<SignedIn, _, _>("/api/v1/objects/{id}/photos", photos::show::list)
        .post_up_to::<Reporter, _, _>("/api/v1/objects/{id}/photos", MAX_BODY, photos::add::api)
        .put::<Reporter, _, _>("/api/v1/objects/{id}/photos/order", photos::arrange::api)
        .delete::<Reporter, _, _>("/api/v1/photos/{id}", photos::remove::api)
        .get::<SignedIn, _, _>("/api/v1/photos/{id}/page", photos::show::page)
        .get::<SignedIn, _, _>("/api/v1/photos/{id}/preview", photos::show::preview)
        .get::<Reporter, _, _>("/api/v1/photos/{id}/original", photos::show::original)
}

/// The same for people.
fn pages(routes: Routes<Deps>) -> Routes<Deps> {
    routes
        .get::<Officer, _, _>("/duplicates", duplicate_page::list)
        .get::<Officer, _, _>("/duplicates/{id}", duplicate_page::show)
        .post::<Officer, _, _>("/duplicates/{id}/merge", duplicate_page::merge)
        .post::<Officer, _, _>("/duplicates/{id}/dismiss", duplicate_page::dismiss)
        .post::<Officer, _, _>("/cases/{id}/unmerge", duplicate_page::unmerge)
        .get::<SignedIn, _, _>("/objects/{id}/photos", photos::page::show)
        .post_up_to::<Reporter, _, _>("/objects/{id}/photos", MAX_BODY, photos::page::add)
        .post::<Reporter, _, _>("/photos/{id}/first", photos::page::first)
        .post::<Reporter, _, _>("/photos/{id}/remove", photos::page::remove)
        .get::<SignedIn, _, _>("/cases", list::show)
        .get::<Reporter, _, _>("/cases/new", new::show)
        .post::<Reporter, _, _>("/cases/new", new::submit)
        .get::<Reporter, _, _>("/report-drafts", report::list)
        .get::<Reporter, _, _>("/report-drafts/{id}", report::show)
        .post::<Reporter, _, _>("/report-drafts/{id}", report::submit)
        .post::<Reporter, _, _>("/report-drafts/{id}/discard", report::discard)
        .get::<SignedIn, _, _>("/cases/{id}", case::show)
        .get::<Reporter, _, _>("/cases/{id}/edit", correct::show)
        .post::<Reporter, _, _>("/cases/{id}/edit", correct::submit)
        .post::<Officer, _, _>("/cases/{id}/verify", act::verify)
        .post::<Reporter, _, _>("/cases/{id}/steps", act::step)
        .post::<Officer, _, _>("/objects/{id}/status", act::set_status)
        .post::<Officer, _, _>("/cases/{id}/alerts", act::draft)
        .post::<Eraser, _, _>("/cases/{id}/erase-reporter", act::erase)
        .post::<Officer, _, _>("/alerts/{id}/release", act::release)
        .post::<Officer, _, _>("/alerts/{id}/schedule", act::schedule)
        .post::<Officer, _, _>("/alerts/{id}/unschedule", act::unschedule)
        .post::<Officer, _, _>("/cases/{id}/embargo", act::embargo)
        .post::<Officer, _, _>("/alerts/{id}/discard", act::discard)
        .get::<Reporter, _, _>("/imports", imports::list)
        .post_up_to::<Reporter, _, _>("/imports", import::MAX_UPLOAD + imports::FORM_ROOM, imports::send)
        .get::<Reporter, _, _>("/imports/{id}", imports::show)
        .post::<Reporter, _, _>("/imports/{id}/confirm", imports::confirm)
        .post::<Reporter, _, _>("/imports/{id}/cancel", imports::cancel)
        .get::<Reporter, _, _>("/imports/{id}/errors.csv", imports::errors_csv)
        .get::<Reporter, _, _>("/import-templates/{kind}", imports::template_csv)
        .post::<SignedIn, _, _>("/views", views::save)
        .post::<SignedIn, _, _>("/views/{id}/remove", views::remove)
}

/// Sightings, and the way back of an object, for both.
fn way_back(routes: Routes<Deps>) -> Routes<Deps> {
    routes
        .get::<SignedIn, _, _>("/api/v1/cases/{id}/sightings", sightings::api::list)
        .post::<Reporter, _, _>("/api/v1/cases/{id}/sightings", sightings::api::report)
        .post::<Officer, _, _>("/api/v1/sightings/{id}/decide", sightings::api::decide)
        .get::<SignedIn, _, _>("/api/v1/sightings/{id}/photo", sightings::photo::page)
        .post_up_to::<Reporter, _, _>("/api/v1/sightings/{id}/photo", MAX_BODY, sightings::photo::add)
        .get::<Reporter, _, _>("/api/v1/sightings/{id}/original", sightings::photo::original)
        .get::<SignedIn, _, _>("/api/v1/objects/{id}/restitutions", restitution::api::list)
        .post::<Officer, _, _>("/api/v1/objects/{id}/restitutions", restitution::api::open)
        .post::<Officer, _, _>("/api/v1/restitutions/{id}/parties", restitution::api::party)
        .post::<Officer, _, _>("/api/v1/restitutions/{id}/documents", restitution::api::document)
        .post_up_to::<Officer, _, _>(
            "/api/v1/restitutions/{id}/documents/file",
            restitution::document::MAX_BODY,
            restitution::document::add_file,
        )
        .get::<Reporter, _, _>("/api/v1/restitutions/{id}/documents/{number}", restitution::document::file)
        .post::<Eraser, _, _>("/api/v1/restitutions/{id}/documents/{number}/erase", restitution::erase::document_api)
        .post::<Eraser, _, _>("/api/v1/restitutions/{id}/parties/{number}/erase", restitution::erase::party_api)
        .post::<Eraser, _, _>("/api/v1/sightings/{id}/erase", sightings::erase::api)
        .get::<Eraser, _, _>("/sightings/{id}/erase", sightings::erase::ask)
        .post::<Eraser, _, _>("/sightings/{id}/erase", sightings::erase::submit)
        .get::<Eraser, _, _>("/restitutions/{id}/parties/{number}/erase", restitution::erase::ask_party)
        .post::<Eraser, _, _>("/restitutions/{id}/parties/{number}/erase", restitution::erase::party)
        .get::<Eraser, _, _>("/restitutions/{id}/documents/{number}/erase", restitution::erase::ask_document)
        .post::<Eraser, _, _>("/restitutions/{id}/documents/{number}/erase", restitution::erase::document)
        .post::<Officer, _, _>("/api/v1/restitutions/{id}/steps", restitution::api::step)
        .get::<SignedIn, _, _>("/api/v1/restitutions/{id}/icprcp", restitution::api::icprcp)
        .get::<Auditing, _, _>("/api/v1/clocks", restitution::api::clocks)
        .get::<SignedIn, _, _>("/objects/{id}/restitution", restitution::page::show)
        .post::<Officer, _, _>("/objects/{id}/restitution", restitution::page::open)
        .post::<Officer, _, _>("/restitutions/{id}/parties", restitution::page::party)
        .post_up_to::<Officer, _, _>(
            "/restitutions/{id}/documents",
            restitution::document::MAX_BODY,
            restitution::page::document,
        )
        .post::<Officer, _, _>("/restitutions/{id}/steps", restitution::page::step)
        .get::<SignedIn, _, _>("/restitutions/{id}/icprcp", restitution::page::icprcp)
        .get::<Auditing, _, _>("/clocks", restitution::page::clocks)
        .get::<Officer, _, _>("/sightings", sightings::page::open)
        .get::<SignedIn, _, _>("/cases/{id}/sightings", sightings::page::show)
        .post_up_to::<Reporter, _, _>("/cases/{id}/sightings", MAX_BODY, sightings::page::report)
        .post_up_to::<Reporter, _, _>("/sightings/{id}/photo", MAX_BODY, sightings::page::add_photo)
        .post::<Officer, _, _>("/sightings/{id}/decide", sightings::page::decide)
}
