//! What the window may ask. Each command is one line: it waits for the desk to
//! be open and asks it; the rules are all in the core.

mod backup;
mod board;
mod channels;
mod directory;
mod hand_over;
mod incident;
mod insights;
mod notices;
mod outside;
mod settings;
mod watch;
mod wizard;

// Whole, because each command brings a macro of Tauri's with it.
use backup::*;
use board::*;
use channels::*;
use directory::*;
use hand_over::*;
use incident::*;
use insights::*;
use notices::*;
use outside::*;
use settings::*;
use watch::*;
use wizard::*;

use baton_core::error::Failure;
use tauri::{State, Wry};

use crate::desk::TheDesk;

include!("list.rs");

type Answer<T> = Result<T, Failure>;
type AtDesk<'a> = State<'a, TheDesk>;

macro_rules! handle {
    ($($command:ident),+) => { tauri::generate_handler![$($command),+] };
}

pub fn handler() -> impl Fn(tauri::ipc::Invoke<Wry>) -> bool + Send + Sync + 'static {
    every_command!(handle)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::path::Path;

    macro_rules! names {
        ($($command:ident),+) => { [$(stringify!($command)),+] };
    }

    fn read(file: &str) -> String {
        std::fs::read_to_string(Path::new(&std::env::var("CARGO_MANIFEST_DIR").expect("cargo runs the tests")).join(file))
            .expect("a file of this repository")
    }

    #[test]
    fn the_window_may_ask_exactly_what_its_page_asks() {
        let listed: BTreeSet<String> = every_command!(names).map(String::from).into();

        let page = read("ui/src/ipc.ts");
        let asked: BTreeSet<String> = page
            .split("invoke<")
            .skip(1)
            .filter_map(|call| Some(call.split_once(">(")?.1.trim_start().trim_start_matches('\'').split('\'').next()?.to_owned()))
            .collect();
        assert_eq!(listed, asked, "a command nobody asks for is a door left open, and one that is missing fails on screen");

        let capability: serde_json::Value = serde_json::from_str(&read("src-tauri/capabilities/main.json")).expect("JSON");
        let allowed: BTreeSet<String> = capability["permissions"]
            .as_array()
            .expect("a list")
            .iter()
            .filter_map(|permission| Some(permission.as_str()?.strip_prefix("allow-")?.replace('-', "_")))
            .collect();
        assert_eq!(listed, allowed, "the window is allowed what it asks for, and nothing else");
        assert_eq!(capability["windows"], serde_json::json!(["main"]), "no other window may ask anything");
    }
}
