//! The text of a page that a mail program wrote. No browser: what is wanted is what somebody
//! typed into it, and of the rest only where it begins.

use mail_parser::decoders::html::add_html_token;

/// Elements that begin a line.
const BLOCKS: [&str; 21] = [
    "address", "article", "center", "dd", "div", "dl", "dt", "fieldset", "footer", "form", "h1", "h2", "h3", "h4", "header", "hr", "li",
    "p", "pre", "section", "table",
];

/// Elements whose text nobody reads.
const UNREAD: [&str; 5] = ["head", "script", "style", "template", "title"];

/// What mail programs write before the mail that is answered; all that follows is that mail.
const QUOTED_FROM: [&str; 7] = [
    "divrplyfwdmsg",
    "appendonsend",
    "olk_src_body_section",
    "yahoo_quoted",
    "zmail_extra",
    "reply-intro",
    "ms-outlook-mobile-reference-message",
];

/// The longest tag that is looked for the end of, in bytes.
const LONGEST_TAG: usize = 8 * 1024;

/// The text of a page. With `quoting`, the mail that it answers is left out and stands for
/// itself as in a plain text: a line with ">", or one of dashes where it goes on to the end.
pub(super) fn text(page: &str, quoting: bool) -> String {
    let mut text = Text::default();
    // The element that is passed over, and how many of its kind are open in it.
    let mut passed: Option<(String, usize)> = None;
    let mut rest = page;
    while let Some(at) = rest.find('<') {
        if passed.is_none() {
            text.words(&rest[..at]);
        }
        rest = &rest[at..];
        if let Some(comment) = rest.strip_prefix("<!--") {
            rest = comment.split_once("-->").map_or("", |(_, after)| after);
            continue;
        }
        let Some(tag) = Tag::read(rest) else {
            if passed.is_none() {
                text.words("<");
            }
            rest = &rest[1..];
            continue;
        };
        rest = &rest[tag.length..];
        if let Some((name, depth)) = &mut passed {
            match tag.closes {
                _ if tag.name != *name => {}
                false => *depth += 1,
                true if *depth > 1 => *depth -= 1,
                true => passed = None,
            }
            continue;
        }
        if tag.name == "br" {
            text.line();
        } else if BLOCKS.contains(&tag.name.as_str()) {
            text.block();
        }
        if tag.closes {
            continue;
        }
        let quote = quoting && tag.name == "blockquote";
        if quote {
            text.block();
            text.words("> …");
            text.block();
        }
        if quote || UNREAD.contains(&tag.name.as_str()) {
            passed = Some((tag.name, 1));
        } else if quoting && tag.marks.iter().any(|mark| QUOTED_FROM.contains(&mark.as_str())) {
            text.block();
            text.words("-----");
            return text.0;
        }
    }
    if passed.is_none() {
        text.words(rest);
    }
    text.0
}

/// What was read so far. Its words stand one space apart, whatever stood between them.
#[derive(Default)]
struct Text(String);

impl Text {
    fn words(&mut self, text: &str) {
        for word in text.split_inclusive([' ', '\t', '\r', '\n']) {
            let bare = word.trim_end_matches([' ', '\t', '\r', '\n']);
            let mut parts = bare.split('&');
            self.0.push_str(parts.next().unwrap_or_default());
            for part in parts {
                match part.split_once(';').filter(|(name, _)| name.len() <= 32) {
                    Some((name, after)) => {
                        add_html_token(&mut self.0, format!("&{name};").as_bytes(), false);
                        self.0.push_str(after);
                    }
                    None => {
                        self.0.push('&');
                        self.0.push_str(part);
                    }
                }
            }
            if bare.len() < word.len() && !self.0.is_empty() && !self.0.ends_with([' ', '\n']) {
                self.0.push(' ');
            }
        }
    }

    /// A new line, unless one has begun.
    fn block(&mut self) {
        if !self.0.ends_with('\n') {
            self.line();
        }
    }

    fn line(&mut self) {
        while self.0.ends_with(' ') {
            self.0.pop();
        }
        if !self.0.is_empty() {
            self.0.push('\n');
        }
    }
}

struct Tag {
    name: String,
    closes: bool,
    /// Its id and classes, in lower case.
    marks: Vec<String>,
    length: usize,
}

impl Tag {
    /// The tag at the beginning of the text; `None` where it is a bare "<".
    fn read(text: &str) -> Option<Self> {
        let closes = text.starts_with("</");
        let begin = if closes { 2 } else { 1 };
        let name: String = text[begin..].chars().take_while(char::is_ascii_alphanumeric).take(20).collect();
        // A name begins with a letter; "<3" is a heart.
        if !name.starts_with(|sign: char| sign.is_ascii_alphabetic()) && !text[begin..].starts_with(['!', '?']) {
            return None;
        }
        let bytes = text.as_bytes();
        let mut quote = None;
        let within = bytes.len().min(LONGEST_TAG);
        let end = (begin..within).find(|at| match (bytes[*at], quote) {
            (b'>', None) => true,
            (sign @ (b'"' | b'\''), None) => {
                // Only after "=" does a quotation mark begin a value.
                quote = bytes[..*at].iter().rfind(|byte| !byte.is_ascii_whitespace()).filter(|byte| **byte == b'=').map(|_| sign);
                false
            }
            (sign, Some(open)) if sign == open => {
                quote = None;
                false
            }
            _ => false,
        });
        // One whose quotation never ends is ended by the first bracket.
        let end = end.or_else(|| text.find('>'))?;
        let attributes = &text[begin + name.len()..end];
        let marks = ["id", "class"]
            .iter()
            .filter_map(|name| value(attributes, name))
            .flat_map(|value| value.split_whitespace().map(str::to_ascii_lowercase).collect::<Vec<_>>());
        Some(Self { name: name.to_ascii_lowercase(), closes, marks: marks.collect(), length: end + 1 })
    }
}

/// The value of an attribute.
fn value<'a>(attributes: &'a str, name: &str) -> Option<&'a str> {
    let lower = attributes.to_ascii_lowercase();
    let at = lower.match_indices(name).map(|(at, _)| at).find(|at| {
        let begins = lower[..*at].ends_with(|sign: char| sign.is_ascii_whitespace() || matches!(sign, '"' | '\''));
        begins && lower[at + name.len()..].trim_start().starts_with('=')
    })?;
    let given = attributes[at + name.len()..].trim_start().strip_prefix('=')?.trim_start();
    match given.chars().next()? {
        quote @ ('"' | '\'') => given[1..].split(quote).next(),
        _ => given.split_whitespace().next(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_typed_is_read_and_what_was_answered_is_marked() {
        for (page, expected) in [
            ("<p>On it &amp; calling Ben</p><p>Marta</p>", "On it & calling Ben\nMarta"),
            ("<html><head><title>x</title><style>p{}</style></head><body>a <b>b</b>\r\n  c<br>d</body>", "a b c\nd"),
            (
                "<div>On it</div><div class=\"gmail_quote\">On Mon, Desk wrote:<br><blockquote class=gmail_quote>Take it<blockquote>x</blockquote>y</blockquote></div>",
                "On it\nOn Mon, Desk wrote:\n> …",
            ),
            ("<blockquote type='cite'>Take it</blockquote><div>Not me</div>", "> …\nNot me"),
            ("<div>mine</div><hr><div id=\"divRplyFwdMsg\"><b>From:</b> Desk</div><div>on it</div>", "mine\n-----"),
            ("2 < 3 and <3 & more; AT&T &#x201c;q&#8221; &nosuch; <!-- on it --> end", "2 < 3 and <3 & more; AT&T “q” &nosuch; end"),
            ("<a href=\"x>y\" title='on it'>link</a><img alt=\"unclosed>text", "linktext"),
            ("<p>cut off <b", "cut off <b"),
            ("<script>on it", ""),
        ] {
            assert_eq!(text(page, true).replace('\u{a0}', " ").trim(), expected, "{page}");
        }
        assert_eq!(text("<blockquote>Take it</blockquote>", false).trim(), "Take it", "a bounce is read whole");
    }

    proptest::proptest! {
        #[test]
        fn no_page_does_harm(page in "([<>/&;=\"' a-z!-]|<div|blockquote|class|é|\\n){0,200}") {
            proptest::prop_assert!(text(&page, true).len() <= page.len() * 4 + 100);
        }
    }
}
