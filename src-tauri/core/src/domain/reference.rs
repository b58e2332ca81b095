//! The short name of an incident, made to be said over the phone: `K7-3QF`.
//! No 0/O, 1/I/L, 5/S, U/V or B/8 in one alphabet.

const LETTERS: &[u8] = b"ACDEFGHJKMNPQRTWXY";
const SIGNS: &[u8] = b"2346789ACDEFGHJKMNPQRTWXY";
const DIGITS: &[u8] = b"2346789";

/// Letter, digit, dash, three signs: 18 × 7 × 25³ ≈ 1.9 million references.
#[must_use]
pub fn reference(random: u64) -> String {
    let mut rest = random;
    let mut draw = |from: &[u8]| {
        let length = from.len() as u64;
        let sign = from[usize::try_from(rest % length).unwrap_or(0)];
        rest /= length;
        char::from(sign)
    };
    let mut text = String::with_capacity(6);
    text.push(draw(LETTERS));
    text.push(draw(DIGITS));
    text.push('-');
    for _ in 0..3 {
        text.push(draw(SIGNS));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reference_has_no_sign_that_is_heard_or_read_as_another() {
        for random in (0..u64::MAX).step_by(1 << 54) {
            let reference = reference(random);
            assert_eq!(reference.len(), 6, "short enough to be said");
            assert!(!reference.contains(['0', 'O', '1', 'I', 'L', '5', 'S', 'U', 'V', 'B', 'Z']), "{reference} can be misheard");
        }
    }
}
