//! What people write at three in the morning, in the languages of a desk: lower case, without
//! marks and apostrophes. A phrase may be longer than a word; `*` at a word's end stands for
//! however it goes on, `#` for a number, `#*` for one of up to two digits with or without its
//! unit, and `|` for whatever parts one piece of a sentence from the next.

use super::Response;

impl Response {
    /// What says it, alone or with more behind it.
    pub(super) const fn phrases(self) -> &'static str {
        match self {
            Self::OnIt => {
                "on it, i am on it, im on it, i have it, ive got it, i have got it, i got this, ive got this, i take it, i take this, i \
             will take it, ill take it, ill take this, i am taking it, im taking it, taking it, ill do it, i will do it, will do, \
             looking into it, i am looking into it, im looking into it, mine, dran, bin dran, ich bin dran, ich ubernehme, ich \
             ubernehme es, ubernehme ich, ubernommen, kummere mich, ich kummere mich, ich kummer mich, mach ich, mache ich, ich \
             mache es, ich machs, ich habs, erledige ich, schaue ich mir an, schau ich mir an, schaue es mir an, ich schaue es mir \
             an, ich schaue mir an, ich schau mir an, ich schaus mir an, ich sehe mir an, schaue mir an, schau mir an, ill \
             handle it, ill look into it, im taking this, ill take over, ich ubernehm, kummer mich, darum kummere ich mich, ich \
             uebernehme, kuemmere mich, ich kuemmere mich"
            }
            Self::NotMe => {
                "not me, somebody else, someone else, i cannot, i cant, i cannot take it, i cant take it, cannot take it, cant take it, \
             ich nicht, nicht ich, ich kann nicht, ich kann leider nicht, kann nicht, kann leider nicht, ich kann es nicht, kann \
             ich nicht, leider nicht"
            }
            Self::CallMe => {
                "call me, give me a call, ring me, ruf mich an, ruf mich bitte an, rufen sie mich an, ruft mich an, anrufen, ruf an"
            }
            Self::Escalate => {
                "escalate, i would escalate, id escalate, eskalieren, eskaliere, eskalier, ich wurde eskalieren, ich wurde es \
             eskalieren"
            }
            Self::Wait => {
                "wait, i would wait, id wait, carry on, do not escalate, dont escalate, i would not escalate, no need to escalate, \
             warten, abwarten, warte, ich wurde warten, ich wurde abwarten, nicht eskalieren, ich wurde nicht eskalieren"
            }
        }
    }

    /// What says it only where nothing else is said: that something arrived, and a yes, are
    /// decisions only by themselves.
    pub(super) const fn bare(self) -> &'static str {
        match self {
            Self::OnIt => {
                "got it, i got it, ack, acknowledged, received, erhalten, yes, yep, ok, okay, ja, looking, checking, investigating, ubernehme, uebernehme, ich mache, ich \
             mach, ich habe es, habs, wird erledigt"
            }
            Self::NotMe => {
                "no, nope, nein, nee, no sorry, no thanks, nein danke, nein sorry, cannot, cant, cant sorry, geht nicht, geht leider nicht, i cant do it, cant do it, cant do it sorry, keine zeit, ok geht nicht, im \
             on holiday, i am on holiday, bin im urlaub, not my turn"
            }
            Self::CallMe => "call",
            Self::Escalate => "would escalate, please do escalate, definitely escalate, eskalation bitte, auf jeden fall eskalieren",
            Self::Wait => "hold off, not yet, not, no not yet, better wait, nicht, nein nicht",
        }
    }

    /// What may follow a phrase in the same piece of the sentence so that it still says it.
    pub(super) const fn harmless(self) -> &'static str {
        match self {
            Self::OnIt => {
                "it, this, that, es, darum, drum, looking, looking into it, investigating, checking, schaue, schau, gern, gerne, \
             myself, selbst, thanks, thank you, danke, please, bitte, will update, will report, keep you posted, will keep you \
             posted, melde mich, no problem, no worries, dont worry, kein problem, keine sorge, keine panik"
            }
            Self::NotMe => "sorry, thanks, danke, please, bitte, this time, diesmal, i am afraid, im afraid",
            Self::CallMe => {
                "please, bitte, back, zuruck, on my mobile, on my phone, on the phone, on my cell, on #, unter #, #, mobil, auf dem \
             handy, am handy, auf meinem handy"
            }
            Self::Escalate => "it, this, es, please, bitte",
            Self::Wait => "please, bitte, a bit, a little, for, until *, till *, bis *",
        }
    }

    /// Nobody means both.
    pub(super) const fn contrary(self) -> Option<Self> {
        match self {
            Self::OnIt => Some(Self::NotMe),
            Self::NotMe => Some(Self::OnIt),
            Self::Escalate => Some(Self::Wait),
            Self::Wait => Some(Self::Escalate),
            Self::CallMe => None,
        }
    }
}

/// How a reply begins before it says anything.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Opening {
    Agrees,
    Refuses,
    Polite,
}

pub(super) const OPENINGS: &[(Opening, &str)] = &[
    (
        Opening::Polite,
        "sorry, tut mir leid, thanks, thank you, danke, vielen dank, please, bitte, unfortunately, leider, no problem, no \
             worries, kein problem",
    ),
    (
        Opening::Agrees,
        "yes, yep, yeah, sure, ok, okay, alright, ack, received, got it, ja, jo, jup, klar, alles klar, verstanden, jep, yup",
    ),
    (Opening::Refuses, "no, nope, nein, nee"),
];

/// Whoever is greeted by them comes next: "hallo Ana,".
pub(super) const GREETINGS: &str = "hi, hello, hey, dear, good morning, good evening, hallo, moin, servus, gruss gott, guten morgen, guten tag, guten \
             abend, liebe, lieber, liebes, sehr geehrte, sehr geehrter";

/// Words that change nothing wherever they stand: "bin gleich dran", "I have it now".
pub(super) const IDLE: &str = "now, right now, right away, at once, at the moment, already, still, just, yet, today, jetzt, gleich, sofort, schon, \
             noch, gerade, heute, im moment, das, mal, but it takes a while, aber dauert, aber es dauert";

/// What is said before a number of minutes: "but need 10 more minutes", "gib mir noch 20 Min".
pub(super) const BEFORE_MINUTES: &str = "but, only, just, about, another, for, need, i need, i will need, ill need, it needs, takes, it takes, it will take, \
             give me, in, the next, aber, nur, noch, circa, ca, etwa, brauche, ich brauche, brauche ich, dauert, es dauert, gib \
             mir, gebt mir";
pub(super) const MORE: &str = "more, mehr, weitere";
pub(super) const MINUTES: &str = "min, mins, minute, minutes, minuten";

/// These turn nothing, although each has a word in it that would.
pub(super) const REASSURES: &str = "no problem, no worries, no need to, dont worry, kein problem, keine sorge, keine panik, good morning, guten morgen, \
             update when i know more, report when i know more, let you know when i know more, tell you when i know more, melde mich \
             wenn ich mehr wei*, melde mich | wenn ich mehr wei*, melde mich sobald ich mehr wei*, melde mich | sobald ich mehr \
             wei*, | it is, | this is, | that is, | es ist, | das ist";

/// After these nothing is certain: "escalate, but only to Ben".
pub(super) const TURNS: &str = "but, however, except, unless, aber, jedoch, allerdings, ausser, außer, sondern, es sei denn";

/// These put it off, or make it hang on something else: "on it after lunch".
pub(super) const LIMITS: &str = "if, when, whenever, once, after, before, until, till, only, as soon as, as long as, later, tomorrow, tonight, maybe, \
             perhaps, could, would, or, hour*, oclock, monday, tuesday, wednesday, thursday, friday, saturday, sunday, week*, \
             month*, lunch, morning, afternoon, evening, noon, midnight, | at, | by, | from, wenn, falls, sobald, solange, erst, \
             nur, | ab, bin ab, | bis, | nach, nachdem, bevor, sofern, spater, morgen, ubermorgen, vielleicht, eventuell, evtl, \
             oder, stunde*, std, uhr, montag*, dienstag*, mittwoch*, donnerstag*, freitag*, samstag*, sonntag*, woche*, monat*, \
             nachste*, mittag*, nachmittag*, abend*, feierabend, mitternacht, | um, | von, | #*, in #*, at #*, um #*, gegen, kurz nach, direkt nach, fruhestens, nacht, night, day, days, tag, tagen, eod, next, probably, hopefully, \
             i think, i guess, i believe, i hope, sort of, kind of, in theory, in principle, whether, wahrscheinlich, vermutlich, \
             hoffentlich, theoretisch, im prinzip, glaub*, denke, ob, wer das, wer kann";

/// These take it back, or say that it is another's or about something else.
pub(super) const DENIES: &str = "not, no, non, none, nobody, noone, never, nor, neither, without, cannot, cant, wont, dont, isnt, arent, unable, nicht, \
             nichts, nix, nein, nee, nie, niemals, niemand*, kein*, keinesfalls, keineswegs, ohne, statt, ungern, kaum, wrong, \
             mistake, ignore, falsch*, verseh*, irrtum*, also, too, as well, auch, ebenfalls, instead, rather, eher, lieber, \
             gewesen, wait, warte, escalat*, eskalier*, holiday*, vacation, on leave, out of office, plane, flight, sick, asleep, \
             urlaub*, flug*, krank, has it, has got it, has this, is on it, is on call, | * is, | * will, takes it, takes over, took it, \
             can take it, hat es, hats, | * hat, ist dran, | * ist, ubernimmt, macht es, machts, | * macht, | * kummert, says, \
             sagt, forward*, weiterg*, weiterl*, take over, taking over, let, lass, paging, ruft, others, andere*, \
             somebody, someone, jemand*, going home, gebe, same, problem here, joking, kidding, a test, driving, boarding, hospital, arzt, shift, gebt, for telling, fur die \
             info, other one, ask, frag*";

/// A later paragraph that begins so takes back what the first one says.
pub(super) const TAKES_BACK: &str = "no, not, wait, stop, sorry |, but, wrong, ignore, oops, cannot, cant, on second thought*, nein, nicht, doch nicht, \
             warte, halt, aber, falsch*, ups, moment, scratch that, forget it, vergiss es";

/// With these a letter ends, or what a telephone adds to it begins.
pub(super) const CLOSINGS: &str = "regards, best regards, kind regards, best wishes, cheers, sent from, get outlook for, gruss*, gruß*, viele gruss*, \
             viele gruß*, beste gruss*, beste gruß*, liebe gruss*, liebe gruß*, mit freundlichen, lg, vg, mfg, gesendet von, von \
             meinem iphone, von meinem ipad, von meinem handy, von meinem smartphone, von meinem mobil*, von meinem tablet, von \
             meinem samsung";
