//! A provider's interface on a free port of loopback.

use axum::Router;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

/// Served until it is dropped.
pub struct Serving {
    port: u16,
    task: JoinHandle<()>,
}

impl Serving {
    pub async fn start(router: Router) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port on loopback");
        let port = listener.local_addr().expect("the port just bound").port();
        let task = tokio::spawn(async move { axum::serve(listener, router).await.expect("the server runs") });
        Self { port, task }
    }

    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        self.task.abort();
    }
}
