//! What the tests are told with: a desk with a clock of its own, and real little
//! servers over real sockets for it to reach.

use std::path::PathBuf;

pub mod authority;
pub mod bridge;
pub mod http_sink;
pub mod imap_sink;
#[cfg(feature = "bench")]
pub mod many;
pub mod nobody;
#[cfg(all(any(feature = "peers", feature = "window"), unix))]
pub mod patience;
#[cfg(all(feature = "peers", unix))]
pub mod peers;
#[cfg(all(any(feature = "peers", feature = "window"), unix))]
pub mod process;
pub mod providers;
pub mod replies;
pub mod setting;
pub mod smtp_sink;
#[cfg(all(feature = "window", unix))]
pub mod window;
mod wire;
pub mod world;

/// The root of the checkout.
pub fn root() -> PathBuf {
    // Cargo says it to what it runs, which stays right when two checkouts share one target folder.
    let here = std::env::var_os("CARGO_MANIFEST_DIR").map_or_else(|| env!("CARGO_MANIFEST_DIR").into(), PathBuf::from);
    here.join("..").canonicalize().expect("the checkout is there")
}
