//! A colleague is asked before it is decided.

use baton_core::api::types::{Action, IncidentView, OpinionRequest, Whom};
use baton_core::domain::advice::Verdict;
use baton_core::domain::asking::AfterWait;
use baton_core::domain::assessment::{Affected, Answers, ColleagueView, Condition, Expertise, Risk};
use baton_core::domain::delivery::DeliveryState;
use baton_core::domain::directory::{Person, Service, Target};
use baton_core::domain::draft::Draft;
use baton_core::domain::id::IncidentId;
use baton_core::domain::incident::Phase;
use baton_core::domain::severity::Severity;
use baton_tests::imap_sink::ImapSink;
use baton_tests::providers::matrix::Matrix;
use baton_tests::replies::Reply;
use baton_tests::smtp_sink::{ReceivedMail, SmtpBehaviour, SmtpSink, SmtpStep};
use baton_tests::world::World;

use crate::answering::lines;

const JONAS: &str = "jonas@example.org";

/// A desk where Jonas can be asked by mail, and Marta is who is called.
struct Desk {
    world: World,
    smtp: SmtpSink,
    inbox: ImapSink,
    jonas: Person,
    shop: Service,
}

async fn desk() -> Desk {
    let (world, smtp, inbox) = (World::new().await, SmtpSink::start().await, ImapSink::start().await);
    let mail = world.mail_both_ways(&smtp, &inbox).await;
    let marta = world.person("Marta", &[(mail, "marta@example.org")]).await;
    let jonas = world.person("Jonas", &[(mail, JONAS)]).await;
    let shop = world.service("Shop", &[(&[&marta], 30)]).await;
    Desk { world, smtp, inbox, jonas, shop }
}

/// So much speaks for it that a colleague decides.
async fn undecided(world: &World, shop: &Service) -> Draft {
    let mut draft = world.draft("Printing takes ten minutes", shop).await;
    draft.answers = Answers {
        affected: Some(Affected::Site),
        condition: Some(Condition::AtRisk),
        expertise: Some(Expertise::Perhaps),
        ..Answers::default()
    };
    draft
}

impl Desk {
    async fn asks(&self, then: AfterWait) -> (IncidentId, ReceivedMail) {
        let draft = undecided(&self.world, &self.shop).await;
        let id = self.world.desk.ask_colleague(draft, self.world.asks(&self.jonas, then)).await.expect("asked");
        self.world.settle().await;
        let mail = self.smtp.wait_for(1).await.remove(0);
        (id, mail)
    }

    async fn hears(&self, id: IncidentId, mail: Vec<u8>) -> IncidentView {
        self.inbox.deliver(mail);
        self.world.hear().await;
        self.world.incident(id).await
    }

    fn mails_to(&self, address: &str) -> usize {
        self.smtp.mails().iter().filter(|mail| mail.to == [address]).count()
    }
}

#[tokio::test]
async fn yes_by_mail_is_part_of_the_assessment_and_the_desk_decides_at_once() {
    let desk = desk().await;
    let (id, mail) = desk.asks(AfterWait::AskMe).await;
    let before = desk.world.incident(id).await.deciding.expect("to decide").advice;
    assert_eq!(before.verdict, Verdict::AskColleague {}, "by itself it is open: {before:?}");
    let after = desk.hears(id, Reply::to(&mail, JONAS).text("Yes, escalate, the spooler is full.")).await;
    assert_eq!(after.incident.answers.colleague, Some(ColleagueView::Escalate), "{:?}", lines(&after));
    let advice = after.deciding.as_ref().expect("still to decide").advice.clone();
    assert_eq!(advice.verdict, Verdict::Escalate {}, "the advice is worked out anew with it");
    assert!(advice.factors.iter().any(|factor| factor.words == "A colleague would escalate"), "{advice:?}");
    assert!(lines(&after).iter().any(|line| line.starts_with("Jonas would escalate")), "{:?}", lines(&after));
    assert!(lines(&after).iter().any(|line| line.contains("advice: escalate now")), "and kept: {:?}", lines(&after));
    let shown = desk.world.screen.last().expect("the desk is asked");
    assert_eq!(shown.title, "Jonas would escalate. Decide now?", "before the ten minutes are over");
    assert!(shown.body.contains("the advice is to escalate now"), "{}", shown.body);
    assert_eq!(desk.mails_to("marta@example.org"), 0, "the person decides");
}

#[tokio::test]
async fn no_carry_on_by_mail_gives_the_desk_its_time_and_words_of_neither_kind_are_shown() {
    let desk = desk().await;
    let (id, mail) = desk.asks(AfterWait::AskMe).await;
    let asks_back = desk.hears(id, Reply::to(&mail, JONAS).text("Which floor is it?")).await;
    let opinion = asks_back.incident.opinion.as_ref().expect("asked");
    assert_eq!((opinion.answer, opinion.words.as_str()), (None, "Which floor is it?"), "what he says is with the question");
    assert!(desk.world.screen.last().is_some_and(|notice| notice.body.contains("neither yes nor no")), "the desk says what he means");
    let no = Reply::to(&mail, JONAS).header("Message-ID", "<second@client.example.org>").text("No, carry on until three.");
    let after = desk.hears(id, no).await;
    assert_eq!(after.incident.answers.colleague, Some(ColleagueView::Wait), "{:?}", lines(&after));
    assert!(matches!(after.deciding.map(|deciding| deciding.advice.verdict), Some(Verdict::CarryOn { .. })), "so it is advised");
}

#[tokio::test]
async fn a_reaction_in_the_chat_answers_too() {
    let (world, matrix) = (World::new().await, Matrix::start().await);
    let chat = world.matrix(&matrix).await;
    let jonas = world.person("Jonas", &[(chat, "@jonas:example.org")]).await;
    let shop = world.service("Shop", &[(&[&jonas], 30)]).await;
    let draft = undecided(&world, &shop).await;
    let id = world.desk.ask_colleague(draft, world.asks(&jonas, AfterWait::Escalate)).await.expect("asked");
    world.settle().await;
    let message = matrix.wait_for(1).await[0].clone();
    matrix.react(&message, "@jonas:example.org", "🚨");
    world.hear().await;
    let incident = world.incident(id).await;
    assert_eq!(incident.incident.answers.colleague, Some(ColleagueView::Escalate), "{:?}", lines(&incident));
    world.fast_forward(20).await;
    let after = world.incident(id).await;
    assert!(matches!(after.incident.phase, Phase::Trying { .. }), "he has answered: what was decided for no answer does not happen");
}

#[tokio::test]
async fn the_answer_wakes_what_was_put_off_meanwhile() {
    let desk = desk().await;
    let (id, mail) = desk.asks(AfterWait::AskMe).await;
    desk.world.act(id, Action::Snooze { minutes: 12 * 60, why: "waiting for Jonas".into() }).await;
    let view = desk.hears(id, Reply::to(&mail, JONAS).text("Yes, escalate!")).await;
    assert_eq!(view.incident.snooze, None, "it is not slept upon till tomorrow");
    assert!(view.row.asked.is_some(), "the desk is asked at once: {:?}", view.row);
}

#[tokio::test]
async fn without_an_answer_it_escalates_by_itself_only_where_a_person_decided_that_beforehand() {
    let desk = desk().await;
    let (id, _) = desk.asks(AfterWait::Escalate).await;
    let waiting = desk.world.incident(id).await;
    assert_eq!(waiting.row.next, "escalates unless Jonas answers 12:52", "it is said before");
    desk.world.fast_forward(9).await;
    assert_eq!(desk.mails_to("marta@example.org"), 0, "not before its time");
    desk.world.fast_forward(1).await;
    desk.smtp.wait_for(2).await;
    assert_eq!(desk.mails_to("marta@example.org"), 1, "then it goes along the path");
    let after = desk.world.incident(id).await;
    let by = desk.world.desk.overview().await.expect("the frame").desk.actor();
    let said = lines(&after);
    assert!(
        said.iter().any(|line| line.contains("Escalated, as Jonas had not answered") && line.contains(&format!("as {by} decided"))),
        "and after, as decided by whoever did: {said:?}"
    );
    assert!(desk.world.screen.titles().contains(&"Escalated, as Jonas had not answered".into()), "{:?}", desk.world.screen.titles());
}

#[tokio::test]
async fn without_an_answer_he_is_asked_once_more_and_then_the_desk() {
    let desk = desk().await;
    let (id, _) = desk.asks(AfterWait::AskAgain).await;
    desk.world.fast_forward(10).await;
    desk.smtp.wait_for(2).await;
    assert_eq!((desk.mails_to(JONAS), desk.world.screen.titles()), (2, vec![]), "he is asked again, and the desk is not yet");
    desk.world.fast_forward(10).await;
    assert_eq!(desk.mails_to(JONAS), 2, "once, and not for ever");
    assert_eq!(desk.world.screen.titles(), ["No answer from Jonas yet. Escalate?"], "then the desk is asked");
    assert!(matches!(desk.world.incident(id).await.incident.phase, Phase::Trying { .. }), "and nothing went by itself");
}

#[tokio::test]
async fn another_decision_of_the_desk_takes_the_escalation_back() {
    let desk = desk().await;
    let (id, _) = desk.asks(AfterWait::Escalate).await;
    desk.world.act(id, Action::CarryOn { minutes: 30 }).await;
    desk.world.fast_forward(60).await;
    assert_eq!(desk.mails_to("marta@example.org"), 0, "whoever carried on has decided otherwise since");
}

#[tokio::test]
async fn after_three_days_asleep_the_desk_is_asked_instead_of_waking_anybody() {
    let desk = desk().await;
    let (_, _) = desk.asks(AfterWait::Escalate).await;
    desk.world.sleep(3 * 24 * 60).await;
    assert_eq!(desk.mails_to("marta@example.org"), 0, "what was decided for 12:52 on Monday is no decision for Thursday");
    assert_eq!(desk.world.screen.titles(), ["No answer from Jonas yet. Escalate?"]);
}

#[tokio::test]
async fn an_answer_after_the_fact_is_kept_and_changes_nothing() {
    let desk = desk().await;
    let (id, mail) = desk.asks(AfterWait::Escalate).await;
    desk.world.fast_forward(10).await;
    desk.smtp.wait_for(2).await;
    let after = desk.hears(id, Reply::to(&mail, JONAS).text("wait")).await;
    assert!(matches!(after.incident.phase, Phase::Climbing {}), "what is under way goes on");
    assert!(lines(&after).iter().any(|line| line.starts_with("Jonas would wait")), "and what he says is kept: {:?}", lines(&after));
    assert_eq!(desk.world.screen.last().map(|notice| notice.title), Some("Jonas would wait, and it is escalated already".into()));
    desk.world.fast_forward(30).await;
    assert!(desk.world.incident(id).await.incident.climb.is_some_and(|climb| climb.alarmed_since.is_some()), "the climb came to its end");
}

#[tokio::test]
async fn whoever_is_on_call_is_found_at_that_moment_and_named() {
    let (world, smtp, inbox) = (World::new().await, SmtpSink::start().await, ImapSink::start().await);
    let (mail, call) = (world.mail_both_ways(&smtp, &inbox).await, world.by_hand().await);
    let jonas = world.person("Jonas", &[(call, "+49 30 23125011"), (mail, JONAS)]).await;
    let rotation = world.rotation("Databases", &[&jonas]).await;
    let shop = world.service_for("Shop", &[(Target::Rotation { id: rotation.id }, 30)]).await;
    let draft = undecided(&world, &shop).await;
    let considered = world.desk.consider(draft.clone()).await.expect("considered");
    assert_eq!(considered.asking.on_call, "Jonas, on call in Databases, by Mail", "it is said whom that is before anybody is asked");
    let request = OpinionRequest { whom: Whom::OnCall {}, question: considered.asking.question, minutes: 5, then: AfterWait::AskMe };
    let id = world.desk.ask_colleague(draft, request).await.expect("asked");
    world.settle().await;
    let asked = smtp.wait_for(1).await.remove(0);
    assert_eq!(asked.to, [JONAS], "in writing, although he prefers the phone: nobody is woken for an opinion");
    assert!(asked.text().contains("Printing takes ten minutes (Shop)."), "with what is known: {}", asked.text());
    let incident = world.incident(id).await;
    assert!(incident.calls.is_empty(), "and no call is to be made");
    assert!(
        lines(&incident).iter().any(|line| line.contains("Asked Jonas") && line.contains("on call in Databases")),
        "{:?}",
        lines(&incident)
    );
}

#[tokio::test]
async fn where_nobody_can_be_asked_it_is_said_at_once_with_what_to_do() {
    let (world, smtp) = (World::new().await, SmtpSink::start().await);
    let (mail, call) = (world.mail(&smtp).await, world.by_hand().await);
    let jonas = world.person("Jonas", &[(call, "+49 30 23125011")]).await;
    let rotation = world.rotation("Databases", &[&jonas]).await;
    let shop = world.service_for("Shop", &[(Target::Rotation { id: rotation.id }, 30)]).await;
    let draft = undecided(&world, &shop).await;
    let on_call = OpinionRequest { whom: Whom::OnCall {}, question: "Escalate?".into(), minutes: 5, then: AfterWait::AskMe };
    let refused = world.desk.ask_colleague(draft.clone(), on_call.clone()).await.expect_err("he has but a phone");
    assert!(refused.message.contains("Call them: +49 30 23125011") && refused.message.contains("escalate now"), "{}", refused.message);
    assert!(world.desk.board().await.expect("the board").rows.is_empty(), "and nothing was filed");

    let office = world.service("Office", &[(&[&jonas], 30)]).await;
    let elsewhere = undecided(&world, &office).await;
    let refused = world.desk.ask_colleague(elsewhere, on_call).await.expect_err("there is no rotation");
    assert!(refused.message.contains("has no rotation"), "{}", refused.message);

    let ilse = world.person("Ilse", &[(mail, "ilse@example.org")]).await;
    smtp.at(SmtpStep::Recipient, SmtpBehaviour::Reply("550 5.1.1 no such mailbox".into()));
    let id = world.desk.ask_colleague(draft, world.asks(&ilse, AfterWait::AskMe)).await.expect("asked");
    world.settle().await;
    let told = world.screen.last().expect("the desk hears of it before the wait is over");
    assert_eq!(told.title, "Ilse was not reached. Ask somebody else, or escalate?");
    assert!(world.incident(id).await.offers.contains(&baton_core::domain::offers::Offer::AskColleague), "and somebody else can be asked");
}

#[tokio::test]
async fn a_question_that_has_not_left_is_taken_back_when_it_is_escalated() {
    let desk = desk().await;
    desk.smtp.at(SmtpStep::Recipient, SmtpBehaviour::Reply("451 4.3.0 later".into()));
    let draft = undecided(&desk.world, &desk.shop).await;
    let id = desk.world.desk.ask_colleague(draft, desk.world.asks(&desk.jonas, AfterWait::AskMe)).await.expect("asked");
    desk.world.settle().await;
    desk.smtp.behave();
    desk.world.act(id, Action::Escalate {}).await;
    desk.smtp.wait_for(1).await;
    let asked = desk.world.incident(id).await.deliveries.into_iter().find(|delivery| delivery.name == "Jonas").expect("his");
    assert_eq!(asked.state, DeliveryState::Cancelled, "nobody is asked whether to do what is done");
}

#[tokio::test]
async fn not_to_be_sure_counts_as_the_worse_case_and_is_told_to_whoever_is_asked() {
    let desk = desk().await;
    let mut draft = undecided(&desk.world, &desk.shop).await;
    draft.answers.risks = Some([Risk::NotSure].into());
    draft.answers.expertise = Some(Expertise::NotSure);
    let considered = desk.world.desk.consider(draft).await.expect("considered");
    assert_eq!(considered.advice.verdict, Verdict::Escalate {}, "what it could cause is unknown, and so the worst counts");
    let said: Vec<&str> = considered.advice.factors.iter().map(|factor| factor.words.as_str()).collect();
    assert!(said.contains(&"Not sure what it could cause: the worst counts"), "and it is said: {said:?}");
    assert!(said.contains(&"Not sure whether you can fix it: the worst counts"), "{said:?}");
    assert!(
        considered.asking.question.contains("We are not sure what it could cause, whether we can fix it."),
        "{}",
        considered.asking.question
    );
}

#[tokio::test]
async fn the_alert_that_was_decided_for_no_answer_does_not_wait_behind_the_question_and_another_does() {
    let desk = desk().await;
    let printers = desk.world.service("Printers", &[(&[&desk.jonas], 60)]).await;
    let low = async |what: &str| {
        let mut draft = undecided(&desk.world, &printers).await;
        draft.facts.what = what.into();
        draft.severity = Some(Severity::Low);
        draft
    };
    let draft = low("Printing takes ten minutes").await;
    let id = desk.world.desk.ask_colleague(draft, desk.world.asks(&desk.jonas, AfterWait::Escalate)).await.expect("asked");
    desk.world.settle().await;
    desk.smtp.wait_for(1).await;
    desk.world.desk.escalate(low("The scanner is out of focus").await).await.expect("escalated");
    desk.world.fast_forward(9).await;
    assert_eq!(desk.mails_to(JONAS), 1, "he was written to only just now, and what else there is waits with what follows");
    desk.world.fast_forward(1).await;
    desk.smtp.wait_for(2).await;
    let alert = &desk.smtp.mails()[1];
    assert_eq!(desk.mails_to(JONAS), 2, "it was decided for this minute, and what waited goes along in one mail");
    assert!(alert.text().contains("Printing takes ten minutes") && alert.text().contains("The scanner"), "{}", alert.text());
    assert!(desk.world.incident(id).await.row.next.starts_with("alarms this desk"), "and the level began then");
}
