//! A desk in full use: an incident in each state there is, a board that is longer
//! than the window, and names longer than any column.

use baton_core::api::types::{Action, OpinionRequest, Whom};
use baton_core::domain::asking::AfterWait;
use baton_core::domain::commitment::FollowUp;
use baton_core::domain::directory::{Person, Service, Team};
use baton_core::domain::draft::Draft;
use baton_core::domain::event::AcknowledgedHow;
use baton_core::domain::id::{IncidentId, TeamId};
use baton_core::domain::time::{DAY, MINUTE};
use baton_tests::nobody::Nobody;
use baton_tests::smtp_sink::SmtpSink;
use baton_tests::world::World;

/// Forty letters.
pub const MARTA: &str = "Maximiliane-Hildegard von Oberwinterthur";
pub const JONAS: &str = "Jonas Weidmann";
/// One word that no line holds.
pub const SHOP: &str = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerk";
pub const TEAM: &str = "Everybody who knows the conveyor belts in hall 3";
pub const ROTATION: &str = "Nachtbereitschaft Datenbankadministration";
/// More than the window is high.
const ROWS: usize = 60;

pub struct Scene {
    pub trying: IncidentId,
    pub asked: IncidentId,
    pub climbing: IncidentId,
    pub held: IncidentId,
    pub questioned: IncidentId,
    pub snoozed: IncidentId,
    pub resolved: IncidentId,
    // The mail account stays reachable, and the broken one broken, while they are here.
    _mailbox: SmtpSink,
    _nobody: Nobody,
}

/// The page as it was built for the app.
pub fn built() -> std::path::PathBuf {
    baton_tests::root().join("ui/dist")
}

impl Scene {
    pub async fn set(world: &World) -> Self {
        let (mailbox, nobody) = (SmtpSink::start().await, Nobody::listens());
        let (mail, call) = (world.mail(&mailbox).await, world.by_hand().await);
        let port = nobody.port().to_string();
        let settings = [("host", "127.0.0.1"), ("port", port.as_str()), ("security", "plain"), ("from_address", "desk@example.org")];
        let broken = world.channel("mail", "The old mail server", &settings, &[]).await.expect("the mail account is accepted");
        world.desk.test_channel(broken, "desk@example.org".into()).await.expect("a test that fails is an answer too");

        let marta = world.person(MARTA, &[(call, "+49 30 1234567"), (mail, "marta@example.org")]).await;
        let jonas = world.person(JONAS, &[(mail, "jonas@example.org"), (broken, "jonas@example.org")]).await;
        let shop = world.service(SHOP, &[(&[&marta], 30), (&[&jonas], 30)]).await;
        let people = vec![marta.id, jonas.id];
        let team = Team { id: TeamId::new(world.now()), name: TEAM.into(), people, sample: false };
        world.desk.save_team(team).await.expect("the team is accepted");
        world.rotation(ROTATION, &[&marta, &jonas]).await;
        let office = world.service("Office network", &[(&[&jonas], 60)]).await;

        // The time passes while only this one is there to notice.
        let questioned = taken(world, "Half of all payments are refused", &office, &jonas).await;
        world.fast_forward(31).await;

        let climbing = world.escalates("Checkout shows \"please try again\" to every customer", &shop).await;
        let held = taken(world, "The conveyor stands still since the storm", &office, &jonas).await;
        let due = Some(world.now().plus(40 * MINUTE));
        let promise = Action::Promise { person: Some(jonas.id), name: String::new(), what: "send the logs".into(), due };
        world.act(held, promise).await;
        let snoozed = taken(world, "The second power supply is broken", &office, &jonas).await;
        world.act(snoozed, Action::Snooze { minutes: 240, why: "The part is ordered".into() }).await;
        let resolved = taken(world, "Nobody can sign in", &office, &jonas).await;
        let due_at = Some(world.now().plus(3 * DAY));
        let task = FollowUp { person: Some(jonas.id), due_at, ..FollowUp::from("Watch all certificates") };
        let (cause, fix, follow_ups) = ("A certificate ran out", "Renewed it", vec![task]);
        world.act(resolved, Action::Resolve { cause: cause.into(), fix: fix.into(), follow_ups }).await;

        let draft = weighed(world, "Printing takes ten minutes", &office).await;
        let trying = world.desk.carry_on(draft, 45).await.expect("it can be tried");
        let draft = weighed(world, "A report has the wrong total", &office).await;
        let whom = Whom::Person { id: jonas.id, method: Some(jonas.methods[0].id) };
        let request = OpinionRequest { whom, question: "Would you escalate this?".into(), minutes: 10, then: AfterWait::AskMe };
        let asked = world.desk.ask_colleague(draft, request).await.expect("a colleague can be asked");

        for number in 1..=ROWS {
            let draft = world.draft(&format!("{SHOP} {number}"), &office).await;
            world.desk.escalate(draft).await.expect("it can be escalated");
        }
        world.desk.save_draft(world.draft("Something smells burnt", &shop).await).await.expect("a draft is kept");
        world.settle().await;
        Self { trying, asked, climbing, held, questioned, snoozed, resolved, _mailbox: mailbox, _nobody: nobody }
    }
}

/// Somebody took it by phone.
async fn taken(world: &World, what: &str, service: &Service, person: &Person) -> IncidentId {
    let id = world.escalates(what, service).await;
    world.act(id, Action::Acknowledge { person: Some(person.id), name: String::new(), how: AcknowledgedHow::Call }).await;
    id
}

/// A draft of somebody who does not do what is advised, and says why.
async fn weighed(world: &World, what: &str, service: &Service) -> Draft {
    let mut draft = world.draft(what, service).await;
    draft.against_advice = "I have seen this before".into();
    draft
}
