//! Baton without a window: what an incident is, where it is kept, when it is due,
//! and how it reaches people. See docs/architecture.md.

pub mod api;
pub mod channel;
pub mod clock;
pub mod domain;
pub mod engine;
pub mod error;
pub mod formats;
pub mod host;
pub mod paper;
pub mod store;
