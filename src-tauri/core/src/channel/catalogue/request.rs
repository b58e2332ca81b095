//! One request as templates, and as it is made of a message.

use std::fmt;

use minijinja::{Environment, Value};
use reqwest::Method;
use reqwest::header::{HeaderName, HeaderValue};
use url::Url;
use url::form_urlencoded::Serializer;

use crate::channel::{one_way, said};

#[derive(Debug)]
pub(in crate::channel) struct Parts {
    pub(super) method: Method,
    pub(super) base: Base,
    /// The template of what follows the base.
    pub(super) address: String,
    pub(super) headers: Vec<(HeaderName, String)>,
    /// Templates of the names and of the values.
    pub(super) query: Vec<(String, String)>,
    pub(super) body: Body,
}

/// What an address begins with. A field is taken as it is; whatever follows it is
/// escaped, so that nothing in a message leads elsewhere.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Base {
    Written,
    Setting(String),
    Secret(String),
}

#[derive(Debug)]
pub(super) enum Body {
    None,
    Whole { template: String, content_type: &'static str },
    Form(Vec<(String, String)>),
}

/// A request ready to leave.
pub(in crate::channel) struct Made {
    pub method: Method,
    pub address: Url,
    pub headers: Vec<(HeaderName, HeaderValue)>,
    pub content_type: Option<&'static str>,
    pub body: String,
}

/// Why a request could not be made.
#[derive(Debug)]
pub(in crate::channel) enum Unmade {
    /// A template, by its name, and what it says.
    Template(String, minijinja::Error),
    Address(String),
    Header(HeaderName),
}

impl Parts {
    pub(in crate::channel) fn make(&self, templates: &Environment<'_>, with: &Value) -> Result<Made, Unmade> {
        let fill = |template: &str| fill(templates, template, with);
        let pairs = |pairs: &[(String, String)]| -> Result<Vec<(String, String)>, Unmade> {
            let mut all = pairs.iter().map(|(name, value)| Ok((fill(name)?, fill(value)?))).collect::<Result<Vec<_>, _>>()?;
            // A name that a setting leaves empty is a part that is not wanted.
            all.retain(|(name, _)| !name.is_empty());
            Ok(all)
        };
        let mut address = self.address(templates, with)?;
        let query = pairs(&self.query)?;
        if !query.is_empty() {
            address.query_pairs_mut().extend_pairs(query);
        }
        let mut headers = Vec::new();
        for (name, template) in &self.headers {
            let value = fill(template)?;
            if !value.is_empty() {
                let mut value = HeaderValue::from_str(&value).map_err(|_| Unmade::Header(name.clone()))?;
                value.set_sensitive(true);
                headers.push((name.clone(), value));
            }
        }
        let (content_type, body) = match &self.body {
            Body::None => (None, String::new()),
            Body::Whole { template, content_type } => (Some(*content_type), fill(template)?),
            Body::Form(form) => {
                (Some("application/x-www-form-urlencoded"), Serializer::new(String::new()).extend_pairs(pairs(form)?).finish())
            }
        };
        Ok(Made { method: self.method.clone(), address, headers, content_type, body })
    }

    pub(in crate::channel) fn address(&self, templates: &Environment<'_>, with: &Value) -> Result<Url, Unmade> {
        let rest = fill(templates, &self.address, with)?;
        let base = match &self.base {
            Base::Written => String::new(),
            Base::Setting(key) => field(with, "settings", key),
            Base::Secret(key) => field(with, "secrets", key),
        };
        let base = base.trim();
        let base = if rest.starts_with('/') { base.trim_end_matches('/') } else { base };
        one_way::url(&format!("{base}{rest}")).map_err(Unmade::Address)
    }

    /// The field that says where it goes, if it is one.
    pub(in crate::channel) fn field(&self) -> Option<&str> {
        match &self.base {
            Base::Written => None,
            Base::Setting(key) | Base::Secret(key) => Some(key),
        }
    }

    /// The field, a secret one if there is one, that a header is made of.
    pub(in crate::channel) fn field_in(&self, templates: &Environment<'_>, header: &HeaderName) -> Option<String> {
        let (_, template) = self.headers.iter().find(|(name, _)| name == header)?;
        let named = templates.get_template(template).ok()?.undeclared_variables(true);
        ["secrets.", "settings."].into_iter().find_map(|of| named.iter().find_map(|name| name.strip_prefix(of)).map(String::from))
    }

    /// The headers that hold a secret, each as it will be sent.
    pub(in crate::channel) fn secret_headers(&self, templates: &Environment<'_>, with: &Value) -> Vec<String> {
        let secret = |template: &&(HeaderName, String)| {
            templates.get_template(&template.1).is_ok_and(|found| found.undeclared_variables(false).contains("secrets"))
        };
        self.headers.iter().filter(secret).filter_map(|(_, template)| fill(templates, template, with).ok()).collect()
    }
}

pub(super) fn fill(templates: &Environment<'_>, template: &str, with: &Value) -> Result<String, Unmade> {
    templates.get_template(template).and_then(|found| found.render(with)).map_err(|error| Unmade::Template(template.to_string(), error))
}

fn field(with: &Value, of: &str, key: &str) -> String {
    with.get_attr(of).and_then(|fields| fields.get_attr(key)).map_or_else(|_| String::new(), |value| value.to_string())
}

impl fmt::Display for Unmade {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Template(name, error) => write!(to, "{}: {}", name.split(':').nth(1).unwrap_or(name), said(&format!("{error:#}"))),
            Self::Address(words) => to.write_str(words),
            Self::Header(name) => write!(to, "The header {name} cannot hold what it would have to."),
        }
    }
}
