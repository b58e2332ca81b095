//! The inbox of what the desk was told, and the buttons on a notification.

use super::types::{Action, Doing, Notice, NoticeButton};
use super::{Answer, Desk};
use crate::domain::check_in::NOTHING_NEW;
use crate::domain::climb;
use crate::domain::id::{DeliveryId, IncidentId, NoticeId};
use crate::domain::incident::{Incident, Phase};
use crate::domain::notice::{Asks, Button, LATER};
use crate::domain::progress::{self, MORE};
use crate::domain::time::spoken;
use crate::engine::lookup;
use crate::host::Change;
use crate::store::notices::NoticeRow;
use crate::store::{deliveries, incidents, notices};
use chrono_tz::Tz;

/// The most notices the inbox shows.
const SHOWN: usize = 1_000;

/// What a button on a notification came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answered {
    Done,
    /// The window is wanted, at this incident.
    Open(Option<IncidentId>),
    /// The window is wanted where one key escalates this incident.
    OpenToEscalate(IncidentId),
    /// The window is wanted where one key calls the next level about this incident.
    OpenToGoFurther(IncidentId),
    /// The window is wanted where a word on how this incident stands is typed.
    OpenToCheckIn(IncidentId),
    /// The window is wanted where it is said why this incident can wait, and until when.
    OpenToSnooze(IncidentId),
    /// It has moved on since it was asked: nothing was done, and the window says so.
    TooLate(IncidentId),
    /// The window is wanted, where the holes in the plan are.
    OpenReadiness,
    /// The window is wanted, where the copies of everything are.
    OpenBackup,
    /// The window is wanted, where the desk goes from one to the next.
    OpenHandOver,
    /// The window is wanted, where the heartbeat is.
    OpenHeartbeat,
}

impl Answered {
    /// Where in the window the rest is done; `None` where nothing is left.
    #[must_use]
    pub fn address(self) -> Option<String> {
        Some(match self {
            Self::Done => return None,
            Self::Open(None) => "inbox".into(),
            Self::Open(Some(incident)) => format!("incident/{incident}"),
            Self::OpenToEscalate(incident) => format!("incident/{incident}/escalate"),
            Self::OpenToGoFurther(incident) => format!("incident/{incident}/further"),
            Self::OpenToCheckIn(incident) => format!("incident/{incident}/check_in"),
            Self::OpenToSnooze(incident) => format!("incident/{incident}/snooze"),
            Self::TooLate(incident) => format!("incident/{incident}/late"),
            Self::OpenReadiness => "directory/readiness".into(),
            Self::OpenBackup => "settings/backup".into(),
            Self::OpenHandOver => "hand-over".into(),
            Self::OpenHeartbeat => "settings/desk".into(),
        })
    }
}

impl Desk {
    pub async fn notices(&self) -> Answer<Vec<Notice>> {
        let now = self.now();
        self.read(move |db| {
            let zone = lookup::desk(db)?.tz();
            let asked = |row: &NoticeRow| {
                let asks = !row.read && matches!(row.asks, Asks::Progress | Asks::Decision);
                // One that cannot be read is only not answered from here.
                let incident = row.incident.filter(|_| asks).and_then(|id| incidents::find(db, id).ok().flatten())?;
                progress::question(&incident, now, zone)
            };
            Ok(notices::latest(db, SHOWN)?
                .into_iter()
                .map(|row| Notice {
                    asked: asked(&row),
                    buttons: buttons(&row),
                    takes_word: !row.read && row.asks.is_check_in(),
                    opens: row.asks.opens(row.incident),
                    id: row.id,
                    incident: row.incident,
                    at: row.at,
                    time: spoken(row.at, now, zone),
                    title: row.title,
                    body: row.body,
                    critical: row.critical,
                    read: row.read,
                })
                .collect())
        })
        .await
    }

    pub async fn read_notice(&self, id: NoticeId) -> Answer<()> {
        let now = self.now();
        self.write([Change::Notices], move |db| Ok(notices::read(db, id, now)?)).await.map(|_| ())
    }

    /// A button on a notification was pressed, one of [`Button::id`]; `word` is what was typed beside it, and `None` where
    /// nothing could be. One that comes after the incident has moved on does no harm and opens it.
    pub async fn answer_notice(&self, id: NoticeId, button: &str, word: Option<String>) -> Answer<Answered> {
        let (notice, delivery) = self.read(move |db| Ok((notices::find(db, id)?, deliveries::find(db, DeliveryId(id.0))?))).await?;
        let Some(notice) = notice else {
            // A message to this very desktop: its notification has the delivery's id.
            return Ok(Answered::Open(delivery.map(|delivery| delivery.incident)));
        };
        let now = self.now();
        let first = self.write([Change::Notices], move |db| Ok(notices::read(db, id, now)?)).await?;
        let Some(incident) = notice.incident else {
            return Ok(match notice.asks {
                Asks::SeeBackup => Answered::OpenBackup,
                Asks::HandOver => Answered::OpenHandOver,
                Asks::SeeHeartbeat => Answered::OpenHeartbeat,
                _ => Answered::OpenReadiness,
            });
        };
        match notice.asks.buttons().iter().find(|known| known.id() == button) {
            // The second of two clicks.
            Some(Button::Snooze(_) | Button::Nudge) if !first => Ok(Answered::TooLate(incident)),
            Some(pressed) => match notice.about {
                Some(number) => self.answer_about(incident, number, *pressed).await,
                None => self.answer_asked(incident, notice.asks, *pressed, word).await,
            },
            None => Ok(Answered::Open(Some(incident))),
        }
    }

    /// A check-in that a notification asks for is done once: a second click on it comes too late.
    async fn answer_asked(&self, incident: IncidentId, asks: Asks, pressed: Button, word: Option<String>) -> Answer<Answered> {
        let asks_now = |known: &Incident| known.check_in.as_ref().is_some_and(|check_in| check_in.reminders > 0);
        if pressed == Button::Done && asks.is_check_in() {
            let known = self.read(move |db| Ok(incidents::find(db, incident)?)).await?;
            if !known.is_some_and(|known| known.is_open() && asks_now(&known)) {
                return Ok(Answered::TooLate(incident));
            }
            return match word {
                Some(note) => self.done_or_too_late(incident, Action::CheckIn { note }).await,
                None => Ok(Answered::OpenToCheckIn(incident)),
            };
        }
        if pressed == Button::Escalate && !asks.is_check_in() && !self.is_tried_here(incident).await? {
            return Ok(Answered::TooLate(incident));
        }
        self.answer(incident, pressed, "from the notification").await
    }

    async fn is_tried_here(&self, incident: IncidentId) -> Answer<bool> {
        let known = self.read(move |db| Ok(incidents::find(db, incident)?)).await?;
        Ok(known.is_some_and(|known| matches!(known.phase, Phase::Trying { .. })))
    }

    /// The same about a promise or a task.
    pub async fn answer_about(&self, incident: IncidentId, number: u32, pressed: Button) -> Answer<Answered> {
        let doing = match pressed {
            Button::Done => Doing::Done {},
            Button::Later => Doing::PutOff { minutes: LATER },
            _ => return Ok(Answered::Open(Some(incident))),
        };
        let known = self.read(move |db| Ok(incidents::find(db, incident)?)).await?;
        let stands = known.is_some_and(|known| known.commitments.iter().any(|one| one.number == number && one.is_open()));
        if !stands {
            return Ok(Answered::TooLate(incident));
        }
        self.done_or_too_late(incident, Action::Commitment { number, doing }).await
    }

    async fn done_or_too_late(&self, incident: IncidentId, action: Action) -> Answer<Answered> {
        match self.act(incident, action).await {
            Ok(_) => Ok(Answered::Done),
            Err(refused) => {
                tracing::info!(message = refused.message, "a button came too late");
                Ok(Answered::TooLate(incident))
            }
        }
    }

    /// A button was pressed outside the window; `from` says where. What it answers may have moved on since.
    pub async fn answer(&self, incident: IncidentId, pressed: Button, from: &str) -> Answer<Answered> {
        let now = self.now();
        // "Any progress?" was asked of a desk that tries: whoever has it since is not to hear "solved" from an old bubble, and
        // what was answered once already is not answered twice.
        let known = self.read(move |db| Ok(incidents::find(db, incident)?)).await?;
        let trying = known.as_ref().is_some_and(|known| matches!(known.phase, Phase::Trying { .. }));
        let stands = known.as_ref().is_some_and(|known| match pressed {
            Button::Longer => progress::question(known, now, Tz::UTC).is_some_and(|asked| asked.more.is_some()),
            Button::Solved => trying,
            Button::Escalate => trying || climb::further(known).is_some(),
            Button::Snooze(_) | Button::SnoozeElse => known.may_sleep(),
            _ => known.is_open() || pressed == Button::Open,
        });
        if !stands {
            return Ok(Answered::TooLate(incident));
        }
        let holder = |known: &Incident| if let Phase::Held { by, .. } = known.phase { by } else { None };
        let action = match pressed {
            Button::Nudge => match known.as_ref().and_then(holder) {
                Some(person) => Action::Nudge { person },
                None => return Ok(Answered::TooLate(incident)),
            },
            Button::Done => Action::CheckIn { note: format!("{NOTHING_NEW} ({from})") },
            Button::Solved => Action::Resolve { cause: String::new(), fix: String::new(), follow_ups: vec![] },
            Button::Longer => Action::CarryOn { minutes: MORE },
            Button::Snooze(reason) => Action::Snooze { minutes: LATER, why: format!("{} ({from})", reason.words()) },
            Button::SnoozeElse => return Ok(Answered::OpenToSnooze(incident)),
            Button::Escalate if trying => return Ok(Answered::OpenToEscalate(incident)),
            Button::Escalate => return Ok(Answered::OpenToGoFurther(incident)),
            // Of which promise or task only its own notification knows.
            Button::Later | Button::Open => return Ok(Answered::Open(Some(incident))),
        };
        self.done_or_too_late(incident, action).await
    }
}

/// The buttons of one that has not been answered, but for opening it. Whether there was progress is asked in words of its own.
fn buttons(row: &NoticeRow) -> Vec<NoticeButton> {
    if row.read || matches!(row.asks, Asks::Progress | Asks::Decision) {
        return vec![];
    }
    let all = row.asks.buttons().iter().filter(|button| **button != Button::Open);
    all.map(|button| NoticeButton { id: button.id().into(), label: button.label() }).collect()
}
