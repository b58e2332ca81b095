//! `screenshots FOLDER`: every screen as the real window draws it, in light and in dark, wide and narrow.

use std::path::Path;

use baton_tests::window::desktop::{Desktop, Look};
use baton_tests::window::{Window, tour};

fn main() {
    let folder = std::env::args().nth(1).expect("usage: screenshots FOLDER");
    for (look, name) in [(Look::Light, "light"), (Look::Dark, "dark")] {
        let desktop = Desktop::start(look);
        let window = Window::open(&desktop);
        tour::every_screen(&window, |screen| {
            for (width, height) in tour::SIZES {
                window.session().resize(width, height);
                let picture = Path::new(&folder).join(format!("{screen}-{name}-{width}.png"));
                window.picture(&picture);
                println!("{}", picture.display());
            }
        });
    }
}
