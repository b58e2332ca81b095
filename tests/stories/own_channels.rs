//! A desk writes a provider down itself, in the folder beside the database.

use std::fs;

use baton_core::domain::id::ChannelId;
use baton_tests::http_sink::HttpSink;
use baton_tests::world::World;

/// A board in the next room that takes a form.
const BOARD: &str = r#"id = "our-board"
name = "Our board"
about = "Writes on the board in the next room."
reach = "chat"
address = { handle = { label = "row of the board", example = "7" } }

[[fields]]
key = "url"
label = "Address"
kind = "url"
required = true

[request]
address = "{{ settings.url }}/rows/{{ to.address }}"
form = { text = "{{ subject }}" }

[accepted]
contains = ["written"]
"#;

fn writes(world: &World, name: &str, text: impl AsRef<[u8]>) {
    let folder = world.folder.path().join("channels");
    fs::create_dir_all(&folder).expect("the folder");
    fs::write(folder.join(name), text).expect("the file");
}

async fn offered(world: &World) -> Vec<String> {
    let directory = world.desk.directory().await.expect("the directory");
    directory.providers.into_iter().map(|provider| provider.id).filter(|id| id.contains("board")).collect()
}

async fn board(world: &World, sink: &HttpSink) -> ChannelId {
    let settings = [("url", sink.url("")), ("allow_private", "yes".into()), ("allow_plain", "yes".into())];
    let settings: Vec<(&str, &str)> = settings.iter().map(|(key, value)| (*key, value.as_str())).collect();
    world.channel("our-board", "Board", &settings, &[]).await.expect("the desk's own provider is as good as any")
}

#[tokio::test]
async fn a_provider_of_ones_own_works_from_the_next_start_or_as_soon_as_it_is_asked_for() {
    let (world, sink) = (World::new().await, HttpSink::start().await);
    let found = world.desk.own_channels().await.expect("an empty folder is one too");
    assert_eq!((found.files.len(), found.folder.ends_with("channels")), (0, true), "the folder is there to put something into");
    writes(&world, "board.toml", BOARD);
    assert!(offered(&world).await.is_empty(), "nobody has looked yet");
    assert_eq!(world.desk.own_channels().await.expect("read anew").files[0].provider.as_deref(), Some("Our board"));
    assert_eq!(offered(&world).await, ["our-board"], "it is offered beside the others");

    let board = board(&world, &sink).await;
    sink.always(baton_tests::http_sink::HttpBehaviour::says(200, "written"));
    let tested = world.desk.test_channel(board, "7".into()).await.expect("it can be tested");
    assert!(tested.worked, "{}", tested.words);
    assert_eq!(sink.wait_for(1).await[0].path, "/rows/7");

    writes(&world, "board.toml", BOARD.replace("/rows/", "/lines/"));
    world.desk.own_channels().await.expect("read anew");
    world.desk.test_channel(board, "7".into()).await.expect("it can be tested");
    assert_eq!(sink.wait_for(2).await[1].path, "/lines/7", "what was mended counts at once, open or not");

    let world = world.restarted().await;
    assert_eq!(offered(&world).await, ["our-board"], "a start reads the folder by itself");

    fs::remove_file(world.folder.path().join("channels/board.toml")).expect("removed");
    world.desk.own_channels().await.expect("read anew");
    let tested = world.desk.test_channel(board, "7".into()).await.expect("a test that fails is an answer too");
    assert!(!tested.worked && tested.words.contains("file of your own"), "it says why nothing goes any more: {}", tested.words);
}

#[tokio::test]
async fn a_faulty_file_takes_no_other_away_and_says_where_it_is_wrong() {
    let world = World::new().await;
    let named = |id: &str| BOARD.replace("our-board", id);
    writes(&world, "a-fine.toml", named("fine-board"));
    writes(&world, "b-typo.toml", BOARD.replace("{{ subject }}", "{{ subjekt }}"));
    writes(&world, "c-latin.toml", [named("latin-board").as_bytes(), b"# caf\xe9"].concat());
    writes(&world, "d-taken.toml", named("discord"));
    writes(&world, "e-mail.toml", named("mail"));
    writes(&world, "f-again.toml", named("fine-board"));
    writes(&world, "g-long.toml", format!("{BOARD}# {}", "x".repeat(70_000)));
    fs::create_dir(world.folder.path().join("channels/h-folder.toml")).expect("a folder that looks like a file");
    writes(&world, "i-last.toml", named("last-board"));
    writes(&world, ".j-hidden.toml", "what an editor leaves");
    writes(&world, "notes.txt", "no channel at all");

    let found = world.desk.own_channels().await.expect("read");
    let told: Vec<(String, String)> = found
        .files
        .iter()
        .map(|file| match &file.fault {
            Some(fault) => (file.file.clone(), format!("{}:{} {} {}", fault.line, fault.column, fault.words, fault.remedy)),
            None => (file.file.clone(), "fine".into()),
        })
        .collect();
    let told: Vec<(&str, &str)> = told.iter().map(|(file, words)| (file.as_str(), words.as_str())).collect();
    assert_eq!(
        told,
        [
            ("a-fine.toml", "fine"),
            ("b-typo.toml", "15:21 A template cannot say `subjekt`: there is nothing of that name. Did you mean `subject`?"),
            ("c-latin.toml", "19:6 This is not UTF-8 from here on. Save the file as UTF-8."),
            (
                "d-taken.toml",
                "1:6 `discord` is the id of a channel that comes with Baton. Give this one another id, such as `discord-2`; until then it is not offered."
            ),
            (
                "e-mail.toml",
                "1:6 `mail` is the id of a channel that comes with Baton. Give this one another id, such as `mail-2`; until then it is not offered."
            ),
            (
                "f-again.toml",
                "1:6 `fine-board` is the id in `a-fine.toml` too. Give this one another id, such as `fine-board-2`; until then it is not offered."
            ),
            ("g-long.toml", "1:1 This is longer than 64 KiB. A channel takes a page; move what is no channel elsewhere."),
            ("h-folder.toml", "1:1 This could not be read (it is no file). Make it a file that Baton may read, or remove it."),
            ("i-last.toml", "fine"),
        ],
        "each is told by itself, and none takes another away"
    );
    assert_eq!(offered(&world).await, ["fine-board", "last-board"], "what is sound can be set up");
}
