//! Tickets and mails as they come, in English and in German, and what is found in them.

use baton_core::domain::draft::Draft;
use baton_core::domain::facts::TriedResult;
use baton_core::domain::found::Filled;
use baton_core::domain::time::spoken;
use baton_core::error::FailureCode;
use baton_tests::world::World;

/// What is to be found; an empty text or `None` is nothing.
#[derive(Debug, Default, PartialEq)]
struct Expected {
    title: &'static str,
    place: &'static str,
    who: &'static str,
    reported_by: &'static str,
    began: &'static str,
    people: Option<u32>,
    cost: Option<u32>,
    tried: &'static [(&'static str, TriedResult)],
    ticket: &'static str,
}

const SERVICES: [&str; 6] = ["Web shop", "Kassensystem", "VPN", "Warehouse", "Payroll", "Exchange"];

/// It is Monday, 23 November 2026, 13:42 in Berlin.
fn tickets() -> Vec<(&'static str, Expected)> {
    use TriedResult::{CouldNot, Helped, MadeWorse, NoEffect};
    vec![
        (
            "From: Anna Weber <anna.weber@example.org>\nSent: Monday, November 23, 2026 1:35 PM\nTo: Service Desk <desk@example.org>\nSubject: Checkout in the web shop shows \"please try again\"\n\nHi team,\n\nsince about 1:20 pm nobody can pay in the web shop. Checkout shows \"please try again\" after the card number.\nRoughly 3,200 customers are affected; we lose about 10,000 EUR per hour.\n\nWe have already restarted the connection pool. That did not help.\n\nCan you please have a look?\n\nBest regards,\nAnna Weber\nE-commerce\nTel. +49 30 23125011\n",
            Expected {
                title: "Checkout in the web shop shows \"please try again\"",
                place: "Web shop",
                who: "",
                reported_by: "Anna Weber, +49 30 23125011",
                began: "13:20",
                people: Some(3200),
                cost: Some(10_000),
                tried: &[("We have already restarted the connection pool", NoEffect)],
                ticket: "",
            },
        ),
        (
            "Von: Jörg Müller <j.mueller@example.org>\nGesendet: Montag, 23. November 2026 09:12\nAn: Helpdesk\nBetreff: AW: [Ticket#2026112310000123] Kassen in Graz ohne Verbindung\n\nHallo zusammen,\n\nseit gestern 18:30 Uhr haben die Kassen in Graz keine Verbindung mehr zum Kassensystem. Betroffen sind rund 15 Kolleginnen und Kollegen.\nDer Router wurde bereits neu gestartet, leider ohne Erfolg.\n\nMit freundlichen Grüßen\nJörg Müller\nMobil: 0171 2345678\n\nVon: Helpdesk\nGesendet: Montag, 23. November 2026 08:00\nAn: Jörg Müller\nBetreff: [Ticket#2026112310000123] Kassen in Graz\n\nGuten Tag, seit wann besteht das Problem und wie viele Personen sind betroffen? Bitte nennen Sie uns auch 100 weitere Kunden.\n",
            Expected {
                title: "Kassen in Graz ohne Verbindung",
                place: "Kassensystem",
                who: "",
                reported_by: "Jörg Müller, 0171 2345678",
                began: "yesterday 18:30",
                people: Some(15),
                cost: None,
                tried: &[("Der Router wurde bereits neu gestartet, leider ohne Erfolg", NoEffect)],
                ticket: "Ticket#2026112310000123",
            },
        ),
        (
            "Number:\tINC0012345\nCaller:\tPriya Raman\nContact number:\t+44 20 7946 0018\nOpened:\t2026-11-23 13:15:22\nLocation:\tLeeds\nConfiguration item:\tWarehouse\nPriority:\t2 - High\nAffected users:\t40\nShort description:\tScanners in hall 3 drop off the network\nDescription:\tAll handheld scanners lose their connection every few minutes and nothing can be booked out.\nSince:\t12:50\nSteps taken:\n- Restarted access point AP-17: helped for a few minutes\n- Swapped the battery of two scanners: no effect\n",
            Expected {
                title: "Scanners in hall 3 drop off the network",
                place: "Warehouse",
                who: "",
                reported_by: "Priya Raman, +44 20 7946 0018",
                began: "12:50",
                people: Some(40),
                cost: None,
                tried: &[
                    ("Restarted access point AP-17: helped for a few minutes", Helped),
                    ("Swapped the battery of two scanners: no effect", NoEffect),
                ],
                ticket: "INC0012345",
            },
        ),
        (
            "Ticketnummer: SD-4711\nMelder: Tomasz Zieliński\nTelefon: 030 / 23 12 50 14\nStandort: Graz, Haus B\nBetroffener Dienst: Payroll\nKurzbeschreibung: Lohnlauf bricht ab\nBeschreibung: Der Lohnlauf bricht seit heute halb neun mit ORA-12541 ab. 1.200 Mitarbeitende bekommen sonst kein Gehalt.\nBereits versucht: Dienst neu gestartet, hat nicht geholfen\n",
            Expected {
                title: "Lohnlauf bricht ab",
                place: "Payroll",
                who: "",
                reported_by: "Tomasz Zieliński, 030 / 23 12 50 14",
                began: "08:30",
                people: Some(1200),
                cost: None,
                tried: &[("Dienst neu gestartet, hat nicht geholfen", NoEffect)],
                ticket: "SD-4711",
            },
        ),
        (
            "FYI, can somebody take this?\n\n-----Original Message-----\nFrom: Facility Hall 3\nSent: Monday, November 23, 2026 1:30 PM\nTo: Ben Okoro\nSubject: FW: Belt 4 stands\n\nBen,\nbelt 4 stopped at 13:05 and the whole shift (25 people) is waiting. It costs us $2.5k an hour.\nI tried to reset it at the panel but could not, the key is missing.\nCall me on +1 212 555 0147.\n\nThanks\nCarla Jones\n",
            Expected {
                title: "Belt 4 stands",
                place: "",
                who: "",
                reported_by: "Facility Hall 3, +1 212 555 0147",
                began: "13:05",
                people: Some(25),
                cost: None,
                tried: &[("I tried to reset it at the panel but could not, the key is missing", CouldNot)],
                ticket: "",
            },
        ),
        (
            "MIME-Version: 1.0\nMessage-ID: <77@example.org>\nDate: Mon, 23 Nov 2026 13:38:00 +0100\nFrom: =?utf-8?q?Ilse_Br=C3=A4ndl?= <ilse@example.org>\nTo: desk@example.org\nSubject: =?utf-8?q?VPN_f=C3=A4llt_alle_zehn_Minuten_aus?=\nContent-Type: text/html; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\n<html><head><style>p{color:red}</style></head><body><p>Guten Morgen,</p><p>seit 20 Minuten f&auml;llt das VPN alle zehn Minuten aus. Betroffen sind 85&nbsp;Mitarbeiter im Home-Office.</p><p>Ich habe mich bereits abgemeldet und neu angemeldet, danach wurde es schlimmer.</p><p>Viele Gr&uuml;&szlig;e<br>Ilse Br&auml;ndl<br>T +43 316 123456</p></body></html>\n",
            Expected {
                title: "VPN fällt alle zehn Minuten aus",
                place: "VPN",
                who: "",
                reported_by: "Ilse Brändl, +43 316 123456",
                began: "13:18",
                people: Some(85),
                cost: None,
                tried: &[("Ich habe mich bereits abgemeldet und neu angemeldet, danach wurde es schlimmer", MadeWorse)],
                ticket: "",
            },
        ),
        (
            "[EXTERNAL] This message was sent from outside your organisation.\n\nSubject: [JIRA] (OPS-2231) Mails to customers are delayed\n\nHello,\n\nMails from Exchange reach our customers about 40 minutes late since Friday 5 pm. Nobody has complained yet.\n\nKind regards\nMarc Dubois\n",
            Expected {
                title: "(OPS-2231) Mails to customers are delayed",
                place: "Exchange",
                who: "",
                reported_by: "Marc Dubois",
                began: "20 Nov 17:00",
                people: None,
                cost: None,
                tried: &[],
                ticket: "OPS-2231",
            },
        ),
        (
            "Hallo, im Webshop-Lager geht seit 13 Uhr nichts mehr, alle 12 Packplätze stehen. Das kostet ca. 5.000 € pro Stunde. Habe den Drucker schon geprüft, daran liegt es nicht. Bitte den Server neu starten! Rückruf unter 0316 / 88 77 66\n\nGesendet von meinem iPhone\n",
            Expected {
                title: "Hallo, im Webshop-Lager geht seit 13 Uhr nichts mehr, alle 12 Packplätze stehen. Das kostet ca. 5.000 € pro Stunde. Habe den Drucker schon geprüft, daran liegt es nicht. Bitte den Server neu…",
                place: "",
                who: "",
                reported_by: "0316 / 88 77 66",
                began: "13:00",
                people: None,
                cost: Some(5000),
                tried: &[("Habe den Drucker schon geprüft, daran liegt es nicht", NoEffect)],
                ticket: "",
            },
        ),
        (
            "Am 23.11.2026 um 13:20 schrieb Grafana <alerts@example.org>:\n> Subject: Latency on the warehouse API\n> \n> p99 latency on Warehouse is 12 s for the last 15 minutes.\n> 300 users are affected.\n",
            Expected {
                title: "Latency on the warehouse API",
                place: "Warehouse",
                who: "",
                reported_by: "",
                began: "13:27",
                people: Some(300),
                cost: None,
                tried: &[],
                ticket: "",
            },
        ),
        (
            "Problem: the intranet is slow\n\nIt has been slow since the update. Meeting about it at 15:00. Please restart the server if you can.\n",
            Expected {
                title: "the intranet is slow",
                place: "",
                who: "",
                reported_by: "",
                began: "",
                people: None,
                cost: None,
                tried: &[],
                ticket: "",
            },
        ),
    ]
}

async fn desk() -> World {
    let world = World::new().await;
    let call = world.by_hand().await;
    let marta = world.person("Marta", &[(call, "+49 30 1234567")]).await;
    for name in SERVICES {
        world.service(name, &[(&[&marta], 30)]).await;
    }
    let mut desk = world.desk.overview().await.expect("the overview").desk;
    desk.zone = "Europe/Berlin".into();
    world.desk.save_desk(desk).await.expect("saved");
    world
}

#[tokio::test]
async fn ten_tickets_in_two_languages_are_read_for_what_they_say_and_nothing_is_made_up() {
    let world = desk().await;
    let mut wrong = vec![];
    for (text, expected) in tickets() {
        let draft = world.desk.new_draft().await.expect("a draft");
        let read = world.desk.read_ticket(draft, text.into()).await.expect("read").draft;
        let facts = &read.facts;
        let ticket = facts.what.rsplit_once("\n\nTicket ").map_or("", |(_, number)| number);
        let began = facts.began_at.map(|began| spoken(began, world.now(), chrono_tz::Europe::Berlin)).unwrap_or_default();
        let tried: Vec<(&str, TriedResult)> = facts.tried.iter().map(|tried| (tried.what.as_str(), tried.result)).collect();
        let title = facts.what.lines().next().unwrap_or_default();
        let mut differs = |what: &str, found: &dyn std::fmt::Debug, wanted: &dyn std::fmt::Debug| {
            let (found, wanted) = (format!("{found:?}"), format!("{wanted:?}"));
            if found != wanted {
                wrong.push(format!("{}: {what} is {found}, not {wanted}", expected.title));
            }
        };
        differs("title", &title, &expected.title);
        differs("place", &facts.place, &expected.place);
        differs("who", &facts.who, &expected.who);
        differs("reported by", &facts.reported_by, &expected.reported_by);
        differs("began", &began, &expected.began);
        differs("people", &facts.people_affected, &expected.people);
        // Else it is what an hour of the service is known to cost, and no find.
        let cost = facts.cost_per_hour.filter(|_| read.found.contains(&Filled::Cost));
        differs("cost", &cost, &expected.cost);
        differs("tried", &tried, &expected.tried);
        differs("ticket", &ticket, &expected.ticket);
        differs("in the directory", &facts.service.is_some(), &SERVICES.contains(&expected.place));
        let said = |field| read.found.contains(&field);
        differs("marked", &(said(Filled::Reporter), said(Filled::Began)), &(!expected.reported_by.is_empty(), !expected.began.is_empty()));
        for absent in ["regards", "Grüßen", "iPhone", "Guten Tag, seit wann", "EXTERNAL", "color:red"] {
            differs(absent, &facts.what.contains(absent), &false);
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[tokio::test]
async fn money_in_another_currency_is_said_and_left_out() {
    let world = desk().await;
    let belt = tickets().into_iter().find(|(_, expected)| expected.title == "Belt 4 stands").expect("it is there").0;
    let read = world.desk.read_ticket(world.desk.new_draft().await.expect("a draft"), belt.into()).await.expect("read").draft;
    assert_eq!(read.left_out, ["The cost was left out: it is in USD, and this desk counts in EUR."]);
}

#[tokio::test]
async fn a_time_is_read_by_the_clock_of_whoever_wrote_it_and_it_is_said_by_which() {
    let world = desk().await;
    let read = |date: &'static str| {
        let mail = format!(
            "From: Priya Raman <priya@example.org>\nDate: {date}\nSubject: VPN drops\n\nThe VPN drops for the whole team here since 15:40.\n"
        );
        let desk = &world.desk;
        async move { desk.read_ticket(desk.new_draft().await.expect("a draft"), mail).await.expect("read").draft }
    };
    let began = |draft: &Draft| spoken(draft.facts.began_at.expect("it says when"), world.now(), chrono_tz::Europe::Berlin);
    let pune = read("Mon, 23 Nov 2026 16:20:00 +0530").await;
    assert_eq!(began(&pune), "11:10", "15:40 in Pune");
    assert_eq!(pune.left_out, ["When it began was read by the clock of whoever wrote it, UTC+05:30: that is 11:10 here."]);
    let here = read("Mon, 23 Nov 2026 13:40:00 +0100").await;
    assert_eq!((began(&here).as_str(), here.left_out.is_empty()), ("yesterday 15:40", true), "by the same clock nothing has to be said");
    let unsaid = read("Mon, 23 Nov 2026 12:40:00 -0000").await;
    assert_eq!(
        (began(&unsaid).as_str(), unsaid.left_out.is_empty()),
        ("yesterday 15:40", true),
        "a mail that states no zone is read by the desk's"
    );
}

#[tokio::test]
async fn whoever_reported_it_is_not_said_to_be_affected() {
    let world = desk().await;
    let mail = "From: Anna Weber <anna@example.org>\nSubject: Belt 4 stands\nAffected: The whole of hall 3\n\nIt stands since 13:20.\n";
    let mut draft = world.desk.read_ticket(world.desk.new_draft().await.expect("a draft"), mail.into()).await.expect("read").draft;
    assert_eq!((draft.facts.who.as_str(), draft.facts.reported_by.as_str()), ("The whole of hall 3", "Anna Weber"));
    draft.facts.place = "Hall 3".into();
    let id = world.desk.carry_on(draft, 20).await.expect("tried");
    world.edit(id, false, |facts| facts.reported_by = "Anna Weber, +49 30 23125011".into()).await;
    let lines = world.timeline(id).await;
    assert!(lines.iter().any(|line| line.ends_with("changed who reported it")), "{lines:?}");
}

#[tokio::test]
async fn what_somebody_has_typed_stays_and_what_is_no_ticket_changes_nothing() {
    let world = desk().await;
    let mut draft: Draft = world.desk.new_draft().await.expect("a draft");
    draft.facts.reported_by = "Ben from next door".into();
    let (text, _) = tickets().swap_remove(1);
    let read = world.desk.read_ticket(draft.clone(), text.into()).await.expect("read");
    assert_eq!(read.draft.facts.reported_by, "Ben from next door", "not overwritten");
    assert!(read.filling.kept.contains(&Filled::Reporter) && !read.draft.found.contains(&Filled::Reporter), "and not marked as found");
    assert!(world.desk.draft(draft.id).await.expect("read").is_none(), "reading a ticket keeps nothing");

    let nothing = world.desk.read_ticket(draft.clone(), " \n\u{200b}\n".into()).await.expect("read");
    assert!(nothing.filling.filled.is_empty() && nothing.draft.facts == draft.facts);
    let log = "2026-11-23 13:40:01 ERROR connection refused\n".repeat(20_000);
    let refused = world.desk.read_ticket(draft, log).await.expect_err("a log file is no ticket");
    assert_eq!(refused.code, FailureCode::Invalid, "{}", refused.message);
}
