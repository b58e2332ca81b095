//! What other programs write and read: tables, address cards, directory dumps,
//! calendars, new incidents as JSON and as a link. Bytes in, plain rows out, and
//! back; nothing here is looked up or kept.

pub mod calendar;
pub mod csv;
mod heading;
mod ldif;
pub mod link;
pub mod new;
pub mod people;
mod repeats;
pub mod text;
pub mod vcard;
