//! A connection as a server sees it, in the clear or encrypted, that can also
//! be broken off on purpose.

use std::io;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::watch;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

pub enum Wire {
    Plain(TcpStream),
    Encrypted(Box<TlsStream<TcpStream>>),
}

impl Wire {
    pub async fn encrypt(self, with: &TlsAcceptor) -> io::Result<Self> {
        match self {
            Self::Plain(stream) => Ok(Self::Encrypted(Box::new(with.accept(stream).await?))),
            encrypted @ Self::Encrypted(_) => Ok(encrypted),
        }
    }

    pub const fn is_encrypted(&self) -> bool {
        matches!(self, Self::Encrypted(_))
    }

    /// Appends what has come; an error where the other side has gone.
    pub async fn read(&mut self, into: &mut Vec<u8>) -> io::Result<()> {
        let count = match self {
            Self::Plain(stream) => stream.read_buf(into).await?,
            Self::Encrypted(stream) => stream.read_buf(into).await?,
        };
        if count == 0 { Err(io::ErrorKind::UnexpectedEof.into()) } else { Ok(()) }
    }

    pub async fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        match self {
            Self::Plain(stream) => stream.write_all(bytes).await,
            Self::Encrypted(stream) => {
                stream.write_all(bytes).await?;
                stream.flush().await
            }
        }
    }

    /// Holds the connection open, saying nothing, until the other side goes.
    pub async fn keep_silent(mut self) {
        let mut ignored = Vec::new();
        while self.read(&mut ignored).await.is_ok() {
            ignored.clear();
        }
    }

    /// Breaks it off with a reset, as a crashed server does.
    pub fn reset(self) {
        let stream = match &self {
            Self::Plain(stream) => stream,
            Self::Encrypted(stream) => stream.get_ref().0,
        };
        drop(stream.set_zero_linger());
    }
}

/// Waits until a server has counted so many.
pub async fn until(counted: watch::Receiver<usize>, enough: usize, what: &str) {
    found(counted, |count| (count >= enough).then_some(()), &format!("{enough} {what}")).await;
}

/// Looks each time a server has counted on, until there is what is looked for. Far
/// longer than it ever takes, a test that waits for nothing says so.
pub async fn found<T>(mut counted: watch::Receiver<usize>, look: impl Fn(usize) -> Option<T>, what: &str) -> T {
    let looking = async {
        loop {
            let count = *counted.borrow_and_update();
            if let Some(found) = look(count) {
                return found;
            }
            counted.changed().await.expect("the server is still there");
        }
    };
    // A panic here is a failed test: the server waited for never came to it.
    tokio::time::timeout(Duration::from_secs(60), looking).await.unwrap_or_else(|_| panic!("{what} were expected within a minute"))
}
