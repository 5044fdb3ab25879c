//! What a report is asked for, and why. The list follows Object ID, the loss fields of SPECTRUM, and what registers of
//! stolen objects let one search by.

use domain::codes::{Event, ObjectFlag};

use crate::parse::is_official;
use crate::submit::{RawObject, SubmitCase};

/// Something a report is asked for.
pub(super) struct Asked<T> {
    /// Where it belongs; of an object, within it.
    pub pointer: &'static str,
    /// For a report of this kind: needed, helps, or not asked for.
    pub of: fn(Event, &T) -> Option<bool>,
    /// Whether it is there.
    pub given: fn(&T) -> bool,
    /// Why it matters, to whoever fills it in.
    pub why: &'static str,
}

fn has(text: Option<&String>) -> bool {
    text.is_some_and(|text| !text.trim().is_empty())
}

fn any(texts: &[String]) -> bool {
    texts.iter().any(|text| !text.trim().is_empty())
}

/// Whether something is known to be lost.
fn lost(event: Event) -> bool {
    !matches!(event, Event::Emergency | Event::Seizure | Event::Sighting)
}

fn only(event: Event, of: Event, needed: bool) -> Option<bool> {
    (event == of).then_some(needed)
}

/// What to look for stands for a list where none can exist, or where an official source sends it later.
fn typology(event: Event, report: &SubmitCase) -> Option<bool> {
    (matches!(event, Event::Looting | Event::Emergency) || !report.typology.is_blank()).then_some(true)
}

/// A list of objects is needed unless something stands for it.
fn list(event: Event, report: &SubmitCase) -> Option<bool> {
    let capacity = report.reporter.capacity.as_deref().and_then(|text| text.trim().parse().ok());
    match event {
        Event::Emergency | Event::Looting => None,
        Event::Theft | Event::IllicitExport if !report.typology.is_blank() => {
            Some(capacity.is_some_and(|capacity| !is_official(capacity)))
        }
        _ => Some(true),
    }
}

macro_rules! asked {
    ($($pointer:literal, $of:expr, $given:expr, $why:literal;)+) => {
        &[$(Asked { pointer: $pointer, of: $of, given: $given, why: $why }),+]
    };
}

pub(super) const OF_CASE: &[Asked<SubmitCase>] = asked![
    "/title", |_, _| Some(true), |r| has(r.title.as_ref()),
        "People speak of the case by it, and it is the subject of every mail.";
    "/country", |_, _| Some(true), |r| has(r.country.as_ref()),
        "It decides which police and which neighbours are told.";
    "/loss/earliest", |_, _| Some(true), |r| has(r.loss.earliest.as_ref()),
        "Whoever bought before that day has nothing to fear, and whoever bought after it is asked.";
    "/loss/latest", |_, _| Some(true), |r| has(r.loss.latest.as_ref()),
        "It decides how urgent the alert is.";
    "/loss/discovered", |event, _| Some(event == Event::Missing), |r| has(r.loss.discovered.as_ref()),
        "Legal terms may count from the day it was noticed.";
    "/language", |_, _| Some(true), |r| has(r.language.as_ref()),
        "Partners see which language your words are in, and who can read them.";
    "/circumstances/holder", |_, _| Some(true), |r| has(r.circumstances.holder.as_ref()),
        "Another report of the same event is found by it.";
    "/circumstances/premises", |_, _| Some(true), |r| has(r.circumstances.premises.as_ref()),
        "Thieves repeat themselves: the kind of place links cases.";
    "/circumstances/place", |_, _| Some(true), |r| has(r.circumstances.place.as_ref()),
        "The police at the place are the first to be told.";
    "/circumstances/subdivision", |_, _| Some(false), |r| has(r.circumstances.subdivision.as_ref()),
        "The police of the region can be told.";
    "/circumstances/method", |event, _| lost(event).then_some(true), |r| has(r.circumstances.method.as_ref()),
        "Thieves repeat themselves: the method links cases.";
    "/circumstances/police_reference", |event, _| lost(event).then_some(true),
        |r| has(r.circumstances.police_reference.as_ref()) || r.circumstances.police_reference_not_yet,
        "Without the police nobody may seize anything; “not yet” is an answer.";
    "/circumstances/authority_informed", |_, _| Some(false), |r| has(r.circumstances.authority_informed.as_ref()),
        "So that the desk asks them, and does not tell them what they know.";
    "/circumstances/narrative", |_, _| Some(false), |r| has(r.circumstances.narrative.as_ref()),
        "The police read how it happened, and compare.";
    "/export/claiming_state", |event, _| only(event, Event::IllicitExport, true), |r| has(r.export.claiming_state.as_ref()),
        "Only a state can ask for the return under the Convention of 1970.";
    "/export/permit", |event, _| only(event, Event::IllicitExport, true), |r| has(r.export.permit.as_ref()),
        "Customs must know whether a paper that is shown is worth anything.";
    "/export/certificate_number", |event, _| only(event, Event::IllicitExport, false), |r| has(r.export.certificate_number.as_ref()),
        "Customs find a forged certificate by its number.";
    "/export/last_lawful_location", |event, _| only(event, Event::IllicitExport, false), |r| has(r.export.last_lawful_location.as_ref()),
        "It proves from where it left.";
    "/export/law", |event, _| only(event, Event::IllicitExport, false), |r| has(r.export.law.as_ref()),
        "A court abroad asks which law was broken.";
    "/export/route", |event, _| only(event, Event::IllicitExport, false), |r| any(&r.export.route),
        "Countries on the way are told.";
    "/export/destinations", |event, _| only(event, Event::IllicitExport, false), |r| any(&r.export.destinations),
        "Destinations are told first.";
    "/looting/site", |event, _| only(event, Event::Looting, true), |r| has(r.looting.site.as_ref()),
        "The police at the place must know which site.";
    "/looting/detected_by", |event, _| only(event, Event::Looting, true), |r| has(r.looting.detected_by.as_ref()),
        "An image from a satellite and an inspection prove different things.";
    "/looting/site_number", |event, _| only(event, Event::Looting, false), |r| has(r.looting.site_number.as_ref()),
        "Names of sites vary; the number of a register does not.";
    "/looting/extent", |event, _| only(event, Event::Looting, false), |r| has(r.looting.extent.as_ref()),
        "It says how much may come to the market.";
    "/missing/inventory", |event, _| only(event, Event::Missing, true), |r| has(r.missing.inventory.as_ref()),
        "The inventory proves that it was ever there.";
    "/missing/depositor", |event, _| only(event, Event::Missing, false), |r| has(r.missing.depositor.as_ref()),
        "The owner must be told too.";
    "/emergency/threat", |event, _| only(event, Event::Emergency, true), |r| has(r.emergency.threat.as_ref()),
        "It decides who can help.";
    "/emergency/extent", |event, _| only(event, Event::Emergency, true), |r| has(r.emergency.extent.as_ref()),
        "It says what must be moved, and what may come to the market.";
    "/seizure/authority", |event, _| only(event, Event::Seizure, true), |r| has(r.seizure.authority.as_ref()),
        "Whoever knows the objects must know whom to write to.";
    "/seizure/likely_origins", |event, _| only(event, Event::Seizure, false), |r| any(&r.seizure.likely_origins),
        "These states are asked whether they miss them.";
    "/seizure/sent_from", |event, _| only(event, Event::Seizure, false), |r| has(r.seizure.sent_from.as_ref()),
        "The country they were sent from can look for the sender.";
    "/seizure/bound_for", |event, _| only(event, Event::Seizure, false), |r| has(r.seizure.bound_for.as_ref()),
        "The country they were bound for can look for the buyer.";
    "/sighting/venue", |event, _| only(event, Event::Sighting, true), |r| has(r.sighting.venue.as_ref()),
        "It decides how much haste there is.";
    "/sighting/found_under", |event, _| only(event, Event::Sighting, false), |r| has(r.sighting.found_under.as_ref()),
        "So that whoever may know it finds it.";
    "/sighting/sale_on", |event, _| only(event, Event::Sighting, false), |r| has(r.sighting.sale_on.as_ref()),
        "After the sale it may be gone.";
    "/typology/types", typology, |r| any(&r.typology.types),
        "Without a list, partners are chosen by the types of objects.";
    "/typology/description", typology, |r| has(r.typology.description.as_ref()),
        "Without a list, it is all that partners can look for.";
    "/typology/red_list", |event, report| typology(event, report).map(|_| false), |r| has(r.typology.red_list.as_ref()),
        "Customs know the Red Lists and compare with their pictures.";
    "/objects", list, |r| !r.objects.is_empty(),
        "Partners look for objects: at least one, and the others when you know them.";
    "/reporter/name", |_, _| Some(true), |r| has(r.reporter.name.as_ref()),
        "The desk calls you before it tells anybody.";
    "/reporter/capacity", |_, _| Some(true), |r| has(r.reporter.capacity.as_ref()),
        "It decides how sure the desk may be.";
    "/reporter/email", |_, _| Some(false), |r| has(r.reporter.email.as_ref()) || has(r.reporter.telephone.as_ref()),
        "Without an address or a telephone number the desk cannot ask you.";
];

/// An emergency lists no object.
fn listed(event: Event) -> bool {
    event != Event::Emergency
}

fn helps(event: Event, _: &RawObject) -> Option<bool> {
    listed(event).then_some(false)
}

fn inventory(event: Event, object: &RawObject) -> Option<bool> {
    let inventoried = object.flags.iter().any(|flag| flag.trim() == ObjectFlag::Inventoried.as_str());
    listed(event).then_some(event == Event::Missing || inventoried)
}

pub(super) const OF_OBJECT: &[Asked<RawObject>] = asked![
    "/title", |event, _| listed(event).then_some(true), |o| has(o.title.as_ref()),
        "Registers and catalogues are searched by it.";
    "/type", |event, _| listed(event).then_some(true), |o| has(o.object_type.as_ref()),
        "Partners are chosen by the type of object.";
    "/photographs", |event, _| listed(event).then_some(true), |o| has(o.photographs.as_ref()),
        "No photograph, no identification: and if there is none, partners must know that too.";
    "/type_detail", helps, |o| has(o.type_detail.as_ref()),
        "“Ewer” is looked for, “metalwork” is not.";
    "/materials", helps, |o| has(o.materials.as_ref()),
        "It is the first thing a customs officer sees.";
    "/measurements", helps, |o| o.measurements.iter().any(|row| !row.is_blank()),
        "Two vessels of one type differ in their measures first.";
    "/inscriptions", helps, |o| has(o.inscriptions.as_ref()),
        "A mark proves that it is this one.";
    "/distinguishing_features", helps, |o| has(o.distinguishing_features.as_ref()),
        "Damage and repairs tell it from its copies.";
    "/subject", helps, |o| has(o.subject.as_ref()),
        "Registers are searched by what is pictured.";
    "/date_or_period", helps, |o| has(o.date_or_period.as_ref()) || has(o.made_from.as_ref()),
        "Dealers describe by period.";
    "/maker", helps, |o| has(o.maker.as_ref()),
        "Dealers describe by maker or culture.";
    "/description", helps, |o| has(o.description.as_ref()),
        "Whoever has never seen it must know it when it lies before them.";
    "/inventory_number", inventory, |o| has(o.inventory_number.as_ref()),
        "It is written on the object, and the inventory proves whose it is.";
    "/origin_country", |event, _| listed(event).then_some(event == Event::IllicitExport), |o| has(o.origin_country.as_ref()),
        "The country of origin is told, and some origins are under a ban of trade.";
];
