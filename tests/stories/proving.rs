//! Whether a way to reach somebody works is known, not hoped.

use baton_core::domain::directory::Proof;
use baton_core::domain::event::CallOutcome;
use baton_core::domain::time::MINUTE;
use baton_tests::smtp_sink::SmtpSink;
use baton_tests::world::World;

/// The six digits of a mail.
fn digits(text: &str) -> String {
    let subject = text.lines().find(|line| line.contains(" is your code")).expect("a code");
    subject.chars().filter(char::is_ascii_digit).take(6).collect()
}

#[tokio::test]
async fn a_code_told_back_proves_the_address_it_was_sent_to_and_no_other() {
    let (world, mailbox) = (World::new().await, SmtpSink::start().await);
    let mail = world.mail(&mailbox).await;
    let mut marta = world.person("Marta", &[(mail, "marta@example.org")]).await;
    let method = marta.methods[0].clone();
    let proof = async || world.desk.directory().await.expect("the directory").people[0].methods[0].clone();
    assert!(world.desk.send_code(method.clone(), marta.name.clone()).await.expect("sent").worked);
    let sent = mailbox.wait_for(1).await;
    assert_eq!(sent[0].to, ["marta@example.org"], "through the channel itself");
    let code = digits(&sent[0].text());

    let other = if code == "000000" { "000001" } else { "000000" };
    let refused = world.desk.confirm_code(method.id, other.into()).await.expect_err("that is another");
    assert!(refused.message.contains("not the code"), "{}", refused.message);
    assert_eq!(proof().await.proven_at, None, "a guess proves nothing");
    world.desk.confirm_code(method.id, format!("{} {}", &code[..3], &code[3..])).await.expect("told as it is read");
    assert_eq!((proof().await.proven_at, proof().await.proven_by), (Some(world.now()), Some(Proof::Code)));

    marta.methods[0].address = "typo@example.org".into();
    world.desk.save_person(marta).await.expect("saved");
    assert_eq!(proof().await.proven_at, None, "what was proven was the other address");
}

#[tokio::test]
async fn a_code_holds_for_a_quarter_of_an_hour_and_five_guesses() {
    let (world, mailbox) = (World::new().await, SmtpSink::start().await);
    let mail = world.mail(&mailbox).await;
    let marta = world.person("Marta", &[(mail, "marta@example.org")]).await;
    let method = marta.methods[0].clone();
    world.desk.send_code(method.clone(), String::new()).await.expect("sent");
    let late = digits(&mailbox.wait_for(1).await[0].text());
    world.clock.set(world.now().plus(15 * MINUTE + 1));
    let refused = world.desk.confirm_code(method.id, late).await.expect_err("too late");
    assert!(refused.message.contains("no longer good"), "{}", refused.message);

    world.desk.send_code(method.clone(), String::new()).await.expect("sent");
    let right = digits(&mailbox.wait_for(2).await[1].text());
    let wrong = if right == "111111" { "222222" } else { "111111" };
    for _ in 0..5 {
        world.desk.confirm_code(method.id, wrong.into()).await.expect_err("a guess");
    }
    let refused = world.desk.confirm_code(method.id, right).await.expect_err("guessed too often");
    assert!(refused.message.contains("no longer good"), "{}", refused.message);
}

#[tokio::test]
async fn an_address_proven_before_it_is_saved_is_proven_when_it_is() {
    let (world, mailbox) = (World::new().await, SmtpSink::start().await);
    let mail = world.mail(&mailbox).await;
    let mut marta = world.person("Marta", &[]).await;
    let method = world.person("Somebody", &[(mail, "marta@example.org")]).await.methods[0].clone();
    let fresh = baton_core::domain::directory::Method { id: baton_core::domain::id::MethodId::new(world.now()), ..method };
    world.desk.send_code(fresh.clone(), String::new()).await.expect("sent");
    let code = digits(&mailbox.wait_for(1).await[0].text());
    world.desk.confirm_code(fresh.id, code).await.expect("told");
    marta.methods.push(fresh);
    world.desk.save_person(marta.clone()).await.expect("saved");
    let people = world.desk.directory().await.expect("the directory").people;
    let saved = people.iter().find(|person| person.id == marta.id).expect("Marta");
    assert_eq!(saved.methods[0].proven_by, Some(Proof::Code));
}

#[tokio::test]
async fn a_number_is_tried_by_calling_it() {
    let world = World::new().await;
    let call = world.by_hand().await;
    let marta = world.person("Marta", &[(call, "+493023125011")]).await;
    let method = marta.methods[0].clone();
    let refused = world.desk.send_code(method.clone(), String::new()).await.expect_err("Baton does not call");
    assert!(refused.message.contains("Dial"), "{}", refused.message);
    let saved = async || world.desk.directory().await.expect("the directory").people[0].methods[0].clone();
    world.desk.tried_number(method.id, CallOutcome::NoAnswer).await.expect("noted");
    assert_eq!((saved().await.proven_at, saved().await.wrong_since), (None, None), "nobody there proves nothing either way");
    world.desk.tried_number(method.id, CallOutcome::Answered).await.expect("noted");
    assert_eq!(saved().await.proven_by, Some(Proof::Call));
    world.desk.tried_number(method.id, CallOutcome::WrongNumber).await.expect("noted");
    assert!(saved().await.wrong_since.is_some(), "and is not used any more");
}

#[tokio::test]
async fn nobody_of_the_sample_has_answered_a_call_at_a_screen() {
    let world = World::new().await;
    world.desk.load_sample().await.expect("the sample loads");
    let directory = world.desk.directory().await.expect("the directory");
    let by_call: Vec<_> = directory.people.iter().flat_map(|one| &one.methods).filter(|way| way.proven_by == Some(Proof::Call)).collect();
    assert!(!by_call.is_empty() && by_call.iter().all(|way| way.address.starts_with('+')), "a call is answered at a number: {by_call:?}");
}
