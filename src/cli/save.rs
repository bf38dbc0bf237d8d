//! Files that are written: whole or not at all.
//!
//! The text goes to a new file beside the target, which then takes its name and
//! its permissions. **Invariant:** links are never followed, and no file is ever
//! seen half written.

use std::fs::{File, Metadata, OpenOptions};
use std::io::{Error, ErrorKind, Result, Write};
use std::path::{Path, PathBuf};

/// Writes a file that matters if the machine stops at any moment: what was there
/// before is kept with `.old` behind its name, and its folder is told to keep both.
///
/// # Errors
///
/// As [`save`].
pub fn save_for_later(path: &Path, bytes: &[u8]) -> Result<()> {
    let mut old = path.as_os_str().to_owned();
    old.push(".old");
    if std::fs::symlink_metadata(path).is_ok_and(|meta| meta.is_file()) {
        std::fs::rename(path, &old)?;
    }
    save(path, bytes)?;
    let folder = path.parent().filter(|it| !it.as_os_str().is_empty());
    // Not every system can open a folder.
    if let Ok(folder) = File::open(folder.unwrap_or(Path::new("."))) {
        folder.sync_all()?;
    }
    Ok(())
}

/// Writes `text` to the file.
///
/// # Errors
///
/// If there is a link, a folder, or a file that must not be written, and what
/// the system says.
pub fn save(path: &Path, text: impl AsRef<[u8]>) -> Result<()> {
    let text = text.as_ref();
    let old = match std::fs::symlink_metadata(path) {
        Ok(meta) => Some(meta),
        Err(error) if error.kind() == ErrorKind::NotFound => None,
        Err(error) => return Err(error),
    };
    let refused = |why| Err(Error::new(ErrorKind::InvalidInput, why));
    match old {
        Some(meta) if meta.is_symlink() => refused("it is a symbolic link"),
        Some(meta) if meta.is_dir() => refused("it is a folder"),
        Some(meta) if meta.is_file() && meta.permissions().readonly() => {
            Err(ErrorKind::PermissionDenied.into())
        }
        Some(meta) if meta.is_file() => replace(path, text, Some(&meta)),
        // A pipe or a device takes bytes, not a new name.
        Some(_) => OpenOptions::new().write(true).open(path)?.write_all(text),
        None => replace(path, text, None),
    }
}

/// Writes `text` to a new file.
///
/// # Errors
///
/// If there is anything of that name, and what the system says.
pub fn save_new(path: &Path, text: &str) -> Result<()> {
    let mut file = OpenOptions::new().write(true).create_new(true).open(path)?;
    let written = file.write_all(text.as_bytes());
    if written.is_err() {
        let _ = std::fs::remove_file(path);
    }
    written
}

/// Writes `text` to a file that is there. The file that a link names is written;
/// the link stays a link.
///
/// # Errors
///
/// As [`save`].
pub fn rewrite(path: &Path, text: &str) -> Result<()> {
    save(&path.canonicalize()?, text)
}

fn replace(path: &Path, text: &[u8], old: Option<&Metadata>) -> Result<()> {
    let (mut file, beside) = new_beside(path)?;
    let written = file
        .write_all(text)
        .and_then(|()| old.map_or(Ok(()), |old| file.set_permissions(old.permissions())))
        .and_then(|()| file.sync_all())
        .and_then(|()| std::fs::rename(&beside, path));
    if written.is_err() {
        let _ = std::fs::remove_file(&beside);
    }
    written
}

/// A new file in the same folder, hidden and with the program's number in its name.
fn new_beside(path: &Path) -> Result<(File, PathBuf)> {
    let name = path.file_name().ok_or(ErrorKind::InvalidInput)?;
    for attempt in 0..100 {
        let mut hidden = std::ffi::OsString::from(".");
        hidden.push(name);
        hidden.push(format!(".{}-{attempt}.new", std::process::id()));
        let beside = path.with_file_name(hidden);
        match OpenOptions::new()
            .write(true)
            .create_new(true)
            .open(&beside)
        {
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
            result => return result.map(|file| (file, beside)),
        }
    }
    Err(ErrorKind::AlreadyExists.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_replaced_as_a_whole() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("a.tb");
        save(&path, "one").expect("a new file");
        save(&path, "two").expect("an old file");
        assert_eq!(std::fs::read_to_string(&path).expect("it is there"), "two");
        assert_eq!(
            std::fs::read_dir(folder.path()).expect("a folder").count(),
            1
        );
        assert!(save(folder.path(), "x").is_err());
        assert!(save(&folder.path().join("none/a.tb"), "x").is_err());
    }

    #[cfg(unix)]
    #[test]
    fn links_are_refused_and_permissions_kept() {
        use std::os::unix::fs::{PermissionsExt, symlink};
        let folder = tempfile::tempdir().expect("a folder");
        let (path, link) = (folder.path().join("a.tb"), folder.path().join("link.tb"));
        std::fs::write(&path, "one").expect("a file");
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o640)).expect("ours");
        symlink(&path, &link).expect("a link");
        assert!(save(&link, "two").is_err());
        save(&path, "two").expect("an old file");
        let mode = std::fs::metadata(&path)
            .expect("a file")
            .permissions()
            .mode();
        assert_eq!(mode & 0o777, 0o640);
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o440)).expect("ours");
        assert!(save(&path, "three").is_err());
    }
}
