//! `cargo xtask run`: from a fresh checkout to a running Baton.

use crate::house::{app, target};
use crate::setup::{self, system, toolchain};
use crate::step::{Outcome, Problem, foreground};
use crate::test::window_command;

pub fn run() -> Outcome {
    toolchain::check_rust()?;
    if !has_display() {
        return walk();
    }
    system::ensure(&[system::BUILD])?;
    setup::app::build()?;
    println!("\nBaton is starting. Its data: BATON_HOME, or this system's folder for application data.");
    foreground(&mut std::process::Command::new(app()))
}

fn has_display() -> bool {
    let is_set = |name| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    !cfg!(target_os = "linux") || is_set("DISPLAY") || is_set("WAYLAND_DISPLAY")
}

/// Nobody can look at a window here, so Baton shows on a display in memory what
/// a person would do, and leaves the pictures.
fn walk() -> Outcome {
    println!(
        "There is no display here (DISPLAY and WAYLAND_DISPLAY are not set).\n\
         Baton will open on a virtual one and walk one escalation by itself, against a mailbox\n\
         and a webhook on this machine. Nothing leaves it."
    );
    system::ensure(&[system::BUILD, system::DRIVE])?;
    setup::driver::ensure()?;
    setup::app::build()?;
    let pictures = target().join("walk");
    std::fs::create_dir_all(&pictures)?;
    crate::step::step("The walk", window_command(&["run", "--bin", "walk"]).arg("--").arg(&pictures))
        .map_err(|problem| Problem::new(format!("{problem}\nThe pictures up to there are in {}", pictures.display())))?;
    println!("\nThe pictures are in {}", pictures.display());
    Ok(())
}
