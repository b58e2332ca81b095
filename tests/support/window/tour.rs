//! A walk past every screen, by keyboard, that stops to look at each.

use serde_json::json;

use super::webdriver::key;
use super::{Window, page};

/// The smallest window that is promised to work, and the one the drawings show, in which the walk goes on.
pub const SIZES: [(u32, u32); 2] = [(900, 640), (1280, 800)];

/// Begins at a first start and calls `look` with the name of each screen once it is there.
pub fn every_screen(window: &Window, mut look: impl FnMut(&str)) {
    let mut stop = |name: &str, words: &str| {
        window.expect(words);
        page::settle(window.session());
        look(name);
    };

    stop("first-start", "Welcome to Baton");
    window.choose("Set up my desk");
    stop("first-desk", "1 of 5");

    window.choose("Board");
    stop("board-empty", "Nothing is open");
    page::ask(window.session(), "load_sample", &json!({}));
    let first = &page::ask(window.session(), "board", &json!({}))["rows"][0];
    let open = format!("Open {}", first["reference"].as_str().unwrap_or_default());
    stop("board", &open);
    window.choose(&open);
    stop("incident", "What happens next");

    window.choose("New incident");
    window.expect("What happened?");
    window.typed("Checkout shows \"please try again\"\n").typed("Order platform");
    // Many customers, down, and reputation; then outside what I know, 15 min, something is wrong, escalate.
    window.tab_to("One person").typed("413").tab_to("Yes, I know how").typed("3221");
    stop("recognise", "Could harm the reputation");
    window.chord(&[key::ALT], '2');
    stop("path", "Marta Lindqvist");
    window.chord(&[key::ALT], '3');
    stop("channels-of-plan", "Order platform");
    window.chord(&[key::ALT], '4');
    stop("details", "Since when?");
    window.chord(&[key::ALT], '5');
    stop("follow-up", "Until somebody takes it");

    window.choose("Directory");
    stop("people", "Marta Lindqvist");
    window.tab_to("People 6");
    let tabs = [
        ("teams", "Jonas Weber, Marta Lindqvist"),
        ("rotations", "weekly"),
        ("services", "Payroll"),
        ("paths", "Office and network"),
        ("readiness", "Nobody is named to lead this desk"),
        ("in-and-out", "People from other programs"),
    ];
    for (name, words) in tabs {
        window.press(key::RIGHT);
        stop(name, words);
    }
    window.press(key::LEFT).press(key::LEFT).press(key::LEFT).press(key::LEFT).expect("weekly");
    window.choose("Edit Databases");
    stop("rotation-form", "four weeks");
    window.press(key::ESCAPE).expect_gone("Edit a rotation");
    window.choose("Channels");
    stop("channels", "Call by hand");
    window.choose("Add a channel").expect("What kind?");
    window.fill("What kind?", "mail").press(key::ENTER);
    stop("channel-form", "Encryption");
    window.press(key::ESCAPE).choose("Throw it away").expect_gone("What kind?");
    window.tab_to("Set up").press(key::RIGHT);
    stop("drills", "No drill yet");

    window.choose("Insights");
    stop("insights", "This is the sample");
    window.tab_to("How long it takes");
    for (name, words) in [("insights-channels", "Counted apart"), ("insights-levels", "Order platform"), ("insights-judged", "Not judged")]
    {
        window.press(key::RIGHT);
        stop(name, words);
    }

    window.choose("Settings");
    stop("desk-settings", "This desk");
    window.tab_to("Desk");
    let tabs = [
        ("severity-plan", "text message"),
        ("rhythm", "Check in after"),
        ("told", "Who is told"),
        ("bridges", "Where people talk"),
        ("policy", "How severe is it?"),
        ("backup", "Daily copy"),
        ("kept", "How long it is kept"),
        ("about", "About this Baton"),
    ];
    for (name, words) in tabs {
        window.press(key::RIGHT);
        stop(name, words);
    }
    window.choose("Inbox");
    stop("inbox", "Inbox");
}
