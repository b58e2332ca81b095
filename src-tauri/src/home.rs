//! The data folder. Everything Baton keeps is in it; to remove it is to remove
//! everything Baton knows.

use std::fs::{File, TryLockError};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

#[derive(Clone, Debug)]
pub struct Home {
    folder: PathBuf,
    /// Set when `BATON_HOME` named it.
    chosen: bool,
}

/// Held for as long as the program runs. The operating system lets go of it with
/// the process, however that ends.
pub struct Lock {
    _file: File,
}

#[derive(Debug, thiserror::Error)]
pub enum HomeFailure {
    #[error("Another Baton has this data folder open.")]
    Taken,
    #[error(
        "The data folder {folder} cannot be used ({reason}). Nothing was changed. Make it one that can be written to, or choose another with BATON_HOME; then start Baton again.",
        folder = .0.display(),
        reason = .1.kind()
    )]
    Unusable(PathBuf, io::Error),
}

impl Home {
    /// `BATON_HOME`, or this system's folder for application data.
    pub fn find() -> Result<Self, HomeFailure> {
        if let Some(chosen) = std::env::var_os("BATON_HOME").filter(|value| !value.is_empty()) {
            let folder = std::path::absolute(&chosen).map_err(|error| HomeFailure::Unusable(chosen.into(), error))?;
            return Ok(Self { folder, chosen: true });
        }
        // Local rather than roaming: a database must not be copied while it is open.
        let folders = directories::ProjectDirs::from("desk", "", "Baton")
            .ok_or_else(|| HomeFailure::Unusable("of this account".into(), io::ErrorKind::NotFound.into()))?;
        Ok(Self { folder: folders.data_local_dir().to_path_buf(), chosen: false })
    }

    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// What makes this profile's windows different from another's, so that two
    /// profiles run side by side. `None` for the usual one.
    #[must_use]
    pub fn profile(&self) -> Option<String> {
        self.chosen.then(|| {
            let mut hasher = DefaultHasher::new();
            self.folder.hash(&mut hasher);
            // A part of a D-Bus name must not begin with a digit.
            format!("p{:016x}", hasher.finish())
        })
    }

    /// As [`Home::lock`], and waits for whoever has the folder for a moment only.
    pub fn lock_in_time(&self) -> Result<Lock, HomeFailure> {
        let mut waited = Duration::ZERO;
        loop {
            match self.lock() {
                Err(HomeFailure::Taken) if waited < FOR_A_MOMENT => std::thread::sleep(A_LITTLE),
                done => return done,
            }
            waited += A_LITTLE;
        }
    }

    /// Makes sure that no other process has this folder open. The single-instance
    /// plug-in cannot: without a session bus it goes on without a word.
    pub fn lock(&self) -> Result<Lock, HomeFailure> {
        let unusable = |error| HomeFailure::Unusable(self.folder.clone(), error);
        make(&self.folder).map_err(unusable)?;
        let file = File::options().create(true).truncate(false).write(true).open(self.folder.join("baton.lock")).map_err(unusable)?;
        match file.try_lock() {
            Ok(()) => Ok(Lock { _file: file }),
            Err(TryLockError::WouldBlock) => Err(HomeFailure::Taken),
            Err(TryLockError::Error(error)) => Err(unusable(error)),
        }
    }
}

/// A script that files something has the folder for a moment only.
const FOR_A_MOMENT: Duration = Duration::from_secs(3);
const A_LITTLE: Duration = Duration::from_millis(20);

/// For this person's eyes only: names, numbers and what went wrong are in it.
pub fn make(folder: &Path) -> io::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn home(folder: &Path) -> Home {
        Home { folder: folder.to_path_buf(), chosen: true }
    }

    #[test]
    fn a_folder_is_open_once() {
        let folder = tempfile::tempdir().unwrap();
        let first = home(folder.path()).lock().expect("nobody has it");
        assert!(matches!(home(folder.path()).lock(), Err(HomeFailure::Taken)), "two writers would file into each other's database");
        drop(first);
        assert!(home(folder.path()).lock().is_ok(), "a folder is free again once its program has gone");
    }

    #[test]
    fn two_profiles_have_two_names() {
        let (one, other) = (home(Path::new("/a")).profile(), home(Path::new("/b")).profile());
        assert_ne!(one, other, "otherwise the second profile would only bring the first one's window forward");
        assert_eq!(one, home(Path::new("/a")).profile(), "a second start has to find the first");
    }
}
