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
    Reporter,
    Began,
    People,
    Cost,
    Tried,
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
    pub const ALL: [Self; 8] = [Self::What, Self::Place, Self::Who, Self::Reporter, Self::Began, Self::People, Self::Cost, Self::Tried];

    fn is_in(self, facts: &Facts) -> bool {
        match self {
            Self::What => !facts.what.trim().is_empty(),
            Self::Place => facts.service.is_some() || !facts.place.trim().is_empty(),
            Self::Who => !facts.who.trim().is_empty(),
            Self::Reporter => !facts.reported_by.trim().is_empty(),
            Self::Began => facts.began_at.is_some(),
            Self::People => facts.people_affected.is_some(),
            Self::Cost => facts.cost_per_hour.is_some(),
            Self::Tried => facts.tried.iter().any(|tried| !tried.what.trim().is_empty()),
        }
    }

    /// An honest "unknown" is an answer, and stands in the way as any other.
    const fn unknown(self) -> Option<FactField> {
        match self {
            Self::Who => Some(FactField::Who),
            Self::Began => Some(FactField::Began),
            Self::Cost => Some(FactField::Impact),
            Self::What | Self::Place | Self::Reporter | Self::People | Self::Tried => None,
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
            Self::Tried => to.tried.clone_from(&from.tried),
        }
    }
}

/// Fills in what is still empty, and marks it. What stands there already stays, and so does
/// what a service is known to cost: it comes with the service, not with the ticket.
pub fn fill(draft: &mut Draft, found: Found, services: &[Service]) -> Filling {
    let mut filling = Filling::default();
    let cost_of =
        |facts: &Facts| services.iter().find(|service| Some(service.id) == facts.service).and_then(|service| service.cost_per_hour);
    for field in Filled::ALL.into_iter().filter(|field| field.is_in(&found.facts)) {
        let said_unknown = field.unknown().is_some_and(|field| draft.facts.unknown.iter().any(|unknown| unknown.field == field));
        // A cost that only came with the service gives way to one that somebody wrote.
        let only_known = field == Filled::Cost && draft.facts.cost_per_hour == cost_of(&draft.facts);
        if said_unknown || (field.is_in(&draft.facts) && !only_known) {
            filling.kept.insert(field);
        } else {
            field.copy(&found.facts, &mut draft.facts);
            filling.filled.insert(field);
        }
    }
    if draft.facts.cost_per_hour.is_none() {
        draft.facts.cost_per_hour = cost_of(&draft.facts);
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
