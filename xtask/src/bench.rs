//! `cargo xtask bench`: the design's budgets, measured beside the same work done
//! bare, in the release build. `short` is a debug build and little data: only
//! whether all of it still runs.

use crate::house::cargo;
use crate::setup::toolchain;
use crate::step::{Outcome, foreground};

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
