//! Running one command as a step that says what it does and how long it took.

use std::fmt;
use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};
use std::time::Instant;

/// What went wrong, in words for the person at the terminal.
#[derive(Debug)]
pub struct Problem(String);

pub type Outcome<T = ()> = Result<T, Problem>;

impl Problem {
    pub fn new(words: impl Into<String>) -> Self {
        Self(words.into())
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl From<std::io::Error> for Problem {
    fn from(error: std::io::Error) -> Self {
        Self(error.to_string())
    }
}

/// Runs the command with its output on the terminal; fails if it does.
pub fn step(what: &str, command: &mut Command) -> Outcome {
    watched(what, command, |_| {})
}

/// As [`step`], and shows each line of its standard output to `line` as it is printed.
pub fn watched(what: &str, command: &mut Command, mut line: impl FnMut(&str)) -> Outcome {
    println!("\n── {what}\n   {}", shown(command));
    let began = Instant::now();
    let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn().map_err(|error| cannot_start(command, &error))?;
    if let Some(output) = child.stdout.take() {
        let mut output = BufReader::new(output);
        let mut bytes = Vec::new();
        while output.read_until(b'\n', &mut bytes)? > 0 {
            // Not every program prints UTF-8; what it printed must not stop the run.
            let text = String::from_utf8_lossy(&bytes);
            print!("{text}");
            line(text.trim_end());
            bytes.clear();
        }
    }
    let status = child.wait()?;
    let seconds = began.elapsed().as_secs();
    if status.success() {
        println!("── done in {seconds} s: {what}");
        Ok(())
    } else {
        println!("── FAILED after {seconds} s: {what}");
        Err(Problem::new(format!("This failed ({status}): {}", shown(command))))
    }
}

/// Runs the command with the terminal as its own, for programs that ask or stay.
pub fn foreground(command: &mut Command) -> Outcome {
    let status = command.status().map_err(|error| cannot_start(command, &error))?;
    if status.success() { Ok(()) } else { Err(Problem::new(format!("This failed ({status}): {}", shown(command)))) }
}

/// What the command prints, trimmed; nothing if it cannot start or fails.
pub fn answer(command: &mut Command) -> Option<String> {
    let output = command.stdin(Stdio::null()).stderr(Stdio::null()).output().ok()?;
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

/// The command as it would be typed.
pub fn shown(command: &Command) -> String {
    std::iter::once(command.get_program()).chain(command.get_args()).map(|word| word.to_string_lossy()).collect::<Vec<_>>().join(" ")
}

fn cannot_start(command: &Command, error: &std::io::Error) -> Problem {
    Problem::new(format!("Cannot start {}: {error}", command.get_program().to_string_lossy()))
}
