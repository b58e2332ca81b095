//! No secret is anywhere but where secrets are kept: not in the database, not in a
//! log of everything, not in what a crash says, not in a file that is taken out. A
//! process of its own, because a log is the whole process's.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use baton_core::api::types::Action;
use baton_core::channel::catalogue::Catalogue;
use baton_core::channel::providers;
use baton_core::domain::channel::{FieldKind, Provider};
use baton_core::domain::heartbeat::HeartbeatSettings;
use baton_core::domain::message::Purpose;
use baton_tests::http_sink::{HttpBehaviour, HttpSink};
use baton_tests::nobody::Nobody;
use baton_tests::world::World;
use tracing_subscriber::fmt::MakeWriter;

/// Everything that was logged, at every level.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Log {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

/// What is planted in each secret field: of the form the provider wants, and never
/// anywhere by chance.
fn planted(provider: &Provider, server: &str) -> BTreeMap<String, String> {
    let secret = |key: &str| match (provider.id.as_str(), key) {
        (_, "signing_secret") => "whsec_UGxhbnRlZFNpZ25pbmdTZWNyZXRPZlRlc3Rz".to_string(),
        ("telegram", "token") => "424242:PlantedTelegramToken".into(),
        (_, key) if key == "url" || key.ends_with("address") => format!("{server}/planted-{}-{key}", provider.id),
        // Every provider has its own idea of what a key looks like.
        ("twilio-text", _) => "feedfacefeedface0123456789abcde1".into(),
        ("twilio-call", _) => "feedfacefeedface0123456789abcde2".into(),
        ("pagerduty", "routing_key") => "planted0pagerduty0routing0key000".into(),
        ("slack", "token") => "xoxb-planted-slack-bot-token".into(),
        ("slack", "app_token") => "xapp-planted-slack-app-token".into(),
        _ => format!("planted{}{}", provider.id.replace('-', ""), key.replace('_', "")),
    };
    provider.fields.iter().filter(|field| field.kind == FieldKind::Secret).map(|field| (field.key.clone(), secret(&field.key))).collect()
}

/// What makes the rest of the form whole.
fn settings(provider: &Provider, server: &str, port: &str) -> BTreeMap<String, String> {
    let value = |key: &str, kind: FieldKind, choices: &[(String, String)], default: &str| match (key, kind) {
        ("allow_private" | "allow_plain", _) => "yes".to_string(),
        ("ca_file" | "key" | "flow", _) | (_, FieldKind::Toggle) => String::new(),
        ("account", _) => "AC0123456789abcdef0123456789abcdef".into(),
        ("host" | "imap_host", _) => "127.0.0.1".into(),
        ("security" | "imap_security", _) => "plain".into(),
        ("from_address", _) => "desk@example.org".into(),
        ("username" | "imap_username", _) => "desk".into(),
        (_, FieldKind::Url) => server.into(),
        (_, FieldKind::Number) => port.into(),
        (_, FieldKind::Choice) => choices.first().map_or_else(String::new, |(value, _)| value.clone()),
        _ if !default.is_empty() => default.into(),
        _ => "+15005550006".into(),
    };
    let plain = provider.fields.iter().filter(|field| field.kind != FieldKind::Secret);
    plain.map(|field| (field.key.clone(), value(&field.key, field.kind, &field.choices, &field.default))).collect()
}

fn everything_in(folder: &Path, found: &mut Vec<(String, Vec<u8>)>) {
    for entry in std::fs::read_dir(folder).expect("the data folder").flatten() {
        let path = entry.path();
        if path.is_dir() {
            everything_in(&path, found);
        } else {
            found.push((path.display().to_string(), std::fs::read(&path).expect("a file that is there")));
        }
    }
}

#[tokio::test]
async fn a_planted_secret_is_found_nowhere() {
    let log = Log::default();
    let subscriber = tracing_subscriber::fmt().with_max_level(tracing::Level::TRACE).with_writer(log.clone()).with_ansi(false).finish();
    tracing::subscriber::set_global_default(subscriber).expect("this process has no other log");
    let (world, nobody) = (World::new().await, Nobody::listens());

    let mut secrets = Vec::new();
    // Each provider is a server of its own, and knows its own secrets only.
    let mut servers = Vec::new();
    for provider in providers(&Catalogue::standard()) {
        let sink = HttpSink::start().await;
        let server = sink.url("").trim_end_matches('/').to_string();
        let hidden = planted(&provider, &server);
        if hidden.is_empty() {
            continue;
        }
        let plain = settings(&provider, &server, &nobody.port().to_string());
        let pairs = |all: &BTreeMap<String, String>| all.iter().map(|(key, value)| (key.clone(), value.clone())).collect::<Vec<_>>();
        let (plain, kept) = (pairs(&plain), pairs(&hidden));
        fn borrowed(all: &[(String, String)]) -> Vec<(&str, &str)> {
            all.iter().map(|(key, value)| (key.as_str(), value.as_str())).collect()
        }
        let channel = world.channel(&provider.id, &provider.name, &borrowed(&plain), &borrowed(&kept)).await;
        let channel =
            channel.unwrap_or_else(|failure| panic!("{} should be set up: {} {:?}", provider.id, failure.message, failure.details));
        // A provider that repeats all it was told, and says that it is wrong.
        let echo: String = hidden.values().map(String::as_str).collect::<Vec<_>>().join(" ");
        sink.always(HttpBehaviour::says(400, &format!("{{\"error\":\"do not know {echo}\"}}")));
        let address = match provider.address {
            baton_core::domain::channel::AddressKind::Mail => "marta@example.org",
            baton_core::domain::channel::AddressKind::Phone => "+493023125011",
            baton_core::domain::channel::AddressKind::Handle { .. } => "-100",
            baton_core::domain::channel::AddressKind::None => "",
        };
        world.desk.test_channel(channel, address.into()).await.expect("a test that fails is an answer, too");
        let person = world.person(&format!("By {}", provider.name), &[(channel, address)]).await;
        let service = world.service(&format!("Service of {}", provider.name), &[(&[&person], 30)]).await;
        let id = world.escalates("Checkout fails for everybody", &service).await;
        world.hear().await;
        let seen = format!("{:?}", world.incident(id).await);
        world.act(id, Action::Resolve { cause: String::new(), fix: String::new(), follow_ups: vec![] }).await;
        // Of an address only its path is secret.
        let bare = |secret: String| secret.strip_prefix(&server).map_or(secret.clone(), String::from);
        secrets.extend(hidden.into_values().map(|secret| (provider.id.clone(), bare(secret))));
        for (_, secret) in &secrets {
            assert!(!seen.contains(secret.as_str()), "{} is shown on the timeline: {seen}", provider.id);
        }
        servers.push(sink);
    }
    assert!(servers.len() >= 4, "the channels that keep secrets were tried: {}", servers.len());
    // The address of the heartbeat, with a server that repeats it.
    let sink = HttpSink::start().await;
    sink.always(HttpBehaviour::says(400, "do not know /planted-heartbeat-t0ken"));
    let beat = HeartbeatSettings { allow_private: true, allow_plain: true, ..HeartbeatSettings::default() };
    world.desk.save_heartbeat(beat, Some(sink.url("/planted-heartbeat-t0ken"))).await.expect("it can be used");
    world.desk.try_heartbeat().await.expect_err("it does not get through");
    for _ in 0..3 {
        drop(world.engine.look().await);
    }
    assert!(sink.requests().len() > 1, "it was sent");
    secrets.push(("heartbeat".into(), "planted-heartbeat-t0ken".into()));
    world.desk.begin_drill(None).await.expect("a drill of all of them");
    world.settle().await;
    let crash = tokio::spawn(async { panic!("what was being sent was {:?}", Purpose::Alert) }).await.expect_err("it does").to_string();
    world.desk.save_directory_file().await.expect("the directory as a file");
    world.desk.save_people_files().await.expect("people as files");
    world.desk.write_call_sheet(None).await.expect("the call sheet");
    world.desk.back_up_now().await.expect("a copy of everything");
    world.desk.export_everything().await.expect("everything as a file");
    let people = world.desk.directory().await.expect("the directory").people;
    world.desk.save_person_data(people[0].id).await.expect("what is held of somebody");

    let mut found =
        vec![("the log".to_string(), log.0.lock().unwrap_or_else(PoisonError::into_inner).clone()), ("a crash".into(), crash.into_bytes())];
    everything_in(world.folder.path(), &mut found);
    assert!(found.iter().any(|(name, bytes)| name.ends_with(".db") && !bytes.is_empty()), "the database is among what is searched");
    assert!(found[0].1.len() > 1_000, "and so is a log that says something");
    for (name, bytes) in &found {
        for (provider, secret) in &secrets {
            let there = bytes.windows(secret.len()).position(|window| window == secret.as_bytes());
            let around = there.map(|at| String::from_utf8_lossy(&bytes[at.saturating_sub(200)..(at + 200).min(bytes.len())]));
            assert!(there.is_none(), "a secret of {provider} is in {name}: {around:?}");
        }
    }
}
