//! What a desk prints: PDFs of A4 pages, with their font inside, so that they look
//! the same wherever they are opened and every name on them can be read.

use krilla::Document;
use krilla::geom::{PathBuilder, Point, Rect};
use krilla::num::NormalizedF32;
use krilla::page::PageSettings;
use krilla::paint::Stroke;
use krilla::surface::Surface;
use krilla::text::{Font, TextDirection};

use crate::domain::call_sheet::CallSheet;
use crate::domain::document::{Block, BlockKind};

/// Points of a seventy-second of an inch.
const WIDTH: f32 = 595.0;
const HEIGHT: f32 = 842.0;
const MARGIN: f32 = 48.0;

/// What stands on a line, and how.
struct Line {
    text: String,
    size: f32,
    bold: bool,
    indent: f32,
    /// Room above it.
    above: f32,
    /// A box to tick before it.
    tick: bool,
    /// A sign before it, which its other lines stay clear of.
    dot: bool,
    /// It stays with what comes after it.
    heads: bool,
}

impl Line {
    fn new(text: impl Into<String>, size: f32) -> Self {
        Self { text: text.into(), size, bold: false, indent: 0.0, above: 4.0, tick: false, dot: false, heads: false }
    }

    fn heading(text: impl Into<String>, size: f32, above: f32) -> Self {
        Self { bold: true, above, heads: true, ..Self::new(text, size) }
    }

    const fn bold(mut self) -> Self {
        self.bold = true;
        self
    }

    const fn dotted(mut self) -> Self {
        self.dot = true;
        self
    }

    const fn after(mut self, above: f32) -> Self {
        self.above = above;
        self
    }

    const fn indented(mut self, indent: f32) -> Self {
        self.indent = indent;
        self
    }

    const fn ticked(mut self) -> Self {
        self.tick = true;
        self
    }
}

/// Lines under a heading.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Passage {
    pub heading: String,
    pub lines: Vec<String>,
}

/// The call sheet. `None` where the fonts cannot be used, which a test would have found.
#[must_use]
pub fn call_sheet(sheet: &CallSheet) -> Option<Vec<u8>> {
    pages(&lines(sheet))
}

/// A report: what it is, the gist of it, and the rest in passages.
#[must_use]
pub fn report(title: &str, gist: &str, passages: &[Passage]) -> Option<Vec<u8>> {
    let mut all = vec![Line::new(title, 18.0).bold(), Line::new(gist, 11.0).after(8.0)];
    for Passage { heading, lines } in passages {
        all.push(Line::heading(heading, 12.0, 14.0));
        all.extend(lines.iter().map(|line| Line::new(line, 11.0).indented(20.0)));
    }
    pages(&all)
}

/// What somebody wrote, block by block; a heading under which nothing stands is not printed.
#[must_use]
pub fn document(blocks: &[Block]) -> Option<Vec<u8>> {
    let is_empty =
        |at: usize| blocks[at].kind == BlockKind::Heading && blocks.get(at + 1).is_none_or(|next| next.kind == BlockKind::Heading);
    let of = |block: &Block| {
        let parts = block.text.split('\n').map(String::from).enumerate();
        let line = |(at, text): (usize, String)| match block.kind {
            BlockKind::Title => Line::new(text, 18.0).bold(),
            BlockKind::Heading => Line::heading(text, 12.0, 14.0),
            BlockKind::Item if at == 0 => Line::new(text, 10.5).indented(24.0).dotted(),
            BlockKind::Item => Line::new(text, 10.5).indented(24.0),
            BlockKind::Text => Line::new(text, 10.5).after(if at == 0 { 7.0 } else { 4.0 }),
        };
        parts.map(line).collect::<Vec<_>>()
    };
    pages(&(0..blocks.len()).filter(|at| !is_empty(*at)).flat_map(|at| of(&blocks[at])).collect::<Vec<_>>())
}

fn pages(lines: &[Line]) -> Option<Vec<u8>> {
    let regular = Font::new(dejavu::sans::regular().to_vec().into(), 0)?;
    let bold = Font::new(dejavu::sans::bold().to_vec().into(), 0)?;
    let pages = parted(lines.iter().flat_map(wrapped));
    let mut document = Document::new();
    for (number, lines) in pages.iter().enumerate() {
        let mut page = document.start_page_with(PageSettings::from_wh(WIDTH, HEIGHT)?);
        let mut surface = page.surface();
        let mut y = MARGIN;
        for line in lines {
            y += line.above + line.size;
            let x = MARGIN + line.indent;
            if line.tick {
                tick_box(&mut surface, x - 16.0, y - line.size + 1.0, line.size);
            }
            let font = if line.bold { &bold } else { &regular };
            let mut draw =
                |x: f32, text: &str| surface.draw_text(Point::from_xy(x, y), font.clone(), line.size, text, false, TextDirection::Auto);
            if line.dot {
                draw(x - 12.0, "•");
            }
            draw(x, &line.text);
        }
        if pages.len() > 1 {
            let (at, words) = (Point::from_xy(WIDTH - MARGIN - 28.0, HEIGHT - MARGIN / 2.0), format!("{} / {}", number + 1, pages.len()));
            surface.draw_text(at, regular.clone(), 9.0, &words, false, TextDirection::Auto);
        }
        surface.finish();
        page.finish();
    }
    document.finish().ok()
}

/// Page by page; no heading is the last on its page.
fn parted(lines: impl Iterator<Item = Line>) -> Vec<Vec<Line>> {
    let (mut pages, mut y) = (vec![Vec::<Line>::new()], MARGIN);
    for line in lines {
        let height = line.above + line.size;
        let page = pages.last_mut().expect("there is always one");
        if y + height > HEIGHT - MARGIN && !page.is_empty() {
            let body = page.iter().rposition(|line| !line.heads).map_or(0, |last| last + 1);
            // Where there is nothing but headings, they stay.
            let along = if body == 0 { vec![] } else { page.split_off(body) };
            y = MARGIN + along.iter().map(|line| line.above + line.size).sum::<f32>();
            pages.push(along);
        }
        y += height;
        pages.last_mut().expect("there is always one").push(line);
    }
    pages
}

fn lines(sheet: &CallSheet) -> Vec<Line> {
    let mut lines = vec![Line::new(&sheet.title, 18.0).bold(), Line::new(&sheet.made, 10.0), Line::new(&sheet.script, 11.0).after(12.0)];
    for path in &sheet.paths {
        lines.push(Line::heading(&path.name, 14.0, 20.0));
        for row in &path.rows {
            let note = if row.note.is_empty() { String::new() } else { format!(" · {}", row.note) };
            let who = if row.person.is_some() { format!("{} · ", row.name) } else { String::new() };
            let line = Line::new(format!("{who}{}{note}", row.level), 11.0).bold().indented(20.0).after(8.0);
            // There is nobody to be ticked off where the level is skipped.
            lines.push(if row.person.is_some() { line.ticked() } else { line });
            lines.extend(row.ways.iter().map(|way| Line::new(way.address.as_str(), 11.0).indented(20.0)));
        }
        lines.push(Line::new(&path.after_last, 10.0).indented(20.0).after(8.0));
    }
    if !sheet.bridges.is_empty() {
        lines.push(Line::heading("Bridge", 14.0, 20.0));
        lines.extend(sheet.bridges.iter().map(|bridge| Line::new(bridge, 11.0).indented(20.0)));
    }
    for rotation in &sheet.rotations {
        lines.push(Line::heading(format!("On call: {}", rotation.name), 14.0, 20.0));
        lines.extend(rotation.turns.iter().map(|turn| Line::new(turn, 11.0).indented(20.0)));
    }
    lines
}

/// Cut into lines that fit the page, at words where there are any.
fn wrapped(line: &Line) -> Vec<Line> {
    // DejaVu's letters are some six tenths as wide as they are high, its capitals more.
    let room = ((WIDTH - 2.0 * MARGIN - line.indent) / (line.size * 0.62)) as usize;
    let mut parts: Vec<String> = vec![String::new()];
    for word in line.text.split(' ') {
        let mut word: Vec<char> = word.chars().collect();
        while !word.is_empty() {
            let current = parts.last_mut().expect("there is always one");
            let (used, gap) = (current.chars().count(), usize::from(!current.is_empty()));
            if used + gap + word.len() <= room {
                current.extend(std::iter::repeat_n(' ', gap).chain(word.drain(..)));
            } else if used > 0 {
                parts.push(String::new());
            } else {
                current.extend(word.drain(..room.min(word.len())));
            }
        }
    }
    let Line { size, bold, indent, above, tick, dot, heads, .. } = *line;
    let part = |(at, text)| {
        let first = at == 0;
        Line { text, size, bold, indent, above: if first { above } else { 4.0 }, tick: tick && first, dot: dot && first, heads }
    };
    parts.into_iter().enumerate().map(part).collect()
}

fn tick_box(surface: &mut Surface<'_>, x: f32, y: f32, size: f32) {
    let Some(square) = Rect::from_xywh(x, y, size - 1.0, size - 1.0) else { return };
    let mut path = PathBuilder::new();
    path.push_rect(square);
    let Some(path) = path.finish() else { return };
    surface.set_fill(None);
    surface.set_stroke(Some(Stroke { width: 0.8, opacity: NormalizedF32::ONE, ..Stroke::default() }));
    surface.draw_path(&path);
    surface.set_stroke(None);
    surface.set_fill(Some(krilla::paint::Fill::default()));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_heading_is_the_last_on_its_page_and_none_stands_over_nothing() {
        let text = |kind, text: &str| Block { kind, text: text.into() };
        let filled = |lines: usize| {
            let body = (0..lines).map(|number| Line::new(format!("Line {number}"), 10.5));
            parted(body.chain([Line::heading("Timeline", 12.0, 14.0), Line::new("13:42 Filed", 10.5)]))
        };
        for lines in 1..120 {
            for page in filled(lines) {
                assert!(page.last().is_some_and(|line| !line.heads), "{lines} lines before it: what it is about comes along");
            }
        }
        let blocks =
            [text(BlockKind::Title, "N8-QGP"), text(BlockKind::Heading, "What went well"), text(BlockKind::Heading, "What we change")];
        let headless = document(&blocks[..1]).expect("a page");
        assert_eq!(document(&blocks).expect("a page").len(), headless.len(), "what nobody wrote yet is not printed");
    }
}
