//! What falls due besides incidents. Each kind stands here once: when the next of it is due, what does it, and what is
//! said where nobody does.

use std::sync::Arc;

use rusqlite::Connection;

use super::{Engine, drill, hand_over, parcels, reminder, rooms};
use crate::domain::time::Instant;
use crate::host::Change;
use crate::store::{Result, StoreError, deliveries, notices};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Chore {
    /// Notices that are to be shown at the desk.
    Notices,
    Messages,
    Rooms,
    /// Attached files that follow their message.
    Files,
    Drill,
    /// Nobody has accepted the desk yet.
    HandOver,
    /// The weekly look for holes in the plan.
    Holes,
}

impl Chore {
    pub(super) const ALL: [Self; 7] = [Self::Notices, Self::Messages, Self::Rooms, Self::Files, Self::Drill, Self::HandOver, Self::Holes];

    /// When the next of it is due.
    pub(super) fn due(self, db: &Connection) -> Result<Option<Instant>> {
        match self {
            Self::Notices => notices::unshown_since(db),
            Self::Messages => deliveries::next_attempt_at(db),
            Self::Rooms => rooms::next_due(db),
            Self::Files => parcels::next_due(db),
            Self::Drill => drill::next_due(db),
            Self::HandOver => hand_over::next_due(db),
            Self::Holes => Ok(reminder::next_due(db)),
        }
    }

    fn is_due(self, db: &Connection, now: Instant) -> Result<bool> {
        match self {
            Self::Holes => Ok(reminder::is_due(db, now)),
            _ => Ok(self.due(db)?.is_some_and(|due| due <= now)),
        }
    }

    /// What is said of it once it is late.
    pub(super) const fn late(self) -> &'static str {
        match self {
            Self::Notices => "What this desk is to be told waits",
            Self::Messages => "Messages wait to be sent",
            Self::Rooms => "Rooms of incidents are not looked after",
            Self::Files => "Attached files wait to be sent",
            Self::Drill => "A drill is not begun or ended",
            Self::HandOver => "Nobody is reminded that the desk waits for whoever takes it",
            Self::Holes => "Nobody looks for holes in the plan",
        }
    }
}

impl Engine {
    /// Which of them can be done: while every place is taken, what is to be sent waits for one to end, and that wakes
    /// the engine.
    pub(super) fn has_place(&self, chore: Chore) -> bool {
        let sends = self.sending.available_permits() > 0;
        match chore {
            Chore::Messages | Chore::Rooms => sends,
            Chore::Files => sends && self.carrying.available_permits() > 0,
            Chore::Notices | Chore::Drill | Chore::HandOver | Chore::Holes => true,
        }
    }

    /// Does what is due besides incidents, notices and messages. Each is looked for and done apart: one that fails
    /// leaves the others.
    pub(super) async fn do_chores(self: &Arc<Self>, now: Instant) {
        let look = move |db: &Connection| {
            let others = Chore::ALL.into_iter().filter(|chore| !matches!(chore, Chore::Notices | Chore::Messages));
            let due = others.map(|chore| (chore, chore.is_due(db, now)));
            Ok(due.filter(|(_, due)| !matches!(due, Ok(false))).collect::<Vec<_>>())
        };
        let found = match self.store.read::<_, StoreError, _>(look).await {
            Ok(found) => found,
            Err(failure) => return tracing::error!(%failure, "nobody could look what is due besides incidents"),
        };
        for (chore, due) in found {
            let done = match due {
                Ok(_) => self.does(chore, now).await,
                Err(failure) => Err(failure),
            };
            if let Err(failure) = done {
                tracing::error!(%failure, "{}", chore.late());
            }
        }
    }

    async fn does(self: &Arc<Self>, chore: Chore, now: Instant) -> Result<()> {
        match chore {
            Chore::Rooms => return self.tend_rooms(now).await,
            Chore::Files => return self.carry_files(now).await,
            Chore::Drill => self.store.write::<_, StoreError, _>(move |db| drill::perform(db, now)).await?,
            Chore::HandOver => self.store.write::<_, StoreError, _>(move |db| hand_over::remind(db, now)).await?,
            Chore::Holes => self.store.write::<_, StoreError, _>(move |db| reminder::remind(db, now)).await?,
            // Begun with the incidents.
            Chore::Notices | Chore::Messages => return Ok(()),
        }
        if chore == Chore::Drill {
            self.tell([Change::Channels]);
        }
        self.tell([Change::Notices]);
        // The desk is told of them with the next turn's notices.
        self.wake();
        Ok(())
    }
}
