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
    let text = calendar(&[
        "DTSTART;VALUE=DATE:20260701\r\nDTEND;VALUE=DATE:20260715\r\nSUMMARY:Summer",
        "DTSTART;VALUE=DATE:20261221\r\nDTEND;VALUE=DATE:20261224\r\nSUMMARY:Christmas",
        "DTSTART;VALUE=DATE:20261224\r\nDTEND;VALUE=DATE:20261228\r\nSUMMARY:More of it",
    ]);
    let absences = world.desk.absences_from_calendar(text).await.expect("read");
    assert_eq!(absences.len(), 1, "summer is over, and what touches is one");
    assert_eq!(absences[0].to.since(absences[0].from), 7 * DAY);
    let refused = world.desk.absences_from_calendar("Name,Mail".into()).await.expect_err("no calendar");
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
    let back = world.desk.shifts_from_calendar(written).await.expect("read back");
    assert_eq!(back.len(), 2, "each turn is an event with its person's name");
    assert_eq!((back[1].to.since(back[1].from), back[1].change), (14 * HOUR, ShiftChange::Add { person: ben.id }));

    let strangers = calendar(&["DTSTART:20261124T120000Z\r\nDTEND:20261124T180000Z\r\nSUMMARY:On call: Zed"]);
    let refused = world.desk.shifts_from_calendar(strangers).await.expect_err("nobody knows Zed");
    assert!(refused.message.contains("\"On call: Zed\""), "{}", refused.message);
}
