//! The one thread that writes. Requests that wait together are committed
//! together: one sync of the disk serves them all, and each is still its own,
//! for a request that fails is undone alone.

use rusqlite::{Connection, TransactionBehavior};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::thread::JoinHandle;
use tokio::sync::{mpsc, oneshot};

use super::StoreError;

/// Answers its caller once it is known whether the batch was committed.
type Answer = Box<dyn FnOnce(Result<(), StoreError>) + Send>;
/// Works in the batch's transaction, or hears why there is none.
type Job = Box<dyn FnOnce(Result<&Connection, StoreError>) -> Answer + Send>;

/// The most requests that share one commit.
const BATCH: usize = 128;

#[derive(Clone)]
pub struct Writer(Arc<Thread>);

struct Thread {
    /// `None` once the thread is to end.
    jobs: Option<mpsc::UnboundedSender<Job>>,
    handle: Option<JoinHandle<()>>,
}

impl Drop for Thread {
    /// Waits until everything asked for is written and the file is closed.
    fn drop(&mut self) {
        self.jobs = None;
        if let Some(handle) = self.handle.take() {
            drop(handle.join());
        }
    }
}

impl Writer {
    pub fn start(mut connection: Connection) -> Self {
        let (jobs, mut waiting) = mpsc::unbounded_channel::<Job>();
        let handle = std::thread::Builder::new()
            .name("baton-writer".into())
            .spawn(move || {
                while let Some(first) = waiting.blocking_recv() {
                    let mut batch = vec![first];
                    while batch.len() < BATCH
                        && let Ok(next) = waiting.try_recv()
                    {
                        batch.push(next);
                    }
                    commit(&mut connection, batch);
                }
            })
            .expect("a thread can be started while the program itself starts");
        Self(Arc::new(Thread { jobs: Some(jobs), handle: Some(handle) }))
    }

    pub async fn write<T, E, W>(&self, work: W) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
        W: FnOnce(&Connection) -> Result<T, E> + Send + 'static,
    {
        let (reply, answered) = oneshot::channel();
        let job: Job = Box::new(move |connection| {
            let result = connection.map_err(E::from).and_then(|connection| within_savepoint(connection, work));
            Box::new(move |committed| {
                let answer = match (result, committed) {
                    (Ok(value), Ok(())) => Ok(value),
                    (Ok(_), Err(failure)) => Err(failure.into()),
                    (Err(error), _) => Err(error),
                };
                // A caller that no longer waits is no reason to undo its work.
                drop(reply.send(answer));
            })
        });
        let jobs = self.0.jobs.as_ref().ok_or(StoreError::Stopped)?;
        jobs.send(job).map_err(|_| StoreError::Stopped)?;
        answered.await.map_err(|_| StoreError::Stopped)?
    }
}

fn commit(connection: &mut Connection, batch: Vec<Job>) {
    let transaction = match connection.transaction_with_behavior(TransactionBehavior::Immediate) {
        Ok(transaction) => transaction,
        Err(error) => {
            let failure = Failure::of(&error);
            batch.into_iter().for_each(|job| job(Err(failure.again()))(Ok(())));
            return;
        }
    };
    let mut answers: Vec<Answer> = Vec::with_capacity(batch.len());
    for job in batch {
        // A full disk can undo the whole transaction in the middle; what comes
        // after that must not become a transaction of its own.
        let alive = if transaction.is_autocommit() { Err(StoreError::Full) } else { Ok(&*transaction) };
        answers.push(job(alive));
    }
    let committed = transaction.commit().map_err(|error| Failure::of(&error));
    for answer in answers {
        answer(committed.as_ref().map_err(Failure::again).copied());
    }
}

/// Does this within a transaction, or undoes this alone.
pub fn within_savepoint<T, E: From<StoreError>>(connection: &Connection, work: impl FnOnce(&Connection) -> Result<T, E>) -> Result<T, E> {
    connection.execute_batch("SAVEPOINT job").map_err(StoreError::from)?;
    let result = catch_unwind(AssertUnwindSafe(|| work(connection))).unwrap_or_else(|_| Err(StoreError::Stopped.into()));
    let end = if result.is_ok() { "RELEASE job" } else { "ROLLBACK TO job; RELEASE job" };
    match connection.execute_batch(end) {
        Ok(()) => result,
        Err(error) => result.and(Err(StoreError::from(error).into())),
    }
}

/// SQLite's error, kept so that everybody who waited can be told the same.
struct Failure {
    code: Option<rusqlite::ffi::Error>,
    message: String,
}

impl Failure {
    fn of(error: &rusqlite::Error) -> Self {
        Self { code: error.sqlite_error().copied(), message: error.to_string() }
    }

    fn again(&self) -> StoreError {
        match self.code {
            Some(code) => rusqlite::Error::SqliteFailure(code, Some(self.message.clone())).into(),
            None => StoreError::Stopped,
        }
    }
}
