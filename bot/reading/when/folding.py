"""A text as the grammar of dates reads it: small letters, one sort of dash and space, and what only looks like a date covered.

Every place in the folded text can be told as a place in the text that was written.
"""

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass

#: What stands for something that is no date: nothing in the grammar matches it.
COVER = "¤"

_DASHES = "\u2010\u2011\u2012\u2013\u2014\u2015\u2212\u207b\ufe58\ufe63\uff0d"
_SPACES = "\t\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000_"
_ALIKE = str.maketrans(
    {**dict.fromkeys(_DASHES, "-"), **dict.fromkeys(_SPACES, " "), "’": "'", "‘": "'", "：": ":", "∶": ":", "⁄": "/"}
)
#: 2026-11-03T13:00
_JOINT = re.compile(r"(?<=\d-\d\d)t(?=\d\d:\d\d)")
#: Signs that stand between the letters without being read: bold marks, Markdown's escapes, soft hyphens, joiners.
_UNREAD = re.compile(r"[*\\\u00ad\u200b-\u200f\u2060\ufeff\u202a-\u202e]+|(?<=[aAoO])[\u0308\u030a]")
#: å ä ö as two characters each, as some Macs write them.
_COMPOSED = {"a\u030a": "å", "a\u0308": "ä", "o\u0308": "ö"}

_UNITS = (
    r"ton|kg|hg|gram|ha|hektar|tunnland|procent|procentenheter|%|‰|km|mil|meter|m2|m²|kvm|kvadratmeter|grader|°|mm|cm|st"
    r"|stycken|personer|deltagare|besökare|platser|företag|kluster|gårdar|kommuner|länder|år|åringar|månader|timmar|tim"
    r"|timme|min|minuter|sekunder|poäng|hp|kw|kwh|mwh|mw|gw|liter|sidor|dagar|veckor|gånger|djur|kor|grisar|höns"
    r"|miljoner|miljarder|tusen|mkr|msek|tkr|kr|kronor|sek|euro|eur|usd|dollar|öre|people|participants|percent"
    r"|pages|years|hours|minutes|days|weeks|hectares|tonnes|companies|seats|del|delar|delen|dels|kopp|koppar|portioner"
)
_BEFORE_NUMBERS = (
    r"sid(?:an|or|orna)?|s\.|punkt(?:erna)?|nr|nummer|kapitel|kap\.?|§+|artikel|rum(?:met)?|sal(?:en)?|plan|våning(?:en)?"
    r"|hus(?:et)?|port(?:en)?|spår|gate|room|floor|pages?|p\.|fas|modul|etapp|version(?:en)?|ver\.|bilaga|figur|tabell"
    r"|paragraf|betyg|skala|skalan|platform|buss|väg|riksväg"
)
#: Where links and addresses lead: looked for where there are any.
_LEADS = (
    ("](", re.compile(r"\]\(\s?<?[^\s()<>]{1,2000}>?\)")),
    ("://", re.compile(r"https?://[^\s<>()]{1,2000}")),
    ("www.", re.compile(r"www\.[^\s<>()]{1,2000}")),
    ("@", re.compile(r"@[\w-]{1,80}(?:\.[\w-]{1,80}){1,5}")),
)
#: Numbers that are no dates because of the word before them. Each is bounded: the time taken grows with the text alone.
_AFTER_WORDS = re.compile(
    r"(?<![\wåäö])(?:"
    r"(?:tel|tfn|telefon|mobil|mob|phone|fax)\w{0,12}[.:]{0,2} ?\+?\d[\d ()/-]{5,18}\d"
    r"|(?:bankgiro|bg|plusgiro|pg|swish|orgnr|org\.? ?nr|organisationsnummer|iban|dnr|diarienr|diarienummer|meeting id"
    r"|mötes-?id|passcode|lösenord|kod|pin|conference id|konferens-id)[ .:]{0,3}\d[\d -]{3,20}"
    r"|(?:sfs|sou|prop\.?|proposition(?:en)?|bet\.|dir\.|ds) {0,2}\d{4}(?:/\d{2,4})?:\d{1,5}"
    r"|iso[ -]?\d{3,5}(?:[:-]\d{1,4})?"
    rf"|(?:{_BEFORE_NUMBERS}) ?\d{{1,4}}(?:[.,]\d{{1,3}})*(?: ?- ?\d{{1,4}})?(?![\d/:.-])"
    r")"
)
#: Numbers that are no dates by their shape, or by the word after them.
_SHAPES = re.compile(
    r"(?=[\d+(€$£])(?:"
    r"\+\d[\d ()-]{6,18}\d"
    r"|(?<![\d.:-])0\d{1,3} ?- ?\d{2,3}(?:[ -]?\d{2,3}){2,3}(?![\d:.])"  # 070-123 45 67
    r"|(?<![\d.:-])0\d{8,10}(?!\d)"
    r"|(?<!\d)\d{6,8} ?[-+] ?\d{4}(?!\d)"  # organisations and persons
    r"|\(\d{4}:\d{1,4}\)|(?<![\d-])(?:1[6-9]|20)\d\d:\d{1,4}(?![\d:])"  # lag (2003:389)
    r"|(?<![\d/-])(?:19|20)\d\d ?/ ?(?:\d\d|\d{4})(?![\d/])"  # 2025/26, (EU) 2021/2115
    r"|(?<![\d.,])\d[\d ]{0,9}(?:[.,]\d{1,2})? ?(?:kr\b|kronor\b|sek\b|:-|€|euro\b|eur\b|tkr\b|mkr\b|msek\b)"
    r"|[€$£] ?\d[\d .,]{0,12}"
    rf"|(?<![\d/.,-])\d{{1,5}}(?:[.,]\d{{1,3}})? ?[-/] ?\d{{1,5}}(?:[.,]\d{{1,3}})?[ -]?(?:{_UNITS})(?![\wåäö])"
    r"|(?<![\w/])24/7(?![\w/])"
    r"|(?<![\d/])\d ?/ ?\d{1,2}[ -]?(?:av|of|del)\b"
    r")"
)
_SPACE = re.compile(r"\s")
_DIGIT = re.compile(r"\d")
#: Lines that tell when somebody can be reached, not when something happens.
_OPENING = re.compile(
    r"\böppettid|\böppet:|\böppe[tn] (?:alla dagar|vardag|mån|dagl|tis|ons|tor|fre|lör|sön)|telefontid|besökstid"
    r"|kontorstid|opening hours|\bopen(?:ing)? (?:weekdays|mon|daily)|\bväxel(?:n)? (?:är )?öpp"
)
_NAMES = r"från|from|fra|avsändare|skickat|sent|sendt|datum|date|dato|till|to|til|kopia|cc|bcc|ämne|subject|emne|svar till|reply-to"
#: The head of a mail inside a mail.
_HEAD = re.compile(rf"(?:(?:^|\n)[ >|]{{0,6}}(?:{_NAMES}) ?:[^\n]{{0,400}}){{3,8}}")
_WHO = re.compile(r"\n?[ >|]*(?:från|from|fra|avsändare) ?:")
#: "Den tors 10 sep. 2026 kl 09:14 skrev Anna Ek:"
_WROTE = re.compile(r"\b(?:skrev|wrote|schrieb|skrifaði)\b")
_QUOTE_FOLLOWS = re.compile(r"[^\n]{0,120}(?:\n[^\n]{0,80})?[:>] ?(?:\n|$)")
_SAID_WHEN = re.compile(r"[ >|]*(?:den|on|på|le|am|i|el)? ?[^\n]{0,60}\d{1,2}[^\n]{0,30}\d{1,2}[:.]\d\d")


#: What every day or hour has something of: a number with what makes it one, or a word.
_MONTHS = r"(?:jan|feb|mar|apr|maj|may|jun|jul|aug|sep|okt|oct|nov|dec)"
_TELLING = re.compile(
    rf"\d\.?\s{{0,2}}(?:[-/.:,]\s{{0,2}}(?:\d|{_MONTHS})|:?(?:e|a|st|nd|rd|th)\b|och\b|&|\+|till\b|to\b|eller\b|or\b|and\b|samt\b|t\.? ?o"
    rf"|[ap]\.?m\b|[ef]\.?m\b|(?:of\s|i\s)?{_MONTHS})|{_MONTHS}[a-z]{{0,6}}\.?\s{{1,2}}(?:the\s)?\d"
    r"|(?<![a-zåäö])(?:kl|klockan|at|@|från|from|till|mellan|between|den|the|vecka|veckan|veckorna|weeks?|wk|v|datum|date|tid|time|halv|slut\w{0,6}"
    r"|börja\w{0,2}|start\w{0,4}|o\.? ?m)\W{0,4}(?:ca\.?\s|kl\.?\s|cirka\s)?\d|20\d\d[-/.]\d"
    r"|dag|day|veck|week|morgon|morron|morrn|kväll|middag|i ?går|i förrgår|yester|tomorrow|tonight|halv|kvart|klock|noon"
    rf"|månad|[ae] {_MONTHS}|den (?:först|andr|tredj|fjärd|\w{{2,20}}[nft]t?de\b|\w{{2,20}}te\b)"
)
#: Characters before and after it that may belong to the same day or hour.
_BEFORE, _AFTER = 80, 140


@dataclass(frozen=True, slots=True)
class Folded:
    """A text made plain, and the way back to what was written."""

    text: str
    parts: tuple[tuple[int, int], ...]  # of the text: those that may tell a day or an hour
    source: str  # as it was written
    _at: tuple[int, ...]  # places in the folded text before which something was left out
    _gone: tuple[int, ...]  # how many characters, up to there

    def place(self, position: int) -> int:
        """Where that character stands in the text that was written."""
        found = bisect_right(self._at, position)
        return position + (self._gone[found - 1] if found else 0)

    def written(self, begin: int, stop: int) -> tuple[int, int]:
        """The part of the text that was written, which begins and ends with characters that were read."""
        return self.place(begin), self.place(stop - 1) + 1


def _stretches(text: str) -> list[tuple[int, int]]:
    """The parts of a folded text that may tell a day or an hour."""
    parts: list[tuple[int, int]] = []
    for found in _TELLING.finditer(text):
        begin, stop = max(0, found.start() - _BEFORE), found.end() + _AFTER
        if parts and begin <= parts[-1][1]:
            parts[-1] = (parts[-1][0], stop)
        else:
            parts.append((begin, stop))
    return [(begin, _word_end(text, stop)) for begin, stop in parts]


def _word_end(text: str, stop: int) -> int:
    """Where the word ends that stands there, lest a part of a number be taken for the whole."""
    end = _SPACE.search(text, stop, stop + 60)
    return end.start() if end is not None else min(len(text), stop + 60)


def matches(pattern: re.Pattern[str], folded: Folded) -> Iterator[re.Match[str]]:
    """What a pattern finds in the parts that may tell a day or an hour."""
    for begin, stop in folded.parts:
        yield from pattern.finditer(folded.text, begin, stop)


def fold(text: str) -> Folded:
    """The text made plain, with covers over what only looks like dates."""
    pieces: list[str] = []
    at: list[int] = []
    gone: list[int] = []
    last = left_out = 0
    for found in _UNREAD.finditer(text):
        begin, stop = found.span()
        piece = text[last:begin]
        if found.group() in "\u0308\u030a" and piece:
            piece = piece[:-1] + _COMPOSED.get(piece[-1].lower() + found.group(), piece[-1])
        pieces.append(piece)
        at.append(begin - left_out)
        left_out += stop - begin
        gone.append(left_out)
        last = stop
    pieces.append(text[last:])
    plain = _JOINT.sub(" ", _small("".join(pieces).translate(_ALIKE)))
    covered = _covered(plain)
    return Folded(covered, tuple(_stretches(covered)), text, tuple(at), tuple(gone))


def _small(text: str) -> str:
    small = text.lower()
    if len(small) == len(text):
        return small
    return "".join(low if len(low := char.lower()) == 1 else char for char in text)


def _covered(text: str) -> str:
    if text.count(":") >= 3:
        text = _HEAD.sub(lambda head: _cover(head.group()) if _WHO.search(head.group()) else head.group(), text)
    covers = [(found.start(), _line(text, found)[1]) for found in _OPENING.finditer(text)]
    covers += [part for found in _WROTE.finditer(text) if (part := _attribution(text, found))]
    pieces: list[str] = []
    last = 0
    for begin, stop in sorted(covers):
        if stop > last:
            pieces += (text[last:begin], _cover(text[max(begin, last) : stop]))
            last = stop
    return _without_numbers("".join([*pieces, text[last:]]))


def _without_numbers(text: str) -> str:
    """Covers over the numbers that are no dates, in the lines that have any."""
    pieces: list[str] = []
    last = 0
    while (digit := _DIGIT.search(text, last)) is not None:
        begin = text.rfind("\n", last, digit.start()) + 1 or last
        stop = text.find("\n", digit.end())
        stop = stop if stop >= 0 else len(text)
        pieces += (text[last:begin], _line_without_numbers(text[begin:stop]))
        last = stop
    return "".join([*pieces, text[last:]])


def _line_without_numbers(line: str) -> str:
    for sign, pattern in _LEADS:
        if sign in line:
            line = pattern.sub(_covers, line)
    return _SHAPES.sub(_covers, _AFTER_WORDS.sub(_covers, line))


def _covers(found: re.Match[str]) -> str:
    return COVER * (found.end() - found.start())


def _line(text: str, found: re.Match[str]) -> tuple[int, int]:
    """The line that something stands in, as far as a line goes."""
    begin = text.rfind("\n", max(0, found.start() - 200), found.start()) + 1 or max(0, found.start() - 200)
    stop = text.find("\n", found.end(), found.end() + 200)
    return begin, stop if stop >= 0 else min(len(text), found.end() + 200)


def _attribution(text: str, found: re.Match[str]) -> tuple[int, int] | None:
    """The line before a quote, or the two that it is folded over, when it tells day and hour."""
    if not _QUOTE_FOLLOWS.match(text, found.end()):
        return None
    begin, _ = _line(text, found)
    if _SAID_WHEN.match(text, begin, found.start()):
        return begin, found.end()
    if begin >= 2 and _SAID_WHEN.match(
        text, begin := text.rfind("\n", max(0, begin - 200), begin - 1) + 1, found.start()
    ):
        return begin, found.end()
    return None


def _cover(part: str) -> str:
    """As long as what it covers, its lines kept."""
    return re.sub(r"[^\n]", COVER, part)
