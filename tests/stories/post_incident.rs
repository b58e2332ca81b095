//! What is read of an incident when it is over: from the events, written on by the desk.

use baton_core::api::types::{Action, ReportForm};
use baton_core::domain::event::{AcknowledgedHow, CallOutcome};
use baton_core::domain::id::IncidentId;
use baton_core::domain::judgement::Judgement;
use baton_core::error::FailureCode;
use baton_tests::smtp_sink::SmtpSink;
use baton_tests::world::World;

/// An incident that Marta took after seven minutes and that was over after forty.
async fn over(world: &World) -> IncidentId {
    let mailbox = SmtpSink::start().await;
    let mail = world.mail(&mailbox).await;
    let marta = world.person("Marta", &[(mail, "marta@example.org")]).await;
    let shop = world.service("Shop", &[(&[&marta], 30)]).await;
    let id = world.escalates("Checkout fails for *everybody*", &shop).await;
    world.fast_forward(7).await;
    world.act(id, Action::Acknowledge { person: Some(marta.id), name: "Marta".into(), how: AcknowledgedHow::Call }).await;
    world.fast_forward(33).await;
    let follow_ups = vec!["A bigger pool".into()];
    world.act(id, Action::Resolve { cause: "The pool was exhausted".into(), fix: "Restarted it".into(), follow_ups }).await;
    id
}

#[tokio::test]
async fn the_report_says_what_happened_in_figures_and_in_order() {
    let world = World::new().await;
    let id = over(&world).await;
    let report = world.desk.post_incident(id).await.expect("a report");
    for words in [
        "Checkout fails for \\*everybody\\*",
        "somebody had it after 7 min",
        "Over 40 min after it was filed",
        "1 alert: 0 reached somebody, 0 answered",
        "The pool was exhausted",
        "- A bigger pool",
        "Marta · Alert by Mail",
        "## Timeline",
    ] {
        assert!(report.markdown.contains(words), "{words}: {}", report.markdown);
    }
    let first = report.blocks.first().map(|block| block.text.clone()).unwrap_or_default();
    assert!(first.ends_with("Checkout fails for *everybody*"), "and is read as it was typed: {first}");
    assert_eq!((report.written_at, report.newer), (None, 0), "nobody has written in it");
}

#[tokio::test]
async fn a_call_that_was_answered_has_reached_somebody() {
    let world = World::new().await;
    let call = world.by_hand().await;
    let marta = world.person("Marta", &[(call, "+49 30 23125 011")]).await;
    let jonas = world.person("Jonas", &[(call, "+49 30 23125 012")]).await;
    let shop = world.service("Shop", &[(&[&marta, &jonas], 30)]).await;
    let id = world.escalates("Checkout fails", &shop).await;
    for (name, outcome) in [("Jonas", CallOutcome::Voicemail), ("Marta", CallOutcome::Answered)] {
        let task = world.incident(id).await.calls.into_iter().find(|task| task.name == name).expect("a call to make");
        let took_it = outcome == CallOutcome::Answered;
        world.act(id, Action::RecordCall { delivery: task.delivery, outcome, note: String::new(), took_it }).await;
    }
    let report = world.desk.post_incident(id).await.expect("a report").markdown;
    assert!(report.contains("2 alerts: 1 reached somebody, 1 answered"), "{report}");
}

#[tokio::test]
async fn what_the_desk_writes_is_kept_and_what_happens_later_is_said() {
    let world = World::new().await;
    let id = over(&world).await;
    world.desk.save_post_incident(id, Some("# Ours\n\nIt was the pool.".into())).await.expect("kept");
    let written = world.desk.post_incident(id).await.expect("a report");
    assert_eq!((written.markdown.as_str(), written.newer), ("# Ours\n\nIt was the pool.", 0));
    assert!(written.written_at.is_some(), "when it was written is said");
    world.act(id, Action::Judge { judgement: Judgement::Late, note: "At 2 already".into() }).await;
    let later = world.desk.post_incident(id).await.expect("a report");
    assert_eq!((later.newer, later.judgement), (1, Some(Judgement::Late)), "what happened since is not in it");
    world.desk.save_post_incident(id, None).await.expect("begun anew");
    let anew = world.desk.post_incident(id).await.expect("a report");
    assert!(anew.markdown.contains("Judged afterwards: escalated too late") && anew.written_at.is_none(), "{}", anew.markdown);
    let refused = world.desk.save_post_incident(id, Some("x".repeat(500_000))).await.expect_err("too long");
    assert_eq!(refused.code, FailureCode::Invalid, "{}", refused.message);
}

#[tokio::test]
async fn it_goes_out_as_a_page_as_paper_and_as_text() {
    let world = World::new().await;
    let id = over(&world).await;
    for (form, begins) in [(ReportForm::Markdown, "# "), (ReportForm::Html, "<!doctype html>"), (ReportForm::Pdf, "%PDF-")] {
        let file = world.desk.write_post_incident(id, form).await.expect("it can be written");
        let bytes = std::fs::read(&file).expect("it is there");
        assert!(bytes.starts_with(begins.as_bytes()), "{}", file.display());
    }
}

#[tokio::test]
async fn only_what_was_escalated_and_is_over_is_judged() {
    let world = World::new().await;
    let id = over(&world).await;
    world.act(id, Action::Reopen { why: "It is back".into() }).await;
    let judged = Action::Judge { judgement: Judgement::Needless, note: String::new() };
    let refused = world.desk.act(id, judged).await.expect_err("it goes on");
    assert_eq!(refused.code, FailureCode::MovedOn, "{}", refused.message);
}
