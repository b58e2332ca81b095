//! The same trouble told twice: joined, linked, made part of one another, and what is one large incident.

use baton_core::api::types::{Action, Joining};
use baton_core::domain::alike::Link;
use baton_core::domain::directory::Service;
use baton_core::domain::draft::Draft;
use baton_core::domain::event::AcknowledgedHow;
use baton_core::domain::facts::{FactField, Tried, TriedResult, Unknown};
use baton_core::domain::id::IncidentId;
use baton_core::domain::severity::Severity;
use baton_tests::smtp_sink::SmtpSink;
use baton_tests::world::World;

/// A desk with one person on one path.
async fn desk() -> (World, SmtpSink, Service) {
    let (world, mailbox) = (World::new().await, SmtpSink::start().await);
    let mail = world.mail(&mailbox).await;
    let marta = world.person("Marta", &[(mail, "marta@example.org")]).await;
    let network = world.service("Network", &[(&[&marta], 30)]).await;
    (world, mailbox, network)
}

fn joining(draft: &Draft, into: IncidentId) -> Joining {
    Joining { draft: draft.clone(), into, share: false, raise: None }
}

#[tokio::test]
async fn what_was_typed_goes_to_the_incident_that_is_open_once_and_the_draft_ends() {
    let (world, mailbox, network) = desk().await;
    let open = world.escalates("VPN drops every ten minutes in Graz", &network).await;
    world.settle().await;
    let mut draft = world.draft("Graz: the VPN drops for accounting too", &network).await;
    draft.facts.people_affected = Some(40);
    draft.facts.tried = vec![Tried { what: "Other router".into(), result: TriedResult::NoEffect, at: world.now() }];
    world.desk.save_draft(draft.clone()).await.expect("kept");
    let considered = world.desk.consider(draft.clone()).await.expect("considered");
    assert_eq!(considered.similar.first().map(|row| row.id), Some(open), "it is offered while typing");

    let shared = Joining { share: true, ..joining(&draft, open) };
    world.desk.join(shared).await.expect("joined");
    world.desk.join(joining(&draft, open)).await.expect("the second of two clicks");
    world.settle().await;
    let view = world.desk.incident(open).await.expect("the incident");
    assert_eq!(view.row.reports, 2, "two have reported it, however often it was clicked");
    assert_eq!(view.incident.facts.people_affected, Some(40), "what was empty is known now");
    assert_eq!(view.incident.facts.what, "VPN drops every ten minutes in Graz", "what was known stands");
    assert_eq!(view.incident.facts.tried.len(), 1, "and what else was tried stands there");
    let board = world.desk.board().await.expect("the board");
    assert_eq!((board.rows.len(), board.drafts.len()), (1, 0), "nothing is filed twice, and no draft is left over");
    let news = &mailbox.wait_for(2).await[1];
    assert!(news.text().contains("Reported again: Graz: the VPN drops for accounting too"), "whoever was told is told: {}", news.text());
}

#[tokio::test]
async fn what_cannot_be_joined_is_refused_and_the_draft_is_kept() {
    let (world, _mailbox, network) = desk().await;
    let open = world.escalates("VPN drops every ten minutes in Graz", &network).await;
    let resolve = Action::Resolve { cause: String::new(), fix: String::new(), follow_ups: vec![] };
    world.desk.act(open, resolve).await.expect("resolved");
    let draft = world.draft("VPN drops in Graz once more", &network).await;
    world.desk.save_draft(draft.clone()).await.expect("kept");
    let refused = world.desk.join(joining(&draft, open)).await.expect_err("it is over");
    assert!(refused.message.contains("Reopen it"), "it says what to do: {}", refused.message);
    assert!(world.desk.draft(draft.id).await.expect("read").is_some(), "the draft is still there");
    let similar = world.desk.consider(draft).await.expect("considered").similar;
    assert!(similar.first().is_some_and(|row| row.id == open && !row.open), "what was resolved lately is shown, to see how it ended");
    world.fast_forward(8 * 24 * 60).await;
    let draft = world.draft("VPN drops in Graz once more", &network).await;
    assert!(world.desk.consider(draft).await.expect("considered").similar.is_empty(), "and after a week it is history");
}

#[tokio::test]
async fn a_link_stands_on_both_sides_and_stops_nothing() {
    let (world, mailbox, network) = desk().await;
    let open = world.escalates("VPN drops every ten minutes in Graz", &network).await;
    let reference = world.desk.incident(open).await.expect("read").incident.reference;
    let mut draft = world.draft("Phones in Graz have no sound", &network).await;
    draft.links = vec![Link { incident: open, reference }, Link { incident: IncidentId::new(world.now()), reference: "X1-2AB".into() }];
    let id = world.desk.escalate(draft).await.expect("what is gone keeps nothing from being escalated");
    world.settle().await;
    assert_eq!(mailbox.wait_for(2).await.len(), 2, "both were alerted");
    let links = async |id| world.desk.incident(id).await.expect("read").links.into_iter().map(|one| one.link.incident).collect::<Vec<_>>();
    assert_eq!((links(id).await, links(open).await), (vec![open], vec![id]), "each says the other");
    world.desk.link(open, id).await.expect("again");
    assert_eq!(links(open).await.len(), 1, "once is enough");
}

#[tokio::test]
async fn what_becomes_part_of_another_ends_and_whoever_was_told_hears_where_it_goes_on() {
    let (world, mailbox, network) = desk().await;
    let lead = world.escalates("VPN drops every ten minutes in Graz", &network).await;
    let part = world.escalates("VPN in Graz drops, accounting cannot work", &network).await;
    world.settle().await;
    mailbox.wait_for(2).await;
    let beside = world.desk.incident(part).await.expect("read").similar;
    assert_eq!(beside.first().map(|row| row.id), Some(lead), "the other one is shown beside it");

    world.desk.merge(part, lead).await.expect("one of them is part of the other");
    world.desk.merge(part, lead).await.expect("the second of two clicks");
    world.settle().await;
    let (ended, goes_on) = (world.desk.incident(part).await.expect("read"), world.desk.incident(lead).await.expect("read"));
    let reference = &goes_on.incident.reference;
    assert!(!ended.row.open && goes_on.row.open, "one is over and one goes on");
    assert_eq!(goes_on.row.reports, 2, "the part is a report of it");
    assert!(goes_on.incident.told.is_superset(&ended.incident.told), "and hears what is new from now on");
    let mails = mailbox.wait_for(3).await;
    assert_eq!(mails.len(), 3, "one message, whatever was clicked");
    let told = mails[2].text();
    assert!(told.contains(&format!("part of {reference}")) && !told.contains("resolved"), "nobody reads that it is resolved: {told}");

    world.desk.act(part, Action::Reopen { why: "Not the same after all".into() }).await.expect("it can be taken apart");
    assert!(world.desk.incident(part).await.expect("read").row.open);
}

#[tokio::test]
async fn an_escalated_incident_never_becomes_part_of_one_that_nobody_is_called_for() {
    let (world, _mailbox, network) = desk().await;
    let draft = world.draft("VPN drops every ten minutes in Graz", &network).await;
    let trying = world.desk.carry_on(draft, 30).await.expect("carried on");
    let escalated = world.escalates("VPN in Graz drops, accounting cannot work", &network).await;
    let refused = world.desk.merge(escalated, trying).await.expect_err("nobody would be called any more");
    assert!(refused.message.contains("not escalated"), "{}", refused.message);
    assert!(world.desk.incident(escalated).await.expect("read").row.open, "nothing was changed");
    world.desk.merge(trying, escalated).await.expect("the other way round it is right");
    let refused = world.desk.merge(escalated, escalated).await.expect_err("part of itself");
    assert!(refused.message.contains("itself"), "{}", refused.message);
}

#[tokio::test]
async fn many_alike_within_an_hour_suggest_one_large_incident_and_joining_may_raise_it() {
    let (world, mailbox, network) = desk().await;
    let draft = |who: &'static str| world.draft(who, &network);
    let seems_small = Draft { severity: Some(Severity::High), ..draft("VPN drops in Graz for accounting").await };
    let first = world.desk.escalate(seems_small).await.expect("escalated");
    world.settle().await;
    world.fast_forward(10).await;
    let quiet = world.desk.consider(draft("VPN drops in Graz for sales").await).await.expect("considered");
    assert_eq!(quiet.rising, None, "two may be chance");
    let second = draft("VPN drops in Graz for sales").await;
    world.desk.join(joining(&second, first)).await.expect("joined");

    let third = draft("VPN drops in Graz for the warehouse").await;
    let considered = world.desk.consider(third.clone()).await.expect("considered");
    assert_eq!(considered.rising.as_deref(), Some("3 alike within an hour, 0 in the hour before."), "the joined one counts");
    world.desk.join(Joining { raise: Some(Severity::Critical), share: true, ..joining(&third, first) }).await.expect("joined");
    world.settle().await;
    let view = world.desk.incident(first).await.expect("read");
    assert_eq!((view.incident.severity, view.row.reports), (Severity::Critical, 3));
    assert!(
        view.timeline.iter().any(|line| line.words.contains("became Critical") && line.detail.contains("3 alike")),
        "the reason is on record: {:?}",
        view.timeline
    );
    assert!(mailbox.mails().iter().any(|mail| mail.text().contains("for the warehouse")), "and it is shared");
    world.fast_forward(3 * 60).await;
    assert_eq!(world.desk.incident(first).await.expect("read").rising, None, "three hours later it rises no more");
}

#[tokio::test]
async fn what_goes_on_as_another_goes_on_as_severe_and_with_what_was_promised() {
    let (world, _mailbox, network) = desk().await;
    let small = Draft { severity: Some(Severity::Low), ..world.draft("VPN drops every ten minutes in Graz", &network).await };
    let lead = world.desk.escalate(small).await.expect("escalated");
    let mut large = world.draft("VPN in Graz drops, accounting cannot work", &network).await;
    large.severity = Some(Severity::Critical);
    let by = world.now().plus_minutes(4);
    large.facts.unknown = vec![Unknown { field: FactField::People, until: by }];
    large.facts.reported_by = "Anna Weber, +49 30 23125011".into();
    let part = world.desk.escalate(large).await.expect("escalated");
    world.settle().await;
    world.desk.merge(part, lead).await.expect("one of them is part of the other");
    let goes_on = world.desk.incident(lead).await.expect("read").incident;
    assert_eq!(goes_on.severity, Severity::Critical, "nothing critical goes to sleep in something small");
    assert_eq!(goes_on.facts.reported_by, "Anna Weber, +49 30 23125011", "whom to call back is known there");
    assert_eq!(goes_on.check_in.map(|check_in| check_in.due_at), Some(by), "and what was to be found out by then is asked then");
    let mut report = world.draft("VPN in Graz drops for 40 people", &network).await;
    report.facts.people_affected = Some(40);
    world.desk.join(joining(&report, lead)).await.expect("joined");
    let facts = world.desk.incident(lead).await.expect("read").incident.facts;
    assert!(facts.unknown.is_empty(), "what is known by another report nobody has to find out any more");
}

#[tokio::test]
async fn nobody_who_has_it_and_nothing_that_was_decided_is_lost_by_making_it_part_of_another() {
    let (world, _mailbox, network) = desk().await;
    let lead = world.escalates("VPN drops every ten minutes in Graz", &network).await;
    let held = world.escalates("VPN in Graz drops, accounting cannot work", &network).await;
    let takes = |name: &str| Action::Acknowledge { person: None, name: name.into(), how: AcknowledgedHow::Call };
    world.act(held, takes("Ben")).await;
    let refused = world.desk.merge(held, lead).await.expect_err("nobody has the other one");
    assert!(refused.message.contains("Ben has this one"), "{}", refused.message);
    world.act(lead, takes("Marta")).await;
    world.act(lead, Action::Snooze { minutes: 60, why: "The part is ordered".into() }).await;
    let refused = world.desk.merge(held, lead).await.expect_err("it sleeps");
    assert!(refused.message.contains("snoozed"), "{}", refused.message);
    world.act(lead, Action::WakeUp {}).await;
    world.desk.merge(held, lead).await.expect("now somebody has it and is awake");

    world.act(held, Action::Reopen { why: "Not the same after all".into() }).await;
    world.act(held, Action::ShareUpdate { text: "Accounting works again".into() }).await;
    world.desk.merge(held, lead).await.expect("and it may become part of it once more");
    assert_eq!(world.desk.incident(lead).await.expect("read").row.reports, 2, "which is counted once");
}
