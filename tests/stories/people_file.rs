//! People out of the files of other programs, and into them.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use baton_core::api::types::{Import, ImportKind, PeopleColumns};
use baton_core::domain::directory::Person;
use baton_core::error::{Failure, FailureCode};
use baton_core::formats::people::PeopleField;
use baton_tests::smtp_sink::SmtpSink;
use baton_tests::world::World;

/// A desk with mail and calls by hand.
async fn desk() -> (World, SmtpSink) {
    let (world, mailbox) = (World::new().await, SmtpSink::start().await);
    world.mail(&mailbox).await;
    (world, mailbox)
}

/// What importing comes to, with the columns as they are guessed.
async fn import(world: &World, bytes: &[u8], try_only: bool) -> Result<Import, Failure> {
    let data = STANDARD.encode(bytes);
    let found = world.desk.open_people_file(data.clone(), None).await?;
    let fields = found.columns.iter().map(|column| column.guess).collect();
    let columns = PeopleColumns { fields, first_is_person: found.first_is_person, region: Some("DE".into()) };
    world.desk.import_people(data, columns, try_only).await
}

async fn people(world: &World) -> Vec<Person> {
    world.desk.directory().await.expect("the directory").people
}

fn addresses(person: &Person) -> Vec<&str> {
    person.methods.iter().map(|method| method.address.as_str()).collect()
}

#[tokio::test]
async fn whoever_wrote_the_table_its_people_come_in() {
    let table = "Vorname;Nachname;Funktion;E-Mail;Mobil;Abteilung\r\nJörg;Müller;Datenbanken;joerg@example.org;0171 1234567;DB\r\n";
    let utf16: Vec<u8> = [0xFF, 0xFE].into_iter().chain(table.encode_utf16().flat_map(u16::to_le_bytes)).collect();
    let windows: Vec<u8> = table.chars().map(|sign| u8::try_from(u32::from(sign)).expect("western European")).collect();
    for (what, bytes) in [
        ("UTF-8", table.as_bytes().to_vec()),
        ("UTF-8 with a mark", format!("\u{feff}{table}").into_bytes()),
        ("UTF-16", utf16),
        ("Windows-1252", windows),
    ] {
        let (world, _mailbox) = desk().await;
        let found = import(&world, &bytes, false).await.expect(what);
        assert_eq!(found.refused, Vec::<String>::new(), "{what}");
        let people = people(&world).await;
        assert_eq!((people[0].name.as_str(), people[0].role.as_str()), ("Jörg Müller", "Datenbanken"), "{what}");
        assert_eq!(
            addresses(&people[0]),
            ["joerg@example.org", "+491711234567"],
            "{what}: a number without its country is the desk's country's"
        );
        let teams = world.desk.directory().await.expect("the directory").teams;
        assert_eq!((teams[0].name.as_str(), teams[0].people.as_slice()), ("DB", &[people[0].id][..]), "{what}: and a team is made of them");
    }
}

#[tokio::test]
async fn a_list_of_nothing_but_names_loses_nobody() {
    let (world, _mailbox) = desk().await;
    import(&world, "Ana Ruiz\nBen Okoro\nCaro Lind\n".as_bytes(), false).await.expect("imported");
    let names: Vec<String> = people(&world).await.into_iter().map(|person| person.name).collect();
    assert_eq!(names, ["Ana Ruiz", "Ben Okoro", "Caro Lind"], "the first line is somebody too");

    let data = STANDARD.encode("Kolleginnen\nDora Fein\n");
    let columns = |first| PeopleColumns { fields: vec![PeopleField::Name], first_is_person: Some(first), region: None };
    let guessed = world.desk.open_people_file(data.clone(), None).await.expect("opened");
    assert_eq!((guessed.first_is_person, guessed.people), (Some(true), 2), "rather somebody too many than one too few: it is seen");
    let told = world.desk.open_people_file(data.clone(), Some(false)).await.expect("opened");
    assert_eq!(
        (told.people, told.columns[0].heading.as_str(), told.columns[0].examples.as_slice()),
        (1, "Kolleginnen", &["Dora Fein".to_string()][..])
    );
    let shown = |first| world.desk.import_people(data.clone(), columns(first), true);
    assert_eq!(shown(true).await.expect("looked at").added, ["Kolleginnen", "Dora Fein"]);
    assert_eq!(shown(false).await.expect("looked at").added, ["Dora Fein"], "what is shown follows what was said of the first line");
}

#[tokio::test]
async fn it_is_looked_at_first_comes_in_once_and_can_be_taken_back() {
    let (world, _mailbox) = desk().await;
    let table = b"Name,Mail\nAna Ruiz,ana@example.org\nBen Okoro,ben@example.org\n";
    let shown = import(&world, table, true).await.expect("looked at");
    assert_eq!((shown.added.len(), people(&world).await.len()), (2, 0), "looking changes nothing");
    import(&world, table, false).await.expect("imported");
    let again = import(&world, table, false).await.expect("imported again");
    assert_eq!((again.added.len(), again.changed.len(), again.same), (0, 0, 2), "nobody is there twice");
    let more = import(&world, b"Name,Mail,Phone\nAna Ruiz,ANA@example.org,+49 30 23125011\n", false).await.expect("imported");
    assert_eq!(more.changed, ["Ana Ruiz"], "known by her address, she has a number now");
    assert_eq!(addresses(&people(&world).await[0]), ["ana@example.org", "+493023125011"]);
    world.desk.undo_import().await.expect("taken back");
    assert_eq!(addresses(&people(&world).await[0]), ["ana@example.org"], "and now she has not");
}

#[tokio::test]
async fn people_and_teams_are_counted_apart_and_what_is_odd_is_said() {
    let (world, _mailbox) = desk().await;
    let table = "Name,Mail,Phone,Team,Role\nAna Ruiz,ana@example.org,+49 151 11111,Night shift,\nBen Okoro,ben@example.org,,Night shift,"
        .to_string();
    let found = import(&world, format!("{table}{}\n", "r".repeat(200)).as_bytes(), false).await.expect("imported");
    assert_eq!(found.added.len(), 3, "two people and their team: {:?}", found.added);
    assert_eq!(found.added_of, [(ImportKind::Person, 2), (ImportKind::Team, 1)].into(), "each counted as what it is");
    assert!(found.notes.contains(&"Line 2: Ana Ruiz: +49 15111111 does not look like a number that exists".into()), "{:?}", found.notes);
    assert!(found.notes.contains(&"Line 3: what Ben Okoro does takes more than 120 characters, and is cut".into()), "{:?}", found.notes);
    let empty = import(&world, b"Name,Mail\n", true).await.expect("looked at");
    assert_eq!((empty.added.len(), empty.changed.len(), empty.same), (0, 0, 0), "headings are nobody, and nobody is here already");
    let long = import(&world, format!("Name,Team\nCaro,{}\n", "t".repeat(121)).as_bytes(), false).await.expect("looked at");
    assert!(long.refused[0].starts_with("Line 2: ttt") && long.refused[0].contains("up to 120 are kept"), "{:?}", long.refused);
}

#[tokio::test]
async fn with_one_line_refused_nothing_comes_in_and_each_says_why() {
    let (world, _mailbox) = desk().await;
    let marta = world.person("Marta Vogel", &[]).await;
    import(&world, b"Name,Mail\nAna Ruiz,ana@example.org\n", false).await.expect("imported");
    let table = "Name,Mail,Phone\n\
        Ben Okoro,ben at example,\n\
        ,nobody@example.org,\n\
        Caro Lind,ana@example.org,\n\
        Ana Ruiz,other@example.org,\n\
        Dora Fein,dora@example.org,call me maybe\n\
        Emil Ott,emil@example.org,,surplus\n";
    let found = import(&world, table.as_bytes(), false).await.expect("looked through");
    let expected = [
        "Line 2: \"ben at example\" has no @",
        "Line 3: nobody is named",
        "Line 4: ana@example.org is Ana Ruiz's already, and this is Caro Lind",
        "Line 5: Ana Ruiz is here already with another address, ana@example.org",
        "Line 6: \"call me maybe\" is no phone number",
        "Line 7: 4 cells",
    ];
    assert_eq!(found.refused.len(), expected.len(), "{:#?}", found.refused);
    for (said, expected) in found.refused.iter().zip(expected) {
        assert!(said.starts_with(expected), "{said}");
    }
    let names: Vec<String> = people(&world).await.into_iter().map(|person| person.name).collect();
    assert_eq!(names, ["Ana Ruiz", &marta.name], "not one of them came in");
}

#[tokio::test]
async fn what_is_wrong_in_a_card_is_said_of_its_own_line() {
    let (world, _mailbox) = desk().await;
    world.person("Marta Vogel", &[]).await;
    let cards = "BEGIN:VCARD\r\nVERSION:4.0\r\nFN:Ana Ruiz\r\nTITLE:databases\r\nEMAIL:ana@example.org\r\nEMAIL;TYPE=home:ana at home\r\nEND:VCARD\r\n\
        BEGIN:VCARD\r\nVERSION:3.0\r\nN:Okoro;Ben;;;\r\nFN:Ben Okoro\r\nNOTE:folded\r\n  twice\r\nitem1.TEL;TYPE=cell:call me maybe\r\nEND:VCARD\r\n\
        BEGIN:VCARD\r\nVERSION:4.0\r\nFN:\r\nEMAIL:nobody@example.org\r\nEND:VCARD\r\n\
        BEGIN:VCARD\r\nVERSION:4.0\r\nFN:Caro Lind\r\n";
    let found = import(&world, cards.as_bytes(), false).await.expect("looked through");
    let expected = [
        "Line 6: \"ana at home\" has no @",
        "Line 14: \"call me maybe\" is no phone number",
        "Line 18: nobody is named",
        "Line 21: the card that begins here has no end",
    ];
    assert_eq!(found.refused.len(), expected.len(), "{:#?}", found.refused);
    for (said, expected) in found.refused.iter().zip(expected) {
        assert!(said.starts_with(expected), "the line of the property, not the first of its card: {said}");
    }
    let dump = "dn: uid=ana,dc=example\nobjectClass: person\ncn: Ana Ruiz\nmail: ana@example.org\nmobile: call me maybe\n";
    let found = import(&world, dump.as_bytes(), false).await.expect("looked through");
    assert!(found.refused[0].starts_with("Line 5: "), "and so in a dump of a directory server: {:?}", found.refused);
}

#[tokio::test]
async fn two_people_with_one_number_are_said_and_not_refused() {
    let (world, _mailbox) = desk().await;
    let found = import(&world, b"Name,Phone\nAna,+49 30 23125011\nBen,+49 30 23125011\n", false).await.expect("imported");
    assert_eq!(
        found.notes,
        ["Line 3: Ben and Ana have the same number, +49 30 23125011"],
        "a desk may have one telephone, or somebody copied a line"
    );
    assert_eq!(people(&world).await.len(), 2);
}

#[tokio::test]
async fn files_that_cannot_be_meant_are_refused_with_what_to_do() {
    let (world, _mailbox) = desk().await;
    let unclosed = import(&world, b"Name,Mail\nAna,\"ana@example.org\nBen,ben@example.org\n", false).await.expect("looked through");
    assert_eq!(unclosed.refused, ["Line 2: a quotation mark opens here and is never closed, so everything after it would be one cell"]);
    let mut company = String::from("Name,Mail\n");
    (0..100_000).for_each(|number| company.push_str(&format!("Somebody {number},s{number}@example.org\n")));
    let refused = import(&world, company.as_bytes(), false).await.expect_err("a desk does not call the whole company");
    assert_eq!(refused.code, FailureCode::Invalid);
    assert!(refused.message.contains("100000 people") && refused.message.contains("Nothing was changed"), "{}", refused.message);
    let refused = import(&world, b"", false).await.expect_err("an empty file");
    assert!(refused.message.contains("empty"), "{}", refused.message);
    assert!(people(&world).await.is_empty());
}

#[tokio::test]
async fn cards_and_directory_dumps_need_no_columns() {
    let (world, _mailbox) = desk().await;
    let cards = b"BEGIN:VCARD\r\nVERSION:3.0\r\nFN:Ana Ruiz\r\nEMAIL:ana@example.org\r\nTEL:+49 30 23125011\r\nEND:VCARD\r\n";
    import(&world, cards, false).await.expect("cards");
    let dump = b"dn: uid=ben,dc=example\nobjectClass: person\ncn: Ben Okoro\nmail: ben@example.org\n";
    import(&world, dump, false).await.expect("a dump");
    let all = people(&world).await;
    assert_eq!(all.iter().map(|person| person.name.as_str()).collect::<Vec<_>>(), ["Ana Ruiz", "Ben Okoro"]);
    assert_eq!(addresses(&all[0]), ["ana@example.org", "+493023125011"]);
}

#[tokio::test]
async fn what_goes_out_is_not_run_by_a_spreadsheet_and_comes_back_as_it_was() {
    let (world, mailbox) = desk().await;
    let (mail, call) = (world.mail(&mailbox).await, world.by_hand().await);
    world
        .person("=cmd|'/c calc'!A1", &[(mail, "a@example.org"), (mail, "b@example.org"), (call, "+493023125011"), (call, "+12015550123")])
        .await;
    let table = world.desk.save_people_files().await.expect("written");
    let written = std::fs::read(&table).expect("there");
    let text = String::from_utf8(written.clone()).expect("UTF-8");
    let runs = |cell: &str| cell.starts_with(['=', '+', '@']) && !["+49 30 23125011", "+1 201 555 0123"].contains(&cell);
    assert!(text.lines().skip(1).all(|line| line.split(',').all(|cell| !runs(cell.trim_start_matches('"')))), "{text}");
    assert!(text.contains(",+49 30 23125011,+1 201 555 0123\r\n"), "numbers are written as a telephone system takes them: {text}");
    let cards = std::fs::read_to_string(table.replace(".csv", ".vcf")).expect("the cards beside it");

    for (what, bytes) in [("the table", written), ("the cards", cards.into_bytes())] {
        let (other, _other_mailbox) = desk().await;
        import(&other, &bytes, false).await.expect(what);
        let person = people(&other).await.pop().expect("somebody");
        assert_eq!(person.name, "=cmd|'/c calc'!A1", "{what}");
        assert_eq!(addresses(&person), ["a@example.org", "b@example.org", "+493023125011", "+12015550123"], "{what}");
    }
}

#[tokio::test]
async fn nobody_is_here_twice_where_two_have_one_name() {
    let (world, mailbox) = desk().await;
    let mail = world.mail(&mailbox).await;
    world.person("Hans Meier", &[(mail, "h1@example.org")]).await;
    world.person("Hans Meier", &[(mail, "h2@example.org")]).await;
    let refused = import(&world, b"Name,Role\nHans Meier,databases\n", false).await.expect("looked through").refused;
    assert_eq!(refused, ["Line 2: there are 2 people named Hans Meier here, and nothing in this line tells which of them it is"]);
    import(&world, b"Name,Mail,Role\nHans Meier,h2@example.org,databases\n", false).await.expect("imported");
    let all = people(&world).await;
    let roles: Vec<(&str, &str)> = all.iter().map(|person| (person.methods[0].address.as_str(), person.role.as_str())).collect();
    assert!(roles.contains(&("h2@example.org", "databases")) && roles.len() == 2, "known by the address: {roles:?}");
}
