//! `cargo xtask test`: everything the tests need, then all of them.

use std::process::Command;
use std::time::Instant;

use crate::house::{app, cargo, npm, tools};
use crate::setup::{self, page, system, toolchain};
use crate::step::{Outcome, Problem, watched};

/// The parts, in the order they run: what fails fastest comes first.
const PARTS: [&str; 5] = ["core", "stories", "ui", "shell", "window"];

/// Runs only where it is asked for: it installs servers on the machine.
const PEERS: &str = "peers";

#[derive(Clone, Copy, Default)]
struct Count {
    passed: u64,
    failed: u64,
}

pub fn test(asked: &[&str]) -> Outcome {
    if let Some(unknown) = asked.iter().find(|part| !PARTS.contains(part) && **part != PEERS) {
        return Err(Problem::new(format!("There is no part called {unknown}. The parts: {} {PEERS}", PARTS.join(" "))));
    }
    let began = Instant::now();
    let mut parts: Vec<&str> = PARTS.into_iter().filter(|part| asked.is_empty() || asked.contains(part)).collect();
    if !cfg!(target_os = "linux") && parts.contains(&"window") {
        println!("The window tests drive WebKitGTK on a virtual display and run on Linux only: left out here.");
        parts.retain(|part| *part != "window");
    }
    parts.extend(asked.contains(&PEERS).then_some(PEERS));
    set_up(&parts)?;

    let mut lines = Vec::new();
    let mut sum = Count::default();
    for part in parts {
        let began = Instant::now();
        let mut count = Count::default();
        for (what, mut command) in commands(part) {
            if watched(what, &mut command, |line| count.add(line)).is_err() && count.failed == 0 {
                // It did not come as far as counting: that is one failure too.
                count.failed = 1;
            }
        }
        sum.passed += count.passed;
        sum.failed += count.failed;
        lines.push(format!("  {part:<8} {:>5} passed  {:>3} failed  {:>4} s", count.passed, count.failed, began.elapsed().as_secs()));
    }

    println!("\nAll tests, in {} s:\n{}\n\n{} passed, {} failed", began.elapsed().as_secs(), lines.join("\n"), sum.passed, sum.failed);
    if sum.failed == 0 { Ok(()) } else { Err(Problem::new("Not all tests passed; the failures stand above.")) }
}

fn set_up(parts: &[&str]) -> Outcome {
    toolchain::check_rust()?;
    if parts.contains(&PEERS) {
        #[cfg(unix)]
        setup::peers::ensure()?;
        #[cfg(not(unix))]
        return Err(Problem::new("The peers run on Debian and its relatives only."));
    }
    if parts.contains(&"window") {
        system::ensure(&[system::BUILD, system::DRIVE, system::AXE])?;
        setup::driver::ensure()?;
        setup::app::build()
    } else if parts.contains(&"shell") {
        system::ensure(&[system::BUILD])?;
        page::build()
    } else if parts.contains(&"ui") {
        page::packages()
    } else {
        Ok(())
    }
}

fn commands(part: &str) -> Vec<(&'static str, Command)> {
    let cargo_test = |packages: &[&str]| {
        let mut command = cargo();
        command.args(["test", "--no-fail-fast"]);
        for package in packages {
            command.args(["--package", package]);
        }
        command
    };
    match part {
        "core" => vec![("The core, without a window", cargo_test(&["baton-core", "xtask"]))],
        "stories" => vec![("The stories", cargo_test(&["baton-tests"]))],
        "shell" => vec![("The shell", cargo_test(&["baton"]))],
        #[cfg(unix)]
        PEERS => {
            let mut peers = cargo_test(&["baton-tests"]);
            // One after the other: each of them is a handful of programs.
            peers
                .args(["--features", "peers", "--test", "peers", "--", "--test-threads=1"])
                .env("BATON_PEERS", setup::peers::environments());
            vec![("Servers that others have made", peers)]
        }
        "ui" => {
            let mut vitest = npm();
            // Colour would stand between us and the counts.
            vitest.args(["test"]).env("NO_COLOR", "1");
            vec![("The page", vitest)]
        }
        _ => vec![("The real window", window_command(&["test", "--no-fail-fast", "--test", "window", "--test", "page"]))],
    }
}

/// A cargo command on the tests that drive the window, which are told where the app and its driver are.
pub fn window_command(words: &[&str]) -> Command {
    let mut command = cargo();
    command.arg(words[0]).args(["--package", "baton-tests", "--features", "window"]).args(&words[1..]);
    command.env("BATON_APP", app()).env("TAURI_DRIVER", tools().join("bin/tauri-driver"));
    command
}

impl Count {
    /// Adds what one line of cargo's or Vitest's output counts, if it counts at all:
    /// `test result: ok. 3 passed; 0 failed; …` or `Tests  1 failed | 11 passed (12)`.
    fn add(&mut self, line: &str) {
        let line = line.trim();
        if !line.starts_with("test result:") && !line.starts_with("Tests ") {
            return;
        }
        let words: Vec<&str> = line.split([' ', ';', ',']).filter(|word| !word.is_empty()).collect();
        for pair in words.windows(2) {
            match (pair[0].parse::<u64>(), pair[1]) {
                (Ok(count), "passed") => self.passed += count,
                (Ok(count), "failed") => self.failed += count,
                _ => {}
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Count;

    #[test]
    fn counts_what_cargo_and_vitest_print() {
        let mut count = Count::default();
        for line in [
            "running 3 tests",
            "test result: FAILED. 3 passed; 1 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.00s",
            " Test Files  1 failed | 2 passed (3)",
            "      Tests  1 failed | 11 passed (12)",
        ] {
            count.add(line);
        }
        assert_eq!((count.passed, count.failed), (14, 2), "files are not tests");
    }
}
