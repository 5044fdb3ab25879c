//! Signed links: an address that lets whoever holds the mail answer for one delivery, and opens nothing else.
//!
//! `/a/` and base64url of: the delivery (16 bytes), the day it expires (4 bytes, days since 1970), an HMAC-SHA-256
//! over both (RFC 2104, cut to 16 bytes). Nothing is stored for it, so there is nothing to leak; it proves access to
//! the mailbox, not who the person is.

use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use domain::Timestamp;
use domain::ids::DeliveryId;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use subtle::ConstantTimeEq;

/// How long a link works: an alert lives for years, but a mailbox changes hands.
pub const VALID: Duration = Duration::from_secs(400 * 24 * 3600);
const DAY: Duration = Duration::from_secs(24 * 3600);
/// Keeps these signatures apart from any other use of a key.
const PURPOSE: &[u8] = b"tocsin answer link v1\0";

/// Signs links. Whoever has it can acknowledge for any partner.
#[derive(Clone)]
pub struct LinkKey([u8; 32]);

/// Shows nothing of the secret.
impl std::fmt::Debug for LinkKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("LinkKey")
    }
}

impl LinkKey {
    /// From 32 secret bytes.
    pub fn new(secret: [u8; 32]) -> Self {
        Self(secret)
    }

    /// The token of a delivery's link.
    pub fn token(&self, delivery: DeliveryId, now: Timestamp) -> String {
        let days = now.plus(VALID).since(Timestamp::from_micros(0)).as_secs() / DAY.as_secs();
        let mut bytes = delivery.as_uuid().into_bytes().to_vec();
        bytes.extend(u32::try_from(days).unwrap_or(u32::MAX).to_be_bytes());
        let tag = self.tag(PURPOSE, &bytes);
        bytes.extend(tag);
        URL_SAFE_NO_PAD.encode(bytes)
    }

    /// The delivery of a token; none if this key did not sign it or it has expired.
    pub fn open(&self, token: &str, now: Timestamp) -> Option<DeliveryId> {
        let bytes = URL_SAFE_NO_PAD.decode(token).ok().filter(|bytes| bytes.len() == 36)?;
        let (signed, tag) = bytes.split_at(20);
        if !bool::from(self.tag(PURPOSE, signed).as_slice().ct_eq(tag)) {
            return None;
        }
        let (id, days) = signed.split_at(16);
        let days = u64::from(u32::from_be_bytes(days.try_into().ok()?));
        let today = now.since(Timestamp::from_micros(0)).as_secs() / DAY.as_secs();
        let id = domain::ids::Uuid::from_slice(id).ok()?;
        (today <= days).then(|| DeliveryId::from_stored(id))
    }

    /// A signature for one purpose, which is good for no other.
    pub(crate) fn tag(&self, purpose: &[u8], signed: &[u8]) -> [u8; 16] {
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.0).expect("HMAC takes a key of any length");
        mac.update(purpose);
        mac.update(signed);
        let full = mac.finalize().into_bytes();
        let mut tag = [0; 16];
        tag.copy_from_slice(&full[..16]);
        tag
    }
}

#[cfg(test)]
mod tests {
    use domain::Clock;

    use super::*;

    fn now() -> Timestamp {
        Timestamp::from_micros(1_795_000_000_000_000)
    }

    #[test]
    fn a_link_opens_its_delivery_for_400_days_and_only_by_its_key() {
        let key = LinkKey::new([7; 32]);
        let id = DeliveryId::generate(&Clock::System);
        let token = key.token(id, now());
        assert_eq!(token.len(), 48);
        assert_eq!(key.open(&token, now()), Some(id));
        assert_eq!(key.open(&token, now().plus(VALID)), Some(id));
        assert_eq!(key.open(&token, now().plus(VALID + DAY)), None);
        assert_eq!(LinkKey::new([8; 32]).open(&token, now()), None);
    }

    #[test]
    fn a_touched_link_opens_nothing() {
        let key = LinkKey::new([7; 32]);
        let token = key.token(DeliveryId::generate(&Clock::System), now());
        for at in 0..token.len() {
            let mut bytes = token.clone().into_bytes();
            bytes[at] = if bytes[at] == b'A' { b'B' } else { b'A' };
            let touched = String::from_utf8(bytes).unwrap();
            assert_eq!(key.open(&touched, now()), None, "byte {at}");
        }
        for bad in ["", "x", "../../etc/passwd", &token[1..], &format!("{token}A"), &"A".repeat(48)] {
            assert_eq!(key.open(bad, now()), None, "{bad}");
        }
    }

    #[test]
    fn a_printed_key_shows_nothing() {
        assert_eq!(format!("{:?}", LinkKey::new([7; 32])), "LinkKey");
    }
}
