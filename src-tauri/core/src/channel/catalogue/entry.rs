//! One provider, read from its file.

use minijinja::{Environment, Value};
use reqwest::header::HeaderName;

use super::fault::FileFault;
use super::meaning::Answers;
use super::reading;
use super::request::{Made, Parts, Unmade, fill};
use super::written::{Limits, Signing};
use crate::domain::channel::Provider;

#[derive(Debug)]
pub struct Entry {
    pub provider: Provider,
    /// What is good to know of it, for the guide.
    pub notes: Vec<String>,
    pub(super) before: Vec<Step>,
    pub(super) request: Parts,
    pub(super) again: Option<Again>,
    pub(super) limits: Limits,
    pub(super) signing: Option<Signing>,
    pub(super) answers: Answers,
    pub(super) templates: Environment<'static>,
}

/// A request that comes before the message's own.
#[derive(Debug)]
pub(in crate::channel) struct Step {
    pub name: String,
    pub value_at: String,
    pub needed: bool,
    /// Where in the answer which template's words have to be, for its value to count.
    pub sure: Option<(String, String)>,
    pub request: Parts,
}

/// What is sent where a step has found something.
#[derive(Debug)]
pub(super) struct Again {
    pub when: String,
    pub request: Parts,
    pub id_at: Option<String>,
}

impl Entry {
    /// Reads one file and proves it.
    pub fn read(file: &str, text: &str) -> Result<Self, FileFault> {
        reading::read(file, text, true)
    }

    /// Reads one that a test has proven.
    pub(super) fn read_proven(file: &str, text: &str) -> Result<Self, FileFault> {
        reading::read(file, text, false)
    }

    pub(in crate::channel) const fn limits(&self) -> &Limits {
        &self.limits
    }

    pub(in crate::channel) const fn signing(&self) -> Option<Signing> {
        self.signing
    }

    pub(in crate::channel) const fn answers(&self) -> &Answers {
        &self.answers
    }

    pub(in crate::channel) fn before(&self) -> &[Step] {
        &self.before
    }

    /// The message's own request, which depends on what the steps before found.
    pub(in crate::channel) fn request(&self, with: &Value) -> &Parts {
        self.found(with).map_or(&self.request, |again| &again.request)
    }

    /// Where in an accepting answer to that request the provider's id is.
    pub(in crate::channel) fn id_at(&self, with: &Value) -> Option<&str> {
        self.found(with).map_or(self.answers.id_at.as_deref(), |again| again.id_at.as_deref())
    }

    pub(in crate::channel) fn make(&self, parts: &Parts, with: &Value) -> Result<Made, Unmade> {
        parts.make(&self.templates, with)
    }

    pub(in crate::channel) fn fill(&self, template: &str, with: &Value) -> Result<String, Unmade> {
        fill(&self.templates, template, with)
    }

    /// Every request there is, for checking a set-up with each.
    pub(in crate::channel) fn requests(&self) -> impl Iterator<Item = &Parts> {
        let before = self.before.iter().map(|step| &step.request);
        before.chain([&self.request]).chain(self.again.iter().map(|again| &again.request))
    }

    /// The field that a header is made of.
    pub(in crate::channel) fn field_in(&self, parts: &Parts, header: &HeaderName) -> Option<String> {
        parts.field_in(&self.templates, header)
    }

    /// The headers of every request that hold a secret, as they will be sent.
    pub(in crate::channel) fn secret_headers(&self, with: &Value) -> Vec<String> {
        self.requests().flat_map(|parts| parts.secret_headers(&self.templates, with)).collect()
    }

    /// A template as it is written.
    pub(super) fn source(&self, template: &str) -> Option<String> {
        self.templates.get_template(template).ok().map(|found| found.source().to_string())
    }

    fn found(&self, with: &Value) -> Option<&Again> {
        let found = |again: &&Again| {
            let before = with.get_attr("before").and_then(|before| before.get_attr(&again.when));
            before.is_ok_and(|value| value.as_str().is_some_and(|value| !value.is_empty()))
        };
        self.again.as_ref().filter(found)
    }
}
