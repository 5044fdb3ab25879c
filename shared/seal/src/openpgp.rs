//! OpenPGP. The library checks signatures; which of them count, and what a key may be used for, is decided here.

use domain::Timestamp;
use pgp::composed::{
    ArmorOptions, Deserializable, MessageBuilder, SignedPublicKey, SignedPublicSubKey, SignedSecretKey,
};
use pgp::crypto::hash::HashAlgorithm;
use pgp::crypto::sym::SymmetricKeyAlgorithm;
use pgp::packet::{PublicKey, PublicSubkey, Signature, SignatureType};
use pgp::types::{KeyDetails, Password, SigningKey, Tag};
use rand_for_pgp::rngs::OsRng;

use crate::desk::{DeskConfig, DeskError, read as file};
use crate::{KeyError, Kind, Recipient, SealError, last_day_before};

/// What is encrypted for: a subkey or, in keys that have none, the primary one.
pub(crate) enum EncryptionKey {
    Primary(PublicKey),
    Sub(PublicSubkey),
}

/// What the owner's newest valid signature over a key says.
struct Binding<'a> {
    signature: &'a Signature,
    /// In seconds since 1970; none: never.
    ends: Option<i64>,
}

impl<'a> Binding<'a> {
    fn new(signature: &'a Signature, made: u32) -> Self {
        let lasts = signature.key_expiration_time().map(|lasts| i64::from(lasts.as_secs())).filter(|secs| *secs > 0);
        Self { signature, ends: lasts.map(|secs| i64::from(made) + secs) }
    }

    fn is_over(&self, now: i64) -> bool {
        self.ends.is_some_and(|ends| ends <= now)
    }
}

pub(crate) fn read(text: &str, now: Timestamp) -> Result<Recipient, KeyError> {
    let (key, _) = SignedPublicKey::from_string(text).map_err(|_| KeyError::Damaged)?;
    let now = now.as_micros() / 1_000_000;
    let primary = primary(&key).ok_or(KeyError::Damaged)?;
    if key.details.revocation_signatures.iter().any(|signature| signature.verify_key(&key.primary_key).is_ok()) {
        return Err(KeyError::Revoked);
    }
    if i64::from(key.primary_key.created_at().as_secs()) > now {
        return Err(KeyError::TooEarly);
    }
    let expired = |ends: Option<i64>| ends.and_then(last_day_before).map_or(KeyError::Damaged, KeyError::Expired);
    if primary.is_over(now) {
        return Err(expired(primary.ends));
    }
    let mut subkeys: Vec<(&PublicSubkey, Binding<'_>)> =
        key.public_subkeys.iter().filter_map(|subkey| encryption(&key, subkey)).collect();
    // The one made last: an owner who adds a subkey means it to be used.
    subkeys.sort_by_key(|(subkey, _)| std::cmp::Reverse(subkey.created_at().as_secs()));
    let running = subkeys
        .iter()
        .find(|(subkey, binding)| !binding.is_over(now) && i64::from(subkey.created_at().as_secs()) <= now);
    let (chosen, ends) = match running {
        Some((subkey, binding)) => (EncryptionKey::Sub((*subkey).clone()), binding.ends),
        None if for_encryption(primary.signature) && key.primary_key.algorithm().can_encrypt() => {
            (EncryptionKey::Primary(key.primary_key.clone()), None)
        }
        None => {
            let last = subkeys.first().map(|(_, binding)| binding.ends);
            return Err(last.map_or(KeyError::NotForEncryption, expired));
        }
    };
    let ends = [ends, primary.ends].into_iter().flatten().min();
    Ok(Recipient {
        kind: Kind::OpenPgp(Box::new(chosen)),
        fingerprints: vec![format!("{:X}", key.primary_key.fingerprint())],
        expires_on: ends.and_then(last_day_before),
    })
}

/// The newest valid signature by which the owner speaks of the whole key.
fn primary(key: &SignedPublicKey) -> Option<Binding<'_>> {
    let users = key.details.users.iter().flat_map(|user| {
        let certifies = move |signature: &&Signature| {
            // A stranger's signature over a name says nothing of the key, and a revoked name neither.
            signature.typ() != Some(SignatureType::CertRevocation)
                && signature.verify_certification(&key.primary_key, Tag::UserId, &user.id).is_ok()
        };
        user.signatures.iter().filter(certifies)
    });
    let direct =
        key.details.direct_signatures.iter().filter(|signature| signature.verify_key(&key.primary_key).is_ok());
    let newest = users.chain(direct).max_by_key(|signature| signature.created().map_or(0, |made| made.as_secs()))?;
    Some(Binding::new(newest, key.primary_key.created_at().as_secs()))
}

/// A subkey that its owner made for encryption and has not taken back.
fn encryption<'a>(key: &SignedPublicKey, subkey: &'a SignedPublicSubKey) -> Option<(&'a PublicSubkey, Binding<'a>)> {
    let valid = |signature: &&Signature| signature.verify_subkey_binding(&key.primary_key, &subkey.key).is_ok();
    let mut bound: Vec<&Signature> = subkey.signatures.iter().filter(valid).collect();
    if bound.iter().any(|signature| signature.typ() == Some(SignatureType::SubkeyRevocation)) {
        return None;
    }
    bound.retain(|signature| signature.typ() == Some(SignatureType::SubkeyBinding));
    let newest = bound.into_iter().max_by_key(|signature| signature.created().map_or(0, |made| made.as_secs()))?;
    let fit = for_encryption(newest) && subkey.key.algorithm().can_encrypt();
    fit.then(|| (&subkey.key, Binding::new(newest, subkey.key.created_at().as_secs())))
}

fn for_encryption(signature: &Signature) -> bool {
    signature.key_flags().encrypt_comms() || signature.key_flags().encrypt_storage()
}

/// The desk's key.
pub(crate) struct Signer {
    key: SignedSecretKey,
    passphrase: Option<String>,
    /// What it is itself encrypted for; none if it was made for signatures alone.
    own: Option<PublicSubkey>,
}

impl Signer {
    pub fn load(config: &DeskConfig) -> Result<Option<Self>, DeskError> {
        const FIELD: &str = "mail.openpgp_key";
        let Some(path) = &config.openpgp_key else { return Ok(None) };
        let wrong = |why: String| DeskError::Key { field: FIELD, why };
        let text =
            String::from_utf8(file(FIELD, path)?).map_err(|_| wrong("must be an armoured private key".into()))?;
        let (key, _) = SignedSecretKey::from_string(&text).map_err(|_| {
            wrong("must be an armoured private key, as `gpg --armor --export-secret-keys` writes it".into())
        })?;
        let passphrase = config.openpgp_passphrase.clone();
        let public = key.to_public_key();
        let own =
            public.public_subkeys.iter().find_map(|subkey| encryption(&public, subkey)).map(|(key, _)| key.clone());
        let signer = Self { key, passphrase, own };
        // Rather at the start than at the first mail.
        signer
            .signing()
            .sign(&signer.password(), HashAlgorithm::Sha512, &[0; 64])
            .map_err(|error| wrong(format!("it does not sign; is the passphrase right? ({error})")))?;
        Ok(Some(signer))
    }

    fn password(&self) -> Password {
        self.passphrase.as_deref().map_or_else(Password::empty, Password::from)
    }

    /// The key that signs: the subkey made for it, if there is one.
    fn signing(&self) -> &dyn SigningKey {
        let sub = self.key.secret_subkeys.iter().find(|subkey| {
            subkey
                .signatures
                .iter()
                .any(|signature| signature.typ() == Some(SignatureType::SubkeyBinding) && signature.key_flags().sign())
        });
        match sub {
            Some(subkey) => &subkey.key,
            None => &self.key.primary_key,
        }
    }

    pub fn seal(&self, entity: &[u8], reader: &EncryptionKey) -> Result<String, SealError> {
        self.try_seal(entity, reader).map_err(|error| SealError::Failed(error.to_string()))
    }

    fn try_seal(&self, entity: &[u8], reader: &EncryptionKey) -> pgp::errors::Result<String> {
        // Version 1 of the integrity protected packet: what GnuPG reads.
        let mut message =
            MessageBuilder::from_bytes("", entity.to_vec()).seipd_v1(OsRng, SymmetricKeyAlgorithm::AES256);
        match reader {
            EncryptionKey::Primary(key) => message.encrypt_to_key(OsRng, key)?,
            EncryptionKey::Sub(key) => message.encrypt_to_key(OsRng, key)?,
        };
        if let Some(own) = &self.own {
            message.encrypt_to_key(OsRng, own)?;
        }
        message.sign(self.signing(), self.password(), HashAlgorithm::Sha512);
        // The checksum line is of no use since RFC 9580, but without it GnuPG 2.2 now and then takes the last line for data.
        message.to_armored_string(OsRng, ArmorOptions { headers: None, include_checksum: true })
    }
}
