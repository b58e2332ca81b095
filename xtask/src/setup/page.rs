//! The page inside the window: its packages and its build, each only when something changed.

use std::fs;
use std::path::Path;
use std::time::SystemTime;

use crate::house::{npm, root};
use crate::setup::toolchain;
use crate::step::{Outcome, step};

/// npm's packages as the lock file has them.
pub fn packages() -> Outcome {
    toolchain::check_node()?;
    let ui = root().join("ui");
    // npm writes this list when it has finished installing.
    let installed = changed(&ui.join("node_modules/.package-lock.json"));
    if installed.is_some() && changed(&ui.join("package-lock.json")) <= installed {
        return Ok(());
    }
    step("The page's packages", npm().args(["ci", "--no-audit", "--no-fund"]))
}

/// `ui/dist`, no older than its sources.
pub fn build() -> Outcome {
    packages()?;
    let ui = root().join("ui");
    let built = changed(&ui.join("dist/index.html"));
    if built.is_some() && newest(&ui)? <= built {
        return Ok(());
    }
    step("The page", npm().args(["run", "build"]))
}

/// When the latest of the sources below the folder was changed.
fn newest(folder: &Path) -> Outcome<Option<SystemTime>> {
    let mut latest = None;
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let name = entry.file_name();
        if name == "node_modules" || name == "dist" || name.to_string_lossy().starts_with('.') {
            continue;
        }
        let here = if entry.file_type()?.is_dir() { newest(&entry.path())? } else { changed(&entry.path()) };
        latest = latest.max(here);
    }
    Ok(latest)
}

fn changed(file: &Path) -> Option<SystemTime> {
    fs::metadata(file).and_then(|about| about.modified()).ok()
}
