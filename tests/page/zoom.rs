//! The smallest window, and text of twice the size in smaller ones yet: nothing may
//! be out of reach there, nor be read by scrolling sideways.

use baton_tests::bridge;
use baton_tests::window::desktop::{Desktop, Look};
use baton_tests::window::{Window, page};
use baton_tests::world::World;
use serde_json::json;

use crate::scene;
use crate::walk;

/// The smallest window that is promised to work; one of 1280 × 800 and one of 640 × 400 with
/// text of twice the size, which to the page is a window half as large.
const SIZES: [(u32, u32); 3] = [(900, 640), (640, 400), (320, 200)];

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_out_of_reach_in_a_small_window_or_with_large_text() {
    let world = World::new().await;
    let url = bridge::serve(&world, &scene::built(), 0).await;
    let desktop = Desktop::start(Look::Light);
    let window = Window::in_chromium(&desktop, &url, Look::Light);

    let mut found = Vec::new();
    walk::everywhere(&world, &window, |place| {
        for size in SIZES {
            window.resize_in_chromium(size);
            page::settle(window.session());
            found.extend(out_of_reach(&window).into_iter().map(|one| format!("{place}, {size:?}: {one}")));
        }
    })
    .await;

    // Who finds nothing anywhere would find nothing here either.
    window.session().run("document.body.insertAdjacentHTML('beforeend', arguments[0])", &[json!(BESIDE)]);
    assert_ne!(out_of_reach(&window), [""; 0], "a button beside the window must be objected to");
    assert!(found.is_empty(), "{} things are out of reach:\n{}", found.len(), found.join("\n"));
}

fn out_of_reach(window: &Window) -> Vec<String> {
    let found = window.session().run_until_called(OUT_OF_REACH, &[]).unwrap_or_else(|refused| panic!("{}", refused.message));
    found.as_array().expect("a list").iter().map(|one| one.as_str().unwrap_or_default().to_owned()).collect()
}

const BESIDE: &str = r#"<button style="position: fixed; left: -500px">Beside</button>"#;

/// What scrolls sideways, and what is not to be seen although it has the focus. The focus is left where it was.
const OUT_OF_REACH: &str = r"
const [done] = arguments
// So much of it must be seen: the smallest thing that can be hit for sure.
const least = 24
const named = (one) => `${one.tagName.toLowerCase()}.${one.classList[0] ?? ''} ${JSON.stringify((one.ariaLabel ?? one.innerText ?? '').slice(0, 60))}`
const visible = (one) => one.checkVisibility({ visibilityProperty: true })
const scrolls = (one) => ['auto', 'scroll'].includes(getComputedStyle(one).overflowY)
const found = []
for (const one of document.querySelectorAll('*')) {
  // A table has two dimensions, and the rail is a row of pictures that is pushed along.
  if (one.matches('.rail, .scroll') || !visible(one)) continue
  if ((scrolls(one) || one === document.documentElement) && one.scrollWidth > one.clientWidth) {
    const widest = [...one.querySelectorAll('*')].find((part) => visible(part) && !part.matches('.unseen') && part.getBoundingClientRect().right > one.getBoundingClientRect().right)
    found.push(`scrolls sideways: ${named(one)}, for ${widest && named(widest)}`)
  }
}
if (document.documentElement.scrollHeight > innerHeight) found.push('the window itself can be scrolled')
const before = document.activeElement
const scrolled = [...document.querySelectorAll('*')].filter((one) => one.scrollTop > 0).map((one) => [one, one.scrollTop])
const within = document.querySelector('[role=dialog][data-state=open]') ?? document
const look = async () => {
  for (const one of within.querySelectorAll('a[href], button, input, textarea, select, summary, [tabindex]')) {
    if (one.tabIndex < 0 || one.disabled || !visible(one)) continue
    one.focus()
    // What closes when the focus leaves it is closed by now.
    await new Promise((resolve) => setTimeout(resolve))
    if (document.activeElement !== one) continue
    let around = one.parentElement
    while (around && !scrolls(around)) around = around.parentElement
    const room = around?.getBoundingClientRect() ?? { left: 0, top: 0, right: innerWidth, bottom: innerHeight }
    const box = one.getBoundingClientRect()
    const [left, right] = [Math.max(box.left, room.left, 0), Math.min(box.right, room.right, innerWidth)]
    const [top, bottom] = [Math.max(box.top, room.top, 0), Math.min(box.bottom, room.bottom, innerHeight)]
    if (right - left < Math.min(box.width, least) - 1 || bottom - top < Math.min(box.height, least) - 1) found.push(`outside the window: ${named(one)}`)
    else {
      const seen = document.elementFromPoint((left + right) / 2, (top + bottom) / 2)
      if (!one.contains(seen) && !seen?.contains(one)) found.push(`hidden behind ${seen && named(seen)}: ${named(one)}`)
    }
  }
  before?.focus({ preventScroll: true })
  for (const [one, at] of scrolled) one.scrollTop = at
  done(found)
}
look().catch((error) => done([String(error)]))
";
