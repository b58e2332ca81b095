//! Servers that others have made and that run all over the world. A test starts one in a
//! folder of its own, on free ports of loopback, and ends it with itself; nothing of the
//! machine's own configuration is read or written. Each is one file here: what it wants
//! installed, how it is started, and what a test can ask of it.

pub mod gammu;
pub mod kannel;
pub mod mail;
pub mod matrix;

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use tempfile::TempDir;

use crate::process::Process;

/// Every peer, for `cargo xtask test peers` to install what they want.
pub const ALL: [&Wanted; 4] = [&gammu::WANTED, &kannel::WANTED, &mail::WANTED, &matrix::WANTED];

/// What a peer wants to have on the machine.
pub struct Wanted {
    pub name: &'static str,
    /// Debian packages, and what each is wanted for.
    pub packages: &'static [(&'static str, &'static str)],
    /// What the packages ask while they are being installed, as debconf writes it.
    pub answers: &'static [&'static str],
    /// Packages of Python's index, each with its version, for an environment of this peer's own.
    pub wheels: &'static [&'static str],
}

impl Wanted {
    /// A program of the peer's own Python environment.
    #[must_use]
    pub fn program(&self, name: &str) -> PathBuf {
        let folder = std::env::var_os("BATON_PEERS").expect("`cargo xtask test peers` says where the environments are");
        Path::new(&folder).join(self.name).join("bin").join(name)
    }
}

/// As long as a loaded machine may take to carry something from one server to the other.
const LIMIT: Duration = Duration::from_secs(60);

/// Asks again until there is an answer, letting the test's own servers and tasks run meanwhile.
pub async fn comes<T>(what: &str, mut look: impl AsyncFnMut() -> Option<T>) -> T {
    #[allow(clippy::disallowed_methods, reason = "how long another process takes is no incident's time")]
    let began = Instant::now();
    loop {
        if let Some(found) = look().await {
            return found;
        }
        assert!(began.elapsed() < LIMIT, "{what}: not within {} s", LIMIT.as_secs());
        // The pause only spares the processor: nothing depends on its length.
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

/// Where a peer lives while the test runs: its files, and the programs that use them.
pub struct Site {
    // Ended in the order they were started, before the folder goes.
    running: Vec<Process>,
    folder: TempDir,
}

impl Site {
    #[must_use]
    pub fn new() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        // Servers give up their rights and have to come in all the same.
        fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755)).expect("a folder of our own");
        Self { running: Vec::new(), folder }
    }

    #[must_use]
    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Writes a file, and the folders above it.
    pub fn write(&self, name: &str, text: &str) -> PathBuf {
        let path = self.path(name);
        fs::create_dir_all(path.parent().expect("it lies in the site's folder")).expect("a folder");
        fs::write(&path, text).expect("a file");
        path
    }

    /// Starts a program that runs as long as the site is there, in the foreground; what it
    /// prints goes to `program.log`. Its environment is a plain one.
    pub fn run(&mut self, program: &str, args: &[&str]) {
        let name = Path::new(program).file_name().map_or_else(|| "program".into(), |name| name.to_string_lossy().into_owned());
        let log = self.path(&format!("{name}.log"));
        self.running.push(Process::logged(program, args, &environment(), &log));
    }

    /// Runs a program to its end, which has to be a good one.
    pub fn done(&self, program: &str, args: &[&str]) {
        let output = std::process::Command::new(program).args(args).env_clear().envs(environment()).output();
        let output = output.unwrap_or_else(|error| panic!("cannot start {program}: {error}"));
        assert!(output.status.success(), "{program} {args:?}: {}", String::from_utf8_lossy(&output.stderr));
    }
}

impl Default for Site {
    fn default() -> Self {
        Self::new()
    }
}

impl Drop for Site {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            return;
        }
        // A test that fails says what the servers saw.
        for entry in fs::read_dir(self.folder.path()).into_iter().flatten().flatten() {
            if entry.path().extension().is_some_and(|ending| ending == "log") {
                let text = fs::read(entry.path()).unwrap_or_default();
                eprintln!("── {}\n{}", entry.file_name().display(), String::from_utf8_lossy(&text));
            }
        }
    }
}

fn environment() -> Vec<(String, String)> {
    [("PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"), ("LC_ALL", "C.UTF-8")]
        .map(|(name, value)| (name.to_string(), value.to_string()))
        .into()
}
