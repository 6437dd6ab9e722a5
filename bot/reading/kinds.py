"""What sort of thing a mail is: a short list of rules, the first that answers decides.

What its sender calls it counts most, then what it carries (a calendar, the signs of a newsletter tool), then its words.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace

from bot.reading.intents import GATHERING, said_in_subject
from bot.reading.newsletters import Signs
from bridges.mail.parse import Mail
from storage.words import Intent, Kind

#: The subaddresses that fix the kind.
KIND_OF_TAG = {
    "inbjudan": Kind.INVITATION,
    "nyhetsbrev": Kind.NEWSLETTER,
    "tips": Kind.TIP,
    "fraga": Kind.QUESTION,
    "fråga": Kind.QUESTION,
}

_LONGEST_SUBJECT = 500  # characters that are read
_FIRST_LINES = 600  # characters that say what a mail is about
_SHORT = 1_500  # characters: a tip is a link and some words
_READ = 100_000  # characters
_LINK = re.compile(r"https?://|\bwww\.", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Clues:
    """What the rules look at."""

    mail: Mail
    tag: str | None
    subject: str  # without prefixes
    text: str  # plain
    has_event: bool  # in a calendar, or found in its words
    signs: Signs | None = None  # of a newsletter
    whole_event: bool = False  # its words say the hour, and where it is or how one signs up

    @property
    def head(self) -> str:
        """What a letter says first."""
        return self.text[:_FIRST_LINES]


def _words(*alternatives: str) -> re.Pattern[str]:
    return re.compile("|".join(alternatives), re.IGNORECASE)


#: A subject's first word, when it is what the sender calls the mail.
_LABELS = (
    (_words(r"inbjud(?:an|ningar|ning)\b", r"invitation\b", r"kallelse\b", r"välkommen till\b", r"välkomna till\b"), Kind.INVITATION),
    (_words(r"save[ -]the[ -]date\b", r"spara datumet\b", r"boka (?:in )?datumet\b"), Kind.INVITATION),
    (_words(r"(?:höst|vår|sommar|vinter|jul|jan|feb|mars|april|maj|juni|juli|aug|sept|okt|nov|dec)?\w{0,12}nyhetsbrev\w*", r"månadsbrev\w*",
            r"veckobrev\w*", r"newsletter\b", r"klusterbrev\w*", r"utskick nr\b"), Kind.NEWSLETTER),
    (_words(r"efterlys\w*", r"fråga\b", r"frågor?\s*(?:till|om|kring)\b", r"question\b", r"enkät\b", r"request\b"), Kind.QUESTION),
    (_words(r"tips(?:ar)?\b", r"lästips\b", r"tip\b", r"läsvärt\b", r"utlysning\w*", r"omvärldsspaning\w*", r"pressmeddelande\b",
            r"press release\b", r"minnesanteckning\w*", r"protokoll\b", r"ledig[at]? tjänst\w*", r"platsannons\w*", r"ny rapport\b",
            r"call for (?:proposals|papers)\b", r"remiss\b"), Kind.TIP),
)  # fmt: skip
_LABEL_START = _words(
    r"[\W_]*(?:(?:påminnelse|uppdaterad|uppdaterat|reminder|sista|höstens|vårens|vårt|årets|obs)\b[\W_]*(?:om\b\W*)?)?"
)

_NEWSLETTER = _words(
    r"\w*nyhetsbrev\w*",
    r"\bmånadsbrev\w*",
    r"\bnewsletter\b",
    r"\bnytt från\b",
    r"\bnyheter från\b",
    r"\bi detta nummer\b",
)
#: A vacancy, a press release, minutes: to be read, and nobody is asked anything.
_FOR_READING = _words(
    r"\b(?:vi (?:söker|rekryterar|anställer)|söker (?:vi )?(?:en |ny |nya |dig som )+)\s*(?:\w+\s+){0,3}?\w*(?:projektledare|rådgivare|medarbetare"
    r"|chef|handläggare|kommunikatör|koordinator|strateg|utvecklare|lärare|verksamhetsledare|samordnare|vd)\b",
    r"\blediga? (?:tjänst|jobb)\w*", r"\bplatsannons\w*", r"\bsista ansökningsdag\b", r"\bpressmeddelande\b", r"\bpress release\b",
    r"\bminnesanteckningar\b", r"\b(?:läges|projekt|vecko|månads|års)rapport\b", r"\bmötesanteckningar\b", r"\bprotokoll (?:från|fört)\b", r"\bwe are hiring\b", r"\bvacancy\b",
)  # fmt: skip
_TIP = _words(
    r"\b\w*tips\b", r"\btipsar\b", r"\bläsvärt?d?\b", r"\butlysning\w*", r"\bomvärldsspaning\w*", r"\btip\b", r"\bny rapport\b", r"\brapporten\b",
    r"\bsök (?:stöd|medel|bidrag|pengar)\b", r"\bopen call\b", r"\bpodd\w*", r"\bfaktablad\b",
)  # fmt: skip
_RECORDED = _words(r"\binspelning(?:en|ar|arna)?\b", r"\bi efterhand\b", r"\brecording\b")
#: Somebody wants a partner, or somebody's experience.
_QUESTION = _words(
    r"\befterlys\w*", r"\bfråga till (?:alla|er|nätverket|klustren)\b", r"\bvem (?:har|vet|kan|känner)\b", r"\bvet (?:någon|ni|du)\b",
    r"\bnågon (?:annan )?(?:här )?som (?:har|kan|vet|vill|känner|arbetar|jobbar)\b", r"\bhar (?:någon|ni)\b[^!?\n]{0,90}\?",
    r"\b(?:partner|partners|samarbetspartner|samarbetspartners|medsökande|referenser?|gårdar|värdar?|talare|exempel|erfarenheter)\b[^.!?\n]{0,40}\bsökes\b",
    r"\b(?:vi|jag) (?:söker|letar efter|behöver)\b[^.!?\n]{0,50}\b(?:partner|samarbet|medsökand|kontakt|erfarenhet|exempel|gård|talare|deltagare|kluster|någon)\w*",
    r"\bhur (?:gör|har|löser|jobbar|arbetar|tänker|hanterar) (?:ni|du|andra)\b", r"\btacksam för (?:svar|tips|input|hjälp)\b",
    r"\b(?:tips|råd|erfarenheter) mottages\b", r"\blooking for (?:a |an )?(?:partner|someone|experience|anyone)\w*", r"\bdoes anyone\b",
    r"\bhas anyone\b", r"\banyone (?:who|with)\b", r"\bpartner search\b",
)  # fmt: skip
#: Letters end so, whatever they are about.
_NO_QUESTION = _words(
    r"\b(?:har (?:du|ni) )?(?:några )?frågor\s*\?[^\n]{0,120}", r"\bhar (?:du|ni) (?:några )?(?:frågor|funderingar|synpunkter)\b[^\n]{0,100}",
    r"\b(?:vid|eventuella|ev\.?) frågor\b[^\n]{0,80}", r"\bfrågor (?:besvaras|om|kring|kan ställas|skickas)\b[^\n]{0,80}", r"\b(?:any )?questions\?[^\n]{0,80}",
)  # fmt: skip
_INVITES = _words(
    r"inbjud", r"\bbjuder (?:vi )?(?:härmed )?(?:in|er in)\b", r"\bvälkom(?:men|na) (?:till|på|att|in)\b", r"\banmäl (?:dig|er)\b",
    r"\banmälan (?:senast|görs|till|sker|via|öppen|krävs)\b", r"\bosa\b", r"\bo\.s\.a\b", r"anmälningsdag", r"\bsave[ -]the[ -]date\b",
    r"\b(?:boka|spara) (?:in )?datumet\b", r"\bkallelse\b", r"\bkallas till\b", r"\byou are invited\b", r"\binvit(?:e|ation|ed)\b", r"\brsvp\b",
    r"\bregister (?:now|here|by)\b", r"\bsista dag (?:för|att) anmäl",
)  # fmt: skip
_GATHERING = _words(
    r"webbinari", r"webinar", r"seminari", r"workshop", r"konferens", r"studiebesök", r"studieresa", r"fältvandring", r"fältdag", r"frukostmöte",
    r"lunchmöte", r"lunchseminari", r"nätverksträff", r"\bträff\b", r"\bträffen\b", r"temadag", r"temakväll", r"kursdag", r"\bkurs\b", r"utbildningsdag",
    r"föreläsning", r"årsmöte", r"årsstämma", r"\böppet hus\b", r"nätverksmöte", r"\bbriefing\b", r"\binfo session\b", r"\w*marknad(?:en)? på\b", r"pitchkväll", r"informationsmöte", r"kunskapsdag", r"inspirationsdag",
    r"inspirationskväll", r"\bmässa\b", r"gårdsbesök", r"skogskväll", r"markvandring", r"skogsvandring", r"digital träff", r"lunchwebb", r"kick-?off",
    r"\bstudy (?:visit|tour)\b", r"\bfield (?:walk|day)\b",
)  # fmt: skip
_STATUS = _words(
    r"\binställ(?:t|d|da)\b(?! på)", r"\bställs in\b", r"\bpåminnelse\b", r"\breminder\b", r"\bsista chansen\b", r"\bnytt datum\b", r"\bny tid\b",
    r"\bflyttad\b", r"\bfullboka[td]\b", r"\bförlängd anmälan\b", r"\bcancel(?:led|ed)\b", r"\bpostponed\b", r"\bavlyst\b",
)  # fmt: skip
_OF_GATHERINGS = (Intent.UPDATE, Intent.CANCELLATION, Intent.REMINDER, Intent.SAVE_THE_DATE, Intent.DATE_POLL)
_ANY_GATHERING = re.compile(rf"\b{GATHERING}\b|\b(?:ses|träffas|mötas|meet)\b", re.IGNORECASE)
#: Somebody is welcome, and nobody is invited.
_NO_INVITATION = _words(
    r"\b(?:hälsar|hälsa)\s+(?:\w+\s+){1,5}?välkom\w+(?:\s+till\b)?", r"\bvälkom(?:men|na) (?:att|in) (?:höra|kontakta|mejla|ringa)\b",
    r"\bvälkom(?:men|na) (?:till|in på|in till)\s+(?:\w+\s+){0,4}?(?:hemsida|webbplats|sajt|webb|sida|kanal|grupp)\w*",
)  # fmt: skip
_POLL = _words(
    r"\bdoodle\b", r"\bdatumförslag\b", r"\b(?:vilket|vilka|vilken) (?:datum|dag|dagar|tid|tider)\b", r"\bdate poll\b"
)


def _by_tag(clues: Clues) -> Kind | None:
    return KIND_OF_TAG.get((clues.tag or "").lower())


def _by_calendar(clues: Clues) -> Kind | None:
    return Kind.INVITATION if clues.has_event and clues.mail.calendars else None


def _by_label(clues: Clues) -> Kind | None:
    """What the sender calls it: "Inbjudan: …", "Nyhetsbrev nr 4", "Efterlysning …"."""
    start = _LABEL_START.match(clues.subject)
    subject = _NO_INVITATION.sub(" ", clues.subject[start.end() if start else 0 :])
    kind = next((kind for label, kind in _LABELS if label.match(subject)), None)
    if kind in (Kind.TIP, Kind.INVITATION) and clues.signs is not None and clues.signs.tells_of_many:
        return None  # "Välkommen till en ny termin", with six things to go to
    # "Tips! Webbinarium …" that can be attended is more than something to read.
    return None if kind is Kind.TIP and clues.has_event and _GATHERING.search(clues.subject) else kind


def _by_bulk(clues: Clues) -> Kind | None:
    return Kind.NEWSLETTER if clues.signs is not None and clues.signs.is_newsletter else None


def _by_mailing(clues: Clues) -> Kind | None:
    """Sent to many, about nothing that another rule knows."""
    return Kind.NEWSLETTER if clues.signs is not None and clues.signs.is_bulk else None


def _by_newsletter_subject(clues: Clues) -> Kind | None:
    return Kind.NEWSLETTER if _NEWSLETTER.search(clues.subject) else None


def _by_recording(clues: Clues) -> Kind | None:
    """What can be seen afterwards is to be read, not to go to."""
    return Kind.TIP if _RECORDED.search(clues.subject) and not clues.has_event else None


def _by_reading(clues: Clues) -> Kind | None:
    """A vacancy, a press release, minutes."""
    return Kind.TIP if _FOR_READING.search(clues.subject) or _FOR_READING.search(clues.text[:200]) else None


def _by_asking_subject(clues: Clues) -> Kind | None:
    """Unless it only begins so: "Har ni ont om folk? Webbinarium 3 mars"."""
    invites = clues.has_event and (_GATHERING.search(clues.subject) or _INVITES.search(clues.subject))
    asks = _QUESTION.search(_asked(clues.subject)) and not _POLL.search(clues.subject)
    return Kind.QUESTION if asks and not invites else None


def _by_status(clues: Clues) -> Kind | None:
    """Called off, moved, nearly full, a day to keep: what was, or is to be, invited to."""
    of_gathering = said_in_subject(clues.subject) in _OF_GATHERINGS and _ANY_GATHERING.search(clues.subject)
    saved = said_in_subject(clues.subject) is Intent.SAVE_THE_DATE
    return Kind.INVITATION if _STATUS.search(clues.subject) or of_gathering or saved else None


def _by_inviting_subject(clues: Clues) -> Kind | None:
    return Kind.INVITATION if _invites(clues.subject) or _GATHERING.search(clues.subject) else None


def _by_tip_subject(clues: Clues) -> Kind | None:
    return Kind.TIP if _TIP.search(clues.subject) else None


def _by_inviting_head(clues: Clues) -> Kind | None:
    """Before the others: an invitation may mention a newsletter or ask a question."""
    return Kind.INVITATION if _invites(clues.head) and not _only_asks(clues) else None


def _by_asking_head(clues: Clues) -> Kind | None:
    """Unless the question only leads to an hour and a place: "Har ni nån företagare med en idé? Skicka hit dem"."""
    return Kind.QUESTION if not clues.whole_event and _QUESTION.search(_asked(clues.head)) else None


def _by_event(clues: Clues) -> Kind | None:
    return Kind.INVITATION if clues.has_event else None


def _by_question_mark(clues: Clues) -> Kind | None:
    """Unless it only makes curious of what is there to be read."""
    if not clues.subject.rstrip().endswith("?") or _invites(clues.text[:_READ]):
        return None
    return None if _TIP.search(clues.head) and _LINK.search(clues.text[:_SHORT]) else Kind.QUESTION


def _by_gathering(clues: Clues) -> Kind | None:
    """An invitation that comes to it further down: "anmäl dig"."""
    inviting = _GATHERING.search(clues.head) and not (_TIP.search(clues.head) or _LINK.search(clues.head))
    return Kind.INVITATION if inviting or _invites(clues.text[:_READ]) else None


def _by_other_head(clues: Clues) -> Kind | None:
    if _NEWSLETTER.search(clues.head):
        return Kind.NEWSLETTER
    return Kind.TIP if _TIP.search(clues.head) else None


def _by_link(clues: Clues) -> Kind | None:
    return Kind.TIP if len(clues.text) <= _SHORT and _LINK.search(clues.text) else None


def _invites(text: str) -> bool:
    return bool(_INVITES.search(_NO_INVITATION.sub(" ", text)))


def _asked(text: str) -> str:
    """A text without "Frågor? Kontakta …", with which letters end."""
    return _NO_QUESTION.sub(" ", text)


def _only_asks(clues: Clues) -> bool:
    """Whether a letter that speaks of an invitation asks for something of its own and gives no day."""
    return not clues.has_event and bool(_QUESTION.search(_asked(clues.head)))


#: First come, first decides.
_RULES: tuple[Callable[[Clues], Kind | None], ...] = (
    _by_tag,  # kluster+tips@: the sender said so
    _by_calendar,  # a calendar file is with it
    _by_label,  # "Inbjudan: …": the sender calls it that
    _by_bulk,  # sent by a newsletter tool, or shaped like one
    _by_newsletter_subject,  # "Vreta Klusters nyhetsbrev"
    _by_recording,  # "Inspelningen från …"
    _by_reading,  # "Vi söker en projektledare", "Pressmeddelande"
    _by_asking_subject,  # "Partner sökes …", "Har någon …?"
    _by_status,  # "INSTÄLLT: …"
    _by_inviting_subject,  # "Webbinarium om …"
    _by_tip_subject,  # "Lästips: …"
    _by_inviting_head,  # "Välkommen till …"
    _by_asking_head,  # "Vi undrar om någon …"
    _by_event,  # it says when
    _by_question_mark,  # the subject asks
    _by_other_head,  # "I vårt nyhetsbrev …"
    _by_gathering,  # "anmäl dig" anywhere
    _by_mailing,  # sent by a newsletter tool
    _by_link,  # short, with a link
)


def kind_of(clues: Clues) -> Kind:
    """The kind; a tip when nothing tells, since a tip asks least of its readers."""
    return kind_told(clues) or Kind.TIP


def kind_told(clues: Clues) -> Kind | None:
    """The kind by the first rule that answers; None when nothing tells."""
    clues = replace(clues, subject=clues.subject[:_LONGEST_SUBJECT])
    return next((kind for rule in _RULES if (kind := rule(clues)) is not None), None)
