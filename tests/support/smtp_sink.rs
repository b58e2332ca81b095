//! A mail server that does as it is told: refuses at any step, offers STARTTLS
//! or not, falls silent or breaks off. It records every mail it was given.

use std::collections::HashMap;
use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio_rustls::TlsAcceptor;

use crate::wire::{Wire, until};

/// Where in the conversation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SmtpStep {
    Greeting,
    Hello,
    StartTls,
    Login,
    Sender,
    Recipient,
    Data,
    /// After the content has been read.
    Content,
}

#[derive(Clone, Debug)]
pub enum SmtpBehaviour {
    /// Such as "550 5.1.1 no such user".
    Reply(String),
    Silence,
    Reset,
    Garbage,
}

/// What encryption the server offers.
#[derive(Clone)]
pub enum SmtpSecurity {
    Plain,
    StartTls(TlsAcceptor),
    Tls(TlsAcceptor),
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReceivedMail {
    pub from: String,
    pub to: Vec<String>,
    pub bytes: Vec<u8>,
    pub login: Option<(String, String)>,
    pub encrypted: bool,
    /// Counts connections, so that a test can tell one that is used again.
    pub connection: usize,
}

impl ReceivedMail {
    /// The subject as a person reads it.
    #[must_use]
    pub fn subject(&self) -> String {
        let parsed = mail_parser::MessageParser::default().parse(&self.bytes);
        parsed.and_then(|mail| mail.subject().map(Into::into)).unwrap_or_default()
    }

    /// The plain text as a person reads it.
    #[must_use]
    pub fn text(&self) -> String {
        let parsed = mail_parser::MessageParser::default().parse(&self.bytes);
        parsed.and_then(|mail| mail.body_text(0).map(Into::into)).unwrap_or_default()
    }
}

pub struct SmtpSink {
    address: SocketAddr,
    state: Arc<State>,
    accepting: JoinHandle<()>,
}

struct State {
    security: SmtpSecurity,
    /// The one name and password that are let in; `None` asks for none.
    login: Option<(String, String)>,
    told: Mutex<HashMap<SmtpStep, (SmtpBehaviour, Lasting)>>,
    mails: Mutex<Vec<ReceivedMail>>,
    count: watch::Sender<usize>,
    /// How often the server was left by a reset, a silence or nonsense it was told to give.
    misbehaved: watch::Sender<usize>,
    commands: Mutex<Vec<String>>,
}

impl SmtpSink {
    /// On 127.0.0.1, in the clear, taking everything from everybody.
    pub async fn start() -> Self {
        Self::listen(SmtpSecurity::Plain, None).await
    }

    pub async fn listen(security: SmtpSecurity, login: Option<(&str, &str)>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port on loopback");
        let address = listener.local_addr().expect("the port just bound");
        let state = Arc::new(State {
            security,
            login: login.map(|(name, password)| (name.into(), password.into())),
            told: Mutex::default(),
            mails: Mutex::default(),
            count: watch::channel(0).0,
            misbehaved: watch::channel(0).0,
            commands: Mutex::default(),
        });
        let accepting = tokio::spawn(accept(listener, Arc::clone(&state)));
        Self { address, state, accepting }
    }

    #[must_use]
    pub const fn port(&self) -> u16 {
        self.address.port()
    }

    /// What it does at a step, until told otherwise.
    pub fn at(&self, step: SmtpStep, behaviour: SmtpBehaviour) {
        self.state.told.lock().expect("no test panics here").insert(step, (behaviour, Lasting::Always));
    }

    /// What it does at a step the next time it comes there, and only then.
    pub fn once(&self, step: SmtpStep, behaviour: SmtpBehaviour) {
        self.state.told.lock().expect("no test panics here").insert(step, (behaviour, Lasting::Once));
    }

    pub fn replies(&self, step: SmtpStep, words: &str) {
        self.at(step, SmtpBehaviour::Reply(words.into()));
    }

    /// Does everything right again.
    pub fn behave(&self) {
        self.state.told.lock().expect("no test panics here").clear();
    }

    #[must_use]
    pub fn mails(&self) -> Vec<ReceivedMail> {
        self.state.mails.lock().expect("no test panics here").clone()
    }

    /// Waits until so many mails were taken, and gives all of them.
    pub async fn wait_for(&self, mails: usize) -> Vec<ReceivedMail> {
        until(self.state.count.subscribe(), mails, "mails").await;
        self.mails()
    }

    /// Waits until it has fallen silent, broken off or talked nonsense so often.
    pub async fn wait_for_misbehaviour(&self, times: usize) {
        until(self.state.misbehaved.subscribe(), times, "misbehaviours").await;
    }

    /// Every line the other side said, but for the content of mails.
    #[must_use]
    pub fn commands(&self) -> Vec<String> {
        self.state.commands.lock().expect("no test panics here").clone()
    }
}

impl Drop for SmtpSink {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Lasting {
    Always,
    Once,
}

impl State {
    fn is_told(&self, step: SmtpStep) -> bool {
        self.told.lock().expect("no test panics here").contains_key(&step)
    }

    fn told(&self, step: SmtpStep) -> Option<SmtpBehaviour> {
        let mut told = self.told.lock().expect("no test panics here");
        let (behaviour, lasting) = told.get(&step).cloned()?;
        if lasting == Lasting::Once {
            told.remove(&step);
        }
        Some(behaviour)
    }
}

async fn accept(listener: TcpListener, state: Arc<State>) {
    let mut connection = 0;
    while let Ok((stream, _)) = listener.accept().await {
        connection += 1;
        drop(stream.set_nodelay(true));
        let state = Arc::clone(&state);
        tokio::spawn(async move {
            let wire = match &state.security {
                SmtpSecurity::Tls(tls) => Wire::Plain(stream).encrypt(tls).await,
                _ => Ok(Wire::Plain(stream)),
            };
            if let Ok(wire) = wire {
                let talk = Conversation { wire, received: Vec::new(), state, connection, login: None, from: None, to: Vec::new() };
                // The other side going away is how a connection ends.
                drop(talk.hold().await);
            }
        });
    }
}

struct Conversation {
    wire: Wire,
    received: Vec<u8>,
    state: Arc<State>,
    connection: usize,
    login: Option<(String, String)>,
    from: Option<String>,
    to: Vec<String>,
}

impl Conversation {
    async fn hold(mut self) -> io::Result<()> {
        let Some(mut talk) = self.step(SmtpStep::Greeting, "220 sink.example.org ready").await? else { return Ok(()) };
        loop {
            let line = talk.line().await?;
            talk.state.commands.lock().expect("no test panics here").push(line.clone());
            let verb = line.split([' ', ':']).next().unwrap_or_default().to_ascii_uppercase();
            self = match verb.as_str() {
                "EHLO" | "HELO" => {
                    let reply = talk.abilities();
                    next(talk.step(SmtpStep::Hello, &reply).await?)?
                }
                "STARTTLS" => {
                    let mut ready = next(talk.step(SmtpStep::StartTls, "220 go ahead").await?)?;
                    if let SmtpSecurity::StartTls(tls) = &ready.state.security {
                        ready.wire = ready.wire.encrypt(tls).await?;
                        ready.received.clear();
                    }
                    ready
                }
                "AUTH" => talk.log_in(&line).await?,
                "MAIL" => {
                    talk.from = Some(address(&line));
                    talk.to.clear();
                    let reply = if talk.state.login == talk.login { "250 sender ok" } else { "530 5.7.0 log in first" };
                    next(talk.step(SmtpStep::Sender, reply).await?)?
                }
                "RCPT" => {
                    talk.to.push(address(&line));
                    next(talk.step(SmtpStep::Recipient, "250 recipient ok").await?)?
                }
                "DATA" => talk.take_mail().await?,
                "RSET" | "NOOP" => next(talk.reply("250 ok").await?)?,
                "QUIT" => return talk.wire.write(b"221 bye\r\n").await,
                _ => next(talk.reply("502 5.5.1 not understood").await?)?,
            };
            talk = self;
        }
    }

    fn abilities(&self) -> String {
        let mut lines = vec!["sink.example.org", "8BITMIME"];
        if matches!(self.state.security, SmtpSecurity::StartTls(_)) && !self.wire.is_encrypted() {
            lines.push("STARTTLS");
        }
        if self.state.login.is_some() && (self.wire.is_encrypted() || matches!(self.state.security, SmtpSecurity::Plain)) {
            lines.push("AUTH PLAIN LOGIN");
        }
        let last = lines.len() - 1;
        lines
            .iter()
            .enumerate()
            .map(|(at, line)| format!("250{}{line}\r\n", if at == last { ' ' } else { '-' }))
            .collect::<String>()
            .trim_end()
            .into()
    }

    async fn log_in(mut self, line: &str) -> io::Result<Self> {
        let mut words = line.split(' ').skip(1);
        let (mechanism, first) = (words.next().unwrap_or_default().to_ascii_uppercase(), words.next());
        let pair = if mechanism == "PLAIN" {
            let text = match first {
                Some(text) => decoded(text),
                None => self.ask("").await?,
            };
            let mut parts = text.split('\0').skip(1).map(str::to_string);
            (parts.next().unwrap_or_default(), parts.next().unwrap_or_default())
        } else {
            let name = match first {
                Some(name) => decoded(name),
                None => self.ask("Username:").await?,
            };
            (name, self.ask("Password:").await?)
        };
        let reply = if self.state.login.as_ref() == Some(&pair) {
            self.login = Some(pair);
            "235 2.7.0 welcome"
        } else {
            "535 5.7.8 wrong name or password"
        };
        next(self.step(SmtpStep::Login, reply).await?)
    }

    async fn ask(&mut self, question: &str) -> io::Result<String> {
        self.wire.write(format!("334 {}\r\n", STANDARD.encode(question)).as_bytes()).await?;
        Ok(decoded(&self.line().await?))
    }

    async fn take_mail(self) -> io::Result<Self> {
        let refused = self.state.is_told(SmtpStep::Data);
        let mut talk = next(self.step(SmtpStep::Data, "354 go on, end with a dot").await?)?;
        if refused {
            return Ok(talk);
        }
        let end = loop {
            if let Some(at) = talk.received.windows(5).position(|window| window == b"\r\n.\r\n") {
                break at;
            }
            talk.wire.read(&mut talk.received).await?;
        };
        let rest = talk.received.split_off(end + 5);
        let mut bytes = std::mem::replace(&mut talk.received, rest);
        bytes.truncate(end + 2);
        let mail = ReceivedMail {
            from: talk.from.take().unwrap_or_default(),
            to: std::mem::take(&mut talk.to),
            bytes: unstuffed(&bytes),
            login: talk.login.clone(),
            encrypted: talk.wire.is_encrypted(),
            connection: talk.connection,
        };
        if !talk.state.is_told(SmtpStep::Content) {
            talk.state.mails.lock().expect("no test panics here").push(mail);
            talk.state.count.send_modify(|count| *count += 1);
        }
        next(talk.step(SmtpStep::Content, "250 2.0.0 queued as 4711").await?)
    }

    /// Does what it was told at this step, or replies as given. `None` when
    /// there is no conversation any more.
    async fn step(mut self, step: SmtpStep, reply: &str) -> io::Result<Option<Self>> {
        let told = self.state.told(step);
        let state = Arc::clone(&self.state);
        let misbehaves = || state.misbehaved.send_modify(|count| *count += 1);
        match told {
            None => self.reply(reply).await,
            Some(SmtpBehaviour::Reply(words)) => self.reply(&words).await,
            Some(SmtpBehaviour::Silence) => {
                misbehaves();
                self.wire.keep_silent().await;
                Ok(None)
            }
            Some(SmtpBehaviour::Reset) => {
                misbehaves();
                self.wire.reset();
                Ok(None)
            }
            Some(SmtpBehaviour::Garbage) => {
                misbehaves();
                self.wire.write(b"HTTP/1.1 200 OK\r\n\r\n").await?;
                Ok(None)
            }
        }
    }

    async fn reply(mut self, words: &str) -> io::Result<Option<Self>> {
        self.wire.write(format!("{words}\r\n").as_bytes()).await?;
        Ok(Some(self))
    }

    async fn line(&mut self) -> io::Result<String> {
        let end = loop {
            if let Some(at) = self.received.windows(2).position(|window| window == b"\r\n") {
                break at;
            }
            self.wire.read(&mut self.received).await?;
        };
        let rest = self.received.split_off(end + 2);
        let line = std::mem::replace(&mut self.received, rest);
        Ok(String::from_utf8_lossy(&line[..end]).into_owned())
    }
}

fn next(talk: Option<Conversation>) -> io::Result<Conversation> {
    talk.ok_or_else(|| io::ErrorKind::ConnectionAborted.into())
}

fn address(line: &str) -> String {
    line.split_once('<').and_then(|(_, rest)| rest.split_once('>')).map_or_else(String::new, |(address, _)| address.into())
}

fn decoded(text: &str) -> String {
    STANDARD.decode(text).map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).unwrap_or_default()
}

/// Takes back the dot that protects a line that begins with one.
fn unstuffed(bytes: &[u8]) -> Vec<u8> {
    let mut result = Vec::with_capacity(bytes.len());
    for line in bytes.split_inclusive(|&byte| byte == b'\n') {
        result.extend_from_slice(line.strip_prefix(b".").unwrap_or(line));
    }
    result
}
