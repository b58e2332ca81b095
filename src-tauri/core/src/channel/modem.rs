//! Text messages by a modem at this computer, through the folders of gammu-smsd: the
//! way out when the network is what is down. What is laid into its outbox it sends and
//! moves to `sent` or `error`; what comes in lies in its inbox, where Baton only reads.

mod inbox;

use std::collections::BTreeSet;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use self::inbox::Inbox;
use super::http::Clients;
use super::inbound::{About, Arrival, Arrived, Awaited, Deaf, Heard, Hears, Inbound, Listening};
use super::rounds::unreported;
use super::setup::{Form, SetupFault};
use super::{Channel, Envelope, Outcome, Rendered, Sending, said, texting};
use crate::domain::channel::{AddressKind, Field, FieldKind, Provider, Reach};
use crate::domain::id::DeliveryId;
use crate::domain::message::Message;
use crate::domain::severity::Severity;
use crate::domain::time::{Instant, MINUTE};
use crate::domain::token::Token;

/// An outbox from which nothing has gone for so long is nobody's: the program does not
/// run, or has no modem.
const STUCK: i64 = 2 * MINUTE;

/// From one look into the folders to the next.
const AGAIN: Duration = Duration::from_secs(2);

pub(super) struct Modem {
    folders: Arc<Folders>,
    inbox: Arc<Inbox>,
    /// What lay in the outbox at the last look, and when something last went from it.
    queue: Mutex<Option<Queue>>,
}

#[derive(Clone)]
struct Queue {
    waiting: Vec<String>,
    moved_at: Instant,
}

impl Modem {
    fn read(form: &Form) -> Result<Self, SetupFault> {
        let root = PathBuf::from(form.text("folder"));
        if !root.is_absolute() {
            return Err(SetupFault::new("folder", "Write the folder's whole path, such as /var/spool/gammu."));
        }
        Ok(Self { inbox: Arc::new(Inbox::of(root.join("inbox"))), folders: Arc::new(Folders { root }), queue: Mutex::default() })
    }

    async fn deliver(&self, envelope: &Envelope) -> Outcome {
        let (folders, envelope) = (Arc::clone(&self.folders), envelope.clone());
        let text = texting::answerable(&envelope.message, &envelope.token);
        tokio::task::spawn_blocking(move || folders.lay_out(&envelope, &text))
            .await
            .unwrap_or_else(|stopped| Outcome::uncertain(format!("Laying it into the outbox broke off: {}", said(&stopped.to_string()))))
    }

    async fn hear(&self, listening: &Listening) -> Result<Heard, Deaf> {
        let (folders, inbox, asked) = (Arc::clone(&self.folders), Arc::clone(&self.inbox), listening.clone());
        let queue = self.queue.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let looked = tokio::task::spawn_blocking(move || {
            let mut arrivals = Vec::new();
            let queue = folders.receipts(&asked, queue, &mut arrivals)?;
            let (answers, cursor) = inbox.look(&asked)?;
            arrivals.extend(answers);
            Ok::<_, Unreadable>((arrivals, cursor, queue))
        });
        let looked =
            looked.await.map_err(|stopped| Deaf::now(format!("Looking into the folders broke off: {}", said(&stopped.to_string()))))?;
        let (arrivals, cursor, queue) = looked.map_err(|unreadable| Deaf::now(unreadable.words()))?;
        *self.queue.lock().unwrap_or_else(PoisonError::into_inner) = Some(queue);
        Ok(Heard { arrivals, cursor, again_in: AGAIN })
    }
}

impl Channel for Modem {
    fn render(&self, message: &Message) -> Rendered {
        texting::rendered(texting::answerable(message, &Token::sample()))
    }

    fn send<'a>(&'a self, envelope: &'a Envelope) -> Sending<'a> {
        Box::pin(self.deliver(envelope))
    }

    fn inbound(&self) -> Option<&dyn Inbound> {
        Some(self)
    }
}

impl Inbound for Modem {
    fn listen<'a>(&'a self, listening: &'a Listening) -> Hears<'a> {
        Box::pin(self.hear(listening))
    }
}

/// A folder or file that cannot be used, and why.
#[derive(Debug)]
struct Unreadable(PathBuf, io::Error);

impl Unreadable {
    fn words(&self) -> String {
        let Self(path, error) = self;
        let path = path.display();
        match error.kind() {
            ErrorKind::NotFound => format!("There is no folder {path}. Create it, or correct the folder in the channel's set-up."),
            ErrorKind::PermissionDenied => {
                format!("Baton may not use {path}. Give the account it runs under a part in gammu-smsd's folders.")
            }
            _ => format!("{path} cannot be used ({}).", said(&error.to_string())),
        }
    }
}

/// The names of the files in a folder.
fn names(folder: &Path) -> Result<Vec<String>, Unreadable> {
    let unreadable = |error| Unreadable(folder.to_path_buf(), error);
    let mut names = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(unreadable)? {
        // A name that is no Unicode is none that Baton or gammu-smsd wrote.
        names.extend(entry.map_err(unreadable)?.file_name().into_string());
    }
    Ok(names)
}

struct Folders {
    root: PathBuf,
}

impl Folders {
    fn at(&self, folder: &str) -> PathBuf {
        self.root.join(folder)
    }

    /// The file of a delivery in one of the folders, from whichever attempt.
    fn found(&self, folder: &str, delivery: DeliveryId) -> Result<Option<String>, Unreadable> {
        Ok(names(&self.at(folder))?.into_iter().find(|name| name.starts_with("OUT") && name.ends_with(&ending(delivery))))
    }

    /// Writes it under a name that gammu-smsd does not look at, and gives it its own once
    /// it is whole and on the disk.
    fn lay_out(&self, envelope: &Envelope, text: &str) -> Outcome {
        let (outbox, delivery) = (self.at("outbox"), envelope.delivery);
        if envelope.attempt > 1 {
            let earlier = [("outbox", "It waits in the outbox already."), ("sent", "The modem has sent it already.")];
            for (folder, words) in earlier {
                // Where what was sent is kept elsewhere, twice is better than never.
                if let Ok(Some(name)) = self.found(folder, delivery) {
                    return Outcome::Accepted { words: words.into(), provider_id: Some(name) };
                }
            }
        }
        let name = name(envelope);
        let unfinished = outbox.join(format!("baton-{delivery}.part"));
        let written = write_whole(&unfinished, &utf_16(text)).and_then(|()| std::fs::rename(&unfinished, outbox.join(&name)));
        match written {
            Ok(()) => {
                let words = "It lies in the outbox of gammu-smsd, for the modem to send.".into();
                Outcome::Accepted { words, provider_id: Some(name) }
            }
            Err(error) => {
                drop(std::fs::remove_file(&unfinished));
                refused(&Unreadable(outbox, error))
            }
        }
    }

    /// What became of what was laid out.
    fn receipts(&self, listening: &Listening, before: Option<Queue>, arrivals: &mut Vec<Arrival>) -> Result<Queue, Unreadable> {
        let (outbox, now) = (self.at("outbox"), listening.now);
        let mut waiting: Vec<String> = names(&outbox)?.into_iter().filter(|name| name.starts_with("OUT")).collect();
        let moved_at = match before {
            // Who sends to many at once needs his time: as long as it goes on, nothing is stuck.
            Some(before) if before.waiting.iter().all(|name| waiting.contains(name)) => before.moved_at.min(now),
            _ => now,
        };
        let failed = names(&self.at("error")).unwrap_or_default();
        let failed: BTreeSet<&str> = failed.iter().filter_map(|name| Some(name.rsplit_once('_')?.1)).collect();
        for about in listening.awaited.iter().filter(|about| unreported(about)) {
            let ending = ending(about.delivery);
            if failed.contains(&ending[1..]) {
                arrivals.push(gave_up(about, "The modem could not send it; gammu-smsd's log says why."));
                continue;
            }
            let Some(place) = waiting.iter().position(|name| name.ends_with(&ending)) else { continue };
            let since = laid_out_at(&waiting[place]).unwrap_or(about.sent_at).max(moved_at);
            if now.since(since) > STUCK && std::fs::remove_file(outbox.join(&waiting[place])).is_ok() {
                // That it went is no sign of life.
                waiting.swap_remove(place);
                let words = "Nothing has left the modem's outbox for two minutes, so it was taken back. See whether gammu-smsd runs and the modem is connected.";
                arrivals.push(gave_up(about, words));
            }
        }
        Ok(Queue { waiting, moved_at })
    }
}

fn gave_up(about: &Awaited, words: &str) -> Arrival {
    let what = Arrived::Failed { words: words.into(), for_good: false };
    Arrival { id: format!("{} failed", about.delivery), about: About::Delivery(about.delivery), what }
}

fn refused(unreadable: &Unreadable) -> Outcome {
    match unreadable.1.kind() {
        ErrorKind::NotFound | ErrorKind::PermissionDenied | ErrorKind::NotADirectory | ErrorKind::ReadOnlyFilesystem => {
            Outcome::permanent(unreadable.words())
        }
        _ => Outcome::temporary(unreadable.words()),
    }
}

/// `OUTA20261123_124200_00_+493023125011_<delivery>.txtd`: the letter is the urgency, and
/// the `d` at the end asks the network for a receipt. With fewer parts the letter would
/// become part of the number, and the message would still be reported as sent.
fn name(envelope: &Envelope) -> String {
    let urgency = match envelope.message.severity {
        Severity::Critical => 'A',
        Severity::High => 'B',
        Severity::Medium => 'C',
        Severity::Low => 'D',
    };
    let number: String = envelope.address.chars().filter(|sign| sign.is_ascii_digit() || *sign == '+').collect();
    format!("OUT{urgency}{}_00_{number}{}", envelope.now.utc().format(DATE), ending(envelope.delivery))
}

const DATE: &str = "%Y%m%d_%H%M%S";

fn ending(delivery: DeliveryId) -> String {
    format!("_{delivery}.txtd")
}

/// When it was laid out, which its name says.
fn laid_out_at(name: &str) -> Option<Instant> {
    let date = chrono::NaiveDateTime::parse_from_str(name.get(4..19)?, DATE).ok()?;
    Some(Instant(date.and_utc().timestamp_millis()))
}

/// With a mark of the byte order, because without one gammu-smsd reads it in whatever
/// language its own account happens to have.
fn utf_16(text: &str) -> Vec<u8> {
    [0xfeff].into_iter().chain(text.encode_utf16()).flat_map(u16::to_be_bytes).collect()
}

fn write_whole(path: &Path, bytes: &[u8]) -> io::Result<()> {
    use std::io::Write;
    let mut file = std::fs::File::create(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}

pub(super) fn provider() -> Provider {
    Provider {
        id: "modem".into(),
        name: "Text message (modem)".into(),
        about: "A text by a modem at this computer, through gammu-smsd. It goes out when the network is down; answers come back.".into(),
        reach: Reach::Text,
        address: AddressKind::Phone,
        fields: vec![Field {
            key: "folder".into(),
            label: "Folder".into(),
            help: "The one that holds gammu-smsd's inbox, outbox, sent and error. Baton needs to write into outbox.".into(),
            kind: FieldKind::Text,
            required: true,
            default: "/var/spool/gammu".into(),
            choices: Vec::new(),
        }],
    }
}

pub(super) fn open(form: &Form, _: &Clients) -> Result<Arc<dyn Channel>, SetupFault> {
    Ok(Arc::new(Modem::read(form)?))
}
