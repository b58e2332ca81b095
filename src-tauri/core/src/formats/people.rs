//! People out of a file: a table, address cards, or a dump of a directory server.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::csv::{self, Table};
use super::heading::{guess, is_heading};
use super::{ldif, text, vcard};

/// What a column of a table says about somebody.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
#[serde(rename_all = "snake_case")]
pub enum PeopleField {
    Nothing,
    Name,
    GivenName,
    FamilyName,
    Role,
    Mail,
    Phone,
    Team,
}

/// A line that cannot be used, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused {
    pub line: u64,
    pub words: String,
}

/// One of them, as the file tells.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PersonRow {
    /// Where the name stands, or where they begin who have none.
    pub line: u64,
    pub name: String,
    pub role: String,
    pub mails: Vec<Said>,
    pub phones: Vec<Said>,
    pub team: String,
}

/// Something that a file says, and in which line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Said {
    pub line: u64,
    pub text: String,
}

/// A file of people, opened.
pub struct PeopleFile {
    pub kind: Kind,
    pub encoding: &'static str,
    /// What has zeros in it is a picture or a program.
    pub is_text: bool,
    /// Whether the first line of a table is somebody too; `None` where there are no lines.
    pub first_is_person: Option<bool>,
    content: Content,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Table,
    Cards,
    Ldif,
}

enum Content {
    Table(Table),
    /// Formats that name their fields themselves.
    Known(Vec<PersonRow>, Vec<Refused>),
}

/// A column of a table, for whoever says what it means.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct PeopleColumn {
    pub heading: String,
    /// The first cells with something in them.
    pub examples: Vec<String>,
    pub guess: PeopleField,
}

/// Examples of a column that are shown.
const EXAMPLES: usize = 3;

impl PeopleFile {
    /// By what is in it, not by its name. `first_is_person` says whether the first
    /// line of a table is somebody too; `None` judges by how it reads.
    #[must_use]
    pub fn open(bytes: &[u8], first_is_person: Option<bool>) -> Self {
        let text::Text { text, encoding } = text::decode(bytes);
        let begins =
            |with: &str| text.lines().find(|line| !line.trim().is_empty()).is_some_and(|line| line.trim().to_lowercase().starts_with(with));
        let mut first = None;
        let (kind, content) = if begins("begin:vcard") {
            let (rows, refused) = vcard::read(&text);
            (Kind::Cards, Content::Known(rows, refused))
        } else if ["version:", "dn:", "dn::", "#"].into_iter().any(begins) && ldif::is_one(&text) {
            let (rows, refused) = ldif::read(&text);
            (Kind::Ldif, Content::Known(rows, refused))
        } else {
            let table = csv::read(&text);
            let is_person = first_is_person.unwrap_or_else(|| !is_heading(&table.rows));
            first = Some(is_person);
            (Kind::Table, Content::Table(if is_person { table.without_heading() } else { table.with_heading() }))
        };
        Self { kind, encoding, is_text: !text.contains('\0'), first_is_person: first, content }
    }

    /// How many people it tells of.
    #[must_use]
    pub fn len(&self) -> usize {
        match &self.content {
            Content::Table(table) => table.rows.len(),
            Content::Known(rows, _) => rows.len(),
        }
    }

    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// What it is, in words: "a table with ; between its columns".
    #[must_use]
    pub fn words(&self) -> String {
        match &self.content {
            Content::Table(table) if table.columns.len() < 2 => "a table of one column".into(),
            Content::Table(Table { separator: '\t', .. }) => "a table with tabs between its columns".into(),
            Content::Table(table) => format!("a table with {} between its columns", table.separator),
            Content::Known(..) if self.kind == Kind::Cards => "address cards (vCard)".into(),
            Content::Known(..) => "entries of a directory server (LDIF)".into(),
        }
    }

    /// The columns of a table; none, where the fields have names.
    #[must_use]
    pub fn columns(&self) -> Vec<PeopleColumn> {
        let Content::Table(table) = &self.content else { return vec![] };
        let column = |(at, heading): (usize, &String)| {
            let cells = table.rows.iter().filter_map(|row| row.cells.get(at)).filter(|cell| !cell.is_empty());
            let examples: Vec<String> = cells.take(EXAMPLES).map(|cell| shown(cell)).collect();
            PeopleColumn { heading: shown(heading), guess: guess(heading, &examples), examples }
        };
        let mut columns: Vec<PeopleColumn> = table.columns.iter().enumerate().map(column).collect();
        // Where no heading says otherwise, lists begin with the name.
        if self.first_is_person == Some(true)
            && let Some(first) = columns.iter_mut().find(|column| !column.examples.is_empty())
            && first.guess == PeopleField::Nothing
            && !first.examples.iter().any(|cell| cell.chars().any(|sign| sign.is_ascii_digit()))
        {
            first.guess = PeopleField::Name;
        }
        columns
    }

    /// Everybody in it, and every line that cannot be used. `fields` says what each
    /// column of a table means.
    #[must_use]
    pub fn rows(self, fields: &[PeopleField]) -> (Vec<PersonRow>, Vec<Refused>) {
        match self.content {
            Content::Known(rows, refused) => (rows, refused),
            Content::Table(table) => (table.rows.into_iter().map(|row| person(row.line, row.cells, fields)).collect(), table.refused),
        }
    }
}

fn person(line: u64, cells: Vec<String>, fields: &[PeopleField]) -> PersonRow {
    let mut person = PersonRow { line, ..PersonRow::default() };
    let (mut given, mut family) = (String::new(), String::new());
    for (cell, field) in cells.into_iter().zip(fields).filter(|(cell, _)| !cell.is_empty()) {
        match field {
            PeopleField::Nothing => {}
            PeopleField::Name => person.name = cell,
            PeopleField::GivenName => given = cell,
            PeopleField::FamilyName => family = cell,
            PeopleField::Role => person.role = cell,
            PeopleField::Mail => person.mails.push(Said { line, text: cell }),
            PeopleField::Phone => person.phones.push(Said { line, text: cell }),
            PeopleField::Team => person.team = cell,
        }
    }
    if person.name.is_empty() {
        person.name = [given, family].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ");
    }
    person
}

fn shown(cell: &str) -> String {
    crate::domain::text::shorten(&crate::domain::text::clean_line(cell), 40)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_column_means_is_guessed_from_its_heading_or_from_what_is_in_it() {
        let file = PeopleFile::open("Vorname;Nachname;E-Mail;Mobiltelefon;Abteilung;Funktion;Raum;Kürzel;Notruf\nAna;Ruiz;a@b.org;+49 171 1;DB;DBA;12;ar;+49 30 23125011".as_bytes(), None);
        let guessed: Vec<PeopleField> = file.columns().into_iter().map(|column| column.guess).collect();
        use PeopleField::{FamilyName, GivenName, Mail, Nothing, Phone, Role, Team};
        assert_eq!(guessed, [GivenName, FamilyName, Mail, Phone, Team, Role, Nothing, Nothing, Phone]);
        let (rows, refused) = PeopleFile::open("Given name,Last name\nAna,Ruiz".as_bytes(), None).rows(&[GivenName, FamilyName]);
        assert_eq!((rows[0].name.as_str(), refused.len()), ("Ana Ruiz", 0), "a name may stand in two columns");
    }

    #[test]
    fn the_switch_decides_whether_the_first_line_is_somebody() {
        let names = "Ana Ruiz\nBen Okoro\n".as_bytes();
        let guessed = PeopleFile::open(names, None);
        assert_eq!((guessed.first_is_person, guessed.len()), (Some(true), 2), "nothing but names: nobody is left out");
        assert_eq!(guessed.columns()[0].guess, PeopleField::Name, "a list begins with the name");
        let numbers = PeopleFile::open("Ana Ruiz;030 23125011\nBen Okoro;(030) 23125012\n".as_bytes(), None);
        assert_eq!(numbers.columns()[1].guess, PeopleField::Phone, "and what is dialled is a number, whatever its country");
        let told = PeopleFile::open(names, Some(false));
        assert_eq!((told.first_is_person, told.len(), told.columns()[0].heading.as_str()), (Some(false), 1, "Ana Ruiz"));
        let headed = PeopleFile::open("Name\nAna Ruiz\n".as_bytes(), Some(true));
        assert_eq!(headed.len(), 2, "whoever is called Name is believed to be");
    }

    #[test]
    fn what_kind_of_file_it_is_is_seen_from_what_is_in_it() {
        for (text, kind) in [
            ("Name,Mail\nAna,a@b.org", Kind::Table),
            ("\nBEGIN:VCARD\nVERSION:4.0\nFN:Ana\nEND:VCARD", Kind::Cards),
            ("version: 1\n\ndn: cn=Ana,dc=b\ncn: Ana\n", Kind::Ldif),
            ("dn: cn=Ana,dc=b\ncn: Ana\n", Kind::Ldif),
            ("# people\nAna", Kind::Table),
            ("", Kind::Table),
        ] {
            assert_eq!(PeopleFile::open(text.as_bytes(), None).kind, kind, "{text:?}");
        }
    }
}
