//! A table as text: whatever separates its columns, and however its quotes end.

use super::people::Refused;

#[derive(Debug, Default, PartialEq, Eq)]
pub struct Table {
    pub separator: char,
    /// The first line.
    pub columns: Vec<String>,
    pub rows: Vec<Row>,
    pub refused: Vec<Refused>,
}

#[derive(Debug, PartialEq, Eq)]
pub struct Row {
    /// Counted from 1, with the heading.
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
        if cells.iter().all(String::is_empty) {
            continue;
        }
        if table.columns.is_empty() && !cells.iter().any(|cell| is_address(cell)) {
            table.columns = cells;
        } else {
            // The first line is somebody already: the columns have no names.
            if table.columns.is_empty() {
                table.columns = vec![String::new(); cells.len()];
            }
            if cells.len() > table.columns.len() && cells[table.columns.len()..].iter().any(|cell| !cell.is_empty()) {
                let words = format!("{} cells, but the heading has {}", cells.len(), table.columns.len());
                table.refused.push(Refused { line, words });
            }
            table.rows.push(Row { line, cells });
        }
    }
    table
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

/// What no heading is: a mail address or a number to dial.
fn is_address(cell: &str) -> bool {
    let digits = cell.chars().filter(char::is_ascii_digit).count();
    cell.split_once('@').is_some_and(|(name, domain)| !name.is_empty() && domain.contains('.'))
        || (digits > 5 && cell.starts_with(['+', '0']))
}

/// A cell that begins like a formula would be run by a spreadsheet.
fn inert(cell: &str) -> String {
    if cell.starts_with(['=', '+', '-', '@', '\t', '\r']) { format!("'{cell}") } else { cell.into() }
}

/// The cell without the mark that made it inert.
fn plain(cell: &str) -> &str {
    cell.strip_prefix('\'').filter(|rest| rest.starts_with(['=', '+', '-', '@'])).unwrap_or(cell)
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
            let table = read(text);
            assert_eq!(table.columns, ["Name", "Mail"], "{text:?}");
            assert_eq!(table.rows[0].cells, ["Ana", "a@b.org"], "{text:?}");
        }
        let table = read("\"Last, first\";Mail\n\"Ruiz, Ana\";a@b.org");
        assert_eq!((table.separator, table.columns[0].as_str()), (';', "Last, first"), "a comma within quotes separates nothing");
    }

    #[test]
    fn without_a_heading_the_first_line_is_somebody_too() {
        let table = read("Paul Ohnekopf;paul@example.org\nUte Kopf;ute@example.org\n");
        assert_eq!((table.columns.len(), table.rows.len()), (2, 2));
    }

    #[test]
    fn lines_are_counted_as_an_editor_counts_them() {
        let table = read("Name,Note\n\"Ana\",\"two\nlines\"\n\nBen,x\n");
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
        let table = read("Name,Mail\nAna,a@b.org,surplus\nBen\nCaro,c@b.org,\n");
        assert_eq!(table.refused.iter().map(|refused| refused.line).collect::<Vec<_>>(), [2]);
        assert_eq!(table.rows.len(), 3);
    }

    #[test]
    fn what_is_written_is_shown_and_not_run_and_comes_back_as_it_was() {
        let nasty = ["=cmd|'/c calc'!A1", "+49 30 23125011", "@SUM(A1)", "-1", "O'Hara", "\"quoted\", with comma", "'plain"];
        let rows: Vec<Vec<String>> = nasty.iter().map(|cell| vec![(*cell).to_string()]).collect();
        let text = write(&["Name"], &rows);
        for line in text.lines().skip(1) {
            let cell = line.trim_start_matches('"');
            assert!(!cell.starts_with(['=', '+', '-', '@']), "a spreadsheet would run {line}");
        }
        let back = read(text.trim_start_matches('\u{feff}'));
        assert_eq!(back.rows.iter().map(|row| row.cells[0].as_str()).collect::<Vec<_>>(), nasty);
    }

    proptest::proptest! {
        #[test]
        fn anything_is_read_without_harm(text in "[\"\\n\\r,;a=' ]{0,60}") {
            proptest::prop_assert!(read(&text).rows.len() <= text.len());
        }
    }
}
