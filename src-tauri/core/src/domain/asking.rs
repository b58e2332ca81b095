//! A colleague is asked before it is decided: whom, by which way, in which words, and
//! what happens where no answer comes.

use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use ts_rs::TS;

use super::assessment::{Affected, Answers, Condition, Expertise, Gut, Risk, Stuck};
use super::brief::{self, Sender};
use super::channel::Reach;
use super::id::{ChannelId, MethodId};
use super::incident::Incident;
use super::plan::{Contact, ContactMethod, Plan};
use super::text::shorten;
use super::time::Instant;

/// What happens when the wait for a colleague is over without an answer, as whoever asked
/// chose beforehand.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
#[serde(rename_all = "snake_case")]
pub enum AfterWait {
    /// The desk is asked.
    #[default]
    AskMe,
    /// The colleague is asked once more, and after that the desk.
    AskAgain,
    /// It is escalated, as whoever asked decided.
    Escalate,
}

/// The longest part of what happened that is repeated in a question.
const LONGEST: usize = 500;

/// The way to ask somebody in writing: what can be answered comes first, then what they
/// prefer. Nobody is woken for an opinion, so a phone is chosen by hand or not at all.
#[must_use]
pub fn way<'a>(contact: &'a Contact, wrong: &'a BTreeSet<MethodId>, answers: &BTreeSet<ChannelId>) -> Option<&'a ContactMethod> {
    let written = |method: &&ContactMethod| matches!(method.reach, Reach::Chat | Reach::Mail | Reach::Push);
    contact.usable(wrong).filter(written).min_by_key(|method| !answers.contains(&method.channel))
}

/// Somebody who is on call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OnCallNow<'a> {
    pub contact: &'a Contact,
    /// What the rotation is called.
    pub rotation: &'a str,
}

/// Whoever is on call at that moment in the first of the path's rotations, the first in
/// turn first; empty where nobody is. `None` where the path has no rotation.
#[must_use]
pub fn on_call(plan: &Plan, now: Instant) -> Option<(&str, Vec<OnCallNow<'_>>)> {
    let first = plan.levels.iter().find(|level| !level.rotations.is_empty())?;
    let rotation = first.rotations.first()?;
    let here = first.rotations.iter().flat_map(|one| {
        let there = one.at(now).into_iter();
        there.map(move |on| OnCallNow { contact: on.contact, rotation: &one.rotation.name })
    });
    Some((&rotation.rotation.name, here.filter(|one| !one.contact.presence.is_away(now)).collect()))
}

/// The question in words that can be sent as they are: what, where, everything else that is known,
/// and what the desk is unsure of.
#[must_use]
pub fn question(incident: &Incident, sender: &Sender<'_>, now: Instant) -> String {
    let (what, place) = (shorten(incident.facts.what.trim(), LONGEST), incident.facts.place.trim());
    let what = if what.is_empty() { "Something looks wrong" } else { what.trim_end_matches('.') };
    let place = if place.is_empty() { String::new() } else { format!(" ({place})") };
    let known = brief::facts(incident, sender, now).into_iter().filter(|fact| fact.label != "What");
    let mut lines = vec![format!("{what}{place}.")];
    lines.extend(known.map(|fact| format!("{}: {}.", fact.label, fact.value)));
    let unsure = unsure_of(&incident.answers);
    if !unsure.is_empty() {
        lines.push(format!("We are not sure {}.", unsure.join(", ")));
    }
    lines.push("Would you escalate this now, or carry on?".into());
    lines.join("\n")
}

/// What the desk said that it does not know.
fn unsure_of(answers: &Answers) -> Vec<&'static str> {
    [
        (answers.affected == Some(Affected::NotSure), "who is affected"),
        (answers.condition == Some(Condition::NotSure), "whether it is down"),
        (answers.has(Risk::NotSure), "what it could cause"),
        (answers.expertise == Some(Expertise::NotSure), "whether we can fix it"),
        (answers.stuck == Some(Stuck::NotSure), "how long there has been no progress"),
        (answers.gut == Some(Gut::Unsure), "what to make of it"),
    ]
    .into_iter()
    .filter_map(|(unsure, of)| unsure.then_some(of))
    .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::desk::DeskSettings;
    use crate::domain::event::IncidentEvent;
    use crate::domain::facts::{Facts, Tried, TriedResult};
    use crate::domain::id::{IncidentId, PersonId};
    use crate::domain::presence::Presence;
    use crate::domain::severity::Severity;
    use crate::domain::time::MINUTE;
    use std::collections::BTreeMap;

    /// Monday, 23 November 2026, 13:42 in Berlin.
    const NOW: Instant = Instant(1_795_437_720_000);

    #[test]
    fn the_question_says_what_is_known_and_what_the_desk_is_unsure_of() {
        let facts = Facts {
            what: "Checkout shows \"please try again\".".into(),
            place: "Shop".into(),
            began_at: Some(NOW.plus(-32 * MINUTE)),
            who: "All customers".into(),
            cost_per_hour: Some(10_000),
            tried: vec![Tried { what: "Restarted the pool".into(), result: TriedResult::NoEffect, at: NOW }],
            ..Facts::default()
        };
        let filed = IncidentEvent::Filed { reference: "K7-3QF".into(), by: "Ana".into(), severity: Severity::High, facts };
        let mut incident = Incident::filed(IncidentId::new(NOW), &filed, NOW).expect("it is filed");
        incident.answers.risks = Some([Risk::NotSure].into());
        let desk = DeskSettings { zone: "Europe/Berlin".into(), currency: "EUR".into(), ..DeskSettings::default() };
        let asked = question(&incident, &Sender::of(&desk), NOW);
        for part in [
            "Checkout shows \"please try again\" (Shop).",
            "Since: 13:10 (32 min).",
            "Who: All customers.",
            "€ 10,000 per hour",
            "Tried: Restarted the pool (no effect).",
            "We are not sure what it could cause.",
            "Would you escalate this now, or carry on?",
        ] {
            assert!(asked.contains(part), "{part} is missing in:\n{asked}");
        }
    }

    #[test]
    fn what_can_be_answered_is_asked_by_first_and_nobody_is_woken() {
        let method = |reach| ContactMethod {
            id: MethodId::new(NOW),
            channel: ChannelId::new(NOW),
            channel_name: String::new(),
            reach,
            address: String::new(),
            by_hand: reach == Reach::Phone,
        };
        let methods = [Reach::Phone, Reach::Text, Reach::Mail, Reach::Chat].map(method).to_vec();
        let (phone, text, mail, chat) = (methods[0].clone(), methods[1].clone(), methods[2].clone(), methods[3].clone());
        let (person, name, role) = (PersonId::new(NOW), "Marta".into(), String::new());
        let marta = Contact { person, name, role, presence: Presence::default(), methods, sequences: BTreeMap::new() };
        let by = |contact: &Contact, answers: &[&ContactMethod]| {
            let answers = answers.iter().map(|method| method.channel).collect();
            way(contact, &BTreeSet::new(), &answers).map(|method| method.id)
        };
        assert_eq!(by(&marta, &[&chat]), Some(chat.id), "the chat brings the answer back, and the mail does not");
        assert_eq!(by(&marta, &[&mail, &chat]), Some(mail.id), "of two that do, the one she prefers");
        assert_eq!(by(&marta, &[]), Some(mail.id), "where nothing can be answered, it is still written");
        assert_eq!(by(&Contact { methods: vec![phone, text.clone()], ..marta }, &[&text]), None, "nobody is woken for an opinion");
    }
}
