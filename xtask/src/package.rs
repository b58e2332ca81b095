//! `cargo xtask package`: the release build as a Debian package.

use crate::house::{npm, root, target};
use crate::setup::{page, system, toolchain};
use crate::step::{Outcome, Problem, step};

pub fn package() -> Outcome {
    if !cfg!(target_os = "linux") {
        return Err(Problem::new("Only the Debian package is made so far, and only on Linux."));
    }
    toolchain::check_rust()?;
    system::ensure(&[system::BUILD])?;
    page::build()?;
    let mut bundle = npm();
    bundle.args(["exec", "--yes", "--package", "@tauri-apps/cli@2", "--", "tauri", "build", "--bundles", "deb"]).current_dir(root());
    step("The Debian package", &mut bundle)?;
    println!("\nThe package is in {}", target().join("release/bundle/deb").display());
    Ok(())
}
