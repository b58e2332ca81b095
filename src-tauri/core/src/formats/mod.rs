//! What other programs write and read: tables, address cards, directory dumps,
//! calendars, images, reports as Markdown, new incidents as JSON and as a link. Bytes in, plain rows out, and
//! back; nothing here is looked up or kept.

pub mod attachment;
pub mod calendar;
pub mod csv;
mod heading;
mod ldif;
pub mod link;
pub mod markdown;
pub mod new;
pub mod people;
pub mod picture;
mod repeats;
pub mod text;
pub mod vcard;
