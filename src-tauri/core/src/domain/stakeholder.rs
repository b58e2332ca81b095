//! People who are told of an incident and not called: when it begins, when somebody has it, when it turns worse or
//! better, when it is over or open again, and otherwise in a slower rhythm of their own. Nothing waits for them, and
//! nothing they say decides anything.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::channel::Reach;
use super::event::IncidentEvent;
use super::facts::{FactField, Facts};
use super::id::PersonId;
use super::incident::Incident;
use super::rhythm::Rhythm;
use super::severity::{BySeverity, Severity};
use super::time::{DAY, Instant, MINUTE};

/// Who is told of whatever is so severe.
pub type ToldPlan = BySeverity<Vec<PersonId>>;

#[must_use]
pub const fn nobody_told() -> ToldPlan {
    BySeverity { critical: vec![], high: vec![], medium: vec![], low: vec![] }
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct Stakeholder {
    pub person: PersonId,
    pub name: String,
    pub because: Because,
    /// Somebody at the desk took them off, and no list brings them back.
    pub taken_off: bool,
    /// They had no way to be told when they were last to be.
    pub unreached: bool,
}

/// Why somebody is told.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Because {
    /// Somebody at the desk chose them.
    Desk {},
    /// Whoever has to do with this service is.
    Service { name: String },
    /// Of everything so severe.
    Severity { severity: Severity },
    /// They were told of an incident that has become part of this one.
    Part { reference: String },
}

impl Because {
    #[must_use]
    pub fn words(&self) -> String {
        match self {
            Self::Desk {} => "chosen by the desk".into(),
            Self::Service { name } => format!("listed for {name}"),
            Self::Severity { severity } => format!("listed for {}", severity.word().to_lowercase()),
            Self::Part { reference } => format!("told of {reference}, which became part of it"),
        }
    }
}

/// What those who are told have heard, and when they hear next.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct Word {
    pub told_at: Instant,
    pub due_at: Instant,
    /// Minutes from one word to the next, at the least.
    pub every: u32,
    /// How many words running said that nothing is new: each is followed by a longer silence.
    pub unchanged: u32,
    /// What they are told has changed since.
    pub fresh: bool,
    /// What the desk wants them to know, and was not told yet.
    pub news: Vec<String>,
}

/// What they are told for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
#[serde(rename_all = "snake_case")]
pub enum Milestone {
    Begins,
    Taken,
    Worse,
    Better,
    Resolved,
    Reopened,
    /// It goes on as another one.
    Merged,
    /// Nothing of these, but their time has come.
    Regular,
}

impl Milestone {
    /// Whether nothing comes after it.
    #[must_use]
    pub const fn is_last(self) -> bool {
        matches!(self, Self::Resolved | Self::Merged)
    }

    /// "that somebody has it".
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Self::Begins => "that it has begun",
            Self::Taken => "that somebody has it",
            Self::Worse => "that it is worse",
            Self::Better => "that it is less severe",
            Self::Resolved => "that it is over",
            Self::Reopened => "that it is open again",
            Self::Merged => "as what it goes on",
            Self::Regular => "how it stands",
        }
    }
}

/// Somebody who is to be told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    pub person: PersonId,
    pub name: String,
    pub because: Because,
}

impl Incident {
    /// Those who are told now. Whoever was called, or has it, hears more than that anyway.
    pub fn listeners(&self) -> impl Iterator<Item = &Stakeholder> {
        self.stakeholders.iter().filter(|one| !one.taken_off && !self.told.contains(&one.person))
    }

    fn is_stakeholder(&self, person: PersonId) -> bool {
        self.stakeholders.iter().any(|one| one.person == person && !one.taken_off)
    }

    /// Whoever says something is told what is new from then on, but for those who have their own way of being told.
    pub(super) fn hears(&mut self, person: Option<PersonId>) {
        let more = person.filter(|person| !self.is_stakeholder(*person));
        self.told.extend(more);
    }
}

/// Nobody is rung for it, or gets a text: mail and chat can be read when there is time.
#[must_use]
pub const fn is_quiet(reach: Reach) -> bool {
    matches!(reach, Reach::Mail | Reach::Chat)
}

/// Why somebody who is to be told is not.
pub const NO_WAY: &str = "neither mail nor chat reaches them";

/// Those who are not told yet are, from here on. A list brings nobody back whom the desk took off; the desk does.
pub(super) fn inform(incident: &Incident, by: &str, people: Vec<Listed>, rhythm: &Rhythm) -> Vec<IncidentEvent> {
    let mut added: Vec<PersonId> = Vec::new();
    let mut is_new = |one: &Listed| {
        let known = incident.stakeholders.iter().find(|known| known.person == one.person);
        let wanted = known.is_none_or(|known| known.taken_off && one.because == Because::Desk {});
        let first = !added.contains(&one.person);
        added.push(one.person);
        wanted && first
    };
    let people: Vec<Listed> = people.into_iter().filter(|one| is_new(one)).collect();
    let event = |Listed { person, name, because }| IncidentEvent::StakeholderAdded {
        person,
        name,
        by: by.into(),
        because,
        every: rhythm.word.max(1),
        unreached: false,
    };
    people.into_iter().map(event).collect()
}

/// The second of two clicks takes nobody off.
pub(super) fn inform_no_more(incident: &Incident, by: String, person: PersonId) -> Vec<IncidentEvent> {
    let known = incident.stakeholders.iter().find(|one| one.person == person && !one.taken_off);
    known.map(|one| IncidentEvent::StakeholderRemoved { person, name: one.name.clone(), by }).into_iter().collect()
}

/// The word that a milestone is worth comes right after it.
pub(super) fn follow(incident: &Incident, events: &mut Vec<IncidentEvent>, rhythm: &Rhythm, now: Instant) {
    use IncidentEvent as E;
    let milestone = |event: &IncidentEvent| {
        Some(match event {
            E::Acknowledged { person, name, .. } if !incident.is_held_by(*person, name) => Milestone::Taken,
            E::SeverityChanged { from, to, .. } if to > from => Milestone::Worse,
            E::SeverityChanged { .. } => Milestone::Better,
            E::Resolved { .. } => Milestone::Resolved,
            E::MergedInto { .. } => Milestone::Merged,
            E::Reopened { .. } => Milestone::Reopened,
            _ => return None,
        })
    };
    let Some(found) = events.iter().rev().find_map(milestone) else { return };
    let recorded_at = now.plus(incident.ahead_ms);
    let after = events.iter().fold(incident.clone(), |state, event| state.apply(event, recorded_at));
    let news = incident.word.as_ref().map_or_else(Vec::new, |word| word.news.clone());
    events.extend(told(&after, found, news, rhythm, now));
}

/// Their time has come.
pub(super) fn regular(state: &Incident, rhythm: &Rhythm, now: Instant) -> Vec<IncidentEvent> {
    let news = state.word.as_ref().map_or_else(Vec::new, |word| word.news.clone());
    told(state, Milestone::Regular, news, rhythm, now).into_iter().collect()
}

/// `None` where there is nobody to be told.
fn told(state: &Incident, milestone: Milestone, news: Vec<String>, rhythm: &Rhythm, now: Instant) -> Option<IncidentEvent> {
    let to: Vec<PersonId> = state.listeners().map(|one| one.person).collect();
    if to.is_empty() {
        return None;
    }
    let every = rhythm.word.max(1);
    let unchanged = match &state.word {
        Some(word) if milestone == Milestone::Regular && !word.fresh => word.unchanged + 1,
        _ => 0,
    };
    let next = (!milestone.is_last()).then(|| now.plus(silence(every, unchanged)));
    Some(IncidentEvent::StakeholdersTold { milestone, to, news, unchanged, every, next, unreached: vec![] })
}

/// From one word to the next: longer and longer while nothing is new, up to a day.
fn silence(every: u32, unchanged: u32) -> i64 {
    let every = i64::from(every) * MINUTE;
    every.saturating_mul(1 << unchanged.min(16)).min(every.max(DAY))
}

/// What is told in a word; anything else is for those who mend it.
fn is_told(before: &Facts, after: &Facts) -> bool {
    const TOLD: [FactField; 6] =
        [FactField::What, FactField::Place, FactField::Who, FactField::People, FactField::Customers, FactField::Began];
    TOLD.into_iter().any(|field| !after.says_the_same(before, field))
}

/// Who is told after an event, and when next. `before` is what was known before one that changes it.
pub(super) fn after(incident: &mut Incident, event: &IncidentEvent, before: Option<&Facts>, at: Instant) {
    use IncidentEvent as E;
    match event {
        E::StakeholderAdded { person, name, because, every, unreached, .. } => {
            incident.stakeholders.retain(|one| one.person != *person);
            let one =
                Stakeholder { person: *person, name: name.clone(), because: because.clone(), taken_off: false, unreached: *unreached };
            incident.stakeholders.push(one);
            let first = || Word { told_at: at, due_at: at.plus_minutes(*every), every: *every, unchanged: 0, fresh: false, news: vec![] };
            incident.word.get_or_insert_with(first);
        }
        E::StakeholderRemoved { person, .. } => {
            incident.stakeholders.iter_mut().filter(|one| one.person == *person).for_each(|one| one.taken_off = true);
            if incident.stakeholders.iter().all(|one| one.taken_off) {
                incident.word = None;
            }
        }
        E::StakeholdersTold { to, unreached, unchanged, every, next, .. } => {
            for one in &mut incident.stakeholders {
                one.unreached = !to.contains(&one.person) && (one.unreached || unreached.contains(&one.person));
            }
            let word = |due_at| Word { told_at: at, due_at, every: *every, unchanged: *unchanged, fresh: false, news: vec![] };
            incident.word = next.map(word);
        }
        // Where nobody is left to hear it, nothing is due.
        E::Resolved { .. } | E::MergedInto { .. } => incident.word = None,
        E::UpdateShared { text, also_told: true, .. } => comes_sooner(incident, at, Some(text)),
        E::FactsChanged { .. } | E::ReportedAgain { .. } if before.is_some_and(|before| is_told(before, &incident.facts)) => {
            comes_sooner(incident, at, None);
        }
        _ => {}
    }
}

/// What is new waits for no longer silence, and no less than the usual one.
fn comes_sooner(incident: &mut Incident, at: Instant, news: Option<&String>) {
    let Some(word) = &mut incident.word else { return };
    word.news.extend(news.cloned());
    word.fresh = true;
    word.due_at = word.due_at.min(word.told_at.plus_minutes(word.every).max(at));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::time::HOUR;

    #[test]
    fn the_silence_grows_while_nothing_is_new_up_to_a_day() {
        let hours = |every| (0..7).map(|unchanged| silence(every, unchanged) / HOUR).collect::<Vec<_>>();
        assert_eq!(hours(60), [1, 2, 4, 8, 16, 24, 24]);
        assert_eq!(hours(3 * 1440), [72; 7], "whoever wants to hear every three days does");
        assert_eq!(silence(60, u32::MAX) / HOUR, 24);
    }

    #[test]
    fn only_mail_and_chat_are_quiet() {
        let loud = [Reach::Text, Reach::Phone, Reach::Push, Reach::Ticket, Reach::Desk];
        assert!(!loud.into_iter().any(is_quiet));
        assert!(is_quiet(Reach::Mail) && is_quiet(Reach::Chat));
    }
}
