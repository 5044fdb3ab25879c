//! Settings: defaults in the binary, then one file, then the environment.
//!
//! `TOCSIN__SECTION__KEY` sets one key; `TOCSIN__SECTION__KEY_FILE` reads its value from a file, which is how secrets
//! come in (a mounted secret never shows up in `ps` or in a process's environment); no field's own name may end in
//! `_file`. An unknown key is refused: a typing error in `per_domian` must not mean "the default" in silence.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use config::{Config, File, FileFormat, Map, Value, ValueKind};
use serde::de::DeserializeOwned;

/// The prefix of every environment variable that is a setting.
pub const PREFIX: &str = "TOCSIN__";

/// Why the settings cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// A file that was named cannot be read.
    #[error("failed to read {path}")]
    Read {
        /// The file.
        path: PathBuf,
        /// What the system said.
        #[source]
        source: std::io::Error,
    },
    /// A key is unknown, or a value is not of its type.
    #[error("failed to read the settings: {0}")]
    Settings(#[from] config::ConfigError),
    /// A value breaks the rule of its field.
    #[error("{section}.{rule}")]
    Rule {
        /// The section.
        section: &'static str,
        /// The field and the rule it breaks.
        rule: String,
    },
}

/// Reads the settings into `T`: its own defaults, then `file`, then `environment`.
///
/// `environment` is an argument, so that a test needs no process-wide variables.
pub fn load<T: DeserializeOwned>(
    file: Option<&Path>,
    environment: impl IntoIterator<Item = (String, String)>,
) -> Result<T, ConfigError> {
    let mut builder = Config::builder();
    if let Some(path) = file {
        let text = read(path)?;
        builder = builder.add_source(File::from_str(&text, FileFormat::Toml));
    }
    for (key, value) in settings_in(environment)? {
        builder = builder.set_override(key, value)?;
    }
    Ok(builder.build()?.try_deserialize()?)
}

/// The settings among the variables, as dotted keys.
fn settings_in(
    environment: impl IntoIterator<Item = (String, String)>,
) -> Result<BTreeMap<String, Value>, ConfigError> {
    let mut settings = BTreeMap::new();
    for (name, value) in environment {
        let Some(key) = name.strip_prefix(PREFIX) else { continue };
        let key = key.to_lowercase().replace("__", ".");
        // The value stays text: the target type converts it. A guess would make the password 0012345 a number.
        let (key, value) = match key.strip_suffix("_file") {
            Some(secret) => (secret.to_owned(), read(Path::new(&value))?.trim_end_matches(['\r', '\n']).to_owned()),
            None => (key, value),
        };
        let value = list(&value).unwrap_or_else(|| Value::new(Some(&name), ValueKind::String(value)));
        settings.insert(key, value);
    }
    Ok(settings)
}

/// A list is written as in the file: `["10.0.0.0/8"]`.
fn list(value: &str) -> Option<Value> {
    let file = File::from_str(&format!("list = {}", value.strip_prefix('[').map(|_| value)?), FileFormat::Toml);
    Config::builder().add_source(file).build().ok()?.get("list").ok()
}

fn read(path: &Path) -> Result<String, ConfigError> {
    std::fs::read_to_string(path).map_err(|source| ConfigError::Read { path: path.to_owned(), source })
}

/// The variables of this process.
pub fn environment() -> Map<String, String> {
    std::env::vars().collect()
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;

    #[derive(Deserialize, Debug, Default)]
    #[serde(default, deny_unknown_fields)]
    struct Settings {
        mail: Mail,
    }

    #[derive(Deserialize, Debug, Default)]
    #[serde(default, deny_unknown_fields)]
    struct Mail {
        host: String,
        hosts: Vec<String>,
        port: u16,
        password: String,
    }

    fn env(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
        pairs.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect()
    }

    #[test]
    fn the_environment_wins_over_the_file_and_the_file_over_the_defaults() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("tocsin.toml");
        std::fs::write(&file, "[mail]\nhost = \"mx.example\"\nport = 25\n").unwrap();
        let settings: Settings = load(Some(&file), env(&[("TOCSIN__MAIL__PORT", "587"), ("PATH", "/bin")])).unwrap();
        assert_eq!((settings.mail.host.as_str(), settings.mail.port), ("mx.example", 587));
    }

    #[test]
    fn a_list_is_written_as_in_the_file_and_a_password_in_brackets_stays_one() {
        let variables = [("TOCSIN__MAIL__HOSTS", r#"["a", "b"]"#), ("TOCSIN__MAIL__PASSWORD", "[a, b")];
        let settings: Settings = load(None, env(&variables)).unwrap();
        assert_eq!(
            (settings.mail.hosts, settings.mail.password),
            (vec!["a".to_owned(), "b".to_owned()], "[a, b".to_owned())
        );
    }

    #[test]
    fn a_secret_comes_from_its_file_unchanged() {
        let folder = tempfile::tempdir().unwrap();
        let secret = folder.path().join("password");
        std::fs::write(&secret, "0012345\n").unwrap();
        let path = secret.display().to_string();
        let settings: Settings = load(None, env(&[("TOCSIN__MAIL__PASSWORD_FILE", &path)])).unwrap();
        assert_eq!(settings.mail.password, "0012345");
        let settings: Settings = load(None, env(&[("TOCSIN__MAIL__PASSWORD", "1e5")])).unwrap();
        assert_eq!(settings.mail.password, "1e5");
    }

    #[test]
    fn an_unknown_key_and_a_wrong_type_are_named() {
        let unknown = load::<Settings>(None, env(&[("TOCSIN__MAIL__PROT", "1")])).unwrap_err().to_string();
        assert!(unknown.contains("prot"), "{unknown}");
        let wrong = load::<Settings>(None, env(&[("TOCSIN__MAIL__PORT", "many")])).unwrap_err().to_string();
        assert!(wrong.contains("port") || wrong.contains("PORT"), "{wrong}");
    }
}
