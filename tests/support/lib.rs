//! What the tests are told with: a desk with a clock of its own, and real little
//! servers over real sockets for it to reach.

pub mod authority;
pub mod bridge;
pub mod http_sink;
pub mod nobody;
pub mod setting;
pub mod smtp_sink;
#[cfg(all(feature = "window", unix))]
pub mod window;
mod wire;
pub mod world;
