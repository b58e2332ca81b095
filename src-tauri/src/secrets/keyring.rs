//! The operating system's keyring: Secret Service, Keychain, Credential Manager.
//!
//! A keyring may be absent, hang, or ask the person for a password and wait for
//! an answer that never comes. So everything asked of it is asked on one thread
//! of its own, and nobody waits for that thread without end. The library also
//! remembers a failed start for the life of the process, so it is probed once.

use std::sync::OnceLock;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use baton_core::host::{Secret, SecretsFailure};
use keyring::{Entry, Error};

use super::Ring;

/// Under which a keyring's own window lists Baton's entries.
const APPLICATION: &str = "Baton";

/// A keyring that has not answered by then counts as absent until the next start.
const PROBE: Duration = Duration::from_secs(3);

/// Long enough for a person to type the keyring's password.
const ANSWER: Duration = Duration::from_secs(60);

type Job = Box<dyn FnOnce() + Send>;

pub struct Keyring {
    jobs: Sender<Job>,
    probe: Mutex<Option<Receiver<bool>>>,
    answers: OnceLock<bool>,
}

impl Keyring {
    /// Starts the thread and its first job, and returns at once.
    pub fn probe() -> Self {
        let (jobs, queue) = channel::<Job>();
        let (say, probe) = channel();
        let work = move || {
            let _ = say.send(works());
            for job in queue {
                job();
            }
        };
        if let Err(error) = std::thread::Builder::new().name("keyring".into()).spawn(work) {
            // The receiver is disconnected then, which reads as "no keyring".
            tracing::warn!(%error, "no thread for the keyring");
        }
        Self { jobs, probe: Mutex::new(Some(probe)), answers: OnceLock::new() }
    }

    fn ask<T: Send + 'static>(
        &self,
        name: &str,
        question: impl FnOnce(&Entry) -> Result<T, Error> + Send + 'static,
    ) -> Result<T, SecretsFailure> {
        let (say, answer) = channel();
        let name = name.to_owned();
        let job = move || {
            let _ = say.send(Entry::new(APPLICATION, &name).and_then(|entry| question(&entry)));
        };
        let _ = self.jobs.send(Box::new(job));
        match answer.recv_timeout(ANSWER) {
            Ok(answer) => answer.map_err(|error| SecretsFailure::Unavailable(error.to_string())),
            Err(RecvTimeoutError::Timeout) => {
                Err(SecretsFailure::Unavailable("the desktop's keyring does not answer; it may be asking for its own password".into()))
            }
            Err(RecvTimeoutError::Disconnected) => Err(SecretsFailure::Unavailable("the desktop's keyring failed".into())),
        }
    }
}

impl Ring for Keyring {
    fn answers(&self) -> bool {
        *self.answers.get_or_init(|| {
            let probe = self.probe.lock().unwrap_or_else(PoisonError::into_inner).take();
            let answers = probe.is_some_and(|probe| probe.recv_timeout(PROBE).unwrap_or(false));
            tracing::info!(answers, "looked for a keyring");
            answers
        })
    }

    fn get(&self, name: &str) -> Result<Option<Secret>, SecretsFailure> {
        self.ask(name, |entry| match entry.get_password() {
            Ok(value) => Ok(Some(Secret::new(value))),
            Err(Error::NoEntry) => Ok(None),
            Err(error) => Err(error),
        })
    }

    fn set(&self, name: &str, secret: &Secret) -> Result<(), SecretsFailure> {
        let secret = secret.clone();
        self.ask(name, move |entry| entry.set_password(secret.reveal()))
    }

    fn remove(&self, name: &str) -> Result<(), SecretsFailure> {
        self.ask(name, |entry| match entry.delete_credential() {
            Err(Error::NoEntry) => Ok(()),
            other => other,
        })
    }
}

/// A connection alone proves little: a service without a collection accepts one.
fn works() -> bool {
    let looked = Entry::store_status().is_ok()
        && matches!(Entry::new(APPLICATION, "probe").and_then(|entry| entry.get_password()), Ok(_) | Err(Error::NoEntry));
    if !looked {
        tracing::info!(status = ?Entry::store_status(), "no usable keyring");
    }
    looked
}
