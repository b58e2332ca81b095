//! What somebody pasted, as plain text: a mail with all its headers, a page that was
//! copied as it is written, or simply words.

use mail_parser::{Address, MessageParser};

use super::{html, written};

/// The text as one would read it, what it answers included; of a mail the headers that say
/// who, what and when stand above it.
#[must_use]
pub fn text(pasted: &str) -> String {
    let pasted = pasted.trim_start_matches(['\u{feff}', '\n', '\r', ' ']);
    if is_mail(pasted) {
        mail(pasted).unwrap_or_else(|| pasted.to_string())
    } else if is_page(pasted) {
        html::text(pasted, false).replace('\u{a0}', " ")
    } else {
        pasted.replace('\u{a0}', " ")
    }
}

/// It begins with headers that only programs write.
fn is_mail(pasted: &str) -> bool {
    let headers = pasted.lines().take_while(|line| !line.trim().is_empty());
    headers.into_iter().any(|line| {
        let name = line.split(':').next().unwrap_or_default().trim().to_ascii_lowercase();
        ["mime-version", "message-id", "content-type", "received"].contains(&name.as_str()) && line.contains(':')
    })
}

fn is_page(pasted: &str) -> bool {
    let begin = pasted.get(..1024).unwrap_or(pasted).to_ascii_lowercase();
    begin.starts_with('<')
        && ["<html", "<!doctype", "<body", "<div", "<p>", "<p ", "<table", "<span", "<br"].iter().any(|tag| begin.contains(tag))
}

fn mail(pasted: &str) -> Option<String> {
    let bytes = pasted.as_bytes();
    let mail = MessageParser::default().parse(bytes)?;
    let from = mail.from().and_then(Address::first);
    let name = from.and_then(|one| one.name().or_else(|| one.address())).unwrap_or_default();
    let date = mail.date().map(mail_parser::DateTime::to_rfc3339).unwrap_or_default();
    let body = written::whole_text(&mail, bytes).replace('\u{a0}', " ");
    Some(format!("From: {name}\nDate: {date}\nSubject: {}\n\n{body}", mail.subject().unwrap_or_default()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mail_and_a_page_are_read_and_words_stay_as_they_are() {
        let raw = "Message-ID: <1@example.org>\nMIME-Version: 1.0\nFrom: =?utf-8?q?J=C3=B6rg?= <j@example.org>\nSubject: =?utf-8?q?Kasse_f=C3=A4llt_aus?=\nDate: Mon, 23 Nov 2026 13:45:00 +0100\nContent-Type: text/html; charset=utf-8\nContent-Transfer-Encoding: quoted-printable\n\n<p>Seit 13:40&nbsp;Uhr</p><p>geht die Kasse=\n nicht.</p>\n";
        assert_eq!(
            text(raw).trim(),
            "From: Jörg\nDate: 2026-11-23T13:45:00+01:00\nSubject: Kasse fällt aus\n\nSeit 13:40 Uhr\ngeht die Kasse nicht."
        );
        assert_eq!(text("<div>Since 9:00</div><div>nobody can print</div>").trim(), "Since 9:00\nnobody can print");
        assert_eq!(text("From: hall 3\n\n<- the belt stands"), "From: hall 3\n\n<- the belt stands", "an arrow is no page");
    }

    proptest::proptest! {
        #[test]
        fn whatever_is_pasted_is_read_without_harm(pasted in "(MIME-Version: 1.0\n|From: |<div>|=\\?utf-8\\?q\\?|[a-zé<>:= \n]){0,60}") {
            let _ = text(&pasted);
        }
    }
}
