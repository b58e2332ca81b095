//! What people write at three in the morning, in the languages of a desk: lower case, without
//! marks and apostrophes. A phrase may be longer than a word; `*` at a word's end stands for
//! however it goes on, `#` for a number, `#*` for one of up to two digits with or without its
//! unit, `#h` for one with that unit, `@` for an hour in a word, and `|` for whatever parts one piece of a sentence from the next.

use super::Response;

/// That it arrived, which answers a drill: whoever got an alert does not have it by that.
pub(super) const RECEIPTS: &str = "received, erhalten";

impl Response {
    /// What says it, alone or with more behind it.
    pub(super) const fn phrases(self) -> &'static str {
        match self {
            Self::OnIt => {
                "on it, i am looking, im looking, ill look, ill have a look, ill take a look, having a look, im having a look, \
                 taking a look, ill take over, dran, ubernommen, darum kummere ich mich, nehm ich, nehme ich, ich gehe dran, \
                 ich geh dran, ich schaue, ich schau, schaue nach, ich schaue nach, ich schau nach, wir \
                 schauen, wir schauen nach"
            }
            Self::NotMe => {
                "not me, not mine, somebody else, someone else, cannot, cant, i cannot, i cant, i cannot take it, i cant take \
                 it, i cannot take this, i cant take this, cannot take it, cant take it, cannot take this, cant take this, not \
                 on call, im not on call, i am not on call, ich nicht, nicht ich, ich kann nicht, ich kann leider nicht, kann \
                 nicht, kann leider nicht, ich kann es nicht, kann ich nicht, leider nicht, nicht zustandig, bin nicht \
                 zustandig, ich bin nicht zustandig, im not available, i am not available, im unavailable, i am unavailable, \
                 bin nicht da, ich bin nicht da, bin nicht verfugbar, ich bin nicht verfugbar"
            }
            Self::CallMe => {
                "call me, can you call me, could you call me, can you please call me, could you please call me, ruf mich kurz an, ruft mich \
                 bitte an, kannst du mich bitte anrufen, bitte um ruckruf, give me a call, ring me, ruf mich an, ruf mich bitte an, ruf \
                 mich zuruck, ruf mich bitte zuruck, rufen sie mich an, ruft mich an, kannst du mich anrufen, konnen sie mich \
                 anrufen, konnt ihr mich anrufen, anrufen, ruf an, ruckruf"
            }
            Self::Escalate => {
                "escalate, i would escalate, id escalate, eskalieren, eskaliere, eskalier, ich wurde eskalieren, ich wurde es \
                 eskalieren"
            }
            Self::Wait => {
                "wait, i would wait, id wait, carry on, do not escalate, dont escalate, i would not escalate, no need to \
                 escalate, warten, abwarten, warte, ich wurde warten, ich wurde abwarten, nicht eskalieren, ich wurde nicht \
                 eskalieren"
            }
        }
    }

    /// What says it where nothing follows but what is harmless, what they do, or the same once more:
    /// "I have it, the same error" and "I take it, Ben was called" say something else.
    pub(super) const fn claims(self) -> &'static str {
        match self {
            Self::OnIt => {
                "i have it, ive got it, i have got it, i take it, i got this, ive got this, i have got this, i take this, ill \
                 check, i will check, mine, ich habs, ich hab es, ich nehme, ubernehme"
            }
            Self::NotMe | Self::CallMe | Self::Escalate | Self::Wait => "",
        }
    }

    /// What says it likewise, but to whatever somebody was asked to do.
    pub(super) const fn promises(self) -> &'static str {
        match self {
            Self::OnIt => {
                "will do, ill do it, i will do it, mach ich, mache ich, ich mache es, ich machs, erledige ich, wird erledigt, \
                 wird gemacht"
            }
            Self::NotMe | Self::CallMe | Self::Escalate | Self::Wait => "",
        }
    }

    /// What says it only where nothing else is said: that something arrived, and a yes, are
    /// decisions only by themselves.
    pub(super) const fn bare(self) -> &'static str {
        match self {
            Self::OnIt => {
                "got it, i got it, ack, acknowledged, yes, yep, yup, ok, okay, ja, looking, checking, \
                 investigating, uebernehme, ich mache, ich mach, ich habe es, habs, prufe, pruefe, \
                 sure, yeah, klar, jawohl, hab ich, will check, let me check, yes i am, ja bin ich, schau rein, schaue rein, ich schau \
                 rein, ich schaue rein, ich check, ich nehm"
            }
            Self::NotMe => {
                "no, nope, nein, nee, no sorry, no thanks, nein danke, nein sorry, geht nicht, geht nicht sorry, geht leider \
                 nicht, i cant do it, cant do it, cant do it sorry, keine zeit, ok geht nicht, im on holiday, i am on holiday, \
                 bin im urlaub, ich bin im urlaub, habe urlaub, ich habe urlaub, hab urlaub, ich hab urlaub, im sick, i am \
                 sick, bin krank, ich bin krank, not my turn, not available, nicht verfugbar, nicht da, ask somebody else, ask \
                 someone else, ask *, ask * please, not available until *, nicht verfugbar bis *, im off, i am off, on vacation, \
                 im on vacation, i am on vacation, in a meeting, im in a meeting, i am in a meeting, no time, hab keine \
                 zeit, ich hab keine zeit, habe keine zeit, falsche person, wrong person, not my shift, nicht meine schicht, \
                 schaff ich nicht, frag *, frag bitte *, fragt \
                 *, fragt bitte *, fragen sie *, fragen sie bitte *, jemand anderen fragen"
            }
            Self::CallMe => "call",
            Self::Escalate => "would escalate, please do escalate, definitely escalate, eskalation bitte, auf jeden fall eskalieren",
            Self::Wait => {
                "hold off, not yet, not, no not yet, better wait, nicht, nein nicht, noch nicht, nein noch nicht, noch nicht eskalieren"
            }
        }
    }

    /// What may follow a phrase in the same piece of the sentence so that it still says it.
    pub(super) const fn harmless(self) -> &'static str {
        match self {
            Self::OnIt => {
                "it, this, that, es, darum, drum, guys, folks, team, leute, looking, looking into it, investigating, checking, \
                 schaue, schau, gern, gerne, myself, selbst, thanks, thx, thank you, danke, please, bitte, will update, will \
                 report, keep you posted, will keep you posted, melde mich, from here, and, und, no problem, no worries, dont \
                 worry, kein problem, keine sorge, keine panik, lg, vg, mfg, cheers, boss, mate, chief, chef"
            }
            Self::NotMe => {
                "sorry, thanks, thx, danke, please, pls, bitte, this time, diesmal, i am afraid, im afraid, after all, any \
                 more, anymore, any longer, mehr, until *, till *, bis *, this week, diese woche, tonight"
            }
            Self::CallMe => {
                "please, pls, asap, bitte, back, zuruck, on my mobile, on my phone, on the phone, on my cell, on #, unter #, \
                 #, mobil, auf dem handy, am handy, auf meinem handy"
            }
            Self::Escalate => "it, this, es, please, bitte",
            Self::Wait => "please, bitte, a bit, a little, for, until *, till *, bis *",
        }
    }

    /// What says it likewise, put together of parts.
    pub(super) const fn sentences(self) -> &'static [&'static [&'static str]] {
        match self {
            Self::OnIt => SENTENCES,
            Self::NotMe | Self::CallMe | Self::Escalate | Self::Wait => &[],
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

/// What somebody says who has it, put together of who, does what, and with what; what begins with `?` may be missing.
/// It is as good as a phrase.
pub(super) const SENTENCES: &[&[&str]] = &[
    &["? i am, im, am, we are, were", DOING, IT],
    &["i am, im, we are, were", "investigating, checking, taking over"],
    &["i am, im, am, we are, were", "on", IT],
    &["i will, ill, we will, will", TO_DO, IT],
    &["i will, ill, we will", "take over, take a look, have a look, investigate, pick it up, pick this up"],
    &["? i am, im, we are, were", "picking", IT, "up"],
    &["i will, ill, we will", "check", IT, "out"],
    &["? ich", "bin", "? wieder, weiter", "dran, dabei"],
    &["? wir", "sind", "dran"],
    &["wir", "sind", "dabei"],
    &["? ich, wir", "arbeite, arbeiten", "dran, daran"],
    &["ich, wir", "ubernehme, ubernehm, uebernehme, ubernehmen, uebernehmen", WHAT],
    &["ubernehme, ubernehm, uebernehme", "es, den fall, ticket, den vorfall, den alarm"],
    &["ubernehme, ubernehm, ubernehmen, uebernehme", "ich, wir"],
    &[
        "? ich, wir",
        "kummere, kummer, kuemmere, kummern, kuemmern",
        "mich, uns",
        "? um es, um ticket, um problem, um den fall, um die sache",
    ],
    &["? ich, wir", LOOK, "? es", "mir, uns", WHAT, "an"],
    &[LOOK, "ich, wir", "? es", "mir, uns", WHAT, "an"],
    &["ich, wir", "prufe, pruf, pruefe, prufs, checke, untersuche, prufen, pruefen, checken, untersuchen", WHAT],
    &["prufe, pruefe, checke, untersuche", "ich, es, ich es"],
];

const DOING: &str = "taking, taking care of, taking over, taking a look at, having a look at, looking at, looking into, \
             working on, checking, handling, dealing with, fixing, investigating";
const TO_DO: &str = "take, take care of, take over, take a look at, have a look at, look at, look into, work on, check, \
             handle, deal with, fix, investigate";
const IT: &str = "it, this, that, this one, that one, the issue, the problem, the incident, the ticket, the alert, this issue, \
             this problem, this incident, this ticket, this alert";
const LOOK: &str = "schaue, schau, schaus, schauen, sehe, seh, sehs, sehen, gucke, guck, gucks, gucken";
const WHAT: &str =
    "? es, hier, fall, den fall, ticket, problem, incident, thema, den vorfall, den alarm, die sache, die storung, den incident";

/// How a reply begins before it says anything.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Opening {
    Agrees,
    Refuses,
    Polite,
    /// Thanks for something: a machine begins so, too.
    Thanks,
}

pub(super) const OPENINGS: &[(Opening, &str)] = &[
    (
        Opening::Polite,
        "sorry, sorry for the delay, tut mir leid, thanks, thx, thank you, danke, vielen dank, please, pls, bitte, \
         unfortunately, leider, no problem, no worries, kein problem, oh, ah, oh no, oh nein, saw this, only saw this, erst \
         gesehen, hab geschlafen, habe geschlafen, ich habe geschlafen, was asleep, i was asleep, moment, roger, copy, copy \
         that, understood, noted, wow, ouch, damn, shit, mist, scheisse, hm, hmm, right, great, good catch, geht klar, in \
         ordnung, seen, saw it, i saw it, gesehen, woke up, i woke up, awake, im awake, i am awake, im up, i am up, wach, bin \
         wach, ich bin wach, aufgewacht, bin aufgewacht, passt, ugh",
    ),
    (
        Opening::Agrees,
        "yes, yep, yeah, sure, ok, okay, alright, ack, acknowledged, received, got it, ja, jo, jup, klar, alles klar, verstanden, jep, yup",
    ),
    (Opening::Refuses, "no, nope, nein, nee, ✗"),
];

/// How a piece begins that says only that somebody has heard of it, or is sorry, or grateful: "thanks Ana,", "got the alert,",
/// "hab deinen Anruf verpasst,". What else is in it must leave nothing open.
pub(super) const PREFACES: &[(Opening, &[&str])] = &[
    (Opening::Thanks, &["thanks, thx, thank you, many thanks, danke, vielen dank, danke dir"]),
    (Opening::Polite, &["sorry, sry, apologies, entschuldigung, entschuldige, tut mir leid"]),
    (
        Opening::Polite,
        &[
            "? i, only, i only, ive, i have, have",
            "got, received, see, saw, seen, read, missed, heard, noticed",
            "the, your, ur, it, this, that, you, a call, a message, a text, an alert, a page, alert, message, call, mail, \
             text, page, home, up, back",
        ],
    ),
    (
        Opening::Polite,
        &[
            "? ich",
            "hab, habs, habe, haben",
            "? es, deine, deinen, die, den, eure, euren",
            "? nachricht, nachrichten, anruf, anrufe, mail, meldung, alarm, sms, info",
            "? erst, nur, leider",
            "gesehen, gelesen, gehort, bekommen, erhalten, verpasst, mitbekommen, verstanden, uberhort",
        ],
    ),
    (
        Opening::Polite,
        &["nachricht, anruf, meldung, alarm, mail, info", "gesehen, gelesen, gehort, bekommen, erhalten, verpasst, uberhort"],
    ),
];

/// These may be said of the news after thanks for it: "thanks for the info, I've got it".
pub(super) const HAS_GOT: &str = "i have it, ive got it, i have got it, i got it, ich habs, ich hab es";

/// With one of these such a piece says more: that somebody is, has, or does something.
pub(super) const SAYS_MORE: &str = "thanks to, danke an, for your message, for your mail, for your email, for your e, \
             contacting, request, inquiry, enquiry, anfrage, ihre, ihren, train, bus, taxi, zug, bahn, meeting, flu, kids, \
             ubernahme, looking, checking, working, is, are, am, im, was, were, has, had, have to, having, will, ill, can, \
             could, must, does, do, doing, taking, taken, take, took, handling, covering, fixing, off, busy, away, out, \
             leaving, leave, landed, ist, sind, bin, war, hat, hatte, wird, werde, kann, muss, soll, macht, mache, ubernehmen, \
             frei, weg, he, she, they, hes, shes, theyre, er, sie";

/// Whoever is greeted by them comes next: "hallo Ana,".
pub(super) const GREETINGS: &str = "hi, hello, hey, dear, good morning, good evening, hallo, moin, servus, gruss gott, guten \
             morgen, guten tag, guten abend, liebe, lieber, liebes, sehr geehrte, sehr geehrter";

/// Who speaks so may have named whom they greet without a pause: "hallo Ana bin dran".
pub(super) const FIRST_PERSON: &str = "i, im, ill, ive, ich, bin, wir, we, were";

/// Words that change nothing wherever they stand: "bin gleich dran", "I have it now".
pub(super) const IDLE: &str = "now, right now, right away, at once, at the moment, already, still, just, yet, today, \
             currently, immediately, anyway, anyhow, regardless, though, jetzt, bereits, derzeit, aktuell, immer noch, noch \
             immer, weiterhin, trotzdem, dennoch, gleich, sofort, schon, noch, gerade, grad, grade, heute, im moment, das, \
             mal, but it takes a while, aber dauert, aber es dauert";

/// Of these, those by which a negation says less: "not just me", "can't yet".
pub(super) const LESSENS: &str = "just, yet, mal, noch";
pub(super) const NEGATIONS: &str = "not, cannot, cant, nicht";

/// By these an answer is about what somebody has already, and about nothing new.
pub(super) const GOES_ON: &str = "still, noch, after all, any more, anymore, any longer";

/// The same of a refusal: "I still can't" is about what was asked just now.
pub(super) const GIVES_BACK: &str = "after all, any more, anymore, any longer, nicht mehr";

/// What somebody does who has it, and not only the same trouble.
pub(super) const DOES: &str = "looking, investigating, checking, restarting, calling, working on, schaue, schau, starte, rufe, prufe";

/// How a short piece begins that goes along with "on it": when, what they do, and how it stands.
pub(super) const GOES_ALONG: &str = "eta, update, see, siehe, ta |, for the fix, fix |, fixed |, will call you, melde mich, will revert, noch nicht gelost, noch nicht \
             behoben, noch nicht fertig, und zwar, dann die, dann der, dann das, https, http, \
             down, db, database, server, disk, disks, pool, cache, dns, queue, node, replica, cluster, site, website, api, vpn connecting, vpn is up, memory, cpu, \
             known issue, known problem, bekanntes problem, \
             opening, connecting |, connecting to, reconnecting, logging in, logging on, getting up, getting online, getting my laptop, grabbing my laptop, \
             booting, rebooting, fixing, rolling back, reverting, deploying, redeploying, failing over, scaling, patching, debugging, \
             digging, reading, killing the, clearing, cleaning, draining, resetting, recovering, restoring, freeing, flushing, \
             bouncing, replacing, applying, verifying, reproducing, analysing, analyzing, tracing, triaging, diagnosing, monitoring, \
             increasing, extending, purging, unblocking, joining the, joining now, starting now, \
             logge mich, wahle mich ein, verbinde, offne, lese, teste, analysiere, untersuche, behebe, repariere, fixe, losche, leere, \
             raume, rolle zuruck, mache vpn, mach vpn, mache den rechner, mach den rechner, fahre rechner hoch, fahre den rechner hoch, \
             neustart, \
             one sec, one second, one moment, one minute, just a sec, hang tight |, stand by |, bear with me, give me #, give me a sec, \
             give me a second, give me a minute, kleinen moment, einen moment, eine minute, eine sekunde, \
             back |, back to you, back with you, more soon, more shortly, more in a bit, info folgt, infos folgen, update folgt, mehr folgt, mehr gleich, \
             boss |, mate |, chief |, chef |";

/// With one of these, and a name or none, what somebody wrote ends on its own line: "on it. LG Marta".
pub(super) const SIGNS_OFF: &str = "regards, best regards, kind regards, best wishes, best, cheers, thanks, thx, thank you, danke, br, rgds, lg, vg, \
             mfg, gruss, gruß, grusse, gruße, viele grusse, viele gruße, liebe grusse, liebe gruße, beste grusse, beste gruße, schone \
             grusse, schone gruße";

/// Who declines and says so has not: "not on call, happy to look".
pub(super) const DOES_ANYWAY: &[&[&str]] = &[
    &[
        "? i, we, but, and",
        "can, could, will, would, ill, id, happy to, glad to, let me, lets, going to, i, we",
        "? have a, take a",
        "look, check, take, help, try, jump, do it, handle",
    ],
    &[
        "? ich, wir, aber, und",
        "kann, konnte, werde, gern, gerne, helfe, mache es, mach es",
        "? gern, gerne",
        "? es, mir",
        "? es",
        "schauen, helfen, machen, nachsehen, ansehen, anschauen, ubernehmen, |",
    ],
];

/// "Can you call me?" is no question but a request.
pub(super) const REQUESTS: &str = "can you, could you, kannst du, konnen sie, konnt ihr";

/// How a question begins that somebody asks because they work on it.
pub(super) const ASKS: &str = "which, what, whats, where, wheres, when did, how, hows, why is, why did, does it, did it, can \
             you send, can you tell, can you give, can you check, can you restart, do you know, do we know, who reported, \
             since when, is there, are there, any, anything, welche*, was, wo, seit wann, wie, gibt es, kannst du mir, weiss \
             jemand, weiß jemand, wisst ihr";

/// Of such questions those that are whole by themselves.
pub(super) const ASKS_ALL: &str = "since when, seit wann, who else, wer noch, wer hat es gemeldet, wer hat das gemeldet";

/// What begins like such a question, and asks for somebody else.
pub(super) const ASKS_ANOTHER: &str = "what about, how about, what if, what with, whats with, which of us, which one of us, \
             welcher von uns, wer von uns, how come, why did you, why is it mine, why is it my, does it have to, does it need, \
             any chance, any other, any volunteer*, is there anybody, is there anyone, is there somebody, is there someone, is \
             there any other, are there any other*, was ist mit, was wenn, wie ware es, wie wars, wie sieht es bei, gibt es \
             jemand*, gibt es wen";

/// Who asks for these asks for no other: "ask me later".
pub(super) const ASKS_THEM: &str = "frag nicht, ask me, ask us, ask again, ask away, ask what, ask which, ask why, frag mich, \
             frag uns, frag nach, frag nochmal, frag bitte mich, fragt mich, fragt uns, fragen sie mich";

/// These say nothing beside a digit.
pub(super) const THANKS: &str = "thanks, thx, thank you, danke, please, pls, bitte";

/// Before what is really meant: "not me, sorry, meant on it".
pub(super) const MEANS: &str = "meant, i meant, i mean, actually, well, then, meinte, ich meinte";

/// Who uses them below an answer adds something of their own, however long it is.
pub(super) const THEMSELVES: &str = "i, ich, my, me, mich, mir, we, wir";

/// What is said before a number of minutes: "but need 10 more minutes", "gib mir noch 20 Min".
pub(super) const BEFORE_MINUTES: &str = "but, only, just, about, another, need, around, eta, ungefahr, i need, i will need, ill need, it needs, takes, \
             it takes, it will take, give me, in, aber, nur, noch, circa, ca, etwa, brauche, ich brauche, brauche ich, \
             dauert, es dauert, gib mir, gebt mir";
pub(super) const MORE: &str = "more, mehr, weitere";
pub(super) const MINUTES: &str = "min, mins, minute, minutes, minuten";

/// These turn nothing, although each has a word in it that would.
pub(super) const REASSURES: &str = "no problem, no worries, no need to, dont worry, kein problem, keine sorge, keine panik, good morning, \
             guten morgen, update when i know more, report when i know more, let you know when i know more, \
             tell you when i know more, melde mich wenn ich mehr wei*, melde mich | wenn ich mehr wei*, \
             melde mich sobald ich mehr wei*, melde mich | sobald ich mehr wei*, | call you, | when did, | why is, \
             | where is the, | what is the, | what is wrong, | what is down, | was ist der, | was ist die, | was ist los, \
             | was ist passiert, | warum ist, | seit wann ist, dont call again, dont call me, do not call me, \
             do not call again, nachstes update, nachste meldung, gebe bescheid, geb bescheid, erst gesehen, erst gelesen, \
             erst gehort, erst mitbekommen, since when, seit wann, no idea, no luck, no change |, no changes |, no news |, \
             no progress |, no update |, no fix |, no success |, without success |, no eta |, nothing new |, not fixed |, \
             not done |, not resolved |, not solved |, nichts neues |, keine anderung |, keine anderungen |, \
             kein fortschritt |, keine losung |, keine neuigkeiten |, nicht fertig |, nicht gelost |, nicht behoben |, \
             | warte auf, | warten auf, for the wait, next update, let you know, let you all know, let everybody know, \
             let everyone know, let you know when it*, let you know once it*, let you know as soon as it*, \
             let you know if it, let you know if there, let you know if anything, let you know when done, \
             let you know once done, let me know, let me know if it, let me know if this, let me know if there, \
             let me know if anything, let me know when it, stop calling, stop paging, stop ringing, stop alarm*, \
             stop the alarm*, stop the calls, stop the pager, nicht mehr anrufen, nicht weiter anrufen, nicht mehr alarm*, \
             nicht weiter alarm*, | should be back, | should be up, | should be fixed, | should be quick, it should be back, \
             it should be up, it should be fixed, it should be quick, get back to you, i can do, we can do, since #*, \
             seit #*, | wer hat gemeldet, | wer hat es gemeldet, | wer |, | it is the, | it is a, | it is an, | it is down, \
             | it is slow, | it is bad, | this is the, | this is a, | this is an, | this is down, | this is slow, \
             | this is bad, | that is the, | that is a, | that is an, | that is down, | that is slow, | that is bad, \
             | es ist der, | es ist die, | es ist das, | es ist ein, | es ist eine, | es ist down, | es ist weg, \
             | es ist langsam, | das ist der, | das ist die, | das ist das, | das ist ein, | das ist eine, | das ist down, \
             | das ist weg, | das ist langsam, | * is down |, | * is down since, ill get it |, ill get it done |, \
             ill get it fixed |, i will get it |, get it fixed |, get it done |";

/// When they say more of it, which puts off no more than that: "next update at 15:30", "melde mich später".
pub(super) const REPORTS: &[&[&str]] = &[
    &[TELLS, "? in, at, by, around, about, um, gegen, bis, ca", "#*", "? #", "? am, pm, h, hour, hours, uhr, stunde, stunden"],
    &["later, spater, dann", "more, mehr"],
    &["gebe, geb, sage, sag", "? spater, dann, wieder", "bescheid"],
    &[
        TELLS,
        "? in an, in a, in, in einer, in einer halben, im",
        "? noch, wieder, more, mehr",
        "later, soon, shortly, bit, hour, while, spater, spaeter, nachher, bald, stunde",
    ],
];

const TELLS: &str = "next update, update, updates, more, more info, will update, ill update, will report, report, report back, \
             will report back, ill report, ill report back, get back to you, let you know, let you know more, keep you posted, \
             details, nachstes update, naechstes update, melde mich, meld mich, ich melde mich, melde mich wieder, gebe \
             bescheid, sage bescheid, mehr";

/// After these nothing is certain: "escalate, but only to Ben".
pub(super) const TURNS: &str =
    "but, however, except, unless, oder doch, or actually, aber, jedoch, allerdings, ausser, außer, sondern, es sei denn";

/// By these it was not meant at all.
pub(super) const UNDOES: &str = "nvm, never mind, nevermind, my bad, disregard, cancel that, cancel it, | cancel |, jk, \
             joking, kidding, quatsch, typo, mistyped, that was for, that was meant, other chat, wrong chat, other alert";

/// These put it off, or make it hang on something else: "on it after lunch".
pub(super) const LIMITS: &str = "if, when, whenever, once, after, before, until, till, only, as soon as, as long as, later, \
             tomorrow, tommorow, tomorow, tmrw, tonight, maybe, perhaps, could, would, or, hour*, oclock, monday, tuesday, \
             wednesday, thursday, friday, saturday, sunday, | mon |, on mon, week*, month*, january, february, april, june, \
             july, august, september, october, november, december, in march, in may, lunch, morning, afternoon, evening, noon, \
             midnight, | at, | by, | from, | soon, very soon, in a bit, first thing, provided, assuming, depending, depends, \
             in line, in the queue, pending, in case, as backup, as a backup, im the backup, i am the backup, someday, \
             sometime, eventually, on the train, on a train, on the bus, in the train, in a train, for the train, for the bus, \
             for a taxi, den zug, den bus, die bahn, den flieger, in the bus, on the tube, on the subway, first |, in the car, \
             in a meeting, wenn, wenns, falls, notfalls, sobald, sobalds, solange, erst, nur, | ab, bin ab, | bis, | nach, \
             nachdem, bevor, sofern, spater, spaeter, nachher, morgen, ubermorgen, uebermorgen, fruh, frueh, vormittag*, | \
             bald, ganz bald, halb, viertel, vielleicht, vllt, vlt, eventuell, evtl, oder, stunde*, std, uhr, montag*, \
             dienstag*, mittwoch*, donnerstag*, freitag*, samstag*, sonntag*, woche*, monat*, januar, februar, marz, im mai, \
             juni, juli, oktober, dezember, nachste*, mittag*, nachmittag*, abend*, feierabend, mitternacht, | um, | von, \
             gegen, kurz nach, direkt nach, fruhestens, nacht, night, day, days, tag, tagen, eod, next, probably, hopefully, i \
             think, i guess, i believe, i hope, sort of, kind of, in theory, in principle, whether, wahrscheinlich, \
             vermutlich, hoffentlich, theoretisch, im prinzip, glaub*, denke, ob, wer das, wer kann, im zug, im auto, im bus, \
             im flieger, in der bahn, in der u bahn, in der tram, ungefahr, fahre heim, fahr heim, fahre nach hause, gehe \
             heim, heimweg, unterwegs, als backup, vorausgesetzt, irgendwann, | then * |, | dann * |, | danach * |";

/// A number does so where it is a time: not an ETA, nor by when something is done, for these are promises. In a footer it
/// is none.
pub(super) const LIMITS_IN_NUMBERS: &str = "| #*, in #*, at #*, um #*, ab #*, from #*, ab @, from @, there by #*, back by #*, \
             home by #*, about #*, around #*, ca #*, circa #*, etwa #*, there by @, back by @, home by @, about @, around @, \
             ca @, circa @, etwa @, at @, um @, #h, #hr, #hrs, #std, # h, # hr, # hrs, #am, #pm, # pm";

/// An hour in a word.
pub(super) const HOURS: &str = "two, three, four, five, six, seven, eight, nine, ten, eleven, twelve, eins, zwei, drei, vier, \
             funf, sechs, sieben, acht, neun, zehn, elf, zwolf";

/// These take it back, or say that it is another's or about something else.
pub(super) const DENIES: &str = "not, no, non, none, nobody, noone, never, nor, neither, without, cannot, cant, wont, dont, isnt, arent, unable, \
             nah, nicht, nich, ned, | net |, doch net, nichts, nix, nein, nee, nie, niemals, niemand*, kein*, keinesfalls, \
             keineswegs, ohne, statt, ungern, kaum, wrong, mistake, ignore, falsch*, verseh*, irrtum*, also, too, as well, \
             auch, ebenfalls, instead, rather, eher, lieber, gewesen, wait, warte, escalat*, eskalier*, holiday*, vacation, \
             on leave, out of office, plane, flight, sick, asleep, urlaub*, flug*, krank, has it, has got it, has this, \
             is on it, is on call, | * is, | * will, | * does it, | * does |, bens got, bens on, takes it, takes over, \
             took it, can take it, please take, take it please, hat es, hats, | * hat, ist dran, | * ist, ubernimmt, \
             macht es, machts, | * macht, | * kummert, | * schaut, | kollege*, | * kollege*, says, sagt, forward*, should, \
             get, need, have him, have her, have them, can do, belong*, gehort, gehoren, wer, wen, who is on, who has, \
             who can, whom, weiterzug*, weiterg*, weiterl*, take over, taking over, handed over, handing over, handover*, \
             hand over, handing to, handed to, passing it, passing to, passed to, let, lass, paging, keep calling, \
             keep paging, keep trying, weiter anrufen, weiter alarm*, ruft, | call, | try, | page, | wake, | ruf, | weck*, \
             assigned, assigning, reassigned, | * handles, | * fixes, | * works on it, | * arbeitet, | * guckt, afk, ooo, \
             on pto, | away, offline, abwesend, verhindert, unavailable, unreachable, drunk, betrunken, skip me, drop me, \
             remove me, leave me, others, andere*, somebody, someone, jemand*, going home, gebe, same, problem here, a test, \
             driving, boarding, hospital, arzt, shift, gebt, other one, ask, frag*, relief, ablos*, ✗, owns, | * please, \
             | * bitte, passing on, passing this, pass on, pass it, pass this, passed on, passed it, passed this, delegat*, \
             delegier*, ubergebe*, ubergeb, ubergabe, uebergebe*, gave it, gave this, give it, giving it, giving this, \
             gegeben, gibs, gebs, gab es, reiche es, reichs, hand it, hand this, reassign*, transfer*, redirect*, dispatch*, \
             ab |, vertret*, sent it to, sending it to, send it to, asked * to, told * to, was on it, used to, nope, nay, \
             negative, calling * to, asking * to, automated, auto reply, autoreply, automatische antwort, ticket id, \
             ticket * was, our team, ihr * team, ihr team, your * team, picked it, picked this, took over, taken over, \
             grabbed, to bed, ins bett, to sleep, to take it, my colleague, mein kollege, hat ubernommen, | * turn |, connecting you, \
             case number, your case, case #*, vorgangsnummer, ticket number, meant for, meinte den, meine den, gemeint, getippt, typed this, delete my, \
             like hell, tied up, busy with the other, busy with another, got called to, moved it, moving it, moving this, moved to the other, kicked it, bumped it, raised it to, raised to, \
             routed, geroutet, schiebe es, schiebs, cover for me, arrange cover, ersatz, my list, about to take off, about to give up, \
             about to board, locked out, got locked, my account, mein konto, refuses to boot, left my, looks like network*, intus, zahnarzt, scherz, joke, \
             the rest to, den rest, im laufe, im verlauf, in the course, over the course, | send me the, | send me access, grant me, schick mir, schickt mir, zugang, \
             freigabe, approval, my access, access first, please send, with the vendor, sits with, arbeiten daran, so he can, so she can, offered to, dienstplan, the password";

/// A later paragraph that begins so takes back what the first one says.
pub(super) const TAKES_BACK: &str = "no, not, wait, stop, sorry |, but, wrong, ignore, oops, cannot, cant, on second thought*, \
             nein, nicht, doch nicht, warte, halt, aber, falsch*, ups, moment, scratch that, forget it, vergiss es, cancel";

/// The same of who declines: "not me. Wait, it is me".
pub(super) const RECONSIDERS: &str = "wait, hang on, hold on, moment, warte, halt, scratch that, forget it, oops, ups, on second thought*, update, \
             correction, doch, yes, ja, then i can, dann kann ich, dann gerne, later yes, spater ja, fixed, fixing, doing it, \
             restarted, wrong chat, falscher chat";

/// However long it is, what has one of these in it gives it to somebody else.
pub(super) const HANDS_OVER: &str = "is taking over, takes over, will take over, has taken over, took over, please take, take it please, \
             ubernimmt, hat ubernommen, bitte ubernehmen, bitte ubernimm";

/// With capitals below a yes these are a wish or praise, and no name.
pub(super) const PRAISES: &str = "super, gut*, viel, viele, vielen, toll*, schon*, prima, klasse, perfekt, bravo, alles, \
             great, good, nice, well, perfect, all";

/// Below a closing this begins what somebody adds.
pub(super) const AFTERTHOUGHTS: &str = "ps, p | s, nb";

/// With these a letter ends, or what a telephone adds to it begins.
pub(super) const CLOSINGS: &str = "regards, best regards, kind regards, best wishes, cheers, sent from, get outlook for, \
             gruss*, gruß*, viele gruss*, viele gruß*, beste gruss*, beste gruß*, liebe gruss*, liebe gruß*, mit freundlichen, \
             lg, vg, mfg, gesendet von, von meinem iphone, von meinem ipad, von meinem handy, von meinem smartphone, von \
             meinem mobil*, von meinem tablet, von meinem samsung";
