//! How the database came to its present form. Append-only: a migration that has
//! left this desk is never edited; saved old databases are brought up in tests.

use rusqlite::{Connection, TransactionBehavior};
use std::path::Path;

use super::open::OpenFailure;
use super::{
    arrivals, attachments, attempts, channels, deliveries, drafts, drills, events, hand_overs, incidents, insights, keys, notices, parcels,
    paths, people, post_incident, rooms, rotations, search, services, settings, teams,
};

/// Each entry is one version's statements; each table's own file holds its own.
fn migrations() -> Vec<Vec<&'static str>> {
    let first = vec![
        settings::V1,
        people::V1,
        paths::V1,
        services::V1,
        channels::V1,
        drafts::V1,
        incidents::V1,
        events::V1,
        deliveries::V1,
        attempts::V1,
        notices::V1,
        search::V1,
    ];
    vec![
        first,
        vec![people::V2, teams::V2, rotations::V2],
        vec![people::V3, services::V3],
        vec![deliveries::V4, arrivals::V4, drills::V4, services::V4, rooms::V4],
        vec![keys::V5, deliveries::V5],
        vec![services::V6, incidents::V6, attachments::V6, parcels::V6],
        vec![post_incident::V7, incidents::V7, deliveries::V7, notices::V7, events::V7, insights::V7],
        vec![services::V8, hand_overs::V8],
        vec![incidents::V9, events::V9],
    ]
}

/// The newest format, which this program writes.
pub fn known() -> i64 {
    migrations().len() as i64
}

/// What a copy from before an update is called, and the format that came after it.
pub const BEFORE: &str = "baton-before-format-";

pub fn bring_up_to_date(connection: &mut Connection, folder: &Path) -> Result<(), OpenFailure> {
    let migrations = migrations();
    let known = migrations.len() as i64;
    let found: i64 = connection.query_row("PRAGMA user_version", [], |row| row.get(0))?;
    if found > known {
        return Err(OpenFailure::Newer { folder: folder.to_path_buf(), found, known });
    }
    if found == known {
        return Ok(());
    }
    if found > 0 {
        back_up(connection, folder, found)?;
    }
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    for statements in migrations.iter().skip(usize::try_from(found).unwrap_or(0)) {
        for statement in statements {
            transaction.execute_batch(statement)?;
        }
    }
    transaction.pragma_update(None, "user_version", known)?;
    transaction.commit()?;
    Ok(())
}

/// A whole copy of the database as it was, checked before it is trusted.
fn back_up(connection: &Connection, folder: &Path, version: i64) -> Result<(), OpenFailure> {
    let unusable = |error: std::io::Error| OpenFailure::Folder { folder: folder.to_path_buf(), reason: error.to_string() };
    let (unfinished, finished) = (folder.join("before-update.db.part"), folder.join(format!("{BEFORE}{}.db", version + 1)));
    if unfinished.exists() {
        std::fs::remove_file(&unfinished).map_err(unusable)?;
    }
    connection.execute("VACUUM INTO ?1", [unfinished.to_string_lossy()])?;
    let copy = Connection::open(&unfinished)?;
    let verdict: String = copy.query_row("PRAGMA integrity_check", [], |row| row.get(0))?;
    drop(copy);
    if verdict != "ok" {
        return Err(OpenFailure::Folder {
            folder: folder.to_path_buf(),
            reason: format!("the backup before the update is not sound: {verdict}"),
        });
    }
    std::fs::File::open(&unfinished).and_then(|file| file.sync_all()).map_err(unusable)?;
    std::fs::rename(unfinished, finished).map_err(unusable)
}
