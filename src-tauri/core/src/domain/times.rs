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
}

impl Times {
    #[must_use]
    pub fn of(recorded: &[Recorded]) -> Self {
        use IncidentEvent as E;
        let (mut times, mut ahead) = (Self::default(), 0);
        for one in recorded {
            if let E::ClockPutRight { ahead_ms } = one.event {
                ahead += ahead_ms;
            }
            let at = one.at.plus(-ahead);
            match &one.event {
                E::Filed { .. } => times.filed = Some(at),
                E::Escalated { .. } => drop(times.escalated.get_or_insert(at)),
                E::Acknowledged { .. } if times.escalated.is_some() => drop(times.acknowledged.get_or_insert(at)),
                E::Resolved { .. } | E::MergedInto { .. } => times.resolved = Some(at),
                E::Reopened { .. } => times.resolved = None,
                _ => {}
            }
        }
        times
    }

    /// From passing it on until somebody had it, in milliseconds.
    #[must_use]
    pub fn to_acknowledge(&self) -> Option<i64> {
        Some(self.acknowledged?.since(self.escalated?).max(0))
    }

    /// From filing it until it was over, in milliseconds.
    #[must_use]
    pub fn to_resolve(&self) -> Option<i64> {
        Some(self.resolved?.since(self.filed?).max(0))
    }
}
