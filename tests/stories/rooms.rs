//! A room for the incident: opened by Baton, with those who are told of it, what is known
//! in sight, what happens posted, and what is written there kept.

use std::time::Duration;

use baton_core::api::types::{Action, IncidentView};
use baton_core::domain::delivery::DeliveryState;
use baton_core::domain::directory::{Person, Service};
use baton_core::domain::event::AcknowledgedHow;
use baton_core::domain::id::{ChannelId, IncidentId};
use baton_core::domain::incident::Phase;
use baton_core::domain::severity::Severity;
use baton_core::domain::time::DAY;
use baton_core::error::Failure;
use baton_tests::http_sink::{HttpBehaviour, HttpSink};
use baton_tests::providers::slack::{Fails, Message, Room, Slack};
use baton_tests::smtp_sink::SmtpSink;
use baton_tests::world::World;

use crate::answering::{holder, lines};

/// Marta, and Ben ten minutes later, at a desk that opens rooms by its Slack.
struct Scene {
    world: World,
    slack: Slack,
    chat: ChannelId,
    marta: Person,
    shop: Service,
}

impl Scene {
    async fn set(socket_mode: bool) -> Self {
        let (world, slack) = (World::new().await, Slack::start().await);
        let chat = world.slack_app(&slack, socket_mode).await;
        let (marta, ben) = (world.person("Marta", &[(chat, "U501")]).await, world.person("Ben", &[(chat, "U502")]).await);
        let shop = world.service("Shop", &[(&[&marta], 10), (&[&ben], 10)]).await;
        has_rooms(&world, chat, "").await.expect("accepted");
        Self { world, slack, chat, marta, shop }
    }

    async fn escalated(&self) -> IncidentId {
        let id = self.world.escalates("Checkout fails for everybody", &self.shop).await;
        self.world.settle().await;
        id
    }

    fn room(&self) -> Room {
        self.slack.rooms().pop().expect("there is a room")
    }

    /// What was posted there.
    fn posts(&self) -> Vec<Message> {
        let room = self.room();
        self.slack.messages().into_iter().filter(|message| message.channel == room.id).collect()
    }

    async fn incident(&self, id: IncidentId) -> IncidentView {
        self.world.incident(id).await
    }
}

/// What is critical or high has a room by this channel.
pub async fn has_rooms(world: &World, channel: ChannelId, standing: &str) -> Result<(), Failure> {
    let mut rules = world.desk.rules().await.expect("the rules");
    rules.rooms.severities = vec![Severity::Critical, Severity::High];
    (rules.rooms.channel, rules.rooms.standing) = (Some(channel), standing.into());
    world.desk.save_rules(rules).await
}

pub fn acknowledged(person: &Person) -> Action {
    Action::Acknowledge { person: Some(person.id), name: String::new(), how: AcknowledgedHow::Call }
}

pub fn resolved() -> Action {
    Action::Resolve { cause: "The pool was exhausted".into(), fix: "Restarted".into(), follow_ups: vec!["A bigger pool".into()] }
}

pub fn has(incident: &IncidentView, words: &str) -> bool {
    lines(incident).iter().any(|line| line.contains(words))
}

#[tokio::test]
async fn an_incident_gets_its_room_with_its_people_and_the_brief_in_sight() {
    let scene = Scene::set(true).await;
    let id = scene.escalated().await;
    let first = scene.slack.messages()[0].clone();
    assert_eq!(first.channel, "D501", "the alert goes before everything else");
    let (room, incident) = (scene.room(), scene.incident(id).await);
    let reference = incident.incident.reference.to_lowercase();
    assert_eq!(room.name, format!("inc-{reference}-checkout-fails-for-everybody"));
    assert!(room.topic.contains("Checkout fails for everybody"), "{}", room.topic);
    assert_eq!(room.invited, ["U501"], "whoever was told of it, and nobody who sleeps still");
    let brief = &scene.posts()[0];
    assert!(brief.shown().contains("This room is for those who work on it.") && brief.shown().contains("Where: Shop"), "{}", brief.shown());
    assert_eq!(room.pinned, [brief.ts.as_str()], "what it is about stays in sight");
    assert!(has(&incident, &format!("Opened the room #{} · by Slack", room.name)), "{:?}", lines(&incident));
    let shown = incident.room.expect("it is on the incident");
    assert_eq!((shown.name, shown.words.as_str()), (format!("#{}", room.name), ""));
    assert!(shown.link.ends_with(&format!("/app_redirect?channel={}", room.id)), "one click away: {}", shown.link);
    scene.world.fast_forward(10).await;
    assert_eq!(scene.room().invited, ["U501", "U502"], "Ben comes in with his level");
}

#[tokio::test]
async fn what_happens_is_posted_and_what_people_write_there_is_theirs_and_decides_nothing() {
    let scene = Scene::set(true).await;
    let Scene { world, slack, .. } = &scene;
    let id = scene.escalated().await;
    world.hear().await;
    let room = scene.room();
    slack.knows("U777", "Zoë Kern");
    slack.says(&room.id, "on it", "U777");
    slack.says(&room.id, "I see <https://example.org/graph|the graph> &amp; it is bad", "U501");
    slack.reply(&scene.posts()[0], "Since when?", "U501");
    let notices = world.screen.titles().len();
    world.hear().await;
    let incident = scene.incident(id).await;
    let name = format!("#{}", room.name);
    assert!(has(&incident, &format!("Zoë Kern wrote in {name} · on it")), "{:?}", lines(&incident));
    assert!(has(&incident, &format!("Marta wrote in {name} · I see the graph & it is bad")), "{:?}", lines(&incident));
    assert!(has(&incident, &format!("Marta wrote in {name} · Since when?")), "in a thread too: {:?}", lines(&incident));
    assert_eq!(holder(&incident), None, "what is said to everybody is no answer");
    assert_eq!(world.screen.titles().len(), notices, "the desk is not rung for each word");
    world.act(id, Action::ShareUpdate { text: "The pool is being restarted.".into() }).await;
    world.act(id, acknowledged(&scene.marta)).await;
    let posts = scene.posts();
    assert_eq!(posts.len(), 3, "the brief, the news, and who has it");
    assert!(posts[1].shown().contains("The pool is being restarted.") && !posts[1].shown().contains("Where: Shop"), "{}", posts[1].shown());
    assert!(posts[2].shown().contains("Marta has it."), "{}", posts[2].shown());
    assert_eq!(posts[2].buttons(), [], "there is nothing to press");
    assert_eq!(world.hear().await, 0, "Baton does not hear itself");
}

#[tokio::test]
async fn it_ends_with_a_summary_and_stays_for_as_long_as_it_may_be_reopened() {
    let scene = Scene::set(true).await;
    let Scene { world, .. } = &scene;
    let id = scene.escalated().await;
    world.fast_forward(5).await;
    world.act(id, resolved()).await;
    let last = scene.posts().pop().expect("a summary");
    for words in ["Resolved by", "5 min after it began", "Cause: The pool was exhausted", "Fix: Restarted", "Still to do: A bigger pool"] {
        assert!(last.shown().contains(words), "{words}: {}", last.shown());
    }
    world.act(id, Action::Reopen { why: "It is back".into() }).await;
    assert!(scene.posts().pop().is_some_and(|post| post.shown().contains("Open again") && post.shown().contains("It is back")));
    world.sleep(2 * DAY / 60_000).await;
    assert!(!scene.room().archived, "what is open keeps its room");
    world.act(id, resolved()).await;
    world.sleep(DAY / 60_000 - 1).await;
    assert!(!scene.room().archived, "somebody may still have a word to say");
    world.sleep(2).await;
    assert!(scene.room().archived);
    let incident = scene.incident(id).await;
    assert!(has(&incident, "Closed the room #inc-"), "{:?}", lines(&incident));
    assert_eq!(incident.room.map(|room| room.words).as_deref(), Some("closed"));
}

#[tokio::test]
async fn a_room_that_opens_when_its_incident_is_over_has_the_summary_and_is_closed_as_any_other() {
    let scene = Scene::set(true).await;
    let Scene { world, slack, .. } = &scene;
    let draft = world.draft("Checkout fails for everybody", &scene.shop).await;
    let id = world.desk.escalate(draft).await.expect("it can be escalated");
    // The room is being opened when somebody at the desk resolves it.
    world.engine.cycle().await.expect("a turn");
    world.desk.act(id, resolved()).await.expect("it can be done");
    world.settle().await;
    assert_eq!(slack.rooms().len(), 1);
    let posts: Vec<String> = scene.posts().iter().map(Message::shown).collect();
    assert!(posts.iter().any(|post| post.contains("Cause: The pool was exhausted")), "whoever comes by reads how it ended: {posts:?}");
    world.sleep(DAY / 60_000 - 1).await;
    assert!(!scene.room().archived, "somebody may still have a word to say");
    world.sleep(2).await;
    assert!(scene.room().archived, "and then it is closed: {:?}", lines(&scene.incident(id).await));
}

#[tokio::test]
async fn what_is_written_when_it_is_over_is_kept_too() {
    let scene = Scene::set(true).await;
    let Scene { world, slack, chat, .. } = &scene;
    let id = scene.escalated().await;
    world.act(id, resolved()).await;
    slack.says(&scene.room().id, "It was the pool again", "U501");
    world.hear().await;
    let incident = scene.incident(id).await;
    assert!(has(&incident, "Marta wrote in #inc-") && has(&incident, "It was the pool again"), "{:?}", lines(&incident));
    assert!(matches!(incident.incident.phase, Phase::Resolved { .. }), "and opens nothing");
    has_rooms(world, *chat, "C100").await.expect("accepted");
    let other = world.escalates("No mail goes out", &scene.shop).await;
    world.act(other, resolved()).await;
    let brief = slack.messages().into_iter().find(|message| message.channel == "C100").expect("the thread’s first");
    slack.reply(&brief, "The relay was full", "U501");
    world.hear().await;
    let incident = world.incident(other).await;
    assert!(has(&incident, "Marta wrote in C100 · The relay was full"), "in a thread too: {:?}", lines(&incident));
}

#[tokio::test]
async fn a_room_that_finds_no_place_to_be_opened_from_is_opened_as_soon_as_there_is_one() {
    let (scene, hook) = (Scene::set(true).await, HttpSink::start().await);
    let Scene { world, slack, .. } = &scene;
    hook.always(HttpBehaviour::Silence);
    let url = hook.url("/hook");
    let secrets = [("url", url.as_str()), ("signing_secret", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")];
    let open = [("allow_private", "yes"), ("allow_plain", "yes")];
    let webhook = world.channel("webhook", "Hook", &open, &secrets).await.expect("the webhook is accepted");
    // All places but one are held by messages of which nothing is heard.
    for (what, count) in [("Checkout fails for everybody", 32), ("No mail goes out", 31)] {
        let mut people = vec![];
        for number in 0..count {
            people.push(world.person(&format!("{what} {number}"), &[(webhook, "")]).await);
        }
        let service = world.service(what, &[(&people.iter().collect::<Vec<_>>(), 30)]).await;
        let draft = world.draft(what, &service).await;
        world.desk.escalate(draft).await.expect("it can be escalated");
    }
    let both = async {
        while slack.rooms().len() < 2 {
            world.engine.cycle().await.expect("a turn");
            tokio::task::yield_now().await;
        }
    };
    let opened = tokio::time::timeout(Duration::from_secs(20), both).await;
    assert!(opened.is_ok(), "the second one goes when the first one’s place is free, at the same moment: {:?}", slack.rooms());
}

#[tokio::test]
async fn without_the_line_nothing_is_lost_and_no_alert_waits_for_the_room() {
    let scene = Scene::set(true).await;
    for _ in 0..2 {
        scene.slack.fails(Fails { status: 503, ..Fails::with("conversations.create", "service_unavailable") });
    }
    let id = scene.escalated().await;
    assert_eq!(scene.slack.messages().len(), 1, "the alert is out");
    assert_eq!(scene.slack.rooms(), [], "and the room is not open");
    let shown = scene.incident(id).await.room.expect("it is on the incident");
    assert!(shown.words.starts_with("not open yet: "), "{}", shown.words);
    scene.world.act(id, Action::ShareUpdate { text: "The pool is being restarted.".into() }).await;
    let Scene { world, slack, .. } = scene;
    let world = world.restarted().await;
    world.fast_forward(2).await;
    let room = slack.rooms().pop().expect("open at last");
    let posts: Vec<String> = slack.messages().into_iter().filter(|message| message.channel == room.id).map(|post| post.shown()).collect();
    assert_eq!(posts.len(), 2, "{posts:?}");
    assert!(posts[1].contains("The pool is being restarted."), "what was shared before there was a room is in it: {posts:?}");
    assert!(matches!(world.incident(id).await.incident.phase, Phase::Climbing {}));
}

#[tokio::test]
async fn whoever_comes_in_reads_first_what_it_is_about() {
    let (scene, mailbox) = (Scene::set(true).await, SmtpSink::start().await);
    let Scene { world, slack, .. } = &scene;
    let mail = world.mail(&mailbox).await;
    let ana = world.person("Ana", &[(mail, "ana@example.org")]).await;
    let network = world.service("Network", &[(&[&ana], 30)]).await;
    slack.fails(Fails { status: 503, ..Fails::with("chat.postMessage", "service_unavailable") });
    let id = world.escalates("VPN drops", &network).await;
    world.act(id, Action::ShareUpdate { text: "The gateway restarts.".into() }).await;
    world.act(id, acknowledged(&ana)).await;
    assert_eq!(scene.posts().len(), 0, "what is new waits for the brief, which waits for Slack");
    world.fast_forward(1).await;
    let posts: Vec<String> = scene.posts().iter().map(Message::shown).collect();
    assert_eq!(posts.len(), 2, "{posts:?}");
    assert!(posts[0].contains("This room is for those who work on it."), "{posts:?}");
    let (news, taken) = (posts[1].find("The gateway restarts."), posts[1].find("Ana has it."));
    assert!(
        news.is_some() && news < taken && posts[1].contains("What happened so far:\n12:42 News from"),
        "in order, and with its time: {posts:?}"
    );
}

#[tokio::test]
async fn a_room_that_was_opened_without_a_word_is_found_again() {
    let scene = Scene::set(true).await;
    let Scene { world, slack, .. } = &scene;
    slack.fails(Fails { although_done: true, ..Fails::with("conversations.create", "internal_error") });
    scene.escalated().await;
    world.fast_forward(1).await;
    assert_eq!(slack.rooms().len(), 1, "it is the one that was opened: {:?}", slack.rooms());
    assert_eq!(scene.posts().len(), 1);
    let other = world.escalates("No mail goes out", &scene.shop).await;
    let name = slack.rooms().pop().expect("its room").name;
    assert!(has(&world.incident(other).await, &name), "each incident has its own");
    assert_eq!(slack.calls("users.conversations"), 1, "only a second try looks for the first one’s");
}

#[tokio::test]
async fn what_cannot_be_opened_is_said_once_and_everybody_is_alerted_all_the_same() {
    let scene = Scene::set(true).await;
    let Scene { world, slack, .. } = &scene;
    let mut lacking = Fails::with("conversations.create", "");
    lacking.body = r#"{"ok":false,"error":"missing_scope","needed":"channels:manage"}"#.into();
    slack.fails(lacking);
    let id = scene.escalated().await;
    let incident = scene.incident(id).await;
    assert!(has(&incident, "No room could be opened by Slack") && has(&incident, "channels:manage"), "{:?}", lines(&incident));
    assert!(world.screen.titles().contains(&"There is no room for it".to_string()), "{:?}", world.screen.titles());
    assert_eq!(incident.deliveries[0].state, DeliveryState::Accepted, "the alert is where it should be");
    world.fast_forward(10).await;
    assert_eq!(slack.messages().len(), 2, "and the climb goes on");
    assert_eq!(slack.calls("conversations.create"), 1, "what cannot be is not tried again and again");
}

#[tokio::test]
async fn a_pin_or_an_invitation_that_fails_for_good_is_left_and_the_room_goes_on() {
    let scene = Scene::set(true).await;
    let Scene { world, slack, .. } = &scene;
    slack.fails(Fails::with("conversations.invite", "user_is_restricted"));
    slack.fails(Fails::with("pins.add", "missing_scope"));
    let id = scene.escalated().await;
    world.act(id, Action::ShareUpdate { text: "News".into() }).await;
    assert_eq!(scene.posts().len(), 2, "what matters is there");
    world.fast_forward(5).await;
    assert_eq!((slack.calls("conversations.invite"), slack.calls("pins.add")), (1, 1), "neither is tried for ever");
}

#[tokio::test]
async fn only_what_is_bad_enough_has_a_room_and_it_comes_when_it_grows_worse() {
    let scene = Scene::set(true).await;
    let Scene { world, slack, .. } = &scene;
    let mut draft = world.draft("A printer jams", &scene.shop).await;
    draft.severity = Some(Severity::Medium);
    draft.against_advice = "one printer".into();
    let id = world.desk.escalate(draft).await.expect("it can be escalated");
    world.settle().await;
    assert_eq!((slack.rooms(), scene.incident(id).await.room), (vec![], None), "nobody needs a room for a printer");
    world.act(id, Action::ChangeSeverity { severity: Severity::High, why: "all of them".into() }).await;
    assert_eq!(slack.rooms().len(), 1);
    world.act(id, Action::ChangeSeverity { severity: Severity::Critical, why: "and the shop".into() }).await;
    assert_eq!(slack.rooms().len(), 1, "one incident, one room");
    assert!(scene.posts().pop().is_some_and(|post| post.shown().contains("It is critical now: and the shop")));
}

#[tokio::test]
async fn in_a_standing_channel_each_incident_is_a_thread_of_its_own() {
    let scene = Scene::set(true).await;
    let Scene { world, slack, chat, .. } = &scene;
    has_rooms(world, *chat, " C100 ").await.expect("accepted");
    let id = scene.escalated().await;
    world.act(id, Action::ShareUpdate { text: "The pool is being restarted.".into() }).await;
    let posts: Vec<Message> = slack.messages().into_iter().filter(|message| message.channel == "C100").collect();
    assert_eq!(
        posts.iter().map(|post| post.thread.clone()).collect::<Vec<_>>(),
        [None, Some(posts[0].ts.clone())],
        "the news are below the brief"
    );
    assert_eq!((slack.rooms(), slack.calls("pins.add"), slack.calls("conversations.invite")), (vec![], 0, 0), "the channel stays as it is");
    world.hear().await;
    slack.reply(&posts[0], "on it", "U777");
    slack.says("C100", "Lunch?", "U777");
    world.hear().await;
    let incident = scene.incident(id).await;
    assert!(
        has(&incident, "wrote in C100 · on it") && !has(&incident, "Lunch"),
        "only the thread is the incident’s: {:?}",
        lines(&incident)
    );
    assert_eq!(holder(&incident), None);
    world.act(id, resolved()).await;
    world.sleep(DAY / 60_000 + 1).await;
    assert!(!has(&scene.incident(id).await, "Closed the room"), "it was there before and goes on");
}

#[tokio::test]
async fn a_channel_without_rooms_posts_to_one_that_is_there() {
    let (world, hook, mailbox) = (World::new().await, HttpSink::start().await, SmtpSink::start().await);
    let (webhook, mail) = (world.slack(&hook).await, world.mail(&mailbox).await);
    let marta = world.person("Marta", &[(mail, "marta@example.org")]).await;
    let shop = world.service("Shop", &[(&[&marta], 10)]).await;
    let refused = has_rooms(&world, mail, "").await.expect_err("mail has no rooms");
    assert!(refused.message.contains("name a channel that is there already"), "{}", refused.message);
    has_rooms(&world, webhook, "").await.expect("the webhook’s channel is where it is");
    let id = world.escalates("Checkout fails for everybody", &shop).await;
    world.settle().await;
    world.act(id, Action::ShareUpdate { text: "The pool is being restarted.".into() }).await;
    let said: Vec<String> = hook.wait_for(2).await.iter().map(|request| request.json()["text"].to_string()).collect();
    assert!(said[0].contains("This room is for those") && said[1].contains("The pool is being restarted."), "{said:?}");
    assert_eq!(mailbox.wait_for(2).await.len(), 2, "and Marta is told as ever");
}

#[tokio::test]
async fn what_is_written_in_a_room_is_found_without_socket_mode_too() {
    let scene = Scene::set(false).await;
    let Scene { world, slack, .. } = &scene;
    let id = scene.escalated().await;
    let room = scene.room();
    slack.says(&room.id, "I am looking at the pool", "U501");
    slack.reply(&scene.posts()[0], "And I at the disk", "U502");
    world.hear().await;
    let incident = scene.incident(id).await;
    assert!(has(&incident, "I am looking at the pool") && has(&incident, "Ben wrote in"), "{:?}", lines(&incident));
    let world = scene.world.restarted().await;
    assert_eq!(world.hear().await, 0, "and once is enough");
}

#[tokio::test]
async fn what_could_open_no_room_is_refused_where_it_is_set() {
    let world = World::new().await;
    let call = world.by_hand().await;
    let refused = has_rooms(&world, call, "").await.expect_err("calls have no rooms");
    assert!(refused.message.contains("choose a chat, or mail"), "{}", refused.message);
    let gone = has_rooms(&world, ChannelId::new(world.now()), "").await.expect_err("no such channel");
    assert!(gone.message.contains("Choose the channel"), "{}", gone.message);
    assert_eq!(world.desk.rules().await.expect("the rules").rooms.severities, [], "and nothing was changed");
}
