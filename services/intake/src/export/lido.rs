//! A case's objects as LIDO 1.1 (CIDOC), one record each. Class A alone: this module cannot be given anything else.

use domain::case::CaseFacts;
use domain::codes::Photographs;
use domain::ids::ObjectId;
use domain::object::ObjectDescription;

use crate::import::LIDO_NAMESPACE;
use exchange::xml::Xml;

/// An object with its identifier.
pub type Identified<'a> = (ObjectId, &'a ObjectDescription);

/// The objects as one LIDO document.
pub fn lido<'a>(facts: &CaseFacts, source: &str, objects: impl Iterator<Item = Identified<'a>>) -> String {
    let mut xml = Xml::new("lido:lidoWrap", &[("xmlns:lido", LIDO_NAMESPACE)]);
    let language = facts.language.as_str().to_owned();
    for (id, object) in objects {
        xml.open("lido:lido", &[]);
        xml.leaf("lido:lidoRecID", &[("lido:type", "local"), ("lido:source", "tocsin")], id);
        xml.open("lido:descriptiveMetadata", &[("xml:lang", &language)]);
        classification(&mut xml, object);
        identification(&mut xml, object);
        events(&mut xml, object);
        relations(&mut xml, object);
        xml.close();
        administration(&mut xml, &language, source, id, object);
        xml.close();
    }
    xml.finish()
}

fn classification(xml: &mut Xml, object: &ObjectDescription) {
    xml.open("lido:objectClassificationWrap", &[]);
    xml.open("lido:objectWorkTypeWrap", &[]);
    xml.open("lido:objectWorkType", &[]);
    xml.leaf("lido:conceptID", &[("lido:type", "local"), ("lido:source", "tocsin")], object.object_type);
    let label = object.object_type.label();
    let words = object.type_detail.as_ref().map_or(label, |detail| detail.as_str());
    xml.leaf("lido:term", &[], words);
    xml.close();
    xml.close();
    xml.close();
}

fn identification(xml: &mut Xml, object: &ObjectDescription) {
    xml.open("lido:objectIdentificationWrap", &[]);
    xml.nested(&["lido:titleWrap", "lido:titleSet"], "lido:appellationValue", &object.title);
    if let Some(text) = &object.inscriptions {
        xml.nested(&["lido:inscriptionsWrap", "lido:inscriptions"], "lido:inscriptionTranscription", text);
    }
    if let Some(number) = &object.inventory_number {
        xml.open("lido:repositoryWrap", &[]);
        xml.open("lido:repositorySet", &[]);
        xml.leaf("lido:workID", &[("lido:type", "inventory number")], number);
        xml.close();
        xml.close();
    }
    let descriptions =
        [("description", &object.description), ("distinguishing features", &object.distinguishing_features)];
    if descriptions.iter().any(|(_, text)| text.is_some()) {
        xml.open("lido:objectDescriptionWrap", &[]);
        for (kind, text) in descriptions {
            if let Some(text) = text {
                xml.open("lido:objectDescriptionSet", &[("lido:type", kind)]);
                xml.leaf("lido:descriptiveNoteValue", &[], text);
                xml.close();
            }
        }
        xml.close();
    }
    if !object.measurements.is_empty() {
        xml.open("lido:objectMeasurementsWrap", &[]);
        xml.open("lido:objectMeasurementsSet", &[]);
        xml.open("lido:objectMeasurements", &[]);
        for measurement in &object.measurements {
            xml.open("lido:measurementsSet", &[]);
            xml.leaf("lido:measurementType", &[], measurement.dimension());
            xml.leaf("lido:measurementUnit", &[], measurement.unit());
            xml.leaf("lido:measurementValue", &[], measurement.value());
            xml.close();
        }
        xml.close();
        xml.close();
        xml.close();
    }
    if let Some(materials) = &object.materials {
        let path = ["lido:objectMaterialsTechWrap", "lido:objectMaterialsTechSet"];
        xml.nested(&path, "lido:displayMaterialsTech", materials);
    }
    xml.close();
}

fn events(xml: &mut Xml, object: &ObjectDescription) {
    let place = object.origin_text.is_some() || object.origin_country.is_some();
    if object.maker.is_none() && object.date_or_period.is_none() && !place {
        return;
    }
    xml.open("lido:eventWrap", &[]);
    xml.open("lido:eventSet", &[]);
    xml.open("lido:event", &[]);
    xml.nested(&["lido:eventType"], "lido:term", "Production");
    if let Some(maker) = &object.maker {
        xml.nested(&["lido:eventActor"], "lido:displayActorInRole", maker);
    }
    if let Some(date) = &object.date_or_period {
        xml.nested(&["lido:eventDate"], "lido:displayDate", date);
    }
    if place {
        xml.open("lido:eventPlace", &[]);
        if let Some(text) = &object.origin_text {
            xml.leaf("lido:displayPlace", &[], text);
        }
        if let Some(country) = object.origin_country {
            xml.open("lido:place", &[]);
            xml.leaf("lido:placeID", &[("lido:type", "iso3166-1")], country);
            xml.close();
        }
        xml.close();
    }
    xml.close();
    xml.close();
    xml.close();
}

fn relations(xml: &mut Xml, object: &ObjectDescription) {
    if object.subject.is_none() && object.related_objects.is_none() {
        return;
    }
    xml.open("lido:objectRelationWrap", &[]);
    if let Some(subject) = &object.subject {
        xml.nested(&["lido:subjectWrap", "lido:subjectSet"], "lido:displaySubject", subject);
    }
    if let Some(related) = &object.related_objects {
        let path = ["lido:relatedWorksWrap", "lido:relatedWorkSet", "lido:relatedWork"];
        xml.nested(&path, "lido:displayObject", related);
    }
    xml.close();
}

fn administration(xml: &mut Xml, language: &str, source: &str, id: ObjectId, object: &ObjectDescription) {
    xml.open("lido:administrativeMetadata", &[("xml:lang", language)]);
    xml.open("lido:recordWrap", &[]);
    xml.leaf("lido:recordID", &[("lido:type", "local")], id);
    xml.nested(&["lido:recordType"], "lido:term", "Item-level record");
    xml.nested(&["lido:recordSource", "lido:legalBodyName"], "lido:appellationValue", source);
    xml.close();
    if object.photographs != Photographs::Unknown {
        // Whether photographs exist; their addresses are nobody's who only has the file.
        xml.nested(&["lido:resourceWrap", "lido:resourceSet"], "lido:resourceDescription", object.photographs);
    }
    xml.close();
}
