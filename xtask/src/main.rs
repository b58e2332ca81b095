//! The project's own commands. Only the standard library, so that the first
//! `cargo xtask` on a new machine answers within seconds.

#![allow(clippy::disallowed_methods, reason = "how long a step takes is told to whoever waits for it; no incident knows of it")]

mod bench;
mod r#gen;
mod house;
mod lint;
mod package;
mod run;
mod screenshots;
mod setup;
mod step;
mod test;

use std::process::ExitCode;

const USAGE: &str = "\
cargo xtask run                 set up what is missing, build Baton and start it
cargo xtask test [part…]        set up what is missing, run every test, or only: core shell stories ui window
cargo xtask test peers          install servers that others have made (as root; Debian) and run the tests against them
cargo xtask lint                formatting, lints, types, and whether the bindings are current
cargo xtask gen [--check]       write the TypeScript bindings, docs/channels.md and docs/new.schema.json, or fail if the committed ones are old
cargo xtask screenshots         every screen, light and dark, from the real window, into docs/screenshots
cargo xtask bench [short]       how long things take beside the same done bare; short: only that it runs
cargo xtask bench board         how the board scrolls with 10,000 open incidents, beside a bare list
cargo xtask bench tray          what Baton weighs in the tray after 50 windows, and what it uses of a processor there
cargo xtask package             a .deb of the release build";

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let outcome = match words.as_slice() {
        ["run"] => run::run(),
        ["test", parts @ ..] => test::test(parts),
        ["lint"] => lint::lint(),
        ["gen"] => r#gen::write(),
        ["gen", "--check"] => r#gen::check(),
        ["screenshots"] => screenshots::take(),
        ["bench"] => bench::bench(false),
        ["bench", "board"] => bench::board(),
        ["bench", "tray"] => bench::tray(),
        ["bench", "short"] => bench::bench(true),
        ["package"] => package::package(),
        [] | ["help" | "--help" | "-h"] => {
            println!("{USAGE}");
            Ok(())
        }
        _ => Err(step::Problem::new(format!("There is no `cargo xtask {}`.\n\n{USAGE}", words.join(" ")))),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            eprintln!("\n{problem}");
            ExitCode::FAILURE
        }
    }
}
