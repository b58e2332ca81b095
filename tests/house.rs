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

#[test]
fn the_domain_does_no_input_or_output() {
    let domain = files("src-tauri/core/src/domain", &[".rs"]);
    let found = lines_with(
        &domain,
        &[
            "std::fs",
            "std::net",
            "tokio",
            "rusqlite",
            "reqwest",
            "crate::store",
            "crate::channel",
            "crate::engine",
            "crate::api",
            "crate::host",
        ],
    );
    assert!(found.is_empty(), "the domain imports nothing that reads, writes, sends or waits:\n{}", found.join("\n"));
}

#[test]
fn store_and_channel_do_not_know_each_other() {
    let found =
        lines_with(&files("src-tauri/core/src/store", &[".rs"]), &["crate::channel", "crate::engine", "crate::api", "reqwest", "lettre"]);
    assert!(found.is_empty(), "the store knows only the domain:\n{}", found.join("\n"));
    let found = lines_with(&files("src-tauri/core/src/channel", &[".rs"]), &["crate::store", "crate::engine", "crate::api", "rusqlite"]);
    assert!(found.is_empty(), "a channel knows no database:\n{}", found.join("\n"));
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
    let found = lines_with(
        &files("src-tauri/core/src", &[".rs"]),
        &["datetime('now", "CURRENT_TIMESTAMP", "CURRENT_DATE", "unixepoch()", "julianday('now", "strftime('%s','now"],
    );
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
    files("src-tauri", &[".rs"]).iter().any(|(_, text)| text.contains(&format!("fn {name}")))
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
