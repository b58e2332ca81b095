//! What people write at three in the morning, in the languages of a desk: lower case, without
//! marks and apostrophes. A phrase may be longer than a word; `*` at a word's end stands for
//! however it goes on, `#` for a number, `#*` for one of up to two digits with or without its
//! unit, `#h` for one with that unit, `@` for an hour in a word, and `|` for whatever parts one piece of a sentence from the next.

use super::Response;

impl Response {
    /// What says it, alone or with more behind it.
    pub(super) const fn phrases(self) -> &'static str {
        match self {
            Self::OnIt => {
                "on it, i am on it, im on it, am on it, i will take it, ill take it, ill take this, ill take this one, i will \
                 take this one, i am taking it, im taking it, im taking this, taking it, ill take over, ill handle it, \
                 handling it, im handling it, i am handling it, dealing with it, im dealing with it, i am dealing with it, ill \
                 fix it, i will fix it, will look into it, i will look into it, having a look, im having a look, looking into \
                 it, i am looking into it, im looking into it, ill look into it, looking at it, looking at this, i am looking \
                 at it, im looking at it, i am looking, im looking, ill look, ill have a look, ill take a look, taking a look, \
                 working on it, i am working on it, im working on it, were on it, we are on it, dran, bin dran, ich bin dran, \
                 wir sind dran, bin dabei, ich bin dabei, ich ubernehme, ich ubernehme es, ich ubernehme den fall, ich \
                 ubernehm, ich uebernehme, ubernehme ich, ubernehme es, ubernommen, kummere mich, ich kummere mich, ich kummer \
                 mich, kummer mich, darum kummere ich mich, kuemmere mich, ich kuemmere mich, nehm ich, nehme ich, schaue ich \
                 mir an, schau ich mir an, schaue es mir an, ich schaue es mir an, ich schaue mir an, ich schau mir an, ich \
                 schaus mir an, schaue mir an, schau mir an, ich sehe mir an, ich seh mir an, sehe ich mir an, seh ich mir an, \
                 guck ich mir an, gucke ich mir an, ich guck mir an, ich gehe dran, ich geh dran, geh dran, ich schaue, ich \
                 schau, schaue nach, schau nach, ich schaue nach, ich schau nach"
            }
            Self::NotMe => {
                "not me, not mine, somebody else, someone else, i cannot, i cant, i cannot take it, i cant take it, i cannot take this, \
                 i cant take this, cannot take it, cant take it, cannot take this, cant take this, not on call, im not on call, i am \
                 not on call, ich nicht, nicht ich, ich kann nicht, ich kann leider nicht, kann nicht, kann leider nicht, ich kann es \
                 nicht, kann ich nicht, leider nicht, nicht zustandig, bin nicht zustandig, ich bin nicht zustandig"
            }
            Self::CallMe => {
                "call me, can you call me, could you call me, give me a call, ring me, ruf mich an, ruf mich bitte an, rufen sie mich an, \
                 ruft mich an, kannst du mich anrufen, konnen sie mich anrufen, konnt ihr mich anrufen, anrufen, ruf an, ruckruf"
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

    /// What says it where nothing follows but what is harmless, what they do, or the same once more:
    /// "I have it, the same error" and "I take it, Ben was called" say something else.
    pub(super) const fn claims(self) -> &'static str {
        match self {
            Self::OnIt => {
                "i have it, ive got it, i have got it, i take it, i got this, ive got this, i have got this, i take this, ill check, i \
                 will check, mine, ich habs, ich hab es, ich nehme, ubernehme"
            }
            Self::NotMe | Self::CallMe | Self::Escalate | Self::Wait => "",
        }
    }

    /// What says it likewise, but to whatever somebody was asked to do.
    pub(super) const fn promises(self) -> &'static str {
        match self {
            Self::OnIt => "will do, ill do it, i will do it, mach ich, mache ich, ich mache es, ich machs, erledige ich",
            Self::NotMe | Self::CallMe | Self::Escalate | Self::Wait => "",
        }
    }

    /// What says it only where nothing else is said: that something arrived, and a yes, are
    /// decisions only by themselves.
    pub(super) const fn bare(self) -> &'static str {
        match self {
            Self::OnIt => {
                "got it, i got it, ack, acknowledged, received, erhalten, yes, yep, yup, ok, okay, ja, looking, checking, investigating, \
                 uebernehme, ich mache, ich mach, ich habe es, habs, wird erledigt"
            }
            Self::NotMe => {
                "no, nope, nein, nee, no sorry, no thanks, nein danke, nein sorry, cannot, cant, cant sorry, geht nicht, geht nicht \
                 sorry, geht leider nicht, i cant do it, cant do it, cant do it sorry, keine zeit, ok geht nicht, im on holiday, i am \
                 on holiday, bin im urlaub, ich bin im urlaub, habe urlaub, ich habe urlaub, hab urlaub, ich hab urlaub, im sick, i am \
                 sick, bin krank, ich bin krank, not my turn"
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
                 myself, selbst, thanks, thx, thank you, danke, please, bitte, will update, will report, keep you posted, will keep you \
                 posted, melde mich, from here, and, und, no problem, no worries, dont worry, kein problem, keine sorge, keine panik"
            }
            Self::NotMe => {
                "sorry, thanks, thx, danke, please, pls, bitte, this time, diesmal, i am afraid, im afraid, after all, any more, anymore, \
                 any longer"
            }
            Self::CallMe => {
                "please, pls, asap, bitte, back, zuruck, on my mobile, on my phone, on the phone, on my cell, on #, unter #, #, mobil, \
                 auf dem handy, am handy, auf meinem handy"
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
        "sorry, sorry for the delay, tut mir leid, thanks, thx, thank you, danke, vielen dank, please, pls, bitte, \
         unfortunately, leider, no problem, no worries, kein problem, oh, ah, oh no, oh nein, saw this, only saw this, erst \
         gesehen, hab geschlafen, habe geschlafen, ich habe geschlafen, was asleep, i was asleep, moment, seen, saw it, i saw \
         it, gesehen, woke up, i woke up, awake, im awake, i am awake, im up, i am up, wach, bin wach, ich bin wach, \
         aufgewacht, bin aufgewacht, passt, ugh",
    ),
    (
        Opening::Agrees,
        "yes, yep, yeah, sure, ok, okay, alright, ack, received, got it, ja, jo, jup, klar, alles klar, verstanden, jep, yup",
    ),
    (Opening::Refuses, "no, nope, nein, nee, ✗"),
];

/// Whoever is greeted by them comes next: "hallo Ana,".
pub(super) const GREETINGS: &str = "hi, hello, hey, dear, good morning, good evening, hallo, moin, servus, gruss gott, guten morgen, guten tag, guten \
             abend, liebe, lieber, liebes, sehr geehrte, sehr geehrter";

/// Who speaks so may have named whom they greet without a pause: "hallo Ana bin dran".
pub(super) const FIRST_PERSON: &str = "i, im, ill, ive, ich, bin, wir, we, were";

/// Words that change nothing wherever they stand: "bin gleich dran", "I have it now".
pub(super) const IDLE: &str = "now, right now, right away, at once, at the moment, already, still, just, yet, today, jetzt, gleich, sofort, schon, \
             noch, gerade, grad, grade, heute, im moment, das, mal, but it takes a while, aber dauert, aber es dauert";

/// By these an answer is about what somebody has already, and about nothing new.
pub(super) const GOES_ON: &str = "still, noch, after all, any more, anymore, any longer";

/// The same of a refusal: "I still can't" is about what was asked just now.
pub(super) const GIVES_BACK: &str = "after all, any more, anymore, any longer, nicht mehr";

/// What somebody does who has it, and not only the same trouble.
pub(super) const DOES: &str = "looking, investigating, checking, restarting, calling, schaue, schau, starte, rufe";

/// "Can you call me?" is no question but a request.
pub(super) const REQUESTS: &str = "can you, could you, kannst du, konnen sie, konnt ihr";

/// How a question begins that somebody asks because they work on it.
pub(super) const ASKS: &str = "which, what, where, when did, how, can you send, can you tell, can you give, can you check, \
             can you restart, do you know, do we know, who reported, since when, is there, are there, any, anything, welche*, \
             was, wo, seit wann, wie, gibt es, kannst du mir, weiss jemand, weiß jemand, wisst ihr";

/// Of such questions those that are whole by themselves.
pub(super) const ASKS_ALL: &str = "since when, seit wann, who else, wer noch, wer hat es gemeldet, wer hat das gemeldet";

/// What begins like such a question, and asks for somebody else.
pub(super) const ASKS_ANOTHER: &str = "what about, how about, what if, any chance, any other, any volunteer*, is there \
             anybody, is there anyone, is there somebody, is there someone, is there any other, are there any other*, was ist \
             mit, was wenn, wie ware es, wie wars, wie sieht es bei, gibt es jemand*, gibt es wen";

/// Before what is really meant: "not me, sorry, meant on it".
pub(super) const MEANS: &str = "meant, i meant, i mean, actually, well, then, meinte, ich meinte";

/// Who uses them below an answer adds something of their own, however long it is.
pub(super) const THEMSELVES: &str = "i, ich, my, me, mich, mir, we, wir";

/// What is said before a number of minutes: "but need 10 more minutes", "gib mir noch 20 Min".
pub(super) const BEFORE_MINUTES: &str = "but, only, just, about, another, for, need, around, eta, ungefahr, i need, i will \
             need, ill need, it needs, takes, it takes, it will take, give me, in, the next, aber, nur, noch, circa, ca, \
             etwa, brauche, ich brauche, brauche ich, dauert, es dauert, gib mir, gebt mir";
pub(super) const MORE: &str = "more, mehr, weitere";
pub(super) const MINUTES: &str = "min, mins, minute, minutes, minuten";

/// These turn nothing, although each has a word in it that would.
pub(super) const REASSURES: &str = "no problem, no worries, no need to, dont worry, kein problem, keine sorge, keine panik, \
             good morning, guten morgen, update when i know more, report when i know more, let you know when i know more, \
             tell you when i know more, melde mich wenn ich mehr wei*, melde mich | wenn ich mehr wei*, melde mich sobald ich \
             mehr wei*, melde mich | sobald ich mehr wei*, | it is, | this is, | that is, | es ist, | das ist, | call you, \
             since when, seit wann, no idea, no luck, | * is down, let you know, let you all know, let everybody know, let \
             everyone know, let you know when it*, let you know once it*, let you know as soon as it*, let you know if it, \
             let you know if there, let you know if anything, let you know when done, let you know once done, let me know, \
             let me know if it, let me know if this, let me know if there, let me know if anything, let me know when it, stop \
             calling, stop paging, stop ringing, stop alarm*, stop the alarm*, stop the calls, stop the pager, nicht mehr \
             anrufen, nicht weiter anrufen, nicht mehr alarm*, nicht weiter alarm*, | should be back, | should be up, | \
             should be fixed, | should be quick, it should be back, it should be up, it should be fixed, it should be quick, \
             ill get it, i will get it, get back to you, get it fixed, get it done, i can do, we can do, since #*, seit #*, | \
             wer hat gemeldet, | wer hat es gemeldet, | wer |";

/// After these nothing is certain: "escalate, but only to Ben".
pub(super) const TURNS: &str = "but, however, except, unless, aber, jedoch, allerdings, ausser, außer, sondern, es sei denn";

/// By these it was not meant at all.
pub(super) const UNDOES: &str =
    "nvm, never mind, nevermind, my bad, disregard, cancel that, cancel it, | cancel |, jk, joking, kidding, quatsch, typo, mistyped";

/// These put it off, or make it hang on something else: "on it after lunch".
pub(super) const LIMITS: &str = "if, when, whenever, once, after, before, until, till, only, as soon as, as long as, later, \
             tomorrow, tommorow, tomorow, tmrw, tonight, maybe, perhaps, could, would, or, hour*, oclock, monday, tuesday, \
             wednesday, thursday, friday, saturday, sunday, | mon |, on mon, week*, month*, january, february, april, june, \
             july, august, september, october, november, december, in march, in may, lunch, morning, afternoon, evening, \
             noon, midnight, | at, | by, | from, | soon, very soon, in a bit, first thing, provided, assuming, depending, \
             pending, in case, as backup, as a backup, someday, sometime, eventually, on the train, on a train, on the bus, \
             in the train, in a train, in the bus, on the tube, on the subway, first |, in the car, in a meeting, wenn, \
             wenns, falls, notfalls, sobald, sobalds, solange, erst, nur, | ab, bin ab, | bis, | nach, nachdem, bevor, \
             sofern, spater, spaeter, nachher, morgen, ubermorgen, uebermorgen, fruh, frueh, vormittag*, | bald, ganz bald, \
             halb, viertel, vielleicht, vllt, vlt, eventuell, evtl, oder, stunde*, std, uhr, montag*, dienstag*, mittwoch*, \
             donnerstag*, freitag*, samstag*, sonntag*, woche*, monat*, januar, februar, marz, im mai, juni, juli, oktober, \
             dezember, nachste*, mittag*, nachmittag*, abend*, feierabend, mitternacht, | um, | von, gegen, kurz nach, direkt \
             nach, fruhestens, nacht, night, day, days, tag, tagen, eod, next, probably, hopefully, i think, i guess, i \
             believe, i hope, sort of, kind of, in theory, in principle, whether, wahrscheinlich, vermutlich, hoffentlich, \
             theoretisch, im prinzip, glaub*, denke, ob, wer das, wer kann, im zug, im auto, im bus, im flieger, in der bahn, \
             in der u bahn, in der tram, ungefahr, fahre heim, fahr heim, fahre nach hause, gehe heim, heimweg, unterwegs, \
             als backup, vorausgesetzt, irgendwann, | then * |, | dann * |, | danach * |";

/// A number does so where it is a time: not an ETA, nor by when something is done, for these are promises. In a footer it
/// is none.
pub(super) const LIMITS_IN_NUMBERS: &str = "| #*, in #*, at #*, um #*, there by #*, back by #*, home by #*, about #*, around #*, \
             ca #*, circa #*, etwa #*, there by @, back by @, home by @, about @, around @, ca @, circa @, etwa @, at @, um @, \
             #h, #hr, #hrs, #std, # h, # hr, # hrs, #am, #pm, # pm";

/// An hour in a word.
pub(super) const HOURS: &str = "two, three, four, five, six, seven, eight, nine, ten, eleven, twelve, eins, zwei, drei, vier, \
             funf, sechs, sieben, acht, neun, zehn, elf, zwolf";

/// These take it back, or say that it is another's or about something else.
pub(super) const DENIES: &str = "not, no, non, none, nobody, noone, never, nor, neither, without, cannot, cant, wont, dont, \
             isnt, arent, unable, nah, nicht, nich, ned, | net |, doch net, nichts, nix, nein, nee, nie, niemals, niemand*, \
             kein*, keinesfalls, keineswegs, ohne, statt, ungern, kaum, wrong, mistake, ignore, falsch*, verseh*, irrtum*, \
             also, too, as well, auch, ebenfalls, instead, rather, eher, lieber, gewesen, wait, warte, escalat*, eskalier*, \
             holiday*, vacation, on leave, out of office, plane, flight, sick, asleep, urlaub*, flug*, krank, has it, has got \
             it, has this, is on it, is on call, | * is, | * will, | * does it, | * does |, bens got, bens on, takes it, \
             takes over, took it, can take it, please take, take it please, hat es, hats, | * hat, ist dran, | * ist, \
             ubernimmt, macht es, machts, | * macht, | * kummert, | * schaut, | kollege*, | * kollege*, says, sagt, forward*, \
             should, get, need, have him, have her, have them, can do, belong*, gehort, gehoren, wer, wen, who is on, who \
             has, who can, whom, weiterzug*, weiterg*, weiterl*, take over, taking over, handed over, handing over, hand \
             over, handing to, handed to, passing it, passing to, passed to, let, lass, paging, keep calling, keep paging, \
             keep trying, weiter anrufen, weiter alarm*, ruft, | call, | try, | page, | wake, | ruf, | weck*, assigned, \
             assigning, reassigned, | * handles, | * fixes, | * works on it, | * arbeitet, | * guckt, afk, ooo, on pto, | \
             away, offline, abwesend, verhindert, unavailable, unreachable, drunk, betrunken, skip me, drop me, remove me, \
             leave me, others, andere*, somebody, someone, jemand*, going home, gebe, same, problem here, a test, driving, \
             boarding, hospital, arzt, shift, gebt, for telling, for letting, for the info, fur die info, other one, ask, \
             frag*, relief, ablos*, ✗";

/// A later paragraph that begins so takes back what the first one says.
pub(super) const TAKES_BACK: &str = "no, not, wait, stop, sorry |, but, wrong, ignore, oops, cannot, cant, on second thought*, nein, nicht, doch nicht, \
             warte, halt, aber, falsch*, ups, moment, scratch that, forget it, vergiss es, cancel";

/// With capitals below a yes these are a wish or praise, and no name.
pub(super) const PRAISES: &str = "super, gut*, viel, viele, vielen, toll*, schon*, prima, klasse, perfekt, bravo, alles, \
             great, good, nice, well, perfect, all";

/// Below a closing this begins what somebody adds.
pub(super) const AFTERTHOUGHTS: &str = "ps, p | s, nb";

/// With these a letter ends, or what a telephone adds to it begins.
pub(super) const CLOSINGS: &str = "regards, best regards, kind regards, best wishes, cheers, sent from, get outlook for, gruss*, gruß*, viele gruss*, \
             viele gruß*, beste gruss*, beste gruß*, liebe gruss*, liebe gruß*, mit freundlichen, lg, vg, mfg, gesendet von, von \
             meinem iphone, von meinem ipad, von meinem handy, von meinem smartphone, von meinem mobil*, von meinem tablet, von \
             meinem samsung";
