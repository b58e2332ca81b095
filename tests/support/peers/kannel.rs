//! Kannel with a network of its own making (`fakesmsc`), which prints what it is given.

use std::fs;

use super::{Site, Wanted};
use crate::process::{free_port, listening};

pub const WANTED: Wanted = Wanted {
    name: "kannel",
    packages: &[("kannel", "takes texts over HTTP"), ("kannel-extras", "the network behind it")],
    answers: &[],
    wheels: &[],
};

pub const USER: &str = "baton";
pub const PASSWORD: &str = "kannel pass&word";

const NETWORK: &str = "/usr/lib/kannel/test/fakesmsc";

pub struct Kannel {
    site: Site,
    sendsms: u16,
    network: u16,
}

impl Kannel {
    /// Starts the gateway. Its network is not there yet.
    #[must_use]
    pub fn start() -> Self {
        let mut site = Site::new();
        let [admin, boxes, network, sendsms] = [(); 4].map(|()| free_port());
        let settings = format!(
            "group = core\nadmin-port = {admin}\nadmin-password = {PASSWORD}\nsmsbox-port = {boxes}\nbox-deny-ip = \"*.*.*.*\"\n\
             box-allow-ip = \"127.0.0.1\"\n\n\
             group = smsc\nsmsc = fake\nsmsc-id = FAKE\nport = {network}\nconnect-allow-ip = 127.0.0.1\n\n\
             group = smsbox\nbearerbox-host = 127.0.0.1\nsendsms-port = {sendsms}\nglobal-sender = 12345\n\n\
             group = sendsms-user\nusername = {USER}\npassword = {PASSWORD}\nmax-messages = 3\nconcatenation = true\n\
             user-allow-ip = \"127.0.0.1\"\n\n\
             group = sms-service\nkeyword = default\nmax-messages = 0\ntext = none\n"
        );
        let settings = site.write("kannel.conf", &settings).to_string_lossy().into_owned();
        site.run("bearerbox", &[&settings]);
        listening(boxes);
        site.run("smsbox", &[&settings]);
        listening(sendsms);
        Self { site, sendsms, network }
    }

    /// The address of its `sendsms`.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}/cgi-bin/sendsms", self.sendsms)
    }

    /// From now on there is a network. Nobody may look whether its port is open: whoever
    /// connects there is the network, and is given the texts that wait. It is open once the
    /// gateway has answered anything at all.
    pub fn connects(&mut self) {
        self.site.run(NETWORK, &["-H", "127.0.0.1", "-r", &self.network.to_string(), "-m", "0", "1 2 text none"]);
    }

    /// What the network was given, as it prints it: sender, recipient, kind and text.
    #[must_use]
    pub fn carried(&self) -> Vec<String> {
        let log = fs::read(self.site.path("fakesmsc.log")).unwrap_or_default();
        let log = String::from_utf8_lossy(&log).into_owned();
        log.split("Got message ").skip(1).filter_map(|rest| Some(rest.split_once('<')?.1.split_once(">\n")?.0.to_string())).collect()
    }
}
