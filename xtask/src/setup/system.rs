//! The system's own packages. On Debian and its relatives they are installed;
//! elsewhere the missing ones are named.

use std::io::{IsTerminal, Write};
use std::path::Path;
use std::process::Command;

use crate::step::{Outcome, Problem, answer, foreground, shown};

/// A Debian package and what Baton wants with it.
#[derive(Clone, Copy)]
pub struct Package<'a> {
    pub name: &'a str,
    pub why: &'a str,
}

const fn package(name: &'static str, why: &'static str) -> Package<'static> {
    Package { name, why }
}

/// To compile and show the window.
pub const BUILD: &[Package<'static>] = &[
    package("build-essential", "the C compiler and linker that Rust and SQLite are built with"),
    package("pkg-config", "finds the libraries below while compiling"),
    package("libwebkit2gtk-4.1-dev", "the web view the window is drawn with"),
    package("libayatana-appindicator3-dev", "the icon in the tray"),
    package("librsvg2-dev", "draws the icons"),
    package("libdbus-1-dev", "talks to the desktop: notifications and the keyring"),
];

/// To show and drive the window where nobody looks.
pub const DRIVE: &[Package<'static>] = &[
    package("webkit2gtk-driver", "types and clicks in the real window"),
    package("xvfb", "a display in memory, so that no window appears on yours"),
    package("openbox", "a window manager for that display; focus needs one"),
    package("dbus", "a private message bus, so that nothing reaches your desktop"),
    package("dunst", "shows notifications on that display and can be asked about them"),
    package("libfaketime", "moves the clock of the app under test, so that nobody waits a quarter of an hour"),
    package("poppler-utils", "reads back what the call sheet says on paper"),
    package("fonts-dejavu-core", "letters for what the bundled font lacks"),
];

/// To look at every screen for what keeps people with a handicap out.
pub const AXE: &[Package<'static>] = &[
    package("chromium", "opens every screen for the accessibility check"),
    package("chromium-driver", "drives that browser"),
    package("imagemagick", "looks at pictures of the screen"),
];

/// Makes sure that the packages are there, or says what to do.
pub fn ensure(wanted: &[&[Package<'_>]]) -> Outcome {
    match std::env::consts::OS {
        "linux" if Path::new("/usr/bin/dpkg-query").exists() => debian(&wanted.concat(), &[], || Ok(())),
        "linux" => other_linux(),
        "macos" => macos(),
        "windows" => windows(),
        other => {
            println!("Baton was never tried on {other}; going on all the same.");
            Ok(())
        }
    }
}

/// As [`ensure`], for packages that must not push out what the machine has, such as its own
/// mail server; `before` is done when something is about to be installed.
#[cfg(unix)]
pub fn ensure_beside(wanted: &[Package<'_>], before: impl Fn() -> Outcome) -> Outcome {
    if !Path::new("/usr/bin/dpkg-query").exists() {
        return Err(Problem::new("The peers are installed on Debian and its relatives only."));
    }
    debian(wanted, &["--no-remove"], before)
}

fn debian(wanted: &[Package<'_>], how: &[&str], before: impl Fn() -> Outcome) -> Outcome {
    let missing: Vec<Package<'_>> = wanted.iter().copied().filter(|package| !is_installed(package.name)).collect();
    if missing.is_empty() {
        return Ok(());
    }
    println!("These system packages are missing:");
    for package in &missing {
        println!("  {:<30} {}", package.name, package.why);
    }

    let names: Vec<&str> = missing.iter().map(|package| package.name).collect();
    let mut update = apt();
    update.arg("update");
    let mut install = apt();
    // Without recommendations: they bring a desktop portal that delays every
    // start on a display of our own by 25 seconds.
    install.args(["install", "--yes", "--no-install-recommends"]).args(how).args(&names);
    let by_hand = format!("  {}\n  {}", shown(&update), shown(&install));
    println!("They are installed with:\n{by_hand}");
    let cannot = |why: &str| Problem::new(format!("{why} Install the packages yourself, then start this command again:\n{by_hand}"));

    if !agreed()? {
        return Err(cannot("Nothing was installed."));
    }
    before()?;
    foreground(&mut update).map_err(|problem| cannot(&format!("{problem}\n")))?;
    foreground(&mut install).map_err(|problem| cannot(&format!("{problem}\n")))
}

fn is_installed(name: &str) -> bool {
    let status = answer(Command::new("dpkg-query").args(["--show", "--showformat=${Status}", name]));
    status.is_some_and(|status| status.ends_with(" installed"))
}

/// apt-get with the rights it needs and no questions of its own.
fn apt() -> Command {
    if answer(Command::new("id").arg("-u")).as_deref() == Some("0") {
        let mut command = Command::new("apt-get");
        command.env("DEBIAN_FRONTEND", "noninteractive");
        return command;
    }
    let mut command = Command::new("sudo");
    if !std::io::stdin().is_terminal() {
        // Nobody is there to type a password: fail instead of waiting for one.
        command.arg("-n");
    }
    command.args(["DEBIAN_FRONTEND=noninteractive", "apt-get"]);
    command
}

/// Asks where somebody can answer; a run without a terminal was started to be done.
fn agreed() -> Outcome<bool> {
    if !std::io::stdin().is_terminal() {
        return Ok(true);
    }
    print!("Install them now? [Y/n] ");
    std::io::stdout().flush()?;
    let mut line = String::new();
    std::io::stdin().read_line(&mut line)?;
    Ok(matches!(line.trim().to_lowercase().as_str(), "" | "y" | "yes"))
}

fn other_linux() -> Outcome {
    if answer(Command::new("pkg-config").args(["--modversion", "webkit2gtk-4.1"])).is_some() {
        return Ok(());
    }
    let names: Vec<&str> = BUILD.iter().map(|package| package.name).collect();
    Err(Problem::new(format!(
        "This is not Debian or Ubuntu, so nothing was installed, and WebKitGTK 4.1 is missing.\n\
         Install what your system calls these, then start this command again:\n  {}",
        names.join(" ")
    )))
}

fn macos() -> Outcome {
    match answer(Command::new("xcode-select").arg("-p")) {
        Some(_) => Ok(()),
        None => Err(Problem::new("Apple's command line tools are missing. Install them with:\n  xcode-select --install")),
    }
}

fn windows() -> Outcome {
    let client = r"Microsoft\EdgeUpdate\Clients\{F3017226-FE2A-4295-8BDF-00C3A9A7E4C5}";
    let homes = [r"HKLM\SOFTWARE\WOW6432Node", r"HKLM\SOFTWARE", r"HKCU\Software"];
    let found = homes.iter().any(|home| answer(Command::new("reg").args(["query", &format!(r"{home}\{client}"), "/v", "pv"])).is_some());
    if found {
        Ok(())
    } else {
        Err(Problem::new("Microsoft's WebView2 runtime is missing: Baton's window is drawn with it.\nInstall the \"Evergreen\" runtime."))
    }
}
