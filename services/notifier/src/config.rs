//! Section `mail`.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use domain::Mailbox;
use domain::partner::{DayMinute, Partner, Zone};
use domain::text::Line;
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;

use crate::transport::TransportError;

/// Where mail goes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Backend {
    /// Into a folder that a page shows: the embedded form. Nothing leaves the machine.
    #[default]
    Folder,
    /// To a mail server.
    Smtp,
}

/// How the connection to the mail server is protected. There is no "if offered": that is a downgrade in waiting.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Tls {
    /// In the clear: for a mail server on this machine.
    #[default]
    None,
    /// STARTTLS, required (RFC 3207).
    Starttls,
    /// TLS from the first byte (RFC 8314).
    Implicit,
}

/// How long each step of the dialogue may take, in seconds. The defaults are for a mail server nearby; RFC 5321,
/// 4.5.3.2 has those for the world (5 minutes a command, 10 for the reply to the final dot).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Deadlines {
    /// Connecting, the TLS handshake, the greeting: each of them.
    pub connect_secs: u64,
    /// Each command: AUTH, MAIL, RCPT, DATA.
    pub command_secs: u64,
    /// The text, to the reply to the final dot.
    pub message_secs: u64,
}

impl Default for Deadlines {
    fn default() -> Self {
        Self { connect_secs: 10, command_secs: 20, message_secs: 60 }
    }
}

/// The mail server.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SmtpConfig {
    /// Its name or address.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// How the connection is protected.
    pub tls: Tls,
    /// A file of certificates (PEM) to trust besides the system's, for a mail server with a private authority.
    pub ca_path: Option<PathBuf>,
    /// The user for AUTH, if it asks for one.
    pub username: Option<String>,
    /// The password for AUTH; from a file by `TOCSIN__MAIL__SMTP__PASSWORD_FILE`.
    pub password: Option<SecretString>,
    /// The name we give in EHLO; none gives this machine's.
    pub hello: Option<String>,
}

impl Default for SmtpConfig {
    fn default() -> Self {
        Self {
            host: "127.0.0.1".to_owned(),
            port: 25,
            tls: Tls::None,
            ca_path: None,
            username: None,
            password: None,
            hello: None,
        }
    }
}

/// How a DKIM key signs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DkimAlgorithm {
    /// `rsa-sha256` (RFC 6376), which every reader's server knows.
    Rsa,
    /// `ed25519-sha256` (RFC 8463).
    Ed25519,
}

/// A key that signs every mail (DKIM); its public half stands in the DNS at `SELECTOR._domainkey.DOMAIN`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DkimKey {
    /// The domain that signs: that of `from`, or one above it.
    pub domain: String,
    /// Which of the domain's keys this is.
    pub selector: String,
    /// How it signs.
    pub algorithm: DkimAlgorithm,
    /// The file of the private key: PKCS #1 PEM for RSA, 32 bytes in base64 for Ed25519.
    pub key_path: PathBuf,
}

/// What goes along with a mail that carries its content.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Enclose {
    /// CAP 1.2.
    Cap,
    /// JSON.
    Json,
    /// Object ID sheets, in a build that prints.
    Sheets,
}

/// What is done with a mail that may have arrived.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OnDoubt {
    /// The same bytes go out again, under the same Message-ID.
    #[default]
    Resend,
    /// A person decides.
    Hold,
}

/// Where what comes back is picked up.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Bounces {
    /// The domain whose addresses are the senders on the envelopes of deliveries, each signed for its delivery; none leaves
    /// the desk's there, and then nothing that comes back can be told from a forgery.
    pub domain: Option<String>,
    /// Where a mail server hands in, by LMTP (RFC 2033), what came to that domain and to the desk.
    pub lmtp: Option<SocketAddr>,
    /// A Maildir where it is found instead.
    pub maildir: Option<PathBuf>,
}

/// Section `mail`.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// Where mail goes.
    pub backend: Backend,
    /// The folder of the backend `folder`.
    pub folder: PathBuf,
    /// The mail server of the backend `smtp`.
    pub smtp: SmtpConfig,
    /// The desk's mailbox: sender, and where answers go.
    pub from: Mailbox,
    /// The desk's name.
    pub from_name: Line,
    /// The domain of our Message-IDs. Changing it breaks the thread of cases under way, and nothing else.
    pub message_id_domain: String,
    /// Where signed links lead; no slash at the end.
    pub public_url: String,
    /// Whether mail to an address that nobody has verified is held for the desk.
    pub hold_unverified: bool,
    /// When the mails leave that gather what can wait, on the partner's clock.
    pub digest_at: DayMinute,
    /// Whose clock it is for partners of which no zone is known.
    pub digest_zone: Zone,
    /// How many mails are on the wire at once. Where they are taken at once, eight times as many have begun and stand in line.
    pub workers: usize,
    /// How many of them to one domain; in line, where it takes mail at once, eight for each.
    pub per_domain: usize,
    /// How long a lease lasts unless it is renewed, in seconds: so late are the mails of a sender that died.
    pub lease_secs: u64,
    /// How long each step may take.
    pub deadlines: Deadlines,
    /// What is done with a mail that may have arrived.
    pub uncertain: OnDoubt,
    /// The log of the mail server (Postfix), asked by Message-ID before a mail in doubt goes out again.
    pub mta_log: Option<PathBuf>,
    /// A file on a disk of its own beside the database's, where the sender keeps a mark: a database that was restored knows a
    /// smaller one, and then nothing leaves until an officer has compared. None notices no restore.
    pub mark_file: Option<PathBuf>,
    /// Where what comes back is picked up.
    pub bounces: Bounces,
    /// The keys that sign every mail; none where the mail server does it.
    pub dkim: Vec<DkimKey>,
    /// The most that the files enclosed with a mail may take, in MiB, where the partner has named no limit.
    pub max_attachment_mib: i64,
    /// Which files are enclosed.
    pub enclose: Vec<Enclose>,
    /// The desk's OpenPGP private key (armoured); without it nothing is encrypted by OpenPGP.
    pub openpgp_key: Option<PathBuf>,
    /// Its passphrase.
    pub openpgp_passphrase: Option<SecretString>,
    /// The desk's certificate (PEM), its authorities after it; without it nothing is encrypted by S/MIME.
    pub smime_certificate: Option<PathBuf>,
    /// The certificate's private key (PEM).
    pub smime_key: Option<PathBuf>,
    /// Its passphrase.
    pub smime_passphrase: Option<SecretString>,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            backend: Backend::Folder,
            folder: PathBuf::from("data/mail"),
            smtp: SmtpConfig::default(),
            from: "desk@tocsin.example".parse().expect("a constant address that obeys the rule"),
            from_name: "Tocsin desk".parse().expect("a constant text that obeys the rule"),
            message_id_domain: "tocsin.example".to_owned(),
            public_url: "http://127.0.0.1:8080".to_owned(),
            hold_unverified: false,
            digest_at: "07:00".parse().expect("a constant time that obeys the rule"),
            digest_zone: Zone::utc(),
            workers: 40,
            per_domain: 2,
            lease_secs: 20,
            deadlines: Deadlines::default(),
            uncertain: OnDoubt::Resend,
            mta_log: None,
            mark_file: None,
            bounces: Bounces::default(),
            dkim: Vec::new(),
            max_attachment_mib: 5,
            enclose: vec![Enclose::Cap, Enclose::Json, Enclose::Sheets],
            openpgp_key: None,
            openpgp_passphrase: None,
            smime_certificate: None,
            smime_key: None,
            smime_passphrase: None,
        }
    }
}

impl Config {
    /// Names the field and the rule it breaks.
    pub fn validate(&self) -> Result<(), String> {
        let rule = |holds: bool, text: &str| if holds { Ok(()) } else { Err(text.to_owned()) };
        rule((1..=256).contains(&self.workers), "workers: must be from 1 to 256")?;
        rule((1..=self.workers).contains(&self.per_domain), "per_domain: must be from 1 to workers")?;
        rule((5..=600).contains(&self.lease_secs), "lease_secs: must be from 5 to 600")?;
        let Deadlines { connect_secs, command_secs, message_secs } = self.deadlines;
        for (name, secs) in
            [("connect_secs", connect_secs), ("command_secs", command_secs), ("message_secs", message_secs)]
        {
            rule((1..=3600).contains(&secs), &format!("deadlines.{name}: must be from 1 to 3600"))?;
        }
        let url = self.public_url.strip_prefix("https://").or_else(|| self.public_url.strip_prefix("http://"));
        let plain = |rest: &str| !rest.is_empty() && !rest.ends_with('/') && rest.bytes().all(|b| b.is_ascii_graphic());
        rule(
            url.is_some_and(plain),
            "public_url: must start with http:// or https://, name a host and have no slash at the end",
        )?;
        // The rule for the domain of an address is the rule for the right side of a Message-ID (RFC 5322, 3.6.4).
        rule(
            format!("id@{}", self.message_id_domain).parse::<Mailbox>().is_ok(),
            "message_id_domain: must be a domain name such as alerts.example.org",
        )?;
        let most = Partner::MAX_ATTACHMENT_MIB;
        rule((0..=most).contains(&self.max_attachment_mib), &format!("max_attachment_mib: must be from 0 to {most}"))?;
        rule(
            self.smime_certificate.is_some() == self.smime_key.is_some(),
            "smime_key: certificate and key go together",
        )?;
        self.bounces.validate(&self.from)?;
        self.validate_dkim()?;
        self.smtp.validate()
    }

    /// A signature of a domain that the reader does not see proves nothing to it (DMARC, RFC 7489, 3.1).
    fn validate_dkim(&self) -> Result<(), String> {
        let from = self.from.domain();
        for (n, key) in self.dkim.iter().enumerate() {
            let aligned = from == key.domain || from.ends_with(&format!(".{}", key.domain));
            if !aligned {
                return Err(format!("dkim[{n}].domain: must be {from} or a domain above it"));
            }
            let label = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '.');
            if key.selector.is_empty() || !key.selector.chars().all(label) {
                return Err(format!("dkim[{n}].selector: must be letters, digits, hyphens and dots"));
            }
        }
        Ok(())
    }

    /// The most bytes that the files enclosed with a mail may take on their way.
    pub(crate) fn room(&self, of_partner: Option<i64>) -> usize {
        usize::try_from(of_partner.unwrap_or(self.max_attachment_mib)).unwrap_or(0) * 1024 * 1024
    }

    /// Whether the desk's keys can be read and sign.
    pub fn check_keys(&self) -> Result<(), TransportError> {
        Ok(seal::Desk::load(&self.desk_keys()).map(drop)?)
    }

    /// Where the desk's keys are.
    pub(crate) fn desk_keys(&self) -> seal::DeskConfig {
        let secret = |text: &Option<SecretString>| text.as_ref().map(|text| text.expose_secret().to_owned());
        seal::DeskConfig {
            openpgp_key: self.openpgp_key.clone(),
            openpgp_passphrase: secret(&self.openpgp_passphrase),
            smime_certificate: self.smime_certificate.clone(),
            smime_key: self.smime_key.clone(),
            smime_passphrase: secret(&self.smime_passphrase),
        }
    }

    /// How long a lease lasts unless it is renewed.
    pub fn lease(&self) -> Duration {
        Duration::from_secs(self.lease_secs)
    }
}

impl Bounces {
    fn validate(&self, from: &Mailbox) -> Result<(), String> {
        let Some(domain) = &self.domain else {
            return match (&self.lmtp, &self.maildir) {
                (None, None) => Ok(()),
                _ => Err("bounces.domain: must be set where what comes back is picked up".to_owned()),
            };
        };
        let parsed: Result<Mailbox, _> = format!("b@{domain}").parse();
        if !parsed.is_ok_and(|parsed| parsed.domain() == domain) {
            return Err("bounces.domain: must be a domain name in lower case such as bounces.example.org".to_owned());
        }
        if from.domain() == domain {
            return Err(
                "bounces.domain: must be another domain than that of from, such as bounces.example.org".to_owned()
            );
        }
        Ok(())
    }
}

impl SmtpConfig {
    fn validate(&self) -> Result<(), String> {
        if self.host.trim().is_empty() {
            return Err("smtp.host: must not be empty".to_owned());
        }
        if self.username.is_some() != self.password.is_some() {
            return Err("smtp.password: username and password go together".to_owned());
        }
        if self.tls == Tls::None && !self.is_this_machine() {
            let rule = "alerts must not travel in the clear to another machine; set it to starttls or implicit";
            return Err(format!("smtp.tls: {rule}"));
        }
        Ok(())
    }

    fn is_this_machine(&self) -> bool {
        self.host == "localhost" || self.host.parse().is_ok_and(|ip: std::net::IpAddr| ip.is_loopback())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn smtp(host: &str, tls: Tls, user: Option<&str>, password: Option<&str>) -> Config {
        let smtp = SmtpConfig {
            host: host.to_owned(),
            tls,
            username: user.map(str::to_owned),
            password: password.map(Into::into),
            ..SmtpConfig::default()
        };
        Config { backend: Backend::Smtp, smtp, ..Config::default() }
    }

    fn with_bounces(domain: Option<&str>, lmtp: Option<&str>) -> Config {
        let lmtp = lmtp.map(|address| address.parse().unwrap());
        let bounces = Bounces { domain: domain.map(str::to_owned), lmtp, maildir: None };
        Config { bounces, ..Config::default() }
    }

    #[test]
    fn the_defaults_are_valid_and_errors_name_the_field() {
        assert_eq!(Config::default().validate(), Ok(()));
        for (field, config) in [
            ("workers", Config { workers: 0, ..Config::default() }),
            ("per_domain", Config { per_domain: 41, ..Config::default() }),
            ("lease_secs", Config { lease_secs: 1, ..Config::default() }),
            ("public_url", Config { public_url: "http://x/".to_owned(), ..Config::default() }),
            ("public_url", Config { public_url: "x.example".to_owned(), ..Config::default() }),
            ("message_id_domain", Config { message_id_domain: "a b".to_owned(), ..Config::default() }),
            (
                "deadlines.command_secs",
                Config { deadlines: Deadlines { command_secs: 0, ..Deadlines::default() }, ..Config::default() },
            ),
            ("max_attachment_mib", Config { max_attachment_mib: 101, ..Config::default() }),
            ("smime_key", Config { smime_certificate: Some("/nowhere".into()), ..Config::default() }),
            ("bounces.domain", with_bounces(None, Some("127.0.0.1:2424"))),
            ("bounces.domain", with_bounces(Some("Not A Domain"), None)),
            ("bounces.domain", with_bounces(Some("tocsin.example"), None)),
            ("smtp.password", smtp("mx.example.org", Tls::Starttls, Some("desk"), None)),
            ("smtp.tls", smtp("mx.example.org", Tls::None, None, None)),
            ("smtp.host", smtp(" ", Tls::None, None, None)),
        ] {
            let error = config.validate().unwrap_err();
            assert!(error.starts_with(&format!("{field}: ")), "{error}");
        }
        assert_eq!(smtp("127.0.0.1", Tls::None, Some("desk"), Some("secret")).validate(), Ok(()));
        assert_eq!(smtp("mx.example.org", Tls::Implicit, Some("desk"), Some("secret")).validate(), Ok(()));
    }

    #[test]
    fn a_dkim_key_is_of_the_senders_domain() {
        let key = |domain: &str, selector: &str| DkimKey {
            domain: domain.to_owned(),
            selector: selector.to_owned(),
            algorithm: DkimAlgorithm::Rsa,
            key_path: PathBuf::from("/nowhere"),
        };
        let from: Mailbox = "desk@alerts.example.org".parse().unwrap();
        for (key, wrong) in [
            (key("alerts.example.org", "s1"), None),
            (key("example.org", "s1.2026"), None),
            (key("other.example.org", "s1"), Some("dkim[0].domain: ")),
            (key("le.org", "s1"), Some("dkim[0].domain: ")),
            (key("example.org", "s 1"), Some("dkim[0].selector: ")),
        ] {
            let result = Config { from: from.clone(), dkim: vec![key.clone()], ..Config::default() }.validate();
            assert_eq!(
                result.as_ref().err().map(|error| error.starts_with(wrong.unwrap_or("?"))),
                wrong.map(|_| true),
                "{key:?}"
            );
        }
    }

    #[test]
    fn a_printed_configuration_shows_no_secret() {
        let config = smtp("mx.example.org", Tls::Implicit, Some("desk"), Some("hunter2"));
        assert!(!format!("{config:?}").contains("hunter2"));
    }
}
