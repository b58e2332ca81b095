//! The inbox of what the desk was told, and the buttons on a notification.

use super::types::{Action, Notice};
use super::{Answer, Desk};
use crate::domain::id::{DeliveryId, IncidentId, NoticeId};
use crate::domain::notice::{Button, LATER};
use crate::domain::time::spoken;
use crate::engine::lookup;
use crate::host::Change;
use crate::store::{deliveries, notices};

/// The most notices the inbox shows.
const SHOWN: usize = 200;

/// What a button on a notification came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answered {
    Done,
    /// The window is wanted, at this incident.
    Open(Option<IncidentId>),
    /// The window is wanted, where the holes in the plan are.
    OpenReadiness,
}

impl Desk {
    pub async fn notices(&self) -> Answer<Vec<Notice>> {
        let now = self.now();
        self.read(move |db| {
            let zone = lookup::desk(db)?.tz();
            Ok(notices::latest(db, SHOWN)?
                .into_iter()
                .map(|row| Notice {
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
        self.write([Change::Notices], move |db| Ok(notices::read(db, id, now)?)).await
    }

    /// A button on a notification was pressed: one of
    /// [`Button::id`]. One that comes after the incident has moved on does no harm and opens it.
    pub async fn answer_notice(&self, id: NoticeId, button: &str) -> Answer<Answered> {
        let (notice, delivery) = self.read(move |db| Ok((notices::find(db, id)?, deliveries::find(db, DeliveryId(id.0))?))).await?;
        let Some(notice) = notice else {
            // A message to this very desktop: its notification has the delivery's id.
            return Ok(Answered::Open(delivery.map(|delivery| delivery.incident)));
        };
        self.read_notice(id).await?;
        let Some(incident) = notice.incident else { return Ok(Answered::OpenReadiness) };
        let action = match notice.asks.buttons().iter().find(|known| known.id() == button) {
            Some(Button::Done) => Action::CheckIn { note: String::new() },
            Some(Button::Longer) => Action::CarryOn { minutes: LATER },
            Some(Button::Snooze) => Action::Snooze { minutes: LATER, why: "from the notification".into() },
            Some(Button::Open) | None => return Ok(Answered::Open(Some(incident))),
        };
        match self.act(incident, action).await {
            Ok(()) => Ok(Answered::Done),
            Err(refused) => {
                tracing::info!(message = refused.message, "a notification's button came too late");
                Ok(Answered::Open(Some(incident)))
            }
        }
    }
}
