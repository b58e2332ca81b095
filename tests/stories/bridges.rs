//! Where people talk is in every message, one click away, and on paper.

use baton_core::api::types::Action;
use baton_core::domain::bridge::Bridge;
use baton_core::domain::desk::DeskRules;
use baton_core::domain::event::AcknowledgedHow;
use baton_core::domain::severity::Severity;
use baton_tests::smtp_sink::SmtpSink;
use baton_tests::world::World;

const LINK: &str = "https://meet.example.org/shop";

fn bridge(link: &str, phone: &str, code: &str) -> Bridge {
    Bridge { link: link.into(), phone: phone.into(), code: code.into() }
}

/// A desk that talks about what is critical at a bridge of its own.
async fn agreed(world: &World) -> DeskRules {
    let mut rules = world.desk.rules().await.expect("the rules");
    rules.bridges.critical = bridge("https://meet.example.org/critical", "+49 30 23125099", "77#");
    world.desk.save_rules(rules).await.expect("accepted");
    world.desk.rules().await.expect("the rules")
}

#[tokio::test]
async fn whoever_is_written_to_can_join_as_long_as_there_is_something_to_talk_about() {
    let (world, mailbox) = (World::new().await, SmtpSink::start().await);
    let mail = world.mail(&mailbox).await;
    let marta = world.person("Marta", &[(mail, "marta@example.org")]).await;
    let mut shop = world.service("Shop", &[(&[&marta], 10)]).await;
    shop.bridge = bridge(LINK, "+493023125011", "123 456#");
    world.desk.save_service(shop.clone()).await.expect("accepted");
    let shown = world.desk.consider(world.draft("Checkout fails", &shop).await).await.expect("considered");
    assert!(shown.messages[0].body.contains(LINK), "what is previewed has it too: {}", shown.messages[0].body);
    let id = world.escalates("Checkout fails", &shop).await;
    let held = Action::Acknowledge { person: Some(marta.id), name: String::new(), how: AcknowledgedHow::Call };
    world.act(id, held).await;
    world.act(id, Action::ShareUpdate { text: "The pool is being restarted.".into() }).await;
    world.act(id, Action::Nudge { person: marta.id }).await;
    let sent = mailbox.wait_for(3).await;
    for mail in &sent {
        let text = String::from_utf8_lossy(&mail.bytes).replace("=\r\n", "");
        assert!(text.contains(LINK) && text.contains("+49 30 23125011, code 123 456#"), "it is in every message: {text}");
    }
    let view = world.incident(id).await.bridge.expect("it is on the incident");
    assert_eq!((view.link.as_str(), view.dial_in.as_str()), (LINK, "+49 30 23125011, code 123 456#"));
    world.act(id, Action::Resolve { cause: String::new(), fix: String::new(), follow_ups: vec![] }).await;
    let last = mailbox.wait_for(4).await.pop().expect("that it is over");
    assert!(!String::from_utf8_lossy(&last.bytes).contains("meet.example.org"), "nobody has to join what is over");
    assert_eq!(world.incident(id).await.bridge, None);
}

#[tokio::test]
async fn a_service_without_one_has_its_severitys_and_the_call_sheet_has_all() {
    let world = World::new().await;
    let call = world.by_hand().await;
    let marta = world.person("Marta", &[(call, "+493023125011")]).await;
    let mut shop = world.service("Shop", &[(&[&marta], 10)]).await;
    agreed(&world).await;
    let id = world.escalates("Checkout fails", &shop).await;
    let incident = world.incident(id).await;
    assert_eq!(incident.incident.severity, Severity::Critical, "the story is about the worst");
    assert_eq!(incident.bridge.expect("there is one").link, "https://meet.example.org/critical");
    let script = &incident.calls[0].script;
    assert!(script.contains("Dial in: +49 30 23125099, code 77#."), "whoever is called hears what to dial: {script}");
    assert!(!script.contains("https://"), "nobody reads an address out: {script}");
    let sheet = world.desk.call_sheet(Some(id)).await.expect("its sheet");
    assert_eq!(sheet.bridges, ["Bridge: +49 30 23125099, code 77# · https://meet.example.org/critical"]);
    shop.bridge = bridge("", "+49 30 23125055", "");
    world.desk.save_service(shop).await.expect("accepted");
    let sheet = world.desk.call_sheet(None).await.expect("the sheet");
    assert_eq!(sheet.bridges, ["Shop: +49 30 23125055", "Critical: +49 30 23125099, code 77# · https://meet.example.org/critical"]);
    assert!(sheet.as_text().contains("BRIDGE\n  Shop: +49 30 23125055"), "{}", sheet.as_text());
    assert_eq!(world.incident(id).await.bridge.expect("there is one").dial_in, "+49 30 23125055", "its own comes first from then on");
}

#[tokio::test]
async fn what_leads_nowhere_is_refused_and_changes_nothing() {
    let world = World::new().await;
    let rules = agreed(&world).await;
    assert_eq!(rules.bridges.critical.phone, "+493023125099", "a number is kept in one form");
    let mut wrong = rules.clone();
    wrong.bridges.low = bridge("meet.example.org", "", "");
    let refused = world.desk.save_rules(wrong).await.expect_err("no address");
    assert!(refused.message.contains("The bridge of Low") && refused.message.contains("https://"), "{}", refused.message);
    assert_eq!(world.desk.rules().await.expect("the rules"), rules);
    let marta = world.person("Marta", &[]).await;
    let mut shop = world.service("Shop", &[(&[&marta], 10)]).await;
    shop.bridge = bridge("", "", "123#");
    let refused = world.desk.save_service(shop).await.expect_err("a code without a number");
    assert_eq!(refused.details, ["bridge"], "the form shows it at its field");
}
