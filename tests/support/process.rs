//! A program that runs beside a test and ends with it.

use rustix::process::{Pid, Signal, kill_process_group};
use std::ffi::OsStr;
use std::fs::File;
use std::net::{TcpListener, TcpStream};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, ChildStdout, Command, ExitStatus, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use crate::patience::until;

/// Time for a program to remove its sockets and locks before it is ended the hard way.
const GRACE: Duration = Duration::from_secs(2);

/// A child in a process group of its own, so that what it started ends with it.
pub struct Process(Child);

impl Process {
    /// Starts the program with this environment and nothing else of the test's own.
    pub fn start<S: AsRef<OsStr>>(program: &str, args: impl IntoIterator<Item = S>, env: &[(String, String)]) -> Self {
        let mut command = prepared(program, args, env);
        Self(command.spawn().unwrap_or_else(|error| panic!("cannot start {program}: {error}")))
    }

    /// As [`Process::start`], and hands over what the program prints.
    pub fn heard<S: AsRef<OsStr>>(program: &str, args: impl IntoIterator<Item = S>, env: &[(String, String)]) -> (Self, ChildStdout) {
        let mut command = prepared(program, args, env);
        let mut child = command.stdout(Stdio::piped()).spawn().unwrap_or_else(|error| panic!("cannot start {program}: {error}"));
        let output = child.stdout.take().expect("the output was piped just above");
        (Self(child), output)
    }

    /// As [`Process::start`], and writes what the program prints into a file.
    pub fn logged<S: AsRef<OsStr>>(program: &str, args: impl IntoIterator<Item = S>, env: &[(String, String)], log: &Path) -> Self {
        let mut command = prepared(program, args, env);
        let log = File::create(log).expect("a file for what the program prints");
        command.stderr(log.try_clone().expect("a file can be held twice")).stdout(log);
        Self(command.spawn().unwrap_or_else(|error| panic!("cannot start {program}: {error}")))
    }

    /// Waits until the program has ended by itself.
    pub fn ended(&mut self) -> ExitStatus {
        until("the program's end", || self.0.try_wait().expect("a child can be asked"))
    }
}

/// Waits until somebody listens on the port.
pub fn listening(port: u16) {
    until(&format!("a program on port {port}"), || TcpStream::connect(("127.0.0.1", port)).ok());
}

/// A port nobody listens on at this moment.
pub fn free_port() -> u16 {
    let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a free port on loopback");
    listener.local_addr().expect("a bound socket has an address").port()
}

fn prepared<S: AsRef<OsStr>>(program: &str, args: impl IntoIterator<Item = S>, env: &[(String, String)]) -> Command {
    // A test that is interrupted runs no destructor; the kernel then ends the program.
    let mut command = Command::new("setpriv");
    command.args(["--pdeathsig", "TERM", "--", program]).args(args);
    command.env_clear().envs(env.iter().map(|(name, value)| (name, value))).process_group(0);
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    if std::env::var_os("BATON_TEST_NOISE").is_some() {
        command.stdout(Stdio::inherit()).stderr(Stdio::inherit());
    }
    command
}

impl Drop for Process {
    fn drop(&mut self) {
        // Each call fails only if the program has ended already, which is what is wanted.
        let group = Pid::from_child(&self.0);
        let _ = kill_process_group(group, Signal::TERM);
        #[allow(clippy::disallowed_methods, reason = "how long another process takes is no incident's time")]
        let asked = Instant::now();
        while asked.elapsed() < GRACE && matches!(self.0.try_wait(), Ok(None)) {
            thread::sleep(Duration::from_millis(5));
        }
        let _ = kill_process_group(group, Signal::KILL);
        let _ = self.0.wait();
    }
}
