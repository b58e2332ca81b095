//! The ways in besides the window's own, against the real program: scripts by its
//! command line, and links.

use std::os::unix::net::UnixListener;
use std::process::Output;

use baton_tests::patience::until;
use baton_tests::smtp_sink::SmtpSink;
use baton_tests::window::desktop::{Desktop, Look};
use baton_tests::window::webdriver::key;
use baton_tests::window::{Window, page};
use baton_tests::world::World;
use serde_json::{Value, json};

const NEW: [&str; 3] = ["new", "--json", "-"];

/// A desktop whose Baton knows a mail account, Marta, and a service that she answers for.
async fn set_up() -> (Desktop, SmtpSink) {
    let (desktop, mailbox) = (Desktop::start(Look::Light), SmtpSink::start().await);
    let world = World::at(&desktop.home()).await;
    let mail = world.mail(&mailbox).await;
    let marta = world.person("Marta Lindqvist", &[(mail, "marta@example.org")]).await;
    world.service("Order platform", &[(&[&marta], 30)]).await;
    (desktop, mailbox)
}

/// The lines of JSON that a script got, which went well.
fn answers(output: &Output) -> Vec<Value> {
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(0), "{said}");
    String::from_utf8_lossy(&output.stdout).lines().map(|line| serde_json::from_str(line).expect("JSON")).collect()
}

fn on_the_board(window: &Window) -> Vec<Value> {
    page::ask(window.session(), "board", &json!({}))["rows"].as_array().cloned().expect("a list")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_thousand_scripts_in_a_row_with_the_window_open_lose_none() {
    let (desktop, _mailbox) = set_up().await;
    let window = Window::open(&desktop);
    window.expect("Nothing is open");

    let mut told = vec![];
    #[allow(clippy::disallowed_methods, reason = "how long other processes take is no incident's time")]
    let began = std::time::Instant::now();
    for number in 1..=1000 {
        let input = json!({ "what": format!("Alarm {number}"), "service": "Order platform", "key": format!("A{number}") });
        let answer = answers(&desktop.script(&NEW, input.to_string().as_bytes())).remove(0);
        assert_eq!((&answer["state"], &answer["watched"]), (&json!("filed"), &json!(true)), "the running one does it: {answer}");
        told.push(answer["reference"].as_str().expect("a reference").to_owned());
        if number == 1 {
            window.expect(&told[0]).expect("Alarm 1");
        }
    }
    println!("1,000 starts of `baton new --json -` in {:.1} s", began.elapsed().as_secs_f64());

    // The list draws what is in sight; its head counts all.
    window.expect("1000 open");
    let mut there: Vec<String> = on_the_board(&window).iter().map(|row| row["reference"].as_str().unwrap_or_default().to_owned()).collect();
    there.sort();
    told.sort();
    told.dedup();
    assert_eq!(told.len(), 1000, "each has a reference of its own");
    assert_eq!(there, told, "and each that was told to its caller is on the board, and no other");
}

#[tokio::test(flavor = "multi_thread")]
async fn from_a_cold_start_to_escalated_by_keyboard_with_only_what_and_where() {
    let (desktop, mailbox) = set_up().await;
    let window = Window::open(&desktop);
    let (what, place) = ("Checkout shows an error", "order");
    window.chord(&[key::CONTROL], 'n').expect("What happened?");
    window.typed(what).press(key::ENTER).typed(place).press(key::ENTER).expect("in the directory");
    window.chord(&[key::CONTROL, key::SHIFT], key::ENTER).expect("What happens next");
    let mails = mailbox.wait_for(1).await;
    assert!(mails[0].subject().contains(what), "whoever is named gets it: {}", mails[0].subject());
    let strokes = window.session().keystrokes();
    let written = what.len() + place.len();
    println!("From a cold start to escalated: {strokes} keystrokes, {written} of them what and where, {} besides", strokes - written);
    assert!(strokes - written <= 8, "nothing else is asked for before it is escalated");
}

#[tokio::test(flavor = "multi_thread")]
async fn from_a_link_to_escalated_by_keyboard() {
    let (desktop, mailbox) = set_up().await;
    let link = "baton://new?what=Checkout%20shows%20an%20error&service=order%20platform&escalate=true&priority=1";
    let window = Window::open_with(&desktop, &[link]);
    window.expect("found, in the directory").expect("escalate” was left out").expect("no such field: “priority”");
    assert_eq!(page::written(window.session())[..2], [json!("Checkout shows an error"), json!("Order platform")]);
    assert!(mailbox.mails().is_empty() && on_the_board(&window).is_empty(), "the link itself escalates nothing");

    window.chord(&[key::CONTROL, key::SHIFT], key::ENTER).expect("What happens next");
    assert_eq!(mailbox.wait_for(1).await.len(), 1);
    let strokes = window.session().keystrokes();
    println!("From a link to escalated: {strokes} keystrokes, what and where in the link");
    assert_eq!(strokes, 3, "Ctrl+Shift+Enter");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_opened_meanwhile_comes_beside_what_is_being_written() {
    let (desktop, _mailbox) = set_up().await;
    let window = Window::open(&desktop);
    window.chord(&[key::CONTROL], 'n').expect("What happened?").typed("Half a thought");

    let output = desktop.script(&["baton://new?what=The%20belt%20stands&place=Hall%203"], b"");
    assert!(output.status.success(), "the second start hands it over and ends: {output:?}");
    window.expect("found, not in the directory");
    assert_eq!(page::written(window.session())[..2], [json!("The belt stands"), json!("Hall 3")]);
    window.tab_to("What happened?").typed("!").expect_gone("The belt stands\n").expect("draft saved");
    let drafts = page::ask(window.session(), "board", &json!({}))["drafts"].clone();
    let whats: Vec<&str> = drafts.as_array().expect("a list").iter().filter_map(|draft| draft["facts"]["what"].as_str()).collect();
    assert!(whats.contains(&"Half a thought"), "what was being written is kept: {whats:?}");
    let touched = drafts.as_array().and_then(|all| all.iter().find(|draft| draft["facts"]["what"] != "Half a thought")).expect("the other");
    assert_eq!(touched["found"], json!(["place"]), "what was touched is not marked any more");

    // As long as a command line can be; a megabyte is more than a system hands over.
    let long = format!("baton://new?what={}", "a".repeat(100_000));
    assert!(desktop.script(&[&long], b"").status.success());
    window.expect("The link is 100017 characters long; up to 16384 are read.");
    assert!(on_the_board(&window).is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn where_no_baton_runs_a_script_files_by_itself_and_to_escalate_starts_it_in_the_tray() {
    let (desktop, mailbox) = set_up().await;
    let filed = answers(&desktop.script(&NEW, br#"{"what": "A printer is slow", "service": "Order platform"}"#)).remove(0);
    assert_eq!((&filed["state"], &filed["watched"]), (&json!("filed"), &json!(false)));
    assert!(filed["notes"][0].as_str().is_some_and(|note| note.contains("until it is started")), "{filed}");
    assert!(!desktop.home().join("baton.sock").exists(), "a script that only files starts nothing");

    // What a killed Baton leaves behind is nobody.
    drop(UnixListener::bind(desktop.home().join("baton.sock")).expect("a socket"));
    let loud = answers(&desktop.script(&NEW, br#"{"what": "Checkout fails", "service": "Order platform", "escalate": true}"#)).remove(0);
    assert_eq!((&loud["state"], &loud["watched"]), (&json!("escalated"), &json!(true)), "{loud}");
    assert_eq!(mailbox.wait_for(1).await.len(), 1, "whoever is named is called, although no Baton ran");
    desktop.expect_in_tray(loud["reference"].as_str().expect("a reference"));
    assert!(desktop.display().windows("Baton").is_empty(), "and no window came up that nobody asked for");

    let status = desktop.start_baton().ended();
    assert!(status.success(), "the next start is a second one: {status}");
    until("the window", || (desktop.display().windows("Baton").len() == 1).then_some(()));
    desktop.kill_baton();
}

#[tokio::test(flavor = "multi_thread")]
async fn where_there_is_no_desktop_the_first_messages_go_all_the_same_and_it_is_said_that_nobody_watches() {
    let (desktop, mailbox) = set_up().await;
    let none = ["DISPLAY", "DBUS_SESSION_BUS_ADDRESS", "XDG_RUNTIME_DIR"];
    let input = br#"{"what": "Checkout fails", "service": "Order platform", "escalate": true}"#;
    let answer = answers(&desktop.script_without(&none, &NEW, input)).remove(0);
    assert_eq!((&answer["state"], &answer["watched"]), (&json!("escalated"), &json!(false)), "{answer}");
    assert!(answer["notes"][0].as_str().is_some_and(|note| note.contains("no desktop") && note.contains("nobody climbs")), "{answer}");
    assert_eq!(mailbox.mails().len(), 1, "it had gone when the command ended");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_script_gets_wrong_is_said_with_its_path_and_files_nothing() {
    let (desktop, _mailbox) = set_up().await;
    let window = Window::open(&desktop);
    window.expect("Nothing is open");
    let fifty = vec![b' '; 50 * 1024 * 1024];
    let wrong: [(&[u8], &str); 7] = [
        (b"", "$: Nothing came in"),
        (b"{\"what\": \"caf\xe9\"}", "$: This is not UTF-8: byte 13"),
        (&fifty, "$: This is more than 4 MB"),
        (
            b"{\"what\": 5, \"service\": [1], \"escalate\": \"yes\"}",
            "$.what: This has to be a text; it is 5.\n$.service: This has to be a text; it is a list.\n$.escalate: This has to be true or false",
        ),
        (b"{\"what\": \"a\", \"service\": \"Order platform\"}\n{\"what\": \"b\"}", "$[1].service: Where it happened is missing"),
        (b"{\"what\": \"a\", \"place\": \"b\", \"escalte\": true}", "$.escalte: There is no such field."),
        (b"checkout is down", "$: This is no JSON"),
    ];
    for (input, words) in wrong {
        let output = desktop.script(&NEW, input);
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(3), "{words}: {said}");
        assert!(said.contains(words) && said.contains("Nothing was filed.") && output.stdout.is_empty(), "{words}: {said}");
    }
    let unknown = desktop.script(&["new", "--jsn"], b"");
    assert_eq!(unknown.status.code(), Some(2), "{unknown:?}");
    assert!(on_the_board(&window).is_empty(), "nothing of all that is on the board");

    let schema: Value = serde_json::from_slice(&desktop.script(&["new", "--schema"], b"").stdout).expect("JSON");
    assert_eq!(schema["properties"]["what"]["type"], json!(["string", "null"]));
}
