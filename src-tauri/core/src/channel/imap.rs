//! IMAP as far as reading answers needs it. Nothing said here can change a mailbox: it is
//! opened with EXAMINE, which is read-only, and read with PEEK, which marks nothing.
//!
//! The responses are read by imap-proto; the conversation is held here, because an answer
//! that was cut off or refused must not pass for an empty one: after that the mail in it
//! would never be looked at again.

use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chrono::NaiveDate;
use imap_proto::{AttributeValue, Capability, MailboxDatum, Response, ResponseCode, Status};
use tokio::time::timeout;
use tokio_rustls::TlsConnector;

use super::line::{Line, TIME_LIMIT, Trouble};
use super::server::{Security, Server};
use super::{said, sentence};
use crate::host::Secret;

/// The most that is read in answer to one command, in bytes.
const ANSWER_LIMIT: usize = 1024 * 1024;
/// Servers log off whoever idles for half an hour.
const LONGEST_IDLE: Duration = Duration::from_secs(25 * 60);

/// A name and a password.
pub(super) struct Login {
    pub(super) name: String,
    pub(super) password: Secret,
}

/// A mailbox that was opened.
pub(super) struct Opened {
    /// While this is the same, a number means the same mail.
    pub(super) validity: u32,
    /// The number that the next mail to come will have or exceed.
    pub(super) next: Option<u32>,
}

/// How waiting for mail ended.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Waited {
    Something,
    Nothing,
    /// The server does not tell by itself; it has to be asked now and then.
    NotTold,
}

pub(super) struct Imap {
    line: Line,
    commands: u32,
    abilities: Vec<String>,
}

/// How a command ended, in the server's words.
struct End {
    status: Status,
    words: String,
}

impl Imap {
    /// Connects and logs in.
    pub(super) async fn open(server: &Server, connector: &TlsConnector, login: &Login) -> Result<Self, Trouble> {
        let mut imap = Self { line: Line::open(server, connector).await?, commands: 0, abilities: Vec::new() };
        imap.greeting().await?;
        if server.security == Security::StartTls {
            imap.promise_encryption().await?;
            imap.line = imap.line.encrypt(server, connector).await?;
        }
        imap.ask_abilities().await?;
        imap.log_in(login).await?;
        // Some servers tell only whom they know what they can do.
        imap.ask_abilities().await?;
        Ok(imap)
    }

    /// Opens the inbox to be read, and to nothing else.
    pub(super) async fn examine(&mut self) -> Result<Opened, Trouble> {
        let (mut validity, mut next) = (0, None);
        let opened = self.command("EXAMINE INBOX", |response| {
            if let Response::Data { status: Status::Ok, outcome } = response {
                match outcome.code {
                    Some(ResponseCode::UidValidity(number)) => validity = number,
                    Some(ResponseCode::UidNext(number)) => next = Some(number),
                    _ => {}
                }
            }
        });
        opened.await?.good(&self.line.server, "the inbox")?;
        Ok(Opened { validity, next })
    }

    /// The numbers of mails that came since that day, from `first` on, in order.
    pub(super) async fn search(&mut self, first: u32, since: NaiveDate) -> Result<Vec<u32>, Trouble> {
        let mut found = Vec::new();
        let asked = format!("UID SEARCH UID {first}:* SINCE {}", since.format("%-d-%b-%Y"));
        let searched = self.command(&asked, |response| {
            if let Response::MailboxData(MailboxDatum::Search(numbers)) = response {
                found.extend_from_slice(numbers);
            }
        });
        searched.await?.good(&self.line.server, "the search")?;
        // `*` is the last mail there is, however small its number.
        found.retain(|number| *number >= first);
        found.sort_unstable();
        found.dedup();
        Ok(found)
    }

    /// A section of each of these mails, at most its first bytes; without those that are gone.
    pub(super) async fn fetch(&mut self, numbers: &[u32], section: &str, most: usize) -> Result<Vec<(u32, Vec<u8>)>, Trouble> {
        let mut found = Vec::new();
        let set: Vec<String> = numbers.iter().map(ToString::to_string).collect();
        let asked = format!("UID FETCH {} (UID BODY.PEEK[{section}]<0.{most}>)", set.join(","));
        let fetched = self.command(&asked, |response| {
            let Response::Fetch(_, attributes) = response else { return };
            let number = attributes.iter().find_map(|one| if let AttributeValue::Uid(number) = one { Some(*number) } else { None });
            let bytes =
                attributes.iter().find_map(|one| if let AttributeValue::BodySection { data, .. } = one { Some(data) } else { None });
            // Servers tell of changed flags in between; a mail without a body is one of those.
            if let (Some(number), Some(bytes)) = (number.filter(|number| numbers.contains(number)), bytes) {
                found.push((number, bytes.as_deref().unwrap_or_default().to_vec()));
            }
        });
        fetched.await?.good(&self.line.server, "the mail")?;
        Ok(found)
    }

    /// Waits until mail has come, at most that long.
    pub(super) async fn wait(&mut self, patience: Duration) -> Result<Waited, Trouble> {
        if !self.can("IDLE") {
            return Ok(Waited::NotTold);
        }
        let mut news = false;
        let tag = self.say("IDLE").await?;
        if self.in_time(async |imap| imap.invited(&tag, &mut news).await).await?.is_some() {
            return Ok(Waited::NotTold);
        }
        if !news {
            news = match timeout(patience.min(LONGEST_IDLE), self.told()).await {
                Ok(told) => told.map(|()| true)?,
                Err(_) => false,
            };
        }
        self.in_time(async |imap| {
            imap.line.write(b"DONE\r\n").await?;
            imap.end(&tag, |response| news |= is_news(response)).await
        })
        .await?;
        Ok(if news { Waited::Something } else { Waited::Nothing })
    }

    async fn greeting(&mut self) -> Result<(), Trouble> {
        let server = self.line.server.clone();
        let mut most = ANSWER_LIMIT;
        let bytes = self.in_time(async |imap| imap.line.response(&mut most).await).await?;
        match Response::parse(&bytes) {
            Ok((_, Response::Data { status: Status::Ok, .. })) => Ok(()),
            // Whoever is let in before the encryption may be talking to somebody in between.
            Ok((_, Response::Data { status: Status::PreAuth, .. })) => Err(Trouble::Refused {
                words: format!("{server} lets everybody in without a password, which Baton does not use."),
                lasts: true,
            }),
            Ok((_, Response::Data { outcome, .. })) => {
                Err(Trouble::Broken(format!("{server} closed the connection: {}", sentence(&said(&words(&outcome))))))
            }
            _ => {
                let heard = String::from_utf8_lossy(&bytes);
                Err(Trouble::Broken(format!("{server} does not answer as an IMAP server does. It said: {}", sentence(&said(&heard)))))
            }
        }
    }

    /// Has the server agree to encrypt.
    async fn promise_encryption(&mut self) -> Result<(), Trouble> {
        self.ask_abilities().await?;
        let never = |words: String| Err(Trouble::Refused { words, lasts: true });
        if !self.can("STARTTLS") {
            return never(format!(
                "{} offers no STARTTLS, and Baton does not fall back to reading in the clear. Check the port, or choose TLS.",
                self.line.server
            ));
        }
        self.command("STARTTLS", |_| {}).await?.good(&self.line.server, "STARTTLS")?;
        if !self.line.is_quiet() {
            return never(format!("{} went on in the clear after it had agreed to encrypt. Somebody may be in between.", self.line.server));
        }
        Ok(())
    }

    async fn ask_abilities(&mut self) -> Result<(), Trouble> {
        let mut abilities = Vec::new();
        let asked = self.command("CAPABILITY", |response| {
            if let Response::Capabilities(told) = response {
                abilities.extend(told.iter().map(|one| match one {
                    Capability::Imap4rev1 => "IMAP4REV1".to_string(),
                    Capability::Auth(way) => format!("AUTH={}", way.to_ascii_uppercase()),
                    Capability::Atom(name) => name.to_ascii_uppercase(),
                }));
            }
        });
        asked.await?.good(&self.line.server, "the question what it can do")?;
        self.abilities = abilities;
        Ok(())
    }

    fn can(&self, ability: &str) -> bool {
        self.abilities.iter().any(|one| one == ability)
    }

    async fn log_in(&mut self, Login { name, password }: &Login) -> Result<(), Trouble> {
        let password = password.reveal();
        let end = if self.can("AUTH=PLAIN") {
            let tag = self.say("AUTHENTICATE PLAIN").await?;
            self.in_time(async |imap| {
                if let Some(end) = imap.invited(&tag, &mut false).await? {
                    return Ok(end);
                }
                let line = format!("{}\r\n", STANDARD.encode(format!("\0{name}\0{password}")));
                imap.line.write(line.as_bytes()).await?;
                imap.end(&tag, |_| {}).await
            })
            .await?
        } else if self.can("LOGINDISABLED") {
            let words = format!("{} offers no way to log in with a password. Check the port and the kind of encryption.", self.line.server);
            return Err(Trouble::Refused { words, lasts: true });
        } else {
            self.command(&format!("LOGIN {} {}", quoted(name), quoted(password)), |_| {}).await?
        };
        // Some servers repeat what they were told.
        let end = End { words: end.words.replace(password, "…"), ..end };
        end.good(&self.line.server, "the login").map_err(|trouble| match trouble {
            Trouble::Refused { words, .. } if !is_a_matter_of_time(&end.words) => Trouble::Refused {
                words: format!(
                    "{} Check the user name and the password; some providers want a password made for this one app.",
                    sentence(&words)
                ),
                lasts: true,
            },
            other => other,
        })
    }

    /// Says a command and reads all that answers it.
    async fn command(&mut self, words: &str, take: impl FnMut(&Response<'_>)) -> Result<End, Trouble> {
        let tag = self.say(words).await?;
        let mut take = take;
        self.in_time(async |imap| imap.end(&tag, &mut take).await).await
    }

    async fn say(&mut self, words: &str) -> Result<String, Trouble> {
        self.commands += 1;
        let tag = format!("B{}", self.commands);
        let line = format!("{tag} {words}\r\n");
        self.in_time(async |imap| imap.line.write(line.as_bytes()).await).await?;
        Ok(tag)
    }

    async fn in_time<T>(&mut self, happens: impl AsyncFnOnce(&mut Self) -> Result<T, Trouble>) -> Result<T, Trouble> {
        let late = Trouble::Broken(format!("{} did not answer within {} seconds.", self.line.server, TIME_LIMIT.as_secs()));
        timeout(TIME_LIMIT, happens(self)).await.unwrap_or(Err(late))
    }

    /// Reads until the command of this tag has ended.
    async fn end(&mut self, tag: &str, mut take: impl FnMut(&Response<'_>)) -> Result<End, Trouble> {
        let mut most = ANSWER_LIMIT;
        loop {
            let bytes = self.line.response(&mut most).await?;
            match self.understood(&bytes, tag)? {
                Some(Response::Done { status, outcome, .. }) => return Ok(End { status, words: said(&words(&outcome)) }),
                Some(response) => take(&response),
                None => {}
            }
        }
    }

    /// Reads until the server invites to go on; `Some` where it ended the command instead.
    async fn invited(&mut self, tag: &str, news: &mut bool) -> Result<Option<End>, Trouble> {
        let mut most = ANSWER_LIMIT;
        loop {
            let bytes = self.line.response(&mut most).await?;
            match self.understood(&bytes, tag)? {
                Some(Response::Continue(_)) => return Ok(None),
                Some(Response::Done { status, outcome, .. }) => return Ok(Some(End { status, words: said(&words(&outcome)) })),
                Some(response) => *news |= is_news(&response),
                None => {}
            }
        }
    }

    /// Reads until the server tells of new mail.
    async fn told(&mut self) -> Result<(), Trouble> {
        loop {
            let mut most = ANSWER_LIMIT;
            let bytes = self.line.response(&mut most).await?;
            if self.understood(&bytes, "")?.is_some_and(|response| is_news(&response)) {
                return Ok(());
            }
        }
    }

    /// What a response means; `None` for what nobody here asked for and Baton does not know.
    fn understood<'a>(&self, bytes: &'a [u8], tag: &str) -> Result<Option<Response<'a>>, Trouble> {
        match Response::parse(bytes) {
            Ok((_, Response::Data { status: Status::Bye, outcome })) => {
                Err(Trouble::Broken(format!("{} closed the connection: {}", self.line.server, sentence(&said(&words(&outcome))))))
            }
            Ok((_, Response::Done { tag: other, .. })) if other.0 != tag => Err(self.nonsense()),
            Ok((_, response)) => Ok(Some(response)),
            Err(_) if bytes.starts_with(b"* ") => Ok(None),
            Err(_) => Err(self.nonsense()),
        }
    }

    fn nonsense(&self) -> Trouble {
        // Not what it said: that may be somebody's mail.
        Trouble::Broken(format!("{} does not answer as an IMAP server does.", self.line.server))
    }
}

impl End {
    fn good(&self, server: &str, what: &str) -> Result<(), Trouble> {
        match self.status {
            Status::Ok => Ok(()),
            _ => Err(Trouble::Refused { words: format!("{server} refused {what}: {}", self.words), lasts: false }),
        }
    }
}

fn is_news(response: &Response<'_>) -> bool {
    matches!(response, Response::MailboxData(MailboxDatum::Exists(_)))
}

fn words(outcome: &imap_proto::Outcome<'_>) -> String {
    outcome.information.as_deref().unwrap_or("it said nothing more").to_string()
}

/// A login that is refused for a reason that passes.
fn is_a_matter_of_time(words: &str) -> bool {
    ["[UNAVAILABLE]", "[INUSE]", "[LIMIT]", "[SERVERBUG]", "[ALERT] Too many"].iter().any(|code| words.contains(code))
}

/// A string as IMAP writes it. There is no line break in it: the form refuses one.
fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}
