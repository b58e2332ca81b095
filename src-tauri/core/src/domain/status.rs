//! How an incident stands, in words for those who are affected and not at work on it: what, since when, what is being
//! done, and when they hear next. No host, no name of a colleague, no figure of money: what is said here may stand on a
//! status page.

use chrono_tz::Tz;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::facts::FactField;
use super::impact::grouped;
use super::incident::{Incident, Phase};
use super::message::Fact;
use super::text::clean_line;
use super::time::Instant;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
#[serde(rename_all = "snake_case")]
pub enum StatusLanguage {
    English,
    German,
}

use StatusLanguage::{English, German};

impl StatusLanguage {
    const fn say(self, english: &'static str, german: &'static str) -> &'static str {
        match self {
            English => english,
            German => german,
        }
    }

    /// The time of day where it is today's, else with its day: it is read at any time.
    fn time(self, moment: Instant, now: Instant, zone: Tz) -> String {
        let same_day = moment.at(zone).date_naive() == now.at(zone).date_naive();
        let form = match (self, same_day) {
            (English, true) => "%H:%M",
            (English, false) => "%-d %b %Y, %H:%M",
            (German, true) => "%H:%M Uhr",
            (German, false) => "%-d.%-m.%Y, %H:%M Uhr",
        };
        moment.at(zone).format(form).to_string()
    }
}

/// The whole of it, as it can be put on a status page or into a chat.
#[must_use]
pub fn text(incident: &Incident, language: StatusLanguage, zone: Tz, now: Instant) -> String {
    let (place, title) = (clean_line(&incident.facts.place), incident.facts.title());
    let head = if place.is_empty() { title } else { format!("{place}: {title}") };
    let lines = lines(incident, language, zone, now).into_iter().map(|Fact { label, value }| format!("{label}: {value}"));
    std::iter::once(head).chain(lines).collect::<Vec<_>>().join("\n")
}

/// The same line by line, after what it is and where.
#[must_use]
pub fn lines(incident: &Incident, language: StatusLanguage, zone: Tz, now: Instant) -> Vec<Fact> {
    let say = |english, german| language.say(english, german);
    let time = |moment| language.time(moment, now, zone);
    let mut lines = Vec::new();
    let mut add = |label: &str, value: String| lines.push(Fact { label: label.into(), value });
    if let Some(affected) = affected(incident, language) {
        add(say("Affected", "Betroffen"), affected);
    }
    match (incident.facts.began_at, &incident.phase) {
        (Some(began), Phase::Resolved { at, .. }) if began <= *at => {
            add(say("When", "Zeitraum"), format!("{} {} {}", time(began), say("to", "bis"), time(*at)));
        }
        (Some(began), _) if began > now => add(say("Begins", "Beginnt"), time(began)),
        (Some(began), _) => add(say("Since", "Seit"), time(began)),
        (None, _) => {}
    }
    add(say("State", "Stand"), state(incident, language).into());
    if let Some(next) = next(incident).filter(|next| *next > now) {
        add(say("Next word", "Nächste Meldung"), format!("{} {}", say("by", "bis"), time(next)));
    }
    lines
}

fn affected(incident: &Incident, language: StatusLanguage) -> Option<String> {
    let facts = &incident.facts;
    let mark = |field| {
        let words = language.say(" (not confirmed yet)", " (noch nicht bestätigt)");
        if facts.assumed.contains(&field) { words } else { "" }
    };
    let number = |count: u32| match language {
        English => grouped(i64::from(count)),
        German => grouped(i64::from(count)).replace(',', "."),
    };
    let who = Some(clean_line(&facts.who)).filter(|who| !who.is_empty()).map(|who| format!("{who}{}", mark(FactField::Who)));
    let people = facts.people_affected.map(|count| {
        let people = if count == 1 { language.say("person", "Person") } else { language.say("people", "Personen") };
        format!("{} {} {people}{}", language.say("about", "etwa"), number(count), mark(FactField::People))
    });
    let both: Vec<String> = who.into_iter().chain(people).collect();
    (!both.is_empty()).then(|| both.join(", "))
}

/// What is being done.
const fn state(incident: &Incident, language: StatusLanguage) -> &'static str {
    match &incident.phase {
        Phase::Trying { .. } => language.say("The service desk is working on it.", "Der Servicedesk arbeitet daran."),
        Phase::Climbing {} => language.say("The people who can mend it are being called.", "Die zuständigen Fachleute werden gerufen."),
        Phase::Held { .. } => language.say("A specialist is working on it.", "Eine Fachkraft arbeitet daran."),
        Phase::Resolved { .. } if incident.goes_on_as.is_some() => {
            language.say("It is part of a larger incident now.", "Es gehört jetzt zu einer größeren Störung.")
        }
        Phase::Resolved { .. } => language.say("It is over.", "Die Störung ist behoben."),
    }
}

/// When those who are told hear next; where nobody is, when the desk next says how it stands.
fn next(incident: &Incident) -> Option<Instant> {
    let word = incident.word.as_ref().map(|word| word.due_at);
    word.or_else(|| incident.check_in.as_ref().map(|check_in| check_in.due_at)).filter(|_| incident.is_open())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::event::{AcknowledgedHow, IncidentEvent};
    use crate::domain::facts::Facts;
    use crate::domain::id::IncidentId;
    use crate::domain::severity::Severity;
    use crate::domain::time::{DAY, MINUTE};

    const NOW: Instant = Instant(1_795_437_720_000); // 13:42 in Berlin
    const ZONE: Tz = chrono_tz::Europe::Berlin;

    fn incident(facts: Facts) -> Incident {
        let filed = IncidentEvent::Filed { reference: "K7-3QF".into(), by: "Ana".into(), severity: Severity::High, facts };
        Incident::filed(IncidentId::new(NOW), &filed, NOW).expect("it is filed")
    }

    fn known() -> Facts {
        Facts {
            what: "Checkout fails. The pool of db-17 is exhausted.".into(),
            place: "Shop".into(),
            who: "All web customers".into(),
            people_affected: Some(3200),
            assumed: [FactField::People].into(),
            began_at: Some(NOW.plus(-13 * MINUTE)),
            cost_per_hour: Some(10_000),
            ..Facts::default()
        }
    }

    #[test]
    fn it_says_what_since_when_and_what_is_done_and_nothing_of_the_inside() {
        let held = IncidentEvent::Acknowledged {
            person: None,
            name: "Ilse Brandl".into(),
            how: AcknowledgedHow::Call,
            until: NOW,
            answered: None,
        };
        let held = incident(known()).apply(&held, NOW);
        assert_eq!(
            text(&held, English, ZONE, NOW),
            "Shop: Checkout fails\nAffected: All web customers, about 3,200 people (not confirmed yet)\nSince: 13:29\nState: A specialist is working on it.",
            "no host, no name, no money"
        );
        assert_eq!(
            text(&held, German, ZONE, NOW),
            "Shop: Checkout fails\nBetroffen: All web customers, etwa 3.200 Personen (noch nicht bestätigt)\nSeit: 13:29 Uhr\nStand: Eine Fachkraft arbeitet daran."
        );
    }

    #[test]
    fn what_is_over_has_an_end_and_another_day_its_date() {
        let over = IncidentEvent::Resolved { by: "Ana".into(), cause: "The disk of db-17".into(), fix: String::new(), follow_ups: vec![] };
        let over = incident(known()).apply(&over, NOW.plus(DAY));
        let said = text(&over, English, ZONE, NOW.plus(DAY));
        assert!(said.contains("\nWhen: 23 Nov 2026, 13:29 to 13:42\nState: It is over."), "{said}");
        assert!(!said.contains("db-17"), "the cause is not for everybody: {said}");
        assert!(text(&over, German, ZONE, NOW.plus(DAY)).contains("\nZeitraum: 23.11.2026, 13:29 Uhr bis 13:42 Uhr\nStand: Die Störung"));
    }

    #[test]
    fn little_known_is_few_lines() {
        let bare = incident(Facts { what: "VPN drops".into(), place: "Graz".into(), ..Facts::default() });
        assert_eq!(text(&bare, English, ZONE, NOW), "Graz: VPN drops\nState: The service desk is working on it.");
    }
}
