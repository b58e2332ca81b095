//! Files that say more than words: from the draft to the mail, and everything that is none.

use baton_core::api::types::{Action, FileSent, IncidentView, Joining};
use baton_core::domain::attachment::{Attachment, ContentHash};
use baton_core::domain::delivery::DeliveryState;
use baton_core::domain::directory::Service;
use baton_core::domain::id::IncidentId;
use baton_tests::http_sink::HttpSink;
use baton_tests::smtp_sink::{ReceivedMail, SmtpBehaviour, SmtpSink, SmtpStep};
use baton_tests::world::World;
use image::{ImageFormat, Rgb, RgbImage};
use mail_parser::{HeaderValue, MessageParser, MimeHeaders};
use sha2::{Digest, Sha256};

/// A screenshot of this colour.
pub fn png(red: u8) -> Vec<u8> {
    written(red, ImageFormat::Png)
}

fn written(red: u8, format: ImageFormat) -> Vec<u8> {
    let mut bytes = std::io::Cursor::new(Vec::new());
    RgbImage::from_pixel(60, 40, Rgb([red, 80, 80])).write_to(&mut bytes, format).expect("a small image");
    bytes.into_inner()
}

/// A photo that knows where it was taken.
fn photo() -> Vec<u8> {
    let plain = written(9, ImageFormat::Jpeg);
    let knows = b"Exif\0\0II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0\x01\0\0\0\0\0\0\0GPSLatitude 52.5163 GPSLongitude 13.3777";
    let length = u16::try_from(knows.len() + 2).expect("short").to_be_bytes();
    [&plain[..2], &[0xff, 0xe1], &length, knows, &plain[2..]].concat()
}

pub fn hash(bytes: &[u8]) -> ContentHash {
    ContentHash::of(Sha256::digest(bytes).into())
}

async fn desk() -> (World, SmtpSink, Service) {
    let (world, mailbox) = (World::new().await, SmtpSink::start().await);
    let mail = world.mail(&mailbox).await;
    let marta = world.person("Marta", &[(mail, "marta@example.org")]).await;
    let shop = world.service("Shop", &[(&[&marta], 30)]).await;
    (world, mailbox, shop)
}

/// Name and content of every file in a mail.
fn files(mail: &ReceivedMail) -> Vec<(String, Vec<u8>)> {
    let parsed = MessageParser::default().parse(&mail.bytes).expect("a mail");
    let each = parsed.attachments().map(|part| (part.attachment_name().unwrap_or_default().to_string(), part.contents().to_vec()));
    each.collect()
}

fn header(mail: &ReceivedMail, name: &str) -> String {
    let parsed = MessageParser::default().parse(&mail.bytes).expect("a mail");
    match parsed.header(name.to_string()) {
        Some(HeaderValue::Text(text)) => text.to_string(),
        Some(HeaderValue::TextList(list)) => list.join(" "),
        other => panic!("{name} is {other:?}"),
    }
}

/// What is said of the files of the latest message.
pub fn sent(incident: &IncidentView) -> Vec<(String, String, bool)> {
    let said = |one: &FileSent| (one.name.clone(), one.words.clone(), one.failed);
    incident.deliveries.last().expect("something was sent").files.iter().map(said).collect()
}

fn kept_files(world: &World) -> usize {
    std::fs::read_dir(world.folder.path().join("attachments"))
        .map_or(0, |files| files.filter(|file| file.as_ref().expect("a file").path().is_file()).count())
}

#[tokio::test]
async fn what_is_attached_follows_the_mail_whole_by_its_name_and_without_where_it_was_taken() {
    let (world, mailbox, shop) = desk().await;
    let mut draft = world.draft("Checkout fails for everybody", &shop).await;
    let screenshot = world.attach(&mut draft, "Störung – „Kasse 3“.png", &png(200)).await;
    let photo = photo();
    let taken = world.attach(&mut draft, "IMG_0042.JPG", &photo).await;
    let log = world.attach(&mut draft, "app.log", b"12:41 ERROR no connection\n12:42 gave up\r\n.\n").await;
    let id = world.desk.escalate(draft).await.expect("escalated");
    world.settle().await;

    let mails = mailbox.wait_for(2).await;
    assert_eq!(files(&mails[0]), [], "the message goes first, and by itself");
    assert!(
        mails[0].text().contains("Attached: Störung – „Kasse 3“.png (291 bytes), IMG_0042.JPG"),
        "and says what follows: {}",
        mails[0].text()
    );
    let arrived = files(&mails[1]);
    let hashes: Vec<(&str, ContentHash)> = arrived.iter().map(|(name, bytes)| (name.as_str(), hash(bytes))).collect();
    let attached = [&screenshot, &taken, &log].map(|one| (one.name.as_str(), one.hash.clone()));
    assert_eq!(hashes, attached, "each arrives to the byte, by its own name");
    assert!(photo.windows(3).any(|part| part == b"GPS"), "the photo knew where it was taken");
    let bare = &arrived[1].1;
    assert!(!bare.windows(3).any(|part| part == b"GPS") && !bare.windows(4).any(|part| part == b"Exif"), "and tells nobody");
    assert_eq!(header(&mails[1], "In-Reply-To"), header(&mails[0], "Message-ID"), "they lie below the message");
    assert_eq!(header(&mails[1], "Auto-Submitted"), "auto-generated", "and no machine answers them");
    let incident = world.incident(id).await;
    assert!(sent(&incident).iter().all(|(_, words, failed)| words == "sent" && !failed), "{:?}", sent(&incident));
    assert_eq!(incident.incident.attachments, [screenshot, taken, log], "the incident knows them too");
    assert!(incident.timeline.iter().any(|line| line.words.ends_with("attached 3 files")), "and its timeline");
}

#[tokio::test]
async fn a_message_waits_for_no_file_and_fails_with_none() {
    let (world, mailbox, shop) = desk().await;
    let mut draft = world.draft("Checkout fails for everybody", &shop).await;
    world.attach(&mut draft, "error.png", &png(200)).await;
    let id = world.desk.escalate(draft).await.expect("escalated");
    world.engine.cycle().await.expect("a turn");
    world.engine.sends_end().await;
    mailbox.replies(SmtpStep::Content, "552 5.3.4 no attachments here");
    world.settle().await;

    let incident = world.incident(id).await;
    assert_eq!(incident.deliveries.len(), 1, "nobody is written to another way because of a file");
    assert_eq!(incident.deliveries[0].state, DeliveryState::Accepted, "the message has arrived");
    let (name, words, failed) = &sent(&incident)[0];
    assert!(*failed && name == "error.png" && words.contains("no attachments here"), "and what did not is said: {words}");

    // For a while only: it comes again by itself.
    mailbox.replies(SmtpStep::Content, "451 4.3.0 later");
    let mut draft = world.draft("Search is slow for everybody", &shop).await;
    world.attach(&mut draft, "slow.png", &png(90)).await;
    mailbox.behave();
    let id = world.desk.escalate(draft).await.expect("escalated");
    world.engine.cycle().await.expect("a turn");
    world.engine.sends_end().await;
    mailbox.once(SmtpStep::Content, SmtpBehaviour::Reply("451 4.3.0 later".into()));
    world.settle().await;
    let waiting = sent(&world.incident(id).await);
    assert!(waiting[0].1.starts_with("not sent yet: ") && waiting[0].1.contains("again"), "{waiting:?}");
    world.fast_forward(2).await;
    assert_eq!(sent(&world.incident(id).await)[0].1, "sent", "once the server takes it");
}

#[tokio::test]
async fn a_file_that_a_crash_cut_short_goes_again_under_the_same_name() {
    let (world, mailbox, shop) = desk().await;
    let mut draft = world.draft("Checkout fails for everybody", &shop).await;
    let kept = world.attach(&mut draft, "error.png", &png(200)).await;
    let id = world.desk.escalate(draft).await.expect("escalated");
    world.engine.cycle().await.expect("a turn");
    world.engine.sends_end().await;
    mailbox.once(SmtpStep::Data, SmtpBehaviour::Silence);
    world.engine.cycle().await.expect("a turn");
    mailbox.wait_for_misbehaviour(1).await;
    assert_eq!(sent(&world.incident(id).await)[0].1, "being sent");

    let world = world.restarted().await;
    world.settle().await;
    let mails = mailbox.wait_for(2).await;
    assert_eq!(hash(&files(&mails[1])[0].1), kept.hash, "it arrives after the restart");
    assert!(
        header(&mails[1], "Message-ID").starts_with("files."),
        "by a name that is the same at every try: {}",
        header(&mails[1], "Message-ID")
    );
    assert_eq!(sent(&world.incident(id).await)[0].1, "sent");
}

#[tokio::test]
async fn where_no_files_go_they_are_named_and_the_desk_has_them() {
    let (world, chat) = (World::new().await, HttpSink::start().await);
    let slack = world.slack(&chat).await;
    let marta = world.person("Marta", &[(slack, "")]).await;
    let shop = world.service("Shop", &[(&[&marta], 30)]).await;
    let mut draft = world.draft("Checkout fails for everybody", &shop).await;
    world.attach(&mut draft, "error.png", &png(200)).await;
    let considered = world.desk.consider(draft.clone()).await.expect("considered");
    assert_eq!(considered.messages[0].with_files, Some(false), "which is seen before it is sent");
    let id = world.desk.escalate(draft).await.expect("escalated");
    world.settle().await;
    let said = String::from_utf8(chat.wait_for(1).await[0].body.clone()).expect("text");
    assert!(said.contains("error.png (291 bytes); at the desk"), "{said}");
    assert_eq!(sent(&world.incident(id).await), [("error.png".into(), "named only: no files go this way".into(), false)]);
}

#[tokio::test]
async fn what_comes_later_goes_with_the_next_news_and_only_that() {
    let (world, mailbox, shop) = desk().await;
    let mut draft = world.draft("Checkout fails for everybody", &shop).await;
    let first = world.attach(&mut draft, "error.png", &png(200)).await;
    let id = world.desk.escalate(draft).await.expect("escalated");
    world.settle().await;
    mailbox.wait_for(2).await;

    let later = world.keeps("error.png", &png(10), std::slice::from_ref(&first)).await.expect("taken");
    assert_eq!(later.name, "error (2).png", "each can be told from the others");
    world.act(id, Action::Attach { attachments: vec![later.clone()] }).await;
    assert_eq!(world.timeline(id).await.last().map(String::as_str), Some("the desk attached a file"));
    assert_eq!(mailbox.mails().len(), 2, "by itself it rings nobody");
    world.act(id, Action::ShareUpdate { text: "It is the database".into() }).await;
    let mails = mailbox.wait_for(4).await;
    assert_eq!(hash(&files(&mails[3])[0].1), later.hash, "it goes with the news");
    assert_eq!(files(&mails[3]).len(), 1, "and what was sent before does not go again");

    world.act(id, Action::Attach { attachments: vec![later] }).await;
    assert_eq!(world.incident(id).await.incident.attachments.len(), 2, "a second click attaches nothing twice");
    world.act(id, Action::Resolve { cause: String::new(), fix: String::new(), follow_ups: vec![] }).await;
    let refused = world.desk.act(id, Action::Attach { attachments: vec![first] }).await.expect_err("it is over");
    assert!(refused.message.contains("Reopen"), "{}", refused.message);
}

#[tokio::test]
async fn what_a_second_report_shows_comes_to_the_incident_it_joins() {
    let (world, mailbox, shop) = desk().await;
    let id = world.escalates("Checkout fails for everybody", &shop).await;
    mailbox.wait_for(1).await;
    let mut draft = world.draft("Checkout fails in Graz too", &shop).await;
    let kept = world.attach(&mut draft, "graz.png", &png(60)).await;
    world.desk.join(Joining { draft, into: id, share: true, raise: None }).await.expect("joined");
    world.settle().await;
    let mails = mailbox.wait_for(3).await;
    assert_eq!(hash(&files(&mails[2])[0].1), kept.hash, "it goes with the news of it");
    assert_eq!(world.incident(id).await.incident.attachments, [kept]);
}

#[tokio::test]
async fn a_draft_keeps_its_files_and_nobody_keeps_what_nothing_names() {
    let (world, mailbox, shop) = desk().await;
    let mut draft = world.draft("Checkout fails for everybody", &shop).await;
    let kept = world.attach(&mut draft, "error.png", &png(200)).await;
    world.desk.save_draft(draft.clone()).await.expect("saved");
    let mut discarded = world.draft("Nothing, after all", &shop).await;
    world.attach(&mut discarded, "other.png", &png(10)).await;
    world.attach(&mut discarded, "the same as hers.png", &png(200)).await;
    assert_eq!(kept_files(&world), 2, "the same content is one file, whoever attached it");
    world.desk.save_draft(discarded.clone()).await.expect("saved");
    world.desk.discard_draft(discarded.id).await.expect("discarded");
    assert_eq!(kept_files(&world), 2, "while Baton runs it can be taken back");

    let world = world.restarted().await;
    assert_eq!(kept_files(&world), 1, "after that it is gone");
    let draft = world.desk.draft(draft.id).await.expect("read").expect("the draft is there");
    assert_eq!(draft.attachments, std::slice::from_ref(&kept), "with its file");
    let shown = world.desk.show_file(kept.clone()).await.expect("asked");
    assert_eq!(shown.size, "291 bytes");
    assert!(shown.image.expect("there is something to see").starts_with("data:image/png;base64,"), "the page may show it");
    let id = world.desk.escalate(draft).await.expect("escalated");
    world.settle().await;
    assert_eq!(hash(&files(&mailbox.wait_for(2).await[1])[0].1), kept.hash);

    let world = world.restarted().await;
    assert_eq!(kept_files(&world), 1, "what an incident names stays");
    let copy = world.desk.copy_attachment(kept.clone()).await.expect("a copy to open");
    assert_eq!(
        (copy.file_name().and_then(|name| name.to_str()), hash(&std::fs::read(&copy).expect("read"))),
        (Some("error.png"), kept.hash.clone())
    );
    // Somebody cleared the folder.
    std::fs::remove_dir_all(world.folder.path().join("attachments")).expect("gone");
    missing(&world, id, &kept, &mailbox).await;
}

/// A file that is gone from the data folder stops nothing.
async fn missing(world: &World, id: IncidentId, kept: &Attachment, mailbox: &SmtpSink) {
    assert_eq!(world.desk.show_file(kept.clone()).await.expect("asked").image, None, "there is nothing to see");
    let later = Attachment { hash: hash(b"never kept"), name: "gone.png".into(), ..kept.clone() };
    world.act(id, Action::Attach { attachments: vec![later] }).await;
    world.act(id, Action::ShareUpdate { text: "It is the database".into() }).await;
    assert!(mailbox.wait_for(3).await[2].text().contains("It is the database"), "the news goes");
    let incident = world.incident(id).await;
    let gone = incident.deliveries.iter().flat_map(|one| &one.files).find(|file| file.name == "gone.png");
    let FileSent { words, failed, .. } = gone.expect("it is said");
    assert!(*failed && words.contains("could not be read from the data folder"), "{words}");
}

#[tokio::test]
async fn whatever_is_none_is_refused_in_plain_words_and_nothing_of_it_is_kept() {
    let (world, _mailbox, shop) = desk().await;
    let refused = async |name: &str, bytes: &[u8]| world.keeps(name, bytes, &[]).await.expect_err(name).message;
    let huge = world.desk.may_attach("dump.log".into(), 2_000_000_000, vec![]).await.expect_err("2 GB");
    assert_eq!(
        huge.message,
        "dump.log was not attached: it is 2 GB, and a file may be at most 10 MB. Attach the part that matters, or say in the description where it lies."
    );
    // A kilobyte of zeros that unpacks to a gigabyte begins as any archive.
    assert!(refused("bomb.txt", b"PK\x03\x04\x14\0\0\0\x08\0 42.zip").await.contains("it is an archive"));
    assert!(refused("setup.png", b"MZ\x90\0\x03\0\0\0").await.contains("it is a program or a script"));
    assert!(refused("run.log", b"#!/bin/sh\nrm -rf /\n").await.contains("it is a program or a script"));
    assert!(refused("screenshot.png", b"\x89PNG\r\n\x1a\nnot quite").await.contains("begins like a PNG image, but is none"));
    assert!(refused("screenshot.png", b"a letter").await.contains("is called a PNG image and is none"));
    assert!(refused("empty.log", b"").await.contains("it is empty"));
    let mut bomb = png(1);
    bomb[16..24].copy_from_slice(&[0, 1, 0, 0, 0, 1, 0, 0]);
    let words = refused("bomb.png", &bomb).await;
    assert!(words.contains("PNG image"), "one that says it is 65,536 dots wide and high is refused like any other: {words}");
    assert_eq!(kept_files(&world), 0, "nothing of it is kept");

    let mut draft = world.draft("Checkout fails for everybody", &shop).await;
    world.attach(&mut draft, "error.png", &png(200)).await;
    let twice = world.keeps("again.png", &png(200), &draft.attachments).await.expect_err("the same");
    assert_eq!(twice.message, "again.png was not attached: the same is attached already as error.png.");
    // Nobody gets around the limits by saying that something is there already.
    let many: Vec<Attachment> = (0..30_u8).map(|at| Attachment { hash: hash(&[at]), ..draft.attachments[0].clone() }).collect();
    draft.attachments = many;
    let id = world.desk.escalate(draft).await.expect("and no file keeps anybody from escalating");
    assert_eq!(world.incident(id).await.incident.attachments.len(), 20, "as many as may be");
}

#[tokio::test]
async fn a_damaged_database_costs_no_attached_file() {
    let (world, _mailbox, shop) = desk().await;
    let mut draft = world.draft("Checkout fails for everybody", &shop).await;
    world.attach(&mut draft, "error.png", &png(200)).await;
    world.desk.escalate(draft).await.expect("escalated");
    let folder = world.folder.clone();
    drop(world);
    for suffix in ["-wal", "-shm"] {
        drop(std::fs::remove_file(folder.path().join(format!("baton.db{suffix}"))));
    }
    std::fs::write(folder.path().join("baton.db"), b"this is no database at all, and longer than a header would be").expect("written");
    let world = World::at(folder.path()).await;
    assert_eq!(kept_files(&world), 1, "what the damaged one named is still there when somebody mends it");
}

#[tokio::test]
async fn files_that_have_no_room_where_a_draft_would_be_joined_keep_it_from_being_joined() {
    let (world, _mailbox, shop) = desk().await;
    let mut full = world.draft("Checkout fails for everybody", &shop).await;
    for red in 0..20 {
        world.attach(&mut full, &format!("{red}.png"), &png(red)).await;
    }
    let id = world.desk.escalate(full).await.expect("escalated");
    let mut draft = world.draft("Checkout fails in Graz too", &shop).await;
    world.attach(&mut draft, "graz.png", &png(99)).await;
    world.desk.save_draft(draft.clone()).await.expect("saved");
    let refused = world.desk.join(Joining { draft: draft.clone(), into: id, share: true, raise: None }).await.expect_err("no room");
    assert!(refused.message.contains("graz.png"), "it says which file: {}", refused.message);
    assert!(world.desk.draft(draft.id).await.expect("read").is_some(), "and the draft is still there");
    assert_eq!(world.incident(id).await.row.reports, 1, "nothing of it was taken");
}
