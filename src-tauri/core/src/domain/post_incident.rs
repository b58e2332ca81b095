//! The post-incident report: what happened, from the events, as Markdown that the desk
//! goes on writing. Every time in it is said with its date.

use chrono_tz::Tz;

use super::commitment::{Commitment, Kind, Standing};
use super::delivery::DeliveryState;
use super::desk::DeskSettings;
use super::event::{CallOutcome, Recorded};
use super::impact::Impact;
use super::incident::{Incident, Phase};
use super::message::Purpose;
use super::response::Response;
use super::text::{capital, literal};
use super::time::{DAY, Instant, dated, spoken_length};
use super::timeline;
use super::times::Times;

/// One message to one person, and what came of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sent {
    pub name: String,
    pub via: String,
    pub purpose: Purpose,
    pub state: DeliveryState,
    pub words: String,
    pub queued_at: Instant,
    pub changed_at: Instant,
    pub response: Option<Response>,
    pub responded_at: Option<Instant>,
}

impl Sent {
    /// Somebody answered it, or the call.
    fn was_answered(&self) -> bool {
        self.response.is_some() || (self.state == DeliveryState::Delivered && self.words == CallOutcome::Answered.word())
    }

    /// It is known to have come to somebody, which a provider that took it does not say.
    fn reached(&self) -> bool {
        matches!(self.state, DeliveryState::Delivered | DeliveryState::Seen) || self.was_answered()
    }
}

/// The report as the events have it.
#[must_use]
pub fn markdown(incident: &Incident, recorded: &[Recorded], sent: &[Sent], desk: &DeskSettings, now: Instant) -> String {
    let zone = desk.tz();
    let (say, times) = (|at: Instant| dated(at, zone), Times::of(recorded));
    let mut page = Page::default();
    page.line(&format!("# {} · {}", incident.reference, literal(&incident.facts.title())));
    let filed = format!("Filed {} by {}", say(incident.filed_at), literal(&incident.filed_by));
    let over = match &incident.phase {
        Phase::Resolved { at, by, .. } => format!("resolved {} by {}", say(*at), literal(by)),
        _ => format!("not over yet, as of {}", say(now)),
    };
    let place = literal(&incident.facts.place);
    page.line(&format!("{} · {place} · {filed} · {over} · times are in {zone}", incident.severity.word()));

    page.heading("What happened");
    page.line(&literal(&incident.facts.what));
    if !incident.facts.who.is_empty() {
        page.line(&format!("Affected: {}", literal(&incident.facts.who)));
    }
    page.heading("In figures");
    page.items(figures(incident, &times, sent, &desk.currency, zone, now));
    let (cause, fix) = if let Phase::Resolved { cause, fix, .. } = &incident.phase { (cause.as_str(), fix.as_str()) } else { ("", "") };
    page.heading("Why");
    page.line(&said(cause));
    page.heading("What mended it");
    page.line(&said(fix));
    page.heading("Still to do");
    let tasks = incident.commitments.iter().filter(|one| one.kind == Kind::Task && one.standing != Standing::Dropped);
    page.items_or(tasks.map(|one| task(one, zone)).collect(), "Nothing was noted.");
    page.heading("What was tried");
    let tried = incident.facts.tried.iter().map(|one| format!("{}: {} ({})", say(one.at), literal(&one.what), one.result.word()));
    page.items_or(tried.collect(), "Nothing was noted.");
    page.heading("Who was contacted, and what reached them");
    page.items_or(contacted(sent, &say), "Nobody was.");
    page.heading("Timeline");
    // Seen from long before, every time in its lines is said with its date.
    let before = incident.filed_at.plus(-30 * DAY);
    let line = |entry: timeline::TimelineEntry| {
        let detail = if entry.detail.is_empty() { String::new() } else { format!(" · {}", literal(&entry.detail)) };
        format!("{}: {}{detail}", say(entry.at), literal(&entry.words))
    };
    page.items(timeline::entries(recorded, &desk.currency, zone, before).into_iter().map(line).collect());
    page.heading("What went well");
    page.heading("What we change");
    page.0
}

/// "A bigger pool (Marta, by 30 Nov 2026, 09:00)".
fn task(one: &Commitment, zone: Tz) -> String {
    let who = Some(one.name.clone()).filter(|name| !name.is_empty());
    let done = one.standing == Standing::Done;
    let about = if done { Some("done".into()) } else { one.due_at.map(|due| format!("by {}", dated(due, zone))) };
    let about: Vec<String> = who.into_iter().chain(about).collect();
    literal(&if about.is_empty() { one.what.clone() } else { format!("{} ({})", one.what, about.join(", ")) })
}

fn figures(incident: &Incident, times: &Times, sent: &[Sent], currency: &str, zone: Tz, now: Instant) -> Vec<String> {
    let mut lines = vec![];
    if let Some(began) = incident.facts.began_at {
        lines.push(format!("Began {}; filed {} later", dated(began, zone), spoken_length(incident.filed_at.since(began))));
    }
    match (times.escalated, times.to_acknowledge()) {
        (None, _) => lines.push("It was not escalated.".into()),
        (Some(at), None) => lines.push(format!("Escalated {}; nobody has said that they have it", dated(at, zone))),
        (Some(at), Some(took)) => lines.push(format!("Escalated {}; somebody had it after {}", dated(at, zone), spoken_length(took))),
    }
    match times.to_resolve() {
        Some(took) => lines.push(format!("Over {} after it was filed", spoken_length(took))),
        None => lines.push(format!("Open for {} by now", spoken_length(now.since(incident.filed_at)))),
    }
    lines.extend(incident.judgement.map(|judgement| format!("Judged afterwards: {}", judgement.words())));
    let alerts: Vec<&Sent> = sent.iter().filter(|one| one.purpose == Purpose::Alert).collect();
    if !alerts.is_empty() {
        let count = |came: fn(&Sent) -> bool| alerts.iter().filter(|one| came(one)).count();
        let alerts = if alerts.len() == 1 { "1 alert".into() } else { format!("{} alerts", alerts.len()) };
        lines.push(format!("{alerts}: {} reached somebody, {} answered", count(Sent::reached), count(Sent::was_answered)));
    }
    let impact = Impact::of_incident(incident, currency);
    lines.extend(impact.customers.iter().map(|customers| literal(customers)));
    lines.extend(impact.losses.iter().map(|loss| literal(&format!("{}: {}", loss.of.label(), loss.in_all(currency, now)))));
    lines
}

/// A line for each person and way, with how far the message that came furthest has come.
fn contacted(sent: &[Sent], say: &dyn Fn(Instant) -> String) -> Vec<String> {
    let line = |one: &Sent| {
        let came = match (one.response, one.responded_at) {
            (Some(response), Some(at)) => format!("answered “{}” {}", response.label(one.purpose), say(at)),
            _ => format!("{} {}", one.state.word(), say(one.changed_at)),
        };
        let words = if one.words.is_empty() || one.response.is_some() { String::new() } else { format!(": {}", one.words) };
        let what = one.purpose.noun();
        literal(&format!("{} · {} by {} {}, {came}{words}", one.name, capital(what), one.via, say(one.queued_at)))
    };
    sent.iter().filter(|one| one.purpose != Purpose::Room).map(line).collect()
}

fn said(words: &str) -> String {
    if words.is_empty() { "Nobody has said yet.".into() } else { literal(words) }
}

#[derive(Default)]
struct Page(String);

impl Page {
    fn line(&mut self, words: &str) {
        self.0.push_str(words);
        self.0.push_str("\n\n");
    }

    fn heading(&mut self, words: &str) {
        self.line(&format!("## {words}"));
    }

    fn items_or(&mut self, items: Vec<String>, none: &str) {
        if items.is_empty() { self.line(none) } else { self.items(items) }
    }

    fn items(&mut self, items: Vec<String>) {
        for item in items {
            self.0.push_str(&format!("- {}\n", item.replace('\n', " ")));
        }
        self.0.push('\n');
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_somebody_typed_is_no_markup() {
        assert_eq!(
            literal("# *Down* since 5_000 <b>\n- all of it\n3. floor"),
            "\\# \\*Down\\* since 5\\_000 \\<b\\>\\\n\\- all of it\\\n3\\. floor"
        );
        assert_eq!(literal("10.5 % of 3.2"), "10\\.5 % of 3.2", "a figure reads as it was typed");
    }
}
