//! Past every state of every screen, and through every small form, by hand: the
//! tour along the main ways is told elsewhere.

use baton_core::domain::id::IncidentId;
use baton_tests::window::webdriver::key;
use baton_tests::window::{Window, page};
use baton_tests::world::World;
use serde_json::json;

use crate::scene::{JONAS, MARTA, ROTATION, SHOP, Scene, TEAM};

/// Begins at a first start and calls `look` with the name of each place once it is drawn.
pub async fn everywhere(world: &World, window: &Window, mut look: impl FnMut(&str)) {
    let mut walk = Walk { window, look: &mut look };
    walk.first_start();
    let scene = Scene::set(world).await;
    walk.board();
    walk.incidents(&scene);
    walk.wizard();
    walk.directory();
    walk.channels();
    walk.settings();
    walk.go("inbox", "Mark all read");
}

struct Walk<'a> {
    window: &'a Window,
    look: &'a mut dyn FnMut(&str),
}

impl Walk<'_> {
    /// Looks, once these words are there.
    fn stop(&mut self, name: &str, words: &str) {
        self.window.expect(words);
        page::settle(self.window.session());
        (self.look)(name);
    }

    fn go(&mut self, address: &str, words: &str) {
        page::go(self.window.session(), address);
        self.stop(address, words);
    }

    /// Looks at the form behind a button, and leaves it as one found it.
    fn form(&mut self, at: &str, button: &str, title: &str) {
        self.window.click(button).expect(title);
        self.stop(&format!("{at}: {button}"), title);
        self.window.press(key::ESCAPE);
        assert!(page::closes(self.window.session()), "{at}: Escape closes \"{title}\"");
    }

    fn first_start(&mut self) {
        self.stop("welcome", "Welcome to Baton");
        self.window.click("Set up my desk");
        self.stop("setup, desk", "You and your desk");
        self.window.click("Skip");
        self.stop("setup, channel", "A way to send");
        self.window.fill("What do you have?", "mail").press(key::ENTER);
        self.stop("setup, mail account", "Encryption");
        self.window.click("Skip");
        self.stop("setup, service", "A service");
        self.window.click("Skip");
        self.stop("setup, person", "Somebody who can be called");
        self.window.click("Skip");
        self.stop("setup, path", "Whom to call, in which order");
        self.window.click("Skip");
        self.stop("an empty board", "Nothing is open");
        for (tab, words) in [("people", "Nobody yet"), ("services", "No services yet"), ("paths", "No paths yet")] {
            self.go(&format!("directory/{tab}"), words);
        }
        self.go("inbox", "Nothing yet");
    }

    fn board(&mut self) {
        self.go("board", "Something smells burnt");
        self.window.click("Show it of the open tasks");
        self.stop("board, what is to be done", "Watch all certificates");
        self.window.press('/').typed("report");
        self.stop("search", "A report has the wrong total");
        self.window.expect_gone(SHOP).typed(" zzz");
        self.stop("search, nothing found", "Nothing found");
        self.window.press(key::ESCAPE);
    }

    fn incidents(&mut self, scene: &Scene) {
        let at = |id: IncidentId| format!("incident/{id}");
        self.go(&at(scene.trying), "You are on it yourself");
        self.go(&at(scene.asked), "has not answered");
        self.form("asked", "Record the answer", "What does");
        self.form("asked", "Ask a colleague", "If no answer comes, then");
        self.go(&at(scene.climbing), "Nobody has it yet");
        self.form("climbing", "Maximiliane-Hil… has it", "Who has it?");
        self.go(&at(scene.questioned), "Still on it?");
        self.go(&at(scene.held), "Jonas Weidmann has it");
        for (button, title) in [
            ("Change the severity", "Change severity"),
            ("Edit details", "Since when?"),
            ("Check in", "How does it stand?"),
            ("Somebody promised…", "Who promised it?"),
            ("Move : send the logs", "Another time"),
            ("Drop : send the logs", "Drop the promise"),
            ("Share news", "What is new?"),
            ("Nudge", "A polite reminder"),
            ("Snooze", "Why can it wait?"),
            ("Hand back", "no longer has it"),
            ("Somebody else has it", "How do you know?"),
            ("Resolve", "What fixed it?"),
        ] {
            self.form("held", button, title);
        }
        self.go(&at(scene.snoozed), "The part is ordered");
        self.go(&at(scene.resolved), "A certificate ran out");
        self.form("resolved", "Cause and fix", "What fixed it?");
        self.form("resolved", "Add a task", "What is to be done?");
        self.form("resolved", "Reopen", "Why is it open again?");
    }

    fn wizard(&mut self) {
        self.go("new", "What happened?");
        self.form("new", "Escalate now", "Only this is needed");
        self.form("new", "Paste a ticket", "Ticket or mail");
        self.window.fill("What happened?", "It does not work").press(key::TAB).press(key::DOWN);
        self.stop("new, the services", SHOP);
        self.window.typed(SHOP).press(key::ENTER);
        self.stop("new, filled in", "in the directory");
        self.window.click("Ask a colleague").answer(JONAS);
        self.stop("new: Ask a colleague", "If no answer comes, then");
        self.window.press(key::ESCAPE);
        self.stop("new: leaving what was begun", "Throw away what you typed?");
        self.window.click("Throw it away").expect_gone("If no answer comes, then");
        self.window.chord(&[key::ALT], '2');
        self.stop("new, path", MARTA);
        self.window.chord(&[key::ALT], '3');
        self.stop("new, channels", "How this desk reaches people");
        self.window.chord(&[key::ALT], '4').expect("Since when?");
        self.window.click("Unknown, finding out by… (Who is affected)").click("Add what you tried");
        self.stop("new, details", "Known after all");
        self.window.chord(&[key::ALT], '5');
        self.stop("new, follow up", "Until somebody takes it");
    }

    fn directory(&mut self) {
        for (tab, add, each) in [
            ("people", "Add a person", MARTA),
            ("teams", "Add a team", TEAM),
            ("rotations", "Add a rotation", ROTATION),
            ("services", "Add a service", SHOP),
            // A path is called what the service is called.
            ("paths", "Add a path", SHOP),
        ] {
            let address = format!("directory/{tab}");
            self.go(&address, each);
            self.form(&address, add, add);
            self.form(&address, &format!("Edit {each}"), "Save");
            if tab == "people" || tab == "paths" {
                self.form(&address, &format!("Remove {each}"), "Remove anyway");
            }
            if tab == "people" {
                self.form(&address, &format!("Data held of {each}"), "They cannot be removed yet");
            }
        }
        self.go("directory/readiness", "failed its last test");
        self.go("directory/files", "People from other programs");
        page::offer(
            self.window.session(),
            "The file of people to import",
            "people.csv",
            "Vorname;Nachname;E-Mail;Raum\nAna;Ruiz;ana@example.org;12\nBen;Okoro;ben at example;14\n",
        );
        self.stop("import, its columns", "Say what each column means");
        self.window.click("What would change?");
        self.stop("import, a line refused", "has no @");
        self.window.click("Close").expect_gone("Import people\n");
        self.long_forms();
    }

    /// What stands in a form only once one asks for it.
    fn long_forms(&mut self) {
        self.go("directory/people", MARTA);
        self.window.click(&format!("Edit {MARTA}")).expect("When do they work?");
        self.window.answer("At some hours").click("Set it for critical").click("Add an absence");
        self.stop("a person, everything said", "Then the last again every");
        self.window.press(key::ESCAPE).click("Throw it away").expect_gone("When do they work?");
        self.go("directory/paths", SHOP);
        self.window.click("Add a path").click("First, second and third line, then the manager");
        self.stop("a path from a ladder", "Third line");
        self.window.press(key::ESCAPE).click("Throw it away").expect_gone("Third line");
        self.go("directory/services", SHOP);
        self.window.click(&format!("Edit {SHOP}")).click("Others at some severities").click("Add a description");
        self.stop("a service, everything said", "At critical");
        self.window.press(key::ESCAPE).click("Throw it away").expect_gone("At critical");
    }

    fn channels(&mut self) {
        self.go("channels", "Failing");
        self.form("channels", "Add a channel", "What kind?");
        self.form("channels", "Edit The old mail server", "Encryption");
        self.form("channels", "Send a test through Mail", "It says that it is a test");
        self.form("channels", "Remove Mail", "Remove anyway");
        for provider in offered(self.window) {
            self.window.click("Add a channel").fill("What kind?", &provider).press(key::ENTER);
            self.stop(&format!("channels, {provider}"), "Name");
            self.window.press(key::ESCAPE).click("Throw it away").expect_gone("What kind?");
        }
        self.go("channels/drills", "No drill yet");
        self.form("drills", "Let them come by themselves", "On which day?");
        page::ask(self.window.session(), "begin_drill", &json!({ "people": null }));
        self.stop("a drill", "End it now");
    }

    fn settings(&mut self) {
        self.go("settings", "This desk");
        for (tab, words) in [
            ("Channels by severity", "text message"),
            ("Rhythm", "Check in after"),
            ("Who is told", "Who is told, and not called"),
            ("Where people talk", "Number to dial in"),
            ("Policy", "How severe is it?"),
            ("Backup", "Make a copy every day"),
            ("Kept", "How long it is kept"),
            ("Baton", "About this Baton"),
        ] {
            self.window.click(tab);
            self.stop(&format!("settings, {tab}"), words);
        }
        self.window.click("Backup").click("Back up now").expect("Copied and checked");
        self.form("settings/backup", "Restore… 13:13", "Go on from this copy?");
        self.form("settings/backup", "Restore from a file…", "Look into it");
    }
}

/// The kinds of channel that one can add.
fn offered(window: &Window) -> Vec<String> {
    let directory = page::ask(window.session(), "directory", &json!({}));
    let providers = directory["providers"].as_array().expect("a list of providers");
    providers.iter().map(|one| one["name"].as_str().expect("a provider has a name").to_owned()).collect()
}
