//! Postfix and Dovecot: mail in over an encrypted submission with a login, out over IMAP, and
//! between the two by LMTP. Whoever has no mailbox here is taken and bounced, as between two
//! houses.

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::net::TcpStream;
use std::os::unix::fs::chown;
use std::path::PathBuf;

use super::{Site, Wanted};
use crate::authority::Authority;
use crate::process::{free_port, listening};

pub const WANTED: Wanted = Wanted {
    name: "mail",
    packages: &[
        ("postfix", "takes mail from Baton, delivers and bounces it"),
        ("dovecot-imapd", "the mailbox that Baton reads answers from"),
        ("dovecot-lmtpd", "takes mail from Postfix into mailboxes"),
        ("dovecot-sieve", "answers for whoever is out of office"),
    ],
    answers: &["postfix postfix/main_mailer_type select No configuration"],
    wheels: &[],
};

/// Everybody's password.
pub const PASSWORD: &str = "pass word \"ü\\";

/// To whom files belong that a mailbox is made of: `nobody`, on every Debian.
const NOBODY: u32 = 65534;

pub struct MailHouse {
    // Ended before the folder of certificates goes.
    site: Site,
    authority: Authority,
    ports: Ports,
}

/// Where it listens, all on loopback.
struct Ports {
    /// For Baton: encrypted, with a login.
    submission: u16,
    /// From one house to the other: neither.
    smtp: u16,
    imaps: u16,
    lmtp: u16,
    auth: u16,
}

impl MailHouse {
    /// Starts both with a mailbox at example.org for each of these names.
    #[must_use]
    pub fn start(names: &[&str]) -> Self {
        Self::with(names, "")
    }

    /// The same, with a gateway in it that drops headers that match this.
    #[must_use]
    pub fn dropping(names: &[&str], headers: &str) -> Self {
        Self::with(names, &format!("/^{headers}/ IGNORE\n"))
    }

    fn with(names: &[&str], checks: &str) -> Self {
        let ports = Ports { submission: free_port(), smtp: free_port(), imaps: free_port(), lmtp: free_port(), auth: free_port() };
        let mut house = Self { site: Site::new(), authority: Authority::new(), ports };
        let (certificate, key) = house.authority.pem("localhost");
        house.site.write("certificate.pem", &certificate);
        house.site.write("key.pem", &key);
        house.site.write("checks", checks);
        house.dovecot(names);
        house.postfix();
        for port in [house.ports.submission, house.ports.smtp, house.ports.imaps, house.ports.lmtp] {
            listening(port);
        }
        house
    }

    /// The settings of a mail channel at this house, but for the password.
    #[must_use]
    pub fn settings(&self) -> Vec<(&'static str, String)> {
        vec![
            ("host", "localhost".into()),
            ("port", self.ports.submission.to_string()),
            ("security", "starttls".into()),
            ("username", "desk@example.org".into()),
            ("from_address", "desk@example.org".into()),
            ("from_name", "Service desk".into()),
            ("imap_host", "localhost".into()),
            ("imap_port", self.ports.imaps.to_string()),
            ("ca_file", self.authority.file().to_string_lossy().into_owned()),
        ]
    }

    /// What lies in somebody's mailbox, in no order.
    #[must_use]
    pub fn mails(&self, name: &str) -> Vec<Vec<u8>> {
        self.files(name).iter().map(|file| fs::read(file).expect("a mail can be read")).collect()
    }

    /// How each mail in somebody's mailbox is marked: "S" is seen.
    #[must_use]
    pub fn flags(&self, name: &str) -> Vec<String> {
        let flags = |file: &PathBuf| file.to_string_lossy().split_once(":2,").map_or_else(String::new, |(_, flags)| flags.into());
        self.files(name).iter().map(flags).collect()
    }

    /// What "dovecot" or "postfix" has logged so far.
    #[must_use]
    pub fn says(&self, server: &str) -> String {
        fs::read_to_string(self.site.path(&format!("{server}-says.log"))).unwrap_or_default()
    }

    /// What to do with mail for somebody, as a Sieve script.
    pub fn sorts(&self, name: &str, script: &str) {
        let path = self.home(name).join(".dovecot.sieve");
        fs::write(&path, script).expect("the script");
        chown(&path, Some(NOBODY), Some(NOBODY)).expect("the script is theirs");
    }

    /// Sends a mail as any other house does.
    pub fn send(&self, from: &str, to: &str, mail: &str) {
        let mut stream = TcpStream::connect(("127.0.0.1", self.ports.smtp)).expect("Postfix listens");
        let mut answers = BufReader::new(stream.try_clone().expect("a socket can be held twice"));
        let content = mail.replace("\r\n", "\n").replace('\n', "\r\n").replace("\r\n.", "\r\n..");
        let (sender, recipient, content) = (format!("MAIL FROM:<{from}>"), format!("RCPT TO:<{to}>"), format!("{content}\r\n."));
        for line in ["", "HELO elsewhere.example.net", &sender, &recipient, "DATA", &content, "QUIT"] {
            if !line.is_empty() {
                stream.write_all(format!("{line}\r\n").as_bytes()).expect("Postfix reads");
            }
            let mut answer = String::new();
            answers.read_line(&mut answer).expect("Postfix answers");
            assert!(answer.starts_with(['2', '3']), "Postfix says {answer:?} to {line:?}");
        }
    }

    fn files(&self, name: &str) -> Vec<PathBuf> {
        let folders = ["new", "cur"].map(|folder| self.home(name).join("Maildir").join(folder));
        folders.iter().flat_map(|folder| fs::read_dir(folder).into_iter().flatten().flatten()).map(|file| file.path()).collect()
    }

    fn home(&self, name: &str) -> PathBuf {
        self.site.path("homes").join(name)
    }

    fn dovecot(&mut self, names: &[&str]) {
        let mut users = String::new();
        for name in names {
            let home = self.home(name);
            fs::create_dir_all(&home).expect("a home");
            chown(&home, Some(NOBODY), Some(NOBODY)).expect("it is theirs");
            users.push_str(&format!("{name}@example.org:{{PLAIN}}{PASSWORD}:{NOBODY}:{NOBODY}::{}::\n", home.display()));
        }
        self.site.write("users", &users);
        let Ports { smtp, imaps, lmtp, auth, .. } = self.ports;
        let here = self.site.path("");
        let here = here.to_string_lossy();
        let settings = self.site.write(
            "dovecot.conf",
            &format!(
                "base_dir = {here}run
state_dir = {here}state
log_path = {here}dovecot-says.log
protocols = imap lmtp
listen = 127.0.0.1
ssl = required
ssl_cert = <{here}certificate.pem
ssl_key = <{here}key.pem
auth_mechanisms = plain login
first_valid_uid = 1
mail_location = maildir:~/Maildir
passdb {{
  driver = passwd-file
  args = {here}users
}}
userdb {{
  driver = passwd-file
  args = {here}users
}}
service imap-login {{
  inet_listener imap {{
    port = 0
  }}
  inet_listener imaps {{
    port = {imaps}
    ssl = yes
  }}
}}
service lmtp {{
  inet_listener lmtp {{
    port = {lmtp}
  }}
}}
service auth {{
  inet_listener {{
    port = {auth}
  }}
}}
submission_host = 127.0.0.1:{smtp}
postmaster_address = postmaster@example.org
protocol lmtp {{
  mail_plugins = sieve
}}
plugin {{
  sieve = file:~/sieve;active=~/.dovecot.sieve
}}
"
            ),
        );
        self.site.run("/usr/sbin/dovecot", &["-F", "-c", &settings.to_string_lossy()]);
    }

    fn postfix(&mut self) {
        let Ports { submission, smtp, lmtp, auth, .. } = self.ports;
        let here = self.site.path("");
        let here = here.to_string_lossy().into_owned();
        self.site.write(
            "postfix/main.cf",
            &format!(
                "compatibility_level = 3.6
queue_directory = {here}queue
data_directory = {here}data
maillog_file = {here}postfix-says.log
maillog_file_prefixes = {here}
myhostname = mail.example.org
mydestination =
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
mynetworks = 127.0.0.0/8
smtp_dns_support_level = disabled
virtual_mailbox_domains = example.org
virtual_transport = lmtp:inet:127.0.0.1:{lmtp}
lmtp_header_checks = regexp:{here}checks
alias_maps =
smtpd_recipient_restrictions = permit_mynetworks, reject
smtpd_tls_cert_file = {here}certificate.pem
smtpd_tls_key_file = {here}key.pem
smtpd_sasl_type = dovecot
smtpd_sasl_path = inet:127.0.0.1:{auth}
"
            ),
        );
        // Name, whether it is private, how often it wakes, how many there may be, and the program.
        let inside: String = [
            ["qmgr", "n", "300", "1", "qmgr"],
            ["cleanup", "n", "-", "0", "cleanup"],
            ["flush", "n", "1000?", "0", "flush"],
            ["rewrite", "-", "-", "-", "trivial-rewrite"],
            ["bounce", "-", "-", "0", "bounce"],
            ["defer", "-", "-", "0", "bounce"],
            ["trace", "-", "-", "0", "bounce"],
            ["tlsmgr", "-", "1000?", "1", "tlsmgr"],
            ["proxymap", "-", "-", "-", "proxymap"],
            ["error", "-", "-", "-", "error"],
            ["retry", "-", "-", "-", "error"],
            ["smtp", "-", "-", "-", "smtp"],
            ["lmtp", "-", "-", "-", "lmtp"],
            ["anvil", "-", "-", "1", "anvil"],
        ]
        .map(|[name, private, wakes, most, program]| format!("{name} unix {private} - n {wakes} {most} {program}\n"))
        .concat();
        self.site.write(
            "postfix/master.cf",
            &format!(
                "127.0.0.1:{smtp} inet n - n - - smtpd
127.0.0.1:{submission} inet n - n - - smtpd
  -o smtpd_tls_security_level=encrypt
  -o smtpd_sasl_auth_enable=yes
  -o smtpd_recipient_restrictions=permit_sasl_authenticated,reject
{inside}postlog unix-dgram n - n - 1 postlogd
"
            ),
        );
        for folder in ["queue", "data"] {
            fs::create_dir_all(self.site.path(folder)).expect("a folder");
        }
        self.own_data();
        let settings = self.site.path("postfix");
        let settings = settings.to_string_lossy();
        self.site.done("/usr/sbin/postfix", &["-c", &settings, "check"]);
        // Not by its script, from whose process group it would take itself away.
        self.site.run("/usr/lib/postfix/sbin/master", &["-c", &settings, "-d"]);
    }

    /// Postfix wants the folder of its caches to be its own user's.
    fn own_data(&self) {
        let users = fs::read_to_string("/etc/passwd").expect("the machine's users");
        let postfix = users.lines().find_map(|line| line.strip_prefix("postfix:")).expect("Postfix is installed");
        let id = postfix.split(':').nth(1).and_then(|id| id.parse().ok());
        chown(self.site.path("data"), id, None).expect("the folder becomes Postfix's");
    }
}
