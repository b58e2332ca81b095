//! `docs/channels.md`, written from the catalogue: what each provider needs, what
//! it can take, and what its answers mean. What is the same for all of them, and how
//! to write a file of one's own, stands in `own.md`.

use std::fmt::Write as _;

use super::entry::Entry;
use super::meaning::Rule;
use super::written::{Escaping, Meaning};
use super::{Catalogue, network_fields};
use crate::domain::channel::{AddressKind, Field, FieldKind, Reach};

/// The hand-written part, and a file that a test reads.
const OWN: &str = include_str!("own.md");

const BEGINNING: &str = "\
<!-- Written by `cargo xtask gen` from src-tauri/core/src/channel/catalogue; change it there. -->
# Channels

The providers Baton sends to one way, and what each of them wants to know. Mail, notifications on this desktop, calls by
hand and the channels that bring answers back are in [the guide](guide.md).

Every one of them can be told three things besides: *Allow private addresses*, for a server on this computer or in your
own network; *Allow http:// without encryption*, for tests and closed networks; and the file of *your own certificate
authority*. Passwords, tokens and addresses that hold one are kept in the keyring.

What an answer means, unless a provider says otherwise below: 200 to 299 is **accepted**. 408, 425, 429 and 500 to 599 are
**temporary**: it is tried again, after as long as the provider asks for. Everything else is **permanent**: the person's
next way is used at once. Where the connection ends after the message may have left, it is **uncertain**: it is tried
again, and may arrive twice.
";

/// The groups, in the order in which they are offered.
const REACHES: [(Reach, &str); 7] = [
    (Reach::Text, "Text message"),
    (Reach::Phone, "Phone"),
    (Reach::Push, "Push message"),
    (Reach::Chat, "Chat"),
    (Reach::Mail, "Mail"),
    (Reach::Ticket, "Ticket"),
    (Reach::Desk, "This desktop"),
];

/// The whole page, in Markdown.
#[must_use]
pub fn document(catalogue: &Catalogue) -> String {
    let mut page = String::from(BEGINNING);
    for (reach, heading) in REACHES {
        let mut entries: Vec<&Entry> = catalogue.entries().map(AsRef::as_ref).filter(|entry| entry.provider.reach == reach).collect();
        entries.sort_by_key(|entry| entry.provider.name.to_lowercase());
        if !entries.is_empty() {
            // Writing to a String cannot fail.
            let _ = write!(page, "\n## {heading}\n");
        }
        for entry in entries {
            page.push('\n');
            page.push_str(&section(entry));
        }
    }
    page.push('\n');
    page.push_str(OWN);
    page
}

fn section(entry: &Entry) -> String {
    let provider = &entry.provider;
    let mut text = format!("### {}\n\n{} Its id is `{}`.\n", provider.name, provider.about, provider.id);
    let bullets = |text: &mut String, lines: Vec<String>| {
        if !lines.is_empty() {
            text.push('\n');
        }
        for line in lines {
            let _ = writeln!(text, "- {line}");
        }
    };
    bullets(&mut text, entry.notes.clone());
    let network = network_fields();
    let asked: Vec<&Field> = provider.fields.iter().filter(|field| network.iter().all(|known| known.key != field.key)).collect();
    if !asked.is_empty() {
        text.push_str("\n| it asks for | | |\n| --- | --- | --- |\n");
        for field in asked {
            let _ = writeln!(text, "| {} | {} | {} |", field.label, kind(field), cell(&field.help));
        }
    }
    let mut facts = vec![addressed(&provider.address)];
    facts.extend(limits(entry));
    facts.extend(accepts(entry));
    facts.extend(entry.answers.rules.iter().map(rule));
    bullets(&mut text, facts);
    text
}

fn kind(field: &Field) -> String {
    let what = match field.kind {
        FieldKind::Secret => "kept with the passwords".to_string(),
        FieldKind::Url => "an address".into(),
        FieldKind::Number => "a number".into(),
        FieldKind::Toggle => "yes or no".into(),
        FieldKind::Choice => field.choices.iter().map(|(_, label)| label.as_str()).collect::<Vec<_>>().join(" / "),
        FieldKind::Text => String::new(),
    };
    let default = if field.default.is_empty() || field.kind == FieldKind::Choice {
        String::new()
    } else {
        format!("`{}` if left alone", field.default)
    };
    let optional = if field.required || field.kind == FieldKind::Choice { "" } else { "optional" };
    [optional, &what, &default].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(", ")
}

/// Text in a table: a bar would end its column.
fn cell(text: &str) -> String {
    text.replace('|', "\\|")
}

fn addressed(address: &AddressKind) -> String {
    match address {
        AddressKind::None => "A person's way through it has no address: the channel itself is one.".into(),
        AddressKind::Mail => "A person's way through it is their mail address there.".into(),
        AddressKind::Phone => "A person's way through it is their phone number.".into(),
        AddressKind::Handle { label, example } => format!("A person's way through it is their {label}, such as `{example}`."),
    }
}

fn limits(entry: &Entry) -> Vec<String> {
    let limits = &entry.limits;
    let written = match limits.text_as {
        Escaping::Plain => "",
        Escaping::Mrkdwn | Escaping::Markdown | Escaping::Html => ", with what keeps signs from being formatting",
        Escaping::Fence => ", as a block of code",
    };
    let mut lines = Vec::new();
    if let Some(most) = limits.short_text {
        let unicode = most * 7 / 16;
        lines.push(format!("One text message: {most} characters, or {unicode} as soon as one is not in the alphabet of text messages. The reference comes first."));
    }
    if let Some(most) = limits.text_characters {
        lines.push(format!("The text takes {} characters{written}; a longer one is shortened at a word, part by part.", thousands(most)));
    }
    if let Some(most) = limits.text_bytes {
        lines.push(format!("The text takes {} bytes{written}; a longer one is shortened at a word, part by part.", thousands(most)));
    }
    if let Some(most) = limits.body_bytes {
        lines.push(format!("All of it takes {} bytes; what is longer is shortened at a word, part by part.", thousands(most)));
    }
    lines
}

fn accepts(entry: &Entry) -> Vec<String> {
    let answers = &entry.answers;
    let said: Vec<String> =
        answers.contains.iter().filter_map(|template| entry.source(template)).map(|words| promised(entry, &words)).collect();
    let mut lines = Vec::new();
    let has = match (&answers.id_at, said.as_slice()) {
        (Some(at), []) => Some(format!("the message's id at `{at}`")),
        (None, [_, ..]) => Some(format!("{} in it", said.join(" or "))),
        (Some(at), [_, ..]) => Some(format!("the message's id at `{at}`, and {} in it", said.join(" or "))),
        (None, []) => None,
    };
    if let Some(has) = has {
        lines.push(format!(
            "An answer that accepts has {has}; one that has not is **uncertain**, for something in between may have said it."
        ));
    }
    if let Some(at) = &answers.retry_after_at {
        lines.push(format!("How long to wait it says in `Retry-After` or, in seconds, at `{at}` of its answer."));
    }
    lines
}

/// A part of an answer, or the field that says what it is.
fn promised(entry: &Entry, words: &str) -> String {
    let key = words.strip_prefix("{{ settings.").and_then(|rest| rest.strip_suffix(" }}"));
    let field = key.and_then(|key| entry.provider.fields.iter().find(|field| field.key == key));
    field.map_or_else(|| format!("`{words}`"), |field| format!("what is entered under “{}”", field.label))
}

fn rule(rule: &Rule) -> String {
    let mut when = Vec::new();
    if !rule.status.is_empty() {
        when.push(rule.status.iter().map(u16::to_string).collect::<Vec<_>>().join(", "));
    }
    if let Some(part) = &rule.contains {
        when.push(format!("with `{part}` in it"));
    }
    if let Some(at) = &rule.at {
        when.push(rule.is.as_ref().map_or_else(|| format!("with something at `{at}`"), |is| format!("with {is} at `{at}`")));
    }
    let when = when.join(" ");
    let when = if rule.status.is_empty() { format!("An answer {when}") } else { when };
    let means = match rule.meaning {
        Meaning::Accepted => "accepted",
        Meaning::Temporary => "temporary",
        Meaning::Permanent => "permanent",
        Meaning::Uncertain => "uncertain",
    };
    let hint = if rule.hint.is_empty() { String::new() } else { format!(" {}", rule.hint) };
    format!("{when}: **{means}**.{hint}")
}

fn thousands(number: usize) -> String {
    let digits = number.to_string();
    let first = digits.len() % 3;
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && at % 3 == first {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::super::rendering::{FILTERS, NAMES};
    use super::*;
    use std::path::{Path, PathBuf};

    /// `cargo xtask gen` sets it, to have the page written there.
    const WRITE_INTO: &str = "BATON_DOCUMENTS";

    #[test]
    fn document_of_the_channels_is_what_the_catalogue_says() {
        let page = document(&Catalogue::standard());
        if let Some(folder) = std::env::var_os(WRITE_INTO) {
            return std::fs::write(PathBuf::from(folder).join("channels.md"), page).expect("the folder is there");
        }
        let committed = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/channels.md");
        let committed = std::fs::read_to_string(committed).expect("docs/channels.md is committed");
        assert!(committed == page, "docs/channels.md is not what the catalogue says; run `cargo xtask gen`");
    }

    #[test]
    fn every_key_filter_and_name_is_explained_to_whoever_writes_a_file() {
        let missing: Vec<&str> = NAMES.into_iter().chain(FILTERS).filter(|name| !OWN.contains(&format!("`{name}"))).collect();
        assert!(missing.is_empty(), "own.md says nothing of {missing:?}");
        // What a wrong key is answered with names every right one.
        for (at, wrong) in [("", "x = 1"), ("[limits]", "x = 1"), ("[accepted]", "x = 1"), ("[[answers]]", "x = 1")] {
            let fault = Entry::read("x.toml", &format!("{at}\n{wrong}\n")).expect_err("there is no such key");
            let unknown: Vec<&str> = fault.remedy.split('`').skip(1).step_by(2).filter(|key| !OWN.contains(&format!("`{key}`"))).collect();
            assert!(unknown.is_empty(), "own.md says nothing of {unknown:?} in {at:?}");
        }
    }

    #[test]
    fn the_example_for_a_file_of_ones_own_is_one() {
        let example = OWN.split("```toml\n").nth(1).and_then(|rest| rest.split("\n```").next()).expect("there is an example");
        let entry = Entry::read("example.toml", example).unwrap_or_else(|fault| panic!("{fault}"));
        assert!(Catalogue::standard().entry(&entry.provider.id).is_none(), "it can be put into the folder as it stands");
    }
}
