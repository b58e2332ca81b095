//! What the coach listens for: words that say less than they seem to, and those
//! that describe or name something. The tables are English, as the window is.

/// Words that say less than they seem to, with what to ask and how it could be said.
pub(super) struct Vague {
    /// Parted by commas, as all lists here.
    words: &'static str,
    pub ask: &'static str,
    pub example: &'static str,
    /// A figure beside the word explains it: "slow, 40 s a page", "error 500".
    unless_figure: bool,
}

/// What stands for a system without naming it.
const SUBJECTS: &[Vague] = &[
    Vague {
        words: "the system, the app, the application, the program, the software, the site, the platform, the tool",
        ask: "Which one? The next person may know it by its name only.",
        example: "The order platform shows \"please try again\" at checkout",
        unless_figure: false,
    },
    Vague {
        words: "the server, the servers, the database, the network, the machine, the computer, my computer",
        ask: "Which one? There are several, and the next person has to find it.",
        example: "db-17, behind the order platform, does not answer",
        unless_figure: false,
    },
    Vague {
        words: "something, everything, stuff, things, it, nothing",
        ask: "What exactly? Name one thing that people cannot do now.",
        example: "Nobody can save an invoice in the billing system",
        unless_figure: false,
    },
];

/// What may follow a subject that stands alone; before anything else it is part
/// of a name ("the server room", "the database export").
const AFTER_SUBJECT: &str = "is, isn't, was, are, aren't, has, have, does, doesn't, cannot, can't, won't, seems, went, goes, keeps, fails, failed, \
    crashed, stopped, hangs, down, slow, broken, not, again, works";

/// What stands for a symptom without describing it.
const SYMPTOMS: &[Vague] = &[
    Vague {
        words: "down",
        ask: "What do people see, and what still works? \"Down\" can be a dead disk or a wrong password.",
        example: "The order database does not answer; checkout shows \"please try again\"",
        unless_figure: false,
    },
    Vague {
        words: "slow, slowly, sluggish, laggy",
        ask: "Slow at what, and how slow? A figure tells whether it gets worse.",
        example: "Queries on db-17 take 40 s instead of one",
        unless_figure: true,
    },
    Vague {
        words: "doesn't work, does not work, don't work, do not work, not working, isn't working, won't work, no longer works, stopped \
            working, broken",
        ask: "What should it do, and what does it do instead? That is where the next person begins.",
        example: "Saving an invoice shows error 500; yesterday it took a second",
        unless_figure: false,
    },
    Vague {
        words: "error, errors, error message",
        ask: "Which error? Its exact words or its code can be searched for.",
        example: "Logging in shows \"ORA-12541: no listener\"",
        unless_figure: true,
    },
    Vague {
        words: "issue, issues, problem, problems, trouble",
        ask: "Name what people see; everything that gets here is a problem.",
        example: "Logging in shows \"account locked\" with the right password",
        unless_figure: false,
    },
    Vague {
        words: "weird, strange, odd, funny, acting up",
        ask: "What exactly is unusual? What is normal is known only to those who use it.",
        example: "Prices are shown in dollars since the update at 9:00",
        unless_figure: false,
    },
];

/// Before "down" these make another verb: "shut down", "slows down".
const BEFORE_DOWN: &str = "shut, shuts, slow, slows, slowed, break, breaks, broke, scroll, scrolls, count, counts, up, cut";

/// Quantities that could be a figure.
pub(super) const CROWDS: &str = "some users, some people, some customers, some of the users, many users, many people, many customers, several users, \
    several people, several customers, a few users, a few people, a few customers, lots of users, lots of people";

/// In the field for who is affected these alone are a crowd, too.
pub(super) const WHO: &str = "some, many, several, few, lots, users, customers, people, colleagues, everybody, everyone, all";

/// Steps that nobody could avoid repeating.
const TRIED: &[Vague] = &[Vague {
    words: "everything, the usual, usual steps, usual stuff, various things, several things, some things, a few things, a lot",
    ask: "Which steps? Otherwise the next person tries them again.",
    example: "Restarted the connection pool: no effect",
    unless_figure: false,
}];

/// Words that describe what people see.
const SEEN: &str = "shows, show, showing, says, saying, answers, rejects, rejected, refuses, refused, drops, dropped, dropping, freezes, \
    frozen, hangs, crashes, crashed, restarts, reboots, prints, returns, loses, lost, wrong, missing, empty, blank, twice, \
    duplicate, duplicated, locked, expired, expires, unreachable, unresponsive, offline, stuck, waits, wait, takes, take, \
    delayed, late, timeout, timeouts, times out, timed out, time out, fails to, fails with, failed to, no signal, \
    no answer, leaks, smoke";

/// After one of these comes what people cannot do, or the system does not.
const NEGATIONS: &str =
    "does not, doesn't, do not, don't, cannot, can't, can not, could not, couldn't, unable to, not able to, nobody can, no longer";

/// After a negation these describe nothing.
const EMPTY_VERBS: &str = "work, works, function, functions, run, runs, go, be";

/// Things with a name of their own in any house.
const NAMED: &str = "checkout, login, logins, logon, printer, printers, printing, vpn, mail, mails, email, e-mail, mailbox, payroll, \
    payments, payment, billing, invoice, invoices, invoicing, shop, website, webshop, intranet, wifi, wi-fi, wlan, phone, \
    phones, telephony, scanner, scanners, backup, backups, search, export, import, calendar, database, storage, firewall, \
    router, switch, certificate, warehouse, tills";

/// A text with its words, small and apart, so that a phrase is found only whole.
pub(super) struct Words<'a> {
    text: &'a str,
    /// " the server is down ".
    spaced: String,
}

fn listed(list: &'static str) -> impl Iterator<Item = &'static str> {
    list.split(", ")
}

impl<'a> Words<'a> {
    pub(super) fn of(text: &'a str) -> Self {
        let small = text.to_lowercase().replace('’', "'");
        let words = small.split(|sign: char| !sign.is_alphanumeric() && sign != '\'' && sign != '-').filter(|word| !word.is_empty());
        Self { text, spaced: format!(" {} ", words.collect::<Vec<_>>().join(" ")) }
    }

    pub(super) fn count(&self) -> usize {
        self.spaced.split_whitespace().count()
    }

    /// The first phrase of the list that is said.
    pub(super) fn first_of(&self, list: &'static str) -> Option<&'static str> {
        listed(list).find(|phrase| self.has(phrase))
    }

    /// Something that stands for a system without naming it.
    pub(super) fn vague_subject(&self) -> Option<(&'static str, &'static Vague)> {
        self.vague(SUBJECTS, |subject| self.after(subject).any(|next| next.is_empty() || listed(AFTER_SUBJECT).any(|word| word == next)))
    }

    /// Something that stands for a symptom without describing it.
    pub(super) fn vague_symptom(&self) -> Option<(&'static str, &'static Vague)> {
        self.vague(SYMPTOMS, |symptom| symptom != "down" || !listed(BEFORE_DOWN).any(|before| self.has(&format!("{before} down"))))
    }

    pub(super) fn vague_step(&self) -> Option<(&'static str, &'static Vague)> {
        self.vague(TRIED, |_| true)
    }

    /// It says what people see: in their own words, by a verb that describes, or
    /// by what cannot be done.
    pub(super) fn describes(&self) -> bool {
        let says_what_not = |negation| self.after(negation).any(|next| !next.is_empty() && !listed(EMPTY_VERBS).any(|verb| verb == next));
        self.text.contains(['"', '“', '„', '«']) || self.first_of(SEEN).is_some() || listed(NEGATIONS).any(says_what_not)
    }

    /// It names something: a thing every house has, a sign such as "db-17", or a
    /// name written large that does not merely begin the text.
    pub(super) fn names(&self) -> bool {
        let is_sign = |word: &str| word.contains(|sign: char| sign.is_ascii_digit()) && word.contains(char::is_alphabetic);
        let is_name = |(index, word): (usize, &str)| {
            let large = word.chars().filter(|sign| sign.is_uppercase()).count();
            large > 1 || (large == 1 && index > 0 && word.starts_with(char::is_uppercase))
        };
        self.first_of(NAMED).is_some()
            || self.spaced.split_whitespace().any(is_sign)
            || self.text.split_whitespace().enumerate().any(is_name)
    }

    fn has(&self, phrase: &str) -> bool {
        self.spaced.contains(&format!(" {phrase} "))
    }

    /// The word that follows each time the phrase is said; empty at the end.
    fn after(&self, phrase: &str) -> impl Iterator<Item = &str> {
        let phrase = format!(" {phrase} ");
        let ends: Vec<usize> = self.spaced.match_indices(&phrase).map(|(at, found)| at + found.len()).collect();
        ends.into_iter().map(|end| self.spaced[end..].split(' ').next().unwrap_or(""))
    }

    /// A figure that is no time of day.
    fn has_figure(&self) -> bool {
        self.text.split_whitespace().any(|word| word.starts_with(|sign: char| sign.is_ascii_digit()) && !word.contains(':'))
    }

    fn vague(&self, rules: &'static [Vague], counts: impl Fn(&str) -> bool) -> Option<(&'static str, &'static Vague)> {
        let applies = |rule: &&Vague| !(rule.unless_figure && self.has_figure());
        rules
            .iter()
            .filter(applies)
            .find_map(|rule| listed(rule.words).find(|word| self.has(word) && counts(word)).map(|word| (word, rule)))
    }
}
