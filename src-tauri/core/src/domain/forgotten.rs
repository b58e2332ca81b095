//! Somebody who asked to be removed: what is replaced in everything that was written of them, and by what.
//! When something happened, and what, is as it was.

use serde_json::Value;
use std::collections::BTreeSet;

/// What stands in place of a name or an address.
pub const MARKER: &str = "a removed person";

/// A person by everything that they are known by.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Known {
    /// It stays: without the directory it is nobody's.
    pub id: String,
    pub names: BTreeSet<String>,
    pub addresses: BTreeSet<String>,
}

impl Known {
    /// Learns from a document what else they were called, and where they were reached.
    pub fn learn(&mut self, document: &Value) {
        match document {
            Value::Object(fields) => {
                if self.is_of(document) {
                    self.names.extend(fields.get("name").and_then(Value::as_str).map(String::from));
                    let methods = fields.get("methods").and_then(Value::as_array).into_iter().flatten();
                    let addresses = methods.filter_map(|method| method.get("address")?.as_str().map(String::from));
                    self.addresses.extend(addresses);
                }
                fields.values().for_each(|value| self.learn(value));
            }
            Value::Array(items) => items.iter().for_each(|item| self.learn(item)),
            _ => {}
        }
    }

    /// Nothing is known by an empty word, and what is others' too is not theirs alone.
    pub fn without(&mut self, others: &BTreeSet<String>) {
        self.names.retain(|name| !name.trim().is_empty() && name != MARKER && !others.contains(name));
        self.addresses.retain(|address| !address.trim().is_empty() && !others.contains(address));
    }

    /// Whether this is of them, in a document or in words.
    #[must_use]
    pub fn is_in(&self, text: &str) -> bool {
        text.contains(&self.id) || self.reword(text).is_some()
    }

    /// The same text or document without them; `None` where they are not in it.
    #[must_use]
    pub fn reword(&self, text: &str) -> Option<String> {
        // Most texts have nothing of them, and need not be understood.
        if !self.may_be_in(text) {
            return None;
        }
        if text.starts_with(['{', '[', '"'])
            && let Ok(mut document) = serde_json::from_str::<Value>(text)
        {
            return self.reword_document(&mut document).then(|| document.to_string());
        }
        self.reword_words(text)
    }

    fn may_be_in(&self, text: &str) -> bool {
        // A document writes these two in its own way.
        let as_written = |known: &String| text.contains(known.as_str()) || (known.contains(['"', '\\']) && text.contains('\\'));
        text.contains(&self.id) || self.names.iter().chain(&self.addresses).any(as_written)
    }

    fn reword_document(&self, document: &mut Value) -> bool {
        let of_them = self.is_of(document);
        match document {
            Value::String(text) => match self.reword_words(text) {
                Some(reworded) => {
                    *text = reworded;
                    true
                }
                None => false,
            },
            Value::Array(items) => items.iter_mut().fold(false, |changed, item| self.reword_document(item) | changed),
            Value::Object(fields) => {
                let mut changed = false;
                for (name, value) in fields.iter_mut() {
                    changed |= match name.as_str() {
                        "name" if of_them => replace(value, MARKER.into()),
                        "methods" if of_them => forget_addresses(value),
                        "absences" if of_them => replace(value, Value::Array(vec![])),
                        "away_until" if of_them => replace(value, Value::Null),
                        _ => self.reword_document(value),
                    };
                }
                changed
            }
            _ => false,
        }
    }

    /// An object that says by its id whom it is about.
    fn is_of(&self, value: &Value) -> bool {
        ["person", "id", "by"].iter().any(|field| value.get(field).and_then(Value::as_str) == Some(&self.id))
    }

    fn reword_words(&self, text: &str) -> Option<String> {
        let mut longest_first: Vec<&String> = self.names.iter().chain(&self.addresses).collect();
        longest_first.sort_by_key(|needle| std::cmp::Reverse(needle.len()));
        let mut reworded: Option<String> = None;
        for needle in longest_first {
            if let Some(next) = replace_words(reworded.as_deref().unwrap_or(text), needle) {
                reworded = Some(next);
            }
        }
        reworded
    }
}

fn replace(value: &mut Value, by: Value) -> bool {
    let other = *value != by;
    *value = by;
    other
}

fn forget_addresses(methods: &mut Value) -> bool {
    let Some(methods) = methods.as_array_mut() else { return false };
    let addresses = methods.iter_mut().filter_map(|method| method.get_mut("address"));
    addresses.fold(false, |changed, address| replace(address, "".into()) | changed)
}

/// Where it stands as a word of its own, or of somebody: "Marta Vogel" and "Marta Vogels", but not "Marta Vogelsang".
fn replace_words(text: &str, needle: &str) -> Option<String> {
    let (mut reworded, mut from) = (String::new(), 0);
    for (at, found) in text.match_indices(needle) {
        let begins = !text[..at].chars().next_back().is_some_and(char::is_alphanumeric);
        let rest = &text[at + found.len()..];
        let rest = rest.strip_prefix('s').unwrap_or(rest);
        let ends = !rest.chars().next().is_some_and(char::is_alphanumeric);
        if begins && ends && at >= from {
            reworded.push_str(&text[from..at]);
            reworded.push_str(MARKER);
            from = at + found.len();
        }
    }
    (from > 0).then(|| reworded + &text[from..])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn marta() -> Known {
        Known {
            id: "0190-marta".into(),
            names: ["Marta Vogel".to_string(), "Marta Klein".to_string()].into(),
            addresses: ["marta@example.org".to_string(), "+493023125011".to_string()].into(),
        }
    }

    #[test]
    fn a_name_is_replaced_where_it_is_one() {
        for (text, without) in [
            ("Marta Vogel has it", Some("a removed person has it")),
            ("Marta Vogels Rechner, Marta Vogel's mail", Some("a removed persons Rechner, a removed person's mail")),
            ("write to marta@example.org.", Some("write to a removed person.")),
            ("Marta Klein, now Marta Vogel", Some("a removed person, now a removed person")),
            ("Marta Vogelsang has it", None),
            ("Xmarta@example.org and marta@example.organ", None),
            ("marta vogel", None),
            ("", None),
        ] {
            assert_eq!(marta().reword(text).as_deref(), without, "{text}");
        }
    }

    #[test]
    fn a_document_that_says_of_whom_it_is_needs_no_name_to_be_known() {
        let event = r#"{"type":"acknowledged","person":"0190-marta","name":"M. V.","how":"call","until":12,"answered":{"via":"Mail","words":"On it. Marta Vogel"}}"#;
        let reworded: Value = serde_json::from_str(&marta().reword(event).expect("she is in it")).expect("a document");
        assert_eq!(reworded["name"], MARKER, "by her id");
        assert_eq!(reworded["answered"]["words"], "On it. a removed person", "and by her name");
        assert_eq!(
            (&reworded["type"], &reworded["until"], &reworded["person"]),
            (&"acknowledged".into(), &12.into(), &"0190-marta".into())
        );
        let others = r#"{"type":"acknowledged","person":"0190-jonas","name":"Jonas","until":12}"#;
        assert_eq!(marta().reword(others), None, "what is others' is not touched");
    }

    #[test]
    fn where_she_was_reached_and_when_she_was_away_go_too() {
        let contact = r#"{"person":"0190-marta","name":"Marta Vogel","away_until":99,"absences":[{"from":1,"to":2}],"methods":[{"id":"m","address":"@martav"}]}"#;
        let mut known = marta();
        known.learn(&serde_json::from_str(contact).expect("a document"));
        assert!(known.addresses.contains("@martav"), "an address of old is learnt");
        let reworded: Value = serde_json::from_str(&known.reword(contact).expect("she is in it")).expect("a document");
        assert_eq!(
            reworded,
            serde_json::json!({"person": "0190-marta", "name": MARKER, "away_until": null, "absences": [], "methods": [{"id": "m", "address": ""}]})
        );
    }

    #[test]
    fn a_name_that_is_somebody_else_s_too_stays_in_words_and_goes_where_it_is_hers() {
        let mut known = marta();
        known.without(&["Marta Vogel".to_string()].into());
        assert_eq!(known.reword("Marta Vogel has it"), None, "it may be the other one");
        assert!(known.reword(r#"{"person":"0190-marta","name":"Marta Vogel"}"#).is_some());
    }
}
