//! What is absent from the house, held by looking for it.

use std::fs;

use baton_tests::root;

/// Every file below `folder` with one of these endings.
fn files(folder: &str, endings: &[&str]) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut folders = vec![root().join(folder)];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).expect("a folder of the workspace") {
            let path = entry.expect("an entry").path();
            let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default().to_string();
            if path.is_dir() {
                if !["node_modules", "dist", "target", "bindings"].contains(&name.as_str()) {
                    folders.push(path);
                }
            } else if endings.iter().any(|ending| name.ends_with(ending)) {
                let text = fs::read_to_string(&path).expect("a text file");
                found.push((path.strip_prefix(root()).expect("inside").to_string_lossy().into_owned(), text));
            }
        }
    }
    assert!(!found.is_empty(), "{folder} is not empty, so looking for something in it means something");
    found
}

/// Lines that have one of `words` and are no comment.
fn lines_with(files: &[(String, String)], words: &[&str]) -> Vec<String> {
    let mut found = Vec::new();
    for (name, text) in files {
        for (number, line) in text.lines().enumerate() {
            let code = line.trim_start();
            if !code.starts_with("//") && words.iter().any(|word| code.contains(word)) {
                found.push(format!("{name}:{}: {}", number + 1, code));
            }
        }
    }
    found
}

/// What each part of the core may know of the others.
const KNOWS: [(&str, &[&str]); 10] = [
    ("domain", &["domain"]),
    ("host.rs", &["domain"]),
    ("paper.rs", &["domain"]),
    ("clock.rs", &["domain"]),
    ("formats", &["domain", "formats"]),
    ("error.rs", &["domain", "host"]),
    ("store", &["domain", "error", "store"]),
    ("channel", &["channel", "domain", "error", "host"]),
    ("engine", &["channel", "clock", "domain", "engine", "error", "host", "store"]),
    ("api", &["api", "channel", "clock", "domain", "engine", "error", "formats", "host", "paper", "store"]),
];

/// What the domain may take from the standard library: what computes, and nothing that reads, writes, sends or waits.
const COMPUTES: [&str; 7] = ["cmp", "collections", "fmt", "iter", "mem", "slice", "str"];

#[test]
fn each_part_of_the_core_knows_only_what_it_may() {
    let mut wrong = Vec::new();
    for (name, text) in files("src-tauri/core/src", &[".rs"]) {
        let inside = name.trim_start_matches("src-tauri/core/src/");
        let part = inside.split('/').next().unwrap_or_default();
        let Some((_, known)) = KNOWS.iter().find(|(known, _)| *known == part) else {
            assert!(["lib.rs"].contains(&part), "{part} has its place in what knows what");
            continue;
        };
        let code = code_of(&text);
        wrong.extend(
            names_after("crate::", &code)
                .into_iter()
                .filter(|other| !known.contains(&other.as_str()))
                .map(|other| format!("{name} knows {other}")),
        );
    }
    assert!(wrong.is_empty(), "arrows point one way:\n{}", wrong.join("\n"));
}

#[test]
fn nothing_of_the_core_walks_around_its_imports() {
    let mut wrong = Vec::new();
    for (name, text) in files("src-tauri/core/src", &[".rs"]) {
        let code = code_of(&text);
        for around in ["super::super::", "use std as ", "use core as ", "extern crate", "#[path"] {
            wrong.extend(code.contains(around).then(|| format!("{name} says {around}")));
        }
        // What stood behind the tests would be looked at by nobody.
        let tests = text.split("#[cfg(test)]\nmod ").nth(1).unwrap_or_default();
        let behind = tests.lines().skip_while(|line| *line != "}").skip(1).find(|line| !line.trim().is_empty());
        wrong.extend(behind.map(|line| format!("{name} goes on behind its tests: {line}")));
        let inside = name.trim_start_matches("src-tauri/core/src/");
        if !inside.starts_with("store") {
            for statement in ["SELECT ", "INSERT INTO", "UPDATE ", "DELETE FROM", "PRAGMA "] {
                let quoted = code.lines().any(|line| line.contains(&format!("\"{statement}")));
                wrong.extend(quoted.then(|| format!("{name} asks the database itself: {statement}")));
            }
        }
    }
    assert!(wrong.is_empty(), "what knows what is seen from the imports, and SQL stands in the store:\n{}", wrong.join("\n"));
}

#[test]
fn the_domain_does_no_input_or_output() {
    let mut wrong = Vec::new();
    for (name, text) in files("src-tauri/core/src/domain", &[".rs"]) {
        // What is worked out once, when it is first asked for, is computed too.
        let code = code_of(&text).replace("std::sync::LazyLock", "");
        let outside = ["std::", "core::", "alloc::"].into_iter().flat_map(|root| names_after(root, &code));
        wrong.extend(outside.filter(|used| !COMPUTES.contains(&used.as_str())).map(|used| format!("{name} uses std::{used}")));
        for absent in ["tokio", "rusqlite", "reqwest", "lettre::transport", "tracing"] {
            wrong.extend(code.contains(&format!("{absent}::")).then(|| format!("{name} uses {absent}")));
        }
    }
    assert!(wrong.is_empty(), "the domain imports nothing that reads, writes, sends or waits:\n{}", wrong.join("\n"));
}

/// The program without its comments and tests, which may read files. A module of tests is the last thing of its file.
fn code_of(text: &str) -> String {
    let program = text.split("#[cfg(test)]\nmod ").next().unwrap_or_default();
    program.lines().map(|line| line.split("//").next().unwrap_or_default()).collect::<Vec<_>>().join("\n")
}

/// The first name of every path that begins so: `a` of `crate::a::b`, `a` and `b` of `crate::{a::c, b}`.
fn names_after(root: &str, code: &str) -> Vec<String> {
    let name = |text: &str| text.trim_start().chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect::<String>();
    let mut names = Vec::new();
    for (at, _) in code.match_indices(root) {
        if code[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_' || c == ':') {
            continue;
        }
        let rest = &code[at + root.len()..];
        let Some(list) = rest.strip_prefix('{') else {
            names.push(name(rest));
            continue;
        };
        let mut depth = 0;
        names.push(name(list));
        for (at, c) in list.char_indices() {
            match c {
                '{' => depth += 1,
                '}' if depth == 0 => break,
                '}' => depth -= 1,
                ',' if depth == 0 => names.push(name(&list[at + 1..])),
                _ => {}
            }
        }
    }
    names.retain(|name| !name.is_empty());
    names
}

#[test]
fn the_core_knows_no_desktop() {
    let core = fs::read_to_string(root().join("src-tauri/core/Cargo.toml")).expect("the core's manifest");
    for absent in ["tauri", "notify-rust", "keyring", "webkit"] {
        assert!(!core.contains(absent), "baton-core builds and tests without {absent}");
    }
}

#[test]
fn no_statement_asks_the_database_for_the_time() {
    let mut found = Vec::new();
    for (name, text) in files("src-tauri/core/src", &[".rs"]) {
        for line in code_of(&text).lines() {
            let line = line.to_lowercase();
            let asks = ["'now", "current_time", "current_date", "unixepoch", "julianday", "strftime(", " datetime("];
            found.extend(asks.iter().any(|ask| line.contains(ask)).then(|| format!("{name}: {}", line.trim())));
        }
    }
    assert!(found.is_empty(), "time is an argument, in SQL too:\n{}", found.join("\n"));
}

#[test]
fn only_the_clock_reads_the_clock() {
    let mut sources = files("src-tauri", &[".rs"]);
    sources.retain(|(name, _)| !name.ends_with("core/src/clock.rs"));
    let found = lines_with(&sources, &["Utc::now(", "Local::now(", "SystemTime::now(", "Instant::now("]);
    assert!(found.is_empty(), "only clock.rs asks what time it is:\n{}", found.join("\n"));
}

#[test]
fn one_file_of_the_page_talks_to_the_shell() {
    let mut page = files("ui/src", &[".ts", ".svelte"]);
    page.retain(|(name, _)| name != "ui/src/ipc.ts");
    let found = lines_with(&page, &["@tauri-apps/", "__TAURI"]);
    assert!(found.is_empty(), "everything that crosses goes through ipc.ts:\n{}", found.join("\n"));
}

#[test]
fn every_test_that_the_architecture_names_exists() {
    let document = fs::read_to_string(root().join("docs/architecture.md")).expect("the document");
    let tests: String = files("tests", &[".rs"]).into_iter().map(|(_, text)| text).collect();
    let named: Vec<&str> =
        document.split('`').skip(1).step_by(2).filter(|word| word.contains('_') && !word.contains(['/', '.', ' '])).collect();
    let absent: Vec<&&str> = named.iter().filter(|name| !tests.contains(&format!("fn {name}(")) && !document_names_code(name)).collect();
    assert!(absent.is_empty(), "the architecture names tests that do not exist: {absent:?}");
}

/// Names in the document that are functions of the program, not tests.
fn document_names_code(name: &str) -> bool {
    files("src-tauri", &[".rs"])
        .iter()
        .any(|(_, text)| [format!("fn {name}("), format!("fn {name}<")].iter().any(|code| text.contains(code)))
}

#[test]
fn every_file_that_the_architecture_names_exists() {
    let document = fs::read_to_string(root().join("docs/architecture.md")).expect("the document");
    let named = document.split('`').skip(1).step_by(2).filter(|word| word.contains('/') && !word.contains([' ', '*', '{', '<']));
    let absent: Vec<&str> = named
        .filter(|name| {
            let places = ["", "src-tauri/core/src/", "src-tauri/", "tests/", "ui/", "ui/src/"];
            !places.iter().any(|place| root().join(place).join(name).exists())
        })
        .collect();
    assert!(absent.is_empty(), "the architecture names files that do not exist: {absent:?}");
}

#[test]
fn whoever_waits_for_a_little_server_waits_within_a_limit() {
    let mut support = files("tests/support", &[".rs"]);
    support.retain(|(name, _)| !name.ends_with("/wire.rs"));
    let found = lines_with(&support, &[".wait_for(|", ".changed().await"]);
    assert!(found.is_empty(), "a promise that is broken fails its test and hangs none; wire.rs waits with a limit:\n{}", found.join("\n"));
}
