//! The way back for mail: the desk's own inbox, read over IMAP. A mail in it concerns Baton
//! only if it names a delivery's token; everything else is left unread and unkept. The
//! mailbox stays as it is: nothing in it is marked, moved or deleted.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use chrono::NaiveDate;
use tokio_rustls::TlsConnector;

use super::http::reason;
use super::imap::{Imap, Login, Waited};
use super::inbound::{Arrival, Deaf, Heard, Hears, Inbound, Listening, TriedOut};
use super::line::Trouble;
use super::returned;
use super::server::Server;
use super::setup::{Form, SetupFault};
use super::tls::{self, Authorities};
use crate::domain::channel::{Field, FieldKind};
use crate::domain::time::DAY;
use crate::host::Secret;

/// Mails looked at in one command.
const AT_ONCE: usize = 50;
/// Mails looked at before what was found is handed over.
const BATCH: usize = 500;
/// What is read of a mail to see whether it concerns Baton, in bytes.
const HEADER_LIMIT: usize = 12 * 1024;
/// What is read of one that does: its header, and the words that come first.
const MAIL_LIMIT: usize = 96 * 1024;
/// From one look to the next where the server does not tell of mail by itself.
const POLL: Duration = Duration::from_secs(20);
/// After a server told of mail and there was none.
const LULL: Duration = Duration::from_secs(2);
/// Clocks and zones differ: mail since two days before the oldest message is looked at.
const MARGIN: i64 = 2 * DAY;

const HEADERS: &str = "HEADER.FIELDS (FROM RETURN-PATH IN-REPLY-TO REFERENCES CONTENT-TYPE X-FAILED-RECIPIENTS)";

pub(super) struct Mailbox {
    server: Server,
    connector: TlsConnector,
    login: Login,
    /// The connection, between two calls.
    kept: Mutex<Option<Imap>>,
}

impl Mailbox {
    /// Reads the fields of [`fields`]; `None` where no server is named. `user` and
    /// `password` are those that mail is sent with.
    pub(super) fn read(form: &Form, user: &str, password: Option<&Secret>) -> Result<Option<Self>, SetupFault> {
        if form.text("imap_host").is_empty() {
            return Ok(None);
        }
        let name = if form.text("imap_username").is_empty() { user } else { form.text("imap_username") };
        if name.is_empty() {
            return Err(SetupFault::new("imap_username", "A mailbox is read with a user name and a password."));
        }
        let Some(password) = form.secret("imap_password").or(password) else {
            return Err(SetupFault::new("imap_password", "A mailbox is read with a password, and there is none to log in with."));
        };
        if password.reveal().contains(['\r', '\n', '\0']) {
            return Err(SetupFault::new("imap_password", "There is a line break in the password."));
        }
        let connector = tls::connector(&Authorities::read(form.text("ca_file"))?)
            .map_err(|error| SetupFault::new("ca_file", format!("The certificates cannot be used: {}.", reason(&error))))?;
        Ok(Some(Self {
            server: Server::read(form, ["imap_host", "imap_port", "imap_security"])?,
            connector,
            login: Login { name: name.into(), password: password.clone() },
            kept: Mutex::default(),
        }))
    }

    async fn hear(&self, listening: &Listening) -> Result<Heard, Deaf> {
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner).take();
        let (mut imap, mut heard) = match kept {
            Some(imap) => match self.continued(imap, listening).await {
                Err(Trouble::Broken(_)) => self.begun(listening).await?,
                other => other?,
            },
            None => self.begun(listening).await?,
        };
        let nothing = heard.arrivals.is_empty() && heard.cursor == listening.cursor;
        if nothing && !listening.patience.is_zero() {
            match imap.wait(listening.patience).await {
                Ok(Waited::Nothing) => {}
                Ok(Waited::NotTold) => heard.again_in = POLL,
                Ok(Waited::Something) => {
                    (imap, heard) = self.continued(imap, listening).await?;
                    if heard.cursor == listening.cursor {
                        heard.again_in = LULL;
                    }
                }
                // A server that breaks off whoever waits is asked now and then instead.
                Err(_) => return Ok(Heard { again_in: POLL, ..heard }),
            }
        }
        *self.kept.lock().unwrap_or_else(PoisonError::into_inner) = Some(imap);
        Ok(heard)
    }

    async fn begun(&self, listening: &Listening) -> Result<(Imap, Heard), Trouble> {
        let imap = Imap::open(&self.server, &self.connector, &self.login).await?;
        self.continued(imap, listening).await
    }

    async fn continued(&self, mut imap: Imap, listening: &Listening) -> Result<(Imap, Heard), Trouble> {
        let heard = look(&mut imap, listening).await?;
        Ok((imap, heard))
    }
}

impl Inbound for Mailbox {
    fn listen<'a>(&'a self, listening: &'a Listening) -> Hears<'a> {
        Box::pin(self.hear(listening))
    }

    fn try_out(&self) -> TriedOut<'_> {
        Box::pin(async {
            let mut imap = Imap::open(&self.server, &self.connector, &self.login).await?;
            imap.examine().await?;
            Ok(())
        })
    }
}

/// What has come since the cursor.
async fn look(imap: &mut Imap, listening: &Listening) -> Result<Heard, Trouble> {
    let opened = imap.examine().await?;
    // Under another validity the numbers mean other mails: all of them are looked at anew,
    // and what was heard before is known by its name.
    let before = listening.cursor.as_deref().and_then(Cursor::read).filter(|cursor| cursor.validity == opened.validity);
    let after = before.map_or(0, |cursor| cursor.number);
    let numbers = imap.search(after.saturating_add(1), since(listening)).await?;
    let (mut arrivals, mut read) = (Vec::new(), 0);
    let batch = &numbers[..numbers.len().min(BATCH)];
    for few in batch.chunks(AT_ONCE) {
        for (number, header) in imap.fetch(few, HEADERS, HEADER_LIMIT).await? {
            read = read.max(number);
            if returned::may_concern_us(&header) {
                arrivals.extend(whole(imap, number).await?);
            }
        }
    }
    // A number behind which there was no mail must not hide those that come.
    let last = if batch.len() < numbers.len() { batch.last().copied() } else { opened.next.map(|next| next.saturating_sub(1)) };
    let number = after.max(read).max(last.unwrap_or(0));
    Ok(Heard { arrivals, cursor: Some(Cursor { validity: opened.validity, number }.written()), again_in: Duration::ZERO })
}

async fn whole(imap: &mut Imap, number: u32) -> Result<Option<Arrival>, Trouble> {
    // It may have been deleted by its owner meanwhile.
    let found = imap.fetch(&[number], "", MAIL_LIMIT).await?;
    Ok(found.first().and_then(|(_, mail)| returned::read(mail)))
}

/// The day from which on an answer can have come.
fn since(listening: &Listening) -> NaiveDate {
    let oldest = listening.awaited.iter().map(|awaited| awaited.sent_at).min().unwrap_or(listening.now);
    oldest.plus(-MARGIN).utc().date_naive()
}

/// How far the inbox was read.
#[derive(Clone, Copy)]
struct Cursor {
    validity: u32,
    number: u32,
}

impl Cursor {
    fn read(text: &str) -> Option<Self> {
        let (validity, number) = text.split_once(':')?;
        Some(Self { validity: validity.parse().ok()?, number: number.parse().ok()? })
    }

    fn written(self) -> String {
        format!("{}:{}", self.validity, self.number)
    }
}

/// What the form asks about the inbox.
pub(super) fn fields() -> Vec<Field> {
    let field = |key: &str, label: &str, help: &str, kind, default: &str| Field {
        key: key.into(),
        label: label.into(),
        help: help.into(),
        kind,
        required: false,
        default: default.into(),
        choices: Vec::new(),
    };
    vec![
        field(
            "imap_host",
            "Answers: IMAP server",
            "Where answers arrive, such as imap.example.org. Baton reads there and changes nothing. Empty: answers are not heard.",
            FieldKind::Text,
            "",
        ),
        field("imap_port", "Answers: port", "", FieldKind::Number, "993"),
        Field {
            choices: super::mail::security_choices(),
            ..field("imap_security", "Answers: encryption", "Usually TLS on port 993, or STARTTLS on port 143.", FieldKind::Choice, "tls")
        },
        field("imap_username", "Answers: user name", "Empty if it is the same as for sending.", FieldKind::Text, ""),
        field("imap_password", "Answers: password", "Empty if it is the same as for sending.", FieldKind::Secret, ""),
    ]
}
