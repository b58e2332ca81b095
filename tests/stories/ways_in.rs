//! What a script hands in, and what a link fills in.

use baton_core::api::types::Joining;
use baton_core::api::{HandedInState, NotFiled};
use baton_core::domain::found::Filled;
use baton_core::domain::severity::Severity;
use baton_tests::smtp_sink::SmtpSink;
use baton_tests::world::World;

/// A desk with a mail account, one person and one service.
async fn desk() -> (World, SmtpSink) {
    let (world, mailbox) = (World::new().await, SmtpSink::start().await);
    let mail = world.mail(&mailbox).await;
    let marta = world.person("Marta", &[(mail, "marta@example.org")]).await;
    world.service("Shop", &[(&[&marta], 30)]).await;
    (world, mailbox)
}

fn faults(refused: NotFiled) -> Vec<String> {
    match refused {
        NotFiled::Faulty(faults) => faults.into_iter().map(|fault| format!("{}: {}", fault.path, fault.words)).collect(),
        NotFiled::Failed(failure) => panic!("something is wrong here: {}", failure.message),
    }
}

#[tokio::test]
async fn a_script_makes_a_draft_files_and_escalates_as_it_says_and_only_then_is_anybody_called() {
    let (world, mailbox) = desk().await;
    let lines = r#"{"what": "A thought", "draft": true}
        {"what": "A printer is slow", "service": "shop", "answers": {"affected": "one_person", "condition": "degraded"}}"#;
    let quiet = world.hand_in(lines).await.expect("taken");
    world.settle().await;
    assert_eq!(quiet.iter().map(|one| one.state).collect::<Vec<_>>(), [HandedInState::Draft, HandedInState::Filed]);
    assert_eq!(
        (quiet[0].reference.as_deref(), quiet[1].severity),
        (None, Severity::Low),
        "a draft has no reference; the answers say how severe"
    );
    assert!(mailbox.mails().is_empty(), "nobody is called for what nobody escalated");

    let loud = r#"{"what": "Checkout fails", "service": "Shop", "severity": "critical", "escalate": true, "people_affected": 40,
        "began": "2026-11-23T13:40:00+01:00", "tried": [{"what": "Restarted it", "result": "no_effect"}]}"#;
    let loud = world.hand_in(loud).await.expect("taken").remove(0);
    world.settle().await;
    assert_eq!((loud.state, loud.severity), (HandedInState::Escalated, Severity::Critical));
    let mails = mailbox.wait_for(1).await;
    assert!(mails[0].subject().contains("Checkout fails"), "Marta is told at once: {}", mails[0].subject());

    let board = world.desk.board().await.expect("the board");
    assert_eq!((board.rows.len(), board.drafts.len()), (2, 1), "all of it is on the board");
    let view = world.incident(loud.id).await;
    assert_eq!(Some(view.row.reference.as_str()), loud.reference.as_deref(), "the reference is the one on the board");
    assert_eq!(view.incident.facts.people_affected, Some(40));
    let timeline = format!("{:?}", view.timeline);
    assert!(timeline.contains("a script"), "the timeline does not say that a person did it: {timeline}");
    let filed = world.incident(quiet[1].id).await;
    assert!(!filed.next.is_empty(), "what was only filed comes back by itself, as all that is open");
}

#[tokio::test]
async fn the_same_key_again_is_the_same_incident_and_nothing_goes_twice() {
    let (world, mailbox) = desk().await;
    let filed = r#"{"what": "Checkout fails", "service": "Shop", "key": "INC4711"}"#;
    let first = world.hand_in(filed).await.expect("taken").remove(0);
    let again = world.hand_in(filed).await.expect("taken").remove(0);
    assert_eq!((first.again, again.again), (false, true));
    assert_eq!((&first.reference, first.id), (&again.reference, again.id), "one reference for one key");

    let escalated = filed.replace("\"key\"", "\"escalate\": true, \"key\"");
    for _ in 0..3 {
        let answer = world.hand_in(escalated.clone()).await.expect("taken").remove(0);
        world.settle().await;
        assert_eq!((answer.id, answer.state), (first.id, HandedInState::Escalated), "\"escalate\" is answered with what is so");
    }
    assert_eq!(mailbox.wait_for(1).await.len(), 1, "and one mail went");
    assert_eq!(world.desk.board().await.expect("the board").rows.len(), 1);

    let (world, mailbox) = (world.restarted().await, mailbox);
    let later = world.hand_in(escalated).await.expect("taken").remove(0);
    world.settle().await;
    assert_eq!((later.id, mailbox.mails().len()), (first.id, 1), "a key outlasts the program");
}

#[tokio::test]
async fn a_draft_by_a_key_is_its_writers_until_it_is_thrown_away() {
    let (world, _mailbox) = desk().await;
    let draft = r#"{"what": "Checkout fails", "key": "T-1", "draft": true}"#;
    let first = world.hand_in(draft).await.expect("taken").remove(0);
    let mut written = world.desk.draft(first.id).await.expect("read").expect("kept");
    written.facts.what = "Checkout fails, and I know why".into();
    world.desk.save_draft(written).await.expect("saved");

    let again = world.hand_in(draft).await.expect("taken").remove(0);
    assert!(again.again && again.id == first.id);
    let kept = world.desk.draft(first.id).await.expect("read").expect("kept");
    assert_eq!(kept.facts.what, "Checkout fails, and I know why", "no script writes over what a person has written");
    let filed = r#"{"what": "Checkout fails", "service": "Shop", "key": "T-1"}"#;
    let said = faults(world.hand_in(filed).await.expect_err("a person is at it"));
    assert!(said[0].starts_with("$.key: There is a draft by this key"), "{said:?}");

    world.desk.discard_draft(first.id).await.expect("discarded");
    let new = world.hand_in(filed).await.expect("the key is free").remove(0);
    assert!(!new.again && new.id != first.id);
}

#[tokio::test]
async fn a_key_whose_draft_was_joined_is_the_incident_that_it_went_to() {
    let (world, mailbox) = desk().await;
    let open = r#"{"what": "Checkout fails", "service": "Shop"}"#;
    let open = world.hand_in(open).await.expect("taken").remove(0);
    let draft = r#"{"what": "Checkout fails for Ana", "service": "Shop", "key": "T-1", "draft": true}"#;
    let drafted = world.hand_in(draft).await.expect("taken").remove(0);
    let draft_now = world.desk.draft(drafted.id).await.expect("read").expect("kept");
    world.desk.join(Joining { draft: draft_now, into: open.id, share: false, raise: None }).await.expect("joined");

    let again = world.hand_in(draft).await.expect("taken").remove(0);
    assert_eq!((again.id, &again.reference, again.again), (open.id, &open.reference, true), "no draft comes back");
    assert!(again.notes[0].starts_with("It is part of"), "and why is said: {:?}", again.notes);
    let escalated = draft.replace("\"draft\"", "\"escalate\"");
    let again = world.hand_in(escalated).await.expect("taken").remove(0);
    world.settle().await;
    assert_eq!((again.id, again.state), (open.id, HandedInState::Escalated), "what is escalated by the key is that incident");
    assert_eq!(mailbox.wait_for(1).await.len(), 1);
    let board = world.desk.board().await.expect("the board");
    assert_eq!((board.rows.len(), board.drafts.len()), (1, 0), "and nothing is filed twice");
}

#[tokio::test]
async fn with_one_thing_wrong_nothing_is_filed() {
    let (world, mailbox) = desk().await;
    let long = "x".repeat(30_000);
    let lines = format!(
        "{{\"what\": \"Checkout fails\", \"service\": \"Shop\", \"escalate\": true, \"key\": \"a\"}}\n{{\"what\": \"{long}\", \"place\": \"Hall\"}}\n{{\"what\": \"b\", \"place\": \"Hall\", \"cost_per_hour\": 5, \"currency\": \"USD\"}}"
    );
    let said = faults(world.hand_in(lines).await.expect_err("two of three are wrong"));
    assert_eq!(said.len(), 2, "every fault is said: {said:?}");
    assert!(said[0].starts_with("$[1].what: This is 30000 characters long"), "{}", said[0]);
    assert!(said[1].starts_with("$[2].currency: This desk counts in EUR"), "{}", said[1]);
    world.settle().await;
    assert!(world.desk.board().await.expect("the board").rows.is_empty() && mailbox.mails().is_empty(), "the good one did not go either");
    let good = r#"{"what": "Checkout fails", "service": "Shop", "key": "a"}"#;
    assert!(!world.hand_in(good).await.expect("taken")[0].again, "and its key is free");

    let bare = World::new().await;
    let nobody = r#"{"what": "Checkout fails", "place": "Shop", "escalate": true}"#;
    let said = faults(bare.hand_in(nobody).await.expect_err("there is nobody to call"));
    assert!(said[0].starts_with("$.path: There is no path to escalate along"), "it is not said to be escalated: {said:?}");
    assert!(bare.desk.board().await.expect("the board").rows.is_empty());
}

#[tokio::test]
async fn a_service_or_a_path_of_another_name_stops_nothing_and_is_said() {
    let (world, mailbox) = desk().await;
    let renamed = r#"{"what": "Checkout fails", "service": "Web shop", "path": "Night", "escalate": true,
        "answers": {"affected": "everyone", "condition": "down"}}"#;
    let taken = world.hand_in(renamed).await.expect("somebody has to be called").remove(0);
    world.settle().await;
    assert_eq!(mailbox.wait_for(1).await.len(), 1, "a service that was renamed keeps nobody from being called");
    assert_eq!(world.incident(taken.id).await.incident.facts.place, "Web shop");
    assert!(taken.notes[0].contains("no service “Web shop”") && taken.notes[1].contains("no path “Night”"), "{:?}", taken.notes);

    let filed = renamed.replace("\"escalate\": true,", "");
    let filed = world.hand_in(filed).await.expect("taken").remove(0);
    assert!(filed.notes.last().is_some_and(|note| note.contains("should be escalated")), "the policy is not kept back: {:?}", filed.notes);
}

#[tokio::test]
async fn a_link_fills_in_a_draft_beside_the_open_one_and_does_nothing_else_whatever_it_says() {
    let (world, mailbox) = desk().await;
    let mut open = world.desk.new_draft().await.expect("a draft");
    open.facts.what = "Half a thought".into();
    world.desk.save_draft(open.clone()).await.expect("saved");

    let link = "baton://new?what=Checkout+fails&service=shop&people_affected=40&escalate=true&severity=critical&ticket=INC1&place=Berlin";
    let id = world.desk.draft_from_link(link.into()).await.expect("opened");
    world.settle().await;
    assert!(
        mailbox.mails().is_empty() && world.desk.board().await.expect("the board").rows.is_empty(),
        "a link never sends and never files"
    );
    let draft = world.desk.draft(id).await.expect("read").expect("kept");
    assert_eq!((draft.facts.what.as_str(), draft.facts.place.as_str(), draft.facts.people_affected), ("Checkout fails", "Shop", Some(40)));
    assert!(draft.facts.service.is_some(), "a service is found by its name");
    assert_eq!(draft.found.into_iter().collect::<Vec<_>>(), [Filled::What, Filled::Place, Filled::People], "what was filled in is marked");
    assert_eq!((draft.severity, draft.left_out.len()), (None, 3), "the rest is named: {:?}", draft.left_out);
    let kept = world.desk.draft(open.id).await.expect("read").expect("kept");
    assert_eq!(kept.facts.what, "Half a thought", "no draft is overwritten");
}

#[tokio::test]
async fn the_same_link_twice_is_one_draft_until_somebody_has_touched_it() {
    let (world, _mailbox) = desk().await;
    let link = "baton://new?what=Checkout+fails&tried=Restarted";
    let first = world.desk.draft_from_link(link.into()).await.expect("opened");
    world.fast_forward(1).await;
    assert_eq!(world.desk.draft_from_link(link.into()).await.expect("opened"), first, "a double click opens one");
    let mut touched = world.desk.draft(first).await.expect("read").expect("kept");
    touched.facts.who = "Everybody".into();
    world.desk.save_draft(touched).await.expect("saved");
    assert_ne!(world.desk.draft_from_link(link.into()).await.expect("opened"), first, "what was touched is somebody's own");
}

#[tokio::test]
async fn a_link_of_a_megabyte_opens_an_empty_draft_that_says_why() {
    let (world, _mailbox) = desk().await;
    let link = format!("baton://new?what={}", "a".repeat(1024 * 1024));
    let id = world.desk.draft_from_link(link).await.expect("opened");
    let draft = world.desk.draft(id).await.expect("read").expect("kept");
    assert!(draft.facts.what.is_empty() && draft.left_out[0].contains("1048593 characters long"), "{:?}", draft.left_out);
}

#[tokio::test]
async fn a_script_says_who_reported_it_and_attaches_files_by_their_paths_and_a_link_attaches_none() {
    let (world, mailbox) = desk().await;
    let folder = world.folder.path().join("of the script");
    std::fs::create_dir(&folder).expect("a folder");
    std::fs::write(folder.join("app.log"), "12:41 connection lost\n").expect("a log");
    std::fs::write(folder.join("run.sh"), "#!/bin/sh\n").expect("a script");
    let whole = folder.join("app.log");
    let wrong = r#"{"what": "Checkout fails", "service": "Shop", "escalate": true, "reported_by": "REPORTER",
        "attach": ["app.log", "gone.png", "run.sh", ".", "app.log"]}"#;
    let hand_in = async |text: &str| world.desk.hand_in(text.into(), &folder).await;
    let said = faults(hand_in(&wrong.replace("REPORTER", &"x".repeat(300))).await.expect_err("four of five cannot be attached"));
    let paths: Vec<&str> = said.iter().map(|fault| fault.split(':').next().unwrap_or_default()).collect();
    assert_eq!(paths, ["$.attach[1]", "$.attach[2]", "$.attach[3]", "$.attach[4]", "$.reported_by"], "each fault with its path: {said:?}");
    assert!(said[0].contains("gone.png was not attached") && said[1].contains("is a program or a script"), "{said:?}");
    assert!(said[2].contains("is no file") && said[3].contains("the same is attached already as app.log"), "{said:?}");
    world.settle().await;
    assert!(world.desk.board().await.expect("the board").rows.is_empty() && mailbox.mails().is_empty(), "nothing was filed");

    let right = format!(
        r#"{{"what": "Checkout fails", "service": "Shop", "escalate": true, "key": "T-2", "reported_by": "Anna Weber, 0316 4711", "attach": ["{}"]}}"#,
        whole.display()
    );
    let filed = hand_in(&right).await.expect("taken").remove(0);
    world.settle().await;
    let incident = world.incident(filed.id).await.incident;
    assert_eq!(incident.facts.reported_by, "Anna Weber, 0316 4711");
    assert_eq!(incident.attachments.iter().map(|one| one.name.as_str()).collect::<Vec<_>>(), ["app.log"]);
    let mail = &mailbox.wait_for(1).await[0];
    assert!(mail.text().contains("Anna Weber"), "whoever is called knows whom to call back: {}", mail.text());
    std::fs::remove_dir_all(&folder).expect("the script tidies up");
    let again = hand_in(&right).await.expect("it is filed, wherever its files are by now").remove(0);
    assert_eq!((again.id, again.again), (filed.id, true));

    let link = format!("baton://new?what=Checkout+fails&service=Shop&reported_by=Anna+Weber&attach={}", whole.display());
    let draft = world.desk.draft_from_link(link).await.expect("opened");
    let draft = world.desk.draft(draft).await.expect("read").expect("kept");
    assert_eq!((draft.facts.reported_by.as_str(), draft.attachments.len()), ("Anna Weber", 0), "a link reads no file");
    assert!(draft.left_out[0].contains("“attach” was left out"), "and says so: {:?}", draft.left_out);
}
