//! `cargo xtask lint`: what can be said of the sources without running them.

use std::process::Command;

use crate::house::{cargo, npm};
use crate::setup::{page, system, toolchain};
use crate::step::{Outcome, answer, step};

pub fn lint() -> Outcome {
    toolchain::check_rust()?;
    step("Rust's formatting", cargo().args(["fmt", "--all", "--check"]))?;
    system::ensure(&[system::BUILD])?;
    page::packages()?;
    step("The page's lints", npm().args(["run", "lint"]))?;
    step("The page's types", npm().args(["run", "check"]))?;
    // The shell embeds the page, so it must be there before the shell is looked at.
    page::build()?;
    step("Rust's lints", cargo().args(["clippy", "--workspace", "--all-targets", "--all-features", "--", "--deny", "warnings"]))?;
    crate::r#gen::check()?;
    if answer(Command::new("cargo").args(["deny", "--version"])).is_some() {
        step("Licences and sources", cargo().args(["deny", "--all-features", "check", "bans", "licenses", "sources"]))?;
    } else {
        println!("cargo-deny is not installed here: licences and sources were not looked at.");
    }
    Ok(())
}
