//! Which incidents are open and in which order they stand, kept in memory and brought up to
//! date by what the log says has happened since: with ten thousand open, none of them is read
//! again but those that changed and those that are in sight.

use std::cmp::Reverse;
use std::collections::{BTreeMap, HashMap};

use rusqlite::Connection;

use crate::domain::commitment::{Commitment, Kind};
use crate::domain::directory::Team;
use crate::domain::due;
use crate::domain::id::{IncidentId, PersonId, ServiceId, TeamId};
use crate::domain::incident::{Incident, Phase};
use crate::domain::severity::Severity;
use crate::domain::time::Instant;
use crate::store::events::{self, Mark};
use crate::store::{Result, incidents};

/// The open incidents as far as the log was read.
#[derive(Default)]
pub(crate) struct Order {
    mark: Option<Mark>,
    open: HashMap<IncidentId, Entry>,
    /// Open ones that cannot be read, and so are on no board.
    unreadable: usize,
}

/// What an open incident is ordered and found by.
#[derive(Clone, Debug)]
pub(crate) struct Entry {
    pub id: IncidentId,
    pub severity: Severity,
    awaited: bool,
    next_at: Option<Instant>,
    pub service: Option<ServiceId>,
    /// Whoever has it or, while nobody has, is being called.
    with: Vec<PersonId>,
    /// Nobody else has it, nor is called: the desk tries it by itself.
    here: bool,
    /// Who follows it at the desk, who has it and who promised something, by name.
    names: Vec<String>,
    /// Whether something more is to be done after it.
    pub tasks: bool,
    /// Since when the desk has been asked about a promise or a task.
    pub committed: Option<Instant>,
}

/// What of the open incidents is looked at.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Sieve<'a> {
    /// Whose it is.
    pub me: Option<&'a str>,
    pub team: Option<&'a Team>,
    pub service: Option<ServiceId>,
    pub severity: Option<Severity>,
}

/// How many each choice would show, the other choices being as they are.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Counts {
    pub mine: u32,
    pub teams: BTreeMap<TeamId, u32>,
    pub services: BTreeMap<ServiceId, u32>,
    pub severities: BTreeMap<Severity, u32>,
}

impl Entry {
    fn of(incident: &Incident) -> Self {
        let holder = if let Phase::Held { by, name, .. } = &incident.phase { Some((*by, name.clone())) } else { None };
        let called = incident.climb.as_ref().filter(|_| matches!(incident.phase, Phase::Climbing {}));
        let with = called.map(|climb| climb.contacted.iter().copied().collect());
        let open = || incident.commitments.iter().filter(|one| one.is_open());
        let names = open().map(|one| &one.name).chain([&incident.followed_by]).chain(holder.as_ref().map(|(_, name)| name));
        Self {
            id: incident.id,
            severity: incident.severity,
            awaited: due::awaited(incident).is_some(),
            next_at: due::next_due(incident).map(|due| due.at),
            service: incident.facts.service,
            with: with.unwrap_or_else(|| holder.as_ref().and_then(|(by, _)| *by).into_iter().collect()),
            here: matches!(incident.phase, Phase::Trying { .. }),
            names: names.map(|name| folded(name)).collect(),
            tasks: open().any(|one| one.kind == Kind::Task),
            committed: open().filter_map(Commitment::awaited_since).min().filter(|_| incident.snooze.is_none()),
        }
    }

    pub(crate) fn is_late(&self, now: Instant) -> bool {
        self.awaited || self.next_at.is_some_and(|at| at < now)
    }

    fn is_of(&self, me: &str) -> bool {
        self.here || self.names.iter().any(|name| name == me)
    }

    fn is_with(&self, team: &Team) -> bool {
        self.with.iter().any(|person| team.people.contains(person))
    }
}

/// One that left meanwhile, or cannot be read, does not take the others off the board.
pub(crate) fn readable(db: &Connection, id: IncidentId) -> Option<Incident> {
    incidents::find(db, id).inspect_err(|error| tracing::error!(%id, %error, "an incident is left out")).ok().flatten()
}

impl Order {
    /// Reads what has happened since the last time.
    pub(crate) fn follow(&mut self, db: &Connection) -> Result<()> {
        let Some(before) = &self.mark else { return self.begin(db) };
        // The end first: what is appended meanwhile is read twice, and not left out.
        let end = events::mark(db)?;
        let Some(changed) = events::since(db, before)? else { return self.begin(db) };
        for id in changed {
            match readable(db, id).filter(Incident::is_open) {
                Some(incident) => _ = self.open.insert(id, Entry::of(&incident)),
                None => _ = self.open.remove(&id),
            }
        }
        self.mark = Some(end);
        // What left with its events, as the sample does, is in no log, and what cannot be read is still open.
        if self.open.len() + self.unreadable == incidents::count_open(db)? { Ok(()) } else { self.begin(db) }
    }

    fn begin(&mut self, db: &Connection) -> Result<()> {
        self.mark = Some(events::mark(db)?);
        self.open = incidents::open(db)?.iter().map(|incident| (incident.id, Entry::of(incident))).collect();
        self.unreadable = incidents::count_open(db)?.saturating_sub(self.open.len());
        Ok(())
    }

    /// The overdue first, then the worst, then the soonest due.
    pub(crate) fn sorted(&self, sieve: &Sieve<'_>, now: Instant) -> Vec<&Entry> {
        let me = sieve.me.map(folded);
        let mut found: Vec<&Entry> = self.open.values().filter(|entry| Fits::of(entry, sieve, me.as_deref()).all()).collect();
        found.sort_by_key(|entry| (!entry.is_late(now), Reverse(entry.severity), entry.next_at, entry.id));
        found
    }

    /// At most so many of which the desk has been asked about a promise or a task, the longest asked first.
    pub(crate) fn committed(&self, most: usize) -> Vec<IncidentId> {
        let mut asked: Vec<(Instant, IncidentId)> = self.open.values().filter_map(|entry| Some((entry.committed?, entry.id))).collect();
        asked.sort_unstable();
        asked.into_iter().take(most).map(|(_, id)| id).collect()
    }

    pub(crate) fn all(&self) -> impl Iterator<Item = &Entry> {
        self.open.values()
    }

    /// How many are open, and how many of them are late.
    pub(crate) fn sizes(&self, now: Instant) -> (u32, u32) {
        (as_count(self.open.len()), as_count(self.open.values().filter(|entry| entry.is_late(now)).count()))
    }

    pub(crate) const fn unreadable(&self) -> usize {
        self.unreadable
    }

    pub(crate) fn counts(&self, sieve: &Sieve<'_>, me: Option<&str>, teams: &[Team]) -> Counts {
        let (chosen, mine) = (sieve.me.map(folded), me.map(folded));
        let mut counts = Counts::default();
        for entry in self.open.values() {
            let fits = Fits::of(entry, sieve, chosen.as_deref());
            if fits.team && fits.service && fits.severity && mine.as_deref().is_some_and(|me| entry.is_of(me)) {
                counts.mine += 1;
            }
            if fits.me && fits.service && fits.severity {
                let its = teams.iter().filter(|team| entry.is_with(team));
                its.for_each(|team| *counts.teams.entry(team.id).or_default() += 1);
            }
            if fits.me && fits.team && fits.severity {
                entry.service.iter().for_each(|service| *counts.services.entry(*service).or_default() += 1);
            }
            if fits.me && fits.team && fits.service {
                *counts.severities.entry(entry.severity).or_default() += 1;
            }
        }
        counts
    }
}

/// Which parts of a sieve let an incident through.
struct Fits {
    me: bool,
    team: bool,
    service: bool,
    severity: bool,
}

impl Fits {
    fn of(entry: &Entry, sieve: &Sieve<'_>, me: Option<&str>) -> Self {
        Self {
            me: me.is_none_or(|me| entry.is_of(me)),
            team: sieve.team.is_none_or(|team| entry.is_with(team)),
            service: sieve.service.is_none_or(|service| entry.service == Some(service)),
            severity: sieve.severity.is_none_or(|severity| entry.severity == severity),
        }
    }

    const fn all(&self) -> bool {
        self.me && self.team && self.service && self.severity
    }
}

/// A name as it is compared: people write their own as they like.
fn folded(name: &str) -> String {
    name.trim().to_lowercase()
}

pub(crate) fn as_count(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}
