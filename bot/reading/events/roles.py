"""What a day in a sentence is: when something happens, the last day to sign up, or none of these."""

import re
from enum import Enum, auto


class Role(Enum):
    """What a day is told for."""

    EVENT = auto()
    LAST_DAY = auto()  # to sign up
    OTHER = auto()  # published, born, in force, the last day of something else
    OLD = auto()  # when it was to be, before it was moved
    NEW = auto()  # when it will be instead
    POLL = auto()  # between which readers are to choose


_BEFORE = 90  # characters of the sentence that are looked at
_FILL = r"(?:\W*(?:den|dag(?:en)?|är|blir|på|till|på|nu|dock|kl|klockan|the|is|on|of|med|idag|redan|kl\.|och med|därför|alltså|istället|i stället|fortfarande|satt|:)\b)*\W*$"
_LAST = re.compile(
    r"(?:\bsenast(?:\s(?!till\b|inför\b|så\b|om\b|och\b|att\b|i\b|för\b|idag\b|imorgon\b|\w*dag(?:en)?\b)[^\W\d]+){0,3},?"
    r"|\b(?:sista|senaste) (?:anmälnings|svars|ansöknings|boknings)?dag\w*(?: (?:för|att|of|to) (?:din |er |den )?(?:anmäl\w*|svar\w*|osa|regist\w*|ansök\w*|boka\w*|betal\w*|lämna\w*|skicka\w*|säga till|höra av)(?: sig| dig| er| in| plats)?)?(?: (?:till|på|för) [^.!?\n\d]{1,60}? (?:är|blir))?"
    r"|\bsista (?:anmälan|anmälning|bokning|chansen(?: att (?:anmäla|boka)(?: \w+)?(?: (?:till|på|för) [^.!?\n\d]{1,60}? (?:är|blir))?)?)|\bsista datum(?: för \w+)?|\blast (?:call|chance)(?: (?:to|for)(?: \w+){1,3})?"
    r"|\bföre|\binnan|\bfram till|\bt\.? ?o\.? ?m\.?|\btill och med|\bdeadline(?: (?:för|for)(?: \w+){1,3})?|\bno later than|\bby|\bbefore|\buntil|\blatest"
    r"|\bstäng(?:er|s)|\bcloses?|\bslår igen|\bopen (?:until|till?)|\bförläng(?:d|s|t|er)\w*(?: \w+){0,5} till|\böppe[nt] (?:fram )?till|\banmälningsdag(?:en)?|\blast day(?: (?:to|of|for)(?: \w+){1,3})?"
    r"|\bo\.? ?s\.? ?a\.?(?: till [^.!?]{1,60})?|\banmälningstid\w*(?: \w+){0,3} ut|\bgår ut|\banmäl\w*[^.!?\n]{0,30}\böpp(?:en|et|na) (?:fram )?till|\bdröj inte[^.]{0,20}|\bsvar(?:a|et)? oss)"
    + _FILL,
    re.IGNORECASE,
)
_LAST_AFTER = re.compile(
    r"[^\w.!?\n]{0,4}(?:är|blir|is|=|som|\()?[^\w.!?\n]{0,3}(?:sista (?:anmälning|dag|svars|chans|anmälan)|senaste anmälning|last day|the deadline|deadline|stänger anmäl|går anmälan ut)",
    re.IGNORECASE,
)
_SIGN_UP = re.compile(
    r"anmäl|\bosa\b|o\.\s?s\.\s?a|\bsvar(?:a|en|et)?\b|regist|\brsvp\b|sign[ -]?up|boka (?:din |en )?plats|platser|deltagarlista|meddela|h(?:ör|öra) av (?:dig|er|sig)|tacka ja|allergi|specialkost|s(?:äg|äga) till|ge(?:r)? besked|let (?:us|me|\w+) know"
    r"|\bbok(?:a|as|ar|ning\w*)\b(?! in datum)|hojta|skicka\w* (?:en|ett) (?:rad|mejl|mail|sms)|en signal|(?:mejl|mail|skriv|ring|sms)\w*\s(?:till|in|oss|mig|[A-ZÅÄÖ])|hur många|\bantal|\bräkna\w* (?:jag |vi )?(?:in|med)\b|\bveta\b|\bvet vi\b|intresse|\btell\b|\bbook\b|\bjoin\b|\bif you (?:come|are coming|can come|want)|förläng|\bplats\b|\bkommer\b",
    re.IGNORECASE,
)
_OTHER_DEADLINE = re.compile(
    r"ansök|utlysning|synpunkt|remiss|nominer|lämna in|skicka in|anbud|bidrag|underlag|motion|apply|applications?|call\b|proposals?|abstract|submit|betala|faktur|enkät|prata med",
    re.IGNORECASE,
)
_OTHER = re.compile(
    r"(?:\bpublicera\w*|\buppdatera\w*|\bändra[dt]\w*|\bpublished|\bposted|\bupdated|\bskicka(?:t|des|de)\w*|\bfödd|\bf\.|\bborn|\bsedan|\bsince|\bfrån och med|\bfr\.? ?o\.? ?m\.?"
    r"|\bgäller(?: från)?|\bträder i kraft|\bbeslut\w*|\bdaterad|\binkom|\bstartade|\bbildades|\bgrundad\w*|\böppna(?:r|de|s)?(?: anmälan)?|\böppen|\böppet|\bansök\w*"
    r"|\butlysning\w*|\breleas\w*|\blansera\w*|\bröstade|\benligt|\bversion|\bsenast uppdaterad|\bdatum för utskick|\b(?:protokoll|\w*anteckning|bilder|foton|filmen?|inspelning|referat|dokumentation|presentation)\w*\s+från(?: \w+){0,3}|\bprotokoll\w*|\bi kraft|\blevereras?|\bmejl(?:et)?|\bbrev(?:et)?"
    r"|\bfyll(?:er|de)|\bfakturadatum|\bförfallo\w*|\bvåra?t? nyhetsbrev|\bnummer|\brapport(?:en)?(?: \w+){0,2} kommer|\bskriven|\bsignerad|\bnästa nummer|\bmanusstopp|\binvigdes|\bvalberedning\w*"
    r"|\btid(?:en)? (?:löper|går)|\bperioden|\bmellan åren|\bsemester|\bledig|\bpå jobbet igen|\bkontoret|\bstängt|\bbetalas?|\bfaktur\w*)"
    + _FILL,
    re.IGNORECASE,
)
_PAST = re.compile(
    r"\btack för\b|\b(?:hölls|träffades|genomfördes|ägde rum|var vi|samlades|deltog|besökte|arrangerade|höll vi|hade vi|lyssnade|pratade vi|took place|was held|we met|thank you for"
    r"|beslutade|antogs|presenterades|publicerades|invigdes|startade|skrev|mejlade|ringde|berättade|fick vi|var det|började)\b",
    re.IGNORECASE,
)
_OLD = re.compile(
    r"(?:\b(?:flytta|flyttas|flyttat|flyttad|framflytta\w*|skjuts|skjutits|senarelägg\w*|tidigarelägg\w*|ändra[ts]\w*|moved|rescheduled|postponed|changed)[^.!?\n]{0,60}\bfrån|\bi ?stället för|\binstead of|\boriginally(?: \w+){0,2}"
    r"|\bursprunglig\w*(?: \w+){0,2}|\btidigare(?: \w+){0,3}|\bgammal\w* (?:tid|datum)|\bskulle (?:ha )?(?:äga|ägt|hållas|hållits|varit|vara|ske)[^.!?\n]{0,30}|\bplanera(?:t|d|de|ts|des)(?: \w+){0,3}"
    r"|\binte(?: som \w+)?|\bej|\binte längre|\bnot|\bfrån den|\butannonsera\w*|\bwas(?: \w+){0,2}|\binställ\w* från|\bfrån)"
    + _FILL,
    re.IGNORECASE,
)
_NEW = re.compile(
    r"(?:\b(?:flytta|flyttas|flyttat|flyttad|flyttar|framflytta\w*|skjuts|skjutits|senarelägg\w*|tidigarelägg\w*|ändra[ts]\w*|moved|rescheduled|postponed|changed)[^.!?\n]{0,120}\b(?:till|to|blir|is)"
    r"|\bny(?:tt|a)? (?:datum|tid|dag|date)(?: \w+){0,3}|\bnew (?:date|time)(?: \w+){0,2}|\bi ?stället(?: \w+){0,4}|\bblir nu(?: \w+){0,3}|\bhålls nu(?: \w+){0,3}|\binstead(?: \w+){0,3}"
    r"|\bersättningsdatum\w*(?: \w+){0,2}|\bäger nu rum|\bnu (?:den|till))" + _FILL,
    re.IGNORECASE,
)
MOVED = re.compile(
    r"\bflytta(?:s|t|d|r|de|ts)\b|framflytta|\b(?:nytt datum|ny dag|ny tid|nya datum)\b(?!\s+(?:\w+\s+){0,2}?(?:kommer|meddelas|senare|återkom|följer|tba|inom kort|presenteras))|\bändrat datum\b|\bändrad tid\b|\b\w*tid(?:en)? (?:är )?ändra[ds]\b|\bi ?stället för (?:kl|klockan)\b|\bsenareläggs|\btidigareläggs|\bskjuts (?:upp|fram)|\bskjutits|\bpostponed\b|\brescheduled\b|\bmoved to\b|\bnew date\b|\bnew time\b"
    r"|\buppskjut",
    re.IGNORECASE,
)
POLL = re.compile(
    r"\bpassar (?:det )?(?:bäst|dig|er|något|någon|den|v)|\bvilk(?:et|a|en) (?:av )?(?:datum|dag|dagar|dagarna|tid|tider|vecka|förslag|alternativ)|doodle|\bdatumförslag|\bförslag på (?:datum|tid|dag)|\brösta på|\bröstar på|\bwhich (?:date|day|of)"
    r"|\bvad (?:passar|som passar|säger ni om)|\bkan vi (?:ses|träffas|höras)\b|\bnär (?:kan|passar) (?:ni|du|det)|\bkan (?:ni|du) (?:något|någon|den|v|vecka|antingen)|\bframadate|\bdate poll|\bföreslår (?:följande|någon av|något av|antingen|datum|den|tisdag|vecka)|\bfind a date|\bhitta (?:ett|en) (?:datum|dag|tid)"
    r"|\bdatumomröstning|\bsuit(?:s)? you|\bwork(?:s)? (?:best )?for you|\bprefer",
    re.IGNORECASE,
)
_ENDS = re.compile(r"[.!?](?:\s+(?=[A-ZÅÄÖ•-])|$)|\n\s*\n|\n(?=\s*[A-ZÅÄÖ][^\n:]{0,40}:)")


def sentence_around(text: str, begin: int, stop: int) -> tuple[int, int]:
    """From where to where the sentence goes that tells the day, as far as it matters."""
    low, high = max(0, begin - 300), min(len(text), stop + 200)
    ends = [
        found.end()
        for found in _ENDS.finditer(text, low, begin)
        if not _SHORTENED.search(text, max(low, found.start() - 8), found.start() + 1)
    ]
    after = _ENDS.search(text, stop, high)
    return ends[-1] if ends else low, after.start() if after is not None else high


#: "Ny sista dag är 20 november (tidigare 13 november)": the other was the last day, and is none now.
_NOT_ANY_MORE = re.compile(
    r"(?:\btidigare|\bförut|\bi ?stället för|\binte|\binstead of|\bpreviously|\bwas|\bursprungligen)" + _FILL,
    re.IGNORECASE,
)
_SAYS_LAST = re.compile(r"\bsista (?:\w*dag|anmäl|svar|datum)|förläng|\bdeadline|\blast day|\bextended", re.IGNORECASE)
_SHORTENED = re.compile(
    r"\b(?:kl|ca|bl\.a|t\.ex|t\.o\.m|dvs|osv|jan|feb|mar|apr|aug|sept?|okt|nov|dec|tis|ons|tors?|fre|lör|sön|mån|o\.s\.a|f\.d|nr|tel|st|m\.fl|s\.k|inkl|exkl|prel)\.$",
    re.IGNORECASE,
)


def role_of(text: str, begin: int, stop: int, *, moved: bool) -> Role:
    """What the day in that place is told for. `moved`: the mail says that something was moved."""
    first, last = sentence_around(text, begin, stop)
    before, after, sentence = (
        text[max(first, begin - _BEFORE) : begin],
        text[stop : min(last, stop + 60)],
        text[first:last],
    )
    if _LAST.search(before) or _LAST_AFTER.match(after):
        around = text[max(0, first - 120) : last]
        if _OTHER_DEADLINE.search(sentence) and not re.search(r"anmäl|\bosa\b|regist|rsvp", sentence, re.IGNORECASE):
            return Role.OTHER
        if _SIGN_UP.search(sentence) or _SIGN_UP.search(around):
            return Role.LAST_DAY
        return Role.OTHER
    if _NOT_ANY_MORE.search(before) and _SAYS_LAST.search(sentence):
        return Role.OTHER
    if moved and _NEW.search(before):
        return Role.NEW
    if moved and _OLD.search(before):
        return Role.OLD
    if _OTHER.search(before) or _PAST.search(sentence):
        return Role.OTHER
    return Role.EVENT
