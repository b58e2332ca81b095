//! How fast a provider may be written to, as its own documentation says. What goes
//! faster is refused or, worse, dropped without a word.

/// So much at once, and then one each so many milliseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rate {
    pub burst: i64,
    pub every: i64,
}

/// How fast for all addresses together, and for each; `None` is as fast as can be.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Pace {
    pub all: Option<Rate>,
    pub each: Option<Rate>,
}

const fn rate(burst: i64, every: i64) -> Option<Rate> {
    Some(Rate { burst, every })
}

#[must_use]
pub fn pace(provider: &str) -> Pace {
    match provider {
        "telegram" => Pace { all: rate(30, 34), each: rate(3, 1_000) },
        "slack" | "slack-webhook" | "google-chat" => Pace { all: None, each: rate(3, 1_000) },
        "discord" => Pace { all: None, each: rate(5, 400) },
        "pagerduty" => Pace { all: rate(20, 500), each: None },
        _ => Pace::default(),
    }
}
