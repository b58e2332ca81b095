//! Step 3's channels: set up, tried, removed. Secrets go in and never come out.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::directory::{listed, named};
use super::types::{ChannelChange, TestResult};
use super::{Answer, Desk};
use crate::channel::catalogue::Catalogue;
use crate::channel::{self, Channel, Envelope, Outcome, Ready, providers};
use crate::domain::brief::{self, Sender};
use crate::domain::channel::{AddressKind, ChannelSetup, ChannelTest, FieldKind};
use crate::domain::contact;
use crate::domain::id::{ChannelId, DeliveryId, PersonId};
use crate::domain::time::DAY;
use crate::domain::token::Token;
use crate::engine::lookup;
use crate::error::Failure;
use crate::host::{Change, Secret, SecretName, Secrets};
use crate::store::{StoreError, channels, people};

impl Desk {
    pub async fn save_channel(&self, change: ChannelChange) -> Answer<ChannelSetup> {
        let ChannelChange { mut setup, secrets, forget } = change;
        setup.name = named(&setup.name, "Give the channel a name, such as \"Mail\" or \"#db-oncall\".")?;
        let known = providers(&self.catalogue());
        let Some(provider) = known.iter().find(|provider| provider.id == setup.provider) else {
            return Err(Failure::invalid("provider", "Choose what kind of channel it is."));
        };
        setup.reach = provider.reach;
        let secret_fields: Vec<String> =
            provider.fields.iter().filter(|field| field.kind == FieldKind::Secret).map(|field| field.key.clone()).collect();
        // Which are set is known here, whatever the window believes.
        let id = setup.id;
        let before = self.read(move |db| Ok(channels::find(db, id)?)).await?;
        setup.secrets_set = before.as_ref().map_or_else(Vec::new, |before| before.secrets_set.clone());
        setup.last_test = before.and_then(|before| before.last_test);
        let set_before = setup.secrets_set.clone();

        // A keyring may ask its owner for a password before it answers.
        let catalogue = self.catalogue();
        let (setup, before) =
            self.at_keyring(move |keyring| keep_secrets(&catalogue, keyring, setup, &secret_fields, &secrets, &forget)).await?;
        let given_up = set_before.into_iter().filter(|field| !setup.secrets_set.contains(field));
        let gone: Values = given_up.map(|field| (SecretName { channel: id, field }, None)).collect();
        let written = self
            .write([Change::Channels, Change::Directory], move |db| {
                channels::save(db, &setup)?;
                Ok(setup)
            })
            .await;
        // The row decides: what it no longer names goes, and without it all is as before.
        let rest = if written.is_ok() { gone } else { before };
        self.at_keyring(move |keyring| {
            put(keyring, &rest);
            Ok(())
        })
        .await?;
        self.channels().forget(id);
        written
    }

    pub async fn remove_channel(&self, id: ChannelId, anyway: bool) -> Answer<()> {
        let now = self.now();
        self.write([Change::Channels, Change::Directory], move |db| {
            let used: Vec<String> = people::all(db)?
                .into_iter()
                .filter(|person| person.methods.iter().any(|method| method.channel == id))
                .map(|person| person.name)
                .collect();
            if !used.is_empty() && !anyway {
                let message = format!("{} would no longer be reached through it.", listed(&used));
                return Err(Failure::in_use(message, used));
            }
            Ok(channels::set_removed(db, id, Some(now))?)
        })
        .await?;
        self.channels().forget(id);
        Ok(())
    }

    /// Takes away the secrets of channels that were removed more than a day ago;
    /// until then a removal may be undone.
    pub async fn clear_secrets(&self) -> Answer<()> {
        let yesterday = self.now().plus(-DAY);
        for setup in self.read(move |db| Ok(channels::removed_before(db, yesterday)?)).await? {
            let id = setup.id;
            self.at_keyring(move |keyring| {
                for field in setup.secrets_set {
                    keyring.remove(&SecretName { channel: id, field })?;
                }
                Ok(())
            })
            .await?;
            self.write([], move |db| Ok(channels::secrets_gone(db, id)?)).await?;
        }
        Ok(())
    }

    /// Asks the keyring beside everything else, for it may take its time.
    async fn at_keyring<T: Send + 'static>(&self, work: impl FnOnce(&dyn Secrets) -> Answer<T> + Send + 'static) -> Answer<T> {
        let keyring = Arc::clone(&self.engine.secrets);
        tokio::task::spawn_blocking(move || work(&*keyring))
            .await
            .map_err(|_| Failure::other("The keyring did not answer. Nothing was saved; try again."))?
    }

    /// Sends a test, marked as one, and says what the provider said.
    pub async fn test_channel(&self, id: ChannelId, address: String) -> Answer<TestResult> {
        let now = self.now();
        let (setup, desk) = self.read(move |db| Ok((channels::find(db, id)?.ok_or(StoreError::Missing)?, lookup::desk(db)?))).await?;
        let address = checked_address(&self.catalogue(), &setup.provider, &address)?;
        let outcome = match self.engine.ready(setup.clone()).await {
            Err(cannot) => cannot.outcome(),
            Ok(Ready::ByHand(_)) => {
                let words =
                    format!("Baton does not call by itself. Dial {} now and hear whether it is right.", contact::spoken_phone(&address));
                Outcome::Accepted { words, provider_id: None }
            }
            Ok(Ready::Automatic(channel)) => {
                let sender = Sender::of(&desk);
                let message = brief::test_message(&sender, now);
                let sent = channel
                    .send(&Envelope {
                        delivery: DeliveryId::new(now),
                        token: Token::of(rand::random()),
                        to_name: desk.actor(),
                        address: address.clone(),
                        message,
                        now,
                        attempt: 1,
                    })
                    .await;
                with_the_way_back(&*channel, sent).await
            }
        };
        let worked = matches!(outcome, Outcome::Accepted { .. });
        let words = outcome.words().to_string();
        let by_hand = setup.provider == lookup::BY_HAND;
        let test = ChannelTest { at: now, worked, words: words.clone(), real: false };
        self.write([Change::Channels], move |db| {
            if !by_hand {
                channels::tested(db, id, &test)?;
            }
            Ok(())
        })
        .await?;
        Ok(TestResult { worked, words, milliseconds: u32::try_from(self.now().since(now)).unwrap_or(u32::MAX) })
    }

    /// An id for something about to be saved.
    pub fn new_id(&self) -> String {
        PersonId::new(self.now()).to_string()
    }
}

/// An address as this provider wants it.
pub(super) fn checked_address(catalogue: &Catalogue, provider: &str, address: &str) -> Answer<String> {
    let kind = providers(catalogue).into_iter().find(|known| known.id == provider).map_or(AddressKind::None, |known| known.address);
    kind.read(address).map_err(|words| Failure::invalid("address", words))
}

/// What each secret shall be; none takes it away.
type Values = Vec<(SecretName, Option<Secret>)>;

/// Checks the set-up with the secrets it will have, and only then keeps the new
/// ones, all or none; also answers what those were before. A secret field left empty keeps its value; one to forget is
/// only no longer named, for whoever writes the row to take away after it.
fn keep_secrets(
    catalogue: &Catalogue,
    keyring: &dyn Secrets,
    mut setup: ChannelSetup,
    fields: &[String],
    new: &BTreeMap<String, String>,
    forget: &[String],
) -> Answer<(ChannelSetup, Values)> {
    let name = |field: &String| SecretName { channel: setup.id, field: field.clone() };
    let given: BTreeMap<&String, Secret> = fields
        .iter()
        .filter_map(|field| Some((field, new.get(field)?.trim())))
        .filter(|(_, value)| !value.is_empty())
        .map(|(field, value)| (field, Secret::new(value.to_string())))
        .collect();
    let stays = |field: &&String| !given.contains_key(field) && !forget.contains(field) && setup.secrets_set.contains(field);
    let mut all: BTreeMap<&str, Secret> = given.iter().map(|(field, value)| (field.as_str(), value.clone())).collect();
    for field in fields.iter().filter(stays) {
        if let Some(value) = keyring.get(&name(field))? {
            all.insert(field, value);
        }
    }
    channel::check(catalogue, &setup, |field| all.get(field).cloned())?;
    let set = fields.iter().filter(|field| given.contains_key(field) || stays(field)).cloned().collect();
    let mut before = Values::new();
    for (field, value) in &given {
        // What was never set is not asked for: a keyring that cannot say is no reason to refuse.
        let old = if setup.secrets_set.contains(field) { keyring.get(&name(field)).ok().flatten() } else { None };
        before.push((name(field), old));
        if let Err(failure) = keyring.set(&name(field), value) {
            put(keyring, &before);
            return Err(failure.into());
        }
    }
    setup.secrets_set = set;
    Ok((setup, before))
}

/// What a test came to, with the way back, where there is one: messages that leave while nobody hears
/// the answers are half a channel.
async fn with_the_way_back(channel: &dyn Channel, sent: Outcome) -> Outcome {
    let (Outcome::Accepted { words, .. }, Some(inbound)) = (&sent, channel.inbound()) else { return sent };
    match inbound.try_out().await {
        Ok(()) => sent,
        Err(deaf) => Outcome::Temporary { words: format!("{words} But answers cannot be heard: {deaf}"), retry_after: None },
    }
}

/// As far as it goes: the row already says what counts.
fn put(keyring: &dyn Secrets, values: &Values) {
    for (name, value) in values {
        let done = value.as_ref().map_or_else(|| keyring.remove(name), |value| keyring.set(name, value));
        if let Err(failure) = done {
            tracing::warn!(%failure, "a secret is not as its channel says");
        }
    }
}
