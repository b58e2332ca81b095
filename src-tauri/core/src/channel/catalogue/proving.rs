//! Whether an entry works: it is tried with messages of every kind before any is
//! sent, and whatever goes wrong is told by the line it stands on.

use std::collections::BTreeMap;

use minijinja::{ErrorKind, Value};

use super::entry::Entry;
use super::fault::{FileFault, Page, listed, meant};
use super::rendering::{FILTERS, Words, words_for};
use super::request::{Body, Parts, Unmade};
use super::sample::samples;
use super::written::Said;
use crate::domain::channel::{Field, FieldKind};
use crate::domain::id::DeliveryId;
use crate::domain::text::shorten;

/// A template and where in the file it stands.
pub(super) struct Known<'a> {
    pub name: String,
    pub said: &'a Said,
    /// Bytes of the text before the template begins.
    pub from: usize,
}

/// Tries an entry with messages of every kind, every field filled in or as few as
/// may be.
pub(super) struct Proving<'a> {
    pub page: Page<'a>,
    pub known: &'a [Known<'a>],
    pub entry: &'a Entry,
}

impl Proving<'_> {
    pub(super) fn prove(&self) -> Result<(), FileFault> {
        for message in samples() {
            for full in [true, false] {
                for found in [true, false] {
                    let before: BTreeMap<&str, &str> =
                        self.entry.before.iter().map(|step| (step.name.as_str(), if found { "12345" } else { "" })).collect();
                    let words = Words {
                        text: "All of it,\n\"quoted\" & <more>",
                        text_is_gsm: full,
                        delivery: DeliveryId(uuid::Uuid::nil()),
                        to_name: "Ilse \"the\" Brandl",
                        to_address: "ilse@example.org",
                        settings: self.values(false, full),
                        secrets: self.values(true, full),
                        before: before.into(),
                    };
                    self.with(&words_for(&message, words))?;
                }
            }
        }
        Ok(())
    }

    fn with(&self, with: &Value) -> Result<(), FileFault> {
        // What is sent again is sent only where something was found.
        for parts in self.entry.before.iter().map(|step| &step.request).chain([self.entry.request(with)]) {
            let made = self.entry.make(parts, with).map_err(|unmade| self.unmade(parts, &unmade))?;
            if let Body::Whole { template, content_type: "application/json" } = &parts.body
                && let Err(error) = serde_json::from_str::<serde_json::Value>(&made.body)
            {
                return Err(self.no_json(template, &made.body, &error));
            }
        }
        let sure = self.entry.before.iter().filter_map(|step| step.sure.as_ref()).map(|(_, template)| template);
        for template in sure.chain(self.entry.answers.contains()) {
            self.entry.fill(template, with).map_err(|unmade| self.unmade(&self.entry.request, &unmade))?;
        }
        Ok(())
    }

    /// What a form would hold; a field that may be empty is, unless `full`.
    fn values(&self, secret: bool, full: bool) -> Value {
        let of = |field: &&Field| (field.kind == FieldKind::Secret) == secret;
        let fields = self.entry.provider.fields.iter().filter(of);
        fields.map(|field| (field.key.clone(), value(field, full).to_string())).collect::<BTreeMap<_, _>>().into()
    }

    fn unmade(&self, parts: &Parts, unmade: &Unmade) -> FileFault {
        let known = |name: &str| self.known.iter().find(|known| known.name == name);
        match unmade {
            Unmade::Template(name, error) => template_fault(self.page, self.known, name, error),
            Unmade::Address(words) => match known(&parts.address) {
                Some(address) => self.page.at(address.said, "This makes no address.", words.as_str()),
                None => self.page.fault(0, "This makes no address.", words.as_str()),
            },
            Unmade::Header(header) => {
                let said = parts.headers.iter().find(|(name, _)| name == header).and_then(|(_, template)| known(template));
                let remedy = "Letters without accents, digits and signs on one line are what a header can hold.";
                let words = format!("This makes no header `{header}`.");
                said.map_or_else(|| self.page.fault(0, words.as_str(), remedy), |known| self.page.at(known.said, words.as_str(), remedy))
            }
        }
    }

    fn no_json(&self, template: &str, body: &str, error: &serde_json::Error) -> FileFault {
        let Some(known) = self.known.iter().find(|known| known.name == template) else {
            return self.page.fault(0, "This makes no JSON.", "");
        };
        let source = known.said.get_ref();
        let what = error.to_string();
        let what = what.split(" at line ").next().unwrap_or_default();
        let line = body.lines().nth(error.line().saturating_sub(1)).unwrap_or_default().trim();
        let words = format!("With a message filled in, this is no JSON: {what}.");
        let remedy = if what.contains("expected") {
            "What stands in {{ }} brings its own quotes; what stands beside it needs a comma between."
        } else {
            "Look at the commas and brackets there."
        };
        self.page.within(known.said, line_that_makes(source, line), words, format!("It came to: {}. {remedy}", shorten(line, 120)))
    }
}

/// Where in a template the line stands that a line of what it made begins like.
fn line_that_makes(source: &str, made: &str) -> usize {
    let mut at = 0;
    for line in source.split_inclusive('\n') {
        let begins = line.trim().split("{{").next().and_then(|start| start.split("{%").next()).unwrap_or_default();
        if !begins.is_empty() && made.starts_with(begins) {
            return at + line.len() - line.trim_start().len();
        }
        at += line.len();
    }
    0
}

fn value(field: &Field, full: bool) -> &str {
    match field.kind {
        _ if !full && !field.required && field.default.is_empty() => "",
        FieldKind::Toggle => "yes",
        FieldKind::Url | FieldKind::Secret => "https://example.org/",
        _ if !field.default.is_empty() => &field.default,
        FieldKind::Choice => field.choices.first().map_or("", |(value, _)| value),
        FieldKind::Number => "1",
        FieldKind::Text => "some",
    }
}

/// What a template says that cannot be read or filled in.
pub(super) fn template_fault(page: Page<'_>, known: &[Known<'_>], name: &str, error: &minijinja::Error) -> FileFault {
    let Some(known) = known.iter().rev().find(|known| known.name == name) else { return page.fault(0, error.to_string(), "") };
    let source = &known.said.get_ref()[known.from..];
    let line = || source.split_inclusive('\n').take(error.line().unwrap_or(1) - 1).map(str::len).sum::<usize>();
    let range = error.range().filter(|range| range.end <= source.len());
    let place = known.from + range.as_ref().map_or_else(line, |range| range.start);
    let part = range.and_then(|range| source.get(range)).unwrap_or_default();
    let detail = error.detail().unwrap_or_default();
    let (words, remedy) = match error.kind() {
        ErrorKind::SyntaxError => (format!("This template is not well formed: {detail}."), "Check its braces and quotes.".into()),
        ErrorKind::UnknownFilter => {
            let filter = detail.split_whitespace().nth(1).unwrap_or_default();
            let remedy =
                meant(filter, &FILTERS).unwrap_or_else(|| format!("Baton's own are {}, besides those of minijinja.", listed(&FILTERS)));
            (format!("There is no filter `{filter}`."), remedy)
        }
        ErrorKind::UndefinedError => {
            (format!("`{part}` has no value here."), "Name something that is there, or ask with {% if %} first.".into())
        }
        ErrorKind::OutOfFuel => ("This template does not come to an end.".into(), "Make its loops shorter.".into()),
        _ => (format!("This template cannot be filled in: {error}."), "Mend what it does here.".into()),
    };
    page.within(known.said, place, words, remedy)
}
