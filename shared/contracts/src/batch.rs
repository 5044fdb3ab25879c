//! Several envelopes in one message: a CloudEvents batch.

use std::fmt;

use serde::de::value::MapAccessDeserializer;
use serde::de::{DeserializeSeed, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};

use crate::Envelope;

/// The envelopes of one message, in their order (CloudEvents 1.0, JSON format, section 4).
///
/// Read from an array of envelopes or from an envelope that is alone; nothing else is one, and an array within the array
/// least of all.
#[derive(Clone, Debug, PartialEq)]
pub struct Batch(pub Vec<Envelope>);

impl Batch {
    /// The media type of an array; a message with one fact is an [`Envelope`] without one.
    pub const MEDIA_TYPE: &'static str = "application/cloudevents-batch+json";
    /// The most envelopes a batch is made of. What the broker does for a message is then a hundredth for each fact, with
    /// nothing left to save; and a message that is lost or refused delays no more than these.
    pub const MAX_FACTS: usize = 100;
    /// The most bytes of a batch. A hundred facts of the usual size are a quarter of it. Times the number of messages that
    /// a consumer is sent ahead, it bounds the consumer's memory.
    pub const MAX_BYTES: usize = 256 * 1024;
}

impl<'de> Deserialize<'de> for Batch {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct OneOrMany;
        impl<'de> Visitor<'de> for OneOrMany {
            type Value = Batch;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an envelope or an array of envelopes")
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Batch, A::Error> {
                One.visit_map(map).map(|only| Batch(vec![only]))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Batch, A::Error> {
                let mut envelopes = Vec::new();
                while let Some(envelope) = items.next_element_seed(One)? {
                    envelopes.push(envelope);
                }
                Ok(Batch(envelopes))
            }
        }
        deserializer.deserialize_any(OneOrMany)
    }
}

/// An envelope that is a JSON object. By itself its type would take an array of its fields' values as well.
struct One;

impl<'de> DeserializeSeed<'de> for One {
    type Value = Envelope;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Envelope, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for One {
    type Value = Envelope;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an envelope")
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Envelope, A::Error> {
        Envelope::deserialize(MapAccessDeserializer::new(map))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn envelope(number: i64) -> Value {
        json!({
            "specversion": "1.0", "id": "event_01998f0000007000800000000000abcd", "source": "/tocsin/routing",
            "type": "org.tocsin.rule_set.released.v1", "subject": number.to_string(), "time": "2026-11-20T12:00:00Z",
            "datacontenttype": "application/json", "data": { "version": number },
        })
    }

    fn read(value: &Value) -> Result<Vec<String>, serde_json::Error> {
        let batch: Batch = serde_json::from_str(&value.to_string())?;
        Ok(batch.0.into_iter().map(|envelope| envelope.subject).collect())
    }

    #[test]
    fn one_envelope_and_an_array_of_them_are_read_in_their_order() {
        assert_eq!(read(&envelope(7)).unwrap(), ["7"]);
        assert_eq!(read(&json!([envelope(2), envelope(1)])).unwrap(), ["2", "1"]);
        assert!(read(&json!([])).unwrap().is_empty());
    }

    #[test]
    fn what_is_not_an_envelope_spoils_the_whole_message() {
        let values: Vec<Value> = envelope(1).as_object().unwrap().values().cloned().collect();
        for wrong in
            [json!(7), json!({}), json!([[]]), json!([[envelope(1)]]), json!([values]), json!(values), json!(null)]
        {
            assert!(read(&wrong).is_err(), "{wrong}");
            assert!(read(&json!([envelope(1), wrong, envelope(2)])).is_err(), "{wrong}");
        }
        let cut = json!([envelope(1), envelope(2)]).to_string();
        assert!(serde_json::from_str::<Batch>(&cut[..cut.len() - 1]).is_err());
    }
}
