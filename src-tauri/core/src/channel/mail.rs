//! Mail over SMTP. The conversation is held step by step, because what a broken
//! connection means depends on the step: before the content nothing has left,
//! after it nobody knows.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use lettre::Address;
use lettre::error::Error as WriteError;
use lettre::message::Mailbox;
use lettre::transport::smtp::Error;
use lettre::transport::smtp::authentication::{Credentials, Mechanism};
use lettre::transport::smtp::client::{AsyncSmtpConnection, Certificate, CertificateStore, TlsParameters};
use lettre::transport::smtp::commands::{Data, Mail as MailFrom, Rcpt};
use lettre::transport::smtp::extension::{ClientId, Extension, MailParameter};
use tokio::sync::Semaphore;

use super::files::{Files, Parcel};
use super::http::{no_connection, reason};
use super::letter::{self, Letter};
use super::mailbox::{self, Mailbox as Inbox};
use super::server::{Security, Server};
use super::setup::{Form, SetupFault};
use super::tls::{self, Authorities};
use super::wording::Answering;
use super::{Channel, Envelope, Inbound, Outcome, Rendered, Sending, said, sentence, wording};
use crate::domain::channel::{AddressKind, Field, FieldKind, Provider, Reach};
use crate::domain::message::Message;
use crate::domain::text::LONGEST;
use crate::domain::time::Instant;

/// From the first byte to the server's last word.
const TIME_LIMIT: Duration = Duration::from_secs(30);
/// The same for files, which may be a thousand times as large.
const FILES_LIMIT: Duration = Duration::from_secs(300);
/// Files that go in one mail, in bytes: a third more as they are written, and so within
/// the ten million that hardly any server refuses.
pub(super) const TOGETHER: u64 = 7_000_000;
/// For each of the host's addresses.
const CONNECT_LIMIT: Duration = Duration::from_secs(8);
/// How many mails are on their way at the same time; servers refuse more.
const LANES: usize = 8;
/// A connection that rested longer is not trusted: the server may have closed
/// it, or this computer slept meanwhile. Milliseconds of the wall clock, which
/// unlike a stopwatch counts the sleep.
const REST: i64 = 10_000;

/// A mail account as the form describes it.
pub(super) struct Account {
    server: Server,
    login: Option<Credentials>,
    from: Mailbox,
    inbox: Option<Inbox>,
    authorities: Authorities,
}

impl Account {
    pub(super) fn read(form: &Form) -> Result<Self, SetupFault> {
        let server = Server::read(form, ["host", "port", "security"])?;
        let address: Address = form
            .text("from_address")
            .parse()
            .map_err(|_| SetupFault::new("from_address", format!("“{}” is no mail address.", form.text("from_address"))))?;
        let name = form.text("from_name");
        let login = match (form.text("username"), form.secret("password")) {
            ("", None) => None,
            ("", Some(_)) => return Err(SetupFault::new("username", "There is a password but no user name to log in with.")),
            (_, None) => {
                return Err(SetupFault::new(
                    "password",
                    "There is a user name but no password. Leave both empty to send without logging in.",
                ));
            }
            (name, Some(password)) => Some(Credentials::new(name.into(), password.reveal().into())),
        };
        let inbox = Inbox::read(form, form.text("username"), form.secret("password"))?;
        Ok(Self {
            server,
            login,
            inbox,
            from: Mailbox::new((!name.is_empty()).then(|| name.to_string()), address),
            authorities: Authorities::read(form.text("ca_file"))?,
        })
    }
}

pub(super) struct Mail {
    account: Account,
    encryption: TlsParameters,
    hello: ClientId,
    lanes: Semaphore,
    /// Connections that can be used again, and since when they rest.
    resting: Mutex<Vec<(Instant, AsyncSmtpConnection)>>,
}

impl Mail {
    pub(super) fn new(account: Account) -> Result<Self, SetupFault> {
        let encryption = encryption(&account)
            .map_err(|error| SetupFault::new("ca_file", format!("The certificates cannot be used: {}.", reason(&error))))?;
        Ok(Self { account, encryption, hello: ClientId::default(), lanes: Semaphore::new(LANES), resting: Mutex::default() })
    }

    async fn deliver(&self, envelope: &Envelope) -> Outcome {
        let written = |to: &Address| letter::write(envelope, &self.told(&envelope.message), &self.account.from, to);
        self.within(TIME_LIMIT, envelope, written).await
    }

    async fn deliver_files(&self, parcel: &Parcel) -> Outcome {
        self.within(FILES_LIMIT, &parcel.with, |to| letter::with_files(parcel, &self.account.from, to)).await
    }

    /// Posts what is written to the envelope's address, and says how far it came.
    async fn within(&self, limit: Duration, envelope: &Envelope, written: impl Fn(&Address) -> Result<Letter, WriteError>) -> Outcome {
        let content_left = AtomicBool::new(false);
        match tokio::time::timeout(limit, self.attempt(envelope, written, &content_left)).await {
            Ok(Ok(outcome) | Err(outcome)) => outcome,
            Err(_) if content_left.load(Ordering::Relaxed) => Outcome::uncertain(format!(
                "{} took the mail but did not confirm it within {} seconds. It may have arrived all the same.",
                self.server(),
                limit.as_secs()
            )),
            Err(_) => Outcome::temporary(format!(
                "{} did not answer within {} seconds. Check the port and the kind of encryption. Nothing was sent.",
                self.server(),
                limit.as_secs()
            )),
        }
    }

    async fn attempt(
        &self,
        envelope: &Envelope,
        written: impl Fn(&Address) -> Result<Letter, WriteError>,
        content_left: &AtomicBool,
    ) -> Result<Outcome, Outcome> {
        let to: Address = envelope
            .address
            .trim()
            .parse()
            .map_err(|_| Outcome::permanent(format!("“{}” is no mail address.", said(&envelope.address))))?;
        let letter = written(&to).map_err(|error| Outcome::permanent(format!("The mail could not be written: {}.", reason(&error))))?;
        // The semaphore is never closed, so this only waits.
        let _lane = self.lanes.acquire().await;
        let mut connection = self.greeted(envelope.now, &to).await?;
        connection.command(Rcpt::new(to, vec![])).await.map_err(|error| self.failed("the recipient", &error))?;
        connection.command(Data).await.map_err(|error| self.failed("the mail", &error))?;
        content_left.store(true, Ordering::Relaxed);
        let answer = connection.message(&letter.bytes).await.map_err(|error| {
            if error.status().is_some() {
                self.failed("the mail", &error)
            } else {
                Outcome::uncertain(format!(
                    "{} broke the connection off before it confirmed the mail ({}). It may have arrived all the same.",
                    self.server(),
                    reason(&error)
                ))
            }
        })?;
        let words = said(&answer.message().collect::<Vec<_>>().join(" "));
        self.resting.lock().unwrap_or_else(PoisonError::into_inner).push((envelope.now, connection));
        Ok(Outcome::Accepted { words: format!("{} took it: {} {words}", self.server(), answer.code()), provider_id: Some(letter.id) })
    }

    /// A connection on which the sender has been named: a rested one that still
    /// works, or a new one.
    async fn greeted(&self, now: Instant, to: &Address) -> Result<AsyncSmtpConnection, Outcome> {
        while let Some(mut connection) = self.rested(now) {
            if self.name_sender(&mut connection, to).await.is_ok() {
                return Ok(connection);
            }
        }
        let mut connection = self.connect().await?;
        self.name_sender(&mut connection, to).await?;
        Ok(connection)
    }

    fn rested(&self, now: Instant) -> Option<AsyncSmtpConnection> {
        let mut resting = self.resting.lock().unwrap_or_else(PoisonError::into_inner);
        resting.retain(|(since, _)| (0..REST).contains(&now.since(*since)));
        resting.pop().map(|(_, connection)| connection)
    }

    async fn name_sender(&self, connection: &mut AsyncSmtpConnection, to: &Address) -> Result<(), Outcome> {
        let from = &self.account.from.email;
        let mut parameters = Vec::new();
        if !AsRef::<str>::as_ref(from).is_ascii() || !AsRef::<str>::as_ref(to).is_ascii() {
            if !connection.server_info().supports_feature(Extension::SmtpUtfEight) {
                return Err(Outcome::permanent(format!("{} takes no address with letters beyond a to z: {to}.", self.server())));
            }
            parameters.push(MailParameter::SmtpUtfEight);
        }
        connection.command(MailFrom::new(Some(from.clone()), parameters)).await.map_err(|error| self.failed("the sender", &error))?;
        Ok(())
    }

    async fn connect(&self) -> Result<AsyncSmtpConnection, Outcome> {
        let Account { server, login, .. } = &self.account;
        let addresses = server.addresses().await.map_err(|none| {
            let words = format!("{} Nothing was sent.", none.words);
            if none.lasts { Outcome::permanent(words) } else { Outcome::temporary(words) }
        })?;
        let at_once = (server.security == Security::Tls).then(|| self.encryption.clone());
        let mut connection = AsyncSmtpConnection::connect_tokio1(&addresses[..], Some(CONNECT_LIMIT), &self.hello, at_once, None)
            .await
            .map_err(|error| self.failed("the connection", &error))?;
        if server.security == Security::StartTls {
            if !connection.can_starttls() {
                return Err(Outcome::permanent(format!(
                    "{} offers no STARTTLS, and Baton does not fall back to sending in the clear. Check the port, or choose TLS. Nothing was sent.",
                    self.server()
                )));
            }
            connection.starttls(self.encryption.clone(), &self.hello).await.map_err(|error| self.failed("STARTTLS", &error))?;
        }
        if let Some(login) = login {
            connection.auth(&[Mechanism::Plain, Mechanism::Login], login).await.map_err(|error| self.not_let_in(&error))?;
        }
        Ok(connection)
    }

    /// What an error before the content means: nothing has left.
    fn failed(&self, what: &str, error: &Error) -> Outcome {
        let server = self.server();
        if let Some(code) = error.status() {
            let words = format!("{server} refused {what}: {code} {}", reason(error));
            // 421 is "closing down" at any point.
            return if error.is_permanent() && code.to_string() != "421" { Outcome::permanent(words) } else { Outcome::temporary(words) };
        }
        if let Some(words) = tls::fault(error, &server) {
            return Outcome::permanent(words);
        }
        if error.is_client() {
            return Outcome::permanent(format!("{server} cannot take this mail: {}.", reason(error)));
        }
        if error.is_response() {
            let nonsense = reason(error);
            let heard = nonsense.rsplit_once(" at: ").map(|(_, heard)| format!("It said: {}", sentence(heard)));
            let heard = heard.unwrap_or_else(|| "It hung up.".into());
            return Outcome::temporary(format!("{server} did not answer as a mail server does. {heard} Nothing was sent."));
        }
        Outcome::temporary(no_connection(error, error.is_timeout(), &server))
    }

    fn not_let_in(&self, error: &Error) -> Outcome {
        if error.is_client() {
            return Outcome::permanent(format!(
                "{} offers no way to log in with a password. Check the port and the kind of encryption.",
                self.server()
            ));
        }
        match self.failed("the login", error) {
            Outcome::Permanent { words } => Outcome::permanent(format!(
                "{} Check the user name and the password; some providers want a password made for this one app.",
                sentence(&words)
            )),
            other => other,
        }
    }

    /// The message with how to answer it, where answers are heard.
    fn told(&self, message: &Message) -> Message {
        if self.account.inbox.is_some() { Answering::Thread.told(message) } else { message.clone() }
    }

    fn server(&self) -> String {
        self.account.server.shown()
    }
}

impl Channel for Mail {
    fn render(&self, message: &Message) -> Rendered {
        let message = wording::shortened(&self.told(message), LONGEST);
        Rendered::new(Some(wording::subject(&message)), wording::full(&message), None)
    }

    fn send<'a>(&'a self, envelope: &'a Envelope) -> Sending<'a> {
        Box::pin(self.deliver(envelope))
    }

    fn files(&self) -> Option<&dyn Files> {
        Some(self)
    }

    fn inbound(&self) -> Option<&dyn Inbound> {
        self.account.inbox.as_ref().map(|inbox| inbox as &dyn Inbound)
    }
}

impl Files for Mail {
    fn carry<'a>(&'a self, parcel: &'a Parcel) -> Sending<'a> {
        Box::pin(self.deliver_files(parcel))
    }
}

fn encryption(account: &Account) -> Result<TlsParameters, Error> {
    let trusting = |store: CertificateStore| {
        let builder = TlsParameters::builder(account.server.host.clone()).certificate_store(store);
        account.authorities.0.iter().try_fold(builder, |builder, der| Ok(builder.add_root_certificate(Certificate::from_der(der.clone())?)))
    };
    // As over HTTP: a bare machine trusts nobody but the desk's own authorities.
    trusting(CertificateStore::Default)?.build_rustls().or_else(|_| trusting(CertificateStore::None)?.build_rustls())
}

pub(super) fn provider() -> Provider {
    let field = |key: &str, label: &str, help: &str, kind, required, default: &str| Field {
        key: key.into(),
        label: label.into(),
        help: help.into(),
        kind,
        required,
        default: default.into(),
        choices: Vec::new(),
    };
    use FieldKind::{Choice, Number, Secret, Text, Toggle};
    let mut security = field("security", "Encryption", "Usually STARTTLS on port 587, or TLS on port 465.", Choice, true, "starttls");
    security.choices = security_choices();
    let mut fields = vec![
        field("host", "Server", "Such as mail.example.org.", Text, true, ""),
        field("port", "Port", "", Number, true, "587"),
        security,
        field("username", "User name", "Empty if the server asks for none.", Text, false, ""),
        field("password", "Password", "Kept with the passwords, never in the database.", Secret, false, ""),
        field("from_address", "Sender’s address", "Answers go there.", Text, true, ""),
        field("from_name", "Sender’s name", "Such as “Service desk Berlin”.", Text, false, ""),
    ];
    fields.extend(mailbox::fields());
    fields.extend([
        field(
            "allow_plain",
            "Allow mail without encryption",
            "Only needed for encryption “None” to another computer. Anyone on the way can read the mail and the password.",
            Toggle,
            false,
            "",
        ),
        field(
            "ca_file",
            "Own certificate authority",
            "The path of a PEM file, if your servers’ certificates come from your own authority.",
            Text,
            false,
            "",
        ),
    ]);
    Provider {
        id: "mail".into(),
        name: "Mail".into(),
        about: "Sends mail through your own mail server, and hears answers in its inbox. Everything about one incident is one thread."
            .into(),
        reach: Reach::Mail,
        address: AddressKind::Mail,
        fields,
    }
}

/// How a mail server can be spoken to.
pub(super) fn security_choices() -> Vec<(String, String)> {
    [("starttls", "STARTTLS"), ("tls", "TLS from the start"), ("plain", "None")].map(|(value, label)| (value.into(), label.into())).into()
}
