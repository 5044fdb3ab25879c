//! CloudEvents 1.0 in JSON: the form of every fact.

use domain::Timestamp;
use domain::ids::EventId;
use serde::{Deserialize, Serialize};

use crate::events::Event;

/// A fact in its envelope (CloudEvents 1.0, structured JSON).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Envelope {
    /// Always `1.0`.
    pub specversion: String,
    /// The outbox row's identifier: the same on every repeat.
    pub id: EventId,
    /// `/tocsin/` and the service's name.
    pub source: String,
    /// `org.tocsin.` and the event's kind, such as `org.tocsin.alert.released.v1`.
    #[serde(rename = "type")]
    pub event_type: String,
    /// The identifier of what it happened to.
    pub subject: String,
    /// When it happened.
    pub time: Timestamp,
    /// Always `application/json`.
    pub datacontenttype: String,
    /// W3C Trace Context of the request that caused it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub traceparent: Option<String>,
    /// The event itself.
    pub data: serde_json::Value,
}

/// Why an envelope cannot be opened as an event.
#[derive(Debug, thiserror::Error)]
pub enum EnvelopeError {
    /// Another event, or a major version that this program does not know.
    #[error("is {found}, not {wanted}")]
    OtherKind {
        /// What arrived.
        found: String,
        /// What the reader knows.
        wanted: &'static str,
    },
    /// The body does not have the event's form.
    #[error("has a body that is not a {kind}")]
    Body {
        /// The event's kind. What is wrong with it is left out: the parser quotes values, and this ends in logs.
        kind: &'static str,
    },
}

impl Envelope {
    /// The media type of an envelope that is alone in its message.
    pub const MEDIA_TYPE: &'static str = "application/cloudevents+json";
    /// Prefix of every event type.
    pub const TYPE_PREFIX: &'static str = "org.tocsin.";

    /// The kind without its prefix: the routing key.
    pub fn kind(&self) -> &str {
        self.event_type.strip_prefix(Self::TYPE_PREFIX).unwrap_or(&self.event_type)
    }

    /// Opens the envelope as an event of type `E`.
    pub fn open<E: Event>(&self) -> Result<E, EnvelopeError> {
        if self.kind() != E::KIND {
            return Err(EnvelopeError::OtherKind { found: self.kind().to_owned(), wanted: E::KIND });
        }
        E::deserialize(&self.data).map_err(|_| EnvelopeError::Body { kind: E::KIND })
    }
}
