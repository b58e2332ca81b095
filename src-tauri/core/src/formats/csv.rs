//! A table as text: whatever separates its columns, and however its quotes end.

use super::people::Refused;

#[derive(Debug, Default, PartialEq, Eq)]
pub struct Table {
    pub separator: char,
    /// What the columns are called, once it is said whether the first line says so;
    /// empty names where it does not.
    pub columns: Vec<String>,
    pub rows: Vec<Row>,
    pub refused: Vec<Refused>,
}

#[derive(Debug, PartialEq, Eq)]
pub struct Row {
    /// Counted from 1, as an editor does.
    pub line: u64,
    pub cells: Vec<String>,
}

/// What may separate columns, the likeliest first.
const SEPARATORS: [char; 4] = [',', ';', '\t', '|'];

#[must_use]
pub fn read(text: &str) -> Table {
    // Spreadsheets may say in a line of its own what they separate by.
    let (said, text, skipped) = match text.split_once('\n') {
        Some((first, rest)) if first.trim().to_lowercase().starts_with("sep=") => (first.trim().chars().nth(4), rest, 1),
        _ => (None, text, 0),
    };
    let separator = said.filter(char::is_ascii).unwrap_or_else(|| likeliest_separator(text));
    let mut table = Table { separator, ..Table::default() };
    if let Some(line) = unclosed_quote(text, separator) {
        let words = "a quotation mark opens here and is never closed, so everything after it would be one cell".into();
        table.refused.push(Refused { line: line + skipped, words });
        return table;
    }
    let separator = u8::try_from(separator).unwrap_or(b',');
    let mut reader = csv::ReaderBuilder::new().delimiter(separator).flexible(true).has_headers(false).from_reader(text.as_bytes());
    for record in reader.records() {
        let record = match record {
            Ok(record) => record,
            Err(error) => {
                let line = error.position().map_or(0, csv::Position::line) + skipped;
                table.refused.push(Refused { line, words: "this line could not be read".into() });
                continue;
            }
        };
        let line = record.position().map_or(0, |begins| line_of(begins, text)) + skipped;
        let cells: Vec<String> = record.iter().map(|cell| plain(cell).trim().to_string()).collect();
        if cells.iter().any(|cell| !cell.is_empty()) {
            table.rows.push(Row { line, cells });
        }
    }
    table
}

impl Table {
    /// Takes the first line for the names of the columns, and refuses a row that has
    /// more cells than those.
    #[must_use]
    pub fn with_heading(mut self) -> Self {
        if self.rows.is_empty() {
            return self;
        }
        self.columns = self.rows.remove(0).cells;
        let width = self.columns.len();
        for row in self.rows.iter().filter(|row| row.cells.iter().skip(width).any(|cell| !cell.is_empty())) {
            let words = format!("{} cells, but the heading has {width}", row.cells.len());
            self.refused.push(Refused { line: row.line, words });
        }
        self
    }

    /// Takes the first line for a row like the others: as many columns as the widest
    /// has, and none of them has a name.
    #[must_use]
    pub fn without_heading(mut self) -> Self {
        let widest = self.rows.iter().map(|row| row.cells.len()).max().unwrap_or(0);
        self.columns = vec![String::new(); widest];
        self
    }
}

/// Writes a table that a spreadsheet shows and does not run.
#[must_use]
pub fn write(columns: &[&str], rows: &[Vec<String>]) -> String {
    let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(Vec::new());
    let heading = columns.iter().map(|column| (*column).to_string()).collect::<Vec<_>>();
    for row in std::iter::once(&heading).chain(rows) {
        // Into memory nothing fails.
        let _ = writer.write_record(row.iter().map(|cell| inert(cell)));
    }
    let bytes = writer.into_inner().unwrap_or_default();
    // The mark tells spreadsheets that it is UTF-8.
    format!("\u{feff}{}", String::from_utf8(bytes).unwrap_or_default())
}

/// How a cell begins that a spreadsheet would run.
const FORMULA: [char; 6] = ['=', '+', '-', '@', '\t', '\r'];

/// Where a spreadsheet may begin a cell, also one that takes another sign than the comma
/// for what parts them.
const PARTS: [char; 5] = [';', '\t', '|', '\n', '\r'];

/// A cell that begins like a formula would be run by a spreadsheet; a mark before it makes
/// it text. A telephone number calls nothing, and with a mark no telephone system takes it.
fn inert(cell: &str) -> String {
    marked(cell, |rest| if is_phone(rest.trim_end_matches(PARTS)) { rest.into() } else { format!("'{rest}") })
}

/// "+" with digits and spaces, and nothing else.
fn is_phone(part: &str) -> bool {
    let number = part.strip_prefix('+').unwrap_or_default();
    number.starts_with(|sign: char| sign.is_ascii_digit()) && number.chars().all(|sign| sign.is_ascii_digit() || sign == ' ')
}

/// The cell without the marks that made it inert.
fn plain(cell: &str) -> String {
    marked(cell, |rest| rest.strip_prefix('\'').unwrap_or(rest).into())
}

/// The cell with that done to each part of it that begins like a formula, marked or not.
fn marked(cell: &str, with: impl Fn(&str) -> String) -> String {
    let parts = cell.split_inclusive(PARTS);
    parts.map(|part| if part.trim_start_matches(['\'', '"']).starts_with(FORMULA) { with(part) } else { part.into() }).collect()
}

fn likeliest_separator(text: &str) -> char {
    let heading = text.lines().find(|line| !line.trim().is_empty()).unwrap_or_default();
    let mut quoted = false;
    let outside = |sign: &char| {
        quoted ^= *sign == '"';
        !quoted
    };
    let signs: Vec<char> = heading.chars().filter(outside).collect();
    let count = |separator: &char| signs.iter().filter(|sign| *sign == separator).count();
    // Where two are as often, the earlier of the list.
    SEPARATORS.into_iter().rev().max_by_key(count).unwrap_or(',')
}

/// The line of a record; the reader counts the empty ones before it as its own.
fn line_of(begins: &csv::Position, text: &str) -> u64 {
    let rest = usize::try_from(begins.byte()).ok().and_then(|at| text.get(at..)).unwrap_or_default();
    let empty = rest.chars().take_while(|sign| matches!(sign, '\r' | '\n')).filter(|sign| *sign == '\n').count();
    begins.line() + empty as u64
}

/// The line in which a quoted cell begins that never ends.
fn unclosed_quote(text: &str, separator: char) -> Option<u64> {
    let (mut line, mut opened, mut at_start) = (1, None, true);
    let mut signs = text.chars().peekable();
    while let Some(sign) = signs.next() {
        match (sign, opened) {
            ('"', None) if at_start => opened = Some(line),
            // Twice within quotes it is a sign of the text.
            ('"', Some(_)) if signs.peek() == Some(&'"') => drop(signs.next()),
            ('"', Some(_)) => opened = None,
            _ => {}
        }
        at_start = opened.is_none() && (sign == separator || sign == '\n');
        line += u64::from(sign == '\n');
    }
    opened
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_found_whatever_separates_them() {
        for text in ["Name,Mail\nAna,a@b.org", "Name;Mail\r\nAna;a@b.org\r\n", "Name\tMail\nAna\ta@b.org", "sep=|\nName|Mail\nAna|a@b.org"]
        {
            let table = read(text).with_heading();
            assert_eq!(table.columns, ["Name", "Mail"], "{text:?}");
            assert_eq!(table.rows[0].cells, ["Ana", "a@b.org"], "{text:?}");
        }
        let table = read("\"Last, first\";Mail\n\"Ruiz, Ana\";a@b.org").with_heading();
        assert_eq!((table.separator, table.columns[0].as_str()), (';', "Last, first"), "a comma within quotes separates nothing");
    }

    #[test]
    fn without_a_heading_no_line_and_no_column_is_left_out() {
        let table = read("Paul Ohnekopf;\nUte Kopf;ute@example.org;hall 3\n").without_heading();
        assert_eq!((table.columns.as_slice(), table.rows.len()), (&[const { String::new() }; 3][..], 2));
        assert!(table.refused.is_empty(), "the first line promises nothing of the others");
    }

    #[test]
    fn lines_are_counted_as_an_editor_counts_them() {
        let table = read("Name,Note\n\"Ana\",\"two\nlines\"\n\nBen,x\n").with_heading();
        assert_eq!(table.rows.iter().map(|row| row.line).collect::<Vec<_>>(), [2, 5], "a cell of two lines and an empty line count");
        assert_eq!(table.rows[0].cells[1], "two\nlines");
    }

    #[test]
    fn a_quote_that_is_never_closed_is_found_where_it_opens() {
        let table = read("Name,Mail\nAna,a@b.org\nBen,\"b@b.org\nCaro,c@b.org\n");
        assert_eq!(table.refused.len(), 1, "one fault, not a cell with half the file in it");
        assert_eq!(table.refused[0].line, 3);
        assert!(table.rows.is_empty());
        assert!(read("Name\nAna \"the boss\" Ruiz\n").refused.is_empty(), "a quote within a cell opens nothing");
    }

    #[test]
    fn a_row_with_more_cells_than_columns_is_refused_and_one_with_fewer_is_not() {
        let table = read("Name,Mail\nAna,a@b.org,surplus\nBen\nCaro,c@b.org,\n").with_heading();
        assert_eq!(table.refused.iter().map(|refused| refused.line).collect::<Vec<_>>(), [2]);
        assert_eq!(table.rows.len(), 3);
    }

    #[test]
    fn what_is_written_is_shown_and_not_run_and_comes_back_as_it_was() {
        let nasty = [
            "=cmd|'/c calc'!A1",
            "+49 30 23125011",
            "'+49 30 23125011",
            "+1+cmd|'/c calc'!A1",
            "+1-2",
            "+A1",
            "@SUM(A1)",
            "-1",
            "O'Hara",
            "\"quoted\", with comma",
            "'plain",
            "'=x",
            "x;=cmd|'/c calc'!A1",
            "a\n=b",
            "dev; -ops",
            "x;\"=HYPERLINK(1)\"",
        ];
        let rows: Vec<Vec<String>> = nasty.iter().map(|cell| vec![(*cell).to_string()]).collect();
        let text = write(&["Name"], &rows);
        for line in text.lines().skip(1) {
            let cell = line.trim_start_matches('"');
            for cell in cell.split([';', '|']).map(|cell| cell.trim_start_matches('"')) {
                let runs = cell.starts_with(['=', '+', '-', '@']) && cell != "+49 30 23125011";
                assert!(!runs, "a spreadsheet would run {line}, whatever it takes for the end of a cell");
            }
        }
        let back = read(text.trim_start_matches('\u{feff}')).with_heading();
        assert_eq!(back.rows.iter().map(|row| row.cells[0].as_str()).collect::<Vec<_>>(), nasty);
    }

    #[test]
    fn a_telephone_number_is_written_as_a_telephone_system_takes_it() {
        let text =
            write(&["Phone"], &[vec!["+49 30 23125011".into()], vec!["+493023125011".into()], vec!["+ 49".into()], vec!["+".into()]]);
        assert_eq!(text.lines().skip(1).collect::<Vec<_>>(), ["+49 30 23125011", "+493023125011", "'+ 49", "'+"]);
        let older = read("Phone\n'+49 30 23125011\n").with_heading();
        assert_eq!(older.rows[0].cells, ["+49 30 23125011"], "what was once written with a mark comes back without");
    }

    proptest::proptest! {
        #[test]
        fn anything_is_read_without_harm(text in "[\"\\n\\r,;a=' ]{0,60}") {
            proptest::prop_assert!(read(&text).rows.len() <= text.len());
            let (with, without) = (read(&text).with_heading(), read(&text).without_heading());
            proptest::prop_assert_eq!(with.rows.len() + usize::from(!without.rows.is_empty()), without.rows.len());
        }
    }
}
