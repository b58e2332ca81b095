//! Channels against real little servers: the same behaviour of a provider is
//! the same outcome on every channel, and what was typed arrives as text.

mod answers;
mod arrival;
mod bad_files;
mod conformance;
mod desk;
mod entries;
mod http;
mod inbox;
mod interface;
mod listening;
mod mail;
mod pushes;
mod reading;
mod renderings;
mod returned;
mod rooms;
mod setup;
mod slack;
mod telephone;
mod tickets;
