//! Text that people typed or pasted, made safe to keep and short enough to show.

use std::cmp::Ordering;
use std::sync::LazyLock;

use icu_collator::options::CollatorOptions;
use icu_collator::preferences::CollationNumericOrdering;
use icu_collator::{CollatorBorrowed, CollatorPreferences};
use icu_properties::props::{BinaryProperty, DefaultIgnorableCodePoint};

/// Unicode's order for readers of any language, with numbers by how much they are: 40 before 140.
static ALPHABET: LazyLock<CollatorBorrowed<'static>> = LazyLock::new(|| {
    let mut numbers = CollatorPreferences::default();
    numbers.numeric_ordering = Some(CollationNumericOrdering::True);
    CollatorBorrowed::try_new(numbers, CollatorOptions::default()).unwrap_or(CollatorBorrowed::new_root(CollatorOptions::default()))
});

/// The most a person may write into one field; beyond it is a log file, not a sentence.
pub const LONGEST: usize = 20_000;

/// Removes what no reader sees and some terminal, header or database trips over:
/// control characters (but line breaks and tabs), byte-order marks, and the
/// directional overrides that make text read otherwise than it is.
#[must_use]
pub fn clean(text: &str) -> String {
    let kept: String = text
        .replace("\r\n", "\n")
        .replace('\r', "\n")
        .chars()
        .filter(|&c| c == '\n' || c == '\t' || !c.is_control())
        .filter(|&c| !matches!(c, '\u{feff}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}'))
        .collect();
    // What shows nothing says nothing, whatever it is made of.
    if kept.chars().any(|c| !c.is_whitespace() && !is_invisible(c)) { kept.trim().to_string() } else { String::new() }
}

/// Joiners, fillers and other marks that have an effect on what is beside them, and no look of
/// their own: Unicode's Default_Ignorable_Code_Point, the annotation marks, and the empty pattern of Braille.
fn is_invisible(c: char) -> bool {
    DefaultIgnorableCodePoint::for_char(c) || matches!(c, '\u{2800}' | '\u{fff9}'..='\u{fffb}')
}

/// `clean`, on one line.
#[must_use]
pub fn clean_line(text: &str) -> String {
    clean(text).split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The order in which people look for names: ä beside a, small letters beside capitals.
#[must_use]
pub fn by_name(one: &str, other: &str) -> Ordering {
    ALPHABET.compare(one, other)
}

/// The words as a sentence begins.
#[must_use]
pub fn capital(words: &str) -> String {
    let mut signs = words.chars();
    signs.next().map_or_else(String::new, |first| first.to_uppercase().chain(signs).collect())
}

/// At most `limit` characters, cut at a word and marked with "…".
#[must_use]
pub fn shorten(text: &str, limit: usize) -> String {
    if text.chars().count() <= limit {
        return text.to_string();
    }
    let cut: String = text.chars().take(limit.saturating_sub(1)).collect();
    let at_word = cut.rfind(char::is_whitespace).filter(|&at| at * 2 > cut.len()).unwrap_or(cut.len());
    format!("{}…", cut[..at_word].trim_end())
}

/// Words that mean nothing but themselves in Markdown; a line stays a line.
#[must_use]
pub fn literal(words: &str) -> String {
    words.lines().map(|line| literal_line(line.trim())).collect::<Vec<_>>().join("\\\n")
}

fn literal_line(line: &str) -> String {
    let mut safe = String::with_capacity(line.len());
    // "12." would begin a list, as a dash would.
    let number = line.len() - line.trim_start_matches(|one: char| one.is_ascii_digit()).len();
    for (at, one) in line.char_indices() {
        let begins = (at == 0 && "+-=".contains(one)) || (at > 0 && at == number && ".)".contains(one));
        if begins || "\\`*_[]<>|#~&".contains(one) {
            safe.push('\\');
        }
        safe.push(one);
    }
    safe
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_shows_nothing_is_empty() {
        let fillers =
            "\u{2800}\u{115f}\u{1160}\u{ffa0}\u{3164}\u{180e}\u{61c}\u{34f}\u{fe0f}\u{e0020}\u{17b4}\u{206a}\u{2065}\u{fff9}\u{1d173}";
        let each: Vec<String> = fillers.chars().map(String::from).collect();
        for nothing in ["\u{200b}", " \u{feff}\n", "\u{2060}\u{ad}", "\t", fillers].into_iter().chain(each.iter().map(String::as_str)) {
            assert_eq!(clean(nothing), "", "a name or a text of {nothing:?} would be none to whoever reads it");
        }
        assert_eq!(clean("👩\u{200d}🔧"), "👩\u{200d}🔧", "what joins two signs stays between them");
    }

    #[test]
    fn what_no_reader_sees_is_removed_and_the_rest_is_kept() {
        assert_eq!(clean("  a\u{0}b\u{1b}[31m\r\nc\u{202e}d  "), "ab[31m\ncd", "control characters and overrides go, the line break stays");
        assert_eq!(clean("قاعدة البيانات 💥"), "قاعدة البيانات 💥", "right-to-left text and emoji are text");
        assert_eq!(clean_line("a\r\nBcc: x"), "a Bcc: x", "a line break cannot start a mail header");
    }

    #[test]
    fn names_stand_where_people_look_for_them() {
        let mut names =
            ["Zoë", "öztürk", "Ärzte", "Ølsen", "Oz", "arendt", "Łukasz", "Lutz", "Azmi", "Žižka", "Strauss", "Strauß", "Straub"];
        names.sort_by(|one, other| by_name(one, other));
        let expected =
            ["arendt", "Ärzte", "Azmi", "Łukasz", "Lutz", "Ølsen", "Oz", "öztürk", "Straub", "Strauss", "Strauß", "Žižka", "Zoë"];
        assert_eq!(names, expected, "and not behind z, where a computer counts them");
        let mut counted = ["Hall 240", "Hall 40", "Hall 140", "Hall 9"];
        counted.sort_by(|one, other| by_name(one, other));
        assert_eq!(counted, ["Hall 9", "Hall 40", "Hall 140", "Hall 240"], "a number stands by how much it is");
    }

    #[test]
    fn shortening_cuts_at_a_word_and_never_inside_a_character() {
        assert_eq!(shorten("order database unresponsive", 16), "order database…");
        assert_eq!(shorten("ééééé", 3), "éé…", "one long word is cut where it must be");
        assert_eq!(shorten("short", 16), "short");
    }
}
