//! What an incident, a person, a path and a brief are. Pure functions of
//! (state, now): this module imports nothing that reads, writes, sends or waits.

pub mod advice;
pub mod assessment;
pub mod brief;
pub mod call_sheet;
pub mod channel;
pub mod climb;
pub mod coach;
pub mod command;
pub mod contact;
pub mod decide;
pub mod delivery;
pub mod desk;
pub mod directory;
pub mod draft;
pub mod due;
pub mod event;
pub mod facts;
pub mod id;
pub mod incident;
pub mod message;
pub mod notice;
pub mod offers;
pub mod plan;
pub mod policy;
pub mod preview;
pub mod readiness;
pub mod reference;
pub mod rhythm;
pub mod rotation;
pub mod severity;
pub mod short_text;
pub mod text;
pub mod time;
pub mod timeline;
mod vague;
pub mod why;
