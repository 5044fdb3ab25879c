//! Installs what the tests run, without starting the system's own services.

use std::{env, path::Path, process::Command};

use anyhow::{Context as _, Result, bail, ensure};

/// A program the tests start, and the Debian package that brings it.
struct Need {
    what: &'static str,
    package: &'static str,
    present: fn() -> bool,
}

const NEEDS: &[Need] = &[
    Need { what: "setpriv", package: "util-linux", present: || in_path("setpriv") },
    Need { what: "PostgreSQL", package: "postgresql", present: || testkit::servers::postgres_bin().is_ok() },
    Need { what: "a verifier of mail signatures", package: "python3-dkim", present: || python("dkim") },
    Need { what: "its Ed25519", package: "python3-nacl", present: || python("nacl") },
    Need { what: "RabbitMQ", package: "rabbitmq-server", present: || testkit::servers::rabbitmq_bin().is_ok() },
    Need {
        what: "letters of Latin, Cyrillic and Arabic",
        package: "fonts-noto-core",
        present: || font("noto/NotoNaskhArabic-Regular.ttf"),
    },
    Need {
        what: "letters of Chinese",
        package: "fonts-droid-fallback",
        present: || font("droid/DroidSansFallbackFull.ttf"),
    },
    Need {
        what: "second verifier's cryptography",
        package: "python3-cryptography",
        present: || python("cryptography"),
    },
    Need { what: "reader of PDF", package: "poppler-utils", present: || in_path("pdftotext") && in_path("pdffonts") },
    Need { what: "exiftool", package: "libimage-exiftool-perl", present: || in_path("exiftool") },
    Need {
        what: "Python with virtual environments",
        package: "python3-venv",
        present: || succeeds("python3", &["-c", "import venv, ensurepip"]),
    },
    Need { what: "validator of XML", package: "libxml2-utils", present: || in_path("xmllint") },
    Need {
        what: "Postfix's sender and sink",
        package: "postfix",
        present: || Path::new("/usr/sbin/smtp-source").is_file(),
    },
    Need { what: "reader of OpenPGP", package: "gnupg", present: || in_path("gpg") },
    Need { what: "reader of S/MIME", package: "openssl", present: || in_path("openssl") },
    Need {
        what: "OpenSSL to build with",
        package: "libssl-dev",
        present: || Path::new("/usr/include/openssl/cms.h").is_file(),
    },
    Need { what: "finder of it", package: "pkg-config", present: || in_path("pkg-config") },
    Need { what: "Chromium", package: "chromium", present: || in_path("chromium") },
    Need { what: "its driver", package: "chromium-driver", present: || in_path("chromedriver") },
];

/// What is only measured beside, so neither the tests nor CI need it.
const PEERS: &[Need] = &[Need {
    what: "Alertmanager",
    package: "prometheus-alertmanager",
    present: || Path::new("/usr/bin/prometheus-alertmanager").is_file(),
}];

/// How packages can be installed here.
#[derive(Debug, PartialEq, Eq)]
enum Way {
    AsRoot,
    BySudo,
    NoDebian,
    NoRights,
}

/// Installs what the tests need and is missing, or says how to.
pub fn missing() -> Result<()> {
    all(NEEDS)
}

/// The same for what the flow of mails is measured beside.
pub fn missing_peers() -> Result<()> {
    all(PEERS)
}

fn all(needs: &'static [Need]) -> Result<()> {
    let missing: Vec<&Need> = needs.iter().filter(|need| !(need.present)()).collect();
    if missing.is_empty() {
        return Ok(());
    }
    let whats: Vec<_> = missing.iter().map(|need| need.what).collect();
    let packages: Vec<_> = missing.iter().map(|need| need.package).collect();
    let by_hand = by_hand(&whats, &packages);
    match way(in_path("apt-get"), testkit::servers::is_root(), || succeeds("sudo", &["-n", "true"])) {
        Way::NoDebian => bail!("{by_hand}\nThere is no apt-get here, so nothing was installed."),
        Way::NoRights => {
            bail!("{by_hand}\nThis is not root, and sudo wants a password or is not here, so nothing was installed.")
        }
        Way::AsRoot => install(Command::new("sh"), &packages),
        Way::BySudo => {
            let mut sudo = Command::new("sudo");
            sudo.args(["-n", "sh"]);
            install(sudo, &packages)
        }
    }
    .context(by_hand)?;
    for need in missing {
        ensure!((need.present)(), "{} is still not found after the installation of {}", need.what, need.package);
    }
    Ok(())
}

fn way(apt: bool, root: bool, sudo: impl FnOnce() -> bool) -> Way {
    match (apt, root) {
        (false, _) => Way::NoDebian,
        (true, true) => Way::AsRoot,
        (true, false) if sudo() => Way::BySudo,
        (true, false) => Way::NoRights,
    }
}

fn by_hand(whats: &[&str], packages: &[&str]) -> String {
    format!(
        "real servers are started, and here is no {}; on Debian or Ubuntu: sudo apt-get install {}",
        whats.join(", no "),
        packages.join(" ")
    )
}

/// Debian asks `policy-rc.d` before it starts a service, and 101 means no. A file that is there already is put back
/// afterwards, also if this is interrupted: it may be what keeps a container quiet.
const SCRIPT: &str = r#"
set -eu
policy=/usr/sbin/policy-rc.d
kept=$policy.before-tocsin-tests
restore() { if [ -e "$kept" ]; then mv -f "$kept" "$policy"; else rm -f "$policy"; fi; }
if [ -e "$policy" ] && [ ! -e "$kept" ]; then mv "$policy" "$kept"; fi
trap restore EXIT
trap 'exit 1' HUP INT TERM
printf '#!/bin/sh\nexit 101\n' > "$policy"
chmod 755 "$policy"
export DEBIAN_FRONTEND=noninteractive
apt-get update -q
apt-get install -q -y --no-install-recommends "$@"
"#;

fn install(mut shell: Command, packages: &[&str]) -> Result<()> {
    eprintln!("installing {} by apt-get; their system services are not started", packages.join(", "));
    // What `servers` prints is read by a shell, and nothing else may be among it.
    let shell = shell.args(["-c", SCRIPT, "install"]).args(packages).stdout(std::io::stderr());
    let status = shell.status().context("failed to start a shell")?;
    ensure!(status.success(), "apt-get ended with {status}");
    Ok(())
}

/// Documents are printed with these; `tocsin` looks for them in the same place.
fn font(file: &str) -> bool {
    Path::new("/usr/share/fonts/truetype").join(file).is_file()
}

/// Debian's own Python, whatever other is in the PATH: it is the one that packages bring modules to.
fn python(module: &str) -> bool {
    succeeds("/usr/bin/python3", &["-c", &format!("import {module}")])
}

fn in_path(program: &str) -> bool {
    let path = env::var_os("PATH").unwrap_or_default();
    let found = env::split_paths(&path).any(|folder| folder.join(program).is_file());
    // Not in everybody's PATH, and apt-get's own place.
    found || Path::new("/usr/bin").join(program).is_file()
}

fn succeeds(program: &str, arguments: &[&str]) -> bool {
    Command::new(program).args(arguments).output().is_ok_and(|output| output.status.success())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_way_follows_from_apt_root_and_sudo() {
        assert_eq!(way(false, true, || true), Way::NoDebian);
        assert_eq!(way(true, true, || panic!("root needs no sudo")), Way::AsRoot);
        assert_eq!(way(true, false, || true), Way::BySudo);
        assert_eq!(way(true, false, || false), Way::NoRights);
    }

    #[test]
    fn the_message_names_what_is_missing_and_the_command_that_brings_it() {
        let message = by_hand(&["PostgreSQL", "RabbitMQ"], &["postgresql", "rabbitmq-server"]);
        assert!(message.contains("no PostgreSQL, no RabbitMQ"), "{message}");
        assert!(message.ends_with("apt-get install postgresql rabbitmq-server"), "{message}");
    }
}
