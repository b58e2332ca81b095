//! What a desk is told once: where it is, and the passwords of its channels.

use baton_core::api::types::ChannelChange;
use baton_core::domain::channel::ChannelSetup;
use baton_core::domain::desk::DeskSettings;
use baton_core::domain::id::ChannelId;
use baton_core::host::{Secret, SecretName, Secrets};
use baton_core::store::open::FILE;
use baton_core::store::{StoreError, settings};
use baton_tests::http_sink::HttpSink;
use baton_tests::smtp_sink::SmtpSink;
use baton_tests::world::World;

#[tokio::test]
async fn a_new_desk_says_times_as_this_computer_does() {
    let (world, mailbox) = (World::new().await, SmtpSink::start().await);
    world.desk.prepare(Some("Europe/Berlin".into())).await.expect("prepared");
    let overview = world.desk.overview().await.expect("the overview");
    assert_eq!((overview.desk.zone.as_str(), overview.first_start), ("Europe/Berlin", true), "known, and still nobody has set it up");
    let mail = world.mail(&mailbox).await;
    let marta = world.person("Marta", &[(mail, "marta@example.org")]).await;
    let shop = world.service("Shop", &[(&[&marta], 10)]).await;
    world.escalates("Checkout fails", &shop).await;
    let text = mailbox.wait_for(1).await[0].text();
    assert!(text.contains("13:42") && !text.contains("12:42"), "what goes out says the time of the place: {text}");

    world.desk.save_desk(DeskSettings { zone: "Asia/Tokyo".into(), ..overview.desk }).await.expect("saved");
    world.desk.prepare(Some("Europe/Berlin".into())).await.expect("the next start");
    assert_eq!(world.desk.overview().await.expect("the overview").desk.zone, "Asia/Tokyo", "what was chosen stays");
}

#[tokio::test]
async fn a_computer_that_names_no_zone_we_know_leaves_the_desk_as_it_was() {
    let world = World::new().await;
    world.desk.prepare(Some("Mars/Olympus".into())).await.expect("prepared");
    assert_eq!(world.desk.overview().await.expect("the overview").desk.zone, "UTC", "a zone that cannot be read would be worse");
}

#[tokio::test]
async fn a_zone_that_no_longer_exists_is_said_until_another_is_chosen() {
    let world = World::new().await;
    let overview = world.desk.overview().await.expect("the overview");
    assert_eq!(overview.conditions, Vec::<String>::new(), "nothing is wrong yet");
    // As an older Baton, or another computer, may have written it.
    let gone = DeskSettings { zone: "Mars/Olympus".into(), ..overview.desk };
    let written = gone.clone();
    world.engine.store.write::<_, StoreError, _>(move |db| settings::put(db, "desk", &written)).await.expect("written");
    let overview = world.desk.overview().await.expect("the frame is there all the same");
    assert!(overview.conditions[0].starts_with("There is no time zone \"Mars/Olympus\" (any more), so times are in UTC."), "{overview:?}");
    let refused = world.desk.save_desk(gone.clone()).await.expect_err("it is not saved once more");
    assert_eq!(refused.details, ["zone"], "{}", refused.message);
    world.desk.save_desk(DeskSettings { zone: "Europe/Berlin".into(), ..gone }).await.expect("chosen");
    assert_eq!(world.desk.overview().await.expect("the overview").conditions, Vec::<String>::new(), "and then it is over");
}

async fn setup(world: &World, id: ChannelId) -> ChannelSetup {
    let directory = world.desk.directory().await.expect("the directory");
    directory.channels.into_iter().find(|setup| setup.id == id).expect("the channel is there")
}

fn kept(world: &World, channel: ChannelId, field: &str) -> Option<String> {
    let name = SecretName { channel, field: field.into() };
    world.secrets.get(&name).expect("the keyring answers").map(|value| value.reveal().to_string())
}

const LOGIN: [(&str, &str); 4] =
    [("host", "mail.example.org"), ("security", "tls"), ("from_address", "desk@example.org"), ("username", "desk")];

#[tokio::test]
async fn a_password_can_be_taken_away() {
    let world = World::new().await;
    let mail = world.channel("mail", "Mail", &LOGIN, &[("password", "pass word")]).await.expect("accepted");
    let mut change = ChannelChange { setup: setup(&world, mail).await, secrets: Default::default(), forget: vec!["password".into()] };
    let refused = world.desk.save_channel(change.clone()).await.expect_err("a user name without a password logs in nowhere");
    assert_eq!(refused.details, ["password"], "{}", refused.message);
    assert_eq!(kept(&world, mail, "password").as_deref(), Some("pass word"), "and what was refused changed nothing");

    change.setup.settings.remove("username");
    let saved = world.desk.save_channel(change).await.expect("without a login");
    assert!(saved.secrets_set.is_empty() && setup(&world, mail).await.secrets_set.is_empty(), "it is not set any more");
    assert_eq!(kept(&world, mail, "password"), None, "nor kept");
}

#[tokio::test]
async fn a_password_is_kept_only_with_the_channel_it_belongs_to() {
    let world = World::new().await;
    let mail = world.channel("mail", "Mail", &LOGIN, &[("password", "old")]).await.expect("accepted");
    let full = |db: &rusqlite::Connection| -> Result<(), StoreError> {
        Ok(db.execute_batch("CREATE TRIGGER full BEFORE INSERT ON channels BEGIN SELECT RAISE(ABORT, 'no room'); END")?)
    };
    world.engine.store.write(full).await.expect("nothing more is written");
    let secrets = [("password".to_string(), "new".to_string())].into();
    let change = ChannelChange { setup: setup(&world, mail).await, secrets, forget: vec![] };
    world.desk.save_channel(change).await.expect_err("the row cannot be written");
    assert_eq!(kept(&world, mail, "password").as_deref(), Some("old"), "so the password is the one that goes with the row that stands");
}

#[tokio::test]
async fn a_removed_channel_keeps_its_secrets_for_a_day_and_no_longer() {
    let (world, chat) = (World::new().await, HttpSink::start().await);
    let (gone, stays) = (world.slack(&chat).await, world.slack(&chat).await);
    world.desk.remove_channel(gone, false).await.expect("removed");
    world.desk.clear_secrets().await.expect("cleared");
    assert!(kept(&world, gone, "url").is_some(), "a removal may be undone");
    world.sleep(25 * 60).await;
    world.desk.clear_secrets().await.expect("cleared");
    assert_eq!(kept(&world, gone, "url"), None, "nobody undoes it a day later");
    assert!(kept(&world, stays, "url").is_some(), "the others keep theirs");
    let name = SecretName { channel: gone, field: "url".into() };
    world.secrets.set(&name, &Secret::new("seen".into())).expect("kept");
    world.desk.clear_secrets().await.expect("cleared");
    assert!(kept(&world, gone, "url").is_some(), "it is done once, not at every start");
}

#[tokio::test]
async fn no_webhook_address_is_in_the_database() {
    let (world, chat) = (World::new().await, HttpSink::start().await);
    world.slack(&chat).await;
    let (url, signing) = (chat.url("/token-5c1d"), "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");
    let settings = [("allow_private", "yes"), ("allow_plain", "yes")];
    world.channel("webhook", "Hook", &settings, &[("url", &url), ("signing_secret", signing)]).await.expect("accepted");
    let kept: Vec<u8> = ["", "-wal"]
        .into_iter()
        .flat_map(|suffix| std::fs::read(world.folder.path().join(format!("{FILE}{suffix}"))).unwrap_or_default())
        .collect();
    let has = |words: &str| kept.windows(words.len()).any(|bytes| bytes == words.as_bytes());
    assert!(has("allow_private"), "what is no secret is there, so it is looked for in the right place");
    assert!(!has("127.0.0.1") && !has("token-5c1d") && !has(signing), "an address may hold a token: not a byte of it is on the disk");
}
