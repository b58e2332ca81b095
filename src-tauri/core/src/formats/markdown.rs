//! Markdown, as a page for a browser and as blocks for paper and the window. HTML that
//! stands in it is text like any other.

use pulldown_cmark::{CowStr, Event, HeadingLevel, Options, Parser, Tag, TagEnd, html};

use crate::domain::document::{Block, BlockKind};

fn events(markdown: &str) -> impl Iterator<Item = Event<'_>> {
    Parser::new_ext(markdown, Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH).map(|event| match event {
        Event::Html(words) | Event::InlineHtml(words) => Event::Text(words),
        // Where a link goes is said by its words alone; an image is its description.
        Event::Start(Tag::Link { .. } | Tag::Image { .. }) | Event::End(TagEnd::Link | TagEnd::Image) => Event::Text(CowStr::Borrowed("")),
        other => other,
    })
}

/// A whole page that needs nothing else: no script, no picture, no style from elsewhere.
#[must_use]
pub fn page(markdown: &str) -> String {
    let title = blocks(markdown).into_iter().next().map_or_else(String::new, |block| block.text);
    let mut body = String::new();
    html::push_html(&mut body, events(markdown));
    let mut head = String::new();
    html::push_html(&mut head, std::iter::once(Event::Text(title.into())));
    format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<title>{head}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n{body}</body>\n</html>\n"
    )
}

const STYLE: &str = "body{font:16px/1.5 sans-serif;max-width:46em;margin:2em auto;padding:0 1em;overflow-wrap:anywhere}\
h1{font-size:1.6em;line-height:1.25}h2{font-size:1.15em;margin-top:1.8em}li{margin:.2em 0}\
table{border-collapse:collapse}td,th{border:1px solid #bbb;padding:.3em .6em;text-align:start}\
@media(prefers-color-scheme:dark){body{background:#16181d;color:#e6e6e6}}";

#[must_use]
pub fn blocks(markdown: &str) -> Vec<Block> {
    let (mut blocks, mut kind, mut text) = (Vec::new(), BlockKind::Text, String::new());
    let mut within = 0_usize;
    let mut done = |kind: BlockKind, text: &mut String| {
        let words = std::mem::take(text);
        if !words.trim().is_empty() {
            blocks.push(Block { kind, text: words.trim().into() });
        }
    };
    for event in events(markdown) {
        match event {
            Event::Start(Tag::Heading { level, .. }) => {
                kind = if level == HeadingLevel::H1 { BlockKind::Title } else { BlockKind::Heading }
            }
            Event::Start(Tag::Item) => {
                // What stands before a list within an entry is an entry of its own.
                done(BlockKind::Item, &mut text);
                (kind, within) = (BlockKind::Item, within + 1);
            }
            Event::End(TagEnd::Item) => {
                done(BlockKind::Item, &mut text);
                within -= 1;
                kind = if within > 0 { BlockKind::Item } else { BlockKind::Text };
            }
            Event::End(TagEnd::Heading(_) | TagEnd::Paragraph | TagEnd::CodeBlock | TagEnd::TableRow | TagEnd::TableHead) => {
                done(kind, &mut text);
                kind = if within > 0 { BlockKind::Item } else { BlockKind::Text };
            }
            Event::End(TagEnd::TableCell) => text.push_str("   "),
            Event::Text(words) | Event::Code(words) => text.push_str(&words),
            Event::SoftBreak => text.push(' '),
            Event::HardBreak => text.push('\n'),
            _ => {}
        }
    }
    done(kind, &mut text);
    blocks
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(markdown: &str) -> Vec<(BlockKind, String)> {
        blocks(markdown).into_iter().map(|block| (block.kind, block.text)).collect()
    }

    #[test]
    fn each_block_is_what_it_says() {
        use BlockKind as B;
        let found = read("# K7-3QF\n\nTwo\nlines\\\nand one\n\n## Why\n\n- *the* `pool`\n- one\n  - within\n\n1. first\n\nAfter");
        let expected = [
            (B::Title, "K7-3QF"),
            (B::Text, "Two lines\nand one"),
            (B::Heading, "Why"),
            (B::Item, "the pool"),
            (B::Item, "one"),
            (B::Item, "within"),
            (B::Item, "first"),
            (B::Text, "After"),
        ];
        assert_eq!(found, expected.map(|(kind, text)| (kind, text.to_string())));
    }

    #[test]
    fn a_table_keeps_its_cells_apart() {
        let found = read("| who | when |\n|---|---|\n| Ana | 14:02 |\n");
        assert_eq!(found, [(BlockKind::Text, "who   when".into()), (BlockKind::Text, "Ana   14:02".into())]);
    }

    #[test]
    fn nothing_that_stands_in_it_does_anything_in_a_browser() {
        let shown = page(
            "# A <script>alert(1)</script>\n\n<img src=x onerror=alert(1)>\n\n[here](javascript:alert(1)) ![x](https://example.org/x.png)",
        );
        for live in ["<script", "<img", "javascript:", "https://example.org"] {
            assert!(!shown.contains(live), "{live} is text or gone: {shown}");
        }
        assert!(shown.contains("&lt;script&gt;") && shown.contains("here"), "and is there to be read: {shown}");
    }
}
