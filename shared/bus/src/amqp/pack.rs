//! Puts facts of one kind together into messages: what the broker does for a message costs more than what is in it.

use contracts::{Batch, Envelope};

/// What is published as one message: an envelope, or a CloudEvents batch of one kind.
pub(super) struct Message<'a> {
    /// Gives the message its identifier, its kind and its key.
    pub(super) first: &'a Envelope,
    /// How many facts it holds.
    pub(super) facts: usize,
    /// Always whole: an envelope's JSON, or from the second fact on an array.
    pub(super) body: Vec<u8>,
}

impl Message<'_> {
    /// With two brackets and a comma, of which only the first two facts need all.
    fn has_room(&self, json: &[u8]) -> bool {
        self.facts < Batch::MAX_FACTS && self.body.len() + json.len() + 3 <= Batch::MAX_BYTES
    }

    fn push(&mut self, json: &[u8]) {
        if self.facts == 1 {
            self.body.insert(0, b'[');
        } else {
            self.body.pop();
        }
        self.body.push(b',');
        self.body.extend_from_slice(json);
        self.body.push(b']');
        self.facts += 1;
    }

    pub(super) fn media_type(&self) -> &'static str {
        if self.facts == 1 { Envelope::MEDIA_TYPE } else { Batch::MEDIA_TYPE }
    }
}

/// The messages, and for each fact which of them it is in. Those of one kind keep their order.
pub(super) fn pack(facts: &[Envelope]) -> (Vec<Message<'_>>, Vec<usize>) {
    let mut messages: Vec<Message<'_>> = Vec::new();
    let mut places = Vec::with_capacity(facts.len());
    for fact in facts {
        let json = serde_json::to_vec(fact).expect("an envelope is plain data and always has a JSON form");
        // Only the newest of its kind: an earlier one with room would let it overtake.
        let newest = messages.iter().rposition(|message| message.first.event_type == fact.event_type);
        if let Some(place) = newest
            && messages[place].has_room(&json)
        {
            messages[place].push(&json);
            places.push(place);
        } else {
            places.push(messages.len());
            messages.push(Message { first: fact, facts: 1, body: json });
        }
    }
    (messages, places)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fact(kind: &str, number: usize, size: usize) -> Envelope {
        let envelope = serde_json::json!({
            "specversion": "1.0", "id": format!("event_01998f00000070008000{number:012}"), "source": "/tocsin/routing",
            "type": format!("org.tocsin.{kind}"), "subject": number.to_string(), "time": "2026-11-20T12:00:00Z",
            "datacontenttype": "application/json", "data": "x".repeat(size),
        });
        serde_json::from_value(envelope).expect("it has every field")
    }

    /// The facts of each message by their numbers, after a look at its form.
    fn packed(facts: &[Envelope]) -> Vec<Vec<usize>> {
        let (messages, places) = pack(facts);
        let mut numbers = Vec::new();
        for (place, message) in messages.iter().enumerate() {
            let Batch(held) = serde_json::from_slice(&message.body).expect("a body is whole");
            let given = facts.iter().zip(&places).filter(|(_, of)| **of == place).map(|(fact, _)| fact.clone());
            assert_eq!(held, given.collect::<Vec<_>>());
            assert!(held.iter().all(|fact| fact.event_type == message.first.event_type) && held[0] == *message.first);
            assert_eq!(message.media_type() == Batch::MEDIA_TYPE, message.body.starts_with(b"["));
            assert!(held.len() == message.facts && (held.len() == 1 || message.body.len() <= Batch::MAX_BYTES));
            numbers.push(held.iter().map(|fact| fact.subject.parse().expect("a number")).collect());
        }
        numbers
    }

    #[test]
    fn facts_of_one_kind_go_together_in_their_order() {
        let facts: Vec<_> = ["a", "b", "a", "c", "b", "a"].iter().zip(0..).map(|(kind, n)| fact(kind, n, 1)).collect();
        assert_eq!(packed(&facts), [vec![0, 2, 5], vec![1, 4], vec![3]]);
        assert!(packed(&[]).is_empty());
    }

    #[test]
    fn a_batch_is_limited_in_number() {
        let facts: Vec<_> = (0..250).map(|number| fact("a", number, 1)).collect();
        assert_eq!(packed(&facts).iter().map(Vec::len).collect::<Vec<_>>(), [100, 100, 50]);
    }

    #[test]
    fn a_batch_is_limited_in_size_and_a_larger_fact_goes_alone_without_being_overtaken() {
        let size = Batch::MAX_BYTES / 3;
        let facts = [size, size, size, Batch::MAX_BYTES, 1, 1, Batch::MAX_BYTES * 2, 1];
        let facts: Vec<_> = facts.iter().zip(0..).map(|(size, number)| fact("a", number, *size)).collect();
        assert_eq!(packed(&facts), [vec![0, 1], vec![2], vec![3], vec![4, 5], vec![6], vec![7]]);
        // To the byte: two that fill a batch, and one byte more.
        let empty = serde_json::to_vec(&fact("a", 0, 0)).expect("it has a JSON form").len();
        let rest = Batch::MAX_BYTES - 3 - 2 * empty;
        assert_eq!(packed(&[fact("a", 0, rest - 9), fact("a", 1, 9)]), [[0, 1]]);
        assert_eq!(packed(&[fact("a", 0, rest - 9), fact("a", 1, 10)]), [[0], [1]]);
    }
}
