//! What the broker must hold, for those who set it up before the first start.

use std::process::ExitCode;

use anyhow::Result;
use bus::Consumer;
use serde_json::{Value, json};

/// The virtual host of the example settings.
const VHOST: &str = "tocsin";

/// Prints the definitions for `rabbitmqctl import_definitions`.
pub fn print() -> Result<ExitCode> {
    println!("{}", serde_json::to_string_pretty(&definitions())?);
    Ok(ExitCode::SUCCESS)
}

/// Exchanges, queues, bindings and policies, as the processes declare them themselves.
fn definitions() -> Value {
    fn of<C: Consumer>() -> (&'static str, &'static [&'static str]) {
        (C::NAME, C::KEYS)
    }
    let consumers = [
        of::<intake::duplicates::OnReportChanged>(),
        of::<intake::sightings::OnObjectSighted>(),
        of::<intake::sightings::OnAnswerErased>(),
        of::<routing::OnAlertReleased>(),
        of::<notifier::OnPlanFrozen>(),
        of::<notifier::OnHoldReleased>(),
        of::<notifier::OnPlanSupplemented>(),
        of::<notifier::OnAddressCorrected>(),
        of::<notifier::OnSightingErased>(),
        of::<notifier::OnNoticeRequested>(),
        of::<audit::OnEveryEvent>(),
    ];
    let mut definitions = bus::topology_json(VHOST, &consumers);
    definitions["vhosts"] = json!([{ "name": VHOST }]);
    definitions
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    fn root() -> &'static Path {
        Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).expect("two folders below the root")
    }

    #[test]
    fn the_file_for_the_broker_is_what_the_processes_declare() {
        let file = std::fs::read_to_string(root().join("deploy/rabbitmq/definitions.json")).unwrap();
        let file: Value = serde_json::from_str(&file).unwrap();
        assert_eq!(file, definitions(), "write it again: cargo run -- topology > deploy/rabbitmq/definitions.json");
    }

    #[test]
    fn every_consumer_of_the_services_has_its_queue() {
        let text = definitions().to_string();
        let mut consumers = 0;
        let mut folders = vec![root().join("services")];
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
                if entry.is_dir() && entry.file_name().is_some_and(|name| name != "tests") {
                    folders.push(entry);
                } else if entry.extension().is_some_and(|extension| extension == "rs") {
                    let source = std::fs::read_to_string(&entry).unwrap();
                    let Some((_, body)) = source.split_once("\nimpl Consumer for ") else { continue };
                    let name = body.split("NAME: &'static str = \"").nth(1).and_then(|rest| rest.split('"').next());
                    let name = name.unwrap_or_else(|| panic!("{} names its consumer", entry.display()));
                    assert!(text.contains(&format!("\"tocsin.{name}\"")), "{name} of {}", entry.display());
                    consumers += 1;
                }
            }
        }
        assert!(consumers >= 3, "{consumers}");
    }
}
