//! Going on from a copy, in the real program: it starts anew by itself.

use std::fs;

use baton_tests::patience::until;
use baton_tests::window::desktop::{Desktop, Look};
use baton_tests::window::webdriver::key;
use baton_tests::window::{Window, page};
use baton_tests::world::World;

/// A desk that tries something itself.
async fn trying(desktop: &Desktop) {
    let world = World::at(&desktop.home()).await;
    let marta = world.person("Marta", &[(world.by_hand().await, "+49 30 23125011")]).await;
    let shop = world.service("Shop", &[(&[&marta], 10)]).await;
    let draft = world.draft("Till 1 is slow", &shop).await;
    world.desk.carry_on(draft, 120).await.expect("it is filed");
}

#[tokio::test(flavor = "multi_thread")]
async fn it_starts_anew_by_itself_on_the_copy_and_keeps_what_was_there() {
    let desktop = Desktop::start(Look::Light);
    trying(&desktop).await;
    let window = Window::open(&desktop);
    let before = desktop.baton();
    desktop.expect_in_tray("1 open");
    page::go(window.session(), "settings/backup");
    window.choose("Back up now").expect("Copied and checked");

    window.chord(&[key::CONTROL], 'n').expect("What happened?");
    window.typed("Till 2 is slow\n").typed("Shop\n").typed("1251113").expect("Carry on until");
    window.choose("I'll try for 60 min").expect("trying until");
    desktop.expect_in_tray("2 open");

    page::go(window.session(), "settings/backup");
    window.expect("The last good one");
    window.session().run("document.querySelector('td.end button').click()", &[]);
    window.expect("1 incident that is newer").expect("Till 2 is slow (open)").choose("Restore, and start Baton anew");

    until("another Baton", || desktop.running().filter(|now| *now != before));
    desktop.expect_in_tray("1 open");
    until("its window", || desktop.display().windows("Baton").first().copied());
    let files = fs::read_dir(desktop.home()).expect("the data folder").filter_map(Result::ok);
    let kept = files.filter(|file| file.file_name().to_string_lossy().starts_with("baton-before-restore-")).count();
    assert!(kept > 0, "what was there before is kept beside it");
    desktop.kill_baton();
}
