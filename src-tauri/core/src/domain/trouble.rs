//! Whether two reports are likely to be of one trouble, so that their number tells something.

use std::collections::BTreeSet;

use super::alike::{forms, same_place, telling};
use super::facts::Facts;

/// What stands in any report, and says nothing of what is wrong with what.
const EMPTY: &str = "\
    about affected after again because before broken cannot colleague colleagues customer customers does doesn error errors every everybody \
    everyone fail failed failing fails from have help issue issues just more morning need needed needs nobody only over people please \
    problem problems report reported reports several shows since some somebody something still stopped that their them there they this today \
    trouble urgent user users using very wants when with work working works yesterday \
    alle allen aller alles auch beim benutzer bitte brauche braucht defekt dringend eine einem einen einer einige fehler funktioniert \
    funktionieren geht gehen haben heute hilfe immer jetzt kann kaputt kein keine keinen keiner kollege kollegen kollegin kunde kunden können \
    läuft leute mehr mehrere morgen nicht nichts niemand noch nutzer problem probleme seit störung viele wegen wieder wird zeigt";

/// What is seen, one line for each however it is said.
const SYMPTOMS: [&str; 5] = [
    "down, outage, offline, dead, unreachable, unavailable, not available, not reachable, not responding, does not answer, doesn't answer, \
     does not respond, doesn't respond, no connection, unerreichbar, nicht erreichbar, nicht verfügbar, antwortet nicht, reagiert nicht, \
     ausfall, ausgefallen, keine verbindung, tot",
    "slow, slowly, slower, sluggish, takes forever, takes ages, langsam, langsamer, zäh, lahm, dauert ewig, dauert lange",
    "drops, dropped, dropping, disconnects, disconnected, cuts out, bricht ab, brechen ab, bricht weg, abgebrochen",
    "log in, login, logging in, sign in, signing in, anmelden, anmeldung, einloggen",
    "freezes, freeze, frozen, hangs, hung, crashes, crashed, crashing, hängt, hängen, stürzt ab, abgestürzt, friert ein",
];

/// Words before the number of an error.
const BEFORE_NUMBER: [&str; 7] = ["error", "fehler", "code", "fehlercode", "http", "status", "ora"];

/// Two words in common that say what is wrong with what; or at the same place the same symptom, as long as they do not
/// name different things. To be told of the same place is by itself nothing in common.
#[must_use]
pub fn is_one(one: &Facts, other: &Facts) -> bool {
    let places: BTreeSet<String> = [one, other].iter().flat_map(|facts| telling(&facts.place)).collect();
    let content = |facts: &Facts| -> BTreeSet<String> {
        let says = |word: &String| !EMPTY.split_whitespace().any(|empty| empty == word) && !among(&places, word);
        telling(&facts.what).into_iter().filter(says).collect()
    };
    let (these, those) = (content(one), content(other));
    if in_common(&these, &those) >= 2 {
        return true;
    }
    if !same_place(one, other) {
        return false;
    }
    let (text, other_text) = (plain(&one.what), plain(&other.what));
    // A number is looked up, and found to be the same, whatever was done when it came.
    if !numbers(&text).is_disjoint(&numbers(&other_text)) {
        return true;
    }
    if symptoms(&text).is_disjoint(&symptoms(&other_text)) {
        return false;
    }
    let things = |words: &BTreeSet<String>| words.iter().filter(|word| !is_of_a_symptom(word)).cloned().collect();
    let (these, those): (BTreeSet<String>, BTreeSet<String>) = (things(&these), things(&those));
    these.is_empty() || those.is_empty() || in_common(&these, &those) > 0
}

fn among(words: &BTreeSet<String>, word: &str) -> bool {
    forms(word).iter().any(|form| words.contains(form))
}

fn in_common(these: &BTreeSet<String>, those: &BTreeSet<String>) -> usize {
    these.iter().filter(|word| among(those, word)).count()
}

/// Its words in small letters, with a space around each.
fn plain(text: &str) -> String {
    let text = text.to_lowercase().replace('’', "'");
    let words: Vec<&str> = text.split(|c: char| !c.is_alphanumeric() && c != '\'').filter(|word| !word.is_empty()).collect();
    format!(" {} ", words.join(" "))
}

/// Which of the symptoms a text tells.
fn symptoms(plain: &str) -> BTreeSet<usize> {
    let tells = |line: &str| line.split(',').any(|phrase| plain.contains(&format!(" {} ", phrase.trim())));
    SYMPTOMS.iter().enumerate().filter(|(_, line)| tells(line)).map(|(at, _)| at).collect()
}

/// The numbers of errors that a text tells.
fn numbers(plain: &str) -> BTreeSet<&str> {
    let words: Vec<&str> = plain.split_whitespace().collect();
    let is_number = |pair: &&[&str]| BEFORE_NUMBER.contains(&pair[0]) && pair[1].chars().all(|sign| sign.is_ascii_digit());
    words.windows(2).filter(is_number).map(|pair| pair[1]).collect()
}

fn is_of_a_symptom(word: &str) -> bool {
    SYMPTOMS.iter().any(|line| line.split([',', ' ']).any(|one| one == word))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::id::ServiceId;
    use crate::domain::time::Instant;

    #[test]
    fn one_word_at_the_same_place_is_chance_and_the_same_symptom_is_not() {
        let service = ServiceId::new(Instant(0));
        let at = |what: &str, place: &str| Facts { what: what.into(), place: place.into(), service: Some(service), ..Facts::default() };
        for (place, one, other, alike) in [
            // What is wrong with what, in common.
            ("Network", "VPN drops in Graz for accounting", "VPN drops in Graz for sales", true),
            ("Office", "Label printer prints blank labels", "The printer in hall 3 prints nothing but blank labels", true),
            ("Shop", "Checkout shows \"card declined\"", "Nobody can pay: checkout says card declined", true),
            ("Fabrik", "Der Etikettendrucker druckt leere Etiketten", "Etikettendrucker in Halle 3 druckt nur leere Etiketten", true),
            ("Payroll", "Payroll export rejects cost centre 410", "Export of the cost centres is rejected", true),
            // The same symptom, and nothing that speaks against it.
            ("Shop", "The shop is down", "Shop not reachable for customers", true),
            ("Shop", "Checkout is slow", "It is very slow since 9", true),
            ("Shop", "Checkout is slow", "Checkout takes ages", true),
            ("Webshop", "Der Webshop ist nicht erreichbar", "webshop down", true),
            ("CRM", "Nobody can log in", "Login fails in the CRM", true),
            ("CRM", "CRM shows error 502", "Error 502 when saving contacts", true),
            // The same place or thing, and another trouble.
            ("Office", "The printer jams", "New printer for reception please", false),
            ("Office", "Printer on the second floor is out of toner", "Printer driver asks for a password", false),
            ("Network", "VPN token lost", "VPN drops in Graz", false),
            ("Office", "Till 3 is down", "The lift is down again", false),
            ("Shop", "Checkout fails", "Checkout button has the wrong colour", false),
            ("Shop", "Prices in the shop are wrong", "Shop newsletter goes out twice", false),
            ("CRM", "CRM shows error 502", "Error 403 when saving contacts", false),
            ("Mail", "Some users cannot open mail", "Some users still need help with mail signatures", false),
            ("Büro", "Drucker braucht Papier", "Drucker druckt streifig", false),
            ("Fabrik", "Waage in Halle 3 zeigt nichts", "In Halle 3 ist das Licht defekt", false),
            ("Laptops", "Laptop broken, screen is black", "Laptop for a new colleague needed", false),
        ] {
            let told = (at(one, place), at(other, place));
            assert_eq!(is_one(&told.0, &told.1), alike, "{place}: {one} / {other}");
            assert_eq!(is_one(&told.1, &told.0), alike, "whichever came first: {place}: {other} / {one}");
        }
        let elsewhere = Facts { service: None, ..at("Elevator is down", "Headquarters") };
        assert!(!is_one(&at("The shop is down", "Shop"), &elsewhere), "one symptom at two places is two troubles");
    }
}
