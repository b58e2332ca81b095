//! What a mail in the desk's inbox means, whoever and whatever wrote it.

use baton_core::channel::inbound::{Arrived, From};
use baton_core::domain::message::Purpose;
use baton_core::domain::response::{self, Response};
use baton_tests::replies::{Reply, header_of, receipt, report};
use baton_tests::smtp_sink::ReceivedMail;

use crate::inbox::Post;

const ILSE: &str = "ilse@example.org";

/// What is heard of these mails in an inbox, one after the other.
async fn heard(write: impl Fn(&ReceivedMail) -> Vec<Vec<u8>>) -> Vec<Option<Arrived>> {
    let post = Post::sent().await;
    let mut all = Vec::new();
    let mut cursor = None;
    for mail in write(&post.mail) {
        post.inbox.deliver(mail);
        let heard = post.hear(cursor).await;
        cursor = heard.cursor;
        all.push(heard.arrivals.into_iter().next().map(|arrival| arrival.what));
    }
    all
}

fn said(what: Option<Arrived>) -> String {
    match what {
        Some(Arrived::Said { by: From::Address(address), text }) if address == ILSE => text,
        other => panic!("Ilse wrote it herself, but it was heard as {other:?}"),
    }
}

#[tokio::test]
async fn words_are_read_in_whatever_letters_and_wrapping_they_come() {
    let cases: &[(&str, &str, &[u8])] = &[
        ("text/plain; charset=utf-8", "8bit", "Ich übernehme, schaue mir den Pool an.".as_bytes()),
        ("text/plain; charset=iso-8859-1", "8bit", b"Ich \xfcbernehme, schaue mir den Pool an."),
        ("text/plain; charset=iso-8859-1", "quoted-printable", b"Ich =FCbernehme, schaue mir den=\r\n Pool an."),
        ("text/plain; charset=utf-8", "quoted-printable", b"Ich =c3=bcbernehme, schaue mir den Pool an."),
        ("text/plain; charset=windows-1252", "base64", b"SWNoIPxiZXJuZWhtZSwgc2NoYXVlIG1pciBkZW4gUG9vbCBh\r\nbi4="),
        // Labels that are wrong, unknown, or not there at all.
        ("text/plain; charset=us-ascii", "8bit", "Ich übernehme, schaue mir den Pool an.".as_bytes()),
        ("text/plain; charset=utf-8", "8bit", b"Ich \xfcbernehme, schaue mir den Pool an."),
        ("text/plain; charset=iso-8859-1", "8bit", "Ich übernehme, schaue mir den Pool an.".as_bytes()),
        ("text/plain; charset=x-klingon", "8bit", b"Ich \xfcbernehme, schaue mir den Pool an."),
        ("text/plain", "8bit", b"Ich \xfcbernehme, schaue mir den Pool an."),
        // Base64 that is none.
        ("text/plain; charset=utf-8", "base64", "Ich übernehme, schaue mir den Pool an.".as_bytes()),
        (
            "text/plain; charset=utf-16",
            "base64",
            b"/v8ASQBjAGgAIAD8AGIAZQByAG4AZQBoAG0AZQAsACAAcwBjAGgAYQB1AGUAIABtAGkAcgAgAGQAZQBuACAAUABvAG8AbAAgAGEAbgAu",
        ),
        ("text/plain; charset=utf-8; format=flowed", "8bit", "Ich übernehme, \r\nschaue mir \r\nden Pool an.".as_bytes()),
        ("text/plain; charset=utf-8; format=flowed; delsp=yes", "8bit", "Ich über \r\nnehme, schaue mir den Po \r\nol an.".as_bytes()),
        (
            "text/html; charset=utf-8",
            "8bit",
            "<html><body><p>Ich &uuml;bernehme, schaue\r\n mir den <i>Pool</i> an.</p></body></html>".as_bytes(),
        ),
    ];
    let all = heard(|mail| {
        cases
            .iter()
            .enumerate()
            .map(|(at, (kind, encoding, content))| {
                Reply::to(mail, ILSE).header("Message-ID", &format!("<{at}@client.example.org>")).part(kind, encoding, content)
            })
            .collect()
    })
    .await;
    for (what, (kind, encoding, _)) in all.into_iter().zip(cases) {
        let reading = response::read(&said(what), Purpose::Alert, &["7KQ4"]);
        assert_eq!(reading.words, "Ich übernehme, schaue mir den Pool an.", "{kind}, {encoding}");
        assert_eq!(reading.response, Some(Response::OnIt), "{kind}, {encoding}");
    }
}

#[tokio::test]
async fn what_mail_programs_quote_is_not_what_somebody_wrote() {
    let quoted = "Please take this over. Answer this message with “on it”, “not me” or “call me”.";
    let pages = [
        // Gmail, Apple, Thunderbird, Outlook on the web, Outlook, Yahoo.
        format!(
            "<div dir=\"ltr\">Not me</div><br><div class=\"gmail_quote\"><div dir=\"ltr\" class=\"gmail_attr\">On Mon, Desk &lt;<a href=\"mailto:d@e.org\">d@e.org</a>&gt; wrote:<br></div><blockquote class=\"gmail_quote\">{quoted}</blockquote></div>"
        ),
        format!(
            "<html><body>Not me<div><br><blockquote type=\"cite\"><div>On 23 Nov 2026, Desk wrote:</div><div>{quoted}</div></blockquote></div></body></html>"
        ),
        format!(
            "<p>Not me</p><div class=\"moz-cite-prefix\">Am 23.11.26 um 13:45 schrieb Desk:<br></div><blockquote type=\"cite\" cite=\"mid:1\">{quoted}</blockquote>"
        ),
        format!(
            "<div>Not me</div><div id=\"appendonsend\"></div><hr style=\"width:98%\"><div id=\"divRplyFwdMsg\"><b>From:</b> Desk<br><b>Sent:</b> Monday</div><div>{quoted}</div>"
        ),
        format!(
            "<div class=WordSection1><p class=MsoNormal>Not me<o:p></o:p></p><div style='border-top:solid #E1E1E1 1.0pt'><p><b>From:</b> Desk &lt;d@e.org&gt;<br><b>Sent:</b> Monday</p></div><p>{quoted}</p></div>"
        ),
        format!(
            "<div>Not me</div><div id=\"yahoo_quoted_1\" class=\"yahoo_quoted\"><div>On Monday, Desk wrote:</div><div>{quoted}</div></div>"
        ),
        // Below.
        format!(
            "<div class=\"moz-cite-prefix\">On 23/11/26, Desk wrote:<br></div><blockquote type=\"cite\">{quoted}</blockquote><p>Not me</p>"
        ),
    ];
    let texts = [
        format!("Not me\r\n\r\nOn Mon, 23 Nov 2026, Service desk <\r\ndesk@example.org> wrote:\r\n\r\n> {quoted}\r\n"),
        format!("On Mon, 23 Nov 2026, Service desk wrote:\r\n> {quoted}\r\n\r\nNot me\r\n-- \r\nIlse\r\nOn it, since 1998"),
        format!("Not me\r\n\r\n-----Original Message-----\r\nFrom: Desk\r\n{quoted}\r\n"),
        format!("Not me\r\n________________________________\r\nVon: Desk\r\n{quoted}\r\n"),
        format!("Not me\r\n\r\nVon: Desk <desk@example.org>\r\nGesendet: Montag\r\n\r\n{quoted}\r\n"),
    ];
    let all = heard(|mail| {
        let reply = |at: usize| Reply::to(mail, ILSE).header("Message-ID", &format!("<{at}@client.example.org>"));
        let pages = pages.iter().enumerate().map(|(at, page)| reply(at).part("text/html; charset=utf-8", "8bit", page.as_bytes()));
        let texts = texts.iter().enumerate().map(|(at, text)| reply(100 + at).text(text));
        pages.chain(texts).collect()
    })
    .await;
    for (what, written) in all.into_iter().zip(pages.iter().chain(&texts)) {
        let reading = response::read(&said(what), Purpose::Alert, &["7KQ4"]);
        assert_eq!((reading.response, reading.words.as_str()), (Some(Response::NotMe), "Not me"), "{written}");
    }
}

#[tokio::test]
async fn the_plain_half_of_a_mail_is_read_and_what_hangs_on_it_is_not() {
    let picture = "iVBORw0KGgo".repeat(200_000);
    let all = heard(|mail| {
        let mixed = format!(
            "--b\r\nContent-Type: multipart/alternative; boundary=a\r\n\r\n--a\r\nContent-Type: text/plain\r\n\r\nOn it\r\n\
             --a\r\nContent-Type: text/html\r\n\r\n<p>On it</p>\r\n--a--\r\n\
             --b\r\nContent-Type: image/png\r\nContent-Transfer-Encoding: base64\r\n\r\n{picture}\r\n--b--\r\n"
        );
        let log = format!("On it\r\n{}", "0123456789 abcdef\r\n".repeat(200_000));
        let empty = "--a\r\nContent-Type: text/plain\r\n\r\n \r\n--a\r\nContent-Type: text/html\r\n\r\n<p>On it</p>\r\n--a--\r\n";
        let reply = |at: usize| Reply::to(mail, ILSE).header("Message-ID", &format!("<{at}@client.example.org>"));
        vec![
            reply(1).part("multipart/mixed; boundary=b", "7bit", mixed.as_bytes()),
            reply(2).text(&log),
            reply(3).part("multipart/alternative; boundary=a", "7bit", empty.as_bytes()),
        ]
    })
    .await;
    for what in all {
        let text = said(what);
        assert_eq!(response::read(&text, Purpose::Alert, &["7KQ4"]).response, Some(Response::OnIt), "{}", &text[..20.min(text.len())]);
        assert!(text.len() < 100 * 1024, "a mail of megabytes is not read whole: {}", text.len());
    }
}

#[tokio::test]
async fn whatever_a_machine_writes_is_a_machines() {
    let marks = [
        ("Auto-Submitted", "auto-replied"),
        ("Auto-Submitted", "auto-generated (rejected)"),
        ("Auto-Submitted", "Auto-Notified; owner-email=\"x@example.org\""),
        ("Return-Path", "<>"),
        ("Precedence", "bulk"),
        ("Precedence", "Junk"),
        ("Precedence", "auto_reply"),
        ("X-Autoreply", "yes"),
        ("X-Auto-Response-Suppress", "All"),
        ("List-Id", "<ops.example.org>"),
        ("List-Unsubscribe", "<mailto:leave@example.org>"),
    ];
    let all = heard(|mail| {
        let reply = |at: usize| Reply::to(mail, ILSE).header("Message-ID", &format!("<{at}@client.example.org>"));
        marks.iter().enumerate().map(|(at, (name, value))| reply(at).header(name, value).text("On it")).collect()
    })
    .await;
    for (what, mark) in all.into_iter().zip(marks) {
        assert!(matches!(&what, Some(Arrived::Automatic { from, text }) if from == ILSE && text == "On it"), "{mark:?}: {what:?}");
    }
    let all = heard(|mail| {
        let reply = |at: usize| Reply::to(mail, ILSE).header("Message-ID", &format!("<{at}@client.example.org>"));
        vec![
            reply(1).header("Auto-Submitted", "no").text("On it"),
            reply(2).header("Subject", "Out of office: back on Monday").text("On it"),
            reply(3).header("Precedence", "normal").text("On it"),
            reply(4).without("Return-Path").text("On it"),
        ]
    })
    .await;
    for what in all {
        assert_eq!(said(what), "On it", "what people write is theirs, whatever the subject says");
    }
}

#[tokio::test]
async fn bounces_of_every_make_are_bounces() {
    let all = heard(|mail| {
        let header = header_of(mail);
        let plain = |from: &str, path: &str, text: String| {
            format!("Return-Path: {path}\r\nFrom: {from}\r\nTo: desk@example.org\r\nSubject: failure notice\r\n\r\n{text}").into_bytes()
        };
        let message_id = header.lines().find(|line| line.starts_with("Message-ID:")).expect("it has a name");
        let folded = message_id.replacen(": ", ":\r\n ", 1);
        vec![
            report(mail, "failed", "5.1.1", "550 5.1.1 <ilse@example.org>: User unknown"),
            report(mail, "failed", "4.4.7", "delivery time expired"),
            plain(
                "MAILER-DAEMON@example.org",
                "<>",
                format!("Hi. This is the qmail-send program at example.org.\r\n<ilse@example.org>:\r\nSorry, no mailbox here by that name. (#5.1.1)\r\n\r\n--- Below this line is a copy of the message.\r\n\r\n{header}\r\n"),
            ),
            plain("postmaster@example.org", "<>", format!("550 mailbox unavailable\r\n\r\n> {folded}\r\n")),
            plain("Mail Delivery System <Mailer-Daemon@example.org>", "<>", format!("The mail could not be delivered.\r\n{message_id}\r\n")),
        ]
    })
    .await;
    let expected = [
        ("User unknown", true),
        ("delivery time expired", false),
        ("no mailbox here", true),
        ("550 mailbox", true),
        ("could not be", false),
    ];
    for (what, (part, lasts)) in all.into_iter().zip(expected) {
        let Some(Arrived::Failed { words, for_good }) = what else { panic!("{part}: {what:?}") };
        assert!(words.contains(part) && for_good == lasts, "{part}: {words}, for good: {for_good}");
    }
}

#[tokio::test]
async fn what_reports_nothing_of_it_says_nothing() {
    let all = heard(|mail| {
        let text = |report: Vec<u8>| String::from_utf8(report).expect("a report");
        let own = text(report(mail, "failed", "5.1.1", "no such user"));
        let id = header_of(mail).lines().find(|line| line.starts_with("Message-ID:")).expect("it has a name")["Message-ID: ".len()..]
            .to_string();
        vec![
            report(mail, "delayed", "4.4.1", "timed out"),
            report(mail, "relayed", "2.0.0", "ok"),
            receipt(mail, ILSE, "deleted"),
            // Somebody else's mail in the same thread came back, not ours.
            own.replace(&format!("Message-ID: {id}"), &format!("Message-ID: <theirs@example.org>\r\nReferences: {id}")).into_bytes(),
            own.replace("report-type=delivery-status", "report-type=feedback-report").into_bytes(),
            b"Return-Path: <>\r\nFrom: mailer-daemon@example.org\r\n\r\nYour disk is full.\r\n".to_vec(),
            b"From: news@example.org\r\nSubject: on it\r\n\r\nOn it\r\n".to_vec(),
            b"".to_vec(),
            b"\xff\xfe\x00 not a mail at all".to_vec(),
        ]
    })
    .await;
    for (at, what) in all.into_iter().enumerate() {
        assert_eq!(what, None, "the mail at {at} concerns no delivery");
    }
}

#[tokio::test]
async fn receipts_say_what_became_of_it() {
    let all = heard(|mail| vec![report(mail, "delivered", "2.0.0", "ok"), receipt(mail, ILSE, "displayed")]).await;
    assert!(matches!(&all[0], Some(Arrived::Delivered { words }) if words.contains("mx.example.org")), "{:?}", all[0]);
    assert!(matches!(&all[1], Some(Arrived::Seen { words }) if words.contains(ILSE)), "{:?}", all[1]);
}
