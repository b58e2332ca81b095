//! Text made inert for where it goes: nothing in it is formatting, a mention or
//! markup there. A limit is in units of UTF-16, of what is written, and nothing
//! is cut inside an escape.

use super::written::Escaping;

/// Columns after which a fenced line is broken at a word: a chat does not wrap it.
const FENCED: usize = 100;

impl Escaping {
    #[must_use]
    pub(in crate::channel) fn write(self, text: &str) -> String {
        match self {
            Self::Plain => text.to_string(),
            Self::Mrkdwn => mrkdwn(text, None),
            Self::Markdown => markdown(text, None),
            Self::Fence => fence(text, None),
            Self::Html => html(text, None),
        }
    }
}

/// Writes part after part; beyond the limit, "…" takes the place of the rest.
struct Limited {
    written: String,
    length: usize,
    most: usize,
    /// Bytes after which "…" still fits, on the edge of a part.
    room: usize,
    full: bool,
}

impl Limited {
    fn new(limit: Option<usize>) -> Self {
        Self { written: String::new(), length: 0, most: limit.unwrap_or(usize::MAX), room: 0, full: false }
    }

    fn push(&mut self, part: &str) {
        let length = part.encode_utf16().count();
        if self.full || self.length + length > self.most {
            if !self.full {
                self.written.truncate(self.room);
                self.written.push('…');
            }
            self.full = true;
            return;
        }
        self.length += length;
        self.written.push_str(part);
        if self.length < self.most {
            self.room = self.written.len();
        }
    }

    fn sign(&mut self, sign: char) {
        self.push(sign.encode_utf8(&mut [0; 4]));
    }
}

/// Slack's control characters.
pub(super) fn mrkdwn(text: &str, limit: Option<usize>) -> String {
    let mut out = Limited::new(limit);
    for sign in text.chars() {
        match sign {
            '&' => out.push("&amp;"),
            '<' => out.push("&lt;"),
            '>' => out.push("&gt;"),
            other => out.sign(other),
        }
    }
    out.written
}

/// HTML, with line breaks as such.
pub(super) fn html(text: &str, limit: Option<usize>) -> String {
    let mut out = Limited::new(limit);
    for sign in text.chars() {
        match sign {
            '&' => out.push("&amp;"),
            '<' => out.push("&lt;"),
            '>' => out.push("&gt;"),
            '"' => out.push("&quot;"),
            '\'' => out.push("&#39;"),
            '\n' => out.push("<br>"),
            other => out.sign(other),
        }
    }
    out.written
}

/// XML 1.0, as text or within quotes; what XML cannot hold at all is left out.
pub(super) fn xml(text: &str) -> String {
    let mut out = Limited::new(None);
    for sign in text.chars() {
        match sign {
            '&' => out.push("&amp;"),
            '<' => out.push("&lt;"),
            '>' => out.push("&gt;"),
            '"' => out.push("&quot;"),
            '\'' => out.push("&#39;"),
            '\n' => out.push("&#10;"),
            '\t' => out.push("&#9;"),
            '\u{fffe}' | '\u{ffff}' => {}
            control if control.is_control() => {}
            other => out.sign(other),
        }
    }
    out.written
}

/// Markdown as CommonMark and the chats have it. Indentation becomes spaces that
/// do not indent, and an "@" that could call somebody gets an invisible space
/// behind it, which no backslash could replace: mentions are found before escapes.
pub(super) fn markdown(text: &str, limit: Option<usize>) -> String {
    let mut out = Limited::new(limit);
    for (at, line) in text.split('\n').enumerate() {
        if at > 0 {
            out.push("\n");
        }
        let signs: Vec<char> = line.chars().collect();
        let indent = signs.iter().take_while(|sign| matches!(sign, ' ' | '\t')).count();
        for sign in &signs[..indent] {
            out.push(if *sign == '\t' { "\u{a0}\u{a0}\u{a0}\u{a0}" } else { "\u{a0}" });
        }
        let signs = &signs[indent..];
        let digits = signs.iter().take_while(|sign| sign.is_ascii_digit()).count();
        for (at, &sign) in signs.iter().enumerate() {
            let before = at.checked_sub(1).map(|at| signs[at]);
            let after = signs.get(at + 1).copied();
            let in_a_word = before.is_some_and(char::is_alphanumeric) && after.is_some_and(char::is_alphanumeric);
            match sign {
                '\\' | '`' | '*' | '~' | '[' | ']' | '<' | '>' | '|' => out.push(&format!("\\{sign}")),
                '_' if !in_a_word => out.push("\\_"),
                '#' if before.is_none_or(|before| before.is_whitespace() || before == '#') => out.push("\\#"),
                '-' | '+' | '=' | ':' if at == 0 => out.push(&format!("\\{sign}")),
                '.' | ')' if at == digits && digits > 0 => out.push(&format!("\\{sign}")),
                '&' if is_entity(&signs[at + 1..]) => out.push("\\&"),
                '@' if !before.is_some_and(char::is_alphanumeric) => out.push("@\u{200b}"),
                '\t' => out.push(" "),
                other => out.sign(other),
            }
        }
    }
    out.written
}

fn is_entity(after: &[char]) -> bool {
    let name = after.iter().take_while(|sign| sign.is_ascii_alphanumeric() || **sign == '#').count();
    name > 0 && after.get(name) == Some(&';')
}

/// A block of code, for chats whose Markdown knows no escapes: all in it is as it
/// was typed, but backticks, some of which would end it.
pub(super) fn fence(text: &str, limit: Option<usize>) -> String {
    let mut out = Limited::new(limit.map(|limit| limit.saturating_sub("```\n\n```".len())));
    for (at, line) in text.replace('`', "'").split('\n').enumerate() {
        if at > 0 {
            out.push("\n");
        }
        let mut column = 0;
        for word in line.split_inclusive(' ') {
            let width = word.trim_end().chars().count();
            if column > 0 && column + width > FENCED {
                out.push("\n");
                column = 0;
            }
            column += word.chars().count();
            let mut before = None;
            for sign in word.chars() {
                out.sign(sign);
                if sign == '@' && !before.is_some_and(char::is_alphanumeric) {
                    out.push("\u{200b}");
                }
                before = Some(sign);
            }
        }
    }
    format!("```\n{}\n```", out.written)
}

/// For a part of a path or a query.
pub(super) fn percent(text: &str) -> String {
    let mut written = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            written.push(char::from(byte));
        } else {
            written.push_str(&format!("%{byte:02X}"));
        }
    }
    written
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_limit_is_kept_and_never_cuts_an_escape() {
        let signs = "&<>*_`@[]\\💥".repeat(20);
        for write in [mrkdwn, html, markdown, fence] {
            for limit in 10..200 {
                let written = write(&signs, Some(limit));
                assert!(written.encode_utf16().count() <= limit, "{limit}: {written}");
            }
        }
        for limit in 10..200 {
            let written = markdown(&signs, Some(limit));
            let slashes = written.trim_end_matches('…').chars().rev().take_while(|sign| *sign == '\\').count();
            assert!(slashes % 2 == 0, "a backslash at the end would escape what follows: {written}");
        }
        assert_eq!(html("a & b", Some(7)), "a …", "an escape that does not fit is left out whole");
        assert_eq!(html("a & b", Some(9)), "a &amp; b", "what just fits is not cut");
        assert_eq!(html("a & b", None), "a &amp; b");
    }

    #[test]
    fn markdown_leaves_alone_what_is_no_formatting() {
        for plain in [
            "snake_case_name",
            "db-17 answers in 3.5 s (p99)",
            "https://status.example.org/a_b?x=1&y=2#top",
            "marta@example.org",
            "C#",
            "a - b",
        ] {
            assert_eq!(markdown(plain, None), plain, "readable where nothing has to be escaped");
        }
        assert_eq!(
            markdown("1. one\n- two\n  *three*\n@here <@U1>", None),
            "1\\. one\n\\- two\n\u{a0}\u{a0}\\*three\\*\n@\u{200b}here \\<@\u{200b}U1\\>"
        );
        assert_eq!(markdown("_a_ &lt; #tag ## x", None), "\\_a\\_ \\&lt; \\#tag \\#\\# x");
    }

    #[test]
    fn a_fence_cannot_be_closed_from_within() {
        assert_eq!(fence("a\n```\n@all b", None), "```\na\n'''\n@\u{200b}all b\n```");
        let long = fence(&"word ".repeat(50), None);
        assert!(long.lines().all(|line| line.chars().count() <= FENCED + 1), "a chat does not wrap it: {long}");
    }

    #[test]
    fn an_address_holds_what_it_is_given_as_one_part() {
        assert_eq!(percent("../a b?c#d/é"), "..%2Fa%20b%3Fc%23d%2F%C3%A9");
    }
}
