"""Where an event is, who holds it, and how one signs up: labelled, or said in a sentence."""

import re
from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from bot.reading.events.labels import Field, Label, first
from bot.reading.events.lines import Line, Link, Page
from bot.reading.when import Span, hours, spans
from bot.reading.when.words import NUMBER, number_of
from storage.words import Attendance, Precision

MEETING_HOSTS = (
    "teams.microsoft.com", "teams.live.com", "zoom.us", "meet.google.com", "webex.com", "whereby.com", "meet.jit.si",
    "gotomeeting.com", "gotowebinar.com", "skype.com", "bigbluebutton.org", "sunet.se/j",
)  # fmt: skip
#: Where people sign up for events, and for little else.
SIGN_UP_HOSTS = (
    "lyyti.fi", "lyyti.in", "lyyti.com", "trippus.se", "trippus.net", "forms.office.com", "forms.cloud.microsoft", "eventbrite.", "simplesignup.se",
    "magnetevent.se", "confetti.events", "invitepeople.com", "axaco.se", "delegia.com", "billetto.", "tickster.com", "nortic.se", "bizzabo.com",
    "docs.google.com/forms", "forms.gle", "ui.ungpd.com/events", "ungpd.com/events", "meetup.com", "luma.com", "lu.ma", "appva.com", "prospectus.se", "eventilla.com", "mkon.nu",
    "esmaker.net", "netigate.se", "ticketmaster.", "kongresso", "pretix.eu", "anmalan.", "webropol", "surveymonkey.", "typeform.com", "tito.io", "ti.to",
)  # fmt: skip
_ONLINE = re.compile(
    r"\b(?:via|på|över|i|on|by)\s+(?:microsoft |ms )?(?:teams|zoom|google meet|skype|webex|länk|webben|nätet)\b|\bteams(?:möte|-möte|länk|-länk)?\b|\bzoom(?:möte|-möte|länk|-länk)?\b"
    r"|\bdigitalt\b|\bdigital(?:a|en)? (?:\w*träff|\w*möte|\w*frukost|\w*lunch|\w*utbildning|kurs|\w*föreläsning|konferens|workshop|\w*seminari|\w*fika|nätverk|info|mingel|dialog)|\bonline\b|\bwebb?inari|\bwebinar|\blunchwebb|\bwebb(?:möte|träff|utbildning|sänd|kurs|fika|lunch|frukost)|\bpå distans\b|\bdistansmöte|\blivesänd|\bstream(?:as|ing|ad)|\bvirtuell?t?\b|\bvirtual(?:ly)?\b|\bgoogle meet\b|\bwebex\b",
    re.IGNORECASE,
)
_MEETING_WORDS = re.compile(r"digital|online|teams|zoom|meet|webb|webex|skype|distans|länk|virtu", re.IGNORECASE)
_HYBRID = re.compile(
    r"\bhybrid|\b(?:både|antingen) (?:på plats|digitalt|fysiskt|online)|\bpå plats (?:eller|och|samt|alternativt|/) (?:\w+ )?(?:digitalt|online|via|på (?:teams|zoom|distans))|\b(?:digitalt|online|via teams|via zoom|på distans) (?:eller|och|samt) (?:på plats|fysiskt|i )"
    r"|\b(?:delta|följ|vara med|medverka|ansluta)(?: \w+){0,2} (?:även |också |eller )?(?:digitalt|online|via (?:teams|zoom|länk)|på distans)|\b(?:även|också|eller|alternativt) (?:att \w+ )?(?:digitalt|online|via (?:teams|zoom|länk)|på distans|på teams|på zoom)|\bonsite (?:or|and) online|\bin person (?:or|and) online"
    r"|\b(?:finns )?möjlig(?:het|t) (?:finns )?att (?:delta|följa|vara med|ansluta)(?: \w+){0,2} (?:digitalt|online|på distans|via)|\bsänds (?:också|även) (?:digitalt|online|via)|\bor online\b|\band online\b",
    re.IGNORECASE,
)
_ONLY_ONLINE = re.compile(
    r"\b(?:microsoft|ms|teams|zoom|google|meet|webex|skype|digitalt?|digital|online|virtuellt?|möte|mötet|träff|meeting|webb?inari(?:um|et)|webinar|länk(?:en)?|kommer|skickas|skickar|distans|ut|via|på|on|i|och|eller|the|and|or|till|er|dig|alla"
    r"|anmälda|deltagare|med|dagen|dagarna|innan|före|efter|anmälan|anmäld|får|du|ni|fås|här|klicka|nedan|anslut|join|here|link|hybrid|fysiskt|plats|även|också|webben|möjlighet|att|delta|finns|alternativt|samt|meddelas|meddelar|senare|tba|tbd|återkommer|bestäms|ej|klart|ännu|inte|information|inom|kort|by|mejl|mail|separat|bifogas|to|be|sent|will|registered|registration|livesänt|sänds|live|youtube)\b",
    re.IGNORECASE,
)
#: Small words that go on within a place's name.
_PLACE_NOUNS = (
    r"(?:lokal\w*|kluster\w*|folkhögskola\w*|\w*gård(?:en)?|\w*slott(?:et)?|herrgård\w*|hotell?\w*|\w*center|\w*centrum|\w*hus(?:et)?|universitet\w*"
    r"|\w*högskola\w*|\w*skola[ns]?|konferens\w*|museum|museet|bibliotek\w*|kontor\w*|\w*sal(?:en)?|auditorium|lada\w*|\w*park(?:en)?|mässa\w*|säteri|bruk"
    r"|krog|värdshus\w*|restaurang\w*|campus|län|stad|torg|\w*gata\w*|\w*väg(?:en)?|station\w*|församlingshem\w*|gymnasi\w*|institut\w*|\w*hall(?:en)?|arena\w*"
    r"|plan \d+|våning \d+|rum \w+|försöksstation\w*|och|i|på|vid|utanför|strax|nära|norra|södra|östra|västra|&|of|the|room|hall|hotel|street)"
)
_PLACE = (
    rf"(?:(?:lokal|lokalen|konferensrum|sal|salen|hörsal|rum|restaurang|hotell|herrgården|slottet|biblioteket|bygdegården|kommunhuset|stadshuset)\s)?"
    rf"[A-ZÅÄÖ](?:[\wåäöÅÄÖé:&'-]|\.(?=\w)){{0,30}}(?:,?\s(?:[A-ZÅÄÖ\d][\wåäöÅÄÖé:&'-]{{0,30}}|{_PLACE_NOUNS}(?![\wåäö]))){{0,9}}"
)
_PLACE_AFTER = re.compile(rf"[\s,]*(?:(?:i|på|hos|vid|at|in)\s+(?:the\s+)?(?P<place>{_PLACE}))")
_PLACE_BEFORE = re.compile(
    rf"(?:\b(?:på|hos|vid|i|at|in)\s+(?:the\s+)?(?P<place>{_PLACE}))[\s,]*(?:nu\s+)?(?:(?:på|den|on)\s+)?$"
)
#: "kl. 9-12, Bibliotekshuset i Mellanstad."
_PLACE_BESIDE = re.compile(rf"\s?[,.(–-]\s?(?P<place>{_PLACE}(?:,\s{_PLACE})?)\s?(?:[.)\n]|$)")
#: A line of its own below the day.
_PLACE_LINE = re.compile(
    rf"[^\n.]{{0,30}}\n(?:[Kk][Ll][^\n]{{1,25}}\n)?\s*(?P<place>{_PLACE}(?:,\s{_PLACE})?)\s*(?:\n|$)"
)
_PLACE_LATER = re.compile(rf"\b(?:på|hos|vid|i|at|in)\s+(?:the\s+)?(?P<place>{_PLACE})")
#: Behind these words a place is another matter.
_ELSE = re.compile(
    r"anmäl|\bosa\b|frågor|kontakt|senast|läs mer|hälsning|\bmvh\b|https?:|@|regist|\btalar|\bfrån\b|parker",
    re.IGNORECASE,
)
_PLACE_TAIL = re.compile(r"(?:[\s,]+(?:och|i|på|vid|utanför|strax|nära|of|the|&))+$")
_NOT_PLACES = re.compile(
    r"^(?:Anmäl|OSA|Välkom|Länk|Vi|Du|Ni|Det|Den|För|Ingen|Med|Program|Hälsning|Vänlig|MVH|Mvh|Slut|Kaffe|Fika|Lunch|Föreläs|Tema|Då|Alla|Samma|Tid|Plats|Hej|Kl|KL|Start|Sista|Kostnad|Pris|Digital|Online|Webb|Register|Ostprov|Fri|FRI|OSTPROV|Samling|Obs|OBS|Teams|Zoom|Microsoft|Google|Webex|Skype|Facebook|LinkedIn|Youtube|YouTube|Sverige|Europa|EU|Januari|Svenska|Engelska)\b|^(?:[A-ZÅÄÖ]{2,}\s?)+[!:]"
)
_ADDRESS = re.compile(r"(?<![\w.+-])[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,5}(?<![.])")
_SIGN_UP = re.compile(
    r"\banmäl(?!t|da|d\b)|\banmälan|\bosa\b|o\.\s?s\.\s?a|\bregist(?:er|rera|rering|ration)\b|\brsvp\b|sign[ -]?up|boka (?:din |en |er )?plats|säkra (?:din )?plats|\bsvara (?:på inbjudan|ja)|meddela|intresseanmäl|\bbook (?:your )?(?:seat|place)|\bbiljett",
    re.IGNORECASE,
)
_SIGN_UP_WORDS = re.compile(
    r"anmäl|registr|register|osa\b|rsvp|sign[ -]?up|boka (?:din |en )?plats|biljett|ticket|delta här|jag vill (?:delta|vara med)|book|säkra|till formuläret|anmälningsformulär",
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
_NAMES = (
    r"[A-ZÅÄÖ][\wåäöÅÄÖé.&-]*(?:[ ,]{1,2}(?:och |and |& |i |på |för |of |the |av )?[A-ZÅÄÖ0-9][\wåäöÅÄÖé.&-]*){0,12}"
)
_INVITES = re.compile(
    rf"(?:^|[.!?:\n]\s*)(?P<who>{_NAMES}(?:\s+(?:kluster|centrum|center|län|kommun|universitet|högskola))?)\s+(?:bjuder (?:därför |nu |tillsammans |in|härmed)|inbjuder|hälsar dig|hälsar er|välkomnar|arrangerar|anordnar|invites|invite you|organi[sz]es|hosts)"
)
_BY = re.compile(
    rf"\b(?:arrangeras|anordnas|organiseras|arrangerat|hålls|ordnas) av (?P<who>{_NAMES})|\b(?:organi[sz]ed|hosted|arranged) by (?:the )?(?P<who2>{_NAMES})"
)
_TOGETHER = re.compile(
    rf"\b(?:i samarbete|i samverkan|tillsammans|in (?:collaboration|cooperation|partnership)) (?:med|with) (?P<who>{_NAMES})"
)
_NOBODY = re.compile(
    r"^(?:Då|När|Dagen|Kvällen|Kursen|Mötet|Vem|Att|Vår|Vårt|Årets|Vi|Jag|Nu|Du|Ni|Här|Det|Den|De|Hej|Idag|Därför|We|Now|I|Dear|Välkommen|OBS|Obs|Som|Alla|Vill|Om|På|Kom)\b"
)


def place_and_mode(
    fields: Sequence[Field], span: Span | None, page: Page, about: str
) -> tuple[str, Attendance | None, str]:
    """The place that one can travel to, how people meet, and where to join online. `about`: title and the event's part."""
    field = first(fields, Label.WHERE)
    said = field.value if field is not None else ""
    both = first(fields, Label.BOTH)
    if not said and both is not None:
        said = _rest_of(both.value)
    labelled = bool(said)
    if not said and span is not None:
        said = _in_sentence(page.text, span)
    online_url = _join_link(fields, page)
    place = _without_online(said)
    online_said = bool(_ONLINE.search(said)) or (not place and labelled and bool(_MEETING_WORDS.search(said)))
    online_about = bool(_ONLINE.search(about)) or first(fields, Label.JOIN) is not None or bool(online_url)
    hybrid = bool(_HYBRID.search(said)) or bool(_HYBRID.search(about))
    joined = first(fields, Label.JOIN)
    either = joined is not None and joined.name.startswith(("digital", "teams", "zoom", "möteslänk", "online"))
    if place and (hybrid or either or (labelled and online_said)):
        return place, Attendance.HYBRID, online_url
    if place:
        return (
            place,
            Attendance.ONSITE if labelled or not online_about else Attendance.HYBRID if hybrid else Attendance.ONSITE,
            online_url,
        )
    if hybrid and not labelled:
        return "", Attendance.HYBRID, online_url
    return "", Attendance.ONLINE if online_said or online_about else None, online_url


def _rest_of(value: str) -> str:
    """What is left of "tisdag 3 november kl 13, Vreta kluster" when the time is taken away."""
    stop = max(
        [span.stop for span in spans(value, datetime(2026, 1, 1, tzinfo=ZoneInfo("UTC")))]
        + [one.stop for one in hours(value)],
        default=0,
    )
    return re.sub(r"^[\s,.;:|)–-]+(?:(?:i|på|hos|at|in)\s+)?", "", value[stop:]) if stop else value


def _without_online(said: str) -> str:
    """A place as it was said, or "" when it is only a meeting program."""
    said = re.sub(r"\s+", " ", said).strip(" .,;:|–-")
    if not re.sub(r"[\W\d_]+", "", _ONLY_ONLINE.sub("", said)):
        return ""
    said = re.sub(
        r"\s*[,;(–-]?\s*\(?(?:eller|och|samt|alternativt|men även|även|or|and)\s+(?:\w+ ){0,3}?(?:digitalt|online|via (?:microsoft )?(?:teams|zoom|länk)|på (?:teams|zoom|distans)|teams|zoom)\b.*$",
        "",
        said,
        flags=re.IGNORECASE,
    )
    said = re.sub(
        r"^(?:digitalt|online|via (?:teams|zoom)|teams|zoom)\s+(?:eller|och|samt|or|and)\s+(?:på plats\s+)?(?:(?:i|på|hos)\s+)?",
        "",
        said,
        flags=re.IGNORECASE,
    )
    said = re.sub(r"\s*\((?:hybrid|digitalt|online|även digitalt)[^)]*\)", "", said, flags=re.IGNORECASE)
    return said.strip(" .,;:|–-")[:200]


def _in_sentence(text: str, span: Span) -> str:
    """A place that is said beside the day: after it, before it, on the next line, or later in what follows."""
    after = _PLACE_AFTER.match(text, span.stop, min(len(text), span.stop + 160))
    before = _PLACE_BEFORE.search(text[max(0, span.begin - 90, text.rfind("\n", 0, span.begin) + 1) : span.begin])
    beside = _PLACE_BESIDE.match(text, span.stop, min(len(text), span.stop + 160))
    paragraph = re.search(r"\n\s*\n|$", text[span.stop : span.stop + 400])
    follows = text[span.stop : span.stop + (paragraph.start() if paragraph else 0)]
    later = next(
        (found for found in _PLACE_LATER.finditer(follows) if not _ELSE.search(follows[: found.start()])), None
    )
    line = _PLACE_LINE.match(text, span.stop, min(len(text), span.stop + 200))
    for found in (after, before, beside, line, later):
        if found is not None and not _NOT_PLACES.match(found["place"]):
            return _PLACE_TAIL.sub("", found["place"])
    return ""


def _join_link(fields: Sequence[Field], page: Page) -> str:
    field = first(fields, Label.JOIN)
    links = [*(field.links if field else ()), *(link for line in page.lines for link in line.links)]
    return next((link.url for link in links if _is_meeting(link.url)), "")


def _is_of(url: str, hosts: Sequence[str]) -> bool:
    folded = url.lower().split("?")[0]
    return any(host in folded for host in hosts)


# -- signing up ------------------------------------------------------------------------------------------------------


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
    return url.lower().startswith(("http://", "https://")) and not _is_meeting(url)


def _is_meeting(url: str) -> bool:
    """Whether one joins a meeting there; its program's page to register on is none."""
    return _is_of(url, MEETING_HOSTS) and "regist" not in url.lower()


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
    if _is_of(link.url, SIGN_UP_HOSTS):
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
        for sentence in _sentences(line.text):
            if _SIGN_UP.search(sentence) and not _QUESTIONS.search(sentence):
                links = tuple(
                    link for link in line.links if link.url.lower().startswith("mailto:") and link.words in sentence
                )
                if found := _address(sentence, links):
                    return found
        if (
            _SIGN_UP.search(previous)
            and not _QUESTIONS.search(line.text)
            and (whole := _ADDRESS.fullmatch(line.text.strip()))
        ):
            return whole.group().lower()
        previous = line.text
    return ""


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


def last_day(span: Span, timezone: str) -> str:
    """A day to sign up by, or a time with its offset where an hour was given."""
    if span.precision is Precision.WEEK:
        return ""
    if span.precision is Precision.TIME:
        moment = span.end if span.end is not None and span.end[:10] == span.day else span.start
        return datetime.fromisoformat(moment).replace(tzinfo=ZoneInfo(timezone)).isoformat()
    return (span.end or span.start)[:10]


def last_day_before(text: str, start: str) -> str:
    """ "Senast en vecka innan", counted from the event."""
    for found in _BEFORE_EVENT.finditer(text):
        around = text[max(0, text.rfind("\n", 0, found.start())) : (text + "\n").find("\n", found.end())][-200:]
        if re.search(r"anmäl|osa\b|senast|regist|rsvp", around, re.IGNORECASE) and not re.search(
            r"länk|påminn|avbok|skickas|program", around, re.IGNORECASE
        ):
            count = 1 if found["day"] else number_of(found["count"].lower())
            count *= 1 if found["day"] else 7 if found["unit"].lower().startswith(("v", "w")) else 1
            return (date.fromisoformat(start[:10]) - timedelta(days=count)).isoformat()
    return ""


# -- who holds it ----------------------------------------------------------------------------------------------------


def organisers(fields: Sequence[Field], text: str) -> tuple[str, tuple[str, ...]]:
    """Who holds it, and who with them."""
    names: list[str] = []
    if (field := first(fields, Label.ORGANISER)) is not None:
        names = list(_names(field.value))
    else:
        found = _INVITES.search(text[:20_000]) or _BY.search(text[:20_000])
        if found is not None:
            who = next((value for key, value in found.groupdict().items() if key.startswith("who") and value), "")
            names = [] if _NOBODY.match(who) else list(_names(who))
    with_field = first(fields, Label.WITH)
    together = _TOGETHER.search(text[:20_000]) if with_field is None else None
    more = (
        list(_names(with_field.value)) if with_field is not None else list(_names(together["who"])) if together else []
    )
    everybody = list(dict.fromkeys([*names, *more]))
    if not names:
        return "", tuple(more)
    return everybody[0], tuple(everybody[1:])


def _names(value: str) -> Iterator[str]:
    value = (
        re.split(r"[.;](?:\s|$)|\s(?:bjuder|i samarbete med|tillsammans med|med stöd)\b", value)[0]
        if ";" not in value
        else value
    )
    for part in re.split(r"\s*(?:,|;|/|\boch\b|\bsamt\b|&|\band\b|\bi samarbete med\b|\btillsammans med\b)\s*", value):
        name = part.strip(" .:–-")
        if name and len(name) <= 80:
            yield name
