//! Files as a person brings them: chosen, pasted, dropped, and some that are none.

use baton_tests::bridge;
use baton_tests::patience::until;
use baton_tests::smtp_sink::SmtpSink;
use baton_tests::window::desktop::{Desktop, Look};
use baton_tests::window::{Window, page};
use baton_tests::world::World;
use serde_json::{Value, json};

use crate::scene;

/// A blue dot.
const PNG: &str = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAIAAACQd1PeAAAADElEQVR4nGNgYPgPAAEDAQAIicLsAAAAAElFTkSuQmCC";

/// The one file of this name in the hand of whoever pastes or drops it.
fn brings(window: &Window, how: &str, name: &str, base64: &str) {
    let script = "const [how, name, base64] = arguments
        const data = new DataTransfer()
        data.items.add(new File([Uint8Array.from(atob(base64), (sign) => sign.charCodeAt(0))], name, { type: 'image/png' }))
        const more = { bubbles: true, cancelable: true }
        const event = how === 'paste' ? new ClipboardEvent('paste', { ...more, clipboardData: data }) : new DragEvent(how, { ...more, dataTransfer: data })
        document.activeElement.dispatchEvent(event)";
    window.session().run(script, &[json!(how), json!(name), json!(base64)]);
}

fn images(window: &Window) -> Value {
    window.session().run("return [...document.querySelectorAll('li img')].filter((one) => one.naturalWidth > 0).length", &[])
}

#[tokio::test(flavor = "multi_thread")]
async fn files_are_chosen_pasted_and_dropped_each_with_its_own_outcome() {
    let (world, mailbox) = (World::now_and_here().await, SmtpSink::start().await);
    let running = tokio::spawn(world.engine.clone().run());
    let mail = world.mail(&mailbox).await;
    let marta = world.person("Marta", &[(mail, "marta@example.org")]).await;
    let shop = world.service("Shop", &[(&[&marta], 30)]).await;
    let mut draft = world.draft("Checkout fails for everybody", &shop).await;
    draft.step = 4;
    let address = format!("new/{}", draft.id);
    world.desk.save_draft(draft).await.expect("a draft is kept");
    let folder = tempfile::tempdir().expect("a folder");
    let [log, huge, gone] = ["app.log", "dump.log", "gone.log"].map(|name| folder.path().join(name));
    std::fs::write(&log, "12:41 ERROR no connection\n").expect("written");
    std::fs::write(&gone, "soon gone\n").expect("written");
    std::fs::File::create(&huge).and_then(|file| file.set_len(2_000_000_000)).expect("two gigabytes of nothing");

    let desktop = Desktop::start(Look::Light);
    let url = bridge::serve(&world, &scene::built(), 0).await;
    let window = Window::in_chromium(&desktop, &url, Look::Light);
    page::go(window.session(), &address);
    window.expect("Attach a file…");
    // The desktop's own dialog: between choosing and reading one of them is deleted.
    page::picks(window.session(), "The files to attach", &[&huge, &gone, &log], || std::fs::remove_file(&gone).expect("deleted"));
    window
        .expect("26 bytes")
        .expect("dump.log was not attached: it is 2 GB")
        .expect("gone.log was not attached: it is empty, or gone meanwhile");
    window.click("All right").click("All right").expect_gone("was not attached");

    brings(&window, "paste", "image.png", PNG);
    window.expect("screenshot.png");
    brings(&window, "drop", "error.png", "bm8gaW1hZ2U=");
    window.expect("error.png was not attached: it is called a PNG image and is none");
    until("the screenshot is shown", || (images(&window) == json!(1)).then_some(()));
    window.click("Remove screenshot.png").expect("Removed screenshot.png.");
    until("it is gone", || (images(&window) == json!(0)).then_some(()));
    window.click("Undo");
    until("it is back", || (images(&window) == json!(1)).then_some(()));
    window.expect("draft saved");
    window.session().reload();
    window.expect("screenshot.png").expect("app.log").expect("The files follow it.");

    window.click("Escalate now").expect("What happens next").expect("screenshot.png");
    mailbox.wait_for(2).await;
    window.expect("screenshot.png · sent").expect("attached 2 files");
    brings(&window, "paste", "image.png", "iVBORw0KGgo=");
    window.expect("was not attached: it begins like a PNG image, but is none");
    running.abort();
}
