//! Full-text search over incidents (FTS5), kept in step with `incidents`.

use rusqlite::{Connection, params};

use super::{Result, column};
use crate::domain::incident::Incident;

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

pub fn clear(db: &Connection) -> Result<()> {
    db.execute("INSERT INTO incident_search (incident_search) VALUES ('delete-all')", [])?;
    Ok(())
}

/// Incidents in which every word of `query` begins a word, newest first.
pub fn find(db: &Connection, query: &str) -> Result<Vec<Incident>> {
    let Some(expression) = expression(query, " ") else { return Ok(vec![]) };
    matching(db, &expression, "", HITS)
}

/// Open incidents that share at least two telling words with `text`, or one with
/// the only telling word in it; the most alike first.
pub fn similar_open(db: &Connection, text: &str, limit: usize) -> Result<Vec<Incident>> {
    let words = telling(text);
    let Some(expression) = expression(&words.join(" "), " OR ") else { return Ok(vec![]) };
    let alike = |incident: &Incident| {
        let known = telling(&format!("{} {}", incident.facts.what, incident.facts.place));
        words.iter().filter(|word| known.contains(word)).count()
    };
    let mut found = matching(db, &expression, "AND incidents.is_open = 1", HITS)?;
    found.retain(|incident| alike(incident) >= words.len().min(2));
    found.sort_by_key(|incident| std::cmp::Reverse(alike(incident)));
    found.truncate(limit);
    Ok(found)
}

/// The words that say what it is about: the longer ones, once each.
fn telling(text: &str) -> Vec<String> {
    let mut words: Vec<String> =
        text.split(|c: char| !c.is_alphanumeric()).filter(|word| word.chars().count() > 3).take(24).map(str::to_lowercase).collect();
    words.sort_unstable();
    words.dedup();
    words
}

fn matching(db: &Connection, expression: &str, also: &str, limit: usize) -> Result<Vec<Incident>> {
    let sql = format!(
        "SELECT state FROM incident_search JOIN incidents ON incidents.number = incident_search.rowid
         WHERE incident_search MATCH ?1 {also} ORDER BY incident_search.rowid DESC LIMIT ?2"
    );
    let mut statement = db.prepare_cached(&sql)?;
    column::each_readable(&mut statement, params![expression, limit as i64], "an incident", |row| column::document(row, 0))
}

/// What was typed as an FTS5 expression: every word quoted, so that nothing in it
/// is taken for an operator.
fn expression(query: &str, between: &str) -> Option<String> {
    let words: Vec<String> =
        query.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).take(24).map(|word| format!("\"{word}\"*")).collect();
    if words.is_empty() { None } else { Some(words.join(between)) }
}
