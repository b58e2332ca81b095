//! Address cards, vCard 3 and 4 (RFC 2426, RFC 6350).

use calcard::vcard::{VCard, VCardProperty, VCardValue};

use super::people::{PersonRow, Refused, Said};

pub fn read(text: &str) -> (Vec<PersonRow>, Vec<Refused>) {
    let (mut rows, mut refused) = (Vec::new(), Vec::new());
    for (line, text) in cards(text) {
        let mut refuse = |words: &str| refused.push(Refused { line, words: words.into() });
        if !text.to_lowercase().contains("end:vcard") {
            refuse("the card that begins here has no end");
            continue;
        }
        let Ok(card) = VCard::parse(&text) else {
            refuse("the card that begins here could not be read");
            continue;
        };
        // A card of a group names others.
        if first(&card, &VCardProperty::Kind).is_some_and(|kind| kind.eq_ignore_ascii_case("group")) {
            continue;
        }
        let lines = PropertyLines::of(line, &text);
        let name = first(&card, &VCardProperty::Fn);
        let named_in = lines.find(if name.is_some() { "FN" } else { "N" }, 0).or_else(|| lines.find("FN", 0));
        let mut phones = all(&card, &VCardProperty::Tel, "TEL", &lines);
        for phone in &mut phones {
            phone.text = phone.text.trim_start_matches("tel:").into();
        }
        rows.push(PersonRow {
            line: named_in.unwrap_or(line),
            name: name.or_else(|| name_of_parts(&card)).unwrap_or_default(),
            role: first(&card, &VCardProperty::Title).or_else(|| first(&card, &VCardProperty::Role)).unwrap_or_default(),
            mails: all(&card, &VCardProperty::Email, "EMAIL", &lines),
            phones,
            team: String::new(),
        });
    }
    (rows, refused)
}

/// Writes cards that phones and mail programs take.
pub fn write(people: &[PersonRow]) -> String {
    use calcard::vcard::{VCardEntry, VCardVersion};
    let mut text = String::new();
    for person in people {
        let mut entries = vec![VCardEntry::new(VCardProperty::Fn).with_value(person.name.clone())];
        let mut add = |property: VCardProperty, value: &str| {
            if !value.is_empty() {
                entries.push(VCardEntry::new(property).with_value(value.to_string()));
            }
        };
        add(VCardProperty::Title, &person.role);
        person.mails.iter().for_each(|mail| add(VCardProperty::Email, &mail.text));
        person.phones.iter().for_each(|phone| add(VCardProperty::Tel, &phone.text));
        let card = VCard { entries };
        // Into memory nothing fails.
        let _ = card.write_to(&mut text, VCardVersion::V4_0);
    }
    text
}

/// Each card with the line it begins in.
fn cards(text: &str) -> Vec<(u64, String)> {
    let mut cards: Vec<(u64, String)> = Vec::new();
    for (number, line) in (1..).zip(text.lines()) {
        if line.trim().eq_ignore_ascii_case("begin:vcard") {
            cards.push((number, String::new()));
        }
        if let Some((_, card)) = cards.last_mut() {
            card.push_str(line);
            card.push_str("\r\n");
        }
    }
    cards
}

/// In which line each property of a card begins; the library does not say.
struct PropertyLines {
    card: u64,
    found: Vec<(String, u64)>,
}

impl PropertyLines {
    fn of(card: u64, text: &str) -> Self {
        let (mut found, mut goes_on) = (Vec::new(), false);
        for (line, content) in (card..).zip(text.lines()) {
            if !goes_on && !content.starts_with([' ', '\t']) {
                let name = content.split([':', ';']).next().unwrap_or_default();
                // "item1.TEL" is a TEL.
                found.push((name.rsplit('.').next().unwrap_or_default().trim().to_uppercase(), line));
            }
            // How old phones fold their lines.
            goes_on = content.ends_with('=') && (goes_on || content.to_uppercase().contains("QUOTED-PRINTABLE"));
        }
        Self { card, found }
    }

    /// The line of the property of this name that has so many before it.
    fn find(&self, name: &str, before: usize) -> Option<u64> {
        self.found.iter().filter(|(known, _)| known == name).nth(before).map(|(_, line)| *line)
    }
}

fn all(card: &VCard, property: &VCardProperty, name: &str, lines: &PropertyLines) -> Vec<Said> {
    let each = card.properties(property).enumerate().flat_map(|(before, entry)| {
        let line = lines.find(name, before).unwrap_or(lines.card);
        texts(&entry.values).map(move |text| Said { line, text })
    });
    each.collect()
}

fn first(card: &VCard, property: &VCardProperty) -> Option<String> {
    card.properties(property).find_map(|entry| texts(&entry.values).next())
}

fn texts(values: &[VCardValue]) -> impl Iterator<Item = String> + '_ {
    values.iter().filter_map(VCardValue::as_text).map(|value| value.trim().to_string()).filter(|value| !value.is_empty())
}

/// "Ruiz;Ana;;;" is family name, given name, and more.
fn name_of_parts(card: &VCard) -> Option<String> {
    let parts: Vec<&str> = card
        .property(&VCardProperty::N)?
        .values
        .iter()
        .flat_map(|value| match value {
            VCardValue::Component(parts) => parts.iter().map(String::as_str).collect(),
            other => vec![other.as_text().unwrap_or_default()],
        })
        .collect();
    let name = [parts.get(1), parts.first()].into_iter().flatten().map(|part| part.trim()).filter(|part| !part.is_empty());
    Some(name.collect::<Vec<_>>().join(" ")).filter(|name| !name.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cards_of_both_versions_are_read() {
        let text = "BEGIN:VCARD\r\nVERSION:3.0\r\nN:Ruiz;Ana;;;\r\nFN:Ana Ruiz\r\nTITLE:databases\r\nEMAIL;TYPE=INTERNET,WORK:ana@example.org\r\n\
                    TEL;TYPE=CELL:+49 171 1234567\r\nTEL;TYPE=WORK:+49 30 23125011\r\nEND:VCARD\r\n\
                    BEGIN:VCARD\r\nVERSION:4.0\r\nN:Weber;Jonas;;;\r\nTEL;VALUE=uri:tel:+49-30-23125012\r\nEMAIL:jonas@exa\r\n mple.org\r\nEND:VCARD\r\n";
        let (rows, refused) = read(text);
        assert_eq!(refused, []);
        assert_eq!(rows[0].name, "Ana Ruiz");
        let said = |line, text: &str| Said { line, text: text.into() };
        assert_eq!((rows[0].role.as_str(), &rows[0].mails[..]), ("databases", &[said(6, "ana@example.org")][..]));
        assert_eq!(rows[0].phones, [said(7, "+49 171 1234567"), said(8, "+49 30 23125011")], "each with the line it stands in");
        assert_eq!((rows[1].name.as_str(), rows[1].line), ("Jonas Weber", 12), "without a formatted name, its parts");
        assert_eq!(
            (rows[1].mails[0].text.as_str(), rows[1].phones[0].text.as_str()),
            ("jonas@example.org", "+49-30-23125012"),
            "folded lines and tel: are undone"
        );
    }

    #[test]
    fn what_old_phones_write_is_read_too() {
        let text = "BEGIN:VCARD\r\nVERSION:2.1\r\nN;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:M=C3=BCller;J=C3=B6rg;;;\r\nTEL;CELL:+49171\r\nEND:VCARD\r\n";
        assert_eq!(read(text).0[0].name, "Jörg Müller");
    }

    #[test]
    fn a_property_is_found_in_its_line_however_it_and_those_before_it_are_folded() {
        let text = "BEGIN:VCARD\r\nVERSION:2.1\r\nN:Ruiz;Ana\r\nNOTE;ENCODING=QUOTED-PRINTABLE:two=0A=\r\nTEL:lines\r\nitem1.tel;CELL:+49\r\n \
                    171\r\nADR:;;Long\r\n  street\r\nTEL;WORK:+4930\r\nEND:VCARD\r\n";
        let (rows, _) = read(text);
        let lines: Vec<u64> = rows[0].phones.iter().map(|phone| phone.line).collect();
        assert_eq!(lines, [6, 10], "the second line of the note is no number: {rows:?}");
    }

    #[test]
    fn a_card_without_an_end_is_refused_with_its_line_and_the_others_are_read() {
        let (rows, refused) = read("BEGIN:VCARD\nVERSION:4.0\nFN:Ana\nBEGIN:VCARD\nVERSION:4.0\nFN:Ben\nEND:VCARD\n");
        assert_eq!((refused[0].line, rows.len(), rows[0].name.as_str()), (1, 1, "Ben"));
    }

    #[test]
    fn what_is_written_is_read_back() {
        let ana = PersonRow {
            line: 3,
            name: "Ana \"the, boss\"; Ruiz".into(),
            role: "databases\\backup".into(),
            mails: vec![Said { line: 5, text: "a@b.org".into() }],
            phones: vec![Said { line: 6, text: "+493023125011".into() }],
            team: String::new(),
        };
        let text = write(std::slice::from_ref(&ana));
        assert!(text.starts_with("BEGIN:VCARD\r\nVERSION:4.0\r\n"), "{text}");
        assert_eq!(read(&text).0, [ana]);
    }
}
