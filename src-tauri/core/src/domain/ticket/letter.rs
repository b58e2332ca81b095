//! The parts of a ticket or a mail: what its form says under which name, what was
//! written, and who signed it.

use crate::domain::text::{clean_line, shorten};

/// What the fields of forms and the headers of mails are called here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Label {
    Subject,
    From,
    Phone,
    Sent,
    Began,
    Service,
    Site,
    People,
    Number,
    Body,
    Tried,
    /// Whatever a form says that nobody here asks.
    Other,
}

/// By what they are called, in small letters.
const LABELS: &[(Label, &str)] = &[
    (Label::Subject, "subject, betreff, short description, kurzbeschreibung, title, titel, summary, zusammenfassung, thema"),
    (
        Label::From,
        "from, von, caller, melder, anrufer, reporter, reported by, requester, requested by, requested for, opened for, gemeldet von, \
         gemeldet durch, ansprechpartner, ansprechpartnerin, contact, kontakt, kontaktperson, name",
    ),
    (
        Label::Phone,
        "phone, phone number, telephone, telefon, telefonnummer, tel, tel., contact number, call back, callback, rückruf, rückrufnummer, \
         mobile, mobil, handy, durchwahl, extension, business phone, m, t, p",
    ),
    (
        Label::Sent,
        "sent, gesendet, date, datum, opened, opened at, created, created at, erstellt, erstellt am, eröffnet, gemeldet am, reported at",
    ),
    (
        Label::Began,
        "since, since when, seit, seit wann, began, started, start, start time, beginn, störungsbeginn, occurred, occurred at, aufgetreten, \
         aufgetreten am",
    ),
    (
        Label::Service,
        "service, affected service, business service, dienst, betroffener dienst, betroffener service, configuration item, ci, system, \
         affected system, betroffenes system, application, anwendung, betroffene anwendung",
    ),
    (Label::Site, "location, site, standort, ort, place, where, wo"),
    (
        Label::People,
        "affected users, users affected, impacted users, people affected, number of users, affected, who is affected, betroffene, \
         betroffene benutzer, betroffene anwender, betroffene nutzer, betroffene personen, anzahl betroffene, wer ist betroffen",
    ),
    (
        Label::Number,
        "ticket, ticket number, ticket no, ticket no., ticket id, ticket-id, ticketnummer, ticket-nr, ticket-nr., number, nummer, incident, \
         incident number, case, case number, vorgang, vorgangsnummer, reference, referenz",
    ),
    (Label::Body, "description, beschreibung, details, message, nachricht, problem, fehlerbeschreibung"),
    (
        Label::Tried,
        "tried, already tried, steps taken, actions taken, what has been tried, troubleshooting, bereits versucht, schon versucht, \
         maßnahmen, bisherige maßnahmen, was wurde versucht",
    ),
    (
        Label::Other,
        "to, an, cc, bcc, reply-to, priority, priorität, prio, status, state, category, kategorie, subcategory, assigned to, assignment group, \
         zugewiesen an, bearbeiter, gruppe, queue, urgency, dringlichkeit, impact, auswirkung, importance, wichtigkeit, attachments, anlagen, \
         anhänge, channel, kanal, e-mail, email, mail, updated, aktualisiert, message-id, return-path, company, firma, department, abteilung",
    ),
];

/// How a letter begins that says nothing yet.
const GREETINGS: &str = "hi, hello, hey, dear, hallo, guten, good, moin, liebe, lieber, sehr, servus, grüß, grüezi, team";

/// How it ends.
const GOODBYES: &str = "regards, best regards, kind regards, many thanks, thanks, thank you, thx, cheers, sincerely, best, mit freundlichen, \
    mit freundlichem, freundliche grüße, viele grüße, beste grüße, liebe grüße, schöne grüße, gruß, grüße, vielen dank, danke, besten dank, lg, \
    mfg, vg, bg, sent from my, von meinem, gesendet von, get outlook, with kind, warm regards";

/// What a mail server puts above what somebody wrote.
const BANNERS: &str = "[external], [extern], external email, caution:, achtung:, warning:, externe e-mail, this email originated, this message was sent from outside";

pub(super) struct Letter {
    fields: Vec<(Label, String)>,
    /// What was written, without greeting, quotation and signature.
    pub body: String,
    /// From the goodbye on.
    foot: Vec<String>,
}

impl Letter {
    pub(super) fn read(text: &str) -> Self {
        let lines: Vec<&str> = text.lines().map(str::trim_end).collect();
        let letters = letters(&lines);
        // Whoever forwards a mail says little: then it is the forwarded one that counts.
        let mut read = letters.iter().map(|lines| Self::of(lines));
        let mut first = read.next().unwrap_or_else(|| Self::of(&[]));
        if first.body.split_whitespace().count() < 8
            && let Some(below) = read.find(|letter| letter.body.split_whitespace().count() >= 4)
        {
            let forwarded = first;
            first = below;
            // What the one who forwarded it knows is a ticket's number at most.
            first.fields.extend(forwarded.fields.into_iter().filter(|(label, _)| matches!(label, Label::Number | Label::Subject)));
        }
        first
    }

    /// One letter by itself.
    fn of(lines: &[&str]) -> Self {
        let (mut fields, mut body, mut foot): (Vec<(Label, String)>, Vec<String>, Vec<String>) = (vec![], vec![], vec![]);
        // A field whose name stands alone goes on below.
        let mut open: Option<Label> = None;
        for line in lines {
            let bare = line.trim();
            if !foot.is_empty() {
                foot.push(bare.into());
                continue;
            }
            if let Some((label, value)) = labelled(bare) {
                open = (value.is_empty() || label == Label::Tried || label == Label::Body).then_some(label);
                if label == Label::Body {
                    body.push(value.into());
                } else {
                    fields.push((label, value.into()));
                }
                continue;
            }
            if is_goodbye(bare) {
                foot.push(bare.into());
                continue;
            }
            match open {
                Some(Label::Body) | None => {
                    let begins = body.iter().all(String::is_empty);
                    if !(is_banner(bare) || begins && is_greeting(bare)) {
                        body.push(bare.into());
                    }
                }
                Some(_) if bare.is_empty() => {
                    if fields.last().is_some_and(|(_, value)| !value.is_empty()) {
                        open = None;
                    }
                }
                Some(label) => {
                    if let Some((_, value)) = fields.last_mut() {
                        if !value.is_empty() {
                            value.push('\n');
                        }
                        value.push_str(bare);
                    }
                    // Only a list of steps has more than one line.
                    if label != Label::Tried {
                        open = None;
                    }
                }
            }
        }
        fields.retain(|(_, value)| !value.trim().is_empty());
        Self { fields, body: joined(&body), foot }
    }

    /// What stands under this name, the first time that something does.
    pub(super) fn label(&self, label: Label) -> Option<&str> {
        self.fields.iter().find(|(known, _)| *known == label).map(|(_, value)| value.trim())
    }

    /// The subject without what mail programs and ticket systems put before it; where there is
    /// none, the first line.
    pub(super) fn title(&self) -> String {
        match self.label(Label::Subject).map(bare_subject) {
            Some(subject) if !subject.is_empty() => subject,
            _ => shorten(&clean_line(self.body.lines().next().unwrap_or_default()), 200),
        }
    }

    /// The name of whoever wrote it, without their address.
    pub(super) fn from(&self) -> Option<String> {
        let said = self.label(Label::From).map(|from| {
            let name = from.split(['<', '[']).next().unwrap_or_default();
            let name = clean_line(name.split(" via ").next().unwrap_or_default());
            name.trim_matches(['"', '\'', ',', ' ']).to_string()
        });
        said.filter(|name| !name.is_empty()).or_else(|| self.signed())
    }

    /// The first line under the goodbye that looks like a name.
    fn signed(&self) -> Option<String> {
        let is_name = |line: &&String| {
            let words: Vec<&str> = line.split_whitespace().collect();
            let large =
                |word: &&str| word.starts_with(char::is_uppercase) && word.chars().all(|sign| sign.is_alphabetic() || "-.'".contains(sign));
            (2..=4).contains(&words.len()) && words.iter().all(large)
        };
        self.foot.iter().skip(1).filter(|line| !line.is_empty()).take(3).find(is_name).cloned()
    }

    /// Where they can be called: in the form, in the signature, or where they ask to be called.
    pub(super) fn phone(&self) -> Option<String> {
        let is_asked = |line: &&str| {
            let line = line.to_lowercase();
            ["call", "phone", "reach", "tel", "mobil", "handy", "erreich", "rückruf", "anruf", "durchwahl", "ext."]
                .iter()
                .any(|cue| line.contains(cue))
        };
        let of_form = self.label(Label::Phone).and_then(number_in);
        let of_body = || self.body.lines().filter(is_asked).find_map(number_in);
        of_form.or_else(|| self.foot.iter().find_map(|line| number_in(line))).or_else(of_body)
    }

    /// The ticket's number: of the form, or what looks like one in the subject.
    pub(super) fn number(&self) -> Option<String> {
        let of_form = self.fields.iter().filter(|(label, _)| *label == Label::Number).find_map(|(_, value)| {
            let first = value.split_whitespace().next()?.trim_matches(['#', ',', '[', ']']);
            (first.chars().any(|sign| sign.is_ascii_digit()) && first.len() <= 30).then(|| first.to_string())
        });
        let subjects = self.fields.iter().filter(|(label, _)| *label == Label::Subject).map(|(_, value)| value.as_str());
        of_form.or_else(|| subjects.chain(self.body.lines().take(2)).find_map(ticket_number))
    }
}

/// Each letter of a chain of them, the last one that was written first.
fn letters<'a>(lines: &[&'a str]) -> Vec<Vec<&'a str>> {
    let mut letters: Vec<Vec<&str>> = vec![vec![]];
    let mut quoted: Vec<&str> = vec![];
    for (at, line) in lines.iter().enumerate() {
        let bare = line.trim();
        if let Some(inside) = bare.strip_prefix('>') {
            quoted.push(inside.trim_start_matches(['>', ' ']));
            continue;
        }
        let wrote = announces(bare, lines.get(at + 1).copied().unwrap_or_default());
        let divides = (bare.starts_with("-----") && !bare.trim_matches('-').is_empty())
            || (bare.len() >= 20 && bare.bytes().all(|sign| sign == b'_'));
        let current =
            letters.last().is_some_and(|letter| letter.iter().any(|line| !line.trim().is_empty() && labelled(line.trim()).is_none()));
        // A second "From:" below what was written begins the mail that is answered.
        let header =
            current && matches!(labelled(bare), Some((Label::From, value)) if !value.is_empty()) && next_is_header(&lines[at + 1..]);
        if divides || wrote {
            letters.push(vec![]);
        } else {
            if header {
                letters.push(vec![]);
            }
            if let Some(letter) = letters.last_mut() {
                letter.push(line);
            }
        }
    }
    if !quoted.is_empty() {
        letters.push(quoted);
    }
    letters.retain(|letter| letter.iter().any(|line| !line.trim().is_empty()));
    letters
}

/// "On Monday, Marta wrote:" and its like, on one line or two.
fn announces(line: &str, next: &str) -> bool {
    let begins = ["On ", "Am "].iter().any(|word| line.starts_with(word));
    let ends = |line: &str| {
        let line = line.trim_end();
        line.ends_with("wrote:") || (line.ends_with(':') && line.contains(" schrieb"))
    };
    begins && line.len() < 200 && (ends(line) || (line.contains('<') && ends(next)))
}

fn next_is_header(lines: &[&str]) -> bool {
    let next = lines.iter().map(|line| line.trim()).find(|line| !line.is_empty()).unwrap_or_default();
    matches!(labelled(next), Some((Label::Sent | Label::Subject | Label::Other, _)))
}

/// "Subject: the belt stands", or with a tab between the two as when it is copied out of a table.
fn labelled(line: &str) -> Option<(Label, &str)> {
    let line = line.trim_start_matches(['*', '•', '-', ' ']);
    let (name, value) = match (line.find(':'), line.find('\t')) {
        (Some(colon), tab) if tab.is_none_or(|tab| tab > colon) => (&line[..colon], &line[colon + 1..]),
        (_, Some(tab)) => (&line[..tab], &line[tab + 1..]),
        _ => return None,
    };
    let name = name.trim_matches(['*', ' ']).to_lowercase();
    // In a sentence the words before a colon are no name: "Problem: …" is one, "the problem: …" is none.
    let label = LABELS.iter().find(|(_, names)| listed(names).any(|known| known == name)).map(|(label, _)| *label)?;
    Some((label, value.trim_matches(['*', ' ', '\t'])))
}

fn listed(list: &'static str) -> impl Iterator<Item = &'static str> {
    list.split(", ")
}

fn begins(line: &str, list: &'static str) -> bool {
    let line = line.to_lowercase();
    let whole = |phrase: &str| line.strip_prefix(phrase).is_some_and(|rest| rest.is_empty() || !rest.starts_with(char::is_alphanumeric));
    listed(list).any(whole)
}

fn is_greeting(line: &str) -> bool {
    line.is_empty() || (begins(line, GREETINGS) && line.split_whitespace().count() <= 6 && !line.ends_with('.'))
}

fn is_goodbye(line: &str) -> bool {
    let bare = line.trim_end();
    bare == "--" || bare == "—" || (begins(bare, GOODBYES) && bare.split_whitespace().count() <= 6)
}

fn is_banner(line: &str) -> bool {
    let line = line.to_lowercase();
    listed(BANNERS).any(|banner| line.starts_with(banner))
}

/// Without the lines that are empty at its ends, and with one between paragraphs.
fn joined(lines: &[String]) -> String {
    let mut text = String::new();
    let mut gap = false;
    for line in lines {
        if line.is_empty() {
            gap = !text.is_empty();
            continue;
        }
        if !text.is_empty() {
            text.push_str(if gap { "\n\n" } else { "\n" });
        }
        gap = false;
        text.push_str(line);
    }
    text
}

/// "AW: [SD-4711] WG: Kasse steht" is "Kasse steht".
fn bare_subject(subject: &str) -> String {
    let mut rest = subject.trim();
    loop {
        let before = rest;
        for prefix in ["re:", "aw:", "fw:", "fwd:", "wg:", "antwort:", "weitergeleitet:"] {
            if rest.get(..prefix.len()).is_some_and(|start| start.eq_ignore_ascii_case(prefix)) {
                rest = rest[prefix.len()..].trim_start();
            }
        }
        if let Some(inside) = rest.strip_prefix('[').and_then(|inside| inside.split_once(']')) {
            rest = inside.1.trim_start();
        }
        if rest == before {
            break;
        }
    }
    let number = ticket_number(rest).filter(|number| rest.starts_with(number.as_str()));
    let rest = number.map_or(rest, |number| rest[number.len()..].trim_start_matches([':', '-', '–', ' ', ']', ')']));
    shorten(&clean_line(rest), 200)
}

/// What looks like a ticket's number: "INC0012345", "SD-4711", "#12345", "Ticket#2026112310000123".
fn ticket_number(text: &str) -> Option<String> {
    text.split(|sign: char| sign.is_whitespace() || "[](),;".contains(sign)).find_map(|word| {
        let word = word.trim_matches([':', '.', '"']);
        let letters = word.find(|sign: char| !sign.is_ascii_alphabetic()).unwrap_or(word.len());
        let (name, rest) = word.split_at(letters);
        let digits = rest.trim_start_matches(['-', '#', '_']);
        let is_number = !digits.is_empty() && digits.bytes().all(|sign| sign.is_ascii_digit());
        let bare = name.is_empty() && rest.starts_with('#') && digits.len() >= 4;
        let with_name =
            (2..=10).contains(&name.len()) && (digits.len() >= 5 || (rest.starts_with(['-', '#']) && digits.len() >= 3 && is_large(name)));
        (is_number && (bare || (with_name && (is_large(name) || rest.starts_with('#'))))).then(|| word.trim_start_matches('#').to_string())
    })
}

fn is_large(name: &str) -> bool {
    name.bytes().all(|sign| sign.is_ascii_uppercase())
}

/// A telephone number as it stands there: it begins with a plus or a nought, or follows a word that says so.
fn number_in(line: &str) -> Option<String> {
    let signs: Vec<(usize, char)> = line.char_indices().collect();
    let mut at = 0;
    while at < signs.len() {
        let (begin, sign) = signs[at];
        let free = at == 0 || !signs[at - 1].1.is_alphanumeric();
        if free && (sign == '+' || sign == '0' || (sign == '(' && signs.get(at + 1).is_some_and(|next| "+0".contains(next.1)))) {
            let end = signs[at..]
                .iter()
                .find(|(_, sign)| !(sign.is_ascii_digit() || "+()/- .".contains(*sign)))
                .map_or(line.len(), |(end, _)| *end);
            let number = line[begin..end].trim_end_matches(['(', '/', '-', ' ', '.', '+']);
            let digits = number.chars().filter(char::is_ascii_digit).count();
            // A date has dots, and fewer digits than a number with its country.
            if (7..=15).contains(&digits) && number.matches('.').count() < 2 {
                return Some(number.to_string());
            }
        }
        at += 1;
    }
    None
}
