//! Whether a way to reach somebody works: a code that is sent to it and told back,
//! or a call that was answered.

use std::collections::HashMap;
use std::sync::PoisonError;

use super::types::TestResult;
use super::{Answer, Desk};
use crate::channel::{Envelope, Outcome, Ready};
use crate::domain::brief::{self, Sender};
use crate::domain::directory::{Method, Proof};
use crate::domain::event::CallOutcome;
use crate::domain::id::{ChannelId, DeliveryId, MethodId};
use crate::domain::time::{Instant, MINUTE};
use crate::domain::token::Token;
use crate::engine::lookup;
use crate::error::Failure;
use crate::host::Change;
use crate::store::{StoreError, channels, people};

/// A code is good for so long.
const GOOD_FOR: i64 = 15 * MINUTE;

/// After so many wrong guesses a new one is needed.
const GUESSES: u32 = 5;

/// Codes under way, by method. They are nowhere but here: after a start a new one is sent.
pub(super) type Codes = HashMap<MethodId, Code>;

#[derive(Clone)]
pub(super) struct Code {
    digits: String,
    channel: ChannelId,
    address: String,
    sent_at: Instant,
    guesses: u32,
    /// When it was told back.
    told_at: Option<Instant>,
}

impl Desk {
    /// Sends six digits to a method, saved or not, for whoever receives them to tell.
    pub async fn send_code(&self, method: Method, name: String) -> Answer<TestResult> {
        let now = self.now();
        let channel = method.channel;
        let (setup, desk) = self.read(move |db| Ok((channels::find(db, channel)?.ok_or(StoreError::Missing)?, lookup::desk(db)?))).await?;
        let address = super::channels::checked_address(&self.catalogue(), &setup.provider, &method.address)?;
        let Ready::Automatic(ready) = self.engine.ready(setup).await.map_err(|cannot| Failure::other(cannot.to_string()))? else {
            return Err(Failure::invalid(
                "channel",
                "Baton does not call by itself, so it sends no code this way. Dial, and say what came of it.",
            ));
        };
        let digits = format!("{:06}", (DeliveryId::new(now).0.as_u128() as u64) % 1_000_000);
        let message = brief::code_message(&Sender::of(&desk), &digits, now);
        let outcome = ready
            .send(&Envelope {
                delivery: DeliveryId::new(now),
                token: Token::of(rand::random()),
                to_name: name,
                address: address.clone(),
                message,
                now,
                attempt: 1,
            })
            .await;
        let worked = matches!(outcome, Outcome::Accepted { .. });
        if worked {
            let code = Code { digits, channel, address, sent_at: now, guesses: 0, told_at: None };
            self.codes.lock().unwrap_or_else(PoisonError::into_inner).insert(method.id, code);
        }
        let milliseconds = u32::try_from(self.now().since(now)).unwrap_or(u32::MAX);
        Ok(TestResult { worked, words: outcome.words().into(), milliseconds })
    }

    /// The code as it was told. Where it is right the method is proven, at once if it
    /// is saved already, else when it is.
    pub async fn confirm_code(&self, method: MethodId, code: String) -> Answer<Instant> {
        let now = self.now();
        let wrong = |words: &str| Err(Failure::invalid("code", words));
        let told: String = code.chars().filter(char::is_ascii_digit).collect();
        {
            let mut codes = self.codes.lock().unwrap_or_else(PoisonError::into_inner);
            let Some(known) = codes.get_mut(&method) else { return wrong("No code was sent to this one. Send one first.") };
            if now.since(known.sent_at) > GOOD_FOR || known.guesses >= GUESSES {
                codes.remove(&method);
                return wrong("This code is no longer good: it holds for 15 minutes and five tries. Send a new one.");
            }
            if told.len() != known.digits.len() {
                return wrong("A code has six digits. Look again at the latest message.");
            }
            if told != known.digits {
                known.guesses += 1;
                return wrong("This is not the code that was sent. Look again at the six digits of the latest message.");
            }
            known.told_at = Some(now);
        }
        let proven = self.proven_by_code(method);
        self.write([Change::Directory], move |db| {
            for person in people::all(db)? {
                let saved = person.methods.iter().find(|one| one.id == method);
                if saved.is_some_and(|one| proven(one).is_some()) {
                    people::method_proven(db, method, Proof::Code, now)?;
                }
            }
            Ok(())
        })
        .await?;
        Ok(now)
    }

    /// What came of a call made to try a number.
    pub async fn tried_number(&self, method: MethodId, outcome: CallOutcome) -> Answer<()> {
        let now = self.now();
        self.write([Change::Directory], move |db| match outcome {
            CallOutcome::Answered => Ok(people::method_proven(db, method, Proof::Call, now)?),
            CallOutcome::WrongNumber => Ok(people::method_wrong(db, method, now)?),
            CallOutcome::Voicemail | CallOutcome::NoAnswer => Ok(()),
        })
        .await
    }

    /// When a code proved exactly this address of a method.
    pub(super) fn proven_by_code(&self, method: MethodId) -> impl Fn(&Method) -> Option<Instant> + Send + 'static {
        let code = self.codes.lock().unwrap_or_else(PoisonError::into_inner).get(&method).cloned();
        move |saved| {
            code.as_ref().filter(|code| (code.channel, &code.address) == (saved.channel, &saved.address)).and_then(|code| code.told_at)
        }
    }
}
