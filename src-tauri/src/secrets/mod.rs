//! Where channels' passwords and tokens are kept: the operating system's keyring,
//! or, on a desktop without one, a file under a passphrase. Never the database.
//!
//! Once there is a passwords file, what is entered goes into it, keyring or not;
//! what it does not hold is looked for in the keyring, where it was put while that
//! answered. Otherwise the keyring is used if it answers when it is first wanted.

mod file;
mod keyring;

use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};

use baton_core::host::{Secret, SecretName, Secrets, SecretsFailure, SecretsState};

use file::SecretsFile;
use keyring::Keyring;

pub struct DeskSecrets {
    keyring: Box<dyn Ring>,
    file: Mutex<SecretsFile>,
}

/// What is asked of a keyring; a test brings its own.
trait Ring: Send + Sync {
    fn answers(&self) -> bool;
    fn get(&self, name: &str) -> Result<Option<Secret>, SecretsFailure>;
    fn set(&self, name: &str, secret: &Secret) -> Result<(), SecretsFailure>;
    fn remove(&self, name: &str) -> Result<(), SecretsFailure>;
}

impl DeskSecrets {
    /// Starts looking for the keyring and returns at once.
    #[must_use]
    pub fn open(folder: &Path) -> Self {
        Self::with(Box::new(Keyring::probe()), folder)
    }

    fn with(keyring: Box<dyn Ring>, folder: &Path) -> Self {
        Self { keyring, file: Mutex::new(SecretsFile::at(folder.join("secrets.enc"))) }
    }

    fn file(&self) -> MutexGuard<'_, SecretsFile> {
        self.file.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The file, if that is where the secrets are.
    fn used_file(&self) -> Option<MutexGuard<'_, SecretsFile>> {
        let file = self.file();
        (file.exists() || !self.keyring.answers()).then_some(file)
    }
}

impl Secrets for DeskSecrets {
    fn state(&self) -> SecretsState {
        match self.used_file() {
            None => SecretsState::Keyring,
            Some(file) if file.is_open() => SecretsState::FileOpen,
            Some(file) if file.exists() => SecretsState::FileLocked,
            Some(_) => SecretsState::FileWanted,
        }
    }

    fn get(&self, name: &SecretName) -> Result<Option<Secret>, SecretsFailure> {
        let name = spelled(name);
        if let Some(file) = self.used_file().filter(|file| file.exists())
            && let Some(found) = file.get(&name)?
        {
            return Ok(Some(found));
        }
        if self.keyring.answers() {
            return self.keyring.get(&name);
        }
        // Only what was set is asked for, so it was set in a keyring.
        Err(SecretsFailure::Unavailable("they are in this desktop's keyring, which does not answer".into()))
    }

    fn set(&self, name: &SecretName, secret: &Secret) -> Result<(), SecretsFailure> {
        match self.used_file() {
            None => self.keyring.set(&spelled(name), secret),
            Some(mut file) => file.set(&spelled(name), secret),
        }
    }

    fn remove(&self, name: &SecretName) -> Result<(), SecretsFailure> {
        let name = spelled(name);
        if let Some(mut file) = self.used_file().filter(|file| file.exists()) {
            file.remove(&name)?;
        }
        if self.keyring.answers() { self.keyring.remove(&name) } else { Ok(()) }
    }

    fn unlock(&self, passphrase: &Secret) -> Result<(), SecretsFailure> {
        match self.used_file() {
            // Asked too late: the keyring answers, and needs no passphrase of ours.
            None => Ok(()),
            Some(mut file) => file.unlock(passphrase),
        }
    }
}

fn spelled(name: &SecretName) -> String {
    format!("{}/{}", name.channel, name.field)
}

#[cfg(test)]
mod tests {
    use super::*;

    use std::collections::BTreeMap;
    use std::sync::Arc;
    use std::sync::atomic::{AtomicBool, Ordering};

    use baton_core::domain::id::ChannelId;
    use baton_core::domain::time::Instant;

    /// A keyring in memory that can be late.
    #[derive(Clone, Default)]
    struct Memory {
        late: Arc<AtomicBool>,
        kept: Arc<Mutex<BTreeMap<String, Secret>>>,
    }

    impl Ring for Memory {
        fn answers(&self) -> bool {
            !self.late.load(Ordering::SeqCst)
        }

        fn get(&self, name: &str) -> Result<Option<Secret>, SecretsFailure> {
            Ok(self.kept.lock().unwrap().get(name).cloned())
        }

        fn set(&self, name: &str, secret: &Secret) -> Result<(), SecretsFailure> {
            self.kept.lock().unwrap().insert(name.into(), secret.clone());
            Ok(())
        }

        fn remove(&self, name: &str) -> Result<(), SecretsFailure> {
            self.kept.lock().unwrap().remove(name);
            Ok(())
        }
    }

    fn named(field: &str) -> SecretName {
        SecretName { channel: ChannelId::new(Instant(0)), field: field.into() }
    }

    fn secret(text: &str) -> Secret {
        Secret::new(text.into())
    }

    #[test]
    fn a_keyring_that_was_late_once_keeps_what_is_in_it() {
        let folder = tempfile::tempdir().unwrap();
        let (ring, old, new) = (Memory::default(), named("old"), named("new"));
        DeskSecrets::with(Box::new(ring.clone()), folder.path()).set(&old, &secret("first")).unwrap();

        ring.late.store(true, Ordering::SeqCst);
        let secrets = DeskSecrets::with(Box::new(ring.clone()), folder.path());
        secrets.unlock(&secret("correct horse")).unwrap();
        secrets.set(&new, &secret("second")).unwrap();
        assert!(matches!(secrets.get(&old), Err(SecretsFailure::Unavailable(_))), "not lost, only out of reach: it is worth waiting for");

        ring.late.store(false, Ordering::SeqCst);
        let secrets = DeskSecrets::with(Box::new(ring), folder.path());
        assert!(matches!(secrets.get(&old), Err(SecretsFailure::Locked)), "the file may hold a newer one, so it is opened first");
        secrets.unlock(&secret("correct horse")).unwrap();
        assert_eq!(secrets.get(&old).unwrap(), Some(secret("first")), "in the keyring it is found again");
        assert_eq!(secrets.get(&new).unwrap(), Some(secret("second")), "and what was entered meanwhile is in the file");

        secrets.set(&old, &secret("third")).unwrap();
        assert_eq!(secrets.get(&old).unwrap(), Some(secret("third")), "the newer one counts");
        secrets.remove(&old).unwrap();
        assert_eq!(secrets.get(&old).unwrap(), None, "taken away is taken away from both");
    }
}
