//! Somebody who looks beside the engine, once a minute, whether what is due was done. It shares no loop and no thread
//! with it, so an engine that hangs is noticed; and what it says goes through nothing that may be what is broken.

use rusqlite::Connection;
use serde::Serialize;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::task::JoinHandle;
use ts_rs::TS;

use super::chores::Chore;
use super::{Engine, lookup, sound};
use crate::channel::heartbeat::HeartbeatLine;
use crate::domain::due;
use crate::domain::heartbeat::Beating;
use crate::domain::id::NoticeId;
use crate::domain::lateness::{Alarm, EVERY, Overdue, Wakefulness, is_late};
use crate::domain::sound::is_muted;
use crate::domain::text::shorten;
use crate::domain::time::{Instant, MINUTE, spoken};
use crate::host::{Change, ShownNotice};
use crate::store::{Result, StoreError, incidents};
use chrono_tz::Tz;

/// What takes longer does not answer.
const PATIENCE: Duration = Duration::from_secs(20);

/// Incidents that are named; of the others their number.
const NAMED: usize = 3;

/// No desk has more.
const MOST: usize = 20_000;

/// What to do about it, whatever it is.
const ADVICE: &str = "Call whoever cannot wait: the call sheet has the numbers. Then quit Baton and start it again; nothing is lost.";

#[derive(Default)]
pub(super) struct SelfCheck {
    state: Mutex<State>,
    pub(super) line: HeartbeatLine,
}

#[derive(Default)]
pub(super) struct State {
    wakefulness: Wakefulness,
    alarm: Alarm,
    /// As it was seen last.
    overdue: Vec<Overdue>,
    zone: Tz,
    muted_until: Option<Instant>,
    /// The database could not be looked into since then.
    blind_since: Option<Instant>,
    pub(super) beating: Beating,
    open: Option<u32>,
    next_due: Option<Instant>,
}

/// What is late, in words for the desk.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct Lateness {
    pub since: String,
    /// One line each.
    pub what: Vec<String>,
    pub advice: String,
}

/// What is seen of the database.
struct Seen {
    overdue: Vec<Overdue>,
    open: u32,
    next_due: Option<Instant>,
    zone: Tz,
    muted_until: Option<Instant>,
}

/// What was seen last, for whoever is told from outside.
pub(super) struct Sight {
    pub(super) late_since: Option<Instant>,
    pub(super) open: Option<u32>,
    pub(super) next_due: Option<Instant>,
}

impl SelfCheck {
    pub(super) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn sight(&self) -> Sight {
        let state = self.state();
        Sight { late_since: state.alarm.since(), open: state.open, next_due: state.next_due }
    }
}

impl Engine {
    /// Looks once a minute until the future is dropped. It is to run on a thread of its own.
    pub async fn watch_over(self: Arc<Self>) {
        loop {
            let began = self.now();
            // Whoever looks waits for no notification daemon.
            drop(self.look().await);
            let left = EVERY - self.now().since(began).clamp(0, EVERY);
            self.clock.sleep(Duration::from_millis(u64::try_from(left).unwrap_or(0).max(1_000))).await;
        }
    }

    /// Looks once: alarms the desk where something is late, and gives a sign of life. The alarm that is being shown is
    /// returned.
    pub async fn look(self: &Arc<Self>) -> Option<JoinHandle<()>> {
        let now = self.now();
        let awake_since = self.self_check.state().wakefulness.look(now);
        // A large file may be on its way for minutes, and those behind it wait for their place.
        let files = self.carrying.available_permits() > 0;
        let looking = self.store.read::<_, StoreError, _>(move |db| see(db, files, awake_since, now));
        let seen = match tokio::time::timeout(PATIENCE, looking).await {
            Ok(Ok(seen)) => Ok(seen),
            Ok(Err(failure)) => Err(failure.to_string()),
            Err(_) => Err("The database does not answer.".into()),
        };
        let alarm = self.take_over(seen, awake_since, now);
        let others = async {
            self.give_sign_of_life(now).await;
            self.end_of_silence(now).await;
        };
        // A keyring that asks somebody, or a disk that is gone, must not keep the next look from coming.
        if tokio::time::timeout(PATIENCE, others).await.is_err() {
            tracing::warn!("the sign of life is not waited for any longer");
        }
        alarm
    }

    fn take_over(&self, seen: std::result::Result<Seen, String>, awake_since: Instant, now: Instant) -> Option<JoinHandle<()>> {
        let mut state = self.self_check.state();
        let mut overdue = vec![];
        match seen {
            Ok(seen) => {
                (state.blind_since, state.open, state.next_due) = (None, Some(seen.open), seen.next_due);
                (state.overdue, state.zone, state.muted_until) = (seen.overdue, seen.zone, seen.muted_until);
            }
            Err(words) => {
                (state.open, state.next_due) = (None, None);
                let since = *state.blind_since.get_or_insert(now);
                let blind = Overdue { words: format!("Nobody can look what is due. {words}"), since };
                overdue.extend(is_late(since, awake_since, now).then_some(blind));
            }
        }
        overdue.extend(state.overdue.iter().cloned());
        let changed = overdue != state.alarm.overdue();
        let tell = state.alarm.stands(overdue, now);
        let heard = !is_muted(state.muted_until, now);
        drop(state);
        if changed {
            self.tell([Change::Settings]);
        }
        let late = self.lateness();
        if changed && late.is_none() {
            tracing::info!("nothing is late any more");
        }
        let late = late.filter(|_| tell)?;
        tracing::error!(what = ?late.what, "something is late");
        Some(self.alarm(&late, heard, now))
    }

    fn alarm(&self, late: &Lateness, sound: bool, now: Instant) -> JoinHandle<()> {
        let notice = ShownNotice {
            id: NoticeId::new(now),
            incident: None,
            title: "Baton is late: this needs you now".into(),
            body: format!("{}\n{}", late.what.join("\n"), late.advice),
            critical: true,
            sound,
            actions: vec![("open".into(), "Open".into())],
            word: None,
        };
        let notifier = Arc::clone(&self.notifier);
        tokio::task::spawn_blocking(move || {
            if let Err(reason) = notifier.show(&notice) {
                tracing::warn!(%reason, "the alarm could not be shown; the window says it");
            }
        })
    }

    /// What is late at present, if anything is.
    pub fn lateness(&self) -> Option<Lateness> {
        let state = self.self_check.state();
        let (now, zone) = (self.now(), state.zone);
        let line = |one: &Overdue| format!("{}, since {}", one.words, spoken(one.since, now, zone));
        let since = spoken(state.alarm.since()?, now, zone);
        let what = state.alarm.overdue().iter().map(line).collect();
        drop(state);
        let advice = self.trouble().map_or_else(|| ADVICE.to_string(), |trouble| format!("{trouble} {ADVICE}"));
        Some(Lateness { since, what, advice })
    }
}

fn see(db: &Connection, files: bool, awake_since: Instant, now: Instant) -> Result<Seen> {
    let late = |due: Option<Instant>| due.filter(|due| is_late(*due, awake_since, now));
    let (open, _) = incidents::counts(db, now)?;
    let due = incidents::next_due_at(db)?;
    let mut overdue = vec![];
    if let Some(since) = late(due) {
        overdue.extend(of_incidents(db, since, now)?);
    }
    let mut next_due = due;
    for chore in Chore::ALL.into_iter().filter(|chore| files || *chore != Chore::Files) {
        let due = chore.due(db)?;
        overdue.extend(late(due).map(|since| Overdue { since, words: chore.late().into() }));
        next_due = next_due.into_iter().chain(due).min();
    }
    Ok(Seen { overdue, open, next_due, zone: lookup::desk(db)?.tz(), muted_until: sound::muted_until(db, now) })
}

/// The first few by name, for somebody has to do by hand what they wait for.
fn of_incidents(db: &Connection, since: Instant, now: Instant) -> Result<Vec<Overdue>> {
    let due = incidents::due(db, now.plus(-MINUTE), 0, MOST)?;
    let mut named = vec![];
    for id in due.iter().take(NAMED) {
        // One that cannot be read is counted, and hides none of the others.
        let Ok(Some(incident)) = incidents::find(db, *id) else { continue };
        let Some(next) = due::next_due(&incident) else { continue };
        let words = format!("{} {}: {}", incident.reference, shorten(&incident.facts.title(), 60), due::words(&incident, next));
        named.push(Overdue { words, since: next.at });
    }
    let more = due.len().saturating_sub(named.len());
    if more > 0 {
        let words = if more == 1 { "1 more incident waits".into() } else { format!("{more} more incidents wait") };
        named.push(Overdue { words, since });
    }
    Ok(named)
}
