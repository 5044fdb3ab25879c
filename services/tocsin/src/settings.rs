//! Every setting of a process, section by section.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::num::NonZeroU32;
use std::path::Path;
use std::time::Duration;

use ipnet::IpNet;
use runtime::config::{ConfigError, environment, load};
use runtime::telemetry::LogConfig;
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;

/// All sections.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// The database.
    pub database: Database,
    /// The broker.
    pub bus: BusSettings,
    /// What browsers and programs connect to.
    pub http: Http,
    /// Log lines.
    pub log: LogConfig,
    /// Mail.
    pub mail: notifier::Config,
    /// The directory.
    pub routing: routing::Config,
    /// Keys.
    pub keys: Keys,
    /// Sign-in.
    pub identity: identity::Config,
    /// The ledger.
    pub ledger: audit::Config,
    /// How long persons are kept.
    pub retention: Retention,
    /// Where photographs are kept.
    pub photos: blobs::BlobsConfig,
    /// Documents.
    pub paper: Paper,
    /// What `tocsin case` talks to.
    pub client: ClientSettings,
}

/// Section `client`.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ClientSettings {
    /// Where the service is.
    pub url: String,
    /// A token of an account. A secret, so it may come from a file.
    pub token: Option<SecretString>,
}

impl Default for ClientSettings {
    fn default() -> Self {
        Self { url: "http://127.0.0.1:8080".to_owned(), token: None }
    }
}

/// Section `retention`.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Retention {
    /// How many days after the end of a case the persons in it are erased by themselves: who reported, who told of a
    /// sighting, who answered, who had a part in a way back. None for never: then somebody erases each.
    pub persons_days: Option<NonZeroU32>,
}

impl Retention {
    /// The same as a time.
    pub fn persons(self) -> Option<Duration> {
        self.persons_days.map(|days| Duration::from_hours(24 * u64::from(days.get())))
    }
}

/// Section `paper`. Without the feature `pdf` nothing reads it.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Paper {
    /// Folders with the fonts; none for `fonts` beside the binary and where Debian's packages put them.
    pub fonts: Vec<std::path::PathBuf>,
}

/// Section `database`.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Database {
    /// `postgres://…` or `sqlite:PATH`. Holds a password, so it may come from a file.
    pub url: SecretString,
    /// The most connections to PostgreSQL.
    pub max_connections: u32,
}

impl Default for Database {
    fn default() -> Self {
        Self { url: "sqlite:data/tocsin.db".into(), max_connections: 16 }
    }
}

/// Section `bus`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct BusSettings {
    /// `amqp://…` or `amqps://…`; none for the in-process bus.
    pub url: Option<SecretString>,
}

/// Section `http`.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Http {
    /// Address and port.
    pub listen: SocketAddr,
    /// Networks of the reverse proxies in front. Their `X-Forwarded-For` is believed and nobody else's; it tells whose
    /// failed sign-ins belong together.
    pub trusted_proxies: Vec<IpNet>,
}

impl Default for Http {
    fn default() -> Self {
        let own = [IpAddr::from(Ipv4Addr::LOCALHOST), IpAddr::from(Ipv6Addr::LOCALHOST)];
        Self { listen: SocketAddr::from((own[0], 8080)), trusted_proxies: own.map(IpNet::from).to_vec() }
    }
}

/// Section `keys`.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Keys {
    /// The file with the key that signs acknowledgement links: 32 bytes in base64. Made when it is not there. Every
    /// notifier must have the same.
    pub link: std::path::PathBuf,
}

impl Default for Keys {
    fn default() -> Self {
        Self { link: "data/link.key".into() }
    }
}

impl Settings {
    /// Reads and checks them.
    pub fn load(file: Option<&Path>) -> Result<Self, ConfigError> {
        let settings: Self = load(file, environment())?;
        settings.validate()?;
        Ok(settings)
    }

    /// Names section, field and the rule it breaks.
    pub fn validate(&self) -> Result<(), ConfigError> {
        let rule = |section| move |rule| ConfigError::Rule { section, rule };
        self.log.validate().map_err(rule("log"))?;
        self.mail.validate().map_err(rule("mail"))?;
        self.routing.validate().map_err(rule("routing"))?;
        self.identity.validate().map_err(rule("identity"))?;
        self.ledger.validate().map_err(rule("ledger"))?;
        self.photos.validate().map_err(rule("photos"))?;
        let url = self.database.url.expose_secret();
        if !["postgres://", "postgresql://", "sqlite:"].iter().any(|scheme| url.starts_with(scheme)) {
            let message = "url: must start with postgres:// or sqlite:".to_owned();
            return Err(rule("database")(message));
        }
        if self.bus.url.as_ref().is_some_and(|url| !url.expose_secret().starts_with("amqp")) {
            return Err(rule("bus")("url: must start with amqp:// or amqps://".to_owned()));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    const EXAMPLE: &str = include_str!("../../../deploy/tocsin.example.toml");

    /// Every key there is, asked from the types themselves: they refuse an unknown key and say which they know.
    fn keys(path: &str, found: &mut BTreeSet<String>) {
        let inside = if path.is_empty() { "nonsense".to_owned() } else { format!("{path}.nonsense") };
        let variable = format!("{}{}", runtime::config::PREFIX, inside.replace('.', "__"));
        let refused = load::<Settings>(None, [(variable, "1".to_owned())]).expect_err("no such key").to_string();
        let Some((_, known)) = refused.split_once("unknown field `nonsense`, ") else {
            // Not a section: a value was wanted.
            found.insert(path.to_owned());
            return;
        };
        // The names, and at the end where it looked for them.
        for name in known.split('`').skip(1).step_by(2).filter(|name| *name != path) {
            keys(&if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") }, found);
        }
    }

    /// The keys of the example, commented ones included, and the same as one whole file.
    fn example() -> (BTreeSet<String>, String) {
        let (mut section, mut found, mut text) = (String::new(), BTreeSet::new(), String::new());
        for line in EXAMPLE.lines() {
            let bare = line.strip_prefix('#').unwrap_or(line).trim_start();
            let key = bare.split_once(" = ").map(|(key, _)| key);
            let key = key.filter(|key| key.bytes().all(|b| b.is_ascii_lowercase() || b == b'_'));
            if let Some(name) = bare.strip_prefix("[[").and_then(|rest| rest.strip_suffix("]]")) {
                // A list: what stands in it are the fields of one of its items.
                found.insert(name.to_owned());
                section.clear();
            } else if let Some(name) = bare.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
                name.clone_into(&mut section);
            } else if let Some(key) = key {
                let fresh = section.is_empty() || found.insert(format!("{section}.{key}"));
                assert!(fresh, "{section}.{key} twice");
            } else {
                continue;
            }
            text.push_str(bare);
            text.push('\n');
        }
        (found, text)
    }

    #[test]
    fn the_example_has_every_key_and_no_other_and_can_be_used() {
        let mut all = BTreeSet::new();
        keys("", &mut all);
        let (found, text) = example();
        assert_eq!(found, all);
        let folder = tempfile::tempdir().unwrap();
        let load = |text: &str| -> Settings {
            let file = folder.path().join("tocsin.toml");
            std::fs::write(&file, text).unwrap();
            load(Some(&file), []).unwrap()
        };
        // Every commented value is of the right type, and the file as it stands obeys every rule.
        load(&text);
        assert_eq!(load(EXAMPLE).validate().err().map(|error| error.to_string()), None);
    }
}
