//! axe at every state of every screen and at every small form, in light and in dark.

use baton_tests::bridge;
use baton_tests::window::Window;
use baton_tests::window::desktop::{Desktop, Look};
use baton_tests::world::World;

use crate::scene;
use crate::walk;

#[tokio::test(flavor = "multi_thread")]
async fn no_state_of_a_screen_and_no_form_has_anything_that_axe_objects_to() {
    let world = World::new().await;
    let url = bridge::serve(&world, &scene::built(), 0).await;
    let desktop = Desktop::start(Look::Light);
    let window = Window::in_chromium(&desktop, &url, Look::Light);

    let mut found = Vec::new();
    walk::everywhere(&world, &window, |place| {
        for look in [Look::Light, Look::Dark] {
            window.looks(look);
            found.extend(window.violations().into_iter().map(|one| format!("{place}, {look:?}: {one}")));
        }
    })
    .await;
    assert!(found.is_empty(), "axe objects to {} things:\n{}", found.len(), found.join("\n"));
}
