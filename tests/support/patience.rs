//! Waiting for what another process does, which announces nothing.

use std::thread;
use std::time::{Duration, Instant};

/// As long as a loaded machine may take for one thing.
const LIMIT: Duration = Duration::from_secs(30);

/// Asks again until there is an answer, and fails, saying what never came, when there is none in time.
///
/// The pause between two looks only spares the processor: nothing depends on its length.
pub fn until<T>(what: &str, mut look: impl FnMut() -> Option<T>) -> T {
    #[allow(clippy::disallowed_methods, reason = "how long another process takes is no incident's time")]
    let began = Instant::now();
    loop {
        if let Some(found) = look() {
            return found;
        }
        assert!(began.elapsed() < LIMIT, "{what}: not within {} s", LIMIT.as_secs());
        thread::sleep(Duration::from_millis(25));
    }
}
