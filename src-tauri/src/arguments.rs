//! What the command line asks for.

use std::ffi::OsString;

use baton_core::formats::link;

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Asked {
    /// The window, at what a link fills in where there is one; or, in the tray, no window.
    Window {
        link: Option<String>,
        in_tray: bool,
    },
    /// File what comes in by standard input.
    HandIn,
    /// The schema of what is filed so.
    Schema,
    Words(String),
}

/// Starts without the window.
pub const IN_TRAY: &str = "--in-tray";

const USAGE: &str = "\
Baton: guided escalation for a help desk.

  baton                    opens the window, or brings it forward
  baton --in-tray          starts without the window
  baton 'baton://new?…'    opens a new incident with what the link fills in
  baton new --json -       files what comes in by standard input, without the window
  baton new --schema       the JSON schema of what can come in
  baton --help, --version

The data folder is the one of this account, or what BATON_HOME names.";

const USAGE_OF_NEW: &str = "\
baton new --json -         files one incident, or several, from JSON on standard input

One object, or several on lines of their own; all are filed, or with one thing wrong none:

  {\"what\": \"Checkout shows an error\", \"service\": \"Web shop\", \"escalate\": true, \"key\": \"INC4711\"}

  what                     what happened; needed
  service, place           a service of the directory by its name, or where in words; one is needed
  who, people_affected     who is affected, and how many
  reported_by              who reported it, and where they can be called
  began                    when it began, by RFC 3339
  cost_per_hour, currency  money lost per hour where all of it is affected, in the desk's currency
  affected_percent         how much of it is affected
  orders_per_hour          orders lost per hour where all of it is affected
  customers_affected       how many customers
  tried                    [{\"what\", \"result\", \"at\"}]; results: helped, no_effect, made_worse, could_not
  attach                   [\"error.png\"]: files by their paths, as many and as large as in the window
  answers                  the answers of step 1
  severity, path           against what the answers and the service say
  key                      your name for it: the same key again is the same incident, filed and sent once
  draft                    true: only a draft, for a person to finish
  escalate                 true: people are called, along the path; else it stands on the board,
                           and Baton asks the desk about it after a while

Standard output: for each, in their order, one line of JSON:

  {\"reference\":\"K7-3QF\",\"id\":\"…\",\"state\":\"escalated\",\"severity\":\"high\",\"again\":false,\"watched\":true,\"notes\":[]}

  state                    draft, filed, escalated or resolved; a draft's reference is null
  again                    it was here already, by its key
  watched                  a Baton runs that sends, climbs and reminds
  notes                    what was read otherwise than it was written

Standard error: what went wrong, each line with its path, such as \"$.tried[0].at: …\". Exit codes:

  0  all of it is filed, on the disk
  2  the command line is wrong; nothing was filed
  3  what came in cannot be used; nothing was filed
  4  Baton or its data folder cannot be used; nothing was filed
  5  not known whether it was filed; with a \"key\" it is safe to do it again

Where Baton runs, it does it and shows it at once. Where it does not, the incident is filed all the same; to escalate
one, Baton is started in the tray.

baton new --schema         the JSON schema of one object";

/// Reads what stands behind the program's name.
pub fn read(given: impl IntoIterator<Item = OsString>) -> Result<Asked, String> {
    let given: Vec<String> = given.into_iter().map(|word| word.to_string_lossy().into_owned()).collect();
    let words: Vec<&str> = given.iter().map(String::as_str).collect();
    match words[..] {
        [] => Ok(Asked::Window { link: None, in_tray: false }),
        [IN_TRAY] => Ok(Asked::Window { link: None, in_tray: true }),
        ["--help" | "-h" | "help"] => Ok(Asked::Words(USAGE.into())),
        ["--version" | "-V"] => Ok(Asked::Words(format!("Baton {}", env!("CARGO_PKG_VERSION")))),
        ["new", "--json", "-"] => Ok(Asked::HandIn),
        ["new", "--schema"] => Ok(Asked::Schema),
        ["new", "--help" | "-h"] => Ok(Asked::Words(USAGE_OF_NEW.into())),
        ["new", ..] => Err(format!("`baton new` wants `--json -` or `--schema`.\n\n{USAGE_OF_NEW}")),
        _ => match link_in(&given) {
            Some(link) => Ok(Asked::Window { link: Some(link), in_tray: false }),
            // What a desktop adds when it starts a program.
            None if words.iter().all(|word| word.starts_with("-psn_")) => Ok(Asked::Window { link: None, in_tray: false }),
            None => Err(format!("There is no `baton {}`.\n\n{USAGE}", words.join(" "))),
        },
    }
}

/// The link among these words, wherever it stands.
pub fn link_in(words: &[String]) -> Option<String> {
    words.iter().find(|word| word.get(..link::SCHEME.len()).is_some_and(|start| start.eq_ignore_ascii_case(link::SCHEME))).cloned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(words: &[&str]) -> Result<Asked, String> {
        read(words.iter().map(OsString::from))
    }

    #[test]
    fn a_link_opens_the_window_and_can_ask_for_nothing_else() {
        let link = "baton://new?what=a&escalate=true".to_string();
        assert_eq!(asked(&[&link]), Ok(Asked::Window { link: Some(link.clone()), in_tray: false }));
        // A browser that lets a link bring options along must not make a script of it.
        assert_eq!(asked(&[&link, "new", "--json", "-"]), Ok(Asked::Window { link: Some(link), in_tray: false }));
    }

    #[test]
    fn the_packages_say_that_links_are_for_baton_and_hand_them_over() {
        let root = std::env::var("CARGO_MANIFEST_DIR").expect("cargo runs the tests");
        let read = |file: &str| std::fs::read_to_string(std::path::Path::new(&root).join(file)).expect("a file of this repository");
        let config: serde_json::Value = serde_json::from_str(&read("tauri.conf.json")).expect("JSON");
        assert_eq!(config["plugins"]["deep-link"]["desktop"]["schemes"], serde_json::json!([link::SCHEME.trim_end_matches(':')]));
        for package in ["deb", "rpm"] {
            let template = read(config["bundle"]["linux"][package]["desktopTemplate"].as_str().expect("a template of our own"));
            // The bundler's own has no place for the link, and a desktop then drops it.
            assert!(template.contains("Exec={{exec}} %u\n") && template.contains("MimeType={{mime_type}}"), "{package}");
        }
    }

    #[test]
    fn what_there_is_not_is_said_with_what_there_is() {
        for words in [&["--jsn"][..], &["new"], &["new", "--json"], &["new", "--json", "file.json"], &["resolve"]] {
            let said = asked(words).expect_err("no such command");
            assert!(said.contains("baton new --json -"), "{words:?}: {said}");
        }
    }
}
