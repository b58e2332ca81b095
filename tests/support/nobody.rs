//! A port at which nobody listens, and at which nobody else begins to.

use std::net::SocketAddr;

use tokio::net::TcpSocket;

pub struct Nobody {
    port: u16,
    // Bound but not listening: connections are refused, and the port stays taken.
    _socket: TcpSocket,
}

impl Nobody {
    #[must_use]
    pub fn listens() -> Self {
        let socket = TcpSocket::new_v4().expect("a socket");
        socket.bind(SocketAddr::from(([127, 0, 0, 1], 0))).expect("a free port on loopback");
        let port = socket.local_addr().expect("the port just bound").port();
        Self { port, _socket: socket }
    }

    #[must_use]
    pub const fn port(&self) -> u16 {
        self.port
    }
}
