//! Calling by hand. There is nothing to send: the desk reads the script out
//! and records what came of it, so this is deliberately no `Channel`.

use super::Rendered;
use crate::domain::brief;
use crate::domain::channel::{AddressKind, Provider, Reach};
use crate::domain::message::Message;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ByHand;

impl ByHand {
    /// The script to read out.
    #[must_use]
    pub fn render(self, message: &Message) -> Rendered {
        Rendered::new(None, brief::call_script(message), None)
    }
}

pub(super) fn provider() -> Provider {
    Provider {
        id: "call".into(),
        name: "Call by hand".into(),
        about: "Baton shows the number and what to say; somebody at this desk calls and records the outcome. Works when everything else is down."
            .into(),
        reach: Reach::Phone,
        address: AddressKind::Phone,
        fields: Vec::new(),
    }
}
