//! Installs what the tests start, without starting the system's own services.

use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, bail, ensure};

/// A program the tests start, and the Debian package that brings it.
struct Need {
    what: &'static str,
    package: &'static str,
    present: fn() -> bool,
}

const NEEDS: [Need; 2] = [
    Need { what: "PostgreSQL", package: "postgresql", present: || testkit::servers::postgres_bin().is_ok() },
    Need { what: "RabbitMQ", package: "rabbitmq-server", present: || testkit::servers::rabbitmq_bin().is_ok() },
];

/// Installs what is missing, or says how to.
pub fn missing() -> Result<()> {
    let missing: Vec<&Need> = NEEDS.iter().filter(|need| !(need.present)()).collect();
    if missing.is_empty() {
        return Ok(());
    }
    let names: Vec<_> = missing.iter().map(|need| need.what).collect();
    let packages: Vec<_> = missing.iter().map(|need| need.package).collect();
    let by_hand = format!(
        "The tests start real servers and {} is missing. Install it, for example on Debian or Ubuntu: \
         apt-get install {}",
        names.join(" and "),
        packages.join(" ")
    );
    if !Path::new("/usr/bin/apt-get").exists() {
        bail!("{by_hand}\n(There is no apt-get here, so nothing was installed.)");
    }
    let prefix: &[&str] = if is_root()? { &[] } else { &["sudo", "-n"] };
    if !prefix.is_empty() && !succeeds(&["sudo", "-n", "true"]) {
        bail!("{by_hand}\n(This is not root and sudo asks for a password, so nothing was installed.)");
    }
    println!("installing {} by apt-get (their system services stay stopped)", packages.join(", "));
    // Debian asks this file before it starts a service; 101 means "not now". One that is there already is respected.
    let policy = Path::new("/usr/sbin/policy-rc.d");
    let ours = !policy.exists();
    if ours {
        privileged(
            prefix,
            &[
                "sh",
                "-c",
                "printf '#!/bin/sh\\nexit 101\\n' > /usr/sbin/policy-rc.d && chmod 755 /usr/sbin/policy-rc.d",
            ],
        )?;
    }
    let installed = privileged(prefix, &["apt-get", "update", "-qq"]).and_then(|()| {
        let mut command =
            vec!["env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "install", "-y", "-qq", "--no-install-recommends"];
        command.extend(&packages);
        privileged(prefix, &command)
    });
    if ours {
        privileged(prefix, &["rm", "-f", "/usr/sbin/policy-rc.d"])?;
    }
    installed.context(by_hand)
}

fn is_root() -> Result<bool> {
    let output = Command::new("id").arg("-u").output().context("cannot run id")?;
    Ok(output.stdout.trim_ascii() == b"0")
}

fn succeeds(command: &[&str]) -> bool {
    Command::new(command[0]).args(&command[1..]).output().is_ok_and(|output| output.status.success())
}

fn privileged(prefix: &[&str], command: &[&str]) -> Result<()> {
    let all: Vec<&str> = prefix.iter().chain(command).copied().collect();
    let status = Command::new(all[0])
        .args(&all[1..])
        .stdout(std::process::Stdio::null())
        .status()
        .with_context(|| format!("cannot run {}", all[0]))?;
    ensure!(status.success(), "{} failed", all.join(" "));
    Ok(())
}
