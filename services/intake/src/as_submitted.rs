//! A recorded case as the report that would give it: the reverse of [`crate::parse::parse`]. The form that corrects a
//! case is filled from it, and what a case lacks is judged on it as on a report that is being written.

use std::fmt::Display;

use domain::codes::LossMethod;
use domain::details::Details;
use domain::object::ObjectDescription;

use crate::submit::{
    RawCircumstances, RawEmergency, RawExport, RawLooting, RawLoss, RawMeasurement, RawMissing, RawObject, RawReporter,
    RawSeizure, RawSighting, RawTypology, SubmitCase,
};
use crate::view::{CaseView, CircumstancesView};

/// The report of a case. What the reader may not see, or what was erased, is blank.
pub fn as_submitted(case: &CaseView) -> SubmitCase {
    let mut report = SubmitCase {
        event: Some(case.event.to_string()),
        title: Some(case.title.to_string()),
        language: Some(case.language.to_string()),
        label: Some(case.label.to_string()),
        country: Some(case.country.to_string()),
        loss: RawLoss {
            earliest: Some(case.loss.earliest.to_string()),
            latest: Some(case.loss.latest.to_string()),
            discovered: some(case.loss.discovered.as_ref()),
        },
        circumstances: circumstances(&case.circumstances),
        typology: case.typology.as_ref().map_or_else(RawTypology::default, |typology| RawTypology {
            types: texts(&typology.types),
            red_list: some(typology.red_list.as_ref()),
            description: Some(typology.description.to_string()),
        }),
        reporter: case.reporter.as_ref().map_or_else(RawReporter::default, |reporter| RawReporter {
            name: Some(reporter.name.to_string()),
            capacity: Some(reporter.capacity.to_string()),
            email: some(reporter.email.as_ref()),
            telephone: some(reporter.telephone.as_ref()),
        }),
        objects: case.objects.iter().map(|object| as_sheet(&object.description)).collect(),
        ..SubmitCase::default()
    };
    details(&mut report, &case.circumstances.details);
    report
}

fn some(value: Option<&impl Display>) -> Option<String> {
    value.map(ToString::to_string)
}

fn texts<T: Display>(values: &[T]) -> Vec<String> {
    values.iter().map(ToString::to_string).collect()
}

fn circumstances(c: &CircumstancesView) -> RawCircumstances {
    RawCircumstances {
        holder: Some(c.holder.to_string()),
        premises: Some(c.premises.to_string()),
        subdivision: some(c.subdivision.as_ref()),
        place: Some(c.place.to_string()),
        // "Unknown" where nobody was asked is not an answer that somebody gave.
        method: Some(c.method).filter(|method| *method != LossMethod::Unknown || is_asked(c)).map(|m| m.to_string()),
        police_reference: some(c.police_reference.as_ref()),
        police_reference_not_yet: c.police_reference.is_none(),
        authority_informed: some(c.authority_informed.as_ref()),
        authority_informed_on: some(c.authority_informed_on.as_ref()),
        narrative: some(c.narrative.as_ref()),
    }
}

/// Whether the kind of event asks how it was lost.
fn is_asked(c: &CircumstancesView) -> bool {
    !matches!(c.details, Details::Emergency(_) | Details::Seizure(_) | Details::Sighting(_))
}

fn details(report: &mut SubmitCase, details: &Details) {
    match details {
        Details::Theft => {}
        Details::IllicitExport(facts) => {
            report.export = RawExport {
                claiming_state: Some(facts.claiming_state.to_string()),
                last_lawful_location: some(facts.last_lawful_location.as_ref()),
                permit: Some(facts.permit.to_string()),
                certificate_number: some(facts.certificate_number.as_ref()),
                law: some(facts.law.as_ref()),
                route: texts(&facts.route),
                destinations: texts(&facts.destinations),
            };
        }
        Details::Looting(facts) => {
            report.looting = RawLooting {
                site: Some(facts.site.to_string()),
                site_number: some(facts.site_number.as_ref()),
                detected_by: Some(facts.detected_by.to_string()),
                extent: some(facts.extent.as_ref()),
            };
        }
        Details::Missing(facts) => {
            report.missing =
                RawMissing { inventory: Some(facts.inventory.to_string()), depositor: some(facts.depositor.as_ref()) };
        }
        Details::Emergency(facts) => {
            report.emergency =
                RawEmergency { threat: Some(facts.threat.to_string()), extent: Some(facts.extent.to_string()) };
        }
        Details::Seizure(facts) => {
            report.seizure = RawSeizure {
                authority: Some(facts.authority.to_string()),
                likely_origins: texts(&facts.likely_origins),
                sent_from: some(facts.sent_from.as_ref()),
                bound_for: some(facts.bound_for.as_ref()),
            };
        }
        Details::Sighting(facts) => {
            report.sighting = RawSighting {
                venue: Some(facts.venue.to_string()),
                found_under: some(facts.found_under.as_ref()),
                sale_on: some(facts.sale_on.as_ref()),
            };
        }
    }
}

fn as_sheet(o: &ObjectDescription) -> RawObject {
    let measurements = o.measurements.iter().map(|m| RawMeasurement {
        dimension: Some(m.dimension().to_string()),
        value: Some(m.value().to_string()),
        unit: Some(m.unit().to_string()),
    });
    RawObject {
        title: Some(o.title.to_string()),
        photographs: Some(o.photographs.to_string()),
        object_type: Some(o.object_type.to_string()),
        type_detail: some(o.type_detail.as_ref()),
        materials: some(o.materials.as_ref()),
        measurements: measurements.collect(),
        inscriptions: some(o.inscriptions.as_ref()),
        distinguishing_features: some(o.distinguishing_features.as_ref()),
        subject: some(o.subject.as_ref()),
        date_or_period: some(o.date_or_period.as_ref()),
        made_from: o.dated.map(|span| span.from.to_string()),
        made_to: o.dated.map(|span| span.to.to_string()),
        maker: some(o.maker.as_ref()),
        description: some(o.description.as_ref()),
        inventory_number: some(o.inventory_number.as_ref()),
        related_material: some(o.related_material.as_ref()),
        origin_country: some(o.origin_country.as_ref()),
        origin_text: some(o.origin_text.as_ref()),
        related_objects: some(o.related_objects.as_ref()),
        link: o.link.as_ref().map(|link| link.kind.to_string()),
        link_name: o.link.as_ref().map(|link| link.name.to_string()),
        date_documented: some(o.date_documented.as_ref()),
        flags: texts(&o.flags),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::parse::tests::{of_kind, today};
    use crate::parse::{REPORTED, parse, parse_object};

    #[test]
    fn an_object_and_the_circumstances_of_every_kind_read_back_as_they_were_sent() {
        for kind in REPORTED {
            let mut raw = of_kind(kind);
            raw["circumstances"]["authority_informed"] = json!("Ministry");
            raw["circumstances"]["authority_informed_on"] = json!("2026-11-21");
            raw["circumstances"]["narrative"] = json!("First line.\nSecond line.");
            if let Some(object) = raw["objects"].get_mut(0) {
                let more = json!({
                    "type_detail": "ewer", "materials": "brass", "inscriptions": "A B", "subject": "a lion",
                    "distinguishing_features": "a dent", "date_or_period": "12th century", "made_from": "1101",
                    "made_to": "1200", "maker": "Herat", "description": "Round.", "inventory_number": "I 7",
                    "related_material": "Catalogue 3", "origin_country": "AF", "origin_text": "Khorasan",
                    "related_objects": "a basin", "link": "pair", "link_name": "A", "date_documented": "1999-01-02",
                    "flags": ["inventoried"], "measurements": [{"dimension": "height", "value": "27.50", "unit": "cm"}]
                });
                for (name, value) in more.as_object().unwrap() {
                    object[name] = value.clone();
                }
            }
            let second = raw["objects"].get(0).cloned();
            if let Some(second) = second {
                raw["objects"].as_array_mut().unwrap().push(second);
            }
            let sent = parse(&serde_json::from_value(raw).unwrap(), today()).unwrap();
            let mut report = SubmitCase::default();
            let view = CircumstancesView::from(sent.circumstances.clone());
            details(&mut report, &view.details);
            report.event = Some(kind.as_str().to_owned());
            report.circumstances = circumstances(&view);
            report.objects = sent.objects.iter().map(as_sheet).collect();
            for (sheet, object) in report.objects.iter().zip(&sent.objects) {
                assert_eq!(parse_object(sheet, kind, today()).as_ref(), Ok(object), "{kind}");
            }
            // The parts that are not told of here say so; the circumstances are as they were.
            let again = parse(&SubmitCase { reporter: RawReporter::default(), ..report }, today()).unwrap_err();
            let wrong: Vec<_> = again.as_slice().iter().map(|e| e.pointer.as_str()).collect();
            let of_circumstances = ["/circumstances", "/export", "/looting", "/missing/", "/emergency", "/seizure"];
            assert!(
                !wrong.iter().any(|pointer| of_circumstances.iter().any(|part| pointer.starts_with(part))),
                "{kind}: {wrong:?}"
            );
        }
    }
}
