//! The desk goes from one person to the next, and nothing is between them.

use baton_core::api::Answered;
use baton_core::api::types::{Action, BoardFilter, BoardPart, ReportForm};
use baton_core::domain::directory::Person;
use baton_core::domain::event::AcknowledgedHow;
use baton_core::domain::hand_over::{HandOver, HandOverStanding};
use baton_core::domain::id::IncidentId;
use baton_core::domain::time::MINUTE;
use baton_tests::smtp_sink::SmtpSink;
use baton_tests::world::World;

use crate::answering::lines;

/// Ana sits at the desk; Ben comes next. Marta has the checkout.
struct Scene {
    world: World,
    ana: Person,
    ben: Person,
    id: IncidentId,
    _mailbox: SmtpSink,
}

async fn shift() -> Scene {
    let (world, mailbox) = (World::new().await, SmtpSink::start().await);
    let mail = world.mail(&mailbox).await;
    let marta = world.person("Marta", &[(mail, "marta@example.org")]).await;
    let ana = world.person("Ana Ruiz", &[(mail, "ana@example.org")]).await;
    let ben = world.person("Ben Hart", &[(mail, "ben@example.org")]).await;
    let mut desk = world.desk.overview().await.expect("the frame").desk;
    (desk.me, desk.name, desk.zone) = ("Ana Ruiz".into(), "Service desk".into(), "Europe/Berlin".into());
    world.desk.save_desk(desk).await.expect("saved");
    let shop = world.service("Shop", &[(&[&marta], 30)]).await;
    let id = world.escalates("Checkout fails for everybody", &shop).await;
    world.act(id, Action::Acknowledge { person: Some(marta.id), name: String::new(), how: AcknowledgedHow::Call }).await;
    Scene { world, ana, ben, id, _mailbox: mailbox }
}

impl Scene {
    async fn promises(&self, person: Option<&Person>, name: &str, what: &str) {
        let due = Some(self.world.now().plus(60 * MINUTE));
        let (person, name, what) = (person.map(|person| person.id), name.into(), what.into());
        self.world.act(self.id, Action::Promise { person, name, what, due }).await;
    }

    async fn gives(&self) -> HandOver {
        self.world.desk.give_desk(Some(self.ben.id), String::new(), "The vendor calls back at three.".into()).await.expect("given");
        self.waiting().await.expect("it waits")
    }

    async fn waiting(&self) -> Option<HandOver> {
        self.world.desk.hand_over().await.expect("the view").waiting.map(|line| line.hand_over)
    }

    async fn holder(&self) -> String {
        self.world.desk.hand_over().await.expect("the view").holder
    }

    async fn owners(&self) -> Vec<(String, String)> {
        let incident = self.world.incident(self.id).await.incident;
        incident.commitments.into_iter().map(|one| (one.name, one.what)).collect()
    }
}

#[tokio::test]
async fn until_the_next_one_accepts_the_giver_has_the_desk_and_is_reminded() {
    let scene = shift().await;
    let given = scene.gives().await;
    assert_eq!((given.by.as_str(), given.name.as_str()), ("Ana Ruiz", "Ben Hart"));
    assert_eq!(scene.holder().await, "Ana Ruiz", "given is not taken");
    scene.world.fast_forward(4).await;
    let reminded = || scene.world.screen.titles().iter().filter(|title| *title == "Ben Hart has not accepted the desk yet").count();
    assert_eq!(reminded(), 0);
    scene.world.fast_forward(1).await;
    assert_eq!(reminded(), 1, "after as long as everything is asked for again");
    scene.world.fast_forward(5).await;
    assert_eq!(reminded(), 2, "and again");
    let notices = scene.world.desk.notices().await.expect("the inbox");
    let unread: Vec<_> = notices.iter().filter(|one| !one.read && one.title.starts_with("Ben Hart")).collect();
    assert_eq!(unread.len(), 1, "in the inbox it stands once");
    assert_eq!(unread[0].opens, "hand-over");
    assert_eq!(scene.world.desk.answer_notice(unread[0].id, "open", None).await.expect("answered"), Answered::OpenHandOver);
    assert_eq!(scene.world.incident(scene.id).await.incident.filed_by, "Ana Ruiz");
    scene.world.act(scene.id, Action::CheckIn { note: String::new() }).await;
    assert!(lines(&scene.world.incident(scene.id).await).iter().any(|line| line.starts_with("Ana Ruiz checked in")), "she still does it");
}

#[tokio::test]
async fn accepted_it_is_the_next_ones_with_what_the_giver_had_promised_and_was_to_do() {
    let scene = shift().await;
    scene.promises(Some(&scene.ana), "", "call the vendor").await;
    scene.promises(None, "ana ruiz", "write to the shops").await;
    scene.promises(None, "Ilse", "look at the fuse").await;
    let given = scene.gives().await;
    scene.world.desk.accept_desk(given.id).await.expect("accepted");
    scene.world.desk.accept_desk(given.id).await.expect("the second click");
    assert_eq!(scene.holder().await, "Ben Hart");
    assert_eq!(
        scene.owners().await,
        [("Ben Hart", "call the vendor"), ("Ben Hart", "write to the shops"), ("Ilse", "look at the fuse")]
            .map(|(name, what)| (name.into(), what.into())),
        "hers go along, whoever knew her by name alone; others' do not"
    );
    let told = lines(&scene.world.incident(scene.id).await);
    assert_eq!(told.iter().filter(|line| line.starts_with("Ben Hart follows it from here on")).count(), 1, "{told:?}");
    assert!(told.iter().any(|line| line.starts_with("Ana Ruiz's promise is Ben Hart's now: call the vendor")), "{told:?}");
    let mine = BoardFilter { mine: true, ..BoardFilter::default() };
    let board = scene.world.desk.board_in_window(BoardPart { filter: Some(mine), from: 0, count: 10 }).await.expect("the board");
    assert_eq!(board.rows.iter().map(|row| row.id).collect::<Vec<_>>(), [scene.id], "whoever took the desk over follows what is on it");
    scene.world.act(scene.id, Action::CheckIn { note: String::new() }).await;
    assert!(
        lines(&scene.world.incident(scene.id).await).iter().any(|line| line.starts_with("Ben Hart checked in")),
        "what is done here is his"
    );
    let before = scene.world.screen.titles().len();
    scene.world.fast_forward(14).await;
    assert!(!scene.world.screen.titles()[before..].iter().any(|title| title.contains("accepted")), "and nobody is asked any more");
    let latest = scene.world.desk.hand_over().await.expect("the view").latest;
    assert_eq!(latest[0].words, "accepted: Ben Hart has the desk", "what became of it is kept");
}

#[tokio::test]
async fn declined_it_stays_and_the_giver_is_told_why() {
    let scene = shift().await;
    scene.promises(Some(&scene.ana), "", "call the vendor").await;
    let given = scene.gives().await;
    let twice = scene.world.desk.give_desk(None, "Ilse".into(), String::new()).await.expect_err("it is given already");
    assert!(twice.message.contains("Ben Hart"), "{}", twice.message);
    scene.world.desk.decline_desk(given.id, "I am in a meeting until four".into()).await.expect("declined");
    scene.world.settle().await;
    assert_eq!((scene.holder().await, scene.waiting().await), ("Ana Ruiz".into(), None));
    let notice = scene.world.screen.last().expect("she is told");
    assert!(notice.title.contains("declined") && notice.body.contains("in a meeting"), "{notice:?}");
    assert_eq!(scene.owners().await[0].0, "Ana Ruiz", "nothing moved");
    scene.world.desk.accept_desk(given.id).await.expect("too late");
    assert_eq!(scene.holder().await, "Ana Ruiz", "what was declined is not accepted afterwards");

    scene.world.fast_forward(1).await;
    scene.world.desk.give_desk(None, "Ilse".into(), String::new()).await.expect("to somebody else");
    let given = scene.waiting().await.expect("it waits");
    scene.world.desk.take_desk_back(given.id).await.expect("taken back");
    let latest: Vec<HandOverStanding> =
        scene.world.desk.hand_over().await.expect("the view").latest.iter().map(|line| line.hand_over.standing).collect();
    assert_eq!(latest, [HandOverStanding::TakenBack, HandOverStanding::Declined]);
}

#[tokio::test]
async fn the_sheet_says_what_is_open_promised_to_do_and_due_and_prints() {
    let scene = shift().await;
    scene.promises(Some(&scene.ana), "", "call *the* vendor").await;
    let (person, name) = (Some(scene.ben.id), String::new());
    let due = Some(scene.world.now().plus(24 * 60 * MINUTE));
    let shop = scene.world.desk.directory().await.expect("the directory").services.remove(0);
    let over = scene.world.escalates("Labels are blank", &shop).await;
    scene.world.act(over, Action::Resolve { cause: String::new(), fix: String::new(), follow_ups: vec![] }).await;
    scene.world.act(over, Action::Task { person, name, what: "order paper".into(), due }).await;
    scene.gives().await;
    let view = scene.world.desk.hand_over().await.expect("the view");
    let said = view.sheet.iter().map(|block| block.text.as_str()).collect::<Vec<_>>().join("\n");
    for words in [
        "Hand-over: Service desk",
        "from Ana Ruiz to Ben Hart",
        "The vendor calls back at three.",
        "Open incidents (1)",
        "Critical: Checkout fails for everybody at Shop. Marta",
        "Ana Ruiz promised: call *the* vendor, 14:42",
        "order paper: Ben Hart, tomorrow 13:42",
        "check-in",
    ] {
        assert!(said.contains(words), "{words}: {said}");
    }
    for (form, begins) in
        [(ReportForm::Pdf, &b"%PDF"[..]), (ReportForm::Markdown, &b"# Hand-over"[..]), (ReportForm::Html, &b"<!doctype html>"[..])]
    {
        let file = scene.world.desk.write_hand_over(form).await.expect("written");
        let bytes = std::fs::read(&file).expect("the file");
        assert!(bytes.starts_with(begins), "{}", file.display());
    }
}

#[tokio::test]
async fn whoever_is_not_named_gives_nothing_and_a_restart_forgets_nothing() {
    let scene = shift().await;
    let given = scene.gives().await;
    let world = scene.world.restarted().await;
    world.fast_forward(5).await;
    assert!(world.screen.titles().iter().any(|title| title == "Ben Hart has not accepted the desk yet"), "it waits on");
    world.desk.take_desk_back(given.id).await.expect("taken back");
    let mut desk = world.desk.overview().await.expect("the frame").desk;
    desk.me = String::new();
    world.desk.save_desk(desk).await.expect("saved");
    let refused = world.desk.give_desk(None, "Ben".into(), String::new()).await.expect_err("by whom?");
    assert!(refused.message.contains("Say who you are"), "{}", refused.message);
}
