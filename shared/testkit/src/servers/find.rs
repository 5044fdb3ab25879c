//! Where the server programs are.

use std::{
    env, fs,
    path::{Path, PathBuf},
};

use anyhow::{Context as _, Result};

/// The folder of PostgreSQL's programs, the newest if there are several.
///
/// Debian keeps them out of `PATH` and offers wrappers there that follow the system's own clusters,
/// so the versioned folder comes first and `PATH` second.
pub fn postgres_bin() -> Result<PathBuf> {
    let mut versions: Vec<(u32, PathBuf)> = fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .filter_map(|entry| {
            let folder = entry.ok()?;
            let version = folder.file_name().to_str()?.parse().ok()?;
            Some((version, folder.path().join("bin")))
        })
        .filter(|(_, bin)| holds(bin, &["initdb", "postgres", "psql"]))
        .collect();
    versions.sort();
    versions
        .pop()
        .map(|(_, bin)| bin)
        .or_else(|| in_path(&["initdb", "postgres", "psql"]))
        .context("PostgreSQL is not installed (on Debian: apt-get install postgresql)")
}

/// The folder of RabbitMQ's programs.
///
/// Debian's wrappers in `PATH` insist on the system's own data folder and account, so the scripts
/// behind them come first and `PATH` second.
pub fn rabbitmq_bin() -> Result<PathBuf> {
    let debian = PathBuf::from("/usr/lib/rabbitmq/bin");
    let programs = ["rabbitmq-server", "rabbitmqctl"];
    if holds(&debian, &programs) {
        return Ok(debian);
    }
    in_path(&programs).context("RabbitMQ is not installed (on Debian: apt-get install rabbitmq-server)")
}

fn in_path(programs: &[&str]) -> Option<PathBuf> {
    env::split_paths(&env::var_os("PATH")?).find(|folder| holds(folder, programs))
}

fn holds(folder: &Path, programs: &[&str]) -> bool {
    programs.iter().all(|program| folder.join(program).is_file())
}
