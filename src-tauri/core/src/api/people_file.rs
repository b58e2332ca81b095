//! People out of the files of other programs, and into them. What comes in says
//! first what it would change, comes in whole or not at all, and can be taken back.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rusqlite::Connection;
use std::collections::{BTreeMap, HashMap};

use super::directory::{NAME, checked_person, checked_team, fits};
use super::exchange::all_or_nothing;
use super::file::replace;
use super::types::{Import, ImportKind, PeopleColumns, PeopleFileFound};
use super::{Answer, Desk};
use crate::channel::catalogue::Catalogue;
use crate::channel::providers;
use crate::domain::channel::{AddressKind, ChannelSetup, Reach};
use crate::domain::contact;
use crate::domain::directory::{Method, Person, Team};
use crate::domain::id::{ChannelId, MethodId, PersonId, TeamId};
use crate::domain::presence::Presence;
use crate::domain::text::{clean_line, shorten};
use crate::domain::time::Instant;
use crate::engine::lookup;
use crate::error::{Failure, FailureCode};
use crate::formats::people::{PeopleFile, PersonRow, Refused, Said};
use crate::formats::{csv, vcard};
use crate::host::Change;
use crate::store::{channels, people, teams};

/// A desk knows whom it calls, not the whole company.
const MOST: usize = 5_000;

/// The largest file that is opened, in bytes.
const LARGEST: usize = 50 * 1024 * 1024;

/// An address of a file, and what it may be used for: that somebody has a number does
/// not mean that a messenger knows it.
type Ways = (AddressKind, &'static [Reach]);
const MAIL: Ways = (AddressKind::Mail, &[Reach::Mail]);
const PHONE: Ways = (AddressKind::Phone, &[Reach::Text, Reach::Phone]);

/// Lines that are listed with what is wrong with them; of the others their number.
const LISTED: usize = 200;

impl Desk {
    /// What a file of people is, for whoever says what its columns mean. `data` is
    /// the whole file in base64; whether the first line of a table is somebody too is
    /// guessed where it is not said.
    pub async fn open_people_file(&self, data: String, first_is_person: Option<bool>) -> Answer<PeopleFileFound> {
        let file = opened(data, first_is_person).await?;
        let catalogue = self.catalogue();
        let (mail, phone) = self.read(move |db| Ok((through(db, &catalogue, &MAIL)?, through(db, &catalogue, &PHONE)?))).await?;
        let mut notes = Vec::new();
        if mail.is_none() {
            notes.push("There is no channel for mail yet, so mail addresses are left out. Set one up under Channels first.".into());
        }
        if phone.is_none() {
            notes.push("There is no channel for telephone numbers, so they are left out. Set one up under Channels first.".into());
        }
        Ok(PeopleFileFound {
            what: format!("{} in {}", file.words(), file.encoding),
            people: u32::try_from(file.len()).unwrap_or(u32::MAX),
            first_is_person: file.first_is_person,
            columns: file.columns(),
            notes,
        })
    }

    /// What the file would change, or, unless `try_only`, changes.
    pub async fn import_people(&self, data: String, columns: PeopleColumns, try_only: bool) -> Answer<Import> {
        let file = opened(data, columns.first_is_person).await?;
        if let Some(unknown) = columns.region.as_deref().filter(|region| !contact::is_region(region)) {
            let message = format!("\"{unknown}\" is no country. Write its two letters, such as DE, AT or GB, or leave it empty.");
            return Err(Failure::invalid("region", message));
        }
        let (rows, refused) = file.rows(&columns.fields);
        if rows.len() > MOST {
            let message = format!(
                "This file has {} people; Baton keeps {MOST} at most: those who can be called, not the whole company. Nothing was changed. \
                 Leave only them in the file.",
                rows.len()
            );
            return Err(Failure::invalid("file", message));
        }
        let now = self.now();
        let catalogue = self.catalogue();
        self.write([Change::Directory], move |db| {
            let mut found = Import::default();
            all_or_nothing(db, &mut found, try_only, |db, found| {
                let mut refused = refused;
                take_in(db, &catalogue, rows, columns.region.as_deref(), now, found, &mut refused)?;
                refused.sort_by_key(|one| one.line);
                found.refused = refused.iter().map(words).collect();
                Ok(())
            })?;
            let more = found.refused.len().saturating_sub(LISTED);
            found.refused.truncate(LISTED);
            if more > 0 {
                found.refused.push(format!("and {more} more lines"));
            }
            Ok(found)
        })
        .await
    }

    /// Writes everybody as a table and as address cards beside the database; returns
    /// where the table is.
    pub async fn save_people_files(&self) -> Answer<String> {
        let (people, teams) = self.read(|db| Ok((people::all(db)?, teams::all(db)?))).await?;
        let rows: Vec<PersonRow> = people.into_iter().filter(|person| !person.sample).map(|person| as_row(&person, &teams)).collect();
        let folder = self.engine.store.folder().to_path_buf();
        let table = folder.join("people.csv");
        let written = table.clone();
        let done = tokio::task::spawn_blocking(move || {
            replace(&folder.join("people.vcf"), vcard::write(&rows).as_bytes())?;
            replace(&table, as_table(&rows).as_bytes())
        });
        let done = done.await.map_err(|error| Failure::other(error.to_string()))?;
        done.map_err(|error| Failure::other(format!("The files could not be written ({error}). The directory is as it was.")))?;
        Ok(written.display().to_string())
    }
}

async fn opened(data: String, first_is_person: Option<bool>) -> Answer<PeopleFile> {
    if data.len() / 4 * 3 > LARGEST {
        return Err(Failure::invalid(
            "file",
            "This file is larger than 50 MB. Nothing was changed; leave only the people to be called in it.",
        ));
    }
    // A large file is not read on a thread others need.
    let read = tokio::task::spawn_blocking(move || {
        let bytes = STANDARD.decode(data).map_err(|_| Failure::invalid("file", "The file did not arrive whole. Choose it again."))?;
        let file = PeopleFile::open(&bytes, first_is_person);
        if !file.is_text {
            return Err(Failure::invalid(
                "file",
                "This is no text: choose a table (CSV), address cards (vCard) or an LDIF file. Nothing was changed.",
            ));
        }
        if bytes.is_empty() {
            return Err(Failure::invalid("file", "This file is empty. Nothing was changed."));
        }
        Ok(file)
    });
    read.await.map_err(|error| Failure::other(error.to_string()))?
}

fn words(refused: &Refused) -> String {
    format!("Line {}: {}", refused.line, refused.words)
}

/// The channel that addresses of this kind go to: one that sends by itself before calls by hand.
fn through(db: &Connection, catalogue: &Catalogue, (kind, reaches): &Ways) -> Answer<Option<ChannelId>> {
    let known = providers(catalogue);
    let fits = |setup: &ChannelSetup| {
        known.iter().any(|provider| provider.id == setup.provider && provider.address == *kind && reaches.contains(&provider.reach))
    };
    let mut all: Vec<ChannelSetup> = channels::all(db)?.into_iter().filter(|setup| setup.enabled && !setup.sample && fits(setup)).collect();
    all.sort_by_key(|setup| setup.provider == lookup::BY_HAND);
    Ok(all.first().map(|setup| setup.id))
}

/// Who is here already, by everything they can be known by.
struct Here {
    people: BTreeMap<PersonId, Person>,
    by_address: HashMap<String, PersonId>,
    by_name: HashMap<String, Vec<PersonId>>,
}

impl Here {
    fn read(db: &Connection) -> Answer<Self> {
        let mut here = Self { people: BTreeMap::new(), by_address: HashMap::new(), by_name: HashMap::new() };
        for person in people::all(db)?.into_iter().filter(|person| !person.sample) {
            here.know(person);
        }
        Ok(here)
    }

    fn know(&mut self, person: Person) {
        let addresses = person.methods.iter().map(|method| method.address.to_lowercase()).filter(|address| !address.is_empty());
        for address in addresses {
            self.by_address.entry(address).or_insert(person.id);
        }
        let known = self.by_name.entry(person.name.to_lowercase()).or_default();
        if !known.contains(&person.id) {
            known.push(person.id);
        }
        self.people.insert(person.id, person);
    }
}

fn take_in(
    db: &Connection,
    catalogue: &Catalogue,
    rows: Vec<PersonRow>,
    region: Option<&str>,
    now: Instant,
    found: &mut Import,
    refused: &mut Vec<Refused>,
) -> Answer<()> {
    let (mail, phone) = (through(db, catalogue, &MAIL)?, through(db, catalogue, &PHONE)?);
    let mut here = Here::read(db)?;
    let before = here.people.clone();
    let mut in_teams: BTreeMap<String, Vec<PersonId>> = BTreeMap::new();
    let mut lines: BTreeMap<PersonId, u64> = BTreeMap::new();
    for row in rows {
        let line = row.line;
        match one(&here, &row, region, mail, phone, now) {
            Ok((person, team, notes)) => {
                found.notes.extend(notes.into_iter().map(|note| format!("Line {}: {}", note.line, note.text)));
                match lines.get(&person.id) {
                    Some(first) => found
                        .notes
                        .push(format!("Line {line}: {} stands on line {first} too, and both are taken as one person", person.name)),
                    None => drop(lines.insert(person.id, line)),
                }
                if !team.is_empty() {
                    let members = in_teams.entry(team).or_default();
                    if !members.contains(&person.id) {
                        members.push(person.id);
                    }
                }
                here.know(person);
            }
            Err(why) => refused.push(why),
        }
    }
    let mut in_order: Vec<(u64, PersonId)> = lines.into_iter().map(|(id, line)| (line, id)).collect();
    in_order.sort_unstable();
    for (line, id) in in_order {
        let Some(person) = here.people.get(&id) else { continue };
        match checked_person(db, catalogue, person.clone()) {
            Ok(person) => {
                found.count(ImportKind::Person, &person.name, before.get(&id), &person);
                people::save(db, &person)?;
            }
            Err(failure) if failure.code == FailureCode::Invalid => refused.push(Refused { line, words: failure.message }),
            Err(failure) => return Err(failure),
        }
    }
    for (name, members) in in_teams {
        let known = teams::all(db)?.into_iter().find(|team| !team.sample && team.name.eq_ignore_ascii_case(&name));
        let mut team = known.clone().unwrap_or_else(|| Team { id: TeamId::new(now), name: name.clone(), people: vec![], sample: false });
        let new = members.into_iter().filter(|member| !team.people.contains(member)).collect::<Vec<_>>();
        team.people.extend(new);
        // Whoever was refused is not there; neither is the team then.
        if let Ok(team) = checked_team(db, team) {
            found.count(ImportKind::Team, &format!("the team {name}"), known.as_ref(), &team);
            teams::save(db, &team)?;
        }
    }
    Ok(())
}

/// The person a row tells of, somebody who is here already or somebody new, with
/// the team they are in and what is odd about them. What is wrong is said of its own line.
fn one(
    here: &Here,
    row: &PersonRow,
    region: Option<&str>,
    mail: Option<ChannelId>,
    phone: Option<ChannelId>,
    now: Instant,
) -> Result<(Person, String, Vec<Said>), Refused> {
    let (name, team) = (clean_line(&row.name), clean_line(&row.team));
    let of_name = |words: String| Refused { line: row.line, words };
    for text in [&name, &team] {
        fits("name", text).map_err(|failure| of_name(format!("{}: {}", shorten(text, 40), failure.message)))?;
    }
    if name.is_empty() {
        return Err(of_name("nobody is named".into()));
    }
    let mut addresses: Vec<(ChannelId, u64, String)> = Vec::new();
    let mut mails = Vec::new();
    for Said { line, text } in &row.mails {
        let address = contact::mail_address(text).map_err(|words| Refused { line: *line, words })?;
        mails.push(address.to_lowercase());
        addresses.extend(mail.map(|channel| (channel, *line, address)));
    }
    for Said { line, text } in &row.phones {
        let number = contact::phone_number(text, region).map_err(|words| {
            let unplaced = region.is_none() && words.contains("no country code");
            let more = if unplaced { " Or say which country numbers without one belong to." } else { "" };
            Refused { line: *line, words: format!("{words}{more}") }
        })?;
        addresses.extend(phone.map(|channel| (channel, *line, number)));
    }
    let mut notes = Vec::new();
    for (_, line, address) in addresses.iter().filter(|(.., address)| !here.by_address.contains_key(&address.to_lowercase())) {
        notes.extend(contact::phone_doubt(address).map(|doubt| Said { line: *line, text: format!("{name}: {doubt}") }));
    }
    let same_name = |id: &PersonId| here.people.get(id).is_some_and(|person| person.name.to_lowercase() == name.to_lowercase());
    let mut known = None;
    for (_, line, address) in &addresses {
        let Some(id) = here.by_address.get(&address.to_lowercase()) else { continue };
        let other = here.people.get(id).map_or("somebody", |person| person.name.as_str());
        if same_name(id) {
            known = Some(*id);
        } else if address.contains('@') {
            return Err(Refused {
                line: *line,
                words: format!("{address} is {other}'s already, and this is {name}. Which of the two is it?"),
            });
        } else {
            let text = format!("{name} and {other} have the same number, {}", contact::spoken_phone(address));
            notes.push(Said { line: *line, text });
        }
    }
    let namesakes = here.by_name.get(&name.to_lowercase()).map_or(0, Vec::len);
    if known.is_none() && namesakes > 1 {
        return Err(of_name(format!("there are {namesakes} people named {name} here, and nothing in this line tells which of them it is")));
    }
    if known.is_none()
        && let [only] = here.by_name.get(&name.to_lowercase()).map_or(&[][..], Vec::as_slice)
    {
        let theirs = here.people.get(only).into_iter().flat_map(|person| &person.methods);
        let other_mail =
            theirs.map(|method| method.address.to_lowercase()).find(|address| address.contains('@') && !mails.contains(address));
        if let Some(other) = other_mail.filter(|_| !mails.is_empty()) {
            return Err(of_name(format!(
                "{name} is here already with another address, {other}. If it is the same person, write that address in the file too; if not, tell the two names apart."
            )));
        }
        known = Some(*only);
    }
    let mut person = known.and_then(|id| here.people.get(&id).cloned()).unwrap_or_else(|| Person {
        id: PersonId::new(now),
        name,
        role: String::new(),
        presence: Presence::default(),
        methods: vec![],
        sequences: BTreeMap::new(),
        sample: false,
    });
    let role = clean_line(&row.role);
    if !role.is_empty() {
        person.role = shorten(&role, NAME);
        if person.role != role {
            notes.push(Said { line: row.line, text: format!("what {} does takes more than {NAME} characters, and is cut", person.name) });
        }
    }
    for (channel, _, address) in addresses {
        if person.methods.iter().all(|method| method.address.to_lowercase() != address.to_lowercase()) {
            let id = MethodId::new(now);
            person.methods.push(Method { id, channel, address, proven_at: None, proven_by: None, wrong_since: None });
        }
    }
    Ok((person, team, notes))
}

fn as_row(person: &Person, teams: &[Team]) -> PersonRow {
    let addresses = |mail: bool| {
        person.methods.iter().map(|method| &method.address).filter(move |address| !address.is_empty() && address.contains('@') == mail)
    };
    // It has no line before it is written.
    let written = |text| Said { line: 0, text };
    PersonRow {
        line: 0,
        name: person.name.clone(),
        role: person.role.clone(),
        mails: addresses(true).cloned().map(written).collect(),
        phones: addresses(false).map(|number| written(contact::spoken_phone(number))).collect(),
        team: teams.iter().find(|team| team.people.contains(&person.id)).map_or_else(String::new, |team| team.name.clone()),
    }
}

/// As many columns for mail and telephone as somebody has addresses. A number has nothing
/// but digits and spaces in it, so that other programs take it for one.
fn as_table(rows: &[PersonRow]) -> String {
    let (mails, phones) = rows.iter().fold((1, 1), |(mails, phones), row| (row.mails.len().max(mails), row.phones.len().max(phones)));
    let mut columns = vec!["Name", "Role", "Team"];
    columns.extend(std::iter::repeat_n("Mail", mails).chain(std::iter::repeat_n("Phone", phones)));
    let padded = |cells: &[Said], to: usize| {
        cells.iter().map(|cell| cell.text.clone()).chain(std::iter::repeat(String::new())).take(to).collect::<Vec<_>>()
    };
    let row = |row: &PersonRow| {
        let first = [row.name.clone(), row.role.clone(), row.team.clone()];
        let numbers =
            padded(&row.phones, phones).into_iter().map(|number| if number.starts_with('+') { number.replace('-', " ") } else { number });
        [first.to_vec(), padded(&row.mails, mails), numbers.collect()].concat()
    };
    csv::write(&columns, &rows.iter().map(row).collect::<Vec<_>>())
}
