//! A mail server as the form names it, the one that sends and the one that is read from:
//! the same rules for both, so that neither is ever spoken to in the clear by mistake.

use std::net::{IpAddr, SocketAddr};

use super::outbound::Guard;
use super::setup::{Form, SetupFault};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Security {
    /// Begins in the clear and must be encrypted before anything is said.
    StartTls,
    Tls,
    Plain,
}

#[derive(Clone, Debug)]
pub(super) struct Server {
    pub(super) host: String,
    pub(super) port: u16,
    pub(super) security: Security,
    allow_plain: bool,
}

/// Why there is no address to connect to.
pub(super) struct NoAddress {
    pub(super) words: String,
    /// Waiting brings none.
    pub(super) lasts: bool,
}

impl Server {
    /// Reads it from the fields of these names: the host, the port and the encryption.
    pub(super) fn read(form: &Form, [host, port, security]: [&str; 3]) -> Result<Self, SetupFault> {
        let name = name(form.text(host)).ok_or_else(|| {
            SetupFault::new(host, "The server is a name such as mail.example.org, without https:// and without the port.")
        })?;
        let how = match form.text(security) {
            "tls" => Security::Tls,
            "plain" => Security::Plain,
            _ => Security::StartTls,
        };
        let allow_plain = form.yes("allow_plain");
        let here = name == "localhost" || name.parse::<IpAddr>().is_ok_and(|address| address.is_loopback());
        if how == Security::Plain && !allow_plain && !here {
            return Err(SetupFault::new(
                security,
                "Without encryption, anyone on the way can read the mail and the password. Choose STARTTLS or TLS, or turn on “Allow mail without encryption” if this is meant.",
            ));
        }
        let port = form.text(port).parse().map_err(|_| SetupFault::new(port, "The port is a number."))?;
        Ok(Self { host: name, port, security: how, allow_plain })
    }

    /// Where it is, if it may be spoken to there.
    pub(super) async fn addresses(&self) -> Result<Vec<SocketAddr>, NoAddress> {
        let Self { host, port, security, allow_plain } = self;
        // A desk's own mail server is usually in its own network.
        let addresses = Guard::Private
            .resolve(host, *port)
            .await
            .map_err(|refused| NoAddress { words: refused.to_string(), lasts: refused.lasts() })?;
        if *security == Security::Plain && !allow_plain && !addresses.iter().all(|address| address.ip().is_loopback()) {
            let words = format!("{host} is another computer, and mail without encryption is allowed to this one only.");
            return Err(NoAddress { words, lasts: true });
        }
        Ok(addresses)
    }

    pub(super) fn shown(&self) -> String {
        format!("{}:{}", self.host, self.port)
    }
}

/// A name as the network knows it, or an address without brackets.
fn name(text: &str) -> Option<String> {
    let bare = text.trim_start_matches('[').trim_end_matches(']');
    if bare.parse::<IpAddr>().is_ok() { Some(bare.into()) } else { url::Host::parse(text).ok().map(|host| host.to_string()) }
}
