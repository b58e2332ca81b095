//! What the program did, for whoever has to find out why. To a file in the data
//! folder and to standard error; never a secret, never what was written in an
//! incident.

use std::backtrace::Backtrace;
use std::fs::File;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use tracing_subscriber::filter::EnvFilter;
use tracing_subscriber::fmt::{self, MakeWriter};
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

/// One full file and the one before it are kept.
const FULL: u64 = 1024 * 1024;

/// `BATON_LOG` says how much, in the syntax of tracing's filters.
pub fn start(folder: &Path) {
    let filter = EnvFilter::try_from_env("BATON_LOG").unwrap_or_else(|_| EnvFilter::new("info"));
    // A folder that cannot be written to is told in the window; the log then goes
    // to standard error alone.
    let file = LogFile::open(folder).ok().map(|file| fmt::layer().with_ansi(false).with_writer(file));
    let errors = fmt::layer().with_ansi(false).with_writer(io::stderr);
    let _ = tracing_subscriber::registry().with(filter).with(errors).with(file).try_init();
    // Where, but not what it says: that may quote what somebody typed. Standard
    // error, which nobody keeps, has it in full.
    let before = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        let place = panic.location().map(ToString::to_string).unwrap_or_default();
        tracing::error!(place, trace = %Backtrace::force_capture(), "something that must not happen did");
        before(panic);
    }));
}

struct LogFile {
    path: PathBuf,
    open: Mutex<(File, u64)>,
}

struct Line<'a> {
    log: &'a LogFile,
    open: MutexGuard<'a, (File, u64)>,
}

impl LogFile {
    fn open(folder: &Path) -> io::Result<Self> {
        crate::home::make(folder)?;
        let path = folder.join("baton.log");
        Ok(Self { open: Mutex::new(append(&path)?), path })
    }
}

fn append(path: &Path) -> io::Result<(File, u64)> {
    let file = File::options().create(true).append(true).open(path)?;
    let length = file.metadata()?.len();
    Ok((file, length))
}

impl<'a> MakeWriter<'a> for LogFile {
    type Writer = Line<'a>;

    fn make_writer(&'a self) -> Line<'a> {
        Line { log: self, open: self.open.lock().unwrap_or_else(PoisonError::into_inner) }
    }
}

impl Write for Line<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.open.1 >= FULL {
            std::fs::rename(&self.log.path, self.log.path.with_extension("log.1"))?;
            *self.open = append(&self.log.path)?;
        }
        let written = self.open.0.write(bytes)?;
        self.open.1 += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.open.0.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_log_never_takes_more_than_two_files() {
        let folder = tempfile::tempdir().unwrap();
        let log = LogFile::open(folder.path()).unwrap();
        let line = [b'x'; 4096];
        for _ in 0..3 * FULL / 4096 {
            log.make_writer().write_all(&line).unwrap();
        }
        let sizes: Vec<u64> = std::fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().metadata().unwrap().len()).collect();
        assert_eq!(sizes.len(), 2, "the present file and the one before it");
        assert!(sizes.iter().all(|size| *size <= FULL + 4096), "a log must not fill the disk the incidents are on");
    }
}
