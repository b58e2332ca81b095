//! `cargo xtask gen`: what is written from the Rust sources and committed: the
//! TypeScript types the page shares with them, the page about the channels, and the
//! schema of what a script hands in.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

use crate::house::{cargo, root, target};
use crate::step::{Outcome, Problem, step};

/// Path below the repository → content.
type Files = BTreeMap<PathBuf, String>;

/// Makes the committed files equal to fresh ones: new, changed and stale alike.
pub fn write() -> Outcome {
    let (committed, fresh) = both()?;
    let root = root();
    for (path, content) in &fresh {
        if committed.get(path) != Some(content) {
            let file = root.join(path);
            fs::create_dir_all(file.parent().unwrap_or(&root))?;
            fs::write(file, content)?;
            println!("written  {}", path.display());
        }
    }
    for path in committed.keys().filter(|path| !fresh.contains_key(*path)) {
        fs::remove_file(root.join(path))?;
        println!("removed  {}", path.display());
    }
    println!("What is generated is current: {} files.", fresh.len());
    Ok(())
}

/// Fails, naming the files, if the committed ones are not what the Rust types say.
pub fn check() -> Outcome {
    let (committed, fresh) = both()?;
    let paths = committed.keys().chain(fresh.keys()).collect::<std::collections::BTreeSet<_>>();
    let old: Vec<String> =
        paths.into_iter().filter(|path| committed.get(*path) != fresh.get(*path)).map(|path| format!("  {}", path.display())).collect();
    if old.is_empty() {
        println!("What is generated is current: {} files.", fresh.len());
        return Ok(());
    }
    Err(Problem::new(format!("These files are not what the Rust sources say; run `cargo xtask gen`:\n{}", old.join("\n"))))
}

const BINDINGS: &str = "ui/src/bindings";
const DOCUMENTS: [&str; 2] = ["docs/channels.md", "docs/new.schema.json"];

fn both() -> Outcome<(Files, Files)> {
    // Read first: a plain `cargo test` elsewhere may write into the folder meanwhile.
    let mut committed = Files::new();
    read(&root().join(BINDINGS), Path::new(BINDINGS), &mut committed)?;
    for document in DOCUMENTS {
        if let Ok(content) = fs::read_to_string(root().join(document)) {
            committed.insert(PathBuf::from(document), content);
        }
    }
    Ok((committed, fresh()?))
}

fn fresh() -> Outcome<Files> {
    let (types, documents) = (target().join("bindings"), target().join("documents"));
    for scratch in [&types, &documents] {
        if scratch.exists() {
            fs::remove_dir_all(scratch)?;
        }
        fs::create_dir_all(scratch)?;
    }
    // Each exported type brings a test of this name that writes it, and so does each document.
    let mut export = cargo();
    export.args(["test", "--quiet", "--package", "baton-core", "--lib", "--", "export_bindings", "document_of"]);
    step("What is written from the Rust sources", export.env("TS_RS_EXPORT_DIR", &types).env("BATON_DOCUMENTS", &documents))?;

    let mut files = Files::new();
    read(&types, Path::new(BINDINGS), &mut files)?;
    let index = index(&files);
    files.insert(Path::new(BINDINGS).join("index.ts"), index);
    read(&documents, Path::new("docs"), &mut files)?;
    Ok(files)
}

/// One line for each type, sorted, so that the page imports all from one place.
fn index(files: &Files) -> String {
    let mut text = String::new();
    for path in files.keys().filter(|path| path.parent() == Some(Path::new(BINDINGS))) {
        if let Some(name) = path.file_stem() {
            let name = name.to_string_lossy();
            // Writing into a String cannot fail.
            let _ = writeln!(text, "export type {{ {name} }} from './{name}'");
        }
    }
    text
}

fn read(folder: &Path, below: &Path, into: &mut Files) -> Outcome {
    if !folder.exists() {
        return Ok(());
    }
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let path = below.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            read(&entry.path(), &path, into)?;
        } else {
            into.insert(path, fs::read_to_string(entry.path())?);
        }
    }
    Ok(())
}
