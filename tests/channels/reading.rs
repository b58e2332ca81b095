//! What a provider was sent, read by a real parser of the format it is in, as whoever
//! receives it would see it.

use baton_tests::http_sink::HttpRequest;
use pulldown_cmark::{CodeBlockKind, Event, Options, Parser, Tag, TagEnd};
use scraper::{Html, Node};
use url::{Url, form_urlencoded};

/// How a text is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum As {
    Plain,
    Mrkdwn,
    Markdown,
    /// A block of code, in Markdown that knows no escapes.
    Fence,
    Html,
    /// One text message.
    Short,
    /// One of several parts.
    Facts,
}

pub fn json(sent: &HttpRequest, pointer: &str) -> String {
    let body = sent.json();
    body.pointer(pointer).and_then(serde_json::Value::as_str).unwrap_or_else(|| panic!("a text at {pointer} of {body}")).to_string()
}

/// A part of the query, or of the form.
pub fn part(sent: &HttpRequest, name: &str) -> String {
    let all: Vec<(String, String)> = if sent.body.is_empty() {
        address(sent).query_pairs().into_owned().collect()
    } else {
        form_urlencoded::parse(&sent.body).into_owned().collect()
    };
    let of: Vec<&String> = all.iter().filter(|(key, _)| key == name).map(|(_, value)| value).collect();
    assert_eq!(of.len(), 1, "there is one {name} in {all:?}");
    of[0].clone()
}

pub fn address(sent: &HttpRequest) -> Url {
    Url::parse(&format!("http://server{}", sent.path)).expect("an address")
}

impl As {
    /// What somebody reads; fails where anything of it is more than text.
    pub fn read(self, written: &str) -> String {
        match self {
            Self::Plain | Self::Short | Self::Facts => written.to_string(),
            Self::Mrkdwn => mrkdwn(written),
            Self::Markdown => markdown(written),
            Self::Fence => fence(written),
            Self::Html => html(written),
        }
    }
}

fn mrkdwn(written: &str) -> String {
    assert!(!written.contains(['<', '>']), "no mention, link or tag can be made of what was typed: {written:?}");
    let text = written.replace("&lt;", "<").replace("&gt;", ">");
    let rest = written.replace("&lt;", "").replace("&gt;", "").replace("&amp;", "");
    assert!(!rest.contains('&'), "every & is escaped: {written:?}");
    text.replace("&amp;", "&")
}

/// Everything that reads Markdown in any of the chats, together.
fn options() -> Options {
    Options::all() - Options::ENABLE_SMART_PUNCTUATION - Options::ENABLE_MATH - Options::ENABLE_OLD_FOOTNOTES
}

fn markdown(written: &str) -> String {
    let mut text = String::new();
    for event in Parser::new_ext(written, options()) {
        match event {
            Event::Start(Tag::Paragraph) if !text.is_empty() => text.push_str("\n\n"),
            Event::Start(Tag::Paragraph) | Event::End(TagEnd::Paragraph) => {}
            Event::Text(part) => text.push_str(&part),
            Event::SoftBreak | Event::HardBreak => text.push('\n'),
            other => panic!("nothing typed is formatting, but this is {other:?} in {written}"),
        }
    }
    calls_nobody(&text);
    text.replace('\u{200b}', "").replace('\u{a0}', " ")
}

fn fence(written: &str) -> String {
    let mut text = String::new();
    for (at, event) in Parser::new_ext(written, options()).enumerate() {
        match event {
            Event::Start(Tag::CodeBlock(CodeBlockKind::Fenced(_))) if at == 0 => {}
            Event::Text(part) => text.push_str(&part),
            Event::End(TagEnd::CodeBlock) => {}
            other => panic!("all of it is one block of code, but this is {other:?} in {written}"),
        }
    }
    // Rocket.Chat ends a block at backticks that CommonMark would leave alone.
    assert!(!text.contains('`'), "nothing typed ends the block: {text}");
    calls_nobody(&text);
    text.replace('\u{200b}', "")
}

/// Chats find whom to call in what is left of the text, escaped or not.
fn calls_nobody(text: &str) {
    let signs: Vec<char> = text.chars().collect();
    for (at, _) in signs.iter().enumerate().filter(|(_, sign)| **sign == '@') {
        let in_an_address = at > 0 && signs[at - 1].is_alphanumeric();
        assert!(in_an_address || !signs.get(at + 1).is_some_and(|next| next.is_alphanumeric()), "this would call somebody: {text}");
    }
}

fn html(written: &str) -> String {
    let page = Html::parse_fragment(written);
    assert!(page.errors.is_empty(), "it is well formed: {:?} in {written}", page.errors);
    let mut text = String::new();
    // The element around a fragment hangs in no tree.
    for node in page.tree.root().descendants() {
        match node.value() {
            Node::Fragment | Node::Document => {}
            Node::Text(part) => text.push_str(part),
            Node::Element(element) if element.name() == "html" => {}
            Node::Element(element) if element.name() == "br" && element.attrs().count() == 0 => text.push('\n'),
            other => panic!("nothing typed is markup, but this is {other:?} in {written}"),
        }
    }
    text
}

/// Words are what is compared: chats break lines where they like.
pub fn words(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
