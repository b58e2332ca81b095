//! The same trouble told twice: joined, linked, made part of one another, and what is one large incident.

use baton_core::api::types::{Action, Joining};
use baton_core::domain::alike::Link;
use baton_core::domain::assessment::ColleagueView;
use baton_core::domain::directory::Service;
use baton_core::domain::draft::Draft;
use baton_core::domain::event::AcknowledgedHow;
use baton_core::domain::facts::{FactField, Tried, TriedResult, Unknown};
use baton_core::domain::id::IncidentId;
use baton_core::domain::severity::Severity;
use baton_core::host::Change;
use baton_tests::imap_sink::ImapSink;
use baton_tests::replies::Reply;
use baton_tests::smtp_sink::SmtpSink;
use baton_tests::world::World;

use crate::answering::{holder, lines};

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
async fn what_shares_but_a_word_and_a_place_is_shown_and_no_large_incident() {
    let (world, _mailbox, office) = desk().await;
    for what in ["The printer jams", "Printer driver asks for a password"] {
        world.escalates(what, &office).await;
    }
    let third = world.draft("New printer for the reception", &office).await;
    let considered = world.desk.consider(third).await.expect("considered");
    assert_eq!((considered.similar.len(), considered.rising), (2, None), "they may be looked at, and are three troubles");
    let jam = world.draft("Printer jams in the reception, too", &office).await;
    world.escalates("The printer jams on the first floor", &office).await;
    let considered = world.desk.consider(jam).await.expect("considered");
    assert_eq!(considered.rising.as_deref(), Some("3 alike within an hour, 0 in the hour before."), "three jams may be one");
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

#[tokio::test]
async fn a_draft_that_was_joined_is_filed_and_does_not_come_back() {
    let (world, mailbox, network) = desk().await;
    let open = world.escalates("VPN drops every ten minutes in Graz", &network).await;
    world.settle().await;
    let reference = world.incident(open).await.incident.reference;
    let draft = world.draft("Graz: the VPN drops for accounting too", &network).await;
    assert_eq!(world.desk.save_draft(draft.clone()).await.expect("kept"), None, "it is only a draft");
    world.desk.join(joining(&draft, open)).await.expect("joined");

    let late = world.desk.save_draft(draft.clone()).await.expect("a save that was under way is no failure");
    assert_eq!(late, Some(Link { incident: open, reference: reference.clone() }), "and says where the draft went");
    let other = world.escalates("VPN in Graz is slow", &network).await;
    let refused = world.desk.join(joining(&draft, other)).await.expect_err("it cannot go to two");
    assert!(refused.message.contains(&format!("added to {reference} already")), "{}", refused.message);
    let considered = world.desk.consider(draft.clone()).await.expect("considered");
    assert_eq!(considered.went_into, late, "a window that still shows it learns where it went");
    assert_eq!(considered.similar, [], "and offers nothing to join any more");
    for refused in [world.desk.escalate(draft.clone()).await, world.desk.carry_on(draft.clone(), 20).await] {
        let words = refused.expect_err("a second window does nothing with it").message;
        assert!(words.contains(&format!("added to {reference} already")) && words.contains("still here"), "{words}");
    }
    world.settle().await;
    let (world, mailbox) = (world.restarted().await, mailbox);
    world.desk.merge(open, other).await.expect("it becomes part of the other");
    let late = world.desk.save_draft(draft).await.expect("and much later").expect("filed");
    assert_eq!(late.incident, other, "it is said where it goes on");
    let board = world.desk.board().await.expect("the board");
    assert_eq!((board.rows.iter().filter(|row| row.open).count(), board.drafts.len()), (1, 0), "nothing is there twice");
    world.settle().await;
    assert!(mailbox.mails().iter().all(|mail| !mail.subject().contains("accounting")), "and nobody was alerted for it");
}

#[tokio::test]
async fn what_a_draft_has_to_do_with_and_what_a_colleague_said_of_it_come_along() {
    let (world, _mailbox, network) = desk().await;
    let phones = world.escalates("Phones in Graz have no sound", &network).await;
    let reference = world.incident(phones).await.incident.reference;
    let vpn = world.draft("VPN drops every ten minutes in Graz", &network).await;
    let open = world.desk.carry_on(vpn, 30).await.expect("the desk tries");
    let mut draft = world.draft("Graz: the VPN drops for accounting too", &network).await;
    draft.links = vec![Link { incident: phones, reference }];
    draft.answers.colleague = Some(ColleagueView::Escalate);
    let mut changes = world.window.0.subscribe();
    world.desk.join(joining(&draft, open)).await.expect("joined");
    let mut heard = vec![];
    while let Ok(change) = changes.try_recv() {
        heard.push(change);
    }
    assert!(heard.contains(&Change::Incident(phones)), "a screen that shows the other one is told: {heard:?}");
    let view = world.incident(open).await;
    assert_eq!(view.links.iter().map(|one| one.link.incident).collect::<Vec<_>>(), [phones], "it has to do with the same one");
    assert_eq!(world.incident(phones).await.links.len(), 1, "on both sides");
    assert_eq!(view.incident.answers.colleague, Some(ColleagueView::Escalate), "what a colleague said counts");
    let advice = view.deciding.expect("still to decide").advice;
    assert!(advice.factors.iter().any(|factor| factor.words == "A colleague would escalate"), "{advice:?}");
    let told = view.timeline.iter().find(|line| line.words.ends_with("added another report")).expect("a line");
    assert!(told.detail.ends_with("a colleague would escalate"), "and is read: {}", told.detail);

    let filed = Draft { links: draft.links.clone(), ..world.draft("Fax in Graz prints nothing", &network).await };
    let mut changes = world.window.0.subscribe();
    world.desk.escalate(filed).await.expect("escalated");
    let mut heard = vec![];
    while let Ok(change) = changes.try_recv() {
        heard.push(change);
    }
    assert!(heard.contains(&Change::Incident(phones)), "filing with a link tells it too: {heard:?}");
}

#[tokio::test]
async fn on_it_to_the_alert_of_what_became_part_of_another_counts_for_that_one() {
    let (world, smtp, inbox) = (World::new().await, SmtpSink::start().await, ImapSink::start().await);
    let mail = world.mail_both_ways(&smtp, &inbox).await;
    let (marta, jonas) =
        (world.person("Marta", &[(mail, "marta@example.org")]).await, world.person("Jonas", &[(mail, "jonas@example.org")]).await);
    let (network, phones) = (world.service("Network", &[(&[&marta], 30)]).await, world.service("Phones", &[(&[&jonas], 30)]).await);
    let lead = world.escalates("VPN drops every ten minutes in Graz", &network).await;
    let part = world.escalates("Phones in Graz have no sound", &phones).await;
    world.settle().await;
    let mails = smtp.wait_for(2).await;
    let alert = mails.iter().find(|mail| mail.to == ["jonas@example.org"]).expect("his").clone();
    world.desk.merge(part, lead).await.expect("one is part of the other");
    world.settle().await;
    let reference = async |id| world.incident(id).await.incident.reference;
    let (part_is, lead_is) = (reference(part).await, reference(lead).await);

    inbox.deliver(Reply::to(&alert, "jonas@example.org").text("On it"));
    world.hear().await;
    let goes_on = world.incident(lead).await;
    assert_eq!(holder(&goes_on), Some("Jonas"), "he has what it has become: {:?}", lines(&goes_on));
    let line = lines(&goes_on).into_iter().find(|line| line.starts_with("Jonas has it")).expect("said there");
    assert!(line.contains(&format!("answered by Mail, to {part_is}")), "with what he answered: {line}");
    let ended = lines(&world.incident(part).await);
    assert!(ended.iter().any(|line| line.contains(&format!("counts for {lead_is}"))), "and here where it counts: {ended:?}");
    assert!(!world.incident(part).await.row.open, "the part stays ended");

    // He has it now: declining the older alert is no handing back.
    let declines = Reply::to(&alert, "jonas@example.org").header("Message-ID", "<second@client.example.org>");
    inbox.deliver(declines.text("I can't take this"));
    world.hear().await;
    assert_eq!(holder(&world.incident(lead).await), Some("Jonas"));
    world.act(part, Action::Reopen { why: "Not the same after all".into() }).await;
    inbox.deliver(Reply::to(&alert, "jonas@example.org").header("Message-ID", "<third@client.example.org>").text("On it"));
    world.hear().await;
    assert_eq!(holder(&world.incident(part).await), Some("Jonas"), "taken apart again, it is its own");
}
