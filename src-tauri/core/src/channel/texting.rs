//! A message as a text message, and how somebody answers one: with a word and the
//! delivery's code, because a number alone does not say which incident is meant.

use super::Rendered;
use super::wording::Answering;
use crate::domain::message::Message;
use crate::domain::short_text::{PAIR, SEGMENT, room, text_message};
use crate::domain::text::{clean_line, shorten};
use crate::domain::token::Token;

/// The text as it goes, from a sender that answers come back to.
pub(super) fn answerable(message: &Message, token: &Token) -> String {
    let how = Answering::Code(token).briefly(message.purpose);
    text_message(message, &if how.is_empty() { how } else { format!("\n{how}") })
}

/// The same from a sender that cannot be answered: whom to tell instead.
pub(super) fn unanswerable(message: &Message) -> String {
    let from = shorten(&clean_line(&message.from), 60);
    let whom = if message.purpose.responses().is_empty() || from.is_empty() { String::new() } else { format!("\nTell {from}.") };
    text_message(message, &whom)
}

/// The text as it is previewed, beside what the network takes of it at most.
pub(super) fn rendered(text: String) -> Rendered {
    let (one, two) = (room(&text, SEGMENT).0, room(&text, PAIR).0);
    let limit = if text.chars().count() <= one { one } else { two };
    Rendered::new(None, text, Some(limit))
}
