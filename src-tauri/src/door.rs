//! The way into a running Baton from another program of the same person: a socket in
//! the data folder, which nobody else may open. The desktop's own way from a second
//! start to the first brings no answer back, and needs a session bus.

use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use baton_core::api::HandedIn;
use baton_core::formats::new::{Fault, LONGEST};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};

/// What one may ask at the door.
#[derive(Debug, Serialize, Deserialize)]
pub enum Knock {
    /// Come forward, at what this link fills in.
    Open { link: Option<String> },
    /// Is anybody there who sends and reminds?
    Watching,
    /// File this, which `formats::new` has found nothing wrong with. The paths of its files begin at `folder`.
    HandIn { text: String, folder: PathBuf },
}

#[derive(Debug, Serialize, Deserialize)]
pub enum Reply {
    Done,
    HandedIn(Vec<HandedIn>),
    Faulty(Vec<Fault>),
    Failed(String),
}

/// Why there was no reply.
#[derive(Debug)]
pub enum Unheard {
    /// There is no door, or nobody behind it: nothing was asked.
    Nobody,
    /// It was asked, and what came of it is not known.
    Unknown(String),
}

/// Longer than the slowest disk takes to file a thousand incidents.
const ANSWERED: Duration = Duration::from_secs(60);

/// Whoever has knocked says what they want at once.
const SAID: Duration = Duration::from_secs(10);

/// A knock is a text in JSON, which escapes some of its signs.
const LARGEST: usize = 2 * LONGEST + 64 * 1024;

/// Asks the Baton that has this data folder open.
pub async fn knock(folder: &Path, knock: &Knock) -> Result<Reply, Unheard> {
    let mut wire = wire::connect(folder).await.map_err(|error| {
        tracing::debug!(%error, "nobody at the door");
        Unheard::Nobody
    })?;
    let lost = |error: io::Error| Unheard::Unknown(format!("Baton did not answer ({error})"));
    let asked = async {
        say(&mut wire, knock).await?;
        hear::<Reply>(&mut wire).await
    };
    match tokio::time::timeout(ANSWERED, asked).await {
        Ok(reply) => reply.map_err(lost),
        Err(_) => Err(lost(io::ErrorKind::TimedOut.into())),
    }
}

/// Opens the door and answers whoever knocks, for as long as the program runs.
pub async fn keep<A>(folder: &Path, answer: impl Fn(Knock) -> A + Clone + Send + 'static) -> io::Result<()>
where
    A: Future<Output = Reply> + Send + 'static,
{
    let mut door = wire::Door::open(folder)?;
    loop {
        let mut wire = match door.next().await {
            Ok(wire) => wire,
            Err(error) => {
                // Too many open files, for instance: it passes.
                tracing::warn!(%error, "somebody knocked and could not be let in");
                tokio::time::sleep(Duration::from_millis(100)).await;
                continue;
            }
        };
        let answer = answer.clone();
        tauri::async_runtime::spawn(async move {
            let heard = tokio::time::timeout(SAID, hear::<Knock>(&mut wire)).await;
            let said = match heard {
                Ok(Ok(knock)) => say(&mut wire, &answer(knock).await).await,
                Ok(Err(error)) => Err(error),
                Err(_) => Err(io::ErrorKind::TimedOut.into()),
            };
            if let Err(error) = said {
                tracing::info!(%error, "somebody knocked and went away");
            }
        });
    }
}

/// Its length in four bytes, the greatest first, and then the JSON.
async fn say(wire: &mut (impl AsyncWrite + Unpin), what: &impl Serialize) -> io::Result<()> {
    let bytes = serde_json::to_vec(what)?;
    let length = u32::try_from(bytes.len()).map_err(|_| io::ErrorKind::InvalidData)?;
    wire.write_all(&length.to_be_bytes()).await?;
    wire.write_all(&bytes).await?;
    wire.flush().await
}

async fn hear<T: DeserializeOwned>(wire: &mut (impl AsyncRead + Unpin)) -> io::Result<T> {
    let mut length = [0; 4];
    wire.read_exact(&mut length).await?;
    let length = u32::from_be_bytes(length) as usize;
    if length > LARGEST {
        return Err(io::ErrorKind::InvalidData.into());
    }
    let mut bytes = vec![0; length];
    wire.read_exact(&mut bytes).await?;
    Ok(serde_json::from_slice(&bytes)?)
}

#[cfg(unix)]
mod wire {
    use std::fs::{self, Permissions};
    use std::hash::{DefaultHasher, Hash, Hasher};
    use std::io;
    use std::os::unix::fs::{MetadataExt, PermissionsExt};
    use std::path::{Path, PathBuf};
    use tokio::net::{UnixListener, UnixStream};

    /// The shortest of what the systems allow for the name of a socket, less one for its end.
    const LONGEST_NAME: usize = 103;

    pub struct Door {
        listener: UnixListener,
        owner: u32,
    }

    impl Door {
        /// Whoever holds the lock of the folder may put away what another left behind.
        pub fn open(folder: &Path) -> io::Result<Self> {
            let place = place(folder);
            if let Some(around) = place.parent().filter(|around| *around != folder) {
                crate::home::make(around)?;
            }
            match fs::remove_file(&place) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
                _ => {}
            }
            let listener = UnixListener::bind(&place)?;
            fs::set_permissions(&place, Permissions::from_mode(0o600))?;
            Ok(Self { listener, owner: owner(folder)? })
        }

        /// The next one who may come in.
        pub async fn next(&mut self) -> io::Result<UnixStream> {
            loop {
                let (stream, _) = self.listener.accept().await?;
                // The permissions say so too; not every system heeds those of a socket.
                let who = stream.peer_cred()?.uid();
                if who == self.owner || who == 0 {
                    return Ok(stream);
                }
                tracing::warn!(who, "somebody else knocked, and was not let in");
            }
        }
    }

    pub async fn connect(folder: &Path) -> io::Result<UnixStream> {
        let stream = UnixStream::connect(place(folder)).await?;
        // Nobody else's door is taken for one's own.
        if stream.peer_cred()?.uid() == owner(folder)? { Ok(stream) } else { Err(io::ErrorKind::PermissionDenied.into()) }
    }

    fn owner(folder: &Path) -> io::Result<u32> {
        Ok(fs::metadata(folder)?.uid())
    }

    /// In the data folder, unless that lies too deep for the name of a socket.
    pub(super) fn place(folder: &Path) -> PathBuf {
        let inside = folder.join("baton.sock");
        if inside.as_os_str().len() <= LONGEST_NAME {
            return inside;
        }
        let mut hasher = DefaultHasher::new();
        folder.hash(&mut hasher);
        let around = std::env::var_os("XDG_RUNTIME_DIR").filter(|folder| !folder.is_empty()).map_or_else(std::env::temp_dir, PathBuf::from);
        around.join(format!("baton-{:016x}", hasher.finish())).join("baton.sock")
    }
}

#[cfg(windows)]
mod wire {
    use std::fs;
    use std::hash::{BuildHasher, Hasher, RandomState};
    use std::io;
    use std::path::{Path, PathBuf};
    use std::time::Duration;
    use tokio::net::windows::named_pipe::{ClientOptions, NamedPipeClient, NamedPipeServer, ServerOptions};

    /// All ends of the pipe are taken for a moment.
    const BUSY: i32 = 231;

    pub struct Door {
        name: String,
        waiting: NamedPipeServer,
    }

    impl Door {
        /// Its name is drawn anew and kept in the data folder, so that nobody can have taken it before,
        /// and only who may read the folder finds it. Others may not write to a pipe by its standard rights.
        pub fn open(folder: &Path) -> io::Result<Self> {
            let drawn = || RandomState::new().build_hasher().finish();
            let name = format!(r"\\.\pipe\baton-{:016x}{:016x}", drawn(), drawn());
            let waiting = ServerOptions::new().first_pipe_instance(true).reject_remote_clients(true).create(&name)?;
            fs::write(place(folder), &name)?;
            Ok(Self { name, waiting })
        }

        pub async fn next(&mut self) -> io::Result<NamedPipeServer> {
            self.waiting.connect().await?;
            let next = ServerOptions::new().reject_remote_clients(true).create(&self.name)?;
            Ok(std::mem::replace(&mut self.waiting, next))
        }
    }

    pub async fn connect(folder: &Path) -> io::Result<NamedPipeClient> {
        let name = fs::read_to_string(place(folder))?;
        loop {
            match ClientOptions::new().open(&name) {
                Err(error) if error.raw_os_error() == Some(BUSY) => tokio::time::sleep(Duration::from_millis(20)).await,
                opened => return opened,
            }
        }
    }

    fn place(folder: &Path) -> PathBuf {
        folder.join("baton.door")
    }
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;
    use std::os::unix::net::UnixListener;

    async fn kept(folder: &Path) -> tokio::task::JoinHandle<io::Result<()>> {
        let place = folder.to_path_buf();
        let door = tokio::spawn(async move {
            keep(&place, |knock| async move {
                match knock {
                    Knock::HandIn { text, .. } => Reply::Failed(text),
                    Knock::Watching | Knock::Open { .. } => Reply::Done,
                }
            })
            .await
        });
        // Bound once its task has run for the first time.
        while matches!(knock(folder, &Knock::Watching).await, Err(Unheard::Nobody)) && !door.is_finished() {
            tokio::task::yield_now().await;
        }
        door
    }

    #[tokio::test]
    async fn what_is_asked_at_the_door_is_answered_and_nobody_else_may_knock() {
        let folder = tempfile::tempdir().unwrap();
        let _door = kept(folder.path()).await;
        let long = "é".repeat(LONGEST / 2);
        let reply = knock(folder.path(), &Knock::HandIn { text: long.clone(), folder: PathBuf::new() }).await.expect("a reply");
        assert!(matches!(reply, Reply::Failed(text) if text == long), "as much as may come in goes through the door");
        let mode = std::fs::metadata(wire::place(folder.path())).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "no other account may open it");
    }

    #[tokio::test]
    async fn a_door_with_nobody_behind_it_is_as_good_as_none() {
        let folder = tempfile::tempdir().unwrap();
        assert!(matches!(knock(folder.path(), &Knock::Watching).await, Err(Unheard::Nobody)), "there is no door yet");
        drop(UnixListener::bind(wire::place(folder.path())).expect("a socket"));
        assert!(wire::place(folder.path()).exists(), "what a killed program leaves behind");
        assert!(
            matches!(knock(folder.path(), &Knock::Watching).await, Err(Unheard::Nobody)),
            "nothing was asked, so it can be done otherwise"
        );
        let _door = kept(folder.path()).await;
        assert!(matches!(knock(folder.path(), &Knock::Watching).await, Ok(Reply::Done)), "the next start puts it away");
    }

    #[tokio::test]
    async fn one_that_dies_before_it_answers_leaves_it_unknown() {
        let folder = tempfile::tempdir().unwrap();
        let listener = UnixListener::bind(wire::place(folder.path())).expect("a socket");
        let dies = std::thread::spawn(move || drop(listener.accept()));
        let heard = knock(folder.path(), &Knock::HandIn { text: "{}".into(), folder: PathBuf::new() }).await;
        assert!(matches!(heard, Err(Unheard::Unknown(_))), "it may have been filed before the answer was lost: {heard:?}");
        dies.join().expect("it has let somebody in");
    }

    #[tokio::test]
    async fn a_folder_too_deep_for_a_socket_has_its_door_elsewhere() {
        let folder = tempfile::tempdir().unwrap();
        let deep = folder.path().join("x".repeat(120));
        std::fs::create_dir(&deep).unwrap();
        let _door = kept(&deep).await;
        assert!(matches!(knock(&deep, &Knock::Watching).await, Ok(Reply::Done)));
        let around = wire::place(&deep).parent().expect("a folder").to_path_buf();
        assert_eq!(std::fs::metadata(&around).unwrap().permissions().mode() & 0o777, 0o700, "in a folder of its own");
        std::fs::remove_dir_all(around).expect("removed");
    }
}
