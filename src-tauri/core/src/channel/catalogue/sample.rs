//! Messages that a file is tried with when it is read: one for each purpose and
//! severity, with what templates stumble over.

use crate::domain::id::IncidentId;
use crate::domain::message::{Fact, Message, Purpose};
use crate::domain::severity::Severity;
use crate::domain::time::Instant;

const PURPOSES: [Purpose; 10] = [
    Purpose::Alert,
    Purpose::StillOnIt,
    Purpose::Update,
    Purpose::Status,
    Purpose::Nudge,
    Purpose::Opinion,
    Purpose::Resolved,
    Purpose::Room,
    Purpose::Drill,
    Purpose::Test,
];

pub(super) fn samples() -> Vec<Message> {
    let alerts = Severity::ALL.into_iter().map(|severity| sample(Purpose::Alert, severity));
    alerts.chain(PURPOSES.into_iter().map(|purpose| sample(purpose, Severity::High))).collect()
}

fn sample(purpose: Purpose, severity: Severity) -> Message {
    Message {
        purpose,
        incident: IncidentId(uuid::Uuid::nil()),
        reference: "K7-3QF".into(),
        severity,
        title: "Orders <cannot> be \"placed\" & paid".into(),
        place: "Order database".into(),
        lead: "Please take this over.".into(),
        facts: vec![Fact { label: "What".into(), value: "Timeouts\nsince noon".into() }],
        reply: "Call the desk.".into(),
        from: "Ana Ruiz, Service desk".into(),
        at: Instant(0),
        zone: chrono_tz::UTC,
    }
}
