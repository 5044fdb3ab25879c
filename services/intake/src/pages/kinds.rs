//! The kinds of event on the form: the words that differ, and the fields that only one of them has.

use domain::codes::{DetectionMethod, Event, ObjectType, PermitStatus, Threat, Venue};

use super::form::{Block, DATE, Group, Input, TEXT, group};
use super::pairs::PREFIX;
use super::{COUNTRIES, choices};

/// A label and what stands below it.
type Asked = (&'static str, &'static str);

/// What the form says of a kind of event.
pub(super) struct Words {
    /// When to choose it.
    pub when: &'static str,
    pub title: &'static str,
    pub country: &'static str,
    pub earliest: Asked,
    pub latest: Asked,
    pub discovered: Asked,
    pub holder: Asked,
    pub place: &'static str,
}

const NOTICED: Asked = ("Noticed on", "The day somebody saw that it was gone, such as 2026-11-21");

/// The words of a kind.
pub(super) fn words(kind: Event) -> Words {
    let loss = Words {
        when: "Objects were taken from a museum, a church, a library, a site, a home.",
        title: "A few words by which people will speak of the case: Head of a seated figure, Pobé Mengao",
        country: "Where it was lost",
        earliest: ("Lost not before", "The last day it was surely there, such as 2026-11-20"),
        latest: ("Lost not after", "The first day it was surely gone, such as 2026-11-21"),
        discovered: NOTICED,
        holder: ("Holder", "Who held the objects: museum, church, owner"),
        place: "Town, building, room: Ouagadougou, national museum, hall 2",
    };
    match kind {
        Event::IllicitExport => Words {
            when: "Objects left a country against its law: without a permit, with a forged one, or not back in time.",
            country: "Of the last lawful location",
            earliest: ("Left not before", "The last day it was surely in the country"),
            latest: ("Left not after", "The first day it was surely gone"),
            ..loss
        },
        Event::Looting => Words {
            when: "A site was plundered and nobody has a list of what was taken.",
            title: "Such as: Fresh pits at Apamea, eastern necropolis. No exact findspot: partners read it",
            country: "Where the site is",
            earliest: (
                "Not before",
                "The last day the site was seen undisturbed, such as a satellite image of 2026-09-01",
            ),
            latest: ("Detected on", "The day the pits were seen"),
            discovered: ("Confirmed on", "The day somebody was on the ground"),
            holder: ("Responsible for the site", "Antiquities service, site manager, owner of the land"),
            place: "The nearest town, and how the site is reached. Only the desk and the police see it",
        },
        Event::Missing => Words {
            when: "Objects were absent at a stock-taking, and nobody knows since when.",
            earliest: ("Last seen", "The day of the last stock-taking at which it was there, or of the last loan"),
            latest: ("Not seen since", "The first day somebody looked and did not find it"),
            discovered: ("Stock-taking on", "The day its absence was established"),
            ..loss
        },
        Event::Emergency => Words {
            when: "A collection is at risk: war, fire, flood, no guard. Nothing need be lost yet.",
            title: "Such as: Museum of the northern province without guard",
            country: "Where the collection is",
            earliest: ("At risk since", "The first day, such as 2026-11-20"),
            latest: ("As known on", "The day of the latest news"),
            discovered: ("Told on", "The day you heard of it"),
            holder: ("Holder", "Whose collection it is"),
            place: "Town, building",
        },
        Event::Seizure => Words {
            when: "An authority holds objects and nobody knows whose they are.",
            title: "Such as: 41 Late Bronze Age seals from a parcel at Lyon",
            country: "Where they were seized",
            earliest: ("Seized not before", "Such as 2026-11-20"),
            latest: ("Seized not after", "The same day, if it was one day"),
            discovered: ("Established on", "The day somebody saw that they are cultural objects"),
            holder: ("Kept by", "Where the objects are now: customs depot, court, museum"),
            place: "Port, airport, town, address",
        },
        Event::Sighting => Words {
            when: "You saw an object, at a sale, on the internet, at a border, that somebody may be looking for.",
            title: "Such as: Kushan head, lot 214, winter sale",
            country: "Where it was seen",
            earliest: ("Seen first on", "Such as 2026-11-20"),
            latest: ("Seen last on", "The same day, if you saw it once"),
            discovered: ("Recognised on", "The day you thought that it may be searched for"),
            holder: ("Shown or offered by", "As far as you can tell. Do not ask them"),
            place: "Town, street, web address",
        },
        Event::Theft | Event::Recovery | Event::Restitution => loss,
    }
}

/// Whether something is known to be lost, so that somebody can say how.
pub(super) fn is_loss(kind: Event) -> bool {
    !matches!(kind, Event::Emergency | Event::Seizure | Event::Sighting)
}

/// Whether its form begins with what to look for instead of a list.
pub(super) fn has_typology(kind: Event) -> bool {
    matches!(kind, Event::Looting | Event::Emergency)
}

/// The fields that only this kind has.
pub(super) fn details(kind: Event) -> Option<Group> {
    Some(match kind {
        Event::IllicitExport => export(),
        Event::Looting => looting(),
        Event::Missing => missing(),
        Event::Emergency => emergency(),
        Event::Seizure => seizure(),
        Event::Sighting => sighting(),
        Event::Theft | Event::Recovery | Event::Restitution => return None,
    })
}

fn block(part: &str) -> Block {
    Block(format!("{PREFIX}[{part}]"))
}

fn countries() -> Input {
    Input::Select(COUNTRIES.clone())
}

fn export() -> Group {
    let b = block("export");
    group(
        "export",
        "The export",
        "",
        vec![
            b.must("claiming_state", "Claiming state", "Which state asks for it back", countries()),
            b.must(
                "permit",
                "Export permit",
                "Such as forged or altered; unknown, if nobody has seen one",
                Input::Select(choices!(PermitStatus)),
            ),
            b.may(
                "certificate_number",
                "Certificate number",
                "Of the certificate that was shown, such as 2024/0815",
                TEXT,
            ),
            b.may("last_lawful_location", "Last lawful location", "Such as: Cusco, private collection", TEXT),
            b.may("law", "Law that forbids the export", "Such as: Ley 28296, article 33", TEXT),
            b.countries("route", "Presumed route"),
            b.countries("destinations", "Presumed destinations"),
        ],
    )
}

fn looting() -> Group {
    let b = block("looting");
    group(
        "looting",
        "The site",
        "Partners with object data only do not see this part: a findspot that is known is a site that is dug.",
        vec![
            b.must("site", "Name of the site", "Such as: Apamea, eastern necropolis", TEXT),
            b.may("site_number", "Number of the site", "In the national register or the World Heritage List", TEXT),
            b.must("detected_by", "How it was detected", "", Input::Select(choices!(DetectionMethod))),
            b.may("extent", "Extent", "Such as: 40 pits on 2 hectares", TEXT),
        ],
    )
}

fn missing() -> Group {
    let b = block("missing");
    group(
        "missing",
        "The stock-taking",
        "",
        vec![
            b.must("inventory", "Inventory that lists it", "Such as: register of deposits 1931, folio 12", TEXT),
            b.may("depositor", "Deposited or lent by", "If the objects are not the holder's own", TEXT),
        ],
    )
}

fn emergency() -> Group {
    let b = block("emergency");
    group(
        "emergency",
        "The danger",
        "",
        vec![
            b.must("threat", "Threat", "", Input::Select(choices!(Threat))),
            b.must(
                "extent",
                "What the collection holds",
                "Roughly, such as: about 4,000 coins and 200 manuscripts",
                TEXT,
            ),
        ],
    )
}

fn seizure() -> Group {
    let b = block("seizure");
    group(
        "seizure",
        "The seizure",
        "",
        vec![
            b.must("authority", "Seized by", "Such as: customs, brigade of Lyon", TEXT),
            b.may("sent_from", "Sent from", "The country they came from", countries()),
            b.may("bound_for", "Bound for", "The country they were sent to", countries()),
            b.countries("likely_origins", "States they may come from"),
        ],
    )
}

fn sighting() -> Group {
    let b = block("sighting");
    group(
        "sighting",
        "The sighting",
        "In confidence: a word too many moves the object.",
        vec![
            b.must("venue", "Where you saw it", "", Input::Select(choices!(Venue))),
            b.may("found_under", "Found under", "Lot, page or address: lot 214, page 38", TEXT),
            b.may("sale_on", "Announced sale", "The day of the sale, such as 2026-12-03", DATE),
        ],
    )
}

/// What to look for where no list of objects exists.
pub(super) fn typology(kind: Event) -> Group {
    let must = has_typology(kind);
    let b = Block(format!("{PREFIX}[typology]"));
    let note = "Where no list of objects exists, partners look for things of this kind. They all read this part: no findspot, no holder.";
    group(
        "typology",
        "What to look for",
        note,
        vec![
            b.may("types", "Types of objects", "At least one", Input::Ticks(choices!(ObjectType))),
            b.may(
                "red_list",
                "ICOM Red List",
                "That shows such objects: Emergency Red List of Syrian Cultural Objects at Risk",
                TEXT,
            ),
            b.field(
                "description",
                "What they look like",
                "Such as: bronze coins with fresh earth; stone heads broken from reliefs",
                must,
                Input::Area,
            ),
        ],
    )
}
