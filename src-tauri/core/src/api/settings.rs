//! The frame of the window, the desk itself, and what it has agreed.

use super::types::{Offline, Overview};
use super::{Answer, Desk, sample};
use crate::channel::{opens_rooms, providers};
use crate::domain::bridge::{Bridge, BridgePlan};
use crate::domain::channel::{AddressKind, ChannelSetup, ChannelTest, Provider, Reach};
use crate::domain::contact;
use crate::domain::currency::is_currency;
use crate::domain::desk::{DeskRules, DeskSettings};
use crate::domain::directory::Person;
use crate::domain::id::ChannelId;
use crate::domain::policy;
use crate::domain::room::RoomRules;
use crate::domain::severity::Severity;
use crate::domain::text::{clean_line, shorten};
use crate::domain::time::{Instant, MINUTE, spoken};
use crate::engine::lookup;
use crate::error::Failure;
use crate::host::{Change, Secret};
use crate::store::{channels, deliveries, drafts, incidents, notices, paths, people, services, settings};
use chrono_tz::Tz;
use std::collections::{BTreeMap, BTreeSet};

/// Two weeks of every path are not walked again for each change on the board.
const LOOKED_FOR_AGAIN: i64 = 5 * MINUTE;

impl Desk {
    pub async fn overview(&self) -> Answer<Overview> {
        let now = self.now();
        let secrets = self.engine.secrets.state();
        let mut conditions = self.conditions.lock().unwrap_or_else(std::sync::PoisonError::into_inner).clone();
        conditions.extend(self.engine.trouble());
        let late = self.engine.lateness();
        let known = *self.holes.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let known = known.filter(|(at, _)| now.since(*at) < LOOKED_FOR_AGAIN).map(|(_, holes)| holes);
        let overview = self.read(move |db| {
            let desk = lookup::desk(db)?;
            conditions.extend(desk.zone_fault());
            let channels = channels::all(db)?;
            // A call by hand sends nothing that could be tested.
            let enabled = || channels.iter().filter(|setup| setup.enabled && setup.provider != lookup::BY_HAND);
            let people = people::all(db)?;
            let has_sample = settings::get::<bool>(db, "sample")?.unwrap_or(false);
            let set_up = settings::get::<DeskSettings>(db, "desk")?.is_some();
            let (holes, grave_holes) = match known {
                Some(known) => known,
                None => {
                    let found = lookup::holes(db, now)?;
                    (count(found.iter()), count(found.iter().filter(|hole| hole.grave)))
                }
            };
            let (open, overdue) = incidents::counts(db, now)?;
            let drafts = drafts::all(db)?.len();
            Ok(Overview {
                now,
                first_start: !set_up && people.is_empty() && services::all(db)?.is_empty() && !incidents::is_any(db)? && drafts == 0,
                holes,
                grave_holes,
                nobody_to_call: paths::all(db)?.is_empty(),
                has_sample,
                open,
                overdue,
                channels_failing: count(enabled().filter(|setup| setup.last_test.as_ref().is_some_and(|test| !test.worked))),
                channels_untested: count(enabled().filter(|setup| setup.last_test.is_none())),
                channels_total: count(enabled()),
                offline: offline(&channels, &people, &deliveries::waiting(db)?, desk.tz(), now),
                unread_notices: notices::unread(db)?,
                unfinished_drafts: u32::try_from(drafts).unwrap_or(u32::MAX),
                conditions,
                late,
                secrets,
                version: env!("CARGO_PKG_VERSION").into(),
                database: db.path().unwrap_or_default().into(),
                desk,
            })
        });
        let overview: Overview = overview.await?;
        if known.is_none() {
            let holes = (overview.holes, overview.grave_holes);
            *self.holes.lock().unwrap_or_else(std::sync::PoisonError::into_inner) = Some((now, holes));
        }
        Ok(overview)
    }

    pub async fn save_desk(&self, settings: DeskSettings) -> Answer<()> {
        let settings = checked(settings)?;
        self.write([Change::Settings], move |db| Ok(settings::put(db, "desk", &settings)?)).await
    }

    pub async fn rules(&self) -> Answer<DeskRules> {
        self.read(|db| Ok(lookup::rules(db)?)).await
    }

    /// What a new desk starts with, to go back to.
    #[must_use]
    pub fn standard_rules(&self) -> DeskRules {
        DeskRules::default()
    }

    /// Refuses rules by which an escalation could go wrong; the old ones stay.
    pub async fn save_rules(&self, mut rules: DeskRules) -> Answer<()> {
        rules.bridges = kept(&rules.bridges);
        if let Some(fault) = faults(&rules).into_iter().next() {
            return Err(Failure::invalid("rules", format!("{fault} The rules in force were not changed.")));
        }
        let catalogue = self.catalogue();
        self.write([Change::Settings], move |db| {
            let known = lookup::rules(db)?;
            if rules.rooms != known.rooms {
                rules.rooms = checked_rooms(rules.rooms, &channels::all(db)?, &providers(&catalogue))?;
            }
            let before = known.policy;
            if rules.policy != before {
                rules.policy.version = before.version + 1;
            }
            Ok(settings::put(db, "rules", &rules)?)
        })
        .await
    }

    pub async fn load_sample(&self) -> Answer<()> {
        let now = self.now();
        self.write([Change::Directory, Change::Channels, Change::Settings], move |db| sample::load(db, now)).await
    }

    /// Takes everything away that came with the sample, and nothing else.
    pub async fn remove_sample(&self) -> Answer<()> {
        self.write([Change::Directory, Change::Channels, Change::Settings, Change::Notices], sample::remove).await
    }

    pub async fn unlock_secrets(&self, passphrase: String) -> Answer<()> {
        if passphrase.chars().count() < 8 {
            return Err(Failure::invalid(
                "passphrase",
                "Use at least eight characters: this passphrase protects the passwords of your channels.",
            ));
        }
        let secrets = std::sync::Arc::clone(&self.engine.secrets);
        // Deriving the key takes a good part of a second by design.
        tokio::task::spawn_blocking(move || secrets.unlock(&Secret::new(passphrase)))
            .await
            .map_err(|_| Failure::other("The passwords could not be opened. Try again."))??;
        self.engine.tell([Change::Settings]);
        self.engine.wake();
        Ok(())
    }
}

fn checked(mut settings: DeskSettings) -> Answer<DeskSettings> {
    settings.me = shorten(&clean_line(&settings.me), 80);
    settings.name = shorten(&clean_line(&settings.name), 80);
    if !settings.phone.trim().is_empty() {
        settings.phone = contact::phone_number(&settings.phone, None).map_err(|words| Failure::invalid("phone", words))?;
    }
    if settings.reminder_day.is_some_and(|day| !(1..=7).contains(&day)) {
        return Err(Failure::invalid("reminder_day", "Choose a day of the week."));
    }
    if !(1..=3650).contains(&settings.stale_days) {
        return Err(Failure::invalid("stale_days", "After 1 to 3650 days (ten years)."));
    }
    settings.currency = clean_line(&settings.currency).to_uppercase();
    if settings.zone.parse::<chrono_tz::Tz>().is_err() {
        return Err(Failure::invalid(
            "zone",
            format!("\"{}\" is no time zone. Choose one such as Europe/Berlin.", clean_line(&settings.zone)),
        ));
    }
    if !is_currency(&settings.currency) {
        return Err(Failure::invalid("currency", "This is no currency's code. Write its three letters, such as EUR or USD."));
    }
    Ok(settings)
}

/// Each as it is kept, where nothing is wrong with it.
fn kept(bridges: &BridgePlan) -> BridgePlan {
    let each = |bridge: &Bridge| bridge.checked().unwrap_or_else(|_| bridge.clone());
    BridgePlan { critical: each(&bridges.critical), high: each(&bridges.high), medium: each(&bridges.medium), low: each(&bridges.low) }
}

/// Rooms as they can be opened; refused where none could be.
fn checked_rooms(rooms: RoomRules, channels: &[ChannelSetup], providers: &[Provider]) -> Answer<RoomRules> {
    let refused = |words: String| Failure::invalid("rooms", words);
    if rooms.severities.is_empty() {
        return Ok(RoomRules { standing: clean_line(&rooms.standing), ..rooms });
    }
    let setup = channels.iter().find(|setup| Some(setup.id) == rooms.channel);
    let setup = setup.ok_or_else(|| refused("Choose the channel by which rooms are opened.".into()))?;
    let kind = providers.iter().find(|one| one.id == setup.provider).map_or(AddressKind::None, |one| one.address.clone());
    if !matches!(setup.reach, Reach::Chat | Reach::Mail) {
        return Err(refused(format!("People cannot write to one another by {}: choose a chat, or mail.", setup.name)));
    }
    let standing = clean_line(&rooms.standing);
    if standing.is_empty() && !opens_rooms(&setup.provider) && kind != AddressKind::None {
        return Err(refused(format!("{} opens no rooms: name a channel that is there already.", setup.name)));
    }
    let standing = if standing.is_empty() { standing } else { kind.read(&standing).map_err(refused)? };
    Ok(RoomRules { standing, ..rooms })
}

fn faults(rules: &DeskRules) -> Vec<String> {
    let mut faults = policy::faults(&rules.policy);
    for severity in Severity::ALL {
        let word = severity.word();
        let reaches: &Vec<Reach> = rules.channels.of(severity);
        if reaches.is_empty() {
            faults.push(format!("{word} uses no channel at all: choose at least one."));
        }
        faults.extend(rules.bridges.of(severity).checked().err().map(|why| format!("The bridge of {word}: {why}")));
        let rhythm = &rules.rhythm;
        let longest = ("the longest interval between check-ins", rhythm.check_in_longest.of(severity));
        let asked = [("check-ins", rhythm.check_in.of(severity)), longest, ("acknowledgements", rhythm.acknowledgement.of(severity))];
        for (what, minutes) in asked {
            if !(1..=10_080).contains(minutes) {
                faults.push(format!("The minutes of {word} {what} must be between 1 and 10080 (a week)."));
            }
        }
    }
    let rhythm = &rules.rhythm;
    for (what, minutes) in [("grace", rhythm.grace), ("reminders", rhythm.reminder), ("alarms", rhythm.alarm), ("late steps", rhythm.stale)]
    {
        if !(1..=10_080).contains(&minutes) {
            faults.push(format!("The minutes of {what} must be between 1 and 10080 (a week)."));
        }
    }
    if !(100..=400).contains(&rhythm.check_in_stretch) {
        faults.push("Each interval between check-ins is 100 to 400 % of the one before it.".into());
    }
    for severity in Severity::ALL {
        if *rhythm.gather.of(severity) > 60 {
            faults.push(format!("What is {} is gathered for 60 minutes at most.", severity.word()));
        }
    }
    if rhythm.gather.critical != 0 {
        faults.push("Critical is never gathered: leave it at 0.".into());
    }
    faults.extend(rhythm.quiet.fault().map(String::from));
    faults
}

/// So long a failure is taken for the present state.
const FRESH: i64 = 30 * MINUTE;

/// Channels that need no network.
const NO_LINE: [&str; 3] = [lookup::BY_HAND, "desktop", "modem"];

/// Real messages were tried by every line that reaches somebody and by more than one
/// where there is more, and none got through. A line that nobody is reached by tells
/// nothing: no message would ever go by it.
fn offline(channels: &[ChannelSetup], people: &[Person], waiting: &BTreeMap<ChannelId, u32>, zone: Tz, now: Instant) -> Option<Offline> {
    let (without, with): (Vec<&ChannelSetup>, Vec<&ChannelSetup>) =
        channels.iter().filter(|setup| setup.enabled).partition(|setup| NO_LINE.contains(&setup.provider.as_str()));
    let methods = people.iter().flat_map(|person| &person.methods).filter(|method| method.wrong_since.is_none());
    let used: BTreeSet<ChannelId> = methods.map(|method| method.channel).chain(waiting.keys().copied()).collect();
    let lines: Vec<&ChannelSetup> = with.into_iter().filter(|setup| used.contains(&setup.id)).collect();
    // Where a message waits, a test that failed since does not say less than the message did.
    let for_real = |setup: &ChannelSetup, test: &ChannelTest| test.real || waiting.contains_key(&setup.id);
    let lately = |setup: &&ChannelSetup| {
        let test = setup.last_test.as_ref().filter(|test| now.since(test.at) < FRESH);
        test.map(|test| ChannelTest { real: for_real(setup, test), ..test.clone() })
    };
    let tried: Vec<ChannelTest> = lines.iter().filter_map(lately).collect();
    let failed = tried.iter().filter(|test| !test.worked && test.real);
    let waiting = waiting.values().sum();
    let enough = failed.clone().count() >= lines.len().min(2) && waiting > 0;
    let since = failed.map(|test| test.at).min().filter(|_| enough && tried.iter().all(|test| !test.worked))?;
    Some(Offline { since: spoken(since, now, zone), waiting, still_works: without.iter().map(|setup| setup.name.clone()).collect() })
}

fn count(items: impl Iterator) -> u32 {
    u32::try_from(items.count()).unwrap_or(u32::MAX)
}
