//! tauri-driver, which stands between the tests and the window's web view.

use crate::house::{cargo, tools};
use crate::step::{Outcome, step};

/// Installs it once into a folder that outlives the target folder.
pub fn ensure() -> Outcome {
    let tools = tools();
    if tools.join("bin/tauri-driver").exists() {
        return Ok(());
    }
    step("tauri-driver, once", cargo().args(["install", "tauri-driver", "--version", "^2", "--locked", "--debug", "--root"]).arg(&tools))
}
