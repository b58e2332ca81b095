//! A link such as `baton://new?what=…&service=…`, as a ticket system's macro makes
//! it. Anybody can make one, and put it anywhere: it says what to fill in, and
//! nothing that it says does anything.

use chrono::DateTime;
use url::Url;

use super::new::{NewIncident, NewTried};
use crate::domain::text::{clean, clean_line, shorten};
use crate::domain::time::Instant;

/// How every such link begins.
pub const SCHEME: &str = "baton:";

/// The most that is read of a link, in bytes. No system hands over much more.
pub const LONGEST: usize = 16 * 1024;

/// So many things that were left out are named; beyond that they are counted.
const NAMED: usize = 8;

/// What a script may say and a link may not, with the reason.
const DECIDED_BY_A_PERSON: [&str; 7] = ["escalate", "severity", "path", "answers", "draft", "key", "attach"];

/// What a link says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Linked {
    pub new: NewIncident,
    /// What was left out of it, each in a sentence.
    pub left_out: Vec<String>,
}

/// Reads a link. Whatever is wrong with one field leaves that field out; what is no link to a
/// new incident, or too long to be one, is left out whole.
#[must_use]
pub fn read(link: &str) -> Linked {
    let whole = |words: String| Linked { new: NewIncident::default(), left_out: vec![words] };
    if link.len() > LONGEST {
        let words =
            format!("The link is {} characters long; up to {LONGEST} are read. Nothing of it was taken over.", link.chars().count());
        return whole(words);
    }
    let is_new = |url: &Url| {
        let place = (url.host_str().unwrap_or_default(), url.path().trim_matches('/'));
        url.scheme() == "baton" && matches!(place, ("new", "") | ("", "new"))
    };
    match Url::parse(link) {
        Ok(url) if is_new(&url) => fields(&url),
        _ => whole("Only links that begin with baton://new can be opened. Nothing of this one was taken over.".into()),
    }
}

fn fields(url: &Url) -> Linked {
    let (mut new, mut unread, mut unknown) = (NewIncident::default(), vec![], vec![]);
    for (name, value) in url.query_pairs() {
        let text = || Some(clean(&value)).filter(|text| !text.is_empty());
        let line = || Some(clean_line(&value)).filter(|text| !text.is_empty());
        let mut taken = true;
        match &*name {
            "what" => taken = put(&mut new.what, text()),
            "service" => taken = put(&mut new.service, line()),
            "place" => taken = put(&mut new.place, line()),
            "who" => taken = put(&mut new.who, text()),
            "reported_by" => taken = put(&mut new.reported_by, line()),
            "currency" => taken = put(&mut new.currency, line()),
            "people_affected" => taken = put(&mut new.people_affected, value.trim().parse().ok()),
            "cost_per_hour" => taken = put(&mut new.cost_per_hour, value.trim().parse().ok()),
            "affected_percent" => taken = put(&mut new.affected_percent, value.trim().parse().ok().filter(|percent| *percent <= 100)),
            "orders_per_hour" => taken = put(&mut new.orders_per_hour, value.trim().parse().ok()),
            "customers_affected" => taken = put(&mut new.customers_affected, value.trim().parse().ok()),
            "began" => taken = put(&mut new.began, moment(&value)),
            "tried" => {
                let tried = text().map(|what| NewTried { what, result: None, at: None });
                taken = tried.is_some();
                new.tried.get_or_insert_default().extend(tried);
            }
            other => unknown.push(shorten(&clean_line(other), 40)),
        }
        if !taken {
            unread.push(format!("“{}” of the link ({}) could not be used.", name, shorten(&clean_line(&value), 60)));
        }
    }
    let (decided, unknown): (Vec<String>, Vec<String>) = unknown.into_iter().partition(|name| DECIDED_BY_A_PERSON.contains(&&**name));
    let mut left_out = vec![];
    if !decided.is_empty() {
        left_out.push(format!("A link only fills in; {} was left out, because that is for you to decide.", named(&decided)));
    }
    if !unknown.is_empty() {
        left_out.push(format!("Left out, because Baton knows no such field: {}.", named(&unknown)));
    }
    let more = unread.len().saturating_sub(NAMED);
    left_out.extend(unread.into_iter().take(NAMED));
    if more > 0 {
        left_out.push(format!("{more} more could not be used."));
    }
    Linked { new, left_out }
}

/// The first one counts; the second of the same name is one too many.
fn put<T>(field: &mut Option<T>, value: Option<T>) -> bool {
    let free = field.is_none() && value.is_some();
    if free {
        *field = value;
    }
    free
}

/// By RFC 3339. A "+" of its zone that was not escaped has become a space.
fn moment(value: &str) -> Option<Instant> {
    let value = value.trim();
    let moment = DateTime::parse_from_rfc3339(value).or_else(|_| DateTime::parse_from_rfc3339(&value.replace(' ', "+"))).ok()?;
    Some(Instant(moment.timestamp_millis()))
}

fn named(names: &[String]) -> String {
    let first: Vec<String> = names.iter().take(NAMED).map(|name| format!("“{name}”")).collect();
    let more = names.len().saturating_sub(NAMED);
    if more > 0 { format!("{} and {more} more", first.join(", ")) } else { first.join(", ") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_link_says_is_filled_in() {
        let link = "baton://new?what=Checkout%20fails%0Afor%20all&service=Web+shop&people_affected=3200&began=2026-11-23T13:40:00+01:00&tried=Restarted&tried=Waited";
        let linked = read(link);
        assert_eq!(linked.new.what.as_deref(), Some("Checkout fails\nfor all"));
        assert_eq!((linked.new.service.as_deref(), linked.new.people_affected), (Some("Web shop"), Some(3200)));
        assert_eq!(linked.new.began, Some(Instant(1_795_437_600_000)), "the plus of a zone survives not being escaped");
        assert_eq!(linked.new.tried.map(|tried| tried.len()), Some(2));
        assert_eq!(linked.left_out, Vec::<String>::new());
        assert_eq!(read("baton:new?what=a").new.what.as_deref(), Some("a"), "some programs drop what is empty");
    }

    #[test]
    fn nothing_in_a_link_decides_anything() {
        let linked = read("baton://new?what=a&escalate=true&severity=critical&path=Night&key=1&attach=/etc/passwd");
        assert_eq!(linked.new, NewIncident { what: Some("a".into()), ..NewIncident::default() }, "a link only fills in");
        assert!(
            linked.left_out[0].contains("“escalate”, “severity”, “path”, “key”, “attach”"),
            "and says what it left out: {:?}",
            linked.left_out
        );
    }

    #[test]
    fn what_cannot_be_used_is_named_and_left_out() {
        let linked = read("baton://new?what=a&what=b&ticket=INC1&people_affected=many&began=today");
        assert_eq!(linked.new.what.as_deref(), Some("a"));
        let said = linked.left_out.join("\n");
        for words in
            ["no such field: “ticket”", "“what” of the link (b)", "“people_affected” of the link (many)", "“began” of the link (today)"]
        {
            assert!(said.contains(words), "\"{words}\" is said:\n{said}");
        }
        let many: String = (0..100).map(|number| format!("&x{number}=1")).collect();
        let said = read(&format!("baton://new?what=a{many}")).left_out.join("\n");
        assert!(said.contains("and 92 more") && said.len() < 400, "a hundred are not listed one by one: {said}");
    }

    #[test]
    fn a_megabyte_is_refused_with_its_length() {
        let linked = read(&format!("baton://new?what={}", "a".repeat(1024 * 1024)));
        assert_eq!(linked.new, NewIncident::default());
        assert_eq!(linked.left_out, ["The link is 1048593 characters long; up to 16384 are read. Nothing of it was taken over."]);
    }

    #[test]
    fn another_address_is_none_of_batons() {
        for link in ["baton://resolve?incident=1", "https://new?what=a", "baton:", "baton://new.example.org/?what=a", "new?what=a", ""] {
            assert_eq!(read(link).new, NewIncident::default(), "{link}");
            assert!(read(link).left_out[0].contains("begin with baton://new"), "{link}");
        }
    }

    proptest::proptest! {
        #[test]
        fn whatever_a_link_says_is_read_without_harm(link in "(baton://new\\?)?([a-z]{0,6}=(%[0-9A-F]{2}|[a-z +&#]|é){0,20}&){0,8}") {
            let _ = read(&link);
        }
    }
}
