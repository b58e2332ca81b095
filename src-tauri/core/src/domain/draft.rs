//! An incident that is still being written. It saves itself at every change.

use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use ts_rs::TS;

use super::alike::Link;
use super::assessment::Answers;
use super::attachment::Attachment;
use super::facts::Facts;
use super::found::Filled;
use super::id::{IncidentId, PathId, PersonId};
use super::severity::Severity;
use super::time::Instant;

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct Draft {
    /// The incident will have this id, so that filing twice is filing once.
    pub id: IncidentId,
    pub began_at: Instant,
    pub saved_at: Instant,
    /// Where the person is, 1 to 4; the fifth step is the incident itself.
    pub step: u8,
    pub answers: Answers,
    pub facts: Facts,
    /// The person's own choice against the policy's.
    pub severity: Option<Severity>,
    /// Against the service's own path.
    pub path: Option<PathId>,
    /// One line, where the person decides against the advice.
    pub against_advice: String,
    /// Incidents that have to do with it.
    #[serde(default)]
    pub links: Vec<Link>,
    #[serde(default)]
    pub attachments: Vec<Attachment>,
    /// Who is told of it, and not called, besides those on the lists.
    #[serde(default)]
    pub stakeholders: Vec<PersonId>,
    /// What a link or a ticket filled in and nobody has touched since.
    #[serde(default)]
    pub found: BTreeSet<Filled>,
    /// What of it was not taken over, or read otherwise than one would think, each in a sentence.
    #[serde(default)]
    pub left_out: Vec<String>,
}

impl Draft {
    #[must_use]
    pub fn begun(now: Instant) -> Self {
        Self {
            id: IncidentId::new(now),
            began_at: now,
            saved_at: now,
            step: 1,
            answers: Answers::default(),
            facts: Facts::default(),
            severity: None,
            path: None,
            against_advice: String::new(),
            links: vec![],
            attachments: vec![],
            stakeholders: vec![],
            found: BTreeSet::new(),
            left_out: vec![],
        }
    }
}
