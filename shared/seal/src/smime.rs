//! S/MIME by the system's OpenSSL: signed inside, encrypted outside (RFC 8551, 3.7).

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use domain::Timestamp;
use openssl::asn1::{Asn1Time, Asn1TimeRef};
use openssl::cms::{CMSOptions, CmsContentInfo};
use openssl::error::ErrorStack;
use openssl::hash::MessageDigest;
use openssl::pkey::{PKey, Private};
use openssl::stack::Stack;
use openssl::symm::Cipher;
use openssl::x509::{X509, X509KeyUsage};

use crate::desk::{DeskConfig, DeskError, read as file};
use crate::{KeyError, Kind, Recipient, SealError, last_day_before};

pub(crate) fn read(text: &str, now: Timestamp) -> Result<Recipient, KeyError> {
    let damaged = |_: ErrorStack| KeyError::Damaged;
    let certificate = X509::from_pem(text.as_bytes()).map_err(damaged)?;
    let seconds = now.as_micros() / 1_000_000;
    let today = Asn1Time::from_unix(seconds).map_err(damaged)?;
    let ends = seconds_of(certificate.not_after(), &today, seconds).map_err(damaged)?;
    if certificate.not_after() <= today {
        return Err(last_day_before(ends).map_or(KeyError::Damaged, KeyError::Expired));
    }
    if certificate.not_before() > today {
        return Err(KeyError::TooEarly);
    }
    if !for_encryption(&certificate).map_err(damaged)? {
        return Err(KeyError::NotForEncryption);
    }
    let digest = |kind| -> Result<String, ErrorStack> {
        Ok(certificate.digest(kind)?.iter().map(|byte| format!("{byte:02X}")).collect())
    };
    let fingerprints = [MessageDigest::sha1(), MessageDigest::sha256()];
    let fingerprints = fingerprints.map(digest).into_iter().collect::<Result<_, _>>().map_err(damaged)?;
    Ok(Recipient { kind: Kind::Smime(certificate), fingerprints, expires_on: last_day_before(ends) })
}

fn seconds_of(at: &Asn1TimeRef, now: &Asn1TimeRef, seconds: i64) -> Result<i64, ErrorStack> {
    let apart = now.diff(at)?;
    Ok(seconds + i64::from(apart.days) * 86_400 + i64::from(apart.secs))
}

/// Whether the certificate was made for encryption, as far as it says, and its key is of a kind that can.
fn for_encryption(certificate: &X509) -> Result<bool, ErrorStack> {
    let wanted = X509KeyUsage::KEY_ENCIPHERMENT | X509KeyUsage::KEY_AGREEMENT;
    if certificate.key_usage().is_some_and(|usage| !usage.intersects(wanted)) {
        return Ok(false);
    }
    let mut readers = Stack::new()?;
    readers.push(certificate.clone())?;
    let tried = CmsContentInfo::encrypt(&readers, b"", Cipher::aes_256_cbc(), CMSOptions::BINARY);
    Ok(tried.is_ok())
}

/// The desk's certificate and its key.
pub(crate) struct Signer {
    certificate: X509,
    authorities: Stack<X509>,
    key: PKey<Private>,
    /// Whether it can itself be encrypted for.
    reads: bool,
}

impl Signer {
    pub fn load(config: &DeskConfig) -> Result<Option<Self>, DeskError> {
        const CERTIFICATE: &str = "mail.smime_certificate";
        const KEY: &str = "mail.smime_key";
        let (Some(certificate), Some(key)) = (&config.smime_certificate, &config.smime_key) else { return Ok(None) };
        let wrong = |field, why: &str| DeskError::Key { field, why: why.to_owned() };
        let mut chain = X509::stack_from_pem(&file(CERTIFICATE, certificate)?)
            .map_err(|_| wrong(CERTIFICATE, "must be certificates in PEM, the desk's own first"))?
            .into_iter();
        let certificate = chain.next().ok_or_else(|| wrong(CERTIFICATE, "must hold a certificate"))?;
        let authorities = stack(chain).map_err(|_| wrong(CERTIFICATE, "must be certificates in PEM"))?;
        let passphrase = config.smime_passphrase.as_deref().unwrap_or_default();
        // Always with a passphrase, so that the library never asks for one on the terminal.
        let key = PKey::private_key_from_pem_passphrase(&file(KEY, key)?, passphrase.as_bytes())
            .map_err(|_| wrong(KEY, "must be a private key in PEM; is the passphrase right?"))?;
        let fits = certificate.public_key().is_ok_and(|public| public.public_eq(&key));
        if !fits {
            return Err(wrong(KEY, "must be the private key of mail.smime_certificate"));
        }
        let reads = for_encryption(&certificate).unwrap_or(false);
        Ok(Some(Self { certificate, authorities, key, reads }))
    }

    pub fn seal(&self, entity: &[u8], reader: &X509) -> Result<Vec<u8>, SealError> {
        self.try_seal(entity, reader).map_err(|error| SealError::Failed(error.to_string()))
    }

    fn try_seal(&self, entity: &[u8], reader: &X509) -> Result<Vec<u8>, ErrorStack> {
        let signed = CmsContentInfo::sign(
            Some(&self.certificate),
            Some(&self.key),
            Some(&self.authorities),
            Some(entity),
            CMSOptions::BINARY,
        )?
        .to_der()?;
        let own = Some(self.certificate.clone()).filter(|_| self.reads);
        let readers = stack([reader.clone()].into_iter().chain(own))?;
        let sealed =
            CmsContentInfo::encrypt(&readers, &signed_entity(&signed), Cipher::aes_256_cbc(), CMSOptions::BINARY)?;
        sealed.to_der()
    }
}

fn stack(certificates: impl IntoIterator<Item = X509>) -> Result<Stack<X509>, ErrorStack> {
    let mut stack = Stack::new()?;
    for certificate in certificates {
        stack.push(certificate)?;
    }
    Ok(stack)
}

/// The signed message as the MIME entity that is encrypted.
fn signed_entity(der: &[u8]) -> Vec<u8> {
    let mut entity = b"Content-Type: application/pkcs7-mime; smime-type=signed-data; name=\"smime.p7m\"\r\n\
        Content-Transfer-Encoding: base64\r\nContent-Disposition: attachment; filename=\"smime.p7m\"\r\n\r\n"
        .to_vec();
    for line in STANDARD.encode(der).as_bytes().chunks(76) {
        entity.extend_from_slice(line);
        entity.extend_from_slice(b"\r\n");
    }
    entity
}
