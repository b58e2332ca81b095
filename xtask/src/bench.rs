//! `cargo xtask bench`: the design's budgets, measured beside the same work done
//! bare, in the release build. `short` is a debug build and little data: only
//! whether all of it still runs.

use crate::house::{cargo, target};
use crate::setup::{page, system, toolchain};
use crate::step::{Outcome, Problem, foreground, step};

pub fn bench(short: bool) -> Outcome {
    toolchain::check_rust()?;
    let mut command = cargo();
    command.args(["run", "--package", "baton-tests", "--features", "bench", "--bin", "bench"]);
    if short {
        command.args(["--", "short"]);
    } else {
        command.arg("--release");
    }
    foreground(&mut command)
}

/// How the board scrolls with ten thousand open, in Chromium on a display of its own.
pub fn board() -> Outcome {
    toolchain::check_rust()?;
    system::ensure(&[system::BUILD, system::DRIVE])?;
    page::build()?;
    foreground(cargo().args(["run", "--package", "baton-tests", "--features", "bench,window", "--bin", "board_bench", "--release"]))
}

/// What Baton weighs in the tray, and what it uses while it rests there. It opens its real window on a display of its own.
pub fn tray() -> Outcome {
    if !cfg!(target_os = "linux") {
        return Err(Problem::new("What it weighs is read from Linux's /proc."));
    }
    toolchain::check_rust()?;
    system::ensure(&[system::BUILD, system::DRIVE])?;
    page::build()?;
    step("The app, as it is shipped", cargo().args(["build", "--package", "baton", "--release"]))?;
    let mut command = cargo();
    command.args(["run", "--package", "baton-tests", "--features", "window", "--bin", "tray_bench"]);
    command.env("BATON_APP", target().join("release/baton"));
    foreground(&mut command)
}
