//! `walk FOLDER`: Baton on a display in memory sets up a desk and carries one incident
//! from "something is wrong" to resolved, and leaves a picture of each step.

use std::path::Path;

use baton_tests::window::Window;
use baton_tests::window::desktop::{Desktop, Look};
use baton_tests::window::shift::from_an_empty_desk_to_a_resolved_incident;

#[tokio::main]
async fn main() {
    let folder = std::env::args().nth(1).expect("usage: walk FOLDER");
    let desktop = Desktop::start(Look::Light);
    let window = Window::open(&desktop);
    from_an_empty_desk_to_a_resolved_incident(&desktop, &window, |step| {
        let picture = Path::new(&folder).join(format!("{step}.png"));
        window.picture(&picture);
        println!("{}", picture.display());
    })
    .await;
}
