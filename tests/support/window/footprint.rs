//! What a program and everything it started weigh, and how much of the processor they use.

use std::collections::HashMap;
use std::fs;

use rustix::process::Pid;

/// A program with all that it started, as it is at each question.
pub struct Tree(i32);

impl Tree {
    pub fn of(program: Pid) -> Self {
        Self(program.as_raw_nonzero().get())
    }

    /// Memory in KiB, each page that several processes share counted once among them.
    pub fn memory(&self) -> u64 {
        self.all().into_iter().filter_map(memory_of).sum()
    }

    /// Time on the processor since each of them began, in the kernel's ticks of a hundredth of a second.
    pub fn ticks(&self) -> u64 {
        self.all().into_iter().filter_map(ticks_of).sum()
    }

    /// What each of them is called, for whoever looks for what grew.
    pub fn parts(&self) -> Vec<(String, u64)> {
        let name = |process: i32| fs::read_to_string(format!("/proc/{process}/comm")).unwrap_or_default().trim().to_owned();
        self.all().into_iter().filter_map(|process| Some((name(process), memory_of(process)?))).collect()
    }

    fn all(&self) -> Vec<i32> {
        let mut children: HashMap<i32, Vec<i32>> = HashMap::new();
        let processes = fs::read_dir("/proc").expect("a list of what runs");
        for process in processes.filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok()) {
            if let Some(parent) = stat(process).and_then(|stat| stat.get(1)?.parse().ok()) {
                children.entry(parent).or_default().push(process);
            }
        }
        let mut all = vec![self.0];
        let mut looked = 0;
        while let Some(process) = all.get(looked).copied() {
            all.extend(children.remove(&process).unwrap_or_default());
            looked += 1;
        }
        all
    }
}

fn memory_of(process: i32) -> Option<u64> {
    let rollup = fs::read_to_string(format!("/proc/{process}/smaps_rollup")).ok()?;
    rollup.lines().find_map(|line| line.strip_prefix("Pss:")?.trim().strip_suffix("kB")?.trim().parse().ok())
}

fn ticks_of(process: i32) -> Option<u64> {
    let stat = stat(process)?;
    let field = |at: usize| stat.get(at)?.parse::<u64>().ok();
    Some(field(11)? + field(12)?)
}

/// The fields after the program's name, which may hold anything: its state is the first.
fn stat(process: i32) -> Option<Vec<String>> {
    let stat = fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
    let (_, rest) = stat.rsplit_once(')')?;
    Some(rest.split_whitespace().map(String::from).collect())
}
