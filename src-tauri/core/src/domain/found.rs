//! What came in by a link, or out of a ticket that was pasted: it fills in what is
//! still empty, and is marked until somebody has touched it.

use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use ts_rs::TS;

use super::directory::{Service, Template};
use super::draft::Draft;
use super::facts::{FactField, Facts};

/// A field of the wizard that can be filled in for somebody.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, TS)]
#[ts(export)]
#[serde(rename_all = "snake_case")]
pub enum Filled {
    What,
    Place,
    Who,
    Reporter,
    Began,
    People,
    Cost,
    Tried,
    Share,
    Orders,
    Customers,
}

/// What was found, each only where it was; a field that was not is as in an empty form.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Found {
    pub facts: Facts,
    /// What was not taken over, or read otherwise than one would think, each in a sentence.
    pub left_out: Vec<String>,
}

/// What became of what was found.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct Filling {
    pub filled: BTreeSet<Filled>,
    /// Found too, but something stood there already.
    pub kept: BTreeSet<Filled>,
}

impl Filled {
    pub const ALL: [Self; 11] = [
        Self::What,
        Self::Place,
        Self::Who,
        Self::Reporter,
        Self::Began,
        Self::People,
        Self::Share,
        Self::Cost,
        Self::Orders,
        Self::Customers,
        Self::Tried,
    ];

    fn is_in(self, facts: &Facts) -> bool {
        facts.tells(self.fact())
    }

    #[must_use]
    pub const fn fact(self) -> FactField {
        match self {
            Self::What => FactField::What,
            Self::Place => FactField::Place,
            Self::Who => FactField::Who,
            Self::Reporter => FactField::Reporter,
            Self::Began => FactField::Began,
            Self::People => FactField::People,
            Self::Cost => FactField::Impact,
            Self::Tried => FactField::Tried,
            Self::Share => FactField::Share,
            Self::Orders => FactField::Orders,
            Self::Customers => FactField::Customers,
        }
    }

    /// What somebody wrote of it is their word; what was read out of that is a guess.
    const fn is_guessed(self) -> bool {
        !matches!(self, Self::What | Self::Place)
    }

    /// Whether it stands there only because it is usual for the service.
    fn is_usual(self, facts: &Facts, services: &[Service]) -> bool {
        let Some(service) = services.iter().find(|service| Some(service.id) == facts.service) else { return false };
        match self {
            Self::Cost => facts.cost_per_hour == service.cost_per_hour,
            Self::Orders => facts.orders_per_hour == service.orders_per_hour,
            _ => false,
        }
    }

    fn copy(self, from: &Facts, to: &mut Facts) {
        match self {
            Self::What => to.what.clone_from(&from.what),
            Self::Place => {
                to.place.clone_from(&from.place);
                to.service = from.service;
            }
            Self::Who => to.who.clone_from(&from.who),
            Self::Reporter => to.reported_by.clone_from(&from.reported_by),
            Self::Began => to.began_at = from.began_at,
            Self::People => to.people_affected = from.people_affected,
            Self::Cost => to.cost_per_hour = from.cost_per_hour,
            Self::Share => to.affected_percent = from.affected_percent,
            Self::Orders => to.orders_per_hour = from.orders_per_hour,
            Self::Customers => to.customers_affected = from.customers_affected,
            Self::Tried => to.tried.clone_from(&from.tried),
        }
    }
}

/// Fills in what is still empty, and marks it. What stands there already stays, and so does
/// what is usual for a service: it comes with the service, not with the ticket.
pub fn fill(draft: &mut Draft, found: Found, services: &[Service]) -> Filling {
    let mut filling = Filling::default();
    for field in Filled::ALL.into_iter().filter(|field| field.is_in(&found.facts)) {
        // An honest "unknown" is an answer, and stands in the way as any other.
        let said_unknown = draft.facts.unknown.iter().any(|unknown| unknown.field == field.fact());
        // A figure that only came with the service gives way to one that somebody wrote.
        let only_usual = field.is_usual(&draft.facts, services);
        if said_unknown || (field.is_in(&draft.facts) && !only_usual) {
            filling.kept.insert(field);
        } else {
            field.copy(&found.facts, &mut draft.facts);
            filling.filled.insert(field);
        }
    }
    draft.facts.assumed.extend(filling.filled.iter().filter(|field| field.is_guessed()).map(|field| field.fact()));
    if let Some(service) = services.iter().find(|service| Some(service.id) == draft.facts.service) {
        service.usual_of(&mut draft.facts);
    }
    draft.found.extend(&filling.filled);
    draft.left_out = found.left_out;
    filling
}

/// What one of a service's descriptions says.
#[must_use]
pub fn of_template(template: &Template) -> Facts {
    Facts {
        what: template.what.clone(),
        who: template.who.clone(),
        people_affected: template.people_affected,
        affected_percent: template.affected_percent,
        checklist: template.checklist.clone(),
        ..Facts::default()
    }
}

/// What is likely to be as it was the last time, where the service does not know what is usual. What was tried then is what to try now;
/// what happened, and since when, is for somebody to say.
#[must_use]
pub fn of_last(last: &Facts, service: &Service) -> Facts {
    let mut facts = Facts {
        who: last.who.clone(),
        people_affected: last.people_affected,
        affected_percent: last.affected_percent,
        cost_per_hour: last.cost_per_hour.filter(|_| service.cost_per_hour.is_none()),
        orders_per_hour: last.orders_per_hour.filter(|_| service.orders_per_hour.is_none()),
        customers_affected: last.customers_affected,
        checklist: last.checklist.clone(),
        ..Facts::default()
    };
    facts.is_to_try(last.tried.iter().map(|tried| &tried.what));
    facts
}

/// Fills in where a description can begin: all of it is assumed, its words as well.
pub fn begin_with(draft: &mut Draft, facts: Facts, services: &[Service]) -> Filling {
    draft.facts.is_to_try(&facts.checklist);
    let left_out = draft.left_out.clone();
    let filling = fill(draft, Found { facts, left_out }, services);
    draft.facts.assumed.extend(filling.filled.iter().map(|field| field.fact()));
    filling
}

#[cfg(test)]
mod tests {
    use super::super::facts::{Tried, TriedResult};
    use super::super::time::Instant;
    use super::*;

    #[test]
    fn what_somebody_typed_stays_and_the_rest_is_filled_in_and_marked() {
        let mut draft = Draft::begun(Instant(0));
        draft.facts.what = "The belt stands".into();
        let facts = Facts { what: "Belt down".into(), who: "Anna Weber".into(), people_affected: Some(12), ..Facts::default() };
        let filling = fill(&mut draft, Found { facts, left_out: vec![] }, &[]);
        assert_eq!(draft.facts.what, "The belt stands", "nothing that was typed is overwritten");
        assert_eq!(filling.kept, BTreeSet::from([Filled::What]), "and it is said that something was found for it");
        assert_eq!(draft.found, BTreeSet::from([Filled::Who, Filled::People]), "what was filled in is marked");
    }

    fn service() -> Service {
        serde_json::from_value(serde_json::json!({
            "id": super::super::id::ServiceId::new(Instant(0)), "name": "Belts", "owner": null, "path": null, "cost_per_hour": null, "sample": false
        }))
        .expect("a service as old directories write it")
    }

    #[test]
    fn like_the_last_one_takes_the_people_and_the_figures_and_its_steps_as_steps_to_try() {
        let tried = |what: &str| Tried { what: what.into(), result: TriedResult::Helped, at: Instant(0) };
        let last = Facts {
            what: "Belt down".into(),
            who: "Hall 3".into(),
            people_affected: Some(12),
            began_at: Some(Instant(0)),
            checklist: vec!["Look at the fuse".into()],
            tried: vec![tried("Look at the fuse"), tried("Restarted the drive")],
            ..Facts::default()
        };
        let mut draft = Draft::begun(Instant(0));
        draft.facts.people_affected = Some(5);
        let filling = begin_with(&mut draft, of_last(&last, &service()), &[]);
        assert_eq!((filling.filled, filling.kept), ([Filled::Who].into(), [Filled::People].into()), "what was typed stays");
        assert_eq!((draft.facts.what.as_str(), draft.facts.began_at), ("", None), "it did not happen then");
        assert!(draft.facts.tried.is_empty(), "nothing was tried yet");
        assert_eq!(draft.facts.untried().collect::<Vec<_>>(), ["Look at the fuse", "Restarted the drive"], "and each step comes once");
        assert_eq!(draft.facts.assumed, [FactField::Who].into(), "until somebody confirms it");
    }

    #[test]
    fn the_words_of_a_description_are_assumed_until_somebody_has_touched_them() {
        let template = Template { what: "Line ___ stands".into(), checklist: vec!["Look at the fuse".into()], ..Template::default() };
        let mut draft = Draft::begun(Instant(0));
        begin_with(&mut draft, of_template(&template), &[]);
        assert_eq!((draft.facts.what.as_str(), draft.facts.assumed), ("Line ___ stands", [FactField::What].into()));
    }
}
