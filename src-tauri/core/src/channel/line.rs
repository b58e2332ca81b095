//! A connection to a mail server as IMAP uses it: encrypted as the form says, and read
//! response by response, never more of one than was asked for.

use std::time::Duration;

use rustls::pki_types::ServerName;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;

use super::http::no_way;
use super::inbound::Deaf;
use super::server::{Security, Server};
use super::tls;

/// For each of the host's addresses.
const CONNECT_LIMIT: Duration = Duration::from_secs(8);
/// From a command to the end of what answers it, and for agreeing on an encryption.
pub(super) const TIME_LIMIT: Duration = Duration::from_secs(30);

/// What went wrong in the conversation.
#[derive(Debug)]
pub(super) enum Trouble {
    /// The connection is gone or makes no sense any more. Another one may do.
    Broken(String),
    /// The server answers, and says no.
    Refused { words: String, lasts: bool },
}

impl From<Trouble> for Deaf {
    fn from(trouble: Trouble) -> Self {
        match trouble {
            Trouble::Broken(words) => Self::now(words),
            Trouble::Refused { words, lasts } => Self { words, retry_after: None, lasts },
        }
    }
}

trait Stream: AsyncRead + AsyncWrite + Unpin + Send + Sync {}
impl<T: AsyncRead + AsyncWrite + Unpin + Send + Sync> Stream for T {}

pub(super) struct Line {
    stream: Box<dyn Stream>,
    received: Vec<u8>,
    /// By which name the server is spoken of.
    pub(super) server: String,
}

impl Line {
    /// Connects, encrypted where that is what comes first.
    pub(super) async fn open(server: &Server, connector: &TlsConnector) -> Result<Self, Trouble> {
        let line = Self { stream: connect(server).await?, received: Vec::new(), server: server.shown() };
        if server.security == Security::Tls { line.encrypt(server, connector).await } else { Ok(line) }
    }

    /// The same connection, encrypted. What was received in the clear is forgotten.
    pub(super) async fn encrypt(self, server: &Server, connector: &TlsConnector) -> Result<Self, Trouble> {
        let stream = encrypted(server, connector, self.stream).await?;
        Ok(Self { stream: Box::new(stream), received: Vec::new(), server: self.server })
    }

    /// Whether the server has said nothing that was not read yet.
    pub(super) const fn is_quiet(&self) -> bool {
        self.received.is_empty()
    }

    /// One whole response: a line, and whatever lines and bytes it announces.
    pub(super) async fn response(&mut self, most: &mut usize) -> Result<Vec<u8>, Trouble> {
        let (mut line, mut looked_at) = (0, 0);
        loop {
            while let Some(at) = self.received.get(looked_at..).and_then(|new| new.windows(2).position(|two| two == b"\r\n")) {
                let end = looked_at + at;
                let Some(announced) = announced(&self.received[line..end]) else {
                    *most = most.saturating_sub(end);
                    let rest = self.received.split_off(end + 2);
                    return Ok(std::mem::replace(&mut self.received, rest));
                };
                if announced > *most {
                    return Err(self.too_much());
                }
                line = end + 2 + announced;
                looked_at = line;
            }
            looked_at = looked_at.max(self.received.len().saturating_sub(1)).max(line);
            if self.received.len() > *most {
                return Err(self.too_much());
            }
            let read =
                self.stream.read_buf(&mut self.received).await.map_err(|error| Trouble::Broken(no_way(&error, false, &self.server)))?;
            if read == 0 {
                return Err(Trouble::Broken(format!("{} broke the connection off.", self.server)));
            }
        }
    }

    fn too_much(&self) -> Trouble {
        Trouble::Broken(format!("{} answered far more than it was asked.", self.server))
    }

    pub(super) async fn write(&mut self, bytes: &[u8]) -> Result<(), Trouble> {
        let written = match self.stream.write_all(bytes).await {
            Ok(()) => self.stream.flush().await,
            failed => failed,
        };
        written.map_err(|error| Trouble::Broken(no_way(&error, false, &self.server)))
    }
}

async fn connect(server: &Server) -> Result<Box<dyn Stream>, Trouble> {
    let addresses = server.addresses().await.map_err(|none| Trouble::Refused { words: none.words, lasts: none.lasts })?;
    let mut why = String::new();
    for address in addresses {
        match timeout(CONNECT_LIMIT, TcpStream::connect(address)).await {
            Ok(Ok(stream)) => {
                drop(stream.set_nodelay(true));
                return Ok(Box::new(stream));
            }
            Ok(Err(error)) => why = no_way(&error, false, &server.shown()),
            Err(late) => why = no_way(&late, true, &server.shown()),
        }
    }
    Err(Trouble::Broken(why))
}

async fn encrypted(server: &Server, connector: &TlsConnector, stream: Box<dyn Stream>) -> Result<Box<dyn Stream>, Trouble> {
    let shown = server.shown();
    let name = ServerName::try_from(server.host.clone())
        .map_err(|_| Trouble::Refused { words: format!("No certificate can be for “{}”.", server.host), lasts: true })?;
    match timeout(TIME_LIMIT, connector.connect(name, stream)).await {
        Ok(Ok(stream)) => Ok(Box::new(stream)),
        Ok(Err(error)) => Err(match tls::wrong(&error, &shown) {
            Some(words) => Trouble::Refused { words, lasts: true },
            None => Trouble::Broken(no_way(&error, false, &shown)),
        }),
        Err(late) => Err(Trouble::Broken(no_way(&late, true, &shown))),
    }
}

/// How many bytes follow a line that ends with `{number}`.
fn announced(line: &[u8]) -> Option<usize> {
    let inside = line.strip_suffix(b"}")?;
    let open = inside.iter().rposition(|&byte| byte == b'{')?;
    std::str::from_utf8(&inside[open + 1..]).ok()?.trim_end_matches('+').parse().ok()
}
