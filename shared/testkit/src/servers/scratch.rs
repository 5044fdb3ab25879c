//! The temporary folder of one server or program.

use std::{
    env, fs,
    path::{Path, PathBuf},
    process,
    sync::Once,
    thread,
};

use anyhow::{Context as _, Result};
use tempfile::TempDir;

use super::Account;

const PREFIX: &str = "tocsin-test-";

/// Removed when dropped, whatever is in it.
#[derive(Debug)]
pub(crate) struct Scratch {
    dir: TempDir,
}

impl Scratch {
    /// A folder that only `account` (or we) can enter, with `label` in its name.
    pub(crate) fn new(label: &str, account: Option<&Account>) -> Result<Self> {
        static SWEPT: Once = Once::new();
        SWEPT.call_once(sweep);
        let dir = tempfile::Builder::new()
            .prefix(&format!("{PREFIX}{}-{label}-", process::id()))
            .tempdir()
            .context("failed to make a temporary folder")?;
        if let Some(account) = account {
            account.own(dir.path())?;
        }
        Ok(Self { dir })
    }

    pub(crate) fn path(&self) -> &Path {
        self.dir.path()
    }

    /// If the test is failing, saves the log from removal and says where it is.
    pub(crate) fn keep_on_failure(&self, log: &Path) {
        if !thread::panicking() {
            return;
        }
        let mut name = self.dir.path().file_name().unwrap_or_default().to_owned();
        name.push(".log");
        let kept: PathBuf = env::temp_dir().join(name);
        match fs::copy(log, &kept) {
            Ok(_) => eprintln!("server log kept: {}", kept.display()),
            Err(error) => eprintln!("server log {} lost: {error}", log.display()),
        }
    }
}

/// Removes what earlier test processes left: a shared server ends with its process, by signal, and
/// nobody is there any more to remove its folder.
fn sweep() {
    for entry in fs::read_dir(env::temp_dir()).into_iter().flatten().flatten() {
        let name = entry.file_name();
        let owner = name.to_str().and_then(|name| name.strip_prefix(PREFIX)?.split('-').next()?.parse::<u32>().ok());
        let abandoned = owner.is_some_and(|pid| !Path::new(&format!("/proc/{pid}")).exists());
        if abandoned && entry.file_type().is_ok_and(|kind| kind.is_dir()) {
            // Another test process may sweep at the same moment; what is left goes next time.
            drop(fs::remove_dir_all(entry.path()));
        }
    }
}
