//! A hand-over that nobody has accepted is asked for again and again.

use rusqlite::Connection;

use super::lookup;
use crate::domain::hand_over::HandOver;
use crate::domain::id::NoticeId;
use crate::domain::notice::Asks;
use crate::domain::time::{Instant, spoken};
use crate::store::notices::{self, NoticeRow};
use crate::store::{Result, hand_overs, settings};

pub(super) fn next_due(db: &Connection) -> Result<Option<Instant>> {
    hand_overs::next_due(db)
}

/// Tells the desk that nobody has accepted it, and when it is told again.
pub(super) fn remind(db: &Connection, now: Instant) -> Result<()> {
    let Some(waiting) = hand_overs::waiting(db)?.filter(|waiting| waiting.remind_at <= now) else {
        return hand_overs::forget_due(db, now);
    };
    let title = format!("{} has not accepted the desk yet", waiting.name);
    let given = spoken(waiting.given_at, now, lookup::desk(db)?.tz());
    let body = format!("{} gave it over {given} and still has it, with everything that is asked here.", waiting.by);
    tell(db, &waiting, title, body, now)?;
    let every = lookup::rules(db)?.rhythm.reminder.max(1);
    hand_overs::save(db, &HandOver { remind_at: now.plus_minutes(every), ..waiting }, true)
}

/// A notice that opens where it is answered; it takes the place of the one before it.
pub fn tell(db: &Connection, about: &HandOver, title: String, body: String, now: Instant) -> Result<()> {
    clear(db, now)?;
    let id = NoticeId::new(now);
    settings::put(db, LAST_NOTICE, &(id, about.id))?;
    let row = NoticeRow { id, incident: None, at: now, title, body, critical: false, asks: Asks::HandOver, about: None, read: false };
    notices::add(db, &row)
}

/// What was said of a hand-over is not asked any more.
pub fn clear(db: &Connection, now: Instant) -> Result<()> {
    if let Some((id, _)) = settings::get::<(NoticeId, crate::domain::id::HandOverId)>(db, LAST_NOTICE)? {
        notices::read(db, id, now)?;
    }
    Ok(())
}

const LAST_NOTICE: &str = "hand_over_notice";
