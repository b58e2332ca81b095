//! Calendars of other programs: absences and turns out of them, a rotation into one.

use baton_core::domain::rotation::{Rotation, ShiftChange};
use baton_core::domain::time::{DAY, HOUR};
use baton_tests::smtp_sink::SmtpSink;
use baton_tests::world::World;

fn calendar(events: &[&str]) -> String {
    let event = |lines: &&str| format!("BEGIN:VEVENT\r\nUID:{}\r\nDTSTAMP:20261101T000000Z\r\n{lines}\r\nEND:VEVENT\r\n", lines.len());
    format!("BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\n{}END:VCALENDAR\r\n", events.iter().map(event).collect::<String>())
}

#[tokio::test]
async fn holidays_come_out_of_a_calendar_without_what_is_over() {
    let world = World::new().await;
    world.person("Ben Okoro", &[]).await;
    let text = calendar(&[
        "DTSTART;VALUE=DATE:20260701\r\nDTEND;VALUE=DATE:20260715\r\nSUMMARY:Summer",
        "DTSTART;VALUE=DATE:20261221\r\nDTEND;VALUE=DATE:20261228\r\nSUMMARY:Christmas",
        "DTSTART;VALUE=DATE:20261207\r\nDTEND;VALUE=DATE:20261209\r\nSUMMARY:Holiday Ben Okoro",
        "DTSTART:20261201T090000Z\r\nDTEND:20261201T093000Z\r\nSUMMARY:Weekly meeting",
        "DTSTART:20261202T090000Z\r\nDTEND:20261202T120000Z\r\nSUMMARY:Ana Ruiz at the dentist",
    ]);
    let found = world.desk.absences_from_calendar(text, "Ana Ruiz".into()).await.expect("read");
    let likely: Vec<(&str, bool)> = found.iter().map(|one| (one.title.as_str(), one.likely)).collect();
    let expected = [("Weekly meeting", false), ("Ana Ruiz at the dentist", true), ("Holiday Ben Okoro", false), ("Christmas", true)];
    assert_eq!(likely, expected, "summer is over; a meeting is none, and Ben's holiday is not hers");
    assert_eq!(found[3].to.since(found[3].from), 7 * DAY);
    let refused = world.desk.absences_from_calendar("Name,Mail".into(), String::new()).await.expect_err("no calendar");
    assert!(refused.message.contains("no calendar file") && refused.message.contains("Nothing was changed"), "{}", refused.message);
}

#[tokio::test]
async fn a_calendar_of_turns_becomes_a_rotation_and_goes_out_as_one() {
    let (world, mailbox) = (World::new().await, SmtpSink::start().await);
    let mail = world.mail(&mailbox).await;
    let ana = world.person("Ana Ruiz", &[(mail, "ana@example.org")]).await;
    let ben = world.person("Ben Okoro", &[(mail, "ben@example.org")]).await;
    let text = calendar(&[
        "DTSTART:20261123T120000Z\r\nDTEND:20261123T180000Z\r\nSUMMARY:On call\r\nATTENDEE:mailto:ana@example.org",
        "DTSTART:20261123T180000Z\r\nDTEND:20261124T080000Z\r\nSUMMARY:On call: Ben Okoro (nights)",
    ]);
    let shifts = world.desk.shifts_from_calendar(text).await.expect("read");
    let who: Vec<ShiftChange> = shifts.iter().map(|shift| shift.change).collect();
    assert_eq!(who, [ShiftChange::Add { person: ana.id }, ShiftChange::Add { person: ben.id }], "by her address, and by his name");

    let mut rotation: Rotation = world.rotation("Databases", &[&ana]).await;
    (rotation.layers, rotation.overrides) = (vec![], shifts);
    world.desk.save_rotation(rotation.clone()).await.expect("turns as agreed are a rotation too");
    let on_call = world.desk.directory().await.expect("the directory").on_call;
    assert_eq!(on_call[&rotation.id], [ana.id], "it is 12:42, and hers until 18:00");

    let file = world.desk.save_rotation_calendar(rotation.id).await.expect("written");
    let written = std::fs::read_to_string(&file).expect("there");
    let first = written.clone();
    let back = world.desk.shifts_from_calendar(written).await.expect("read back");
    assert_eq!(back.len(), 2, "each turn is an event of its person");
    assert_eq!((back[1].to.since(back[1].from), back[1].change), (14 * HOUR, ShiftChange::Add { person: ben.id }));
    world.clock.set(world.now().plus(HOUR));
    let later = world.desk.save_rotation_calendar(rotation.id).await.expect("written again");
    let identities = |text: &str| text.lines().filter(|line| line.starts_with("UID")).map(str::to_string).collect::<Vec<_>>();
    let again = std::fs::read_to_string(later).expect("there");
    assert_eq!(identities(&again), identities(&first), "the turn under way is the same event an hour later");

    let strangers = calendar(&["DTSTART:20261124T120000Z\r\nDTEND:20261124T180000Z\r\nSUMMARY:On call: Zed"]);
    let refused = world.desk.shifts_from_calendar(strangers).await.expect_err("nobody knows Zed");
    assert!(refused.message.contains("\"On call: Zed\""), "{}", refused.message);
}
