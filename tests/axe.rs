//! Every screen in light and in dark, wide and narrow, looked at by axe: nothing
//! may stand between the desk and a person who sees, hears or moves differently.

use std::path::Path;

use baton_tests::bridge;
use baton_tests::window::browser::Browser;
use baton_tests::window::desktop::{Desktop, Look};
use baton_tests::window::page;
use baton_tests::world::World;

/// The window the drawings show, and the smallest one that is promised to work.
const SIZES: [(u32, u32); 2] = [(1280, 800), (900, 640)];

#[tokio::test(flavor = "multi_thread")]
async fn no_screen_has_anything_that_axe_objects_to() {
    let world = World::now_and_here().await;
    let url = bridge::serve(&world, &Path::new(env!("CARGO_MANIFEST_DIR")).join("../ui/dist"), 0).await;
    let desktop = Desktop::start(Look::Light);
    let browser = Browser::open(&desktop);
    let mut found = Vec::new();

    let mut look_at = |screens: &[(String, String)]| {
        for look in [Look::Light, Look::Dark] {
            for size in SIZES {
                browser.show(&url, look, size);
                for (address, words) in screens {
                    page::go(browser.session(), address);
                    assert!(
                        page::comes_to_say(browser.session(), words),
                        "{address} never says \"{words}\":\n{}",
                        page::text(browser.session())
                    );
                    page::settle(browser.session());
                    found.extend(browser.violations().into_iter().map(|one| format!("{address}, {look:?}, {size:?}: {one}")));
                }
            }
        }
    };

    let screen = |address: &str, words: &str| (address.to_owned(), words.to_owned());
    look_at(&[screen("board", "Nothing is open"), screen("inbox", "Inbox")]);

    world.desk.load_sample().await.expect("the sample loads");
    let board = world.desk.board().await.expect("the board opens");
    let mut screens = vec![
        screen("board", "Order platform"),
        screen("new", "What happened?"),
        screen("directory", "Marta Lindqvist"),
        screen("inbox", "Inbox"),
    ];
    screens.extend(board.rows.iter().map(|row| (format!("incident/{}", row.id), row.reference.clone())));
    look_at(&screens);

    // An inspector that finds nothing anywhere would find nothing here either.
    browser.session().run("document.body.append(document.createElement('img'))", &[]);
    assert!(browser.violations().iter().any(|one| one.starts_with("image-alt")), "a picture without words must be objected to");
    assert!(found.is_empty(), "axe objects to {} things:\n{}", found.len(), found.join("\n"));
}
