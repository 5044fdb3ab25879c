//! Envelope senders that say which delivery came back (VERP), signed so that nobody can make one (BATV's idea).
//!
//! `b+` of a delivery, `n+` of a notice, and, in hexadecimal because some servers change the case of letters: its identifier (16 bytes), the day it expires
//! (2 bytes, days since 1970), an HMAC-SHA-256 over both, cut to 12 bytes. 62 characters of the 64 that may stand there.

use std::time::Duration;

use domain::ids::{DeliveryId, NoticeId, Uuid};
use domain::{Mailbox, Timestamp};
use subtle::ConstantTimeEq;

use crate::LinkKey;

/// For how long something may come back: mail servers try for five days, and some say "delayed" first.
pub(super) const VALID: Duration = Duration::from_secs(30 * 24 * 3600);
const DAY: Duration = Duration::from_secs(24 * 3600);
const TAG: usize = 12;

/// What was sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Sent {
    Delivery(DeliveryId),
    Notice(NoticeId),
}

impl Sent {
    fn id(self) -> Uuid {
        match self {
            Self::Delivery(id) => id.as_uuid(),
            Self::Notice(id) => id.as_uuid(),
        }
    }

    fn prefix(self) -> &'static str {
        match self {
            Self::Delivery(_) => "b+",
            Self::Notice(_) => "n+",
        }
    }

    /// One signature is good for one kind.
    fn purpose(self) -> &'static [u8] {
        match self {
            Self::Delivery(_) => b"tocsin bounce address v1\0",
            Self::Notice(_) => b"tocsin notice address v1\0",
        }
    }
}

/// Why an address opens nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Bad {
    /// It is none of ours at all.
    Foreign,
    /// It looks like one, and we did not sign it.
    Forged,
    /// Its time is over.
    Expired,
}

impl LinkKey {
    /// The address that a mail is from on its envelope; none if the domain is too long for one.
    pub(crate) fn bounce_address(&self, sent: Sent, now: Timestamp, domain: &str) -> Option<Mailbox> {
        let days = now.plus(VALID).since(Timestamp::from_micros(0)).as_secs() / DAY.as_secs();
        let mut bytes = sent.id().into_bytes().to_vec();
        bytes.extend(u16::try_from(days).ok()?.to_be_bytes());
        let tag = self.tag(sent.purpose(), &bytes);
        bytes.extend(&tag[..TAG]);
        format!("{}{}@{domain}", sent.prefix(), hex::encode(bytes)).parse().ok()
    }

    /// What was sent from this address.
    pub(super) fn open_bounce(&self, address: &str, now: Timestamp, domain: &str) -> Result<Sent, Bad> {
        let address = address.to_ascii_lowercase();
        let local = address.strip_suffix(domain).and_then(|rest| rest.strip_suffix('@')).ok_or(Bad::Foreign)?;
        let (prefix, signed) = local.split_at_checked(2).ok_or(Bad::Foreign)?;
        if !matches!(prefix, "b+" | "n+") {
            return Err(Bad::Foreign);
        }
        let bytes = hex::decode(signed).ok().filter(|bytes| bytes.len() == 18 + TAG).ok_or(Bad::Forged)?;
        let (signed, tag) = bytes.split_at(18);
        let (id, days) = signed.split_at(16);
        let id = Uuid::from_slice(id).map_err(|_| Bad::Forged)?;
        let sent = match prefix {
            "n+" => Sent::Notice(NoticeId::from_stored(id)),
            _ => Sent::Delivery(DeliveryId::from_stored(id)),
        };
        if !bool::from(self.tag(sent.purpose(), signed)[..TAG].ct_eq(tag)) {
            return Err(Bad::Forged);
        }
        let days = u64::from(u16::from_be_bytes(days.try_into().map_err(|_| Bad::Forged)?));
        let today = now.since(Timestamp::from_micros(0)).as_secs() / DAY.as_secs();
        if today > days {
            return Err(Bad::Expired);
        }
        Ok(sent)
    }
}

#[cfg(test)]
mod tests {
    use domain::Clock;

    use super::*;

    #[test]
    fn an_address_opens_its_delivery_for_30_days_and_only_by_its_key() {
        let now = Timestamp::from_micros(1_795_000_000_000_000);
        let (key, domain) = (LinkKey::new([7; 32]), "bounces.example.org");
        let id = Sent::Delivery(DeliveryId::generate(&Clock::System));
        let address = key.bounce_address(id, now, domain).unwrap();
        assert_eq!(address.local().len(), 62);
        let open = |address: &str, at| key.open_bounce(address, at, domain);
        assert_eq!(open(address.as_str(), now), Ok(id));
        assert_eq!(open(&address.as_str().to_uppercase(), now.plus(VALID)), Ok(id), "case is not kept on the way");
        assert_eq!(open(address.as_str(), now.plus(VALID + DAY)), Err(Bad::Expired));
        assert_eq!(LinkKey::new([8; 32]).open_bounce(address.as_str(), now, domain), Err(Bad::Forged));
        let notice = Sent::Notice(NoticeId::from_stored(id.id()));
        let other = key.bounce_address(notice, now, domain).unwrap();
        assert_eq!(open(other.as_str(), now), Ok(notice));
        let swapped = other.as_str().replacen("n+", "b+", 1);
        assert_eq!(open(&swapped, now), Err(Bad::Forged), "one signature is good for one kind");
        for at in 2..62 {
            let mut touched = address.as_str().to_owned().into_bytes();
            touched[at] = if touched[at] == b'0' { b'1' } else { b'0' };
            assert_eq!(open(&String::from_utf8(touched).unwrap(), now), Err(Bad::Forged), "character {at}");
        }
        for (other, bad) in [
            ("b+@bounces.example.org", Bad::Forged),
            ("b+00@bounces.example.org", Bad::Forged),
            ("desk@bounces.example.org", Bad::Foreign),
            ("b+00@elsewhere.example.org", Bad::Foreign),
            ("b+00@xbounces.example.org", Bad::Foreign),
            ("", Bad::Foreign),
        ] {
            assert_eq!(open(other, now), Err(bad), "{other}");
        }
    }
}
