//! Services: what breaks, and who is asked about it.

use rusqlite::{Connection, params};

use super::{Result, StoreError, column};
use crate::domain::directory::Service;
use crate::domain::id::{PathId, ServiceId};
use crate::domain::time::Instant;

pub const V1: &str = "
CREATE TABLE services (
  id TEXT PRIMARY KEY, name TEXT NOT NULL, owner_id TEXT, path_id TEXT, cost_per_hour INTEGER,
  sample INTEGER NOT NULL, removed_at INTEGER
) STRICT, WITHOUT ROWID;
";

pub const V3: &str = "
ALTER TABLE services ADD COLUMN paths TEXT NOT NULL DEFAULT '{}';
ALTER TABLE services ADD COLUMN templates TEXT NOT NULL DEFAULT '[]';
";

pub const V4: &str = "
ALTER TABLE services ADD COLUMN bridge TEXT NOT NULL DEFAULT '{}';
";

pub const V6: &str = "
ALTER TABLE services ADD COLUMN orders_per_hour INTEGER;
ALTER TABLE services ADD COLUMN customers INTEGER;
ALTER TABLE services ADD COLUMN checklist TEXT NOT NULL DEFAULT '[]';
";

pub const V8: &str = "
ALTER TABLE services ADD COLUMN stakeholders TEXT NOT NULL DEFAULT '[]';
";

pub fn all(db: &Connection) -> Result<Vec<Service>> {
    let mut statement = db.prepare_cached(
        "SELECT id, name, owner_id, path_id, cost_per_hour, sample, paths, templates, bridge, orders_per_hour, customers, checklist,
           stakeholders FROM services
         WHERE removed_at IS NULL ORDER BY id",
    )?;
    let service = |row: &rusqlite::Row<'_>| {
        Ok(Service {
            id: column::parse(row, 0)?,
            name: row.get(1)?,
            owner: column::parse_if_any(row, 2)?,
            path: column::parse_if_any(row, 3)?,
            cost_per_hour: row.get(4)?,
            sample: row.get(5)?,
            paths: column::document(row, 6)?,
            templates: column::document(row, 7)?,
            bridge: column::document(row, 8)?,
            orders_per_hour: row.get(9)?,
            customers: row.get(10)?,
            checklist: column::document(row, 11)?,
            stakeholders: column::document(row, 12)?,
        })
    };
    column::each_by_name(&mut statement, "a service", service, |service| &service.name)
}

pub fn save(db: &Connection, service: &Service) -> Result<()> {
    db.prepare_cached(
        "INSERT INTO services (id, name, owner_id, path_id, cost_per_hour, sample, paths, templates, bridge, orders_per_hour, customers,
           checklist, stakeholders)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)
         ON CONFLICT DO UPDATE SET name = excluded.name, owner_id = excluded.owner_id, path_id = excluded.path_id,
           cost_per_hour = excluded.cost_per_hour, paths = excluded.paths, templates = excluded.templates, bridge = excluded.bridge,
           orders_per_hour = excluded.orders_per_hour, customers = excluded.customers, checklist = excluded.checklist,
           stakeholders = excluded.stakeholders, removed_at = NULL",
    )?
    .execute(params![
        service.id.to_string(),
        service.name,
        service.owner.map(|id| id.to_string()),
        service.path.map(|id| id.to_string()),
        service.cost_per_hour,
        service.sample,
        column::to_document(&service.paths)?,
        column::to_document(&service.templates)?,
        column::to_document(&service.bridge)?,
        service.orders_per_hour,
        service.customers,
        column::to_document(&service.checklist)?,
        column::to_document(&service.stakeholders)?
    ])?;
    Ok(())
}

pub fn set_removed(db: &Connection, id: ServiceId, at: Option<Instant>) -> Result<()> {
    let changed =
        db.prepare_cached("UPDATE services SET removed_at = ?2 WHERE id = ?1")?.execute(params![id.to_string(), at.map(|at| at.0)])?;
    if changed == 0 { Err(StoreError::Missing) } else { Ok(()) }
}

pub fn forget_path(db: &Connection, path: PathId) -> Result<()> {
    for mut service in all(db)? {
        let of_severities = service.paths.len();
        service.paths.retain(|_, known| *known != path);
        if service.path == Some(path) || service.paths.len() < of_severities {
            service.path = service.path.filter(|known| *known != path);
            save(db, &service)?;
        }
    }
    Ok(())
}

pub fn delete_sample(db: &Connection) -> Result<()> {
    db.execute("DELETE FROM services WHERE sample = 1", [])?;
    Ok(())
}
