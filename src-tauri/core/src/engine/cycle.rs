//! One turn: what is due is performed, what is queued begins to leave, and the
//! answer is when to look again. It takes no input but the time: everything is
//! read from the database, so a turn too many does no harm.

use rusqlite::Connection;
use std::sync::Arc;
use tokio::task::JoinHandle;

use super::record::{Agreed, CommandFailure};
use super::{Engine, backup, drill, hand_over, outbox, parcels, record, reminder, rooms, sound, summary};
use crate::domain::check_in::NOTHING_NEW;
use crate::domain::command::Command;
use crate::domain::id::{IncidentId, NoticeId};
use crate::domain::readiness::Finding;
use crate::domain::time::Instant;
use crate::host::{Change, ShownNotice};
use crate::store::notices::{self, NoticeRow};
use crate::store::{Result, StoreError, deliveries, incidents};

/// The most incidents that are worked on in one transaction, so that a person who
/// files one never waits for hundreds.
const AT_ONCE: usize = 50;

impl Engine {
    /// Takes up what the last run left open. Once, before the first turn.
    pub async fn resume(&self) -> Result<()> {
        let now = self.now();
        self.store.write(move |db| parcels::reopen(db, now)).await?;
        let cut_short = self.store.write(move |db| outbox::reopen_cut_short(db, now)).await?;
        if cut_short > 0 {
            tracing::warn!(cut_short, "sends that the last run left open go again");
        }
        // Whatever a clock that was ahead put off is due by the right one.
        let open = |db: &Connection| Ok([incidents::open(db)?, incidents::with_tasks(db)?].concat());
        let open = self.store.read::<_, StoreError, _>(open).await?;
        for id in open.into_iter().filter(|incident| record::was_ahead(incident, now)).map(|incident| incident.id) {
            if let Err(failure) = self.store.write(move |db| perform_due(db, id, now)).await {
                tracing::error!(%id, %failure, "an incident is still due by a clock that was ahead");
            }
        }
        Ok(())
    }

    /// Does what is due now and returns when something is due next. Sends go on
    /// by themselves; each wakes the engine when it ends.
    ///
    /// What cannot be done for one incident does not keep the others waiting; it
    /// is the answer when everything else is done.
    pub async fn cycle(self: &Arc<Self>) -> Result<Option<Instant>, CommandFailure> {
        self.do_what_is_due().await?;
        self.next_due().await
    }

    /// Does what is due now. What is being shown at the desk by it is returned.
    async fn do_what_is_due(self: &Arc<Self>) -> Result<Vec<JoinHandle<()>>, CommandFailure> {
        let now = self.now();
        let mut failed = Ok(());
        // They are due still, and stay before the others.
        let mut failing = 0;
        loop {
            let due = self.store.read::<_, StoreError, _>(move |db| incidents::due(db, now, failing, AT_ONCE)).await?;
            let found = due.len();
            // Asked for together, they share a commit; each is undone alone.
            let under_way: Vec<_> = due.into_iter().map(|id| self.perform(id, now)).collect();
            for (id, done) in under_way {
                match done.await.unwrap_or(Err(CommandFailure::Store(StoreError::Stopped))) {
                    Ok(()) => self.tell([Change::Incident(id)]),
                    Err(failure) => {
                        failing += 1;
                        tracing::error!(%id, %failure, "what is due could not be done");
                        failed = Err(failure);
                    }
                }
            }
            if found < AT_ONCE {
                break;
            }
        }
        let (shown, begun) = (self.show_notices(now).await, self.begin_sends(now).await);
        // It can wait; what is said above cannot.
        self.do_what_else_is_due(now).await;
        failed?;
        let shown = shown?;
        begun?;
        Ok(shown)
    }

    async fn next_due(&self) -> Result<Option<Instant>, CommandFailure> {
        // While every place is taken, what is to be sent waits for one to end, and
        // that wakes the engine.
        let sends = self.sending.available_permits() > 0;
        let files = sends && self.carrying.available_permits() > 0;
        let now = self.now();
        let copies = self.awaits_copy(now);
        let due = self.store.read::<_, StoreError, _>(move |db| next_due(db, sends, files, copies.then_some(now))).await?;
        Ok(due)
    }

    /// Does everything that is due now, waits for what it sends, and returns when
    /// something is due next.
    pub async fn settle(self: &Arc<Self>) -> Result<Option<Instant>, CommandFailure> {
        loop {
            for shown in self.do_what_is_due().await? {
                drop(shown.await);
            }
            self.sends_end().await;
            // Asked only now: a send that ended during the turn may have left something due.
            let due = self.next_due().await?;
            if due.is_none_or(|due| due > self.now()) {
                return Ok(due);
            }
        }
    }

    /// What is due besides incidents and messages. Each is looked for and done apart:
    /// one that fails leaves the others.
    async fn do_what_else_is_due(self: &Arc<Self>, now: Instant) {
        let is_due = move |due: Option<Instant>| due.is_some_and(|due| due <= now);
        let look = move |db: &Connection| {
            let (reminder, rooms, files, drill) = (reminder::due(db, now), rooms::next_due(db), parcels::next_due(db), drill::next_due(db));
            let hand_over = hand_over::next_due(db).map(is_due);
            Ok((reminder, rooms.map(is_due), files.map(is_due), drill.map(is_due), hand_over))
        };
        let (reminder, rooms, files, drill, hand_over) = match self.store.read::<_, StoreError, _>(look).await {
            Ok(found) => found,
            Err(failure) => return tracing::error!(%failure, "nobody could look what is due besides incidents"),
        };
        let reminded = match reminder {
            Ok(Some(holes)) => self.remind(holes, now).await,
            Ok(None) => Ok(()),
            Err(failure) => Err(failure),
        };
        if let Err(failure) = reminded {
            tracing::error!(%failure, "the desk could not be reminded of holes in the plan");
        }
        let tended = match rooms {
            Ok(true) => self.tend_rooms(now).await,
            Ok(false) => Ok(()),
            Err(failure) => Err(failure),
        };
        if let Err(failure) = tended {
            tracing::error!(%failure, "what is due for a room could not be begun");
        }
        let carried = match files {
            Ok(true) => self.carry_files(now).await,
            Ok(false) => Ok(()),
            Err(failure) => Err(failure),
        };
        if let Err(failure) = carried {
            tracing::error!(%failure, "files that were to follow their message could not be begun");
        }
        let drilled = match drill {
            Ok(true) => self.drill(now).await,
            Ok(false) => Ok(()),
            Err(failure) => Err(failure),
        };
        if let Err(failure) = drilled {
            tracing::error!(%failure, "a drill that was due could not be begun or ended");
        }
        let asked = match hand_over {
            Ok(true) => self.ask_for_the_desk(now).await,
            Ok(false) => Ok(()),
            Err(failure) => Err(failure),
        };
        if let Err(failure) = asked {
            tracing::error!(%failure, "the desk could not be told that nobody has accepted it");
        }
        if let Err(failure) = self.back_up_if_due(now).await {
            tracing::error!(%failure, "nobody could look whether a copy is due");
        }
    }

    async fn remind(&self, holes: Vec<Finding>, now: Instant) -> Result<()> {
        self.store.write::<_, StoreError, _>(move |db| reminder::remind(db, &holes, now)).await?;
        self.tell([Change::Notices]);
        self.wake();
        Ok(())
    }

    async fn ask_for_the_desk(&self, now: Instant) -> Result<()> {
        self.store.write::<_, StoreError, _>(move |db| hand_over::remind(db, now)).await?;
        self.tell([Change::Notices]);
        self.wake();
        Ok(())
    }

    async fn drill(&self, now: Instant) -> Result<()> {
        self.store.write::<_, StoreError, _>(move |db| drill::perform(db, now)).await?;
        self.tell([Change::Channels, Change::Notices]);
        self.wake();
        Ok(())
    }

    fn perform(self: &Arc<Self>, id: IncidentId, now: Instant) -> (IncidentId, JoinHandle<Result<(), CommandFailure>>) {
        let store = self.store.clone();
        (id, tokio::spawn(async move { store.write(move |db| perform_due(db, id, now)).await }))
    }

    /// Returns when no send is under way, and no copy.
    pub async fn sends_end(&self) {
        drop(self.no_copies().await);
        let all = u32::try_from(super::SENDING).unwrap_or(u32::MAX);
        drop(self.sending.acquire_many(all).await);
    }

    async fn begin_sends(self: &Arc<Self>, now: Instant) -> Result<(), CommandFailure> {
        let free = self.sending.available_permits();
        let is_due = move |db: &Connection| Ok(deliveries::next_attempt_at(db)?.is_some_and(|due| due <= now));
        // While nothing is, the disk is left alone.
        if free == 0 || !self.store.read::<_, StoreError, _>(is_due).await? {
            return Ok(());
        }
        let pacing = Arc::clone(&self.pacing);
        let claim = move |db: &Connection| {
            let mut pacing = pacing.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
            outbox::claim(db, now, free, &mut pacing)
        };
        let outbox::Claimed { to_send, to_call } = self.store.write(claim).await?;
        if !to_call.is_empty() {
            self.tell(to_call.iter().map(|call| Change::Incident(call.incident)));
            // The desk is told of them with the next turn's notices.
            self.wake();
        }
        for bundle in to_send {
            let Ok(permit) = Arc::clone(&self.sending).acquire_owned().await else { return Ok(()) };
            let engine = Arc::clone(self);
            self.tell(bundle.0.iter().map(|delivery| Change::Incident(delivery.incident)));
            tokio::spawn(async move {
                engine.send(bundle).await;
                drop(permit);
            });
        }
        Ok(())
    }

    async fn show_notices(&self, now: Instant) -> Result<Vec<JoinHandle<()>>> {
        let waiting = move |db: &Connection| {
            let waiting = notices::unshown(db, summary::MOST)?;
            let ids: Vec<NoticeId> = waiting.iter().map(|notice| notice.id).collect();
            let (each, together) = summary::parted(waiting);
            let mut to_show = Vec::new();
            for notice in each {
                let sound = sound::wanted(db, std::slice::from_ref(&notice), now)?;
                to_show.push(ShownNotice { sound, ..shown(notice) });
            }
            if !together.is_empty() {
                let sound = sound::wanted(db, &together, now)?;
                to_show.push(ShownNotice { sound, ..summary::of(&together, incidents::awaited_longest(db)?, now) });
            }
            Ok((ids, to_show))
        };
        let (ids, to_show) = self.store.read::<_, StoreError, _>(waiting).await?;
        if to_show.is_empty() {
            return Ok(vec![]);
        }
        // Written before they are shown: a crash between the two loses the bubble, never the notice, which is unread in
        // the inbox.
        self.store.write::<_, StoreError, _>(move |db| ids.iter().try_for_each(|id| notices::shown(db, *id, now))).await?;
        let showing = to_show.into_iter().map(|notice| self.show(notice)).collect();
        self.tell([Change::Notices]);
        Ok(showing)
    }

    /// A turn does not await it: a notification daemon that hangs must not hold the climb.
    fn show(&self, notice: ShownNotice) -> JoinHandle<()> {
        let notifier = Arc::clone(&self.notifier);
        tokio::task::spawn_blocking(move || {
            if let Err(reason) = notifier.show(&notice) {
                tracing::info!(%reason, "a notification could not be shown and waits in the inbox");
            }
        })
    }
}

fn perform_due(db: &Connection, id: IncidentId, now: Instant) -> Result<(), CommandFailure> {
    let agreed = Agreed::read(db, now)?;
    record::command(db, &agreed, id, Command::TimePasses, now)?;
    Ok(())
}

fn next_due(db: &Connection, sends: bool, files: bool, copies: Option<Instant>) -> Result<Option<Instant>> {
    let copy = copies.and_then(|now| backup::next_due(db, now));
    let files = if files { parcels::next_due(db)? } else { None };
    let (to_send, rooms) = if sends { (deliveries::next_attempt_at(db)?, rooms::next_due(db)?) } else { (None, None) };
    // What a send left behind when it ended is shown by the next turn.
    let to_show = notices::unshown_since(db)?;
    let all = [
        incidents::next_due_at(db)?,
        to_show,
        to_send,
        rooms,
        files,
        reminder::next_due(db),
        drill::next_due(db)?,
        hand_over::next_due(db)?,
        copy,
    ];
    Ok(all.into_iter().flatten().min())
}

fn shown(notice: NoticeRow) -> ShownNotice {
    let actions = notice.asks.buttons().iter().map(|button| (button.id().to_string(), button.label())).collect();
    let word = notice.asks.is_check_in().then_some(NOTHING_NEW);
    ShownNotice {
        id: notice.id,
        incident: notice.incident,
        title: notice.title,
        body: notice.body,
        critical: notice.critical,
        sound: false,
        actions,
        word,
    }
}
