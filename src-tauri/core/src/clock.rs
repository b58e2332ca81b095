//! The only place that asks what time it is.

use std::time::Duration;

use crate::domain::time::Instant;

pub trait Clock: Send + Sync {
    fn now(&self) -> Instant;

    /// Returns after `wait` has passed on this clock, or sooner: whoever sleeps
    /// looks at the clock again.
    fn sleep(&self, wait: Duration) -> std::pin::Pin<Box<dyn Future<Output = ()> + Send + '_>>;
}

/// The computer's clock, which goes on when somebody sets it back.
///
/// An incident must not be escalated an hour late because the clock was set
/// back, so time here is the later of the wall clock and the wall clock at the
/// start plus what a steady clock has counted since. A clock set forward, which
/// is also what a laptop's sleep looks like, is followed at once.
pub struct SystemClock {
    wall: Box<dyn Fn() -> Instant + Send + Sync>,
    /// How long this clock has run.
    steady: Box<dyn Fn() -> Duration + Send + Sync>,
    wall_at_start: Instant,
}

impl SystemClock {
    /// `not_before` is the time of the last event on record: a clock found set
    /// back by up to two hours at the start goes on from there. One that is
    /// further off was wrong before, and is believed now.
    #[must_use]
    pub fn starting_after(not_before: Option<Instant>) -> Self {
        Self::reading(not_before, wall, stopwatch())
    }

    /// The same, on other readings than this computer's. `steady` tells how
    /// long it has counted and never goes back.
    #[must_use]
    pub fn reading(
        not_before: Option<Instant>,
        wall: impl Fn() -> Instant + Send + Sync + 'static,
        steady: impl Fn() -> Duration + Send + Sync + 'static,
    ) -> Self {
        let (found, counted) = (wall(), steady());
        let wall_at_start = match not_before {
            Some(last) if last > found && last.since(found) <= 2 * crate::domain::time::HOUR => last,
            _ => found,
        };
        Self { wall: Box::new(wall), steady: Box::new(move || steady().saturating_sub(counted)), wall_at_start }
    }
}

impl Clock for SystemClock {
    fn now(&self) -> Instant {
        let counted = i64::try_from((self.steady)().as_millis()).unwrap_or(i64::MAX);
        (self.wall)().max(self.wall_at_start.plus(counted))
    }

    fn sleep(&self, wait: Duration) -> std::pin::Pin<Box<dyn Future<Output = ()> + Send + '_>> {
        Box::pin(tokio::time::sleep(wait))
    }
}

#[allow(clippy::disallowed_methods, reason = "this is the place that reads the clock")]
fn wall() -> Instant {
    Instant(chrono::Utc::now().timestamp_millis())
}

#[allow(clippy::disallowed_methods, reason = "this is the place that reads the clock")]
fn stopwatch() -> impl Fn() -> Duration + Send + Sync + 'static {
    let began = std::time::Instant::now();
    move || began.elapsed()
}
