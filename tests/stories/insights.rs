//! What a desk learns: every figure equals what plain SQL over the raw tables and arithmetic of its own make of it.

use std::collections::{BTreeMap, BTreeSet};

use baton_core::api::types::{Action, Joining};
use baton_core::api::{InsightsTable, InsightsView};
use baton_core::domain::assessment::{Affected, Condition};
use baton_core::domain::directory::{Person, Service};
use baton_core::domain::event::{AcknowledgedHow, CallOutcome};
use baton_core::domain::id::IncidentId;
use baton_core::domain::insights::{Group, Reached, Span, Spread};
use baton_core::domain::judgement::Judgement;
use baton_core::domain::time::{DAY, HOUR, MINUTE};
use baton_core::store::StoreError;
use baton_tests::providers::telegram::Telegram;
use baton_tests::providers::twilio::Twilio;
use baton_tests::smtp_sink::SmtpSink;
use baton_tests::world::{BEGINNING, World};

use crate::insights_recount::{Counted, Lengths, recount};

const MARTA: &str = "+493023125011";

/// The same numbers on every run, in no order that one would think of.
struct Dice(u64);

impl Dice {
    fn throw(&mut self, sides: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % sides
    }
}

/// A desk in Berlin at which much has happened from September on, over a change of the clocks.
struct Lived {
    world: World,
    telegram: Telegram,
    twilio: Twilio,
    _mailbox: SmtpSink,
    marta: Person,
    ben: Person,
    services: [Service; 3],
    dice: Dice,
}

impl Lived {
    async fn begin() -> Self {
        let world = World::new().await;
        world.clock.set(BEGINNING.plus(-60 * DAY));
        let (telegram, twilio, mailbox) = (Telegram::start().await, Twilio::start(world.clock.clone()).await, SmtpSink::start().await);
        let (chat, text, mail) = (world.telegram(&telegram).await, world.twilio_text(&twilio).await, world.mail(&mailbox).await);
        let mut desk = world.desk.overview().await.expect("the overview").desk;
        desk.zone = "Europe/Berlin".into();
        world.desk.save_desk(desk).await.expect("a desk in Berlin");
        let marta = world.person("Marta", &[(chat, "501"), (text, MARTA)]).await;
        let ben = world.person("Ben", &[(chat, "502"), (mail, "ben@example.org")]).await;
        let ilse = world.person("Ilse", &[(mail, "ilse@example.org")]).await;
        let services = [
            world.service("Shop", &[(&[&marta], 10), (&[&ben, &marta], 15)]).await,
            world.service("=Billing", &[(&[&ilse], 10), (&[&ben], 20)]).await,
            world.service("Payroll", &[(&[&ilse], 30)]).await,
        ];
        Self { world, telegram, twilio, _mailbox: mailbox, marta, ben, services, dice: Dice(7) }
    }

    async fn files(&mut self, number: u64) -> IncidentId {
        let service = &self.services[usize::try_from(self.dice.throw(5)).expect("small").saturating_sub(2)];
        let mut draft = self.world.draft(&format!("Something is wrong, for the {number}th time"), service).await;
        if number.is_multiple_of(11) {
            (draft.facts.service, draft.facts.place) = (None, "The old annex".into());
            draft.path = service.path;
        }
        draft.answers.affected = [Affected::ManyCustomers, Affected::Site, Affected::OnePerson].get(self.dice.throw(3) as usize).copied();
        draft.answers.condition = [Condition::Down, Condition::Degraded].get(self.dice.throw(2) as usize).copied();
        let id = if number % 13 == 5 {
            let id = self.world.desk.carry_on(draft, 20).await.expect("tried first");
            self.world.fast_forward(8).await;
            if self.dice.throw(3) > 0 {
                self.world.act(id, Action::Escalate {}).await;
            }
            id
        } else {
            self.world.desk.escalate(draft).await.expect("escalated")
        };
        self.world.settle().await;
        id
    }

    /// What becomes of it until somebody has it, or nobody.
    async fn is_taken(&mut self, id: IncidentId) {
        let wait = 1 + self.dice.throw(8) as i64;
        let by_desk = |person: Option<&Person>, name: &str| Action::Acknowledge {
            person: person.map(|person| person.id),
            name: name.into(),
            how: AcknowledgedHow::Call,
        };
        self.world.clock.set(self.world.now().plus(self.dice.throw(60_000) as i64));
        match self.dice.throw(11) {
            0 | 1 => {
                self.world.fast_forward(wait).await;
                self.touches("On it").await;
            }
            2 => {
                self.world.fast_forward(wait).await;
                self.touches("Not me").await;
                self.world.fast_forward(12).await;
                drop(self.world.desk.act(id, by_desk(Some(&self.ben), "")).await);
            }
            3 => {
                for text in self.twilio.texts().into_iter().filter(|text| text.to == MARTA && text.status != "delivered") {
                    self.twilio.becomes(&text, "delivered", None);
                }
                self.world.clock.set(self.world.now().plus(40_000));
                self.hears().await;
                self.world.fast_forward(wait).await;
                self.twilio.writes(MARTA, "on it");
                self.hears().await;
            }
            4 => {
                self.world.fast_forward(10 + 2 * wait).await;
                drop(self.world.desk.act(id, by_desk(None, "Somebody at the plant")).await);
            }
            5 => {
                self.world.fast_forward(wait).await;
                drop(self.world.desk.act(id, by_desk(Some(&self.marta), "")).await);
                self.world.fast_forward(3).await;
                drop(self.world.desk.act(id, Action::HandBack { why: "cannot".into() }).await);
                self.world.fast_forward(14).await;
                drop(self.world.desk.act(id, by_desk(Some(&self.ben), "")).await);
            }
            6 => {
                let called = Action::Called {
                    person: self.ben.id,
                    method: self.ben.methods[0].id,
                    outcome: [CallOutcome::Answered, CallOutcome::NoAnswer][self.dice.throw(2) as usize],
                    note: String::new(),
                    took_it: false,
                };
                self.world.fast_forward(13).await;
                drop(self.world.desk.act(id, called).await);
            }
            7 => self.world.fast_forward(35).await,
            _ => {
                self.world.fast_forward(wait).await;
                drop(self.world.desk.act(id, by_desk(Some(&self.marta), "")).await);
            }
        }
        self.world.settle().await;
    }

    /// What comes back is there with the next few questions.
    async fn hears(&self) {
        for _ in 0..4 {
            if self.world.hear().await > 0 {
                return;
            }
            self.world.clock.set(self.world.now().plus(15_000));
        }
    }

    /// Marta or Ben touches the latest message of theirs that asks.
    async fn touches(&mut self, label: &str) {
        let messages = self.telegram.messages();
        let asks = messages.iter().rev().find(|message| message.buttons.iter().any(|(name, _)| name == label));
        let Some(message) = asks else { return };
        self.telegram.press(message, label, (message.chat, "whoever it is"));
        self.hears().await;
    }

    async fn ends(&mut self, id: IncidentId, before: Option<IncidentId>) {
        let over = || Action::Resolve { cause: String::new(), fix: String::new(), follow_ups: vec![] };
        self.world.sleep(5 + self.dice.throw(90) as i64).await;
        match (self.dice.throw(24), before) {
            (0, _) => return,
            (1 | 3, Some(before)) => {
                drop(self.world.desk.act(before, Action::Reopen { why: "The same again".into() }).await);
                drop(self.world.desk.act(before, Action::Escalate {}).await);
                let merged = self.world.desk.merge(id, before).await.is_ok();
                self.world.sleep(7).await;
                drop(self.world.desk.act(before, over()).await);
                if merged {
                    return;
                }
            }
            (2 | 4, _) => {
                drop(self.world.desk.act(id, over()).await);
                self.world.sleep(20).await;
                drop(self.world.desk.act(id, Action::Reopen { why: "It is back".into() }).await);
                self.world.sleep(25).await;
                drop(self.world.desk.act(id, over()).await);
            }
            _ => drop(self.world.desk.act(id, over()).await),
        }
        let judgement = [Judgement::InTime, Judgement::Late, Judgement::Needless].get(self.dice.throw(5) as usize).copied();
        if let Some(judgement) = judgement {
            drop(self.world.desk.act(id, Action::Judge { judgement, note: String::new() }).await);
        }
    }

    /// The computer's clock runs five hours ahead while one is escalated, and is put right before somebody has it.
    async fn by_a_clock_that_is_wrong(&mut self) {
        let right = self.world.now();
        self.world.clock.set(right.plus(5 * HOUR));
        let id = self.files(1000).await;
        self.world.clock.set(right.plus(9 * MINUTE));
        self.world.settle().await;
        let taken = Action::Acknowledge { person: Some(self.ben.id), name: String::new(), how: AcknowledgedHow::Call };
        self.world.fast_forward(4).await;
        drop(self.world.desk.act(id, taken).await);
        self.ends(id, None).await;
    }

    async fn drill(&mut self) {
        self.world.desk.begin_drill(None).await.expect("begun");
        self.world.settle().await;
        self.world.fast_forward(2).await;
        self.touches("Received").await;
        self.world.fast_forward(35).await;
    }
}

async fn lived() -> Lived {
    let mut lived = Lived::begin().await;
    let mut before = None;
    for number in 0..210 {
        let id = lived.files(number).await;
        lived.is_taken(id).await;
        lived.ends(id, before).await;
        match number {
            60 | 150 => lived.by_a_clock_that_is_wrong().await,
            90 | 200 => lived.drill().await,
            _ => {}
        }
        before = Some(id);
        let hours = 1 + lived.dice.throw(9) as i64;
        lived.world.sleep(60 * hours + lived.dice.throw(60) as i64).await;
    }
    lived
}

fn same(of: &str, spread: Spread, counted: &Lengths) {
    let ours = (spread.count as usize, spread.median, spread.p90);
    assert_eq!(ours, (counted.0.len(), counted.median(), counted.nine_of_ten()), "{of}, from {:?}", counted.0);
}

fn same_group(of: &str, group: &Group, counted: &Counted) {
    let ours = (group.incidents, group.escalated, group.untaken);
    assert_eq!(ours, (counted.filed, counted.escalated, counted.untaken), "{of}, {}", group.name);
    same(&format!("{of}, {}, taken", group.name), group.acknowledge, &counted.acknowledge);
    same(&format!("{of}, {}, over", group.name), group.resolve, &counted.resolve);
}

fn same_groups(of: &str, groups: &[Group], counted: &BTreeMap<String, Counted>) {
    let names: BTreeSet<&str> = groups.iter().filter(|group| group.incidents + group.escalated > 0).map(|group| &*group.name).collect();
    assert_eq!(names, counted.keys().map(String::as_str).collect(), "{of}: the same rows");
    for group in groups {
        same_group(of, group, counted.get(&group.name).unwrap_or(&Counted::default()));
    }
}

fn same_channels(of: &str, rows: &[Reached], counted: &BTreeMap<String, ([u32; 6], [Lengths; 3])>) {
    assert_eq!(rows.len(), counted.len(), "{of}: the same channels");
    for row in rows {
        let (counts, lengths) = &counted[&row.channel];
        assert_eq!([row.tried, row.accepted, row.delivered, row.seen, row.answered, row.failed], *counts, "{of}, {}", row.channel);
        for (spread, lengths) in [row.to_deliver, row.to_see, row.to_answer].into_iter().zip(lengths) {
            same(&format!("{of}, {}", row.channel), spread, lengths);
        }
    }
}

async fn insights(world: &World, span: Span) -> InsightsView {
    world.desk.insights(span).await.expect("there is something to say")
}

#[tokio::test(flavor = "multi_thread")]
async fn every_figure_equals_what_plain_sql_and_arithmetic_make_of_the_raw_tables() {
    let lived = lived().await;
    let world = &lived.world;
    for (span, weeks) in [(Span::All, None), (Span::FourWeeks, Some(4)), (Span::ThreeMonths, Some(13))] {
        let view = insights(world, span).await;
        let now = world.now();
        let counted =
            world.engine.store.read(move |db| recount(db, weeks, now).map_err(StoreError::from)).await.expect("the raw tables are read");
        let of = format!("{span:?}");
        let figures = &view.figures;
        assert_eq!((view.sample, view.left_out), (false, 0), "{of}: nothing is left out");
        same_group(&of, &figures.overall, &counted.overall);
        assert_eq!((figures.open, figures.merged), (counted.open, counted.merged), "{of}");
        same_groups(&of, &figures.weeks, &counted.weeks);
        same_groups(&of, &figures.hours, &counted.hours);
        same_groups(&of, &figures.services, &counted.services);
        same_groups(&of, &figures.severities, &counted.severities);
        same_groups(&of, &figures.levels, &counted.levels);
        same_channels(&of, &figures.channels, &counted.channels);
        same_channels(&of, &figures.drills, &counted.drills);
        let ours: BTreeMap<(String, String), _> =
            figures.answers.iter().map(|row| ((row.path.clone(), row.level.clone()), (row.asked, row.answered))).collect();
        let theirs: BTreeMap<(String, String), _> =
            counted.answers.iter().map(|(name, level)| (name.clone(), (level.asked, level.answered))).collect();
        assert_eq!(ours, theirs, "{of}: levels that were asked and that answered");
        for row in &figures.answers {
            same(&of, row.took_after, &counted.answers[&(row.path.clone(), row.level.clone())].took);
        }
        let judged = &figures.judgements;
        assert_eq!([judged.in_time, judged.late, judged.needless, judged.unjudged], counted.judged, "{of}");
        let by_service = figures.judged_by_service.iter().map(|one| one.late + one.needless).sum::<u32>();
        assert_eq!(by_service, judged.late + judged.needless, "{of}: by service they are the same in all");
        assert_eq!((figures.calls, figures.calls_answered), counted.calls, "{of}");
        assert_eq!(weeks.unwrap_or(figures.weeks.len()), figures.weeks.len(), "{of}: every week is there, also one without anything");
    }
    // That it is worth comparing.
    let all = insights(world, Span::All).await.figures;
    assert_eq!(all.overall.incidents, 212, "all that was filed");
    assert!(
        all.overall.acknowledge.count > 100 && all.overall.untaken > 20 && all.merged > 3 && all.open > 3,
        "{:?}, {} merged, {} open",
        all.overall,
        all.merged,
        all.open
    );
    let silent: Vec<_> = all.answers.iter().filter(|level| level.answered == 0).map(|level| (&*level.path, &*level.level)).collect();
    assert!(silent.contains(&("=Billing", "Level 1")), "Ilse never answers, and that is seen: {silent:?}");
    assert!(all.answers[0].answered == 0, "and stands first: {:?}", all.answers[0]);
    let reached = |name: &str| all.channels.iter().find(|row| row.channel == name).expect("a channel");
    let worth = reached("Telegram").answered > 2 && reached("Text").delivered > 5 && reached("Mail").answered == 0;
    assert!(worth, "{:?}", all.channels);
    assert!(reached("Text").to_deliver.count > 0 && all.drills.len() == 3, "{:?}", all.drills);
}

/// A desk with one person, one incident that was taken after seven minutes and was over after forty.
async fn small() -> (World, SmtpSink, Service, IncidentId) {
    let (world, mailbox) = (World::new().await, SmtpSink::start().await);
    let mail = world.mail(&mailbox).await;
    let marta = world.person("Marta", &[(mail, "marta@example.org")]).await;
    let shop = world.service("@Shop", &[(&[&marta], 30)]).await;
    let id = world.escalates("Checkout fails", &shop).await;
    world.fast_forward(7).await;
    world.act(id, Action::Acknowledge { person: Some(marta.id), name: String::new(), how: AcknowledgedHow::Call }).await;
    world.fast_forward(33).await;
    world.act(id, Action::Resolve { cause: String::new(), fix: String::new(), follow_ups: vec![] }).await;
    (world, mailbox, shop, id)
}

#[tokio::test]
async fn a_clock_that_ran_ahead_and_was_put_right_makes_nobody_faster_than_they_were() {
    let (world, mailbox) = (World::new().await, SmtpSink::start().await);
    let mail = world.mail(&mailbox).await;
    let marta = world.person("Marta", &[(mail, "marta@example.org")]).await;
    let shop = world.service("Shop", &[(&[&marta], 30)]).await;
    let id = world.escalates("Checkout fails", &shop).await;
    world.clock.set(world.now().plus(-5 * HOUR));
    let world = world.restarted().await;
    world.settle().await;
    world.fast_forward(6).await;
    world.act(id, Action::Acknowledge { person: Some(marta.id), name: String::new(), how: AcknowledgedHow::Call }).await;
    let figures = insights(&world, Span::All).await.figures;
    assert_eq!(figures.overall.acknowledge.median, Some(6 * MINUTE), "six minutes, and not none");
    assert_eq!(figures.answers[0].took_after.median, Some(6 * MINUTE), "of the level that took it too");
}

#[tokio::test]
async fn what_happens_after_somebody_looked_is_in_it_the_next_time() {
    let (world, _mailbox, shop, id) = small().await;
    let first = insights(&world, Span::FourWeeks).await.figures;
    assert_eq!((first.overall.acknowledge.median, first.overall.resolve.median), (Some(7 * MINUTE), Some(40 * MINUTE)));
    world.act(id, Action::Reopen { why: "It is back".into() }).await;
    let again = insights(&world, Span::FourWeeks).await.figures;
    assert_eq!((again.open, again.overall.resolve.count), (1, 0), "what was kept of it is worked out anew");
    let draft = world.draft("Checkout fails again", &shop).await;
    world.desk.join(Joining { draft, into: id, share: false, raise: None }).await.expect("joined");
    assert_eq!(insights(&world, Span::FourWeeks).await.figures.overall.incidents, 1, "joined is not filed twice");
}

#[tokio::test]
async fn the_sample_counts_only_where_there_is_nothing_else_and_is_gone_with_it() {
    let world = World::new().await;
    let nothing = insights(&world, Span::FourWeeks).await;
    assert_eq!((nothing.any, nothing.sample, nothing.figures.overall.incidents), (false, false, 0), "there is nothing yet");
    world.desk.load_sample().await.expect("the sample");
    let sample = insights(&world, Span::All).await;
    assert!(sample.sample && sample.figures.overall.incidents > 3, "{:?}", sample.figures.overall);
    let mailbox = SmtpSink::start().await;
    let mail = world.mail(&mailbox).await;
    let marta = world.person("Marta", &[(mail, "marta@example.org")]).await;
    let shop = world.service("Shop", &[(&[&marta], 30)]).await;
    world.escalates("Checkout fails", &shop).await;
    let own = insights(&world, Span::All).await;
    assert_eq!((own.sample, own.figures.overall.incidents), (false, 1), "the sample is left out");
    assert_eq!(own.figures.channels.iter().map(|row| row.tried).sum::<u32>(), 1, "and so are its messages");
    world.desk.remove_sample().await.expect("removed");
    let kept =
        |db: &rusqlite::Connection| -> Result<i64, StoreError> { Ok(db.query_row("SELECT count(*) FROM insights", [], |row| row.get(0))?) };
    assert_eq!(world.engine.store.read(kept).await.expect("counted"), 1, "nothing of it is kept");
}

#[tokio::test]
async fn the_numbers_are_taken_along_as_tables_that_no_spreadsheet_runs() {
    let (world, ..) = small().await;
    let file = world.desk.save_insights(Span::FourWeeks, InsightsTable::Services).await.expect("written");
    assert!(file.ends_with("insights-by-service-4-weeks.csv"), "{file}");
    let written = std::fs::read_to_string(file).expect("it is there");
    let lines: Vec<&str> = written.trim_start_matches('\u{feff}').lines().collect();
    assert!(lines[0].starts_with("Service,Filed,Escalated,Nobody ever had it,Taken,Taken: median (min)"), "{}", lines[0]);
    assert_eq!(lines[1], "'@Shop,1,1,0,1,7.0,7.0,1,40.0,40.0", "in minutes, and a name that begins like a formula is text");
    let tables = [
        InsightsTable::Weeks,
        InsightsTable::Hours,
        InsightsTable::Severities,
        InsightsTable::Levels,
        InsightsTable::Channels,
        InsightsTable::Drills,
        InsightsTable::Answers,
        InsightsTable::Judgements,
    ];
    for table in tables {
        let file = world.desk.save_insights(Span::All, table).await.expect("written");
        let written = std::fs::read_to_string(&file).expect("it is there");
        let widths: BTreeSet<usize> = written.lines().map(|line| line.split(',').count()).collect();
        assert_eq!(widths.len(), 1, "{file}: a heading for every column");
    }
}

#[tokio::test]
async fn what_cannot_be_read_is_left_out_and_that_is_said() {
    let (world, _mailbox, shop, _) = small().await;
    let broken = world.escalates("Labels print blank", &shop).await;
    let breaks = move |db: &rusqlite::Connection| -> Result<(), StoreError> {
        db.execute(
            "INSERT INTO events SELECT device_id, sequence + 1000, incident_id, at, '{\"type\":\"unheard_of\"}', 0 FROM events WHERE incident_id = ?1 LIMIT 1",
            [broken.to_string()],
        )?;
        Ok(())
    };
    world.engine.store.write(breaks).await.expect("broken");
    let view = insights(&world, Span::All).await;
    assert_eq!((view.left_out, view.figures.overall.incidents), (1, 1), "the other one is told of");
}
