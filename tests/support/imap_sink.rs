//! An inbox on a server that does as it is told: refuses at any step, breaks off whoever
//! waits, numbers its mails anew, answers what nobody asked. It holds the mails that a test
//! puts into it, and records every command.

use std::collections::HashMap;
use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio_rustls::TlsAcceptor;

use crate::wire::{Wire, until};

/// The name and the password that are let in.
pub const LOGIN: (&str, &str) = ("desk@example.org", "pass \"wörd\\");

/// On which day all mails arrive, unless a test says otherwise.
pub const TODAY: &str = "23-Nov-2026";

/// Where in the conversation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ImapStep {
    Greeting,
    Login,
    Examine,
    Search,
    Fetch,
    /// Before it says that it will tell of new mail.
    Idle,
    /// While it should tell of new mail.
    Idling,
}

#[derive(Clone, Debug)]
pub enum ImapBehaviour {
    /// Such as "NO [UNAVAILABLE] later"; as the greeting, the whole line.
    Reply(String),
    Silence,
    Reset,
    Garbage,
    /// Announces four gigabytes.
    Endless,
    /// Ends the connection in the middle of the answer.
    HalfWay,
    /// Says goodbye and closes.
    Bye,
    /// In front of the right answer, others that nobody asked for.
    Chatter,
}

/// What encryption the server offers.
#[derive(Clone)]
pub enum ImapSecurity {
    Plain,
    StartTls(TlsAcceptor),
    Tls(TlsAcceptor),
}

struct Kept {
    number: u32,
    day: String,
    bytes: Vec<u8>,
}

struct Inbox {
    validity: u32,
    next: u32,
    mails: Vec<Kept>,
    told: HashMap<ImapStep, (ImapBehaviour, bool)>,
    abilities: Vec<&'static str>,
    commands: Vec<String>,
}

struct State {
    security: ImapSecurity,
    inbox: Mutex<Inbox>,
    /// Counts what has changed in the inbox.
    changed: watch::Sender<usize>,
    /// How often somebody began to wait for mail.
    idling: watch::Sender<usize>,
    connections: watch::Sender<usize>,
}

pub struct ImapSink {
    port: u16,
    state: Arc<State>,
    accepting: JoinHandle<()>,
}

impl ImapSink {
    /// On 127.0.0.1, in the clear.
    pub async fn start() -> Self {
        Self::listen(ImapSecurity::Plain).await
    }

    pub async fn listen(security: ImapSecurity) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port on loopback");
        let port = listener.local_addr().expect("the port just bound").port();
        let inbox = Inbox {
            validity: 7,
            next: 100,
            mails: Vec::new(),
            told: HashMap::new(),
            abilities: vec!["IMAP4rev1", "IDLE", "AUTH=PLAIN"],
            commands: Vec::new(),
        };
        let state = Arc::new(State {
            security,
            inbox: Mutex::new(inbox),
            changed: watch::channel(0).0,
            idling: watch::channel(0).0,
            connections: watch::channel(0).0,
        });
        let accepting = tokio::spawn(accept(listener, Arc::clone(&state)));
        Self { port, state, accepting }
    }

    #[must_use]
    pub const fn port(&self) -> u16 {
        self.port
    }

    /// Puts a mail into the inbox, and tells whoever waits.
    pub fn deliver(&self, mail: impl Into<Vec<u8>>) {
        self.deliver_on(TODAY, mail);
    }

    /// The same, on another day: "1-Nov-2026".
    pub fn deliver_on(&self, day: &str, mail: impl Into<Vec<u8>>) {
        let mut inbox = self.state.inbox();
        let number = inbox.next;
        inbox.next += 1;
        inbox.mails.push(Kept { number, day: day.into(), bytes: mail.into() });
        drop(inbox);
        self.state.changed.send_modify(|count| *count += 1);
    }

    /// Numbers all its mails anew, as after a backup was put back.
    pub fn renumbers(&self) {
        let mut inbox = self.state.inbox();
        inbox.validity += 1;
        for (at, mail) in inbox.mails.iter_mut().enumerate() {
            mail.number = u32::try_from(at).expect("a few mails") + 1;
        }
        inbox.next = u32::try_from(inbox.mails.len()).expect("a few mails") + 1;
    }

    /// From now on it can do this and no more, besides what every server can.
    pub fn can_only(&self, abilities: &[&'static str]) {
        self.state.inbox().abilities = ["IMAP4rev1"].iter().chain(abilities).copied().collect();
    }

    /// What it does at a step, until told otherwise.
    pub fn at(&self, step: ImapStep, behaviour: ImapBehaviour) {
        self.state.inbox().told.insert(step, (behaviour, true));
    }

    /// What it does at a step the next time it comes there, and only then.
    pub fn once(&self, step: ImapStep, behaviour: ImapBehaviour) {
        self.state.inbox().told.insert(step, (behaviour, false));
    }

    pub fn replies(&self, step: ImapStep, words: &str) {
        self.at(step, ImapBehaviour::Reply(words.into()));
    }

    /// Does everything right again.
    pub fn behave(&self) {
        self.state.inbox().told.clear();
    }

    /// Every command so far, without its tag and without passwords.
    #[must_use]
    pub fn commands(&self) -> Vec<String> {
        self.state.inbox().commands.clone()
    }

    #[must_use]
    pub fn connections(&self) -> usize {
        *self.state.connections.borrow()
    }

    /// Waits until somebody has begun so often to wait for mail.
    pub async fn wait_for_idling(&self, times: usize) {
        until(self.state.idling.subscribe(), times, "times that somebody waits for mail").await;
    }
}

impl Drop for ImapSink {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

impl State {
    fn inbox(&self) -> MutexGuard<'_, Inbox> {
        self.inbox.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn told(&self, step: ImapStep) -> Option<ImapBehaviour> {
        let mut inbox = self.inbox();
        let (behaviour, always) = inbox.told.get(&step).cloned()?;
        if !always {
            inbox.told.remove(&step);
        }
        Some(behaviour)
    }
}

async fn accept(listener: TcpListener, state: Arc<State>) {
    while let Ok((stream, _)) = listener.accept().await {
        drop(stream.set_nodelay(true));
        state.connections.send_modify(|count| *count += 1);
        let state = Arc::clone(&state);
        tokio::spawn(async move {
            let wire = match &state.security {
                ImapSecurity::Tls(tls) => Wire::Plain(stream).encrypt(tls).await,
                _ => Ok(Wire::Plain(stream)),
            };
            if let Ok(wire) = wire {
                // The other side going away is how a connection ends.
                drop(Conversation { wire: Some(wire), received: Vec::new(), state, known: false }.hold().await);
            }
        });
    }
}

struct Conversation {
    /// Gone once the conversation was ended on purpose.
    wire: Option<Wire>,
    received: Vec<u8>,
    state: Arc<State>,
    known: bool,
}

impl Conversation {
    async fn hold(mut self) -> io::Result<()> {
        match self.state.told(ImapStep::Greeting) {
            None => self.write("* OK ready\r\n").await?,
            Some(behaviour) => self.misbehave(behaviour, "").await?,
        }
        loop {
            let line = self.line().await?;
            let (tag, words) = line.split_once(' ').unwrap_or((&line, ""));
            let verb = words.split(' ').take(2).map(str::to_uppercase).collect::<Vec<_>>().join(" ");
            let shown = if verb.starts_with("LOGIN") { "LOGIN" } else { words };
            self.state.inbox().commands.push(shown.into());
            match verb.split(' ').next().unwrap_or_default() {
                "CAPABILITY" => {
                    let abilities = self.abilities();
                    self.write(&format!("* CAPABILITY {abilities}\r\n{tag} OK done\r\n")).await?;
                }
                "STARTTLS" => self.encrypt(tag).await?,
                "AUTHENTICATE" | "LOGIN" => self.log_in(tag, words).await?,
                "NOOP" => self.write(&format!("{tag} OK done\r\n")).await?,
                "LOGOUT" => return self.write(&format!("* BYE\r\n{tag} OK done\r\n")).await,
                _ if !self.known => self.write(&format!("{tag} BAD log in first\r\n")).await?,
                "EXAMINE" => {
                    let answer = self.examined();
                    self.answer(ImapStep::Examine, tag, &answer).await?;
                }
                "IDLE" => self.idle(tag).await?,
                _ if verb == "UID SEARCH" => {
                    let answer = self.searched(words);
                    self.answer(ImapStep::Search, tag, &answer).await?;
                }
                _ if verb == "UID FETCH" => {
                    let answer = self.fetched(words);
                    self.answer(ImapStep::Fetch, tag, &answer).await?;
                }
                _ => self.write(&format!("{tag} BAD not understood\r\n")).await?,
            }
        }
    }

    fn abilities(&self) -> String {
        let mut abilities = self.state.inbox().abilities.clone();
        if matches!(self.state.security, ImapSecurity::StartTls(_)) && !self.is_encrypted() {
            abilities.retain(|one| !one.starts_with("AUTH="));
            abilities.extend(["STARTTLS", "LOGINDISABLED"]);
        }
        abilities.join(" ")
    }

    async fn encrypt(&mut self, tag: &str) -> io::Result<()> {
        let security = self.state.security.clone();
        let ImapSecurity::StartTls(tls) = security else { return self.write(&format!("{tag} BAD not here\r\n")).await };
        self.write(&format!("{tag} OK go on\r\n")).await?;
        let wire = self.wire.take().ok_or(io::ErrorKind::ConnectionAborted)?;
        self.wire = Some(wire.encrypt(&tls).await?);
        Ok(())
    }

    async fn log_in(&mut self, tag: &str, words: &str) -> io::Result<()> {
        let given = if words.to_uppercase().starts_with("AUTHENTICATE") {
            self.write("+ \r\n").await?;
            let line = self.line().await?;
            let text = String::from_utf8(STANDARD.decode(line.trim()).unwrap_or_default()).unwrap_or_default();
            let mut parts = text.split('\0').skip(1).map(str::to_string);
            (parts.next().unwrap_or_default(), parts.next().unwrap_or_default())
        } else {
            strings(words)
        };
        let is_right = given == (LOGIN.0.to_string(), LOGIN.1.to_string());
        match self.state.told(ImapStep::Login) {
            Some(behaviour) => self.misbehave(behaviour, tag).await,
            None if is_right => {
                self.known = true;
                self.write(&format!("{tag} OK welcome\r\n")).await
            }
            None => self.write(&format!("{tag} NO [AUTHENTICATIONFAILED] wrong name or password\r\n")).await,
        }
    }

    fn examined(&self) -> Vec<u8> {
        let inbox = self.state.inbox();
        format!(
            "* {} EXISTS\r\n* 0 RECENT\r\n* FLAGS (\\Seen \\Answered)\r\n* OK [UIDVALIDITY {}] valid\r\n* OK [UIDNEXT {}] next\r\n",
            inbox.mails.len(),
            inbox.validity,
            inbox.next
        )
        .into_bytes()
    }

    /// `UID SEARCH UID 101:* SINCE 21-Nov-2026`
    fn searched(&self, words: &str) -> Vec<u8> {
        let inbox = self.state.inbox();
        let words: Vec<&str> = words.split(' ').collect();
        let first: u32 = words[3].trim_end_matches(":*").parse().expect("a range of numbers");
        let since = day(words[5]);
        // As it is defined: the range is never empty, its end is the last mail there is.
        let last = inbox.mails.iter().map(|mail| mail.number).max().unwrap_or(0);
        let found = inbox.mails.iter().filter(|mail| mail.number >= first.min(last) && day(&mail.day) >= since);
        let numbers: String = found.map(|mail| format!(" {}", mail.number)).collect();
        format!("* SEARCH{numbers}\r\n").into_bytes()
    }

    /// `UID FETCH 101,102 (UID BODY.PEEK[HEADER.FIELDS (FROM)]<0.100>)`
    fn fetched(&self, words: &str) -> Vec<u8> {
        let inbox = self.state.inbox();
        let (set, what) = words["UID FETCH ".len()..].split_once(' ').expect("numbers and what is wanted");
        let section = what.split_once("BODY.PEEK[").and_then(|(_, rest)| rest.split_once(']')).expect("a section that marks nothing").0;
        let most: usize = what.split_once("<0.").and_then(|(_, rest)| rest.split_once('>')).expect("a limit").0.parse().expect("a number");
        let wanted: Vec<u32> = set.split(',').map(|number| number.parse().expect("a number")).collect();
        let mut answer = Vec::new();
        for (at, mail) in inbox.mails.iter().enumerate().filter(|(_, mail)| wanted.contains(&mail.number)) {
            let content = if section.starts_with("HEADER") { headers(&mail.bytes, section) } else { mail.bytes.clone() };
            let content = &content[..content.len().min(most)];
            answer.extend(format!("* {} FETCH (UID {} BODY[{section}]<0> {{{}}}\r\n", at + 1, mail.number, content.len()).bytes());
            answer.extend(content);
            answer.extend(b")\r\n");
        }
        answer
    }

    async fn idle(&mut self, tag: &str) -> io::Result<()> {
        if let Some(behaviour) = self.state.told(ImapStep::Idle) {
            return self.misbehave(behaviour, tag).await;
        }
        let mut changed = self.state.changed.subscribe();
        let mut seen = *changed.borrow_and_update();
        self.write("+ idling\r\n").await?;
        self.state.idling.send_modify(|count| *count += 1);
        if let Some(behaviour) = self.state.told(ImapStep::Idling) {
            return self.misbehave(behaviour, tag).await;
        }
        loop {
            tokio::select! {
                line = self.line() => {
                    assert_eq!(line?.to_uppercase(), "DONE", "whoever waits says nothing else");
                    return self.write(&format!("{tag} OK done\r\n")).await;
                }
                Ok(()) = changed.changed() => {}
            }
            let now = *changed.borrow_and_update();
            if now > seen {
                seen = now;
                let count = self.state.inbox().mails.len();
                self.write(&format!("* OK still here\r\n* {count} EXISTS\r\n")).await?;
            }
        }
    }

    async fn answer(&mut self, step: ImapStep, tag: &str, answer: &[u8]) -> io::Result<()> {
        match self.state.told(step) {
            None => {}
            Some(ImapBehaviour::HalfWay) => {
                self.write_bytes(&answer[..answer.len() / 2]).await?;
                return self.misbehave(ImapBehaviour::HalfWay, tag).await;
            }
            Some(ImapBehaviour::Chatter) => self.misbehave(ImapBehaviour::Chatter, tag).await?,
            Some(other) => return self.misbehave(other, tag).await,
        }
        self.write_bytes(answer).await?;
        self.write(&format!("{tag} OK done\r\n")).await
    }

    async fn misbehave(&mut self, behaviour: ImapBehaviour, tag: &str) -> io::Result<()> {
        let end = Err(io::ErrorKind::ConnectionAborted.into());
        match behaviour {
            ImapBehaviour::Reply(words) => self.write(format!("{tag} {words}\r\n").trim_start()).await,
            ImapBehaviour::Garbage => self.write("HTTP/1.1 200 OK\r\n\r\n").await,
            ImapBehaviour::Endless => self.write("* 1 FETCH (UID 100 BODY[] {4294967295}\r\nand so on").await,
            ImapBehaviour::Chatter => {
                let chatter = "* 9 EXPUNGE\r\n* 3 FETCH (FLAGS (\\Seen))\r\n* 3 FETCH (UID 4000000000 BODY[] \"lie\")\r\n* XYZZY nothing\r\n* 77 EXISTS\r\n* NO be careful\r\n* SEARCH 4294967295\r\n";
                self.write(chatter).await
            }
            ImapBehaviour::Bye => {
                self.write("* BYE [UNAVAILABLE] going down\r\n").await?;
                end
            }
            ImapBehaviour::HalfWay => end,
            ImapBehaviour::Silence => {
                if let Some(wire) = self.wire.take() {
                    wire.keep_silent().await;
                }
                end
            }
            ImapBehaviour::Reset => {
                if let Some(wire) = self.wire.take() {
                    wire.reset();
                }
                end
            }
        }
    }

    fn is_encrypted(&self) -> bool {
        self.wire.as_ref().is_some_and(Wire::is_encrypted)
    }

    async fn write(&mut self, words: &str) -> io::Result<()> {
        self.write_bytes(words.as_bytes()).await
    }

    async fn write_bytes(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.wire.as_mut().ok_or(io::ErrorKind::ConnectionAborted)?.write(bytes).await
    }

    async fn line(&mut self) -> io::Result<String> {
        let end = loop {
            if let Some(at) = self.received.windows(2).position(|window| window == b"\r\n") {
                break at;
            }
            self.wire.as_mut().ok_or(io::ErrorKind::ConnectionAborted)?.read(&mut self.received).await?;
        };
        let rest = self.received.split_off(end + 2);
        let line = std::mem::replace(&mut self.received, rest);
        Ok(String::from_utf8_lossy(&line[..end]).into_owned())
    }
}

/// The two strings of a LOGIN.
fn strings(words: &str) -> (String, String) {
    let mut found = vec![String::new()];
    let (mut inside, mut escaped) = (false, false);
    for sign in words.chars().skip("LOGIN ".len()) {
        match sign {
            _ if escaped => {
                found.last_mut().expect("one at least").push(sign);
                escaped = false;
            }
            '\\' if inside => escaped = true,
            '"' => inside = !inside,
            ' ' if !inside => found.push(String::new()),
            _ => found.last_mut().expect("one at least").push(sign),
        }
    }
    let mut found = found.into_iter();
    (found.next().unwrap_or_default(), found.next().unwrap_or_default())
}

/// A day as a number that grows: "23-Nov-2026".
fn day(text: &str) -> u32 {
    const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let parts: Vec<&str> = text.split('-').collect();
    let month = MONTHS.iter().position(|month| *month == parts[1]).expect("a month");
    let number = |text: &str| text.parse::<u32>().expect("a number");
    number(parts[2]) * 400 + u32::try_from(month).expect("twelve months") * 31 + number(parts[0])
}

/// The fields that a section names: `HEADER.FIELDS (FROM TO)`.
fn headers(mail: &[u8], section: &str) -> Vec<u8> {
    let names = section.split_once('(').map_or("", |(_, names)| names.trim_end_matches(')'));
    let names: Vec<String> = names.split(' ').map(str::to_lowercase).collect();
    let mut kept = Vec::new();
    let mut wanted = false;
    for line in mail.split_inclusive(|byte| *byte == b'\n') {
        if line.trim_ascii().is_empty() {
            break;
        }
        if !line.starts_with(b" ") && !line.starts_with(b"\t") {
            let name = line.split(|byte| *byte == b':').next().unwrap_or_default();
            wanted = names.contains(&String::from_utf8_lossy(name).to_lowercase());
        }
        if wanted {
            kept.extend(line);
        }
    }
    kept.extend(b"\r\n");
    kept
}
