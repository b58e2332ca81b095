//! One turn: what is due is performed, what is queued begins to leave, and the
//! answer is when to look again. It takes no input but the time: everything is
//! read from the database, so a turn too many does no harm.

use rusqlite::Connection;
use std::sync::Arc;
use tokio::task::JoinHandle;

use super::chores::Chore;
use super::record::{Agreed, CommandFailure};
use super::{Engine, backup, outbox, parcels, record, sound, summary};
use crate::domain::check_in::NOTHING_NEW;
use crate::domain::command::Command;
use crate::domain::id::{IncidentId, NoticeId};
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
        self.do_chores(now).await;
        if let Err(failure) = self.back_up_if_due(now).await {
            tracing::error!(%failure, "nobody could look whether a copy is due");
        }
        failed?;
        let shown = shown?;
        begun?;
        Ok(shown)
    }

    async fn next_due(&self) -> Result<Option<Instant>, CommandFailure> {
        let now = self.now();
        let can = Chore::ALL.into_iter().filter(|chore| self.has_place(*chore)).collect::<Vec<_>>();
        let copies = self.awaits_copy(now);
        let look = move |db: &Connection| {
            let copy = if copies { backup::next_due(db, now) } else { None };
            let mut due: Vec<Instant> = incidents::next_due_at(db)?.into_iter().chain(copy).collect();
            for chore in can {
                due.extend(chore.due(db)?);
            }
            Ok(due.into_iter().min())
        };
        Ok(self.store.read::<_, StoreError, _>(look).await?)
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
