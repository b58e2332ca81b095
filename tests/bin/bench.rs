//! `bench [short]`: the design's budgets, measured. Each figure stands beside the
//! same work done bare on the same machine in the same run, so that what is
//! compared is Baton and not the computer.

#![allow(clippy::disallowed_methods, reason = "how long something takes here is what is measured, and no incident's time")]

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant as Stopwatch};

use baton_core::api::types::BoardPart;
use baton_core::domain::directory::{Service, Target, presences};
use baton_core::domain::event::IncidentEvent;
use baton_core::domain::insights::Span;
use baton_core::domain::severity::BySeverity;
use baton_core::domain::time::{DAY, MINUTE};
use baton_core::engine::record::{self, Agreed};
use baton_core::store::StoreError;
use baton_tests::http_sink::HttpSink;
use baton_tests::many::{self, filed};
use baton_tests::smtp_sink::SmtpSink;
use baton_tests::world::World;
use tokio::sync::Semaphore;

/// As many sends as Baton has under way at once.
const AT_ONCE: usize = 64;

#[tokio::main]
async fn main() {
    let short = std::env::args().any(|word| word == "short");
    let (kept, open) = if short { (5_000, 500) } else { (100_000, 10_000) };
    println!("{:<58} {:>12} {:>12} {:>8}  budget", "", "Baton", "bare", "ratio");

    let world = World::now_and_here().await;
    each_by_itself(&world).await;
    let sink = HttpSink::start().await;
    let everybody = people(&world, &sink, 100).await;
    let one = service(&world, "Shop", &everybody[..1]).await;
    let all = service(&world, "Everything", &everybody).await;
    keep(&world, kept).await;

    filing(&world, &one, kept).await;
    searching(&world, kept).await;
    typing(&world, &one, kept).await;
    insights(&world, kept).await;
    let running = tokio::spawn(world.engine.clone().run());
    to_the_wire(&world, &one, &sink).await;
    to_many(&world, &all, &sink, 1, "≤ 55 ms (Alertmanager, not durable)").await;
    to_many(&world, &all, &sink, if short { 3 } else { 20 }, "≥ 0.7 × bare, ≥ 5,000/s").await;
    running.abort();

    let recipients = if short { 100 } else { 1_000 };
    by_webhook(recipients).await;
    by_mail(recipients).await;
    on_call(if short { 10_000 } else { 1_000_000 }).await;
    readiness(if short { (50, 10) } else { (500, 100) }).await;
    what_is_due(open).await;
    after_a_crash(if short { 500 } else { 10_000 }).await;
}

/// What would be gathered into fewer messages is no measure of sending many.
async fn each_by_itself(world: &World) {
    let mut rules = world.desk.rules().await.expect("the rules");
    rules.rhythm.gather = BySeverity { critical: 0, high: 0, medium: 0, low: 0 };
    world.desk.save_rules(rules).await.expect("saved");
}

fn say(what: &str, baton: f64, bare: Option<f64>, unit: &str, budget: &str) {
    let (bare, ratio) = bare.map_or_else(|| ("".into(), "".into()), |bare| (format!("{bare:.2} {unit}"), format!("{:.2}", baton / bare)));
    println!("{what:<58} {:>12} {bare:>12} {ratio:>8}  {budget}", format!("{baton:.2} {unit}"));
}

fn millis(took: Duration) -> f64 {
    took.as_secs_f64() * 1000.0
}

/// So long took the slowest of these but one in a hundred.
fn p99(mut all: Vec<Duration>) -> f64 {
    all.sort_unstable();
    millis(all[(all.len() * 99 / 100).min(all.len() - 1)])
}

fn median(mut all: Vec<Duration>) -> f64 {
    all.sort_unstable();
    millis(all[all.len() / 2])
}

async fn people(world: &World, sink: &HttpSink, count: usize) -> Vec<baton_core::domain::directory::Person> {
    let settings = [("allow_private", "yes"), ("allow_plain", "yes")];
    let secrets = [("url", sink.url("/hook")), ("signing_secret", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw".into())];
    let secrets: Vec<(&str, &str)> = secrets.iter().map(|(key, value)| (*key, value.as_str())).collect();
    let hook = world.channel("webhook", "Hook", &settings, &secrets).await.expect("the webhook is accepted");
    let mut people = Vec::new();
    for number in 0..count {
        people.push(world.person(&format!("Person {number}"), &[(hook, "")]).await);
    }
    people
}

async fn service(world: &World, name: &str, people: &[baton_core::domain::directory::Person]) -> Service {
    let people: Vec<_> = people.iter().collect();
    world.service(name, &[(&people, 60)]).await
}

/// Puts so many resolved incidents on record, each its own words among common ones.
async fn keep(world: &World, count: u64) {
    for from in (0..count).step_by(2_000) {
        let now = world.now();
        world
            .engine
            .store
            .write(move |db| {
                let agreed = Agreed::read(db, now)?;
                for number in from..(from + 2_000).min(count) {
                    let incident = filed(db, &agreed, number, now)?;
                    let by = "Ana".to_string();
                    let resolved =
                        IncidentEvent::Resolved { by, cause: "The pool was full".into(), fix: String::new(), follow_ups: vec![] };
                    record::append(db, &agreed, incident, &[resolved], now)?;
                }
                Ok::<_, StoreError>(())
            })
            .await
            .expect("they are kept");
    }
}

async fn filing(world: &World, service: &Service, kept: u64) {
    let rounds = 200;
    let mut took = Vec::new();
    for number in 0..rounds {
        let draft = world.draft(&format!("Checkout fails for everybody, {number}"), service).await;
        let began = Stopwatch::now();
        world.desk.carry_on(draft, 30).await.expect("it is filed");
        took.push(began.elapsed());
    }
    let bytes = world
        .engine
        .store
        .read(|db| {
            Ok::<i64, StoreError>(db.query_row("SELECT length(state) FROM incidents ORDER BY number DESC LIMIT 1", [], |row| row.get(0))?)
        })
        .await
        .expect("the last incident is there");
    // Its events say the same again, and so does the search index.
    let bare = bare_inserts(world.folder.path(), usize::try_from(bytes).unwrap_or(1_000) * 2, rounds);
    say(&format!("filing, durable, after {kept} others (median)"), median(took), Some(median(bare)), "ms", "≤ 1.3");
}

/// The same bytes into a table with nothing around it, each made durable alone.
fn bare_inserts(folder: &Path, bytes: usize, rounds: usize) -> Vec<Duration> {
    let db = rusqlite::Connection::open(folder.join("bare.sqlite")).expect("a database of its own");
    db.execute_batch("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; CREATE TABLE IF NOT EXISTS bare (what TEXT)")
        .expect("an empty table");
    let what = "x".repeat(bytes);
    let insert = |_| {
        let began = Stopwatch::now();
        db.execute("INSERT INTO bare VALUES (?1)", [&what]).expect("a row");
        began.elapsed()
    };
    (0..rounds).map(insert).collect()
}

async fn searching(world: &World, kept: u64) {
    for (kind, query) in
        [("a rare word", "customer77"), ("a word in every row", "checkout"), ("a prefix in every row", "ch"), ("two words", "code5 fails")]
    {
        let mut took = Vec::new();
        for _ in 0..100 {
            let began = Stopwatch::now();
            let found = world.desk.search(query.into()).await.expect("a search answers");
            took.push(began.elapsed());
            assert!(!found.is_empty(), "{query} is in what was kept");
        }
        say(&format!("search, {kind}, {kept} incidents (p99)"), p99(took), None, "ms", "≤ 16 ms");
    }
    let mut took = Vec::new();
    for _ in 0..30 {
        let began = Stopwatch::now();
        world.desk.board_in_window(in_sight()).await.expect("the board answers");
        took.push(began.elapsed());
    }
    say(&format!("board, 200 open of {kept} (p99)"), p99(took), None, "ms", "≤ 16 ms");
}

/// A sentence typed letter by letter: each of its words but two stands in every incident on record.
async fn typing(world: &World, service: &Service, kept: u64) {
    let whole = "Checkout fails for customer77 with code5 since the deployment";
    let mut draft = world.draft(whole, service).await;
    let mut took = Vec::new();
    // More than once, so that the slowest of all is not what is said of them.
    for length in (1..=whole.len()).cycle().take(whole.len() * 4) {
        draft.facts.what = whole[..length].into();
        let draft = draft.clone();
        let began = Stopwatch::now();
        let considered = world.desk.consider(draft).await.expect("a draft can be considered");
        took.push(began.elapsed());
        assert!(length < whole.len() || !considered.similar.is_empty(), "customer77 is among what is like it");
    }
    say(&format!("all that a letter typed asks for, {kept} incidents (p99)"), p99(took), None, "ms", "≤ 16 ms");
}

/// The first look works out how each incident went, and the others have that.
async fn insights(world: &World, kept: u64) {
    let mut took = Vec::new();
    for _ in 0..6 {
        let began = Stopwatch::now();
        world.desk.insights(Span::All).await.expect("the figures of everything");
        took.push(began.elapsed());
    }
    say(&format!("insights of all, {kept} incidents: the first look"), millis(took.remove(0)), None, "ms", "");
    say(&format!("insights of all, {kept} incidents: the others (p99)"), p99(took), None, "ms", "");
}

async fn to_the_wire(world: &World, service: &Service, sink: &HttpSink) {
    let rounds = 50;
    let mut took = Vec::new();
    for number in 0..rounds {
        let draft = world.draft(&format!("Payment fails, {number}"), service).await;
        let before = sink.requests().len();
        let began = Stopwatch::now();
        world.desk.escalate(draft).await.expect("it is escalated");
        sink.wait_for(before + 1).await;
        took.push(began.elapsed());
    }
    let body = sink.requests().last().map(|request| request.body.clone()).unwrap_or_default();
    let client = reqwest::Client::new();
    let mut bare = Vec::new();
    for insert in bare_inserts(world.folder.path(), body.len() * 2, rounds) {
        let (before, began) = (sink.requests().len(), Stopwatch::now());
        let sent = tokio::spawn(client.post(sink.url("/bare")).body(body.clone()).send());
        sink.wait_for(before + 1).await;
        bare.push(insert + began.elapsed());
        sent.await.expect("no panic").expect("the sink answers");
    }
    say("\"Escalate\" to the bytes at a local sink (median)", median(took), Some(median(bare)), "ms", "≤ 1.5");
}

/// So many incidents at once, each to a hundred people.
async fn to_many(world: &World, service: &Service, sink: &HttpSink, incidents: usize, budget: &str) {
    let mut drafts = Vec::new();
    for number in 0..incidents {
        drafts.push(world.draft(&format!("Everything fails, {number}"), service).await);
    }
    let (before, count) = (sink.requests().len(), incidents * 100);
    let began = Stopwatch::now();
    let filing: Vec<_> = drafts
        .into_iter()
        .map(|draft| {
            let desk = Arc::clone(&world.desk);
            tokio::spawn(async move { desk.escalate(draft).await.expect("it is escalated") })
        })
        .collect();
    sink.wait_for(before + count).await;
    let took = began.elapsed();
    for one in filing {
        one.await.expect("no panic");
    }
    world.engine.sends_end().await;

    let bare = posted_bare(sink, count).await;
    let rate = count as f64 / took.as_secs_f64();
    say(&format!("{incidents} × 100 people by webhook ({rate:.0}/s)"), millis(took), Some(millis(bare)), "ms", budget);
}

/// As many requests as Baton just made, with the same body, by a client and a loop.
async fn posted_bare(sink: &HttpSink, count: usize) -> Duration {
    let body = sink.requests().last().map(|request| request.body.clone()).unwrap_or_default();
    let (client, gate, before) = (reqwest::Client::new(), Arc::new(Semaphore::new(AT_ONCE)), sink.requests().len());
    let began = Stopwatch::now();
    for _ in 0..count {
        let place = Arc::clone(&gate).acquire_owned().await.expect("the gate stays open");
        let request = client.post(sink.url("/bare")).body(body.clone());
        tokio::spawn(async move {
            drop(request.send().await);
            drop(place);
        });
    }
    sink.wait_for(before + count).await;
    began.elapsed()
}

/// One incident to so many people, each by a webhook, beside a bare loop of requests.
async fn by_webhook(recipients: usize) {
    let (world, sink) = (World::now_and_here().await, HttpSink::start().await);
    let everybody = people(&world, &sink, recipients).await;
    let service = service(&world, "Everything", &everybody).await;
    let running = tokio::spawn(world.engine.clone().run());
    let draft = world.draft("Everything fails", &service).await;
    let began = Stopwatch::now();
    world.desk.escalate(draft).await.expect("it is escalated");
    sink.wait_for(recipients).await;
    let took = began.elapsed();
    world.engine.sends_end().await;
    running.abort();
    let bare = posted_bare(&sink, recipients).await;
    say(&format!("{recipients} recipients by webhook, each durable first"), millis(took), Some(millis(bare)), "ms", "");
}

/// One incident to so many people, each by mail, beside a bare loop of lettre's.
async fn by_mail(recipients: usize) {
    let (world, mailbox) = (World::now_and_here().await, SmtpSink::start().await);
    let mail = world.mail(&mailbox).await;
    let mut everybody = Vec::new();
    for number in 0..recipients {
        everybody.push(world.person(&format!("Person {number}"), &[(mail, &format!("p{number}@example.org"))]).await);
    }
    let service = service(&world, "Everything", &everybody).await;
    let running = tokio::spawn(world.engine.clone().run());
    let draft = world.draft("Everything fails", &service).await;
    let began = Stopwatch::now();
    world.desk.escalate(draft).await.expect("it is escalated");
    mailbox.wait_for(recipients).await;
    let took = began.elapsed();
    world.engine.sends_end().await;
    running.abort();
    let text = mailbox.mails().last().map(baton_tests::smtp_sink::ReceivedMail::text).unwrap_or_default();
    // As many connections as Baton opens.
    let pool = lettre::transport::smtp::PoolConfig::new().max_size(8);
    let mailer =
        lettre::AsyncSmtpTransport::<lettre::Tokio1Executor>::builder_dangerous("127.0.0.1").port(mailbox.port()).pool_config(pool).build();
    let gate = Arc::new(Semaphore::new(8));
    let began = Stopwatch::now();
    for number in 0..recipients {
        let place = Arc::clone(&gate).acquire_owned().await.expect("the gate stays open");
        let letter = lettre::Message::builder()
            .from("desk@example.org".parse().expect("an address"))
            .to(format!("p{number}@example.org").parse().expect("an address"))
            .subject("High: Everything fails")
            .body(text.clone())
            .expect("a mail");
        let mailer = mailer.clone();
        tokio::spawn(async move {
            lettre::AsyncTransport::send(&mailer, letter).await.expect("the sink takes it");
            drop(place);
        });
    }
    mailbox.wait_for(2 * recipients).await;
    say(&format!("{recipients} recipients by mail, each durable first"), millis(took), Some(millis(began.elapsed())), "ms", "");
}

/// Who is on call, asked for moments over ten years.
async fn on_call(moments: i64) {
    let world = World::new().await;
    let mut staff = Vec::new();
    for name in ["Ana", "Ben", "Caro"] {
        staff.push(world.person(name, &[]).await);
    }
    let mut rotation = world.rotation("Databases", &staff.iter().collect::<Vec<_>>()).await;
    rotation.zone = "Europe/Berlin".into();
    let absences = presences(&staff);
    let (from, step) = (world.now(), 10 * 365 * DAY / moments);
    let began = Stopwatch::now();
    let covered = (0..moments).filter(|at| !rotation.on_call(&absences, from.plus(at * step)).is_empty()).count();
    let took = began.elapsed();
    assert_eq!(covered as i64, moments, "somebody is always on call in it");
    say(
        &format!("who is on call, {moments} moments ({:.2} µs each)", took.as_secs_f64() * 1e6 / moments as f64),
        millis(took),
        None,
        "ms",
        "",
    );
}

/// All paths walked for the next 14 days.
async fn readiness((people, count): (usize, usize)) {
    let world = World::new().await;
    let call = world.by_hand().await;
    let mut staff = Vec::new();
    for number in 0..people {
        staff.push(world.person(&format!("Person {number}"), &[(call, "+493023125011")]).await);
    }
    for number in 0..count {
        let of = |at: usize| &staff[(number * 5 + at) % people];
        let rotation = world.rotation(&format!("Rotation {number}"), &[of(0), of(1), of(2)]).await;
        let levels =
            [(Target::Person { id: of(3).id }, 10), (Target::Rotation { id: rotation.id }, 10), (Target::Person { id: of(4).id }, 10)];
        world.service_for(&format!("Service {number}"), &levels).await;
    }
    let mut took = Vec::new();
    for _ in 0..20 {
        let began = Stopwatch::now();
        world.desk.readiness().await.expect("it is walked");
        took.push(began.elapsed());
    }
    say(&format!("readiness, {people} people, {count} paths, 14 days (p99)"), p99(took), None, "ms", "≤ 1,000 ms");
}

/// What falls due while ten thousand are open: from the moment it is due until it is done.
async fn what_is_due(open: u64) {
    let world = World::new().await;
    let now = world.now();
    many::open(&world, open).await;
    world.settle().await;
    let mut took = Vec::new();
    for minute in 10..110 {
        world.clock.set(now.plus(minute * MINUTE));
        let began = Stopwatch::now();
        world.engine.cycle().await.expect("a turn of the engine");
        took.push(began.elapsed());
    }
    say(&format!("one thing due, {open} open: due to done (p99)"), p99(took), None, "ms", "≤ 50 ms");
    let mut board = Vec::new();
    for _ in 0..20 {
        let began = Stopwatch::now();
        world.desk.board_in_window(in_sight()).await.expect("the board answers");
        board.push(began.elapsed());
    }
    say(&format!("board, {open} open (p99)"), p99(board), None, "ms", "");
}

/// Everything that waited to be sent when the computer went down, from the start until all of it is on its way again.
async fn after_a_crash(queued: usize) {
    let world = World::new().await;
    each_by_itself(&world).await;
    let sink = HttpSink::start().await;
    let everybody = people(&world, &sink, 100).await;
    let service = service(&world, "Everything", &everybody).await;
    for number in 0..queued / 100 {
        let draft = world.draft(&format!("Everything fails, {number}"), &service).await;
        world.desk.escalate(draft).await.expect("it is escalated");
    }
    let began = Stopwatch::now();
    let world = world.restarted().await;
    let running = tokio::spawn(world.engine.clone().run());
    sink.wait_for(1).await;
    say(&format!("{queued} queued when it was killed: start to the first"), millis(began.elapsed()), None, "ms", "≤ 1,000 ms");
    sink.wait_for(queued).await;
    let took = began.elapsed();
    say(&format!("the same, to the last ({:.0}/s, none lost)", queued as f64 / took.as_secs_f64()), millis(took), None, "ms", "");
    running.abort();
}

/// As much of the board as the window asks for.
fn in_sight() -> BoardPart {
    BoardPart { count: 160, ..BoardPart::default() }
}
