//! People out of a file: a table, address cards, or a dump of a directory server.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::csv::{self, Table};
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
    pub line: u64,
    pub name: String,
    pub role: String,
    pub mails: Vec<String>,
    pub phones: Vec<String>,
    pub team: String,
}

/// A file of people, opened.
pub struct PeopleFile {
    pub kind: Kind,
    pub encoding: &'static str,
    /// What has zeros in it is a picture or a program.
    pub is_text: bool,
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
    /// By what is in it, not by its name.
    #[must_use]
    pub fn open(bytes: &[u8]) -> Self {
        let text::Text { text, encoding } = text::decode(bytes);
        let begins =
            |with: &str| text.lines().find(|line| !line.trim().is_empty()).is_some_and(|line| line.trim().to_lowercase().starts_with(with));
        let (kind, content) = if begins("begin:vcard") {
            let (rows, refused) = vcard::read(&text);
            (Kind::Cards, Content::Known(rows, refused))
        } else if ["version:", "dn:", "dn::", "#"].into_iter().any(begins) && ldif::is_one(&text) {
            let (rows, refused) = ldif::read(&text);
            (Kind::Ldif, Content::Known(rows, refused))
        } else {
            (Kind::Table, Content::Table(csv::read(&text)))
        };
        Self { kind, encoding, is_text: !text.contains('\0'), content }
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
        table.columns.iter().enumerate().map(column).collect()
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
            PeopleField::Mail => person.mails.push(cell),
            PeopleField::Phone => person.phones.push(cell),
            PeopleField::Team => person.team = cell,
        }
    }
    if person.name.is_empty() {
        person.name = [given, family].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ");
    }
    person
}

/// What a heading means in the exports of spreadsheets, mail programs and
/// telephone systems, in English and German; where it says nothing, what is in it.
fn guess(heading: &str, examples: &[String]) -> PeopleField {
    let words: String = heading.to_lowercase().chars().map(|sign| if sign.is_alphanumeric() { sign } else { ' ' }).collect();
    let has = |any: &[&str]| any.iter().any(|word| words.split_whitespace().any(|known| known == *word) || words.trim() == *word);
    let part = |any: &[&str]| any.iter().any(|word| words.contains(word));
    if has(&["first", "given", "givenname", "firstname", "vorname", "forename"]) {
        PeopleField::GivenName
    } else if has(&["last", "family", "surname", "lastname", "familyname", "nachname", "sn", "familienname"]) {
        PeopleField::FamilyName
    } else if part(&["mail"]) {
        PeopleField::Mail
    } else if part(&["phone", "mobile", "telefon", "mobil", "handy"]) || has(&["tel", "cell", "number", "nummer", "rufnummer"]) {
        PeopleField::Phone
    } else if has(&["role", "title", "job", "position", "funktion", "rolle", "aufgabe", "does"]) {
        PeopleField::Role
    } else if has(&["team", "department", "group", "abteilung", "gruppe"]) {
        PeopleField::Team
    } else if has(&["name", "display", "displayname", "cn", "fullname", "full", "person"]) {
        PeopleField::Name
    } else if !examples.is_empty() && examples.iter().all(|cell| cell.contains('@')) {
        PeopleField::Mail
    } else if !examples.is_empty()
        && examples.iter().all(|cell| cell.starts_with('+') && cell.chars().filter(char::is_ascii_digit).count() > 5)
    {
        PeopleField::Phone
    } else {
        PeopleField::Nothing
    }
}

fn shown(cell: &str) -> String {
    crate::domain::text::shorten(&crate::domain::text::clean_line(cell), 40)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_column_means_is_guessed_from_its_heading_or_from_what_is_in_it() {
        let file = PeopleFile::open("Vorname;Nachname;E-Mail;Mobiltelefon;Abteilung;Funktion;Raum;Kürzel;Notruf\nAna;Ruiz;a@b.org;+49 171 1;DB;DBA;12;ar;+49 30 23125011".as_bytes());
        let guessed: Vec<PeopleField> = file.columns().into_iter().map(|column| column.guess).collect();
        use PeopleField::{FamilyName, GivenName, Mail, Nothing, Phone, Role, Team};
        assert_eq!(guessed, [GivenName, FamilyName, Mail, Phone, Team, Role, Nothing, Nothing, Phone]);
        let (rows, refused) = PeopleFile::open("Given name,Last name\nAna,Ruiz".as_bytes()).rows(&[GivenName, FamilyName]);
        assert_eq!((rows[0].name.as_str(), refused.len()), ("Ana Ruiz", 0), "a name may stand in two columns");
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
            assert_eq!(PeopleFile::open(text.as_bytes()).kind, kind, "{text:?}");
        }
    }
}
