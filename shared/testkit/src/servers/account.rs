//! The account a server runs as.
//!
//! PostgreSQL refuses to run as root, and Erlang keeps a secret in the home of whoever runs it. As
//! root we lend each server its package's account; as anybody else it runs as us.

use std::{fs, os::unix::fs::chown, path::Path, process::Command};

use anyhow::{Context as _, Result, bail};

/// Do we run as root?
pub fn is_root() -> bool {
    rustix::process::geteuid().is_root()
}

/// An account of this machine that only root can lend.
#[derive(Debug, Clone)]
pub(crate) struct Account {
    uid: u32,
    gid: u32,
}

impl Account {
    /// The account `name` if we are root, otherwise `None`: run as ourselves.
    pub(crate) fn lend(name: &str) -> Result<Option<Self>> {
        if !is_root() {
            return Ok(None);
        }
        let passwd = fs::read_to_string("/etc/passwd").context("failed to read /etc/passwd")?;
        match parse(&passwd, name) {
            Some(account) => Ok(Some(account)),
            None => bail!("failed to find the account {name}, which its Debian package creates"),
        }
    }

    /// What makes `setpriv` become this account.
    pub(crate) fn setpriv_args(&self) -> [String; 5] {
        let (uid, gid) = (self.uid.to_string(), self.gid.to_string());
        ["--reuid".into(), uid, "--regid".into(), gid, "--clear-groups".into()]
    }

    /// Gives it a file or folder.
    pub(crate) fn own(&self, path: &Path) -> Result<()> {
        chown(path, Some(self.uid), Some(self.gid)).with_context(|| format!("failed to hand over {}", path.display()))
    }
}

/// `program` as a short command of that account.
pub(crate) fn command(account: Option<&Account>, program: &Path) -> Command {
    match account {
        None => Command::new(program),
        Some(account) => {
            let mut command = Command::new("setpriv");
            command.args(account.setpriv_args()).arg("--").arg(program);
            command
        }
    }
}

fn parse(passwd: &str, name: &str) -> Option<Account> {
    passwd.lines().find_map(|line| {
        let fields: Vec<&str> = line.split(':').collect();
        let [found, _, uid, gid, ..] = fields[..] else { return None };
        (found == name).then_some(())?;
        Some(Account { uid: uid.parse().ok()?, gid: gid.parse().ok()? })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_the_numbers_of_the_named_account_only() {
        let passwd = "root:x:0:0:root:/root:/bin/sh\npostgres:x:101:104:a,,,:/var:/bin/sh\n";
        let account = parse(passwd, "postgres").unwrap();
        assert_eq!((account.uid, account.gid), (101, 104));
        assert!(parse(passwd, "post").is_none());
    }
}
