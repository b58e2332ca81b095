//! For providers that are asked now and then: which message is asked after when, and
//! what was returned already. Kept in memory only; after a restart everything is asked
//! once more, and what is heard twice is one.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use super::inbound::{Arrival, Awaited, Deaf, Heard, Listening};
use crate::domain::delivery::DeliveryState;
use crate::domain::time::{Instant, MINUTE};

const SECOND: i64 = 1000;

/// The most messages asked after in one round, so that no answer waits for long
/// behind them.
const AT_ONCE: usize = 20;

/// Between two questions after one message, at least and at most.
const BETWEEN: (i64, i64) = (3 * SECOND, 10 * MINUTE);

/// How soon to ask again what has come: soon while somebody may be reaching for their
/// phone, later when nobody does.
pub(super) fn pace(listening: &Listening) -> Duration {
    let young = listening.awaited.iter().map(|one| listening.now.since(one.sent_at)).min().unwrap_or(i64::MAX);
    Duration::from_secs(match young {
        ..=600_000 => 3,
        600_001..=3_600_000 => 8,
        _ => 20,
    })
}

/// The messages that a provider may still report on, and when each is next asked after.
#[derive(Default)]
pub(super) struct Rounds(Mutex<BTreeMap<String, Instant>>);

impl Rounds {
    /// Those to ask after now, by the provider's name for each. The older a message
    /// is the less often, for what has said nothing for an hour says nothing in the
    /// next second either. Without patience all are asked after, whatever the time.
    pub(super) fn due<'a>(&self, listening: &'a Listening, wanted: impl Fn(&Awaited) -> bool) -> Vec<(&'a str, &'a Awaited)> {
        let mut next = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let mut open: Vec<(&str, &Awaited)> =
            listening.awaited.iter().filter(|one| wanted(one)).filter_map(|one| Some((one.provider_id.as_deref()?, one))).collect();
        let names: BTreeSet<&str> = open.iter().map(|(name, _)| *name).collect();
        next.retain(|name, _| names.contains(name.as_str()));
        let when = |name: &str| next.get(name).copied().unwrap_or(Instant(0));
        // A clock that was put back must not silence anything.
        let far = listening.now.plus(BETWEEN.1);
        open.retain(|(name, _)| listening.patience.is_zero() || when(name) <= listening.now || when(name) > far);
        open.sort_by_key(|(name, _)| when(name));
        open.truncate(AT_ONCE);
        open
    }

    /// Notes that a message was asked after and nothing more is known of it.
    pub(super) fn asked(&self, name: &str, about: &Awaited, now: Instant) {
        let wait = (now.since(about.sent_at) / 5).clamp(BETWEEN.0, BETWEEN.1);
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(name.into(), now.plus(wait));
    }
}

/// Whether nothing has been reported of it yet.
pub(super) const fn unreported(one: &Awaited) -> bool {
    matches!(one.state, DeliveryState::Accepted | DeliveryState::Uncertain)
}

/// What is found again with every look, such as a file in a folder or a line of a list,
/// and is to be returned once.
#[derive(Default)]
pub(super) struct Once(Mutex<Returned>);

#[derive(Default)]
struct Returned {
    /// What the last call returned, and under which cursor.
    last: BTreeSet<String>,
    cursor: Option<String>,
    confirmed: BTreeSet<String>,
}

impl Once {
    /// To be called first: a cursor that comes back confirms what was returned with it.
    pub(super) fn goes_on_from(&self, cursor: Option<&str>) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let last = std::mem::take(&mut kept.last);
        if kept.cursor.is_some() && kept.cursor.as_deref() == cursor {
            kept.confirmed.extend(last);
        }
    }

    pub(super) fn is_news(&self, name: &str) -> bool {
        !self.0.lock().unwrap_or_else(PoisonError::into_inner).confirmed.contains(name)
    }

    /// Notes what is returned now under this cursor, which differs from every earlier
    /// one. Of what was confirmed only that is kept which is still `there`.
    pub(super) fn returns(&self, names: impl IntoIterator<Item = String>, cursor: Option<String>, there: impl Fn(&str) -> bool) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.last = names.into_iter().collect();
        kept.cursor = cursor;
        kept.confirmed.retain(|name| there(name));
    }
}

/// Another cursor than this one, for who has nothing of the provider's to count by.
pub(super) fn another(cursor: Option<&str>) -> String {
    let turn: u64 = cursor.and_then(|cursor| cursor.parse().ok()).unwrap_or(0);
    (turn + 1).to_string()
}

/// What comes of asking after one thing and then the next. What was found is not kept
/// waiting by what could not be asked, and nothing is over before that is on the disk.
#[derive(Default)]
pub(super) struct Looks {
    arrivals: Vec<Arrival>,
    /// By which names all of it is known once it is confirmed.
    told: Vec<String>,
    answered: bool,
    why: Option<Deaf>,
}

impl Looks {
    /// What was seen of the one of this name, which has no space in it; `over` where
    /// nothing more will be seen of it.
    pub(super) fn saw(&mut self, once: &Once, name: &str, arrivals: impl IntoIterator<Item = Arrival>, over: bool) {
        self.answered = true;
        for arrival in arrivals {
            let told = format!("{name} {}", arrival.id);
            if once.is_news(&told) {
                self.told.push(told);
                self.arrivals.push(arrival);
            }
        }
        self.told.extend(over.then(|| name.to_string()));
    }

    /// One could not be asked after. Says whether the others are worth a try: what is
    /// refused for good is so for this one alone, and once may be chance.
    pub(super) fn fails(&mut self, deaf: Deaf) -> bool {
        let goes_on = deaf.retry_after.is_none() && (deaf.lasts || self.why.is_none());
        self.why = Some(deaf);
        goes_on
    }

    /// All of it. Of what was confirmed only that is kept which belongs to one that is
    /// still `open`.
    pub(super) fn heard(self, once: &Once, listening: &Listening, open: &BTreeSet<String>, again_in: Duration) -> Result<Heard, Deaf> {
        if let Some(deaf) = self.why
            && self.told.is_empty()
            && !(deaf.lasts && self.answered)
        {
            return Err(deaf);
        }
        let before = listening.cursor.as_deref();
        let cursor = if self.told.is_empty() { before.map(String::from) } else { Some(another(before)) };
        once.returns(self.told, cursor.clone(), |told| open.contains(told.split(' ').next().unwrap_or_default()));
        Ok(Heard { arrivals: self.arrivals, cursor, again_in })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::id::DeliveryId;
    use crate::domain::message::Purpose;
    use crate::domain::token::Token;

    fn listening(ages: &[i64], now: Instant) -> Listening {
        let awaited = ages.iter().enumerate().map(|(index, age)| Awaited {
            delivery: DeliveryId::new(now),
            token: Token::sample(),
            provider_id: Some(format!("SM{index}")),
            address: "+493023125011".into(),
            purpose: Purpose::Alert,
            state: DeliveryState::Accepted,
            sent_at: now.plus(-age),
        });
        Listening { cursor: None, awaited: awaited.collect(), rooms: vec![], patience: Duration::from_secs(50), now }
    }

    fn names(due: &[(&str, &Awaited)]) -> Vec<String> {
        due.iter().map(|(name, _)| (*name).to_string()).collect()
    }

    #[test]
    fn what_is_old_is_asked_after_less_often_and_nothing_is_forgotten() {
        let (rounds, start) = (Rounds::default(), Instant(1_800_000_000_000));
        let mut asked = [0, 0];
        for second in 0..600 {
            let now = start.plus(second * SECOND);
            let listening = listening(&[second * SECOND, (3600 + second) * SECOND], now);
            for (name, about) in rounds.due(&listening, unreported) {
                asked[usize::from(name == "SM1")] += 1;
                rounds.asked(name, about, now);
            }
        }
        assert!((15..=60).contains(&asked[0]), "a young one often, though not every second: {asked:?}");
        assert!((1..=2).contains(&asked[1]), "one of an hour ago hardly: {asked:?}");
    }

    #[test]
    fn many_are_asked_after_in_turn_and_without_patience_at_any_time() {
        let (rounds, now) = (Rounds::default(), Instant(1_800_000_000_000));
        let mut all = listening(&[SECOND; 45], now);
        let mut seen = BTreeSet::new();
        for _ in 0..3 {
            let due = rounds.due(&all, unreported);
            assert!(due.len() <= AT_ONCE, "an answer must not wait behind {} questions", due.len());
            seen.extend(names(&due));
            due.into_iter().for_each(|(name, about)| rounds.asked(name, about, now));
        }
        assert_eq!(seen.len(), 45, "each comes to its turn");
        assert!(rounds.due(&all, unreported).is_empty(), "and is then left alone for a while");
        all.patience = Duration::ZERO;
        assert!(!rounds.due(&all, unreported).is_empty(), "who has no patience wants to know what is there now");
        let back = listening(&[SECOND; 3], now.plus(-60 * MINUTE));
        assert_eq!(rounds.due(&back, unreported).len(), 3, "a clock that was put back silences nothing");
    }

    #[test]
    fn what_was_returned_is_returned_again_until_it_is_confirmed() {
        let once = Once::default();
        let look = |cursor: Option<&str>, next: &str| {
            once.goes_on_from(cursor);
            let news: Vec<String> = ["a", "b"].into_iter().filter(|name| once.is_news(name)).map(String::from).collect();
            once.returns(news.clone(), Some(next.into()), |_| true);
            news.len()
        };
        assert_eq!(look(None, "1"), 2);
        assert_eq!(look(None, "2"), 2, "it could not be written down, so it comes again");
        assert_eq!(look(Some("2"), "3"), 0, "now it is on the disk");
    }
}
