//! Step 3's channels: set up, tried, removed. Secrets go in and never come out.

use std::collections::BTreeMap;

use super::directory::{listed, named};
use super::types::{ChannelChange, TestResult};
use super::{Answer, Desk};
use crate::channel::{self, Envelope, Outcome, Ready, providers};
use crate::domain::brief::{self, Sender};
use crate::domain::channel::{AddressKind, ChannelSetup, ChannelTest, FieldKind};
use crate::domain::contact;
use crate::domain::id::{ChannelId, DeliveryId, PersonId};
use crate::engine::lookup;
use crate::error::Failure;
use crate::host::{Change, Secret, SecretName, Secrets};
use crate::store::{StoreError, channels, people};

impl Desk {
    pub async fn save_channel(&self, change: ChannelChange) -> Answer<ChannelSetup> {
        let ChannelChange { mut setup, secrets } = change;
        setup.name = named(&setup.name, "Give the channel a name, such as \"Mail\" or \"#db-oncall\".")?;
        let known = providers();
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

        let keyring = std::sync::Arc::clone(&self.engine.secrets);
        // A keyring may ask its owner for a password before it answers.
        let setup = tokio::task::spawn_blocking(move || keep_secrets(&*keyring, setup, &secret_fields, &secrets))
            .await
            .map_err(|_| Failure::other("The keyring did not answer. Nothing was saved; try again."))??;
        self.channels().forget(id);
        self.write([Change::Channels, Change::Directory], move |db| {
            channels::save(db, &setup)?;
            Ok(setup)
        })
        .await
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

    /// Sends a test, marked as one, and says what the provider said.
    pub async fn test_channel(&self, id: ChannelId, address: String) -> Answer<TestResult> {
        let now = self.now();
        let (setup, desk) = self.read(move |db| Ok((channels::find(db, id)?.ok_or(StoreError::Missing)?, lookup::desk(db)?))).await?;
        let kind = providers().into_iter().find(|provider| provider.id == setup.provider).map_or(AddressKind::None, |known| known.address);
        let address = match kind {
            AddressKind::Mail => contact::mail_address(&address),
            AddressKind::Phone => contact::phone_number(&address, None),
            AddressKind::None => Ok(String::new()),
        }
        .map_err(|words| Failure::invalid("address", words))?;
        let outcome = match self.engine.ready(setup.clone()).await {
            Err(cannot) => cannot.outcome(),
            Ok(Ready::ByHand(_)) => {
                let words =
                    format!("Baton does not call by itself. Dial {} now and hear whether it is right.", contact::spoken_phone(&address));
                Outcome::Accepted { words, provider_id: None }
            }
            Ok(Ready::Automatic(channel)) => {
                let sender = Sender { me: &desk.me, desk: &desk.name, zone: desk.tz(), currency: &desk.currency };
                let message = brief::test_message(&sender, now);
                channel
                    .send(&Envelope { delivery: DeliveryId::new(now), to_name: desk.actor(), address: address.clone(), message, now })
                    .await
            }
        };
        let worked = matches!(outcome, Outcome::Accepted { .. });
        let words = outcome.words().to_string();
        let by_hand = setup.provider == lookup::BY_HAND;
        let test = ChannelTest { at: now, worked, words: words.clone() };
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

/// Checks the set-up with the secrets it will have, and only then keeps the new
/// ones. A secret field left empty keeps its value.
fn keep_secrets(keyring: &dyn Secrets, mut setup: ChannelSetup, fields: &[String], new: &BTreeMap<String, String>) -> Answer<ChannelSetup> {
    let name = |field: &str| SecretName { channel: setup.id, field: field.to_string() };
    let given = |field: &str| new.get(field).map(|value| value.trim()).filter(|value| !value.is_empty());
    let kept = |field: &str| setup.secrets_set.iter().any(|set| set == field).then(|| keyring.get(&name(field)).ok().flatten()).flatten();
    channel::check(&setup, |field| given(field).map(|value| Secret::new(value.to_string())).or_else(|| kept(field)))?;
    let mut set = Vec::new();
    for field in fields {
        if let Some(value) = given(field) {
            keyring.set(&name(field), &Secret::new(value.to_string()))?;
        } else if !setup.secrets_set.contains(field) {
            continue;
        }
        set.push(field.clone());
    }
    setup.secrets_set = set;
    Ok(setup)
}
