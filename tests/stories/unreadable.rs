//! What cannot be read stops nothing but itself, and is said.

use std::time::Duration;

use baton_core::api::types::Action;
use baton_core::domain::channel::Reach;
use baton_core::domain::directory::Target;
use baton_core::domain::event::AcknowledgedHow;
use baton_core::domain::id::{ChannelId, IncidentId};
use baton_core::domain::severity::Severity;
use baton_core::domain::time::MINUTE;
use baton_core::store::StoreError;
use baton_tests::http_sink::{HttpBehaviour, HttpSink};
use baton_tests::providers::slack::Slack;
use baton_tests::providers::telegram::Telegram;
use baton_tests::smtp_sink::SmtpSink;
use baton_tests::world::World;

/// Breaks something from outside; answers how many rows it has changed.
async fn breaks(world: &World, statements: &'static str) -> usize {
    let done = world.engine.store.write(move |db| Ok::<_, StoreError>(db.execute(statements, [])?));
    done.await.expect("broken as it should be")
}

/// Neither what is kept of it nor what happened to it can be read.
async fn garbles(world: &World, id: IncidentId) {
    let statements = format!(
        "DROP TRIGGER IF EXISTS events_are_not_changed; UPDATE incidents SET state = '{{' WHERE id = '{id}';
         UPDATE events SET event = '{{' WHERE incident_id = '{id}'"
    );
    world.engine.store.write(move |db| Ok::<_, StoreError>(db.execute_batch(&statements)?)).await.expect("broken as it should be");
}

/// Turns the engine until what it began has ended. What fails is what cannot be read.
async fn turns(world: &World, times: usize) {
    for _ in 0..times {
        drop(world.engine.cycle().await);
        // Far longer than it takes; a place that is held for ever is a failed test.
        tokio::time::timeout(Duration::from_secs(20), world.engine.sends_end()).await.expect("what was begun comes to an end");
    }
}

/// What is critical has a room by this channel.
async fn has_rooms(world: &World, channel: ChannelId) {
    let mut rules = world.desk.rules().await.expect("the rules");
    (rules.rooms.severities, rules.rooms.channel) = (vec![Severity::Critical], Some(channel));
    world.desk.save_rules(rules).await.expect("accepted");
}

fn resolved() -> Action {
    Action::Resolve { cause: String::new(), fix: String::new(), follow_ups: vec![] }
}

#[tokio::test]
async fn a_message_that_was_being_sent_at_a_kill_and_cannot_be_read_lets_the_start_go_on() {
    let (world, chat, mailbox) = (World::new().await, HttpSink::start().await, SmtpSink::start().await);
    chat.next([HttpBehaviour::Silence]);
    let (slack, mail) = (world.slack(&chat).await, world.mail(&mailbox).await);
    let (marta, jonas) = (world.person("Marta", &[(slack, "")]).await, world.person("Jonas", &[(mail, "j@example.org")]).await);
    let shop = world.service("Shop", &[(&[&marta], 30), (&[&jonas], 30)]).await;
    let draft = world.draft("Checkout fails for everybody", &shop).await;
    world.desk.escalate(draft).await.expect("escalated");
    world.engine.cycle().await.expect("a turn");
    chat.wait_for(1).await;
    assert_eq!(breaks(&world, "UPDATE deliveries SET message = '{}' WHERE state = 'attempting'").await, 1);
    let world = world.restarted().await;
    world.settle().await;
    assert_eq!(mailbox.wait_for(1).await[0].to, ["j@example.org"], "Marta has nothing else, so the next level is entered at once");
}

#[tokio::test]
async fn a_queued_message_that_cannot_be_read_is_said_and_the_next_method_is_tried() {
    let (world, chat, mailbox) = (World::new().await, HttpSink::start().await, SmtpSink::start().await);
    let (slack, mail) = (world.slack(&chat).await, world.mail(&mailbox).await);
    let marta = world.person("Marta", &[(slack, ""), (mail, "m@example.org")]).await;
    let mut rules = world.desk.rules().await.expect("the rules");
    rules.channels.critical = vec![Reach::Chat];
    world.desk.save_rules(rules).await.expect("chat alone for the worst");
    let shop = world.service("Shop", &[(&[&marta], 600)]).await;
    let draft = world.draft("Checkout fails for everybody", &shop).await;
    let id = world.desk.escalate(draft).await.expect("escalated");
    assert!(breaks(&world, "UPDATE deliveries SET message = '{}'").await > 0);
    world.settle().await;
    let told = world.timeline(id).await;
    assert!(told.iter().any(|words| words.contains("to Marta failed")), "the timeline says that it did not go: {told:?}");
    assert!(chat.requests().is_empty(), "nothing half read was sent");
    assert_eq!(mailbox.wait_for(1).await[0].to, ["m@example.org"], "and her next method has the words of now");
}

#[tokio::test]
async fn a_row_of_the_directory_that_cannot_be_read_stops_neither_the_climb_nor_the_desk() {
    let (world, mailbox) = (World::new().await, SmtpSink::start().await);
    let mail = world.mail(&mailbox).await;
    let (marta, ana) = (world.person("Marta", &[(mail, "m@example.org")]).await, world.person("Ana", &[(mail, "a@example.org")]).await);
    world.person("Zed", &[(mail, "z@example.org")]).await;
    let nights = world.rotation("Databases", &[&ana]).await;
    let shop = world.service_for("Shop", &[(Target::Person { id: marta.id }, 10), (Target::Rotation { id: nights.id }, 10)]).await;
    let id = world.escalates("Checkout fails for everybody", &shop).await;
    assert_eq!(breaks(&world, "UPDATE people SET absences = '{' WHERE name = 'Zed'").await, 1);
    world.fast_forward(11).await;
    assert_eq!(mailbox.wait_for(2).await[1].to, ["a@example.org"], "whoever is on call is called all the same");
    world.act(id, Action::Acknowledge { person: None, name: "Ana".into(), how: AcknowledgedHow::Call }).await;
    world.act(id, resolved()).await;
    let directory = world.desk.directory().await.expect("the directory opens");
    assert_eq!(directory.people.len(), 2, "with everybody who can be read");
    world.desk.overview().await.expect("and the frame");
}

#[tokio::test]
async fn a_failure_is_written_down_although_the_directory_has_a_row_that_cannot_be_read() {
    let (world, chat, mailbox) = (World::new().await, HttpSink::start().await, SmtpSink::start().await);
    chat.always(HttpBehaviour::says(404, "gone"));
    let (slack, mail) = (world.slack(&chat).await, world.mail(&mailbox).await);
    let ana = world.person("Ana", &[(slack, ""), (mail, "a@example.org")]).await;
    world.person("Zed", &[(mail, "z@example.org")]).await;
    let mut rules = world.desk.rules().await.expect("the rules");
    rules.channels.critical = vec![Reach::Chat];
    world.desk.save_rules(rules).await.expect("chat alone for the worst");
    let nights = world.rotation("Databases", &[&ana]).await;
    let shop = world.service_for("Shop", &[(Target::Rotation { id: nights.id }, 10)]).await;
    let draft = world.draft("Checkout fails for everybody", &shop).await;
    world.desk.escalate(draft).await.expect("escalated");
    breaks(&world, "UPDATE people SET absences = '{' WHERE name = 'Zed'").await;
    let settled = tokio::time::timeout(Duration::from_secs(30), world.settle()).await;
    settled.expect("no place to send from is held for ever");
    assert_eq!(mailbox.wait_for(1).await[0].to, ["a@example.org"], "the chat refused, so her next method is used");
}

#[tokio::test]
async fn an_event_that_cannot_be_read_keeps_the_desk_from_nothing() {
    let (world, mailbox) = (World::new().await, SmtpSink::start().await);
    let mail = world.mail(&mailbox).await;
    let marta = world.person("Marta", &[(mail, "m@example.org")]).await;
    let shop = world.service("Shop", &[(&[&marta], 10)]).await;
    world.escalates("Checkout fails for everybody", &shop).await;
    let over = world.escalates("VPN drops", &shop).await;
    world.act(over, resolved()).await;
    let broken = "DROP TRIGGER events_are_not_changed;
        UPDATE events SET event = '{\"type\":\"of_tomorrow\"}' WHERE event LIKE '%\"resolved\"%';
        DELETE FROM settings WHERE name = 'projection_form'";
    world.engine.store.write(|db| Ok::<_, StoreError>(db.execute_batch(broken)?)).await.expect("broken");
    world.desk.prepare(None).await.expect("the desk opens");
    let overview = world.desk.overview().await.expect("the frame");
    assert_eq!(overview.open, 1, "the other one is still open, and the one that is over is not");
    assert!(overview.conditions.iter().any(|words| words.contains("cannot be read")), "and it is said: {:?}", overview.conditions);
}

#[tokio::test]
async fn a_reminder_that_cannot_be_given_keeps_no_message_waiting() {
    let (world, mailbox) = (World::new().await, SmtpSink::start().await);
    let mail = world.mail(&mailbox).await;
    let marta = world.person("Marta", &[(mail, "m@example.org")]).await;
    let shop = world.service("Shop", &[(&[&marta], 30)]).await;
    world.settle().await;
    breaks(
        &world,
        "INSERT INTO settings (name, document) VALUES ('holes_told_at', '\"x') ON CONFLICT DO UPDATE SET document = excluded.document",
    )
    .await;
    world.escalates("Checkout fails for everybody", &shop).await;
    assert_eq!(mailbox.wait_for(1).await[0].to, ["m@example.org"]);
}

#[tokio::test]
async fn somebody_whose_row_cannot_be_read_stops_no_incident() {
    let (world, mailbox) = (World::new().await, SmtpSink::start().await);
    let mail = world.mail(&mailbox).await;
    let marta = world.person("Marta", &[(mail, "m@example.org")]).await;
    let zed = world.person("Zed", &[(mail, "z@example.org")]).await;
    let shop = world.service("Shop", &[(&[&marta], 30)]).await;
    let id = world.escalates("Checkout fails for everybody", &shop).await;
    world.act(id, Action::Acknowledge { person: Some(zed.id), name: String::new(), how: AcknowledgedHow::Call }).await;
    assert_eq!(breaks(&world, "UPDATE people SET absences = '{' WHERE name = 'Zed'").await, 1);
    world.fast_forward(31).await;
    let titles = world.screen.titles();
    assert!(titles.iter().any(|title| title == "Is Zed still on it?"), "the acknowledgement expires all the same: {titles:?}");
    world.act(id, resolved()).await;
}

#[tokio::test]
async fn what_came_of_a_message_is_kept_although_its_incident_cannot_be_read() {
    let (world, chat) = (World::new().await, HttpSink::start().await);
    chat.always(HttpBehaviour::says(404, "gone"));
    let slack = world.slack(&chat).await;
    let marta = world.person("Marta", &[(slack, "")]).await;
    let shop = world.service("Shop", &[(&[&marta], 30)]).await;
    let draft = world.draft("Checkout fails for everybody", &shop).await;
    let id = world.desk.escalate(draft).await.expect("escalated");
    garbles(&world, id).await;
    turns(&world, 1).await;
    assert_eq!(chat.requests().len(), 1, "it was tried, and its place is free for others");
    let kept = world.engine.store.read(|db| {
        Ok::<_, StoreError>(
            db.query_row("SELECT state, words FROM deliveries", [], |row| Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?)))?,
        )
    });
    let (state, words) = kept.await.expect("the message is there");
    assert!(state == "failed" && words.contains("404"), "what the provider said of it is on record: {state}, {words}");
}

#[tokio::test]
async fn a_message_that_turns_unreadable_while_it_is_sent_holds_no_place_for_ever() {
    let (world, chat, mailbox) = (World::new().await, HttpSink::start().await, SmtpSink::start().await);
    chat.always(HttpBehaviour::Silence);
    let (slack, mail) = (world.slack(&chat).await, world.mail(&mailbox).await);
    let (marta, jonas) = (world.person("Marta", &[(slack, "")]).await, world.person("Jonas", &[(mail, "j@example.org")]).await);
    let shop = world.service("Shop", &[(&[&marta], 30), (&[&jonas], 30)]).await;
    let draft = world.draft("Checkout fails for everybody", &shop).await;
    world.desk.escalate(draft).await.expect("escalated");
    world.engine.cycle().await.expect("a turn");
    chat.wait_for(1).await;
    assert_eq!(breaks(&world, "UPDATE deliveries SET message = '{' WHERE state = 'attempting'").await, 1);
    // The provider goes, and nobody knows whether it had the message.
    drop(chat);
    tokio::time::timeout(Duration::from_secs(60), world.engine.sends_end()).await.expect("its place is free again");
    world.settle().await;
    assert_eq!(mailbox.wait_for(1).await[0].to, ["j@example.org"], "it cannot be sent again, so the next way is used");
}

#[tokio::test]
async fn a_room_whose_incident_cannot_be_read_keeps_no_other_from_its_own() {
    let (world, slack) = (World::new().await, Slack::start().await);
    let chat = world.slack_app(&slack, true).await;
    let marta = world.person("Marta", &[(chat, "U501")]).await;
    let shop = world.service("Shop", &[(&[&marta], 30)]).await;
    has_rooms(&world, chat).await;
    // More than are looked after at once.
    for number in 1..=6 {
        let draft = world.draft(&format!("Till {number} has no connection"), &shop).await;
        let id = world.desk.escalate(draft).await.expect("escalated");
        garbles(&world, id).await;
    }
    let draft = world.draft("Checkout fails for everybody", &shop).await;
    world.desk.escalate(draft).await.expect("escalated");
    turns(&world, 8).await;
    let names: Vec<String> = slack.rooms().into_iter().map(|room| room.name).collect();
    assert!(names.len() == 1 && names[0].ends_with("checkout-fails-for-everybody"), "{names:?}");
}

#[tokio::test]
async fn a_room_that_cannot_be_read_is_put_off_and_keeps_no_other_waiting() {
    let (world, slack) = (World::new().await, Slack::start().await);
    let chat = world.slack_app(&slack, true).await;
    let marta = world.person("Marta", &[(chat, "U501")]).await;
    let shop = world.service("Shop", &[(&[&marta], 30)]).await;
    has_rooms(&world, chat).await;
    for number in 1..=6 {
        let draft = world.draft(&format!("Till {number} has no connection"), &shop).await;
        world.desk.escalate(draft).await.expect("escalated");
    }
    assert_eq!(breaks(&world, "UPDATE rooms SET invited = '{'").await, 6);
    let draft = world.draft("Checkout fails for everybody", &shop).await;
    world.desk.escalate(draft).await.expect("escalated");
    turns(&world, 8).await;
    assert_eq!(slack.rooms().len(), 1, "the one that can be read");
    let due = world.engine.cycle().await.expect("a turn");
    assert!(due.is_some_and(|due| due > world.now()), "and the engine does not turn for the others without end: {due:?}");
}

#[tokio::test]
async fn an_answer_that_cannot_be_recorded_is_said_with_its_sender_and_words() {
    let (world, telegram) = (World::new().await, Telegram::start().await);
    let chat = world.telegram(&telegram).await;
    let marta = world.person("Marta", &[(chat, "501")]).await;
    let shop = world.service("Shop", &[(&[&marta], 30)]).await;
    let id = world.escalates("Checkout fails for everybody", &shop).await;
    let reference = world.incident(id).await.incident.reference;
    let message = telegram.wait_for(1).await.remove(0);
    garbles(&world, id).await;
    telegram.press(&message, "On it", (501, "Marta"));
    world.engine.listen_once().await.expect("the others are heard");
    let notices = world.desk.notices().await.expect("the notices");
    let told: Vec<_> = notices.iter().filter(|notice| notice.title.contains("could not be recorded")).collect();
    assert_eq!(told.len(), 1, "an “on it” is not lost in a log: {notices:?}");
    assert!(told[0].title.contains(&reference) && told[0].critical, "{:?}", told[0]);
    assert!(told[0].body.contains("Marta") && told[0].body.contains("On it"), "who, and what: {}", told[0].body);
    telegram.reply(&message, "I restart the pool at nine", (501, "Marta"));
    world.engine.listen_once().await.expect("heard");
    let latest = world.desk.notices().await.expect("the notices").remove(0);
    assert!(latest.body.contains("I restart the pool at nine"), "in their words: {}", latest.body);
}

#[tokio::test]
async fn a_notice_that_cannot_be_read_is_not_waited_for_without_end() {
    let (world, mailbox) = (World::new().await, SmtpSink::start().await);
    let mail = world.mail(&mailbox).await;
    let marta = world.person("Marta", &[(mail, "m@example.org")]).await;
    let shop = world.service("Shop", &[(&[&marta], 30)]).await;
    let broken = "INSERT INTO notices (id, at, title, body, critical, asks) VALUES ('1', 1, 'Check in', '', 0, '{')";
    assert_eq!(breaks(&world, broken).await, 1);
    let settled = tokio::time::timeout(Duration::from_secs(20), world.engine.settle()).await;
    let due = settled.expect("the engine comes to rest").expect("a turn");
    assert!(due.is_none_or(|due| due > world.now()), "and looks again when something is due: {due:?}");
    world.escalates("Checkout fails for everybody", &shop).await;
    world.fast_forward(31).await;
    let titles = world.screen.titles();
    assert!(!titles.is_empty(), "those that can be read are shown: {titles:?}");
}

#[tokio::test]
async fn an_incident_that_cannot_be_read_keeps_no_notification_from_the_desk() {
    let world = World::new().await;
    let marta = world.person("Marta", &[(world.by_hand().await, "+49 30 23125011")]).await;
    let shop = world.service("Shop", &[(&[&marta], 10)]).await;
    let broken = world.escalates("Checkout fails for everybody", &shop).await;
    let other = world.escalates("Returns fail", &shop).await;
    let notice = format!(
        "INSERT INTO notices (id, incident_id, at, title, body, critical, asks) VALUES ('{other}', '{broken}', 1, 'Needs you now', '', 1, 'look')"
    );
    world.engine.store.write(move |db| Ok::<_, StoreError>(db.execute_batch(&notice)?)).await.expect("it waits to be shown");
    garbles(&world, broken).await;
    turns(&world, 1).await;
    assert_eq!(world.screen.heard(), ["Needs you now"], "of what cannot be read it is heard rather than not");
    world.clock.set(world.now().plus(11 * MINUTE));
    turns(&world, 2).await;
    let about_the_other = world.screen.shown().into_iter().any(|shown| shown.incident == Some(other));
    assert!(about_the_other, "and the other's alarm comes: {:?}", world.screen.titles());
}

#[tokio::test]
async fn an_incident_that_cannot_be_read_takes_no_other_off_the_board_or_the_tray() {
    let (world, mailbox) = (World::new().await, SmtpSink::start().await);
    let mail = world.mail(&mailbox).await;
    let marta = world.person("Marta", &[(mail, "m@example.org")]).await;
    let shop = world.service("Shop", &[(&[&marta], 30)]).await;
    let broken = world.escalates("Checkout fails for everybody", &shop).await;
    let other = world.escalates("Returns fail", &shop).await;
    assert_eq!(world.desk.board().await.expect("the board").rows.len(), 2, "both were read once");
    // Something happens to both, which the board goes by.
    for id in [broken, other] {
        world.act(id, Action::CheckIn { note: "Marta looks at it".into() }).await;
    }
    garbles(&world, broken).await;
    let board = world.desk.board().await.expect("the board opens");
    assert_eq!(board.rows.iter().map(|row| row.id).collect::<Vec<_>>(), [other], "with all that can be read");
    let tray = world.desk.urgent(3).await.expect("so does the tray");
    assert_eq!(tray.rows.iter().map(|urgent| urgent.row.id).collect::<Vec<_>>(), [other]);
    assert_eq!((board.open, board.unreadable), (1, 1), "and that one is missing is said");
}
