"""What a mail wants with its item: tell of something new, or that it is off, moved, near, or to be seen afterwards.

Sentences are read, not words: "är inställt" calls off, "är inställd på att" and "ställs in vid regn" do not. The subject
counts most, then the calendar, then what the letter says first; further down stand programmes and old letters.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from storage.words import EventStatus, Intent, Kind

_HEAD = 1_500  # characters in which a letter says what it wants
_SENTENCES = 14  # and so many of its sentences
_LONGEST = 400  # characters of a sentence that are read

#: Gatherings, as the head of a compound: "webbinariet", "nätverksträffen", "kursdagen".
GATHERING = (
    r"\w*(?:träff|möte|webbinari|webinar|seminari|workshop|konferen|kurs|utbildning|föreläsning|vandring|besök|resa"
    r"|dag|kväll|lunch|frukost|arrangemang|event|mässa|aktivitet|evenemang|tillfälle|stämma|session|passe|meeting|seminar"
    r"|conference|course|training|visit|walk|lecture)\w*"
)
_SOON = r"(?:nu|tyvärr|dessvärre|härmed|därför|alltså|helt|redan|också|även|numera|now|unfortunately|therefore|sadly)"
_OFF = (
    r"(?:inställ(?:t|d|da)\b(?!\s+(?:på(?! grund)|mig|oss|sig)\b)|(?:måste|tvingas|tvungna att|fått|får|väljer att|valt att|beslutat"
    r"(?: att)?)\s+(?:\w+\s+){0,3}?ställa in\b(?!\s+(?:sig|mig|oss|klock)\w*)|ställ(?:s|es|er|t|ts|as|de|des)\s+(?:\w+\s+){0,5}?in\b"
    r"(?!\s+(?:sig|mig|oss|på(?! grund))\b)|avlys(?:t|ta|es|er|tes)?\b|avbokade?\b(?!\s+(?:plats|sin|din|sig))|avbokat\b"
    r"(?!\s+(?:sin|din|sig|mig|min|er|plats))|cancel(?:l?ed)\b|call(?:ed|ing) off\b)"
)
_NOT_HELD = (
    r"(?:(?:blir|bli|blev|blivit)\s+(?:\w+\s+){0,2}?(?:inte|ej|inget)\s+av\b|inte\s+bli\s+av\b"
    r"|(?:kommer|kan)\s+(?:\w+\s+){0,4}?(?:inte|ej)\s+(?:att\s+)?(?:genomföras|hållas|äga rum|bli av|arrangeras)\b"
    r"|(?:genomförs|hålls|arrangeras)\s+(?:\w+\s+){0,2}?(?:inte|ej)\b|will not (?:take place|go ahead|be held)\b"
    r"|(?:won't|cannot|can not) (?:take place|go ahead|be held)\b)"
)
_FALLS_OUT = rf"(?:{GATHERING}(?:\s+\w+){{0,5}}?\s+utgår\b(?!\s+(?:från|med|till|ifrån)))"
_MOVES = (
    r"(?:(?:fram)?flytta(?:d|t|s|ts|de|des)\b(?!\s+(?:hem|in|ut|ihop|upp|till\s+landet)\b)|flyttar\s+(?:vi|fram|webb\w*|träff\w*|mötet?)\b"
    r"|(?:skjuts?|skjuter|skjutits|skjutas)\s+(?:vi\s+)?(?:\w+\s+){0,3}?(?:upp|fram)\b|uppskjut(?:en|et|na)\b"
    r"|senarel(?:agd|agt|agda|äggs|ägger|äggas)\b|tidigarel(?:agd|agt|agda|äggs|ägger|äggas)\b"
    r"|postponed?\b|rescheduled?\b|(?:been|is|are) moved\b|moved to\b)"
)
_WHAT = r"(?:datum|dag|tid|tider|starttid|klockslag|plats|lokal|länk|zoomlänk|teamslänk|möteslänk|sal|adress|program|talare|agenda|upplägg)"
_OTHER_WHAT = (
    rf"(?:(?<!ett )nytt (?:start)?(?:datum|program|klockslag)\b|(?<!en )ny (?:dag|tid|starttid|plats|lokal|sal|länk|zoomlänk|teamslänk|möteslänk|talare)\b"
    rf"|nya (?:datum|tider)\b|(?:ändra(?:d|t|de)?|ändringar|ändring|ändras|bytt|byte)\s+(?:\w+\s+)?(?:av\s+|i\s+|på\s+)?{_WHAT}\w*\b"
    r"|new (?:date|time|venue|place|link|room|location)\b|changed? (?:of )?(?:date|time|venue|place|room|location)\b)"
)
_AMENDED = (
    r"(?:uppdatera(?:d|t|de) (?:inbjud\w*|information|info|länk|program\w*|version|agenda|tid|plats)\b|rätt länk\b|korrekt länk\b"
    r"|förläng(?:d|t|s|er|de) (?:\w+ )?(?:anmäl\w*|sista|svarstid|tid)|anmäl\w* (?:är |har )?(?:förlängs|förlängts|förlängd|förlängt)\b"
    r"|ny sista (?:anmälningsdag|dag|anmälningsdatum)\w*|ny anmälningstid|fullbokat\b|fullbokad\b|fullt hus\b"
    r"|updated (?:invitation|program\w*|agenda|link|information|details)\b|deadline (?:is )?extended|extended deadline|fully booked\b)"
)
#: That there will be another day is no other day.
_LATER = (
    r"(?:nytt datum|ny tid|ny dag|nya datum|new date)\s+(?:\w+\s+){0,3}?(?:kommer|meddelas|presenteras|senare|återkom\w*|följer|tba|inom kort"
    r"|to be|will be|later|follows)\b|återkommer\s+(?:\w+\s+){0,4}?(?:nytt datum|ny tid|datum)|(?:meddelar|hitta\w*|planera\w*)\s+"
    r"(?:\w+\s+){0,3}?(?:nytt datum|ny tid|ny dag)"
)
_REMINDS = (
    r"(?:(?:vill|ville|vi|jag|härmed|bara|också|även|kort|would like to|want to)\s+(?:\w+\s+){0,2}?(?:påminna|påminner|remind)\b"
    r"|^\W*påminner om\b|(?:^|[,:!.–-]\s*)(?:(?:bara|här kommer|detta är|det här är|en|liten|lite|vänlig|kort|sista|snabb|extra|just|this is"
    r"|a|an|gentle|friendly|quick|final|last)\s+){0,4}(?:påminnelse|reminder)\b(?!\s+(?:skickas|kommer|går|mejlas|will|is sent)))"
)
_SAVE = (
    r"(?:save[ -]the[ -]date|spara (?:in )?(?:datumet|dagen|datumen|dagarna)|(?:boka|notera|pricka) (?:in |redan nu |gärna )*(?:datumet|dagen|datumen|dagarna)"
    r"(?! (?:för|i) (?:anmäl|sista))|boka (?:in |redan nu |gärna )+(?:(?:den|mån|tis|ons|tors?|fre|lör|sön)\w*\s+)*\d|reservera (?:datumet|dagen|tiden|dagarna)|håll (?:dagen|datumet|kvällen|dagarna) (?:fri|ledig|fria)"
    r"|mark your calendars?|hold the date)"
)
_POLL = (
    r"(?:doodle|framadate|when2meet|findtime|datumförslag|datumomröstning|mötesförslag|date poll|scheduling poll"
    r"|(?:vilket|vilka|vilken) (?:av )?(?:\w+ )?(?:datum|dag|dagar|tid|tider|datumen|dagarna|tiderna) (?:\w+ ){0,3}?(?:passar|funkar|fungerar|kan|föredrar)"
    r"|när (?:passar|funkar|kan) (?:det|ni|du|alla)\b(?! inte)|rösta (?:på|om|fram) (?:ett )?(?:datum|dag|tid)"
    r"|which (?:of the )?(?:dates?|days?|times?) (?:\w+ ){0,3}?(?:suits?|works?|would|do|fits?))"
)
_RECORDING = (
    r"(?:(?:här|nu) (?:finns|är|kommer|hittar du|hittar ni|ligger|kan du se|kan ni se)\s+(?:\w+\s+){0,4}?inspelning(?:en|ar|arna)\b"
    r"|inspelning(?:en|ar|arna)?\s+(?:\w+\s+){0,7}?(?:finns|är|ligger|går)\s+(?:nu|klar|uppe|ute|publicerad|tillgänglig|att se|här|att ta del)\b"
    r"|(?:länk|länken) till inspelning\w*|(?:missade|missat) (?:du|ni)\b|inspelat och klart"
    r"|(?:går|finns|kan) (?:\w+ )?nu (?:\w+ )?(?:att |ses? )?(?:\w+ )?i efterhand|(?:the|a) recording (?:\w+\s+){0,7}?(?:is|can|are)\s+"
    r"(?:now|available|online|be)|watch (?:the|our|it)\s+(?:\w+\s+){0,3}?(?:recording|again|on demand)|here is the recording)"
)
#: A recording that is promised for later.
_PROMISED = (
    r"spelas in|spelar in|will be recorded|being recorded|kommer (?:att )?(?:\w+ )?(?:finnas|läggas|skickas|publiceras|spelas)"
    r"|(?:skickas|publiceras|läggs)\s+(?:\w+\s+){0,3}?(?:efter|efteråt|i efterhand|senare)|will be (?:available|sent|published)"
)

#: What takes a sentence its force, where it stands before or after: not so, perhaps, for others, long ago, if it rains.
_DENIED = (
    r"\b(?:inte|ej|aldrig|icke|varken|ingen|inga|inget|not|never|no|isn't|aren't)\s+(?:\w+\s+){0,3}?$",
    r"\b(?:kan|kunna|skulle|risk\w*|may|might|could)\s+(?:\w+\s+){0,4}?$",
    r"(?:^|[,;(–-]\s*)(?:om|ifall|vid|i händelse av|if|in case)\s[^,]*$",
    r"\b(?:förra|fjolåret|fjolårets|i fjol|förra årets|last year)\b[^,;]*$",
    r"\b(?:avgift|lön|ersättning|medel|arvode|skatt)\w*\s+(?:\w+\s+){0,3}?$",
)
_DENIED_AFTER = r"\s*(?:om|ifall|vid|i händelse|if|unless|in case|i fjol|förra året|last year)\b(?!\s+(?:\d|kl))"

_NO_REMINDER = r"\b(?:ingen|inga|slippa|behövs ingen|få|får|fick|skickar|skicka|tack för|bra|no|thanks for the)\s+(?:\w+\s+){0,3}?$"


def _compiled(words: str) -> re.Pattern[str]:
    return re.compile(words, re.IGNORECASE)


#: Without one of these no sentence can say it: most letters are passed over at once.
_MAY_BE_OFF = ("ställ", "avly", "avbok", "cancel", "call", "inte", "ej", "utgår", "inget", "ingen", "not", "n't", "n’t")
_MAY_BE_MOVED = (
    *("flytta", "skju", "senare", "tidigare", "postpone", "reschedule", "moved", "ny ", "nytt", "nya ", "new ", "ändr"),
    *("byt", "change", "uppdatera", "rätt", "korrekt", "förläng", "fullbok", "fullt", "update", "extended", "fully"),
)
_IS_OFF = _compiled(rf"{_OFF}|{_NOT_HELD}|{_FALLS_OUT}")
_IS_MOVED = _compiled(rf"{_MOVES}|{_OTHER_WHAT}")
_IS_AMENDED = _compiled(_AMENDED)
_ANOTHER_DAY_LATER = _compiled(_LATER)
_ANOTHER_DAY = _compiled(
    rf"(?:nytt datum|ny tid|nya datum|ny dag|new date)\b|{_MOVES}\s+(?:\w+\s+){{0,4}}?(?:till|to)\b|{_MOVES}"
)
_REMINDER = _compiled(_REMINDS)
_SAVE_THE_DATE = _compiled(_SAVE)
_DATE_POLL = _compiled(_POLL)
_IS_RECORDED = _compiled(_RECORDING)
_IS_PROMISED = _compiled(_PROMISED)
_BEFORE = tuple(map(_compiled, _DENIED))
_AFTER = _compiled(_DENIED_AFTER)
_UNREMINDED = _compiled(_NO_REMINDER)
_SIGNS_UP = _compiled(
    r"\b(?:anmäl (?:dig|er)|anmälan (?:görs|sker|senast|via|till|här)|register (?:here|now|by)|sista anmälningsdag|osa\b)"
)
_ABOUT_GATHERING = _compiled(
    rf"\b{GATHERING}\b|\b(?:den|det|detta|denna|inbjudan|anmälan|starttid\w*|vi|we|it|this)\b|\d"
)
#: A subject's own words, where hardly anything else can be meant.
_SUBJECT_REMINDER = _compiled(
    r"\bpåminnelse\b|\breminder\b|\bsista chansen\b|\bsista påminnelse\w*|^\W*glöm inte\b|\blast chance\b|^\W*påminn(?:er|a)\b"
    r"|\bpåminner om\b|\bsista dag(?:en)? (?:att|för) (?:att )?anmäl|\bplatser (?:finns )?kvar\b|\blast day to register\b"
)
_SUBJECT_MOVED = _compiled(
    rf"^\W*(?:obs\W+)?(?:ny tid|ny plats|ny lokal|ny dag|nytt datum|ändring(?:ar)?|uppdatering|uppdaterad|uppdaterat|korrigering|rättelse|correction"
    rf"|updated?|ändrad|ändrat)\b(?!\s+(?:om|kring|från|av läget)\b)|{_MOVES}|(?:[-–:,(!/]\s*)(?:ny tid|ny plats|ny lokal|ny dag|nytt datum|ändrad tid|uppdaterad|new date)\b"
    rf"|\b(?:ny tid|nytt datum|ny plats|ny lokal|nya datum)\s+(?:för|på|till)\s+(?:\w+\s+){{0,2}}{GATHERING}|\bnytt datum\b|\bnya datum\b"
    rf"|\b(?:new date|new time|new venue)\b|\b(?:ändra(?:d|t|de)) (?:tid|tider|datum|plats|program|lokal|starttid|inbjudan)\b"
    r"|\b(?:byte av|bytt) (?:lokal|plats|datum|dag|tid)\b|\brättelse\b"
)
_SUBJECT_RECORDING = _compiled(
    r"\binspelning(?:en|ar|arna)?\s+(?:från|av|finns|är|till|med|\d)|^\W*(?:inspelning\w*|se i efterhand|titta i efterhand)\b"
    r"|\b(?:se|titta|kolla)\b.{0,60}\bi efterhand\b|\bmissade du\b|\brecording\b(?! studio)|\bwatch (?:again|on demand)\b|\b(?:se|här är) inspelning\w*"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What the rules look at."""

    subject: str  # without SV: and VB:
    text: str  # plain, what the person wrote
    kind: Kind
    answer: bool = False  # it answers another mail: it speaks of that
    statuses: tuple[EventStatus, ...] = ()  # of the events of its calendars


def _by_calendar(wish: Wish) -> Intent | None:
    if wish.statuses and all(status is EventStatus.CANCELLED for status in wish.statuses):
        return Intent.CANCELLATION
    return None


def _off_in_subject(wish: Wish) -> Intent | None:
    if not _holds(_IS_OFF, wish.subject):
        return None
    moved = _ANOTHER_DAY.search(wish.subject) and not _ANOTHER_DAY_LATER.search(wish.subject)
    return Intent.UPDATE if moved else Intent.CANCELLATION


def _subject_says(words: re.Pattern[str], intent: Intent) -> Callable[[Wish], Intent | None]:
    def rule(wish: Wish) -> Intent | None:
        return intent if not wish.answer and _holds(words, wish.subject) else None

    return rule


def _reminder_in_subject(wish: Wish) -> Intent | None:
    found = _SUBJECT_REMINDER.search(wish.subject)
    return (
        Intent.REMINDER if found and not wish.answer and not _UNREMINDED.search(wish.subject[: found.start()]) else None
    )


def _off_in_text(wish: Wish) -> Intent | None:
    """The letter says so; when it names another day in the same breath, it is moved."""
    if not _may_hold(wish, _MAY_BE_OFF):
        return None
    sentences = [sentence for sentence in _sentences(wish) if not sentence.endswith("?")]
    if not any(_holds(_IS_OFF, sentence) for sentence in sentences):
        return None
    whole = " ".join(sentences)
    moved = _ANOTHER_DAY.search(whole) and not _ANOTHER_DAY_LATER.search(whole)
    return Intent.UPDATE if moved else Intent.CANCELLATION


def _moved_in_text(wish: Wish) -> Intent | None:
    if not _may_hold(wish, _MAY_BE_MOVED):
        return None
    said = (s for s in _sentences(wish) if not s.endswith("?") and _ABOUT_GATHERING.search(s))
    return Intent.UPDATE if any(_holds(_IS_MOVED, one) or _holds(_IS_AMENDED, one) for one in said) else None


def _reminder_in_text(wish: Wish) -> Intent | None:
    for sentence in () if wish.answer else _sentences(wish, 5):
        found = _REMINDER.search(sentence)
        if found and not sentence.endswith("?") and not _UNREMINDED.search(sentence[: found.start()]):
            return Intent.REMINDER
    return None


def _poll_in_text(wish: Wish) -> Intent | None:
    return Intent.DATE_POLL if not wish.answer and any(map(_DATE_POLL.search, _sentences(wish))) else None


def _save_in_text(wish: Wish) -> Intent | None:
    """Whoever already asks for registrations has more than a date to save."""
    if wish.answer or _SIGNS_UP.search(wish.text[:20_000]):
        return None
    return Intent.SAVE_THE_DATE if any(map(_SAVE_THE_DATE.search, _sentences(wish))) else None


def _recording_in_text(wish: Wish) -> Intent | None:
    if wish.answer or _IS_PROMISED.search(wish.text[:20_000]):
        return None
    return Intent.RECORDING if any(map(_IS_RECORDED.search, _sentences(wish))) else None


#: First come, first decides.
_RULES: tuple[Callable[[Wish], Intent | None], ...] = (
    _by_calendar,  # METHOD:CANCEL, STATUS:CANCELLED
    _off_in_subject,  # "INSTÄLLT: …"; "Inställt, nytt datum 5 maj" is moved
    _subject_says(_SUBJECT_MOVED, Intent.UPDATE),  # "Ny tid: …"
    _subject_says(_IS_AMENDED, Intent.UPDATE),  # "Förlängd anmälan …", "Fullbokat: …"
    _reminder_in_subject,  # "Påminnelse: …", "Påminnelse om sista anmälningsdag"
    _subject_says(_SAVE_THE_DATE, Intent.SAVE_THE_DATE),
    _subject_says(_DATE_POLL, Intent.DATE_POLL),  # "Vilket datum passar?"
    _subject_says(_SUBJECT_RECORDING, Intent.RECORDING),
    _off_in_text,
    _moved_in_text,
    _reminder_in_text,
    _poll_in_text,
    _recording_in_text,
    _save_in_text,
)
_SUBJECT_RULES = _RULES[:8]
#: Of a tip and a question the text is no wish of their own, but for these: a short letter still says when something is
#: off, or to be seen.
_BESIDE = (_off_in_text, _poll_in_text, _recording_in_text)
_OF_TEXT = (Kind.INVITATION,)


def intent_of(wish: Wish) -> Intent:
    """The intent; new when nothing tells."""
    wish = replace(wish, subject=" ".join(wish.subject[:_LONGEST].split()))
    if wish.kind is Kind.NEWSLETTER:
        rules: Sequence[Callable[[Wish], Intent | None]] = (_by_calendar,)  # it tells of what others do
    elif wish.kind in _OF_TEXT or wish.answer:
        rules = _RULES
    else:
        rules = (*_SUBJECT_RULES, *_BESIDE)
    return next((intent for rule in rules if (intent := rule(wish)) is not None), Intent.NEW)


def said_in_subject(subject: str) -> Intent:
    """What the subject alone says that the mail wants; new when it does not."""
    wish = Wish(subject=" ".join(subject[:_LONGEST].split()), text="", kind=Kind.INVITATION)
    return next((intent for rule in _SUBJECT_RULES if (intent := rule(wish)) is not None), Intent.NEW)


def _may_hold(wish: Wish, words: Sequence[str]) -> bool:
    """Whether the part of the letter that is read has one of those words in it at all."""
    head = " ".join(wish.text[:_HEAD].lower().split())
    return any(word in head for word in words)


def _holds(words: re.Pattern[str], sentence: str) -> bool:
    """Whether a sentence says it, and nothing in it takes it back."""
    for found in words.finditer(sentence):
        before, after = sentence[: found.start()], sentence[found.end() :]
        if not any(denied.search(before) for denied in _BEFORE) and not _AFTER.match(after):
            return True
    return False


def calls_off(subject: str, text: str) -> bool:
    """Whether a mail says, first of all, that something is off."""
    wish = Wish(subject=" ".join(subject[:_LONGEST].split()), text=text, kind=Kind.INVITATION)
    if not _may_hold(wish, _MAY_BE_OFF) and not any(word in wish.subject.lower() for word in _MAY_BE_OFF):
        return False
    said = (sentence for sentence in _sentences(wish) if not sentence.endswith("?"))
    return _holds(_IS_OFF, wish.subject) or any(_holds(_IS_OFF, sentence) for sentence in said)


_ENDS = re.compile(r"(?<=[.!?…])\s+(?=[^\W\d_a-zåäö]|\W)|\n\s*\n|\n(?=\s*[-*•])", re.IGNORECASE)


def _sentences(wish: Wish, most: int = _SENTENCES) -> Iterator[str]:
    """The first sentences of the letter, lines that only break a sentence joined."""
    count = 0
    for piece in _ENDS.split(wish.text[:_HEAD]):
        if sentence := " ".join(piece.split())[:_LONGEST]:
            yield sentence
            count += 1
            if count >= most:
                return
