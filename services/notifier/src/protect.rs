//! How one mail is protected: encrypted for a key of its reader, in the clear, or not to be sent.

use domain::partner::{Carries, Encryption, MailContent, Partner, Way, carries, keys_for};
use domain::{CivilDate, Label, Mailbox, Timestamp};
use seal::{Desk, Recipient};

/// What was decided.
#[derive(Debug)]
pub(crate) enum Protection {
    /// Encrypted for this key.
    Sealed(Box<Recipient>, String),
    /// In the clear.
    Clear(Way),
    /// It must be encrypted and cannot be.
    Missing,
}

impl Protection {
    /// Decides by the partner's policy and keys at `now`. A key that nobody can use, for whatever reason, is none; but
    /// that there was one is remembered, so that losing it never shows more.
    pub fn decide(partner: &Partner, address: &Mailbox, desk: &Desk, now: Timestamp) -> Self {
        if partner.encryption == Encryption::Never {
            return Self::Clear(Way::Clear);
        }
        let today = CivilDate::new(now.utc_date());
        let (running, any) = keys_for(&partner.keys, address, today);
        let usable = running.into_iter().find_map(|key| match Recipient::read(&key.text, now) {
            Ok(read) if read.has(&key.fingerprint) && desk.signs(read.format()) => {
                Some((read, key.fingerprint.to_string()))
            }
            Ok(_) => {
                tracing::warn!(partner.id = %partner.id, "a key is not the one that was compared, or the desk has none of its kind");
                None
            }
            Err(error) => {
                tracing::warn!(partner.id = %partner.id, %error, "a partner's key cannot be used");
                None
            }
        });
        match (usable, partner.encryption) {
            (Some((reader, fingerprint)), _) => Self::Sealed(Box::new(reader), fingerprint),
            (None, Encryption::Required) => Self::Missing,
            (None, _) if any => Self::Clear(Way::Fallen),
            (None, _) => Self::Clear(Way::Clear),
        }
    }

    /// What a mail under this label carries.
    pub fn carries(&self, label: Label, policy: MailContent) -> Carries {
        match self {
            Self::Sealed(..) => carries(label, policy, Way::Encrypted),
            Self::Clear(way) => carries(label, policy, *way),
            Self::Missing => Carries::Nothing,
        }
    }
}
