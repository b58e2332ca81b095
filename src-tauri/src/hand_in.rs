//! `baton new --json -`: files what a script says. A running Baton does it; where none
//! runs, it is done here, and whoever is to be called is called by one that is started
//! for it.

use std::io::{self, Read, Write};
use std::path::Path;
use std::process::{Child, Command, ExitCode, Stdio};
use std::sync::Arc;
use std::sync::mpsc::{RecvTimeoutError, sync_channel};
use std::time::Duration;

use baton_core::api::{Desk, HandedIn, HandedInState, NotFiled};
use baton_core::clock::SystemClock;
use baton_core::engine::{Engine, last_event_at};
use baton_core::formats::new::{self, Fault, LONGEST};
use baton_core::host::{Change, EventSink, Notifier, ShownNotice};
use baton_core::store::Store;

use crate::door::{Knock, Reply, Unheard, knock};
use crate::home::{Home, HomeFailure, Lock};
use crate::secrets::DeskSecrets;

/// Why it ends as it does; `--help` and the guide say the same.
const FAULTY: u8 = 3;
const UNUSABLE: u8 = 4;
const UNKNOWN: u8 = 5;

/// Whoever writes into the pipe and stops for so long has forgotten to close it.
const SILENCE: Duration = Duration::from_secs(60);

/// Another start, or another script, has the data folder for a moment.
const PATIENCE: Duration = Duration::from_secs(20);
const A_MOMENT: Duration = Duration::from_millis(50);

/// Long enough for the first messages, with whoever is slow to take them.
const SENDING: Duration = Duration::from_secs(60);

/// How it ends where it does not end well.
struct Ends(u8, Vec<String>);

/// Files it, says so, and returns how it went.
pub fn run() -> ExitCode {
    let runtime = match tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return told(&Ends(UNUSABLE, vec![error.to_string()])),
    };
    let done = read(io::stdin(), SILENCE).and_then(|bytes| runtime.block_on(file(bytes)));
    // A keyring that does not answer, or a standard input that nobody closes, is not waited for.
    runtime.shutdown_background();
    match done {
        Ok(handed) => print(&handed),
        Err(ends) => told(&ends),
    }
}

fn told(ends: &Ends) -> ExitCode {
    for line in &ends.1 {
        eprintln!("{line}");
    }
    if ends.0 != UNKNOWN {
        eprintln!("Nothing was filed.");
    }
    ExitCode::from(ends.0)
}

fn print(handed: &[HandedIn]) -> ExitCode {
    let mut out = io::stdout().lock();
    for one in handed {
        let line = serde_json::to_string(one).unwrap_or_default();
        if let Err(error) = writeln!(out, "{line}") {
            // It is filed whether or not anybody reads of it.
            eprintln!("It is filed, and could not be said: {error}");
        }
    }
    ExitCode::SUCCESS
}

/// All of it, up to the most that is taken. Whoever never ends is cut short.
fn read(mut from: impl Read + Send + 'static, silence: Duration) -> Result<Vec<u8>, Ends> {
    let (to, chunks) = sync_channel(4);
    std::thread::spawn(move || {
        let mut chunk = vec![0; 64 * 1024];
        loop {
            let read = from.read(&mut chunk).map(|length| chunk[..length].to_vec());
            let more = matches!(&read, Ok(chunk) if !chunk.is_empty());
            if to.send(read).is_err() || !more {
                return;
            }
        }
    });
    let mut all = vec![];
    loop {
        match chunks.recv_timeout(silence) {
            Ok(Ok(chunk)) if chunk.is_empty() => return Ok(all),
            Ok(Ok(chunk)) => all.extend(chunk),
            Ok(Err(error)) => return Err(Ends(FAULTY, vec![format!("Standard input cannot be read: {error}.")])),
            Err(RecvTimeoutError::Timeout) => {
                let words = format!("Nothing came in by standard input for {} s, and it was not closed.", silence.as_secs());
                return Err(Ends(FAULTY, vec![words]));
            }
            Err(RecvTimeoutError::Disconnected) => return Ok(all),
        }
        if all.len() > LONGEST {
            // What is too long is told by whoever reads it.
            return Ok(all);
        }
    }
}

async fn file(bytes: Vec<u8>) -> Result<Vec<HandedIn>, Ends> {
    // What is wrong is wrong whoever reads it, and nobody has to be asked.
    new::read(&bytes).map_err(|faults| faulty(&faults))?;
    let home = Home::find().map_err(|failure| unusable(&failure))?;
    // Whoever files it may run elsewhere. Without a folder, only whole paths lead to a file.
    let folder = std::env::current_dir().unwrap_or_default();
    let asked = Knock::HandIn { text: String::from_utf8_lossy(&bytes).into_owned(), folder: folder.clone() };
    let mut waited = Duration::ZERO;
    loop {
        match knock(home.folder(), &asked).await {
            Ok(Reply::HandedIn(handed)) => return Ok(handed),
            Ok(Reply::Faulty(faults)) => return Err(faulty(&faults)),
            Ok(Reply::Failed(words)) => return Err(Ends(UNUSABLE, vec![words])),
            Ok(Reply::Done) => return Err(Ends(UNKNOWN, vec!["Baton gave an answer that belongs to another question.".into()])),
            Err(Unheard::Unknown(why)) => return Err(Ends(UNKNOWN, vec![format!("{why}. It is not known whether it was filed.")])),
            Err(Unheard::Nobody) => {}
        }
        match home.lock() {
            Ok(lock) => return without_window(&home, lock, bytes, &folder).await,
            // Starting, or another script is at it.
            Err(HomeFailure::Taken) if waited < PATIENCE => {
                tokio::time::sleep(A_MOMENT).await;
                waited += A_MOMENT;
            }
            Err(HomeFailure::Taken) => {
                let words = "Baton has this data folder open, and does not answer. Bring it forward or end it, then do this again.";
                return Err(Ends(UNUSABLE, vec![words.into()]));
            }
            Err(failure) => return Err(unusable(&failure)),
        }
    }
}

fn unusable(failure: &HomeFailure) -> Ends {
    Ends(UNUSABLE, vec![failure.to_string()])
}

fn faulty(faults: &[Fault]) -> Ends {
    Ends(FAULTY, faults.iter().map(|fault| format!("{}: {}", fault.path, fault.words)).collect())
}

/// Files it in the data folder itself. First the disk, then whoever is to be called: whatever goes wrong with the
/// second, the first is not lost.
async fn without_window(home: &Home, lock: Lock, bytes: Vec<u8>, folder: &Path) -> Result<Vec<HandedIn>, Ends> {
    let (desk, engine) = open(home.folder()).await.map_err(|words| Ends(UNUSABLE, vec![words]))?;
    let mut handed = match desk.hand_in(bytes, folder).await {
        Ok(handed) => handed,
        Err(NotFiled::Faulty(faults)) => return Err(faulty(&faults)),
        Err(NotFiled::Failed(failure)) => return Err(Ends(UNUSABLE, vec![failure.message])),
    };
    drop((desk, engine, lock));
    let is = |state: HandedInState| move |one: &&mut HandedIn| one.state == state;
    if handed.iter().any(|one| one.state == HandedInState::Escalated) {
        match watched(home.folder()).await {
            Ok(()) => handed.iter_mut().for_each(|one| one.watched = true),
            Err(why) => {
                let sent = send(home).await;
                let words = match sent {
                    Ok(()) => "The messages that were due were sent from here".to_string(),
                    Err(words) => format!("Nothing was sent yet: {words}"),
                };
                let words = format!("Baton could not be started ({why}). {words}; nobody climbs, listens or reminds until it is.");
                handed.iter_mut().filter(is(HandedInState::Escalated)).for_each(|one| one.notes.push(words.clone()));
            }
        }
    }
    if !handed.iter().any(|one| one.watched) {
        let words = "Baton is not running: nobody is asked about it until it is started.";
        handed.iter_mut().filter(is(HandedInState::Filed)).for_each(|one| one.notes.push(words.into()));
    }
    Ok(handed)
}

async fn open(folder: &Path) -> Result<(Desk, Arc<Engine>), String> {
    let secrets = DeskSecrets::open(folder);
    let (store, _) = Store::open(folder).map_err(|failure| failure.to_string())?;
    let clock = SystemClock::starting_after(last_event_at(&store).await.map_err(|error| error.to_string())?);
    let engine = Arc::new(Engine::new(store, Arc::new(clock), Arc::new(NoDesktop), Arc::new(secrets), Arc::new(NoDesktop)));
    let desk = Desk::new(Arc::clone(&engine));
    desk.prepare(iana_time_zone::get_timezone().ok()).await.map_err(|failure| failure.message)?;
    Ok((desk, engine))
}

/// Starts Baton in the tray and waits until it is at its work.
async fn watched(folder: &Path) -> Result<(), String> {
    let mut child = start().map_err(|error| error.to_string())?;
    let mut waited = Duration::ZERO;
    while waited < PATIENCE {
        match knock(folder, &Knock::Watching).await {
            Ok(Reply::Done) => return Ok(()),
            Ok(Reply::Failed(words)) => return Err(words),
            Ok(Reply::HandedIn(_) | Reply::Faulty(_)) | Err(_) => {}
        }
        // It ends by itself where there is no desktop, or where another one is there already.
        if let Ok(Some(status)) = child.try_wait()
            && !status.success()
        {
            return Err("there is no desktop here that it could run on".into());
        }
        tokio::time::sleep(A_MOMENT).await;
        waited += A_MOMENT;
    }
    Err("it did not come up in time".into())
}

/// It stays when this command and its terminal go.
fn start() -> io::Result<Child> {
    let mut command = Command::new(std::env::current_exe()?);
    command.arg("--in-tray").stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    #[cfg(unix)]
    std::os::unix::process::CommandExt::process_group(&mut command, 0);
    // DETACHED_PROCESS and CREATE_NEW_PROCESS_GROUP.
    #[cfg(windows)]
    std::os::windows::process::CommandExt::creation_flags(&mut command, 0x0000_0008 | 0x0000_0200);
    command.spawn()
}

/// Sends what is due now, where nobody else will.
async fn send(home: &Home) -> Result<(), String> {
    let _lock = home.lock().map_err(|failure| failure.to_string())?;
    let (_desk, engine) = open(home.folder()).await?;
    let sending = async {
        engine.resume().await.map_err(|error| error.to_string())?;
        engine.settle().await.map(drop).map_err(|error| error.to_string())
    };
    tokio::time::timeout(SENDING, sending).await.unwrap_or_else(|_| Err("it took too long".into()))
}

/// There is no desktop to show anything on, and no window to tell.
struct NoDesktop;

impl Notifier for NoDesktop {
    fn show(&self, _: &ShownNotice) -> Result<(), String> {
        Err("no desktop".into())
    }
}

impl EventSink for NoDesktop {
    fn changed(&self, _: Change) {}
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Says nothing, and never ends.
    struct Silent;

    impl Read for Silent {
        fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
            std::thread::park();
            Err(io::ErrorKind::Interrupted.into())
        }
    }

    #[test]
    fn what_never_ends_is_cut_short() {
        let endless = read(io::repeat(b'{'), SILENCE).ok().expect("as much as shows that it is too long");
        assert!(endless.len() > LONGEST && endless.len() < LONGEST + 1024 * 1024, "and not all of it: {}", endless.len());
        let Err(Ends(code, words)) = read(Silent, Duration::from_millis(20)) else { panic!("nobody waits for ever") };
        assert_eq!(code, FAULTY, "{words:?}");
        assert_eq!(read(&b"{}"[..], SILENCE).ok().as_deref(), Some(&b"{}"[..]), "what ends is read to its end");
    }
}
