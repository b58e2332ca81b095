//! The first line of a table: whether it names the columns or is somebody too, and
//! what the names mean.

use super::csv::Row;
use super::people::PeopleField;

/// Whether the first line names the columns. An address names none; otherwise it
/// does where a cell of it says what such a column is called, or where addresses
/// stand below words.
pub fn is_heading(rows: &[Row]) -> bool {
    let [first, others @ ..] = rows else { return false };
    if first.cells.iter().any(|cell| is_address(cell)) {
        return false;
    }
    first.cells.iter().enumerate().any(|(at, cell)| {
        let below = || others.iter().filter_map(|row| row.cells.get(at)).filter(|cell| !cell.is_empty());
        // What stands below again, such as a team, is what the column says and not its name.
        let names = is_name_of_column(cell) && below().all(|other| !other.eq_ignore_ascii_case(cell));
        let differs = !cell.is_empty() && below().next().is_some() && below().all(|other| is_address(other));
        names || differs
    })
}

/// What a heading means in the exports of spreadsheets, mail programs and
/// telephone systems, in English and German; where it says nothing, what is in it.
pub fn guess(heading: &str, examples: &[String]) -> PeopleField {
    if let Some(known) = meaning(heading) {
        return known;
    }
    let all = |fits: &dyn Fn(&str) -> bool| !examples.is_empty() && examples.iter().all(|cell| fits(cell));
    if all(&|cell| cell.contains('@')) {
        PeopleField::Mail
    } else if all(&|cell| digits(cell) > 5 && (cell.starts_with('+') || (heading.is_empty() && cell.starts_with(DIALLED)))) {
        PeopleField::Phone
    } else {
        PeopleField::Nothing
    }
}

const GIVEN: &[&str] = &["first", "given", "givenname", "firstname", "vorname", "forename"];
const FAMILY: &[&str] = &["last", "family", "surname", "lastname", "familyname", "nachname", "sn", "familienname"];
const PHONE: &[&str] = &["tel", "cell", "number", "nummer", "rufnummer"];
const ROLE: &[&str] = &["role", "title", "job", "position", "funktion", "rolle", "aufgabe", "does"];
const TEAM: &[&str] = &["team", "department", "group", "abteilung", "gruppe"];
const NAME: &[&str] = &["name", "display", "displayname", "cn", "fullname", "full", "person", "mitarbeiter"];

/// What stands beside those in a name of a column, and says nothing of people.
const BESIDE: &[&str] = &[
    "e",
    "address",
    "adresse",
    "work",
    "home",
    "private",
    "business",
    "office",
    "direct",
    "privat",
    "geschäftlich",
    "dienstlich",
    "type",
    "value",
    "label",
    "no",
    "nr",
    "id",
    "room",
    "raum",
    "note",
    "notes",
    "notiz",
];

fn meaning(heading: &str) -> Option<PeopleField> {
    let words = words(heading);
    let has = |any: &[&str]| words.iter().any(|word| any.contains(&word.as_str()));
    let part = |any: &[&str]| any.iter().any(|part| words.iter().any(|word| word.contains(part)));
    if has(GIVEN) {
        Some(PeopleField::GivenName)
    } else if has(FAMILY) {
        Some(PeopleField::FamilyName)
    } else if part(&["mail"]) {
        Some(PeopleField::Mail)
    } else if part(&["phone", "mobile", "telefon", "mobil", "handy"]) || has(PHONE) {
        Some(PeopleField::Phone)
    } else if has(ROLE) {
        Some(PeopleField::Role)
    } else if has(TEAM) {
        Some(PeopleField::Team)
    } else if has(NAME) {
        Some(PeopleField::Name)
    } else {
        None
    }
}

/// Whether every word of it is of those that columns are called by: "Mail" is,
/// "Mailer, Norman" is somebody.
fn is_name_of_column(cell: &str) -> bool {
    const PARTS: [&str; 8] = ["mail", "email", "phone", "telephone", "telefon", "mobile", "mobil", "handy"];
    let lists = [GIVEN, FAMILY, PHONE, ROLE, TEAM, NAME, BESIDE, &PARTS[..]];
    let words = words(cell);
    let known = |word: &String| {
        lists.iter().any(|list| list.contains(&word.as_str()))
            // "Mobiltelefon", "Telefonnummer", "mailaddress".
            || PARTS.iter().any(|part| word.strip_prefix(part).is_some_and(|rest| PARTS.contains(&rest) || PHONE.contains(&rest) || BESIDE.contains(&rest)))
    };
    !words.is_empty() && words.iter().all(known)
}

/// In small letters and without numbers: "E-mail 1" is `e`, `mail`.
fn words(cell: &str) -> Vec<String> {
    let lower = cell.to_lowercase();
    let words = lower.split(|sign: char| !sign.is_alphanumeric()).filter(|word| !word.chars().all(|sign| sign.is_ascii_digit()));
    words.map(str::to_string).collect()
}

/// A mail address or a number to dial.
fn is_address(cell: &str) -> bool {
    cell.split_once('@').is_some_and(|(name, domain)| !name.is_empty() && domain.contains('.'))
        || (digits(cell) > 5 && cell.starts_with(DIALLED))
}

/// How a number to dial begins. Under a heading that says nothing of it, only the first says so.
const DIALLED: [char; 3] = ['+', '0', '('];

fn digits(cell: &str) -> usize {
    cell.chars().filter(char::is_ascii_digit).count()
}

#[cfg(test)]
mod tests {
    use super::super::csv;
    use super::*;

    #[test]
    fn the_first_line_is_a_heading_only_where_it_reads_like_one() {
        for (text, heading, why) in [
            ("Name\nAna Ruiz\n", true, "it says what stands below"),
            ("Kürzel;E-Mail 1 (dienstlich)\nar;\n", true, "one such cell is enough"),
            ("Mobiltelefon,Raum\n,\n", true, "words grow together in German"),
            ("Nom;Courriel\nAna Ruiz;ana@example.org\n", true, "in any language, what stands above addresses and is none"),
            ("Ana Ruiz\nBen Okoro\n", false, "nothing but names"),
            ("Norman Mailer\nBen Okoro\n", false, "a name may sound like a heading"),
            ("Ana Ruiz;Team lead\nBen Okoro;databases\n", false, "so may what somebody does"),
            ("Ana Ruiz;Mobile\nBen Okoro;Mobile\n", false, "what stands below again is no heading"),
            ("Ana Ruiz;ana@example.org\nBen Okoro;ben@example.org\n", false, "no column is called by an address"),
            ("Ana Ruiz;\nBen Okoro;ben@example.org\n", false, "an empty cell above an address says nothing"),
            ("Ana Ruiz", false, "somebody alone"),
            ("", false, "nothing at all"),
        ] {
            assert_eq!(is_heading(&csv::read(text).rows), heading, "{text:?}: {why}");
        }
    }
}
