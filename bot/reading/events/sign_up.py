"""How one signs up for an event: the page, the address, and the last day."""

import re
from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from bot.reading.events.account import Account
from bot.reading.events.labels import Field, Label
from bot.reading.events.lines import Line, Link
from bot.reading.events.parts import Part, concerns
from bot.reading.events.places import is_meeting, is_of
from bot.reading.events.roles import Role
from bot.reading.events.told import Told
from bot.reading.when import Span
from bot.reading.when.words import NUMBER, WEEKDAY, number_of, weekday_of
from storage.words import Precision

#: Where people sign up for events, and for little else.
SIGN_UP_HOSTS = (
    "lyyti.fi", "lyyti.in", "lyyti.com", "trippus.se", "trippus.net", "forms.office.com", "forms.cloud.microsoft", "eventbrite.", "simplesignup.se",
    "magnetevent.se", "confetti.events", "invitepeople.com", "axaco.se", "delegia.com", "billetto.", "tickster.com", "nortic.se", "bizzabo.com",
    "docs.google.com/forms", "forms.gle", "ui.ungpd.com/events", "ungpd.com/events", "meetup.com", "luma.com", "lu.ma", "appva.com", "prospectus.se", "eventilla.com", "mkon.nu",
    "esmaker.net", "netigate.se", "ticketmaster.", "kongresso", "pretix.eu", "anmalan.", "webropol", "surveymonkey.", "typeform.com", "tito.io", "ti.to",
)  # fmt: skip
_ADDRESS = re.compile(r"(?<![\w.+-])[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,5}(?<![.])")
_SIGN_UP = re.compile(
    r"\banmäl(?!t|da|d\b)|\banmälan|\bosa\b|o\.\s?s\.\s?a|\bregist(?:er|rera|rering|ration)\b|\brsvp\b|sign[ -]?up|boka (?:din |en |er )?plats|\bboka(?! (?:in )?(?:dat|dag|tid))\b|\bbokning|\bbokas\b|\bbokar (?:du|ni|man)\b|säkra (?:din )?plats|\bsvara (?:på inbjudan|ja)|meddela|intresseanmäl|\bbook (?:your )?(?:seat|place)|\bbiljett",
    re.IGNORECASE,
)
_SIGN_UP_WORDS = re.compile(
    r"anmäl|registr|register|osa\b|rsvp|sign[ -]?up|\bboka\b|bokning|biljett|ticket|delta här|jag vill (?:delta|vara med)|book|säkra|till formuläret|anmälningsformulär",
    re.IGNORECASE,
)
#: One says to somebody that one comes, without any word for it: "Hojta till Britta", "mejla Annika", "tell Mikko if you come".
_SAYS_TO = re.compile(
    r"\bhojta\b|\bsäg(?:a|er)? till\b|\btell\b|\blet (?:\w+ ){1,3}know\b|\bhör av (?:dig|er)\b|\bslå en signal\b|\bge(?:r)? besked\b|\btacka ja\b|\breservlista|\bväntelista"
    r"|\bskicka(?:r)?\b[^.!?\n]{0,30}\b(?:mejl|mail|rad)|\b(?:mejla|maila|skriv|e-?mail|messa|sms:?a|write|ping)\b",
    re.IGNORECASE,
)
_ANSWER_THIS = re.compile(
    r"\b(?:svara|återkom|osa|anmäl\w*(?: (?:dig|er))?|tacka ja|hör av (?:dig|er)|säg till)\b[^.!?\n]{0,40}\b(?:på|till|via|genom att svara på|med ett svar på|direkt (?:till|på)|här i)\s+"
    r"(?:det här|detta|det|den här|mitt|mig|samma)?\s*(?:mejl|mail|e-?post|meddelande|tråden|mig\b)\w*|\b(?:svara|hojta|säg till|meddela|osa|anmäl (?:dig|er)|hör av (?:dig|er)|återkom|mejla|maila|skriv)\s+(?:bara |gärna )?(?:till )?mig\b"
    r"|\b(?:svara|hojta|skriv) (?:bara |gärna )?(?:till )?mig\b|\bgenom att svara (?:på|mig)\b|\bsvara (?:på |bara )?(?:det här|detta) (?:mejlet|mailet|mejl|mail)"
    r"|\b(?:reply|respond|answer) to (?:this|the) (?:e-?mail|mail|message)|\bjust (?:reply|hit reply)|\blet me know\b|\breply to me\b",
    re.IGNORECASE,
)
_NO_SIGN_UP = re.compile(
    r"avanmäl|avregistr|avprenumer|unsubscribe|avbok|nyhetsbrev|prenumer|personuppgift|integritet|privacy|program(?:met)?\b(?!.*anmäl)|kalender|\.ics\b",
    re.IGNORECASE,
)
_QUESTIONS = re.compile(
    r"\bfrågor\b|\bkontakt|\bquestions\b|\bmer information\b|\bundrar\b|\bvid förhinder\b|\bavboka", re.IGNORECASE
)
_BEFORE_EVENT = re.compile(
    rf"\b(?:(?P<day>dagen|the day)|(?P<count>{NUMBER})\s+(?P<unit>dag(?:ar)?|veck(?:a|or)|days?|weeks?))\s+(?:innan|före|i förväg|before|prior)",
    re.IGNORECASE,
)
_BROKEN_AT = 50  # characters: a line so long may have been broken for its length
_RENEWED = re.compile(r"\bny\b|förläng|extended|framflytt", re.IGNORECASE)
_SURELY_LAST = re.compile(r"sista|senast|\bosa\b|deadline|last day|latest|no later", re.IGNORECASE)
_CHEAPER = re.compile(r"rabatt|early[ -]?bird|betalar|lägre pris|\bkr\b|discount", re.IGNORECASE)


def sign_up_link(fields: Sequence[Field], lines: Sequence[Line]) -> str:
    """The page to sign up on: behind or beside "Anmäl dig", or on a host that is for nothing else."""
    labelled = [link for field in fields if field.label in (Label.SIGN_UP, Label.LAST_DAY) for link in field.links]
    candidates: list[tuple[int, str]] = []
    previous = ""
    for line in lines:
        for index, link in enumerate(line.links):
            if (score := _score(link, line, previous, alone=len(line.links) == 1)) > 0:
                candidates.append((score + (3 if link in labelled else 0), link.url))
            elif link in labelled and _is_web(link.url) and index == 0 and not _NO_SIGN_UP.search(link.words):
                candidates.append((4, link.url))
        previous = line.text if line.text.strip() else previous
    if not candidates:
        return ""
    return max(candidates, key=lambda one: one[0])[1]


def _is_web(url: str) -> bool:
    return url.lower().startswith(("http://", "https://")) and not is_meeting(url)


def _score(link: Link, line: Line, previous: str, *, alone: bool) -> int:
    if (
        not _is_web(link.url)
        or _NO_SIGN_UP.search(link.words)
        or re.search(r"unsubscribe|avregistrera|avanmal|optout|preferences", link.url, re.IGNORECASE)
    ):
        return 0
    score = 0
    if _SIGN_UP_WORDS.search(link.words):
        score += 8
    before, after = line.text[max(0, link.column - 120) : link.column], line.text[link.column : link.column + 80]
    sentence = re.split(r"[.!?]\s+(?=[A-ZÅÄÖ])", before)[-1]
    if (_SIGN_UP.search(sentence) and not _QUESTIONS.search(sentence)) or (
        alone and not line.text.strip() and _SIGN_UP.search(previous[-160:]) and not _QUESTIONS.search(previous[-160:])
    ):
        score += 5
    elif _SIGN_UP.search(after) or _SIGN_UP.search(before):
        score += 2
    if is_of(link.url, SIGN_UP_HOSTS):
        score += 4
    elif re.search(r"anmal|anmäl|register|registr|signup|sign-up|booking|boka", link.url, re.IGNORECASE):
        score += 3
    return score


def sign_up_address(fields: Sequence[Field], lines: Sequence[Line]) -> str:
    """The address to sign up to by mail; "" when it is only for questions."""
    for field in fields:
        if field.label in (Label.SIGN_UP, Label.LAST_DAY) and (found := _address(field.value, field.links)):
            return found
    previous = ""
    for line in lines:
        addressed = "@" in line.text or any(link.url.lower().startswith("mailto:") for link in line.links)
        for sentence in _sentences(line.text) if addressed else ():
            if _SIGN_UP.search(sentence) and not _QUESTIONS.search(sentence):
                links = tuple(
                    link for link in line.links if link.url.lower().startswith("mailto:") and link.words in sentence
                )
                if found := _address(sentence, links):
                    return found
        if (
            "@" in line.text
            and _SIGN_UP.search(previous)
            and not _QUESTIONS.search(line.text)
            and (whole := _ADDRESS.fullmatch(line.text.strip()))
        ):
            return whole.group().lower()
        previous = line.text
    return ""


def address_told(lines: Sequence[Line], answer_to: str) -> str:
    """The address of whom one tells that one comes, where no word says that one signs up; or of who wrote the mail, where
    one is to answer it.
    """
    for paragraph, links in _paragraphs(lines):
        for sentence in _sentences(paragraph):
            if _QUESTIONS.search(sentence):
                continue
            if _SAYS_TO.search(sentence) or _SIGN_UP.search(sentence):
                mailed = tuple(
                    link
                    for link in links
                    if link.url.lower().startswith("mailto:") and link.words and link.words in sentence
                )
                if found := _address(sentence, mailed):
                    return found
            if answer_to and _ANSWER_THIS.search(sentence):
                return answer_to.lower()
    return ""


def _paragraphs(lines: Sequence[Line]) -> Iterator[tuple[str, tuple[Link, ...]]]:
    """Lines that are broken only for their length, as one."""
    words: list[str] = []
    links: list[Link] = []
    for line in lines:
        begins = line.text.lstrip()[:1]
        goes_on = words and len(words[-1]) > _BROKEN_AT and not line.bullet and not line.heading and not line.cells
        if words and not (begins and goes_on):
            yield " ".join(words), tuple(links)
            words, links = [], []
        if begins:
            words.append(line.text.strip())
            links += line.links
    if words:
        yield " ".join(words), tuple(links)


def _sentences(text: str) -> list[str]:
    return re.split(r"(?<=[.!?])\s+(?=[A-ZÅÄÖ])", text)


def _address(text: str, links: Sequence[Link]) -> str:
    part = _QUESTIONS.split(text, maxsplit=1)[0]
    if (found := _ADDRESS.search(part)) is not None:
        return found.group().lower()
    for link in links:
        if (
            link.url.lower().startswith("mailto:")
            and (found := _ADDRESS.search(link.url[7:])) is not None
            and not _QUESTIONS.search(text[: link.column])
        ):
            return found.group().lower()
    return ""


def _said_as(span: Span, timezone: str) -> str:
    """A day to sign up by, or a time with its offset where an hour was given."""
    if span.precision is Precision.WEEK:
        return ""
    if span.precision is Precision.TIME:
        moment = span.end if span.end is not None and span.end[:10] == span.day else span.start
        return datetime.fromisoformat(moment).replace(tzinfo=ZoneInfo(timezone)).isoformat()
    return (span.end or span.start)[:10]


def _counted_back(text: str, start: str) -> str:
    """As in "Senast en vecka innan", counted from the event."""
    for found in _BEFORE_EVENT.finditer(text):
        around = text[max(0, text.rfind("\n", 0, found.start())) : (text + "\n").find("\n", found.end())][-200:]
        if re.search(r"anmäl|osa\b|senast|regist|rsvp", around, re.IGNORECASE) and not re.search(
            r"länk|påminn|avbok|skickas|program", around, re.IGNORECASE
        ):
            count = 1 if found["day"] else number_of(found["count"].lower())
            count *= 1 if found["day"] else 7 if found["unit"].lower().startswith(("v", "w")) else 1
            return (date.fromisoformat(start[:10]) - timedelta(days=count)).isoformat()
    return ""


# -- the last day ----------------------------------------------------------------------------------------------------------


def last_day(account: Account, event: Told, span: Span, part: Part, chosen: Sequence[Told]) -> str:
    """The last day to sign up for an event, or a time with its offset where an hour is given; "" when none is said."""
    if before := _weekday_before(account.page.text, span):
        return before
    lasts = [
        one
        for one in account.told
        if one.role is Role.LAST_DAY
        and one.span.precision is not Precision.WEEK
        and one.span.day <= (span.end or span.start)[:10]
        and (not part.several or concerns(account, one.sentence, event, chosen))
    ]
    own = [one for one in lasts if one.line >= 0 and part.begin <= one.span.begin <= part.stop]
    if own or (lasts and not part.several):
        return _said_as(max(own or lasts, key=_weight).span, account.timezone)
    if before := _counted_back(account.page.text[part.begin : part.stop], span.start):
        return before
    lasts = [one for one in lasts if one.line < 0 or one.span.begin >= part.ends or one.line < part.first]
    if lasts:
        return _said_as(max(lasts, key=_weight).span, account.timezone)
    return _counted_back(account.page.text, span.start) if part.several else ""


#: "Senast på tisdag veckan innan", "senast fredagen före".
_WEEKDAY_BEFORE = re.compile(
    rf"\b(?:senast|innan|före|till|by|anmäl\w*|osa)\b[^.!?\n\d]{{0,20}}?\b(?P<weekday>{WEEKDAY})\s+(?P<week>i\s+veckan\s+(?:innan|före)|veckan\s+(?:innan|före)|(?:in\s+)?the\s+week\s+before)?(?P<same>samma\s+vecka|(?:the\s+)?same\s+week)?(?P<before>innan|före|before)?(?![\wåäö]|\s+(?:den\s+)?\d)",
    re.IGNORECASE,
)


def _weekday_before(text: str, span: Span) -> str:
    """The weekday of the event's week or of the week before, or the last before its day."""
    for found in _WEEKDAY_BEFORE.finditer(text):
        if not (found["week"] or found["same"] or found["before"]):
            continue
        around = text[max(0, found.start() - 160) : found.end() + 80]
        if not _SIGN_UP.search(around) and not _SAYS_TO.search(around):
            continue
        day, weekday = date.fromisoformat(span.day), weekday_of(found["weekday"].lower())
        if found["week"] or found["same"]:
            monday = day - timedelta(days=day.weekday() + (7 if found["week"] else 0))
            return (monday + timedelta(days=weekday)).isoformat()
        return (day - timedelta(days=(day.weekday() - weekday - 1) % 7 + 1)).isoformat()
    return ""


def _weight(one: Told) -> int:
    """Which of several last days counts: the new one, the last of all, not the last of a lower price; else the first."""
    words = one.sentence
    return 8 * bool(_RENEWED.search(words)) + 2 * bool(_SURELY_LAST.search(words)) - 4 * bool(_CHEAPER.search(words))
