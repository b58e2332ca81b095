//! One table for all channels: the same happening is the same outcome.

use std::collections::BTreeSet;
use std::sync::Arc;

use baton_core::channel::catalogue::Catalogue;
use baton_core::channel::{Channel, Outcome, carries_files, providers};
use baton_tests::authority::Authority;
use baton_tests::http_sink::{HttpBehaviour, HttpSink};
use baton_tests::nobody::Nobody;
use baton_tests::smtp_sink::{SmtpBehaviour, SmtpSecurity, SmtpSink, SmtpStep};

use crate::desk::{Desk, Kind, envelope, kind, mail_channel, message, once_read};
use crate::entries::{ENTRIES, OneWay};
use crate::interface::{INTERFACES, Interface, JSM, MATRIX, NTFY, PAGERDUTY, PUSHOVER, SLACK, TELEGRAM, TWILIO_CALL, TWILIO_TEXT};

/// What may happen at any provider, whatever it speaks.
#[derive(Clone, Copy, Debug)]
enum Happening {
    TakesIt,
    SaysNotNow,
    SaysNever,
    SaysTheSenderMayNot,
    BreaksOffAfterReading,
    NeverAnswersAfterReading,
    NobodyListens,
    NoSuchHost,
    CertificateOfAStranger,
    CertificateForAnotherName,
    CertificateThatExpired,
    NoEncryptionWhereItIsWanted,
}

const TABLE: [(Happening, Kind, &str); 12] = [
    (Happening::TakesIt, Kind::Accepted, ""),
    (Happening::SaysNotNow, Kind::Temporary, "come back later"),
    (Happening::SaysNever, Kind::Permanent, "nobody of that name"),
    (Happening::SaysTheSenderMayNot, Kind::Permanent, "not you"),
    (Happening::BreaksOffAfterReading, Kind::Uncertain, "may have arrived"),
    (Happening::NeverAnswersAfterReading, Kind::Uncertain, "may have arrived"),
    (Happening::NobodyListens, Kind::Temporary, "refused the connection"),
    (Happening::NoSuchHost, Kind::Temporary, "nowhere.invalid was not found"),
    (Happening::CertificateOfAStranger, Kind::Permanent, "nobody this computer trusts"),
    (Happening::CertificateForAnotherName, Kind::Permanent, "another name"),
    (Happening::CertificateThatExpired, Kind::Permanent, "cannot be trusted: it has expired"),
    (Happening::NoEncryptionWhereItIsWanted, Kind::Permanent, "does not speak TLS"),
];

#[tokio::test]
async fn the_same_happening_is_the_same_outcome_by_every_provider_of_the_catalogue() {
    for one in ENTRIES {
        conforms(|happening| by_entry(one, happening)).await;
    }
}

#[tokio::test]
async fn the_same_happening_is_the_same_outcome_by_slack() {
    conforms(|happening| over_http(&SLACK, happening)).await;
}

#[tokio::test]
async fn the_same_happening_is_the_same_outcome_by_jira() {
    conforms(|happening| over_http(&JSM, happening)).await;
}

#[tokio::test]
async fn the_same_happening_is_the_same_outcome_by_matrix() {
    conforms(|happening| over_http(&MATRIX, happening)).await;
}

#[tokio::test]
async fn the_same_happening_is_the_same_outcome_by_ntfy() {
    conforms(|happening| over_http(&NTFY, happening)).await;
}

#[tokio::test]
async fn the_same_happening_is_the_same_outcome_by_pagerduty() {
    conforms(|happening| over_http(&PAGERDUTY, happening)).await;
}

#[tokio::test]
async fn the_same_happening_is_the_same_outcome_by_pushover() {
    conforms(|happening| over_http(&PUSHOVER, happening)).await;
}

#[tokio::test]
async fn the_same_happening_is_the_same_outcome_by_telegram() {
    conforms(|happening| over_http(&TELEGRAM, happening)).await;
}

#[tokio::test]
async fn the_same_happening_is_the_same_outcome_by_twilio() {
    conforms(|happening| over_http(&TWILIO_TEXT, happening)).await;
    conforms(|happening| over_http(&TWILIO_CALL, happening)).await;
}

#[tokio::test]
async fn the_same_happening_is_the_same_outcome_by_mail() {
    conforms(mail_outcome).await;
}

#[test]
fn every_channel_with_a_server_has_its_line() {
    let catalogue = Catalogue::standard();
    let ids = |all: &mut dyn Iterator<Item = String>| all.collect::<BTreeSet<_>>();
    let there = ids(&mut providers(&catalogue).into_iter().map(|provider| provider.id));
    let one_way = ids(&mut catalogue.providers().map(|provider| provider.id.clone()));
    let mut lines = ids(&mut INTERFACES.iter().map(|one| one.provider.to_string()));
    // Mail has a table of its own; a call by hand, the desktop and a modem's folder are on this computer.
    lines.extend(["mail", "call", "desktop", "modem"].map(String::from));
    assert_eq!(ids(&mut there.difference(&one_way).cloned()), lines, "a channel without a line in interface.rs was never tried");
}

#[test]
fn a_channel_carries_files_exactly_where_it_is_said_to() {
    let desk = Desk::new();
    for one in INTERFACES {
        let channel = one.open(&desk, "http://127.0.0.1:9/", "");
        assert_eq!(channel.files().is_some(), carries_files(one.provider).is_some(), "{}: what is previewed is what goes", one.provider);
    }
    for one in ENTRIES {
        assert_eq!(carries_files(one.provider), None, "{}: a file of the catalogue describes a message and nothing else", one.provider);
    }
}

async fn conforms(happens: impl AsyncFn(Happening) -> Outcome) {
    for (happening, expected, part) in TABLE {
        let outcome = happens(happening).await;
        assert_eq!(kind(&outcome), expected, "{happening:?} came out as {outcome:?}");
        assert!(outcome.words().contains(part), "the person is told {part:?} at {happening:?}, but reads {:?}", outcome.words());
    }
}

async fn by_entry(one: &OneWay, happening: Happening) -> Outcome {
    let open = |desk: &Desk, url: &str, ca_file: &str| one.open(desk, url.trim_end_matches('/'), ca_file);
    outcome_of(&open, "", &one.answers_before().collect::<Vec<_>>(), one.taken(), happening).await
}

async fn over_http(kind: &Interface, happening: Happening) -> Outcome {
    let open = |desk: &Desk, url: &str, ca_file: &str| kind.open(desk, url, ca_file);
    outcome_of(&open, "/", &[], kind.taken(), happening).await
}

type Opens<'a> = &'a dyn Fn(&Desk, &str, &str) -> Arc<dyn Channel>;

async fn outcome_of(open: Opens<'_>, path: &str, before: &[HttpBehaviour], takes: HttpBehaviour, happening: Happening) -> Outcome {
    let (desk, ours) = (Desk::new(), Authority::new());
    let ca_file = ours.file().to_string_lossy().into_owned();
    let send = async |url: &str| open(&desk, url, &ca_file).send(&envelope(message())).await;
    let sink = HttpSink::start_encrypted(ours.server("localhost")).await;
    let url = sink.url(path);
    sink.next(before.to_vec());
    match happening {
        Happening::TakesIt => sink.always(takes),
        Happening::SaysNotNow => sink.always(HttpBehaviour::says(503, "come back later")),
        Happening::SaysNever => sink.always(HttpBehaviour::says(404, "nobody of that name")),
        Happening::SaysTheSenderMayNot => sink.always(HttpBehaviour::says(403, "not you")),
        Happening::BreaksOffAfterReading => sink.always(HttpBehaviour::ResetAfterReading),
        Happening::NeverAnswersAfterReading => {
            sink.always(HttpBehaviour::Silence);
            return once_read(open(&desk, &url, &ca_file), async || drop(sink.wait_for(before.len() + 1).await)).await;
        }
        Happening::NobodyListens => {
            let nobody = Nobody::listens();
            return send(&format!("https://localhost:{}/", nobody.port())).await;
        }
        Happening::NoSuchHost => return send("https://nowhere.invalid/hook").await,
        Happening::CertificateOfAStranger => {
            return send(&HttpSink::start_encrypted(Authority::new().server("localhost")).await.url("/")).await;
        }
        Happening::CertificateThatExpired => return send(&HttpSink::start_encrypted(ours.expired("localhost")).await.url("/")).await,
        Happening::CertificateForAnotherName => return send(&HttpSink::start_encrypted(ours.server("example.org")).await.url("/")).await,
        Happening::NoEncryptionWhereItIsWanted => {
            let mail = SmtpSink::start().await;
            return send(&format!("https://localhost:{}/", mail.port())).await;
        }
    }
    send(&url).await
}

async fn mail_outcome(happening: Happening) -> Outcome {
    let (desk, ours) = (Desk::new(), Authority::new());
    let ca_file = ours.file().to_string_lossy().into_owned();
    let send = async |host: &str, port: u16| mail_channel(&desk, host, port, "tls", &ca_file).send(&envelope(message())).await;
    let sink = SmtpSink::listen(SmtpSecurity::Tls(ours.server("localhost")), None).await;
    let port = sink.port();
    match happening {
        Happening::TakesIt => {}
        Happening::SaysNotNow => sink.replies(SmtpStep::Recipient, "450 4.2.1 come back later"),
        Happening::SaysNever => sink.replies(SmtpStep::Recipient, "550 5.1.1 nobody of that name"),
        Happening::SaysTheSenderMayNot => sink.replies(SmtpStep::Sender, "553 5.7.1 not you"),
        Happening::BreaksOffAfterReading => sink.at(SmtpStep::Content, SmtpBehaviour::Reset),
        Happening::NeverAnswersAfterReading => {
            sink.at(SmtpStep::Content, SmtpBehaviour::Silence);
            return once_read(mail_channel(&desk, "localhost", port, "tls", &ca_file), async || sink.wait_for_misbehaviour(1).await).await;
        }
        Happening::NobodyListens => {
            let nobody = Nobody::listens();
            return send("localhost", nobody.port()).await;
        }
        Happening::NoSuchHost => return send("nowhere.invalid", 465).await,
        Happening::CertificateOfAStranger => {
            let theirs = SmtpSink::listen(SmtpSecurity::Tls(Authority::new().server("localhost")), None).await;
            return send("localhost", theirs.port()).await;
        }
        Happening::CertificateForAnotherName => {
            let theirs = SmtpSink::listen(SmtpSecurity::Tls(ours.server("example.org")), None).await;
            return send("localhost", theirs.port()).await;
        }
        Happening::CertificateThatExpired => {
            let theirs = SmtpSink::listen(SmtpSecurity::Tls(ours.expired("localhost")), None).await;
            return send("localhost", theirs.port()).await;
        }
        Happening::NoEncryptionWhereItIsWanted => {
            let plain = SmtpSink::start().await;
            return send("localhost", plain.port()).await;
        }
    }
    send("localhost", port).await
}
