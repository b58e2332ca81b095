//! Whom a colleague's opinion is asked of: found in the directory at that moment, or
//! said at once that nobody can be asked, and what to do then.

use rusqlite::Connection;
use std::collections::BTreeSet;

use super::Answer;
use super::types::{Asking, OpinionRequest, Whom};
use crate::channel::brings_answers;
use crate::domain::asking::{self, OnCallNow};
use crate::domain::brief::Sender;
use crate::domain::command::Command;
use crate::domain::contact;
use crate::domain::desk::DeskSettings;
use crate::domain::id::{ChannelId, MethodId};
use crate::domain::incident::Incident;
use crate::domain::plan::{Contact, ContactMethod, Plan};
use crate::domain::time::Instant;
use crate::engine::lookup::{self, Methods};
use crate::error::Failure;
use crate::store::{channels, people};

const OTHERWISE: &str = "Choose somebody by name, or escalate now.";

/// What can be said before anybody is asked.
pub(super) fn before(db: &Connection, incident: &Incident, plan: Option<&Plan>, desk: &DeskSettings, now: Instant) -> Answer<Asking> {
    let answers = answering(db)?;
    let methods = Methods::read(db)?;
    let known = people::all(db)?.into_iter().map(|person| methods.contact(person));
    let ways = known.filter_map(|contact| Some((contact.person, asking::way(&contact, &BTreeSet::new(), &answers)?.id))).collect();
    let (on_call, on_call_can) = match whoever_is_on_call(plan, &answers, now) {
        Ok((one, method)) => {
            let OnCallNow { contact, rotation } = one;
            (format!("{}, on call in {rotation}, by {}", contact.name, method.channel_name), true)
        }
        Err(why) => (why, false),
    };
    Ok(Asking { question: asking::question(incident, &Sender::of(desk), now), on_call, on_call_can, ways })
}

/// The command that asks, with everything looked up that deciding needs.
pub(super) fn command(
    db: &Connection,
    incident: &Incident,
    OpinionRequest { whom, question, minutes, then }: OpinionRequest,
    by: String,
    now: Instant,
) -> Answer<Command> {
    let answers = answering(db)?;
    let (contact, method, on_call) = match whom {
        Whom::Person { id, method } => {
            let contact = lookup::contact(db, id)?.ok_or_else(|| Failure::invalid("person", "Choose whom to ask."))?;
            let method = chosen(&contact, method, &answers)?;
            (contact, method, None)
        }
        Whom::OnCall {} => {
            let path = lookup::path_for(db, incident.path, &incident.facts, incident.severity)?;
            let plan = path.map(|path| lookup::plan(db, path)).transpose()?.flatten();
            let (one, method) = whoever_is_on_call(plan.as_ref(), &answers, now).map_err(|why| Failure::invalid("person", why))?;
            (one.contact.clone(), method.id, Some(one.rotation.to_string()))
        }
    };
    let (person, name) = (contact.person, contact.name);
    Ok(Command::AskColleague { by, person, name, method, question, minutes, then, on_call })
}

fn chosen(contact: &Contact, method: Option<MethodId>, answers: &BTreeSet<ChannelId>) -> Answer<MethodId> {
    let Some(method) = method else {
        return match asking::way(contact, &BTreeSet::new(), answers) {
            Some(way) => Ok(way.id),
            None => Err(Failure::invalid("method", unwritten(contact, "Choose how, ask somebody else, or escalate now."))),
        };
    };
    if contact.methods.iter().any(|known| known.id == method) {
        return Ok(method);
    }
    Err(Failure::invalid("method", "That way cannot be used now: its channel is switched off or gone. Choose another."))
}

/// Whoever can be asked in writing of those who are on call, or why nobody can.
fn whoever_is_on_call<'a>(
    plan: Option<&'a Plan>,
    answers: &BTreeSet<ChannelId>,
    now: Instant,
) -> Result<(OnCallNow<'a>, &'a ContactMethod), String> {
    let plan = plan.ok_or_else(|| format!("There is no path yet, and so nobody on call for it. {OTHERWISE}"))?;
    let Some((rotation, here)) = asking::on_call(plan, now) else {
        return Err(format!("The path {} has no rotation, so nobody is on call for it. {OTHERWISE}", plan.path_name));
    };
    let none = BTreeSet::new();
    let way = |one: &OnCallNow<'a>| asking::way(one.contact, &none, answers).map(|method| method.id);
    if let Some((one, id)) = here.iter().find_map(|one| Some((*one, way(one)?)))
        && let Some(method) = one.contact.methods.iter().find(|method| method.id == id)
    {
        return Ok((one, method));
    }
    Err(match here.first() {
        Some(one) => unwritten(one.contact, OTHERWISE),
        None => format!("Nobody is on call in {rotation} now. {OTHERWISE}"),
    })
}

/// Somebody has no way that is written, and so the next thing to do.
fn unwritten(contact: &Contact, otherwise: &str) -> String {
    let name = &contact.name;
    match contact.methods.iter().find(|method| method.by_hand) {
        Some(phone) => {
            format!("{name} has no chat, mail or push that works now. Call them: {}. {otherwise}", contact::spoken_phone(&phone.address))
        }
        None => format!("{name} has no chat, mail or push that works now. {otherwise}"),
    }
}

/// The channels by which an answer comes back.
fn answering(db: &Connection) -> Answer<BTreeSet<ChannelId>> {
    Ok(channels::all(db)?.iter().filter(|setup| setup.enabled && brings_answers(setup)).map(|setup| setup.id).collect())
}
