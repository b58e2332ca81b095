//! People who are told of an incident and not called.

use baton_core::api::types::Action;
use baton_core::domain::asking::AfterWait;
use baton_core::domain::directory::{Method, Person, Service};
use baton_core::domain::draft::Draft;
use baton_core::domain::due::DueKind;
use baton_core::domain::event::AcknowledgedHow;
use baton_core::domain::id::{IncidentId, MethodId, PersonId};
use baton_core::domain::incident::Phase;
use baton_core::domain::severity::Severity;
use baton_core::domain::status::StatusLanguage;
use baton_tests::providers::telegram::Telegram;
use baton_tests::smtp_sink::SmtpSink;
use baton_tests::world::World;

use crate::answering::lines;

/// Marta is called for the shop; Dora leads sales, and is told.
struct Scene {
    world: World,
    mailbox: SmtpSink,
    marta: Person,
    dora: Person,
    shop: Service,
}

async fn scene() -> Scene {
    let (world, mailbox) = (World::new().await, SmtpSink::start().await);
    let mail = world.mail(&mailbox).await;
    let by_hand = world.by_hand().await;
    let marta = world.person("Marta", &[(mail, "marta@example.org")]).await;
    let dora = world.person("Dora", &[(by_hand, "+4930231250"), (mail, "dora@example.org")]).await;
    let mut desk = world.desk.overview().await.expect("the frame").desk;
    desk.zone = "Europe/Berlin".into();
    world.desk.save_desk(desk).await.expect("saved");
    let shop = world.service("Shop", &[(&[&marta], 30)]).await;
    Scene { world, mailbox, marta, dora, shop }
}

impl Scene {
    async fn listed_for_the_shop(&self, people: &[&Person]) {
        let stakeholders = people.iter().map(|person| person.id).collect();
        self.world.desk.save_service(Service { stakeholders, ..self.shop.clone() }).await.expect("saved");
    }

    async fn listed_for_critical(&self, people: &[&Person]) {
        let mut rules = self.world.desk.rules().await.expect("the rules");
        rules.told.critical = people.iter().map(|person| person.id).collect();
        self.world.desk.save_rules(rules).await.expect("saved");
    }

    async fn escalated(&self) -> IncidentId {
        let id = self.world.escalates("Checkout fails for everybody", &self.shop).await;
        self.world.settle().await;
        id
    }

    async fn marta_has_it(&self, id: IncidentId) {
        let (person, how) = (Some(self.marta.id), AcknowledgedHow::Call);
        self.world.act(id, Action::Acknowledge { person, name: String::new(), how }).await;
        self.world.settle().await;
    }

    async fn resolved(&self, id: IncidentId) {
        let (cause, fix) = ("The disk of db-17 was full".into(), String::new());
        self.world.act(id, Action::Resolve { cause, fix, follow_ups: vec![] }).await;
        self.world.settle().await;
    }

    fn to(&self, address: &str) -> Vec<String> {
        let theirs = self.mailbox.mails().into_iter().filter(|mail| mail.to == [address]);
        theirs.map(|mail| format!("{}\n{}", mail.subject(), mail.text())).collect()
    }

    fn to_dora(&self) -> Vec<String> {
        self.to("dora@example.org")
    }

    async fn is_climbing(&self, id: IncidentId) -> bool {
        matches!(self.world.incident(id).await.incident.phase, Phase::Climbing {})
    }
}

#[tokio::test]
async fn whoever_is_listed_is_told_at_the_start_and_at_each_milestone_in_plain_words_and_never_called() {
    let scene = scene().await;
    scene.listed_for_the_shop(&[&scene.dora]).await;
    scene.listed_for_critical(&[&scene.dora]).await;
    let id = scene.escalated().await;
    let first = scene.to_dora();
    assert_eq!(first.len(), 1, "on two lists, and told once: {first:?}");
    for words in [
        "How it stands: Checkout fails for everybody",
        "Where: Shop",
        "State: The people who can mend it are being called.",
        "Next word: by 23 Nov 2026, 14:42 CET",
        "there is nothing for you to do",
    ] {
        assert!(first[0].contains(words), "{words} is in it: {}", first[0]);
    }
    let view = scene.world.incident(id).await;
    assert!(view.calls.is_empty(), "her phone comes first in the directory, and does not ring: {:?}", view.calls);
    assert!(view.incident.told.iter().all(|person| *person == scene.marta.id), "she is no one of those who mend it");
    assert_eq!(
        view.stakeholders.iter().map(|one| (one.name.as_str(), one.words.as_str())).collect::<Vec<_>>(),
        [("Dora", "listed for Shop")]
    );

    scene.marta_has_it(id).await;
    assert!(scene.to_dora()[1].contains("Somebody is working on it now."), "{:?}", scene.to_dora());
    assert!(!scene.to_dora()[1].contains("Marta"), "who it is stays inside");
    scene.world.act(id, Action::StillOnIt {}).await;
    assert_eq!(scene.to_dora().len(), 2, "that she still has it is nothing new");
    scene.world.act(id, Action::ChangeSeverity { severity: Severity::High, why: "half is back".into() }).await;
    scene.world.fast_forward(3).await;
    assert!(scene.to_dora()[2].contains("it counts as high now"), "{:?}", scene.to_dora());
    scene.resolved(id).await;
    scene.world.fast_forward(3).await;
    let over = scene.to_dora().pop().expect("told");
    assert!(over.contains("It is over.") && !over.contains("db-17") && !over.contains("Next word"), "no internals, and no promise: {over}");
    scene.world.act(id, Action::Reopen { why: "it hangs again".into() }).await;
    scene.world.fast_forward(3).await;
    let again = scene.to_dora().pop().expect("told");
    assert!(again.contains("It is not over after all"), "{again}");
    assert_eq!(scene.to_dora().len(), 5, "each milestone once");
    let told = lines(&scene.world.incident(id).await);
    assert!(told.iter().any(|line| line.starts_with("Told Dora that somebody has it")), "and the timeline has it: {told:?}");
}

#[tokio::test]
async fn between_milestones_there_is_a_slower_rhythm_that_grows_while_nothing_is_new() {
    let scene = scene().await;
    scene.listed_for_the_shop(&[&scene.dora]).await;
    let id = scene.escalated().await;
    scene.marta_has_it(id).await;

    scene.world.act(id, Action::Snooze { minutes: 24 * 60, why: "the part is ordered".into() }).await;
    scene.world.fast_forward(59).await;
    assert_eq!(scene.to_dora().len(), 2, "an hour was promised");
    scene.world.fast_forward(1).await;
    assert!(scene.to_dora()[2].contains("Nothing new since the last word"), "the promise is kept, whatever sleeps: {:?}", scene.to_dora());
    assert!(scene.to_dora()[2].contains("Next word: by 23 Nov 2026, 16:42 CET"), "and the next is two hours later: {:?}", scene.to_dora());
    scene.world.fast_forward(119).await;
    assert_eq!(scene.to_dora().len(), 3);
    scene.world.fast_forward(1).await;
    assert_eq!(scene.to_dora().len(), 4, "then four");

    scene.world.fast_forward(10).await;
    scene.world.edit(id, false, |facts| facts.people_affected = Some(3200)).await;
    scene.world.act(id, Action::ShareWithAll { text: "Paying by card works again".into() }).await;
    scene.world.act(id, Action::ShareUpdate { text: "db-17 is back".into() }).await;
    scene.world.fast_forward(49).await;
    assert_eq!(scene.to_dora().len(), 4, "nobody hears more often than once an hour");
    scene.world.fast_forward(1).await;
    let news = scene.to_dora().pop().expect("told");
    assert_eq!(scene.to_dora().len(), 5, "but then what is new does not wait for the longer silence");
    assert!(news.contains("Paying by card works again") && news.contains("3,200 people"), "{news}");
    assert!(!news.contains("db-17"), "what was shared with those who mend it stays with them: {news}");
    scene.world.fast_forward(60).await;
    assert!(scene.to_dora().pop().is_some_and(|word| word.contains("Nothing new")), "and begins anew: {:?}", scene.to_dora());
}

#[tokio::test]
async fn how_often_is_the_desks_to_say() {
    let scene = scene().await;
    let mut rules = scene.world.desk.rules().await.expect("the rules");
    rules.rhythm.word = 20;
    scene.world.desk.save_rules(rules).await.expect("saved");
    scene.listed_for_the_shop(&[&scene.dora]).await;
    let id = scene.escalated().await;
    scene.marta_has_it(id).await;
    scene.world.fast_forward(20).await;
    assert_eq!(scene.to_dora().len(), 3);
}

#[tokio::test]
async fn what_they_answer_decides_nothing_and_holds_nothing_up() {
    let (world, telegram, mailbox) = (World::new().await, Telegram::start().await, SmtpSink::start().await);
    let (chat, mail) = (world.telegram(&telegram).await, world.mail(&mailbox).await);
    let marta = world.person("Marta", &[(mail, "marta@example.org")]).await;
    let ben = world.person("Ben", &[(mail, "ben@example.org")]).await;
    let dora = world.person("Dora", &[(chat, "503")]).await;
    let shop = world.service("Shop", &[(&[&marta], 30), (&[&ben], 30)]).await;
    world.desk.save_service(Service { stakeholders: vec![dora.id], ..shop.clone() }).await.expect("saved");
    let id = world.escalates("Checkout fails for everybody", &shop).await;
    world.settle().await;
    let word = telegram.wait_for(1).await.remove(0);
    for words in ["On it", "I'll take it", "yes", "1"] {
        telegram.reply(&word, words, (503, "Dora"));
        world.hear().await;
        let view = world.incident(id).await;
        assert!(matches!(view.incident.phase, Phase::Climbing {}), "{words:?} of somebody who is only told takes nothing over");
        assert!(!view.incident.told.contains(&dora.id), "{words:?} makes her no one who is called");
        let last = lines(&view).pop().unwrap_or_default();
        assert!(last.contains("Dora wrote"), "what she says is kept: {last}");
    }
    assert!(world.screen.titles().iter().any(|title| title == "Dora wrote"), "and the desk reads it");
    world.fast_forward(30).await;
    assert!(mailbox.mails().iter().any(|mail| mail.to == ["ben@example.org"]), "the climb goes on at its time");
}

#[tokio::test]
async fn whoever_never_heard_that_it_began_does_not_hear_that_it_is_over() {
    let scene = scene().await;
    scene.listed_for_the_shop(&[&scene.dora]).await;
    scene.world.fast_forward(9 * 60).await;
    let low = Draft {
        severity: Some(Severity::Low),
        against_advice: "as told".into(),
        ..scene.world.draft("Receipts lack a line", &scene.shop).await
    };
    let id = scene.world.desk.escalate(low.clone()).await.expect("escalated at night");
    scene.world.settle().await;
    scene.resolved(id).await;
    scene.world.fast_forward(12 * 60).await;
    assert_eq!(scene.to_dora(), Vec::<String>::new(), "the quiet hours held the beginning, and so there is no end to tell");

    let id = scene.world.desk.escalate(Draft { id: scene.world.desk.new_draft().await.expect("new").id, ..low }).await.expect("by day");
    scene.world.fast_forward(20).await;
    assert_eq!(scene.to_dora().len(), 1, "by day it is told");
    scene.resolved(id).await;
    scene.world.fast_forward(20).await;
    assert_eq!(scene.to_dora().len(), 2, "and so is its end");
}

#[tokio::test]
async fn news_of_the_night_are_one_word_in_the_morning() {
    let scene = scene().await;
    scene.listed_for_the_shop(&[&scene.dora]).await;
    scene.world.fast_forward(9 * 60).await;
    let low = Draft {
        severity: Some(Severity::Low),
        against_advice: "as told".into(),
        ..scene.world.draft("Receipts lack a line", &scene.shop).await
    };
    let id = scene.world.desk.escalate(low).await.expect("escalated at night");
    scene.marta_has_it(id).await;
    scene.world.act(id, Action::ShareWithAll { text: "Only in the branch in Graz".into() }).await;
    scene.world.fast_forward(8 * 60).await;
    assert_eq!(scene.to_dora().len(), 0, "she sleeps");
    scene.world.fast_forward(60).await;
    let words = scene.to_dora();
    assert_eq!(words.len(), 1, "{words:?}");
    assert!(
        words[0].contains("Only in the branch in Graz") && words[0].contains("A specialist is working on it"),
        "and it is whole: {}",
        words[0]
    );
}

#[tokio::test]
async fn whoever_has_only_a_phone_is_not_rung_for_and_the_desk_is_told() {
    let scene = scene().await;
    let by_hand = scene.world.by_hand().await;
    let otto = scene.world.person("Otto", &[(by_hand, "+4930231251")]).await;
    scene.listed_for_the_shop(&[&otto]).await;
    let id = scene.escalated().await;
    scene.marta_has_it(id).await;
    assert!(scene.world.incident(id).await.calls.is_empty(), "nobody is rung for a word");
    let said = scene.world.screen.titles().into_iter().filter(|title| title == "Otto is to be told and cannot be").count();
    assert_eq!(said, 1, "once, and not with each word");
    let view = scene.world.incident(id).await;
    assert_eq!(view.stakeholders[0].words, "listed for Shop · not told: neither mail nor chat reaches them");
    let told = lines(&view);
    for words in ["Otto is to be told and cannot be", "Could not tell Otto that somebody has it"] {
        assert!(told.iter().any(|line| line.starts_with(words)), "{words}: {told:?}");
    }
    assert!(!told.iter().any(|line| line.starts_with("Told")), "nobody was: {told:?}");
    let word = view.next.iter().find(|next| next.kind == DueKind::Word).expect("their time comes");
    assert_eq!(word.words, "tells Otto how it stands, once mail or chat reaches them");
    let status = scene.world.desk.status_text(id, StatusLanguage::English).await.expect("a text");
    assert!(!status.contains("Next word"), "nobody is promised what nobody hears: {status}");

    let mail = scene.world.mail(&scene.mailbox).await;
    let mut otto = otto;
    let (id_of_mail, address) = (MethodId::new(scene.world.now()), "otto@example.org".into());
    otto.methods.push(Method { id: id_of_mail, channel: mail, address, ..otto.methods[0].clone() });
    scene.world.desk.save_person(otto).await.expect("he has mail now");
    scene.world.fast_forward(60).await;
    assert_eq!(scene.to("otto@example.org").len(), 1, "and hears with the next word");
    assert_eq!(scene.world.incident(id).await.stakeholders[0].words, "listed for Shop");
}

#[tokio::test]
async fn the_desk_adds_somebody_and_takes_somebody_off_and_no_list_brings_them_back() {
    let scene = scene().await;
    let mail = scene.world.mail(&scene.mailbox).await;
    let otto = scene.world.person("Otto", &[(mail, "otto@example.org")]).await;
    scene.listed_for_the_shop(&[&scene.dora]).await;
    let draft = Draft { stakeholders: vec![otto.id], ..scene.world.draft("Checkout fails for everybody", &scene.shop).await };
    let told = scene.world.desk.consider(draft.clone()).await.expect("considered").told;
    assert_eq!(told.iter().map(|one| one.name.as_str()).collect::<Vec<_>>(), ["Dora"], "before it is filed the lists are shown");
    let id = scene.world.desk.carry_on(draft, 20).await.expect("the desk tries itself");
    scene.world.settle().await;
    assert_eq!(
        (scene.to("otto@example.org").len(), scene.to_dora().len()),
        (1, 0),
        "whom the desk chose hears at once, the lists from the escalation on"
    );
    scene.world.act(id, Action::Escalate {}).await;
    scene.world.settle().await;
    assert_eq!((scene.to("otto@example.org").len(), scene.to_dora().len()), (1, 1));

    scene.world.act(id, Action::InformNoMore { person: scene.dora.id }).await;
    scene.world.act(id, Action::InformNoMore { person: scene.dora.id }).await;
    scene.marta_has_it(id).await;
    scene.world.act(id, Action::ChangeSeverity { severity: Severity::High, why: "half is back".into() }).await;
    scene.world.fast_forward(10).await;
    assert_eq!(scene.to_dora().len(), 1, "taken off, she hears no more");
    scene.world.act(id, Action::Inform { people: vec![scene.dora.id, scene.dora.id] }).await;
    scene.world.fast_forward(10).await;
    assert_eq!(scene.to_dora().len(), 2, "the desk can bring her back, once: {:?}", scene.to_dora());
    let refused = scene.world.desk.act(id, Action::Inform { people: vec![PersonId::new(scene.world.now())] }).await.expect_err("nobody");
    assert!(refused.message.contains("not in the directory"), "{}", refused.message);
}

#[tokio::test]
async fn whoever_is_called_hears_more_and_is_not_told_besides() {
    let scene = scene().await;
    scene.listed_for_the_shop(&[&scene.marta]).await;
    let id = scene.escalated().await;
    scene.marta_has_it(id).await;
    scene.world.fast_forward(20).await;
    let to_marta = scene.to("marta@example.org");
    assert!(!to_marta.iter().any(|mail| mail.starts_with("How it stands")), "she has it: {to_marta:?}");
}

#[tokio::test]
async fn what_becomes_part_of_another_is_told_of_there() {
    let scene = scene().await;
    scene.listed_for_the_shop(&[&scene.dora]).await;
    let part = scene.escalated().await;
    scene.listed_for_the_shop(&[]).await;
    let lead = scene.world.escalates("Nobody can pay", &scene.shop).await;
    scene.marta_has_it(lead).await;
    scene.world.desk.merge(part, lead).await.expect("it goes on there");
    scene.world.settle().await;
    let words = scene.to_dora();
    assert!(words.iter().any(|word| word.contains("part of a larger incident")), "{words:?}");
    assert!(words.iter().any(|word| word.contains("Nobody can pay") && word.contains("Something is wrong")), "{words:?}");
    scene.resolved(lead).await;
    let reference = scene.world.incident(lead).await.row.reference;
    assert!(
        scene.to_dora().pop().is_some_and(|word| word.contains("It is over") && word.contains(&reference)),
        "she hears the end: {:?}",
        scene.to_dora()
    );
}

#[tokio::test]
async fn several_at_once_are_one_message() {
    let scene = scene().await;
    scene.listed_for_the_shop(&[&scene.dora]).await;
    for what in ["Orders hang", "Labels are blank", "The lift stands"] {
        let high = Draft { severity: Some(Severity::High), against_advice: "as told".into(), ..scene.world.draft(what, &scene.shop).await };
        scene.world.desk.escalate(high).await.expect("escalated");
        scene.world.settle().await;
    }
    scene.world.fast_forward(5).await;
    let words = scene.to_dora();
    assert_eq!(words.len(), 2, "the first at once, the others together: {words:?}");
    assert!(words[1].contains("How 2 incidents stand"), "{}", words[1]);
}

#[tokio::test]
async fn everybody_who_was_told_hears_what_changed() {
    let scene = scene().await;
    let mail = scene.world.mail(&scene.mailbox).await;
    let ben = scene.world.person("Ben", &[(mail, "ben@example.org")]).await;
    let ilse = scene.world.person("Ilse", &[(mail, "ilse@example.org")]).await;
    let never = scene.world.person("Nora", &[(mail, "nora@example.org")]).await;
    let desk = scene.world.service("Till", &[(&[&scene.marta, &ben], 10), (&[&ilse], 30), (&[&never], 30)]).await;
    scene.world.desk.save_service(Service { stakeholders: vec![scene.dora.id], ..desk.clone() }).await.expect("saved");
    let id = scene.world.escalates("Tills print nothing", &desk).await;
    scene.world.fast_forward(10).await;
    scene.marta_has_it(id).await;
    let before = scene.mailbox.mails().len();
    scene.world.edit(id, true, |facts| facts.people_affected = Some(3200)).await;
    scene.world.fast_forward(1).await;
    let mut told: Vec<String> = scene.mailbox.mails()[before..].iter().flat_map(|mail| mail.to.clone()).collect();
    told.sort();
    assert_eq!(
        told,
        ["ben@example.org", "ilse@example.org", "marta@example.org"],
        "both levels, once each, and whoever was never told is not"
    );
    scene.world.fast_forward(60).await;
    assert!(scene.to_dora().pop().is_some_and(|word| word.contains("3,200 people")), "whoever is told and not called hears it in her time");
}

#[tokio::test]
async fn one_click_gives_the_words_for_a_status_page_in_either_language() {
    let scene = scene().await;
    scene.listed_for_the_shop(&[&scene.dora]).await;
    let id = scene.escalated().await;
    scene.marta_has_it(id).await;
    let text = |language| scene.world.desk.status_text(id, language);
    assert_eq!(
        text(StatusLanguage::English).await.expect("a text"),
        "Shop: Checkout fails for everybody\nState: A specialist is working on it.\nNext word: by 23 Nov 2026, 14:42 CET",
        "plain, and without who"
    );
    let german = text(StatusLanguage::German).await.expect("a text");
    assert!(german.ends_with("Stand: Eine Fachkraft arbeitet daran.\nNächste Meldung: bis 23.11.2026, 14:42 Uhr (CET)"), "{german}");
}

#[tokio::test]
async fn a_restart_and_the_log_know_them_as_well() {
    let scene = scene().await;
    scene.listed_for_the_shop(&[&scene.dora]).await;
    let id = scene.escalated().await;
    assert!(scene.is_climbing(id).await);
    let (world, mailbox) = (scene.world.restarted().await, scene.mailbox);
    let known = world.incident(id).await;
    assert_eq!(known.stakeholders.len(), 1, "{:?}", known.stakeholders);
    assert!(known.next.iter().any(|step| step.words == "tells Dora how it stands"), "it is among what happens next: {:?}", known.next);
    world.fast_forward(60).await;
    let reached = mailbox.mails().into_iter().filter(|mail| mail.to == ["dora@example.org"]).count();
    assert_eq!(reached, 2, "and comes");
}

#[tokio::test]
async fn what_escalates_by_itself_is_told_too() {
    let scene = scene().await;
    scene.listed_for_the_shop(&[&scene.dora]).await;
    let draft = scene.world.draft("Checkout fails for some", &scene.shop).await;
    let request = scene.world.asks(&scene.marta, AfterWait::Escalate);
    scene.world.desk.ask_colleague(draft, request).await.expect("asked");
    scene.world.fast_forward(5).await;
    assert_eq!(scene.to_dora().len(), 0, "it is not decided yet");
    scene.world.fast_forward(60).await;
    assert!(scene.to_dora().first().is_some_and(|word| word.contains("Something is wrong")), "{:?}", scene.to_dora());
}
