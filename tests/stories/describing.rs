//! Step 4: what is known, how surely, what it costs, and what those who were told hear
//! when it changes.

use baton_core::api::types::{Action, Beginning, Joining};
use baton_core::domain::directory::{Service, Template};
use baton_core::domain::event::AcknowledgedHow;
use baton_core::domain::facts::{FactField, Facts, Tried, TriedResult, Unknown};
use baton_core::domain::id::IncidentId;
use baton_core::domain::time::MINUTE;
use baton_core::error::FailureCode;
use baton_tests::smtp_sink::SmtpSink;
use baton_tests::world::World;

async fn shop(world: &World, mailbox: &SmtpSink) -> Service {
    let mail = world.mail(mailbox).await;
    let marta = world.person("Marta", &[(mail, "marta@example.org")]).await;
    let mut shop = world.service("Shop", &[(&[&marta], 30)]).await;
    (shop.orders_per_hour, shop.customers) = (Some(120), Some(50_000));
    world.desk.save_service(shop.clone()).await.expect("what is usual for it is kept");
    shop
}

/// What the last of the mails says, below its subject.
fn last(mailbox: &SmtpSink) -> String {
    mailbox.mails().last().expect("a mail").text()
}

#[tokio::test]
async fn the_figures_go_out_with_how_they_were_worked_out_and_stop_when_it_is_over() {
    let (world, mailbox) = (World::new().await, SmtpSink::start().await);
    let shop = shop(&world, &mailbox).await;
    let mut draft = world.draft("Checkout fails for everybody", &shop).await;
    draft.facts.began_at = Some(world.now().plus(-90 * MINUTE));
    draft.facts.cost_per_hour = shop.cost_per_hour;
    draft.facts.affected_percent = Some(40);
    draft.facts.people_affected = Some(3200);
    draft.facts.assumed = [FactField::Impact].into();
    let previewed = world.desk.consider(draft.clone()).await.expect("considered");
    let id = world.desk.escalate(draft).await.expect("escalated");
    world.settle().await;
    mailbox.wait_for(1).await;
    let sent = last(&mailbox);
    for line in [
        "€ 10,000 per hour (assumed) × 40 % affected × 1 h 30 min since",
        "= about € 6,000 so far",
        "3,200 people × 1 h 30 min",
        "= about 4,800 person-hours so far",
        "40 % of 50,000 customers (assumed) = about 20,000 customers",
    ] {
        assert!(sent.contains(line), "\"{line}\" is said:\n{sent}");
        assert!(previewed.messages[0].body.contains(line), "and was previewed: {line}");
    }

    world.fast_forward(30).await;
    let money = |view: &baton_core::api::types::IncidentView| view.impact.losses[0].so_far(world.now());
    assert_eq!(money(&world.incident(id).await), Some(8000), "it runs on");
    world.act(id, Action::Resolve { cause: String::new(), fix: String::new(), follow_ups: vec![] }).await;
    world.fast_forward(60).await;
    assert_eq!(money(&world.incident(id).await), Some(8000), "until it is over");
}

#[tokio::test]
async fn a_share_of_more_than_all_of_it_is_asked_for_again_and_nothing_is_lost() {
    let (world, mailbox) = (World::new().await, SmtpSink::start().await);
    let shop = shop(&world, &mailbox).await;
    let mut draft = world.draft("Checkout fails", &shop).await;
    draft.facts.affected_percent = Some(140);
    world.desk.save_draft(draft.clone()).await.expect("a draft is kept as it is typed");
    let refused = world.desk.escalate(draft.clone()).await.expect_err("140 % of something there is not");
    assert_eq!((refused.code, refused.details[0].as_str()), (FailureCode::Invalid, "affected_percent"), "at its field");
    assert_eq!(refused.message, "140 % cannot be affected: 100 % is all of it. Nothing you typed is lost.");
    assert_eq!(world.desk.draft(draft.id).await.expect("read").expect("kept").facts, draft.facts);
    for (json, field) in [
        (r#"{"what": "a", "service": "Shop", "affected_percent": 140}"#, "$.affected_percent"),
        (r#"{"what": "a", "service": "Shop", "orders_per_hour": -5}"#, "$.orders_per_hour"),
        (r#"{"what": "a", "service": "Shop", "cost_per_hour": 1000000000000}"#, "$.cost_per_hour"),
    ] {
        let refused = world.hand_in(json.as_bytes()).await.expect_err("a script hears it, too");
        let baton_core::api::NotFiled::Faulty(faults) = refused else { panic!("{refused:?}") };
        assert_eq!(faults[0].path, field, "by its path: {}", faults[0].words);
    }
}

#[tokio::test]
async fn what_came_with_the_service_is_assumed_and_what_a_script_says_is_not() {
    let (world, mailbox) = (World::new().await, SmtpSink::start().await);
    shop(&world, &mailbox).await;
    let json = r#"{"what": "Checkout fails", "service": "Shop", "who": "All web customers", "affected_percent": 40, "customers_affected": 900, "escalate": true}"#;
    world.hand_in(json.as_bytes()).await.expect("handed in");
    world.settle().await;
    mailbox.wait_for(1).await;
    let sent = last(&mailbox);
    let says = |line: &str| sent.lines().any(|said| said.trim_end() == line);
    assert!(says("Who: All web customers"), "it was said:\n{sent}");
    assert!(says("Customers: 900 customers"), "and overrides what would be worked out:\n{sent}");
    assert!(sent.contains("€ 10,000 per hour (assumed) × 40 % affected ="), "this came with the service:\n{sent}");
    assert!(sent.contains("Orders: 120 orders per hour (assumed)"), "and this:\n{sent}");

    let link = "baton://new?what=Checkout+fails&service=Shop&who=Somebody&affected_percent=40&orders_per_hour=7";
    let draft = world.desk.draft_from_link(link.into()).await.expect("a draft");
    let facts = world.desk.draft(draft).await.expect("read").expect("kept").facts;
    assert_eq!((facts.affected_percent, facts.orders_per_hour), (Some(40), Some(7)), "a link says them too");
    let assumed = [FactField::Who, FactField::Impact, FactField::Share, FactField::Orders];
    assert_eq!(facts.assumed.into_iter().collect::<Vec<_>>(), assumed, "and nobody has looked at it yet");
}

#[tokio::test]
async fn what_one_tries_first_goes_with_the_incident_and_what_nobody_tried_is_said() {
    let (world, mailbox) = (World::new().await, SmtpSink::start().await);
    let mut shop = shop(&world, &mailbox).await;
    shop.checklist = ["Restart the pool", " ", "restart the pool.", "Fail over"].map(String::from).to_vec();
    world.desk.save_service(shop.clone()).await.expect("kept");
    let kept = world.desk.directory().await.expect("the directory").services.pop().expect("the shop").checklist;
    assert_eq!(kept, ["Restart the pool", "Fail over"], "each step once, and none that says nothing");
    let at = world.now();
    let mut draft = world.draft("Checkout fails for everybody", &shop).await;
    draft.facts.tried = vec![Tried { what: "Restart the pool".into(), result: TriedResult::NoEffect, at }];
    let id = world.desk.escalate(draft).await.expect("escalated");
    world.settle().await;
    mailbox.wait_for(1).await;
    let sent = last(&mailbox);
    assert!(sent.contains("Tried: Restart the pool (no effect)") && sent.contains("Not tried yet: Fail over"), "{sent}");

    shop.checklist.clear();
    world.desk.save_service(shop).await.expect("kept");
    let facts = world.incident(id).await.incident.facts;
    assert_eq!(facts.untried().collect::<Vec<_>>(), ["Fail over"], "the incident keeps its own list");
    let failed_over = Tried { what: "Fail over".into(), result: TriedResult::Helped, at: world.now() };
    world.edit(id, true, |facts| facts.tried.push(failed_over)).await;
    mailbox.wait_for(2).await;
    assert!(last(&mailbox).starts_with("Tried: Fail over (helped)."), "and what was tried since is news:\n{}", last(&mailbox));
    assert!(!last(&mailbox).contains("Not tried yet"), "nothing is left");
}

#[tokio::test]
async fn a_description_begins_with_what_is_often_wrong_or_as_the_last_time_and_overwrites_nothing() {
    let (world, mailbox) = (World::new().await, SmtpSink::start().await);
    let mut shop = shop(&world, &mailbox).await;
    shop.templates = vec![Template {
        name: "Checkout fails".into(),
        what: "Checkout shows ___ after payment".into(),
        who: "All web customers".into(),
        affected_percent: Some(40),
        checklist: vec!["Look at the payment provider".into()],
        ..Template::default()
    }];
    world.desk.save_service(shop.clone()).await.expect("kept");
    let mut draft = world.draft("Nobody can pay", &shop).await;
    assert_eq!(world.desk.consider(draft.clone()).await.expect("considered").last, None, "there was none before");
    let begun = world.desk.begin_with(draft.clone(), Beginning::Template { at: 0 }).await.expect("begun");
    assert_eq!(begun.draft.facts.what, "Nobody can pay", "what was typed stays");
    assert_eq!((begun.draft.facts.who.as_str(), begun.draft.facts.affected_percent), ("All web customers", Some(40)));
    let assumed: Vec<FactField> = begun.draft.facts.assumed.iter().copied().collect();
    assert_eq!(assumed, [FactField::Who, FactField::Impact, FactField::Share, FactField::Orders], "and nobody has confirmed the rest");
    draft.facts.what = String::new();
    let begun = world.desk.begin_with(draft.clone(), Beginning::Template { at: 0 }).await.expect("begun");
    assert_eq!(begun.draft.facts.what, "Checkout shows ___ after payment");
    assert!(begun.draft.facts.assumed.contains(&FactField::What), "its words are assumed as long as nobody has touched them");
    assert!(world.desk.begin_with(draft, Beginning::Template { at: 7 }).await.is_err(), "one that is gone is said to be");

    let mut first = world.draft("Checkout fails for everybody", &shop).await;
    (first.facts.who, first.facts.people_affected) = ("All of Graz".into(), Some(85));
    first.facts.tried = vec![Tried { what: "Rebooted the switch".into(), result: TriedResult::Helped, at: world.now() }];
    world.desk.escalate(first).await.expect("escalated");
    let draft = world.draft("It is back", &shop).await;
    let last = world.desk.consider(draft.clone()).await.expect("considered").last.expect("there was one");
    assert_eq!(last.title, "Checkout fails for everybody", "it says which it would be like");
    let begun = world.desk.begin_with(draft, Beginning::Last {}).await.expect("begun").draft.facts;
    assert_eq!((begun.what.as_str(), begun.who.as_str(), begun.people_affected), ("It is back", "All of Graz", Some(85)));
    assert!(begun.tried.is_empty() && begun.untried().any(|step| step == "Rebooted the switch"), "what helped then is to be tried now");
}

async fn held(world: &World, shop: &Service, facts: impl FnOnce(&mut Facts)) -> IncidentId {
    let mut draft = world.draft("Checkout fails for everybody", shop).await;
    facts(&mut draft.facts);
    let id = world.desk.escalate(draft).await.expect("escalated");
    world.settle().await;
    world.act(id, Action::Acknowledge { person: None, name: "Marta".into(), how: AcknowledgedHow::Call }).await;
    id
}

#[tokio::test]
async fn those_who_were_told_hear_what_changed_and_the_timeline_says_the_same() {
    let (world, mailbox) = (World::new().await, SmtpSink::start().await);
    let shop = shop(&world, &mailbox).await;
    let id = held(&world, &shop, |facts| facts.people_affected = Some(40)).await;
    mailbox.wait_for(1).await;
    let opened = world.incident(id).await.incident.facts;
    let mut facts = opened.clone();
    facts.people_affected = Some(3200);
    facts.began_at = Some(world.now().plus(-13 * MINUTE));
    let previewed = world.desk.what_changes(id, opened.clone(), facts.clone()).await.expect("previewed").news;
    assert!(previewed.starts_with("People affected: 40 → 3,200. Now known: began "), "{previewed}");
    world.act(id, Action::ChangeFacts { opened: opened.into(), facts: facts.into(), tell: true }).await;
    mailbox.wait_for(2).await;
    assert!(last(&mailbox).starts_with(&previewed), "it goes as it was previewed:\n{}", last(&mailbox));
    let view = world.incident(id).await;
    let [changed, told] = &view.timeline[view.timeline.len() - 2..] else { panic!("two lines") };
    assert_eq!(changed.detail, previewed, "the timeline has the same words");
    assert!(told.words.ends_with("told Marta what changed") && told.detail.is_empty(), "once: {told:?}");

    world.edit(id, false, |facts| facts.who = "All web customers".into()).await;
    assert_eq!(mailbox.mails().len(), 2, "whoever only saves it tells nobody");
    world.edit(id, true, |_| {}).await;
    assert_eq!(mailbox.mails().len(), 2, "and what did not change is no news");
}

#[tokio::test]
async fn an_edit_changes_what_was_edited_and_nothing_that_came_while_it_was_made() {
    let (world, mailbox) = (World::new().await, SmtpSink::start().await);
    let shop = shop(&world, &mailbox).await;
    let id = held(&world, &shop, |facts| facts.people_affected = Some(40)).await;
    let opened = world.incident(id).await.incident.facts;

    // While the details are open, somebody reports it again, and a colleague tries something.
    let mut report = world.draft("Nobody in Graz can pay", &shop).await;
    report.facts.who = "All of Graz".into();
    report.facts.tried = vec![Tried { what: "Another browser".into(), result: TriedResult::NoEffect, at: world.now() }];
    world.desk.join(Joining { draft: report, into: id, share: false, raise: None }).await.expect("joined");
    world.edit(id, false, |facts| facts.people_affected = Some(3200)).await;

    let mut facts = opened.clone();
    facts.people_affected = Some(90);
    facts.tried.push(Tried { what: "Restarted the pool".into(), result: TriedResult::NoEffect, at: world.now() });
    let said = "Changed meanwhile, and replaced by yours: people affected: 3,200.";
    let preview = world.desk.what_changes(id, opened.clone(), facts.clone()).await.expect("previewed");
    assert_eq!(preview.gives_way, said, "before it is saved, the editor reads what gives way to it");
    assert!(!preview.news.contains("Graz"), "and what was there already is no news: {}", preview.news);
    let action = Action::ChangeFacts { opened: opened.into(), facts: facts.into(), tell: false };
    assert_eq!(world.desk.act(id, action).await.expect("saved"), said, "and once it is");
    let view = world.incident(id).await;
    let tried: Vec<&str> = view.incident.facts.tried.iter().map(|one| one.what.as_str()).collect();
    assert_eq!((view.incident.facts.who.as_str(), &tried[..]), ("All of Graz", &["Restarted the pool", "Another browser"][..]));
    assert_eq!(view.incident.facts.people_affected, Some(90), "where both said something, whoever saved last is right");
    let changed = &view.timeline.last().expect("a line").detail;
    assert!(changed.starts_with("People affected: 3,200 → 90"), "what gave way stays on the timeline: {changed}");
}

#[tokio::test]
async fn every_field_can_be_found_out_by_a_time_and_is_asked_for_by_its_name_then() {
    for (at, field) in (0..).zip([
        FactField::What,
        FactField::Place,
        FactField::Who,
        FactField::Began,
        FactField::Impact,
        FactField::Tried,
        FactField::People,
        FactField::Share,
        FactField::Orders,
        FactField::Customers,
    ]) {
        let (world, mailbox) = (World::new().await, SmtpSink::start().await);
        let shop = shop(&world, &mailbox).await;
        let promise = |world: &World| Unknown { field, until: world.now().plus(4 * MINUTE) };
        // Filed with it, added to it later, and tried by the desk alone: it is asked all the same.
        let id = match at % 3 {
            0 => held(&world, &shop, |facts| facts.unknown = vec![promise(&world)]).await,
            1 => {
                let id = held(&world, &shop, |_| {}).await;
                world.edit(id, false, |facts| facts.unknown = vec![promise(&world)]).await;
                id
            }
            _ => {
                let mut draft = world.draft("Checkout fails for everybody", &shop).await;
                draft.facts.unknown = vec![promise(&world)];
                world.desk.carry_on(draft, 45).await.expect("the desk tries")
            }
        };
        let next = format!("check-in: {}", field.word());
        let steps = world.incident(id).await.next;
        assert!(steps.iter().any(|step| step.words == next), "{field:?}: it stands under what happens next: {steps:?}");
        world.fast_forward(3).await;
        assert!(world.screen.titles().is_empty(), "{field:?}: it was promised in four minutes");
        world.fast_forward(1).await;
        assert_eq!(world.screen.titles(), [format!("Check in: do you know {}?", field.word())], "{field:?} is asked for by its name");
        let asked = world.incident(id).await.timeline.pop().expect("a line");
        assert_eq!((asked.words.as_str(), asked.detail.as_str()), ("Asked the desk to check in", field.word()));
    }
}
