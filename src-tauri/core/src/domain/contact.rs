//! Addresses that people type: taken as they mean them, kept in one form, and
//! refused with an example where they cannot be meant.

use std::str::FromStr;

use super::text::{clean_line, shorten};

/// As much of what was typed as a message repeats.
const QUOTED: usize = 60;

/// The address, without what came along when it was copied: "mailto:", or the
/// name in "Marta Vogel <marta@example.org>".
pub fn mail_address(text: &str) -> Result<String, String> {
    let typed = clean_line(text);
    let copied = typed.strip_prefix("mailto:").unwrap_or(&typed);
    let text = copied.strip_suffix('>').and_then(|rest| rest.rsplit_once('<')).map_or(copied, |(_, address)| address).trim();
    let refused = |why: &str| Err(format!("\"{}\" {why}. A mail address looks like marta@example.org.", shorten(&typed, QUOTED)));
    if text.is_empty() {
        return Err("Write a mail address, such as marta@example.org.".into());
    }
    if text.contains([',', ';']) {
        return refused("is more than one address; add a method for each");
    }
    let Some((name, domain)) = text.rsplit_once('@') else { return refused("has no @") };
    if name.is_empty() {
        return refused("has nothing before the @");
    }
    if domain.is_empty() {
        return refused("has nothing after the @");
    }
    if text.contains(' ') {
        return refused("has a space in it");
    }
    if !domain.contains('.') && domain != "localhost" {
        return refused("has no full domain after the @");
    }
    lettre::Address::from_str(text).map_or_else(|_| refused("is no mail address"), |address| Ok(address.to_string()))
}

/// Whether numbers of a country can be read by its two letters (ISO 3166).
#[must_use]
pub fn is_region(letters: &str) -> bool {
    letters.parse::<phonenumber::country::Id>().is_ok()
}

/// The number in E.164 form. Without `region` (ISO 3166, such as "DE") it must
/// begin with + or 00 and the country's code.
pub fn phone_number(text: &str, region: Option<&str>) -> Result<String, String> {
    let typed = clean_line(text);
    let refused = |why: &str| Err(format!("\"{}\" {why}. A phone number looks like +49 30 23125011.", shorten(&typed, QUOTED)));
    if typed.is_empty() {
        return Err("Write a phone number with its country code, such as +49 30 23125011.".into());
    }
    let number = typed.strip_prefix("tel:").unwrap_or(&typed);
    let country = region.and_then(|region| region.parse().ok());
    let number = match number.strip_prefix("00") {
        Some(international) => format!("+{international}"),
        None => number.into(),
    };
    if number.chars().filter(|sign| *sign == '+').count() > 1 || number.contains([',', ';']) {
        return refused("is more than one number; add a method for each");
    }
    if !number.chars().any(|sign| sign.is_ascii_digit()) {
        return refused("is no phone number");
    }
    if country.is_none() && !number.starts_with('+') {
        return refused("has no country code");
    }
    // "+49 (0)30": the zero is dialled within the country only.
    let number = if number.starts_with('+') { number.replace("(0)", "") } else { number };
    let parsed = match phonenumber::parse(country, &number) {
        Ok(parsed) => parsed,
        Err(phonenumber::ParseError::InvalidCountryCode) => return refused("begins with a country code that does not exist"),
        Err(phonenumber::ParseError::TooLong) => return refused("has too many digits"),
        Err(phonenumber::ParseError::TooShortNsn | phonenumber::ParseError::TooShortAfterIdd) => return refused("has too few digits"),
        Err(_) => return refused("is no phone number"),
    };
    if parsed.extension().is_some() {
        return refused("has an extension, which cannot be dialled; write the direct number");
    }
    match digits(&parsed) {
        ..6 => refused("has too few digits"),
        6..=15 => Ok(parsed.format().mode(phonenumber::Mode::E164).to_string()),
        // ITU-T E.164 ends at 15.
        16.. => refused("has too many digits"),
    }
}

/// What is odd about a number that can be dialled: that nobody has it, as far as the
/// numbers of its country are known. `None` where nothing is.
#[must_use]
pub fn phone_doubt(number: &str) -> Option<String> {
    let parsed = phonenumber::parse(None, number).ok()?;
    (!phonenumber::is_valid(&parsed)).then(|| format!("{} does not look like a number that exists", spoken_phone(number)))
}

/// The number as it is written internationally: "+49 30 23125011".
#[must_use]
pub fn spoken_phone(number: &str) -> String {
    phonenumber::parse(None, number)
        .map_or_else(|_| number.to_string(), |parsed| parsed.format().mode(phonenumber::Mode::International).to_string())
}

/// An address as people write it: a number by `spoken_phone`, anything else as it is.
#[must_use]
pub fn spoken_address(address: &str) -> String {
    if address.starts_with('+') { spoken_phone(address) } else { address.into() }
}

/// Enough of it to know it by, for a screen that others see: "m•••@example.org",
/// "+49 •••11".
#[must_use]
pub fn masked(address: &str) -> String {
    let first = |text: &str| text.chars().next().map_or_else(String::new, String::from);
    match address.rsplit_once('@') {
        Some((name, domain)) => format!("{}•••@{domain}", first(name)),
        None if address.starts_with('+') => {
            let country = address.split(' ').next().unwrap_or_default();
            let country = if country.len() < address.len() { format!("{country} ") } else { String::new() };
            let last: String = address.chars().skip(address.chars().count().saturating_sub(2)).collect();
            format!("{country}•••{last}")
        }
        None if address.is_empty() => String::new(),
        None => format!("{}•••", first(address)),
    }
}

fn digits(number: &phonenumber::PhoneNumber) -> usize {
    number.format().mode(phonenumber::Mode::E164).to_string().chars().filter(char::is_ascii_digit).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_kept_in_one_form_however_it_was_typed() {
        for typed in [
            "+49 30 23125-011",
            "+493023125011",
            "+49 (30) 23125011",
            "  +49 30 23125 011 ",
            "+49 (0)30 23125011",
            "0049 30 23125011",
            "tel:+49-30-23125011",
        ] {
            assert_eq!(phone_number(typed, None).as_deref(), Ok("+493023125011"), "{typed}");
        }
        assert_eq!(phone_number("030 23125011", Some("DE")).as_deref(), Ok("+493023125011"), "with a region, the local form is enough");
        assert_eq!(phone_number("+7 (0)912 345 67 89", None).as_deref(), Ok("+79123456789"), "a zero in brackets is not dialled anywhere");
        assert_eq!(phone_number("+39 06 698 82000", None).as_deref(), Ok("+390669882000"), "Italy's zero is part of the number");
    }

    #[test]
    fn what_is_no_number_is_refused_with_what_is_wrong_and_an_example() {
        for (typed, why) in [
            ("", "Write a phone number"),
            ("call me maybe", "is no phone number"),
            ("030 23125011", "has no country code"),
            ("+49", "is no phone number"),
            ("+1 555", "has too few digits"),
            ("12", "has no country code"),
            ("+999 123456789", "country code that does not exist"),
            ("+49 30 231250111111111", "has too many digits"),
            ("+49 30 23125011 / +49 171 1234567", "is more than one number"),
            ("+49 30 23125011, 23125012", "is more than one number"),
            ("+49 30 23125011 ext. 5", "has an extension"),
            ("☎", "is no phone number"),
        ] {
            let refused = phone_number(typed, None).expect_err(typed);
            assert!(refused.contains(why) && refused.contains("+49 30 23125011"), "{typed}: {refused}");
        }
    }

    #[test]
    fn a_number_that_nobody_can_have_is_doubted_and_no_other() {
        for kept in ["+4915111111", "+15550100"] {
            assert_eq!(phone_number(kept, None).as_deref(), Ok(kept), "it is not refused, for a country may have changed its numbers");
            assert!(phone_doubt(kept).is_some_and(|doubt| doubt.ends_with("does not look like a number that exists")), "{kept}");
        }
        let doubted = phone_doubt("+4915111111");
        assert_eq!(doubted.as_deref(), Some("+49 15111111 does not look like a number that exists"));
        for sound in [
            "+493023125011",
            "+4915123456789",
            "+498912345",
            "+496912345678",
            "+4317961234",
            "+436641234567",
            "+41446681800",
            "+41791234567",
            "+442079460958",
            "+447400123456",
            "+33142685300",
            "+33612345678",
            "+390669882000",
            "+393471234567",
            "+34912345678",
            "+31201234567",
            "+48221234567",
            "+4533123456",
            "+4686136000",
            "+358912345678",
            "+12025550143",
            "+13125550199",
            "+61291234567",
            "+819012345678",
            "+919876543210",
            "+8613812345678",
            "+5511912345678",
            "+27821234567",
            "+97145551234",
            "+80012345678",
        ] {
            assert_eq!(phone_doubt(sound), None, "{sound} is like those that exist");
        }
        assert_eq!(phone_doubt("marta@example.org"), None, "what is no number is not doubted as one");
    }

    #[test]
    fn a_number_is_read_out_as_it_is_written_internationally() {
        assert_eq!(spoken_phone("+493023125011"), "+49 30 23125011");
        assert_eq!(spoken_phone("the porter"), "the porter", "what is no number is shown as it is");
    }

    #[test]
    fn a_masked_address_can_be_known_but_not_written_down() {
        assert_eq!(masked("marta@example.org"), "m•••@example.org");
        assert_eq!(masked("+49 30 23125011"), "+49 •••11");
        assert_eq!(masked("+493023125011"), "•••11", "without a space nobody knows where the country ends");
        assert_eq!(masked("the porter"), "t•••");
        assert_eq!(masked(""), "");
    }

    #[test]
    fn an_address_is_kept_without_what_came_along_when_it_was_copied() {
        for typed in [" marta@example.org ", "mailto:marta@example.org", "Marta Vogel <marta@example.org>", "<marta@example.org>"] {
            assert_eq!(mail_address(typed).as_deref(), Ok("marta@example.org"), "{typed}");
        }
        assert_eq!(mail_address("desk@localhost").as_deref(), Ok("desk@localhost"), "a mailbox on this very machine");
    }

    #[test]
    fn what_is_no_address_is_refused_with_what_is_wrong_and_an_example() {
        for (typed, why) in [
            ("", "Write a mail address"),
            ("marta", "has no @"),
            ("marta at example.org", "has no @"),
            ("marta@", "has nothing after the @"),
            ("@example.org", "has nothing before the @"),
            ("a b@example.org", "has a space in it"),
            ("marta@example", "has no full domain"),
            ("marta@example..org", "is no mail address"),
            ("marta@-example.org", "is no mail address"),
            ("m@n@example.org", "is no mail address"),
            ("marta@example.org, jonas@example.org", "is more than one address"),
            ("m@example.org\r\nBcc: x@y.org", "has a space in it"),
        ] {
            let refused = mail_address(typed).expect_err(typed);
            assert!(refused.contains(why) && refused.contains("marta@example.org"), "{typed}: {refused}");
        }
    }

    #[test]
    fn a_pasted_log_file_is_not_repeated_in_full() {
        let log = "no address here ".repeat(10_000);
        assert!(mail_address(&log).expect_err("no address").len() < 200, "a message is read, not scrolled");
        assert!(phone_number(&log, None).expect_err("no number").len() < 200);
    }

    proptest::proptest! {
        #[test]
        fn whatever_is_typed_is_judged_and_what_is_kept_is_kept_again(typed in ".{0,40}|[+0-9 ()/-]{0,20}|[a-z.@<> ]{0,24}") {
            if let Ok(kept) = phone_number(&typed, None) {
                proptest::prop_assert_eq!(phone_number(&kept, None), Ok(kept), "the one form is its own form");
            }
            if let Ok(kept) = mail_address(&typed) {
                proptest::prop_assert_eq!(mail_address(&kept), Ok(kept));
            }
        }
    }
}
