//! A message as Slack shows it. Whatever people typed goes as plain text, so that
//! what looks like formatting, a mention or a link stays as it was typed.

use serde_json::{Value, json};

use crate::channel::{Rendered, wording};
use crate::domain::message::Message;
use crate::domain::response::Response;
use crate::domain::text::{clean_line, shorten};
use crate::domain::token::Token;

/// What a section takes, in units of UTF-16, where “&” counts as the five of “&amp;”.
const SECTION: usize = 3000;

/// What a header takes.
const HEADER: usize = 150;

/// More blocks than a message may have; then it is left as it is.
const MOST_BLOCKS: usize = 50;

pub(super) fn rendered(message: &Message) -> Rendered {
    wording::below(message, SECTION, units)
}

/// The message's text and blocks, with a button for each response where there is a
/// token that it brings back.
pub(super) fn written(message: &Message, token: Option<&Token>) -> Value {
    let text = escaped(&rendered(message).text);
    let subject = header(message);
    let plain = |text: &str| json!({ "type": "plain_text", "emoji": false, "text": text });
    let mut blocks = vec![json!({ "type": "header", "text": plain(&subject) }), json!({ "type": "section", "text": plain(&text) })];
    let responses = message.purpose.responses();
    if let Some(token) = token.filter(|_| !responses.is_empty()) {
        let button = |response: &Response| {
            let label = response.label(message.purpose);
            let mut button = json!({ "type": "button", "text": plain(label), "action_id": response.id(), "value": token.reveal() });
            if *response == Response::OnIt {
                button["style"] = "primary".into();
            }
            button
        };
        blocks.push(json!({ "type": "actions", "elements": responses.iter().map(button).collect::<Vec<_>>() }));
    }
    json!({
        // For notifications, and for whoever shows no blocks.
        "text": format!("{subject}\n{text}"),
        "blocks": blocks,
        "mrkdwn": false,
        "parse": "none",
        "link_names": false,
        "unfurl_links": false,
        "unfurl_media": false,
    })
}

/// The blocks of a message that was answered: who answered what stands below, and the
/// buttons are gone where that settles it. `user` is Slack's own id of somebody.
pub(super) fn answered(mut blocks: Vec<Value>, user: &str, label: &str, settles: bool) -> Option<Vec<Value>> {
    if settles {
        blocks.retain(|block| block["type"] != "actions");
    }
    blocks.push(
        json!({ "type": "context", "elements": [{ "type": "mrkdwn", "text": format!("<@{user}> answered “{}”.", escaped(label)) }] }),
    );
    (blocks.len() <= MOST_BLOCKS).then_some(blocks)
}

/// What somebody wrote, as they see it: without Slack's escapes, and with the names and
/// addresses that stand in its brackets.
pub(super) fn read(text: &str) -> String {
    let (mut plain, mut rest) = (String::with_capacity(text.len()), text);
    while let Some((before, opened)) = rest.split_once('<') {
        plain.push_str(before);
        let Some((inside, after)) = opened.split_once('>') else {
            plain.push('<');
            rest = opened;
            continue;
        };
        let (target, label) = inside.split_once('|').map_or((inside, None), |(target, label)| (target, Some(label)));
        let shown = label.filter(|label| !label.is_empty()).unwrap_or_else(|| target.trim_start_matches(['!', '#']));
        // A name has its sign with it already in some places.
        if target.starts_with(['@', '!']) && !shown.starts_with('@') {
            plain.push('@');
        }
        plain.push_str(shown);
        rest = after;
    }
    plain.push_str(rest);
    plain.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
}

/// Takes the meaning from Slack's control characters.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

/// How long a text is for Slack.
fn units(text: &str) -> usize {
    escaped(text).encode_utf16().count()
}

/// A subject that fits: its title is cut at a word, its reference never.
fn header(message: &Message) -> String {
    let mut bare = Message { facts: Vec::new(), ..message.clone() };
    let whole = clean_line(&message.title);
    let fitting = (0..=HEADER).rev().map(|most| {
        bare.title = shorten(&whole, most);
        wording::subject(&bare)
    });
    escaped(&fitting.into_iter().find(|subject| units(subject) <= HEADER).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_somebody_wrote_is_read_as_they_see_it() {
        for (sent, seen) in [
            ("on it &amp; looking, load &gt; 90 &lt;now&gt;", "on it & looking, load > 90 <now>"),
            ("ask <@U024BE7LH> or <@U1|ben>", "ask @U024BE7LH or @ben"),
            ("see <https://example.org/a?b=1|the page> and <https://example.org>", "see the page and https://example.org"),
            ("<#C1|ops> <!here> <!subteam^S1|@dba>", "ops @here @dba"),
            ("a < b", "a < b"),
            ("&amp;lt;", "&lt;"),
        ] {
            assert_eq!(read(sent), seen, "{sent:?}");
        }
    }

    #[test]
    fn a_header_is_cut_for_slack_with_its_reference_kept_and_no_escape_broken() {
        let long = header(&Message { title: "a & b <c> ".repeat(40), reference: "K7-3QF".into(), ..wording::nothing() });
        assert!(long.encode_utf16().count() <= HEADER, "{long}");
        let undone = long.replace("&amp;", "").replace("&lt;", "").replace("&gt;", "");
        assert!(!undone.contains(['&', '<', '>', ';']), "every escape is whole: {long}");
    }

    #[test]
    fn an_answer_that_settles_nothing_leaves_the_buttons_to_others() {
        let blocks = vec![json!({ "type": "section" }), json!({ "type": "actions" })];
        let kinds = |blocks: Option<Vec<Value>>| blocks.map(|blocks| blocks.iter().map(|block| block["type"].clone()).collect::<Vec<_>>());
        assert_eq!(
            kinds(answered(blocks.clone(), "U1", "Not me", false)),
            Some(vec!["section".into(), "actions".into(), "context".into()])
        );
        assert_eq!(kinds(answered(blocks, "U1", "On it", true)), Some(vec!["section".into(), "context".into()]));
        assert_eq!(answered(vec![json!({}); 50], "U1", "On it", false), None, "a message that is full stays as it is");
    }
}
