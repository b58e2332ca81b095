//! A notification on this very desktop.

use std::sync::Arc;

use super::{Channel, Envelope, Outcome, Rendered, Sending, said, wording};
use crate::domain::channel::{AddressKind, Provider, Reach};
use crate::domain::id::NoticeId;
use crate::domain::message::{Message, Purpose};
use crate::domain::severity::Severity;
use crate::host::{Notifier, ShownNotice};

/// What notification daemons show without cutting.
const LIMIT: usize = 200;

pub(super) struct Desktop {
    notifier: Arc<dyn Notifier>,
}

impl Desktop {
    pub(super) fn new(notifier: Arc<dyn Notifier>) -> Self {
        Self { notifier }
    }
}

impl Channel for Desktop {
    fn render(&self, message: &Message) -> Rendered {
        Rendered::new(Some(wording::subject(message)), wording::short(message, LIMIT), Some(LIMIT))
    }

    fn send<'a>(&'a self, envelope: &'a Envelope) -> Sending<'a> {
        let message = &envelope.message;
        let Rendered { subject, text, .. } = self.render(message);
        let notice = ShownNotice {
            // The delivery is what is shown, so that showing it twice replaces it.
            id: NoticeId(envelope.delivery.0),
            incident: (message.purpose != Purpose::Test).then_some(message.incident),
            title: subject.unwrap_or_default(),
            body: text,
            critical: message.severity == Severity::Critical && message.purpose != Purpose::Test,
            sound: false,
            actions: vec![("open".into(), "Open".into())],
            word: None,
        };
        let notifier = Arc::clone(&self.notifier);
        Box::pin(async move {
            // A notification daemon may answer late; that must not hold up the other sends.
            match tokio::task::spawn_blocking(move || notifier.show(&notice)).await {
                Ok(Ok(())) => Outcome::Accepted { words: "Shown on this desktop.".into(), provider_id: None },
                Ok(Err(words)) => Outcome::temporary(format!("This desktop could not show it: {}", said(&words))),
                Err(stopped) => Outcome::uncertain(format!("Showing it on this desktop broke off: {}", said(&stopped.to_string()))),
            }
        })
    }
}

pub(super) fn provider() -> Provider {
    Provider {
        id: "desktop".into(),
        name: "Desktop notification".into(),
        about: "A notification on this computer, for whoever sits at this desk.".into(),
        reach: Reach::Desk,
        address: AddressKind::None,
        fields: Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_description_leaves_room_for_what_else_is_known() {
        let fact = |label: &str, value: &str| crate::domain::message::Fact { label: label.into(), value: value.into() };
        let what = "Checkout shows \"please try again\" to whoever pays by card, and the basket is empty after it. ".repeat(3);
        let message =
            Message { facts: vec![fact("What", &what), fact("Who", "All web customers"), fact("Since", "13:42")], ..wording::nothing() };
        let text = wording::short(&message, LIMIT);
        assert!(text.contains("Checkout shows") && text.contains("…"), "what happened is shortened: {text}");
        assert!(text.ends_with("Who: All web customers\nSince: 13:42"), "and pushes nothing out: {text}");
    }
}
