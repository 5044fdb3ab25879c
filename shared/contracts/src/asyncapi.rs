//! The machine-readable description of the events: a JSON Schema each, and one AsyncAPI document over them.

use serde_json::{Map, Value, json};

use crate::events::{self, Event};
use crate::{Batch, Envelope};

/// A kind and its schema.
fn schema_of<E: Event>() -> (&'static str, Value) {
    (E::KIND, schemars::schema_for!(E).to_value())
}

fn all() -> Vec<(&'static str, Value)> {
    vec![
        schema_of::<events::CaseRegisteredV1>(),
        schema_of::<events::CaseVerifiedV1>(),
        schema_of::<events::CaseEditedV1>(),
        schema_of::<events::CaseMovedV1>(),
        schema_of::<events::CaseEmbargoedV1>(),
        schema_of::<events::ObjectStatusChangedV1>(),
        schema_of::<events::ObjectsAddedV1>(),
        schema_of::<events::PhotoAddedV1>(),
        schema_of::<events::PhotoRemovedV1>(),
        schema_of::<events::DuplicateProposedV1>(),
        schema_of::<events::DuplicateDismissedV1>(),
        schema_of::<events::CaseMergedV1>(),
        schema_of::<events::CaseUnmergedV1>(),
        schema_of::<events::CaseReadV1>(),
        schema_of::<events::PackReadV1>(),
        schema_of::<events::ReporterErasedV1>(),
        schema_of::<events::AlertDraftedV1>(),
        schema_of::<events::AlertScheduledV1>(),
        schema_of::<events::AlertUnscheduledV1>(),
        schema_of::<events::AlertDiscardedV1>(),
        schema_of::<events::AlertReleasedV1>(),
        schema_of::<events::DirectoryChangedV1>(),
        schema_of::<events::RuleSetDraftedV1>(),
        schema_of::<events::RuleSetDiscardedV1>(),
        schema_of::<events::PartnerChangeProposedV1>(),
        schema_of::<events::PartnerChangeApprovedV1>(),
        schema_of::<events::PartnerChangeEndedV1>(),
        schema_of::<events::NoticeRequestedV1>(),
        schema_of::<events::NoticeRecordedV1>(),
        schema_of::<events::NoticeBouncedV1>(),
        schema_of::<events::AddressVerifiedV1>(),
        schema_of::<events::AddressCorrectionAskedV1>(),
        schema_of::<events::AddressCorrectedV1>(),
        schema_of::<events::DirectoryFileEndedV1>(),
        schema_of::<events::RuleSetReleasedV1>(),
        schema_of::<events::OverrideMadeV1>(),
        schema_of::<events::PlanFrozenV1>(),
        schema_of::<events::NobodyToldV1>(),
        schema_of::<events::NobodyToldSettledV1>(),
        schema_of::<events::HoldReleasedV1>(),
        schema_of::<events::SendingSwitchedV1>(),
        schema_of::<events::SendingDrainedV1>(),
        schema_of::<events::PlanSupplementedV1>(),
        schema_of::<events::DeliveryRecordedV1>(),
        schema_of::<events::DeliveryDecidedV1>(),
        schema_of::<events::DeliveryResentV1>(),
        schema_of::<events::SecondContactsUsedV1>(),
        schema_of::<events::DeliveryEndedV1>(),
        schema_of::<events::DeliveryBouncedV1>(),
        schema_of::<events::BounceSettledV1>(),
        schema_of::<events::AddressSuppressedV1>(),
        schema_of::<events::SuppressionReleasedV1>(),
        schema_of::<events::LetterReceivedV1>(),
        schema_of::<events::LetterErasedV1>(),
        schema_of::<events::RestoreComparedV1>(),
        schema_of::<events::MailServerPausedV1>(),
        schema_of::<events::MailServerResumedV1>(),
        schema_of::<events::ContentReadV1>(),
        schema_of::<events::NotificationAcknowledgedV1>(),
        schema_of::<events::NotificationChasedV1>(),
        schema_of::<events::ChaseSettledV1>(),
        schema_of::<events::NotificationAnsweredV1>(),
        schema_of::<events::ObjectSightedV1>(),
        schema_of::<events::SightingPhotoAddedV1>(),
        schema_of::<events::SightingDecidedV1>(),
        schema_of::<events::SightingErasedV1>(),
        schema_of::<events::AnswerErasedV1>(),
        schema_of::<events::RestitutionOpenedV1>(),
        schema_of::<events::RestitutionStepTakenV1>(),
        schema_of::<events::RestitutionPartyNamedV1>(),
        schema_of::<events::RestitutionDocumentAddedV1>(),
        schema_of::<events::RestitutionDocumentErasedV1>(),
        schema_of::<events::RestitutionPartyErasedV1>(),
        schema_of::<events::ClockWarnedV1>(),
        schema_of::<events::AccountChangedV1>(),
        schema_of::<events::SessionOpenedV1>(),
        schema_of::<events::TokenIssuedV1>(),
        schema_of::<events::TokenRevokedV1>(),
    ]
}

/// Every schema file: its name under `schemas/`, and its text.
pub fn schemas() -> Vec<(String, String)> {
    let mut files: Vec<_> = all().into_iter().map(|(kind, schema)| (format!("{kind}.json"), pretty(&schema))).collect();
    files.push(("asyncapi.json".to_owned(), pretty(&asyncapi())));
    files
}

/// The AsyncAPI 3.0 document of the topic exchange.
pub fn asyncapi() -> Value {
    let mut channels = Map::new();
    let mut operations = Map::new();
    for (kind, schema) in all() {
        let name = kind.replace('.', "_");
        let event_type = format!("{}{kind}", Envelope::TYPE_PREFIX);
        channels.insert(
            name.clone(),
            json!({
                "address": kind,
                "messages": {
                    name.clone(): { "name": event_type, "contentType": Envelope::MEDIA_TYPE, "payload": schema },
                    format!("{name}_batch"): {
                        "name": event_type,
                        "contentType": Batch::MEDIA_TYPE,
                        "payload": {
                            "type": "array",
                            "minItems": 1,
                            "maxItems": Batch::MAX_FACTS,
                            "items": { "$ref": format!("#/channels/{name}/messages/{name}/payload") },
                        },
                    },
                },
                "bindings": { "amqp": { "is": "routingKey", "exchange": { "name": "tocsin.events", "type": "topic", "durable": true } } },
            }),
        );
        operations.insert(
            format!("on_{name}"),
            json!({ "action": "send", "channel": { "$ref": format!("#/channels/{name}") } }),
        );
    }
    json!({
        "asyncapi": "3.0.0",
        "info": {
            "title": "Tocsin events",
            "version": "1",
            "description": "CloudEvents 1.0 in JSON on a RabbitMQ topic exchange. `payload` is the envelope's `data`. \
                A message is one envelope or, as a JSON batch, an array of envelopes of one kind, oldest first: be ready \
                for both. Identifiers and class A data only; unknown fields are to be ignored.",
        },
        "defaultContentType": Envelope::MEDIA_TYPE,
        "channels": channels,
        "operations": operations,
    })
}

fn pretty(value: &Value) -> String {
    let mut text = serde_json::to_string_pretty(&sorted(value)).expect("a JSON value always has a text");
    text.push('\n');
    text
}

/// The same with every object's keys in order: whether a map keeps the order of insertion depends on what else is built.
fn sorted(value: &Value) -> Value {
    match value {
        Value::Object(map) => {
            let mut keys: Vec<_> = map.iter().collect();
            keys.sort_unstable_by_key(|(key, _)| *key);
            Value::Object(keys.into_iter().map(|(key, value)| (key.clone(), sorted(value))).collect())
        }
        Value::Array(items) => Value::Array(items.iter().map(sorted).collect()),
        other => other.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn schema_files_are_those_of_the_types() {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("schemas");
        for (name, text) in schemas() {
            let stored = std::fs::read_to_string(folder.join(&name)).unwrap_or_default();
            assert_eq!(stored, text, "{name} is stale: run `cargo xtask schemas`");
        }
    }

    #[test]
    fn kinds_are_distinct_and_carry_their_major_version() {
        let kinds: std::collections::BTreeSet<_> = all().into_iter().map(|(kind, _)| kind).collect();
        assert_eq!(kinds.len(), all().len());
        assert!(kinds.iter().all(|kind| kind.rsplit('.').next() == Some("v1")));
    }
}
