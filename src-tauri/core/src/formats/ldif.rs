//! Entries of a directory server as text, LDIF (RFC 2849).

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::people::{PersonRow, Refused, Said};

/// Whether it has what makes it one: a distinguished name.
pub fn is_one(text: &str) -> bool {
    text.lines().any(|line| line.to_lowercase().starts_with("dn:"))
}

pub fn read(text: &str) -> (Vec<PersonRow>, Vec<Refused>) {
    let (mut rows, mut refused) = (Vec::new(), Vec::new());
    for entry in entries(text) {
        match person(&entry) {
            Ok(Some(row)) => rows.push(row),
            Ok(None) => {}
            Err(why) => refused.push(why),
        }
    }
    (rows, refused)
}

/// One record: its lines with what was folded put together, each with where it begins.
struct Entry {
    lines: Vec<Said>,
}

fn entries(text: &str) -> Vec<Entry> {
    let mut entries: Vec<Entry> = Vec::new();
    let mut open = false;
    for (line, content) in (1..).zip(text.lines()) {
        let content = content.trim_end_matches('\r');
        if content.is_empty() {
            open = false;
        } else if let Some(rest) = content.strip_prefix(' ') {
            if let Some(last) = entries.last_mut().filter(|_| open).and_then(|entry| entry.lines.last_mut()) {
                last.text.push_str(rest);
            }
        } else if !open {
            open = true;
            entries.push(Entry { lines: vec![Said { line, text: content.into() }] });
        } else if let Some(entry) = entries.last_mut() {
            entry.lines.push(Said { line, text: content.into() });
        }
    }
    entries
}

/// `None` for what is nobody: the version, a unit, a group.
fn person(entry: &Entry) -> Result<Option<PersonRow>, Refused> {
    let mut known: Vec<(String, Said)> = Vec::new();
    for Said { line, text } in entry.lines.iter().filter(|said| !said.text.starts_with('#')) {
        let refused = |words| Refused { line: *line, words };
        let (name, value) = text.split_once(':').ok_or_else(|| refused(format!("\"{text}\" is no line of LDIF")))?;
        // "cn;lang-de" is a cn.
        let name = name.split(';').next().unwrap_or_default().trim().to_lowercase();
        let value = match value.strip_prefix(':') {
            Some(encoded) => {
                let bytes = STANDARD.decode(encoded.trim());
                let bytes = bytes.map_err(|_| refused(format!("what stands after \"{name}::\" is no base64")))?;
                String::from_utf8_lossy(&bytes).into_owned()
            }
            // What is kept elsewhere is not fetched.
            None if value.starts_with('<') => continue,
            None => value.trim().into(),
        };
        known.push((name, Said { line: *line, text: value }));
    }
    let all = |names: &[&str]| -> Vec<Said> {
        let of = |name: &&str| known.iter().filter(move |(known, _)| known == name).map(|(_, said)| said.clone()).collect::<Vec<_>>();
        names.iter().flat_map(of).filter(|said| !said.text.is_empty()).collect()
    };
    let first = |names: &[&str]| all(names).into_iter().next();
    let Some(begins) = first(&["dn"]) else { return Ok(None) };
    if let Some(change) = first(&["changetype"]).filter(|change| change.text != "add") {
        let words = format!("this is a change (\"{}\"), not an entry; export the entries themselves", change.text);
        return Err(Refused { line: change.line, words });
    }
    let parts = || {
        let parts: Vec<Said> = [first(&["givenname"]), first(&["sn"])].into_iter().flatten().collect();
        let line = parts.first()?.line;
        Some(Said { line, text: parts.into_iter().map(|part| part.text).collect::<Vec<_>>().join(" ") })
    };
    let is_person = all(&["objectclass"]).iter().any(|class| class.text.to_lowercase().contains("person"));
    let (mails, phones) = (all(&["mail"]), all(&["mobile", "telephonenumber"]));
    if !is_person && mails.is_empty() && phones.is_empty() {
        return Ok(None);
    }
    let name = first(&["displayname"]).or_else(parts).or_else(|| first(&["cn"]));
    let text = |said: Option<Said>| said.map_or_else(String::new, |said| said.text);
    Ok(Some(PersonRow {
        line: name.as_ref().map_or(begins.line, |name| name.line),
        name: text(name),
        role: text(first(&["title"])),
        mails,
        phones,
        team: text(first(&["departmentnumber", "department"])),
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn people_are_read_and_units_are_not() {
        let text = "version: 1\n\n# the tree\ndn: ou=people,dc=example\nobjectClass: organizationalUnit\nou: people\n\n\
                    dn: uid=ana,ou=people,dc=example\nobjectClass: inetOrgPerson\ncn: ruiz\ngivenName: Ana\nsn: Ruiz\ntitle: data\n bases\n\
                    mail: ana@example.org\nmobile: +49 171 1234567\ntelephoneNumber: +49 30 23125011\njpegPhoto:< file:///etc/passwd\n\n\
                    dn:: dWlkPWrDtnJn\ncn:: SsO2cmc=\nmail: j@example.org\n";
        let (rows, refused) = read(text);
        assert_eq!(refused, []);
        assert_eq!(rows.len(), 2, "the version and the unit are nobody: {rows:?}");
        assert_eq!((rows[0].name.as_str(), rows[0].role.as_str(), rows[0].line), ("Ana Ruiz", "databases", 11), "a folded line is one");
        let phones: Vec<(u64, &str)> = rows[0].phones.iter().map(|phone| (phone.line, phone.text.as_str())).collect();
        assert_eq!(phones, [(16, "+49 171 1234567"), (17, "+49 30 23125011")], "the mobile first, and each with its line");
        assert_eq!(rows[1].name, "Jörg", "what is not ASCII is base64");
    }

    #[test]
    fn what_is_no_entry_is_refused_with_its_line() {
        let (rows, refused) = read("dn: uid=a\nchangetype: modify\nmail: a@b.org\n\ndn: uid=b\ncn:: ???\n\ndn: uid=c\nnonsense\n");
        assert_eq!(rows, []);
        assert_eq!(refused.iter().map(|one| one.line).collect::<Vec<_>>(), [2, 6, 9], "the line that is wrong, not the first of its entry");
        assert!(refused[0].words.contains("modify") && refused[1].words.contains("base64"), "{refused:?}");
    }
}
