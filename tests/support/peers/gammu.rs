//! gammu-smsd with a phone that is a folder (`model = dummy`): what the daemon sends is
//! sent nowhere, and what somebody writes to it is laid where a phone keeps its texts.

use std::fs;
use std::path::PathBuf;

use super::{Site, Wanted};

pub const WANTED: Wanted = Wanted {
    name: "gammu",
    packages: &[("gammu-smsd", "sends and receives texts by a modem"), ("gammu", "lays a text onto the phone, as if somebody had written")],
    answers: &[],
    wheels: &[],
};

pub struct Gammu {
    site: Site,
}

impl Gammu {
    /// Starts the daemon, which lays texts into the inbox in this format of its.
    #[must_use]
    pub fn start(format: &str) -> Self {
        let mut site = Site::new();
        for folder in ["spool/inbox", "spool/outbox", "spool/sent", "spool/error", "phone/sms/1"] {
            fs::create_dir_all(site.path(folder)).expect("a folder");
        }
        let folder = |name: &str| site.path(name).to_string_lossy().into_owned();
        let settings = format!(
            "[gammu]\nmodel = dummy\nconnection = none\ndevice = {phone}\n\n[smsd]\nservice = files\ndebuglevel = 1\nlogfile = {log}\n\
             inboxpath = {spool}/inbox/\noutboxpath = {spool}/outbox/\nsentsmspath = {spool}/sent/\nerrorsmspath = {spool}/error/\n\
             inboxformat = {format}\ntransmitformat = auto\nloopsleep = 1\ncommtimeout = 1\nreceivefrequency = 1\n",
            phone = folder("phone"),
            log = folder("smsd.log"),
            spool = folder("spool"),
        );
        let settings = site.write("smsdrc", &settings);
        site.run("gammu-smsd", &["--config", &settings.to_string_lossy()]);
        Self { site }
    }

    /// The folder that a channel is set up with.
    #[must_use]
    pub fn spool(&self) -> PathBuf {
        self.site.path("spool")
    }

    /// What lies in one of its folders.
    #[must_use]
    pub fn names(&self, folder: &str) -> Vec<String> {
        let entries = fs::read_dir(self.spool().join(folder)).expect("the folder is there");
        entries.map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned()).collect()
    }

    /// The numbers that something went to, and what the daemon understood of each text: of
    /// one in parts the first.
    #[must_use]
    pub fn transmitted(&self) -> Vec<(String, String)> {
        let log = fs::read(self.site.path("smsd.log")).unwrap_or_default();
        let log = String::from_utf8_lossy(&log).into_owned();
        let numbers = log.lines().filter_map(|line| line.split_once("(total: ")?.1.split_once(") to ")?.1.split_once(','));
        let texts = log.split(" with text \"").skip(1).filter_map(|rest| rest.split_once("\" cod "));
        numbers.map(|(number, _)| number.to_string()).zip(texts.map(|(text, _)| text.to_string())).collect()
    }

    /// Somebody writes to the phone.
    pub fn writes(&self, from: &str, text: &str) {
        let settings = self.site.path("smsdrc").to_string_lossy().into_owned();
        let saved = [
            "--config", &settings, "savesms", "TEXT", "-folder", "1", "-unread", "-unicode", "-sender", from, "-autolen", "600", "-text",
            text,
        ];
        self.site.done("gammu", &saved);
    }
}
