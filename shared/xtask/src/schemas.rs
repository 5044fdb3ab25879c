//! Keeps the schema files equal to the types.

use anyhow::{Result, ensure};

/// Writes the files, or with `check` fails if one is stale.
pub fn run(check: bool) -> Result<()> {
    let folder = crate::root().join("shared/contracts/schemas");
    let mut stale = Vec::new();
    let files = contracts::schemas();
    std::fs::create_dir_all(&folder)?;
    for (name, text) in &files {
        let path = folder.join(name);
        if std::fs::read_to_string(&path).is_ok_and(|stored| &stored == text) {
            continue;
        }
        stale.push(name.clone());
        if !check {
            std::fs::write(path, text)?;
        }
    }
    for entry in std::fs::read_dir(&folder)? {
        let name = entry?.file_name().to_string_lossy().into_owned();
        if !files.iter().any(|(known, _)| known == &name) {
            stale.push(name.clone());
            if !check {
                std::fs::remove_file(folder.join(name))?;
            }
        }
    }
    ensure!(!check || stale.is_empty(), "stale schema files: {}; run `cargo xtask schemas`", stale.join(", "));
    Ok(())
}
