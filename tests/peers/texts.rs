//! Texts through gammu-smsd and through Kannel.

use baton_core::api::types::IncidentView;
use baton_core::domain::delivery::DeliveryState;
use baton_core::domain::id::{ChannelId, IncidentId};
use baton_core::domain::incident::Phase;
use baton_tests::peers::comes;
use baton_tests::peers::gammu::Gammu;
use baton_tests::peers::kannel::{Kannel, PASSWORD, USER};
use baton_tests::world::World;

const MARTA: &str = "+493023125011";

/// With letters that the network knows and ASCII does not.
const WHAT: &str = "Größe der Bestellung überall falsch, auch in Österreich";

async fn escalated(world: &World, channel: ChannelId, name: &str, what: &str) -> IncidentId {
    let marta = world.person(name, &[(channel, MARTA)]).await;
    let shop = world.service(&format!("Shop of {name}"), &[(&[&marta], 30)]).await;
    world.escalates(what, &shop).await
}

fn holder(incident: &IncidentView) -> Option<String> {
    if let Phase::Held { name, .. } = &incident.incident.phase { Some(name.clone()) } else { None }
}

#[tokio::test]
async fn gammu_sends_an_alert_to_the_right_number_and_brings_the_answer_whatever_its_format() {
    for format in ["unicode", "standard", "detail"] {
        let (world, gammu) = (World::now_and_here().await, Gammu::start(format));
        let folder = gammu.spool().to_string_lossy().into_owned();
        let modem = world.channel("modem", "Modem", &[("folder", &folder)], &[]).await.expect("the folder is accepted");
        let id = escalated(&world, modem, "Marta", WHAT).await;
        let (number, text) = comes("a text that was sent", async || gammu.transmitted().pop()).await;
        assert_eq!(number, MARTA, "{format}: the urgency is no part of the number");
        assert!(text.contains(WHAT), "{format}: the daemon understands the letters: {text}");
        let code = text.rsplit_once("Answer: on it ").and_then(|(_, rest)| rest.split(' ').next()).expect("how to answer").to_lowercase();
        comes("the file among what was sent", async || gammu.names("sent").pop()).await;

        gammu.writes(MARTA, &format!("Ich übernehme {code}, und zwar sofort. {}", "Die Größe des Lochs ist bekannt. ".repeat(4)));
        comes("an answer", async || {
            world.hear().await;
            holder(&world.incident(id).await)
        })
        .await;
        let timeline = world.incident(id).await.timeline;
        let said: Vec<&str> = timeline.iter().map(|entry| entry.detail.as_str()).filter(|detail| detail.contains("sofort")).collect();
        assert!(said.len() == 1 && said[0].matches("Größe").count() == 4, "{format}: all of it, once, with its letters: {said:?}");
        assert!(!gammu.names("inbox").is_empty(), "{format}: it is left where it was");
    }
}

#[tokio::test]
async fn kannel_takes_an_alert_and_its_network_gets_what_was_meant() {
    let (world, mut kannel) = (World::now_and_here().await, Kannel::start());
    let url = kannel.url();
    let settings = [("url", url.as_str()), ("username", USER), ("allow_private", "yes"), ("allow_plain", "yes")];
    let gateway = world.channel("sms-kannel", "Kannel", &settings, &[("password", PASSWORD)]).await.expect("the gateway is accepted");
    let first = escalated(&world, gateway, "Marta", WHAT).await;
    let delivery = world.incident(first).await.deliveries[0].clone();
    assert_eq!(delivery.state, DeliveryState::Accepted);
    assert!(delivery.words.contains("Queued"), "it has no network yet, and says so: {}", delivery.words);
    kannel.connects();
    let carried = comes("the text on the network", async || kannel.carried().pop()).await;
    assert!(carried.starts_with(&format!("12345 {MARTA} ")) && carried.contains("Größe der Bestellung"), "{carried}");

    let second = escalated(&world, gateway, "Ben", "注文データベースが応答しません").await;
    assert!(world.incident(second).await.deliveries[0].words.contains("Accepted"));
    let carried = comes("another text", async || kannel.carried().into_iter().find(|text| text.contains(" ucs-2 "))).await;
    assert!(carried.contains(MARTA), "what is outside of the alphabet goes as Unicode: {carried}");
}

#[tokio::test]
async fn kannel_refuses_who_it_does_not_know() {
    let (world, kannel) = (World::now_and_here().await, Kannel::start());
    let url = kannel.url();
    let settings = [("url", url.as_str()), ("username", USER), ("allow_private", "yes"), ("allow_plain", "yes")];
    let gateway = world.channel("sms-kannel", "Kannel", &settings, &[("password", "wrong")]).await.expect("the gateway is accepted");
    let id = escalated(&world, gateway, "Marta", WHAT).await;
    let delivery = world.incident(id).await.deliveries[0].clone();
    assert_eq!(delivery.state, DeliveryState::Failed);
    assert!(delivery.words.contains("Authorization failed"), "{}", delivery.words);
}
