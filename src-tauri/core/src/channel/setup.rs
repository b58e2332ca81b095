//! From what a form says to a channel that is ready, or to the field that is
//! wrong. Opened channels are kept, so that their connections are used again.

use std::collections::{BTreeMap, HashMap};
use std::fmt;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use super::catalogue::Catalogue;
use super::desktop::Desktop;
use super::http::Clients;
use super::mail::{Account, Mail};
use super::one_way::{Destination, OneWay};
use super::{
    ByHand, Channel, Outcome, Ready, call, desktop, jsm, mail, matrix, modem, ntfy, pagerduty, pushover, slack, telegram, twilio_call,
    twilio_text,
};
use crate::domain::channel::{ChannelSetup, Field, FieldKind, Provider};
use crate::domain::id::ChannelId;
use crate::error::{Failure, FailureCode};
use crate::host::{Notifier, Secret, SecretName, Secrets, SecretsFailure};

/// A setting that cannot be used: which field, and what to do about it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{words}")]
pub struct SetupFault {
    pub field: String,
    pub words: String,
}

impl SetupFault {
    pub(super) fn new(field: &str, words: impl Into<String>) -> Self {
        Self { field: field.into(), words: words.into() }
    }
}

impl From<SetupFault> for Failure {
    fn from(fault: SetupFault) -> Self {
        Self { code: FailureCode::Invalid, message: fault.words, details: vec![fault.field] }
    }
}

/// Everything a desk can set up, for the form that does it.
#[must_use]
pub fn providers(catalogue: &Catalogue) -> Vec<Provider> {
    let mut all = built_in();
    all.extend(catalogue.providers().cloned());
    all
}

/// The channels that are no file of the catalogue.
fn built_in() -> Vec<Provider> {
    let mut all = vec![mail::provider()];
    all.extend(TWO_WAY.iter().map(|kind| (kind.provider)()));
    all.extend([call::provider(), desktop::provider()]);
    all
}

/// Whether a channel could be opened as it is set up. Called on save; connects
/// nowhere.
pub fn check(catalogue: &Catalogue, setup: &ChannelSetup, secret: impl Fn(&str) -> Option<Secret>) -> Result<(), SetupFault> {
    plan(catalogue, setup, &secret, &Clients::default()).map(drop)
}

/// The same as far as it can be said without its secrets, which are kept elsewhere.
pub fn check_without_secrets(catalogue: &Catalogue, setup: &ChannelSetup) -> Result<(), SetupFault> {
    let clients = Clients::default();
    let known = providers(catalogue);
    let provider = known.iter().find(|provider| provider.id == setup.provider);
    let fields: Vec<&str> = provider
        .into_iter()
        .flat_map(|provider| &provider.fields)
        .filter(|field| field.kind == FieldKind::Secret)
        .map(|field| field.key.as_str())
        .collect();
    // Something that could be a password, and an address. A login needs one and no login none, so whichever of them are
    // there will do, all of them first.
    let without = |missing: usize| {
        let some = |key: &str| {
            let place = fields.iter().position(|field| *field == key)?;
            (missing & (1 << place) == 0).then(|| Secret::new("https://secret.invalid/".to_string()))
        };
        plan(catalogue, setup, &some, &clients).map(drop)
    };
    let all = without(0);
    if (1..1 << fields.len()).any(|missing| without(missing).is_ok()) {
        return Ok(());
    }
    match all {
        // What a secret has to look like is said once it is entered.
        Err(fault) if fields.contains(&fault.field.as_str()) => Ok(()),
        judged => judged,
    }
}

type Opening = Result<Arc<dyn Channel>, SetupFault>;

/// A channel over a provider's own interface.
struct Kind {
    provider: fn() -> Provider,
    open: fn(&Form, &Clients) -> Opening,
}

/// The channels that bring answers back, each in a file of its own.
const TWO_WAY: [Kind; 10] = [
    Kind { provider: slack::provider, open: slack::open },
    Kind { provider: telegram::provider, open: telegram::open },
    Kind { provider: jsm::provider, open: jsm::open },
    Kind { provider: matrix::provider, open: matrix::open },
    Kind { provider: ntfy::provider, open: ntfy::open },
    Kind { provider: pagerduty::provider, open: pagerduty::open },
    Kind { provider: pushover::provider, open: pushover::open },
    Kind { provider: twilio_text::provider, open: twilio_text::open },
    Kind { provider: twilio_call::provider, open: twilio_call::open },
    Kind { provider: modem::provider, open: modem::open },
];

/// What goes on at a provider after a message has arrived, so that it has to be told
/// when somebody has the incident, and when it is over, by whomever that came about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InStep {
    /// It rings on until it is told to stop.
    Rings,
    /// It keeps an alert of its own for each incident, which is closed with it.
    Keeps,
}

/// `None` where a message is all there is.
#[must_use]
pub fn in_step(provider: &str) -> Option<InStep> {
    match provider {
        "pushover" => Some(InStep::Rings),
        "jsm" | "pagerduty" => Some(InStep::Keeps),
        _ => None,
    }
}

/// Whether what is answered to a message comes back by it.
#[must_use]
pub fn brings_answers(setup: &ChannelSetup) -> bool {
    match setup.provider.as_str() {
        "mail" => setup.settings.get("imap_host").is_some_and(|host| !host.trim().is_empty()),
        id => TWO_WAY.iter().any(|kind| (kind.provider)().id == id),
    }
}

/// Whether it can open a room for an incident.
#[must_use]
pub fn opens_rooms(provider: &str) -> bool {
    matches!(provider, "slack" | "matrix")
}

/// How many bytes of files it carries at once after a message, 0 where each file goes
/// alone; `None` where it carries none.
#[must_use]
pub fn carries_files(provider: &str) -> Option<u64> {
    match provider {
        "mail" => Some(mail::TOGETHER),
        "matrix" | "slack" | "telegram" => Some(0),
        _ => None,
    }
}

/// What a set-up comes to once its fields are read.
enum Plan {
    Mail(Box<Account>),
    OneWay(Destination),
    TwoWay(Arc<dyn Channel>),
    Desktop,
    Call,
}

fn plan(
    catalogue: &Catalogue,
    setup: &ChannelSetup,
    secret: &dyn Fn(&str) -> Option<Secret>,
    clients: &Clients,
) -> Result<Plan, SetupFault> {
    let known = providers(catalogue);
    let provider = known.iter().find(|provider| provider.id == setup.provider).ok_or_else(|| {
        let words = "If it comes from a file of your own, Channels shows what became of the file; else this needs a newer Baton.";
        SetupFault::new("provider", format!("Baton knows no channel “{}” here. {words}", setup.provider))
    })?;
    let form = Form::read(provider, setup, secret)?;
    Ok(match setup.provider.as_str() {
        "mail" => Plan::Mail(Box::new(Account::read(&form)?)),
        "desktop" => Plan::Desktop,
        "call" => Plan::Call,
        id => {
            if let Some(kind) = TWO_WAY.iter().find(|kind| (kind.provider)().id == id) {
                return Ok(Plan::TwoWay((kind.open)(&form, clients)?));
            }
            let entry = catalogue.entry(id).ok_or_else(|| SetupFault::new("provider", "That entry of the catalogue is gone."))?;
            Plan::OneWay(Destination::read(entry, &form)?)
        }
    })
}

/// The fields as they were filled in, each already what its kind demands.
pub(super) struct Form {
    values: BTreeMap<String, String>,
    secrets: BTreeMap<String, Secret>,
}

impl Form {
    fn read(provider: &Provider, setup: &ChannelSetup, secret: &dyn Fn(&str) -> Option<Secret>) -> Result<Self, SetupFault> {
        if setup.name.trim().is_empty() {
            return Err(SetupFault::new("name", "Give the channel a name, so that people can tell it from the others."));
        }
        let (mut values, mut secrets) = (BTreeMap::new(), BTreeMap::new());
        for field in &provider.fields {
            let missing = || SetupFault::new(&field.key, format!("{} is missing.", field.label));
            if field.kind == FieldKind::Secret {
                match secret(&field.key).filter(|value| !value.reveal().trim().is_empty()) {
                    Some(value) => drop(secrets.insert(field.key.clone(), value)),
                    None if field.required => return Err(missing()),
                    None => {}
                }
                continue;
            }
            let given = setup.settings.get(&field.key).map_or("", |value| value.trim());
            let value = if given.is_empty() { field.default.as_str() } else { given };
            if value.is_empty() {
                if field.required {
                    return Err(missing());
                }
            } else {
                fits(field, value).map_err(|words| SetupFault::new(&field.key, words))?;
            }
            values.insert(field.key.clone(), value.to_string());
        }
        Ok(Self { values, secrets })
    }

    pub(super) fn text(&self, key: &str) -> &str {
        self.values.get(key).map_or("", String::as_str)
    }

    pub(super) fn yes(&self, key: &str) -> bool {
        self.text(key) == "yes"
    }

    pub(super) fn secret(&self, key: &str) -> Option<&Secret> {
        self.secrets.get(key)
    }

    pub(super) const fn values(&self) -> &BTreeMap<String, String> {
        &self.values
    }

    pub(super) const fn secrets(&self) -> &BTreeMap<String, Secret> {
        &self.secrets
    }
}

fn fits(field: &Field, value: &str) -> Result<(), String> {
    let label = &field.label;
    if value.chars().any(char::is_control) {
        return Err(format!("{label} has a line break or another control character in it."));
    }
    match field.kind {
        FieldKind::Number if !value.parse::<u16>().is_ok_and(|number| number > 0) => {
            Err(format!("{label} must be a whole number from 1 to 65535, not “{value}”."))
        }
        FieldKind::Choice if !field.choices.iter().any(|(choice, _)| choice == value) => Err(format!("{label} has no choice “{value}”.")),
        FieldKind::Toggle if value != "yes" => Err(format!("{label} is either “yes” or empty.")),
        FieldKind::Url => super::one_way::url(value).map(drop),
        _ => Ok(()),
    }
}

/// Why a channel cannot be used now.
#[derive(Debug, thiserror::Error)]
pub enum CannotOpen {
    #[error("{0}")]
    Setup(#[from] SetupFault),
    #[error("{0}")]
    Secrets(#[from] SecretsFailure),
}

impl CannotOpen {
    /// What that means for a message that waits. Locked passwords are a matter
    /// of minutes; a wrong setting is not.
    #[must_use]
    pub fn outcome(&self) -> Outcome {
        match self {
            Self::Setup(fault) => Outcome::permanent(format!("The channel is not set up right: {fault}")),
            Self::Secrets(failure) => Outcome::Temporary { words: failure.to_string(), retry_after: Some(Duration::from_secs(30)) },
        }
    }
}

/// The channels of this desk, opened when first used and kept open.
pub struct Channels {
    secrets: Arc<dyn Secrets>,
    notifier: Arc<dyn Notifier>,
    /// Replaced as a whole when the user's own files are read.
    catalogue: Mutex<Arc<Catalogue>>,
    clients: Clients,
    open: Mutex<HashMap<ChannelId, Opened>>,
    /// Held while one is opened, so that a burst opens it once and what waited
    /// shares its connections.
    opening: Mutex<()>,
}

struct Opened {
    provider: String,
    settings: BTreeMap<String, String>,
    ready: Ready,
}

impl Channels {
    #[must_use]
    pub fn new(secrets: Arc<dyn Secrets>, notifier: Arc<dyn Notifier>) -> Self {
        super::tls::prepare();
        let catalogue = Mutex::new(Arc::new(Catalogue::standard()));
        Self { secrets, notifier, catalogue, clients: Clients::default(), open: Mutex::default(), opening: Mutex::default() }
    }

    /// What can be set up besides the channels that are no file.
    pub fn catalogue(&self) -> Arc<Catalogue> {
        Arc::clone(&self.catalogue.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Reads the user's own files in `folder`. Returns whether they are others than
    /// before; then what was opened by them is opened anew when next used.
    pub fn read_own(&self, folder: &Path) -> bool {
        let taken: Vec<String> = built_in().into_iter().map(|provider| provider.id).collect();
        // Held while reading, so that of two readings the later one counts.
        let mut catalogue = self.catalogue.lock().unwrap_or_else(PoisonError::into_inner);
        let read = catalogue.with_own(folder, &taken);
        if read.own().same_as(catalogue.own()) {
            return false;
        }
        let before = std::mem::replace(&mut *catalogue, Arc::new(read));
        let own = |of: &Catalogue, id: &str| of.own().entries().any(|entry| entry.provider.id == id);
        let touched = |id: &str| own(&before, id) || own(&catalogue, id);
        self.open.lock().unwrap_or_else(PoisonError::into_inner).retain(|_, opened| !touched(&opened.provider));
        true
    }

    /// The channel, ready to be used. A change of its settings opens it anew;
    /// after a change of its secrets, call `forget`. The first time it reads
    /// the secrets and waits for the keyring.
    pub fn ready(&self, setup: &ChannelSetup) -> Result<Ready, CannotOpen> {
        if let Some(kept) = self.kept(setup) {
            return Ok(kept);
        }
        let _opening = self.opening.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(kept) = self.kept(setup) {
            return Ok(kept);
        }
        let mut secrets = BTreeMap::new();
        for field in &setup.secrets_set {
            let name = SecretName { channel: setup.id, field: field.clone() };
            // It was entered, so that it is not found is the fault of wherever it is kept.
            let value = self.secrets.get(&name)?.ok_or(SecretsFailure::NotFound)?;
            secrets.insert(field.clone(), value);
        }
        let ready = self.open(setup, |field| secrets.get(field).cloned())?;
        let opened = Opened { provider: setup.provider.clone(), settings: setup.settings.clone(), ready: ready.clone() };
        self.open.lock().unwrap_or_else(PoisonError::into_inner).insert(setup.id, opened);
        Ok(ready)
    }

    fn open(&self, setup: &ChannelSetup, secret: impl Fn(&str) -> Option<Secret>) -> Result<Ready, SetupFault> {
        Ok(match plan(&self.catalogue(), setup, &secret, &self.clients)? {
            Plan::Mail(account) => Ready::Automatic(Arc::new(Mail::new(*account)?)),
            Plan::TwoWay(channel) => Ready::Automatic(channel),
            Plan::OneWay(destination) => Ready::Automatic(Arc::new(OneWay::new(destination, &self.clients)?)),
            Plan::Desktop => Ready::Automatic(Arc::new(Desktop::new(Arc::clone(&self.notifier)))),
            Plan::Call => Ready::ByHand(ByHand),
        })
    }

    /// Closes a channel whose secrets have changed or that was removed.
    pub fn forget(&self, id: ChannelId) {
        self.open.lock().unwrap_or_else(PoisonError::into_inner).remove(&id);
    }

    fn kept(&self, setup: &ChannelSetup) -> Option<Ready> {
        let open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        open.get(&setup.id).filter(|kept| kept.provider == setup.provider && kept.settings == setup.settings).map(|kept| kept.ready.clone())
    }
}

impl fmt::Debug for Channels {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        to.write_str("Channels")
    }
}
