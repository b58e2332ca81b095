//! Where everything is kept: one SQLite database, one thread that writes it, and
//! a few connections that read it. One table, one file here. Nothing in this
//! module knows a channel, and no SQL in it asks for the time.

pub mod arrivals;
pub mod attachments;
pub mod attempts;
pub mod backup;
pub mod channels;
pub mod deliveries;
pub mod drafts;
pub mod drills;
pub mod events;
pub mod export;
pub mod hand_overs;
pub mod incidents;
pub mod insights;
pub mod keys;
pub mod migration;
pub mod notices;
pub mod open;
pub mod parcels;
pub mod paths;
pub mod people;
pub mod person_data;
pub mod post_incident;
pub mod restore;
pub mod retention;
pub mod rooms;
pub mod rotations;
pub mod search;
pub mod services;
pub mod settings;
pub mod teams;
mod writer;

use rusqlite::Connection;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use crate::error::Failure;

pub use open::{OpenFailure, Opened};
pub use writer::within_savepoint;

/// The database. Cloning it is cheap; all clones are one database.
#[derive(Clone)]
pub struct Store {
    writer: writer::Writer,
    readers: Arc<Mutex<Vec<Connection>>>,
    file: PathBuf,
}

/// Readers that are kept open; more are opened when these are busy.
const READERS: usize = 3;

impl Store {
    /// Opens or makes the database in `folder`.
    pub fn open(folder: &Path) -> Result<(Self, Opened), OpenFailure> {
        let (connection, opened) = open::open(folder)?;
        let file = folder.join(open::FILE);
        Ok((Self { writer: writer::Writer::start(connection), readers: Arc::default(), file }, opened))
    }

    /// Where the database lies.
    #[must_use]
    pub fn folder(&self) -> &Path {
        self.file.parent().unwrap_or_else(|| Path::new("."))
    }

    /// Runs `work` in a transaction of the writing thread. When this returns
    /// `Ok`, it is on the disk; when it returns `Err`, nothing was changed.
    pub async fn write<T, E, W>(&self, work: W) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
        W: FnOnce(&Connection) -> Result<T, E> + Send + 'static,
    {
        self.writer.write(work).await
    }

    /// Runs `work` on a connection that cannot write.
    pub async fn read<T, E, W>(&self, work: W) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
        W: FnOnce(&Connection) -> Result<T, E> + Send + 'static,
    {
        let (readers, file) = (Arc::clone(&self.readers), self.file.clone());
        let reading = tokio::task::spawn_blocking(move || {
            let kept = readers.lock().unwrap_or_else(std::sync::PoisonError::into_inner).pop();
            let connection = match kept {
                Some(connection) => connection,
                None => open::reader(&file).map_err(StoreError::from)?,
            };
            let result = work(&connection);
            let mut readers = readers.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
            if readers.len() < READERS {
                readers.push(connection);
            }
            result
        });
        reading.await.unwrap_or_else(|_| Err(StoreError::Stopped.into()))
    }
}

#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    #[error("The disk is full. Nothing that was saved before is lost; what you just did was not saved. Make room, then do it again.")]
    Full,
    #[error(
        "The data folder cannot be written to ({0}). What you just did was not saved. Check the folder's permissions, then do it again."
    )]
    ReadOnly(String),
    #[error("The database is damaged ({0}). Start Baton again: it will set the damaged file aside, keep it, and say where.")]
    Damaged(String),
    #[error("The database did not take this: {0}. Nothing was changed.")]
    Sqlite(rusqlite::Error),
    #[error("A record in the database could not be read: {0}")]
    Unreadable(#[from] serde_json::Error),
    #[error("That is not there (any more).")]
    Missing,
    #[error("The database has been closed.")]
    Stopped,
}

impl StoreError {
    /// Whether the same may be taken later: there was no room, or the disk did not answer. Waiting mends nothing else.
    #[must_use]
    pub fn passes(&self) -> bool {
        use rusqlite::ErrorCode as Code;
        match self {
            Self::Full | Self::ReadOnly(_) => true,
            Self::Sqlite(error) => matches!(
                error.sqlite_error_code(),
                Some(
                    Code::SystemIoFailure | Code::DatabaseBusy | Code::DatabaseLocked | Code::FileLockingProtocolFailed | Code::OutOfMemory
                )
            ),
            _ => false,
        }
    }
}

impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> Self {
        use rusqlite::ErrorCode as Code;
        match error.sqlite_error_code() {
            Some(Code::DiskFull) => Self::Full,
            Some(Code::ReadOnly | Code::CannotOpen | Code::PermissionDenied) => Self::ReadOnly(error.to_string()),
            Some(Code::DatabaseCorrupt | Code::NotADatabase) => Self::Damaged(error.to_string()),
            _ => Self::Sqlite(error),
        }
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        match &error {
            StoreError::Missing => tracing::info!(%error, "something was asked for that is gone"),
            _ => tracing::error!(?error, "the store refused"),
        }
        Self::other(error.to_string())
    }
}

pub type Result<T, E = StoreError> = std::result::Result<T, E>;

/// A column that holds an id, a state or a document as text.
mod column {
    use rusqlite::types::Type;
    use serde::{Serialize, de::DeserializeOwned};

    use crate::domain::text::by_name;

    pub fn parse<T: std::str::FromStr<Err: std::error::Error + Send + Sync + 'static>>(
        row: &rusqlite::Row<'_>,
        index: usize,
    ) -> rusqlite::Result<T> {
        let text = row.get_ref(index)?.as_str()?;
        text.parse().map_err(|error| rusqlite::Error::FromSqlConversionFailure(index, Type::Text, Box::new(error)))
    }

    pub fn parse_if_any<T: std::str::FromStr<Err: std::error::Error + Send + Sync + 'static>>(
        row: &rusqlite::Row<'_>,
        index: usize,
    ) -> rusqlite::Result<Option<T>> {
        if row.get_ref(index)? == rusqlite::types::ValueRef::Null { Ok(None) } else { parse(row, index).map(Some) }
    }

    /// Every row that can be read. The others are logged and left where they are: one of
    /// them must not take the rest away.
    pub fn each_readable<T>(
        statement: &mut rusqlite::CachedStatement<'_>,
        params: impl rusqlite::Params,
        what: &str,
        read: impl Fn(&rusqlite::Row<'_>) -> rusqlite::Result<T>,
    ) -> super::Result<Vec<T>> {
        let mut rows = statement.query(params)?;
        let mut found = Vec::new();
        while let Some(row) = rows.next()? {
            match read(row) {
                Ok(one) => found.push(one),
                Err(error) => tracing::error!(%error, "{what} could not be read"),
            }
        }
        Ok(found)
    }

    /// The same in the order in which people look for names, which SQL does not know;
    /// those of one name as the statement has them.
    pub fn each_by_name<T>(
        statement: &mut rusqlite::CachedStatement<'_>,
        what: &str,
        read: impl Fn(&rusqlite::Row<'_>) -> rusqlite::Result<T>,
        name: impl Fn(&T) -> &str,
    ) -> super::Result<Vec<T>> {
        let mut found = each_readable(statement, [], what, read)?;
        found.sort_by(|one, other| by_name(name(one), name(other)));
        Ok(found)
    }

    pub fn document<T: DeserializeOwned>(row: &rusqlite::Row<'_>, index: usize) -> rusqlite::Result<T> {
        let text = row.get_ref(index)?.as_str()?;
        serde_json::from_str(text).map_err(|error| rusqlite::Error::FromSqlConversionFailure(index, Type::Text, Box::new(error)))
    }

    /// The bare word of a fieldless enum, as serde names it.
    pub fn word<T: DeserializeOwned>(row: &rusqlite::Row<'_>, index: usize) -> rusqlite::Result<T> {
        let text = row.get_ref(index)?.as_str()?;
        serde_json::from_value(serde_json::Value::from(text))
            .map_err(|error| rusqlite::Error::FromSqlConversionFailure(index, Type::Text, Box::new(error)))
    }

    pub fn word_if_any<T: DeserializeOwned>(row: &rusqlite::Row<'_>, index: usize) -> rusqlite::Result<Option<T>> {
        if row.get_ref(index)? == rusqlite::types::ValueRef::Null { Ok(None) } else { word(row, index).map(Some) }
    }

    pub fn to_word<T: Serialize>(value: &T) -> super::Result<String> {
        match serde_json::to_value(value)? {
            serde_json::Value::String(word) => Ok(word),
            other => Ok(other.to_string()),
        }
    }

    pub fn to_document<T: Serialize>(value: &T) -> super::Result<String> {
        Ok(serde_json::to_string(value)?)
    }
}
