//! A hole in the plan is found on a quiet day.

use baton_core::api::Answered;
use baton_core::domain::channel::ChannelTest;
use baton_core::domain::directory::{Level, Path, Person, Target, Team};
use baton_core::domain::id::{ChannelId, TeamId};
use baton_core::domain::presence::Absence;
use baton_core::domain::readiness::{Fault, Finding, Mend};
use baton_core::domain::rotation::{Rotation, ShiftChange, ShiftOverride};
use baton_core::domain::sequence::{Sequence, SequenceStep};
use baton_core::domain::severity::Severity;
use baton_core::domain::time::{DAY, HOUR};
use baton_core::domain::timetable::{Hours, Timetable};
use baton_core::store::{StoreError, channels, paths, people, rotations};
use baton_tests::smtp_sink::SmtpSink;
use baton_tests::world::World;

/// A desk without a hole: two levels, each reached in two ways that are proven, the second by a rotation.
struct Sound {
    world: World,
    mail: ChannelId,
    _mailbox: SmtpSink,
    marta: Person,
    ana: Person,
    ben: Person,
    rotation: Rotation,
    path: Path,
}

fn office() -> Timetable {
    Timetable { zone: "UTC".into(), hours: vec![Hours { days: vec![1, 2, 3, 4, 5], from: 8 * 60, to: 17 * 60 }] }
}

impl Sound {
    async fn desk() -> Self {
        let (world, mailbox) = (World::new().await, SmtpSink::start().await);
        let (mail, call) = (world.mail(&mailbox).await, world.by_hand().await);
        let mut staff = Vec::new();
        for (name, number) in [("Marta", "+493023125011"), ("Ana", "+493023125012"), ("Ben", "+493023125013")] {
            let mut person = world.person(name, &[(mail, "somebody@example.org"), (call, number)]).await;
            person.methods.iter_mut().for_each(|method| method.proven_at = Some(world.now().plus(-DAY)));
            staff.push(person);
        }
        let [marta, ana, ben] = <[Person; 3]>::try_from(staff).expect("three");
        let mut rotation = world.rotation("Databases", &[&ana, &ben]).await;
        // It has been going on for a while.
        rotation.layers[0].from.0 -= chrono::TimeDelta::days(20);
        let shop = world.service_for("Shop", &[(Target::Person { id: marta.id }, 10), (Target::Rotation { id: rotation.id }, 10)]).await;
        let directory = world.desk.directory().await.expect("the directory");
        let path = directory.paths.into_iter().find(|path| Some(path.id) == shop.path).expect("its path");
        let mut settings = world.desk.overview().await.expect("the frame").desk;
        settings.lead = Some(marta.id);
        world.desk.save_desk(settings).await.expect("saved");
        let desk = Self { world, mail, _mailbox: mailbox, marta, ana, ben, rotation, path };
        desk.keep().await;
        desk
    }

    /// Writes it down as it stands, past every check: what is broken may have been written by an older Baton.
    async fn keep(&self) {
        let (staff, rotation, path) = ([self.marta.clone(), self.ana.clone(), self.ben.clone()], self.rotation.clone(), self.path.clone());
        let write = move |db: &rusqlite::Connection| {
            staff.iter().try_for_each(|person| people::save(db, person))?;
            rotations::save(db, &rotation)?;
            paths::save(db, &path)
        };
        self.world.engine.store.write::<_, StoreError, _>(write).await.expect("kept");
    }

    async fn findings(&self) -> Vec<Finding> {
        self.keep().await;
        self.world.desk.readiness().await.expect("it is walked")
    }

    async fn change_mail(&self, change: impl FnOnce(&mut baton_core::domain::channel::ChannelSetup) + Send + 'static) {
        let mail = self.mail;
        let write = move |db: &rusqlite::Connection| {
            let mut setup = channels::find(db, mail)?.expect("it is there");
            change(&mut setup);
            channels::save(db, &setup)
        };
        self.world.engine.store.write::<_, StoreError, _>(write).await.expect("changed");
    }
}

#[tokio::test]
async fn a_sound_desk_has_none() {
    let desk = Sound::desk().await;
    assert_eq!(desk.findings().await, [], "nothing is found where nothing is wrong");
}

/// What is broken, and what is said of it; each alone, on a sound desk.
type Seeded = (&'static str, fn(&mut Sound), Fault, &'static str, &'static str);

#[tokio::test]
async fn each_fault_is_found_with_who_and_when_and_where_it_is_mended() {
    let seeded: [Seeded; 25] = [
        (
            "a path without levels",
            |desk| desk.path.levels.clear(),
            Fault::ReachesNobody,
            "Shop reaches nobody: only this desk would be alarmed",
            "now and in all of the next 14 days",
        ),
        (
            "levels without anybody",
            |desk| desk.path.levels.iter_mut().for_each(|level| level.targets.clear()),
            Fault::ReachesNobody,
            "Shop reaches nobody, because nobody is on level 1, nobody is on level 2: only",
            "now and in all of the next 14 days",
        ),
        (
            "one empty level",
            |desk| desk.path.levels.push(Level { minutes: 5, ..Level::default() }),
            Fault::LevelEmpty,
            "level 3 is skipped, because nobody is on this level",
            "now and in all of the next 14 days",
        ),
        (
            "somebody alone is away from tomorrow on",
            |desk| {
                let now = desk.world.now();
                desk.marta.presence.absences = vec![Absence { from: now.plus(DAY), to: now.plus(2 * DAY) }];
            },
            Fault::LevelEmpty,
            "level 1 is skipped, because Marta is away",
            "tomorrow 12:42 to Wed 12:42",
        ),
        (
            "somebody alone is away now",
            |desk| desk.marta.presence.away_until = Some(desk.world.now().plus(HOUR)),
            Fault::LevelEmpty,
            "Marta is away",
            "now until 13:42",
        ),
        (
            "a rotation with one member who is absent",
            |desk| {
                let now = desk.world.now();
                desk.rotation.layers[0].people = vec![desk.ana.id];
                desk.ana.presence.absences = vec![Absence { from: now.plus(3 * DAY), to: now.plus(4 * DAY) }];
            },
            Fault::NobodyOnCall,
            "Nobody is on call in Databases",
            "Thu 12:42 to Fri 12:42",
        ),
        (
            "everybody of a rotation absent",
            |desk| {
                let end = Some(desk.world.now().plus(DAY));
                (desk.ana.presence.away_until, desk.ben.presence.away_until) = (end, end);
            },
            Fault::NobodyOnCall,
            "Nobody is on call in Databases",
            "now until tomorrow 12:42",
        ),
        (
            "only working hours",
            |desk| {
                desk.rotation.layers[0].hours = vec![Hours { days: vec![1, 2, 3, 4, 5], from: 8 * 60, to: 17 * 60 }];
            },
            Fault::NobodyOnCall,
            "Nobody is on call in Databases",
            "17:00 to tomorrow 08:00, and 9 more times",
        ),
        (
            "a turn that nobody takes",
            |desk| {
                let from = desk.world.now().plus(5 * HOUR);
                let change = ShiftChange::Remove { person: desk.ana.id };
                desk.rotation.overrides = vec![ShiftOverride { from, to: from.plus(HOUR), change }];
            },
            Fault::NobodyOnCall,
            "Nobody is on call in Databases",
            "17:42 to 18:42",
        ),
        (
            "a rotation that begins later",
            |desk| desk.rotation.layers[0].from.0 += chrono::TimeDelta::days(23),
            Fault::NobodyOnCall,
            "Nobody is on call in Databases",
            "now until Thu 08:00",
        ),
        ("a zone that no longer exists", |desk| desk.rotation.zone = "Mars/Olympus".into(), Fault::BrokenRotation, "no such time zone", ""),
        (
            "working hours in a zone that no longer exists",
            |desk| desk.ana.presence.hours = Some(Timetable { zone: "Mars/Olympus".into(), ..office() }),
            Fault::BrokenHours,
            "The working hours of Ana cannot be followed, so Ana is called at any. There is no such time zone",
            "",
        ),
        (
            "a level's hours in a zone that no longer exists",
            |desk| desk.path.levels[1].hours = Some(Timetable { zone: "Mars/Olympus".into(), ..office() }),
            Fault::BrokenHours,
            "Shop: the hours of level 2 cannot be followed, so it is called at any. There is no such time zone",
            "",
        ),
        ("an empty rotation", |desk| desk.rotation.layers.clear(), Fault::BrokenRotation, "The rotation Databases cannot be followed", ""),
        ("no method at all", |desk| desk.ana.methods.clear(), Fault::NoMethod, "Ana has no way to be reached", ""),
        ("one method only", |desk| drop(desk.ana.methods.pop()), Fault::OneMethod, "Ana has only one way", ""),
        (
            "never proven",
            |desk| desk.ana.methods.iter_mut().for_each(|method| method.proven_at = None),
            Fault::Unproven,
            "Nothing has ever been known to reach Ana",
            "",
        ),
        (
            "stale",
            |desk| desk.ana.methods.iter_mut().for_each(|method| method.proven_at = Some(desk.world.now().plus(-91 * DAY))),
            Fault::Stale,
            "to reach Ana since 24 Aug 12:42",
            "",
        ),
        (
            "a wrong number",
            |desk| desk.ana.methods[1].wrong_since = Some(desk.world.now()),
            Fault::Wrong,
            "+49 30 23125012 did not reach Ana",
            "",
        ),
        (
            "a repeat that never comes",
            |desk| desk.path.levels[0].repeat_every = Some(10),
            Fault::NeverRepeats,
            "level 1 is to be called again every 10 min and never is",
            "",
        ),
        (
            "a step that the next level always overtakes",
            |desk| {
                let steps = vec![
                    SequenceStep { method: desk.marta.methods[0].id, after: 0 },
                    SequenceStep { method: desk.marta.methods[1].id, after: 12 },
                ];
                desk.marta.sequences.insert(Severity::Critical, Sequence { steps, again_every: None });
            },
            Fault::NeverTried,
            "Marta is to be reached by Call by hand after 12 min at Critical, and never is, for level 1 lasts only 10 min",
            "",
        ),
        (
            "two people with one number",
            |desk| desk.ana.methods[1].address = desk.marta.methods[1].address.clone(),
            Fault::SharedNumber,
            "Ana and Marta have the same number, +49 30 23125011",
            "",
        ),
        (
            "a number that nobody can have",
            |desk| (desk.ana.methods[1].address, desk.ana.methods[1].proven_at) = ("+4915111111".into(), None),
            Fault::DoubtfulNumber,
            "Ana: +49 15111111 does not look like a number that exists",
            "",
        ),
        (
            "a level for office hours only",
            |desk| desk.path.levels[0].hours = Some(office()),
            Fault::LevelEmpty,
            "level 1 is skipped, because it is for other hours",
            "17:00 to tomorrow 08:00, and 9 more times",
        ),
        (
            "somebody who works by day on a path that is for the night too",
            |desk| desk.marta.presence.hours = Some(office()),
            Fault::LevelEmpty,
            "level 1 is skipped, because Marta is not at work then",
            "17:00 to tomorrow 08:00, and 9 more times",
        ),
    ];
    for (what, seed, fault, words, when) in seeded {
        let mut desk = Sound::desk().await;
        seed(&mut desk);
        let found = desk.findings().await;
        let finding = found.iter().find(|one| one.fault == fault).unwrap_or_else(|| panic!("{what}: {found:#?}"));
        assert!(finding.words.contains(words), "{what} is said: {finding:?}");
        assert_eq!(finding.when, when, "{what}: when");
        let there = match finding.mend {
            Mend::Path { id } => id == desk.path.id,
            Mend::Rotation { id } => id == desk.rotation.id,
            Mend::Person { id } => [desk.marta.id, desk.ana.id].contains(&id),
            Mend::Channel { .. } | Mend::Service { .. } | Mend::Paths {} | Mend::Desk {} => false,
        };
        assert!(there, "{what}: and the way to the mend: {finding:?}");
    }
}

#[tokio::test]
async fn the_same_person_everywhere_and_channels_that_do_not_work_are_found() {
    let mut desk = Sound::desk().await;
    let team = Team { id: TeamId::new(desk.world.now()), name: "Me".into(), people: vec![desk.marta.id], sample: false };
    desk.world.desk.save_team(team.clone()).await.expect("a team of one");
    desk.path.levels[1].targets = vec![Target::Team { id: team.id }];
    let found = desk.findings().await;
    assert!(
        found.iter().any(|one| one.fault == Fault::SamePersonOnEveryLevel && one.words.contains("Marta")),
        "climbing would reach nobody new: {found:#?}"
    );

    let desk = Sound::desk().await;
    let now = desk.world.now();
    desk.change_mail(move |setup| setup.last_test = Some(ChannelTest { at: now, worked: false, words: "535 no".into(), real: false }))
        .await;
    let found = desk.findings().await;
    assert!(found.iter().any(|one| one.fault == Fault::ChannelFailing && one.grave && one.words.contains("535 no")), "{found:#?}");

    let desk = Sound::desk().await;
    desk.change_mail(|setup| setup.enabled = false).await;
    let found = desk.findings().await;
    assert!(found.iter().any(|one| one.fault == Fault::ChannelOff && one.words.contains("Mail is switched off")), "{found:#?}");
    assert!(found.iter().any(|one| one.fault == Fault::OneMethod), "and who is left with one way: {found:#?}");
    let overview = desk.world.desk.overview().await.expect("the frame");
    assert_eq!(overview.holes as usize, found.len(), "the rail counts what the screen lists");
    assert!(overview.grave_holes > 0, "and knows that one is grave");
}

#[tokio::test]
async fn a_path_that_is_only_for_the_worst_reaches_nobody_for_the_rest() {
    let mut desk = Sound::desk().await;
    desk.path.levels.iter_mut().for_each(|level| level.least = Some(Severity::Critical));
    let found = desk.findings().await;
    assert!(
        found.iter().any(|one| one.grave
            && one.words.starts_with("Shop reaches nobody at High and below, because level 1 is for Critical and above, level 2")),
        "{found:#?}"
    );
}

#[tokio::test]
async fn who_is_the_reason_is_said_and_one_click_away() {
    let mut desk = Sound::desk().await;
    desk.path.levels.truncate(1);
    let now = desk.world.now();
    desk.marta.presence.away_until = Some(now.plus(DAY));
    let found = desk.findings().await;
    let holes: Vec<&Finding> = found.iter().filter(|one| one.fault == Fault::ReachesNobody).collect();
    assert_eq!(holes.len(), 1, "{found:#?}");
    assert_eq!(holes[0].words, "Shop reaches nobody, because Marta is away: only this desk would be alarmed");
    assert_eq!((holes[0].when.as_str(), holes[0].mend), ("now until tomorrow 12:42", Mend::Person { id: desk.marta.id }));

    desk.marta.presence.hours = Some(office());
    let found = desk.findings().await;
    let said: Vec<(&str, &str)> =
        found.iter().filter(|one| one.fault == Fault::ReachesNobody).map(|one| (one.words.as_str(), one.when.as_str())).collect();
    assert_eq!(
        said,
        [
            ("Shop reaches nobody, because Marta is away: only this desk would be alarmed", "now until 17:00, and once more"),
            (
                "Shop reaches nobody, because Marta is not at work then: only this desk would be alarmed",
                "17:00 to tomorrow 08:00, and 9 more times"
            ),
        ],
        "each reason with its own times"
    );
}

#[tokio::test]
async fn on_monday_morning_the_desk_is_reminded_of_the_holes_it_has() {
    let (world, mailbox) = (World::new().await, SmtpSink::start().await);
    let mail = world.mail(&mailbox).await;
    let marta = world.person("Marta", &[(mail, "m@example.org")]).await;
    world.service("Shop", &[(&[&marta], 10)]).await;
    let told = || world.screen.titles().iter().filter(|title| title.contains("in the plan")).count();
    // From Monday, 12:42 UTC.
    world.fast_forward(6 * 24 * 60 + 20 * 60).await;
    assert_eq!(told(), 0, "it is not yet Monday, nine o'clock");
    world.fast_forward(18).await;
    assert_eq!(told(), 1, "Marta has one way only, and nothing ever reached her");
    let notice = world.desk.notices().await.expect("the inbox").remove(0);
    assert_eq!(
        world.desk.answer_notice(notice.id, "open", None).await.expect("opened"),
        Answered::OpenReadiness,
        "and the way to them is one click"
    );
    world.fast_forward(6 * 24 * 60).await;
    assert_eq!(told(), 1, "once a week is enough");
}

#[tokio::test]
async fn what_has_no_path_reaches_nobody_and_is_said() {
    let world = World::new().await;
    let words = async || {
        world.desk.readiness().await.expect("it is walked").into_iter().filter(|one| one.fault == Fault::NoPath).map(|one| one.words)
    };
    assert_eq!(
        words().await.collect::<Vec<_>>(),
        ["There is no path yet: nobody would be called for anything"],
        "an empty desk is not a sound one"
    );
    let marta = world.person("Marta", &[]).await;
    let (shop, payroll) = (world.service("Shop", &[(&[&marta], 10)]).await, world.service("Payroll", &[(&[&marta], 10)]).await);
    world.service("Labels", &[(&[&marta], 10)]).await;
    assert_eq!(words().await.count(), 0, "each has its own");
    world.desk.remove_path(shop.path.expect("a path"), true).await.expect("removed");
    let expected = ["Nobody would be called for Shop: it has no path, and the desk has none of its own"];
    assert_eq!(words().await.collect::<Vec<_>>(), expected);
    world.desk.remove_path(payroll.path.expect("a path"), true).await.expect("removed");
    assert_eq!(words().await.count(), 0, "where there is but one path left, it serves all");
}

#[tokio::test]
async fn a_path_that_reaches_nobody_for_the_milder_at_some_hours_is_found_with_the_hours() {
    let mut desk = Sound::desk().await;
    desk.path.levels[0].least = Some(Severity::High);
    desk.path.levels[1].hours = Some(office());
    let found = desk.findings().await;
    let hole = found.iter().find(|one| one.grave && one.words.starts_with("Shop reaches nobody at Medium and below")).expect("it is found");
    assert_eq!(hole.when, "17:00 to tomorrow 08:00, and 9 more times");
}

#[tokio::test]
async fn the_number_in_the_rail_follows_what_is_mended() {
    let mut desk = Sound::desk().await;
    let holes = async |desk: &Sound| desk.world.desk.overview().await.expect("the frame").holes;
    desk.ana.methods.pop();
    desk.world.desk.save_person(desk.ana.clone()).await.expect("saved");
    assert_eq!(holes(&desk).await, 1, "Ana has one way only");
    let call = desk.world.by_hand().await;
    let mended = desk.world.person("Somebody", &[(call, "+493023125099")]).await.methods[0].clone();
    desk.ana.methods.push(baton_core::domain::directory::Method { id: baton_core::domain::id::MethodId::new(desk.world.now()), ..mended });
    desk.world.desk.save_person(desk.ana.clone()).await.expect("saved");
    assert_eq!(holes(&desk).await, 0, "and now she has two");
}
