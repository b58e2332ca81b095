//! `board_bench`: how the board scrolls with ten thousand open incidents, in Chromium over the real core, beside a bare
//! list of rows that need nothing.

use std::process::ExitCode;

use baton_tests::window::desktop::{Desktop, Look};
use baton_tests::window::{Window, page};
use baton_tests::world::World;
use baton_tests::{bridge, many, root};
use serde_json::{Value, json};

const OPEN: u64 = 10_000;

/// About two rows in each frame: as fast as a wheel is turned.
const STEP: u32 = 120;

/// Ten seconds of them where nothing is late.
const FRAMES: u32 = 600;

/// Beside the bare list's, at most.
const MAY_TAKE: f64 = 1.5;

#[tokio::main]
async fn main() -> ExitCode {
    let world = World::now_and_here().await;
    many::open(&world, OPEN).await;
    let url = bridge::serve(&world, &root().join("ui/dist"), 0).await;
    let desktop = Desktop::start(Look::Light);
    let window = Window::in_chromium(&desktop, &url, Look::Light);
    page::go(window.session(), "board");
    window.expect(&format!("{OPEN} open"));
    let board = scrolled(&window, ".list");
    window.session().run("document.body.innerHTML = arguments[0]", &[json!(BARE)]);
    window
        .session()
        .run("document.querySelector('.bare').innerHTML = '<p>A row of the bare list</p>'.repeat(arguments[0])", &[json!(OPEN)]);
    let bare = scrolled(&window, ".bare");
    let ratio = board.mean / bare.mean;
    println!("{:<24} {:>10} {:>10} {:>14}", "", "a frame", "p99", "rows to come");
    for (name, one) in [("the board", &board), ("a bare list", &bare)] {
        println!("{name:<24} {:>7.1} ms {:>7.1} ms {:>14}", one.mean, one.p99, one.empty);
    }
    println!("ratio {ratio:.2}   budget: < {MAY_TAKE}");
    if ratio < MAY_TAKE { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

struct Frames {
    mean: f64,
    p99: f64,
    /// In so many of them a row was to be seen that had not been fetched yet.
    empty: u64,
}

fn scrolled(window: &Window, list: &str) -> Frames {
    let asked = [json!(list), json!(STEP), json!(FRAMES)];
    let found = window.session().run_until_called(SCROLL, &asked).unwrap_or_else(|refused| panic!("{}", refused.message));
    let mut took: Vec<f64> = found["took"].as_array().expect("a list").iter().filter_map(Value::as_f64).collect();
    took.sort_by(f64::total_cmp);
    let mean = took.iter().sum::<f64>() / f64::from(FRAMES);
    Frames { mean, p99: took[took.len() * 99 / 100], empty: found["empty"].as_u64().expect("a count") }
}

const BARE: &str = r#"<div class="bare" style="height: 600px; overflow: auto"></div>"#;

const SCROLL: &str = r"
const [selector, step, frames, done] = arguments
const list = document.querySelector(selector)
const took = []
let empty = 0
let last = performance.now()
const sight = () => list.getBoundingClientRect()
const next = (now) => {
  took.push(now - last)
  last = now
  const { top, bottom } = sight()
  if ([...list.querySelectorAll('.coming')].some((one) => one.getBoundingClientRect().bottom > top && one.getBoundingClientRect().top < bottom)) empty += 1
  if (took.length > frames) done({ took: took.slice(1), empty })
  else {
    list.scrollTop += step
    requestAnimationFrame(next)
  }
}
requestAnimationFrame(next)
";
