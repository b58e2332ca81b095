//! From a file's text to an entry that works, or to the one line that is wrong.

use std::collections::BTreeMap;

use minijinja::Environment;
use reqwest::Method;
use reqwest::header::HeaderName;

use super::entry::{Again, Entry, Step};
use super::fault::{FileFault, Page, listed, meant};
use super::fields::fields;
use super::meaning::{Answers, Rule};
use super::proving::{Known, Proving, template_fault};
use super::rendering::{self, Goes, NAMES};
use super::request::{Base, Body, Parts};
use super::written::{Format, Said, Written, WrittenRequest};
use crate::domain::channel::{Field, FieldKind, Provider};

type Read<T> = Result<T, FileFault>;

/// Steps before a message, each of which may take as long as the message itself.
const STEPS: usize = 3;

/// What Baton says of a request by itself.
const OWN_HEADERS: [&str; 5] = ["host", "content-length", "transfer-encoding", "connection", "content-type"];

pub(super) fn read(file: &str, text: &str, prove: bool) -> Read<Entry> {
    let page = Page { file, text };
    let written: Written = toml::from_str(text).map_err(|error| page.unreadable(&error))?;
    let id = written.id.get_ref();
    if id.is_empty() || !id.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-') {
        return Err(page.at(
            &written.id,
            format!("`{id}` cannot be an id."),
            "Use lower-case letters, digits and dashes, such as `our-chat`.",
        ));
    }
    for (key, value) in [("name", &written.name), ("about", &written.about)] {
        if value.get_ref().trim().is_empty() {
            return Err(page.at(value, format!("`{key}` is empty."), "Say it in a few words: people choose by it."));
        }
    }
    let fields = fields(page, &written.fields)?;
    if let Some(signing) = &written.signing
        && !fields.iter().any(|field| field.key == "signing_secret" && field.kind == FieldKind::Secret)
    {
        let remedy = "Add a field with `key = \"signing_secret\"` and `kind = \"secret\"`.";
        return Err(page.fault(signing.span().start, "Signing needs a secret, and there is none.", remedy));
    }
    let steps: Vec<&str> = written.before.iter().map(|step| step.name.get_ref().as_str()).collect();
    let mut reader = Reader { page, fields: &fields, steps, templates: rendering::environment(), known: Vec::new() };
    // For where in a template a mistake is; off again before any secret is near.
    reader.templates.set_debug(true);
    let before = reader.steps(&written)?;
    let request = reader.request("request", &written.request)?;
    let again = reader.again(&written)?;
    let answers = reader.answers(&written)?;
    let Reader { known, templates, .. } = reader;
    let provider = Provider {
        id: id.clone(),
        name: written.name.get_ref().clone(),
        about: written.about.get_ref().clone(),
        reach: written.reach,
        address: written.address.clone(),
        fields: fields.clone(),
    };
    let mut entry = Entry {
        provider,
        notes: written.notes.clone(),
        before,
        request,
        again,
        limits: written.limits.clone(),
        signing: written.signing.as_ref().map(|signing| *signing.get_ref()),
        answers,
        templates,
    };
    if prove {
        Proving { page, known: &known, entry: &entry }.prove()?;
    }
    entry.templates.set_debug(false);
    Ok(entry)
}

struct Reader<'a> {
    page: Page<'a>,
    fields: &'a [Field],
    steps: Vec<&'a str>,
    templates: Environment<'static>,
    known: Vec<Known<'a>>,
}

impl<'a> Reader<'a> {
    fn template(&mut self, goes: Goes, path: &str, said: &'a Said, from: usize) -> Read<String> {
        let name = format!("{}:{path}", goes.name());
        let source = said.get_ref()[from..].to_string();
        self.known.push(Known { name: name.clone(), said, from });
        if let Err(error) = self.templates.add_template_owned(name.clone(), source) {
            return Err(template_fault(self.page, &self.known, &name, &error));
        }
        self.names(&name)?;
        Ok(name)
    }

    /// Whether everything the template names is there, also where no sample leads.
    fn names(&self, template: &str) -> Read<()> {
        let Ok(found) = self.templates.get_template(template) else { return Ok(()) };
        let mut named: Vec<String> = found.undeclared_variables(true).into_iter().collect();
        named.sort_unstable();
        for name in &named {
            let (root, rest) = name.split_once('.').unwrap_or((name, ""));
            let key = rest.split('.').next().unwrap_or_default();
            let fault = |words: String, remedy: String| Err(self.spot(template, if key.is_empty() { root } else { name }, &words, &remedy));
            let secret = |wanted: bool| -> Vec<&str> {
                self.fields.iter().filter(|field| (field.kind == FieldKind::Secret) == wanted).map(|field| field.key.as_str()).collect()
            };
            if !NAMES.contains(&root) {
                let remedy = meant(root, &NAMES).unwrap_or_else(|| format!("Known here: {}.", listed(&NAMES)));
                return fault(format!("A template cannot say `{root}`: there is nothing of that name."), remedy);
            }
            if key.is_empty() {
                continue;
            }
            let (known, other) = match root {
                "settings" => (secret(false), secret(true)),
                "secrets" => (secret(true), secret(false)),
                "before" => (self.steps.clone(), Vec::new()),
                "to" => (vec!["name", "address"], Vec::new()),
                _ => continue,
            };
            if known.contains(&key) {
                continue;
            }
            let remedy = match root {
                "settings" if other.contains(&key) => format!("It is a secret: write `secrets.{key}`."),
                "secrets" if other.contains(&key) => {
                    format!("It is no secret: write `settings.{key}`, or give the field `kind = \"secret\"`.")
                }
                "before" => {
                    return fault(format!("No request before this one is called `{key}`."), format!("Known here: {}.", listed(&known)));
                }
                "to" => return fault(format!("`to` has no `{key}`."), format!("Known here: {}.", listed(&known))),
                "secrets" => format!("Add a field with `key = \"{key}\"` and `kind = \"secret\"`."),
                _ => meant(key, &known).unwrap_or_else(|| format!("Add a field with `key = \"{key}\"`.")),
            };
            return fault(format!("`{root}.{key}` is asked of nobody: no such field is in this file."), remedy);
        }
        Ok(())
    }

    /// A fault where `words` first stand in a template.
    fn spot(&self, template: &str, named: &str, words: &str, remedy: &str) -> FileFault {
        let Some(known) = self.known.iter().rev().find(|known| known.name == template) else { return self.page.fault(0, words, remedy) };
        let place = known.said.get_ref()[known.from..].find(named).unwrap_or(0) + known.from;
        self.page.within(known.said, place, words, remedy)
    }

    fn steps(&mut self, written: &'a Written) -> Read<Vec<Step>> {
        let mut steps = Vec::new();
        for (at, one) in written.before.iter().enumerate() {
            let name = one.name.get_ref();
            if at >= STEPS || name.is_empty() || self.steps[..at].contains(&name.as_str()) {
                let words = format!("`{name}` cannot be the name of another request before the message.");
                return Err(self.page.at(&one.name, words, format!("At most {STEPS}, each with its own name.")));
            }
            let path = format!("before.{name}");
            let sure = match (&one.sure_at, &one.sure_if) {
                (Some(at), Some(part)) => {
                    Some((self.pointer("sure_at", at)?, self.template(Goes::Plain, &format!("{path}.sure_if"), part, 0)?))
                }
                (None, None) => None,
                (Some(said), None) | (None, Some(said)) => {
                    return Err(self.page.at(said, "`sure_at` and `sure_if` stand together.", "Write both, or neither."));
                }
            };
            let value_at = self.pointer("value_at", &one.value_at)?;
            let request = self.request(&format!("{path}.request"), &one.request)?;
            steps.push(Step { name: name.clone(), value_at, needed: one.needed, sure, request });
        }
        Ok(steps)
    }

    fn again(&mut self, written: &'a Written) -> Read<Option<Again>> {
        let Some(again) = &written.again else { return Ok(None) };
        let when = again.when.get_ref();
        if !self.steps.contains(&when.as_str()) {
            let remedy = format!("Known here: {}.", listed(&self.steps));
            return Err(self.page.at(&again.when, format!("No request before this one is called `{when}`."), remedy));
        }
        let id_at = again.id_at.as_ref().map(|said| self.pointer("id_at", said)).transpose()?;
        Ok(Some(Again { when: when.clone(), id_at, request: self.request("again.request", &again.request)? }))
    }

    fn request(&mut self, path: &str, written: &'a WrittenRequest) -> Read<Parts> {
        let method = match written.method.as_ref().map_or("POST", |said| said.get_ref().as_str()) {
            "GET" => Method::GET,
            "POST" => Method::POST,
            "PUT" => Method::PUT,
            "PATCH" => Method::PATCH,
            other => {
                let said = written.method.as_ref().unwrap_or(&written.address);
                return Err(self.page.at(said, format!("`{other}` is no method that can be used."), "Use GET, POST, PUT or PATCH."));
            }
        };
        let (base, from) = self.base(&written.address)?;
        let address = self.template(Goes::Address, &format!("{path}.address"), &written.address, from)?;
        let mut headers = Vec::new();
        for (name, said) in &written.headers {
            let lower = name.to_ascii_lowercase();
            let header = HeaderName::from_bytes(lower.as_bytes()).ok().filter(|_| !OWN_HEADERS.contains(&lower.as_str()));
            let Some(header) = header else {
                return Err(self.page.at(
                    said,
                    format!("`{name}` is no header that can be set."),
                    format!("Not {}.", listed(&OWN_HEADERS)),
                ));
            };
            headers.push((header, self.template(Goes::Plain, &format!("{path}.headers.{lower}"), said, 0)?));
        }
        let query = self.pairs(&format!("{path}.query"), &written.query)?;
        let body = self.body(path, written, &method)?;
        Ok(Parts { method, base, address, headers, query, body })
    }

    /// What an address begins with, and how many bytes that takes.
    fn base(&self, address: &Said) -> Read<(Base, usize)> {
        let text = address.get_ref();
        if let Some(rest) = text.strip_prefix("https://") {
            // What is filled in there could lead anywhere.
            let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
            if let Some(place) = host.find('{') {
                let remedy = "Write the server out, or begin with a field of the kind `url`, such as `{{ settings.url }}`.";
                return Err(self.page.within(address, "https://".len() + place, "A template says which server this goes to.", remedy));
            }
            return Ok((Base::Written, 0));
        }
        let wanted = "Begin with https:// or with a field that holds an address, such as `{{ settings.url }}`.";
        let field = text.strip_prefix("{{").and_then(|rest| rest.split_once("}}")).map(|(field, _)| field.trim());
        let plain = |(_, key): &(&str, &str)| key.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
        let Some((of, key)) = field.and_then(|field| field.split_once('.')).filter(plain) else {
            return Err(self.page.at(address, "This address does not say where it begins.", wanted));
        };
        let field = self.fields.iter().find(|field| field.key == key);
        let base = match (of, field.map(|field| field.kind)) {
            ("settings", Some(FieldKind::Url)) => Base::Setting(key.into()),
            ("secrets", Some(FieldKind::Secret)) => Base::Secret(key.into()),
            ("secrets", _) => {
                let remedy = format!("Add a field with `key = \"{key}\"` and `kind = \"secret\"`.");
                return Err(self.page.at(address, format!("`secrets.{key}` is asked of nobody: no such field is in this file."), remedy));
            }
            ("settings", _) => {
                let remedy = format!("Add a field with `key = \"{key}\"` and `kind = \"url\"`.");
                return Err(self.page.at(address, format!("`settings.{key}` is no field that holds an address."), remedy));
            }
            _ => return Err(self.page.at(address, "This address does not say where it begins.", wanted)),
        };
        if field.is_some_and(|field| !field.required && field.default.is_empty()) {
            let words = format!("The field `{key}` says where it goes, and may be left empty.");
            return Err(self.page.at(address, words, "Add `required = true` to it."));
        }
        let end = text.find("}}").map_or(0, |end| end + 2);
        // Right behind a server's name, it would be a part of that name.
        if !text[end..].is_empty() && !text[end..].starts_with(['/', '?']) {
            let remedy = "Put a / or a ? between, or use `query`.";
            return Err(self.page.within(address, end, format!("What follows `{of}.{key}` would change which server it goes to."), remedy));
        }
        Ok((base, end))
    }

    fn pairs(&mut self, path: &str, written: &'a BTreeMap<String, Said>) -> Read<Vec<(String, String)>> {
        let mut pairs = Vec::new();
        for (key, said) in written {
            let (name, value) = (format!("plain:{path}.{key} as a name"), format!("{path}.{key}"));
            if let Err(error) = self.templates.add_template_owned(name.clone(), key.clone()) {
                let detail = error.detail().unwrap_or_default();
                return Err(self.page.at(said, format!("The name `{key}` is no template: {detail}."), "Mend it, or write it without { }."));
            }
            pairs.push((name, self.template(Goes::Plain, &value, said, 0)?));
        }
        Ok(pairs)
    }

    fn body(&mut self, path: &str, written: &'a WrittenRequest, method: &Method) -> Read<Body> {
        match (&written.body, &written.form) {
            (Some(said), _) if *method == Method::GET => {
                Err(self.page.at(said, "A GET request has no body.", "Put it into `query`, or use POST."))
            }
            (Some(said), Some(_)) => Err(self.page.at(said, "A request has a `body` or a `form`, not both.", "Remove one of them.")),
            (Some(said), None) => {
                let (goes, content_type) = match written.format.as_ref().map(|format| *format.get_ref()) {
                    Some(Format::Json) | None => (Goes::Json, "application/json"),
                    Some(Format::Xml) => (Goes::Xml, "application/xml; charset=utf-8"),
                    Some(Format::Text) => (Goes::Plain, "text/plain; charset=utf-8"),
                };
                Ok(Body::Whole { template: self.template(goes, &format!("{path}.body"), said, 0)?, content_type })
            }
            (None, _) if written.format.is_some() => {
                let at = written.format.as_ref().map_or(0, |format| format.span().start);
                Err(self.page.fault(
                    at,
                    "`format` says how a `body` is written, and there is none.",
                    "Add a `body`, or leave `format` out.",
                ))
            }
            (None, Some(form)) => Ok(Body::Form(self.pairs(&format!("{path}.form"), form)?)),
            (None, None) => Ok(Body::None),
        }
    }

    fn pointer(&self, key: &str, said: &Said) -> Read<String> {
        let text = said.get_ref();
        if text.starts_with('/') {
            return Ok(text.clone());
        }
        let remedy = format!("Each step begins with /, such as `{key} = \"/ticket/id\"` or \"/0/id\".");
        Err(self.page.at(said, format!("`{text}` is no place in a JSON answer."), remedy))
    }

    fn answers(&mut self, written: &'a Written) -> Read<Answers> {
        let accepted = &written.accepted;
        let mut rules = Vec::new();
        for one in &written.answers {
            let rule = one.get_ref();
            let at = rule.at.as_ref().map(|said| self.pointer("at", said)).transpose()?;
            if rule.is.is_some() && at.is_none() {
                let remedy = "Add `at`, such as `at = \"/success\"`.";
                return Err(self.page.fault(one.span().start, "`is` compares what stands at `at`, and there is no `at`.", remedy));
            }
            if rule.status.is_empty() && rule.contains.is_none() && at.is_none() {
                let remedy = "Add `status`, `contains` or `at`.";
                return Err(self.page.fault(one.span().start, "This rule would hold for every answer.", remedy));
            }
            rules.push(Rule {
                status: rule.status.clone(),
                contains: rule.contains.clone(),
                at,
                is: rule.is.clone(),
                meaning: rule.means,
                hint: rule.hint.clone(),
            });
        }
        let pointer = |reader: &Self, key, said: &Option<Said>| said.as_ref().map(|said| reader.pointer(key, said)).transpose();
        let mut contains = Vec::new();
        for (at, said) in accepted.contains.iter().enumerate() {
            contains.push(self.template(Goes::Plain, &format!("accepted.contains {at}"), said, 0)?);
        }
        let (id_at, retry_after_at) =
            (pointer(self, "id_at", &accepted.id_at)?, pointer(self, "retry_after_at", &accepted.retry_after_at)?);
        Ok(Answers { rules, id_at, contains, retry_after_at })
    }
}
