//! Section `mail`.

use std::path::PathBuf;
use std::time::Duration;

use domain::Mailbox;
use domain::text::Line;
use secrecy::SecretString;
use serde::Deserialize;

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
}

/// How long each step may take. The defaults are for a mail server nearby; RFC 5321, 4.5.3.2 has those for the world.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Deadlines {
    /// Connecting and the greeting, in seconds.
    pub connect_secs: u64,
    /// Each command, in seconds.
    pub command_secs: u64,
    /// The reply to the final dot, in seconds.
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
    /// The user for AUTH, if it asks for one.
    pub username: Option<String>,
    /// The password for AUTH; from a file by `TOCSIN__MAIL__SMTP__PASSWORD_FILE`.
    pub password: Option<SecretString>,
    /// The name we give in EHLO.
    pub hello: String,
}

impl Default for SmtpConfig {
    fn default() -> Self {
        Self {
            host: "127.0.0.1".to_owned(),
            port: 25,
            tls: Tls::None,
            username: None,
            password: None,
            hello: "localhost".to_owned(),
        }
    }
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
    /// The desk's mailbox: From and Reply-To.
    pub from: Mailbox,
    /// The desk's name.
    pub from_name: Line,
    /// The domain of our Message-IDs.
    pub message_id_domain: String,
    /// Where signed links lead; no slash at the end.
    pub public_url: String,
    /// How many mails are on the wire at once.
    pub workers: usize,
    /// How many of them to one domain.
    pub per_domain: usize,
    /// How long a lease lasts, in seconds; longer than all deadlines of one mail together.
    pub lease_secs: u64,
    /// How long each step may take.
    pub deadlines: Deadlines,
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
            workers: 8,
            per_domain: 2,
            lease_secs: 300,
            deadlines: Deadlines::default(),
        }
    }
}

impl Config {
    /// Names the field and the rule it breaks.
    pub fn validate(&self) -> Result<(), String> {
        let one_mail = self.deadlines.connect_secs + 6 * self.deadlines.command_secs + self.deadlines.message_secs;
        if self.workers == 0 || self.workers > 256 {
            return Err("workers: must be from 1 to 256".to_owned());
        }
        if self.per_domain == 0 {
            return Err("per_domain: must be at least 1".to_owned());
        }
        if self.lease_secs <= one_mail {
            return Err(format!("lease_secs: must be more than {one_mail}, all deadlines of one mail together"));
        }
        if !(self.public_url.starts_with("http://") || self.public_url.starts_with("https://"))
            || self.public_url.ends_with('/')
        {
            return Err("public_url: must start with http:// or https:// and have no slash at the end".to_owned());
        }
        if self.smtp.username.is_some() != self.smtp.password.is_some() {
            return Err("smtp.password: username and password go together".to_owned());
        }
        if self.smtp.username.is_some() && self.smtp.tls == Tls::None {
            return Err("smtp.tls: a password must not travel in the clear; set it to starttls".to_owned());
        }
        Ok(())
    }

    /// How long a lease lasts.
    pub fn lease(&self) -> Duration {
        Duration::from_secs(self.lease_secs)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_defaults_are_valid_and_errors_name_the_field() {
        assert_eq!(Config::default().validate(), Ok(()));
        let short = Config { lease_secs: 10, ..Config::default() };
        assert!(short.validate().unwrap_err().starts_with("lease_secs"));
    }
}
