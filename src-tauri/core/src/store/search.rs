//! Full-text search over incidents (FTS5), kept in step with `incidents`.

use rusqlite::{Connection, params};
use std::collections::HashMap;

use super::{Result, column};
use crate::domain::alike;
use crate::domain::facts::Facts;
use crate::domain::id::IncidentId;
use crate::domain::incident::Incident;
use crate::domain::time::Instant;

/// Without a copy of the text: it stands in `incidents` already.
pub const V1: &str = "
CREATE VIRTUAL TABLE incident_search USING fts5 (
  reference, title, body, content = '', contentless_delete = 1, prefix = '2 3', tokenize = 'unicode61 remove_diacritics 2'
);
";

/// The most hits worth reading.
const HITS: usize = 50;

/// Keeps the words by which an incident that is on record is found.
pub fn put(db: &Connection, incident: &Incident) -> Result<()> {
    let facts = &incident.facts;
    let mut body = vec![facts.what.as_str(), &facts.place, &facts.who];
    body.extend(facts.tried.iter().map(|tried| tried.what.as_str()));
    if let crate::domain::incident::Phase::Resolved { cause, fix, .. } = &incident.phase {
        body.extend([cause.as_str(), fix]);
    }
    // The reference is found with its dash and without.
    let reference = format!("{} {}", incident.reference, incident.reference.replace('-', ""));
    db.prepare_cached(
        "INSERT OR REPLACE INTO incident_search (rowid, reference, title, body)
         VALUES ((SELECT number FROM incidents WHERE id = ?1), ?2, ?3, ?4)",
    )?
    .execute(params![incident.id.to_string(), reference, facts.title(), body.join("\n")])?;
    Ok(())
}

pub fn remove(db: &Connection, number: i64) -> Result<()> {
    db.prepare_cached("DELETE FROM incident_search WHERE rowid = ?1")?.execute([number])?;
    Ok(())
}

/// What was taken out of the index is gone from the file too.
pub fn forget_what_is_gone(db: &Connection) -> Result<()> {
    db.execute("INSERT INTO incident_search (incident_search) VALUES ('optimize')", [])?;
    Ok(())
}

pub fn clear(db: &Connection) -> Result<()> {
    db.execute("INSERT INTO incident_search (incident_search) VALUES ('delete-all')", [])?;
    Ok(())
}

/// Incidents in which every word of `query` begins a word, newest first.
pub fn find(db: &Connection, query: &str) -> Result<Vec<Incident>> {
    let Some(expression) = expression(query) else { return Ok(vec![]) };
    let mut statement = db.prepare_cached(
        "SELECT state FROM incident_search JOIN incidents ON incidents.number = incident_search.rowid
         WHERE incident_search MATCH ?1 ORDER BY incident_search.rowid DESC LIMIT ?2",
    )?;
    column::each_readable(&mut statement, params![expression, HITS as i64], "an incident", |row| column::document(row, 0))
}

/// The newest incidents with a word that are looked at: a word that stands in more than these tells little anyway.
const OF_A_WORD: usize = 300;

/// The likeliest to be read, at most.
const CANDIDATES: usize = 40;

/// Incidents that read like these facts and are open, or were filed since then; the most alike first.
pub fn alike(db: &Connection, facts: &Facts, besides: IncidentId, since: Instant, limit: usize) -> Result<Vec<Incident>> {
    let words = alike::telling(&facts.what);
    // What only a few have in common counts for more than what many have.
    let mut weights: HashMap<i64, (usize, f64)> = HashMap::new();
    for word in &words {
        let forms: Vec<String> = alike::forms(word).into_iter().map(|form| format!("\"{form}\"")).collect();
        let rows = newest(db, &forms.join(" OR "))?;
        let weight = 1.0 / (1.0 + rows.len() as f64).ln_1p();
        for row in rows {
            let (shared, sum) = weights.entry(row).or_default();
            (*shared, *sum) = (*shared + 1, *sum + weight);
        }
    }
    let mut likely: Vec<(i64, usize, f64)> = weights.into_iter().map(|(row, (shared, sum))| (row, shared, sum)).collect();
    likely.sort_by(|one, other| other.2.total_cmp(&one.2).then(other.0.cmp(&one.0)));
    let mut statement =
        db.prepare_cached("SELECT state FROM incidents WHERE number = ?1 AND (is_open = 1 OR filed_at >= ?2) AND id <> ?3")?;
    let mut found: Vec<Incident> = Vec::new();
    for (number, shared, _) in likely.into_iter().take(CANDIDATES) {
        let read = column::each_readable(&mut statement, params![number, since.0, besides.to_string()], "an incident", |row| {
            column::document(row, 0)
        })?;
        let is_alike = |one: &Incident| alike::is_alike(shared, words.len(), alike::same_place(facts, &one.facts));
        found.extend(read.into_iter().filter(is_alike));
        if found.len() == limit {
            break;
        }
    }
    Ok(found)
}

/// The newest rows in which the expression is found.
fn newest(db: &Connection, expression: &str) -> Result<Vec<i64>> {
    let mut statement =
        db.prepare_cached("SELECT rowid FROM incident_search WHERE incident_search MATCH ?1 ORDER BY rowid DESC LIMIT ?2")?;
    Ok(statement.query_map(params![expression, OF_A_WORD as i64], |row| row.get(0))?.collect::<rusqlite::Result<_>>()?)
}

/// What was typed as an FTS5 expression: every word quoted, so that nothing in it
/// is taken for an operator.
fn expression(query: &str) -> Option<String> {
    let words: Vec<String> =
        query.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).take(24).map(|word| format!("\"{word}\"*")).collect();
    if words.is_empty() { None } else { Some(words.join(" ")) }
}
