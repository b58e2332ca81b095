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

    /// With its day and its zone: it is read at any time, and anywhere.
    fn time(self, moment: Instant, zone: Tz) -> String {
        moment.at(zone).format(self.say("%-d %b %Y, %H:%M %Z", "%-d.%-m.%Y, %H:%M Uhr (%Z)")).to_string()
    }

    /// The day once where it is the same.
    fn span(self, from: Instant, to: Instant, zone: Tz) -> String {
        let (begins, ends) = (from.at(zone), to.at(zone));
        let same_day = (begins.date_naive(), begins.offset()) == (ends.date_naive(), ends.offset());
        let begins =
            if same_day { begins.format(self.say("%-d %b %Y, %H:%M", "%-d.%-m.%Y, %H:%M")).to_string() } else { self.time(from, zone) };
        let ends = if same_day { ends.format(self.say("%H:%M %Z", "%H:%M Uhr (%Z)")).to_string() } else { self.time(to, zone) };
        format!("{begins} {} {ends}", self.say("to", "bis"))
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
    let time = |moment| language.time(moment, zone);
    let mut lines = Vec::new();
    let mut add = |label: &str, value: String| lines.push(Fact { label: label.into(), value });
    if let Some(affected) = affected(incident, language) {
        add(say("Affected", "Betroffen"), affected);
    }
    match (incident.facts.began_at, &incident.phase) {
        (Some(began), Phase::Resolved { at, .. }) if began <= *at => {
            add(say("When", "Zeitraum"), language.span(began, *at, zone));
        }
        (Some(began), _) if began > now => add(say("Begins", "Beginnt"), time(began)),
        (Some(began), _) => add(say("Since", "Seit"), time(began)),
        (None, _) => {}
    }
    add(say("State", "Stand"), state(incident, language, &time));
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
fn state(incident: &Incident, language: StatusLanguage, time: &impl Fn(Instant) -> String) -> String {
    if let Some(snooze) = incident.snooze.as_ref().filter(|_| incident.is_open()) {
        let waits = language.say("It is waiting, and is looked at again by", "Es wird gewartet und wieder nachgesehen bis");
        return format!("{waits} {}.", time(snooze.until));
    }
    let words = match &incident.phase {
        Phase::Trying { .. } => language.say("The service desk is working on it.", "Der Servicedesk arbeitet daran."),
        Phase::Climbing {} => language.say("The people who can mend it are being called.", "Die zuständigen Fachleute werden gerufen."),
        Phase::Held { .. } => language.say("A specialist is working on it.", "Eine Fachkraft arbeitet daran."),
        Phase::Resolved { .. } if incident.goes_on_as.is_some() => {
            language.say("It is part of a larger incident now.", "Es gehört jetzt zu einer größeren Störung.")
        }
        Phase::Resolved { .. } => language.say("It is over.", "Die Störung ist behoben."),
    };
    words.into()
}

/// When those who are told hear next. Where nobody is, nothing sees to it, so nothing is promised.
fn next(incident: &Incident) -> Option<Instant> {
    let is_heard = incident.is_open() && incident.listeners().any(|one| !one.unreached);
    incident.word.as_ref().filter(|_| is_heard).map(|word| word.due_at)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::event::{AcknowledgedHow, IncidentEvent};
    use crate::domain::facts::Facts;
    use crate::domain::id::IncidentId;
    use crate::domain::incident::{CheckIn, Snooze};
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
            check_in_at: None,
        };
        let held = incident(known()).apply(&held, NOW);
        assert_eq!(
            text(&held, English, ZONE, NOW),
            "Shop: Checkout fails\nAffected: All web customers, about 3,200 people (not confirmed yet)\nSince: 23 Nov 2026, 13:29 CET\nState: A specialist is working on it.",
            "no host, no name, no money"
        );
        assert_eq!(
            text(&held, German, ZONE, NOW),
            "Shop: Checkout fails\nBetroffen: All web customers, etwa 3.200 Personen (noch nicht bestätigt)\nSeit: 23.11.2026, 13:29 Uhr (CET)\nStand: Eine Fachkraft arbeitet daran."
        );
    }

    #[test]
    fn what_is_over_has_an_end_and_another_day_its_date() {
        let over = IncidentEvent::Resolved { by: "Ana".into(), cause: "The disk of db-17".into(), fix: String::new(), follow_ups: vec![] };
        let over = incident(known()).apply(&over, NOW.plus(DAY));
        let said = text(&over, English, ZONE, NOW.plus(DAY));
        assert!(said.contains("\nWhen: 23 Nov 2026, 13:29 CET to 24 Nov 2026, 13:42 CET\nState: It is over."), "{said}");
        assert!(!said.contains("db-17"), "the cause is not for everybody: {said}");
        assert!(
            text(&over, German, ZONE, NOW.plus(DAY))
                .contains("\nZeitraum: 23.11.2026, 13:29 Uhr (CET) bis 24.11.2026, 13:42 Uhr (CET)\nStand: Die Störung")
        );
    }

    #[test]
    fn what_sleeps_is_said_to_wait_and_nothing_is_promised_that_nobody_sees_to() {
        let mut asleep = incident(known());
        asleep.snooze = Some(Snooze { until: NOW.plus(5 * MINUTE), why: "waiting for the supplier".into() });
        asleep.check_in = Some(CheckIn { due_at: NOW.plus(MINUTE), remind_at: NOW.plus(MINUTE), reminders: 0, missed: false });
        let said = text(&asleep, English, ZONE, NOW);
        assert!(said.ends_with("State: It is waiting, and is looked at again by 23 Nov 2026, 13:47 CET."), "and no next word: {said}");
    }

    #[test]
    fn what_began_and_ended_on_one_day_names_it_once() {
        let over = IncidentEvent::Resolved { by: "Ana".into(), cause: String::new(), fix: String::new(), follow_ups: vec![] };
        let over = incident(known()).apply(&over, NOW);
        assert!(text(&over, English, ZONE, NOW).contains("\nWhen: 23 Nov 2026, 13:29 to 13:42 CET\n"));
        assert!(text(&over, German, ZONE, NOW).contains("\nZeitraum: 23.11.2026, 13:29 bis 13:42 Uhr (CET)\n"));
    }

    #[test]
    fn little_known_is_few_lines() {
        let bare = incident(Facts { what: "VPN drops".into(), place: "Graz".into(), ..Facts::default() });
        assert_eq!(text(&bare, English, ZONE, NOW), "Graz: VPN drops\nState: The service desk is working on it.");
    }
}
