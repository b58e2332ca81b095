//! Every screen in light and in dark, wide and narrow, looked at by axe: nothing
//! may stand between the desk and a person who sees, hears or moves differently.

use baton_tests::bridge;
use baton_tests::window::desktop::{Desktop, Look};
use baton_tests::window::{Window, page, tour};
use baton_tests::world::World;

use crate::scene;

#[tokio::test(flavor = "multi_thread")]
async fn no_screen_in_light_has_anything_that_axe_objects_to() {
    look_at_every_screen(Look::Light).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn no_screen_in_dark_has_anything_that_axe_objects_to() {
    look_at_every_screen(Look::Dark).await;
}

async fn look_at_every_screen(look: Look) {
    let world = World::now_and_here().await;
    let url = bridge::serve(&world, &scene::built(), 0).await;
    let desktop = Desktop::start(look);
    let window = Window::in_chromium(&desktop, &url, look);

    let mut found = Vec::new();
    tour::every_screen(&window, |screen| {
        for size in tour::SIZES {
            window.resize_in_chromium(size);
            page::settle(window.session());
            found.extend(window.violations().into_iter().map(|one| format!("{screen}, {look:?}, {size:?}: {one}")));
        }
    });
    // An inspector that finds nothing anywhere would find nothing here either.
    window.session().run("document.body.append(document.createElement('img'))", &[]);
    assert!(window.violations().iter().any(|one| one.starts_with("image-alt")), "a picture without words must be objected to");
    assert!(found.is_empty(), "axe objects to {} things:\n{}", found.len(), found.join("\n"));
}
