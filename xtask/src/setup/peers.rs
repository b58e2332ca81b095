//! What `cargo xtask test peers` runs against: servers that others have made. They are
//! installed as the system's packages, but not started: a test starts them itself, with
//! its own settings.

use std::fs;
use std::io::Write;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::house::{cargo, tools};
use crate::setup::system::{self, Package};
use crate::step::{Outcome, Problem, answer, step};

/// What Debian asks before a package may start what it brings.
const MAY_START: &str = "/usr/sbin/policy-rc.d";

/// Where the peers' Python environments are.
pub fn environments() -> PathBuf {
    tools().join("peers")
}

/// Installs whatever a peer wants and the machine lacks.
pub fn ensure() -> Outcome {
    if answer(Command::new("id").arg("-u")).as_deref() != Some("0") {
        return Err(Problem::new(
            "The peers are servers that only root can start. Run this as root, best on a machine that is thrown away afterwards: a container will do.",
        ));
    }
    let mut listing = cargo();
    listing.args(["run", "--quiet", "--package", "baton-tests", "--features", "peers", "--bin", "peers"]);
    let listing = listing.stdin(Stdio::null()).stderr(Stdio::inherit()).output()?;
    if !listing.status.success() {
        return Err(Problem::new("What the peers want could not be found out; the reason stands above."));
    }
    let listing = String::from_utf8_lossy(&listing.stdout);
    let lines = |kind: &'static str| {
        let words = listing.lines().map(|line| line.splitn(3, '\t').collect::<Vec<_>>());
        words.filter(move |words| words.len() == 3 && words[0] == kind).map(|words| (words[1], words[2]))
    };

    let packages: Vec<Package> = lines("package").map(|(name, why)| Package { name, why }).collect();
    let answers: Vec<&str> = lines("answer").map(|(_, line)| line).collect();
    {
        let _nothing_starts = Stopped::services()?;
        system::ensure_beside(&packages, || answered(&answers))?;
    }

    let wheels: Vec<(&str, &str)> = lines("wheel").collect();
    let mut peers: Vec<&str> = wheels.iter().map(|(peer, _)| *peer).collect();
    peers.dedup();
    peers
        .into_iter()
        .try_for_each(|peer| environment(peer, &wheels.iter().filter(|(of, _)| *of == peer).map(|(_, wheel)| *wheel).collect::<Vec<_>>()))
}

/// Answers beforehand what packages would ask.
fn answered(lines: &[&str]) -> Outcome {
    if lines.is_empty() {
        return Ok(());
    }
    let mut debconf = Command::new("debconf-set-selections").stdin(Stdio::piped()).spawn()?;
    if let Some(mut input) = debconf.stdin.take() {
        writeln!(input, "{}", lines.join("\n"))?;
    }
    if debconf.wait()?.success() { Ok(()) } else { Err(Problem::new("debconf did not take the peers' answers.")) }
}

/// A Python environment with these packages, made anew when the list has changed.
fn environment(peer: &str, wheels: &[&str]) -> Outcome {
    let folder = environments().join(peer);
    let (made, list) = (folder.join("wheels.txt"), wheels.join("\n"));
    if fs::read_to_string(&made).is_ok_and(|kept| kept == list) {
        return Ok(());
    }
    step(&format!("A Python environment for {peer}"), Command::new("python3").args(["-m", "venv", "--clear"]).arg(&folder))?;
    let mut pip = Command::new(folder.join("bin/pip"));
    step(&format!("What {peer} is made of"), pip.args(["install", "--disable-pip-version-check"]).args(wheels))?;
    Ok(fs::write(made, list)?)
}

/// While this is kept, a package that is installed starts nothing by itself.
struct Stopped {
    ours: bool,
}

impl Stopped {
    fn services() -> Outcome<Self> {
        // Where the machine has a rule of its own, as in a container, it stays.
        let ours = !Path::new(MAY_START).exists();
        if ours {
            fs::write(MAY_START, "#!/bin/sh\nexit 101\n")?;
            fs::set_permissions(MAY_START, fs::Permissions::from_mode(0o755))?;
        }
        Ok(Self { ours })
    }
}

impl Drop for Stopped {
    fn drop(&mut self) {
        if self.ours {
            // Left behind, it would keep the machine's own services from being started.
            if let Err(error) = fs::remove_file(MAY_START) {
                eprintln!("{MAY_START} could not be removed ({error}); remove it yourself.");
            }
        }
    }
}
