//! One after the other, to reach one person: "text now, call after 2 min, then
//! every 5".

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use ts_rs::TS;

use super::id::MethodId;

/// What is done for one person while their level waits.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct Sequence {
    pub steps: Vec<SequenceStep>,
    /// The last step again every so many minutes.
    pub again_every: Option<u32>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct SequenceStep {
    pub method: MethodId,
    /// Minutes after the person's turn has come; 0 is at once.
    pub after: u32,
}

/// The longest a step can be put off: a day, as a level can last.
const LONGEST: u32 = 1440;

/// More often than this nobody can answer in between.
const OFTENEST: u32 = 2;

impl Sequence {
    /// In the order of their time, the first at once. What is not among the `usable`
    /// gives way to the next of those that the sequence does not use, and where none is
    /// left it is left out; what would come after `minutes` never comes.
    #[must_use]
    pub fn within(&self, minutes: u32, usable: &[MethodId]) -> Vec<SequenceStep> {
        let mut spare = usable.iter().copied().filter(|method| self.steps.iter().all(|step| step.method != *method));
        let mut instead: BTreeMap<MethodId, Option<MethodId>> = BTreeMap::new();
        let mut way =
            |method: MethodId| if usable.contains(&method) { Some(method) } else { *instead.entry(method).or_insert_with(|| spare.next()) };
        let mut steps: Vec<SequenceStep> =
            self.steps.iter().filter_map(|step| Some(SequenceStep { method: way(step.method)?, after: step.after })).collect();
        steps.sort_by_key(|step| step.after);
        // Where the first way is not to be used, the next one does not wait for it.
        let earlier = steps.first().map_or(0, |step| step.after);
        steps.iter_mut().for_each(|step| step.after -= earlier);
        if let (Some(last), Some(every)) = (steps.last().copied(), self.again_every) {
            let every = every.max(OFTENEST);
            let again = (1..).map(|time| last.after.saturating_add(every.saturating_mul(time)));
            steps.extend(again.take_while(|after| *after < minutes).map(|after| SequenceStep { after, ..last }));
        }
        steps.retain(|step| step.after < minutes.max(1));
        steps
    }

    /// What makes it unusable, in words.
    pub fn check(&self) -> Result<(), String> {
        if self.steps.iter().any(|step| step.after > LONGEST) {
            return Err("A step comes after at most 1440 minutes (a day).".into());
        }
        if self.steps.iter().enumerate().any(|(at, step)| self.steps[..at].contains(step)) {
            return Err("The same way stands there twice at the same minute.".into());
        }
        if self.again_every.is_some_and(|every| !(OFTENEST..=LONGEST).contains(&every)) {
            return Err(format!("Again every {OFTENEST} to {LONGEST} minutes: more often than that nobody can answer in between."));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::time::Instant;

    fn text_then_call() -> (Sequence, MethodId, MethodId) {
        let (text, call) = (MethodId::new(Instant(0)), MethodId::new(Instant(0)));
        let steps = vec![SequenceStep { method: text, after: 0 }, SequenceStep { method: call, after: 2 }];
        (Sequence { steps, again_every: Some(5) }, text, call)
    }

    fn minutes(steps: &[SequenceStep]) -> Vec<u32> {
        steps.iter().map(|step| step.after).collect()
    }

    #[test]
    fn text_now_call_after_two_minutes_then_every_five() {
        let (sequence, text, call) = text_then_call();
        let steps = sequence.within(15, &[text, call]);
        assert_eq!(minutes(&steps), [0, 2, 7, 12], "17 would be after the next level");
        assert_eq!(steps.iter().map(|step| step.method).collect::<Vec<_>>(), [text, call, call, call], "the last step is the one repeated");
    }

    #[test]
    fn where_the_first_way_is_known_to_be_wrong_the_next_does_not_wait() {
        let (sequence, _, call) = text_then_call();
        assert_eq!(minutes(&sequence.within(10, &[call])), [0, 5], "called at once");
        assert_eq!(sequence.within(10, &[]), [], "and nothing where none is left");
    }

    #[test]
    fn what_is_wrong_gives_way_to_what_the_sequence_does_not_use() {
        let (sequence, text, _) = text_then_call();
        let mobile = MethodId::new(Instant(0));
        let steps = sequence.within(8, &[text, mobile]);
        assert_eq!(
            steps.iter().map(|step| (step.method, step.after)).collect::<Vec<_>>(),
            [(text, 0), (mobile, 2), (mobile, 7)],
            "the other number is called in its place"
        );
    }

    #[test]
    fn a_step_that_comes_after_the_next_level_never_comes() {
        let (sequence, text, call) = text_then_call();
        assert_eq!(minutes(&sequence.within(2, &[text, call])), [0], "the level is over when the call would be due");
    }

    #[test]
    fn what_cannot_be_meant_is_refused() {
        let (sequence, text, _) = text_then_call();
        assert_eq!(sequence.check(), Ok(()));
        assert!(Sequence { again_every: Some(1), ..sequence }.check().is_err(), "every minute is not to be borne");
        let twice = Sequence { steps: vec![SequenceStep { method: text, after: 3 }; 2], again_every: None };
        assert!(twice.check().is_err());
        assert!(Sequence { steps: vec![SequenceStep { method: text, after: 1441 }], again_every: None }.check().is_err());
    }
}
