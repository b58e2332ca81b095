//! What is written down, and what bad input gets.

use baton_core::domain::advice::Verdict;
use baton_core::domain::directory::{Level, Path, Target};
use baton_core::domain::id::PathId;
use baton_core::error::FailureCode;
use baton_tests::smtp_sink::SmtpSink;
use baton_tests::world::World;

#[tokio::test]
async fn only_what_and_where_are_needed_and_without_them_nothing_is_filed_and_the_draft_is_kept() {
    let (world, mailbox) = (World::new().await, SmtpSink::start().await);
    let mail = world.mail(&mailbox).await;
    let marta = world.person("Marta", &[(mail, "marta@example.org")]).await;
    let shop = world.service("Shop", &[(&[&marta], 30)]).await;
    let mut draft = world.draft("  \u{0} \n ", &shop).await;
    draft.step = 4;
    world.desk.save_draft(draft.clone()).await.expect("a draft is kept as it is");
    let refused = world.desk.escalate(draft.clone()).await.expect_err("nothing happened that anybody could read");
    assert_eq!((refused.code, refused.details[0].as_str()), (FailureCode::Invalid, "what"), "it says which field");
    let board = world.desk.board().await.expect("the board");
    assert!(board.rows.is_empty() && board.drafts[0].step == 4, "nothing is filed, and step 4 is there again");

    draft.facts.what = "Checkout fails".into();
    let id = world.desk.escalate(draft).await.expect("what and where are enough");
    world.settle().await;
    assert_eq!(mailbox.wait_for(1).await.len(), 1, "and it went out");
    let board = world.desk.board().await.expect("the board");
    assert!(board.drafts.is_empty() && board.rows[0].id == id, "the draft has become the incident");
}

#[tokio::test]
async fn a_pasted_log_file_is_refused_with_its_length_and_loses_nothing() {
    let (world, mailbox) = (World::new().await, SmtpSink::start().await);
    let mail = world.mail(&mailbox).await;
    let marta = world.person("Marta", &[(mail, "marta@example.org")]).await;
    let shop = world.service("Shop", &[(&[&marta], 30)]).await;
    let pasted = "ERROR connection refused\n".repeat(8_000);
    let mut draft = world.draft(&pasted, &shop).await;
    world.desk.consider(draft.clone()).await.expect("thinking about it does no harm");
    world.desk.save_draft(draft.clone()).await.expect("the draft keeps all of it");
    let refused = world.desk.escalate(draft.clone()).await.expect_err("that is a log file, not a sentence");
    assert_eq!(refused.code, FailureCode::Invalid, "it says so: {}", refused.message);
    let kept = world.desk.draft(draft.id).await.expect("read").expect("kept");
    assert_eq!(kept.facts.what.len(), pasted.len(), "and every character is still in the draft");
    draft.facts.what = "Checkout fails: connection refused".into();
    world.desk.escalate(draft).await.expect("a sentence goes");
}

#[tokio::test]
async fn anything_a_person_can_type_arrives_as_text_and_nothing_else() {
    let (world, mailbox) = (World::new().await, SmtpSink::start().await);
    let mail = world.mail(&mailbox).await;
    let marta = world.person("Marta", &[(mail, "marta@example.org")]).await;
    let shop = world.service("Shop", &[(&[&marta], 30)]).await;
    let what = "قاعدة البيانات 💥 <script>alert(1)</script> *bold* _it_ ~x~\r\nBcc: everybody@example.org";
    let id = world.escalates(what, &shop).await;
    let received = mailbox.wait_for(1).await;
    assert_eq!(received[0].to, ["marta@example.org"], "a line break in the text adds nobody to the mail");
    assert!(!received[0].subject().contains('\n'), "nor a line to its subject");
    assert!(world.incident(id).await.incident.facts.what.contains("قاعدة البيانات 💥"), "right-to-left text and emoji are kept");
    let found = world.desk.search("البيانات".into()).await.expect("searched");
    assert_eq!(found.len(), 1, "and found again");
}

#[tokio::test]
async fn a_path_that_reaches_nobody_cannot_be_saved() {
    let world = World::new().await;
    let path = |levels| Path { id: PathId::new(world.now()), name: "Orders".into(), levels, rounds: 1, sample: false };
    let none = world.desk.save_path(path(vec![])).await.expect_err("no levels");
    assert_eq!(none.code, FailureCode::Invalid, "{}", none.message);
    let bare = |name: &str| Level { name: name.into(), minutes: 10, ..Level::default() };
    let empty = world.desk.save_path(path(vec![bare("")])).await.expect_err("one level without anybody");
    assert!(empty.message.contains("nobody"), "it says what would happen: {}", empty.message);

    // A ladder, of which somebody filled in the first rung only.
    let marta = world.person("Marta", &[]).await;
    let first = Level { targets: vec![Target::Person { id: marta.id }], ..bare("First line") };
    let ladder = vec![first, bare("Second line"), bare("Manager")];
    let half = world.desk.save_path(path(ladder)).await.expect_err("two levels without anybody");
    assert_eq!(half.details, ["levels.1.targets"], "the form goes to the first of them");
    assert_eq!(half.message, "Nobody is on level 2 (Second line). Say who is called there, or remove the level.");
    assert!(world.desk.directory().await.expect("the directory").paths.is_empty(), "and nothing was saved");
}

#[tokio::test]
async fn removing_somebody_who_is_on_a_path_says_which_and_can_be_taken_back() {
    let (world, mailbox) = (World::new().await, SmtpSink::start().await);
    let mail = world.mail(&mailbox).await;
    let marta = world.person("Marta", &[(mail, "marta@example.org")]).await;
    let jonas = world.person("Jonas", &[(mail, "jonas@example.org")]).await;
    world.service("Order platform", &[(&[&marta], 10), (&[&jonas], 10)]).await;
    let refused = world.desk.remove_person(marta.id, false).await.expect_err("she is on a path");
    assert_eq!((refused.code, refused.details.as_slice()), (FailureCode::InUse, &["Order platform".to_string()][..]), "it says which");
    assert!(refused.message.ends_with("With nobody else on it, level 1 of Order platform is then skipped."), "{}", refused.message);
    world.desk.remove_person(marta.id, true).await.expect("taken off and removed");
    for anyway in [false, true] {
        let last = world.desk.remove_person(jonas.id, anyway).await.expect_err("then nobody would be left");
        assert!(last.message.contains("Nobody else is on the path"), "a path is never emptied: {}", last.message);
        assert_ne!(last.code, FailureCode::InUse, "what is refused anyway is not offered to be done anyway");
    }
    world.desk.restore(marta.id.to_string()).await.expect("undone");
    let directory = world.desk.directory().await.expect("the directory");
    assert!(directory.people.iter().any(|person| person.name == "Marta" && person.methods.len() == 1), "she is back with her methods");
}

#[tokio::test]
async fn addresses_that_are_none_are_refused_with_an_example() {
    let (world, mailbox) = (World::new().await, SmtpSink::start().await);
    let (mail, call) = (world.mail(&mailbox).await, world.by_hand().await);
    for (channel, address) in [(mail, "marta at example"), (call, "call me maybe")] {
        let mut person = world.person("Marta", &[]).await;
        person.methods.push(baton_core::domain::directory::Method {
            id: baton_core::domain::id::MethodId::new(world.now()),
            channel,
            address: address.into(),
            proven_at: None,
            proven_by: None,
            wrong_since: None,
        });
        let refused = world.desk.save_person(person).await.expect_err("that reaches nobody");
        assert_eq!((refused.code, refused.details[0].as_str()), (FailureCode::Invalid, "methods.0.address"), "{}", refused.message);
    }
}

#[tokio::test]
async fn the_advice_changes_as_the_answers_do_and_the_plan_is_there_before_anything_is_sent() {
    let (world, mailbox) = (World::new().await, SmtpSink::start().await);
    let mail = world.mail(&mailbox).await;
    let marta = world.person("Marta", &[(mail, "marta@example.org")]).await;
    let shop = world.service("Shop", &[(&[&marta], 30)]).await;
    let draft = world.draft("Checkout fails for everybody", &shop).await;
    let thought = world.desk.consider(draft.clone()).await.expect("considered");
    assert!(matches!(thought.advice.verdict, Verdict::Escalate {}), "many customers, down: escalate");
    assert_eq!(thought.plan.lines[0].name, "Marta", "the plan names who is contacted");
    let preview = &thought.messages[0];
    assert!(mailbox.mails().is_empty(), "thinking sends nothing");

    world.desk.escalate(draft).await.expect("escalated");
    world.settle().await;
    let sent = &mailbox.wait_for(1).await[0];
    assert_eq!(Some(sent.subject()), preview.subject.clone(), "the subject went as it was previewed");
    let first = preview.body.lines().find(|line| !line.trim().is_empty()).expect("a body");
    assert!(sent.text().contains(first), "and so did the text");
}

#[tokio::test]
async fn somebody_on_a_path_is_shown_even_when_the_target_list_names_them_twice() {
    let (world, mailbox) = (World::new().await, SmtpSink::start().await);
    let mail = world.mail(&mailbox).await;
    let marta = world.person("Marta", &[(mail, "marta@example.org")]).await;
    let twice = Level { targets: vec![Target::Person { id: marta.id }; 2], minutes: 10, ..Level::default() };
    let path = Path { id: PathId::new(world.now()), name: "Orders".into(), levels: vec![twice], rounds: 1, sample: false };
    world.desk.save_path(path).await.expect("saved");
    let directory = world.desk.directory().await.expect("the directory");
    assert_eq!(directory.paths[0].levels[0].targets.len(), 1, "one person is contacted once");
}

#[tokio::test]
async fn an_incident_like_one_that_is_open_is_shown_while_typing_and_one_unlike_it_is_not() {
    let (world, mailbox) = (World::new().await, SmtpSink::start().await);
    let mail = world.mail(&mailbox).await;
    let marta = world.person("Marta", &[(mail, "marta@example.org")]).await;
    let shop = world.service("Network", &[(&[&marta], 30)]).await;
    let open = world.escalates("VPN drops every ten minutes in Graz", &shop).await;
    let like = world.desk.consider(world.draft("Graz office: the VPN drops again", &shop).await).await.expect("considered");
    assert_eq!(like.similar.first().map(|row| row.id), Some(open), "the same words: perhaps the same incident");
    let unlike = world.desk.consider(world.draft("Order database not responding", &shop).await).await.expect("considered");
    assert!(unlike.similar.is_empty(), "the place alone makes nothing alike");
    let hall = world.service("Order platform", &[(&[&marta], 30)]).await;
    world.escalates("The database server is unresponsive", &hall).await;
    let unlike = world.desk.consider(world.draft("Label printer prints blank", &hall).await).await.expect("considered");
    assert!(unlike.similar.is_empty(), "nor does a place of two words");
    let like = world.desk.consider(world.draft("Reports read yesterday's database", &hall).await).await.expect("considered");
    assert_eq!(like.similar.len(), 1, "one telling word at the same place may be the same");
}

#[tokio::test]
async fn escalating_what_was_carried_on_with_does_escalate_it() {
    let (world, mailbox) = (World::new().await, SmtpSink::start().await);
    let mail = world.mail(&mailbox).await;
    let marta = world.person("Marta", &[(mail, "m@example.org")]).await;
    let shop = world.service("Shop", &[(&[&marta], 10)]).await;
    let draft = world.draft("Checkout fails for everybody", &shop).await;
    world.desk.carry_on(draft.clone(), 20).await.expect("carried on");
    world.desk.escalate(draft).await.expect("escalated");
    world.settle().await;
    assert_eq!(mailbox.wait_for(1).await[0].to, ["m@example.org"], "whoever is told that it was escalated can rely on it");
}
