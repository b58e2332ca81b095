//! A third thing that a channel may be able to do: carry files. They follow a message
//! that has been taken, each time below it, and wake nobody a second time where the
//! provider knows the difference.

use super::{Envelope, Sending};
use crate::domain::attachment::{ContentHash, FileKind};

pub trait Files: Send + Sync {
    /// Sends them below their message, all or none. As with messages it is said how far it came.
    fn carry<'a>(&'a self, parcel: &'a Parcel) -> Sending<'a>;
}

/// Files on their way with one message.
#[derive(Clone, Debug)]
pub struct Parcel {
    /// The message that they belong to; its attempt counts the tries with these files.
    pub with: Envelope,
    /// The provider's name for that message, where it gave one.
    pub below: Option<String>,
    /// At least one.
    pub files: Vec<File>,
}

#[derive(Clone, Debug)]
pub struct File {
    pub name: String,
    pub kind: FileKind,
    pub hash: ContentHash,
    pub bytes: Vec<u8>,
}

impl Parcel {
    /// The first of them; the only one where each goes alone.
    pub(super) fn file(&self) -> &File {
        &self.files[0]
    }
}
