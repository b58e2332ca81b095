//! A process that is killed in the middle loses nothing it has said was filed.

use std::process::Stdio;

use baton_core::domain::delivery::DeliveryState;
use baton_tests::http_sink::HttpSink;
use baton_tests::world::World;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::Command;

#[tokio::test]
async fn killed_between_filed_and_sent_the_send_happens_after_the_next_start() {
    let (folder, chat) = (tempfile::tempdir().expect("a folder"), HttpSink::start().await);
    let mut process = Command::new(env!("CARGO_BIN_EXE_escalates"))
        .arg(folder.path())
        .arg(chat.url("/hook"))
        .stdout(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .expect("the process starts");
    let mut said = BufReader::new(process.stdout.take().expect("its output")).lines();
    assert_eq!(said.next_line().await.expect("it speaks").as_deref(), Some("filed"), "the window would say so now");
    // SIGKILL: nothing of the process runs any more, no destructor, no flush.
    process.kill().await.expect("killed");
    assert!(chat.requests().is_empty(), "it was killed before anything left");

    let world = World::at(folder.path()).await;
    // The keyring is the desktop's and outlives the process; this world's is made anew.
    let directory = world.desk.directory().await.expect("the directory");
    let hook = directory.channels.iter().find(|setup| setup.provider == "webhook").expect("the channel is there").clone();
    let secrets =
        [("url".to_string(), chat.url("/hook")), ("signing_secret".to_string(), "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw".to_string())];
    let change = baton_core::api::types::ChannelChange { setup: hook, secrets: secrets.into(), forget: vec![] };
    world.desk.save_channel(change).await.expect("the secrets are there again");
    world.settle().await;
    assert_eq!(chat.wait_for(1).await.len(), 1, "what was escalated is sent");
    let rows = world.desk.board().await.expect("the board").rows;
    let incident = world.incident(rows[0].id).await;
    assert_eq!(incident.deliveries[0].state, DeliveryState::Accepted, "once, and it is known that it arrived");
}
