//! What goes to each provider, letter for letter in a committed file, and of the catalogue's
//! read by a real parser of its format: what was typed is text, whatever it looks like, and
//! what was previewed is what goes.
//!
//! `BATON_RENDERINGS=write cargo test -p baton-tests --test channels renderings` writes
//! the files anew; look at what changed before you commit it.

use std::fmt::Write as _;
use std::path::PathBuf;

use baton_core::channel::{Envelope, Rendered};
use baton_core::domain::message::{Fact, Message, Purpose};
use baton_core::domain::severity::Severity;
use baton_tests::http_sink::{HttpRequest, HttpSink};
use baton_tests::providers::modem::Modem;
use baton_tests::smtp_sink::SmtpSink;
use baton_tests::world::TestClock;

use crate::desk::{Desk, Kind, NOW, assert_clean, envelope, kind, mail_channel, message};
use crate::entries::{ENTRIES, OneWay};
use crate::interface::{INTERFACES, Interface};
use crate::reading::{As, words};

/// What means something somewhere: to a chat, to HTML, to Markdown, to XML, to JSON, to a
/// template, to a terminal, and to whoever reads from right to left.
const EVIL: &str = "<script>alert(1)</script> <!channel> <@U1> @here @all a@b.example *b* _i_ ~s~ `c` ```d``` **b** __i__ ||s|| \
    [l](https://evil.example) ![i](x) <https://evil.example|t> #tag &lt;b&gt; &amp; &#39; ]]> <![CDATA[x]]> <?x?> <!-- c --> [code]<b>x</b>[/code] \
    {{ 7*7 }} {% raw %} ${7} {{DATE(2017-02-14T06:00:00Z)}} %s %00 \"q\" 'a' \\ \\n +1 | a | b | \u{202e}rtl\u{202c} \u{200f}قاعدة\u{200e} \
    \u{0}\u{1b}[31m\u{7} \u{feff}\u{fffe}\u{ffff} 💥 é";

/// What means something at the beginning of a line.
const LINES: &str =
    "# h\n## h\n- l\n* l\n+ l\n1. n\n1) n\n> q\n    code\n\tcode\n---\n===\n***\n~~~\n```\n| a | b |\n| - | - |\n[^1]: f\n:x: y\n``";

fn wicked() -> Message {
    let both = format!("{EVIL}\n{LINES}\n\n{EVIL}");
    Message {
        title: EVIL.into(),
        place: EVIL.into(),
        lead: both.clone(),
        facts: vec![Fact { label: EVIL.into(), value: both.clone() }, Fact { label: "Log".into(), value: LINES.into() }],
        reply: both,
        from: EVIL.into(),
        ..message()
    }
}

/// As much in every field as somebody can paste into one.
fn endless(of: &str) -> Message {
    let long: String = of.chars().cycle().take(10_000).collect();
    let fact = Fact { label: long.clone(), value: long.clone() };
    Message {
        title: long.clone(),
        place: long.clone(),
        lead: long.clone(),
        facts: vec![fact.clone(), fact],
        reply: long.clone(),
        from: long,
        ..message()
    }
}

/// Sends it, and gives what arrived and how it was previewed.
async fn sent(one: &OneWay, what: Message) -> (Vec<HttpRequest>, Rendered) {
    let (desk, sink) = (Desk::new(), HttpSink::start().await);
    sink.next(one.answers_before());
    sink.always(one.taken());
    let channel = one.open(&desk, sink.url("").trim_end_matches('/'), "");
    let shown = channel.render(&what);
    let outcome = channel.send(&envelope(what)).await;
    assert_eq!(kind(&outcome), Kind::Accepted, "{} takes it: {outcome:?}", one.provider);
    (sink.wait_for(one.before.len() + 1).await, shown)
}

/// The text as somebody reads it; fails where anything of it is more than text.
fn read(one: &OneWay, sent: &[HttpRequest]) -> String {
    let (written_as, text) = (one.text)(sent.last().expect("the message"));
    // Of what is invisible, tabs are somebody's table.
    assert_clean(&text.replace('\t', " "));
    written_as.read(&text)
}

fn is_what_was_shown(one: &OneWay, sent: &[HttpRequest], shown: &Rendered) {
    let (written_as, _) = (one.text)(sent.last().expect("the message"));
    let (mut read, shown) = (words(&read(one, sent)), words(&shown.text));
    if one.provider == "zendesk" {
        // Zendesk fills in what stands between two braces, so they are put apart.
        assert!(!read.contains("{{"), "nothing typed is a placeholder: {read}");
        read = read.replace("{ {", "{{");
    }
    match written_as {
        As::Facts => {}
        // A backtick would end the block.
        As::Fence => assert!(read.ends_with(&shown.replace('`', "'")), "{}: what was shown is what goes:\n{read}\n\n{shown}", one.provider),
        _ => assert!(read.ends_with(&shown), "{}: what was shown is what goes:\n{read}\n\n{shown}", one.provider),
    }
    let all = sent.iter().map(|request| format!("{} {}", request.path, String::from_utf8_lossy(&request.body))).collect::<String>();
    assert!(all.contains("K7-3QF"), "{}: the reference is never what is cut: {all}", one.provider);
}

#[tokio::test]
async fn what_was_typed_is_text_at_every_provider() {
    for one in ENTRIES {
        let (requests, shown) = sent(one, wicked()).await;
        is_what_was_shown(one, &requests, &shown);
    }
}

#[tokio::test]
async fn ten_thousand_characters_in_every_field_fit_every_provider() {
    for one in ENTRIES {
        for of in ["word ", "&<>", "*_`[]", "💥", "\n", "\"\\", "@a ", "\u{200f}ق "] {
            let (requests, shown) = sent(one, endless(of)).await;
            is_what_was_shown(one, &requests, &shown);
            let message = requests.last().expect("the message");
            let length = message.body.len().max(message.path.len());
            // Zammad alone has no limit that a message meets.
            let most = if one.provider == "zammad" { 1_000_000 } else { 64_000 };
            assert!(length <= most, "{}: it does not take {length} bytes", one.provider);
            if let (written_as @ (As::Short | As::Markdown | As::Mrkdwn | As::Fence), text) = (one.text)(message) {
                let most = match (one.provider, written_as) {
                    (_, As::Short) => 160,
                    (_, As::Mrkdwn) => 3_000,
                    ("discord", _) => 2_000,
                    ("rocketchat", _) => 5_000,
                    ("zulip" | "zulip-person", _) => 10_000,
                    _ => 16_383,
                };
                let length = text.encode_utf16().count();
                assert!(length <= most, "{} takes {most} and not {length} of {of:?}", one.provider);
                let used = if written_as == As::Short { 40 } else { most / 3 };
                assert!(of == "\n" || length > used, "{}: there was room for more than {length} of {of:?}", one.provider);
            }
        }
    }
}

#[tokio::test]
async fn every_provider_gets_what_the_committed_file_shows() {
    let mut files = Vec::new();
    for one in ENTRIES {
        files.push((one.provider, rendered(async |what| written(&sent(one, what).await.0)).await));
    }
    for one in INTERFACES {
        files.push((one.provider, rendered(|what| by_interface(one, what)).await));
    }
    files.push(("mail", rendered(by_mail).await));
    files.push(("modem", rendered(by_modem).await));
    are_as_committed(&files);
}

/// What goes where for an alert, for news, and for what means something somewhere.
async fn rendered(goes: impl AsyncFn(Message) -> String) -> String {
    let mut text = String::new();
    let news =
        Message { purpose: Purpose::Update, severity: Severity::Low, lead: "db-17 answers again.".into(), facts: vec![], ..message() };
    for (heading, what) in [("An alert", message()), ("News", news), ("What means something somewhere", wicked())] {
        let _ = write!(text, "== {heading} ==\n\n{}\n", goes(what).await);
    }
    text
}

async fn by_interface(one: &Interface, what: Message) -> String {
    let (desk, sink) = (Desk::new(), HttpSink::start().await);
    sink.always(one.taken());
    let url = sink.url("/");
    let outcome = one.open_with(&desk, &url, "", &[]).send(&envelope(what)).await;
    // PagerDuty has no place for news.
    assert!(matches!(kind(&outcome), Kind::Accepted | Kind::Permanent), "{}: {outcome:?}", one.provider);
    let requests = sink.requests();
    if requests.is_empty() { format!("(nothing: {})\n", outcome.words()) } else { written(&requests).replace(&url, "(the server)/") }
}

/// The parts of a mail as its reader shows them, and what its header says of whom it is for.
async fn by_mail(what: Message) -> String {
    let (desk, sink) = (Desk::new(), SmtpSink::start().await);
    let channel = mail_channel(&desk, "127.0.0.1", sink.port(), "plain", "");
    assert_eq!(kind(&channel.send(&envelope(what)).await), Kind::Accepted);
    let mail = sink.wait_for(1).await.remove(0);
    let parsed = mail_parser::MessageParser::default().parse(&mail.bytes).expect("a mail");
    let header = String::from_utf8(mail.bytes.clone()).expect("text").split("\r\n\r\n").next().unwrap_or_default().to_lowercase();
    let names: Vec<&str> = header.lines().filter(|line| !line.starts_with([' ', '\t'])).filter_map(|line| line.split(':').next()).collect();
    let (text, page) = (parsed.body_text(0).expect("a text"), parsed.body_html(0).expect("a page"));
    let whole = format!("to: {}\nsubject: {}\nheader: {}\n\n{text}\n\n{page}\n", mail.to.join(", "), mail.subject(), names.join(", "));
    steady(&whole.replace("\r\n", "\n"))
}

async fn by_modem(what: Message) -> String {
    let (desk, modem) = (Desk::new(), Modem::new(TestClock::at(NOW).into()));
    let channel = desk.open("modem", &[("folder", &modem.path().to_string_lossy())]);
    let outcome = channel.send(&Envelope { address: "+493023125011".into(), ..envelope(what) }).await;
    assert_eq!(kind(&outcome), Kind::Accepted, "{outcome:?}");
    let text = modem.sends().remove(0);
    steady(&format!("{} to {}\n\n{}\n", text.file, text.number, text.text))
}

fn are_as_committed(files: &[(&str, String)]) {
    let writing = std::env::var("BATON_RENDERINGS").is_ok_and(|word| word == "write");
    let folder = baton_tests::root().join("tests/fixtures/renderings");
    let mut differ = Vec::new();
    for (provider, text) in files {
        let file = folder.join(format!("{provider}.txt"));
        if writing {
            std::fs::create_dir_all(&folder).expect("the folder");
            std::fs::write(&file, text).expect("the file");
        } else if std::fs::read_to_string(&file).unwrap_or_default() != *text {
            differ.push(first_difference(&file, text));
        }
    }
    assert!(differ.is_empty(), "what goes is not what was committed; see the head of this file:\n{}", differ.join("\n"));
}

fn first_difference(file: &PathBuf, text: &str) -> String {
    let committed = std::fs::read_to_string(file).unwrap_or_default();
    let line = committed
        .lines()
        .zip(text.lines())
        .position(|(one, other)| one != other)
        .unwrap_or(committed.lines().count().min(text.lines().count()));
    let of = |text: &str| text.lines().nth(line).unwrap_or("(nothing)").to_string();
    format!("{}:{}\n  committed: {}\n  sent:      {}", file.display(), line + 1, of(&committed), of(text))
}

/// Requests as a file shows them: what differs from run to run is left out.
fn written(requests: &[HttpRequest]) -> String {
    let mut text = String::new();
    for request in requests {
        let _ = writeln!(text, "{} {}", request.method, steady(&request.path));
        let mut headers: Vec<_> =
            request.headers.iter().filter(|(name, _)| !["host", "user-agent", "content-length"].contains(&name.as_str())).collect();
        headers.sort();
        for (name, value) in headers {
            let value = if name == "webhook-signature" { "v1,(of this body)" } else { value };
            let _ = writeln!(text, "{name}: {}", steady(value));
        }
        let body = String::from_utf8(request.body.clone()).expect("text");
        let pretty = serde_json::from_str::<serde_json::Value>(&body).ok().and_then(|json| serde_json::to_string_pretty(&json).ok());
        let _ = writeln!(text, "\n{}\n", steady(&pretty.unwrap_or_else(|| body.replace('&', "\n&"))));
    }
    text
}

/// Ids are made anew each time.
fn steady(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some(at) = rest.find(|sign: char| sign.is_ascii_hexdigit()) {
        let (before, from) = rest.split_at(at);
        out.push_str(before);
        let run: String = from.chars().take_while(|sign| sign.is_ascii_hexdigit() || *sign == '-').collect();
        // In an address, the end of an escape looks like the beginning of an id.
        let is_id = |id: &str| [32, 36].contains(&id.len()) && id.replace('-', "").len() == 32;
        match [0, 2].into_iter().find(|start| run.get(*start..).is_some_and(is_id)) {
            Some(start) => out.push_str(&format!("{}(an id)", &run[..start])),
            None => out.push_str(&run),
        }
        rest = &from[run.len()..];
    }
    out + rest
}

/// A provider of one's own that takes XML.
const XML: &str = r#"id = "our-xml"
name = "Ours"
about = "Takes XML."
reach = "text"
address = "phone"

[[fields]]
key = "url"
label = "Address"
kind = "url"
required = true

[request]
address = "{{ settings.url }}/submit/{{ title }}"
format = "xml"
body = '''<?xml version="1.0"?>
<message to="{{ to.address }}" title="{{ title }}"><text>{{ text }}</text></message>'''
"#;

#[tokio::test]
async fn what_was_typed_is_text_in_xml_and_one_part_of_an_address() {
    let (desk, sink) = (Desk::new(), HttpSink::start().await);
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("our-xml.toml"), XML).expect("the file");
    assert!(desk.channels.read_own(folder.path()), "it is new");
    let url = sink.url("");
    let channel = desk.open("our-xml", &[("allow_private", "yes"), ("allow_plain", "yes"), ("url", url.trim_end_matches('/'))]);
    let what = wicked();
    let shown = channel.render(&what).text;
    assert_eq!(kind(&channel.send(&envelope(what)).await), Kind::Accepted);
    let request = sink.wait_for(1).await.remove(0);
    let path = request.path.strip_prefix("/submit/").expect("the path");
    assert!(!path.contains(['/', '?', '#', '&']), "nothing typed is another part of the address: {path}");

    let body = String::from_utf8(request.body).expect("text");
    let mut reader = quick_xml::Reader::from_str(&body);
    let (mut names, mut text) = (Vec::new(), String::new());
    loop {
        match reader.read_event().expect("well-formed XML") {
            quick_xml::events::Event::Start(start) => {
                names.push(start.name().as_ref().to_string());
                let attributes = start.attributes().collect::<Result<Vec<_>, _>>().expect("attributes");
                assert!(attributes.len() <= 2, "nothing typed is an attribute");
            }
            quick_xml::events::Event::Text(part) => text.push_str(&part.xml10_content()),
            quick_xml::events::Event::GeneralRef(reference) => match reference.resolve_char_ref().expect("a character") {
                Some(sign) => text.push(sign),
                None => text.push_str(match &*reference {
                    "lt" => "<",
                    "gt" => ">",
                    "amp" => "&",
                    "quot" => "\"",
                    "apos" => "'",
                    other => panic!("nothing typed is an entity: {other}"),
                }),
            },
            quick_xml::events::Event::Decl(_) | quick_xml::events::Event::End(_) => {}
            quick_xml::events::Event::Eof => break,
            other => panic!("nothing typed is markup: {other:?}"),
        }
    }
    assert_eq!(names, ["message", "text"], "the elements are the file's own");
    let kept: String = shown.chars().filter(|sign| !matches!(sign, '\u{fffe}' | '\u{ffff}')).collect();
    assert_eq!(words(&text), words(&kept), "what was shown is what goes, but what XML cannot hold");
}
