//! Baton's page in whatever draws it: what it says, where it is, whether it is done.

use std::path::Path;

use serde_json::{Value, json};

use super::webdriver::Session;

/// All that can be read on it now.
pub fn text(session: &Session) -> String {
    session.run("return document.body.innerText", &[]).as_str().unwrap_or_default().to_owned()
}

/// What stands in each field of the wizard's step.
pub fn written(session: &Session) -> Vec<Value> {
    let fields =
        "return [...document.querySelectorAll('.question-side :is(input:not([type=\"file\"]), textarea)')].map((one) => one.value)";
    session.run(fields, &[]).as_array().cloned().expect("a list")
}

/// Waits until these words can be read on it; false if that never happens.
pub fn comes_to_say(session: &Session, words: &str) -> bool {
    session.run_until_called(READ, &[json!(words), json!(true)]).is_ok()
}

/// Waits until these words can no longer be read on it; false if they stay.
pub fn stops_saying(session: &Session, words: &str) -> bool {
    session.run_until_called(READ, &[json!(words), json!(false)]).is_ok()
}

/// Waits until no form lies over the screen; false if one stays.
pub fn closes(session: &Session) -> bool {
    session.run_until_called(CLOSED, &[]).is_ok()
}

const CLOSED: &str = r"
const [done] = arguments
const look = () => !document.querySelector('[role=dialog]')
if (look()) { done(true); return }
const again = setInterval(() => { if (look()) { clearInterval(again); done(true) } }, 30)
";

/// Goes to a screen by its address, such as "directory", as the tray and the notifications do.
pub fn go(session: &Session, address: &str) {
    session.run("history.pushState({ to: arguments[0] }, ''); dispatchEvent(new PopStateEvent('popstate'))", &[json!(address)]);
}

/// Chooses a file with these words in it where the page asks for one, as the desktop's own dialog would.
pub fn offer(session: &Session, field: &str, name: &str, text: &str) {
    let chosen = "const [field, name, text] = arguments
        const input = document.querySelector(`input[type=file][aria-label=\"${field}\"]`)
        const files = new DataTransfer()
        files.items.add(new File([text], name))
        input.files = files.files
        input.dispatchEvent(new Event('change', { bubbles: true }))";
    session.run(chosen, &[json!(field), json!(name), json!(text)]);
}

/// Chooses files of this computer where the page asks for some, and does something else
/// before the page hears of it.
pub fn picks(session: &Session, field: &str, files: &[&Path], meanwhile: impl FnOnce()) {
    let aside = "const input = document.createElement('input')
        Object.assign(input, { type: 'file', multiple: true, id: 'aside' })
        document.body.append(input)
        return input";
    session.chooses(&session.run(aside, &[]), files);
    meanwhile();
    let over = "const [field] = arguments
        const [input, aside] = [document.querySelector(`input[type=file][aria-label=\"${field}\"]`), document.getElementById('aside')]
        input.files = aside.files
        aside.remove()
        input.dispatchEvent(new Event('change', { bubbles: true }))";
    session.run(over, &[json!(field)]);
}

/// Asks the app for something as its page does, and returns the answer.
pub fn ask(session: &Session, command: &str, args: &Value) -> Value {
    let answer =
        session.run_until_called(ASK, &[json!(command), args.clone()]).unwrap_or_else(|refused| panic!("{command}: {}", refused.message));
    assert!(answer["failure"].is_null(), "{command}: {}", answer["failure"]);
    answer["answer"].clone()
}

const ASK: &str = r"
const [command, args, done] = arguments
window.__TAURI_INTERNALS__.invoke(command, args).then((answer) => done({ answer: answer ?? null }), (failure) => done({ failure }))
";

/// Waits until fonts are there and what moves has come to rest.
pub fn settle(session: &Session) {
    // Two frames: the one that is under way and the one that shows its outcome. A page in
    // a window that nobody sees draws none; then there is nothing to wait for.
    let _ = session.run_until_called(
        "const done = arguments[0]
         document.fonts.ready
           .then(() => Promise.allSettled(document.getAnimations().map((one) => one.finished)))
           .then(() => requestAnimationFrame(() => requestAnimationFrame(() => done(true))))",
        &[],
    );
}

/// Calls back once the words are (or are no longer) among what is drawn. It looks again
/// and again, for what is drawn as it comes near changes nothing that could be observed.
const READ: &str = r"
const [words, wanted, done] = arguments
const look = () => document.body.innerText.includes(words) === wanted
if (look()) { done(true); return }
const again = setInterval(() => { if (look()) { clearInterval(again); done(true) } }, 30)
";
