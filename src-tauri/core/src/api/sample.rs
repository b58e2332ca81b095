//! Data to look around with. Nobody in it exists: the numbers are from the range
//! that Germany's regulator keeps for films, and the only channels are this
//! desktop and calls by hand, so nothing leaves the computer.

use rusqlite::Connection;
use std::collections::BTreeMap;

use super::Answer;
use crate::domain::assessment::{Affected, Answers, Condition, Expertise, Gut, Risk};
use crate::domain::bridge::Bridge;
use crate::domain::command::Command;
use crate::domain::commitment::{FollowUp, Kind, Origin, Wanted};
use crate::domain::delivery::DeliveryState;
use crate::domain::directory::{Level, Method, Path, Person, Proof, Service, Target, Team, Template};
use crate::domain::event::{AcknowledgedHow, IncidentEvent};
use crate::domain::facts::{Facts, Tried, TriedResult};
use crate::domain::id::{ChannelId, IncidentId, MethodId, PathId, PersonId, RotationId, ServiceId, TeamId};
use crate::domain::plan::PlanLevel;
use crate::domain::presence::Presence;
use crate::domain::reference::reference;
use crate::domain::rotation::{Layer, Rotation};
use crate::domain::severity::Severity;
use crate::domain::time::{DAY, HOUR, Instant, MINUTE, WallTime};
use crate::domain::why::Advised;
use crate::engine::lookup;
use crate::engine::record::{self, Agreed};
use crate::error::Failure;
use crate::store::{channels, deliveries, incidents, paths, people, rotations, services, settings, teams};

pub fn load(db: &Connection, now: Instant) -> Answer<()> {
    if settings::get::<bool>(db, "sample")?.unwrap_or(false) {
        return Ok(());
    }
    let known = channels::all(db)?;
    let through = |provider: &str| known.iter().find(|setup| setup.provider == provider).map(|setup| setup.id);
    let (desktop, call) = (through("desktop"), through(lookup::BY_HAND));

    let staff = [
        ("Marta Lindqvist", "databases", 11),
        ("Jonas Weber", "team lead, databases", 12),
        ("Ilse Brandl", "network", 13),
        ("Tomasz Zieliński", "finance applications", 14),
        ("Priya Raman", "warehouse systems", 15),
        ("Ngozi Adeyemi", "head of operations", 16),
    ];
    let mut persons = Vec::new();
    for (name, role, number) in staff {
        let person = person(name, role, number, desktop, call, now);
        people::save(db, &person)?;
        persons.push(person.id);
    }
    let [marta, jonas, ilse, tomasz, priya, ngozi] = persons[..] else { return Ok(()) };

    let ladder = |name: &str, levels: &[(&[PersonId], u32)]| Path {
        id: PathId::new(now),
        name: name.into(),
        levels: levels.iter().map(|(people, minutes)| level(people, *minutes)).collect(),
        rounds: 2,
        sample: true,
    };
    let orders = ladder("Order platform", &[(&[marta], 10), (&[jonas, marta], 10), (&[ngozi], 15)]);
    let office = ladder("Office and network", &[(&[ilse], 15), (&[priya], 20), (&[ngozi], 30)]);
    let mut finance = ladder("Finance applications", &[(&[tomasz], 20), (&[], 20)]);
    let rotation = databases_on_call(&[jonas, marta, priya], lookup::desk(db)?.tz(), now);
    rotations::save(db, &rotation)?;
    finance.levels[1].targets.push(Target::Rotation { id: rotation.id });
    let people = vec![jonas, marta];
    teams::save(db, &Team { id: TeamId::new(now), name: "Databases".into(), people, sample: true })?;
    for path in [&orders, &office, &finance] {
        paths::save(db, path)?;
    }
    let service = |name: &str, owner, path: &Path, cost_per_hour| Service {
        id: ServiceId::new(now),
        name: name.into(),
        owner: Some(owner),
        path: Some(path.id),
        paths: BTreeMap::new(),
        cost_per_hour,
        orders_per_hour: None,
        customers: None,
        stakeholders: vec![],
        checklist: vec![],
        templates: vec![],
        bridge: Bridge::default(),
        sample: true,
    };
    let mut order_platform = service("Order platform", marta, &orders, Some(10_000));
    (order_platform.orders_per_hour, order_platform.customers) = (Some(120), Some(50_000));
    order_platform.templates = vec![Template {
        name: "Checkout fails".into(),
        what: "Checkout shows \"please try again\" after payment. Orders do not arrive in the database.".into(),
        who: "All web customers".into(),
        ..Template::default()
    }];
    order_platform.checklist =
        ["Restarted the connection pool", "Failed over to the replica", "Checked the certificate of the payment provider"]
            .map(String::from)
            .to_vec();
    let network = service("Network", ilse, &office, None);
    let payroll = service("Payroll", tomasz, &finance, Some(400));
    let warehouse = service("Warehouse", priya, &office, Some(900));
    for service in [&order_platform, &network, &payroll, &warehouse] {
        services::save(db, service)?;
    }

    let told = Story { db, agreed: Agreed::read(db, now)?, now };
    let held = |person, name: &str| Command::Acknowledge { person: Some(person), name: name.into(), how: AcknowledgedHow::Call };
    let orders_down = told.begins(
        &order_platform,
        Severity::Critical,
        12 * MINUTE,
        "The database server behind order processing is unresponsive. Checkout shows \"please try again\".",
        |facts| {
            facts.who = "All web customers in Germany and Austria".into();
            facts.people_affected = Some(3200);
            facts.tried = vec![
                Tried { what: "Restarted the connection pool".into(), result: TriedResult::NoEffect, at: now.plus(-6 * MINUTE) },
                Tried {
                    what: "Checked the error log: \"too many connections\"".into(),
                    result: TriedResult::Helped,
                    at: now.plus(-4 * MINUTE),
                },
            ];
        },
    )?;
    told.escalated(orders_down, &orders, 2 * MINUTE)?;

    let vpn = told.begins(&network, Severity::High, 2 * HOUR, "VPN drops every ten minutes in Graz", |facts| {
        facts.who = "The whole Graz office".into();
        facts.people_affected = Some(85);
    })?;
    told.escalated(vpn, &office, 25 * MINUTE)?;
    told.then(vpn, 20 * MINUTE, held(ilse, "Ilse Brandl"))?;
    told.then(
        vpn,
        18 * MINUTE,
        Command::CheckIn { by: told.agreed.desk.actor(), note: "Provider sees packet loss on the uplink, engineer on the way".into() },
    )?;

    let promised = Wanted::Make {
        kind: Kind::Promise,
        person: Some(ilse),
        name: "Ilse Brandl".into(),
        what: "engineer at the uplink".into(),
        due_at: Some(now.plus(25 * MINUTE)),
        from: Origin::Desk,
    };
    told.then(vpn, 17 * MINUTE, Command::Commitment { by: told.agreed.desk.actor(), wanted: promised })?;

    let payroll_export = told.begins(&payroll, Severity::Medium, 4 * HOUR, "Payroll export rejects two cost centres", |_| {})?;
    told.escalated(payroll_export, &finance, 3 * HOUR)?;
    told.then(payroll_export, 3 * HOUR - 10 * MINUTE, held(tomasz, "Tomasz Zieliński"))?;
    told.then(payroll_export, HOUR, Command::Snooze { minutes: 24 * 60, why: "corrected file is imported tonight".into() })?;

    let printer = told.begins(&warehouse, Severity::Medium, HOUR, "Label printer in hall 3 prints blank labels", |_| {})?;
    told.then(printer, 5 * MINUTE, Command::CarryOn { minutes: 25 })?;

    let mail = told.begins(&network, Severity::Low, DAY + 2 * HOUR, "Shared mailbox missing for a new starter", |_| {})?;
    told.escalated(mail, &office, DAY + HOUR)?;
    told.then(mail, DAY, held(ilse, "Ilse Brandl"))?;
    let (cause, fix) = ("The group was created after the nightly sync".into(), "Sync started by hand; the mailbox is there".into());
    let follow_ups = vec![FollowUp {
        person: Some(ilse),
        name: "Ilse Brandl".into(),
        due_at: Some(now.plus(3 * DAY)),
        ..FollowUp::from("Ask for an hourly sync")
    }];
    told.then(mail, 20 * HOUR, Command::Resolve { by: told.agreed.desk.actor(), cause, fix, follow_ups })?;

    Ok(settings::put(db, "sample", &true)?)
}

/// Takes it all away, and off what is real. Refused where something real would
/// then reach nobody.
pub fn remove(db: &Connection) -> Answer<()> {
    let gone: Vec<PersonId> = people::all(db)?.into_iter().filter(|person| person.sample).map(|person| person.id).collect();
    for incident in incidents::open(db)? {
        let follows = incident.plan.iter().flat_map(|plan| &plan.levels).flat_map(PlanLevel::everybody);
        if follows.into_iter().any(|contact| gone.contains(&contact.person)) && !incidents::is_sample(db, incident.id)? {
            let reference = incident.reference;
            let message = format!("{reference} is open and calls people of the sample. Resolve it first; then all of the sample can go.");
            return Err(Failure::in_use(message, vec![reference]));
        }
    }
    for mut path in paths::all(db)? {
        if path.sample {
            services::forget_path(db, path.id)?;
            continue;
        }
        for level in &mut path.levels {
            level.targets.retain(|target| !matches!(target, Target::Person { id } if gone.contains(id)));
        }
        if path.targets().next().is_none() {
            let message = format!("Only people of the sample are on your path \"{}\". Put somebody real on it first.", path.name);
            return Err(Failure::in_use(message, vec![path.name]));
        }
        paths::save(db, &path)?;
    }
    let mut desk = lookup::desk(db)?;
    if paths::all(db)?.iter().any(|path| path.sample && Some(path.id) == desk.path) {
        desk.path = None;
        settings::put(db, "desk", &desk)?;
    }
    incidents::delete_sample(db)?;
    services::delete_sample(db)?;
    paths::delete_sample(db)?;
    people::delete_sample(db)?;
    teams::delete_sample(db)?;
    rotations::delete_sample(db)?;
    channels::delete_sample(db)?;
    Ok(settings::put(db, "sample", &false)?)
}

fn person(name: &str, role: &str, number: u32, desktop: Option<ChannelId>, call: Option<ChannelId>, now: Instant) -> Person {
    let method = |channel, address: String| Method {
        id: MethodId::new(now),
        channel,
        address,
        proven_at: Some(now.plus(-9 * DAY)),
        proven_by: Some(Proof::Call),
        wrong_since: None,
    };
    // Nobody answers a call at a screen.
    let unproven = |method| Method { proven_at: None, proven_by: None, ..method };
    let methods = [desktop.map(|id| unproven(method(id, String::new()))), call.map(|id| method(id, format!("+493023125{number:03}")))];
    Person {
        id: PersonId::new(now),
        name: name.into(),
        role: role.into(),
        presence: Presence::default(),
        sequences: BTreeMap::new(),
        methods: methods.into_iter().flatten().collect(),
        sample: true,
    }
}

/// Turns of a week from Monday, 08:00 on.
fn databases_on_call(people: &[PersonId], zone: chrono_tz::Tz, now: Instant) -> Rotation {
    let today = now.at(zone).date_naive();
    let monday = today - chrono::Days::new(chrono::Datelike::weekday(&today).num_days_from_monday().into());
    let from = WallTime(monday.and_time(chrono::NaiveTime::MIN) + chrono::TimeDelta::hours(8));
    let layer = Layer { people: people.to_vec(), from, shift_hours: 7 * 24, hours: vec![] };
    let (id, name, zone) = (RotationId::new(now), "Databases".into(), zone.name().into());
    Rotation { id, name, zone, layers: vec![layer], overrides: vec![], sample: true }
}

fn level(people: &[PersonId], minutes: u32) -> Level {
    Level { targets: people.iter().map(|id| Target::Person { id: *id }).collect(), minutes, ..Level::default() }
}

/// Lets the sample incidents happen in the past, through the same door as real
/// ones.
struct Story<'a> {
    db: &'a Connection,
    agreed: Agreed,
    now: Instant,
}

impl Story<'_> {
    fn begins(&self, service: &Service, severity: Severity, ago: i64, what: &str, more: impl FnOnce(&mut Facts)) -> Answer<IncidentId> {
        let at = self.now.plus(-ago);
        let mut facts = Facts {
            what: what.into(),
            service: Some(service.id),
            place: service.name.clone(),
            began_at: Some(at.plus(-2 * MINUTE)),
            cost_per_hour: service.cost_per_hour,
            ..Facts::default()
        };
        more(&mut facts);
        let id = IncidentId::new(at);
        let filed = IncidentEvent::Filed { reference: reference(id.0.as_u128() as u64), by: self.agreed.desk.actor(), severity, facts };
        let incident = record::file(self.db, &self.agreed, id, &filed, true, at)?;
        let critical = severity == Severity::Critical;
        let answers = Answers {
            affected: Some(if critical { Affected::ManyCustomers } else { Affected::Team }),
            condition: Some(if critical { Condition::Down } else { Condition::Degraded }),
            risks: Some(if critical { [Risk::Reputation].into() } else { Default::default() }),
            expertise: Some(Expertise::Outside),
            gut: Some(Gut::SomethingIsWrong),
            ..Answers::default()
        };
        let assessed = IncidentEvent::Assessed { answers, advice: Advised::Escalate {}, severity, against_advice: None, path: None };
        record::append_filed(self.db, &self.agreed, incident, &assessed, at)?;
        Ok(id)
    }

    fn escalated(&self, id: IncidentId, path: &Path, ago: i64) -> Answer<()> {
        let plan = lookup::plan(self.db, path.id)?.ok_or(crate::store::StoreError::Missing)?;
        self.then(id, ago, Command::Escalate { by: self.agreed.desk.actor(), plan })
    }

    fn then(&self, id: IncidentId, ago: i64, command: Command) -> Answer<()> {
        let at = self.now.plus(-ago);
        record::command(self.db, &self.agreed, id, command, at)?;
        // It is long past: nothing of it is sent now.
        for delivery in deliveries::of(self.db, id)? {
            if delivery.state == DeliveryState::Queued {
                let standing = deliveries::Standing { state: DeliveryState::Accepted, words: "", next_attempt_at: None, provider_id: None };
                deliveries::stands(self.db, delivery.id, &standing, at)?;
            }
        }
        Ok(())
    }
}
