//! Files that are made once and hold a secret.

use std::fs::{File, OpenOptions};
use std::io::{self, ErrorKind, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;

/// Makes a file that only its owner can read, with this text, if there is none of its name; and the folder it lies in.
///
/// The file is written whole under another name and then linked to its own: of two processes that start at once one makes
/// it and both find the same, nobody ever reads half of it, and a process that is killed leaves at most a draft beside it.
pub fn create(path: &Path, text: &str) -> io::Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    std::fs::create_dir_all(folder)?;
    let draft = path.with_extension(format!("{:016x}.new", rand::random::<u64>()));
    let made = (|| {
        let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&draft)?;
        file.write_all(text.as_bytes())?;
        file.sync_all()?;
        match std::fs::hard_link(&draft, path) {
            Err(error) if error.kind() == ErrorKind::AlreadyExists => Ok(()),
            linked => linked,
        }
    })();
    let cleared = std::fs::remove_file(&draft);
    made.and(cleared)?;
    // The name too must outlive a power cut: what was signed with the secret does.
    File::open(folder)?.sync_all()
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    #[test]
    fn a_secret_is_made_once_and_whole_and_only_its_owner_reads_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("keys").join("link.key");
        std::thread::scope(|threads| {
            for n in 0..8 {
                let path = &path;
                threads.spawn(move || {
                    create(path, &n.to_string().repeat(1000)).unwrap();
                    let text = std::fs::read_to_string(path).unwrap();
                    assert!(text.len() == 1000 && text.bytes().all(|byte| byte == text.as_bytes()[0]), "{text}");
                });
            }
        });
        let first = std::fs::read_to_string(&path).unwrap();
        create(&path, "another").unwrap();
        assert_eq!(std::fs::read_to_string(&path).unwrap(), first);
        assert_eq!(path.metadata().unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(path.parent().unwrap().read_dir().unwrap().count(), 1, "no draft is left behind");
    }
}
