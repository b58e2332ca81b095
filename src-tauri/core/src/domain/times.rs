//! When an incident was filed, passed on, taken and over, and how long that took.

use super::event::{IncidentEvent, Recorded};
use super::time::Instant;

/// The moments by which an incident is judged afterwards, by the clock on the wall.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Times {
    pub filed: Option<Instant>,
    /// The first time that it was passed on.
    pub escalated: Option<Instant>,
    /// When somebody first had it after that.
    pub acknowledged: Option<Instant>,
    /// `None` while it is open.
    pub resolved: Option<Instant>,
    to_acknowledge: Option<i64>,
    to_resolve: Option<i64>,
}

impl Times {
    #[must_use]
    pub fn of(recorded: &[Recorded]) -> Self {
        use IncidentEvent as E;
        let (mut filed, mut escalated, mut acknowledged, mut resolved) = (None, None, None, None);
        for (one, at) in moments(recorded) {
            match one {
                E::Filed { .. } => filed = Some(at),
                E::Escalated { .. } => drop(escalated.get_or_insert(at)),
                E::Acknowledged { .. } if escalated.is_some() => drop(acknowledged.get_or_insert(at)),
                E::Resolved { .. } | E::MergedInto { .. } => resolved = Some(at),
                E::Reopened { .. } => resolved = None,
                _ => {}
            }
        }
        let wall = |moment: Option<Moment>| moment.map(|moment| moment.at);
        let took = |from: Option<Moment>, to: Option<Moment>| Some(to?.since(from?));
        Self {
            filed: wall(filed),
            escalated: wall(escalated),
            acknowledged: wall(acknowledged),
            resolved: wall(resolved),
            to_acknowledge: took(escalated, acknowledged),
            to_resolve: took(filed, resolved),
        }
    }

    /// From passing it on until somebody had it, in milliseconds.
    #[must_use]
    pub const fn to_acknowledge(&self) -> Option<i64> {
        self.to_acknowledge
    }

    /// From filing it until it was over, in milliseconds.
    #[must_use]
    pub const fn to_resolve(&self) -> Option<i64> {
        self.to_resolve
    }
}

/// A moment of an incident's log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Moment {
    /// By the clock on the wall.
    pub(super) at: Instant,
    /// By so much the log is later than that.
    ahead: i64,
}

impl Moment {
    /// Milliseconds since `earlier`. Where that was recorded by a clock that ran ahead and was put right since, the wall
    /// shows less now than it did then; what passed is what the log has between them, which goes on at its pace.
    pub(super) fn since(self, earlier: Self) -> i64 {
        let on_the_wall = self.at.since(earlier.at);
        if on_the_wall >= 0 { on_the_wall } else { (on_the_wall + self.ahead - earlier.ahead).max(0) }
    }

    pub(super) const fn later(self, milliseconds: i64) -> Self {
        Self { at: self.at.plus(milliseconds), ahead: self.ahead }
    }
}

/// What happened to an incident, each with its moment.
pub(super) fn moments(recorded: &[Recorded]) -> impl Iterator<Item = (&IncidentEvent, Moment)> {
    recorded.iter().scan(0, |ahead, one| {
        if let IncidentEvent::ClockPutRight { ahead_ms } = one.event {
            *ahead += ahead_ms;
        }
        Some((&one.event, Moment { at: one.at.plus(-*ahead), ahead: *ahead }))
    })
}
