//! Mails that come back: answers as people and machines write them, bounces and receipts.

use mail_parser::MessageParser;

use crate::smtp_sink::ReceivedMail;

/// An answer to a mail, before it is put into an inbox.
#[derive(Clone)]
pub struct Reply {
    headers: Vec<(String, String)>,
    body: Vec<u8>,
}

impl Reply {
    /// What a mail program begins with when somebody presses "Reply".
    #[must_use]
    pub fn to(mail: &ReceivedMail, from: &str) -> Self {
        let parsed = MessageParser::default().parse(&mail.bytes).expect("Baton sends mails");
        let id = format!("<{}>", parsed.message_id().expect("each has a name"));
        let root = parsed.references().as_text().map(|root| format!("<{root}> ")).unwrap_or_default();
        let headers = [
            ("Return-Path", format!("<{from}>")),
            ("From", format!("Somebody <{from}>")),
            ("To", "desk@example.org".into()),
            ("Subject", format!("Re: {}", mail.subject())),
            ("Date", "Mon, 23 Nov 2026 13:50:00 +0100".into()),
            ("Message-ID", format!("<{}.1@client.example.org>", mail.bytes.len())),
            ("In-Reply-To", id.clone()),
            ("References", format!("{root}{id}")),
            ("MIME-Version", "1.0".into()),
        ];
        Self { headers: headers.map(|(name, value)| (name.to_string(), value)).into(), body: Vec::new() }
    }

    /// With this header, in place of one of the same name.
    #[must_use]
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self = self.without(name);
        self.headers.push((name.into(), value.into()));
        self
    }

    #[must_use]
    pub fn without(mut self, name: &str) -> Self {
        self.headers.retain(|(one, _)| !one.eq_ignore_ascii_case(name));
        self
    }

    /// With these words, as plain text.
    #[must_use]
    pub fn text(self, words: &str) -> Vec<u8> {
        self.part("text/plain; charset=utf-8", "8bit", words.as_bytes())
    }

    /// With this content as it stands.
    #[must_use]
    pub fn part(self, kind: &str, encoding: &str, content: &[u8]) -> Vec<u8> {
        let mut reply = self.header("Content-Type", kind).header("Content-Transfer-Encoding", encoding);
        reply.body = content.to_vec();
        reply.written()
    }

    fn written(self) -> Vec<u8> {
        let mut bytes = Vec::new();
        for (name, value) in &self.headers {
            bytes.extend(format!("{name}: {value}\r\n").bytes());
        }
        bytes.extend(b"\r\n");
        bytes.extend(self.body);
        bytes
    }
}

/// The header of a mail, as servers give it back.
#[must_use]
pub fn header_of(mail: &ReceivedMail) -> String {
    let text = String::from_utf8_lossy(&mail.bytes).into_owned();
    text.split("\r\n\r\n").next().unwrap_or_default().into()
}

/// What a server reports of a mail: an action ("failed"), a status ("5.1.1") and its reason.
#[must_use]
pub fn report(mail: &ReceivedMail, action: &str, status: &str, reason: &str) -> Vec<u8> {
    let to = mail.to.first().map_or("", String::as_str);
    let header = header_of(mail);
    format!(
        "Return-Path: <>\r\nFrom: MAILER-DAEMON@mail.example.org (Mail Delivery System)\r\nTo: desk@example.org\r\n\
         Subject: Undelivered Mail Returned to Sender\r\nMessage-Id: <{status}.{action}@mail.example.org>\r\n\
         Auto-Submitted: auto-replied\r\nMIME-Version: 1.0\r\n\
         Content-Type: multipart/report; report-type=delivery-status;\r\n\tboundary=\"b0\"\r\n\r\n\
         This is a MIME-encapsulated message.\r\n\r\n--b0\r\nContent-Type: text/plain; charset=us-ascii\r\n\r\n\
         I'm sorry to have to inform you that your message could not be delivered.\r\n\r\n\
         --b0\r\nContent-Description: Delivery report\r\nContent-Type: message/delivery-status\r\n\r\n\
         Reporting-MTA: dns; mail.example.org\r\n\r\n\
         Final-Recipient: rfc822; {to}\r\nAction: {action}\r\nStatus: {status}\r\n\
         Remote-MTA: dns; mx.example.org\r\nDiagnostic-Code: smtp; {reason}\r\n\r\n\
         --b0\r\nContent-Type: text/rfc822-headers\r\n\r\n{header}\r\n\r\n--b0--\r\n"
    )
    .into_bytes()
}

/// What a mail program reports of a mail: "displayed", "deleted".
#[must_use]
pub fn receipt(mail: &ReceivedMail, from: &str, became: &str) -> Vec<u8> {
    let parsed = MessageParser::default().parse(&mail.bytes).expect("Baton sends mails");
    let id = parsed.message_id().expect("each has a name").to_string();
    format!(
        "Return-Path: <>\r\nFrom: {from}\r\nTo: desk@example.org\r\nSubject: Read: {}\r\nMessage-ID: <{became}.9@client.example.org>\r\n\
         MIME-Version: 1.0\r\nContent-Type: multipart/report; report-type=disposition-notification; boundary=b1\r\n\r\n\
         --b1\r\nContent-Type: text/plain\r\n\r\nYour message was read.\r\n\r\n\
         --b1\r\nContent-Type: message/disposition-notification\r\n\r\n\
         Reporting-UA: client.example.org; Mail 3\r\nFinal-Recipient: rfc822;{from}\r\nOriginal-Message-ID: <{id}>\r\n\
         Disposition: manual-action/MDN-sent-manually; {became}\r\n\r\n--b1--\r\n",
        mail.subject()
    )
    .into_bytes()
}
