//! Step 4, by the keyboard: what is usually tried, what is assumed, and figures that are none.

use baton_core::api::types::Joining;
use baton_core::domain::directory::{Service, Template};
use baton_core::domain::facts::{FactField, Facts};
use baton_core::domain::id::ChannelId;
use baton_tests::bridge;
use baton_tests::patience::until;
use baton_tests::smtp_sink::SmtpSink;
use baton_tests::window::desktop::{Desktop, Look};
use baton_tests::window::webdriver::key;
use baton_tests::window::{Window, page};
use baton_tests::world::World;

use crate::scene;

const STEPS: [&str; 3] = ["Restart the pool", "Fail over", "Look at the certificate"];

async fn shop(world: &World) -> Service {
    shop_of(world, &[]).await
}

async fn shop_of(world: &World, methods: &[(ChannelId, &str)]) -> Service {
    let marta = world.person("Marta", methods).await;
    let mut shop = world.service("Shop", &[(&[&marta], 30)]).await;
    shop.checklist = STEPS.map(String::from).to_vec();
    let what = "Checkout shows ___ after payment".to_string();
    shop.templates = vec![Template { name: "Checkout fails".into(), what, who: "All web customers".into(), ..Template::default() }];
    world.desk.save_service(shop.clone()).await.expect("the service is accepted");
    shop
}

/// The wizard at its fourth step, with the shop chosen.
async fn wizard(world: &World, desktop: &Desktop) -> Window {
    let url = bridge::serve(world, &scene::built(), 0).await;
    let window = Window::in_chromium(desktop, &url, Look::Light);
    page::go(window.session(), "new");
    window.expect("What happened?").chord(&[key::ALT], '4').expect("Since when?");
    window.fill("Where?", "Shop").press(key::ENTER);
    // What is worked out of it moves what stands below: it is there before anything is clicked.
    window.expect("Begin with").expect("what happened is missing");
    window
}

/// What is kept of the one draft there is.
async fn kept(world: &World, window: &Window) -> Facts {
    window.expect("draft saved");
    world.desk.board().await.expect("the board").drafts.pop().expect("a draft").facts
}

#[tokio::test(flavor = "multi_thread")]
async fn a_step_of_the_list_becomes_something_tried_by_one_key() {
    let world = World::new().await;
    shop(&world).await;
    let desktop = Desktop::start(Look::Light);
    let window = wizard(&world, &desktop).await;
    window.tab_to("helped").typed("2").typed("1");
    window.expect("Ticked: Fail over, helped.");
    let facts = kept(&world, &window).await;
    let tried: Vec<(&str, &str)> = facts.tried.iter().map(|tried| (tried.what.as_str(), tried.result.word())).collect();
    assert_eq!(tried, [("Restart the pool", "no effect"), ("Fail over", "helped")], "each by its key, and the next one has the focus");
    let left = window
        .session()
        .run("return [...document.querySelectorAll('[aria-label=\"Not tried yet\"] .step')].map((one) => one.innerText)", &[]);
    assert!(left[0].as_str().is_some_and(|step| step.starts_with(STEPS[2])) && left.get(1).is_none(), "what is left is seen: {left}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_came_by_itself_is_assumed_until_it_is_confirmed_by_one_key_or_typed_over() {
    let world = World::new().await;
    shop(&world).await;
    let desktop = Desktop::start(Look::Light);
    let window = wizard(&world, &desktop).await;
    window.click("Checkout fails").expect("Filled in: what happened, who is affected.");
    assert_eq!(window.focused(), "What happened?", "one goes on where something is to be filled in");
    window.typed("a blank page");
    let facts = kept(&world, &window).await;
    assert_eq!(facts.what, "Checkout shows a blank page after payment", "the blank is what is typed over");
    assert_eq!(facts.assumed, [FactField::Who, FactField::Impact].into(), "and what was touched is known");
    window.choose("Confirm : Who is affected");
    until("the keyboard stays where it was pressed", || (window.focused() == "Only assumed : Who is affected").then_some(()));
    window.press(key::ENTER).tab_to("Money lost").chord(&[key::ALT], 'k');
    window.tab_to("Add what you tried").fill("Who is affected?", "All of Graz");
    window.expect_gone("Confirm");
    assert_eq!(kept(&world, &window).await.assumed, [].into(), "one was confirmed, the other said");
    window.chord(&[key::ALT], 'k').expect("Confirm");
    assert_eq!(kept(&world, &window).await.assumed, [FactField::Who].into(), "and somebody may say that they only assume it");
}

#[tokio::test(flavor = "multi_thread")]
async fn figures_that_are_none_are_asked_for_again_at_their_field_and_stay_there() {
    let world = World::new().await;
    shop(&world).await;
    let desktop = Desktop::start(Look::Light);
    let window = wizard(&world, &desktop).await;
    window.click("More figures").expect("Share affected").fill("Share affected", "140 %").expect("The most is 100 %.");
    window.fill("People affected", "-5").expect("The least is 0.");
    window.fill("Money lost", "1000000000000").expect("The most is 1,000,000,000.");
    window.chord(&[key::ALT], '1').expect_gone("Since when?").chord(&[key::ALT], '4').expect("The most is 100 %.");
    let written = page::written(window.session());
    for text in ["140 %", "-5", "1000000000000"] {
        assert!(written.iter().any(|field| field == text), "{text} is still there to put right: {written:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_step_that_is_ticked_at_an_incident_is_named_taken_back_and_leaves_the_keyboard_on_the_next() {
    let world = World::new().await;
    let shop = shop(&world).await;
    let id = world.desk.carry_on(world.draft("Checkout shows a blank page", &shop).await, 45).await.expect("the desk tries");
    let desktop = Desktop::start(Look::Light);
    let url = bridge::serve(&world, &scene::built(), 0).await;
    let window = Window::in_chromium(&desktop, &url, Look::Light);
    page::go(window.session(), &format!("incident/{id}"));
    window.expect("Not tried yet").tab_to("helped");
    let at = || {
        window.session().run("return document.activeElement.closest('[role=group]')?.ariaLabel ?? document.activeElement.innerText", &[])
    };
    let is_at = |step: &str| until(step, || at().as_str().is_some_and(|name| name.ends_with(step)).then_some(()));
    window.press('2').expect("Ticked: Restart the pool, no effect.");
    is_at("Fail over");
    window.click("Undo").expect_gone("Ticked:");
    is_at("Restart the pool");
    assert!(world.incident(id).await.incident.facts.tried.is_empty(), "it was taken back");
    for step in STEPS {
        is_at(step);
        window.press('1').expect(&format!("Ticked: {step}, helped."));
    }
    is_at("Every step of the list was tried.");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_not_understood_is_said_by_its_field_until_it_is_put_right() {
    let (world, mailbox) = (World::new().await, SmtpSink::start().await);
    let mail = world.mail(&mailbox).await;
    shop_of(&world, &[(mail, "marta@example.org")]).await;
    let desktop = Desktop::start(Look::Light);
    let window = wizard(&world, &desktop).await;
    window.click("Checkout fails").expect("Filled in:").fill("Since when?", "the other day").expect("This is no time yet");
    window.fill("People affected", "200").fill("People affected", "lots").expect("This is not a number");
    window.click("More figures").fill("Share affected", "140 %").chord(&[key::CONTROL, key::SHIFT], key::ENTER);
    window.expect("Nobody has it yet");
    assert!(!page::text(window.session()).contains("Undo"), "what was done in the draft goes with the draft");
    until("the keyboard is at what it is about", || window.focused().starts_with("Checkout shows").then_some(()));
    window.press(key::ENTER).press(key::ENTER);
    assert!(page::closes(window.session()), "where a hasty Enter opens nothing");

    let said = "Not understood, and so not sent with it: Since when? “the other day”; People affected “lots”; Share affected “140 %”.";
    let id = world.desk.board().await.expect("the board").rows[0].id;
    assert_eq!(world.incident(id).await.incident.facts.people_affected, None, "what stood there before is not sent either");
    window.expect(said).click("Put it right").expect("Who reported it?").expect("This is no time yet").expect("The most is 100 %.");
    until("the keyboard is where it is put right", || (window.focused() == "Since when?").then_some(()));
    window.press(key::ESCAPE).expect_gone("Who reported it?").expect(said);
    window.click("Put it right").expect("Who reported it?").fill("Since when?", "10 min ago").fill("Share affected", "40");
    window.fill("People affected", "300").chord(&[key::CONTROL], key::ENTER).expect("Details saved").expect_gone("Not understood");
    until("the keyboard is not lost", || window.focused().starts_with("Checkout shows").then_some(()));
    assert_eq!(world.incident(id).await.incident.facts.affected_percent, Some(40));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_share_with_a_comma_is_understood_and_says_as_what_it_counts() {
    let world = World::new().await;
    shop(&world).await;
    let desktop = Desktop::start(Look::Light);
    let window = wizard(&world, &desktop).await;
    window.click("More figures").expect("Share affected").fill("Share affected", "40,5").expect("counts as 41 %");
    assert_eq!(kept(&world, &window).await.affected_percent, Some(41), "a comma is a decimal sign");
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_edits_details_reads_what_came_meanwhile_and_gives_way() {
    let world = World::new().await;
    let shop = shop(&world).await;
    let id = world.desk.carry_on(world.draft("Checkout fails", &shop).await, 30).await.expect("the desk tries");
    let desktop = Desktop::start(Look::Light);
    let url = bridge::serve(&world, &scene::built(), 0).await;
    let window = Window::in_chromium(&desktop, &url, Look::Light);
    page::go(window.session(), &format!("incident/{id}"));
    window.expect("Edit details").click("Edit details").expect("Who is affected?").fill("Who is affected?", "All of Vienna");
    world.edit(id, false, |facts| (facts.who, facts.people_affected) = ("All of Graz".into(), Some(40))).await;
    let said = "Changed meanwhile, and replaced by yours: who is affected: All of Graz.";
    window.expect(said).click("Save").expect("Details saved.").expect(said);
    let facts = world.incident(id).await.incident.facts;
    assert_eq!((facts.who.as_str(), facts.people_affected), ("All of Vienna", Some(40)), "and nothing else does");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_draft_that_was_joined_elsewhere_says_where_it_went_and_is_not_saved_any_more() {
    let world = World::new().await;
    let shop = shop(&world).await;
    let open = world.desk.carry_on(world.draft("Checkout fails", &shop).await, 30).await.expect("the desk tries");
    let reference = world.incident(open).await.incident.reference;
    let draft = world.draft("Checkout fails for Ana", &shop).await;
    world.desk.save_draft(draft.clone()).await.expect("kept");
    let desktop = Desktop::start(Look::Light);
    let url = bridge::serve(&world, &scene::built(), 0).await;
    let window = Window::in_chromium(&desktop, &url, Look::Light);
    page::go(window.session(), &format!("new/{}", draft.id));
    window.expect("What happened?");
    world.desk.join(Joining { draft, into: open, share: false, raise: None }).await.expect("joined in another window");
    window.expect(&format!("This draft is part of {reference} already"));
    window.fill("What happened?", "Checkout fails for Ana and Ben");
    window.expect(&format!("This draft is part of {reference} already")).expect("not saved any more");
    window.chord(&[key::CONTROL, key::SHIFT], key::ENTER);
    let off = window
        .session()
        .run("return [...document.querySelectorAll('footer button')].filter((one) => one.disabled).map((one) => one.innerText)", &[]);
    assert!(off.as_array().is_some_and(|off| off.iter().any(|one| one == "Escalate now")), "nothing is done with it here: {off}");
    assert!(page::text(window.session()).contains("not saved any more"), "and what is written is still here");
    assert!(world.desk.board().await.expect("the board").drafts.is_empty(), "it does not come back");
    window.click(&format!("Open {reference}")).expect("Edit details");
}
