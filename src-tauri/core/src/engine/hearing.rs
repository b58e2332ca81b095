//! What came back by a channel, and what it does: receipts raise a delivery, answers
//! are put to their incident, and whatever does not count is said for what it is.

use rusqlite::Connection;
use std::collections::BTreeSet;

use super::record::{self, Agreed, CommandFailure};
use super::{lookup, outbox, parcels};
use crate::channel::inbound::{About, Arrival, Arrived, From};
use crate::domain::channel::{ChannelSetup, Reach};
use crate::domain::command::{Command, Failing, Responder};
use crate::domain::commitment::reading::{self, Promised};
use crate::domain::commitment::{Kind, Origin, Wanted};
use crate::domain::contact;
use crate::domain::delivery::DeliveryState as State;
use crate::domain::directory::{Person, Proof};
use crate::domain::event::{AcknowledgedHow, Answered};
use crate::domain::id::IncidentId;
use crate::domain::incident::{Incident, Phase};
use crate::domain::message::Purpose;
use crate::domain::response::{self, NotCounted, Reading, Response};
use crate::domain::text::clean_line;
use crate::domain::time::{DAY, Instant};
use crate::store::deliveries::{self, Delivery, Standing};
use crate::store::{Result, StoreError, arrivals, drills, incidents, people, rooms};

mod whose;

/// So long after it last moved a message may still be answered.
pub(super) const AWAITED: i64 = 3 * DAY;

/// The most messages of one channel that are waited for at once.
pub(super) const AWAITED_AT_ONCE: usize = 500;

/// Does what one arrival makes happen, and names the incidents it concerns: more than
/// one where several messages went as one.
pub(super) fn hear(db: &Connection, setup: &ChannelSetup, arrival: &Arrival, now: Instant) -> Result<Vec<IncidentId>, CommandFailure> {
    if !arrivals::is_new(db, setup.id, &arrival.id, now)? {
        return Ok(vec![]);
    }
    let heard = Hearing { db, setup, now };
    if let About::Room(room) = &arrival.about {
        return heard.in_room(room, arrival);
    }
    let Meant { messages, doubt } = heard.meant(arrival)?;
    if messages.is_empty() {
        // A mailbox and a phone number receive much that has nothing to do with Baton.
        tracing::debug!(channel = %setup.id, "something arrived that answers no message");
    }
    let codes: Vec<&str> = messages.iter().map(|message| message.token.code()).collect();
    let mut concerned = BTreeSet::new();
    for message in &messages {
        for one in deliveries::carried_by(db, message.id)? {
            heard.concerns(&one, arrival, &codes, doubt)?;
            concerned.extend([one.incident, heard.goes_on_as(one.incident)?]);
        }
    }
    Ok(concerned.into_iter().collect())
}

/// The messages to which something belongs, and why that is in doubt if it is.
#[derive(Default)]
struct Meant {
    messages: Vec<Delivery>,
    doubt: Option<NotCounted>,
}

impl Meant {
    fn surely(messages: impl IntoIterator<Item = Delivery>) -> Self {
        Self { messages: messages.into_iter().collect(), doubt: None }
    }

    fn in_doubt(message: Delivery, why: NotCounted) -> Self {
        Self { messages: vec![message], doubt: Some(why) }
    }
}

struct Hearing<'a> {
    db: &'a Connection,
    setup: &'a ChannelSetup,
    now: Instant,
}

impl Hearing<'_> {
    /// Something was written to everybody in a room: it is kept as theirs, and decides nothing.
    fn in_room(&self, room: &str, arrival: &Arrival) -> Result<Vec<IncidentId>, CommandFailure> {
        let Some(open) = rooms::open_by(self.db, self.setup.id)?.into_iter().find(|open| open.room == room) else { return Ok(vec![]) };
        if let Arrived::Said { by: From::Member { id, name }, text } = &arrival.what {
            let command = Command::SaidInRoom { by: self.known(id, name)?, via: open.name, words: text.clone() };
            self.record(open.incident, command)?;
        }
        Ok(vec![open.incident])
    }

    /// `codes` are those that the message showed, which may have carried others, and that were named beside it.
    fn concerns(&self, delivery: &Delivery, arrival: &Arrival, codes: &[&str], doubt: Option<NotCounted>) -> Result<(), CommandFailure> {
        match (&arrival.what, doubt) {
            (Arrived::Delivered { words }, None) => self.receipt(delivery, State::Delivered, words)?,
            (Arrived::Seen { words }, None) => self.receipt(delivery, State::Seen, words)?,
            (Arrived::Failed { words, for_good }, None) => self.came_back(delivery, words, *for_good)?,
            (Arrived::Automatic { from, text }, _) => {
                // A list may have passed on what a person wrote.
                let reading = response::read(text, delivery.purpose, codes);
                let why = if reading.response.is_some() && reading.is_plain { NotCounted::ReadsAsAnswer } else { NotCounted::Automatic };
                self.does_not_count(delivery, from, why, text)?;
            }
            (Arrived::Pressed { by, response }, None) => {
                self.answered(delivery, by, delivery.purpose, Reading::pressed(*response))?;
            }
            (Arrived::Resolved { by }, None) => self.resolved(delivery, by)?,
            (Arrived::Said { by, text }, None) => {
                let (to, reading) = self.read(delivery, text, codes)?;
                self.answered(delivery, by, to, reading)?;
            }
            (Arrived::Said { by, text }, Some(why)) => self.does_not_count(delivery, by.shown(), why, text)?,
            (_, Some(_)) => {}
        }
        Ok(())
    }

    /// The purpose that the words answer, and what they say to it. News asks nothing, so of an answer to it only what says
    /// it by itself counts.
    fn read(&self, delivery: &Delivery, text: &str, codes: &[&str]) -> Result<(Purpose, Reading)> {
        if self.is_news_of_what_they_may_take(delivery)? {
            return Ok((Purpose::Alert, response::read(text, Purpose::Alert, codes).if_plain()));
        }
        Ok((delivery.purpose, response::read(text, delivery.purpose, codes)))
    }

    /// Whoever answers the newest message of a thread may answer what was asked before it.
    fn is_news_of_what_they_may_take(&self, delivery: &Delivery) -> Result<bool> {
        if !matches!(delivery.purpose, Purpose::Update | Purpose::Nudge) {
            return Ok(false);
        }
        let was_alerted =
            deliveries::of(self.db, delivery.incident)?.iter().any(|one| (one.purpose, one.person) == (Purpose::Alert, delivery.person));
        let incident = incidents::find(self.db, self.goes_on_as(delivery.incident)?)?;
        let is_anothers = |incident: Incident| matches!(incident.phase, Phase::Held { by, .. } if by != Some(delivery.person));
        Ok(was_alerted && !incident.is_none_or(is_anothers))
    }

    /// The messages it belongs to, and why that is in doubt if it is.
    fn meant(&self, arrival: &Arrival) -> Result<Meant> {
        Ok(match &arrival.about {
            About::Delivery(id) => Meant::surely(deliveries::find(self.db, *id)?.filter(|delivery| delivery.channel == self.setup.id)),
            About::Token(token) => Meant::surely(deliveries::by_token(self.db, self.setup.id, token)?),
            About::Thread(provider_id) => Meant::surely(deliveries::by_provider_id(self.db, self.setup.id, provider_id)?),
            // It is nobody's answer.
            About::Room(_) => Meant::default(),
            About::Sender { at } => match &arrival.what {
                Arrived::Said { by: From::Address(address), text } => self.named_by(address, text, *at)?,
                _ => Meant::default(),
            },
        })
    }

    /// The incidents that a message was about, as they go on; or only those for which it is still wanted.
    fn carried(&self, delivery: &Delivery, wanted: bool) -> Result<BTreeSet<IncidentId>> {
        let carried = deliveries::carried_by(self.db, delivery.id)?;
        let carried = carried.into_iter().filter(|one| !wanted || one.cancelled_because.is_none());
        carried.map(|one| self.goes_on_as(one.incident)).collect()
    }

    /// What has become part of another goes on there.
    fn goes_on_as(&self, id: IncidentId) -> Result<IncidentId> {
        Ok(match incidents::find(self.db, id)? {
            Some(incident) => incidents::goes_on_as(self.db, incident)?.id,
            None => id,
        })
    }

    /// Whether what a message asks is still open, for one at least of those it carried.
    fn is_still_asked(&self, delivery: &Delivery) -> Result<bool> {
        for one in deliveries::carried_by(self.db, delivery.id)? {
            let open = match one.purpose {
                Purpose::Drill => drills::open(self.db)?.iter().any(|drill| drill.id.0 == one.incident.0),
                _ => incidents::find(self.db, self.goes_on_as(one.incident)?)?.is_some_and(|incident| incident.is_open()),
            };
            if open {
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn receipt(&self, delivery: &Delivery, state: State, words: &str) -> Result<()> {
        let from: &[State] = match state {
            State::Seen => &[State::Uncertain, State::Accepted, State::Delivered],
            _ => &[State::Uncertain, State::Accepted],
        };
        if deliveries::rises(self.db, delivery.id, from, state, words, self.now)? {
            // Where nobody knew whether it was taken, its files have waited.
            parcels::follow(self.db, delivery.id, self.now)?;
        }
        Ok(())
    }

    /// The provider had taken it and could not deliver it after all.
    fn came_back(&self, delivery: &Delivery, words: &str, for_good: bool) -> Result<(), CommandFailure> {
        if for_good {
            people::method_wrong(self.db, delivery.method, self.now)?;
        }
        // Whoever has seen it was reached, whatever comes late.
        if !matches!(delivery.state, State::Accepted | State::Delivered | State::Uncertain | State::Attempting) {
            return Ok(());
        }
        let standing = Standing { state: State::Failed, words, next_attempt_at: None, provider_id: None };
        deliveries::stands(self.db, delivery.id, &standing, self.now)?;
        // Only what is still wanted is followed by another way.
        if delivery.cancelled_because.is_some() {
            return Ok(());
        }
        let failing = if for_good { Failing::NoWay } else { Failing::Refused };
        outbox::failed(self.db, &delivery.addressed(), words, failing, self.now)
    }

    /// Closed where the channel keeps an alert of its own: that is over here too.
    fn resolved(&self, delivery: &Delivery, by: &From) -> Result<(), CommandFailure> {
        let Some(by) = self.responder(delivery, by)? else { return Ok(()) };
        self.receipt(delivery, State::Seen, &format!("resolved by {}", delivery.via))?;
        let is_open = incidents::find(self.db, delivery.incident)?.is_some_and(|incident| incident.is_open());
        if !is_open {
            return Ok(());
        }
        let by = format!("{}, by {}", clean_line(&by.name), delivery.via);
        self.put(delivery, Command::Resolve { by, cause: String::new(), fix: String::new(), follow_ups: vec![] })
    }

    /// `None` for a stranger.
    fn responder(&self, delivery: &Delivery, by: &From) -> Result<Option<Responder>> {
        let addressee = || Some(Responder { person: Some(delivery.person), name: delivery.name.clone() });
        Ok(match by {
            From::Addressee => addressee(),
            From::Address(address) if self.is_from(delivery, address)? => addressee(),
            From::Address(_) => None,
            From::Member { id, name } => Some(self.member(delivery, id, name)?),
        })
    }

    /// Whether it was written from where the message went, or from another address of the same person.
    fn is_from(&self, delivery: &Delivery, address: &str) -> Result<bool> {
        let is_theirs = |person: Person| {
            let mut known = person.methods.iter().filter(|method| method.wrong_since.is_none());
            known.any(|method| same_address(&method.address, address))
        };
        Ok(same_address(&delivery.address, address) || people::find(self.db, delivery.person)?.is_some_and(is_theirs))
    }

    /// `to` is the purpose that is answered.
    fn answered(&self, delivery: &Delivery, by: &From, to: Purpose, reading: Reading) -> Result<(), CommandFailure> {
        let Some(responder) = self.responder(delivery, by)? else {
            return self.does_not_count(delivery, by.shown(), NotCounted::Stranger, &reading.words);
        };
        // Whoever answers has received it, also where it was said to have failed.
        let words = format!("answered by {}", delivery.via);
        self.receipt(delivery, State::Seen, &words)?;
        deliveries::rises(self.db, delivery.id, &[State::Failed], State::Seen, &words, self.now)?;
        let is_addressee = responder.person == Some(delivery.person);
        // Where several write to one another, a yes or a number may be to any of them.
        let talks = matches!(by, From::Member { .. }) && !is_addressee;
        let reading = if talks { reading.if_plain() } else { reading };
        // In a drill nobody answers for another, as it is their way that is tried, nor when it is over.
        let counts = delivery.purpose != Purpose::Drill || (is_addressee && self.is_still_asked(delivery)?);
        if let Some(response) = reading.response.filter(|_| counts) {
            deliveries::responded(self.db, delivery.id, response, self.now)?;
        }
        if is_addressee {
            let proof = if delivery.purpose == Purpose::Drill { Proof::Drill } else { Proof::Use };
            people::method_proven(self.db, delivery.method, proof, self.now)?;
        }
        if delivery.purpose == Purpose::Room {
            return self.put(delivery, Command::SaidInRoom { by: responder, via: delivery.name.clone(), words: reading.words });
        }
        let (how, via, words) = (how(self.setup.reach), delivery.via.clone(), reading.words.clone());
        if let Some(incident) = self.counts_for(delivery, &responder, &reading)? {
            let asked = incidents::find(self.db, delivery.incident)?.map_or_else(String::new, |asked| format!(", to {}", asked.reference));
            let (by, counts_for) = (responder.clone(), incident.reference);
            self.record(delivery.incident, Command::RespondElsewhere { by, reading: reading.clone(), to, via: via.clone(), counts_for })?;
            self.record(incident.id, Command::Respond { by: responder.clone(), to, reading, how, via: format!("{via}{asked}") })?;
            return self.promised(incident.id, &responder, &via, &words);
        }
        self.put(delivery, Command::Respond { by: responder.clone(), to, reading, how, via: via.clone() })?;
        if matches!(delivery.purpose, Purpose::Drill | Purpose::Test) {
            return Ok(());
        }
        self.promised(self.goes_on_as(delivery.incident)?, &responder, &via, &words)
    }

    /// The open incident as which the one that was asked about goes on, where the answer decides there as it would have
    /// decided here. Who has taken it there by now has not given it back by declining an older alert.
    fn counts_for(&self, delivery: &Delivery, by: &Responder, reading: &Reading) -> Result<Option<Incident>> {
        let decides = matches!(reading.response, Some(Response::OnIt | Response::NotMe | Response::CallMe));
        if !decides || matches!(delivery.purpose, Purpose::Drill | Purpose::Test) {
            return Ok(None);
        }
        let there = self.goes_on_as(delivery.incident)?;
        let goes_on = if there == delivery.incident { None } else { incidents::find(self.db, there)? };
        let declines = reading.response == Some(Response::NotMe);
        Ok(goes_on.filter(|incident| incident.is_open() && !(declines && incident.is_held_by(by.person, &by.name))))
    }

    /// What whoever has it says they will do by a time is kept as a promise by itself: the answer may come while nobody
    /// sits at the desk, and then it is the answer that would be forgotten. The desk is told of it with the words it was
    /// read from, and drops it in one click where it was none; nobody else is written to before its time. What others
    /// answer, and what is said in a room, promises nothing for the one who has it.
    fn promised(&self, id: IncidentId, by: &Responder, via: &str, words: &str) -> Result<(), CommandFailure> {
        let holds = incidents::find(self.db, id)?.is_some_and(|incident| incident.is_held_by(by.person, &by.name));
        if !holds {
            return Ok(());
        }
        let zone = lookup::desk(self.db)?.tz();
        for Promised { what, due_at } in reading::promises(words, self.now, zone) {
            let from = Origin::Answer(Answered { via: via.into(), words: response::gist(words) });
            let (kind, person, name, due_at) = (Kind::Promise, by.person, by.name.clone(), Some(due_at));
            let wanted = Wanted::Make { kind, person, name, what, due_at, from };
            match self.record(id, Command::Commitment { by: by.name.clone(), wanted }) {
                // The answer stands, whatever was read into it.
                Ok(()) | Err(CommandFailure::Refused(_)) => {}
                Err(failure) => return Err(failure),
            }
        }
        Ok(())
    }

    /// Somebody in the room: by their own address on this channel, else by the name
    /// that the room knows them by.
    fn member(&self, delivery: &Delivery, id: &str, name: &str) -> Result<Responder> {
        if same_address(&delivery.address, id) {
            return Ok(Responder { person: Some(delivery.person), name: delivery.name.clone() });
        }
        self.known(id, name)
    }

    fn known(&self, id: &str, name: &str) -> Result<Responder> {
        let known = people::all(self.db)?
            .into_iter()
            .find(|person| person.methods.iter().any(|method| method.channel == self.setup.id && same_address(&method.address, id)));
        Ok(known.map_or_else(
            || Responder { person: None, name: if name.trim().is_empty() { id.into() } else { name.into() } },
            |person| Responder { person: Some(person.id), name: person.name },
        ))
    }

    fn does_not_count(&self, delivery: &Delivery, from: &str, why: NotCounted, words: &str) -> Result<(), CommandFailure> {
        self.put(delivery, Command::NotCounted { from: from.into(), via: delivery.via.clone(), why, words: words.into() })
    }

    fn put(&self, delivery: &Delivery, command: Command) -> Result<(), CommandFailure> {
        if matches!(delivery.purpose, Purpose::Drill | Purpose::Test) {
            return Ok(());
        }
        self.record(delivery.incident, command)
    }

    fn record(&self, incident: IncidentId, command: Command) -> Result<(), CommandFailure> {
        let agreed = Agreed::read(self.db, self.now)?;
        match record::command(self.db, &agreed, incident, command, self.now) {
            // The sample it belonged to was removed; nobody waits for it.
            Ok(_) | Err(CommandFailure::Store(StoreError::Missing)) => Ok(()),
            Err(failure) => Err(failure),
        }
    }
}

const fn how(reach: Reach) -> AcknowledgedHow {
    match reach {
        Reach::Chat => AcknowledgedHow::Chat,
        Reach::Mail => AcknowledgedHow::Mail,
        Reach::Text => AcknowledgedHow::Text,
        Reach::Phone => AcknowledgedHow::Call,
        Reach::Push => AcknowledgedHow::Push,
        Reach::Ticket => AcknowledgedHow::Other,
        Reach::Desk => AcknowledgedHow::InPerson,
    }
}

/// Two spellings of one address: a number however it is written, a mailbox in any case.
fn same_address(one: &str, other: &str) -> bool {
    let plain = |text: &str| contact::phone_number(text, None).unwrap_or_else(|_| text.trim().to_lowercase());
    plain(one) == plain(other)
}

impl From {
    /// Who it is in words; nothing is decided by it.
    fn shown(&self) -> &str {
        match self {
            Self::Addressee => "whoever was addressed",
            Self::Address(address) => address,
            Self::Member { name, .. } => name,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_address_is_known_however_it_is_spelled() {
        assert!(same_address("+49 30 23125011", "+493023125011"), "as the provider writes it");
        assert!(same_address("Marta@Example.org", "marta@example.org"), "mailboxes differ by more than their case");
        assert!(!same_address("+493023125011", "+493023125012"));
        assert!(!same_address("", "+493023125012"), "no address is nobody's");
    }
}
