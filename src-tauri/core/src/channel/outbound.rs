//! Where Baton may connect to. A name is judged by the addresses it resolves
//! to, not by how it looks, so that no name smuggles a forbidden one in.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use reqwest::dns::{Addrs, Name, Resolve, Resolving};

/// Which addresses a destination may have.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Guard {
    /// The public internet only.
    Public,
    /// This computer and private networks too. Never link-local, metadata,
    /// multicast or unspecified addresses.
    Private,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    Public,
    Private,
    /// Nobody's help desk lives there.
    Forbidden(&'static str),
}

/// Why an address is not connected to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Refused {
    Private { host: String },
    Forbidden { host: String, what: &'static str },
    Unknown { host: String, words: String },
}

impl Refused {
    /// A host that cannot be found may be found later; a forbidden one never.
    pub(super) const fn lasts(&self) -> bool {
        !matches!(self, Self::Unknown { .. })
    }
}

impl fmt::Display for Refused {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Private { host } => write!(
                to,
                "{host} is on this computer or in a private network, where Baton sends only if the channel allows it. Turn on “Allow private addresses” if this is meant."
            ),
            Self::Forbidden { host, what } => write!(to, "{host} is {what}, where Baton never sends. Check the address."),
            Self::Unknown { host, words } => {
                write!(to, "The host {host} was not found: {} Check its name, and whether this computer is online.", super::sentence(words))
            }
        }
    }
}

impl std::error::Error for Refused {}

impl Guard {
    pub(super) fn judge(self, host: &str, address: IpAddr) -> Result<(), Refused> {
        match (place(address), self) {
            (Place::Public, _) | (Place::Private, Self::Private) => Ok(()),
            (Place::Private, Self::Public) => Err(Refused::Private { host: host.into() }),
            (Place::Forbidden(what), _) => Err(Refused::Forbidden { host: host.into(), what }),
        }
    }

    /// The addresses of a host that may be connected to, or why there is none.
    pub(super) async fn resolve(self, host: &str, port: u16) -> Result<Vec<SocketAddr>, Refused> {
        let bare = host.trim_start_matches('[').trim_end_matches(']');
        let unknown = |words: String| Refused::Unknown { host: host.into(), words };
        let found: Vec<SocketAddr> = tokio::net::lookup_host((bare, port)).await.map_err(|error| unknown(why_unknown(&error)))?.collect();
        let mut refused = None;
        let allowed: Vec<SocketAddr> =
            found.into_iter().filter(|address| self.judge(host, address.ip()).map_err(|why| refused = Some(why)).is_ok()).collect();
        if allowed.is_empty() { Err(refused.unwrap_or_else(|| unknown("it has no address".into()))) } else { Ok(allowed) }
    }
}

/// The system's words without what it was doing.
fn why_unknown(error: &std::io::Error) -> String {
    let words = super::http::reason(error);
    words.rsplit(": ").next().map_or_else(String::new, str::to_lowercase)
}

impl Resolve for Guard {
    fn resolve(&self, name: Name) -> Resolving {
        let guard = *self;
        Box::pin(async move {
            let addresses = guard.resolve(name.as_str(), 0).await?;
            Ok(Box::new(addresses.into_iter()) as Addrs)
        })
    }
}

fn place(address: IpAddr) -> Place {
    match address {
        IpAddr::V4(address) => place_of_4(address),
        IpAddr::V6(address) => place_of_6(address),
    }
}

fn place_of_4(address: Ipv4Addr) -> Place {
    const METADATA: [Ipv4Addr; 3] = [Ipv4Addr::new(100, 100, 100, 200), Ipv4Addr::new(168, 63, 129, 16), Ipv4Addr::new(192, 0, 0, 192)];
    let [a, b, ..] = address.octets();
    if a == 0 {
        Place::Forbidden("no address at all")
    } else if address.is_link_local() || METADATA.contains(&address) {
        Place::Forbidden("a link-local or metadata address")
    } else if address.is_multicast() || a >= 240 {
        Place::Forbidden("a multicast, broadcast or reserved address")
    } else if address.is_loopback() || address.is_private() || (a == 100 && b & 0xc0 == 64) || (a == 198 && b & 0xfe == 18) {
        Place::Private
    } else {
        Place::Public
    }
}

fn place_of_6(address: Ipv6Addr) -> Place {
    const METADATA: Ipv6Addr = Ipv6Addr::new(0xfd00, 0x0ec2, 0, 0, 0, 0, 0, 0x254);
    if address.is_unspecified() {
        return Place::Forbidden("no address at all");
    }
    if address.is_loopback() {
        return Place::Private;
    }
    if let Some(inner) = carried_4(address) {
        return place_of_4(inner);
    }
    let first = address.segments()[0];
    if address == METADATA || first & 0xffc0 == 0xfe80 {
        Place::Forbidden("a link-local or metadata address")
    } else if address.is_multicast() {
        Place::Forbidden("a multicast, broadcast or reserved address")
    } else if first & 0xfe00 == 0xfc00 || first & 0xffc0 == 0xfec0 {
        Place::Private
    } else {
        Place::Public
    }
}

/// The IPv4 address inside a mapped, compatible, translated (NAT64) or tunnelled (6to4) one.
fn carried_4(address: Ipv6Addr) -> Option<Ipv4Addr> {
    let segments = address.segments();
    let pair = |high: u16, low: u16| Ipv4Addr::from((u32::from(high) << 16) | u32::from(low));
    match segments {
        [0, 0, 0, 0, 0, 0 | 0xffff, high, low] | [0x64, 0xff9b, 0, 0, 0, 0, high, low] | [0x2002, high, low, ..] => Some(pair(high, low)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judged(address: &str, guard: Guard) -> bool {
        guard.judge(address, address.parse().expect("a test address")).is_ok()
    }

    #[test]
    fn what_nobody_means_is_refused_whatever_is_allowed() {
        for address in [
            "0.0.0.0",
            "0.1.2.3",
            "169.254.169.254",
            "169.254.0.1",
            "100.100.100.200",
            "168.63.129.16",
            "224.0.0.1",
            "255.255.255.255",
            "::",
            "fe80::1",
            "fd00:ec2::254",
            "ff02::1",
            "::ffff:169.254.169.254",
            "64:ff9b::a9fe:a9fe",
            "2002:a9fe:a9fe::1",
            "::169.254.169.254",
        ] {
            assert!(!judged(address, Guard::Private), "{address} is refused even where private addresses are allowed");
        }
    }

    #[test]
    fn private_addresses_are_an_opt_in() {
        for address in [
            "127.0.0.1",
            "127.8.8.8",
            "10.1.2.3",
            "172.16.0.1",
            "192.168.1.1",
            "100.64.0.1",
            "198.18.0.1",
            "::1",
            "fc00::1",
            "fd12::1",
            "fec0::1",
            "::ffff:10.0.0.1",
            "64:ff9b::7f00:1",
        ] {
            assert!(!judged(address, Guard::Public), "{address} is not on the internet");
            assert!(judged(address, Guard::Private), "{address} is what the opt-in is for");
        }
        for address in ["93.184.216.34", "100.128.0.1", "172.32.0.1", "2606:2800:220::1", "::ffff:93.184.216.34"] {
            assert!(judged(address, Guard::Public), "{address} is on the internet");
        }
    }

    #[tokio::test]
    async fn a_name_is_judged_by_what_it_resolves_to() {
        let refused = Guard::Public.resolve("localhost", 443).await.expect_err("localhost is this computer");
        assert_eq!(refused, Refused::Private { host: "localhost".into() }, "the name does not hide the address");
        assert!(refused.lasts(), "waiting does not make it public");
        assert!(!Guard::Private.resolve("localhost", 443).await.expect("allowed").is_empty(), "the opt-in opens it");
    }
}
