//! Which of several messages an answer means that names none, and what is done where nobody can
//! know: texts, as they have no threads.

use baton_core::api::types::Action;
use baton_core::domain::delivery::DeliveryState;
use baton_core::domain::directory::{Method, Person};
use baton_core::domain::event::AcknowledgedHow;
use baton_core::domain::id::{IncidentId, MethodId};
use baton_tests::providers::twilio::{Text, Twilio};
use baton_tests::world::World;

use crate::answering::{holder, lines};

const MARTA: &str = "+493023125011";
const MARTAS_OTHER: &str = "+493023125099";
const BEN: &str = "+493023125012";

/// Marta, and Ben an hour later.
struct Scene {
    world: World,
    twilio: Twilio,
    marta: Person,
    ben: Person,
}

impl Scene {
    async fn set() -> Self {
        let world = World::new().await;
        let twilio = Twilio::start(world.clock.clone()).await;
        let text = world.twilio_text(&twilio).await;
        let marta = world.person("Marta", &[(text, MARTA)]).await;
        let ben = world.person("Ben", &[(text, BEN)]).await;
        Self { world, twilio, marta, ben }
    }

    /// Marta gets a text about it, a while after the last one.
    async fn escalates(&self, what: &str) -> (IncidentId, Text) {
        let shop = self.world.service(what, &[(&[&self.marta], 60), (&[&self.ben], 60)]).await;
        let before = self.twilio.texts().len();
        let id = self.world.escalates(what, &shop).await;
        let sent = self.twilio.wait_for(before + 1).await[before].clone();
        self.world.fast_forward(2).await;
        (id, sent)
    }

    async fn writes(&self, words: &str) {
        self.twilio.writes(MARTA, words);
        self.world.hear().await;
    }

    async fn holders(&self, ids: [IncidentId; 2]) -> [Option<String>; 2] {
        let [one, other] = [self.world.incident(ids[0]).await, self.world.incident(ids[1]).await];
        [holder(&one).map(str::to_string), holder(&other).map(str::to_string)]
    }

    async fn lines(&self, id: IncidentId) -> Vec<String> {
        lines(&self.world.incident(id).await)
    }
}

fn marta() -> Option<String> {
    Some("Marta".into())
}

fn resolve() -> Action {
    Action::Resolve { cause: String::new(), fix: String::new(), follow_ups: vec![] }
}

fn takes(person: &Person) -> Action {
    Action::Acknowledge { person: Some(person.id), name: String::new(), how: AcknowledgedHow::Call }
}

fn code(text: &Text) -> String {
    let answer = text.body.lines().last().expect("a text has lines");
    let words = answer.strip_prefix("Answer: on it ").expect("the last line says how to answer");
    words.split(' ').next().expect("a code").to_string()
}

#[tokio::test]
async fn a_bare_yes_after_newer_news_takes_nothing_and_the_desk_reads_it() {
    for word in ["ok", "got it", "yes", "okay", "1", "will do", "I'll do it", "mach ich", "will do, calling the vendor"] {
        let scene = Scene::set().await;
        let (id, _) = scene.escalates("Checkout fails for everybody").await;
        scene.world.act(id, Action::ShareUpdate { text: "The vendor has been called".into() }).await;
        scene.twilio.wait_for(2).await;
        scene.writes(word).await;
        assert_eq!(holder(&scene.world.incident(id).await), None, "{word:?} may be to the news");
        let notice = scene.world.screen.last().expect("the desk is told");
        assert!(notice.body.contains(&format!("“{word}”")) && notice.body.contains("ask whether they take it"), "{}", notice.body);
        scene.writes("on it").await;
        assert_eq!(holder(&scene.world.incident(id).await), Some("Marta"), "this is to nothing else");
    }
}

#[tokio::test]
async fn a_bare_yes_to_the_end_of_one_does_not_take_another() {
    let scene = Scene::set().await;
    let (lift, _) = scene.escalates("The lift is stuck").await;
    let (id, _) = scene.escalates("Checkout fails for everybody").await;
    scene.world.act(lift, resolve()).await;
    scene.twilio.wait_for(3).await;
    scene.writes("ok").await;
    assert_eq!(holder(&scene.world.incident(id).await), None, "she has read that the lift goes again: {:?}", scene.lines(id).await);
}

#[tokio::test]
async fn still_on_it_is_about_what_she_has_and_never_about_what_still_waits() {
    for (word, nudged, elsewhere) in [
        ("still on it", true, false),
        ("Bin noch dran", true, false),
        ("yes", true, false),
        ("still on it", false, false),
        ("still on it", false, true),
    ] {
        let scene = Scene::set().await;
        let world = &scene.world;
        let (lift, id) = if elsewhere {
            let (id, _) = scene.escalates("Checkout fails for everybody").await;
            let hall = world.service("Hall", &[(&[&scene.ben], 60)]).await;
            let lift = world.escalates("The lift is stuck", &hall).await;
            // She said so at the desk, and no text about it went to her.
            world.act(lift, takes(&scene.marta)).await;
            (lift, id)
        } else {
            let (lift, _) = scene.escalates("The lift is stuck").await;
            scene.writes("on it").await;
            (lift, scene.escalates("Checkout fails for everybody").await.0)
        };
        if nudged {
            world.act(lift, Action::Nudge { person: scene.marta.id }).await;
            world.fast_forward(1).await;
        }
        scene.writes(word).await;
        assert_eq!(scene.holders([lift, id]).await, [marta(), None], "{word:?}: she speaks of the lift, {:?}", scene.lines(id).await);
    }
}

#[tokio::test]
async fn what_she_writes_when_she_was_asked_how_it_goes_is_no_word_on_what_waits() {
    for words in ["working on it", "on it", "bin dran", "looking at it, restarting the controller", "not me", "call me"] {
        let scene = Scene::set().await;
        let (lift, _) = scene.escalates("The lift is stuck").await;
        scene.writes("on it").await;
        let (id, sent) = scene.escalates("Checkout fails for everybody").await;
        scene.world.act(lift, Action::Nudge { person: scene.marta.id }).await;
        scene.world.fast_forward(1).await;
        scene.writes(words).await;
        assert_eq!(scene.holders([lift, id]).await, [marta(), None], "{words:?}: {:?}", scene.lines(id).await);
        let said = [scene.lines(lift).await, scene.lines(id).await].concat();
        assert!(said.iter().any(|line| line.contains("could mean more than one incident")), "{words:?}: {said:?}");
        scene.writes(&format!("on it {}", code(&sent))).await;
        assert_eq!(scene.holders([lift, id]).await, [marta(), marta()], "a code leaves no doubt");
    }
}

#[tokio::test]
async fn what_came_after_she_was_asked_how_it_goes_is_what_she_takes() {
    for answered in [true, false] {
        let scene = Scene::set().await;
        let (lift, _) = scene.escalates("The lift is stuck").await;
        scene.writes("on it").await;
        let id = if answered { Some(scene.escalates("Checkout fails for everybody").await.0) } else { None };
        scene.world.act(lift, Action::Nudge { person: scene.marta.id }).await;
        scene.world.fast_forward(1).await;
        let id = match id {
            Some(id) => {
                scene.writes("still on it").await;
                id
            }
            None => scene.escalates("Checkout fails for everybody").await.0,
        };
        scene.writes("on it").await;
        assert_eq!(scene.holders([lift, id]).await, [marta(), marta()], "nothing else is left to answer: {:?}", scene.lines(id).await);
    }
}

#[tokio::test]
async fn not_me_without_a_code_gives_back_what_she_has_and_not_what_another_has() {
    for word in ["not me", "Not me after all, sorry"] {
        let scene = Scene::set().await;
        let (lift, _) = scene.escalates("The lift is stuck").await;
        scene.world.act(lift, takes(&scene.ben)).await;
        let (id, _) = scene.escalates("Checkout fails for everybody").await;
        scene.writes("on it").await;
        assert_eq!(scene.holders([lift, id]).await, [Some("Ben".into()), marta()], "what waits is what she takes");
        scene.writes(word).await;
        assert_eq!(scene.holders([lift, id]).await, [Some("Ben".into()), None], "{word:?}: {:?}", scene.lines(lift).await);
        assert!(scene.lines(id).await.iter().any(|line| line.starts_with("Marta gave it back")), "{:?}", scene.lines(id).await);
    }
}

#[tokio::test]
async fn not_me_without_a_code_of_two_that_she_has_is_asked_about() {
    let scene = Scene::set().await;
    let (lift, _) = scene.escalates("The lift is stuck").await;
    scene.writes("on it").await;
    let (id, _) = scene.escalates("Checkout fails for everybody").await;
    scene.writes("on it").await;
    scene.writes("not me").await;
    assert_eq!(scene.holders([lift, id]).await, [marta(), marta()], "which of them?");
    let said = [scene.lines(lift).await, scene.lines(id).await].concat();
    assert!(said.iter().any(|line| line.contains("could mean more than one incident")), "{said:?}");
}

#[tokio::test]
async fn not_me_after_all_gives_back_what_she_has_while_another_waits_for_her() {
    let scene = Scene::set().await;
    let (lift, _) = scene.escalates("The lift is stuck").await;
    scene.writes("on it").await;
    let (id, _) = scene.escalates("Checkout fails for everybody").await;
    scene.writes("Not me after all").await;
    assert_eq!(scene.holders([lift, id]).await, [None, None]);
    assert!(scene.lines(lift).await.iter().any(|line| line.starts_with("Marta gave it back")), "{:?}", scene.lines(lift).await);
    assert!(!scene.lines(id).await.iter().any(|line| line.contains("cannot take it")), "she has said nothing of that");
}

#[tokio::test]
async fn what_she_declined_and_nobody_has_comes_before_what_is_over() {
    let scene = Scene::set().await;
    let (lift, _) = scene.escalates("The lift is stuck").await;
    scene.writes("not me").await;
    let (id, _) = scene.escalates("Checkout fails for everybody").await;
    scene.world.act(id, resolve()).await;
    scene.twilio.wait_for(3).await;
    scene.writes("I'll take it").await;
    assert_eq!(scene.holders([lift, id]).await, [marta(), None], "nothing else is left to take: {:?}", scene.lines(lift).await);
}

#[tokio::test]
async fn of_two_that_she_declined_nobody_knows_which_she_takes_after_all() {
    let scene = Scene::set().await;
    let (lift, _) = scene.escalates("The lift is stuck").await;
    scene.writes("not me").await;
    let (id, sent) = scene.escalates("Checkout fails for everybody").await;
    scene.writes("not me").await;
    scene.writes("I'll take it").await;
    assert_eq!(scene.holders([lift, id]).await, [None, None], "which of them? {:?}", scene.lines(id).await);
    let said = [scene.lines(lift).await, scene.lines(id).await].concat();
    assert!(said.iter().any(|line| line.contains("could mean more than one incident")), "{said:?}");
    scene.writes(&format!("I'll take it {}", code(&sent))).await;
    assert_eq!(scene.holders([lift, id]).await, [None, marta()], "a code leaves no doubt");
}

#[tokio::test]
async fn what_she_declined_gives_way_to_what_still_waits_for_her() {
    let scene = Scene::set().await;
    let (lift, _) = scene.escalates("The lift is stuck").await;
    scene.writes("not me").await;
    let (id, _) = scene.escalates("Checkout fails for everybody").await;
    scene.writes("I'll take it").await;
    assert_eq!(scene.holders([lift, id]).await, [None, marta()], "this is what she was asked: {:?}", scene.lines(id).await);
}

#[tokio::test]
async fn i_still_cannot_is_about_what_she_was_asked_just_now() {
    for words in ["I still can't", "Ich kann noch nicht"] {
        let scene = Scene::set().await;
        let (lift, _) = scene.escalates("The lift is stuck").await;
        scene.writes("on it").await;
        let (id, _) = scene.escalates("Checkout fails for everybody").await;
        scene.writes(words).await;
        assert_eq!(scene.holders([lift, id]).await, [Some("Marta".into()), None], "{words}: she has the lift as before");
    }
}

#[tokio::test]
async fn a_text_of_which_was_said_that_it_failed_is_answered_all_the_same() {
    for with_code in [true, false] {
        let scene = Scene::set().await;
        let (id, sent) = scene.escalates("Checkout fails for everybody").await;
        scene.twilio.becomes(&sent, "undelivered", Some(30003));
        scene.world.hear().await;
        let before = scene.world.incident(id).await;
        assert!(before.deliveries.iter().any(|one| one.state == DeliveryState::Failed), "{:?}", lines(&before));
        scene.writes(&if with_code { format!("on it {}", code(&sent)) } else { "on it".into() }).await;
        let incident = scene.world.incident(id).await;
        assert_eq!(holder(&incident), Some("Marta"), "the network was wrong: {:?}", lines(&incident));
    }
}

#[tokio::test]
async fn what_may_have_left_stays_uncertain_though_it_cannot_be_sent_again_and_its_answer_is_heard() {
    let scene = Scene::set().await;
    scene.twilio.takes_and_fails(500);
    let hall = scene.world.service("Hall", &[(&[&scene.marta], 3)]).await;
    let id = scene.world.escalates("The lift is stuck", &hall).await;
    for _ in 0..200 {
        scene.twilio.says(503, "{}");
    }
    let state = async || scene.world.incident(id).await.deliveries[0].state;
    scene.world.fast_forward(1).await;
    assert_eq!(state().await, DeliveryState::Uncertain, "nobody knows, also while it waits for its next try");
    scene.world.fast_forward(4).await;
    assert_eq!(state().await, DeliveryState::Uncertain, "nor at the end");
    let sent = scene.twilio.texts()[0].clone();
    scene.twilio.writes(&sent.to, &format!("on it {}", code(&sent)));
    for _ in 0..400 {
        if scene.world.hear().await > 0 {
            break;
        }
    }
    assert_eq!(holder(&scene.world.incident(id).await), Some("Marta"), "it had left: {:?}", scene.lines(id).await);
}

#[tokio::test]
async fn one_text_with_two_codes_answers_both() {
    for joint in [" ", " and ", " + ", ", ", "/"] {
        let scene = Scene::set().await;
        let (lift, first) = scene.escalates("The lift is stuck").await;
        let (id, second) = scene.escalates("Checkout fails for everybody").await;
        scene.writes(&format!("on it {}{joint}{}", code(&first), code(&second))).await;
        assert_eq!(scene.holders([lift, id]).await, [marta(), marta()], "{joint:?}: {:?}", scene.lines(lift).await);
    }
}

#[tokio::test]
async fn a_code_counts_from_her_other_number_and_from_anybody_elses_is_shown() {
    let scene = Scene::set().await;
    let (id, sent) = scene.escalates("Checkout fails for everybody").await;
    let answer = format!("on it {}", code(&sent));
    for other in ["+15005550006", BEN] {
        scene.twilio.writes(other, &answer);
        scene.world.hear().await;
        assert_eq!(holder(&scene.world.incident(id).await), None, "read over a shoulder");
        let shown = format!("A reply from {other} by Text does not count · not from the address");
        assert!(scene.lines(id).await.iter().any(|line| line.starts_with(&shown)), "{:?}", scene.lines(id).await);
    }
    let mut marta = scene.marta.clone();
    let other = Method { id: MethodId::new(scene.world.now()), address: MARTAS_OTHER.into(), ..marta.methods[0].clone() };
    marta.methods.push(other);
    scene.world.desk.save_person(marta).await.expect("saved");
    scene.twilio.writes(MARTAS_OTHER, &answer);
    scene.world.hear().await;
    assert_eq!(holder(&scene.world.incident(id).await), Some("Marta"), "she has two telephones: {:?}", scene.lines(id).await);
}

#[tokio::test]
async fn whoever_was_renamed_meanwhile_gives_back_what_is_theirs() {
    let scene = Scene::set().await;
    let (id, sent) = scene.escalates("Checkout fails for everybody").await;
    let renamed = Person { name: "Marta Ruiz".into(), ..scene.marta.clone() };
    scene.world.desk.save_person(renamed).await.expect("renamed");
    scene.world.act(id, takes(&scene.marta)).await;
    assert_eq!(holder(&scene.world.incident(id).await), Some("Marta Ruiz"));
    scene.writes(&format!("not me {}", code(&sent))).await;
    assert_eq!(holder(&scene.world.incident(id).await), None, "{:?}", scene.lines(id).await);
}

#[tokio::test]
async fn words_of_whoever_has_it_that_sound_like_giving_up_are_said_loudly() {
    for (words, loud) in
        [("wrong incident, sorry", true), ("nvm", true), ("Ben has it", true), ("Which server?", false), ("restarting", false)]
    {
        let scene = Scene::set().await;
        let (id, _) = scene.escalates("Checkout fails for everybody").await;
        scene.writes("on it").await;
        scene.writes(words).await;
        assert_eq!(holder(&scene.world.incident(id).await), Some("Marta"), "words decide nothing");
        let notice = scene.world.screen.last().expect("the desk is told");
        assert_eq!((notice.critical, notice.body.contains("ask whether they still do")), (loud, loud), "{words:?}: {}", notice.body);
    }
}
