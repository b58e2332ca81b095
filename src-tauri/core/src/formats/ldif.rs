//! Entries of a directory server as text, LDIF (RFC 2849).

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::people::{PersonRow, Refused};

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
            Err(words) => refused.push(Refused { line: entry.line, words }),
        }
    }
    (rows, refused)
}

/// One record: where it begins, and its lines with what was folded put together.
struct Entry {
    line: u64,
    lines: Vec<String>,
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
                last.push_str(rest);
            }
        } else if !open {
            open = true;
            entries.push(Entry { line, lines: vec![content.into()] });
        } else if let Some(entry) = entries.last_mut() {
            entry.lines.push(content.into());
        }
    }
    entries
}

/// `None` for what is nobody: the version, a unit, a group.
fn person(entry: &Entry) -> Result<Option<PersonRow>, String> {
    let mut known: Vec<(String, String)> = Vec::new();
    for line in entry.lines.iter().filter(|line| !line.starts_with('#')) {
        let Some((name, value)) = line.split_once(':') else { return Err(format!("\"{line}\" is no line of LDIF")) };
        // "cn;lang-de" is a cn.
        let name = name.split(';').next().unwrap_or_default().trim().to_lowercase();
        let value = match value.strip_prefix(':') {
            Some(encoded) => {
                let bytes = STANDARD.decode(encoded.trim()).map_err(|_| format!("what stands after \"{name}::\" is no base64"))?;
                String::from_utf8_lossy(&bytes).into_owned()
            }
            // What is kept elsewhere is not fetched.
            None if value.starts_with('<') => continue,
            None => value.trim().into(),
        };
        known.push((name, value));
    }
    let all = |names: &[&str]| -> Vec<String> {
        let of = |name: &&str| known.iter().filter(move |(known, _)| known == name).map(|(_, value)| value.clone()).collect::<Vec<_>>();
        names.iter().flat_map(of).filter(|value| !value.is_empty()).collect()
    };
    let first = |names: &[&str]| all(names).into_iter().next();
    if first(&["dn"]).is_none() {
        return Ok(None);
    }
    if let Some(change) = first(&["changetype"]).filter(|change| change != "add") {
        return Err(format!("this is a change (\"{change}\"), not an entry; export the entries themselves"));
    }
    let parts = || {
        let parts: Vec<String> = [first(&["givenname"]), first(&["sn"])].into_iter().flatten().collect();
        Some(parts.join(" ")).filter(|name| !name.is_empty())
    };
    let is_person = all(&["objectclass"]).iter().any(|class| class.to_lowercase().contains("person"));
    let (mails, phones) = (all(&["mail"]), all(&["mobile", "telephonenumber"]));
    if !is_person && mails.is_empty() && phones.is_empty() {
        return Ok(None);
    }
    Ok(Some(PersonRow {
        line: entry.line,
        name: first(&["displayname"]).or_else(parts).or_else(|| first(&["cn"])).unwrap_or_default(),
        role: first(&["title"]).unwrap_or_default(),
        mails,
        phones,
        team: first(&["departmentnumber", "department"]).unwrap_or_default(),
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
        assert_eq!((rows[0].name.as_str(), rows[0].role.as_str(), rows[0].line), ("Ana Ruiz", "databases", 8), "a folded line is one");
        assert_eq!(rows[0].phones, ["+49 171 1234567", "+49 30 23125011"], "the mobile first");
        assert_eq!(rows[1].name, "Jörg", "what is not ASCII is base64");
    }

    #[test]
    fn what_is_no_entry_is_refused_with_its_line() {
        let (rows, refused) = read("dn: uid=a\nchangetype: modify\nmail: a@b.org\n\ndn: uid=b\ncn:: ???\n\ndn: uid=c\nnonsense\n");
        assert_eq!(rows, []);
        assert_eq!(refused.iter().map(|one| one.line).collect::<Vec<_>>(), [1, 5, 8]);
        assert!(refused[0].words.contains("modify") && refused[1].words.contains("base64"), "{refused:?}");
    }
}
