//! Address cards, vCard 3 and 4 (RFC 2426, RFC 6350).

use calcard::vcard::{VCard, VCardProperty, VCardValue};

use super::people::{PersonRow, Refused};

pub fn read(text: &str) -> (Vec<PersonRow>, Vec<Refused>) {
    let (mut rows, mut refused) = (Vec::new(), Vec::new());
    for (line, card) in cards(text) {
        let mut refuse = |words: &str| refused.push(Refused { line, words: words.into() });
        if !card.to_lowercase().contains("end:vcard") {
            refuse("this card has no end");
            continue;
        }
        let Ok(card) = VCard::parse(&card) else {
            refuse("this card could not be read");
            continue;
        };
        // A card of a group names others.
        if first(&card, &VCardProperty::Kind).is_some_and(|kind| kind.eq_ignore_ascii_case("group")) {
            continue;
        }
        rows.push(PersonRow {
            line,
            name: first(&card, &VCardProperty::Fn).or_else(|| name_of_parts(&card)).unwrap_or_default(),
            role: first(&card, &VCardProperty::Title).or_else(|| first(&card, &VCardProperty::Role)).unwrap_or_default(),
            mails: all(&card, &VCardProperty::Email),
            phones: all(&card, &VCardProperty::Tel).into_iter().map(|number| number.trim_start_matches("tel:").into()).collect(),
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
        person.mails.iter().for_each(|mail| add(VCardProperty::Email, mail));
        person.phones.iter().for_each(|phone| add(VCardProperty::Tel, phone));
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

fn all(card: &VCard, property: &VCardProperty) -> Vec<String> {
    let values = card.properties(property).flat_map(|entry| &entry.values);
    values.filter_map(VCardValue::as_text).map(|value| value.trim().to_string()).filter(|value| !value.is_empty()).collect()
}

fn first(card: &VCard, property: &VCardProperty) -> Option<String> {
    all(card, property).into_iter().next()
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
        assert_eq!((rows[0].role.as_str(), &rows[0].mails[..]), ("databases", &["ana@example.org".to_string()][..]));
        assert_eq!(rows[0].phones, ["+49 171 1234567", "+49 30 23125011"]);
        assert_eq!((rows[1].name.as_str(), rows[1].line), ("Jonas Weber", 10), "without a formatted name, its parts");
        assert_eq!(
            (rows[1].mails[0].as_str(), rows[1].phones[0].as_str()),
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
    fn a_card_without_an_end_is_refused_with_its_line_and_the_others_are_read() {
        let (rows, refused) = read("BEGIN:VCARD\nVERSION:4.0\nFN:Ana\nBEGIN:VCARD\nVERSION:4.0\nFN:Ben\nEND:VCARD\n");
        assert_eq!((refused[0].line, rows.len(), rows[0].name.as_str()), (1, 1, "Ben"));
    }

    #[test]
    fn what_is_written_is_read_back() {
        let ana = PersonRow {
            line: 1,
            name: "Ana \"the, boss\"; Ruiz".into(),
            role: "databases\\backup".into(),
            mails: vec!["a@b.org".into()],
            phones: vec!["+493023125011".into()],
            team: String::new(),
        };
        let text = write(std::slice::from_ref(&ana));
        assert!(text.starts_with("BEGIN:VCARD\r\nVERSION:4.0\r\n"), "{text}");
        assert_eq!(read(&text).0, [ana]);
    }
}
