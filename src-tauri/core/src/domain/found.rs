//! What came in by a link, or out of a ticket that was pasted: it fills in what is
//! still empty, and is marked until somebody has touched it.

use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use ts_rs::TS;

use super::directory::Service;
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
    /// What was not taken over, each in a sentence.
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
    pub const ALL: [Self; 10] = [
        Self::What,
        Self::Place,
        Self::Who,
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

#[cfg(test)]
mod tests {
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
}
