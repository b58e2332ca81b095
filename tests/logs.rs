//! Event logs as earlier versions wrote them still fold to what they meant. Each
//! file of `fixtures/logs` is one incident's events and what must be known of it
//! in the end; a new variant or field is added to a new file, and no old file is
//! ever edited.

use baton_core::domain::due::next_due;
use baton_core::domain::event::Recorded;
use baton_core::domain::incident::{Incident, Phase};
use baton_core::domain::timeline;
use serde::Deserialize;

#[derive(Deserialize)]
struct Saved {
    events: Vec<Recorded>,
    expect: Expected,
}

#[derive(Deserialize)]
struct Expected {
    phase: String,
    holder: Option<String>,
    severity: String,
    level: Option<usize>,
    next: Option<String>,
    told: usize,
}

/// What earlier versions kept in words: advice, reasons, and what was changed.
fn sentences(saved: &serde_json::Value) -> Vec<String> {
    let events = saved["events"].as_array().expect("events").iter().map(|recorded| &recorded["event"]);
    let kept = events.flat_map(|event| [&event["advice"], &event["why"], &event["changed"]]);
    let words = kept.flat_map(|kept| kept.as_array().cloned().unwrap_or_else(|| vec![kept.clone()]));
    words.filter_map(|words| words.as_str().map(str::to_string)).filter(|words| words != "not assessed").collect()
}

#[test]
fn saved_logs_fold_to_what_they_meant() {
    let folder = baton_tests::root().join("tests/fixtures/logs");
    let mut read = 0;
    for file in std::fs::read_dir(folder).expect("the saved logs") {
        let file = file.expect("a file").path();
        let text = std::fs::read_to_string(&file).expect("it is read");
        let saved: Saved =
            serde_json::from_str(&text).unwrap_or_else(|error| panic!("{} is no longer understood: {error}", file.display()));
        let mut events = saved.events.iter();
        let first = events.next().expect("at least one event");
        let mut incident = Incident::filed(first.incident, &first.event, first.at).expect("the first event files it");
        for next in events {
            incident = incident.apply(&next.event, next.at);
        }
        let (phase, holder) = match &incident.phase {
            Phase::Trying { .. } => ("trying", None),
            Phase::Climbing {} => ("climbing", None),
            Phase::Held { name, .. } => ("held", Some(name.clone())),
            Phase::Resolved { by, .. } => ("resolved", Some(by.clone())),
        };
        let name = file.display();
        assert_eq!((phase, holder), (saved.expect.phase.as_str(), saved.expect.holder), "{name}: who has it");
        assert_eq!(incident.severity.word().to_lowercase(), saved.expect.severity, "{name}: how bad it is");
        assert_eq!(incident.climb.as_ref().and_then(|climb| climb.level), saved.expect.level, "{name}: where the climb stands");
        let next = next_due(&incident).map(|due| serde_json::to_value(due.kind).expect("a word").as_str().unwrap_or_default().to_string());
        assert_eq!(next, saved.expect.next, "{name}: what is due next");
        assert_eq!(incident.told.len(), saved.expect.told, "{name}: who was told");
        let told = timeline::entries(&saved.events, "EUR", chrono_tz::UTC, incident.last_event_at);
        let told: String = told.into_iter().map(|entry| format!("{} {}\n", entry.words, entry.detail)).collect();
        for words in sentences(&serde_json::from_str(&text).expect("JSON")) {
            assert!(told.contains(&words), "{name}: what was kept as a sentence is still said: {words:?} in\n{told}");
        }
        read += 1;
    }
    assert!(read >= 4, "there are logs to fold");
}
