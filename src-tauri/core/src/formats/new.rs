//! New incidents as JSON, as a script hands them in: one object, or several as JSON
//! Lines. Everything wrong is found at once, each with its path, and with one thing
//! wrong nothing counts.

use chrono::DateTime;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::domain::assessment::Answers;
use crate::domain::facts::TriedResult;
use crate::domain::severity::Severity;
use crate::domain::text::{clean_line, shorten};
use crate::domain::time::Instant;

/// The most that is read at once, in bytes.
pub const LONGEST: usize = 4 * 1024 * 1024;

/// The most incidents that come at once: they are filed all together or not at all.
pub const MOST: usize = 1000;

/// The most characters of a caller's key.
pub const LONGEST_KEY: usize = 200;

/// A new incident. "what" is needed, and "service" or "place"; a draft needs neither.
#[derive(Clone, Debug, Default, PartialEq, Eq, JsonSchema)]
#[serde(default, deny_unknown_fields)]
#[schemars(title = "A new incident for Baton", rename = "NewIncident")]
pub struct NewIncident {
    /// What happened, as it will be sent. The first line is the title.
    pub what: Option<String>,
    /// The name of a service of the directory. Where there is none of that name, it counts as "place", and the answer says so.
    pub service: Option<String>,
    /// Where, in words, for what is not in the directory.
    pub place: Option<String>,
    /// Who is affected.
    pub who: Option<String>,
    /// Who reported it, and where they can be called.
    pub reported_by: Option<String>,
    /// How many people are affected.
    pub people_affected: Option<u32>,
    /// How much of it is affected, in percent.
    #[schemars(range(max = 100))]
    pub affected_percent: Option<u8>,
    /// When it began, by RFC 3339: "2026-11-23T13:40:00+01:00".
    #[schemars(with = "Option<Moment>")]
    pub began: Option<Instant>,
    /// Money lost per hour where all of it is affected, in the desk's currency.
    pub cost_per_hour: Option<u32>,
    /// The currency of "cost_per_hour" by ISO 4217, such as "EUR". Another one than the desk's is refused.
    pub currency: Option<String>,
    /// Orders lost per hour where all of it is affected.
    pub orders_per_hour: Option<u32>,
    /// How many customers are affected.
    pub customers_affected: Option<u32>,
    /// What has been tried.
    pub tried: Option<Vec<NewTried>>,
    /// Files to attach, by their paths: whole, or from the folder in which the command runs. What may be attached in the window may be attached so.
    pub attach: Option<Vec<String>>,
    /// The answers of step 1; a question that is left out is not answered. They say how severe it is, unless "severity" does.
    pub answers: Option<Answers>,
    /// Against what the answers say.
    pub severity: Option<Severity>,
    /// The name of an escalation path, against the service's own. Where there is none of that name, the service's own is taken, and the answer says so.
    pub path: Option<String>,
    /// The caller's own name for it, such as a ticket number. The same key again is the same incident, and nothing is filed or sent twice.
    pub key: Option<String>,
    /// True makes a draft for a person to finish in the window, and nothing else.
    pub draft: Option<bool>,
    /// True calls people, along the path. Without it, the incident stands on the board and Baton asks the desk about it after a while.
    pub escalate: Option<bool>,
}

/// One thing that was tried.
#[derive(Clone, Debug, PartialEq, Eq, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NewTried {
    /// What was done.
    pub what: String,
    /// What came of it; "no_effect" where nothing is said.
    #[serde(default)]
    pub result: Option<TriedResult>,
    /// When, by RFC 3339; now where nothing is said.
    #[serde(default)]
    #[schemars(with = "Option<Moment>")]
    pub at: Option<Instant>,
}

/// How a moment is written; `Instant` is how it is counted.
#[derive(JsonSchema)]
#[schemars(inline, transparent, extend("format" = "date-time"))]
#[allow(dead_code, reason = "only its form is read")]
struct Moment(String);

/// Something wrong, and where: "$.tried[0].at", or "$[3].what" where it is in the fourth line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fault {
    pub path: String,
    pub words: String,
}

/// The schema of one object.
#[must_use]
pub fn schema() -> String {
    let schema = schemars::schema_for!(NewIncident);
    format!("{:#}\n", schema.as_value())
}

/// Everything in it, or everything that is wrong with it.
pub fn read(bytes: &[u8]) -> Result<Vec<NewIncident>, Vec<Fault>> {
    let whole = |words: String| vec![Fault { path: "$".into(), words }];
    if bytes.len() > LONGEST {
        return Err(whole(format!("This is more than {} MB, which is no description of an incident.", LONGEST / 1024 / 1024)));
    }
    let text = std::str::from_utf8(bytes).map_err(|error| {
        let at = error.valid_up_to();
        whole(format!("This is not UTF-8: byte {at} ({:#04x}) belongs to no letter.", bytes.get(at).copied().unwrap_or_default()))
    })?;
    let text = text.trim_start_matches('\u{feff}');
    if text.trim().is_empty() {
        return Err(whole("Nothing came in. One JSON object is wanted, or several, each on a line.".into()));
    }
    let values = values(text)?;
    if values.len() > MOST {
        return Err(whole(format!("These are {} incidents; up to {MOST} are taken at once.", values.len())));
    }
    let alone = values.len() == 1;
    let mut faults = vec![];
    let mut read = vec![];
    for (at, value) in values.into_iter().enumerate() {
        let path = if alone { "$".to_string() } else { format!("$[{at}]") };
        read.push(incident(value, &path, &mut faults));
    }
    if faults.is_empty() { Ok(read) } else { Err(faults) }
}

/// One after the other, with nothing between them but space and line breaks.
fn values(text: &str) -> Result<Vec<Value>, Vec<Fault>> {
    let mut values = vec![];
    for value in serde_json::Deserializer::from_str(text).into_iter::<Value>() {
        match value {
            Ok(value) => values.push(value),
            Err(error) => {
                let path = if values.is_empty() { "$".into() } else { format!("$[{}]", values.len()) };
                return Err(vec![Fault { path, words: format!("This is no JSON: {error}.") }]);
            }
        }
        if values.len() > MOST {
            break;
        }
    }
    Ok(values)
}

fn incident(value: Value, path: &str, faults: &mut Vec<Fault>) -> NewIncident {
    let Value::Object(map) = value else {
        faults.push(wanted(path, "an object with a \"what\" in it", &value));
        return NewIncident::default();
    };
    let mut fields = Fields { map, path: path.into(), faults };
    let new = NewIncident {
        what: fields.text("what"),
        service: fields.line("service"),
        place: fields.line("place"),
        who: fields.text("who"),
        reported_by: fields.line("reported_by"),
        people_affected: fields.figure("people_affected"),
        affected_percent: fields.percent("affected_percent"),
        began: fields.moment("began"),
        cost_per_hour: fields.figure("cost_per_hour"),
        currency: fields.line("currency"),
        orders_per_hour: fields.figure("orders_per_hour"),
        customers_affected: fields.figure("customers_affected"),
        tried: fields.list("tried", tried),
        attach: fields.paths("attach"),
        answers: fields.answers(),
        severity: fields.word("severity"),
        path: fields.line("path"),
        key: fields.line("key"),
        draft: fields.yes_or_no("draft"),
        escalate: fields.yes_or_no("escalate"),
    };
    if new.draft == Some(true) && new.escalate == Some(true) {
        fields.fault("escalate", "A draft is not escalated: leave one of \"draft\" and \"escalate\" out.".into());
    }
    if new.key.as_ref().is_some_and(|key| key.chars().count() > LONGEST_KEY) {
        fields.fault("key", format!("Up to {LONGEST_KEY} characters are kept of a key."));
    }
    if new.draft != Some(true) {
        let is_missing = |text: &Option<String>| text.as_ref().is_none_or(String::is_empty);
        if is_missing(&new.what) && !fields.is_faulty("what") {
            fields.fault("what", "What happened is missing; one line is enough.".into());
        }
        if is_missing(&new.service) && is_missing(&new.place) && !fields.is_faulty("service") && !fields.is_faulty("place") {
            fields.fault("service", "Where it happened is missing: \"service\" or \"place\".".into());
        }
    }
    fields.end();
    new
}

fn tried(fields: &mut Fields<'_>) -> NewTried {
    let what = fields.text("what").unwrap_or_default();
    if what.is_empty() && !fields.is_faulty("what") {
        fields.fault("what", "What was tried is missing.".into());
    }
    NewTried { what, result: fields.word("result"), at: fields.moment("at") }
}

/// The fields of one object as they are taken out of it. What is left at the end is unknown.
struct Fields<'a> {
    map: Map<String, Value>,
    path: String,
    faults: &'a mut Vec<Fault>,
}

impl Fields<'_> {
    fn at(&self, name: &str) -> String {
        format!("{}.{name}", self.path)
    }

    fn fault(&mut self, name: &str, words: String) {
        self.faults.push(Fault { path: self.at(name), words });
    }

    fn is_faulty(&self, name: &str) -> bool {
        let at = self.at(name);
        self.faults.iter().any(|fault| fault.path == at)
    }

    /// `null` is the same as leaving it out.
    fn take<T>(&mut self, name: &str, what: &str, read: impl FnOnce(&Value) -> Option<T>) -> Option<T> {
        let value = self.map.remove(name).filter(|value| !value.is_null())?;
        let taken = read(&value);
        if taken.is_none() {
            let path = self.at(name);
            self.faults.push(wanted(&path, what, &value));
        }
        taken
    }

    fn text(&mut self, name: &str) -> Option<String> {
        self.take(name, "a text", |value| value.as_str().map(crate::domain::text::clean))
    }

    fn line(&mut self, name: &str) -> Option<String> {
        self.take(name, "a text", |value| value.as_str().map(clean_line))
    }

    fn yes_or_no(&mut self, name: &str) -> Option<bool> {
        self.take(name, "true or false", Value::as_bool)
    }

    fn figure(&mut self, name: &str) -> Option<u32> {
        self.take(name, "a whole number from 0 to 4294967295", |value| value.as_u64().and_then(|figure| u32::try_from(figure).ok()))
    }

    fn percent(&mut self, name: &str) -> Option<u8> {
        let read = |value: &Value| value.as_u64().and_then(|percent| u8::try_from(percent).ok()).filter(|percent| *percent <= 100);
        self.take(name, "a whole number from 0 to 100, in percent", read)
    }

    fn moment(&mut self, name: &str) -> Option<Instant> {
        let read = |value: &Value| Some(Instant(DateTime::parse_from_rfc3339(value.as_str()?).ok()?.timestamp_millis()));
        self.take(name, "a moment by RFC 3339, such as \"2026-11-23T13:40:00+01:00\"", read)
    }

    /// One word of a few, as the type spells them.
    fn word<T: for<'de> Deserialize<'de>>(&mut self, name: &str) -> Option<T> {
        self.take(name, &words_of::<T>(), word)
    }

    fn answers(&mut self) -> Option<Answers> {
        let path = self.at("answers");
        let map = self.take("answers", "an object", |value| value.as_object().cloned())?;
        let mut fields = Fields { map, path, faults: &mut *self.faults };
        let answers = Answers {
            affected: fields.word("affected"),
            condition: fields.word("condition"),
            risks: fields.words("risks").map(|risks| risks.into_iter().collect()),
            expertise: fields.word("expertise"),
            stuck: fields.word("stuck"),
            gut: fields.word("gut"),
            colleague: fields.word("colleague"),
        };
        fields.end();
        Some(answers)
    }

    fn words<T: for<'de> Deserialize<'de>>(&mut self, name: &str) -> Option<Vec<T>> {
        let list = self.take(name, "a list", |value| value.as_array().cloned())?;
        let path = self.at(name);
        let mut found = vec![];
        for (at, value) in list.iter().enumerate() {
            match word(value) {
                Some(one) => found.push(one),
                None => self.faults.push(wanted(&format!("{path}[{at}]"), &words_of::<T>(), value)),
            }
        }
        Some(found)
    }

    /// Nothing is looked at yet: whether they are there is told by whoever reads them.
    fn paths(&mut self, name: &str) -> Option<Vec<String>> {
        let list = self.take(name, "a list", |value| value.as_array().cloned())?;
        let path = self.at(name);
        let mut found = vec![];
        for (at, value) in list.iter().enumerate() {
            match value.as_str().filter(|text| !text.trim().is_empty() && !text.contains('\0')) {
                Some(text) => found.push(text.to_string()),
                None => self.faults.push(wanted(&format!("{path}[{at}]"), "the path of a file", value)),
            }
        }
        Some(found)
    }

    fn list<T>(&mut self, name: &str, read: impl Fn(&mut Fields<'_>) -> T) -> Option<Vec<T>> {
        let list = self.take(name, "a list", |value| value.as_array().cloned())?;
        let mut found = vec![];
        for (at, value) in list.into_iter().enumerate() {
            let path = format!("{}[{at}]", self.at(name));
            let Value::Object(map) = value else {
                self.faults.push(wanted(&path, "an object", &value));
                continue;
            };
            let mut fields = Fields { map, path, faults: &mut *self.faults };
            found.push(read(&mut fields));
            fields.end();
        }
        Some(found)
    }

    /// Whatever nobody took out is misspelled, or means something that will not happen.
    fn end(self) {
        let Self { map, path, faults } = self;
        for name in map.keys() {
            let name = shorten(name, 60);
            faults.push(Fault { path: format!("{path}.{name}"), words: "There is no such field.".into() });
        }
    }
}

fn word<T: for<'de> Deserialize<'de>>(value: &Value) -> Option<T> {
    T::deserialize(value).ok().filter(|_| value.is_string())
}

/// "one of `down`, `degraded`", as serde says it of a word that there is not.
fn words_of<T: for<'de> Deserialize<'de>>() -> String {
    let error = T::deserialize(&Value::from("?")).err().map(|error| error.to_string()).unwrap_or_default();
    error.split_once("expected ").map_or_else(|| "another word".into(), |(_, words)| words.replace('`', "\""))
}

fn wanted(path: &str, what: &str, found: &Value) -> Fault {
    let found = match found {
        Value::Null => "null".into(),
        Value::Object(_) => "an object".into(),
        Value::Array(_) => "a list".into(),
        other => shorten(&other.to_string(), 60),
    };
    Fault { path: path.into(), words: format!("This has to be {what}; it is {found}.") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::{Path, PathBuf};

    /// `cargo xtask gen` sets it, to have the schema written there.
    const WRITE_INTO: &str = "BATON_DOCUMENTS";

    #[test]
    fn document_of_what_a_script_hands_in_is_the_schema_of_its_type() {
        let schema = schema();
        if let Some(folder) = std::env::var_os(WRITE_INTO) {
            return std::fs::write(PathBuf::from(folder).join("new.schema.json"), schema).expect("the folder is there");
        }
        let committed = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/new.schema.json");
        let committed = std::fs::read_to_string(committed).expect("docs/new.schema.json is committed");
        assert!(committed == schema, "docs/new.schema.json is not what the type says; run `cargo xtask gen`");
    }

    fn faults(text: &str) -> Vec<(String, String)> {
        let faults = read(text.as_bytes()).expect_err("something is wrong with it");
        faults.into_iter().map(|fault| (fault.path, fault.words)).collect()
    }

    fn paths(text: &str) -> Vec<String> {
        faults(text).into_iter().map(|(path, _)| path).collect()
    }

    #[test]
    fn everything_wrong_is_said_at_once_each_with_its_path() {
        let text = r#"{"what": 5, "service": ["Shop"], "who": true, "people_affected": -5, "affected_percent": 140, "began": "yesterday", "cost_per_hour": 1e12,
            "tried": [{"what": "Restarted", "result": "nothing"}, "rebooted", {"at": 7}], "answers": {"condition": "broken", "risks": ["legal", 3], "mood": 1},
            "attach": ["error.png", 7, " "], "reported_by": ["Ana"], "severity": "urgent", "draft": "yes", "escalte": true}"#;
        assert_eq!(
            paths(text),
            [
                "$.what",
                "$.service",
                "$.who",
                "$.reported_by",
                "$.people_affected",
                "$.affected_percent",
                "$.began",
                "$.cost_per_hour",
                "$.tried[0].result",
                "$.tried[1]",
                "$.tried[2].what",
                "$.tried[2].at",
                "$.attach[1]",
                "$.attach[2]",
                "$.answers.condition",
                "$.answers.risks[1]",
                "$.answers.mood",
                "$.severity",
                "$.draft",
                "$.escalte"
            ],
            "one run tells all there is to mend; a misspelled \"escalate\" must not pass for none"
        );
        let said = faults(text).into_iter().find(|(path, _)| path == "$.answers.condition").expect("one of them").1;
        assert_eq!(said, "This has to be one of \"down\", \"degraded\", \"at_risk\", \"not_sure\"; it is \"broken\".");
    }

    #[test]
    fn what_is_no_json_at_all_is_said_for_what_it_is() {
        for (bytes, words) in [
            (&b""[..], "Nothing came in"),
            (b" \n\t ", "Nothing came in"),
            (b"{\"what\": \"caf\xe9\"}", "not UTF-8: byte 13 (0xe9)"),
            (b"\xff\xfe{\0}\0", "not UTF-8: byte 0 (0xff)"),
            (b"{\"what\": ", "no JSON: EOF"),
            (b"[1, 2]", "has to be an object"),
            (b"checkout is down", "no JSON"),
        ] {
            let faults = read(bytes).expect_err("nothing to file");
            assert!(faults.len() == 1 && faults[0].words.contains(words), "{bytes:?}: {faults:?}");
        }
        let deep = "[".repeat(100_000);
        assert!(read(deep.as_bytes()).is_err(), "what is nested without an end is refused, not followed");
        let long = vec![b' '; LONGEST + 1];
        assert!(read(&long).expect_err("too long")[0].words.contains("more than 4 MB"));
    }

    #[test]
    fn several_come_on_lines_and_a_fault_names_its_line() {
        let lines = "{\"what\": \"a\", \"place\": \"x\"}\n\n{\"what\": \"b\"}\r\n{\"what\": \"c\", \"place\": \"x\"}\n";
        assert_eq!(paths(lines), ["$[1].service"], "the second one says no place");
        let good = lines.replace("\"b\"", "\"b\", \"service\": \"Shop\"");
        assert_eq!(read(good.as_bytes()).expect("three").len(), 3);
        let many = "{\"what\": \"a\", \"place\": \"x\"}\n".repeat(MOST + 1);
        assert!(faults(&many)[0].1.contains("up to 1000 are taken at once"));
    }

    #[test]
    fn a_draft_needs_nothing_and_is_not_escalated() {
        assert_eq!(read(br#"{"draft": true}"#).expect("a draft")[0].draft, Some(true));
        assert_eq!(paths(r#"{"draft": true, "escalate": true}"#), ["$.escalate"], "which of the two is for the caller to say");
    }

    #[test]
    fn the_schema_and_the_reader_know_the_same_fields() {
        let schema: Value = serde_json::from_str(&schema()).expect("JSON");
        let of = |schema: &Value| -> Vec<String> { schema["properties"].as_object().expect("properties").keys().cloned().collect() };
        let object = |names: &[String]| Value::Object(names.iter().map(|name| (name.clone(), serde_json::json!([[[]]]))).collect());
        // What is of no use anywhere is a fault at each field the reader knows, and "no such field" nowhere.
        let known = |text: &str| -> Vec<String> {
            let unknown: Vec<String> =
                faults(text).into_iter().filter(|(_, words)| words == "There is no such field.").map(|(at, _)| at).collect();
            assert_eq!(unknown, Vec::<String>::new(), "a field of the schema that the reader does not know");
            paths(text)
        };
        assert_eq!(known(&object(&of(&schema)).to_string()).len(), of(&schema).len(), "each field is looked at");
        assert_eq!(schema["additionalProperties"], Value::Bool(false), "and no other is taken");
        for (name, in_list) in [("Answers", false), ("NewTried", true)] {
            let within = object(&of(&schema["$defs"][name]));
            let field = if in_list { "tried" } else { "answers" };
            let text = serde_json::json!({ "what": "a", "place": "b", field: if in_list { serde_json::json!([within]) } else { within } });
            assert_eq!(known(&text.to_string()).len(), of(&schema["$defs"][name]).len(), "{name}");
        }
    }

    proptest::proptest! {
        #[test]
        fn whatever_comes_in_is_read_without_harm(bytes in proptest::collection::vec(0_u8..=255, 0..200), text in "[\\[\\]{}\":,a-z0-9\\\\ \\n]{0,200}") {
            let _ = (read(&bytes), read(text.as_bytes()));
        }
    }
}
