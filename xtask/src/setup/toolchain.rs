//! The compiler and Node, which people install in their own ways: looked at, never installed.

use std::process::Command;

use crate::step::{Outcome, Problem, answer};

const RUST: (u32, u32) = (1, 95);
/// What Vite asks for.
const NODE: (u32, u32) = (20, 19);

pub fn check_rust() -> Outcome {
    let said = answer(Command::new("rustc").arg("--version")).unwrap_or_default();
    match version(&said) {
        Some(found) if found >= RUST => Ok(()),
        Some((major, minor)) => Err(Problem::new(format!(
            "Baton needs Rust {}.{} or newer; here is {major}.{minor}.\nUpdate it with: rustup update stable",
            RUST.0, RUST.1
        ))),
        None => Err(Problem::new("Baton needs the Rust compiler, and `rustc --version` does not answer.\nInstall Rust with rustup.")),
    }
}

pub fn check_node() -> Outcome {
    let said = answer(Command::new("node").arg("--version")).unwrap_or_default();
    match version(&said) {
        Some(found) if found >= NODE => {}
        Some((major, minor)) => {
            return Err(Problem::new(format!(
                "Baton's page needs Node {}.{} or newer; here is {major}.{minor}.\nInstall a current long-term version of Node.",
                NODE.0, NODE.1
            )));
        }
        None => {
            return Err(Problem::new(format!(
                "Baton's page is built with Node, and `node --version` does not answer.\nInstall Node {}.{} or newer (npm comes with it).",
                NODE.0, NODE.1
            )));
        }
    }
    match answer(crate::house::npm().arg("--version")) {
        Some(_) => Ok(()),
        None => Err(Problem::new("Node is here but npm is not.\nInstall npm; on some systems it is a package of its own.")),
    }
}

/// The first two numbers in what a program says of its version: "v20.19.2", "rustc 1.95.0 (…)".
fn version(said: &str) -> Option<(u32, u32)> {
    let digits = said.split_whitespace().find_map(|word| {
        let word = word.trim_start_matches('v');
        word.starts_with(|c: char| c.is_ascii_digit()).then_some(word)
    })?;
    let mut numbers = digits.split('.').map(str::parse);
    Some((numbers.next()?.ok()?, numbers.next()?.ok()?))
}

#[cfg(test)]
mod tests {
    use super::version;

    #[test]
    fn reads_the_versions_programs_say() {
        assert_eq!(version("v20.19.2\n"), Some((20, 19)), "node");
        assert_eq!(version("rustc 1.95.0 (f2d3ce0bd 2026-03-21)"), Some((1, 95)), "rustc");
        assert_eq!(version("command not found"), None, "no version at all");
    }
}
