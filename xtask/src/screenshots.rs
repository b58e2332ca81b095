//! `cargo xtask screenshots`: every screen as the real window draws it.

use crate::house::root;
use crate::setup::{self, system, toolchain};
use crate::step::{Outcome, step};
use crate::test::window_command;

pub fn take() -> Outcome {
    toolchain::check_rust()?;
    system::ensure(&[system::BUILD, system::DRIVE])?;
    setup::driver::ensure()?;
    setup::app::build()?;
    let folder = root().join("docs/screenshots");
    std::fs::create_dir_all(&folder)?;
    step("The screenshots", window_command(&["run", "--bin", "screenshots"]).arg("--").arg(&folder))?;
    println!("\nThe pictures are in {}", folder.display());
    Ok(())
}
