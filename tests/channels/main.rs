//! Channels against real little servers: the same behaviour of a provider is
//! the same outcome on every channel, and what was typed arrives as text.

mod arrival;
mod conformance;
mod desk;
mod http;
mod mail;
mod setup;
