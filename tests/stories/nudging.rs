//! Whoever has it is asked politely how it goes, and not for ever.

use baton_core::api::types::Action;
use baton_core::domain::channel::Reach;
use baton_core::domain::event::AcknowledgedHow;
use baton_core::domain::id::{IncidentId, PersonId};
use baton_core::domain::time::MINUTE;
use baton_tests::providers::telegram::Telegram;
use baton_tests::smtp_sink::SmtpSink;
use baton_tests::world::World;

use crate::answering::holder;

const MARTA: (i64, &str) = (501, "Marta");

/// Marta is alerted by mail and by Telegram; Ben is on level 2.
struct Scene {
    world: World,
    telegram: Telegram,
    mailbox: SmtpSink,
    marta: PersonId,
    id: IncidentId,
}

async fn alerted() -> Scene {
    let (world, telegram, mailbox) = (World::new().await, Telegram::start().await, SmtpSink::start().await);
    let (mail, chat) = (world.mail(&mailbox).await, world.telegram(&telegram).await);
    let marta = world.person("Marta", &[(mail, "marta@example.org"), (chat, "501")]).await;
    let ben = world.person("Ben", &[(mail, "ben@example.org")]).await;
    let mut desk = world.desk.overview().await.expect("the frame").desk;
    desk.zone = "Europe/Berlin".into();
    world.desk.save_desk(desk).await.expect("saved");
    let mut rules = world.desk.rules().await.expect("the rules");
    rules.channels.critical = vec![Reach::Mail, Reach::Chat];
    world.desk.save_rules(rules).await.expect("saved");
    let shop = world.service("Shop", &[(&[&marta], 30), (&[&ben], 30)]).await;
    let id = world.escalates("Checkout fails for everybody", &shop).await;
    telegram.wait_for(1).await;
    Scene { world, telegram, mailbox, marta: marta.id, id }
}

impl Scene {
    async fn marta_answers(&self, words: &str) {
        let message = self.telegram.messages().into_iter().next_back().expect("she was written to");
        self.telegram.reply(&message, words, MARTA);
        self.world.hear().await;
    }

    async fn nudges(&self) {
        self.world.act(self.id, Action::Nudge { person: self.marta }).await;
        self.world.fast_forward(1).await;
    }

    fn chats(&self) -> Vec<String> {
        self.telegram.messages().into_iter().map(|one| one.text).collect()
    }

    async fn suggestion(&self) -> Option<String> {
        self.world.incident(self.id).await.check_in.nudged
    }
}

#[tokio::test]
async fn a_nudge_goes_by_the_channel_she_answered_on_and_says_what_is_awaited_and_how_often() {
    let scene = alerted().await;
    scene.marta_answers("On it").await;
    assert_eq!(holder(&scene.world.incident(scene.id).await), Some("Marta"));
    let mails = scene.mailbox.mails().len();
    scene.nudges().await;
    let first = scene.chats().pop().expect("a nudge");
    assert!(first.contains("A friendly question: how is it going? One line is enough."), "{first}");
    assert_eq!(scene.mailbox.mails().len(), mails, "by the chat she answered in, and not by the mail that comes first");
    let (name, what, due) = (String::new(), "send the logs".into(), Some(scene.world.now().plus(17 * MINUTE)));
    scene.world.act(scene.id, Action::Promise { person: Some(scene.marta), name, what, due }).await;
    scene.nudges().await;
    let second = scene.chats().pop().expect("a nudge");
    assert!(second.contains("A second time") && second.contains("Awaited is “send the logs”, which you said for 14:00."), "{second}");
    assert_eq!(scene.suggestion().await.as_deref(), Some("Nudged 2 times without an answer."));
}

#[tokio::test]
async fn the_third_without_an_answer_suggests_to_escalate_in_the_window_and_by_a_notice() {
    let scene = alerted().await;
    scene.marta_answers("On it").await;
    assert_eq!(scene.suggestion().await, None, "nobody was nudged");
    for _ in 0..3 {
        scene.nudges().await;
    }
    let third = scene.chats().pop().expect("a nudge");
    assert!(third.contains("Asked for the 3rd time") && third.contains("then somebody else is called"), "still polite, and plain: {third}");
    let suggested = "Nudged 3 times without an answer. Escalate instead? Level 2 is Ben.";
    assert_eq!(scene.suggestion().await.as_deref(), Some(suggested));
    let notice = scene.world.screen.last().expect("a notice");
    assert_eq!(notice.title, "Marta has not answered 3 nudges");
    assert!(notice.body.contains(suggested), "{}", notice.body);
    assert_eq!(holder(&scene.world.incident(scene.id).await), Some("Marta"), "it is suggested, and nothing is done by itself");

    scene.marta_answers("Still looking").await;
    assert_eq!(scene.suggestion().await, None, "she has said something: it is counted anew");
    scene.nudges().await;
    assert!(scene.chats().pop().is_some_and(|text| text.contains("A friendly question")));
}

#[tokio::test]
async fn what_the_desk_writes_down_for_her_is_no_answer() {
    let scene = alerted().await;
    scene.nudges().await;
    scene.world.act(scene.id, Action::Acknowledge { person: Some(scene.marta), name: String::new(), how: AcknowledgedHow::Call }).await;
    assert_eq!(scene.suggestion().await.as_deref(), Some("Nudged once without an answer."));
}
