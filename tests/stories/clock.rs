//! What happens to time when somebody changes the computer's clock.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::time::Duration;

use baton_core::api::types::Action;
use baton_core::clock::{Clock, SystemClock};
use baton_core::domain::event::AcknowledgedHow;
use baton_core::domain::time::{HOUR, Instant, MINUTE};
use baton_tests::smtp_sink::SmtpSink;
use baton_tests::world::{BEGINNING, World};

/// A computer whose clock can be set, and which counts the time it runs.
struct Computer {
    wall: Arc<AtomicI64>,
    steady: Arc<AtomicU64>,
}

impl Computer {
    fn showing(wall: Instant) -> Self {
        // A steady clock may have counted long before Baton starts.
        Self { wall: Arc::new(AtomicI64::new(wall.0)), steady: Arc::new(AtomicU64::new(7_000_000)) }
    }

    fn clock(&self, not_before: Option<Instant>) -> SystemClock {
        let (wall, steady) = (self.wall.clone(), self.steady.clone());
        SystemClock::reading(
            not_before,
            move || Instant(wall.load(Ordering::SeqCst)),
            move || Duration::from_millis(steady.load(Ordering::SeqCst)),
        )
    }

    fn runs(&self, milliseconds: i64) {
        self.wall.fetch_add(milliseconds, Ordering::SeqCst);
        self.steady.fetch_add(milliseconds.unsigned_abs(), Ordering::SeqCst);
    }

    fn is_set_by(&self, milliseconds: i64) {
        self.wall.fetch_add(milliseconds, Ordering::SeqCst);
    }
}

#[test]
fn a_clock_set_back_does_not_make_anybody_wait() {
    let computer = Computer::showing(BEGINNING);
    let clock = computer.clock(None);
    computer.runs(MINUTE);
    computer.is_set_by(-HOUR);
    assert_eq!(clock.now(), BEGINNING.plus(MINUTE), "nothing is lost");
    computer.runs(10 * MINUTE);
    assert_eq!(clock.now(), BEGINNING.plus(11 * MINUTE), "and time goes on at its pace: who has ten minutes has ten, not seventy");
}

#[test]
fn a_clock_set_forward_is_followed() {
    let computer = Computer::showing(BEGINNING);
    let clock = computer.clock(None);
    computer.runs(MINUTE);
    // Also what a laptop's sleep looks like, which the steady clock does not count.
    computer.is_set_by(8 * HOUR);
    assert_eq!(clock.now(), BEGINNING.plus(8 * HOUR + MINUTE), "what fell due meanwhile is due");
}

#[test]
fn a_start_goes_on_from_the_last_event_unless_that_is_far_off() {
    let computer = Computer::showing(BEGINNING);
    let clock = computer.clock(Some(BEGINNING.plus(2 * HOUR)));
    computer.runs(MINUTE);
    assert_eq!(clock.now(), BEGINNING.plus(2 * HOUR + MINUTE), "set back while Baton was closed: it goes on from there");
    let clock = computer.clock(Some(BEGINNING.plus(3 * HOUR)));
    assert_eq!(clock.now(), BEGINNING.plus(MINUTE), "further off, the clock was wrong then and is believed now");
    let clock = computer.clock(Some(BEGINNING.plus(-HOUR)));
    assert_eq!(clock.now(), BEGINNING.plus(MINUTE), "an event of an hour ago holds nothing up");
}

#[tokio::test]
async fn after_a_clock_that_ran_ahead_was_put_right_what_is_to_go_goes_now() {
    let (world, mailbox) = (World::new().await, SmtpSink::start().await);
    let mail = world.mail(&mailbox).await;
    let (marta, jonas) = (world.person("Marta", &[(mail, "m@example.org")]).await, world.person("Jonas", &[(mail, "j@example.org")]).await);
    let shop = world.service("Shop", &[(&[&marta], 10), (&[&jonas], 10)]).await;
    let id = world.escalates("Checkout fails for everybody", &shop).await;
    mailbox.wait_for(1).await;
    world.clock.set(world.now().plus(-5 * HOUR));
    let world = world.restarted().await;
    world.act(id, Action::EscalateFurther { from_level: Some(0), from_round: 1 }).await;
    assert_eq!(mailbox.wait_for(2).await[1].to, ["j@example.org"], "Jonas is written to now, and not in five hours");
}

#[tokio::test]
async fn what_a_clock_that_ran_ahead_had_put_off_is_due_by_the_right_one() {
    let (world, mailbox) = (World::new().await, SmtpSink::start().await);
    let mail = world.mail(&mailbox).await;
    let (marta, jonas) = (world.person("Marta", &[(mail, "m@example.org")]).await, world.person("Jonas", &[(mail, "j@example.org")]).await);
    let shop = world.service("Shop", &[(&[&marta], 10), (&[&jonas], 10)]).await;
    let climbs = world.escalates("Checkout fails for everybody", &shop).await;
    let held = world.escalates("Labels print blank", &shop).await;
    world.act(held, Action::Acknowledge { person: Some(marta.id), name: String::new(), how: AcknowledgedHow::Call }).await;
    mailbox.wait_for(2).await;
    world.clock.set(world.now().plus(-5 * HOUR));
    let world = world.restarted().await;
    world.settle().await;
    world.fast_forward(10).await;
    assert_eq!(mailbox.wait_for(3).await[2].to, ["j@example.org"], "level 2 is ten minutes away, and not five hours and ten minutes");
    let told = world.timeline(climbs).await;
    assert!(told.iter().any(|words| words == "The computer's clock was put right: it had been 5 h ahead"), "{told:?}");

    world.act(held, Action::HandBack { why: "cannot".into() }).await;
    assert_eq!(mailbox.wait_for(4).await[3].to, ["j@example.org"], "handed back, it goes on at once by the clock of now");
}

#[tokio::test]
async fn after_a_clock_was_put_right_an_answer_that_does_not_come_is_late_by_nothing() {
    let (world, mailbox) = (World::new().await, SmtpSink::start().await);
    let mail = world.mail(&mailbox).await;
    let (marta, jonas) = (world.person("Marta", &[(mail, "m@example.org")]).await, world.person("Jonas", &[(mail, "j@example.org")]).await);
    let shop = world.service("Shop", &[(&[&marta], 10), (&[&jonas], 10)]).await;
    let id = world.escalates("Checkout fails for everybody", &shop).await;
    world.act(id, Action::Acknowledge { person: Some(marta.id), name: String::new(), how: AcknowledgedHow::Call }).await;
    world.clock.set(world.now().plus(-5 * HOUR));
    let world = world.restarted().await;
    world.settle().await;
    world.fast_forward(30 + 5).await;
    let told = mailbox.wait_for(3).await;
    assert_eq!(told[2].to, ["j@example.org"], "asked, she does not answer, and level 2 is contacted");
    let timeline = world.timeline(id).await;
    assert!(!timeline.iter().any(|line| line.contains(" late") || line.contains("alarmed")), "nothing was late: {timeline:?}");
}
