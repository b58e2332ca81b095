//! Addresses that people type: taken as they mean them, kept in one form, and
//! refused with an example where they cannot be meant.

use std::str::FromStr;

use super::text::clean_line;

/// The address without what was typed around it.
pub fn mail_address(text: &str) -> Result<String, String> {
    let text = clean_line(text);
    if text.is_empty() {
        return Err("Write a mail address, such as marta@example.org.".into());
    }
    match lettre::Address::from_str(&text) {
        Ok(address) if address.domain().contains('.') || address.domain() == "localhost" => Ok(address.to_string()),
        _ => Err(format!("\"{text}\" is no mail address. One looks like marta@example.org.")),
    }
}

/// The number in E.164 form. Without `region` (ISO 3166, such as "DE") it must
/// begin with + and the country's code.
pub fn phone_number(text: &str, region: Option<&str>) -> Result<String, String> {
    let text = clean_line(text);
    if text.is_empty() {
        return Err("Write a phone number with its country code, such as +49 30 23125 011.".into());
    }
    let country = region.and_then(|region| region.parse().ok());
    if country.is_none() && !text.starts_with('+') {
        return Err(format!("\"{text}\" has no country code. Write it as +49 30 23125 011."));
    }
    match phonenumber::parse(country, &text) {
        Ok(number) if phonenumber::is_viable(text.as_str()) && (6..=15).contains(&digits(&number)) => {
            Ok(number.format().mode(phonenumber::Mode::E164).to_string())
        }
        _ => Err(format!("\"{text}\" is no phone number. One looks like +49 30 23125 011.")),
    }
}

/// The number as it is written internationally: "+49 30 23125011".
#[must_use]
pub fn spoken_phone(number: &str) -> String {
    phonenumber::parse(None, number)
        .map_or_else(|_| number.to_string(), |parsed| parsed.format().mode(phonenumber::Mode::International).to_string())
}

fn digits(number: &phonenumber::PhoneNumber) -> usize {
    number.format().mode(phonenumber::Mode::E164).to_string().chars().filter(char::is_ascii_digit).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_kept_in_one_form_however_it_was_typed() {
        for typed in ["+49 30 23125-011", "+493023125011", "+49 (30) 23125011", "  +49 30 23125 011 "] {
            assert_eq!(phone_number(typed, None).as_deref(), Ok("+493023125011"), "{typed}");
        }
        assert_eq!(phone_number("030 23125011", Some("DE")).as_deref(), Ok("+493023125011"), "with a region, the local form is enough");
    }

    #[test]
    fn what_is_no_number_is_refused_with_an_example() {
        for typed in ["", "call me maybe", "030 23125011", "+49", "+1 555", "12"] {
            let refused = phone_number(typed, None).expect_err(typed);
            assert!(refused.contains("+49 30"), "{typed}: {refused}");
        }
    }

    #[test]
    fn what_is_no_address_is_refused_with_an_example() {
        assert_eq!(mail_address(" marta@example.org ").as_deref(), Ok("marta@example.org"));
        for typed in [
            "",
            "marta",
            "marta@",
            "@example.org",
            "marta at example.org",
            "a b@example.org",
            "marta@example",
            "m@example.org\r\nBcc: x@y.org",
        ] {
            let refused = mail_address(typed).expect_err(typed);
            assert!(refused.contains("marta@example.org"), "{typed}: {refused}");
        }
    }
}
