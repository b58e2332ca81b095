//! A desktop of a test's own: a display in memory, a window manager, a message bus, a
//! tray and a notification daemon, none of which touches the real ones.

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{ChildStdout, Command, Output, Stdio};

use rustix::process::{Pid, Signal, kill_process};
use tempfile::TempDir;

use super::app;
use super::display::Display;
use super::tray_host::TrayHost;
use super::typing_daemon::TypingDaemon;
use crate::patience::until;
use crate::process::Process;

/// Everything is ended and removed when it is dropped.
pub struct Desktop {
    env: Vec<(String, String)>,
    clock: [(String, String); 5],
    tray: TrayHost,
    /// Where it is not dunst that shows notifications.
    typing: Option<TypingDaemon>,
    // Dropped in this order: who depends on the display goes before it.
    _running: Vec<Process>,
    folder: TempDir,
}

/// A notification as the daemon showed it.
#[derive(Clone, Debug, PartialEq)]
pub struct Shown {
    pub id: u32,
    pub summary: String,
    pub body: String,
}

/// What the person has chosen for the whole desktop.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Look {
    Light,
    Dark,
}

impl Desktop {
    pub fn start(look: Look) -> Self {
        Self::start_with(look, false)
    }

    /// The same where one can type into notifications.
    pub fn start_with_typing(look: Look) -> Self {
        Self::start_with(look, true)
    }

    fn start_with(look: Look, typing: bool) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let mut env = environment(folder.path());
        choose(look, folder.path());

        let (xvfb, output) = Process::heard("Xvfb", ["-displayfd", "1", "-screen", "0", "1440x1000x24", "-nolisten", "tcp"], &env);
        env.push(("DISPLAY".into(), format!(":{}", first_line("Xvfb", output))));

        let bus = folder.path().join("bus.conf");
        fs::write(&bus, bus_settings(folder.path())).expect("the bus's settings");
        let (bus, output) =
            Process::heard("dbus-daemon", ["--nofork", "--print-address=1", &format!("--config-file={}", bus.display())], &env);
        let address = first_line("dbus-daemon", output);
        let tray = TrayHost::on(&address);
        let typing = typing.then(|| TypingDaemon::on(&address));
        env.push(("DBUS_SESSION_BUS_ADDRESS".into(), address));

        let openbox = Process::start("openbox", ["--sm-disable"], &env);
        let dunst = typing.is_none().then(|| Process::start("dunst", ["-conf", &dunst_settings(folder.path())], &env));

        let clock = clock(folder.path());
        let running = dunst.into_iter().chain([openbox, bus, xvfb]).collect();
        let desktop = Self { env, clock, tray, typing, _running: running, folder };
        if desktop.typing.is_none() {
            until("a notification daemon on the test's bus", || desktop.dunstctl(&["is-paused"]));
        }
        desktop
    }

    /// Where Baton keeps its data on this desktop.
    pub fn home(&self) -> PathBuf {
        self.folder.path().join("baton")
    }

    /// What a program needs to appear here and nowhere else.
    pub fn env(&self) -> &[(String, String)] {
        &self.env
    }

    /// The same for Baton, which reads this desktop's clock.
    pub fn env_with_clock(&self) -> Vec<(String, String)> {
        self.env.iter().chain(&self.clock).cloned().collect()
    }

    /// Sets the wall clock that Baton sees on this desktop forward, as a laptop's sleep does: so much from the real time.
    pub fn set_clock_forward(&self, minutes: u32) {
        set_clock(self.folder.path(), minutes);
    }

    /// The notifications shown so far, oldest first.
    pub fn shown(&self) -> Vec<Shown> {
        let mut all: Vec<Shown> = fs::read_dir(self.folder.path().join("shown"))
            .expect("the folder dunst's script writes to")
            .filter_map(|entry| {
                let entry = entry.ok()?;
                let id = entry.file_name().to_str()?.parse().ok()?;
                let text = fs::read_to_string(entry.path()).ok()?;
                let (summary, body) = text.split_once('\n')?;
                Some(Shown { id, summary: summary.to_owned(), body: body.trim_end().to_owned() })
            })
            .collect();
        all.sort_by_key(|shown| shown.id);
        all
    }

    /// Waits for a notification whose summary or body has these words.
    pub fn expect_notification(&self, words: &str) -> Shown {
        until(&format!("a notification with \"{words}\""), || {
            self.shown().into_iter().find(|shown| shown.summary.contains(words) || shown.body.contains(words))
        })
    }

    /// Presses the button with this label on what is shown at present.
    pub fn press_notification_button(&self, label: &str) {
        fs::write(self.folder.path().join("choice"), label).expect("the choice for dunst's menu");
        let chosen = self.folder.path().join("chosen");
        let _ = fs::remove_file(&chosen);
        self.dunstctl(&["context"]).expect("dunst to open its menu");
        let line = until("dunst's menu of actions", || fs::read_to_string(&chosen).ok().filter(|line| line.ends_with('\n')));
        assert!(line.contains(label), "no shown notification has a button \"{label}\"; dunst offered: {line}");
    }

    /// Waits for a notification with this title that has a field, and types into it; answers with what was suggested there.
    pub fn type_into_notification(&self, title: &str, words: &str) -> String {
        let daemon = self.typing.as_ref().expect("a desktop that was started with typing");
        let shown = until(&format!("a notification \"{title}\" with a field"), || {
            let fits = |one: &super::typing_daemon::Typed| one.summary.contains(title) && one.actions.iter().any(|id| id == "inline-reply");
            daemon.shown().into_iter().rev().find(fits)
        });
        daemon.types(shown.id, words);
        shown.suggested
    }

    /// Clicks the notifications that are shown, which is their default action.
    pub fn click_notification(&self) {
        self.dunstctl(&["action"]).expect("dunst to do the default action");
    }

    /// Waits until Baton's icon is in the tray.
    pub fn expect_tray_icon(&self) {
        until("an icon in the tray", || (self.tray.icons() > 0).then_some(()));
    }

    /// Chooses an entry of the tray's menu, once it is there.
    pub fn choose_from_tray(&self, label: &str) {
        until(&format!("\"{label}\" in the tray's menu"), || self.tray.choose(label).then_some(()));
    }

    /// Waits until the tray's menu has an entry with these words.
    pub fn expect_in_tray(&self, words: &str) -> String {
        until(&format!("\"{words}\" in the tray's menu"), || self.tray.menu().into_iter().find(|label| label.contains(words)))
    }

    /// What is to be seen on this desktop.
    pub fn display(&self) -> Display {
        let name = self.env.iter().find(|(name, _)| name == "DISPLAY").map(|(_, value)| value.as_str());
        Display::on(name.expect("a desktop has a display"))
    }

    /// Starts Baton on this desktop as a person does, and not under a driver's hand.
    pub fn start_baton(&self) -> Process {
        self.start_baton_in(&self.home())
    }

    /// The same with this data folder.
    pub fn start_baton_in(&self, home: &Path) -> Process {
        let mut env = self.env_with_clock();
        env.retain(|(name, _)| name != "BATON_HOME");
        env.push(("BATON_HOME".into(), home.display().to_string()));
        Process::start(&app().display().to_string(), [""; 0], &env)
    }

    /// Starts Baton as a script does, with this for it to read, and waits until it has ended.
    pub fn script(&self, words: &[&str], input: &[u8]) -> Output {
        self.script_without(&[], words, input)
    }

    /// The same where these are not in its environment.
    pub fn script_without(&self, absent: &[&str], words: &[&str], input: &[u8]) -> Output {
        let env = self.env.iter().filter(|(name, _)| !absent.contains(&name.as_str())).cloned();
        let mut command = Command::new(app());
        command.args(words).env_clear().envs(env).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().expect("Baton starts");
        let mut to = child.stdin.take().expect("the input was piped just above");
        std::thread::scope(|scope| {
            // Beside the waiting: what is too long is not read to its end.
            scope.spawn(move || drop(to.write_all(input)));
            child.wait_with_output().expect("a child can be waited for")
        })
    }

    /// Ends Baton between two instructions, as the machine's power supply might.
    pub fn kill_baton(&self) {
        kill_process(self.baton(), Signal::KILL).expect("a process of our own can be ended");
    }

    /// The Baton that runs on this desktop.
    pub fn baton(&self) -> Pid {
        self.running().expect("Baton runs on this desktop")
    }

    /// The same; `None` while none does.
    pub fn running(&self) -> Option<Pid> {
        let mine = format!("BATON_HOME={}", self.home().display());
        let is_mine = |process: &PathBuf| {
            fs::read(process.join("environ")).is_ok_and(|all| all.split(|byte| *byte == 0).any(|one| one == mine.as_bytes()))
                && fs::read_link(process.join("exe")).is_ok_and(|exe| exe == app())
        };
        let processes = fs::read_dir("/proc").expect("a list of what runs").filter_map(|entry| Some(entry.ok()?.path()));
        let found = processes.filter(is_mine).find_map(|path| path.file_name()?.to_str()?.parse().ok());
        found.and_then(Pid::from_raw)
    }

    /// How many notifications are on the screen.
    pub fn notifications_on_screen(&self) -> u32 {
        self.dunstctl(&["count", "displayed"]).and_then(|count| count.parse().ok()).unwrap_or(0)
    }

    fn dunstctl(&self, words: &[&str]) -> Option<String> {
        let output = Command::new("dunstctl").args(words).env_clear().envs(self.env.iter().cloned()).stdin(Stdio::null()).output().ok()?;
        output.status.success().then(|| String::from_utf8_lossy(&output.stdout).trim().to_owned())
    }
}

/// Private folders for everything a desktop program writes to, and no trace of the real desktop.
fn environment(folder: &Path) -> Vec<(String, String)> {
    let mut env: Vec<(String, String)> = [
        ("HOME", "home"),
        ("BATON_HOME", "baton"),
        ("XDG_CONFIG_HOME", "config"),
        ("XDG_DATA_HOME", "data"),
        ("XDG_CACHE_HOME", "cache"),
        ("XDG_RUNTIME_DIR", "runtime"),
    ]
    .into_iter()
    .map(|(name, below)| {
        let path = folder.join(below);
        if name != "BATON_HOME" {
            // Baton makes its own folder: a first start has none.
            fs::create_dir(&path).expect("a folder of the test's own");
        }
        (name.to_owned(), path.display().to_string())
    })
    .collect();
    fs::set_permissions(folder.join("runtime"), fs::Permissions::from_mode(0o700)).expect("the runtime folder to be ours alone");
    fs::create_dir(folder.join("shown")).expect("a folder for what is shown");

    let path = std::env::var("PATH").unwrap_or_default();
    let fixed = [
        ("PATH", path.as_str()),
        ("LANG", "C.UTF-8"),
        ("TZ", "UTC"),
        ("GDK_BACKEND", "x11"),
        ("GTK_USE_PORTAL", "0"),
        ("NO_AT_BRIDGE", "1"),
    ];
    env.extend(fixed.map(|(name, value)| (name.to_owned(), value.to_owned())));
    env
}

/// Where a desktop's own settings program would write it.
fn choose(look: Look, folder: &Path) {
    let settings = folder.join("config/gtk-3.0");
    fs::create_dir(&settings).expect("a folder for the desktop's settings");
    let dark = u8::from(look == Look::Dark);
    fs::write(settings.join("settings.ini"), format!("[Settings]\ngtk-application-prefer-dark-theme={dark}\n"))
        .expect("the desktop's settings");
}

/// Lets Baton alone read the wall clock through libfaketime, so that a test need not wait a quarter of an hour.
/// The steady clock stays as it is.
fn clock(folder: &Path) -> [(String, String); 5] {
    let library = fs::read_dir("/usr/lib")
        .expect("the system's libraries")
        .filter_map(|entry| Some(entry.ok()?.path().join("faketime/libfaketimeMT.so.1")))
        .find(|path| path.exists())
        .expect("libfaketime, which `cargo xtask test` installs");
    set_clock(folder, 0);
    [
        ("LD_PRELOAD", library.display().to_string()),
        ("FAKETIME_TIMESTAMP_FILE", clock_file(folder).display().to_string()),
        ("FAKETIME_NO_CACHE", "1".to_owned()),
        ("FAKETIME_DONT_FAKE_MONOTONIC", "1".to_owned()),
        ("FAKETIME_ONLY_CMDS", "baton".to_owned()),
    ]
    .map(|(name, value)| (name.to_owned(), value))
}

fn set_clock(folder: &Path, minutes: u32) {
    // Renamed into place: Baton may read at any moment.
    let part = folder.join("clock.part");
    fs::write(&part, format!("+{minutes}m\n")).expect("a clock to set");
    fs::rename(part, clock_file(folder)).expect("a clock to set");
}

fn clock_file(folder: &Path) -> PathBuf {
    folder.join("clock")
}

/// A session bus that starts nothing by itself: no portal to wait for, no keyring to ask.
fn bus_settings(folder: &Path) -> String {
    format!(
        r#"<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <listen>unix:path={}/runtime/bus</listen>
  <auth>EXTERNAL</auth>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
  </policy>
</busconfig>
"#,
        folder.display()
    )
}

/// dunst tells what it shows by running a program, and asks another which action
/// to take where it would ask a person with a menu.
fn dunst_settings(folder: &Path) -> String {
    let at = folder.display();
    let script = |name: &str, text: String| {
        let path = folder.join(name);
        fs::write(&path, text).expect("a script for dunst");
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).expect("a script that may run");
    };
    // Renamed into place, so that nobody reads half of it.
    script(
        "record",
        format!(
            "#!/bin/sh\nprintf '%s\\n%s\\n' \"$DUNST_SUMMARY\" \"$DUNST_BODY\" > {at}/part.$DUNST_ID\nmv {at}/part.$DUNST_ID {at}/shown/$DUNST_ID\n"
        ),
    );
    script(
        "menu",
        format!(
            "#!/bin/sh\nall=$(cat)\nline=$(printf '%s\\n' \"$all\" | grep -m1 -F \"$(cat {at}/choice)\")\nprintf '%s\\n' \"${{line:-$all}}\" > {at}/chosen\nprintf '%s\\n' \"$line\"\n"
        ),
    );
    let settings = folder.join("dunstrc");
    fs::write(
        &settings,
        format!("[global]\ndmenu = {at}/menu\nfollow = none\nidle_threshold = 0\nsort = yes\n[all]\nsummary = \"*\"\nscript = {at}/record\ntimeout = 0\n"),
    )
    .expect("dunst's settings");
    settings.display().to_string()
}

fn first_line(program: &str, output: ChildStdout) -> String {
    let mut line = String::new();
    BufReader::new(output).read_line(&mut line).expect("a readable first line");
    assert!(!line.trim().is_empty(), "{program} ended before it said where it is");
    line.trim().to_owned()
}
