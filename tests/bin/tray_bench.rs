//! `tray_bench [rounds]`: what Baton weighs in the tray after it was closed to it and opened again many times, and
//! how much of the processor it uses while it rests there. On a display and a bus of its own.

use std::process::ExitCode;
use std::thread::sleep;
use std::time::Duration;

use baton_tests::patience::until;
use baton_tests::window::desktop::{Desktop, Look};
use baton_tests::window::footprint::Tree;

/// As often as somebody opens it in a long shift.
const ROUNDS: usize = 50;

/// The first windows fill what is filled once: fonts, styles, caches of the page.
const WARM: usize = 5;

/// Of the memory at the start, in percent.
const MAY_GROW: f64 = 10.0;

/// Of one processor, in percent.
const MAY_USE: f64 = 0.1;

/// The kernel counts in hundredths of a second.
const TICKS_OF_A_MINUTE: f64 = 6_000.0;

/// What was in use by a window that is gone is given back soon after it.
const AT_REST: Duration = Duration::from_secs(5);

fn main() -> ExitCode {
    let rounds = std::env::args().nth(1).and_then(|rounds| rounds.parse().ok()).unwrap_or(ROUNDS);
    let desktop = Desktop::start(Look::Light);
    let _baton = desktop.start_baton();
    let display = desktop.display();
    let window = || until("the window", || display.windows("Baton").first().copied());
    let close = || {
        let window = window();
        sleep(Duration::from_millis(500));
        display.close(window);
        until("no window", || display.windows("Baton").is_empty().then_some(()));
    };
    window();
    desktop.expect_in_tray("Nothing is open");
    let tree = Tree::of(desktop.baton());
    let reopen = || {
        desktop.choose_from_tray("Open Baton");
        close();
    };
    close();
    (1..WARM).for_each(|_| reopen());
    sleep(AT_REST);
    let before = tree.memory();
    println!("in the tray after {WARM} windows: {:.1} MiB {:?}", mib(before), tree.parts());
    for round in 1..=rounds {
        reopen();
        if round % 10 == 0 {
            println!("  {round}: {:.1} MiB {:?}", mib(tree.memory()), tree.parts());
        }
    }
    sleep(AT_REST);
    let after = tree.memory();
    let grown = (mib(after) / mib(before) - 1.0) * 100.0;
    println!("after {rounds} more: {:.1} MiB, {grown:+.1} %   budget: < {MAY_GROW} %   {:?}", mib(after), tree.parts());

    sleep(AT_REST);
    let began = tree.ticks();
    sleep(Duration::from_secs(60));
    #[allow(clippy::cast_precision_loss, reason = "a minute has few ticks")]
    let used = (tree.ticks() - began) as f64 / TICKS_OF_A_MINUTE * 100.0;
    println!("idle in the tray for a minute: {used:.3} % of a processor   budget: < {MAY_USE} %");
    if grown < MAY_GROW && used < MAY_USE { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

#[allow(clippy::cast_precision_loss, reason = "no memory is so large")]
fn mib(kib: u64) -> f64 {
    kib as f64 / 1024.0
}
