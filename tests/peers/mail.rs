//! Mail through Postfix and Dovecot.

use baton_core::domain::id::ChannelId;
use baton_tests::peers::comes;
use baton_tests::peers::mail::{MailHouse, PASSWORD};
use baton_tests::world::World;
use mail_parser::MessageParser;

async fn channel(world: &World, house: &MailHouse) -> ChannelId {
    let settings = house.settings();
    let settings: Vec<(&str, &str)> = settings.iter().map(|(key, value)| (*key, value.as_str())).collect();
    world.channel("mail", "Mail", &settings, &[("password", PASSWORD)]).await.expect("the account is accepted")
}

#[tokio::test]
async fn an_alert_lies_in_the_mailbox_it_was_meant_for() {
    let (world, house) = (World::now_and_here().await, MailHouse::start(&["desk", "marta"]));
    let mail = channel(&world, &house).await;
    let marta = world.person("Marta", &[(mail, "marta@example.org")]).await;
    let shop = world.service("Shop", &[(&[&marta], 30)]).await;
    world.escalates("Checkout fails for everybody", &shop).await;
    let bytes = comes("a mail for Marta", async || house.mails("marta").pop()).await;
    let mail = MessageParser::default().parse(&bytes).expect("a mail");
    assert!(mail.subject().is_some_and(|subject| subject.contains("Checkout fails for everybody")), "{:?}", mail.subject());
}
