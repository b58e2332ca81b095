//! A room for an incident: where those who work on it write to one another, and where
//! what happens is posted.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::commitment::open_tasks;
use super::event::IncidentEvent;
use super::id::ChannelId;
use super::incident::{Incident, Phase};
use super::severity::Severity;
use super::time::{DAY, spoken_length};

/// So long after it is resolved a room stays: it may be reopened, and somebody may still
/// have a word to say.
pub const STAYS: i64 = DAY;

/// A room that could not be opened for so long is not opened any more.
pub const TRIED_FOR: i64 = DAY / 12;

/// Characters of a room's name; less than any provider allows.
const LONGEST_NAME: usize = 60;

/// Which incidents have a room, and where.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
#[serde(default)]
pub struct RoomRules {
    /// Empty where no incident has one.
    pub severities: Vec<Severity>,
    /// By which it is opened.
    pub channel: Option<ChannelId>,
    /// The address of a channel that is there already: then every incident is a thread
    /// in it. Empty where each has a room of its own.
    pub standing: String,
}

/// What a room is called where it is opened: lower-case letters, digits and dashes.
#[must_use]
pub fn name(incident: &Incident) -> String {
    let words = format!("inc {} {}", incident.reference, incident.facts.title());
    let mut name = String::new();
    for sign in words.to_lowercase().chars() {
        match sign {
            'ä' => name.push_str("ae"),
            'ö' => name.push_str("oe"),
            'ü' => name.push_str("ue"),
            'ß' => name.push_str("ss"),
            'a'..='z' | '0'..='9' => name.push(sign),
            _ if !name.ends_with('-') => name.push('-'),
            _ => {}
        }
    }
    let cut = name.get(..LONGEST_NAME).map_or(name.as_str(), |whole| whole.rsplit_once('-').map_or(whole, |(words, _)| words));
    cut.trim_matches('-').into()
}

/// What is posted of an event; `None` where it is nothing to those in the room.
#[must_use]
pub fn post(incident: &Incident, event: &IncidentEvent) -> Option<String> {
    use IncidentEvent as E;
    Some(match event {
        E::UpdateShared { by, text, .. } => format!("News from {by}: {text}"),
        E::Acknowledged { name, .. } => format!("{name} has it."),
        E::HandedBack { name, why } if why.is_empty() => format!("{name} has given it back. Nobody has it now."),
        E::HandedBack { name, why } => format!("{name} has given it back: {why} Nobody has it now."),
        E::AcknowledgementLapsed {} => "Nobody has it any more: the next level is contacted.".into(),
        E::SeverityChanged { to, why, .. } => format!("It is {} now: {why}", to.word().to_lowercase()),
        E::Reopened { by, why, .. } => format!("Open again, by {by}: {why}"),
        E::Resolved { .. } => summary(incident),
        E::MergedInto { by, into, title } => format!("{by} made it part of {}, where it goes on: {title}", into.reference),
        _ => return None,
    })
}

/// The end of it, for whoever comes by later.
fn summary(incident: &Incident) -> String {
    let Phase::Resolved { at, by, cause, fix } = &incident.phase else { return "This is resolved.".into() };
    let began = incident.facts.began_at.filter(|began| began < at).unwrap_or(incident.filed_at);
    let mut lines = vec![format!("Resolved by {by}, {} after it began.", spoken_length(at.since(began).max(0)))];
    lines.extend(
        [("Cause", cause), ("Fix", fix)].iter().filter(|(_, words)| !words.is_empty()).map(|(label, words)| format!("{label}: {words}")),
    );
    lines.extend(open_tasks(&incident.commitments).iter().map(|task| format!("Still to do: {}", task.words())));
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::facts::Facts;
    use crate::domain::id::IncidentId;
    use crate::domain::time::Instant;

    fn incident(what: &str) -> Incident {
        let facts = Facts { what: what.into(), place: "Shop".into(), ..Facts::default() };
        let filed = IncidentEvent::Filed { reference: "K7-4RM".into(), by: "Ana".into(), severity: Severity::High, facts };
        Incident::filed(IncidentId::new(Instant(0)), &filed, Instant(0)).expect("filed")
    }

    #[test]
    fn a_room_is_called_so_that_every_provider_takes_it_and_people_know_it() {
        for (what, name) in [
            ("Orders cannot be placed", "inc-k7-4rm-orders-cannot-be-placed"),
            ("Büro: Größe <script> & *fett*", "inc-k7-4rm-buero-groesse-script-fett"),
            ("قاعدة البيانات 💥", "inc-k7-4rm"),
            (
                "a b c d e f g h i j k l m n o p q r s t u v w x y z a b c d e f",
                "inc-k7-4rm-a-b-c-d-e-f-g-h-i-j-k-l-m-n-o-p-q-r-s-t-u-v-w-x",
            ),
        ] {
            assert_eq!(super::name(&incident(what)), name, "{what}");
            assert!(name.len() <= LONGEST_NAME);
        }
    }

    #[test]
    fn the_summary_says_how_long_why_and_what_is_left() {
        let resolved = IncidentEvent::Resolved {
            by: "Ana".into(),
            cause: "The disk was full".into(),
            fix: String::new(),
            follow_ups: vec!["A bigger disk".into()],
        };
        let at = Instant(80 * 60_000);
        let after = incident("Orders").apply(&resolved, at);
        assert_eq!(
            post(&after, &resolved).expect("it is said"),
            "Resolved by Ana, 1 h 20 min after it began.\nCause: The disk was full\nStill to do: A bigger disk"
        );
    }
}
