//! What a reply has to show so that it counts: a secret of one delivery, which
//! only whoever received that message can know.

use std::fmt;

use serde::{Deserialize, Serialize};

/// No sign that is read or heard as another.
const SIGNS: &[u8] = b"2346789ACDEFGHJKMNPQRTWXY";

/// The first sign, so that a code is never a word.
const DIGITS: &[u8] = b"2346789";

/// One of 7 signs and fifteen of 25: more than 72 bits.
const LENGTH: usize = 16;

/// As much of it as a person types, where the sender's number or address is known besides.
const TYPED: usize = 4;

/// A delivery's own secret. Its `Debug` tells nothing.
#[derive(Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Token(String);

impl Token {
    /// A token made of this much randomness.
    #[must_use]
    pub fn of(random: u128) -> Self {
        let mut rest = random;
        let mut draw = |from: &[u8]| {
            let sign = from[usize::try_from(rest % from.len() as u128).unwrap_or(0)];
            rest /= from.len() as u128;
            char::from(sign)
        };
        Self((0..LENGTH).map(|place| draw(if place == 0 { DIGITS } else { SIGNS })).collect())
    }

    /// The token as it came back from a provider; `None` where it cannot be one.
    #[must_use]
    pub fn read(text: &str) -> Option<Self> {
        let text = text.trim();
        (text.len() == LENGTH && text.bytes().all(|sign| SIGNS.contains(&sign))).then(|| Self(text.into()))
    }

    /// For a preview, which nobody can answer.
    #[must_use]
    pub fn sample() -> Self {
        Self("7KQ4".repeat(LENGTH / 4))
    }

    /// Where it leaves for its purpose.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.0
    }

    /// What a person types who answers by text.
    #[must_use]
    pub fn code(&self) -> &str {
        &self.0[..self.0.len().min(TYPED)]
    }
}

/// Whether a word is such a code, however it was typed.
#[must_use]
pub fn is_code(word: &str) -> bool {
    word.len() == TYPED
        && word.bytes().all(|sign| SIGNS.contains(&sign.to_ascii_uppercase()))
        && word.bytes().next().is_some_and(|first| DIGITS.contains(&first))
}

impl fmt::Debug for Token {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        to.write_str("Token(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_tells_nothing_of_another_and_is_read_as_it_was_written() {
        let one = Token::of(0x0123_4567_89ab_cdef_0123_4567_89ab_cdef);
        assert_eq!(Token::read(one.reveal()), Some(one.clone()), "what a provider gives back is the same token");
        assert_ne!(one, Token::of(0x0123_4567_89ab_cdef_0123_4567_89ab_cdee), "the next one is another");
        assert_eq!(Token::read("short"), None);
        assert!(is_code(one.code()) && is_code(&one.code().to_lowercase()), "{}", one.code());
        assert!(!is_code("call") && !is_code("2026x") && !is_code("2010"), "a word, and a number with a zero, is none");
        assert_eq!(format!("{one:?}"), "Token(…)", "no log tells it");
    }
}
