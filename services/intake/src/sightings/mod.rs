//! Sightings: somebody saw an object of a case. They come from partners by their signed links ([`OnObjectSighted`]),
//! from the reporting institution and from the desk ([`report_sighting`]); an officer accepts or dismisses each
//! ([`decide_sighting`]), and an accepted one is where the object then stands.
//!
//! What was seen is class D. It leaves [`domain::sighting::Restricted`] in one place, the view, for somebody who needs
//! to know; everybody else gets a notice that there is one. No alert is made from it, and no fact holds it.

pub(crate) mod api;
pub(crate) mod decide;
pub(crate) mod erase;
mod on_object_sighted;
pub(crate) mod page;
pub(crate) mod photo;
pub(crate) mod report;
pub(crate) mod view;

pub use decide::{DecideError, DecideSighting, decide_sighting};
pub use erase::{OnAnswerErased, erase_sighting};
pub use on_object_sighted::OnObjectSighted;
pub use photo::{PhotoError, add_sighting_photo};
pub use report::{ReportError, ReportSighting, report_sighting};
pub use view::{SightingNotice, SightingView, SightingsView};
