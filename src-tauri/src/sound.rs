//! The one sound Baton makes. It is played by whatever plays sounds on this desktop: the notification daemon, where it
//! says that it can, or a small program that comes with every sound system. So nothing of a sound system is linked in,
//! and a computer without one is only silent.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// Made for Baton: two tones, twice.
const ALARM: &[u8] = include_bytes!("../sounds/alarm.wav");

/// What plays a file, the likeliest first, with what stands before the file.
#[cfg(target_os = "linux")]
const PLAYERS: &[(&str, &[&str])] = &[("pw-play", &[]), ("paplay", &[]), ("aplay", &["-q"]), ("canberra-gtk-play", &["-f"])];
#[cfg(target_os = "macos")]
const PLAYERS: &[(&str, &[&str])] = &[("afplay", &[])];
/// The name of the file comes by the environment, so that no letter in it is taken for a command.
#[cfg(windows)]
const PLAYERS: &[(&str, &[&str])] =
    &[("powershell", &["-NoProfile", "-NonInteractive", "-Command", "(New-Object Media.SoundPlayer $Env:BATON_SOUND).PlaySync()"])];

/// The sound as a file, as those who play it want it.
#[derive(Clone)]
pub struct Sound(Option<PathBuf>);

impl Sound {
    /// Puts it into the data folder.
    pub fn kept_in(folder: &Path) -> Self {
        let file = folder.join("alarm.wav");
        let is_there = std::fs::metadata(&file).is_ok_and(|known| known.len() == ALARM.len() as u64);
        if !is_there && let Err(error) = std::fs::write(&file, ALARM) {
            tracing::warn!(%error, "there will be no sound");
            return Self(None);
        }
        Self(Some(file))
    }

    pub fn file(&self) -> Option<&Path> {
        self.0.as_deref()
    }

    /// Plays it beside everything else; a player that hangs hangs alone.
    pub fn play(&self) {
        let Some(file) = self.0.clone() else { return };
        let playing = std::thread::Builder::new().name("sound".into()).spawn(move || play(&file, PLAYERS));
        if let Err(error) = playing {
            tracing::warn!(%error, "no sound");
        }
    }
}

/// Whether one of them played it.
fn play(file: &Path, players: &[(&str, &[&str])]) -> bool {
    for (player, words) in players {
        let mut command = Command::new(player);
        command.args(*words).env("BATON_SOUND", file).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        if cfg!(not(windows)) {
            command.arg(file);
        }
        match command.status() {
            Ok(status) if status.success() => return true,
            Ok(status) => tracing::debug!(player, %status, "it was not played"),
            Err(error) => tracing::debug!(player, %error, "it was not played"),
        }
    }
    tracing::info!("nothing on this computer plays a sound");
    false
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    fn player(folder: &Path, name: &str, script: &str) -> String {
        let file = folder.join(name);
        std::fs::write(&file, format!("#!/bin/sh\n{script}\n")).unwrap();
        std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o755)).unwrap();
        file.display().to_string()
    }

    #[test]
    fn the_next_player_plays_what_one_does_not() {
        let folder = tempfile::tempdir().unwrap();
        let sound = Sound::kept_in(folder.path());
        let (file, heard) = (sound.file().unwrap(), folder.path().join("heard"));
        assert_eq!(&std::fs::read(file).unwrap()[..4], b"RIFF", "it is a sound that players know");
        let without_a_server = player(folder.path(), "one", "exit 1");
        let good = player(folder.path(), "two", &format!("echo \"$1 $2\" > {}", heard.display()));
        let gone = folder.path().join("none").display().to_string();
        assert!(play(file, &[(&gone, &[]), (&without_a_server, &[]), (&good, &["-q"])]));
        assert_eq!(std::fs::read_to_string(heard).unwrap().trim(), format!("-q {}", file.display()));
        assert!(!play(file, &[(&gone, &[])]), "a computer without sound is only silent");
    }
}
